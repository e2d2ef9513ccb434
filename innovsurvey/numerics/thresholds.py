"""Thresholds of ordered categories, from how often each category was chosen."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from scipy.special import ndtri

from innovsurvey.numerics.bivariate_normal import BEYOND

if TYPE_CHECKING:
    from numpy.typing import NDArray


def used_first(margins: NDArray[np.float64]) -> NDArray[np.intp]:
    """Order the codes of each item: missing (0), those somebody used, those nobody used.

    Categories that nobody used have no threshold of their own, so they are moved to the end,
    where items with fewer categories have nothing either.
    """
    unused = margins == 0
    unused[:, 0] = False
    return np.argsort(unused, axis=1, kind="stable")


def thresholds(margins: NDArray[np.float64]) -> NDArray[np.float64]:
    """Cut the normal distribution so that its pieces are the shares of the categories.

    Parameters
    ----------
    margins
        One row per item, one column per category (without the missing ones); unused categories
        stand at the end.

    Returns
    -------
    array
        One column less; `BEYOND` where an item has no further threshold.
    """
    # Olsson (1979): tau_k is the normal quantile of the cumulative proportion.
    totals = np.cumsum(margins, axis=1)
    n = totals[:, -1:]
    below = totals[:, :-1]
    last = np.cumsum(margins[:, ::-1], axis=1)[:, -2::-1] == 0  # nobody is above
    with np.errstate(invalid="ignore", divide="ignore"):
        cuts = ndtri(below / n)
    return np.where(last, BEYOND, cuts)
