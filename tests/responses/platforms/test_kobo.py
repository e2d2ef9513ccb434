"""Answers to our own forms come back from every export style of Kobo and ODK."""

from functools import cache
from pathlib import Path

import pytest
from questionnaire.answers import assert_same_answers, expected_responses, random_people

import innovsurvey as isv
from innovsurvey.responses.platforms.answers import asks_consent
from innovsurvey.responses.platforms.kobo import recognise, to_items
from innovsurvey.responses.table_file import TableFile

from .kobo_exports import STYLES, export_table, form_of, write_export

FORMS = isv.list_forms()["id"].tolist()
INSTRUMENTS = [i for i in isv.list_instruments()["id"] if i != "leadership-climate"]
NAMES = [*FORMS, *INSTRUMENTS, "hostile"]
REAL = Path(__file__).parents[2] / "data" / "kobo"
ONE_STYLE_EACH = [
    (name, STYLES[i % len(STYLES)])
    for i, name in enumerate(NAMES)
    if name != "context"  # its forms are for different people, so a file has one of them
]


@cache
def people_of(name):
    return random_people(form_of(name)[0], 8, seed=4)


@cache
def expected_of(name):
    return expected_responses(form_of(name)[0], people_of(name))


def table_of(header, *rows):
    return TableFile(
        header=list(header),
        rows=[list(row) for row in rows],
        numbers=list(range(1, len(rows) + 1)),
        reader="csv",
        decimal_comma=False,
    )


def said(question, value, style, *, as_code):
    """Give what a cell must hold: a code, or a label that is read later."""
    if style.language is None or as_code or question.kind not in ("choice", "array"):
        return str(value)
    label = next(o.label for o in question.options if o.value == value).say(style.language)
    return " ".join(label.split())


@pytest.mark.parametrize("style", STYLES, ids=lambda style: style.name)
@pytest.mark.parametrize("name", NAMES)
def test_every_style_gives_the_columns_of_the_data(name, style):
    layout = form_of(name)[0]
    header, rows = export_table(name, people_of(name), style)
    table = table_of(header, *rows)
    assert recognise(table, layout.instrument)
    got = to_items(table, layout.instrument)
    items = set(layout.instrument.item_ids)
    for question in layout.questions:
        for cell in question.cells:
            column = [row[got.header.index(cell.name)] for row in got.rows]
            wanted = [
                said(question, person[cell.name], style, as_code=cell.name not in items)
                if cell.name in person
                else ""
                for person in people_of(name)
            ]
            assert [" ".join(c.split()) if question.kind != "text" else c for c in column] == wanted
    assert [row[got.header.index("version")] for row in got.rows] == [layout.asked_as] * len(rows)


@pytest.mark.parametrize(
    ("name", "style"),
    [*ONE_STYLE_EACH, *(("hostile", style) for style in STYLES)],
    ids=lambda value: getattr(value, "name", value),
)
def test_answers_come_back_equal(name, style, tmp_path):
    raw, ending = write_export(name, people_of(name), style)
    path = tmp_path / f"export.{ending}"
    path.write_bytes(raw)
    got = isv.read_responses(path, form_of(name)[0].instrument)
    assert "Kobo or ODK" in got.notes[0]
    assert_same_answers(got, expected_of(name))
    assert got.provenance["file"] == path.name


@pytest.fixture(scope="module")
def unit():
    return isv.load_instrument(REAL / "unit-innovation.yaml")


@pytest.mark.parametrize("name", ["labels_en.csv", "labels_es.csv", "labels_en.xlsx"])
def test_real_exports_of_texts_and_of_names_agree(unit, name):
    # In the Excel file the heading "=Targets are set ..." is a live formula with the value 0.
    texts = isv.read_responses(REAL / name, unit, platform="kobo")
    codes = isv.read_responses(REAL / "xml_values_nogroups.csv", unit, platform="kobo")
    assert texts.data.equals(codes.data)
    assert codes.data.notna().all(axis=None)
    assert not any("About 8 minutes" in column for column in texts.context)


def test_texts_with_groups_are_recognised_and_bare_names_are_a_plain_table(unit):
    texts = isv.read_responses(REAL / "labels_en.csv", unit)
    names = isv.read_responses(REAL / "xml_values_nogroups.csv", unit)
    assert "its headings name group and question" in texts.notes[0]
    assert "Strategy/Our unit has a written" in texts.notes[0]
    assert not any("Kobo" in note for note in names.notes)


@pytest.mark.parametrize(
    "header",
    [
        ("CON01", "CON02", "respondent_id"),
        ("PH1[AC1]", "PH1[AC2]", "submitdate"),
        ("PH1_AC1", "PH1_AC2", "_recordId"),
        ("ph1_ac1", "ph1_ac2", "record_id"),
        ("1. I looked for people/partners [a/b]", "Date/time", "IP/address"),
    ],
)
def test_other_tables_are_not_taken_for_exports(header):
    for name in ("collaborative-leadership", "participation-by-phase"):
        assert recognise(table_of(header, "123"), form_of(name)[0].instrument) is None


def test_private_columns_and_notes_go_and_the_rest_stays():
    header, rows = export_table("staff", people_of("staff"), STYLES[0])
    header += ["deviceid", "_place_latitude", "audit", "end"]
    rows = [[*row, "collect:1", "55.7", "media/x.csv", "2026-11-02"] for row in rows]
    table = table_of(header, *rows)
    before = [list(row) for row in table.rows]
    got = to_items(table, form_of("staff")[0].instrument)
    rules = {column: rule for column, rule, _, _ in got.changes}
    for column in ("_submitted_by", "_notes", "deviceid", "_place_latitude", "audit"):
        assert column not in got.header
        assert rules[column] == "private_column_dropped"
    assert rules["welcome/introduction"] == rules["closing"] == "empty_column_dropped"
    assert {"_id", "_submission_time", "__version__", "consent", "end"} <= set(got.header)
    assert got.id_column == "_uuid"
    assert ("culture_block/INC01", "column_renamed", "culture_block/INC01", "INC01") in got.changes
    assert table.rows == before
    assert table.changes == []


@pytest.mark.parametrize(
    ("cell", "ticks"),
    [
        ("PH1 PH3", ["1", "0", "1", "0", "0"]),
        ("", ["", "", "", "", ""]),
        ("Understanding the problem Spreading the solution", ["1", "0", "0", "0", "1"]),
        ("spredning af  løsningen", ["spredning af  løsningen"] * 5),
        ("PH1 PH9", ["PH1 PH9"] * 5),
    ],
)
def test_ticks_in_one_column_are_taken_apart(cell, ticks):
    instrument = form_of("self-assessment")[0].instrument
    got = to_items(table_of(["FLT1", "context_stage/STAGE"], ["1", cell]), instrument)
    assert got.header == ["FLT1", *(f"STAGE_PH{i}" for i in range(1, 6))]
    assert got.rows == [["1", *ticks]]


def test_a_box_that_is_neither_ticked_nor_empty_is_left_to_be_reported():
    instrument = form_of("self-assessment")[0].instrument
    header = ["STAGE", *(f"STAGE/PH{i}" for i in range(1, 6))]
    rows = [["PH1", "True", "False", "maybe", "", "FALSE"], ["", "", "", "", "", ""]]
    got = to_items(table_of(header, *rows), instrument)
    assert got.header == [f"STAGE_PH{i}" for i in range(1, 6)]
    assert got.rows == [["1", "0", "maybe", "0", "0"], ["", "", "", "", ""]]
    assert ("STAGE", "repeated_column_dropped", "", "") in got.changes


def test_a_text_that_is_only_near_is_no_item():
    instrument = form_of("collaborative-leadership")[0].instrument
    text = instrument.item("CON01").text("self").say("en")
    got = to_items(table_of([text, text.replace("people", "persons")], ["4", "2"]), instrument)
    assert got.header == ["CON01", text.replace("people", "persons")]


@pytest.mark.parametrize("texts", [["Politicians"] * 4, ["Politicians"] * 6])
def test_repeated_texts_are_taken_in_order_only_if_all_are_there(unit, texts):
    got = to_items(table_of(texts, ["1"] * len(texts)), unit)
    assert got.header == texts
    whole = to_items(table_of(["Politicians"] * 5, list("01230")), unit)
    assert whole.header == [f"PH{i}_AC1" for i in range(1, 6)]


def test_the_texts_of_every_version_are_known():
    instrument = form_of("collaborative-leadership")[0].instrument
    said = [instrument.item("CON01").text(version).say("da") for version in ("self", "observer")]
    for words in said:
        assert to_items(table_of([f"Samler/{words}"], ["4"]), instrument).header == ["CON01"]


@pytest.mark.parametrize(
    ("column", "cell"),
    [
        ("_validation_status", "validation_status_not_approved"),
        ("_validation_status", "Not approved"),
        ("ReviewState", "rejected"),
    ],
)
def test_answers_rejected_in_review_are_set_aside(column, cell):
    instrument = form_of("innovation-culture")[0].instrument
    got = to_items(table_of(["INC01", column], ["4", ""], ["5", cell]), instrument)
    assert got.aside == {1: "rejected_in_review"}


def test_labels_of_the_background_become_codes():
    instrument = form_of("staff")[0].instrument
    label = next(c for c in instrument.context if c.id == "sector").label.say("da")
    formats = {f.id: f for f in instrument.formats}
    points = formats[next(c.format for c in instrument.context if c.id == "sector")].points
    table = table_of([f"Om dig/{label}"], *([p.label.say("da")] for p in points))
    got = to_items(table, instrument)
    assert got.header == ["sector"]
    assert [row[0] for row in got.rows] == [f"{p.value:g}" for p in points]


@pytest.mark.parametrize("style", [STYLES[0], STYLES[5], STYLES[8]], ids=lambda style: style.name)
def test_people_without_consent_are_set_aside(style):
    header, rows = export_table("staff", people_of("staff"), style)
    (at,) = (i for i in range(len(header)) if {row[i] for row in rows} == {"OK"})
    rows[2][at] = ""
    got = to_items(table_of(header, *rows), form_of("staff")[0].instrument)
    assert got.aside == {2: "no_consent"}
    assert [row[got.header.index("consent")] for row in got.rows[:3]] == ["OK", "OK", ""]


@pytest.mark.parametrize("heading", ["device_check", "Device check", "OK"])
def test_an_ok_to_something_else_is_no_consent(heading):
    header, rows = export_table("staff", people_of("staff"), STYLES[0])
    table = table_of(
        [heading, *header], *(["OK" if i == 0 else "", *r] for i, r in enumerate(rows))
    )
    got = to_items(table, form_of("staff")[0].instrument)
    assert got.aside == {}
    bare = table_of([heading, "INC01"], ["OK", "1"], ["", "2"])
    assert to_items(bare, form_of("staff")[0].instrument).aside == {}


@pytest.mark.parametrize("name", [*FORMS, "metagovernance"])
def test_the_question_for_consent_is_known_by_its_text(name):
    layout = form_of(name)[0]
    for text in layout.consent.values():
        assert asks_consent(f"Welcome/{text}", layout.instrument)
