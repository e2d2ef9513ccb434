"""Correlations of a set in which some items are numbers and some ordered categories.

Pearson between numbers, polyserial between a number and categories, polychoric between
categories; means, variances and thresholds come from each item's own answers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from innovsurvey.numerics.correlation import pair_moments
from innovsurvey.numerics.polychoric import Polychoric, polychoric
from innovsurvey.numerics.polyserial import polyserial

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class MixedCorrelations:
    """Correlations of numbers and ordered categories.

    Parameters
    ----------
    correlation
        One row and one column per item; NaN for a pair that nobody answered together.
    ordinal
        Whether an item is one of ordered categories.
    means, variances
        Of each number, in the order of the items.
    ordered
        Thresholds and correlations of the ordered items.
    converged
        Whether the search has ended, pair by pair.
    """

    correlation: NDArray[np.float64]
    ordinal: NDArray[np.bool_]
    means: NDArray[np.float64]
    variances: NDArray[np.float64]
    ordered: Polychoric
    converged: NDArray[np.bool_]


def mixed_correlations(
    numbers: NDArray[np.float64],
    codes: NDArray[np.integer],
    ordinal: NDArray[np.bool_],
    weights: NDArray[np.float64] | None = None,
) -> MixedCorrelations:
    """Estimate all correlations of a mixed set.

    Parameters
    ----------
    numbers
        Columns of the numbers; NaN where missing.
    codes
        Columns of the ordered items as codes 1, 2, ...; 0 where missing.
    ordinal
        Which items are ordered, in the order of the set.
    weights
        One per row.
    """
    means, variances = _margins(numbers, weights)
    ordered = polychoric(codes, int(codes.max(initial=1)), weights=weights)
    p = len(ordinal)
    corr, converged = np.eye(p), np.ones((p, p), dtype=bool)
    at_number, at_ordered = np.flatnonzero(~ordinal), np.flatnonzero(ordinal)
    corr[np.ix_(at_number, at_number)] = pair_moments(numbers - means, weights).correlation
    corr[np.ix_(at_ordered, at_ordered)] = ordered.correlation
    z = (numbers - means) / np.sqrt(variances)
    for i, number in zip(at_number, z.T, strict=True):
        for j, column, cuts in zip(at_ordered, codes.T, ordered.thresholds, strict=True):
            corr[i, j], converged[i, j] = polyserial(number, column, cuts, weights)
            corr[j, i], converged[j, i] = corr[i, j], converged[i, j]
    return MixedCorrelations(corr, ordinal, means, variances, ordered, converged)


def _margins(
    numbers: NDArray[np.float64], weights: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Mean and variance (divisor n) of each number among those who gave it."""
    share = ~np.isnan(numbers) * (1.0 if weights is None else weights[:, None])
    share = share / share.sum(axis=0)
    filled = np.nan_to_num(numbers)
    means = (share * filled).sum(axis=0)
    return means, (share * (filled - means) ** 2).sum(axis=0)
