from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.errors import DataError, InsufficientDataError
from innovsurvey.measurement.factorability import factorability

NAMES = ("kmo", "msa", "bartlett_chisq", "bartlett_df", "bartlett_p_value", "n_obs")


@pytest.mark.parametrize("case", reference_cases("factorability"), ids=lambda c: c["id"])
@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_psych(case, name):
    got = factorability(reference_data(case).dropna(), correlation=case["correlation"])
    assert_agrees(getattr(got, name), case, name)


def test_numbers_of_the_climate_survey(climate):
    got = factorability(climate.iloc[:, 2:21])
    assert got.kmo == pytest.approx(0.8917353, abs=1e-7)
    assert got.bartlett_chisq == pytest.approx(21_015.25, abs=0.005)


@pytest.mark.parametrize("k", [3, 6, 60])
def test_kmo_of_equal_correlations(rng, k):
    # r = .5 throughout: the partial correlations are .5 / (1 + .5 (k - 2))
    root = np.linalg.cholesky(np.full((k, k), 0.5) + 0.5 * np.eye(k))
    rows = rng.normal(size=(400, k))
    rows -= rows.mean(axis=0)
    rows = rows @ np.linalg.inv(np.linalg.cholesky(np.cov(rows.T))).T @ root.T
    partial = 0.5 / (1 + 0.5 * (k - 2))
    got = factorability(pd.DataFrame(rows))
    assert got.kmo == pytest.approx(0.25 / (0.25 + partial**2), abs=1e-9)
    np.testing.assert_allclose(got.msa, got.kmo, atol=1e-9)


@pytest.mark.parametrize("unit", [1e-4, 1, 1e4])
def test_units_do_not_matter(climate, unit):
    items = climate.iloc[:, 2:13]
    assert factorability(items * unit).kmo == pytest.approx(factorability(items).kmo, abs=1e-12)


def test_bartlett_rejects_unrelated_items_as_often_as_it_should(rng):
    p_values = [
        factorability(pd.DataFrame(rng.normal(size=(50, 4)))).bartlett_p_value for _ in range(400)
    ]
    assert 0.02 <= np.mean(np.array(p_values) < 0.05) <= 0.08


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: d.assign(again=d["LEAD02"]), "LEAD02 and again"),
        (lambda d: d.assign(turned=6 - d["LEAD02"]), "LEAD02 and turned"),
        (lambda d: d.assign(total=d.sum(axis=1)), "sum or difference"),
    ],
    ids=["copy", "mirror image", "total score"],
)
def test_items_that_repeat_others_are_named(climate, change, words):
    with pytest.raises(DataError, match=words):
        factorability(change(climate.iloc[:, 2:8]))


@pytest.mark.parametrize("n", [2, 5, 6])
def test_no_more_people_than_items_is_refused(climate, n):
    with pytest.raises(InsufficientDataError, match="at least 7 are needed"):
        factorability(climate.iloc[:n, 2:8])


def test_table_has_the_whole_first(climate):
    got = factorability(climate.iloc[:, 2:5])
    assert got.to_frame().index.tolist() == ["all items", "LEAD01", "LEAD02", "LEAD03"]
    assert got.to_frame().loc["all items", "msa"] == got.kmo
    assert "N = 2042" in got.title


@pytest.mark.parametrize("ordered", [False, True])
def test_ordered_items_get_polychoric_correlations(climate, ordered):
    items = climate.iloc[:, 2:8]
    given = items.apply(lambda c: pd.Categorical(c, ordered=True)) if ordered else items
    expected = factorability(items, correlation="polychoric" if ordered else "pearson")
    assert factorability(given).kmo == expected.kmo
    assert any("Polychoric" in note for note in factorability(given).notes) == ordered


def test_polychoric_correlations_that_no_data_can_have(rng):
    # many items, few people: the pairs do not fit together
    items = pd.DataFrame(rng.integers(1, 4, (34, 33)))
    with pytest.raises(DataError, match="not positive definite"):
        factorability(items, correlation="polychoric")
