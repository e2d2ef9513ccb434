"""Mean, spread and shape of each item, from the people who answered it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ItemStatistics:
    """Statistics of each column; NaN where too few people answered or nobody differs."""

    n: NDArray[np.intp]
    mean: NDArray[np.float64]
    sd: NDArray[np.float64]
    skew: NDArray[np.float64]
    kurtosis: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


def item_statistics(rows: NDArray[np.float64]) -> ItemStatistics:
    """Describe each column; NaN is a missing answer."""
    answered = ~np.isnan(rows)
    n = answered.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        mean = np.where(answered, rows, 0).sum(axis=0) / n
        centred = np.where(answered, rows - mean, 0)
        second, third, fourth = ((centred**power).sum(axis=0) / n for power in (2, 3, 4))
        sd = np.sqrt(second * n / (n - 1))
        varies = np.where(sd > 0, sd, np.nan)
    return ItemStatistics(
        n=n,
        mean=mean,
        sd=sd,
        skew=third / varies**3,
        kurtosis=fourth / varies**4 - 3,
        low=np.fmin.reduce(rows, axis=0),
        high=np.fmax.reduce(rows, axis=0),
    )


def runs_against(corr: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which items load on the first component with the sign of the fewer items."""
    first = np.linalg.eigh(corr)[1][:, -1]
    return np.asarray(first * np.sign(first.sum()) < 0)
