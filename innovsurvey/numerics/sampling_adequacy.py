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


def sampling_adequacy(rows: NDArray[np.float64], corr: NDArray[np.float64]) -> SamplingAdequacy:
    """Compute both from complete rows, whose correlations must not be singular."""
    from factor_analyzer.factor_analyzer import (  # slow to import
        calculate_bartlett_sphericity,
        calculate_kmo,
    )

    p = len(corr)
    # calculate_kmo takes a pseudo-inverse where the determinant of the covariances is small.
    # The measures do not depend on the units, so choose those that make it one.
    unit = np.exp(-np.linalg.slogdet(corr)[1] / (2 * p))
    msa, kmo = calculate_kmo(rows / rows.std(axis=0, ddof=1) * unit)
    chisq, p_value = calculate_bartlett_sphericity(rows)
    return SamplingAdequacy(float(kmo), msa, float(chisq), p * (p - 1) // 2, float(p_value))
