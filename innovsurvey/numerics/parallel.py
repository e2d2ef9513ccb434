"""Eigenvalues of a correlation matrix, and of what chance alone makes of the same items."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from innovsurvey.numerics.extraction import minres, smc
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray


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
    below = np.flatnonzero(observed <= chance)
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


def independent_normal(rows: NDArray[np.float64], rng: np.random.Generator) -> NDArray[np.float64]:
    """Draw normal answers to independent items, missing where an answer is missing."""
    drawn = rng.standard_normal(rows.shape)
    drawn[np.isnan(rows)] = np.nan
    return drawn


def independent_codes(codes: NDArray[np.intp], rng: np.random.Generator) -> NDArray[np.intp]:
    """Draw codes for independent items: each normal, cut so that its margins are those observed.

    A missing answer (0) stays where it is.
    """
    drawn = np.zeros_like(codes)
    for item, column in enumerate(codes.T):
        counts = np.bincount(column[column > 0])
        cut = rng.choice(len(counts), size=len(column), p=counts / counts.sum())
        drawn[:, item] = np.where(column > 0, cut, 0)
    return drawn
