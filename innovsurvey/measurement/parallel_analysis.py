"""Parallel analysis: eigenvalues beside those of items that share nothing."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_choice, check_level, check_whole
from innovsurvey.base.repeats import repeat, seeds
from innovsurvey.base.results import Result
from innovsurvey.errors import InsufficientDataError
from innovsurvey.measurement.efa_input import FactorItems, Kind, Missing, correlate, factor_items
from innovsurvey.numerics.parallel import (
    eigenvalues,
    independent,
    leading,
    quantile_interval,
    shuffled,
    varies,
)
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FEWEST_DRAWS: Final = 10
_TRIES: Final = 100  # for a draw in which every item varies


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ParallelAnalysis(Result):
    """Eigenvalues of the answers and of chance.

    Parameters
    ----------
    n_factors, n_components
        How many of the first eigenvalues lie above those of chance.
    components, factors
        Eigenvalues of the correlations, and of the correlations with communalities on their
        diagonal; largest first.
    chance_components, chance_factors
        The quantile of the same eigenvalues over the draws.
    correlation, reference, communalities, quantile, n_iter
        How they were computed.
    """

    n_factors: int
    n_components: int
    components: pd.Series[float]
    factors: pd.Series[float]
    chance_components: pd.Series[float]
    chance_factors: pd.Series[float]
    correlation: str
    reference: str
    communalities: str
    quantile: float
    n_iter: int

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        return (
            f"Parallel analysis ({self.correlation}): {self.n_factors} factor(s), "
            f"{self.n_components} component(s) of {len(self.components)} items, N = {self.n_obs}, "
            f"{self.n_iter} draws, quantile {self.quantile:g}"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the eigenvalues side by side."""
        columns = {
            "component": self.components,
            "chance_component": self.chance_components,
            "factor": self.factors,
            "chance_factor": self.chance_factors,
        }
        return pd.DataFrame(columns).rename_axis("number")


def parallel_analysis(
    items: Any,
    *,
    correlation: Kind | None = "polychoric",
    missing: Missing = "listwise",
    n_iter: int = 100,
    seed: int | None = 0,
    quantile: float = 0.95,
    reference: Literal["permutation", "normal"] = "permutation",
    communalities: Literal["minres", "smc"] = "minres",
) -> ParallelAnalysis:
    """Compare eigenvalues with those of items that share nothing.

    Parameters
    ----------
    items : DataFrame
        One column per item, at least 2; more complete rows than items.
    correlation : {"pearson", "polychoric"}, optional
        Polychoric by default, which needs answers in categories; ``pearson`` for other numbers;
        None takes polychoric for ordered categoricals and Pearson for numbers.
    missing : {"listwise", "pairwise"}
        Whether people with a missing answer are left out (default), or each correlation takes
        those who answered both items.
    n_iter : int
        Draws of chance, at least 10; 100 by default.
    seed : int, optional
        For the draws.
    quantile : float
        Quantile of the draws that an eigenvalue must exceed, 0-1, .95 by default.
    reference : {"permutation", "normal"}
        Shuffle each item's answers among the people (default), or draw normal variables; these
        are cut at the observed thresholds where the correlations are polychoric.
    communalities : {"minres", "smc"}
        What stands on the diagonal for factors: what one minres factor accounts for (default,
        as in psych), or squared multiple correlations, which keep more factors.

    Returns
    -------
    ParallelAnalysis
        ``.n_factors``, ``.n_components``, ``.to_frame()`` with the eigenvalues.

    Raises
    ------
    DataError
        A column is not numeric, or an item repeats others (singular matrix).
    InsufficientDataError
        No more complete rows than items, an item without answers or without variance.
    SpecificationError
        An unknown option.

    Notes
    -----
    Components: eigenvalues of the correlation matrix R (Horn, 1965). Factors: eigenvalues of R
    with communalities on its diagonal (Humphreys & Montanelli, 1975), which keep more and weaker
    factors. An eigenvalue counts as long as it and all before it exceed the chosen quantile of
    the draws; a note says where other draws might have led to another number. Checked against
    fa.parallel() of the R package psych, which draws with replacement.

    References
    ----------
    Horn, J. L. (1965). A rationale and test for the number of factors in factor analysis.
    Psychometrika, 30(2), 179-185. https://doi.org/10.1007/BF02289447

    Humphreys, L. G., & Montanelli, R. G. (1975). An investigation of the parallel analysis
    criterion for determining the number of common factors. Multivariate Behavioral Research,
    10(2), 193-205. https://doi.org/10.1207/s15327906mbr1002_5

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from innovsurvey.measurement.parallel_analysis import parallel_analysis
    >>> rng = np.random.default_rng(1)
    >>> common = rng.normal(size=(300, 1))
    >>> answers = pd.DataFrame(common + rng.normal(size=(300, 4)), columns=["a", "b", "c", "d"])
    >>> found = parallel_analysis(answers, correlation="pearson")
    >>> found.n_factors, found.n_components
    (1, 1)
    """
    check_choice(reference, "reference", ("permutation", "normal"))
    check_choice(communalities, "communalities", ("minres", "smc"))
    check_whole(n_iter, "n_iter", _FEWEST_DRAWS)
    check_level(quantile, "quantile")
    with one_thread():
        found = factor_items(items, correlation, missing=missing)
    return analyse(
        found,
        n_iter=n_iter,
        seed=seed,
        quantile=quantile,
        reference=reference,
        communalities=communalities,
    )


@one_thread()
def analyse(
    found: FactorItems,
    *,
    n_iter: int,
    seed: int | None,
    quantile: float,
    reference: str,
    communalities: str,
) -> ParallelAnalysis:
    """Compare the eigenvalues of items that are checked."""
    draw = partial(
        _draw,
        rows=found.rows,
        ordinal=found.ordinal,
        reference=reference,
        communalities=communalities,
    )
    drawn = np.array(repeat(draw, seeds(seed, n_iter), "parallel analysis"))
    chance = np.quantile(drawn, quantile, axis=0)
    observed = eigenvalues(found.corr, communalities)
    doubts = _close_notes(observed, chance, quantile_interval(drawn, quantile))
    numbers = pd.RangeIndex(1, observed.shape[1] + 1)
    return ParallelAnalysis(
        n_factors=leading(observed[1], chance[1]),
        n_components=leading(observed[0], chance[0]),
        components=pd.Series(observed[0], index=numbers),
        factors=pd.Series(observed[1], index=numbers),
        chance_components=pd.Series(chance[0], index=numbers),
        chance_factors=pd.Series(chance[1], index=numbers),
        correlation=found.kind,
        reference=reference,
        communalities=communalities,
        quantile=quantile,
        n_iter=n_iter,
        n_obs=found.n_obs,
        notes=(*found.notes, *doubts),
    )


def _close_notes(observed: Array, chance: Array, interval: tuple[Array, Array]) -> tuple[str, ...]:
    """Say where other draws might have led to another number."""
    lower, upper = interval
    notes = []
    for row, what in enumerate(("component", "factor")):
        last = leading(observed[row], chance[row])
        for at in range(max(last - 1, 0), min(last + 1, observed.shape[1])):
            value, low, high = observed[row, at], lower[row, at], upper[row, at]
            if not low < value < high:
                continue
            limits = f"{chance[row, at]:.3f}, 95% interval {low:.3f} to {high:.3f}"
            notes.append(
                f"Whether {what} {at + 1} lies above chance is within simulation error "
                f"({value:.3f} against {limits}): take more draws (n_iter)."
            )
    return tuple(notes)


@one_thread()
def _draw(
    seed: Any, rows: Array, ordinal: NDArray[np.bool_], reference: str, communalities: str
) -> Array:
    """Compute the eigenvalues of one draw in which every item varies."""
    rng = np.random.default_rng(seed)
    for _ in range(_TRIES):
        drawn = (
            shuffled(rows, rng) if reference == "permutation" else independent(rows, ordinal, rng)
        )
        corr = correlate(drawn, ordinal) if varies(drawn) else np.full(1, np.nan)
        if np.isfinite(corr).all():
            return eigenvalues(corr, communalities)
    message = (
        f"none of {_TRIES} draws of chance had a correlation for every pair of items. Leave out "
        "items to which nearly everybody gave the same answer, or that few people answered."
    )
    raise InsufficientDataError(message)
