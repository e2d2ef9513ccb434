"""Omega of a sum of ordered categories, from polychoric correlations and thresholds."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtr

from innovsurvey.numerics.bivariate_normal import cumulative

if TYPE_CHECKING:
    from numpy.typing import NDArray


def omega_categorical(
    corr: NDArray[np.float64], loadings: NDArray[np.float64], cuts: NDArray[np.float64]
) -> float:
    """Estimate the share of the variance of the sum of categories that one factor carries.

    Parameters
    ----------
    corr
        Polychoric correlations.
    loadings
        Of one factor of these correlations.
    cuts
        Thresholds, one row per item, filled with `BEYOND` at the end.
    """
    # Green & Yang (2009): covariances of the categories as the factor implies them,
    # over those that the correlations imply.
    common = category_cov(np.outer(loadings, loadings), cuts)
    return float(common.sum() / category_cov(corr, cuts).sum())


def category_cov(corr: NDArray[np.float64], cuts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give covariances of the categories 1, 2, ... of two answers with these correlations.

    A correlation of one means the same answer. On the diagonal it may be less: two answers
    to the same item that share only their common part.
    """
    first, second = np.triu_indices(len(corr))
    h, k, rho = cuts[first], cuts[second], corr[first, second]
    same = (first == second) & (rho >= 1)
    below = np.empty((len(rho), cuts.shape[1], cuts.shape[1]))
    below[~same] = cumulative(h[~same], k[~same], rho[~same])
    below[same] = ndtr(np.minimum(h[same][:, :, None], k[same][:, None, :]))
    apart = below - ndtr(h)[:, :, None] * ndtr(k)[:, None, :]
    cov = np.empty_like(corr)
    cov[first, second] = cov[second, first] = apart.sum(axis=(1, 2))
    return cov
