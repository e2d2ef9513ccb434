"""Contingency tables of all pairs of items, counted block by block.

Answers are codes 1, 2, ..., and 0 where an answer is missing, so that every table also holds
the margins of its items. The tables of two blocks of rows add up.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.numerics.correlation import blocks_of

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

BLOCK_ROWS: Final = 32_768
_MOST_BINS: Final = 65_536  # of one bincount over two pairs of items


@dataclass(frozen=True, eq=False)
class PairTables:
    """Counts (or sums of weights) of the answers to every pair of items.

    Parameters
    ----------
    n
        Number of rows.
    margins
        How often each item has each code: one row per item.
    counts
        One table per pair (0, 1), (0, 2), ..., (1, 2), ...; rows are the codes of the first
        item, columns those of the second, both from 0 (missing).
    """

    n: int
    margins: NDArray[np.float64]
    counts: NDArray[np.float64]

    def __add__(self, other: PairTables) -> PairTables:
        margins, counts = self.margins + other.margins, self.counts + other.counts
        return PairTables(self.n + other.n, margins, counts)

    @property
    def n_items(self) -> int:
        """Number of items."""
        return len(self.margins)

    @property
    def n_pairwise(self) -> NDArray[np.float64]:
        """Rows (or their weights) that answered both items of a pair; each item on the diagonal."""
        answered = self.counts[:, 1:, 1:].sum(axis=(1, 2))
        return square(answered, self.n_items, self.margins[:, 1:].sum(axis=1))


def pair_index(n_items: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Give the first and the second item of every pair, in the order of the tables."""
    return np.triu_indices(n_items, 1)


def square(
    values: NDArray[np.float64], n_items: int, diagonal: NDArray[np.float64] | float
) -> NDArray[np.float64]:
    """Put one value per pair into a symmetric matrix."""
    first, second = pair_index(n_items)
    matrix = np.zeros((n_items, n_items), dtype=values.dtype)
    matrix[first, second] = matrix[second, first] = values
    np.fill_diagonal(matrix, diagonal)
    return matrix


def count_pairs(
    codes: NDArray[np.integer],
    n_codes: int,
    weights: NDArray[np.float64] | None = None,
) -> PairTables:
    """Count the answers to every pair of items, in blocks of rows.

    Parameters
    ----------
    codes
        One row per person, one column per item: 1, 2, ..., and 0 for a missing answer.
    n_codes
        One more than the largest code that any item may have.
    weights
        One per row; the tables then hold sums of weights.
    """
    parts = blocks_of(codes, BLOCK_ROWS)
    if weights is None:
        return _total(count_block(part, n_codes) for part in parts)
    weighted = zip(parts, blocks_of(weights, BLOCK_ROWS), strict=True)
    return _total(count_block(part, n_codes, weight) for part, weight in weighted)


def count_block(
    codes: NDArray[np.integer], n_codes: int, weights: NDArray[np.float64] | None = None
) -> PairTables:
    """Count one block of rows.

    Two items are packed into one code, so that one count over two packs gives four tables;
    with very many codes the tables are counted one by one.
    """
    columns = np.ascontiguousarray(codes.T, dtype=np.intp)
    count = _by_packs if n_codes**4 <= _MOST_BINS else _one_by_one
    margins = np.stack([_bincount(column, n_codes, 1, weights) for column in columns])
    return PairTables(len(codes), margins, count(columns, n_codes, weights))


def _total(parts: Iterable[PairTables]) -> PairTables:
    """Add the tables of all blocks."""
    return reduce(PairTables.__add__, parts)


def _by_packs(
    columns: NDArray[np.intp], n_codes: int, weights: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Count four tables at a time."""
    p = len(columns)
    if p % 2:
        columns = np.vstack([columns, np.zeros_like(columns[:1])])
    packs = columns[0::2] * n_codes + columns[1::2]
    tables = np.zeros((len(columns), len(columns), n_codes, n_codes))
    for a, pack in enumerate(packs):
        i = 2 * a
        tables[i, i + 1] = _bincount(pack, n_codes, 2, weights)
        lifted = pack * n_codes**2
        for j, other in zip(range(i + 2, len(columns), 2), packs[a + 1 :], strict=True):
            four = _bincount(lifted + other, n_codes, 4, weights)
            by_second, by_first = four.sum(axis=0), four.sum(axis=1)
            tables[i, j], tables[i, j + 1] = by_first.sum(axis=2), by_first.sum(axis=1)
            tables[i + 1, j], tables[i + 1, j + 1] = by_second.sum(axis=2), by_second.sum(axis=1)
    return tables[pair_index(p)]


def _one_by_one(
    columns: NDArray[np.intp], n_codes: int, weights: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Count one table at a time."""
    first, second = pair_index(len(columns))
    tables = np.empty((len(first), n_codes, n_codes))
    for table, i, j in zip(tables, first, second, strict=True):
        table[:] = _bincount(columns[i] * n_codes + columns[j], n_codes, 2, weights)
    return tables


def _bincount(
    packed: NDArray[np.intp], n_codes: int, n_axes: int, weights: NDArray[np.float64] | None
) -> NDArray[np.float64]:
    """Count packed codes and unfold the counts, one axis per item."""
    shape = (n_codes,) * n_axes
    return np.bincount(packed, weights, n_codes**n_axes).reshape(shape).astype(np.float64)
