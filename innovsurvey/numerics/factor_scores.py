"""Weights that turn standardised answers into factor scores, and how far the scores are right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray


@one_thread()
def score_weights(
    corr: NDArray[np.float64],
    loadings: NDArray[np.float64],
    phi: NDArray[np.float64],
    method: str,
) -> NDArray[np.float64]:
    """Compute the weights of regression, Bartlett or ten Berge, one column per factor."""
    if method == "regression":
        # Thurstone (1935): W = R^-1 S, with the structure S = L phi
        return np.asarray(np.linalg.solve(corr, loadings @ phi))
    if method == "bartlett":
        # Bartlett (1937): W = U^-1 L (L' U^-1 L)^-1, with the uniquenesses U
        unique = 1 - ((loadings @ phi) * loadings).sum(axis=1)
        weighted = loadings / unique[:, None]
        return np.asarray(np.linalg.solve(weighted.T @ loadings, weighted.T).T)
    # ten Berge et al. (1999): W = R^-1/2 C phi^1/2, where C = R^-1/2 L* (L*' R^-1 L*)^-1/2
    # and L* = L phi^1/2, so that the scores correlate as the factors do
    root = _power(phi, 0.5)
    star = loadings @ root
    inner = np.linalg.solve(corr, star)
    return np.asarray(inner @ _power(star.T @ inner, -0.5) @ root)


@one_thread()
def determinacy(
    weights: NDArray[np.float64],
    corr: NDArray[np.float64],
    loadings: NDArray[np.float64],
    phi: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Correlate the scores of these weights with the factors they stand for."""
    # Grice (2001), eq. 4: W'S over the standard deviations of the scores
    covariance = (weights * (loadings @ phi)).sum(axis=0)
    return np.asarray(covariance / np.sqrt((weights * (corr @ weights)).sum(axis=0)))


def score_correlations(
    weights: NDArray[np.float64], corr: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Correlate the scores of different factors with each other."""
    cov = weights.T @ corr @ weights
    scale = 1 / np.sqrt(np.diag(cov))
    return np.asarray(cov * np.outer(scale, scale))


def _power(matrix: NDArray[np.float64], exponent: float) -> NDArray[np.float64]:
    """Raise a symmetric positive definite matrix to a power."""
    values, vectors = np.linalg.eigh(matrix)
    return np.asarray(vectors * values**exponent @ vectors.T)
