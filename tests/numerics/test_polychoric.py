from __future__ import annotations

import numpy as np
import pytest
from conftest import reference_cases, reference_data

from innovsurvey.measurement.item_codes import item_codes
from innovsurvey.numerics.polychoric import (
    LIMIT,
    _minus_log_likelihood,
    _treat_binary,
    polychoric,
)
from innovsurvey.numerics.polychoric_acov import acov, standard_errors

CASES = [c for c in reference_cases("correlations") if c["what"] == "polychoric"]
CUTS = [-1.2, -0.3, 0.4, 1.6]


def codes_of(frame):
    """Code the answers of a frame."""
    return np.column_stack([item_codes(frame[name].to_numpy(dtype=float))[0] for name in frame])


def draw(rng, n, corr, cuts):
    """Draw ordered answers of n people with given latent correlations."""
    latent = rng.multivariate_normal(np.zeros(len(corr)), corr, size=n)
    return np.digitize(latent, cuts).astype(np.int8) + 1


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_agrees_with_lavaan(case):
    frame = reference_data(case)
    frame = frame.dropna() if case["missing"] == "listwise" else frame
    codes = codes_of(frame)
    got = polychoric(codes, int(codes.max()))
    expected, tolerance = case["expected"], case["tolerance"]
    np.testing.assert_allclose(got.rho, expected["matrix"], rtol=0, atol=tolerance["matrix"])
    cuts = np.concatenate(got.thresholds)
    np.testing.assert_allclose(cuts, expected["thresholds"], atol=tolerance["thresholds"])
    assert got.converged.all()


@pytest.mark.parametrize("rho", [-0.95, -0.4, 0.0, 0.6, 0.97])
def test_true_correlation_and_thresholds_are_recovered(rng, rho):
    codes = draw(rng, 20_000, [[1, rho], [rho, 1]], CUTS)
    got = polychoric(codes, 5)
    _, errors = standard_errors(got, codes)
    assert got.rho[0] == pytest.approx(rho, abs=4 * errors[0])
    np.testing.assert_allclose(got.thresholds[0], CUTS, atol=0.05)


def test_standard_errors_are_the_spread_over_samples(rng):
    corr = np.full((3, 3), 0.5) + 0.5 * np.eye(3)
    found = [polychoric(draw(rng, 400, corr, CUTS), 5) for _ in range(300)]
    spread = np.std([np.concatenate([*f.thresholds, f.rho]) for f in found], axis=0)
    codes = draw(rng, 40_000, corr, CUTS)
    cuts, errors = standard_errors(polychoric(codes, 5), codes)
    np.testing.assert_allclose(np.append(cuts, errors) * 10, spread, rtol=0.15)


@pytest.mark.parametrize("change", ["order of items", "order of people", "turned", "other codes"])
def test_what_does_not_matter(rng, change):
    corr = np.array([[1, 0.5, 0.3], [0.5, 1, -0.2], [0.3, -0.2, 1]])
    codes = draw(rng, 500, corr, CUTS)
    codes[rng.random(codes.shape) < 0.1] = 0
    plain = polychoric(codes, 5).correlation
    if change == "order of items":
        got = polychoric(codes[:, ::-1], 5).correlation[::-1, ::-1]
    elif change == "order of people":
        got = polychoric(codes[::-1], 5).correlation
    elif change == "turned":
        got = polychoric(np.where(codes > 0, 6 - codes, 0), 5).correlation
    else:
        got = polychoric(np.where(codes > 0, 2 * codes + 1, 0), 14).correlation
    np.testing.assert_allclose(got, plain, atol=1e-9)


def test_whole_weights_are_repeated_people(rng):
    codes = draw(rng, 200, [[1, 0.4], [0.4, 1]], CUTS)
    times = rng.integers(0, 4, 200)
    weighted = polychoric(codes, 5, weights=times.astype(float))
    repeated = polychoric(np.repeat(codes, times, axis=0), 5)
    np.testing.assert_allclose(weighted.correlation, repeated.correlation, atol=1e-12)
    np.testing.assert_allclose(weighted.cuts, repeated.cuts, atol=1e-12)


def test_variances_from_tables_are_those_from_rows(rng):
    codes = draw(rng, 600, np.full((4, 4), 0.4) + 0.6 * np.eye(4), CUTS)
    codes[rng.random(codes.shape) < 0.2] = 0
    found = polychoric(codes, 5)
    by_rows = np.sqrt(np.diag(acov(found, codes)))
    np.testing.assert_allclose(np.concatenate(standard_errors(found, codes)), by_rows, rtol=1e-12)
    ones = np.ones(600)
    weighted = standard_errors(polychoric(codes, 5, weights=ones), codes, ones)
    np.testing.assert_allclose(np.concatenate(weighted), by_rows, rtol=1e-12)


@pytest.mark.parametrize(
    ("table", "rho"),
    [
        ([[30, 0], [0, 20]], 1.0),
        ([[0, 25], [25, 0]], -1.0),
        ([[10, 10], [10, 10]], 0.0),
        ([[30, 5], [5, 30]], np.sin(np.pi * (60 / 70 - 0.5))),
    ],
    ids=["agree", "differ", "unrelated", "median cuts"],
)
def test_tables_of_two_by_two(table, rho):
    codes = np.repeat([[1, 1], [1, 2], [2, 1], [2, 2]], np.ravel(table), axis=0)
    assert polychoric(codes, 2).rho[0] == pytest.approx(rho, abs=1e-10)


def test_half_a_person_goes_into_the_one_empty_cell():
    counts = np.array([[30.0, 12.0], [0.0, 25.0]])
    codes = np.repeat([[1, 1], [1, 2], [2, 1], [2, 2]], counts.astype(int).ravel(), axis=0)
    cells = np.array([[1, 1], [1, 2], [2, 1], [2, 2]])
    half = np.array([[-0.5, 0.5], [0.5, -0.5]])
    moved = polychoric(cells, 2, weights=(counts + half).ravel())
    assert polychoric(codes, 2).rho[0] == pytest.approx(moved.rho[0], abs=1e-12)


@pytest.mark.parametrize(
    ("codes", "expected"),
    [
        (np.repeat([[1, 1], [2, 2], [3, 3]], 30, axis=0), LIMIT),
        (np.repeat([[1, 3], [2, 2], [3, 1]], 30, axis=0), -LIMIT),
        (np.repeat([[1, 1], [2, 1], [2, 2], [2, 3]], [13, 319, 61, 7], axis=0), LIMIT),
    ],
    ids=["same", "opposed", "empty corner"],
)
def test_a_likelihood_without_a_maximum_ends_at_the_limit(codes, expected):
    got = polychoric(codes, 3)
    assert got.rho[0] == pytest.approx(expected)
    assert got.at_limit[0]
    assert got.converged[0]


def test_pairs_never_answered_together_have_no_correlation(rng):
    codes = draw(rng, 100, np.full((3, 3), 0.5) + 0.5 * np.eye(3), CUTS)
    codes[:50, 0] = 0
    codes[50:, 1] = 0
    got = polychoric(codes, 5)
    assert np.isnan(got.rho).tolist() == [True, False, False]
    assert got.n_pairwise[0, 1] == 0


@pytest.mark.parametrize("n_categories", [2, 11, 20])
def test_many_and_few_categories(rng, n_categories):
    cuts = np.linspace(-2, 2, n_categories + 1)[1:-1]
    codes = draw(rng, 3_000, np.full((4, 4), 0.5) + 0.5 * np.eye(4), cuts)
    got = polychoric(codes, n_categories)
    np.testing.assert_allclose(got.rho, 0.5, atol=0.1)
    assert got.n_categories.tolist() == [n_categories] * 4


def test_two_hundred_items(rng):
    corr = np.full((200, 200), 0.3) + 0.7 * np.eye(200)
    got = polychoric(draw(rng, 500, corr, [-0.5, 0.6]), 3)
    assert got.converged.all()
    assert got.rho.mean() == pytest.approx(0.3, abs=0.05)


def codes_of_table(table):
    """Give one row per person of a table of two items."""
    table = np.array(table)
    i, j = np.nonzero(table)
    return np.column_stack([np.repeat(i, table[i, j]), np.repeat(j, table[i, j])]).astype(int) + 1


# lavCor of lavaan 0.6-14 and, for the first, polychoric of psych 2.2.9; three digits.
@pytest.mark.parametrize(
    ("table", "rho"),
    [
        ([[17, 12, 24, 5], [0, 0, 19, 16]], 0.785),
        ([[3, 21], [19, 16], [32, 2]], -0.821),
        ([[0, 31], [1, 27], [19, 15], [7, 1]], -0.883),
        ([[14, 50], [9, 1], [7, 0]], -0.898),
        ([[17, 0, 0], [11, 3, 0], [31, 19, 30]], 0.799),
        ([[16, 1], [4, 0], [0, 4]], 0.898),
    ],
)
def test_a_step_too_far_does_not_end_the_search(table, rho):
    got = polychoric(codes_of_table(table), max(np.shape(table)))
    assert got.rho[0] == pytest.approx(rho, abs=6e-4)
    assert not got.at_limit[0]


def test_no_likelihood_is_higher_elsewhere(rng):
    for _ in range(250):
        n_rows, n_columns, n = rng.integers(2, 6), rng.integers(2, 6), rng.integers(8, 120)
        rho = rng.uniform(-0.95, 0.95)
        latent = rng.multivariate_normal([0, 0], [[1, rho], [rho, 1]], size=n)
        cuts = [np.sort(rng.normal(0, 1.2, m - 1)) for m in (n_rows, n_columns)]
        codes = np.column_stack([np.digitize(latent[:, i], cuts[i]) + 1 for i in range(2)])
        if min(len(np.unique(codes[:, i])) for i in range(2)) < 2:
            continue
        got = polychoric(codes, int(codes.max()))
        if abs(got.rho[0]) == 1:  # two empty cells of a table of 2 x 2, as lavaan
            continue
        h, k = got.cuts[:1], got.cuts[1:]
        counts = _treat_binary(got.tables)[0]
        at = [*np.linspace(-0.99, 0.99, 100), got.rho[0]]
        heights = [_minus_log_likelihood(counts, h, k, point) for point in at]
        assert heights[-1] <= min(heights) + 1e-5
