"""Indices of careless responding against R, another Python package, and what must hold."""

from functools import cache

import numpy as np
import pytest
from conftest import assert_agrees, read_hashed, reference_cases

from innovsurvey.numerics import careless
from innovsurvey.numerics.careless_distance import mahalanobis, pairwise_moments

R_CASES = reference_cases("careless")
PYTHON_CASES = reference_cases("careless_oracle")
NAN = np.nan
SCALE_FREE = [
    "longstring", "average_run", "even_odd", "synonyms", "person_total", "mahalanobis_d2", "same",
]  # fmt: skip


@cache
def matrices(path, sha256, columns, reverse, turn):
    given = read_hashed(path, sha256)[list(columns)].to_numpy(dtype=float)
    turned = np.isin(columns, reverse)
    return given, np.where(turned, turn - given, given)


def indices(case):
    """Every index of a case, for all rows."""
    data = case["data"]
    given, keyed = matrices(
        data["path"], data["sha256"], tuple(data["columns"]), tuple(data["reverse"]), data["turn"]
    )
    moments = pairwise_moments(keyed)
    distance = mahalanobis(keyed, moments.means, moments.cov)
    like = careless.like_pairs(moments.correlation, case["like_above"])
    run = careless.runs(given)
    found = {
        "longstring": run.longest,
        "average_run": run.average,
        "irv": careless.irv(given),
        "even_odd": careless.even_odd(keyed, case["scales"]),
        "n_like": np.array([len(like)]),
        "synonyms": careless.pair_correlations(keyed, like),
        "person_total": careless.person_total(keyed),
        "mahalanobis_d2": distance.d2,
        "df": distance.df,
        "mahalanobis_p_value": distance.p_value,
    }
    if "unlike_below" in case:
        of_given = pairwise_moments(given).correlation
        unlike = careless.like_pairs(of_given, case["unlike_below"])
        found["n_unlike"] = np.array([len(unlike)])
        found["antonyms"] = careless.pair_correlations(given, unlike)
    complete = ~np.isnan(keyed).any(axis=1)
    of_complete = pairwise_moments(keyed[complete])
    found["mahalanobis_d2_complete"] = np.full(len(keyed), NAN)
    found["mahalanobis_d2_complete"][complete] = mahalanobis(
        keyed[complete], of_complete.means, of_complete.cov
    ).d2
    return found


@pytest.mark.parametrize("case", [*R_CASES, *PYTHON_CASES], ids=lambda case: case["id"])
def test_agrees_with_reference(case):
    found = indices(case)
    for name, expected in case["expected"].items():
        got = found[name][case["rows"]] if isinstance(expected, list) else found[name]
        assert_agrees(got, case, name)


@pytest.fixture
def answers(rng):
    """300 people, 20 items of 5 scales, some cells missing."""
    factor = np.repeat(rng.normal(size=(300, 5)), 4, axis=1)
    x = np.clip(np.round(3 + 0.9 * factor + 0.6 * rng.normal(size=(300, 20))), 1, 5)
    return np.where(rng.random(x.shape) < 0.05, NAN, x)


def all_indices(x):
    moments = pairwise_moments(x)
    run = careless.runs(x)
    return {
        "longstring": run.longest,
        "average_run": run.average,
        "irv": careless.irv(x),
        "even_odd": careless.even_odd(x, [range(4 * k, 4 * k + 4) for k in range(5)]),
        "synonyms": careless.pair_correlations(x, careless.like_pairs(moments.correlation, 0.6)),
        "person_total": careless.person_total(x),
        "mahalanobis_d2": mahalanobis(x, moments.means, moments.cov).d2,
        "same": careless.same_answers(x, np.ones(len(x), dtype=bool)),
    }


@pytest.mark.parametrize("name", [*SCALE_FREE, "irv"])
def test_the_order_of_people_does_not_matter(answers, rng, name):
    order = rng.permutation(len(answers))
    np.testing.assert_allclose(
        all_indices(answers[order])[name], all_indices(answers)[name][order], atol=1e-9
    )


@pytest.mark.parametrize("name", ["irv", "person_total", "mahalanobis_d2", "same"])
def test_the_order_of_items_does_not_matter_where_none_is_used(answers, rng, name):
    order = rng.permutation(answers.shape[1])
    np.testing.assert_allclose(
        all_indices(answers[:, order])[name], all_indices(answers)[name], atol=1e-9
    )


def test_turning_an_item_round_keeps_distances(answers):
    turned = answers.copy()
    turned[:, 3] = 6 - turned[:, 3]
    np.testing.assert_allclose(
        all_indices(turned)["mahalanobis_d2"], all_indices(answers)["mahalanobis_d2"], atol=1e-9
    )


@pytest.mark.parametrize("factor", [0.25, 1000.0])
@pytest.mark.parametrize("name", [name for name in SCALE_FREE if name != "same"])
def test_the_unit_does_not_matter(answers, factor, name):
    found, scaled = all_indices(answers)[name], all_indices(factor * answers)[name]
    np.testing.assert_allclose(scaled, found, rtol=1e-7, atol=1e-7)


def test_distances_over_answered_cells_are_those_of_the_part(answers):
    moments = pairwise_moments(answers)
    got = mahalanobis(answers, moments.means, moments.cov)
    for i in range(40):
        there = ~np.isnan(answers[i])
        z = (answers[i] - moments.means)[there]
        part = moments.cov[np.ix_(there, there)]
        assert got.d2[i] == pytest.approx(z @ np.linalg.solve(part, z), abs=1e-9)
        assert got.df[i] == there.sum()


def test_distances_of_normal_rows_follow_the_chi_square(rng):
    """A known truth: half of the p-values lie below .5, one in twenty below .05."""
    x = rng.normal(size=(4000, 6)) @ rng.normal(size=(6, 6))
    x = np.where(rng.random(x.shape) < 0.1, NAN, x)
    moments = pairwise_moments(x)
    p = mahalanobis(x, moments.means, moments.cov).p_value
    p = p[~np.isnan(p)]
    for level in (0.05, 0.5):
        assert (p < level).mean() == pytest.approx(level, abs=4 * np.sqrt(level / len(p)))


@pytest.mark.parametrize(
    ("row", "shown", "longest", "average"),
    [
        ([1, 1, 2, 2, 2, 3], None, 3, 2),
        ([3, 3, 3, 3, 3, 3], None, 6, 6),
        ([1, 2, 3, 1, 2, 3], None, 1, 1),
        ([3, 3, NAN, 3, 3, 3], None, 3, 2.5),
        ([3, 3, NAN, 3, 3, 3], [1, 1, 0, 1, 1, 1], 5, 5),
        ([NAN, NAN, NAN, NAN, NAN, NAN], None, 0, NAN),
        ([NAN, 4, 4, NAN, NAN, 4], [0, 1, 1, 0, 1, 1], 2, 1.5),
    ],
)
def test_runs_end_at_missing_answers_and_pass_over_what_was_not_shown(row, shown, longest, average):
    seen = None if shown is None else np.array([shown], dtype=bool)
    found = careless.runs(np.array([row], dtype=float), seen)
    assert found.longest[0] == longest
    assert found.average[0] == pytest.approx(average, nan_ok=True)


def test_runs_begin_anew_where_told():
    starts = np.array([True, False, True, False])
    assert careless.runs(np.full((1, 4), 2.0), starts=starts).longest[0] == 2


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ([1, 1, 3, 3, 5, 5], 1.0),
        ([1, 5, 3, 3, 5, 1], -1.0),  # r = -1, where 2r/(1 + r) has no value
        ([1, 5, 5, 1, 2, 4], -1.0),
        ([3, 3, 3, 3, 3, 3], NAN),
        ([1, NAN, 3, 3, 5, 5], 1.0),
        ([1, NAN, 3, NAN, 5, 5], NAN),
    ],
)
def test_even_odd_by_hand(row, expected):
    found = careless.even_odd(np.array([row], dtype=float), [[0, 1], [2, 3], [4, 5]])
    assert found[0] == pytest.approx(expected, nan_ok=True)


def test_equal_means_of_thirds_do_not_pass_for_variation():
    """0.1 + 0.2 + 0.3 and the like differ in the last digit only."""
    x = np.array([[0.1, 0.2, 0.3, 0.3, 0.2, 0.1, 0.2, 0.2, 0.2]])
    a, b = x[:, :3].mean(axis=1), x[:, 3:6].mean(axis=1)
    r = careless.row_correlations(np.column_stack([a, b, a]), np.array([[1.0, 2.0, 3.0]]))
    assert np.isnan(r[0])


def test_same_answers():
    x = np.array([[1, 2, NAN], [1, 2, NAN], [1, 2, 3], [0.0, 3, 3], [-0.0, 3, 3], [2, 2, 2]], float)
    telling = np.array([True] * 5 + [False])
    np.testing.assert_array_equal(careless.same_answers(x, telling), [1, 1, 0, 1, 1, NAN])


def test_moments_that_cannot_be_inverted_are_told():
    x = np.random.default_rng(3).normal(size=(50, 3))
    assert pairwise_moments(x).is_definite
    assert not pairwise_moments(np.column_stack([x, x[:, 0] + x[:, 1]])).is_definite
    assert not pairwise_moments(np.column_stack([x, np.ones(50)])).is_definite


def test_blocks_of_rows_change_nothing(monkeypatch, answers):
    whole = all_indices(answers)
    monkeypatch.setattr(careless, "ROWS_AT_ONCE", 7)
    for name, values in all_indices(answers).items():
        np.testing.assert_allclose(values, whole[name], atol=1e-12, err_msg=name)
