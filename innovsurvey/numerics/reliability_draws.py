"""Bootstrap of alpha and omega: moments of all draws at once, then all factors at once."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics.extraction import LOWEST_UNIQUENESS, minres
from innovsurvey.numerics.omega import minres_curvature
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

_CELLS: Final = 4_000_000  # of the counts that are held at a time
_ROWS: Final = 4_096
_MOST_STEPS: Final = 25
_FLAT: Final = 1e-10
_NO_VARIANCE: Final = 1e-12


@dataclass(frozen=True, eq=False)
class Draws:
    """One value per draw; NaN where a draw does not allow it."""

    alpha: NDArray[np.float64]
    alpha_std: NDArray[np.float64]
    omega_total: NDArray[np.float64]


@one_thread()
def bootstrap(
    rows: NDArray[np.float64], loadings: NDArray[np.float64] | None, n_draws: int, seed: int | None
) -> Draws:
    """Draw people with replacement, and estimate alpha and omega of one factor in each draw.

    Parameters
    ----------
    rows
        Complete rows.
    loadings
        Of the one factor in all rows, where the search starts; None leaves omega out.
    n_draws, seed
        How many draws, and where the random numbers start.
    """
    return of_covariances(resampled_covariances(rows, n_draws, seed), loadings)


def of_covariances(covs: NDArray[np.float64], loadings: NDArray[np.float64] | None) -> Draws:
    """Estimate alpha and omega from a stack of covariance matrices."""
    variances = np.diagonal(covs, axis1=1, axis2=2)
    varies = variances.min(axis=1) > _NO_VARIANCE
    scale = 1 / np.sqrt(np.where(varies[:, None], variances, np.nan))
    corrs = covs * scale[:, :, None] * scale[:, None, :]
    omega = np.full(len(covs), np.nan)
    if loadings is not None:
        omega[varies] = _omegas(corrs[varies], loadings)
    return Draws(_alphas(covs), _alphas(corrs), omega)


def resampled_covariances(
    rows: NDArray[np.float64], n_draws: int, seed: int | None
) -> NDArray[np.float64]:
    """Give the covariance matrix of each draw, from how often each person was drawn."""
    rng = np.random.default_rng(seed)
    n, k = rows.shape
    centred = rows - rows.mean(axis=0)
    at_once = max(1, min(n_draws, _CELLS // n))
    covs = np.empty((n_draws, k, k))
    for start in range(0, n_draws, at_once):
        counts = _drawn(rng, min(at_once, n_draws - start), n)
        covs[start : start + len(counts)] = _covariances(counts, centred)
    return covs


def _drawn(rng: np.random.Generator, n_draws: int, n: int) -> NDArray[np.intp]:
    """Count how often each person is drawn."""
    people = rng.integers(0, n, size=(n_draws, n))
    people += n * np.arange(n_draws)[:, None]
    return np.bincount(people.ravel(), minlength=n_draws * n).reshape(n_draws, n)


def _covariances(counts: NDArray[np.intp], rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Weight the products of all pairs of items, some people at a time."""
    n, k = rows.shape
    first, second = np.triu_indices(k)
    sums, products = np.zeros((len(counts), k)), np.zeros((len(counts), len(first)))
    for start in range(0, n, _ROWS):
        part = rows[start : start + _ROWS]
        weights = counts[:, start : start + _ROWS].astype(float)
        sums += weights @ part
        products += weights @ (part[:, first] * part[:, second])
    products -= sums[:, first] * sums[:, second] / n
    covs = np.empty((len(counts), k, k))
    covs[:, first, second] = covs[:, second, first] = products / (n - 1)
    return covs


def _alphas(covs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Estimate alpha from each matrix."""
    k = covs.shape[1]
    totals = covs.sum(axis=(1, 2))
    traces = np.trace(covs, axis1=1, axis2=2)
    varies = totals > _NO_VARIANCE * traces
    share = np.divide(traces, totals, out=np.full(len(covs), np.nan), where=varies)
    return np.asarray(k / (k - 1) * (1 - share))


def _omegas(corrs: NDArray[np.float64], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Estimate omega of one factor from each correlation matrix."""
    loadings = one_factors(corrs, start)
    common = loadings.sum(axis=1) ** 2
    return np.asarray(common / (common + (1 - loadings**2).sum(axis=1)))


def one_factors(corrs: NDArray[np.float64], start: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit one minres factor to each correlation matrix; NaN where there is none.

    Newton's method on all of them at once. Those that do not end at a minimum, or end beyond
    the lowest uniqueness, are fitted one by one.
    """
    loadings = np.repeat(start[None], len(corrs), axis=0)
    for _ in range(_MOST_STEPS):
        slope = _slope(corrs, loadings)
        if np.abs(slope).max(initial=0) < _FLAT:
            break
        loadings = loadings + _newton(minres_curvature(corrs, loadings), slope)
    for odd in np.flatnonzero(~_is_minimum(corrs, loadings)):
        loadings[odd] = _one_by_one(corrs[odd])
    return loadings


def _slope(corrs: NDArray[np.float64], loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    """How much each loading wants to grow: sum over j of (r_ij - l_i l_j) l_j."""
    squares = loadings**2
    with_others = (corrs @ loadings[:, :, None])[:, :, 0] - loadings
    return np.asarray(with_others - loadings * (squares.sum(axis=1, keepdims=True) - squares))


def _newton(curvature: NDArray[np.float64], slope: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the step of each matrix, no longer than one."""
    step = np.linalg.solve(curvature, slope[:, :, None])[:, :, 0]
    length = np.linalg.norm(step, axis=1, keepdims=True)
    return np.asarray(step / np.maximum(length, 1))


def _is_minimum(corrs: NDArray[np.float64], loadings: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell where the search ended at a minimum that is allowed."""
    flat = np.abs(_slope(corrs, loadings)).max(axis=1, initial=0) < np.sqrt(_FLAT)
    curved = np.linalg.eigvalsh(minres_curvature(corrs, loadings))[:, 0] > 0
    allowed = (loadings**2 <= 1 - LOWEST_UNIQUENESS).all(axis=1)
    return np.asarray(flat & curved & allowed)


def _one_by_one(corr: NDArray[np.float64]) -> NDArray[np.float64]:
    """Fit one matrix with bounds; NaN where that fails, too."""
    try:
        return minres(corr, 1).loadings[:, 0]
    except ConvergenceError:
        return np.full(len(corr), np.nan)


def percentile_interval(values: NDArray[np.float64], ci_level: float) -> tuple[float, float]:
    """Cut off the same share of draws at both ends; NaN draws do not count."""
    tail = (1 - ci_level) / 2
    lower, upper = np.nanquantile(values, [tail, 1 - tail])
    return float(lower), float(upper)
