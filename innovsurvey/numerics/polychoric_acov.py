"""Asymptotic covariance of thresholds and polychoric correlations (the Gamma of lavaan).

The influence of a person on a threshold depends on one answer, that on a correlation, after
the thresholds are eliminated, on two. So all influences are look-up tables computed from the
tables of pairs; variances need these alone, covariances one more pass over the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from scipy.special import ndtr

from innovsurvey.numerics.correlation import blocks_of
from innovsurvey.numerics.pair_tables import pair_index
from innovsurvey.numerics.polychoric import SMALLEST, cell_probabilities, cell_slopes, chunks

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from innovsurvey.numerics.polychoric import Polychoric

_BLOCK_ROWS: Final = 4_096


@dataclass(frozen=True, eq=False)
class Influence:
    """What one person's answers add to the estimates, as look-up tables.

    Parameters
    ----------
    of_thresholds
        Item x code x threshold, with the codes as they are in the rows (0 is missing).
    of_correlations
        Pair x code of the first item x code of the second.
    n_thresholds
        Number of thresholds of each item.
    """

    of_thresholds: NDArray[np.float64]
    of_correlations: NDArray[np.float64]
    n_thresholds: NDArray[np.intp]

    def rows(self, codes: NDArray[np.integer]) -> NDArray[np.float64]:
        """Look up the influences of each person, thresholds first, then correlations."""
        n_items, n_codes, _ = self.of_thresholds.shape
        columns = np.ascontiguousarray(codes.T, dtype=np.intp)
        first, second = pair_index(n_items)
        out = np.empty((self.n_thresholds.sum() + len(first), len(codes)))
        row = 0
        for item, n in enumerate(self.n_thresholds.tolist()):
            out[row : row + n] = self.of_thresholds[item, :, :n].T[:, columns[item]]
            row += n
        flat = self.of_correlations.reshape(len(first), -1)
        for pair, (i, j) in enumerate(zip(first.tolist(), second.tolist(), strict=True)):
            np.take(flat[pair], columns[i] * n_codes + columns[j], out=out[row + pair], mode="clip")
        return out


def influence(found: Polychoric) -> Influence:
    """Compute the look-up tables of all estimates."""
    rank = np.argsort(found.order, axis=1)  # from a code to its place in the tables
    first, second = pair_index(len(rank))
    of_thresholds = _threshold_influence(found)
    parts = [np.zeros((0, *found.tables.counts.shape[1:]))]
    parts += [_rho_influence(found, of_thresholds, part) for part in _parts(found)]
    rows = np.take_along_axis(np.concatenate(parts), rank[first][:, :, None], axis=1)
    return Influence(
        of_thresholds=np.take_along_axis(of_thresholds, rank[:, :, None], axis=1),
        of_correlations=np.take_along_axis(rows, rank[second][:, None], axis=2),
        n_thresholds=found.n_categories - 1,
    )


def standard_errors(
    found: Polychoric,
    codes: NDArray[np.integer],
    weights: NDArray[np.float64] | None = None,
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Give the standard errors of all thresholds, item after item, and of all correlations.

    Without weights they come from the tables alone; with weights from one pass over the rows.
    """
    if weights is not None:
        total = sum((rows**2).sum(axis=1) for rows in _influences(found, codes, weights))
        errors = np.sqrt(np.asarray(total))
        n_thresholds = int((found.n_categories - 1).sum())
        return errors[:n_thresholds], errors[n_thresholds:]
    of_thresholds = _threshold_influence(found)
    variances = np.einsum("ic,ict->it", found.tables.margins, of_thresholds**2)
    real = np.arange(variances.shape[1]) < (found.n_categories - 1)[:, None]
    rho = [np.zeros(0)]
    for part in _parts(found):
        squares = _rho_influence(found, of_thresholds, part) ** 2
        rho.append(np.einsum("pab,pab->p", found.tables.counts[part], squares))
    return np.sqrt(variances[real]), np.sqrt(np.concatenate(rho))


def acov(
    found: Polychoric,
    codes: NDArray[np.integer],
    weights: NDArray[np.float64] | None = None,
) -> NDArray[np.float64]:
    """Estimate the covariance matrix of the estimates, by one pass over the rows.

    Rows and columns are the thresholds of the first item, of the second, ..., then the
    correlations of the pairs (0, 1), (0, 2), ..., (1, 2), .... Times the number of rows this
    is the Gamma (NACOV) of lavaan, in its order.
    """
    return np.asarray(sum(rows @ rows.T for rows in _influences(found, codes, weights)))


def _influences(
    found: Polychoric, codes: NDArray[np.integer], weights: NDArray[np.float64] | None
) -> Iterator[NDArray[np.float64]]:
    """Give the weighted influences of the people, block by block."""
    tables = influence(found)
    weighted = blocks_of(np.ones(len(codes)) if weights is None else weights, _BLOCK_ROWS)
    for block, weight in zip(blocks_of(codes, _BLOCK_ROWS), weighted, strict=True):
        yield tables.rows(block) * weight


def _parts(found: Polychoric) -> Iterator[slice]:
    """Cut the pairs into parts."""
    return chunks(len(found.tables.counts), found.tables.margins.shape[1] ** 2)


def _threshold_influence(found: Polychoric) -> NDArray[np.float64]:
    """Influence on each threshold of an answer, by item and code."""
    # From tau_k = quantile of P_k, the share below: (1[x <= k] - P_k) / (n phi(tau_k))
    margins = found.tables.margins[:, 1:]
    n = margins.sum(axis=1)[:, None]
    n_cuts = margins.shape[1] - 1
    share = (np.cumsum(margins, axis=1) / n)[:, :n_cuts]
    real = np.arange(n_cuts) < (found.n_categories - 1)[:, None]
    height = np.exp(-(np.where(real, found.cuts, 0) ** 2) / 2) / np.sqrt(2 * np.pi)
    below = np.arange(n_cuts + 1)[:, None] <= np.arange(n_cuts)
    values = (below - share[:, None]) / (n * height)[:, None] * real[:, None]
    return np.pad(values, ((0, 0), (1, 0), (0, 0)))


def _rho_influence(
    found: Polychoric, of_thresholds: NDArray[np.float64], part: slice
) -> NDArray[np.float64]:
    """Influence on the correlations of some pairs, by the codes of both items."""
    # Muthen (1984): the score of rho, less what the scores of the thresholds explain of it
    first, second = (index[part] for index in pair_index(len(found.cuts)))
    h, k, rho = found.cuts[first], found.cuts[second], found.rho[part]
    counts = found.tables.counts[part, 1:, 1:]
    probability = cell_probabilities(h, k, rho)
    inverse = np.where(probability > SMALLEST, 1 / probability, 0)
    score = cell_slopes(h, k, rho)[0] * inverse
    weight = counts * score * inverse
    of_first = _cross(weight, h, k, rho)
    of_second = _cross(weight.transpose(0, 2, 1), k, h, rho)
    both = np.pad(score, ((0, 0), (1, 0), (1, 0)))
    both -= np.einsum("pk,pak->pa", of_first, of_thresholds[first])[:, :, None]
    both -= np.einsum("pk,pbk->pb", of_second, of_thresholds[second])[:, None, :]
    return np.asarray(both / (counts * score**2).sum(axis=(1, 2))[:, None, None])


def _cross(
    weight: NDArray[np.float64],
    h: NDArray[np.float64],
    k: NDArray[np.float64],
    rho: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Sum of products of the score of rho with that of each threshold of the first item."""
    scale = np.sqrt(1 - rho**2)[:, None, None]
    edge = ndtr((k[:, None, :] - rho[:, None, None] * h[:, :, None]) / scale)
    inside = np.diff(np.pad(edge, ((0, 0), (0, 0), (1, 0))), axis=2, append=1.0)
    height = np.exp(-(h**2) / 2) / np.sqrt(2 * np.pi)
    steps = weight[:, :-1] - weight[:, 1:]
    return np.asarray(height * (steps * inside).sum(axis=2))
