"""Oblique factors below a general one: oblimin from a varimax start, to the very minimum.

Many short scales hold one factor, and then three rotate slowly: gradient projection takes
thousands of steps. It only chooses the valley here, and a quasi-Newton method goes down.
"""

from __future__ import annotations

from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics.rotation_gpa import turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FIRST_STEPS: Final = 50
_MOST_SWEEPS: Final = 100
_MOST_STEPS: Final = 1_000
_FLAT: Final = 1e-6
_NEARLY: Final = 1e-10


def oblimin(loadings: Array) -> tuple[Array, Array]:
    """Rotate by direct oblimin (gamma 0, no Kaiser weights); give pattern and phi.

    The start is varimax with Kaiser weights, as in psych::schmid.
    """
    upright = varimax(loadings)
    begun = turn(upright, quartimin, oblique=True, max_iter=_FIRST_STEPS)
    transform = _descend(upright, begun.transform)
    pattern = np.linalg.solve(transform, upright.T).T
    signs = np.where(pattern.sum(axis=0) < 0, -1.0, 1.0)
    phi = transform.T @ transform * np.outer(signs, signs)
    return np.asarray(pattern * signs), np.asarray(phi)


def quartimin(loadings: Array) -> tuple[float, Array]:
    """Sum over pairs of factors of the products of squared loadings (Carroll, 1953)."""
    squares = loadings**2
    others = squares.sum(axis=1, keepdims=True) - squares
    return float((squares * others).sum() / 4), loadings * others


def varimax(loadings: Array) -> Array:
    """Rotate pair by pair until the squared loadings vary most, with Kaiser weights.

    The best angle of a pair is known, so that no start is a trap, as a factor beside its own
    contrast is for methods that follow the slope.
    """
    lengths = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rows = np.divide(loadings, lengths, out=np.zeros_like(loadings), where=lengths > 0)
    for _ in range(_MOST_SWEEPS):
        angles = [_turn_pair(rows, *pair) for pair in combinations(range(rows.shape[1]), 2)]
        if max(map(abs, angles), default=0.0) < _FLAT:
            break
    return np.asarray(rows * lengths)


def _turn_pair(rows: Array, first: int, second: int) -> float:
    """Turn two columns in place by the angle of Kaiser (1959), and give it."""
    x, y = rows[:, first].copy(), rows[:, second].copy()
    u, v = x**2 - y**2, 2 * x * y
    above = 2 * (u @ v - u.sum() * v.sum() / len(x))
    below = (u**2 - v**2).sum() - (u.sum() ** 2 - v.sum() ** 2) / len(x)
    angle = float(np.arctan2(above, below)) / 4
    rows[:, first] = x * np.cos(angle) + y * np.sin(angle)
    rows[:, second] = y * np.cos(angle) - x * np.sin(angle)
    return angle


def _descend(loadings: Array, start: Array) -> Array:
    """Go from a transformation to the minimum nearby; its columns keep length one."""
    from scipy import optimize  # slow to import

    shape = start.shape

    def objective(flat: Array) -> tuple[float, Array]:
        raw = flat.reshape(shape)
        norms = np.linalg.norm(raw, axis=0)
        t = raw / norms
        rotated = np.linalg.solve(t, loadings.T).T
        value, slope = quartimin(rotated)
        gradient = -np.linalg.solve(t.T, slope.T @ rotated)
        return value, ((gradient - t * (t * gradient).sum(axis=0)) / norms).ravel()

    found = optimize.minimize(
        objective,
        start.ravel(),
        jac=True,
        method="BFGS",
        options={"gtol": _NEARLY, "maxiter": _MOST_STEPS},
    )
    if np.abs(found.jac).max() > _FLAT:
        message = f"oblimin did not converge in {found.nit} iterations. Ask for fewer n_factors."
        raise ConvergenceError(message, iterations=int(found.nit), estimates=found.x)
    raw = np.asarray(found.x).reshape(shape)
    return np.asarray(raw / np.linalg.norm(raw, axis=0))
