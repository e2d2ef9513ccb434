"""Patterns of missing cells, moments of a normal distribution by EM, and Little's test.

Work is done by pattern, not by row: the rows of a pattern are replaced by their mean and by as
many rows as their cross-products have dimensions, so that no step costs more than the data.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.errors import ConvergenceError, IdentificationError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Places = NDArray[np.intp]

MAX_ITER: Final = 5_000
_TOLERANCE: Final = 1e-9  # change of a mean or covariance in a step, in standard deviations
_SINGULAR: Final = 1e-8  # smallest eigenvalue of the correlation matrix
_CHUNK_CELLS: Final = 4_000_000  # numbers held at once while patterns are completed


@dataclass(frozen=True, eq=False)
class Patterns:
    """Different rows of a matrix of flags, the most frequent one first.

    Parameters
    ----------
    missing
        One row per pattern, one column per variable: whether it is missing.
    counts
        Rows of the data with each pattern.
    place
        Pattern of each row of the data.
    """

    missing: Flags
    counts: Places
    place: Places

    @property
    def is_monotone(self) -> bool:
        """Whether the variables can be ordered so that after a missing one all are missing."""
        by_size = self.missing[np.argsort(self.missing.sum(axis=1), kind="stable")]
        return bool((by_size[:-1] <= by_size[1:]).all())


@dataclass(frozen=True, eq=False)
class NormalMoments:
    """Mean and covariance (divisor n) of a normal distribution, by maximum likelihood."""

    mean: Floats
    cov: Floats
    iterations: int


@dataclass(frozen=True, eq=False)
class LittleTest:
    """Little's test: ``chisq`` on ``df`` degrees of freedom, and the moments behind it."""

    chisq: float
    df: int
    p_value: float
    n_patterns: int
    moments: NormalMoments


def find_patterns(missing: Flags) -> Patterns:
    """Find the different rows of the flags; equally frequent ones by the number of missing cells.

    Examples
    --------
    >>> found = find_patterns(np.array([[0, 0], [0, 1], [0, 0]], dtype=bool))
    >>> found.missing.tolist(), found.counts.tolist()
    ([[False, False], [False, True]], [2, 1])
    """
    packed = np.packbits(missing, axis=1)
    width = packed.shape[1]
    keys = np.ascontiguousarray(packed).view(np.dtype((np.void, width))).ravel()
    _, first, place, counts = np.unique(
        keys, return_index=True, return_inverse=True, return_counts=True
    )
    n_missing = missing[first].sum(axis=1)
    order = np.lexsort((-np.arange(len(counts)), n_missing, -counts))
    rank = np.empty_like(order)
    rank[order] = np.arange(len(order))
    return Patterns(missing[first[order]], counts[order], rank[place.ravel()])


def normal_moments(rows: Floats, max_iter: int = MAX_ITER) -> NormalMoments:
    """Estimate mean and covariance from rows with missing cells (NaN).

    Raises
    ------
    IdentificationError
        A variable has no value or never varies, or some are sums of others.
    ConvergenceError
        The steps still change the estimates after ``max_iter`` of them.
    """
    data, centre, scale = _standardised(rows)
    mean, cov, iterations = _em(data, max_iter)
    return NormalMoments(centre + scale * mean, cov * np.outer(scale, scale), iterations)


def little_test(rows: Floats, max_iter: int = MAX_ITER) -> LittleTest:
    """Test whether the means of all patterns agree, as they do if cells are missing at random.

    Rows without any value carry no information and are left out.

    Raises
    ------
    IdentificationError, ConvergenceError
        See :func:`normal_moments`.
    """
    from scipy import special  # slow to import

    data, centre, scale = _standardised(rows)
    mean, cov, iterations = _em(data, max_iter)
    moments = NormalMoments(centre + scale * mean, cov * np.outer(scale, scale), iterations)
    # Little (1988): d2 = sum of n_j (m_j - mu_j)' Sigma_jj^-1 (m_j - mu_j) over the patterns j.
    # With the missing part at its regression on the rest, the whole Sigma gives the same.
    precision = _inverse(cov)
    apart = np.where(data.missing, 0, data.means - mean)
    filled = _complete(apart, np.arange(len(apart)), data.missing, precision)
    d2 = float(data.counts @ np.einsum("ij,ij->i", filled @ precision, filled))
    df = int((~data.missing).sum() - data.missing.shape[1])
    p_value = float(special.chdtrc(df, d2)) if df else float("nan")
    return LittleTest(d2, df, p_value, len(data.counts), moments)


@dataclass(frozen=True, eq=False)
class _Data:
    """Patterns with the mean of their rows, and rows with the cross-products around it.

    Missing cells are zero; ``spread_of`` is the pattern of each row of ``spread``.
    """

    missing: Flags
    counts: Floats
    means: Floats
    spread: Floats
    spread_of: Places


def _standardised(rows: Floats) -> tuple[_Data, Floats, Floats]:
    """Bring each variable to mean 0 and SD 1 over its own values, and summarise by pattern."""
    missing = np.isnan(rows)
    kept = ~missing.all(axis=1)
    rows, missing = rows[kept], missing[kept]
    n = (~missing).sum(axis=0)
    if not len(rows) or (n < 2).any():
        message = "a variable has fewer than two values, so it has no variance. Leave it out."
        raise IdentificationError(message)
    centre = np.nansum(rows, axis=0) / n
    scale = np.sqrt(np.nansum((rows - centre) ** 2, axis=0) / n)
    if (scale <= np.finfo(float).eps * np.abs(centre)).any():
        message = "a variable has the same value in all rows. Leave it out."
        raise IdentificationError(message)
    return _by_pattern(np.where(missing, 0, (rows - centre) / scale), missing), centre, scale


def _by_pattern(rows: Floats, missing: Flags) -> _Data:
    """Replace the rows of each pattern by their mean and by their cross-products."""
    found = find_patterns(missing)
    order = np.argsort(found.place, kind="stable")
    starts = np.append(0, np.cumsum(found.counts)[:-1])
    means = np.add.reduceat(rows[order], starts, axis=0) / found.counts[:, None]
    spread = [
        _triangle(rows[order[start : start + count]] - mean)
        for start, count, mean in zip(starts, found.counts, means, strict=True)
        if count > 1
    ]
    lengths = np.array([len(block) for block in spread], dtype=np.intp)
    of = np.repeat(np.arange(len(spread)), lengths)  # patterns of one row come last
    stacked = np.concatenate(spread) if spread else np.empty((0, rows.shape[1]))
    return _Data(found.missing, found.counts.astype(float), means, stacked, of)


def _triangle(rows: Floats) -> Floats:
    """Give no more rows than columns with the same cross-products."""
    if len(rows) <= rows.shape[1]:
        return rows
    return np.asarray(np.linalg.qr(rows, mode="r"))


def _em(data: _Data, max_iter: int) -> tuple[Floats, Floats, int]:
    """Alternate between completing the patterns and taking moments (Dempster et al., 1977)."""
    n, p = data.counts.sum(), data.missing.shape[1]
    mean, cov = np.zeros(p), np.eye(p)
    for step in range(1, max_iter + 1):
        before = mean, cov
        precision = _inverse(cov)
        apart = np.where(data.missing, 0, data.means - mean)
        between = _complete(apart, np.arange(len(apart)), data.missing, precision)
        within = _complete(data.spread, data.spread_of, data.missing, precision)
        shift = data.counts @ between / n
        total = (between * data.counts[:, None]).T @ between + within.T @ within
        total += _uncertainty(data, precision)
        mean, cov = mean + shift, total / n - np.outer(shift, shift)
        if max(np.abs(mean - before[0]).max(), np.abs(cov - before[1]).max()) < _TOLERANCE:
            return mean, cov, step
    message = (
        f"the EM algorithm did not converge in {max_iter} steps. Use fewer variables, or leave "
        "out those with few values."
    )
    raise ConvergenceError(message, iterations=max_iter, estimates=(mean, cov))


def _inverse(cov: Floats) -> Floats:
    """Invert a covariance matrix; refuse a singular one."""
    scale = 1 / np.sqrt(np.diag(cov))
    if not np.linalg.eigvalsh(cov * np.outer(scale, scale))[0] > _SINGULAR:
        message = (
            "the covariance matrix is singular: there are too few rows for so many variables, or "
            "some are sums of others. Leave out total scores and repeated variables."
        )
        raise IdentificationError(message)
    return np.asarray(np.linalg.inv(cov), dtype=float)


def _blocks(missing: Flags) -> Iterator[tuple[Places, Places]]:
    """Give patterns with equally many missing variables, and the places of these variables."""
    n_missing = missing.sum(axis=1)
    for size in np.unique(n_missing[n_missing > 0]):
        members = np.flatnonzero(n_missing == size)
        width = max(1, _CHUNK_CELLS // (int(size) * missing.shape[1]))
        for start in range(0, len(members), width):
            block = members[start : start + width]
            yield block, np.nonzero(missing[block])[1].reshape(len(block), int(size))


def _complete(rows: Floats, of: Places, missing: Flags, precision: Floats) -> Floats:
    """Fill missing deviations by their regression on the observed: -K_mm^-1 K_mo d_o."""
    pull = rows @ precision
    filled = rows.copy()
    order = np.argsort(of, kind="stable")
    bounds = np.searchsorted(of[order], np.arange(len(missing) + 1))
    for block, places in _blocks(missing):
        inverse = np.linalg.inv(precision[places[:, :, None], places[:, None, :]])
        own = np.concatenate([order[bounds[j] : bounds[j + 1]] for j in block])
        member = np.repeat(np.arange(len(block)), bounds[block + 1] - bounds[block])
        cells = own[:, None], places[member]
        filled[cells] = -np.einsum("ijk,ik->ij", inverse[member], pull[cells])
    return filled


def _uncertainty(data: _Data, precision: Floats) -> Floats:
    """Sum the covariances K_mm^-1 that missing variables have, given the observed ones."""
    total = np.zeros_like(precision)
    for block, places in _blocks(data.missing):
        inverse = np.linalg.inv(precision[places[:, :, None], places[:, None, :]])
        weighted = inverse * data.counts[block][:, None, None]
        np.add.at(total, (places[:, :, None], places[:, None, :]), weighted)
    return total
