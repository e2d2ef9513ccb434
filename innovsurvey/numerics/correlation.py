"""Moments of complete rows, gathered block by block, and what makes a matrix singular."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from typing import TypeVar

    from numpy.typing import NDArray

    Number = TypeVar("Number", bound=np.generic)

BLOCK_ROWS: Final = 65_536
_SINGULAR: Final = 1e-10  # smallest over largest singular value
_TAKES_PART: Final = 1e-4  # weight in a null vector, relative to its largest weight


@dataclass(frozen=True, eq=False)
class Moments:
    """Count, means and centred cross-products of rows; those of two blocks add up.

    Parameters
    ----------
    n
        Number of rows.
    means
        Mean of each column.
    scatter
        Sum over the rows of (x - mean)(x - mean)'.
    """

    n: int
    means: NDArray[np.float64]
    scatter: NDArray[np.float64]

    @classmethod
    def of_block(cls, rows: NDArray[np.float64]) -> Moments:
        """Summarise one block of rows."""
        means = rows.mean(axis=0)
        centred = rows - means
        return cls(len(rows), means, centred.T @ centred)

    def __add__(self, other: Moments) -> Moments:
        # Chan, Golub & LeVeque (1983), eq. 1.5: no cancellation, whatever the means are.
        n = self.n + other.n
        delta = other.means - self.means
        means = self.means + delta * (other.n / n)
        between = np.outer(delta, delta) * (self.n * other.n / n)
        return Moments(n, means, self.scatter + other.scatter + between)

    @property
    def cov(self) -> NDArray[np.float64]:
        """Covariance matrix with divisor n - 1."""
        return self.scatter / (self.n - 1)

    @property
    def correlation(self) -> NDArray[np.float64]:
        """Pearson correlation matrix, with ones exactly on the diagonal."""
        scale = 1 / np.sqrt(np.diag(self.scatter))
        corr = np.clip(self.scatter * np.outer(scale, scale), -1, 1)
        np.fill_diagonal(corr, 1)
        return corr


def moments(blocks: Iterable[NDArray[np.float64]]) -> Moments:
    """Summarise rows that come in blocks, in one pass."""
    return reduce(Moments.__add__, map(Moments.of_block, blocks))


def blocks_of(rows: NDArray[Number], size: int = BLOCK_ROWS) -> Iterator[NDArray[Number]]:
    """Cut rows into blocks that are small beside the data."""
    return (rows[start : start + size] for start in range(0, len(rows), size))


def dependent_columns(matrix: NDArray[np.float64]) -> list[int]:
    """Find the columns that are linear combinations of others; none if the rank is full.

    Columns are brought to length one first, so that their units do not matter.
    """
    triangle = np.linalg.qr(matrix / np.linalg.norm(matrix, axis=0), mode="r")
    _, values, vectors = np.linalg.svd(triangle)
    null = vectors[np.append(values, np.zeros(len(vectors) - len(values))) < _SINGULAR * values[0]]
    weights = np.abs(null).max(axis=0, initial=0)
    return np.flatnonzero(weights > _TAKES_PART * weights.max(initial=0)).tolist()
