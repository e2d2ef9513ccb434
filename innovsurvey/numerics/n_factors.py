"""How many factors: Velicer's minimum average partial, and the hull of fit against parameters."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

_SPENT: Final = 1e-8  # variance left on the diagonal below which nothing is left to correlate
_FEWEST: Final = 3  # solutions on a hull that has a bend


@one_thread()
def average_partials(corr: NDArray[np.float64], power: int = 2) -> NDArray[np.float64]:
    """Average a power of the correlations that are left after 0, 1, 2, ... components.

    The values end where some item has no variance left.
    """
    # Velicer (1976): C* = R - A A'; Velicer, Eaton & Fava (2000) take the fourth power
    p = len(corr)
    values, vectors = np.linalg.eigh(corr)
    left, found = corr.copy(), []
    for m in range(p - 1):
        variance = np.diag(left)
        if variance.min() <= _SPENT:
            break
        partial = left / np.sqrt(np.outer(variance, variance))
        np.fill_diagonal(partial, 0)
        found.append((partial**power).sum() / (p * (p - 1)))
        axis = vectors[:, -m - 1]
        left = left - values[-m - 1] * np.outer(axis, axis)
    return np.array(found)


@dataclass(frozen=True, eq=False)
class Hull:
    """Solutions on the upper hull of fit against the number of parameters.

    Parameters
    ----------
    on_hull
        Positions of the solutions on the hull, from few parameters to many.
    bend
        How sharply the hull bends at each solution (st); NaN off the hull and at its ends.
    best
        Position of the sharpest bend; None where the hull has none.
    """

    on_hull: tuple[int, ...]
    bend: NDArray[np.float64]
    best: int | None


def hull(fit: Sequence[float], n_par: Sequence[int]) -> Hull:
    """Find the solution after which more parameters buy little fit."""
    # Lorenzo-Seva, Timmerman & Kiers (2011), steps 4 to 7
    kept = _rising(fit)
    while (dent := _dent(kept, fit, n_par)) is not None:
        kept.remove(dent)
    bend = np.full(len(fit), np.nan)
    for before, here, after in zip(kept, kept[1:], kept[2:], strict=False):
        gained = (fit[here] - fit[before]) / (n_par[here] - n_par[before])
        bend[here] = gained / ((fit[after] - fit[here]) / (n_par[after] - n_par[here]))
    best = int(np.nanargmax(bend)) if len(kept) >= _FEWEST else None
    return Hull(tuple(kept), bend, best)


def _rising(fit: Sequence[float]) -> list[int]:
    """Keep the solutions that fit better than all with fewer parameters."""
    kept: list[int] = []
    for position, value in enumerate(fit):
        if not np.isnan(value) and (not kept or value > fit[kept[-1]]):
            kept.append(position)
    return kept


def _dent(kept: Sequence[int], fit: Sequence[float], n_par: Sequence[int]) -> int | None:
    """Find a solution on or below the line between its neighbours."""
    for before, here, after in zip(kept, kept[1:], kept[2:], strict=False):
        share = (n_par[here] - n_par[before]) / (n_par[after] - n_par[before])
        if fit[here] <= fit[before] + share * (fit[after] - fit[before]):
            return here
    return None
