"""Alphas of several groups, and covariances within and between groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from innovsurvey.numerics.correlation import Moments

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Equality:
    """A test that alphas are equal."""

    statistic: float
    df: int
    p_value: float


@dataclass(frozen=True, eq=False)
class Levels:
    """Covariances within and between groups.

    Parameters
    ----------
    within
        Pooled covariances within groups.
    between
        Covariances of what groups have in common, free of sampling error of their means.
    mean_size
        Size of groups that stands for the unequal sizes.
    n_groups
        Number of groups.
    """

    within: NDArray[np.float64]
    between: NDArray[np.float64]
    mean_size: float
    n_groups: int


def hakstian_whalen(
    alphas: NDArray[np.float64], n_obs: NDArray[np.float64], n_items: int
) -> Equality:
    """Test whether independent groups have the same alpha."""
    # Hakstian & Whalen (1976): (1 - alpha)^(1/3) is about normal with this variance.
    roots = (1 - alphas) ** (1 / 3)
    variances = 18 * n_items * (n_obs - 1) * roots**2 / ((n_items - 1) * (9 * n_obs - 11) ** 2)
    middle = np.average(roots, weights=1 / variances)
    return _chi_square(float(((roots - middle) ** 2 / variances).sum()), len(alphas) - 1)


def feldt_woodruff_salih(
    alphas: NDArray[np.float64], n_obs: NDArray[np.float64], n_items: int
) -> Equality:
    """Test the same as the R package cocron does; too cautious where items are few."""
    # Feldt, Woodruff & Salih (1987)
    roots = (1 - alphas) ** (-1 / 3)
    corrected = n_obs * (n_items - 1) / (n_items + 1)
    variances = 2 / (9 * (corrected - 1) * (1 - alphas) ** (2 / 3))
    return _chi_square(
        float(((roots - roots.mean()) ** 2).sum() / variances.mean()), len(alphas) - 1
    )


def _chi_square(statistic: float, df: int) -> Equality:
    """Compare a statistic with chi-square."""
    from scipy import special  # slow to import

    return Equality(statistic, df, float(special.chdtrc(df, statistic)))


def levels(rows: NDArray[np.float64], groups: NDArray[np.intp]) -> Levels:
    """Split covariances into those within and those between groups.

    Parameters
    ----------
    rows
        Complete rows.
    groups
        Group of each row: 0, 1, ..., each used at least once.
    """
    whole = Moments.of_block(rows)
    sizes = np.bincount(groups)
    n, n_groups = len(rows), len(sizes)
    sums = np.column_stack([np.bincount(groups, column) for column in (rows - whole.means).T])
    between_scatter = sums.T @ (sums / sizes[:, None])
    within = (whole.scatter - between_scatter) / (n - n_groups)
    # Muthén (1994): the means carry S_B = within + c between.
    size = (n - (sizes**2).sum() / n) / (n_groups - 1)
    between = (between_scatter / (n_groups - 1) - within) / size
    return Levels(within, between, float(size), n_groups)
