from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.errors import DataError, InsufficientDataError
from innovsurvey.measurement.congruence import congruence
from innovsurvey.measurement.efa import efa

NAMES = [f"i{k}" for k in range(6)]
SIMPLE = pd.DataFrame(np.kron(np.eye(2), [[0.8], [0.7], [0.6]]), NAMES, ["F1", "F2"])


@pytest.mark.parametrize("case", reference_cases("congruence"), ids=lambda c: c["id"])
def test_agrees_with_psych(case):
    data = reference_data(case).dropna()
    one, two = (efa(data.iloc[start::2], case["n_factors"]) for start in (0, 1))
    assert_agrees(congruence(one, two).matrix, case, "matrix")


@pytest.mark.parametrize("factor", [0.1, 1, 3])
def test_size_of_loadings_does_not_matter(factor):
    got = congruence(SIMPLE, SIMPLE * factor)
    np.testing.assert_allclose(got.matrix, np.eye(2), atol=1e-12)


def test_partners_in_another_order_and_direction():
    turned = pd.DataFrame({"A": -SIMPLE["F2"], "B": SIMPLE["F1"]}).iloc[::-1]
    got = congruence(SIMPLE, turned).matched
    assert got["partner"].tolist() == ["B", "A"]
    np.testing.assert_allclose(got["congruence"], [1, -1], atol=1e-12)


def test_two_samples_of_the_same_people_are_alike(rng):
    factors = rng.normal(size=(2_000, 2))
    rows = factors @ SIMPLE.T.to_numpy() + 0.6 * rng.normal(size=(2_000, 6))
    items = pd.DataFrame(rows, columns=NAMES)
    got = congruence(efa(items.iloc[:1_000], 2), efa(items.iloc[1_000:], 2))
    assert (got.matched["congruence"] > 0.97).all()
    assert got.n_obs == 6
    assert got.notes == ()


def test_items_of_one_solution_only_are_left_out_and_said():
    got = congruence(SIMPLE, SIMPLE.drop("i5"))
    assert got.n_obs == 5
    assert got.notes == ("1 item(s) that only one solution has are left out.",)


def test_a_factor_without_a_partner_is_said():
    got = congruence(SIMPLE, SIMPLE[["F2"]] + 0.1)
    assert got.matched["partner"].isna().tolist() == [True, False]
    assert any("F1 has no partner" in note for note in got.notes)


@pytest.mark.parametrize(
    ("two", "error", "words"),
    [
        (SIMPLE.head(2), InsufficientDataError, "2 item"),
        (SIMPLE.rename(index=str.upper), InsufficientDataError, "0 item"),
        (SIMPLE.assign(F1=0.0), DataError, "loadings on F1 of the second solution are 0"),
        (SIMPLE.assign(F1=np.nan), DataError, "second solution has empty"),
        (pd.concat([SIMPLE, SIMPLE]), DataError, "names items twice"),
        ("F1", DataError, "must be"),
    ],
)
def test_what_cannot_be_compared_is_refused(two, error, words):
    with pytest.raises(error, match=words):
        congruence(SIMPLE, two)
