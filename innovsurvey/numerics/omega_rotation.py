"""Oblique factors below a general one: oblimin from a varimax start, to the very minimum.

Many short scales hold one factor, and then three rotate slowly: gradient projection takes
thousands of steps. It only chooses the valley here, and a quasi-Newton method goes down.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics.rotation_gpa import turn

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Array = NDArray[np.float64]

_FIRST_STEPS: Final = 50
_VARIMAX_STEPS: Final = 500
_MOST_STEPS: Final = 1_000
_FLAT: Final = 1e-6
_NEARLY: Final = 1e-10


def oblimin(loadings: Array) -> tuple[Array, Array]:
    """Rotate by direct oblimin (gamma 0, no Kaiser weights); give pattern and phi.

    The start is varimax with Kaiser weights, as in psych::schmid.
    """
    upright = _varimax(loadings)
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


def varimax(loadings: Array) -> tuple[float, Array]:
    """Variance of the squared loadings, with the sign turned (Kaiser, 1958)."""
    spread = loadings**2 - (loadings**2).mean(axis=0)
    return float(-(spread**2).sum() / 4), -loadings * spread


def _varimax(loadings: Array) -> Array:
    """Rotate rows brought to length one, then bring them back."""
    lengths = np.sqrt((loadings**2).sum(axis=1, keepdims=True))
    rows = np.divide(loadings, lengths, out=np.zeros_like(loadings), where=lengths > 0)
    turned = turn(rows, varimax, oblique=False, max_iter=_VARIMAX_STEPS).loadings
    return np.asarray(turned * lengths)


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
