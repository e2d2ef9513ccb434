"""Rotation of factor loadings, with the settings that psych::fa uses in R."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.errors import ConvergenceError

if TYPE_CHECKING:
    from numpy.typing import NDArray

_MAX_ITER: Final = 2_000
_TOLERANCE: Final = 1e-5


@dataclass(frozen=True, eq=False)
class Rotated:
    """Pattern loadings and, if the factors may correlate, their correlations."""

    loadings: NDArray[np.float64]
    phi: NDArray[np.float64] | None


def rotate(loadings: NDArray[np.float64], method: str | None) -> Rotated:
    """Rotate, then order and orient the factors as psych does.

    oblimin is GPArotation::oblimin (gamma 0, no Kaiser weights), varimax is stats::varimax
    (Kaiser weights), promax is psych::kaiser(rotate="Promax") (Kaiser weights, power 4).
    """
    start = loadings * _signs(loadings)
    if method is None or loadings.shape[1] == 1:
        return _arrange(start, None)
    from factor_analyzer.rotator import Rotator  # slow to import

    rotator = Rotator(method=method, normalize=True, power=4, max_iter=_MAX_ITER, tol=_TOLERANCE)
    rotated = rotator.fit_transform(start)
    if method == "oblimin":
        _check_oblimin(rotated, rotator.rotation_)
    return _arrange(rotated, rotator.phi_)


def _check_oblimin(loadings: NDArray[np.float64], transform: NDArray[np.float64]) -> None:
    """Refuse a rotation that Rotator, which does not tell, gave up before the minimum."""
    # Jennrich (2002): at the minimum the gradient has no part along the unit-length columns.
    squares = loadings**2
    towards = loadings * (squares.sum(axis=1, keepdims=True) - squares)
    gradient = -np.linalg.solve(transform.T, towards.T @ loadings)
    along = gradient - transform * (transform * gradient).sum(axis=0)
    if np.linalg.norm(along) > _TOLERANCE:
        message = (
            f"oblimin did not converge in {_MAX_ITER} iterations. Ask for fewer factors, or use "
            'rotation="promax".'
        )
        raise ConvergenceError(message, iterations=_MAX_ITER, estimates=loadings)


def _arrange(loadings: NDArray[np.float64], phi: NDArray[np.float64] | None) -> Rotated:
    """Let each factor's loadings sum to a positive number, and the strongest come first."""
    signs = _signs(loadings)
    loadings = loadings * signs
    if phi is None:
        return Rotated(loadings[:, np.argsort(-(loadings**2).sum(axis=0), kind="stable")], None)
    phi = phi * np.outer(signs, signs)
    order = np.argsort(-np.diag(phi @ loadings.T @ loadings), kind="stable")
    return Rotated(loadings[:, order], phi[np.ix_(order, order)])


def _signs(loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give +1 or -1 per factor."""
    return np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
