"""Whether correlations are worth factoring: KMO and Bartlett's test."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class SamplingAdequacy:
    """Kaiser-Meyer-Olkin measures and Bartlett's test of sphericity."""

    kmo: float
    msa: NDArray[np.float64]
    bartlett_chisq: float
    bartlett_df: int
    bartlett_p_value: float


def sampling_adequacy(corr: NDArray[np.float64], n_obs: int) -> SamplingAdequacy:
    """Compute both from correlations that are positive definite.

    Bartlett's test asks for no more than these; calculate_kmo() of factor_analyzer takes rows,
    so it is given rows that have just these correlations.
    """
    from factor_analyzer.factor_analyzer import calculate_kmo  # slow to import
    from scipy.special import chdtrc

    p = len(corr)
    log_det = np.linalg.slogdet(corr)[1]
    # calculate_kmo takes a pseudo-inverse where the determinant of the covariances is small.
    # The measures do not depend on the units, so choose those that make it one.
    half = np.linalg.cholesky(corr).T * np.sqrt(p - 0.5) * np.exp(-log_det / (2 * p))
    msa, kmo = calculate_kmo(np.vstack([half, -half]))
    # Bartlett (1951): -(n - 1 - (2p + 5) / 6) ln|R| is chi-square with p (p - 1) / 2 df
    chisq = -(n_obs - 1 - (2 * p + 5) / 6) * log_det
    df = p * (p - 1) // 2
    return SamplingAdequacy(float(kmo), msa, float(chisq), df, float(chdtrc(df, max(chisq, 0.0))))
