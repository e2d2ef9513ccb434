"""Covariances where answers are missing, each pair from the people who answered both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PairwiseCovariances:
    """Covariances and the number of people behind each of them."""

    cov: NDArray[np.float64]
    n: NDArray[np.intp]


def pairwise_covariances(rows: NDArray[np.float64]) -> PairwiseCovariances:
    """Estimate covariances pair by pair, as cov(use = "pairwise") of R; NaN below 2 people."""
    answered = ~np.isnan(rows)
    here = answered.astype(float)
    with np.errstate(invalid="ignore", divide="ignore"):
        centred = np.where(answered, rows - np.nanmean(rows, axis=0), 0)
        n = here.T @ here
        sums = centred.T @ here  # of the first item, over people who answered both
        cov = (centred.T @ centred - sums * sums.T / n) / (n - 1)
    cov[n <= 1] = np.nan
    return PairwiseCovariances(cov, n.round().astype(np.intp))


def to_correlations(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    """Divide by the standard deviations; ones stand exactly on the diagonal."""
    scale = 1 / np.sqrt(np.diag(cov))
    corr = cov * np.outer(scale, scale)
    np.fill_diagonal(corr, 1)
    return np.asarray(corr)
