"""How factors are found, so that samples drawn anew go the same way."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from innovsurvey.errors import InsufficientDataError
from innovsurvey.measurement.efa_input import correlate
from innovsurvey.numerics.extraction import Extraction, minres, ml, principal_axis
from innovsurvey.numerics.rotation import Rotated, rotate
from innovsurvey.numerics.threads import one_thread

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[np.float64]

METHODS: Final[dict[str, Callable[[NDArray[np.float64], int], Extraction]]] = {
    "minres": minres,
    "ml": ml,
    "pa": principal_axis,
}


@dataclass(frozen=True, eq=False)
class Recipe:
    """Choices that lead from correlations to rotated factors."""

    method: str
    n_factors: int
    rotation: str | None
    target: Array | None
    n_starts: int
    seed: int | None

    def extract(self, corr: Array) -> Extraction:
        """Extract the factors."""
        return METHODS[self.method](corr, self.n_factors)

    def rotate(self, loadings: Array) -> Rotated:
        """Rotate them."""
        return rotate(
            loadings, self.rotation, target=self.target, n_starts=self.n_starts, seed=self.seed
        )

    @one_thread()
    def solve(self, rows: Array, ordinal: NDArray[np.bool_]) -> tuple[Array, Array]:
        """Go all the way from rows to loadings and factor correlations."""
        corr = correlate(rows, ordinal)
        if not np.isfinite(corr).all():
            message = "a pair of items has no correlation in this draw."
            raise InsufficientDataError(message)
        found = self.rotate(self.extract(corr).loadings)
        return found.loadings, np.eye(self.n_factors) if found.phi is None else found.phi
