from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, read_hashed, reference_cases
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import innovsurvey as isv
from innovsurvey.errors import DataError, InsufficientDataError, MissingItemsError
from innovsurvey.responses.missing_data import missing_data

BFI = [case for case in reference_cases("missing") if "path" in case["data"]]
INVITED = {"a": 10, "b": 4, "c": 5}


@pytest.fixture(scope="session")
def staff():
    """Answers of a synthetic study with a filter and missing codes."""
    return isv.read_responses(isv.sample_path("synthetic_seed_staff"), isv.load_form("staff"))


@pytest.fixture
def frame():
    return pd.DataFrame(
        {
            "org": ["a", "a", "b", None, "d"],
            "x": [1.0, np.nan, 3, 4, np.nan],
            "y": [2.0, 2, np.nan, 1, np.nan],
        }
    )


@pytest.mark.parametrize("case", BFI, ids=lambda c: c["id"])
def test_littles_test_agrees_with_r(case):
    data = read_hashed(case["data"]["path"], case["data"]["sha256"])
    got = missing_data(data, case["data"]["columns"])
    assert_agrees(got.little_chisq, case, "chisq")
    assert_agrees(got.little_df, case, "df")
    assert_agrees(got.little_p_value, case, "p_value")
    assert list(got.little_items) == case["data"]["columns"]


def test_cells_are_counted_by_item_person_and_reason(frame):
    got = missing_data(frame, group_column="org")
    assert got.items["n_missing"].to_dict() == {"x": 2, "y": 2}
    assert got.items["missing_share"].tolist() == [0.4, 0.4]
    assert got.people["n_missing"].tolist() == [0, 1, 1, 0, 2]
    assert got.reasons["n_cells"].to_dict() == {"not_answered": 4}
    assert got.patterns["items"].tolist() == ["", "x", "y", "x, y"]
    assert got.patterns["n_people"].tolist() == [2, 1, 1, 1]
    assert got.missing_share == 0.4
    assert "1 of 5 people answered none of the items." in got.notes


def test_what_did_not_apply_is_not_missing(staff):
    got = missing_data(staff)
    filtered = got.items[got.items["asked"] == "by filter"]
    assert list(filtered.index) == [f"COL{n:02d}" for n in range(1, 10)]
    assert (filtered["n_not_applicable"] == 235).all()
    assert (filtered["n_asked"] == 449 - 235).all()
    assert (filtered["n_missing"] < 10).all()
    assert not got.reasons.loc["not_shown", "is_missing"]
    assert got.reasons.loc["not_present", "is_missing"]
    assert set(got.little_items) == set(got.items.index) - {*filtered.index, "FLT6"}


def test_all_counts_add_up(staff):
    got = missing_data(staff)
    assert (got.items["n_asked"] == got.items["n_answered"] + got.items["n_missing"]).all()
    assert (got.items["n_asked"] + got.items["n_not_applicable"] == got.n_obs).all()
    for name, row in got.reasons.iterrows():
        assert got.items[f"n_{name}"].sum() == got.people[f"n_{name}"].sum() == row["n_cells"]
    assert got.patterns["n_people"].sum() == got.n_obs
    assert got.cells.notna().to_numpy().sum() == got.reasons["n_cells"].sum()
    assert (got.cells.isna() == staff.data.notna()).to_numpy().all()


@settings(max_examples=25, deadline=None)
@given(arrays(float, st.tuples(st.integers(1, 12), st.integers(1, 5)), elements=st.sampled_from(
    [1.0, 2.0, 3.0, np.nan]
)))  # fmt: skip
def test_any_frame_is_described_without_losing_a_cell(values):
    frame = pd.DataFrame(values, columns=[f"i{n}" for n in range(values.shape[1])])
    got = missing_data(frame)
    assert got.items["n_missing"].sum() == np.isnan(values).sum()
    assert got.people["n_missing"].sum() == np.isnan(values).sum()
    assert got.patterns["n_people"].sum() == len(values)
    assert (got.little_chisq is None) == (got.little_p_value is None)
    if got.little_chisq is None:
        assert any("Little's test is not computed" in note for note in got.notes)


def test_order_of_people_and_items_does_not_matter(staff):
    items = staff.data.iloc[:, 1:9]
    one, other = missing_data(items), missing_data(items.iloc[::-1, ::-1])
    assert other.little_chisq == pytest.approx(one.little_chisq, rel=1e-6)
    assert other.items.loc[one.items.index].equals(one.items)


def test_the_test_takes_the_people_to_whom_everything_applied_where_these_are_more(staff):
    names = ["NPMP1", *(f"COL{n:02d}" for n in range(1, 10))]
    got = missing_data(staff, names)
    assert list(got.little_items) == names
    assert any("214 people to whom all 10 items applied" in note for note in got.notes)


@pytest.mark.parametrize(
    ("columns", "words"),
    [
        ({"x": [1.0, 2, 3], "y": [2.0, 1, 3]}, "no cell is missing"),
        ({"x": [1.0, 2, None]}, "fewer than two items"),
        ({"x": [1.0, 2, 3, None], "y": [2.0, 4, 6, None], "z": [1.0, 1, 2, 2]}, "singular"),
        ({"x": ["no", None, "yes"], "y": ["a", "b", None]}, "no order"),
        ({"x": [1.0, 1, 1, None], "y": [1.0, 2, None, 3]}, "do not differ"),
        ({"x": [1.0, 2, 3, None], "y": [2.0, 1, 4, None]}, "no cell is missing"),
    ],
    ids=["complete", "one item", "singular", "text", "constant", "empty rows only"],
)
def test_why_littles_test_is_not_there_is_in_the_notes(columns, words):
    got = missing_data(pd.DataFrame(columns))
    assert got.little_chisq is None
    assert got.little_df is None
    assert got.little_p_value is None
    assert words in " ".join(got.notes)


def test_too_many_patterns_are_not_tested(rng, monkeypatch):
    monkeypatch.setattr("innovsurvey.responses.missing_data._MOST_WORK", 10)
    frame = pd.DataFrame(np.where(rng.random((40, 5)) < 0.3, np.nan, rng.normal(size=(40, 5))))
    got = missing_data(frame)
    assert got.little_chisq is None
    assert any("Choose a scale" in note for note in got.notes)


def test_items_never_answered_together_are_named():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.normal(size=(200, 1)) + rng.normal(size=(200, 3)), columns=list("abc"))
    frame.loc[:99, "a"] = np.nan
    frame.loc[100:, "b"] = np.nan
    got = missing_data(frame)
    assert got.little_chisq is not None
    assert any("Nobody answered both of a and b" in note for note in got.notes)


def test_dropout_is_monotone(rng):
    values = rng.normal(size=(50, 4))
    stop = rng.integers(1, 5, size=50)
    values[np.arange(4) >= stop[:, None]] = np.nan
    assert missing_data(pd.DataFrame(values)).is_monotone


def roster_frame():
    units = pd.Series(INVITED, name="count").rename_axis("unit")
    return units.reset_index().assign(name=["Unit A", "Unit B", "Unit C"])


def roster_file(folder):
    path = folder / "roster.csv"
    path.write_text("org;Anmerkung;invited\na;groß;10\nb;;4\nc;;5\n", encoding="cp1252")
    return path


@pytest.mark.parametrize("kind", ["mapping", "series", "frame", "file"])
def test_response_by_unit_beside_the_roster(frame, tmp_path, kind):
    roster = {
        "mapping": INVITED,
        "series": pd.Series(INVITED),
        "frame": roster_frame(),
        "file": roster_file(tmp_path),
    }[kind]
    got = missing_data(frame, group_column="org", roster=roster)
    table = got.groups
    assert list(table.index) == ["a", "b", "c", "(no group)", "d"]
    assert table["n_answered"].tolist() == [2, 1, 0, 1, 0]
    assert table["response_rate"].tolist()[:3] == [0.2, 0.25, 0.0]
    assert table.loc["d", "response_rate"] != table.loc["d", "response_rate"]
    assert table["on_roster"].tolist() == [True, True, True, False, False]
    notes = " ".join(got.notes)
    assert "3 of 19 invited people answered (15.8%) in 3 units" in notes
    assert "Nobody answered in 1 unit(s): c." in notes
    assert "2 people belong to 2 unit(s) that are not on the roster" in notes


def test_the_roster_of_the_sample_fits_its_answers(staff):
    got = missing_data(staff, roster=isv.sample_path("synthetic_seed_organisations"))
    own = pd.read_csv(isv.sample_path("synthetic_seed_organisations"), index_col="org_id")
    own = own[own["n_invited"].notna()]
    table = got.groups.loc[own.index]
    assert (table["n_answered"] == own["n_answered"]).all()
    np.testing.assert_allclose(table["response_rate"], own["n_answered"] / own["n_invited"])
    assert any("no number of people for 27" in note for note in got.notes)


def test_numbers_as_units_fit_however_they_are_written():
    frame = pd.DataFrame({"org": [7.0, 8.0, 7.0], "x": [1, 2, 3]})
    got = missing_data(frame, group_column="org", roster={"7": 4, 8: 2})
    assert got.groups["response_rate"].tolist() == [0.5, 0.5]


def test_more_answers_than_invitations_are_told(frame):
    got = missing_data(frame, group_column="org", roster={"a": 1, "b": 0})
    notes = " ".join(got.notes)
    assert "More people answered than were invited in a" in notes
    assert "Nobody was invited in b" in notes


@pytest.mark.parametrize(
    ("roster", "words"),
    [
        (pd.Series([5, 6], index=["a", "a"]), "names a more than once"),
        (pd.DataFrame({"org": ["a"]}), "1 column"),
        (pd.DataFrame({"org": ["a"], "n": ["many"]}), "no column of numbers"),
        (pd.DataFrame({"org": ["a"], "n": [1], "m": [2]}), "2 columns of numbers"),
        (pd.DataFrame({"org": ["a", "a"], "n": [1, 2]}), "more than once"),
        ({"a": "many", "b": 3}, "no number of people for a"),
        ({"a": -1}, "no number of people for a"),
        ({}, "any unit"),
    ],
)
def test_a_roster_that_cannot_be_used_is_refused(frame, roster, words):
    with pytest.raises(DataError, match=words):
        missing_data(frame, group_column="org", roster=roster)


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda _: missing_data([1, 2]), DataError, "not a list"),
        (lambda f: missing_data(f, roster=INVITED), DataError, "group_column="),
        (lambda f: missing_data(f, ["z"]), MissingItemsError, "z"),
        (lambda f: missing_data(f, group_column="unit"), MissingItemsError, "unit"),
        (lambda f: missing_data(f.iloc[:0]), InsufficientDataError, "no row"),
        (lambda f: missing_data(f[["org"]], group_column="org"), InsufficientDataError, "no item"),
        (lambda f: missing_data(f[["x", "x"]]), DataError, "more than once"),
    ],
)
def test_wrong_arguments_are_refused(frame, call, error, words):
    with pytest.raises(error, match=words):
        call(frame)


def test_the_result_shows_itself(staff):
    got = missing_data(staff)
    assert got.title.startswith("Synthetic data. Missing data: 58 items, N = 449, 3.7%")
    assert "Little's test of 48 items" in repr(got)
    assert got.to_frame().equals(got.items)
    assert "<table>" in got._repr_html_()


def test_a_scale_gives_its_items_only(staff):
    scale = next(s for s in staff.instrument.scales if set(s.items) <= set(staff.data))
    assert list(missing_data(staff, scale.id).items.index) == list(scale.items)
