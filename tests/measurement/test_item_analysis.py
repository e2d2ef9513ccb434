from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError
from innovsurvey.measurement.item_analysis import item_analysis

NAMES = ("n", "mean", "sd", "skew", "kurtosis", "r_drop")


@pytest.mark.parametrize("case", reference_cases("item_analysis"), ids=lambda c: c["id"])
@pytest.mark.parametrize("name", NAMES)
def test_agrees_with_psych(case, name):
    assert_agrees(item_analysis(reference_data(case)).items[name], case, name)


@pytest.fixture
def likert(rng):
    """Answers of 400 people to 6 items with 5 categories."""
    factor = rng.normal(size=(400, 1))
    latent = 0.7 * factor + 0.7 * rng.normal(size=(400, 6))
    codes = np.digitize(latent, [-1, -0.3, 0.5, 1.2]) + 1
    return pd.DataFrame(codes, columns=[f"i{k}" for k in range(6)])


def advice(items, name, **limits):
    """Give the advice on one item."""
    return item_analysis(items, **limits).items.loc[name, "advice"]


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (lambda d: 6 - d["i0"], "check key"),
        (lambda d: d["i1"], "repeats i1"),
        (lambda d: d["i0"] * 0 + 2, "constant"),
        (lambda d: d["i0"] * np.nan, "no answers"),
        (lambda d: d["i0"].mask(np.arange(400) < 50), "often skipped"),
        (lambda d: d["i0"].where(np.arange(400) < 60, 5), "one answer prevails"),
        (lambda d: np.where(np.arange(400) < 10, d["i0"] + 1, 1), "skewed"),
        (lambda d: d["i0"] * 0 + np.arange(400) % 5, "weak link"),
        (
            lambda d: pd.Categorical(d["i0"], categories=range(8), ordered=True),
            "3 unused",
        ),
    ],
    ids=[
        "turned", "repeated", "constant", "empty", "skipped", "one answer", "skewed", "unrelated",
        "unused",
    ],
)  # fmt: skip
def test_an_item_with_a_fault_gets_advice(likert, change, words):
    assert words in advice(likert.assign(i0=change(likert)), "i0")


def test_good_items_get_none(likert):
    got = item_analysis(likert)
    assert got.items["advice"].tolist() == [""] * 6
    assert got.title == "Item analysis: 6 items, N = 400, 0 with advice"
    assert got.notes == ()


@pytest.mark.parametrize("turned", [["i0"], ["i1", "i4"]])
def test_turned_items_are_named_with_what_to_check(likert, turned):
    got = item_analysis(likert.assign(**{name: 6 - likert[name] for name in turned}))
    note = got.notes[0]
    assert all(f"{name} (r_drop = -" in note for name in turned)
    assert "turned round twice" in note
    assert [name for name in likert if name in note] == turned


@pytest.mark.parametrize(
    ("limits", "words"),
    [
        ({"low_r_drop": 0.9}, "weak link"),
        ({"high_r": 0.3}, "repeats"),
        ({"high_share": 0.2}, "one answer prevails"),
    ],
)
def test_limits_can_be_moved(likert, limits, words):
    assert words in advice(likert, "i0", **limits)


@pytest.mark.parametrize("value", [-0.1, 1.5, True])
def test_limits_are_shares(likert, value):
    with pytest.raises(SpecificationError, match=r"limit for r drop .* give 0 to 1"):
        item_analysis(likert, low_r_drop=value)


def test_shares_of_answers(likert):
    got = item_analysis(likert)
    counts = likert["i0"].value_counts(normalize=True).sort_index()
    np.testing.assert_allclose(got.categories.loc["i0"], counts, atol=1e-12)
    np.testing.assert_allclose(got.categories.sum(axis=1), 1, atol=1e-12)
    first = got.items.loc["i0"]
    assert (first["floor_share"], first["ceiling_share"]) == pytest.approx((counts[1], counts[5]))
    assert first["difficulty"] == pytest.approx((likert["i0"].mean() - 1) / 4)


def test_ends_of_a_categorical_are_its_own(likert):
    wide = likert.apply(lambda c: pd.Categorical(c, categories=range(11), ordered=True))
    row = item_analysis(wide).items.loc["i0"]
    assert row["difficulty"] == pytest.approx(likert["i0"].mean() / 10)
    assert row["floor_share"] == row["ceiling_share"] == 0
    assert row["n_unused"] == 6


@pytest.mark.parametrize(
    "change",
    [lambda d: d.astype(str), lambda d: d.astype("Int64"), lambda d: d[d.columns[::-1]]],
    ids=["strings", "nullable", "order"],
)
def test_type_and_order_of_the_items_do_not_matter(likert, change):
    expected = item_analysis(likert).items.drop(columns=["max_r_item"])
    got = item_analysis(change(likert)).items.drop(columns=["max_r_item"])
    pd.testing.assert_frame_equal(got.loc[expected.index], expected)


@pytest.mark.parametrize(
    ("items", "column"),
    [
        (pd.DataFrame({"a": [1, 2, 3]}), "max_r"),
        (pd.DataFrame({"a": [2]}), "sd"),
        (pd.DataFrame({"a": [1, 2, 3], "b": [np.nan] * 3}), "floor_share"),
        (pd.DataFrame({"a": [1, 2, np.nan, np.nan], "b": [np.nan, np.nan, 1, 2]}), "r_drop"),
    ],
    ids=["one item", "one person", "no answers", "never together"],
)
def test_empty_cells_have_a_note(items, column):
    got = item_analysis(items)
    for name in got.items.columns[got.items.isna().any()]:
        assert any(name in note for note in got.notes), name
    assert got.items[column].isna().any()


def test_two_hundred_items_and_half_of_the_cells_missing(rng):
    items = pd.DataFrame(rng.integers(0, 11, (300, 200)).astype(float))
    got = item_analysis(items.mask(rng.random(items.shape) < 0.5))
    assert got.items[["mean", "r_drop", "max_r"]].notna().all(axis=None)
    assert (got.items["n_categories"] == 11).all()


@pytest.mark.parametrize(
    ("items", "error", "words"),
    [
        (pd.DataFrame({"a": ["often", "never"]}), DataError, "holds text"),
        (pd.DataFrame(), InsufficientDataError, "at least 1"),
        ([1, 2], DataError, "must be a DataFrame"),
    ],
)
def test_what_are_no_items_is_refused(items, error, words):
    with pytest.raises(error, match=words):
        item_analysis(items)


def test_the_table_is_a_copy(likert):
    got = item_analysis(likert)
    table = got.to_frame()
    table.loc["i0", "mean"] = 99
    assert got.items.loc["i0", "mean"] < 5
