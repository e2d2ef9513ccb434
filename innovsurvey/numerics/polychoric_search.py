"""Search for the correlation of many pairs at once: Newton's method between bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    # Of some pairs, at their correlations: derivatives of the log-likelihood, first and second.
    Derivatives = Callable[
        [NDArray[np.intp], NDArray[np.float64]], tuple[NDArray[np.float64], NDArray[np.float64]]
    ]

_MAX_STEPS: Final = 60
_CLOSE: Final = 1e-11
_FLAT: Final = 1e-3  # information of a table that says nothing about its correlation
_FURTHEST_START: Final = 0.9
_FURTHEST_STEP: Final = 0.6  # of the way to 1 or -1, where rare cells lose their digits


def maximise(
    derivatives: Derivatives, start: NDArray[np.float64], limit: float
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Solve the likelihood equation of every pair; say for which the search has ended.

    Where a corner of the table is empty, the likelihood may rise towards 1 or -1 until it is
    flat; the correlation then goes to the limit.
    """
    rho = np.clip(start, -_FURTHEST_START, _FURTHEST_START)
    low, high = np.full(len(rho), -1.0), np.full(len(rho), 1.0)
    active = np.arange(len(rho))
    for _ in range(_MAX_STEPS):
        at = rho[active]
        score, slope = derivatives(active, at)
        low[active] = np.where(score > 0, at, low[active])
        high[active] = np.where(score > 0, high[active], at)
        step = np.divide(-score, slope, out=np.copysign(2.0, score), where=slope < 0)
        new = _inside(at, step, low[active], high[active], limit)
        flat = np.maximum(np.abs(slope), np.abs(score)) < _FLAT
        rho[active] = np.where(flat, np.copysign(limit, np.where(score == 0, at, score)), new)
        active = active[(np.abs(new - at) > _CLOSE) & ~flat]
        if not active.size:
            break
    return rho, ~np.isin(np.arange(len(rho)), active)


def _inside(
    at: NDArray[np.float64],
    step: NDArray[np.float64],
    low: NDArray[np.float64],
    high: NDArray[np.float64],
    limit: float,
) -> NDArray[np.float64]:
    """Take the step, but not most of the way to 1 or -1; halve an interval that it leaves."""
    bounded = np.clip(step, -_FURTHEST_STEP * (1 + at), _FURTHEST_STEP * (1 - at))
    target = np.clip(at + bounded, -limit, limit)
    outside = ((target <= low) | (target >= high)) & (np.abs(step) > _CLOSE)
    return np.clip(np.where(outside, (low + high) / 2, target), -limit, limit)
