"""Omega from factors: of one factor with its error, and of a general factor above groups."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.numerics.extraction import minres
from innovsurvey.numerics.omega_rotation import oblimin
from innovsurvey.numerics.rotation import rotate
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

_TWO: Final = 2


@dataclass(frozen=True, eq=False)
class SchmidLeiman:
    """A general factor and group factors, all uncorrelated.

    Parameters
    ----------
    general
        Loadings on the general factor.
    groups
        Loadings on the group factors.
    communalities
        Share of each item's variance that all factors account for.
    phi
        Correlations of the oblique factors before.
    at_bound
        Items whose uniqueness stopped at its lower bound (Heywood case).
    general_at_bound
        Whether that happened to a group factor below the general one.
    """

    general: NDArray[np.float64]
    groups: NDArray[np.float64]
    communalities: NDArray[np.float64]
    phi: NDArray[np.float64]
    at_bound: NDArray[np.bool_]
    general_at_bound: bool


@one_thread()
def schmid_leiman(corr: NDArray[np.float64], n_factors: int) -> SchmidLeiman:
    """Extract minres factors, rotate by oblimin, and put one general factor above them.

    As psych::schmid: with two factors, both load equally on the general one.
    """
    extraction = minres(corr, n_factors)
    pattern, phi = oblimin(extraction.loadings)
    above, at_bound = _above(phi)
    # Schmid & Leiman (1957): a group factor keeps what the general one leaves of it.
    left = np.sqrt(np.maximum(1 - above**2, 0))
    return SchmidLeiman(
        general=pattern @ above,
        groups=pattern * left,
        communalities=extraction.communalities,
        phi=phi,
        at_bound=extraction.at_bound,
        general_at_bound=at_bound,
    )


def omega_h(solution: SchmidLeiman, corr: NDArray[np.float64], key: NDArray[np.float64]) -> float:
    """Estimate the share of the sum's variance that the general factor accounts for.

    The key has +1 for each item that is added and -1 for each that is taken away.
    """
    # Zinbarg et al. (2005)
    return float((key @ solution.general) ** 2 / (key @ corr @ key))


def omega_total_sl(
    solution: SchmidLeiman, corr: NDArray[np.float64], key: NDArray[np.float64]
) -> float:
    """Estimate the share of the sum's variance that all factors account for."""
    return float(1 - (1 - solution.communalities).sum() / (key @ corr @ key))


def omega_slope(corr: NDArray[np.float64], loadings: NDArray[np.float64]) -> NDArray[np.float64]:
    """Differentiate omega of one minres factor with respect to each correlation.

    The slope is shared by the two cells of a pair, so that the change of omega is the sum of
    slope * change over the whole matrix.
    """
    k, s = len(corr), loadings.sum()
    total = s**2 + k - (loadings**2).sum()
    by_loading = 2 * s * (total - s**2 + s * loadings) / total**2
    # At the minimum, sum over j of (r_ij - l_i l_j) l_j = 0; the implicit function theorem.
    toward = np.linalg.solve(minres_curvature(corr, loadings), by_loading)
    slope = np.asarray(np.outer(toward, loadings) + np.outer(loadings, toward)) / 2
    np.fill_diagonal(slope, 0)
    return slope


def minres_curvature(
    corr: NDArray[np.float64], loadings: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Give half the matrix of second derivatives of minres with one factor.

    Works for one matrix, and for a stack of them with one row of loadings each.
    """
    squares = loadings**2
    outer = loadings[..., :, None] * loadings[..., None, :]
    rest = squares.sum(axis=-1, keepdims=True) - squares
    eye = np.eye(corr.shape[-1])
    return np.asarray((2 * outer - corr) * (1 - eye) + rest[..., None] * eye)


def omega_se(
    blocks: Iterable[NDArray[np.float64]],
    means: NDArray[np.float64],
    sd: NDArray[np.float64],
    corr: NDArray[np.float64],
    slope: NDArray[np.float64],
) -> float:
    """Give the standard error of omega without a distribution of the items (delta method)."""
    own = (slope * corr).sum(axis=1)
    n, total, squares = 0, 0.0, 0.0
    for rows in blocks:
        z = (rows - means) / sd
        # Influence of a person on r_ij: z_i z_j - r_ij (z_i^2 + z_j^2) / 2
        influence = ((z @ slope) * z).sum(axis=1) - z**2 @ own
        n += len(rows)
        total += influence.sum()
        squares += influence @ influence
    return float(np.sqrt((squares - total**2 / n) / (n - 1) / n))


def interval_below_one(estimate: float, se: float, ci_level: float) -> tuple[float, float]:
    """Make an interval that ends below 1, symmetric for ln(1 - estimate)."""
    from scipy import special  # slow to import

    # Bonett (2002) takes this scale for alpha.
    width = special.ndtri((1 + ci_level) / 2) * se / (1 - estimate)
    return 1 - (1 - estimate) * float(np.exp(width)), 1 - (1 - estimate) * float(np.exp(-width))


def _above(phi: NDArray[np.float64]) -> tuple[NDArray[np.float64], bool]:
    """Find the loadings of the factors on one factor above them."""
    if len(phi) == _TWO:
        size = np.sqrt(abs(phi[0, 1]))
        return np.array([size, size if phi[0, 1] >= 0 else -size]), False
    found = minres(phi, 1)
    loadings = rotate(found.loadings, None).loadings[:, 0]
    return loadings, bool(found.at_bound.any())
