"""Answers that come back from Google Forms and Microsoft Forms."""

from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from questionnaire.answers import (
    assert_same_answers,
    expected_responses,
    layout_of,
    random_people,
)

import innovsurvey as isv
from innovsurvey.responses.platforms import google_forms, microsoft_forms
from innovsurvey.responses.platforms.forms_boxes import Boxes
from innovsurvey.responses.platforms.forms_table import Headings
from innovsurvey.responses.table_file import TableFile

from .form_exports import GOOGLE, MICROSOFT, table_of, write

FORMS = Path(__file__).parents[2] / "data/forms"
NAN = float("nan")
NAMES = ("self-assessment", "innovation-culture", "collaborative-leadership")
STYLES = [("Google Forms", s) for s in GOOGLE] + [("Microsoft Forms", s) for s in MICROSOFT]


@cache
def laid_out(name):
    return layout_of(name)


@pytest.mark.parametrize(("title", "style"), STYLES, ids=lambda s: getattr(s, "name", s))
def test_every_style_of_export_comes_back_equal(title, style, tmp_path):
    layout = laid_out("staff")
    people = random_people(layout, 8, seed=5)
    path = write(table_of(layout, people, style), style, tmp_path)
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))
    assert title in got.notes[0]
    assert not {"ida@example.org", "Ida"} & set(got.context.astype(str).to_numpy().ravel())


@pytest.mark.parametrize("style", [GOOGLE[0], MICROSOFT[1]], ids=lambda style: style.name)
@pytest.mark.parametrize("name", NAMES)
def test_answers_to_our_questionnaires_come_back_equal(name, style, tmp_path):
    layout = laid_out(name)
    people = random_people(layout, 6, seed=7)
    path = write(table_of(layout, people, style), style, tmp_path)
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))


def test_questions_about_the_respondent_come_back_as_codes(tmp_path):
    layout = laid_out("staff")
    people = random_people(layout, 8, seed=6, missing_share=0)
    path = write(table_of(layout, people, GOOGLE[2]), GOOGLE[2], tmp_path)
    got = isv.read_responses(path, layout.instrument)
    for name in ("respondent_role", "tenure_years", "sector"):
        assert got.context[name].tolist() == [person[name] for person in people]


ANSWERS = {
    "E1": [4, 1, 5, 4],
    "E2": [NAN, NAN, 4, 4],
    "S1": [5, 3, 4, 4],
    "S2": [2, 4, 4, 4],
    "U1": [2, 5, NAN, 3],
    "PARTS_A": [1, 0, 0, NAN],
    "PARTS_B": [0, 1, 0, NAN],
    "PARTS_C": [1, 0, 1, NAN],
    "PARTS_D": [0, 0, 1, NAN],
}


@pytest.mark.parametrize(
    ("file", "private", "ids"),
    [
        ("google_grids.csv", ["Email Address"], [1, 2, 3, 4]),
        ("microsoft_likert.csv", ["Email", "Name"], [1, 2, 5, 7]),
    ],
)
def test_grids_and_lists_of_ticks_as_real_files_have_them(file, private, ids):
    got = isv.read_responses(FORMS / file, FORMS / "tools.yaml")
    pd.testing.assert_frame_equal(got.data, pd.DataFrame(ANSWERS, got.data.index, dtype=float))
    assert got.data.index.tolist() == ids
    assert got.reasons["E2"].tolist()[:2] == ["not_used", "not_answered"]
    dropped = got.log.loc[got.log["rule"] == "private_column_dropped", "column"].tolist()
    assert dropped == private
    assert "example.org" not in got.context.to_csv() + got.log.to_csv() + got.quarantine.to_csv()
    assert got.context["What else?"].tolist()[0] == "one, two"
    written = got.context["Which parts were unclear? (as written)"].tolist()
    assert "the colours, mostly" in written[2]


def boxes(*labels, other=None):
    return Boxes(list("abcd")[: len(labels)], dict(zip(labels, "abcd", strict=False)), other)


@pytest.mark.parametrize(
    ("cell", "ticks"),
    [
        ("Trust", ["1", "0", "0"]),
        ("Time, money", ["0", "1", "0"]),
        ("Trust, Time, money", ["1", "1", "0"]),
        ("Trust;Time, money;", ["1", "1", "0"]),
        ("TRUST ;  Other help", ["1", "0", "1"]),
        ("", ["", "", ""]),
        ("Trust, Tusk", ["1", "Trust, Tusk", "Trust, Tusk"]),
    ],
)
def test_ticks_in_one_cell_are_taken_apart(cell, ticks):
    columns, n_others = boxes("trust", "time, money", "other help").read([cell])
    assert [column[0] for column in columns] == ticks
    assert n_others == ("Tusk" in cell)


def test_a_list_that_can_be_read_in_two_ways_is_not_guessed():
    for other in (None, "a"):
        asked = boxes("time", "money", "time, money", other=other)
        columns, n_others = asked.read(["Time, money"])
        assert [column[0] for column in columns] == ["Time, money"] * 3
        assert n_others == 1


def test_long_cells_that_cannot_be_read_take_no_time():
    asked = boxes("a", "a, a", "a, a, a")
    assert asked.read(["a, " * 5_000 + "z"])[1] == 1


def test_another_answer_ticks_the_box_for_others():
    asked = boxes("trust", "other", other="b")
    assert asked.read(["Trust, my dog", "Trust"]) == ([["1", "1"], ["1", "0"]], 1)


HEADINGS = {
    "as they stand": ["Dataset editor", "Details page"],
    "numbers before": ["1. Dataset editor", "Q4: Details page"],
    "with the stem": ["Ease of use - Dataset editor", "Ease of sending: Details page"],
    "in brackets": ["[Dataset editor]", "anything [Details page]"],
    "Danish": ["Redigering", "Hvor let var det at sende [Detaljer]"],
    "ids": ["e1", "S2"],
    "with blanks": ["Dataset\u00a0editor ", "Details page\n"],
}


@pytest.mark.parametrize("headings", HEADINGS.values(), ids=HEADINGS)
def test_headings_are_found(headings):
    found = Headings.of(isv.load_instrument(FORMS / "tools.yaml")).find(dict(enumerate(headings)))
    assert found == {0: "E1", 1: "S2"}


def test_a_wording_of_two_items_needs_two_columns():
    find = Headings.of(isv.load_instrument(FORMS / "tools.yaml")).find
    assert find({0: "Importer"}) == {}
    assert find({0: "Importer", 1: "Importer2"}) == {0: "E2", 1: "S1"}
    assert find({0: "Ease of sending [Importer]"}) == {0: "S1"}


@pytest.mark.parametrize(
    ("header", "row", "found"),
    [
        (["Timestamp", "E1"], ["8/18/2016 17:32:20", "4"], "google"),
        (["Marca temporal", "E1"], ["18/8/2016 17:32:20", "4"], "google"),
        (["Timestamp", "E1"], ["17", "4"], None),
        (["When", "E1"], ["8/18/2016 17:32:20", "4"], None),
        (["ID", "Startzeit", "Fertigstellungszeit", "E-Mail", "Name", "E1"],
         ["1", "", "", "", "", "4"], "microsoft"),
        (["Id", "a", "b", "c", "d", "E1"],
         ["1", "2026-01-01 10:00", "2026-01-01 10:05", "x@example.org", "X", "4"], "microsoft"),
        (["Id", "a", "b", "c", "d", "E1"],
         ["1", "2026-01-01 10:00", "2026-01-01 10:05", "4", "X", "4"], None),
        (["ID", "E1"], ["1", "4"], None),
    ],
)  # fmt: skip
def test_forms_are_recognised_by_their_first_columns(header, row, found):
    instrument = isv.load_instrument(FORMS / "tools.yaml")
    table = TableFile(header, [row], [1], "csv", False)
    modules = {"google": google_forms, "microsoft": microsoft_forms}
    assert [name for name, module in modules.items() if module.recognise(table, instrument)] == (
        [found] if found else []
    )
