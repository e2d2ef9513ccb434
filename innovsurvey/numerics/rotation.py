"""Rotation of factor loadings, with the settings that psych::fa uses in R."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics.rotation_gpa import geomin, random_turns, toward, turn
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from innovsurvey.numerics.rotation_gpa import Criterion

ORTHOGONAL: Final = ("varimax", "quartimax", "equamax", "geomin_ort", "target_ort")
OBLIQUE: Final = ("oblimin", "promax", "quartimin", "geomin", "target")
_MAX_ITER: Final = 2_000
_TOLERANCE: Final = 1e-5


@dataclass(frozen=True, eq=False)
class Rotated:
    """Pattern loadings and, if the factors may correlate, their correlations.

    Parameters
    ----------
    loadings
        One row per variable, one column per factor.
    phi
        Correlations of the factors, or None.
    agreeing_starts
        Of all starts, how many ended at the same minimum; 1 of 1 where there was one start.
    """

    loadings: NDArray[np.float64]
    phi: NDArray[np.float64] | None
    agreeing_starts: int = 1


@one_thread()
def rotate(
    loadings: NDArray[np.float64],
    method: str | None,
    *,
    target: NDArray[np.float64] | None = None,
    n_starts: int = 1,
    seed: int | None = 0,
) -> Rotated:
    """Rotate, then order and orient the factors as psych does; a target keeps its own order.

    varimax is stats::varimax (Kaiser weights), promax is psych::kaiser(rotate="Promax") (Kaiser
    weights, power 4); all others are those of GPArotation without Kaiser weights: oblimin with
    gamma 0, which is quartimin, geomin with delta .01, equamax as Crawford-Ferguson with
    kappa m/(2p). Oblimax is not offered: oblique, it lets factors fall together (GPArotation
    gives loadings of 20,000 for the leadership climate items); orthogonal, it is quartimax.
    """
    start = loadings * _signs(loadings)
    if method is None or loadings.shape[1] == 1:
        return _arrange(Rotated(start, None))
    if target is not None:
        return _upright(_own(start, toward(target), method, n_starts, seed), target)
    if method in {"geomin", "geomin_ort"}:
        return _arrange(_own(start, geomin, method, n_starts, seed))
    return _arrange(_rotator(start, method))


def _own(
    loadings: NDArray[np.float64],
    criterion: Criterion,
    method: str,
    n_starts: int,
    seed: int | None,
) -> Rotated:
    """Rotate by gradient projection from one or more starts; the smallest criterion wins."""
    oblique = method in OBLIQUE
    m = loadings.shape[1]
    starts = [np.eye(m), *random_turns(m, n_starts - 1, seed)]
    options: dict[str, Any] = {"tolerance": _TOLERANCE, "max_iter": _MAX_ITER}
    turns = [turn(loadings, criterion, oblique=oblique, start=t, **options) for t in starts]
    ended = [one for one in turns if one.converged]
    if not ended:
        raise _gave_up(method, turns[0].loadings)
    best = min(ended, key=lambda one: one.value)
    same = sum(abs(one.value - best.value) < _TOLERANCE for one in ended)
    phi = best.transform.T @ best.transform if oblique else None
    return Rotated(best.loadings, phi, same)


def _rotator(loadings: NDArray[np.float64], method: str) -> Rotated:
    """Rotate with factor_analyzer, and see whether it reached the minimum."""
    from factor_analyzer.rotator import Rotator  # slow to import

    p, m = loadings.shape
    options = {"normalize": True, "power": 4, "max_iter": _MAX_ITER, "tol": _TOLERANCE}
    rotator = Rotator(method=method, kappa=m / (2 * p), **options)
    rotated = rotator.fit_transform(loadings)
    if method in {"oblimin", "quartimin"}:
        _check_oblimin(rotated, rotator.rotation_, method)
    elif method in {"quartimax", "equamax"}:
        _check_orthogonal(rotated, m / (2 * p) if method == "equamax" else 0, method)
    return Rotated(rotated, rotator.phi_)


def _check_oblimin(
    loadings: NDArray[np.float64], transform: NDArray[np.float64], method: str
) -> None:
    """Refuse a rotation that Rotator, which does not tell, gave up before the minimum."""
    # Jennrich (2002): at the minimum the gradient has no part along the unit-length columns.
    squares = loadings**2
    towards = loadings * (squares.sum(axis=1, keepdims=True) - squares)
    gradient = -np.linalg.solve(transform.T, towards.T @ loadings)
    along = gradient - transform * (transform * gradient).sum(axis=0)
    if np.linalg.norm(along) > _TOLERANCE:
        raise _gave_up(method, loadings)


def _check_orthogonal(loadings: NDArray[np.float64], kappa: float, method: str) -> None:
    """Do the same for orthogonal Crawford-Ferguson rotations."""
    # Jennrich (2001): at the minimum L'G is symmetric, where G is the slope by the loadings.
    squares = loadings**2
    rows = squares.sum(axis=1, keepdims=True) - squares
    columns = squares.sum(axis=0) - squares
    inner = loadings.T @ (loadings * ((1 - kappa) * rows + kappa * columns))
    if np.linalg.norm(inner - inner.T) / 2 > 2 * _TOLERANCE:
        raise _gave_up(method, loadings)


def _gave_up(method: str, loadings: NDArray[np.float64]) -> ConvergenceError:
    """Say what to do where a rotation did not end."""
    message = (
        f"{method} did not converge in {_MAX_ITER} iterations. Ask for fewer factors, or use "
        'rotation="promax".'
    )
    return ConvergenceError(message, iterations=_MAX_ITER, estimates=loadings)


def _arrange(found: Rotated) -> Rotated:
    """Let each factor's loadings sum to a positive number, and the strongest come first."""
    signs = _signs(found.loadings)
    loadings = found.loadings * signs
    if found.phi is None:
        order = np.argsort(-(loadings**2).sum(axis=0), kind="stable")
        return Rotated(loadings[:, order], None, found.agreeing_starts)
    phi = found.phi * np.outer(signs, signs)
    order = np.argsort(-np.diag(phi @ loadings.T @ loadings), kind="stable")
    return Rotated(loadings[:, order], phi[np.ix_(order, order)], found.agreeing_starts)


def _upright(found: Rotated, target: NDArray[np.float64]) -> Rotated:
    """Turn up the factors whose direction the target leaves open."""
    is_open = np.nansum(np.abs(target), axis=0) == 0
    signs = np.where(is_open, _signs(found.loadings), 1.0)
    phi = None if found.phi is None else found.phi * np.outer(signs, signs)
    return Rotated(found.loadings * signs, phi, found.agreeing_starts)


def _signs(loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give +1 or -1 per factor."""
    return np.where(loadings.sum(axis=0) < 0, -1.0, 1.0)
