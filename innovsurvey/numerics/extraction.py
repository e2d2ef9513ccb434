"""Factor extraction from a correlation matrix R: minimum residuals, maximum likelihood, axes.

The first two minimise over the uniquenesses psi alone, because for given psi the best m factors
are known from eigenvectors (Jöreskog, 1967; Harman & Jones, 1966).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Objective = Callable[[NDArray[np.float64]], tuple[float, NDArray[np.float64]]]

LOWEST_UNIQUENESS: Final = 0.005  # as psych::fa and stats::factanal
_MAX_ITER: Final = 2_000
_GRADIENT_TOLERANCE: Final = 1e-6
_ON_BOUND: Final = 1e-8
_AXIS_TOLERANCE: Final = 1e-3  # change of the sum of the communalities, as psych::fa


@dataclass(frozen=True, eq=False)
class Extraction:
    """Unrotated factors.

    Parameters
    ----------
    loadings
        One row per variable, one column per factor.
    at_bound
        Whether the factors account for all or more of the variance (Heywood case), per variable.
    iterations
        Steps to the solution.
    """

    loadings: NDArray[np.float64]
    at_bound: NDArray[np.bool_]
    iterations: int

    @property
    def communalities(self) -> NDArray[np.float64]:
        """Share of each variable's variance that the factors account for."""
        return np.asarray((self.loadings**2).sum(axis=1))


@one_thread()
def minres(corr: NDArray[np.float64], n_factors: int) -> Extraction:
    """Extract factors that leave the least squared residual correlations."""
    keep = len(corr) - n_factors

    def objective(psi: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        # f = 1/2 sum of the squared eigenvalues of R - Psi that no factor takes up
        values, vectors = np.linalg.eigh(corr - np.diag(psi))
        left = values.copy()
        left[keep:] = np.minimum(values[keep:], 0)
        return 0.5 * left @ left, -(vectors**2) @ left

    psi, iterations = _minimise(objective, 1 - smc(corr), "minres")
    return _extraction(_axes(corr - np.diag(psi), n_factors), psi, iterations)


@one_thread()
def ml(corr: NDArray[np.float64], n_factors: int) -> Extraction:
    """Extract factors by maximum likelihood from a positive definite matrix."""
    keep = len(corr) - n_factors

    def decompose(psi: NDArray[np.float64]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        scale = 1 / np.sqrt(psi)
        values, vectors = np.linalg.eigh(corr * np.outer(scale, scale))
        return values, vectors

    def objective(log_psi: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        # Jöreskog (1967), eq. 19: f = -sum over the p - m smallest theta of ln(theta) - theta + 1
        values, vectors = decompose(np.exp(log_psi))
        theta = values[:keep]
        f = float(np.sum(theta - np.log(theta) - 1))
        # and eq. 22 for log(psi): what the rest of the eigenvectors leaves on the diagonal
        return f, (vectors[:, :keep] ** 2) @ (1 - theta)

    log_psi, iterations = _minimise(objective, np.log(1 - smc(corr)), "ml", np.log)
    psi = np.exp(log_psi)
    values, vectors = decompose(psi)
    scaled = vectors[:, keep:] * np.sqrt(np.maximum(values[keep:] - 1, 0))
    return _extraction(np.sqrt(psi)[:, None] * scaled[:, ::-1], psi, iterations)


@one_thread()
def principal_axis(corr: NDArray[np.float64], n_factors: int) -> Extraction:
    """Extract factors by axes of R with communalities on its diagonal, improved until steady.

    Where psych::fa would give up after 50 steps, this goes on with the same rule of stopping.
    """
    reduced = corr.copy()
    communalities = smc(corr)
    for iteration in range(1, _MAX_ITER + 1):
        np.fill_diagonal(reduced, communalities)
        loadings = _axes(reduced, n_factors)
        before, communalities = communalities, (loadings**2).sum(axis=1)
        if abs(communalities.sum() - before.sum()) <= _AXIS_TOLERANCE:
            return Extraction(loadings, communalities >= 1, iteration)
    method = "pa"
    raise _gave_up(method, _MAX_ITER, communalities)


def smc(corr: NDArray[np.float64]) -> NDArray[np.float64]:
    """Squared multiple correlation of each variable with all others, from 0 to .995."""
    rest = 1 / np.diag(np.linalg.pinv(corr, hermitian=True))
    return 1 - np.clip(rest, LOWEST_UNIQUENESS, 1)


def _axes(reduced: NDArray[np.float64], n_factors: int) -> NDArray[np.float64]:
    """Scale the eigenvectors of the largest eigenvalues, the largest first."""
    values, vectors = np.linalg.eigh(reduced)
    largest = slice(None, -n_factors - 1, -1)
    return np.asarray(vectors[:, largest] * np.sqrt(np.maximum(values[largest], 0)))


def _minimise(
    objective: Objective,
    start: NDArray[np.float64],
    method: str,
    scale: Callable[[float], float] = float,
) -> tuple[NDArray[np.float64], int]:
    """Minimise over the allowed uniquenesses and judge the result by its gradient."""
    from scipy import optimize  # slow to import

    low, high = scale(LOWEST_UNIQUENESS), scale(1.0)
    found = optimize.minimize(
        objective,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(low, high)] * len(start),
        options={"maxiter": _MAX_ITER, "maxfun": 2 * _MAX_ITER, "ftol": 0, "gtol": 1e-8},
    )
    # A step along the gradient, cut at the bounds, must stay where it is.
    moved = found.x - np.clip(found.x - found.jac, low, high)
    if np.abs(moved).max() > _GRADIENT_TOLERANCE:
        raise _gave_up(method, int(found.nit), found.x)
    return np.asarray(found.x), int(found.nit)


def _gave_up(method: str, iterations: int, estimates: NDArray[np.float64]) -> ConvergenceError:
    """Say what to do where no solution was found."""
    message = (
        f"{method} did not converge in {iterations} iterations. Ask for fewer factors, or look "
        "for items that hardly correlate with the others."
    )
    return ConvergenceError(message, iterations=iterations, estimates=estimates)


def _extraction(
    loadings: NDArray[np.float64], psi: NDArray[np.float64], iterations: int
) -> Extraction:
    """Note the uniquenesses at their bound."""
    return Extraction(loadings, psi <= LOWEST_UNIQUENESS + _ON_BOUND, iterations)
