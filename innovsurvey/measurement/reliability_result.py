"""What reliability gives: coefficients, items, groups and levels of one scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.base.results import Result

if TYPE_CHECKING:
    import pandas as pd

_SHOWN: Final = (
    "alpha",
    "alpha_std",
    "alpha_ordinal",
    "omega_total",
    "omega_categorical",
    "average_r",
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Reliability(Result):
    """Internal consistency of one scale.

    Parameters
    ----------
    alpha, alpha_ci
        Coefficient alpha with Feldt's interval at ``ci_level``.
    alpha_std
        Alpha of the standardised items.
    alpha_ordinal
        Alpha of polychoric correlations (Zumbo); None for items taken as numbers.
    omega_total, omega_total_ci
        Omega of one common factor; NaN (with a note) where it cannot be estimated.
    omega_total_sl, omega_h
        Omega of all factors, and of the general one (Schmid-Leiman); None where the scale has
        no more items than group factors.
    omega_categorical
        Omega of the sum of ordered categories (Green & Yang); None for items taken as numbers.
    average_r
        Mean correlation between different items.
    spearman_brown
        Reliability of two items; None for more.
    lambdas
        Guttman's lambda 1 to 6.
    glb
        Greatest lower bound.
    ci_level
        Confidence level of the intervals.
    is_ordinal
        Whether omega, lambdas and glb come from polychoric correlations.
    items
        One row per item: r_drop, alpha_drop, mean, sd.
    coefficients
        Every coefficient with the model, matrix and formula behind it.
    schmid_leiman
        Loadings on the general factor ``g`` and the group factors; None as for ``omega_h``.
    bootstrap
        Standard errors and intervals from draws; None without ``n_boot``.
    groups, equality
        Reliability by group, and the test that the alphas are equal; None without ``group``.
    levels
        Alpha and omega within and between clusters; None without ``cluster``.
    """

    alpha: float
    alpha_ci: tuple[float, float]
    alpha_std: float
    alpha_ordinal: float | None
    omega_total: float
    omega_total_ci: tuple[float, float]
    omega_total_sl: float | None
    omega_h: float | None
    omega_categorical: float | None
    average_r: float
    spearman_brown: float | None
    lambdas: pd.Series[float]
    glb: float
    ci_level: float
    is_ordinal: bool
    items: pd.DataFrame
    coefficients: pd.DataFrame
    schmid_leiman: pd.DataFrame | None
    bootstrap: pd.DataFrame | None
    groups: pd.DataFrame | None
    equality: pd.DataFrame | None
    levels: pd.DataFrame | None

    @property
    def n_items(self) -> int:
        """Number of items in the scale."""
        return len(self.items)

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        return f"Reliability: {self.n_items} items, N = {self.n_obs}"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per main coefficient; ``coefficients`` has all of them."""
        shown = [name for name in _SHOWN if name in self.coefficients.index]
        return self.coefficients.loc[shown, ["estimate", "ci_lower", "ci_upper"]].astype(float)
