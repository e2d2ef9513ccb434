"""Polychoric correlations of all pairs of items at once, in two steps as lavaan takes them.

First the thresholds from the margins of each item, then the correlation of each pair by
maximum likelihood with the thresholds held (Olsson, 1979). Only the tables of pairs are used.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.optimize import minimize_scalar
from scipy.special import ndtr

from innovsurvey.numerics.bivariate_normal import cumulative, density
from innovsurvey.numerics.pair_tables import PairTables, count_pairs, pair_index, square
from innovsurvey.numerics.polychoric_search import maximise
from innovsurvey.numerics.thresholds import thresholds, used_first

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

LIMIT: Final = 0.999  # a correlation is not taken further than this
SMALLEST: Final = float(np.sqrt(np.finfo(float).eps))  # probability of a cell, as in lavaan
_PAIR_CELLS: Final = 50_000  # cells of the tables that are worked on together
_CONSTANT: Final = 1e-11  # variance of a sum of codes
_BINARY: Final = 2
_GRID: Final = np.linspace(-0.98, 0.98, 50)  # where a search that ended at the limit is checked
_HIGHER: Final = 1e-6  # of a log-likelihood
_FINE: Final = {"xatol": 1e-10}
_ADDED: Final = 0.5  # to the one empty cell of a table of 2 x 2


@dataclass(frozen=True, eq=False)
class Polychoric:
    """Thresholds and polychoric correlations.

    Parameters
    ----------
    correlation
        One row and one column per item; NaN for a pair that nobody answered together.
    cuts
        Thresholds, one row per item; `BEYOND` where an item has no more of them.
    order
        For each item its codes: missing (0), those used from low to high, those not used.
    tables
        Counts of all pairs, with the codes in ``order``.
    converged, at_limit
        One value per pair: whether the search ended, whether at a correlation of .999 or 1.
    """

    correlation: NDArray[np.float64]
    cuts: NDArray[np.float64]
    order: NDArray[np.intp]
    tables: PairTables
    converged: NDArray[np.bool_]
    at_limit: NDArray[np.bool_]

    @property
    def n_categories(self) -> NDArray[np.intp]:
        """Number of categories of each item that somebody used."""
        return np.asarray(np.count_nonzero(self.tables.margins[:, 1:], axis=1))

    @property
    def thresholds(self) -> tuple[NDArray[np.float64], ...]:
        """Thresholds of each item, one less than it has used categories."""
        return tuple(
            cuts[: k - 1] for cuts, k in zip(self.cuts, self.n_categories.tolist(), strict=True)
        )

    @property
    def n_pairwise(self) -> NDArray[np.float64]:
        """People (or their weights) behind each correlation, and each threshold."""
        return self.tables.n_pairwise

    @property
    def n_empty(self) -> NDArray[np.intp]:
        """Empty cells of each pair, among the categories that somebody used."""
        first, second = pair_index(self.tables.n_items)
        cells = self.n_categories[first] * self.n_categories[second]
        return np.asarray(cells - np.count_nonzero(self.tables.counts[:, 1:, 1:], axis=(1, 2)))

    @property
    def rho(self) -> NDArray[np.float64]:
        """One correlation per pair."""
        return np.asarray(self.correlation[pair_index(self.tables.n_items)])


def polychoric(
    codes: NDArray[np.integer],
    n_categories: int,
    *,
    weights: NDArray[np.float64] | None = None,
) -> Polychoric:
    """Estimate thresholds and polychoric correlations from rows of codes.

    Parameters
    ----------
    codes
        One row per person, one column per item (at least 2): 1, 2, ..., and 0 for a missing
        answer. Each correlation takes the rows that answered both items, each threshold those
        that answered its item; leave out rows first to have the same people everywhere.
    n_categories
        Largest code that any item may have. A category that nobody used is skipped.
    weights
        One per row.
    """
    return polychoric_of_tables(count_pairs(codes, n_categories + 1, weights))


def polychoric_of_tables(raw: PairTables) -> Polychoric:
    """Estimate thresholds and polychoric correlations from the tables of all pairs."""
    order = used_first(raw.margins)
    first, second = pair_index(raw.n_items)
    rows = np.take_along_axis(raw.counts, order[first][:, :, None], axis=1)
    counts = np.take_along_axis(rows, order[second][:, None], axis=2)
    tables = PairTables(raw.n, np.take_along_axis(raw.margins, order, axis=1), counts)
    cuts = thresholds(tables.margins[:, 1:])
    rho, converged = _rho(tables, cuts)
    return Polychoric(
        correlation=square(rho, raw.n_items, 1.0),
        cuts=cuts,
        order=order,
        tables=tables,
        converged=converged,
        at_limit=np.abs(rho) >= LIMIT,
    )


def cell_probabilities(
    h: NDArray[np.float64], k: NDArray[np.float64], rho: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Probability of every cell of every table, not below `SMALLEST`."""
    edge = np.zeros((len(rho), h.shape[1] + 2, k.shape[1] + 2))
    edge[:, 1:-1, 1:-1] = cumulative(h, k, rho)
    edge[:, 1:-1, -1], edge[:, -1, 1:-1], edge[:, -1, -1] = ndtr(h), ndtr(k), 1
    return np.maximum(_differences(edge), SMALLEST)


def cell_slopes(
    h: NDArray[np.float64], k: NDArray[np.float64], rho: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and second derivative of the cell probabilities with respect to rho."""
    around = ((0, 0), (1, 1), (1, 1))
    value, slope = (_differences(np.pad(part, around)) for part in density(h, k, rho))
    return value, slope


def chunks(n_pairs: int, n_cells: int) -> Iterator[slice]:
    """Cut the pairs into parts whose tables fit the cache."""
    step = max(1, _PAIR_CELLS // n_cells)
    return (slice(start, start + step) for start in range(0, n_pairs, step))


def _differences(edge: NDArray[np.float64]) -> NDArray[np.float64]:
    """Turn values at the corners of cells into values of cells."""
    along = edge[:, 1:] - edge[:, :-1]
    return np.asarray(along[:, :, 1:] - along[:, :, :-1])


def _rho(
    tables: PairTables, cuts: NDArray[np.float64]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Find the correlation of each pair, part by part; NaN where nobody answered both."""
    first, second = pair_index(tables.n_items)
    counts, rho = _treat_binary(tables)
    searched = np.flatnonzero(np.isnan(rho) & (counts.sum(axis=(1, 2)) > 0))
    converged = np.ones(len(rho), dtype=bool)
    for part in chunks(len(searched), tables.margins.shape[1] ** 2):
        pairs = searched[part]
        h, k, observed = cuts[first[pairs]], cuts[second[pairs]], counts[pairs]
        found, ended = maximise(partial(_score, observed, h, k), _start(observed), LIMIT)
        rho[pairs], converged[pairs] = _not_beyond(found, observed, h, k), ended
    return rho, converged


def _not_beyond(
    rho: NDArray[np.float64],
    counts: NDArray[np.float64],
    h: NDArray[np.float64],
    k: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Take a search back that went to the limit past a likelihood that is higher before it."""
    rho = rho.copy()
    for pair in np.flatnonzero(np.abs(rho) >= LIMIT):
        one = slice(pair, pair + 1)
        value = partial(_minus_log_likelihood, counts[one], h[one], k[one])
        heights = np.array([value(point) for point in _GRID])
        best = int(heights.argmin())
        if heights[best] < value(rho[pair]) - _HIGHER:
            around = (_GRID[max(best - 1, 0)], _GRID[min(best + 1, len(_GRID) - 1)])
            refined = minimize_scalar(value, bounds=around, method="bounded", options=_FINE)
            rho[pair] = refined.x
    return rho


def _minus_log_likelihood(
    counts: NDArray[np.float64], h: NDArray[np.float64], k: NDArray[np.float64], rho: float
) -> float:
    """Minus the log-likelihood of one pair."""
    return -float((counts * np.log(cell_probabilities(h, k, np.array([rho])))).sum())


def _treat_binary(tables: PairTables) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Treat empty cells of tables of 2 x 2 as lavaan does by default.

    One empty cell gets half a person while the margins stay; two on a diagonal give a
    correlation of 1 or -1. Larger tables are taken as they are.
    """
    first, second = pair_index(tables.n_items)
    n_used = np.count_nonzero(tables.margins[:, 1:], axis=1)
    counts, rho = tables.counts[:, 1:, 1:].copy(), np.full(len(first), np.nan)
    small = np.flatnonzero((n_used[first] == _BINARY) & (n_used[second] == _BINARY))
    cells = counts[small, :_BINARY, :_BINARY]
    empty = cells == 0
    on, off = empty[:, 0, 0] & empty[:, 1, 1], empty[:, 0, 1] & empty[:, 1, 0]
    rho[small[off & ~on]], rho[small[on & ~off]] = 1, -1
    one = empty.sum(axis=(1, 2)) == 1
    sign = np.where(empty[:, 0, 0] | empty[:, 1, 1], 1, -1)
    shift = _ADDED * one * sign
    counts[small, :_BINARY, :_BINARY] = cells + shift[:, None, None] * [[1, -1], [-1, 1]]
    return counts, rho


def _score(
    counts: NDArray[np.float64],
    h: NDArray[np.float64],
    k: NDArray[np.float64],
    pairs: NDArray[np.intp],
    rho: NDArray[np.float64],
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """First and second derivative of the log-likelihood of some of the pairs."""
    # Olsson (1979): sum of n_ab / pi_ab times the derivative of pi_ab
    h, k, counts = h[pairs], k[pairs], counts[pairs]
    probability = cell_probabilities(h, k, rho)
    value, slope = cell_slopes(h, k, rho)
    value /= probability
    slope /= probability
    slope -= value**2
    return (counts * value).sum(axis=(1, 2)), (counts * slope).sum(axis=(1, 2))


def _start(counts: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlate the codes of every pair; 0 where one of them is constant."""
    n = counts.sum(axis=(1, 2))
    points = np.arange(counts.shape[1], dtype=float)
    rows, columns = counts.sum(axis=2), counts.sum(axis=1)
    x, y = rows @ points / n, columns @ points / n
    product = (counts @ points * points).sum(axis=1)
    cov = product / n - x * y
    variance = (rows @ points**2 / n - x**2) * (columns @ points**2 / n - y**2)
    varies = variance > _CONSTANT
    return np.asarray(np.divide(cov, np.sqrt(variance), out=np.zeros(len(n)), where=varies))
