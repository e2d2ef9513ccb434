"""Lower bounds to reliability: Guttman's six, and the greatest one."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.numerics import consistency
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

MOST_FOR_ALL_SPLITS: Final = 20  # items; 92,378 splits
_BLOCK: Final = 20_000
_STARTS: Final = 20  # of searches
_SINGULAR: Final = 1e-9  # smallest eigenvalue, relative to the mean variance
_GAP: Final = 1e-10  # of the greatest lower bound
_FALL: Final = 0.05  # of the barrier, from one centre to the next
_CENTRED: Final = 0.25  # Newton decrement that is near enough to a centre
_MOST_STEPS: Final = 5_000
_IMPROVES: Final = -1e-12


@dataclass(frozen=True, eq=False)
class Split:
    """Two halves of a scale.

    Parameters
    ----------
    value
        Guttman's lambda 4 of these halves.
    signs
        +1 for the items of one half, -1 for those of the other.
    all_seen
        Whether every split into halves was looked at.
    """

    value: float
    signs: NDArray[np.float64]
    all_seen: bool


@one_thread()
def lambdas(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    """Estimate Guttman's lambda 1, 2, 3, 4, 5 and 6; the last is NaN for a singular matrix."""
    # Guttman (1945); the total is the variance of the sum.
    k, total = len(cov), cov.sum()
    off = cov - np.diag(np.diag(cov))
    squares = off**2
    first = off.sum() / total
    second = first + np.sqrt(k / (k - 1) * squares.sum()) / total
    fifth = first + 2 * np.sqrt(squares.sum(axis=0).max()) / total
    sixth = 1 - residual_variances(cov).sum() / total
    third = consistency.alpha(cov)
    return np.array([first, second, third, best_split(cov).value, fifth, sixth])


def residual_variances(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    """Give the variance of each item that the others do not predict; NaN if singular."""
    if not invertible(cov):
        return np.full(len(cov), np.nan)
    return np.asarray(1 / np.diag(np.linalg.inv(cov)))


def invertible(cov: NDArray[np.float64]) -> bool:
    """Tell whether the matrix is positive definite, well away from singular."""
    return bool(np.linalg.eigvalsh(cov)[0] > _SINGULAR * np.trace(cov) / len(cov))


def best_split(cov: NDArray[np.float64]) -> Split:
    """Find the two halves that agree most; with an odd number one half has an item more.

    All splits are looked at up to `MOST_FOR_ALL_SPLITS` items. Beyond, the best of some searches
    is taken, which swap items of the halves as long as that helps.
    """
    all_seen = len(cov) <= MOST_FOR_ALL_SPLITS
    signs = _among_all(cov) if all_seen else _by_swaps(cov)
    # Guttman (1945): 2 (1 - (V_A + V_B) / V) is 4 cov(A, B) / V, and s'Ss = V - 4 cov(A, B)
    return Split(float(1 - signs @ cov @ signs / cov.sum()), signs, all_seen)


def _among_all(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    """Look at every split, block by block."""
    k = len(cov)
    # Halves of the same size are the same two ways round, so the first item may stay put.
    movable = range(1 - k % 2, k)
    members = np.array(list(combinations(movable, k // 2)))
    best, lowest = np.ones(k), np.inf
    for part in np.array_split(members, 1 + len(members) // _BLOCK):
        signs = np.ones((len(part), k))
        np.put_along_axis(signs, part, -1.0, axis=1)
        apart = ((signs @ cov) * signs).sum(axis=1)
        if apart.min() < lowest:
            best, lowest = signs[apart.argmin()], apart.min()
    return best


def _by_swaps(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    """Search from halves that take turns along the largest principal components."""
    alternating = np.where(np.arange(len(cov)) % 2, -1.0, 1.0)
    components = np.linalg.eigh(cov)[1][:, : -_STARTS - 1 : -1]
    starts = (alternating[np.argsort(np.argsort(component))] for component in components.T)
    found = [_swap(cov, start) for start in starts]
    return min(found, key=lambda signs: float(signs @ cov @ signs))


def _swap(cov: NDArray[np.float64], signs: NDArray[np.float64]) -> NDArray[np.float64]:
    """Swap the two items that bring the halves nearest, until no swap does."""
    variances = np.diag(cov)
    while True:
        inside, outside = np.flatnonzero(signs > 0), np.flatnonzero(signs < 0)
        pull = 4 * (variances - signs * (cov @ signs))  # what turning one item adds to s'Ss
        gain = pull[inside][:, None] + pull[outside] - 8 * cov[np.ix_(inside, outside)]
        at = np.unravel_index(gain.argmin(), gain.shape)
        if gain[at] > _IMPROVES * variances.sum():
            return signs
        signs[[inside[at[0]], outside[at[1]]]] *= -1


@one_thread()
def greatest_lower_bound(cov: NDArray[np.float64]) -> float:
    """Estimate the greatest lower bound; NaN for a matrix that is not positive definite.

    It takes as much error variance from the diagonal as leaves no negative eigenvalue and no
    negative error variance (Jackson & Agunwamba, 1977; ten Berge, Snijders & Zegers, 1981).
    """
    if not invertible(cov):
        return float("nan")
    scale = float(np.trace(cov)) / len(cov)
    theta = _largest_errors(cov / scale)
    return float(1 - scale * theta.sum() / cov.sum())


def _largest_errors(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    """Maximise the sum of theta, with S - diag(theta) and theta not negative.

    An interior-point method: the barrier mu (ln|S - diag(theta)| + sum of ln(theta)) falls, and
    at its centre the sum is at most 2 k mu below the maximum.
    """
    k = len(cov)
    theta = np.full(k, np.linalg.eigvalsh(cov)[0] / 2)
    mu = 1.0
    for _ in range(_MOST_STEPS):
        inverse = np.linalg.inv(cov - np.diag(theta))
        gradient = 1 - mu * (np.diag(inverse) - 1 / theta)
        hessian = mu * (inverse**2 + np.diag(theta**-2))
        step = np.linalg.solve(hessian, gradient)
        decrement = np.sqrt(max(float(gradient @ step), 0.0) / mu)
        theta = theta + step / (1 + decrement)  # stays inside (Nesterov & Nemirovskii, 1994)
        if decrement < _CENTRED:
            if 2 * k * mu < _GAP * cov.sum():
                break
            mu *= _FALL
    return theta
