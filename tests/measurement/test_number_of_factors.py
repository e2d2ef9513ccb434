from __future__ import annotations

import joblib
import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError
from innovsurvey.measurement.n_factors import n_factors
from innovsurvey.measurement.parallel_analysis import parallel_analysis

CASES = reference_cases("number_of_factors")
BY_CASE = pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])


def items_of(rng, n_factors, n=800, per_factor=4, cuts=None):
    """Items with loadings .7 on factors that correlate .3."""
    phi = np.full((n_factors, n_factors), 0.3) + 0.7 * np.eye(n_factors)
    factors = rng.multivariate_normal(np.zeros(n_factors), phi, size=n)
    common = 0.7 * np.repeat(factors, per_factor, axis=1)
    rows = common + np.sqrt(0.51) * rng.normal(size=common.shape)
    return pd.DataFrame(rows if cuts is None else np.digitize(rows, cuts)).add_prefix("i")


@BY_CASE
def test_parallel_analysis_agrees_with_psych(case):
    items = reference_data(case).dropna()
    got = parallel_analysis(items, correlation=None)
    for name in ("components", "factors", "chance_components"):
        assert_agrees(getattr(got, name), case, name)
    # the first of the chance factors is the extreme of a heavy tail
    assert_agrees(got.chance_factors, case, "chance_factors", first=1)
    for name in ("n_components", "n_factors"):
        assert_verdict_agrees(got, case, name, name)


def assert_verdict_agrees(got, case, figure, name):
    """A number that more draws might change, as a note says, may differ by 1."""
    doubtful = any(f"Whether {name[2:-1]}" in note for note in got.notes)
    tolerance = {**case["tolerance"], figure: 1 if doubtful else 0}
    assert_agrees(getattr(got, name), {**case, "tolerance": tolerance}, figure)


@BY_CASE
def test_squared_multiple_correlations_agree_with_psych(case):
    got = parallel_analysis(reference_data(case).dropna(), correlation=None, communalities="smc")
    assert_agrees(got.factors, case, "factors_smc")
    assert_agrees(got.chance_factors, case, "chance_factors_smc")
    assert_verdict_agrees(got, case, "n_factors_smc", "n_factors")


@BY_CASE
def test_map_agrees_with_psych(case):
    got = n_factors(reference_data(case).dropna(), n_iter=10)
    found = got.partials["map"].iloc[1:]
    # with all components but one taken out, what is left correlates 1 throughout
    expected = {**case["expected"], "map": case["expected"]["map"][: len(found)]}
    assert_agrees(found, {**case, "expected": expected}, "map")


@pytest.mark.parametrize("true", [1, 2, 4])
@pytest.mark.parametrize("correlation", ["pearson", "polychoric"])
def test_truth_is_recovered(rng, true, correlation):
    cuts = None if correlation == "pearson" else [-1, 0.5, 1.5]
    items = items_of(rng, true, cuts=cuts, per_factor=4 if true > 1 else 8)
    got = n_factors(items, correlation=correlation, n_iter=20)
    assert got.n_factors == true
    assert got.verdicts[["parallel_components", "map", "hull"]].tolist() == [true] * 3


@pytest.mark.parametrize("reference", ["permutation", "normal"])
@pytest.mark.parametrize("cuts", [None, (-0.5, 1)])
def test_items_that_share_nothing_have_no_factor(rng, reference, cuts):
    items = pd.DataFrame(rng.normal(size=(500, 8)))
    items = items if cuts is None else items.apply(lambda c: np.digitize(c, cuts))
    kind = "pearson" if cuts is None else "polychoric"
    got = parallel_analysis(items, reference=reference, correlation=kind, quantile=0.99)
    assert got.n_components == 0


@pytest.mark.parametrize("correlation", ["pearson", "polychoric"])
def test_both_references_agree(rng, correlation):
    items = items_of(rng, 2, cuts=[-1, 0, 1])
    one, two = (
        parallel_analysis(items, correlation=correlation, reference=kind)
        for kind in ("permutation", "normal")
    )
    np.testing.assert_allclose(one.chance_components, two.chance_components, atol=0.03)


@pytest.mark.parametrize("function", [parallel_analysis, n_factors])
def test_draws_follow_the_seed_not_the_workers(rng, function):
    items = items_of(rng, 2, n=200)
    one = function(items, correlation=None, n_iter=12)
    with joblib.parallel_config("threading", n_jobs=2):
        two = function(items, correlation=None, n_iter=12)
    pd.testing.assert_frame_equal(one.to_frame(), two.to_frame())
    assert repr(one) == repr(two)


def test_order_of_items_does_not_matter(rng):
    items = items_of(rng, 2)
    one, two = n_factors(items, n_iter=20), n_factors(items.iloc[:, ::-1], n_iter=20)
    np.testing.assert_allclose(one.partials, two.partials, atol=1e-10)
    np.testing.assert_allclose(one.hull["cfi"], two.hull["cfi"], atol=1e-6)
    assert one.verdicts.equals(two.verdicts)


def test_disagreement_is_shown(rng):
    items = items_of(rng, 1, per_factor=12)
    items["i0"] += 0.4 * items["i1"]
    items["i2"] += 0.4 * items["i3"]
    got = n_factors(items, n_iter=20)
    table = got.to_frame()
    assert table.loc["kaiser", "verdict"] == "no vote"
    voting = table.drop("kaiser")
    differs = voting["verdict"] == "differs"
    assert (differs == (voting["n_factors"] != got.n_factors)).all()
    assert got.agrees == (not differs.any())
    assert any("rules disagree" in note for note in got.notes) == (not got.agrees)


def test_a_close_call_is_said(rng):
    items = pd.DataFrame(rng.normal(size=(300, 6)))
    first = parallel_analysis(items, correlation=None).components[1]
    found = [
        parallel_analysis(items, correlation=None, quantile=level)
        for level in (0.2, 0.4, 0.6, 0.8, 0.9, 0.95)
    ]
    close = [abs(one.chance_components[1] - first) for one in found]
    said = [any("Whether component 1" in note for note in one.notes) for one in found]
    assert said[int(np.argmin(close))]
    assert not all(said)


def test_table_of_eigenvalues(rng):
    got = parallel_analysis(items_of(rng, 2), correlation=None, n_iter=20)
    frame = got.to_frame()
    assert frame.columns.tolist() == ["component", "chance_component", "factor", "chance_factor"]
    assert frame["component"].sum() == pytest.approx(8)
    assert (frame.diff().dropna() <= 0).all(axis=None)
    assert "2 component(s) of 8 items, N = 800, 20 draws" in got.title


@pytest.mark.parametrize("n_items", [2, 3])
def test_very_few_items(rng, n_items):
    items = items_of(rng, 1).iloc[:, :n_items]
    got = n_factors(items, n_iter=20)
    assert got.n_factors == 1
    assert any("hull has no bend" in note for note in got.notes)
    assert got.to_frame().loc["hull", "verdict"] == "no answer"
    assert got.parallel.n_factors == 1
    assert any("MAP needs three" in note for note in got.notes) == (n_items == 2)


@pytest.mark.parametrize("function", [parallel_analysis, n_factors])
@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        (lambda d: d, {"n_iter": 5}, SpecificationError, "n_iter=5"),
        (lambda d: d, {"correlation": "spearman"}, SpecificationError, "Choose one of"),
        (lambda d: d.assign(z=d["i0"]), {}, DataError, "i0 and z"),
        (lambda d: d.assign(i0=1), {}, InsufficientDataError, "same answer to i0"),
        (lambda d: d.head(5), {}, InsufficientDataError, "at least 9"),
        (lambda d: d[["i0"]], {}, InsufficientDataError, "at least 2"),
        (lambda d: d.assign(i0="x"), {}, DataError, "holds text"),
    ],
)
def test_unusable_items_are_refused(rng, function, change, options, error, words):
    with pytest.raises(error, match=words):
        function(change(items_of(rng, 2)), **({"correlation": None} | options))


@pytest.mark.parametrize(
    ("options", "words"),
    [({"quantile": 95}, "between 0 and 1"), ({"reference": "x"}, "reference"),
     ({"communalities": "x"}, "communalities")],
)  # fmt: skip
def test_unknown_options_are_refused(rng, options, words):
    with pytest.raises(SpecificationError, match=words):
        parallel_analysis(items_of(rng, 1), **({"correlation": None} | options))


def test_an_item_that_hardly_varies_is_redrawn_or_refused(rng):
    items = items_of(rng, 1, n=60, cuts=[0])
    items["rare"] = 0
    items.loc[0, "rare"] = 1
    drawn = parallel_analysis(items, correlation="polychoric", reference="normal", n_iter=10)
    assert np.isfinite(drawn.chance_components).all()


def test_two_hundred_items_are_quick(rng):
    got = parallel_analysis(
        items_of(rng, 10, per_factor=20), correlation=None, n_iter=10, communalities="smc"
    )
    assert got.n_components == 10


def test_answers_in_categories_are_compared_by_polychorics_unless_asked_otherwise(rng):
    cut = items_of(rng, 2).apply(lambda item: pd.cut(item, 5, labels=False) + 1)
    got = parallel_analysis(cut, n_iter=10)
    assert "polychoric" in repr(got)
    assert "polychoric" not in parallel_analysis(cut, correlation="pearson", n_iter=10).title
