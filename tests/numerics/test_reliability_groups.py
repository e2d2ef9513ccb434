from __future__ import annotations

import numpy as np
import pytest

from innovsurvey.numerics import consistency
from innovsurvey.numerics.reliability_groups import (
    feldt_woodruff_salih,
    hakstian_whalen,
    levels,
)
from innovsurvey.numerics.reliability_moments import pairwise_covariances, to_correlations


@pytest.mark.parametrize(
    ("alphas", "n_obs", "n_items", "statistic", "df", "p_value"),
    [
        # Feldt, Woodruff & Salih (1987), their example
        ([0.784, 0.875, 0.936], [51, 101, 151], 5, 22.926, 2, None),
        # printed by the program AlphaTest of Lautenschlager & Meade (2008)
        ([0.7, 0.75, 0.7], [100, 120, 130], 10, 1.0553, 2, 0.5900),
    ],
    ids=["Feldt, Woodruff & Salih", "AlphaTest"],
)
def test_equality_agrees_with_what_is_in_print(alphas, n_obs, n_items, statistic, df, p_value):
    found = feldt_woodruff_salih(np.array(alphas), np.array(n_obs, dtype=float), n_items)
    assert found.df == df
    assert found.statistic == pytest.approx(statistic, abs=5.1e-4)
    if p_value is not None:
        assert found.p_value == pytest.approx(p_value, abs=5.1e-5)


@pytest.mark.parametrize("k", [2, 6])
def test_equal_alphas_are_rejected_as_often_as_the_level_says(rng, k):
    n = np.array([60.0, 90.0, 120.0])
    root = np.linalg.cholesky(np.full((k, k), 0.4) + 0.6 * np.eye(k))
    rejected, cautious, n_sim = 0, 0, 1_000
    for _ in range(n_sim):
        covs = [np.cov(root @ rng.normal(size=(k, int(size)))) for size in n]
        alphas = np.array([consistency.alpha(cov) for cov in covs])
        rejected += hakstian_whalen(alphas, n, k).p_value < 0.1
        cautious += feldt_woodruff_salih(alphas, n, k).p_value < 0.1
    assert 0.075 <= rejected / n_sim <= 0.125  # 2.6 standard errors
    assert cautious < rejected


def test_two_alphas_with_many_items_are_compared_as_by_the_ratio():
    # Charter & Feldt (1996): (1 - .71) / (1 - .78) = 1.318 is F(40, 150), p = .242 on both sides
    found = hakstian_whalen(np.array([0.78, 0.71]), np.array([41.0, 151.0]), 1_000)
    assert found.df == 1
    assert found.p_value == pytest.approx(0.242, abs=0.03)


def test_covariances_within_and_between_recover_the_truth(rng):
    k, n_groups = 4, 1_500
    within = np.full((k, k), 0.3) + 0.7 * np.eye(k)
    between = np.full((k, k), 0.2) + 0.1 * np.eye(k)
    groups = np.repeat(np.arange(n_groups), rng.integers(2, 12, n_groups))
    of_groups = rng.multivariate_normal(np.zeros(k), between, n_groups)
    rows = of_groups[groups] + rng.multivariate_normal(np.zeros(k), within, len(groups))
    found = levels(rows, groups)
    np.testing.assert_allclose(found.within, within, atol=0.05)
    np.testing.assert_allclose(found.between, between, atol=0.05)
    assert found.n_groups == n_groups


def test_equal_groups_have_their_size():
    rows = np.random.default_rng(1).normal(size=(30, 3))
    found = levels(rows, np.repeat(np.arange(6), 5))
    assert found.mean_size == pytest.approx(5)
    means = rows.reshape(6, 5, 3).mean(axis=1)
    np.testing.assert_allclose(np.cov(means.T), found.between + found.within / 5, atol=1e-12)


@pytest.mark.parametrize("share", [0.0, 0.1, 0.5])
def test_pairwise_covariances_are_those_of_each_pair(rng, share):
    rows = rng.normal(size=(60, 4)) + 100
    rows[rng.random(rows.shape) < share] = np.nan
    found = pairwise_covariances(rows)
    for i in range(4):
        for j in range(4):
            both = rows[~np.isnan(rows[:, [i, j]]).any(axis=1)][:, [i, j]]
            assert found.n[i, j] == len(both)
            expected = np.cov(both.T)[0, 1]
            assert found.cov[i, j] == pytest.approx(expected, abs=1e-10)


def test_pairs_nobody_answered_together_have_no_covariance():
    rows = np.array([[1, np.nan, 2], [2, np.nan, 3], [np.nan, 1, 3], [np.nan, 3, 1.0]])
    found = pairwise_covariances(rows)
    assert np.isnan(found.cov[0, 1])
    assert found.n[0, 1] == 0
    assert np.isfinite(found.cov[0, 2])


def test_correlations_have_ones_on_the_diagonal(rng):
    rows = rng.normal(size=(3, 20))
    corr = to_correlations(np.cov(rows))
    np.testing.assert_allclose(corr, np.corrcoef(rows), atol=1e-14)
    assert np.diag(corr).tolist() == [1, 1, 1]
