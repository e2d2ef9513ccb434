from __future__ import annotations

import numpy as np
import pytest
from conftest import assert_agrees, read_hashed, reference_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy import stats

from innovsurvey.errors import ConvergenceError, IdentificationError
from innovsurvey.numerics.missing import find_patterns, little_test, normal_moments

CASES = reference_cases("missing")


def rows_of(case):
    data = case["data"]
    if "rows" in data:
        return np.array(
            [[float(str(cell).replace("NA", "nan")) for cell in r] for r in data["rows"]]
        )
    return read_hashed(data["path"], data["sha256"])[data["columns"]].to_numpy(dtype=float)


def one_trait(rng, n, p=4):
    return rng.normal(size=(n, 1)) + rng.normal(size=(n, p))


def drop_at_random(rng, rows, share=0.15):
    return np.where(rng.random(rows.shape) < share, np.nan, rows)


def drop_by_first(rng, rows):
    """Miss the last variables where the first, which is always there, is large."""
    gone = rows.copy()
    chance = np.where(rows[:, :1] > 0.5, 0.5, 0.05)
    gone[:, 1:] = np.where(rng.random((len(rows), rows.shape[1] - 1)) < chance, np.nan, gone[:, 1:])
    return gone


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_moments_and_statistic_agree_with_r(case):
    got = little_test(rows_of(case))
    assert_agrees(got.moments.mean, case, "mean")
    assert_agrees(got.moments.cov, case, "cov")
    for name in ("chisq", "df", "p_value", "n_patterns"):
        assert_agrees(getattr(got, name), case, name)


def test_the_statistic_is_the_published_one():
    """``naniar`` prints 35.106129, where its EM stops; at the maximum it is 35.106175."""
    case = next(case for case in CASES if "published" in case)
    got, published = little_test(rows_of(case)), case["published"]
    assert got.chisq == pytest.approx(published["chisq"], abs=1e-4)
    assert got.p_value == pytest.approx(published["p_value"], abs=1e-6)
    assert (got.df, got.n_patterns) == (published["df"], published["n_patterns"])


def test_complete_rows_give_the_plain_moments(rng):
    rows = one_trait(rng, 300)
    got = normal_moments(rows)
    np.testing.assert_allclose(got.mean, rows.mean(axis=0), atol=1e-12)
    np.testing.assert_allclose(got.cov, np.cov(rows.T, bias=True), atol=1e-12)


def test_without_missing_cells_there_is_nothing_to_test(rng):
    got = little_test(one_trait(rng, 50))
    assert (got.df, got.n_patterns) == (0, 1)
    assert got.chisq == pytest.approx(0, abs=1e-12)
    assert np.isnan(got.p_value)


def test_monotone_moments_have_a_closed_form(rng):
    """Anderson (1957): regress the second variable on the first where both are there."""
    rows = one_trait(rng, 400, 2)
    rows[250:, 1] = np.nan
    slope, level = np.polyfit(*rows[:250].T, 1)
    residual = np.var(rows[:250, 1] - level - slope * rows[:250, 0])
    got = normal_moments(rows)
    x = rows[:, 0]
    np.testing.assert_allclose(got.mean, [x.mean(), level + slope * x.mean()], atol=1e-7)
    expected = [
        [x.var(), slope * x.var()],
        [slope * x.var(), residual + slope**2 * x.var()],
    ]
    np.testing.assert_allclose(got.cov, expected, atol=1e-7)


@settings(max_examples=15, deadline=None)
@given(
    st.integers(0, 2**32 - 1),
    st.permutations(range(4)),
    arrays(float, 4, elements=st.sampled_from([-100.0, -0.5, 1.0, 7.0, 1e4])),
    arrays(float, 4, elements=st.floats(-1e3, 1e3, width=16)),
)
def test_order_and_units_do_not_matter(seed, order, factor, shift):
    rng = np.random.default_rng(seed)
    rows = drop_at_random(rng, one_trait(rng, 120))
    turned = (rows * factor + shift)[rng.permutation(120)][:, list(order)]
    one, other = little_test(rows), little_test(turned)
    assert other.df == one.df
    assert other.chisq == pytest.approx(one.chisq, rel=1e-5)


def test_rows_without_any_value_change_nothing(rng):
    rows = drop_at_random(rng, one_trait(rng, 200))
    one = little_test(rows)
    other = little_test(np.vstack([rows, np.full((5, 4), np.nan)]))
    assert (other.chisq, other.df) == (pytest.approx(one.chisq), one.df)


def test_em_finds_the_means_that_were_simulated(rng):
    """Means of the answers there are would be off by more than 0.2."""
    rows = drop_by_first(rng, one_trait(rng, 20_000))
    got = normal_moments(rows)
    assert np.abs(np.nanmean(rows[:, 1:], axis=0)).min() > 0.15
    np.testing.assert_allclose(got.mean, np.zeros(4), atol=0.04)
    np.testing.assert_allclose(got.cov, np.ones((4, 4)) + np.eye(4), atol=0.08)


def test_the_test_keeps_its_level(rng):
    p_values = [little_test(drop_at_random(rng, one_trait(rng, 400))).p_value for _ in range(300)]
    assert stats.kstest(p_values, "uniform").pvalue > 0.01
    assert 0.02 < np.mean(np.array(p_values) < 0.05) < 0.09


def test_what_depends_on_answers_is_found(rng):
    found = [little_test(drop_by_first(rng, one_trait(rng, 400))).p_value < 0.05 for _ in range(40)]
    assert np.mean(found) > 0.95


def test_many_patterns_of_single_rows_are_no_other_case(rng):
    """Each pattern once, and the same rows with every pattern three times, agree in moments."""
    rows = drop_at_random(rng, one_trait(rng, 120, 6), 0.3)
    once, thrice = normal_moments(rows), normal_moments(np.repeat(rows, 3, axis=0))
    np.testing.assert_allclose(once.cov, thrice.cov, atol=1e-6)


@pytest.mark.parametrize(
    ("spoil", "words"),
    [
        (lambda x: np.column_stack([x, x[:, 0] + x[:, 1]]), "singular"),
        (lambda x: np.column_stack([x, np.full(len(x), 3.0)]), "same value"),
        (lambda x: np.column_stack([x, np.full(len(x), np.nan)]), "fewer than two values"),
        (lambda x: x[:3], "singular"),
        (lambda x: x[:0], "fewer than two values"),
    ],
    ids=["sum", "constant", "empty", "few rows", "no rows"],
)
def test_what_has_no_covariance_matrix_is_refused(rng, spoil, words):
    with pytest.raises(IdentificationError, match=words):
        little_test(spoil(one_trait(rng, 40)))


def test_stopping_early_is_an_error_with_the_last_estimates(rng):
    rows = drop_at_random(rng, one_trait(rng, 100))
    with pytest.raises(ConvergenceError, match="2 steps") as caught:
        normal_moments(rows, max_iter=2)
    assert caught.value.iterations == 2
    assert caught.value.estimates[1].shape == (4, 4)


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([[0, 0, 0], [0, 0, 1], [0, 1, 1]], True),
        ([[0, 0, 1], [0, 1, 0]], False),
        ([[1, 1, 1], [0, 0, 0]], True),
        ([[0, 0, 0]], True),
        ([[1, 0, 0], [1, 0, 1], [0, 1, 1]], False),
    ],
)
def test_a_pattern_is_monotone_where_missing_cells_are_nested(rows, expected):
    assert find_patterns(np.array(rows, dtype=bool)).is_monotone is expected


@settings(max_examples=30, deadline=None)
@given(arrays(bool, st.tuples(st.integers(1, 30), st.integers(1, 20))))
def test_patterns_give_the_flags_back(flags):
    found = find_patterns(flags)
    np.testing.assert_array_equal(found.missing[found.place], flags)
    assert found.counts.sum() == len(flags)
    assert (np.diff(found.counts) <= 0).all()
    assert len(np.unique(found.missing, axis=0)) == len(found.counts)
