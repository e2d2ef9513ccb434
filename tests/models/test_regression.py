from __future__ import annotations

import re

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.errors import (
    DataError,
    IdentificationError,
    InsufficientDataError,
    MissingItemsError,
    SparseDataWarning,
    SpecificationError,
)
from innovsurvey.models.regression import regression

CASES = reference_cases("regression")
NAMES = sorted(CASES[0]["expected"])
COLUMNS = ["estimate", "se", "statistic", "df", "p_value", "ci_lower", "ci_upper", "std_estimate"]


def r_data(case):
    """The data as the R script made them."""
    data = reference_data({**case, "data": {**case["data"], "columns": slice(None)}}).copy()
    sizes = np.array(["large", "middle", "small"])
    data["SIZE"] = sizes[data["COMPID"] % 3]
    if case["hole_every"]:
        holes = np.arange(1, len(data) + 1) % case["hole_every"] == 0
        data["LEAD"] = data["LEAD"].mask(holes)
    return data


@pytest.fixture(scope="module")
def fits():
    """Every reference case, fitted once."""
    return {case["id"]: fit_case(case) for case in CASES}


def fit_case(case):
    formula = case["formula"].replace("^", "**")
    return regression(
        formula,
        r_data(case),
        cov_type=case["cov_type"],
        cluster=case.get("cluster"),
        weights=case.get("weights"),
    )


@pytest.fixture
def data(rng):
    x, z = rng.normal(size=(2, 200))
    frame = pd.DataFrame({"x": x, "z": z, "team": np.repeat(np.arange(40), 5)})
    return frame.assign(y=1 + 0.5 * x - 0.3 * z + rng.normal(size=200))


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_r(fits, case, name):
    fit = fits[case["id"]]
    got = fit.ci[name] if name.startswith("ci_") else getattr(fit, name)
    if isinstance(got, pd.Series):
        got = got.rename(index=as_in_r)[case["terms"]]
    assert_agrees(got, case, name)


def as_in_r(term):
    """Write a term as R does."""
    name = re.sub(r"\[T\.(\w+)\]", r"\1", term).replace(" ** ", "^")
    return name.replace("Intercept", "(Intercept)")


@pytest.mark.parametrize("cov_type", ["nonrobust", "hc0", "hc1", "hc2", "hc3"])
def test_the_estimator_changes_the_errors_only(data, cov_type):
    plain, other = regression("y ~ x", data), regression("y ~ x", data, cov_type=cov_type)
    pd.testing.assert_series_equal(plain.params, other.params)
    assert other.cov_type == cov_type
    assert any(cov_type in note or "equal variance" in note for note in other.notes)


@pytest.mark.parametrize(
    ("cluster", "cov_type"), [(None, "hc3"), ("team", "cluster")], ids=["rows", "clusters"]
)
def test_default_errors(data, cluster, cov_type):
    got = regression("y ~ x", data, cluster=cluster)
    assert got.cov_type == cov_type
    assert got.df == (39 if cluster else 198)
    assert got.n_clusters == (40 if cluster else None)


@pytest.mark.parametrize("given", ["team", "series", "text"])
def test_clusters_may_come_in_any_form(data, given):
    clusters = {"team": "team", "series": data["team"], "text": "team " + data["team"].astype(str)}
    got = regression("y ~ x + z", data, cluster=clusters[given])
    pd.testing.assert_series_equal(got.se, regression("y ~ x + z", data, cluster="team").se)


def test_a_cluster_per_row_is_hc1(data):
    got = regression("y ~ x + z", data, cluster=pd.Series(range(200)))
    expected = regression("y ~ x + z", data, cov_type="hc1")
    np.testing.assert_allclose(got.se, expected.se, rtol=1e-12)


@pytest.mark.parametrize("factor", [0.5, 10.0])
def test_size_of_weights_does_not_matter(data, factor):
    heavy = data.assign(w=data["x"] ** 2 + 1)
    one = regression("y ~ x", heavy, weights="w")
    other = regression("y ~ x", heavy, weights=factor * heavy["w"])
    pd.testing.assert_frame_equal(one.to_frame(), other.to_frame())


def test_standardised_coefficients_are_those_of_standardised_data(data):
    scores = (data - data.mean()) / data.std()
    got = regression("y ~ x + z", data).std_estimate
    expected = regression("y ~ x + z", scores).params
    np.testing.assert_allclose(got.iloc[1:], expected.iloc[1:], rtol=1e-12)
    assert np.isnan(got["Intercept"])


def test_r_squared_of_one_predictor_is_the_squared_correlation(data):
    got = regression("y ~ x", data)
    assert got.r_squared == pytest.approx(data["y"].corr(data["x"]) ** 2, abs=1e-12)
    assert got.std_estimate["x"] == pytest.approx(data["y"].corr(data["x"]), abs=1e-12)


@pytest.mark.parametrize("cov_type", ["nonrobust", "hc3"])
def test_f_of_one_predictor_is_its_squared_t(data, cov_type):
    got = regression("y ~ x", data, cov_type=cov_type)
    assert got.f_statistic == pytest.approx(got.statistic["x"] ** 2, rel=1e-10)
    assert got.f_p_value == pytest.approx(got.p_value["x"], rel=1e-8)


@pytest.mark.parametrize("cov_type", ["nonrobust", "hc3"])
def test_intervals_cover_the_truth_where_variances_are_unequal(rng, cov_type):
    x = rng.normal(size=(400, 60))
    y = 0.5 * x + rng.normal(size=x.shape) * np.abs(x)
    hits = 0
    for xi, yi in zip(x, y, strict=True):
        got = regression("y ~ x", pd.DataFrame({"x": xi, "y": yi}), cov_type=cov_type)
        hits += got.ci.loc["x", "ci_lower"] < 0.5 < got.ci.loc["x", "ci_upper"]
    assert (hits / 400 > 0.925) == (cov_type == "hc3")


@pytest.mark.parametrize("where", ["y", "x", "team", "w"])
def test_rows_with_a_hole_anywhere_are_left_out_together(data, where):
    data = data.assign(w=1.0).astype({"team": float})
    expected = regression("y ~ x", data.iloc[3:], cluster="team", weights="w")
    data.loc[:2, where] = np.nan
    got = regression("y ~ x", data, cluster="team", weights="w")
    pd.testing.assert_frame_equal(got.to_frame(), expected.to_frame())
    assert got.n_obs == 197
    assert "3 of 200 rows left out" in got.notes[0]


def test_holes_in_other_columns_do_not_matter(data):
    got = regression("y ~ x", data.assign(z=np.nan))
    assert got.n_obs == 200
    assert not any("left out" in note for note in got.notes)


def test_a_category_that_only_left_out_rows_had_is_gone(data):
    data["role"] = np.tile(["a", "b"], 100)
    data.loc[0, ["role", "y"]] = ["c", np.nan]
    assert regression("y ~ role", data).params.index.tolist() == ["Intercept", "role[T.b]"]


@pytest.mark.parametrize(("n_teams", "warns"), [(40, False), (30, False), (29, True), (2, True)])
def test_few_clusters_are_doubted(data, n_teams, warns):
    data["team"] = np.arange(200) % n_teams
    if not warns:
        assert not any("only" in n for n in regression("y ~ x", data, cluster="team").notes)
        return
    with pytest.warns(SparseDataWarning, match=f"only {n_teams} clusters") as caught:
        got = regression("y ~ x", data, cluster="team")
    assert any(f"only {n_teams} clusters" in note for note in got.notes)
    assert caught[0].filename == __file__


def test_too_few_clusters_leave_f_empty_with_a_note(data):
    data["team"] = np.arange(200) % 2
    with pytest.warns(SparseDataWarning):
        got = regression("y ~ x + z", data, cluster="team")
    assert np.isnan(got.f_statistic)
    assert any("2 slopes cannot be tested with df = 1" in note for note in got.notes)


def test_an_outcome_reproduced_exactly_is_noted(data):
    got = regression("y ~ x", data.assign(y=2 * data["x"] + 1))
    assert got.params["x"] == pytest.approx(2, abs=1e-10)
    assert any("reproduce the outcome exactly" in note for note in got.notes)


def test_the_intercept_alone_is_the_mean(data):
    got = regression("y ~ 1", data)
    assert got.params["Intercept"] == pytest.approx(data["y"].mean(), abs=1e-12)
    assert np.isnan(got.f_statistic)
    assert got.df_model == 0


@pytest.mark.parametrize(
    ("formula", "error", "words"),
    [
        ("y ~ x + twice", IdentificationError, "x, twice are linear combinations"),
        ("y ~ x + z + both", IdentificationError, "x, z, both are linear combinations"),
        ("y ~ x + one", IdentificationError, "Intercept, one are linear"),
        ("y ~ x + zero", IdentificationError, "zero is zero in all rows"),
        ("one ~ x", InsufficientDataError, "outcome is the same in all 200 rows"),
        ("y ~ alone", InsufficientDataError, "fitted exactly"),
        ("y ~ empty", InsufficientDataError, "no row is complete"),
        ("y ~ wy", MissingItemsError, "1 column"),
        ("y ~ C(team) + C(row)", InsufficientDataError, "more rows than parameters"),
    ],
)
def test_data_that_cannot_answer_are_refused(data, formula, error, words):
    data = data.assign(
        twice=2 * data["x"], both=data["x"] - data["z"], one=1, zero=0, empty=np.nan,
        alone=["b"] + ["a"] * 199, row=np.arange(200) % 199,
    )  # fmt: skip
    with pytest.raises(error, match=words):
        regression(formula, data)


def test_a_category_of_one_row_is_fine_for_hc1(data):
    data = data.assign(alone=["b"] + ["a"] * 199)
    assert regression("y ~ alone", data, cov_type="hc1").n_obs == 200


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"kind": "logit"}, SpecificationError, "kind='logit' is not known"),
        ({"cov_type": "hc4"}, SpecificationError, "did you mean"),
        ({"cov_type": "cluster"}, SpecificationError, "needs cluster="),
        ({"cov_type": "hc3", "cluster": "team"}, SpecificationError, "Leave one"),
        ({"ci_level": 95}, SpecificationError, "between 0 and 1"),
        ({"cluster": "taem"}, MissingItemsError, "did you mean team"),
        ({"cluster": pd.Series([1, 2])}, DataError, "another index"),
        ({"cluster": [1, 2]}, DataError, "column name or a Series"),
        ({"cluster": "one"}, InsufficientDataError, "one cluster"),
        ({"weights": "x"}, DataError, "not positive"),
        ({"weights": "word"}, DataError, "holds text"),
    ],
)
def test_wrong_options_are_refused(data, options, error, words):
    with pytest.raises(error, match=words):
        regression("y ~ x", data.assign(one=1, word="a"), **options)


@pytest.mark.parametrize("rows", [1, 2])
def test_too_few_rows_are_refused(data, rows):
    with pytest.raises(InsufficientDataError, match="more rows than parameters"):
        regression("y ~ x", data.head(rows))


@pytest.mark.parametrize("data", [None, [[1, 2]], {"y": [1]}])
def test_only_frames_are_taken(data):
    with pytest.raises(DataError, match="must be a DataFrame"):
        regression("y ~ x", data)


def test_an_index_with_repeats_does_no_harm(data):
    twice = data.set_axis([0] * len(data))
    got = regression("y ~ x", twice, cluster="team")
    np.testing.assert_array_equal(got.se, regression("y ~ x", data, cluster="team").se)


@pytest.mark.parametrize("unit", [1e-30, 1e-6, 1e6, 1e30])
def test_units_of_a_predictor_do_not_matter(data, unit):
    got = regression("y ~ x + z", data.assign(x=unit * data["x"]))
    expected = regression("y ~ x + z", data)
    np.testing.assert_allclose(got.statistic, expected.statistic, rtol=1e-9)
    assert got.params["x"] * unit == pytest.approx(expected.params["x"], rel=1e-9)
    assert got.se["x"] * unit == pytest.approx(expected.se["x"], rel=1e-9)
    assert got.std_estimate["x"] == pytest.approx(expected.std_estimate["x"], rel=1e-9)


def test_the_data_stay_as_they_are(data):
    before = data.copy(deep=True)
    regression("y ~ center(x)", data, cluster="team")
    pd.testing.assert_frame_equal(data, before)


def test_table(data):
    got = regression("y ~ x + z", data)
    frame = got.to_frame()
    assert frame.columns.tolist() == COLUMNS
    assert frame.index.tolist() == ["Intercept", "x", "z"]
    assert (got.formula, got.outcome) == ("y ~ x + z", "y")
    assert "N = 200" in got.title
