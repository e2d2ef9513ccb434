"""How many factors: what several rules say, side by side."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_whole, join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import ConvergenceError
from innovsurvey.measurement.efa_input import FactorItems, Kind, Missing, factor_items
from innovsurvey.measurement.parallel_analysis import ParallelAnalysis, analyse
from innovsurvey.numerics.extraction import minres
from innovsurvey.numerics.fit_indices import factor_df, factor_fit
from innovsurvey.numerics.n_factors import average_partials, hull
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Mapping

_FEWEST_DRAWS: Final = 10
_FEWEST_TRIED: Final = 3  # factors on the hull, where the items carry so many


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class NumberOfFactors(Result):
    """Verdicts of several rules on the number of factors.

    Parameters
    ----------
    n_factors
        What most rules say; where two numbers are named equally often, the one that parallel
        analysis of components names, else the smaller.
    verdicts
        Number of factors by rule; empty where a rule has no answer.
    parallel
        The parallel analysis.
    partials
        Average squared (``map``) and fourth power (``map_4``) of the partial correlations by
        number of components taken out.
    hull
        By number of factors: n_par, cfi, on_hull, bend.
    """

    n_factors: int
    verdicts: pd.Series[Any]
    parallel: ParallelAnalysis
    partials: pd.DataFrame
    hull: pd.DataFrame

    @property
    def agrees(self) -> bool:
        """Whether all rules that have a vote name the same number."""
        return len(_named(self.verdicts)) == 1

    @property
    def title(self) -> str:
        """One line that says what this is and for how many people."""
        named = join_names(sorted(_named(self.verdicts)))
        spread = "all rules agree" if self.agrees else f"rules name {named}"
        return f"Number of factors: {self.n_factors} ({spread}), N = {self.n_obs}"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per rule: the number it names, whether it differs, and what it looks at."""
        verdicts = [
            "agrees" if n == self.n_factors else "differs" for n in self.verdicts.fillna(-1)
        ]
        frame = pd.DataFrame(
            {"n_factors": self.verdicts, "verdict": verdicts, "looks_at": pd.Series(_RULES)},
            index=self.verdicts.index,
        )
        frame.loc[self.verdicts.isna(), "verdict"] = "no answer"
        frame.loc["kaiser", "verdict"] = "no vote"
        return frame.rename_axis("rule")


_RULES: Final[Mapping[str, str]] = {
    "parallel_components": "component eigenvalues above chance",
    "parallel_factors": "factor eigenvalues above chance",
    "map": "smallest average squared partial correlation",
    "map_4": "smallest average fourth power of partial correlations",
    "hull": "sharpest bend of fit against parameters",
    "kaiser": "eigenvalues above 1, too many as a rule",
}


def n_factors(
    items: Any,
    *,
    correlation: Kind | None = None,
    missing: Missing = "listwise",
    n_iter: int = 100,
    seed: int | None = 0,
) -> NumberOfFactors:
    """Ask several rules how many factors the items have.

    Parameters
    ----------
    items : DataFrame
        One column per item, at least 3; more complete rows than items.
    correlation : {"pearson", "polychoric"}, optional
        By default polychoric for ordered categoricals, Pearson for numbers.
    missing : {"listwise", "pairwise"}
        Whether people with a missing answer are left out (default), or each correlation takes
        those who answered both items.
    n_iter : int
        Draws of the parallel analysis, at least 10; 100 by default.
    seed : int, optional
        For the draws.

    Returns
    -------
    NumberOfFactors
        ``.n_factors``, ``.agrees``, ``.verdicts``, ``.to_frame()`` with one row per rule, and
        what they rest on: ``.parallel``, ``.partials``, ``.hull``.

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
    Five rules have a vote. Parallel analysis compares eigenvalues of components and of factors
    with the 95% quantile of shuffled answers (see ``parallel_analysis``). MAP takes out 0, 1,
    2, ... components and stops where the average squared partial correlation is smallest
    (Velicer, 1976), or the average fourth power (Velicer, Eaton & Fava, 2000). The hull method
    sets the CFI of minres solutions with 0 to J factors against their number of parameters, J
    being one more than parallel analysis of components names, and at least 3, and takes the
    sharpest bend of the upper hull (Lorenzo-Seva, Timmerman & Kiers, 2011); where no solution
    with more factors fits better, the next one is taken to gain .001. It never names 0.
    Kaiser's rule counts eigenvalues above 1; it is listed because readers ask for it, and has
    no vote, because it names too many factors (Zwick & Velicer, 1986). Where rules disagree,
    the content of the items and the loadings of each solution have to decide.
    Checked against vss() and fa.parallel() of the R package psych.

    References
    ----------
    Lorenzo-Seva, U., Timmerman, M. E., & Kiers, H. A. L. (2011). The hull method for selecting
    the number of common factors. Multivariate Behavioral Research, 46(2), 340-364.
    https://doi.org/10.1080/00273171.2011.564527

    Velicer, W. F. (1976). Determining the number of components from the matrix of partial
    correlations. Psychometrika, 41(3), 321-327. https://doi.org/10.1007/BF02293557

    Zwick, W. R., & Velicer, W. F. (1986). Comparison of five rules for determining the number
    of components to retain. Psychological Bulletin, 99(3), 432-442.
    https://doi.org/10.1037/0033-2909.99.3.432

    Examples
    --------
    >>> import numpy as np
    >>> import pandas as pd
    >>> from innovsurvey.measurement.n_factors import n_factors
    >>> rng = np.random.default_rng(1)
    >>> common = np.repeat(rng.normal(size=(300, 2)), 4, axis=1)
    >>> answers = pd.DataFrame(common + rng.normal(size=(300, 8)), columns=list("abcdefgh"))
    >>> n_factors(answers).n_factors
    2
    """
    check_whole(n_iter, "n_iter", _FEWEST_DRAWS)
    with one_thread():
        found = factor_items(items, correlation, missing=missing)
        options: dict[str, Any] = {"reference": "permutation", "communalities": "minres"}
        parallel = analyse(found, n_iter=n_iter, seed=seed, quantile=0.95, **options)
        partials = _partials(found)
        tried, best = _hull(found, parallel.n_components)
    verdicts = pd.Series(
        {
            "parallel_components": parallel.n_components,
            "parallel_factors": parallel.n_factors,
            "map": _smallest(partials["map"]),
            "map_4": _smallest(partials["map_4"]),
            "hull": best,
            "kaiser": int((parallel.components > 1).sum()),
        },
        dtype="Int64",
    )
    return NumberOfFactors(
        n_factors=_vote(verdicts),
        verdicts=verdicts,
        parallel=parallel,
        partials=partials,
        hull=tried,
        n_obs=found.n_obs,
        notes=(*parallel.notes, *_notes(verdicts)),
    )


def _smallest(values: pd.Series[float]) -> int | None:
    """Find the number of components with the smallest average; one alone says nothing."""
    return int(values.to_numpy().argmin()) if len(values) > 1 else None


def _partials(found: FactorItems) -> pd.DataFrame:
    """Tabulate the averages of partial correlations."""
    columns = {"map": average_partials(found.corr), "map_4": average_partials(found.corr, 4)}
    return pd.DataFrame(columns).rename_axis("n_components")


def _hull(found: FactorItems, n_components: int) -> tuple[pd.DataFrame, int | None]:
    """Fit 0, 1, 2, ... factors and look for the bend."""
    p = len(found.names)
    most = max((m for m in range(p) if factor_df(p, m) >= 0), default=0)
    numbers = range(min(most, max(n_components + 1, _FEWEST_TRIED)) + 1)
    fits = [_cfi(found, m) for m in numbers]
    n_par = [p * m - m * (m - 1) // 2 for m in numbers]
    bent = hull(fits, n_par)
    on_hull = [m in bent.on_hull for m in numbers]
    columns = {"n_par": n_par, "cfi": fits, "on_hull": on_hull, "bend": bent.bend}
    return pd.DataFrame(columns).rename_axis("n_factors"), bent.best


def _cfi(found: FactorItems, n_factors: int) -> float:
    """Fit one number of factors; empty where that has no solution."""
    if n_factors == 0:
        return 0.0
    try:
        loadings = minres(found.corr, n_factors).loadings
    except ConvergenceError:
        return np.nan
    return factor_fit(found.corr, loadings @ loadings.T, n_factors, found.n_fit).cfi


def _named(verdicts: pd.Series[Any]) -> Counter[int]:
    """Count how often each number is named by the rules that have a vote."""
    return Counter(verdicts.drop("kaiser").dropna().tolist())


def _vote(verdicts: pd.Series[Any]) -> int:
    """Take the number that most rules name."""
    counts = _named(verdicts)
    first = [n for n, count in counts.items() if count == max(counts.values())]
    components = int(verdicts["parallel_components"])
    return components if components in first else min(first)


def _notes(verdicts: pd.Series[Any]) -> tuple[str, ...]:
    """Say which rule has no answer, and what disagreement means."""
    notes = []
    if verdicts.isna()["map"]:
        notes.append("MAP needs three items or more.")
    if verdicts.isna()["hull"]:
        notes.append("The hull has no bend between 0 and the most factors that were tried.")
    if len(_named(verdicts)) > 1:
        notes.append(
            "The rules disagree: compare the loadings of each number of factors that is named."
        )
    if int(verdicts["parallel_components"]) == 0:
        notes.append("Parallel analysis finds no component above chance: items may share nothing.")
    return tuple(notes)
