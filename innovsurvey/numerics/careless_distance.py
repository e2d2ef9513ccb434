"""Mahalanobis distances of rows, some cells of which may be missing."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.linalg import cho_factor, cho_solve
from scipy.special import chdtrc

from innovsurvey.numerics.correlation import blocks_of

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

_CELLS_AT_ONCE: Final = 4_000_000
_SINGULAR: Final = 1e-8  # smallest over largest eigenvalue of the standardised covariances


@dataclass(frozen=True, eq=False)
class PairwiseMoments:
    """Means of the answers of each column, and covariances and correlations of each pair.

    As ``cov`` and ``cor`` of R with ``use = "pairwise.complete.obs"``.
    """

    means: Floats
    cov: Floats
    correlation: Floats

    @property
    def is_definite(self) -> bool:
        """Whether the covariances are known for all pairs, and their matrix can be inverted."""
        scale = np.sqrt(np.diag(self.cov))
        if np.isnan(self.correlation).any() or not (scale > 0).all():
            return False
        values = np.linalg.eigvalsh(self.cov / np.outer(scale, scale))
        return bool(values[0] > _SINGULAR * values[-1])


def pairwise_moments(x: Floats) -> PairwiseMoments:
    """Summarise the columns pair by pair; NaN where fewer than two rows have both."""
    p = x.shape[1]
    answered = np.maximum((~np.isnan(x)).sum(axis=0), 1)
    means = np.nansum(x, axis=0) / answered
    n, cross, first, square = (np.zeros((p, p)) for _ in range(4))
    for block in blocks_of(x):
        w = (~np.isnan(block)).astype(float)
        z = np.where(w > 0, block - means, 0)
        n, cross = n + w.T @ w, cross + z.T @ z
        first, square = first + z.T @ w, square + (z**2).T @ w
    enough = n > 1
    n = np.where(enough, n, np.nan)
    cov = (cross - first * first.T / n) / (n - 1)
    variance = (square - first**2 / n) / (n - 1)  # of the row's column, where the other is there
    scale = np.sqrt(variance * variance.T)
    scale[~(scale > 0)] = np.nan
    correlation = np.clip(cov / scale, -1, 1)
    return PairwiseMoments(np.where((~np.isnan(x)).any(axis=0), means, np.nan), cov, correlation)


@dataclass(frozen=True, eq=False)
class Distances:
    """Squared distance of each row, its degrees of freedom (answered cells) and p-value."""

    d2: Floats
    df: NDArray[np.intp]
    p_value: Floats


def mahalanobis(x: Floats, means: Floats, cov: Floats, min_answered: int = 1) -> Distances:
    r"""Measure how far each row lies from the means, over the cells that it has.

    With O the answered cells, :math:`D^2 = (x_O - \mu_O)' \Sigma_{OO}^{-1} (x_O - \mu_O)` on
    as many degrees of freedom as there are answered cells. Rows with fewer than ``min_answered``
    get NaN. ``cov`` must be positive definite.
    """
    # With P the inverse of the whole matrix and M the missing cells, the inverse of the part is
    # P_OO - P_OM P_MM^{-1} P_MO: only the small matrices P_MM are solved, row by row.
    precision = cho_solve(cho_factor(cov), np.eye(len(cov)))
    missing = np.isnan(x)
    d2 = np.empty(len(x))
    n_missing = missing.sum(axis=1)
    for m in np.unique(n_missing).tolist():
        rows = np.flatnonzero(n_missing == m)
        size = max(1, _CELLS_AT_ONCE // max(len(cov), m * m))
        for start in range(0, len(rows), size):
            some = rows[start : start + size]
            d2[some] = _squared(x[some] - means, missing[some], m, precision)
    df = x.shape[1] - n_missing
    d2 = np.where(df >= max(min_answered, 1), np.maximum(d2, 0), np.nan)
    return Distances(d2, df, np.where(np.isnan(d2), np.nan, chdtrc(np.maximum(df, 1), d2)))


def _squared(z: Floats, missing: NDArray[np.bool_], m: int, precision: Floats) -> Floats:
    """Give the squared distances of rows that lack ``m`` cells each."""
    z = np.where(missing, 0, z)
    y = z @ precision
    whole: Floats = (z * y).sum(axis=1)
    if m == 0:
        return whole
    place = np.nonzero(missing)[1].reshape(-1, m)
    y_m = np.take_along_axis(y, place, axis=1)[:, :, None]
    p_mm = precision[place[:, :, None], place[:, None, :]]
    correction: Floats = (y_m * np.linalg.solve(p_mm, y_m)).sum(axis=(1, 2))
    return whole - correction
