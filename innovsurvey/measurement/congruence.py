"""How alike the factors of two samples are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_items, join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import DataError, InsufficientDataError
from innovsurvey.measurement.efa_solution import FactorSolution
from innovsurvey.numerics.rotation_align import congruence as tucker

if TYPE_CHECKING:
    from numpy.typing import NDArray

_FEWEST_ITEMS: Final = 3


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Congruence(Result):
    """Tucker's congruence of the factors of two solutions; ``n_obs`` counts the items compared.

    Parameters
    ----------
    matrix
        One row per factor of the first solution, one column per factor of the second.
    matched
        For each factor of the first solution: its ``partner`` in the second, and their
        ``congruence``, negative where the partner points the other way. Each factor has one
        partner at most.
    """

    matrix: pd.DataFrame
    matched: pd.DataFrame

    @property
    def title(self) -> str:
        """One line that says what this is and for how many items."""
        lowest = self.matched["congruence"].abs().min()
        return (
            f"Congruence of {len(self.matrix)} and {self.matrix.shape[1]} factor(s) over "
            f"{self.n_obs} items: matched factors {lowest:.3f} or more"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give the partners."""
        return self.matched.copy()


def congruence(one: Any, two: Any) -> Congruence:
    """Compare the loadings of two samples, factor by factor.

    Parameters
    ----------
    one, two : FactorSolution or DataFrame
        Results of ``efa``, or loadings with one row per item and one column per factor. The
        items they have in common are compared, at least 3.

    Returns
    -------
    Congruence
        ``.matrix`` (every factor with every factor) and ``.matched`` (best partners).

    Raises
    ------
    DataError
        A factor has no loading but 0 on the common items, or a loading is missing.
    InsufficientDataError
        Fewer than 3 items in common.

    Notes
    -----
    Tucker's coefficient is sum(x y) / sqrt(sum(x^2) sum(y^2)) over the loadings x and y of the
    same items on two factors. Partners are chosen so that the sum of the absolute coefficients
    is largest. Lorenzo-Seva and ten Berge (2006) proposed to call .85 to .94 fair similarity,
    and from .95 on the same factor. Checked against factor.congruence() of the R package psych.

    References
    ----------
    Lorenzo-Seva, U., & ten Berge, J. M. F. (2006). Tucker's congruence coefficient as a
    meaningful index of factor similarity. Methodology, 2(2), 57-64.
    https://doi.org/10.1027/1614-2241.2.2.57

    Examples
    --------
    >>> import pandas as pd
    >>> from innovsurvey.measurement.congruence import congruence
    >>> one = pd.DataFrame({"F1": [0.8, 0.7, 0.1], "F2": [0, 0.2, 0.9]}, index=["a", "b", "c"])
    >>> two = pd.DataFrame({"F1": [0.1, 0.1, 0.8], "F2": [0.7, 0.8, 0]}, index=["a", "b", "c"])
    >>> congruence(one, two)
    Congruence of 2 and 2 factor(s) over 3 items: matched factors 0.987 or more
       partner congruence
    F1      F2      0.987
    F2      F1      0.988
    """
    first, second = _loadings(one, "first"), _loadings(two, "second")
    common = first.index[first.index.isin(second.index)]
    if len(common) < _FEWEST_ITEMS:
        message = (
            f"the solutions have {len(common)} item(s) in common, at least {_FEWEST_ITEMS} are "
            "needed. Their rows must carry the names of the items."
        )
        raise InsufficientDataError(message)
    x, y = first.loc[common], second.loc[common]
    _check_lengths(x, "first")
    _check_lengths(y, "second")
    values = tucker(x.to_numpy(), y.to_numpy())
    matrix = pd.DataFrame(values, index=x.columns, columns=y.columns)
    matched = _partners(matrix)
    n_left = len(first) + len(second) - 2 * len(common)
    return Congruence(
        matrix=matrix, matched=matched, n_obs=len(common), notes=_notes(matched, n_left)
    )


def _notes(matched: pd.DataFrame, n_left: int) -> tuple[str, ...]:
    """Say what was not compared."""
    notes = [f"{n_left} item(s) that only one solution has are left out."] if n_left else []
    alone = matched.index[matched["congruence"].isna()].tolist()
    if alone:
        notes.append(f"{join_names(alone)} has no partner: the second solution has fewer factors.")
    return tuple(notes)


def _loadings(solution: Any, which: str) -> pd.DataFrame:
    """Take the loadings of a solution, and refuse empty ones and names used twice."""
    frame = solution.loadings if isinstance(solution, FactorSolution) else solution
    found = check_items(frame)
    if found.isna().any(axis=None):
        message = f"the {which} solution has empty loadings. Fill them in, or drop their items."
        raise DataError(message)
    if not found.index.is_unique:
        twice = found.index[found.index.duplicated()].unique().tolist()
        message = f"the {which} solution names items twice: {join_names(twice)}. Rename them."
        raise DataError(message)
    return found


def _check_lengths(loadings: pd.DataFrame, which: str) -> None:
    """Refuse factors that are nothing but zeros."""
    empty = loadings.columns[np.flatnonzero((loadings == 0).all(axis=0))].tolist()
    if empty:
        message = (
            f"all loadings on {join_names(empty)} of the {which} solution are 0 for the items "
            "in common, so nothing can be compared. Leave the factor(s) out."
        )
        raise DataError(message)


def _partners(matrix: pd.DataFrame) -> pd.DataFrame:
    """Find the partner of each factor; empty where the other solution has fewer factors."""
    from scipy.optimize import linear_sum_assignment  # slow to import

    values: NDArray[np.float64] = matrix.to_numpy()
    rows, columns = linear_sum_assignment(-np.abs(values))
    partner = pd.Series(matrix.columns[columns], index=matrix.index[rows], dtype=object)
    alike = pd.Series(values[rows, columns], index=matrix.index[rows])
    return pd.DataFrame({"partner": partner, "congruence": alike}).reindex(matrix.index)
