from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pingouin
import pytest
from conftest import HOSTIL, LEAD, TSIG, assert_agrees, reference_cases, reference_data

from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError
from innovsurvey.measurement.reliability import reliability

CASES = pytest.mark.parametrize("case", reference_cases("consistency"), ids=lambda c: c["id"])
COEFFICIENTS = ("alpha", "alpha_ci", "alpha_std", "omega_total", "average_r", "n_obs")


@pytest.fixture
def answers(rng):
    common = rng.normal(size=(120, 1))
    return pd.DataFrame(common + rng.normal(size=(120, 4)), columns=list("abcd"))


@CASES
@pytest.mark.parametrize("name", COEFFICIENTS)
def test_coefficients_agree_with_psych(case, name):
    assert_agrees(getattr(reliability(reference_data(case)), name), case, name)


@CASES
@pytest.mark.parametrize("name", ["r_drop", "alpha_drop", "mean", "sd"])
def test_items_agree_with_psych(case, name):
    assert_agrees(reliability(reference_data(case)).items[name], case, name)


@pytest.mark.parametrize(
    ("items", "alpha"),
    [(LEAD, 0.9022366), (TSIG, 0.8231408), (HOSTIL, 0.8729244)],
    ids=["LEAD", "TSIG", "HOSTIL"],
)
def test_alpha_of_the_climate_scales(climate, items, alpha):
    assert reliability(climate[items]).alpha == pytest.approx(alpha, abs=1e-7)


def test_alpha_agrees_with_pingouin(answers):
    theirs, interval = pingouin.cronbach_alpha(answers)
    ours = reliability(answers)
    assert ours.alpha == pytest.approx(theirs, abs=1e-10)
    assert ours.alpha_ci == pytest.approx(interval, abs=5e-4)  # pingouin rounds to 3 decimals


@pytest.mark.parametrize("name", ["alpha", "alpha_std", "omega_total", "average_r"])
def test_order_of_items_and_people_does_not_matter(answers, name):
    turned = answers.sample(frac=1, random_state=1)[["c", "a", "d", "b"]]
    got = getattr(reliability(turned), name)
    assert got == pytest.approx(getattr(reliability(answers), name), abs=1e-9)


@pytest.mark.parametrize("name", ["alpha", "alpha_std", "omega_total", "average_r"])
def test_units_shared_by_all_items_do_not_matter(answers, name):
    got = getattr(reliability(10 * answers + 3), name)
    assert got == pytest.approx(getattr(reliability(answers), name), abs=1e-9)


def test_turning_all_items_round_changes_nothing(answers):
    assert reliability(-answers).omega_total == pytest.approx(
        reliability(answers).omega_total, abs=1e-12
    )


def test_omega_recovers_the_truth(rng):
    loadings = np.array([0.4, 0.5, 0.6, 0.7, 0.8])
    common, unique = rng.normal(size=(40_000, 1)), rng.normal(size=(40_000, 5))
    rows = common * loadings + unique * np.sqrt(1 - loadings**2)
    true = loadings.sum() ** 2 / (loadings.sum() ** 2 + (1 - loadings**2).sum())
    got = reliability(pd.DataFrame(rows))
    assert got.omega_total == pytest.approx(true, abs=0.006)  # 3 standard errors
    assert got.alpha < got.omega_total


@pytest.mark.parametrize("level", [0.8, 0.99])
def test_interval_follows_its_level(answers, level):
    narrow, wide = sorted(np.ptp(reliability(answers, ci_level=at).alpha_ci) for at in (level, 0.9))
    assert narrow < wide
    assert reliability(answers, ci_level=level).ci_level == level


@pytest.mark.parametrize("holes", [1, 5])
def test_missing_rows_are_left_out_and_counted(answers, holes):
    complete = reliability(answers.iloc[holes:])
    answers.iloc[:holes, 2] = np.nan
    got = reliability(answers)
    assert got.alpha == complete.alpha
    assert got.n_obs == 120 - holes
    assert f"{holes} of 120 people left out" in got.notes[0]


@pytest.mark.parametrize(
    "convert",
    [
        lambda d: d.astype("Int64"),
        lambda d: d.astype("Float32"),
        lambda d: d.astype("int8"),
        lambda d: d.astype(str),
        lambda d: d.astype(pd.CategoricalDtype([1, 2, 3, 4, 5], ordered=True)),
        lambda d: d.astype(object),
    ],
    ids=["Int64", "Float32", "int8", "text digits", "ordered categorical", "object"],
)
def test_column_types_do_not_matter(rng, convert):
    answers = pd.DataFrame(rng.integers(1, 6, size=(60, 1)) * np.ones(4, dtype=int))
    answers = (answers + rng.integers(-1, 2, size=(60, 4))).clip(1, 5)
    assert reliability(convert(answers)).alpha == pytest.approx(
        reliability(answers).alpha, abs=1e-12
    )


def test_yes_no_items_give_kr20(rng):
    answers = pd.DataFrame(rng.normal(size=(80, 1)) + rng.normal(size=(80, 5)) > 0)
    p = answers.mean()
    total = answers.sum(axis=1).var(ddof=0)
    assert reliability(answers).alpha == pytest.approx(5 / 4 * (1 - (p * (1 - p)).sum() / total))


def test_two_items_have_alpha_but_no_omega(answers):
    got = reliability(answers[["a", "b"]])
    assert got.alpha_std == pytest.approx(2 * got.average_r / (1 + got.average_r), abs=1e-12)
    assert math.isnan(got.omega_total)
    assert any("2 items is not identified" in note for note in got.notes)


@pytest.mark.parametrize("key", ["a", "c"])
def test_an_item_with_the_wrong_key_is_named(answers, key):
    got = reliability(answers.assign(**{key: -answers[key]}))
    assert any(note.startswith(f"{key}: negative correlation") for note in got.notes)


@pytest.mark.parametrize(
    "change",
    [lambda d: d.head(4), lambda d: d.assign(e=d["a"])],
    ids=["no more people than items", "repeated item"],
)
def test_singular_correlations_leave_omega_empty_with_a_note(answers, change):
    got = reliability(change(answers))
    assert math.isfinite(got.alpha)
    assert math.isnan(got.omega_total)
    assert any("singular" in note for note in got.notes)


def test_an_item_without_error_is_doubted(rng):
    corr = np.array([[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1]])  # needs a loading of 1.08
    rows = rng.multivariate_normal(np.zeros(3), corr, size=2_000)
    got = reliability(pd.DataFrame(rows, columns=list("abc")))
    assert got.notes == (
        "Heywood case: omega_total takes a as free of error; doubt it.",
        "omega_total_ci is empty: a Heywood case. Ask for a bootstrap with n_boot=1000.",
    )


def test_empty_item_statistics_have_a_note(rng):
    a, b = rng.normal(size=(2, 30))
    got = reliability(pd.DataFrame({"a": a, "b": -a, "c": b}))
    assert got.items["r_drop"].isna().tolist() == [False, False, True]
    assert any("sum of the other items is constant" in note for note in got.notes)


@pytest.mark.parametrize(
    ("items", "error", "words"),
    [
        ({"a": [1, 2, 3]}, InsufficientDataError, "at least 2 are needed"),
        ({"a": [1], "b": [2]}, InsufficientDataError, "at least 2 are needed"),
        ({"a": [1, 2, 3], "b": [4, 4, 4]}, InsufficientDataError, "same answer to b"),
        ({"a": [1, 2], "b": [np.nan, np.nan]}, InsufficientDataError, "no answers at all for b"),
        ({"a": [1, np.nan], "b": [np.nan, 2]}, InsufficientDataError, "none of the 2 people"),
        ({"a": [1, 2], "b": ["low", "high"]}, DataError, "'b' holds text"),
        ({"a": [1, 2, 4], "b": [5, 4, 2]}, DataError, "reversed items were left unreversed"),
        ({"a": [1, np.inf], "b": [1, 2]}, DataError, "infinite"),
        ({"a": [1, 2], "b": pd.period_range("2024", periods=2)}, DataError, "holds text"),
        ({"a": [1, 2], "b": pd.date_range("2024", periods=2)}, DataError, "holds dates"),
    ],
)
def test_unusable_items_are_refused(items, error, words):
    with pytest.raises(error, match=words):
        reliability(pd.DataFrame(items))


@pytest.mark.parametrize("items", [[[1, 2], [2, 3]], np.eye(3), None, "a"])
def test_only_frames_are_taken(items):
    with pytest.raises(DataError, match="must be a DataFrame"):
        reliability(items)


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_impossible_levels_are_refused(answers, level):
    with pytest.raises(SpecificationError, match="must lie between 0 and 1"):
        reliability(answers, ci_level=level)


def test_the_data_stay_as_they_are(answers):
    before = answers.copy(deep=True)
    reliability(answers)
    pd.testing.assert_frame_equal(answers, before)


def test_table_has_one_row_per_coefficient(answers):
    got = reliability(answers)
    frame = got.to_frame()
    assert frame.index.tolist() == ["alpha", "alpha_std", "omega_total", "average_r"]
    assert frame.columns.tolist() == ["estimate", "ci_lower", "ci_upper"]
    assert tuple(frame.loc["alpha", ["ci_lower", "ci_upper"]]) == got.alpha_ci
    assert got.n_items == 4
