from __future__ import annotations

import numpy as np
import pytest
from conftest import assert_agrees, reference_cases

from innovsurvey.numerics import pearson_acov
from innovsurvey.numerics.correlation import (
    count_together,
    is_positive_definite,
    pair_moments,
    smoothed,
)
from innovsurvey.numerics.mixed_acov import Places, mixed_acov
from innovsurvey.numerics.mixed_correlation import mixed_correlations
from innovsurvey.numerics.polyserial import LIMIT, polyserial

CUTS = [-1.2, -0.3, 0.4, 1.6]
ORDINAL = np.array([True, False, True, False])
CORR = np.full((4, 4), 0.5) + 0.5 * np.eye(4)


def draw(rng, n):
    """Draw two numbers and two ordered items that correlate by .5."""
    latent = rng.multivariate_normal(np.zeros(4), CORR, size=n)
    codes = np.digitize(latent[:, ORDINAL], CUTS).astype(np.int8) + 1
    return latent[:, ~ORDINAL] * [3, 10] + [1, 50], codes


@pytest.mark.parametrize("rho", [-0.9, -0.3, 0.0, 0.5, 0.95])
def test_true_polyserial_correlation_is_recovered(rng, rho):
    x, y = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=20_000).T
    codes = np.digitize(y, CUTS) + 1
    got, converged = polyserial(x / x.std(), codes, np.array(CUTS))
    assert got == pytest.approx(rho, abs=0.02)
    assert converged


def test_a_number_that_decides_the_category_ends_at_the_limit(rng):
    x = rng.normal(size=500)
    codes = np.digitize(x, CUTS) + 1
    got, _ = polyserial(x / x.std(), codes, np.array(CUTS))
    assert got == pytest.approx(LIMIT)


def test_no_common_answers_give_no_correlation():
    z, codes = np.array([1.0, -1.0, np.nan]), np.array([0, 0, 1])
    assert np.isnan(polyserial(z, codes, np.array([0.0]))[0])


def test_standard_errors_are_the_spread_over_samples(rng):
    def estimates(n):
        numbers, codes = draw(rng, n)
        return mixed_correlations(numbers, codes, ORDINAL), numbers, codes

    off = np.triu_indices(4, 1)
    spread = np.std([estimates(400)[0].correlation[off] for _ in range(200)], axis=0)
    found, numbers, codes = estimates(20_000)
    acov = mixed_acov(found, numbers, codes)
    errors = np.sqrt(np.diag(acov))[Places.of(found).n_single :]
    np.testing.assert_allclose(errors * np.sqrt(50), spread, rtol=0.2)


def test_places_are_in_the_order_of_lavaan(rng):
    numbers, codes = draw(rng, 200)
    places = Places.of(mixed_correlations(numbers, codes, ORDINAL))
    assert [p.tolist() for p in places.of_item] == [[0, 1, 2, 3], [4, 10], [5, 6, 7, 8], [9, 11]]
    assert places.n_single == 12


@pytest.mark.parametrize("share", [0.0, 0.3])
def test_pearson_of_pairs_is_that_of_each_pair_alone(rng, share):
    rows, _ = draw(rng, 300)
    rows = np.column_stack([rows, rows[:, 0] * rows[:, 1]])
    rows[rng.random(rows.shape) < share] = np.nan
    got = pair_moments(rows - np.nanmean(rows, axis=0)).correlation
    for i, j in zip(*np.triu_indices(3, 1), strict=True):
        both = ~np.isnan(rows[:, [i, j]]).any(axis=1)
        assert got[i, j] == pytest.approx(np.corrcoef(rows[both][:, [i, j]].T)[0, 1], abs=1e-12)


def test_whole_weights_are_repeated_people(rng):
    numbers, codes = draw(rng, 150)
    times = rng.integers(1, 4, 150)
    weighted = mixed_correlations(numbers, codes, ORDINAL, times.astype(float))
    repeated = mixed_correlations(
        np.repeat(numbers, times, axis=0), np.repeat(codes, times, axis=0), ORDINAL
    )
    np.testing.assert_allclose(weighted.correlation, repeated.correlation, atol=1e-10)


def test_pearson_standard_errors_are_normal_theory_for_normal_numbers(rng):
    rows, _ = draw(rng, 50_000)
    rows = rows - rows.mean(axis=0)
    moments = pair_moments(rows)
    errors = pearson_acov.standard_errors(rows, moments)
    expected = (1 - moments.correlation[0, 1] ** 2) / np.sqrt(50_000)
    assert errors[0] == pytest.approx(expected, rel=0.03)
    assert np.sqrt(pearson_acov.acov(rows, moments))[0, 0] == pytest.approx(errors[0], rel=1e-12)


def test_people_who_answered_both_are_counted_exactly(rng):
    answered = rng.random((70_000, 3)) < 0.6
    whole = answered.astype(int)
    assert np.array_equal(count_together(answered), whole.T @ whole)


@pytest.mark.parametrize(
    "case", [c for c in reference_cases("correlations") if c["what"] == "smooth"]
)
def test_smoothing_agrees_with_psych(case):
    matrix = np.array(case["data"]["matrix"])
    assert not is_positive_definite(matrix)
    got = smoothed(matrix)
    assert_agrees(got[np.triu_indices(4, 1)], case, "matrix")
    assert (np.diag(got) == 1).all()
    assert is_positive_definite(got)
