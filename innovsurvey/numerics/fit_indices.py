"""How well a factor solution reproduces a correlation matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class FactorFit:
    """Fit of an exploratory factor solution; NaN where the index does not exist."""

    chisq: float
    df: int
    p_value: float
    null_chisq: float
    null_df: int
    tli: float
    rmsea: float
    bic: float


def factor_df(n_items: int, n_factors: int) -> int:
    """Degrees of freedom of the exploratory model with m factors: ((p - m)^2 - p - m) / 2."""
    return ((n_items - n_factors) ** 2 - n_items - n_factors) // 2


def factor_fit(
    corr: NDArray[np.float64], common: NDArray[np.float64], n_factors: int, n_obs: int
) -> FactorFit:
    """Compute the indices of psych::fa from R and the common part of the model, LL'."""
    from scipy import special  # slow to import

    p = len(corr)
    df, null_df = factor_df(p, n_factors), p * (p - 1) // 2
    # Bartlett (1951): chi-square = F (n - 1 - (2p + 5)/6 - 2m/3); m = 0 is independence
    null_multiplier = n_obs - 1 - (2 * p + 5) / 6
    multiplier = null_multiplier - 2 * n_factors / 3
    objective = _discrepancy(corr, common)
    null_objective = -float(np.linalg.slogdet(corr)[1])
    chisq = max(objective * multiplier, 0.0)
    tests = df > 0 and not math.isnan(chisq)
    return FactorFit(
        chisq=chisq,
        df=df,
        p_value=float(special.chdtrc(df, chisq)) if tests else math.nan,
        null_chisq=null_objective * null_multiplier,
        null_df=null_df,
        tli=_tli(null_objective / null_df, objective / df, multiplier) if tests else math.nan,
        rmsea=_rmsea(chisq, df, n_obs) if tests else math.nan,
        bic=chisq - df * math.log(n_obs),
    )


def _discrepancy(corr: NDArray[np.float64], common: NDArray[np.float64]) -> float:
    """Maximum-likelihood discrepancy between R and the model with ones on the diagonal."""
    model = common.copy()
    np.fill_diagonal(model, 1)
    sign, log_det = np.linalg.slogdet(model)
    if sign <= 0 or np.linalg.eigvalsh(model)[0] <= 0:
        return math.nan
    # Jöreskog (1967), eq. 4: F = tr(S Sigma^-1) - ln|S Sigma^-1| - p
    trace = np.trace(np.linalg.solve(model, corr))
    return float(trace - np.linalg.slogdet(corr)[1] + log_det - len(corr))


def _tli(null_ratio: float, ratio: float, multiplier: float) -> float:
    """Tucker & Lewis (1973): (M0 - Mm) / (M0 - 1/n'), n' the multiplier of the chi-square."""
    return (null_ratio - ratio) / (null_ratio - 1 / multiplier)


def _rmsea(chisq: float, df: int, n_obs: int) -> float:
    """Root mean square error of approximation as psych::fa has it."""
    return math.sqrt(max(chisq / (df * n_obs) - 1 / (n_obs - 1), 0))
