"""Gradient projection: the rotation that makes a criterion of the loadings smallest.

Bernaards and Jennrich (2005); the steps, the line search and the rule of stopping are those
of the R package GPArotation.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]
    Criterion = Callable[[Array], tuple[float, Array]]

_DELTA: Final = 0.01  # keeps geomin smooth where a loading is zero
_HALVINGS: Final = 11


@dataclass(frozen=True, eq=False)
class Turn:
    """Loadings after rotation, the transformation T, and whether the gradient vanished.

    Oblique factors have phi = T'T and loadings A (T')^-1; orthogonal ones have A T.
    """

    loadings: Array
    transform: Array
    value: float
    converged: bool


def turn(
    loadings: Array,
    criterion: Criterion,
    *,
    oblique: bool,
    start: Array | None = None,
    tolerance: float = 1e-5,
    max_iter: int = 2_000,
) -> Turn:
    """Rotate until the part of the gradient along the allowed directions vanishes."""
    space = _Oblique(loadings) if oblique else _Orthogonal(loadings)
    t = np.eye(loadings.shape[1]) if start is None else start
    rotated = space.apply(t)
    value, slope = criterion(rotated)
    step, length = 1.0, np.inf
    for _ in range(max_iter + 1):
        along = space.project(t, space.gradient(t, rotated, slope))
        length = float(np.linalg.norm(along))
        if length < tolerance:
            break
        step *= 2
        for _ in range(_HALVINGS):
            t_new = space.onto(t - step * along)
            rotated = space.apply(t_new)
            new, slope = criterion(rotated)
            if value - new > 0.5 * length**2 * step:
                break
            step /= 2
        t, value = t_new, new
    return Turn(rotated, t, value, length < tolerance)


@dataclass(frozen=True, eq=False)
class _Orthogonal:
    """Transformations with T'T = I."""

    loadings: Array

    def apply(self, t: Array) -> Array:
        """Turn the loadings."""
        return self.loadings @ t

    def gradient(self, _t: Array, _rotated: Array, slope: Array) -> Array:
        """Slope of the criterion by the transformation."""
        return np.asarray(self.loadings.T @ slope)

    def project(self, t: Array, gradient: Array) -> Array:
        """Keep the part of the slope that stays among the transformations."""
        inner = t.T @ gradient
        return np.asarray(gradient - t @ (inner + inner.T) / 2)

    def onto(self, t: Array) -> Array:
        """Give the nearest transformation."""
        left, _, right = np.linalg.svd(t)
        return np.asarray(left @ right)


@dataclass(frozen=True, eq=False)
class _Oblique:
    """Transformations whose columns have length one."""

    loadings: Array

    def apply(self, t: Array) -> Array:
        """Turn the loadings."""
        return np.asarray(np.linalg.solve(t, self.loadings.T).T)

    def gradient(self, t: Array, rotated: Array, slope: Array) -> Array:
        """Slope of the criterion by the transformation."""
        return np.asarray(-np.linalg.solve(t.T, slope.T @ rotated))

    def project(self, t: Array, gradient: Array) -> Array:
        """Keep the part of the slope that stays among the transformations."""
        return np.asarray(gradient - t * (t * gradient).sum(axis=0))

    def onto(self, t: Array) -> Array:
        """Give the nearest transformation."""
        return np.asarray(t / np.linalg.norm(t, axis=0))


def geomin(loadings: Array) -> tuple[float, Array]:
    """Sum over the rows of the geometric mean of the squared loadings (Yates, 1987)."""
    m = loadings.shape[1]
    squares = loadings**2 + _DELTA
    means = np.exp(np.log(squares).mean(axis=1))
    return float(means.sum()), 2 / m * loadings / squares * means[:, None]


def toward(target: Array) -> Criterion:
    """Squared distance from the target, over its cells that are given (Browne, 2001)."""
    given = ~np.isnan(target)
    aim = np.where(given, target, 0)

    def criterion(loadings: Array) -> tuple[float, Array]:
        away = np.where(given, loadings - aim, 0)
        return float((away**2).sum()), 2 * away

    return criterion


def random_turns(n_factors: int, n: int, seed: int | None) -> list[Array]:
    """Draw orthogonal matrices to start from, evenly over all of them (Stewart, 1980)."""
    rng = np.random.default_rng(seed)
    found = []
    for _ in range(n):
        q, r = np.linalg.qr(rng.normal(size=(n_factors, n_factors)))
        found.append(q * np.sign(np.diag(r)))
    return found
