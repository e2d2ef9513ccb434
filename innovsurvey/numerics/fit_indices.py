"""How well a factor solution reproduces a correlation matrix."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from numpy.typing import NDArray

RMSEA_LEVEL: Final = 0.90  # the level that goes with tests of close fit (Steiger, 1990)


@dataclass(frozen=True, eq=False)
class FactorFit:
    """Fit of an exploratory factor solution; NaN where the index does not exist."""

    chisq: float
    df: int
    p_value: float
    null_chisq: float
    null_df: int
    cfi: float
    tli: float
    rmsea: float
    rmsea_ci: tuple[float, float]
    bic: float
    rmsr: float


def factor_df(n_items: int, n_factors: int) -> int:
    """Degrees of freedom of the exploratory model with m factors: ((p - m)^2 - p - m) / 2."""
    return ((n_items - n_factors) ** 2 - n_items - n_factors) // 2


@one_thread()
def factor_fit(
    corr: NDArray[np.float64], common: NDArray[np.float64], n_factors: int, n_obs: float
) -> FactorFit:
    """Compute the indices of psych::fa from R and the common part of the model, L phi L'.

    Where R is not positive definite there is no chi-square, only the residuals.
    """
    from scipy import special  # slow to import

    p = len(corr)
    df, null_df = factor_df(p, n_factors), p * (p - 1) // 2
    # Bartlett (1951): chi-square = F (n - 1 - (2p + 5)/6 - 2m/3); m = 0 is independence
    null_multiplier = n_obs - 1 - (2 * p + 5) / 6
    multiplier = null_multiplier - 2 * n_factors / 3
    objective = _discrepancy(corr, common)
    null_objective = -float(np.linalg.slogdet(corr)[1])
    chisq = max(0.0, objective * multiplier) if not math.isnan(objective) else math.nan
    tests = df > 0 and not math.isnan(chisq)
    null_chisq = null_objective * null_multiplier
    return FactorFit(
        chisq=chisq,
        df=df,
        p_value=float(special.chdtrc(df, chisq)) if tests else math.nan,
        null_chisq=null_chisq,
        null_df=null_df,
        cfi=_cfi(chisq - df, null_chisq - null_df),
        tli=_tli(null_objective / null_df, objective / df, multiplier) if tests else math.nan,
        rmsea=_rmsea(chisq, df, n_obs) if tests else math.nan,
        rmsea_ci=rmsea_interval(chisq, df, n_obs) if tests else (math.nan, math.nan),
        bic=chisq - df * math.log(n_obs),
        rmsr=_rmsr(corr - common),
    )


def rmsea_interval(
    chisq: float, df: int, n_obs: float, ci_level: float = RMSEA_LEVEL
) -> tuple[float, float]:
    """Find the interval of the RMSEA from the noncentrality that chi-square leaves possible."""
    tail = (1 - ci_level) / 2
    # Steiger (1990): lambda with P(chi-square <= observed | lambda) = 1 - tail, then tail
    found = (_noncentrality(chisq, df, share) for share in (1 - tail, tail))
    lower, upper = (math.sqrt(value / (df * (n_obs - 1))) for value in found)
    return lower, upper


def _noncentrality(chisq: float, df: int, share: float) -> float:
    """Find the noncentrality that puts this share of the distribution below chi-square."""
    from scipy import optimize, special  # slow to import

    if special.chndtr(chisq, df, 0) <= share:
        return 0.0
    beyond = chisq + 10 * math.sqrt(chisq + df) + 50  # where almost nothing lies below
    root = optimize.brentq(
        lambda value: special.chndtr(chisq, df, value) - share, 0, beyond, xtol=1e-10, rtol=1e-12
    )
    return float(root)


def _discrepancy(corr: NDArray[np.float64], common: NDArray[np.float64]) -> float:
    """Maximum-likelihood discrepancy between R and the model with ones on the diagonal."""
    model = common.copy()
    np.fill_diagonal(model, 1)
    if min(np.linalg.eigvalsh(model)[0], np.linalg.eigvalsh(corr)[0]) <= 0:
        return math.nan
    # Jöreskog (1967), eq. 4: F = tr(S Sigma^-1) - ln|S Sigma^-1| - p
    trace = np.trace(np.linalg.solve(model, corr))
    log_dets = np.linalg.slogdet(model)[1] - np.linalg.slogdet(corr)[1]
    return float(trace + log_dets - len(corr))


def _cfi(excess: float, null_excess: float) -> float:
    """Bentler (1990): 1 - max(chisq - df, 0) / max(the same without factors, with them, 0)."""
    most = max(null_excess, excess, 0)
    return 1.0 if most == 0 else 1 - max(excess, 0) / most


def _tli(null_ratio: float, ratio: float, multiplier: float) -> float:
    """Tucker & Lewis (1973): (M0 - Mm) / (M0 - 1/n'), n' the multiplier of the chi-square."""
    return (null_ratio - ratio) / (null_ratio - 1 / multiplier)


def _rmsr(residual: NDArray[np.float64]) -> float:
    """Root mean square of the residual correlations between different items."""
    p = len(residual)
    squares = (residual**2).sum() - (np.diag(residual) ** 2).sum()
    return math.sqrt(max(squares, 0) / (p * (p - 1)))


def _rmsea(chisq: float, df: int, n_obs: float) -> float:
    """Root mean square error of approximation as psych::fa has it."""
    return math.sqrt(max(chisq / (df * n_obs) - 1 / (n_obs - 1), 0))
