from __future__ import annotations

import numpy as np
import pytest

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics import consistency
from innovsurvey.numerics import reliability_draws as draws
from innovsurvey.numerics.extraction import minres


@pytest.fixture
def rows(rng):
    return rng.normal(size=(150, 5)) + rng.normal(size=(150, 1))


def loadings_of(rows):
    return np.abs(minres(np.corrcoef(rows.T), 1).loadings[:, 0])


@pytest.mark.parametrize("cells", [1, 1_000, 4_000_000])
def test_covariances_are_those_of_the_people_drawn(rows, monkeypatch, cells):
    monkeypatch.setattr(draws, "_CELLS", cells)
    monkeypatch.setattr(draws, "_ROWS", 64)
    covs = draws.resampled_covariances(rows, 8, 3)
    rng = np.random.default_rng(3)
    for cov in covs:
        people = rng.integers(0, len(rows), len(rows))
        np.testing.assert_allclose(cov, np.cov(rows[people].T), atol=1e-12)


def test_each_draw_is_alpha_and_omega_of_its_people(rows):
    found = draws.bootstrap(rows, loadings_of(rows), 20, 5)
    for b, cov in enumerate(draws.resampled_covariances(rows, 20, 5)):
        scale = 1 / np.sqrt(np.diag(cov))
        corr = cov * np.outer(scale, scale)
        fit = minres(corr, 1)
        omega = consistency.omega_total(fit.loadings[:, 0], 1 - fit.communalities)
        assert found.alpha[b] == pytest.approx(consistency.alpha(cov), abs=1e-12)
        assert found.alpha_std[b] == pytest.approx(consistency.alpha(corr), abs=1e-12)
        assert found.omega_total[b] == pytest.approx(omega, abs=1e-7)


@pytest.mark.parametrize("seed", [0, 7])
def test_the_same_seed_gives_the_same_draws(rows, seed):
    one, two = (draws.bootstrap(rows, loadings_of(rows), 30, seed) for _ in range(2))
    np.testing.assert_array_equal(one.omega_total, two.omega_total)
    other = draws.bootstrap(rows, loadings_of(rows), 30, seed + 1)
    assert not np.array_equal(one.alpha, other.alpha)


def test_a_factor_beyond_its_bound_is_fitted_with_bounds():
    corr = np.array([[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1]])  # needs a loading of 1.08
    found = draws.one_factors(corr[None], np.full(3, 0.8))[0]
    np.testing.assert_allclose(np.abs(found), np.abs(minres(corr, 1).loadings[:, 0]), atol=1e-8)


def test_factors_do_not_depend_on_the_start(rows):
    corrs = np.array([np.corrcoef(rows[part].T) for part in (slice(0, 80), slice(60, 150))])
    near = draws.one_factors(corrs, loadings_of(rows))
    far = draws.one_factors(corrs, np.full(5, 0.2))
    np.testing.assert_allclose(np.abs(near), np.abs(far), atol=1e-6)


def test_draws_without_variance_are_empty(rows):
    covs = np.array([np.cov(rows.T), np.cov(rows.T)])
    covs[1, 2, :] = covs[1, :, 2] = 0
    found = draws.of_covariances(covs, loadings_of(rows))
    assert np.isnan(found.omega_total).tolist() == [False, True]
    assert np.isnan(found.alpha_std).tolist() == [False, True]
    assert np.isfinite(found.alpha).all()


def test_a_draw_without_a_solution_is_empty(monkeypatch):
    def refuse(_corr, _n):
        message = "no solution"
        raise ConvergenceError(message, iterations=1)

    monkeypatch.setattr(draws, "minres", refuse)
    corr = np.array([[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1]])
    assert np.isnan(draws.one_factors(corr[None], np.full(3, 0.8))).all()


@pytest.mark.parametrize("level", [0.5, 0.9])
def test_percentiles_leave_empty_draws_out(level):
    values = np.append(np.arange(1_001.0), np.nan)
    lower, upper = draws.percentile_interval(values, level)
    assert (lower, upper) == pytest.approx((500 * (1 - level), 500 * (1 + level)))
