from __future__ import annotations

from itertools import combinations

import numpy as np
import pytest

from innovsurvey.numerics import reliability_bounds as bounds


def random_correlation(rng, k, common=1.0):
    rows = rng.normal(size=(200, k)) + common * rng.normal(size=(200, 1))
    return np.corrcoef(rows.T)


def congeneric(loadings):
    loadings = np.asarray(loadings, dtype=float)
    return np.outer(loadings, loadings) + np.diag(1 - loadings**2)


@pytest.mark.parametrize("k", [3, 4, 7, 12])
@pytest.mark.parametrize("common", [0.5, 1.0, 2.0])
def test_every_bound_keeps_its_place(rng, k, common):
    corr = random_correlation(rng, k, common)
    first, second, third, fourth, fifth, sixth = bounds.lambdas(corr)
    glb = bounds.greatest_lower_bound(corr)
    assert first <= third <= second + 1e-12
    assert first <= fifth
    assert max(second, fourth, fifth, sixth) <= glb + 1e-9
    assert glb <= 1


@pytest.mark.parametrize("loading", [0.3, 0.6, 0.9])
@pytest.mark.parametrize("k", [4, 6, 10])
def test_parallel_items_have_one_reliability(loading, k):
    corr = congeneric([loading] * k)
    expected = k * loading**2 / (1 + (k - 1) * loading**2)
    _, second, third, fourth, _, _ = bounds.lambdas(corr)
    got = [second, third, fourth, bounds.greatest_lower_bound(corr)]
    assert got == pytest.approx([expected] * 4, abs=1e-9)


@pytest.mark.parametrize("loadings", [[0.3, 0.5, 0.7], [0.8, 0.7, 0.6, 0.5], [0.5] * 5 + [0.9]])
def test_the_greatest_bound_is_the_reliability_of_one_factor(loadings):
    loadings = np.array(loadings)
    true = loadings.sum() ** 2 / congeneric(loadings).sum()
    assert bounds.greatest_lower_bound(congeneric(loadings)) == pytest.approx(true, abs=1e-8)


@pytest.mark.parametrize("k", [3, 5, 8, 25])
def test_no_other_errors_are_larger(rng, k):
    """A feasible dual matrix of the same value shows that the bound is the greatest."""
    corr = random_correlation(rng, k)
    glb = bounds.greatest_lower_bound(corr)
    # Any Y with ones on its diagonal and no negative eigenvalue: trace(RY) is no smaller
    # than the largest sum of errors.
    errors = (1 - glb) * corr.sum()
    for _ in range(20):
        rows = rng.normal(size=(k, 2))
        rows /= np.linalg.norm(rows, axis=1, keepdims=True)
        assert np.trace(corr @ rows @ rows.T) >= errors - 1e-8


@pytest.mark.parametrize("factor", [0.01, 1, 1_000])
def test_units_shared_by_all_items_do_not_matter(rng, factor):
    corr = random_correlation(rng, 6)
    np.testing.assert_allclose(bounds.lambdas(factor * corr), bounds.lambdas(corr), atol=1e-10)
    got = bounds.greatest_lower_bound(factor * corr)
    assert got == pytest.approx(bounds.greatest_lower_bound(corr), abs=1e-9)


@pytest.mark.parametrize("k", [3, 4, 5, 8, 9])
def test_the_best_split_is_the_best_of_all(rng, k):
    cov = np.cov(rng.normal(size=(k, 60)) + rng.normal(size=60))
    splits = []
    for half in combinations(range(k), k // 2):
        other = [i for i in range(k) if i not in half]
        splits.append(4 * cov[np.ix_(half, other)].sum() / cov.sum())
    found = bounds.best_split(cov)
    assert found.value == pytest.approx(max(splits), abs=1e-12)
    assert found.all_seen
    assert abs(found.signs.sum()) == k % 2


@pytest.mark.parametrize("k", [10, 14, 17])
def test_the_search_finds_the_best_split_of_few_items(rng, k, monkeypatch):
    corr = random_correlation(rng, k)
    exact = bounds.best_split(corr)
    monkeypatch.setattr(bounds, "MOST_FOR_ALL_SPLITS", 0)
    found = bounds.best_split(corr)
    assert not found.all_seen
    assert found.value <= exact.value + 1e-12
    assert found.value == pytest.approx(exact.value, abs=1e-3)
    assert abs(found.signs.sum()) == k % 2


@pytest.mark.parametrize("change", ["repeated", "not definite"])
def test_matrices_that_cannot_be_inverted_leave_two_bounds_empty(rng, change):
    corr = random_correlation(rng, 4)
    if change == "repeated":
        corr = corr[np.ix_([0, 1, 2, 3, 0], [0, 1, 2, 3, 0])]
    else:
        corr[0, 1] = corr[1, 0] = -0.99
    assert np.isnan(bounds.lambdas(corr)).tolist() == [False] * 5 + [True]
    assert np.isnan(bounds.greatest_lower_bound(corr))
