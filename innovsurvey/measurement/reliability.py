"""Internal consistency of a scale."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_level, join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import ConvergenceError, DataError
from innovsurvey.measurement.complete_items import complete_items
from innovsurvey.numerics import consistency
from innovsurvey.numerics.correlation import dependent_columns
from innovsurvey.numerics.extraction import minres
from innovsurvey.numerics.rotation import rotate

if TYPE_CHECKING:
    from typing import Any

    from numpy.typing import NDArray

    from innovsurvey.measurement.complete_items import CompleteItems

_ITEMS_FOR_OMEGA: Final = 3


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Reliability(Result):
    """Internal consistency of one scale.

    Parameters
    ----------
    alpha, alpha_ci
        Coefficient alpha with its interval at ``ci_level``.
    alpha_std
        Alpha of the standardised items.
    omega_total
        Omega of one common factor; NaN (with a note) where it cannot be estimated.
    average_r
        Mean correlation between different items.
    ci_level
        Confidence level of the interval.
    items
        One row per item: r_drop, alpha_drop, mean, sd.
    """

    alpha: float
    alpha_ci: tuple[float, float]
    alpha_std: float
    omega_total: float
    average_r: float
    ci_level: float
    items: pd.DataFrame

    @property
    def n_items(self) -> int:
        """Number of items in the scale."""
        return len(self.items)

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        return f"Reliability: {self.n_items} items, N = {self.n_obs}"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per coefficient; ``items`` has the rows per item."""
        estimates = {
            "alpha": self.alpha,
            "alpha_std": self.alpha_std,
            "omega_total": self.omega_total,
            "average_r": self.average_r,
        }
        frame = pd.DataFrame({"estimate": pd.Series(estimates)})
        frame[["ci_lower", "ci_upper"]] = math.nan
        frame.loc["alpha", ["ci_lower", "ci_upper"]] = self.alpha_ci
        return frame


def reliability(items: Any, *, ci_level: float = 0.95) -> Reliability:
    """Estimate the internal consistency of a scale: alpha, omega and item-rest correlations.

    Parameters
    ----------
    items : DataFrame
        One column per item, at least 2, all keyed in the same direction; one row per person,
        at least 2 complete.
    ci_level : float
        Confidence level of the interval of alpha, between 0 and 1; .95 by default.

    Returns
    -------
    Reliability
        ``.alpha``, ``.alpha_ci``, ``.alpha_std``, ``.omega_total``, ``.average_r`` and
        ``.items`` (r_drop, alpha_drop, mean, sd).

    Raises
    ------
    DataError
        A column is not numeric, or everybody has the same total.
    InsufficientDataError
        Fewer than 2 items or 2 complete rows, an item without answers or without variance.
    SpecificationError
        ``ci_level`` does not lie between 0 and 1.

    Notes
    -----
    alpha = k/(k - 1) (1 - sum s_i^2 / s_t^2), where k is the number of items, s_i^2 the
    variance of item i and s_t^2 that of the sum. Its interval is Feldt's, from the
    F distribution with n - 1 and (n - 1)(k - 1) degrees of freedom. alpha_std is alpha of the
    correlation matrix. omega_total = (sum l_i)^2 / ((sum l_i)^2 + sum u_i), where l_i are the
    loadings and u_i the uniquenesses of one minimum-residual factor of the correlation matrix.
    It needs 3 items: one factor of 2 items is not identified. r_drop is the correlation of an
    item with the sum of the others, alpha_drop the alpha of the others. A high alpha does not
    show that the items measure one thing. Rows with a missing answer are left out (listwise).
    Checked against alpha(), fa() and omega() of the R package psych.

    References
    ----------
    Cronbach, L. J. (1951). Coefficient alpha and the internal structure of tests.
    Psychometrika, 16(3), 297-334. https://doi.org/10.1007/BF02310555

    Feldt, L. S., Woodruff, D. J., & Salih, F. A. (1987). Statistical inference for coefficient
    alpha. Applied Psychological Measurement, 11(1), 93-103.
    https://doi.org/10.1177/014662168701100107

    McDonald, R. P. (1999). Test theory: A unified treatment. Lawrence Erlbaum.
    https://doi.org/10.4324/9781410601087

    Examples
    --------
    >>> import pandas as pd
    >>> from innovsurvey.measurement.reliability import reliability
    >>> answers = pd.DataFrame(
    ...     {"a": [1, 2, 2, 3, 4, 5, 5], "b": [2, 1, 3, 4, 3, 5, 4], "c": [3, 1, 2, 4, 3, 3, 5]}
    ... )
    >>> reliability(answers)
    Reliability: 3 items, N = 7
                estimate ci_lower ci_upper
    alpha          0.858    0.470    0.974
    alpha_std      0.861        –        –
    omega_total    0.868        –        –
    average_r      0.674        –        –
    """
    check_level(ci_level)
    complete = complete_items(items, min_items=2)
    cov, corr = complete.moments.cov, complete.moments.correlation
    if not (consistency.has_total(cov) and consistency.has_total(corr)):
        message = (
            "the sum of the items is the same for everybody, so it has no reliability. Check "
            "whether reversed items were left unreversed."
        )
        raise DataError(message)
    alpha = consistency.alpha(cov)
    omega, omega_notes = _omega(corr, complete.names)
    table = _item_table(complete)
    return Reliability(
        alpha=alpha,
        alpha_ci=consistency.alpha_interval(alpha, complete.n_obs, len(cov), ci_level),
        alpha_std=consistency.alpha(corr),
        omega_total=omega,
        average_r=consistency.average_r(corr),
        ci_level=ci_level,
        items=table,
        n_obs=complete.n_obs,
        notes=(*complete.notes, *omega_notes, *_item_notes(table)),
    )


def _omega(corr: NDArray[np.float64], names: pd.Index[Any]) -> tuple[float, tuple[str, ...]]:
    """Estimate omega of one factor, or say why not."""
    if len(corr) < _ITEMS_FOR_OMEGA:
        note = "omega_total is empty: one factor of 2 items is not identified."
        return math.nan, (note,)
    if dependent_columns(corr):
        note = (
            "omega_total is empty: the correlation matrix is singular (no more people than "
            "items, or an item that repeats others)."
        )
        return math.nan, (note,)
    try:
        found = minres(corr, 1)
    except ConvergenceError as error:
        return math.nan, (f"omega_total is empty: {error}",)
    loadings = rotate(found.loadings, None).loadings[:, 0]
    omega = consistency.omega_total(loadings, 1 - found.communalities)
    if not found.at_bound.any():
        return omega, ()
    exact = join_names(names[found.at_bound].tolist())
    return omega, (f"Heywood case: omega_total takes {exact} as free of error; doubt it.",)


def _item_table(complete: CompleteItems) -> pd.DataFrame:
    """Describe each item beside the others."""
    cov = complete.moments.cov
    return pd.DataFrame(
        {
            "r_drop": consistency.r_drop(cov),
            "alpha_drop": consistency.alpha_if_dropped(cov),
            "mean": complete.moments.means,
            "sd": np.sqrt(np.diag(cov)),
        },
        index=complete.names,
    )


def _item_notes(table: pd.DataFrame) -> tuple[str, ...]:
    """Point out items that run against the others, and empty cells."""
    notes = []
    against = table.index[table["r_drop"] < 0].tolist()
    if against:
        notes.append(
            f"{join_names(against)}: negative correlation with the other items. Check the key: "
            "wrong direction, or reversed twice?"
        )
    if len(table) == 2:
        notes.append("alpha_drop is empty: one item alone has no alpha.")
    elif table[["r_drop", "alpha_drop"]].isna().any(axis=None):
        notes.append("r_drop or alpha_drop is empty where the sum of the other items is constant.")
    return tuple(notes)
