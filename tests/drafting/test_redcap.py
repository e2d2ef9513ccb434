"""Drafts from data dictionaries of REDCap."""

import csv
import io
import json
import zipfile
from pathlib import Path

import pytest

import innovsurvey as isv
from innovsurvey.drafting import redcap
from innovsurvey.drafting.redcap_fields import choices_of

REAL = Path(__file__).parents[1] / "data" / "redcap"
DICTIONARIES = sorted(path.name for path in REAL.glob("*_dictionary.csv"))
API = (
    *("field_name", "form_name", "section_header", "field_type", "field_label"),
    *("select_choices_or_calculations", "field_note", "text_validation_type_or_show_slider_number"),
    *("text_validation_min", "text_validation_max", "identifier", "branching_logic"),
    *("required_field", "custom_alignment", "question_number", "matrix_group_name"),
    *("matrix_ranking", "field_annotation"),
)
OLDER = {
    "Choices, Calculations, OR Slider Labels": "Choices OR Calculations",
    "Text Validation Type OR Show Slider Number": "Text Validation Type",
}


def rows_of(name):
    with (REAL / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def as_csv(rows, separator=","):
    quoted = [separator.join('"' + c.replace('"', '""') + '"' for c in row) for row in rows]
    return "\n".join(quoted).encode()


def drafted(*fields, **columns):
    """Draft from fields given by type, label and what else is set; the record stands before."""
    header = ["field_name", "form_name", "field_type", "field_label", *columns]
    rows = [["id", "f", "text", "Id", *[""] * len(columns)]]
    rows += [[name, "f", kind, label, *columns.values()] for name, kind, label in fields]
    return redcap.draft(as_csv([header, *rows]), "d.csv")


@pytest.mark.parametrize("name", DICTIONARIES)
def test_drafts_of_real_dictionaries_pass_the_check(name, tmp_path):
    path = tmp_path / "drafted.yaml"
    path.write_text(isv.new_instrument("drafted", source=REAL / name), encoding="utf-8")
    assert isv.check_instrument(path) == []


@pytest.mark.parametrize("name", DICTIONARIES)
def test_every_dialect_of_a_dictionary_gives_the_same_draft(name):
    header, *rows = rows_of(name)
    older = [OLDER.get(heading, heading) for heading in header]
    dialects = {
        "api": as_csv([API, *rows]),
        "older": as_csv([older, *rows]),
        "semicolons": as_csv([header, *rows], ";"),
        "mark": b"\xef\xbb\xbf" + as_csv([header, *rows]),
        "json": json.dumps([dict(zip(API, row, strict=True)) for row in rows]).encode(),
    }
    wanted = redcap.draft((REAL / name).read_bytes(), name)
    for raw in dialects.values():
        assert redcap.recognise(raw, name)
        assert redcap.draft(raw, name) == wanted


def test_the_questions_of_the_longitudinal_project_are_all_there():
    draft = redcap.draft((REAL / "longitudinal_dictionary.csv").read_bytes(), "l.csv")
    header, *rows = rows_of("longitudinal_dictionary.csv")
    at = {heading: place for place, heading in enumerate(header)}
    asked = [r for r in rows[1:] if not r[at["Identifier?"]] and r[at["Field Type"]] != "file"]
    asked = [r for r in asked if "phone" not in r[at["Text Validation Type OR Show Slider Number"]]]
    boxes = [r[0] for r in asked if r[at["Field Type"]] == "checkbox"]
    assert [b.code for b in draft.boxes] == boxes
    named = {item.heading for item in draft.items} | set(boxes)
    assert {r[0] for r in asked if r[at["Field Type"]] != "descriptive"} == named
    assert [c.role for c in draft.context] == ["respondent", "wave", "group"]


@pytest.mark.parametrize(
    ("kind", "level", "values"),
    [
        ("yesno", "nominal", [1, 0]),
        ("truefalse", "nominal", [1, 0]),
        ("radio", "ordinal", [1, 2, 3]),
        ("dropdown", "ordinal", [1, 2, 3]),
        ("calc", "number", []),
        ("notes", "text", []),
        ("sql", "text", []),
    ],
)
def test_types_become_levels(kind, level, values):
    choices = "1, Never | 2, Often | 3, Always | -99, Unknown"
    format_ = drafted(("q", kind, "Q?"), choices=choices).items[0].format
    assert (format_.level, [point.value for point in format_.points]) == (level, values)
    assert [o.code for o in format_.missing] == ([-99] if level == "ordinal" else [])


@pytest.mark.parametrize(
    ("check", "low", "high", "wanted"),
    [
        ("integer", "0", "10", ("number", 0.0, 10.0)),
        ("number_comma_decimal", "0,5", "", ("number", 0.5, None)),
        ("number", "[age]", "today", ("number", None, None)),
        ("number_1dp", "9", "3", ("number", None, None)),
        ("date_dmy", "2020-01-01", "", ("date", None, None)),
        ("datetime_seconds_ymd", "", "", ("date", None, None)),
        ("time", "", "", ("text", None, None)),
        ("zipcode", "", "", ("text", None, None)),
    ],
)
def test_validation_becomes_a_level_and_limits(check, low, high, wanted):
    columns = {"text_validation_type": check, "text_validation_min": low}
    draft = drafted(("q", "text", "Q?"), **columns, text_validation_max=high)
    format_ = draft.items[0].format
    assert (format_.level, format_.minimum, format_.maximum) == wanted


@pytest.mark.parametrize("columns", [{"identifier": "y"}, {"text_validation_type": "email"}])
def test_who_people_are_is_left_out_and_said(columns):
    draft = drafted(("q", "text", "Q?"), **columns)
    assert draft.items == []
    assert "Fields that identify people were left out: q." in draft.remarks


def test_letters_as_codes_and_labels_with_commas():
    draft = drafted(("q", "radio", "Q?"), choices="a, Yes, often | b,No |01, Other")
    said = [
        (point.value, point.written, point.label["en"]) for point in draft.items[0].format.points
    ]
    assert said == [(1, "a", "Yes, often"), (2, "b", "No"), (3, "01", "Other")]


def test_sections_and_matrices_are_blocks():
    header = ["field_name", "form_name", "section_header", "field_type", "field_label"]
    rows = [
        ["id", "f", "", "text", "Id", ""],
        ["a", "f", "<b>How often?</b>", "yesno", "A", "m"],
        ["b", "f", "", "yesno", "B", "m"],
        ["c", "f", "", "yesno", "C", ""],
        ["d", "g_two", "", "yesno", "D", ""],
    ]
    draft = redcap.draft(as_csv([[*header, "matrix_group_name"], *rows]), "d.csv")
    assert [block.headings for block in draft.blocks] == [("a", "b"), ("c",), ("d",)]
    assert draft.blocks[0].stem == {"en": "How often?"}
    assert draft.blocks[2].title == {"en": "G two"}


@pytest.mark.parametrize(
    "written", ["1, A | 2, B", "1,A|2,B", "1, A \\n 2, B", "1, A\n2, B", " 1 , A | 2 , B |"]
)
def test_choices_are_taken_apart(written):
    assert choices_of(written) == [("1", "A"), ("2", "B")]


@pytest.mark.parametrize(
    "raw",
    [
        (REAL / "simple_data.csv").read_bytes(),
        b"",
        b"a,b\n1,2",
        b"PK\x03\x04",
        b"[" * 100_000,
        b"[1, 2]",
        b"\x00\x01\x02",
    ],
)
def test_other_files_are_no_dictionaries(raw):
    assert redcap.recognise(raw, "x.csv") is False


def test_letters_tell_the_language():
    draft = drafted(("q", "yesno", "Как часто вы курите?"))
    assert draft.languages == {"ru": "Русский"}


def test_a_shared_instrument_is_read_out_of_its_archive():
    stream = io.BytesIO()
    raw = (REAL / "survey_dictionary.csv").read_bytes()
    with zipfile.ZipFile(stream, "w") as archive:
        archive.writestr("instrument.csv", raw)
        archive.writestr("OriginID.txt", "1")
    assert redcap.draft(stream.getvalue(), "x.zip") == redcap.draft(raw, "x.zip")
