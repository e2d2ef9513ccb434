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
_CONSTANT: Final = 1e-12  # variance relative to the mean square
_LOWEST_VALUE: Final = 1e-12  # eigenvalue below which psych smooths
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


@dataclass(frozen=True, eq=False)
class PairMoments:
    """Weighted sums over the rows that answered both columns of a pair; those of blocks add up.

    Row i and column j of each matrix belong to the rows that answered i and j.

    Parameters
    ----------
    weight
        Sum of the weights.
    sums
        Sum of x_i.
    squares
        Sum of x_i squared.
    products
        Sum of x_i x_j.
    """

    weight: NDArray[np.float64]
    sums: NDArray[np.float64]
    squares: NDArray[np.float64]
    products: NDArray[np.float64]

    @classmethod
    def of_block(
        cls, rows: NDArray[np.float64], weights: NDArray[np.float64] | None = None
    ) -> PairMoments:
        """Summarise one block; NaN is a missing answer. Columns should be roughly centred."""
        answered = (~np.isnan(rows)).astype(np.float64)
        x = np.nan_to_num(rows)
        left, seen = (
            (x, answered)
            if weights is None
            else (x * weights[:, None], answered * weights[:, None])
        )
        return cls(seen.T @ answered, left.T @ answered, (left * x).T @ answered, left.T @ x)

    def __add__(self, other: PairMoments) -> PairMoments:
        return PairMoments(
            self.weight + other.weight,
            self.sums + other.sums,
            self.squares + other.squares,
            self.products + other.products,
        )

    @property
    def means(self) -> NDArray[np.float64]:
        """Mean of column i among the rows that answered i and j."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.sums / self.weight)

    @property
    def variances(self) -> NDArray[np.float64]:
        """Variance of column i among the rows that answered i and j, divided by their number."""
        with np.errstate(invalid="ignore"):
            found = self.squares / self.weight - self.means**2
            constant = found <= _CONSTANT * self.squares / self.weight
        return np.where(constant, 0, found)

    @property
    def cov(self) -> NDArray[np.float64]:
        """Covariances (divisor: their number); NaN for a pair without common rows."""
        with np.errstate(invalid="ignore"):
            return np.asarray(self.products / self.weight - self.means * self.means.T)

    @property
    def correlation(self) -> NDArray[np.float64]:
        """Pearson correlations; NaN for a pair without common rows, or constant in them."""
        with np.errstate(invalid="ignore", divide="ignore"):
            corr = np.clip(self.cov / np.sqrt(self.variances * self.variances.T), -1, 1)
        np.fill_diagonal(corr, 1)
        return np.asarray(corr)


def pair_moments(
    rows: NDArray[np.float64], weights: NDArray[np.float64] | None = None
) -> PairMoments:
    """Summarise rows with missing cells, pair by pair, in one pass."""
    parts = blocks_of(rows)
    if weights is None:
        return reduce(PairMoments.__add__, map(PairMoments.of_block, parts))
    return reduce(PairMoments.__add__, map(PairMoments.of_block, parts, blocks_of(weights)))


def count_together(answered: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Count the rows that answered both columns of each pair; each column on the diagonal."""
    parts = (block.astype(np.float32) for block in blocks_of(answered))
    # Counts of one block are whole numbers that single precision holds exactly.
    return reduce(np.add, ((part.T @ part).astype(np.int64) for part in parts))


def smoothed(corr: NDArray[np.float64]) -> NDArray[np.float64]:
    """Raise the eigenvalues that are not positive, as cor.smooth() of psych does.

    Values below 1e-12 become 1e-10, all are scaled to their old sum, and the matrix that they
    give is brought back to ones on the diagonal.
    """
    values, vectors = np.linalg.eigh(corr)
    values = np.where(values < _LOWEST_VALUE, 100 * _LOWEST_VALUE, values)
    raised = (vectors * (values * len(corr) / values.sum())) @ vectors.T
    scale = 1 / np.sqrt(np.diag(raised))
    smoothed = raised * np.outer(scale, scale)
    np.fill_diagonal(smoothed, 1)
    return np.asarray((smoothed + smoothed.T) / 2)


def is_positive_definite(corr: NDArray[np.float64]) -> bool:
    """Tell whether every eigenvalue is above rounding error."""
    return bool(np.linalg.eigvalsh(corr)[0] > np.finfo(float).eps)
