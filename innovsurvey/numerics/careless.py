"""Indices of careless responding for each row of answers; NaN is a missing answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Places = Sequence[int] | NDArray[np.intp]

ROWS_AT_ONCE: Final = 16_384
_CONSTANT: Final = 1e-12  # variance over mean square below which answers count as all the same


@dataclass(frozen=True, eq=False)
class Runs:
    """Runs of identical answers in each row: the longest one and the mean length.

    ``longest`` is 0, and ``average`` NaN, where nothing was answered.
    """

    longest: Floats
    average: Floats


def runs(x: Floats, shown: Flags | None = None, starts: Flags | None = None) -> Runs:
    """Measure the runs of identical answers, column after column.

    A missing answer ends a run, as ``rle`` in R has it. A cell that was not shown is passed over:
    the run goes on behind it. Each column in ``starts`` begins a new run, whatever stood before.
    """
    n, p = x.shape
    run, longest, n_runs = np.zeros(n), np.zeros(n), np.zeros(n)
    last = np.full(n, np.nan)
    for j in range(p):
        if starts is not None and starts[j]:
            last = np.full(n, np.nan)
        value = x[:, j]
        seen = np.ones(n, dtype=bool) if shown is None else shown[:, j]
        answered = seen & ~np.isnan(value)
        same = answered & (value == last)
        run = np.where(seen, np.where(same, run + 1, answered), run)
        n_runs += answered & ~same
        last = np.where(seen, value, last)
        longest = np.maximum(longest, run)
    return Runs(longest, _divide((~np.isnan(x)).sum(axis=1), n_runs))


def irv(x: Floats, min_items: int = 2) -> Floats:
    """Give the standard deviation (divisor n - 1) of the answers of each row."""
    return by_rows(lambda block: _row_sd(block, min_items), x)


def _row_sd(x: Floats, min_items: int) -> Floats:
    """Give the standard deviation of the answers in each row, NaN where there are too few."""
    n = (~np.isnan(x)).sum(axis=1)
    deviations = x - _divide(np.nansum(x, axis=1), n)[:, None]
    variance = _divide(np.nansum(deviations**2, axis=1), np.maximum(n - 1, 0))
    return np.where(n >= max(min_items, 2), np.sqrt(variance), np.nan)


def row_correlations(a: Floats, b: Floats, min_pairs: int = 2) -> Floats:
    """Correlate the two matrices row by row, over the cells that both have.

    NaN where there are fewer than ``min_pairs`` pairs or one side does not vary.
    """
    both = ~(np.isnan(a) | np.isnan(b))
    n = both.sum(axis=1)
    a, b = np.where(both, a, 0), np.where(both, b, 0)
    a_dev = np.where(both, a - _divide(a.sum(axis=1), n)[:, None], 0)
    b_dev = np.where(both, b - _divide(b.sum(axis=1), n)[:, None], 0)
    aa, bb = (a_dev**2).sum(axis=1), (b_dev**2).sum(axis=1)
    varies = (aa > _CONSTANT * (a**2).sum(axis=1)) & (bb > _CONSTANT * (b**2).sum(axis=1))
    r = _divide((a_dev * b_dev).sum(axis=1), np.where(varies, np.sqrt(aa * bb), 0))
    return np.where(n >= min_pairs, np.clip(r, -1, 1), np.nan)


def even_odd(x: Floats, scales: Sequence[Places], min_scales: int = 2) -> Floats:
    """Give the even-odd consistency of each row: high is consistent.

    Each scale (its columns, in the order shown, keyed alike) is split into its odd and its even
    items. The means of the halves are correlated over the scales within the row, and stepped up by
    Spearman-Brown, 2r/(1 + r), with -1 as the lowest value (Johnson, 2005).
    """
    halves = np.zeros((x.shape[1], 2 * len(scales)))
    for k, columns in enumerate(scales):
        halves[np.asarray(columns)[0::2], 2 * k] = 1
        halves[np.asarray(columns)[1::2], 2 * k + 1] = 1
    return by_rows(lambda block: _even_odd(block, halves, min_scales), x)


def _even_odd(x: Floats, halves: Floats, min_scales: int) -> Floats:
    """Correlate the half means of each row and step the correlation up."""
    answered = ~np.isnan(x)
    means = _divide(np.where(answered, x, 0) @ halves, answered @ halves)
    r = row_correlations(means[:, 0::2], means[:, 1::2], min_scales)
    return np.where(r == -1, -1.0, np.maximum(_divide(2 * r, 1 + r), -1))


def like_pairs(corr: Floats, critical: float) -> NDArray[np.intp]:
    """Find the pairs of columns that correlate above a positive, or below a negative, value."""
    first, second = np.triu_indices(len(corr), k=1)
    r = corr[first, second]
    chosen = r > critical if critical > 0 else r < critical
    return np.column_stack([first[chosen], second[chosen]])


def pair_correlations(x: Floats, pairs: NDArray[np.intp], min_pairs: int = 3) -> Floats:
    """Correlate the first with the second answers of the pairs within each row.

    The index of psychometric synonyms, or antonyms. Each pair is entered in one order.
    """
    adjacent = np.zeros((x.shape[1], x.shape[1]))
    adjacent[pairs[:, 0], pairs[:, 1]] = 1
    return by_rows(lambda block: _pair_correlations(block, adjacent, min_pairs), x)


def _pair_correlations(x: Floats, adjacent: Floats, min_pairs: int) -> Floats:
    """Gather the sums over pairs by matrix products, so that many pairs cost no memory."""
    w = (~np.isnan(x)).astype(float)
    v = np.where(w > 0, x, 0)
    second_there, second = w @ adjacent.T, v @ adjacent.T
    n = (w * second_there).sum(axis=1)
    a, b = (v * second_there).sum(axis=1), (w * second).sum(axis=1)
    aa, ab = (v**2 * second_there).sum(axis=1), (v * second).sum(axis=1)
    bb = (w * (v**2 @ adjacent.T)).sum(axis=1)
    a_var, b_var = n * aa - a**2, n * bb - b**2
    varies = (a_var > _CONSTANT * n * aa) & (b_var > _CONSTANT * n * bb)
    scale = np.sqrt(np.where(varies, a_var, 0)) * np.sqrt(np.where(varies, b_var, 0))
    r = np.clip(_divide(n * ab - a * b, scale), -1, 1)
    return np.where(n >= min_pairs, r, np.nan)


def person_total(x: Floats, min_items: int = 3) -> Floats:
    """Correlate the answers of each row with the means of all rows."""
    means = _divide(np.nansum(x, axis=0), (~np.isnan(x)).sum(axis=0))
    return by_rows(
        lambda block: row_correlations(block, np.broadcast_to(means, block.shape), min_items), x
    )


def same_answers(x: Floats, telling: Flags) -> Floats:
    """Count the other rows with exactly the same answers, missing cells included.

    NaN for rows that are not ``telling``: straight lines, and short rows, agree by chance.
    """
    rows = np.ascontiguousarray(np.where(np.isnan(x), np.inf, x + 0.0))
    whole = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    _, place, counts = np.unique(whole, return_inverse=True, return_counts=True)
    return np.where(telling, counts[place] - 1.0, np.nan)


def by_rows(function: Callable[[Floats], Floats], x: Floats) -> Floats:
    """Apply a function to blocks of rows, so that what it builds on the way stays small."""
    starts = range(0, max(len(x), 1), ROWS_AT_ONCE)
    return np.concatenate([function(x[start : start + ROWS_AT_ONCE]) for start in starts])


def _divide(part: NDArray[Any], whole: NDArray[Any]) -> Floats:
    """Divide; NaN where the whole is zero."""
    out = np.full(np.broadcast(part, whole).shape, np.nan)
    result: Floats = np.divide(part, whole, out=out, where=whole != 0)
    return result
