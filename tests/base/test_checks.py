import numpy as np
import pandas as pd
import pytest

from innovsurvey.base import checks
from innovsurvey.base.display import format_p, format_value, html_block, text_block
from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError


@pytest.mark.parametrize(
    "column",
    [
        pd.Series([1, 2, None], dtype="Int64"),
        pd.Series([1.0, 2.0, np.nan]),
        pd.Series(["1", "2", None]),
        pd.Series(["a", "b", None]).astype(pd.CategoricalDtype(["a", "b"], ordered=True)),
        pd.Series([1.0, 2.0, None]).astype(pd.CategoricalDtype([1.0, 2.0, 3.0], ordered=True)),
    ],
    ids=["Int64", "float", "digits", "ordered_text", "ordered_numbers"],
)
def test_items_of_many_types_become_floats(column):
    got = checks.check_items(pd.DataFrame({"x": column}))["x"]
    np.testing.assert_array_equal(got, [1.0, 2.0, np.nan])


def test_booleans_are_zero_and_one():
    assert checks.check_items(pd.DataFrame({"x": [True, False]}))["x"].tolist() == [1.0, 0.0]


@pytest.mark.parametrize(
    ("items", "error", "message"),
    [
        ([1, 2], DataError, "must be a DataFrame"),
        (pd.DataFrame([[1, 2]], columns=["a", "a"]), DataError, "more than once: a"),
        (pd.DataFrame({"a": []}), InsufficientDataError, "no row"),
        (pd.DataFrame({"a": ["x", "y"]}), DataError, "holds text such as 'x'"),
        (pd.DataFrame({"a": pd.Categorical(["x"])}), DataError, "without order"),
        (pd.DataFrame({"a": [np.inf]}), DataError, "infinite"),
        (pd.DataFrame({"a": [1j]}), DataError, "complex"),
        (pd.DataFrame(index=[1]), InsufficientDataError, "0 item"),
    ],
)
def test_items_that_cannot_be_used_are_refused(items, error, message):
    with pytest.raises(error, match=message):
        checks.check_items(items)


def test_rows_with_a_gap_are_left_out_and_counted():
    frame = pd.DataFrame({"a": [1.0, np.nan, 3.0], "b": [1.0, 2.0, 3.0]})
    complete, notes = checks.complete_rows(frame)
    assert complete.index.tolist() == [0, 2]
    assert notes == ("1 of 3 people left out because an answer is missing (listwise).",)


@pytest.mark.parametrize(
    ("frame", "message"),
    [
        (pd.DataFrame({"a": [np.nan, np.nan], "b": [1.0, 2.0]}), "no answers at all for a"),
        (pd.DataFrame({"a": [np.nan, 1.0], "b": [1.0, np.nan]}), "none of the 2 people"),
    ],
)
def test_nothing_left_is_said(frame, message):
    with pytest.raises(InsufficientDataError, match=message):
        checks.complete_rows(frame)


def test_an_item_without_variance_is_named():
    with pytest.raises(InsufficientDataError, match="same answer to b"):
        checks.check_variance(pd.DataFrame({"a": [1.0, 2.0], "b": [3.0, 3.0]}))


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_levels_lie_between_zero_and_one(level):
    with pytest.raises(SpecificationError, match="between 0 and 1"):
        checks.check_level(level)


def test_groups_are_a_column_or_a_series_of_the_same_index():
    data = pd.DataFrame({"x": [1, 2], "unit": ["a", "b"]})
    assert checks.check_groups(data, "unit").tolist() == ["a", "b"]
    assert checks.check_groups(data, data["unit"]).tolist() == ["a", "b"]
    with pytest.raises(DataError, match="another index"):
        checks.check_groups(data, data["unit"].set_axis([5, 6]))
    with pytest.raises(DataError, match="did you mean unit"):
        checks.check_groups(data, "units")
    with pytest.raises(DataError, match="must be a column name or a Series"):
        checks.check_groups(data, ["a", "b"])


@pytest.mark.parametrize(
    ("name", "wanted"),
    [("LEAD_1", "LEAD01"), ("lead1", "LEAD01"), ("LEDA01", "LEAD01"), ("age", None)],
)
def test_the_nearest_name_is_suggested(name, wanted):
    hint = checks.suggest(name, ["LEAD11", "LEAD01", "TSIG01"])
    assert hint == (f" (did you mean {wanted}?)" if wanted else "")


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("p_value", 0.0499, ".050"),
        ("p_value", 1.0, "1.000"),
        ("p_value", float("nan"), "–"),
        ("estimate", -0.0349, "-0.035"),
        ("chisq", 12.345, "12.35"),
        ("n_obs", 12.0, "12"),
        ("df", 4.5, "4.500"),
        ("df", 4.0, "4"),
        ("name", "text", "text"),
        ("x", None, "–"),
        ("x", True, "True"),
    ],
)
def test_numbers_are_written_by_the_name_of_their_column(name, value, text):
    assert format_value(name, value) == text


def test_small_p_values_are_not_zero():
    assert format_p(1e-12) == "< .001"


def test_text_in_a_table_is_inert():
    frame = pd.DataFrame({"<b>": ["<script>"]}, index=["&"])
    html = html_block("<i>", frame, ["<u>"])
    assert "<script>" not in html
    assert "&lt;script&gt;" in html
    assert "&lt;i&gt;" in html
    assert "<u>" not in html


def test_long_tables_are_cut_and_that_is_said():
    frame = pd.DataFrame({"x": range(100)})
    assert "(40 more rows)" in text_block("Long", frame, [])
    assert "(40 more rows)" in html_block("Long", frame, [])
