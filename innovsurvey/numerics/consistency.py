"""Internal consistency of a sum of k items, from their covariances or loadings."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

_TWO: Final = 2
_NO_VARIANCE: Final = 1e-12  # of a sum, relative to the variances that are summed


def alpha(cov: NDArray[np.float64]) -> float:
    """Estimate coefficient alpha; from a correlation matrix this is standardised alpha."""
    k = len(cov)
    # Cronbach (1951), eq. 2: k/(k - 1) (1 - sum of V_i / V_t)
    return float(k / (k - 1) * (1 - np.trace(cov) / cov.sum()))


def alpha_interval(
    estimate: float, n_obs: int, n_items: int, ci_level: float
) -> tuple[float, float]:
    """Feldt's interval for alpha."""
    from scipy import special  # slow to import

    # Feldt, Woodruff & Salih (1987), eq. 5: (1 - alpha) / (1 - estimate) ~ 1 / F(df1, df2)
    df1, df2 = n_obs - 1, (n_obs - 1) * (n_items - 1)
    tail = (1 - ci_level) / 2
    upper, lower = special.fdtri(df1, df2, [tail, 1 - tail])
    return float(1 - (1 - estimate) * lower), float(1 - (1 - estimate) * upper)


def alpha_if_dropped(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    """Estimate alpha of the other items, for each item in turn; NaN where they have no sum."""
    k = len(cov) - 1
    variances = np.diag(cov)
    rest = _rest_variance(cov)
    if k == 1:
        return np.full(len(cov), np.nan)
    return np.asarray(k / (k - 1) * (1 - (variances.sum() - variances) / rest))


def r_drop(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlate each item with the sum of the others; NaN where that sum does not vary."""
    variances = np.diag(cov)
    with_rest = cov.sum(axis=1) - variances
    return np.asarray(with_rest / np.sqrt(variances * _rest_variance(cov)))


def average_r(corr: NDArray[np.float64]) -> float:
    """Average the correlations between different items."""
    k = len(corr)
    return float((corr.sum() - k) / (k * (k - 1)))


def has_total(cov: NDArray[np.float64]) -> bool:
    """Tell whether the sum of the items varies at all."""
    return bool(cov.sum() > _NO_VARIANCE * np.trace(cov))


def spearman_brown(r: float, times: float = 2) -> float:
    """Step the reliability r up to a scale that is so many times as long."""
    return times * r / (1 + (times - 1) * r)


def runs_against(corr: NDArray[np.float64]) -> NDArray[np.bool_]:
    """Tell which items correlate negatively with the others, once those share a direction.

    The direction of each item is its sign on the first principal component, so that several
    items with the wrong key are told from those they pull down.
    """
    if len(corr) == _TWO:
        return np.full(_TWO, corr[0, 1] < 0)
    first = np.linalg.eigh(corr)[1][:, -1]
    signs = np.where(first * (first.sum() or 1) < 0, -1.0, 1.0)
    turned = r_drop(corr * np.outer(signs, signs))
    return np.asarray(signs * turned < 0)


def omega_total(loadings: NDArray[np.float64], uniquenesses: NDArray[np.float64]) -> float:
    """Estimate omega of one factor."""
    # McDonald (1999), eq. 6.20a: (sum of loadings)^2 over itself plus the uniquenesses
    common = loadings.sum() ** 2
    return float(common / (common + uniquenesses.sum()))


def _rest_variance(cov: NDArray[np.float64]) -> NDArray[np.float64]:
    """Variance of the sum of all other items, NaN where it vanishes."""
    variances = np.diag(cov)
    rest = cov.sum() - 2 * cov.sum(axis=1) + variances
    return np.where(rest > _NO_VARIANCE * variances.sum(), rest, np.nan)
