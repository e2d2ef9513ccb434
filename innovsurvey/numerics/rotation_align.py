"""Bring the factors of one solution in line with those of another."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def congruence(one: NDArray[np.float64], two: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tucker's coefficient of each factor of one solution with each of another."""
    # Tucker (1951): sum xy / sqrt(sum x^2 sum y^2), not centred
    lengths = np.outer(np.linalg.norm(one, axis=0), np.linalg.norm(two, axis=0))
    return np.asarray(one.T @ two / lengths)


def match(
    loadings: NDArray[np.float64], aim: NDArray[np.float64]
) -> tuple[NDArray[np.intp], NDArray[np.float64]]:
    """Find the order and the signs of factors that bring them nearest to an aim."""
    from scipy.optimize import linear_sum_assignment  # slow to import

    alike = congruence(aim, loadings)
    _, order = linear_sum_assignment(-np.abs(alike))
    signs = np.where(alike[np.arange(len(order)), order] < 0, -1.0, 1.0)
    return order, signs
