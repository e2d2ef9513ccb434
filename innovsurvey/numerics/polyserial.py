"""Polyserial correlations of a number with ordered categories, in two steps as lavaan."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr

from innovsurvey.numerics.bivariate_normal import BEYOND
from innovsurvey.numerics.polychoric_search import maximise

if TYPE_CHECKING:
    from numpy.typing import NDArray

LIMIT: Final = 0.995  # a correlation is not taken further than this, as in lavaan
_SMALLEST: Final = float(np.finfo(float).eps)


def polyserial(
    z: NDArray[np.float64],
    codes: NDArray[np.integer],
    cuts: NDArray[np.float64],
    weights: NDArray[np.float64] | None = None,
) -> tuple[float, bool]:
    """Estimate the correlation of one standardised number with one ordered item.

    Parameters
    ----------
    z
        The number with mean 0 and variance 1; NaN where missing.
    codes
        Codes of the item, 1, 2, ...; 0 where missing.
    cuts
        Thresholds of the item.
    weights
        One per row.

    Returns
    -------
    tuple
        The correlation, NaN where nobody has both, and whether the search has ended.
    """
    points, answers, counts = _cells(z, codes, weights)
    if not counts.size:
        return float("nan"), True
    edges = extended(cuts)
    lower, upper = edges[answers - 1], edges[answers]
    start = np.array([_start(points, answers, counts, cuts)])
    rho, converged = maximise(partial(_score, points, lower, upper, counts), start, LIMIT)
    return float(rho[0]), bool(converged[0])


def extended(cuts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Add the ends of the first and the last category to the thresholds."""
    return np.concatenate([[-BEYOND], cuts, [BEYOND]])


def category_probability(
    z: NDArray[np.float64], lower: NDArray[np.float64], upper: NDArray[np.float64], rho: float
) -> NDArray[np.float64]:
    """Probability of the category between two thresholds, given the number."""
    scale = np.sqrt(1 - rho**2)
    found = ndtr((upper - rho * z) / scale) - ndtr((lower - rho * z) / scale)
    return np.asarray(np.maximum(found, _SMALLEST))


def _cells(
    z: NDArray[np.float64], codes: NDArray[np.integer], weights: NDArray[np.float64] | None
) -> tuple[NDArray[np.float64], NDArray[np.intp], NDArray[np.float64]]:
    """Count the people with the same number and the same code."""
    both = ~np.isnan(z) & (codes > 0)
    points, where = np.unique(z[both], return_inverse=True)
    width = int(codes.max(initial=0)) + 1
    chosen = None if weights is None else weights[both]
    counts = np.bincount(where * width + codes[both], chosen)
    cells = np.flatnonzero(counts)
    return points[cells // width], cells % width, counts[cells].astype(np.float64)


def _score(
    z: NDArray[np.float64],
    lower: NDArray[np.float64],
    upper: NDArray[np.float64],
    counts: NDArray[np.float64],
    _: NDArray[np.intp],
    at: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and second derivative of the log-likelihood."""
    # Olsson, Drasgow & Dorans (1982), with p the probability of the category given z
    rho = float(at[0])
    p = category_probability(z, lower, upper, rho)
    first, second = (
        above - below
        for above, below in zip(_edge(z, upper, rho), _edge(z, lower, rho), strict=True)
    )
    score, slope = first / p, second / p - (first / p) ** 2
    return np.array([counts @ score]), np.array([counts @ slope])


def _edge(
    z: NDArray[np.float64], cut: NDArray[np.float64], rho: float
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Derive the distribution function at a threshold by rho, once and twice."""
    rest = 1 - rho**2
    at = (cut - rho * z) / np.sqrt(rest)
    height = np.exp(-(at**2) / 2) / np.sqrt(2 * np.pi)
    moved = (rho * cut - z) / rest**1.5
    bend = cut / rest**1.5 + 3 * rho * (rho * cut - z) / rest**2.5
    return height * moved, height * (bend - at * moved**2)


def _start(
    z: NDArray[np.float64],
    codes: NDArray[np.intp],
    counts: NDArray[np.float64],
    cuts: NDArray[np.float64],
) -> float:
    """Correlate the number with the codes, and correct for the coarseness of the codes."""
    # Olsson, Drasgow & Dorans (1982), with the moments as in their ad hoc estimate
    n = counts.sum()
    x, y = z - counts @ z / n, codes - counts @ codes / n
    cov, spread = counts @ (x * y) / n, counts @ x**2 / n
    height = np.exp(-(cuts**2) / 2).sum() / np.sqrt(2 * np.pi)
    found = float(cov / np.sqrt(spread) / height) if spread * height > 0 else 0.0
    return found if abs(found) < 1 else found / 2 / abs(found)
