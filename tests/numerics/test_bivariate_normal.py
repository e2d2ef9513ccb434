from __future__ import annotations

import numpy as np
import pytest
from scipy.integrate import quad
from scipy.special import ndtr

from innovsurvey.numerics.bivariate_normal import BEYOND, cumulative, density

GRID = np.array([[-2.9, -1.0, -0.02, 0.0, 0.55, 2.4]])
CORRELATIONS = [-0.999, -0.93, -0.5, 0.0, 0.3, 0.75, 0.925, 0.98, 0.999]


@pytest.mark.parametrize("rho", CORRELATIONS)
def test_distribution_function_is_that_of_adaptive_quadrature(rho):
    got = cumulative(GRID, GRID, np.array([rho]))[0]
    scale = np.sqrt(1 - rho**2)
    for a, h in enumerate(GRID[0]):
        for b, k in enumerate(GRID[0]):
            kink = [k / rho] if rho and -8 < k / rho < h else None
            expected, _ = quad(
                lambda x, k=k: np.exp(-(x**2) / 2) * ndtr((k - rho * x) / scale),
                -9, h, points=kink, epsabs=1e-13, limit=300,
            )  # fmt: skip
            assert got[a, b] == pytest.approx(expected / np.sqrt(2 * np.pi), abs=1e-11)


@pytest.mark.parametrize("rho", [-0.7, 0.2, 0.9])
def test_quadrant_probability_is_known(rho):
    zero = np.zeros((1, 1))
    got = cumulative(zero, zero, np.array([rho]))[0, 0, 0]
    assert got == pytest.approx(0.25 + np.arcsin(rho) / (2 * np.pi), abs=1e-15)


@pytest.mark.parametrize("rho", CORRELATIONS)
def test_far_thresholds_give_the_margins(rho):
    far = np.array([[BEYOND]])
    got = cumulative(GRID, far, np.array([rho]))[0, :, 0]
    np.testing.assert_allclose(got, ndtr(GRID[0]), atol=1e-15)


@pytest.mark.parametrize("rho", [-0.9, -0.1, 0.4, 0.97])
def test_density_is_the_slope_of_the_distribution_function(rho):
    at, step = np.array([rho]), 1e-6
    value, slope = density(GRID, GRID, at)
    rise = cumulative(GRID, GRID, at + step) - cumulative(GRID, GRID, at - step)
    np.testing.assert_allclose(value, rise / (2 * step), atol=1e-7)
    bend = density(GRID, GRID, at + step)[0] - density(GRID, GRID, at - step)[0]
    np.testing.assert_allclose(slope, bend / (2 * step), atol=1e-5)
