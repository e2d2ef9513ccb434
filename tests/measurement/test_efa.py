from __future__ import annotations

import warnings

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.errors import (
    DataError,
    IdentificationError,
    ImproperSolutionWarning,
    InsufficientDataError,
    SpecificationError,
)
from innovsurvey.measurement.efa import efa

CASES = reference_cases("factor_analysis")
NAMES = sorted(CASES[0]["expected"])
OPTIONS = pytest.mark.parametrize(
    ("method", "rotation"),
    [("minres", "oblimin"), ("minres", "varimax"), ("ml", "promax"), ("ml", None)],
)


def two_factors(rng, n=400, r=0.4):
    """Six items, three of each of two correlated factors with loadings .8, .7, .6."""
    factors = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], size=n)
    loadings = np.array([0.8, 0.7, 0.6])
    common = np.repeat(factors, 3, axis=1) * np.tile(loadings, 2)
    unique = rng.normal(size=(n, 6)) * np.sqrt(1 - np.tile(loadings, 2) ** 2)
    return pd.DataFrame(common + unique, columns=list("abcxyz"))


@pytest.fixture(scope="module")
def solutions():
    """Every reference case, fitted once."""
    return {
        case["id"]: efa(
            reference_data(case),
            case["n_factors"],
            method=case["method"],
            rotation=case.get("rotation"),
        )
        for case in CASES
    }


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_psych(solutions, case, name):
    assert_agrees(getattr(solutions[case["id"]], name), case, name)


def test_factors_of_the_climate_survey(climate):
    phi = efa(climate.iloc[:, 2:21], 3).phi
    # F1 is LEAD, F2 HOSTIL, F3 TSIG
    got = phi.to_numpy()[[0, 0, 1], [2, 1, 2]]
    np.testing.assert_allclose(got, [0.555, -0.405, -0.351], atol=5e-4)


@pytest.mark.parametrize("method", ["minres", "ml"])
@pytest.mark.parametrize("r", [0.0, 0.3, 0.6])
def test_truth_is_recovered(rng, method, r):
    got = efa(two_factors(rng, n=20_000, r=r), 2, method=method)
    main = np.sort(got.loadings.max(axis=1))
    np.testing.assert_allclose(main, [0.6, 0.6, 0.7, 0.7, 0.8, 0.8], atol=0.04)
    assert got.phi.iloc[0, 1] == pytest.approx(r, abs=0.05)
    assert got.p_value > 0.001


@OPTIONS
def test_order_of_items_does_not_matter(rng, method, rotation):
    items = two_factors(rng)
    order = list("zcaxyb")
    one = efa(items, 2, method=method, rotation=rotation)
    other = efa(items[order], 2, method=method, rotation=rotation)
    pd.testing.assert_frame_equal(other.loadings, one.loadings.loc[order], atol=1e-4, rtol=0)


@OPTIONS
def test_units_do_not_matter(rng, method, rotation):
    items = two_factors(rng)
    one = efa(items, 2, method=method, rotation=rotation)
    other = efa(items * [1, 2, 3, 4, 5, 6] + 7, 2, method=method, rotation=rotation)
    pd.testing.assert_frame_equal(other.loadings, one.loadings, atol=1e-6, rtol=0)


@OPTIONS
def test_parts_fit_together(rng, method, rotation):
    got = efa(two_factors(rng), 2, method=method, rotation=rotation)
    phi = np.eye(2) if got.phi is None else got.phi
    structure = got.loadings.to_numpy() @ phi
    np.testing.assert_allclose(got.structure, structure, atol=1e-12)
    communalities = (got.loadings.to_numpy() * structure).sum(axis=1)
    np.testing.assert_allclose(got.communalities, communalities, atol=1e-10)
    np.testing.assert_allclose(got.uniquenesses, 1 - communalities, atol=1e-10)
    assert got.proportion_var.sum() == pytest.approx(communalities.mean(), abs=1e-10)
    assert got.eigenvalues.sum() == pytest.approx(6, abs=1e-10)


@pytest.mark.parametrize("rotation", ["oblimin", "promax", "varimax"])
def test_one_factor_is_not_rotated(rng, rotation):
    got = efa(two_factors(rng)[[*"abcx"]], 1, rotation=rotation)
    assert got.rotation is None
    assert got.phi is None


def test_table_is_sorted_for_reading(rng):
    got = efa(two_factors(rng, n=5_000), 2)
    frame = got.to_frame()
    assert frame.columns.tolist() == ["F1", "F2", "communality", "uniqueness", "complexity"]
    assert sorted(frame.index[:3]) in (list("abc"), list("xyz"))
    assert (frame["F1"].iloc[:3].diff().dropna() < 0).all()
    assert (frame["F2"].iloc[3:].diff().dropna() < 0).all()
    assert "2 factor(s) of 6 items (minres, oblimin), N = 5000" in got.title


@pytest.mark.parametrize("method", ["minres", "ml"])
def test_heywood_case_warns_once_and_stays_in_the_notes(rng, method):
    corr = np.array(
        [[1, 0.9, 0.9, 0.3], [0.9, 1, 0.7, 0.3], [0.9, 0.7, 1, 0.3], [0.3, 0.3, 0.3, 1]]
    )
    rows = rng.normal(size=(500, 4))
    rows = (rows - rows.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(rows.T))).T
    items = pd.DataFrame(rows @ np.linalg.cholesky(corr).T, columns=list("abcd"))
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        got = efa(items, 1, method=method)
    assert [w.category for w in caught] == [ImproperSolutionWarning]
    assert caught[0].filename == __file__
    assert any("uniqueness of a stopped" in note for note in got.notes)


@pytest.mark.parametrize("name", ["p_value", "tli", "rmsea"])
def test_a_saturated_model_says_why_it_has_no_test(rng, name):
    got = efa(two_factors(rng)[list("abc")], 1)
    assert got.df == 0
    assert np.isnan(getattr(got, name))
    assert any("fits by construction" in note for note in got.notes)


def test_missing_rows_are_left_out_and_counted(rng):
    items = two_factors(rng)
    complete = efa(items.iloc[20:], 2)
    items.iloc[:20, 3] = np.nan
    got = efa(items, 2)
    pd.testing.assert_frame_equal(got.loadings, complete.loadings)
    assert got.notes[0] == "20 of 400 people left out because an answer is missing (listwise)."


@pytest.mark.parametrize("n_factors", [0, -1, 1.0, "2", True, None])
def test_n_factors_must_be_a_whole_number(climate, n_factors):
    with pytest.raises(SpecificationError, match="whole number from 1"):
        efa(climate.iloc[:, 2:8], n_factors)


@pytest.mark.parametrize(
    ("n_items", "n_factors", "most"), [(6, 4, 3), (5, 5, 2), (2, 1, 0), (8, 9, 4)]
)
def test_too_many_factors_are_refused(climate, n_items, n_factors, most):
    with pytest.raises(IdentificationError, match=f"carry at most {most}"):
        efa(climate.iloc[:, 2 : 2 + n_items], n_factors)


@pytest.mark.parametrize(
    ("options", "words"),
    [({"method": "minrez"}, "did you mean minres"), ({"rotation": "simplimax"}, "Choose one of")],
)
def test_unknown_options_are_refused(climate, options, words):
    with pytest.raises(SpecificationError, match=words):
        efa(climate.iloc[:, 2:8], 1, **options)


@pytest.mark.parametrize(
    ("change", "error", "words"),
    [
        (lambda d: d.assign(again=d["LEAD02"]), DataError, "LEAD02 and again"),
        (lambda d: d.head(6), InsufficientDataError, "at least 7 are needed"),
        (lambda d: d.assign(LEAD01=3), InsufficientDataError, "same answer to LEAD01"),
        (lambda d: d.assign(LEAD01="x"), DataError, "holds text"),
        (lambda d: d.assign(LEAD01=np.nan), InsufficientDataError, "no answers at all"),
    ],
    ids=["repeated", "few people", "constant", "text", "empty"],
)
def test_unusable_items_are_refused(climate, change, error, words):
    with pytest.raises(error, match=words):
        efa(change(climate.iloc[:, 2:8]), 1)
