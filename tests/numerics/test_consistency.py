from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from innovsurvey.numerics import consistency


def parallel(k, r):
    """Covariances of k items with variance 1 and correlation r."""
    return np.full((k, k), r) + (1 - r) * np.eye(k)


def congeneric(loadings):
    loadings = np.asarray(loadings)
    return np.outer(loadings, loadings) + np.diag(1 - loadings**2)


@pytest.mark.parametrize("k", [2, 3, 8, 40])
@pytest.mark.parametrize("r", [0.0, 0.2, 0.5, 0.9])
def test_alpha_of_parallel_items_is_spearman_brown(k, r):
    expected = k * r / (1 + (k - 1) * r)
    assert consistency.alpha(parallel(k, r)) == pytest.approx(expected, abs=1e-12)


@pytest.mark.parametrize("loading", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("k", [3, 10])
def test_omega_is_alpha_for_tau_equivalent_items(loading, k):
    alpha = consistency.alpha(congeneric([loading] * k))
    omega = consistency.omega_total(np.full(k, loading), np.full(k, 1 - loading**2))
    assert omega == pytest.approx(alpha, abs=1e-12)


@pytest.mark.parametrize("loadings", [[0.3, 0.6, 0.9], [0.2, 0.7, 0.7, 0.8], [0.9, 0.1, 0.5]])
def test_alpha_is_below_omega_for_unequal_loadings(loadings):
    loadings = np.array(loadings)
    omega = consistency.omega_total(loadings, 1 - loadings**2)
    assert consistency.alpha(congeneric(loadings)) < omega


@pytest.mark.parametrize("level", [0.5, 0.9, 0.95, 0.99])
def test_interval_has_its_level_under_the_f_distribution(level):
    lower, upper = consistency.alpha_interval(0.8, 101, 5, level)
    tail = [stats.f.cdf((1 - limit) / (1 - 0.8), 100, 400) for limit in (upper, lower)]
    assert tail == pytest.approx([(1 - level) / 2, (1 + level) / 2], abs=1e-10)


@pytest.mark.parametrize("n", [10, 100, 1_000])
def test_interval_holds_the_estimate(n):
    lower, upper = consistency.alpha_interval(0.7, n, 6, 0.95)
    assert lower < 0.7 < upper < 1


def test_interval_covers_the_true_alpha_as_often_as_it_says(rng):
    root = np.linalg.cholesky(parallel(5, 0.4))
    true = consistency.alpha(parallel(5, 0.4))
    hits = 0
    for _ in range(1_000):
        cov = np.cov(root @ rng.normal(size=(5, 60)))
        lower, upper = consistency.alpha_interval(consistency.alpha(cov), 60, 5, 0.9)
        hits += lower < true < upper
    assert 0.88 <= hits / 1_000 <= 0.92  # 2 standard errors


@pytest.mark.parametrize("k", [3, 6])
def test_dropping_an_item_is_alpha_of_the_others(rng, k):
    cov = np.cov(rng.normal(size=(k, 50)) + rng.normal(size=50))
    got = consistency.alpha_if_dropped(cov)
    others = [np.delete(np.delete(cov, i, 0), i, 1) for i in range(k)]
    np.testing.assert_allclose(got, [consistency.alpha(o) for o in others], rtol=1e-12)


def test_dropping_one_of_two_items_leaves_no_alpha():
    assert np.isnan(consistency.alpha_if_dropped(parallel(2, 0.5))).all()


def test_r_drop_is_the_correlation_with_the_rest(rng):
    rows = rng.normal(size=(80, 4)) + rng.normal(size=(80, 1))
    expected = [np.corrcoef(x, rows.sum(axis=1) - x)[0, 1] for x in rows.T]
    np.testing.assert_allclose(consistency.r_drop(np.cov(rows.T)), expected, rtol=1e-12)


def test_r_drop_is_empty_where_the_rest_is_constant(rng):
    a, b = rng.normal(size=(2, 30))
    got = consistency.r_drop(np.cov(np.vstack([a, -a, b])))
    assert np.isnan(got).tolist() == [False, False, True]


@pytest.mark.parametrize("r", [-0.2, 0.0, 0.35])
def test_average_r_of_equal_correlations(r):
    assert consistency.average_r(parallel(4, r)) == pytest.approx(r, abs=1e-14)


@pytest.mark.parametrize(("sign", "expected"), [(1, True), (-1, False)])
def test_a_total_that_cancels_out_is_noticed(rng, sign, expected):
    a = rng.normal(size=40)
    assert consistency.has_total(np.cov(np.vstack([a, sign * a]))) is expected
