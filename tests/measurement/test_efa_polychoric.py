from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.errors import (
    DataError,
    ImproperSolutionWarning,
    InsufficientDataError,
)
from innovsurvey.measurement.efa import efa

CASES = reference_cases("polychoric_factors")


@pytest.fixture(scope="module")
def solutions():
    """Every reference case, fitted once."""
    return {
        case["id"]: efa(
            reference_data(case),
            case["n_factors"],
            method=case["method"],
            rotation=case["rotation"],
            correlation="polychoric",
        )
        for case in CASES
    }


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
@pytest.mark.parametrize("name", sorted(CASES[0]["expected"]))
def test_agrees_with_lavaan_and_psych(solutions, case, name):
    assert_agrees(getattr(solutions[case["id"]], name), case, name)


def ordinal(rng, n=500, n_items=6, cuts=(-1, 0, 1)):
    """Items of one factor with loading .7, cut into categories."""
    common = 0.7 * rng.normal(size=(n, 1))
    latent = common + np.sqrt(0.51) * rng.normal(size=(n, n_items))
    return pd.DataFrame(np.digitize(latent, cuts) + 1, columns=list("abcdefghij")[:n_items])


def as_ordered(items):
    return items.apply(lambda c: pd.Categorical(c, sorted(c.dropna().unique()), ordered=True))


def test_truth_is_recovered_where_pearson_is_too_low(rng):
    items = ordinal(rng, n=20_000, cuts=(0.8, 1.6))
    polychoric = efa(items, 1, correlation="polychoric").loadings["F1"]
    np.testing.assert_allclose(polychoric, 0.7, atol=0.03)
    assert efa(items, 1).loadings["F1"].max() < 0.67


@pytest.mark.parametrize(
    ("change", "kind"),
    [(lambda d: d, "pearson"), (as_ordered, "polychoric")],
    ids=["numbers", "ordered"],
)
def test_ordered_categories_get_polychoric_correlations(rng, change, kind):
    got = efa(change(ordinal(rng)), 1)
    assert got.correlation == kind
    assert any("ordered categoricals" in note for note in got.notes) == (kind == "polychoric")
    assert ("polychoric" in got.title) == (kind == "polychoric")


@pytest.mark.parametrize("labels", [("no", "so", "yes", "very"), (0, 10, 20, 300), (0.5, 1, 2, 7)])
def test_only_the_order_of_the_categories_counts(rng, labels):
    items = ordinal(rng)
    one = efa(items, 1, correlation="polychoric")
    named = items.apply(lambda c: pd.Categorical.from_codes(c - 1, list(labels), ordered=True))
    pd.testing.assert_frame_equal(efa(named, 1).loadings, one.loadings)


def test_a_mix_of_numbers_and_categories_is_polyserial(rng):
    common = 0.7 * rng.normal(size=(20_000, 1))
    latent = common + np.sqrt(0.51) * rng.normal(size=(20_000, 6))
    items = pd.DataFrame(latent, columns=list("abcdef"))
    for name in "abc":
        items[name] = pd.Categorical(np.digitize(items[name], [0.5, 1.2]), ordered=True)
    got = efa(items, 1)
    assert got.correlation == "mixed"
    np.testing.assert_allclose(got.loadings["F1"], 0.7, atol=0.03)
    assert any("polyserial" in note for note in got.notes)


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.assign(a=pd.Categorical(d["a"], [1, 2, 3, 4, 5], ordered=True)),
        lambda d: d.replace({4: 9}),
        lambda d: d.astype("Int8"),
        lambda d: d.astype("category").apply(lambda c: c.cat.as_ordered()),
    ],
    ids=["unused category", "gap", "nullable", "category"],
)
def test_unused_categories_and_types_do_not_matter(rng, change):
    items = ordinal(rng)
    one = efa(items, 1, correlation="polychoric")
    other = efa(change(items), 1, correlation="polychoric")
    pd.testing.assert_frame_equal(other.loadings, one.loadings)


def test_yes_and_no_are_tetrachoric(rng):
    items = ordinal(rng, n=20_000, cuts=(0.5,)) == 2
    np.testing.assert_allclose(efa(items, 1, correlation="polychoric").loadings, 0.7, atol=0.04)


def test_one_respondent_in_a_category_is_right(rng):
    items = ordinal(rng)
    items.loc[0, "a"] = 5
    got = efa(items, 1, correlation="polychoric").loadings
    assert np.isfinite(got.to_numpy()).all()


def test_eleven_points_come_near_pearson(rng):
    items = ordinal(rng, n=4_000, cuts=np.linspace(-2, 2, 10))
    polychoric = efa(items, 1, correlation="polychoric").loadings
    np.testing.assert_allclose(polychoric, efa(items, 1).loadings, atol=0.02)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda d: d.assign(again=d["a"]), DataError, "a and again"),
        (lambda d: d.assign(a=1), InsufficientDataError, "same answer to a"),
        (lambda d: d.assign(a=np.arange(len(d))), DataError, "item 'a' has"),
        (lambda d: d.assign(z=np.where(d["a"] > 2, 2, 1)), InsufficientDataError, "a and z"),
        (lambda d: d.head(6), InsufficientDataError, "at least 7"),
    ],
    ids=["repeated", "constant", "continuous", "perfect", "few people"],
)
def test_unusable_items_are_refused(rng, change, error, words):
    with pytest.raises(error, match=words):
        efa(change(ordinal(rng)), 1, correlation="polychoric")


def test_an_indefinite_matrix_has_no_fit_and_no_ml(rng):
    items = ordinal(rng, n=16, n_items=10, cuts=(-0.3, 0.3))
    with pytest.warns(ImproperSolutionWarning, match="not positive definite") as caught:
        got = efa(items, 1, correlation="polychoric")
    assert caught[0].filename == __file__
    assert np.isnan([got.chisq, got.tli, got.rmsea, got.bic]).all()
    assert np.isfinite(got.rmsr)
    assert any("no tests of fit" in note for note in got.notes)
    with pytest.raises(DataError, match='method="ml" needs'):
        efa(items, 1, method="ml", correlation="polychoric")


def test_rough_tests_of_fit_are_said(rng):
    assert any("are rough" in note for note in efa(as_ordered(ordinal(rng)), 1).notes)
