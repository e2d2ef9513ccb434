"""The bivariate normal distribution on a grid of thresholds, for many pairs at once."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr

if TYPE_CHECKING:
    from numpy.typing import NDArray

BEYOND: Final = 40.0  # stands for infinity: the distribution function is one there

# Nodes of the quadrature for correlations up to a size; Genz (2004) takes the first three.
_RULES: Final = ((0.3, 6), (0.75, 12), (0.925, 20), (0.98, 40), (1.0, 160))


def cumulative(
    h: NDArray[np.float64], k: NDArray[np.float64], rho: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Compute P(X <= h_a, Y <= k_b) for every pair and every a and b.

    Parameters
    ----------
    h, k
        One row of thresholds per pair.
    rho
        One correlation per pair.
    """
    # Drezner & Wesolowsky (1990): Phi(h) Phi(k) + 1/(2 pi) times the integral from 0 to
    # arcsin(rho) of exp(-(h^2 + k^2 - 2 h k sin t) / (2 cos^2 t)) dt
    probability = ndtr(h)[:, :, None] * ndtr(k)[:, None, :]
    size = np.abs(rho)
    low = -1.0
    for high, n_nodes in _RULES:
        part = np.flatnonzero((size > low) & (size <= high))
        if part.size:
            probability[part] += _integral(h[part], k[part], rho[part], n_nodes)
        low = high
    return np.asarray(probability)


def density(
    h: NDArray[np.float64], k: NDArray[np.float64], rho: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Compute the density at every (h_a, k_b), and its derivative with respect to rho.

    The density is itself the derivative of the distribution function with respect to rho.
    """
    r, rest = rho[:, None, None], (1 - rho**2)[:, None, None]
    product = h[:, :, None] * k[:, None, :]
    squares = (h**2)[:, :, None] + (k**2)[:, None, :]
    value = np.exp((r * product - squares / 2) / rest) / (2 * np.pi * np.sqrt(rest))
    slope = r / rest + (product * (1 + r**2) - r * squares) / rest**2
    return value, value * slope


def _integral(
    h: NDArray[np.float64], k: NDArray[np.float64], rho: NDArray[np.float64], n_nodes: int
) -> NDArray[np.float64]:
    """Integrate over the angle by the rule of Gauss and Legendre."""
    nodes, weights = _legendre(n_nodes)
    angle = np.arcsin(rho)
    total = np.zeros((len(rho), h.shape[1], k.shape[1]))
    product = h[:, :, None] * k[:, None, :]
    half_squares = ((h**2)[:, :, None] + (k**2)[:, None, :]) / 2
    for node, weight in zip(nodes, weights, strict=True):
        sine = np.sin(angle * node)
        exponent = product * sine[:, None, None]
        exponent -= half_squares
        exponent /= (1 - sine**2)[:, None, None]
        total += weight * np.exp(exponent, out=exponent)
    return np.asarray(total * (angle / (2 * np.pi))[:, None, None])


@cache
def _legendre(n_nodes: int) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Nodes and weights of the rule on the interval from 0 to 1."""
    nodes, weights = np.polynomial.legendre.leggauss(n_nodes)
    return (nodes + 1) / 2, weights / 2
