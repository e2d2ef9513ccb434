"""Asymptotic covariance of Pearson correlations, without assuming a normal distribution."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innovsurvey.numerics.correlation import blocks_of
from innovsurvey.numerics.pair_tables import pair_index

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from innovsurvey.numerics.correlation import PairMoments

_BLOCK_ROWS = 4_096


def standard_errors(
    rows: NDArray[np.float64], moments: PairMoments, weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Give the standard error of each pair's correlation, by one pass over the rows."""
    parts = _influences(rows, moments, weights)
    return np.asarray(np.sqrt(sum(np.einsum("pn,pn->p", part, part) for part in parts)))


def acov(
    rows: NDArray[np.float64], moments: PairMoments, weights: NDArray[np.float64] | None = None
) -> NDArray[np.float64]:
    """Estimate the covariance matrix of the correlations of all pairs (0, 1), (0, 2), ...."""
    return np.asarray(sum(part @ part.T for part in _influences(rows, moments, weights)))


def _influences(
    rows: NDArray[np.float64], moments: PairMoments, weights: NDArray[np.float64] | None
) -> Iterator[NDArray[np.float64]]:
    """Give the weighted influence of each row on each correlation, block by block."""
    weighted = blocks_of(np.ones(len(rows)) if weights is None else weights, _BLOCK_ROWS)
    for block, weight in zip(blocks_of(rows, _BLOCK_ROWS), weighted, strict=True):
        yield _influence(block.T, moments) * weight


def _influence(x: NDArray[np.float64], moments: PairMoments) -> NDArray[np.float64]:
    """Influence of each person on each correlation; 0 where an answer is missing."""
    # Steiger & Hakstian (1982): z_i z_j - r (z_i^2 + z_j^2) / 2, over the weight of the pair
    i, j = pair_index(len(x))
    scale = np.sqrt(moments.variances)
    with np.errstate(invalid="ignore", divide="ignore"):
        first = (x[i] - moments.means[i, j][:, None]) / scale[i, j][:, None]
        second = (x[j] - moments.means[j, i][:, None]) / scale[j, i][:, None]
        r, n = moments.correlation[i, j][:, None], moments.weight[i, j][:, None]
        found = (first * second - r * (first**2 + second**2) / 2) / n
    return np.where(np.isnan(x[i]) | np.isnan(x[j]), 0, found)
