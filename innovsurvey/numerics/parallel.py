"""Eigenvalues of a correlation matrix, and of what chance alone makes of the same items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.numerics.extraction import minres, smc
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

_ROUNDING: Final = 1e-6  # the rest of an exact fit, as of two or three items, is not above chance


@one_thread()
def eigenvalues(corr: NDArray[np.float64], communalities: str) -> NDArray[np.float64]:
    """Give the eigenvalues of components (first row) and of factors, the largest first.

    Those of factors are taken with communalities on the diagonal: squared multiple correlations
    ("smc") or what one minres factor accounts for ("minres"), as psych::fa.parallel does with
    ``SMC=TRUE`` and by default.
    """
    reduced = corr.copy()
    share = smc(corr) if communalities == "smc" else minres(corr, 1).communalities
    np.fill_diagonal(reduced, share)
    return np.linalg.eigvalsh(np.stack([corr, reduced]))[:, ::-1]


def leading(observed: NDArray[np.float64], chance: NDArray[np.float64]) -> int:
    """Count the first eigenvalues that lie above those of chance, up to the first that does not."""
    # Horn (1965)
    below = np.flatnonzero(observed <= chance + _ROUNDING)
    return int(below[0]) if below.size else len(observed)


def quantile_interval(
    drawn: NDArray[np.float64], quantile: float, ci_level: float = 0.95
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Bound the quantile over the first axis by order statistics, whatever the distribution."""
    from scipy import stats  # slow to import

    n, tail = len(drawn), (1 - ci_level) / 2
    ranks = stats.binom.ppf([tail, 1 - tail], n, quantile).astype(int)
    lower, upper = np.sort(drawn, axis=0)[np.clip(ranks - [1, 0], 0, n - 1)]
    return lower, upper


def shuffled(rows: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Shuffle the answers to each item among the people, so that items share nothing."""
    return rng.permuted(rows, axis=0)


def independent(
    rows: NDArray[np.float64], ordinal: NDArray[np.bool_], rng: np.random.Generator
) -> NDArray[np.float64]:
    """Draw answers to independent normal items; missing ones stay where they are.

    Ordinal items are cut so that their margins are those observed on average.
    """
    drawn = rng.standard_normal(rows.shape)
    for item in np.flatnonzero(ordinal):
        answered = rows[~np.isnan(rows[:, item]), item]
        codes, counts = np.unique(answered, return_counts=True)
        drawn[:, item] = rng.choice(codes, size=len(rows), p=counts / counts.sum())
    drawn[np.isnan(rows)] = np.nan
    return drawn


def varies(rows: NDArray[np.float64]) -> bool:
    """Tell whether every column has two different answers."""
    return bool((np.fmin.reduce(rows) < np.fmax.reduce(rows)).all())
