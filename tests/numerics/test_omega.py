from __future__ import annotations

import numpy as np
import pytest

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics import consistency, omega, omega_rotation
from innovsurvey.numerics.bivariate_normal import BEYOND
from innovsurvey.numerics.extraction import minres
from innovsurvey.numerics.omega_categorical import category_cov, omega_categorical
from innovsurvey.numerics.rotation import rotate


def bifactor(general, groups):
    """Correlations of items with these loadings on a general factor and one group factor."""
    common = np.outer(general, general) + groups @ groups.T
    return common + np.diag(1 - np.diag(common))


@pytest.fixture
def proportional():
    """Group loadings in proportion to general ones, as Schmid and Leiman have them."""
    pattern = np.zeros((12, 3))
    pattern[np.arange(12), np.repeat([0, 1, 2], 4)] = np.tile([0.8, 0.7, 0.6, 0.5], 3)
    above = np.array([0.8, 0.7, 0.6])
    return pattern @ above, pattern * np.sqrt(1 - above**2)


def test_schmid_leiman_finds_the_loadings_back(proportional):
    general, groups = proportional
    corr = bifactor(general, groups)
    found = omega.schmid_leiman(corr, 3)
    order = np.argsort(-(found.groups**2).sum(axis=0))
    expected = np.argsort(-(groups**2).sum(axis=0))
    np.testing.assert_allclose(found.general, general, atol=1e-6)
    np.testing.assert_allclose(found.groups[:, order], groups[:, expected], atol=1e-6)
    key = np.ones(12)
    assert omega.omega_h(found, corr, key) == pytest.approx(general.sum() ** 2 / corr.sum())
    unique = 12 - (general**2).sum() - (groups**2).sum()
    assert omega.omega_total_sl(found, corr, key) == pytest.approx(1 - unique / corr.sum())


def test_two_factors_load_equally_on_the_general_one(proportional):
    general, groups = proportional
    corr = bifactor(general[:8], groups[:8, :2])
    found = omega.schmid_leiman(corr, 2)
    assert found.phi[0, 1] == pytest.approx(0.8 * 0.7, abs=1e-6)
    ratio = found.general[0] / np.linalg.norm([found.general[0], *found.groups[0]])
    assert ratio == pytest.approx(np.sqrt(0.56), abs=1e-6)


@pytest.mark.parametrize("turned", [[0], [1, 5, 9]])
def test_a_key_turns_items_round(proportional, turned):
    general, groups = proportional
    corr = bifactor(general, groups)
    key = np.ones(12)
    key[turned] = -1
    found = omega.schmid_leiman(corr * np.outer(key, key), 3)
    straight = omega.schmid_leiman(corr, 3)
    got = omega.omega_h(found, corr * np.outer(key, key), key)
    assert got == pytest.approx(omega.omega_h(straight, corr, np.ones(12)), abs=1e-6)


def test_oblimin_ends_at_a_minimum(rng):
    rows = rng.normal(size=(300, 15)) + rng.normal(size=(300, 1))  # one factor turns slowly
    loadings = minres(np.corrcoef(rows.T), 3).loadings
    pattern, phi = omega_rotation.oblimin(loadings)
    np.testing.assert_allclose(pattern @ phi @ pattern.T, loadings @ loadings.T, atol=1e-10)
    np.testing.assert_allclose(np.diag(phi), 1, atol=1e-12)
    value = omega_rotation.quartimin(pattern)[0]
    root = np.linalg.cholesky(phi).T
    for _ in range(20):
        other = root + 1e-3 * rng.normal(size=(3, 3))
        other /= np.linalg.norm(other, axis=0)
        turned = np.linalg.solve(other, root @ pattern.T).T
        assert omega_rotation.quartimin(turned)[0] >= value - 1e-12


def test_a_rotation_that_does_not_end_says_so(rng, monkeypatch):
    monkeypatch.setattr(omega_rotation, "_MOST_STEPS", 1)
    loadings = minres(np.corrcoef(rng.normal(size=(8, 100)) + rng.normal(size=100)), 3).loadings
    with pytest.raises(ConvergenceError, match="Ask for fewer n_factors"):
        omega_rotation.oblimin(loadings)


def test_slope_of_the_criterion(rng):
    loadings, step = rng.normal(size=(5, 3)), 1e-6
    value, slope = omega_rotation.quartimin(loadings)
    for cell in np.ndindex(5, 3):
        moved = loadings.copy()
        moved[cell] += step
        numeric = (omega_rotation.quartimin(moved)[0] - value) / step
        assert numeric == pytest.approx(slope[cell], abs=1e-4)


def spread(loadings):
    rows = loadings / np.linalg.norm(loadings, axis=1, keepdims=True)
    return (rows**2).var(axis=0).sum()


@pytest.mark.parametrize("k", [4, 9])
def test_varimax_is_no_worse_than_that_of_factor_analyzer(rng, k):
    corr = np.corrcoef(rng.normal(size=(k + 3, 300)) + rng.normal(size=300))
    loadings = minres(corr, 3).loadings
    ours = omega_rotation.varimax(loadings)
    np.testing.assert_allclose(ours @ ours.T, loadings @ loadings.T, atol=1e-12)
    assert spread(ours) >= spread(rotate(loadings, "varimax").loadings) - 1e-10


def test_varimax_leaves_a_factor_beside_its_contrast():
    pattern = np.kron(np.eye(2), np.array([[0.8], [0.7], [0.6]]))
    mixed = pattern @ np.array([[1, 1], [1, -1]]) / np.sqrt(2)
    found = omega_rotation.varimax(mixed)
    assert spread(found) == pytest.approx(spread(pattern))


def omega_of(corr):
    found = minres(corr, 1)
    loadings = found.loadings[:, 0]
    return consistency.omega_total(loadings, 1 - found.communalities), np.abs(loadings)


@pytest.mark.parametrize("k", [3, 5, 9])
def test_slope_of_omega_by_a_correlation(rng, k):
    corr = np.corrcoef(rng.normal(size=(k, 400)) + rng.normal(size=400))
    base, loadings = omega_of(corr)
    slope = omega.omega_slope(corr, loadings)
    for i, j in [(0, 1), (1, 2), (0, k - 1)]:
        moved = corr.copy()
        moved[i, j] = moved[j, i] = corr[i, j] + 1e-5
        assert (omega_of(moved)[0] - base) / 1e-5 == pytest.approx(2 * slope[i, j], abs=1e-4)


def test_interval_of_omega_covers_the_truth_as_often_as_it_says(rng):
    loadings = np.array([0.5, 0.6, 0.7, 0.8, 0.6])
    root = np.linalg.cholesky(np.outer(loadings, loadings) + np.diag(1 - loadings**2))
    true = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    hits, n_sim = 0, 400
    for _ in range(n_sim):
        rows = rng.normal(size=(200, 5)) @ root.T
        corr = np.corrcoef(rows.T)
        estimate, found = omega_of(corr)
        slope = omega.omega_slope(corr, found)
        se = omega.omega_se([rows], rows.mean(axis=0), rows.std(axis=0, ddof=1), corr, slope)
        lower, upper = omega.interval_below_one(estimate, se, 0.9)
        hits += lower < true < upper
    assert 0.86 <= hits / n_sim <= 0.94  # 2.7 standard errors


@pytest.mark.parametrize("level", [0.8, 0.95])
def test_interval_stays_below_one(level):
    lower, upper = omega.interval_below_one(0.98, 0.02, level)
    assert lower < 0.98 < upper < 1
    assert (1 - lower) / 0.02 == pytest.approx(0.02 / (1 - upper))


@pytest.mark.parametrize("rho", [0.0, 0.3, 0.999, 1.0])
def test_covariances_of_categories_are_those_of_cut_normal_answers(rng, rho):
    cuts = np.array([[-1.0, 0.2, 1.1], [-0.3, 0.8, BEYOND]])
    latent = rng.normal(size=(400_000, 2)) @ np.array([[1, rho], [0, np.sqrt(1 - rho**2)]])
    codes = np.column_stack([np.searchsorted(c, x) for c, x in zip(cuts, latent.T, strict=True)])
    corr = np.array([[1, rho], [rho, 1]])
    np.testing.assert_allclose(category_cov(corr, cuts), np.cov(codes.T), atol=0.006)


def test_categorical_omega_recovers_the_reliability_of_the_sum(rng):
    loadings = np.array([0.5, 0.6, 0.7, 0.8])
    cuts = np.array([[-1.5, 0.5], [0.0, 1.0], [-1.0, 0.3], [0.5, 1.5]])
    factor = rng.normal(size=(200_000, 1))
    sums = [
        np.sum(factor * loadings + rng.normal(size=(200_000, 4)) * np.sqrt(1 - loadings**2)
               > cuts.T[:, None], axis=(0, 2))
        for _ in range(2)
    ]  # two administrations with the same true scores  # fmt: skip
    corr = np.outer(loadings, loadings) + np.diag(1 - loadings**2)
    got = omega_categorical(corr, loadings, cuts)
    assert got == pytest.approx(np.corrcoef(sums)[0, 1], abs=0.005)
