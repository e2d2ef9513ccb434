"""Ordinal items, draws, groups, levels, missing answers, and items that make trouble."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest

from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError
from innovsurvey.measurement.reliability import reliability


@pytest.fixture
def latent(rng):
    return pd.DataFrame(
        0.7 * rng.normal(size=(400, 1)) + 0.7 * rng.normal(size=(400, 6)), columns=list("abcdef")
    )


@pytest.fixture
def answers(latent):
    """Answers 1 to 5."""
    return latent.apply(lambda x: np.digitize(x, [-1.2, -0.3, 0.5, 1.3]) + 1)


def ordered(frame, top=5):
    return frame.astype(pd.CategoricalDtype(range(1, top + 1), ordered=True))


def has_note(result, words):
    return any(words in note for note in result.notes)


# Ordinal items


def test_ordered_categoricals_are_taken_as_ordinal(answers):
    got = reliability(ordered(answers))
    assert got.is_ordinal
    assert has_note(got, "Polychoric correlations behind omega, lambdas and glb: the items are")
    same = reliability(answers, ordinal=True)
    assert same.alpha_ordinal == got.alpha_ordinal
    assert same.omega_categorical == got.omega_categorical
    assert got.to_frame().index.tolist() == [
        "alpha",
        "alpha_std",
        "alpha_ordinal",
        "omega_total",
        "omega_categorical",
        "average_r",
    ]


def test_numbers_are_numbers(answers):
    got = reliability(answers)
    assert not got.is_ordinal
    assert got.alpha_ordinal is None
    assert got.omega_categorical is None
    as_numbers = reliability(ordered(answers), ordinal=False)
    assert as_numbers.omega_total == got.omega_total


@pytest.mark.parametrize("name", ["alpha", "alpha_std", "average_r"])
def test_alpha_of_the_answers_stays_what_it_is(answers, name):
    got = getattr(reliability(answers, ordinal=True), name)
    assert got == getattr(reliability(answers), name)


def test_ordinal_omega_recovers_the_latent_one(rng):
    loadings = np.array([0.5, 0.6, 0.7, 0.8, 0.6])
    latent = rng.normal(size=(20_000, 1)) * loadings
    latent += rng.normal(size=latent.shape) * np.sqrt(1 - loadings**2)
    got = reliability(pd.DataFrame(np.digitize(latent, [0.3, 1.0, 1.8])), ordinal=True)
    true = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    assert got.omega_total == pytest.approx(true, abs=0.01)
    assert got.omega_total_ci[0] < true < got.omega_total_ci[1]
    assert got.omega_categorical < got.omega_total  # categories lose something
    assert got.alpha_ordinal == pytest.approx(true, abs=0.02)


def test_ordinal_interval_agrees_with_the_bootstrap(answers):
    by_delta = reliability(answers, ordinal=True).omega_total_ci
    drawn = reliability(answers, ordinal=True, n_boot=100, seed=1)
    assert by_delta == pytest.approx(drawn.omega_total_ci, abs=0.015)
    assert drawn.bootstrap.index.tolist() == [
        "alpha",
        "alpha_std",
        "alpha_ordinal",
        "omega_total",
        "omega_categorical",
    ]


def test_two_categories_are_tetrachoric(latent):
    got = reliability(latent > 0.2, ordinal=True)
    assert got.alpha_ordinal > got.alpha
    assert got.omega_total == pytest.approx(reliability(latent).omega_total, abs=0.05)


@pytest.mark.parametrize("n_points", [3, 7, 11])
def test_many_points_come_close_to_the_numbers_themselves(latent, n_points):
    cuts = latent.melt()["value"].quantile(np.linspace(0, 1, n_points + 1)[1:-1])
    points = latent.apply(lambda x: np.digitize(x, cuts))
    got = reliability(points, ordinal=True)
    assert got.omega_total == pytest.approx(reliability(latent).omega_total, abs=0.02)


def test_mixtures_need_a_decision(answers):
    mixed = answers.assign(a=ordered(answers[["a"]])["a"])
    with pytest.raises(SpecificationError, match="1 of 6 items are ordered categories"):
        reliability(mixed)
    assert reliability(mixed, ordinal=False).alpha == reliability(answers).alpha
    assert reliability(mixed, ordinal=True).is_ordinal


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.assign(a=np.arange(len(d))), "400 different answers"),
        (lambda d: d.assign(a="x"), "holds text"),
        (lambda d: d.assign(a=3), "same answer to a"),
    ],
)
def test_ordinal_items_that_cannot_be_used(answers, change, words):
    with pytest.raises(DataError, match=words):
        reliability(change(answers), ordinal=True)


def test_a_category_that_nobody_used_changes_nothing(answers):
    got = reliability(ordered(answers, top=7))
    assert got.omega_total == reliability(ordered(answers)).omega_total
    assert has_note(got, "categories that nobody chose")


def test_one_person_in_a_category(answers):
    answers.iloc[0, 0] = 9
    got = reliability(answers, ordinal=True)
    assert 0 < got.omega_categorical < got.alpha_ordinal < 1


def test_the_same_item_twice_is_named(answers):
    got = reliability(answers.assign(g=answers["a"]), ordinal=True)
    assert has_note(got, "at their limit: a and g")


# Draws


@pytest.mark.parametrize("missing", ["listwise", "pairwise"])
def test_bootstrap_intervals_follow_the_seed(answers, missing):
    answers.iloc[:30, 1] = np.nan
    one, two, other = (
        reliability(answers, n_boot=60, seed=seed, missing=missing) for seed in (1, 1, 2)
    )
    pd.testing.assert_frame_equal(one.bootstrap, two.bootstrap)
    assert one.omega_total_ci != other.omega_total_ci
    assert one.omega_total_ci[0] < one.omega_total < one.omega_total_ci[1]
    assert one.coefficients.loc["omega_total", "ci_method"] == "bootstrap"


def test_bootstrap_and_delta_method_agree(latent):
    by_delta = reliability(latent).omega_total_ci
    drawn = reliability(latent, n_boot=2_000, seed=4)
    assert drawn.omega_total_ci == pytest.approx(by_delta, abs=0.006)
    assert drawn.alpha_ci == reliability(latent).alpha_ci  # Feldt's
    lower, upper = drawn.bootstrap.loc["alpha", ["ci_lower", "ci_upper"]]
    assert (lower, upper) == pytest.approx(drawn.alpha_ci, abs=0.006)


def test_draws_that_fail_are_counted(rng):
    answers = pd.DataFrame(rng.normal(size=(60, 3)) + rng.normal(size=(60, 1)))
    answers[3] = [1.0] * 59 + [2.0]  # constant in a third of the draws
    got = reliability(answers, n_boot=300, seed=0)
    assert 60 < 300 - got.bootstrap.loc["omega_total", "n_draws"] < 160
    assert has_note(got, "of 300 bootstrap draws have no omega_total")


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n_boot": -1}, "n_boot=-1 must be a whole number of 0 or more"),
        ({"n_boot": 10.5}, "n_boot=10.5"),
        ({"n_factors": 1}, "n_factors=1 must be a whole number of 2 or more"),
        ({"n_boot": 10, "seed": -1}, "seed=-1 must be a whole number of 0 or more"),
        ({"n_boot": 10, "seed": "x"}, "seed='x'"),
        ({"missing": "fiml"}, "missing='fiml' is not known"),
        ({"ordinal": "yes"}, "ordinal='yes' must be True, False or None"),
    ],
)
def test_wrong_options_are_refused(answers, options, words):
    with pytest.raises(SpecificationError, match=words):
        reliability(answers, **options)


# Lower bounds and the table


@pytest.mark.parametrize("ordinal", [True, False])
def test_the_table_tells_what_is_behind_each_number(answers, ordinal):
    got = reliability(answers, ordinal=ordinal)
    table = got.coefficients
    assert table.loc["glb", "matrix"] == ("polychoric R" if ordinal else "Pearson R")
    assert table.loc["alpha", "matrix"] == "covariances S"
    assert (table[["model", "matrix", "formula"]] != "").all(axis=None)
    assert table.loc["glb", "estimate"] == got.glb
    assert table.loc["lambda2", "estimate"] == got.lambdas["lambda2"]
    assert ("alpha_ordinal" in table.index) is ordinal


def test_bounds_and_omegas_keep_their_places(answers):
    got = reliability(answers)
    assert got.lambdas["lambda3"] == pytest.approx(got.alpha_std, abs=1e-12)
    assert got.alpha_std <= got.lambdas["lambda2"] <= got.glb <= 1
    assert 0 < got.omega_h <= got.omega_total_sl < 1
    assert got.schmid_leiman.columns.tolist() == [
        "g",
        "F1",
        "F2",
        "F3",
        "communality",
        "uniqueness",
    ]


def test_two_items_have_spearman_brown(answers):
    got = reliability(answers[["a", "b"]])
    assert got.spearman_brown == pytest.approx(got.alpha_std, abs=1e-12)
    assert got.omega_h is None
    assert got.omega_total_sl is None
    assert "spearman_brown" in got.coefficients.index
    assert reliability(answers).spearman_brown is None


@pytest.mark.parametrize("n_items", [4, 5])
def test_group_factors_that_are_not_identified_are_doubted(answers, n_items):
    got = reliability(answers.iloc[:, :n_items])
    assert 0 < got.omega_h < 1
    assert has_note(got, f"3 group factors of {n_items} items are not identified")


def test_no_more_items_than_group_factors(answers):
    assert reliability(answers[["a", "b", "c"]]).omega_h is None
    assert reliability(answers[["a", "b", "c"]], n_factors=2).omega_h is not None


@pytest.mark.parametrize("key", [["b"], ["b", "e"], ["a", "c", "f"]])
def test_items_with_the_wrong_key_are_told_from_the_others(answers, key):
    answers = answers.assign(**{name: 6 - answers[name] for name in key})
    got = reliability(answers)
    named = next(note for note in got.notes if "negative correlation" in note)
    if len(key) < 3:  # a tie cannot be told
        assert named.startswith(f"{', '.join(key)}: negative correlation")
        assert has_note(got, f"turn {', '.join(key)} round")
    assert "were not reversed, or were they reversed twice" in named


def test_a_negative_alpha_is_explained(rng):
    a = rng.normal(size=100)
    items = pd.DataFrame({"a": a, "b": -a + rng.normal(size=100), "c": rng.normal(size=100)})
    got = reliability(items)
    assert got.alpha < 0
    assert has_note(got, "alpha is negative")


# Groups and levels


def test_groups_are_estimated_as_if_alone(answers):
    groups = pd.Series(["x", "y"] * 200, name="site")
    got = reliability(answers, group=groups)
    for name in ("x", "y"):
        alone = reliability(answers[groups == name])
        row = got.groups.loc[name]
        assert row["alpha"] == alone.alpha
        assert tuple(row[["ci_lower", "ci_upper"]]) == alone.alpha_ci
        assert row["omega_total"] == alone.omega_total
        assert row["n_obs"] == 200
    assert got.equality.index.tolist() == ["hakstian_whalen", "feldt_woodruff_salih"]
    assert got.equality.loc["hakstian_whalen", "df"] == 1
    assert has_note(got, "Equality of alphas in 2 groups")
    assert got.alpha == reliability(answers).alpha
    column = reliability(answers.assign(site=groups), group="site")
    pd.testing.assert_frame_equal(column.groups, got.groups)


def test_different_alphas_are_told_apart(rng):
    noise = np.repeat([0.5, 2.0], 300)[:, None]
    items = pd.DataFrame(rng.normal(size=(600, 1)) + noise * rng.normal(size=(600, 5)))
    got = reliability(items, group=pd.Series(np.repeat([1, 2], 300)))
    assert got.equality.loc["hakstian_whalen", "p_value"] < 1e-6
    assert has_note(got, "p < .001")


def test_groups_that_cannot_be_estimated_refuse_only_themselves(answers):
    groups = pd.Series(["x"] * 200 + ["y"] * 197 + ["one", "one", None])
    answers.iloc[397, 0] = np.nan
    answers.loc[398, "b"] = answers.loc[397, "b"]
    got = reliability(answers, group=groups)
    assert math.isnan(got.groups.loc["one", "alpha"])
    assert has_note(got, "Group one: no estimate, 1 person left")
    assert has_note(got, "1 of 400 people have no group")
    assert got.equality.loc["hakstian_whalen", "df"] == 1


def test_one_group_is_not_compared(answers):
    got = reliability(answers, group=pd.Series(["x"] * 400))
    assert got.equality is None
    assert has_note(got, "not tested: fewer than 2 groups")


def test_groups_need_a_name_that_exists(answers):
    with pytest.raises(DataError, match="group column"):
        reliability(answers, group="nowhere")
    with pytest.raises(InsufficientDataError, match="no row has a group"):
        reliability(answers, group=pd.Series([None] * 400))


def test_rows_keep_their_groups_whatever_their_labels(answers):
    groups = pd.Series(["x", "y"] * 200)
    expected = reliability(answers, group=groups, cluster=groups)
    labels = [7] * 400  # the same label for everybody
    got = reliability(
        answers.set_axis(labels), group=groups.set_axis(labels), cluster=groups.set_axis(labels)
    )
    pd.testing.assert_frame_equal(got.groups, expected.groups)
    pd.testing.assert_frame_equal(got.levels, expected.levels)


def nested(rng, n_groups=300, size=8):
    between = 0.6 * rng.normal(size=(n_groups, 1)) + 0.3 * rng.normal(size=(n_groups, 5))
    within = 0.8 * rng.normal(size=(n_groups * size, 1)) + rng.normal(size=(n_groups * size, 5))
    groups = np.repeat(np.arange(n_groups), size)
    return pd.DataFrame(between[groups] + within), pd.Series(groups)


def test_levels_recover_the_truth(rng):
    items, groups = nested(rng)
    got = reliability(items, cluster=groups).levels
    within, between = 25 * 0.64 / (25 * 0.64 + 5), 25 * 0.36 / (25 * 0.36 + 5 * 0.09)
    assert got["n"].tolist() == [2_400, 300]
    assert got.loc["within", ["alpha", "omega_total"]].tolist() == pytest.approx(
        [within] * 2, abs=0.02
    )
    assert got.loc["between", ["alpha", "omega_total"]].tolist() == pytest.approx(
        [between] * 2, abs=0.03
    )


def test_people_without_a_cluster_are_left_out_of_the_levels(rng):
    items, groups = nested(rng, 40)
    expected = reliability(items.iloc[8:], cluster=groups.iloc[8:]).levels
    got = reliability(items, cluster=groups.where(groups > 0))
    pd.testing.assert_frame_equal(got.levels, expected)
    assert has_note(got, "8 of 320 people left out of within and between")


@pytest.mark.parametrize("groups", [[1] * 400, list(range(400))])
def test_levels_need_groups_with_people(answers, groups):
    with pytest.raises(InsufficientDataError, match="at least 2 clusters and more people"):
        reliability(answers, cluster=pd.Series(groups))


def test_a_level_without_variance_is_empty_with_a_note(rng):
    items, _ = nested(rng, 40)
    got = reliability(items, cluster=pd.Series(rng.permutation(np.repeat(np.arange(40), 8))))
    assert np.isnan(got.levels.loc["between", "omega_total"])
    assert has_note(got, "between: ")


# Missing answers


def test_half_of_the_cells_missing(answers, rng):
    holes = answers.mask(rng.random(answers.shape) < 0.5)
    got = reliability(holes, missing="pairwise")
    assert got.alpha == pytest.approx(reliability(answers).alpha, abs=0.05)
    assert has_note(got, "(pairwise)")
    assert has_note(got, "omega_total_ci is empty: answers are missing")
    assert got.alpha_ci[1] - got.alpha_ci[0] > np.ptp(reliability(answers).alpha_ci)
    assert reliability(holes).n_obs < 20


def test_pairs_never_answered_together_are_named(answers):
    answers.loc[:199, "a"] = np.nan
    answers.loc[200:, "b"] = np.nan
    with pytest.raises(InsufficientDataError, match="answered both of: a and b"):
        reliability(answers, missing="pairwise")
    with pytest.raises(InsufficientDataError, match="none of the 400 people"):
        reliability(answers)


def test_pairwise_is_listwise_without_holes(answers):
    got = reliability(answers, missing="pairwise")
    assert got.alpha == reliability(answers).alpha
    assert got.notes == reliability(answers).notes


def test_ordinal_answers_with_holes(answers, rng):
    holes = answers.mask(rng.random(answers.shape) < 0.2)
    got = reliability(holes, ordinal=True, missing="pairwise")
    whole = reliability(answers, ordinal=True)
    assert got.omega_categorical == pytest.approx(whole.omega_categorical, abs=0.03)


# Items that make trouble


def test_fewer_people_than_items(answers):
    got = reliability(answers.iloc[20:25])
    assert math.isfinite(got.alpha)
    assert math.isnan(got.omega_total)
    assert math.isnan(got.glb)
    assert math.isnan(got.omega_h)
    assert has_note(got, "omega_h and omega_total_sl are empty for the same reason")
    assert has_note(got, "lambda6 and glb are empty")


def test_perfect_correlation(answers):
    got = reliability(pd.DataFrame({"a": answers["a"], "b": 2 * answers["a"]}))
    assert got.alpha_std == pytest.approx(1)
    assert has_note(got, "lambda6 and glb are empty")


def test_two_hundred_items(rng):
    items = pd.DataFrame(rng.normal(size=(500, 200)) + 0.5 * rng.normal(size=(500, 1)))
    got = reliability(items)
    assert got.alpha_std <= got.lambdas["lambda4"] <= got.glb <= 1
    assert got.omega_total == pytest.approx(0.98, abs=0.005)


@pytest.mark.parametrize("dtype", ["Int64", "Float64", "boolean", "string", "object"])
@pytest.mark.parametrize("ordinal", [True, False])
def test_column_types_do_not_matter(answers, dtype, ordinal):
    if dtype == "boolean":
        answers = answers > 3
    expected = reliability(answers.astype(float), ordinal=ordinal)
    got = reliability(answers.astype(dtype), ordinal=ordinal)
    assert got.omega_total == pytest.approx(expected.omega_total, abs=1e-12)
