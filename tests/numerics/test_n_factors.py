from __future__ import annotations

import numpy as np
import pytest

from innovsurvey.numerics.n_factors import average_partials, hull
from innovsurvey.numerics.parallel import (
    eigenvalues,
    independent,
    leading,
    quantile_interval,
    shuffled,
    varies,
)

SIMPLE = np.kron(np.eye(2), np.ones((4, 1))) * 0.7


def implied(loadings):
    corr = loadings @ loadings.T
    np.fill_diagonal(corr, 1)
    return corr


@pytest.mark.parametrize("power", [2, 4])
def test_partials_are_smallest_at_the_truth(power):
    found = average_partials(implied(SIMPLE), power)
    assert int(found.argmin()) == 2


def test_partials_of_nothing_taken_out_are_the_correlations():
    corr = implied(SIMPLE)
    off = corr[~np.eye(8, dtype=bool)]
    assert average_partials(corr)[0] == pytest.approx((off**2).mean())


def test_partials_after_one_component_are_partial_correlations(rng):
    rows = rng.normal(size=(200, 5)) + rng.normal(size=(200, 1))
    standard = (rows - rows.mean(axis=0)) / rows.std(axis=0)
    axis = np.linalg.svd(standard, full_matrices=False)[0][:, 0]
    rest = standard - np.outer(axis, axis @ standard)
    off = np.corrcoef(rest.T)[~np.eye(5, dtype=bool)]
    # the component scores have mean 0, so residuals have, too
    assert average_partials(np.corrcoef(rows.T))[1] == pytest.approx((off**2).mean())


def test_partials_end_where_an_item_is_used_up():
    corr = np.eye(4)
    corr[0, 1] = corr[1, 0] = 1 - 1e-12
    assert len(average_partials(corr)) < 3


@pytest.mark.parametrize(
    ("fit", "on_hull", "best"),
    [
        ([0, 0.5, 0.9, 0.95, 0.97], (0, 1, 2, 3, 4), 2),
        ([0, 0.2, 0.9, 0.95], (0, 2, 3), 2),  # 1 lies under the line
        ([0, 0.5, 0.4, 0.9], (0, 1, 3), 1),  # 2 fits worse than 1
        ([0, 0.6, 1.0, 1.0], (0, 1, 2), 2),  # nothing is better than 2
        ([0, 0.998, 1.0, 1.0], (0, 1, 2), 1),  # 2 is hardly better than 1
        ([0, 0.5, np.nan, 0.9], (0, 1, 3), 1),  # 2 has no solution
        ([0, 0.5], (0, 1), None),
        ([0], (0,), None),
    ],
)
def test_hull(fit, on_hull, best):
    got = hull(fit, [10 * m for m in range(len(fit))])
    assert got.on_hull == on_hull
    assert got.best == best


def test_bend_is_the_ratio_of_slopes():
    got = hull([0, 0.6, 0.8], [0, 10, 20])
    np.testing.assert_allclose(got.bend, [np.nan, 3, np.nan])


@pytest.mark.parametrize(
    ("observed", "chance", "n"),
    [
        ([3, 2, 1], [1, 1, 1], 2),
        ([1, 1], [2, 1], 0),
        ([3, 1, 2], [2, 2, 1], 1),
        ([3, 2], [1, 1], 2),
    ],
)
def test_leading_counts_up_to_the_first_below(observed, chance, n):
    assert leading(np.array(observed), np.array(chance)) == n


@pytest.mark.parametrize("communalities", ["smc", "minres"])
def test_eigenvalues_of_a_known_structure(communalities):
    found = eigenvalues(implied(SIMPLE), communalities)
    assert found[0].sum() == pytest.approx(8)
    assert (np.diff(found) <= 1e-12).all()
    assert found[0, :2] == pytest.approx(1 + 3 * 0.49)


@pytest.mark.parametrize("quantile", [0.5, 0.95])
def test_quantile_interval_holds_the_quantile(rng, quantile):
    inside = 0
    true = np.quantile(rng.normal(size=200_000), quantile)
    for _ in range(300):
        lower, upper = quantile_interval(rng.normal(size=(100, 1)), quantile)
        inside += bool(lower[0] <= true <= upper[0])
    assert inside / 300 >= 0.92


def cut_normal(rows, rng):
    return independent(rows, np.ones(rows.shape[1], dtype=bool), rng)


@pytest.mark.parametrize("draw", [shuffled, cut_normal])
def test_draws_keep_margins_and_lose_what_items_share(rng, draw):
    one = rng.integers(1, 4, size=(20_000, 1))
    drawn = draw(np.hstack([one, one]).astype(float), rng)
    for column in drawn.T.astype(int):
        shares = np.bincount(column, minlength=4) / len(column)
        np.testing.assert_allclose(
            shares, np.bincount(one[:, 0], minlength=4) / len(one), atol=0.02
        )
    assert abs(np.corrcoef(drawn.T)[0, 1]) < 0.03


def test_draws_keep_missing_answers(rng):
    rows = rng.integers(0, 3, size=(100, 4)).astype(float)
    rows[rows == 0] = np.nan
    drawn = independent(rows, np.array([True, False, True, False]), rng)
    np.testing.assert_array_equal(np.isnan(drawn), np.isnan(rows))
    assert set(np.unique(drawn[~np.isnan(drawn[:, 0]), 0])) == {1, 2}
    assert len(np.unique(drawn[:, 1])) > 30


@pytest.mark.parametrize(("last", "expected"), [(2.0, True), (1.0, False), (np.nan, False)])
def test_columns_vary(last, expected):
    assert varies(np.array([[1.0, 5.0], [np.nan, 6.0], [last, 7.0]])) == expected
