from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.errors import (
    DataError,
    ImproperSolutionWarning,
    InsufficientDataError,
    SpecificationError,
)
from innovsurvey.measurement.efa import efa
from innovsurvey.measurement.efa_input import factor_items
from innovsurvey.measurement.n_factors import n_factors
from innovsurvey.measurement.parallel_analysis import parallel_analysis

CASES = reference_cases("pairwise_factors")
KINDS = pytest.mark.parametrize("correlation", ["pearson", "polychoric"])


def answers(rng, n=1_500, n_items=8, missing=0.0):
    """Codes 1 to 4 on two factors with loadings .7, some missing at random."""
    factors = rng.normal(size=(n, 2))
    rows = 0.7 * np.repeat(factors, n_items // 2, axis=1)
    rows = rows + np.sqrt(0.51) * rng.normal(size=rows.shape)
    codes = pd.DataFrame(np.digitize(rows, [-1, 0, 1]) + 1.0).add_prefix("i")
    return codes.mask(rng.random(codes.shape) < missing)


@pytest.mark.parametrize("case", CASES, ids=lambda c: c["id"])
def test_pairwise_agrees_with_psych(case):
    items = reference_data(case)
    options = {"method": case["method"], "rotation": case["rotation"], "missing": "pairwise"}
    got = efa(items, case["n_factors"], **options)
    for name in ("matrix", "loadings", "phi", "uniquenesses", "rmsr", "n_obs"):
        assert_agrees(getattr(got, name), case, name)
    assert_agrees(factor_items(items, "pearson", missing="pairwise").n_fit, case, "n_fit")


@KINDS
def test_half_of_the_cells_missing(rng, correlation):
    items = answers(rng, n=6_000, missing=0.5)
    got = efa(items, 2, correlation=correlation, missing="pairwise")
    whole = efa(answers(rng, n=6_000), 2, correlation=correlation)
    np.testing.assert_allclose(
        np.sort(got.loadings.max(axis=1)), np.sort(whole.loadings.max(axis=1)), atol=0.08
    )
    assert got.n_obs == items.notna().any(axis=1).sum()
    assert any("(pairwise)" in note for note in got.notes)


@KINDS
def test_tests_of_fit_count_the_people_behind_each_pair(rng, correlation):
    items = answers(rng, missing=0.5)
    found = factor_items(items, correlation, missing="pairwise")
    assert 0.2 * len(items) < found.n_fit < 0.3 * len(items)
    assert factor_items(items.fillna(1), correlation, missing="pairwise").n_fit == len(items)


@KINDS
@pytest.mark.parametrize("function", [n_factors, parallel_analysis])
def test_number_of_factors_with_missing_answers(rng, correlation, function):
    got = function(
        answers(rng, missing=0.3), correlation=correlation, missing="pairwise", n_iter=20
    )
    parallel = getattr(got, "parallel", got)
    assert parallel.n_components == 2


@pytest.mark.parametrize("reference", ["permutation", "normal"])
def test_chance_keeps_the_gaps_of_the_answers(rng, reference):
    few = answers(rng, missing=0.6)
    options = {"missing": "pairwise", "reference": reference, "n_iter": 20}
    sparse = parallel_analysis(few, **options).chance_components[1]
    dense = parallel_analysis(few.fillna(2), **options).chance_components[1]
    assert sparse > dense


@KINDS
def test_bootstrap_with_missing_answers(rng, correlation):
    got = efa(
        answers(rng, n=400, missing=0.2), 2, correlation=correlation, missing="pairwise", n_boot=50
    )
    assert got.estimates["se"].between(0.005, 0.3).all()


@KINDS
def test_pairs_never_answered_together_are_named(rng, correlation):
    items = answers(rng)
    items.loc[:700, "i0"] = np.nan
    items.loc[701:, "i1"] = np.nan
    with pytest.raises(InsufficientDataError, match="no correlation between i0 and i1"):
        efa(items, 2, correlation=correlation, missing="pairwise")
    with pytest.raises(InsufficientDataError, match="none of the 1500 people"):
        efa(items, 2, correlation=correlation)


def indefinite(rng):
    """Correlations from different people that cannot hold together."""
    items = answers(rng, n=600, n_items=4)
    a, b, c = np.split(np.arange(600), 3)
    items.loc[a, "i1"] = items.loc[a, "i0"].where(rng.random(200) < 0.9, 1)
    items.loc[b, "i2"] = items.loc[b, "i1"].where(rng.random(200) < 0.9, 1)
    items.loc[c, "i2"] = 5 - items.loc[c, "i0"].where(rng.random(200) < 0.9, 1)
    for rows, name in ((a, "i2"), (b, "i0"), (c, "i1")):
        items.loc[rows, name] = np.nan
    return items


def test_smoothing_is_asked_for_and_said(rng):
    items = indefinite(rng)
    with pytest.warns(ImproperSolutionWarning) as caught:
        rough = efa(items, 1, missing="pairwise")
    assert "smooth=True" in str(caught[0].message)
    assert np.isnan(rough.chisq)
    with pytest.raises(DataError, match="positive definite"):
        efa(items, 1, method="ml", missing="pairwise")
    found = factor_items(items, "pearson", missing="pairwise", smooth=True)
    assert np.linalg.eigvalsh(found.corr)[0] > 0
    assert any("were smoothed" in note for note in found.notes)


def test_smooth_changes_nothing_where_it_need_not(rng):
    items = answers(rng)
    one, two = factor_items(items, None), factor_items(items, None, smooth=True)
    np.testing.assert_array_equal(one.corr, two.corr)
    assert one.notes == two.notes


@pytest.mark.parametrize(
    ("options", "words"), [({"missing": "fiml"}, "missing"), ({"missing": None}, "missing")]
)
def test_unknown_rules_are_refused(rng, options, words):
    with pytest.raises(SpecificationError, match=words):
        efa(answers(rng), 2, **options)
