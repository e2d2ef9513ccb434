"""Answers come back from LimeSurvey as they were given, whatever style the export has."""

import csv
import html
import io
import json
import xml.etree.ElementTree as ET
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
import yaml
from questionnaire.answers import (
    HOSTILE,
    assert_same_answers,
    expected_responses,
    random_people,
)
from questionnaire.answers import layout_of as make

import innovsurvey as isv
from innovsurvey.errors import MissingItemsError
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import read_table
from innovsurvey.responses.platforms import limesurvey

from .limesurvey_export import as_csv, as_excel, export, head

DATA = Path(__file__).parents[2] / "data" / "limesurvey"
FORMS = isv.list_forms()["id"].tolist()
# Its own file asks items for several versions at once, so it is read as part of the forms only.
APART = {"context", "leadership-climate"}
NAMES = [*FORMS, *(name for name in isv.list_instruments()["id"] if name not in APART), "hostile"]
STYLES = {
    "codes": {},
    "codes, labels": {"long": True},
    "codes, labels in Danish": {"long": True, "language": "da"},
    "expression manager": {"em": True},
    "code and text": {"heads": "codetext"},
    "code and text, expression manager, labels": {"heads": "codetext", "em": True, "long": True},
    "texts": {"heads": "full"},
    "texts and labels": {"heads": "full", "long": True},
    "texts and labels in Danish": {"heads": "full", "long": True, "language": "da"},
    "abbreviated": {"heads": "abbreviated"},
    "abbreviated in Danish": {"heads": "abbreviated", "long": True, "language": "da"},
    "data file for R": {"for_r": True},
}


@cache
def layout_of(name):
    return make(name, carried={"manager_id": "M07"})


@cache
def people_of(name):
    return random_people(layout_of(name), 8, 7)


@cache
def expected_of(name):
    return expected_responses(layout_of(name), people_of(name))


def table_of(raw, folder, name="answers.csv"):
    path = folder / name
    path.write_bytes(raw)
    return read_table(path, ReadOptions())


def answers_of(table, instrument):
    """Read a table, with the rows set aside left out."""
    assert limesurvey.recognise(table, instrument)
    got = limesurvey.to_items(table, instrument)
    rows = [row for place, row in enumerate(got.rows) if place not in got.aside]
    frame = pd.DataFrame(rows, columns=got.header)
    return isv.read_responses(frame, instrument, id_column=got.id_column)


def assert_came_back(got, name):
    """Compare items, what respondents said about themselves, and what the file carried."""
    expected = expected_of(name)
    assert_same_answers(got, expected)
    for column in expected.context:
        wanted = expected.context[column].map(str, na_action="ignore")
        assert got.context[column].map(str, na_action="ignore").tolist() == wanted.tolist(), column
    assert set(got.context["manager_id"]) == {"M07"}
    assert set(got.context["version"]) == {layout_of(name).asked_as}
    assert set(got.context["consent"]) == {1}
    assert set(got.context["finished"]) == {1}
    assert got.data.index.name == "id"


@pytest.mark.parametrize("style", ["codes", "texts and labels in Danish", "abbreviated"])
@pytest.mark.parametrize("name", NAMES)
def test_every_questionnaire_comes_back(name, style, tmp_path):
    raw = as_csv(export(layout_of(name), people_of(name), **STYLES[style]))
    assert_came_back(answers_of(table_of(raw, tmp_path), layout_of(name).instrument), name)


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["hostile", "staff"])
def test_every_style_comes_back(name, style, tmp_path):
    raw = as_csv(export(layout_of(name), people_of(name), **STYLES[style]), separator=",")
    assert_came_back(answers_of(table_of(raw, tmp_path), layout_of(name).instrument), name)


@pytest.mark.parametrize("style", ["codes", "texts and labels in Danish"])
@pytest.mark.parametrize("kind", ["tab", "excel"])
@pytest.mark.parametrize("name", ["hostile", "staff"])
def test_other_files_come_back(name, kind, style, tmp_path):
    rows = export(layout_of(name), people_of(name), **STYLES[style])
    raw = as_csv(rows, separator="\t") if kind == "tab" else as_excel(rows)
    assert_came_back(answers_of(table_of(raw, tmp_path), layout_of(name).instrument), name)


def real_questions():
    """Give the questions of the real survey with its rows and answers, texts by language."""
    root = ET.parse(DATA / "real_db623.lss").getroot()
    tables = {s.tag: [{f.tag: f.text or "" for f in r} for r in s.find("rows")] for s in root[3:]}
    texts, labels = {}, {}
    for row in tables["question_l10ns"]:
        texts.setdefault(row["qid"], {})[row["language"]] = html.unescape(row["question"])
    for row in tables["answer_l10ns"]:
        labels.setdefault(row["aid"], {})[row["language"]] = row["answer"]
    for row in tables["questions"]:
        if row["type"] not in {":", "*"}:
            qid = row["qid"]
            own = [sub for sub in tables["subquestions"] if sub["parent_qid"] == qid]
            rows = [(sub["title"], texts[sub["qid"]]) for sub in own]
            points = [(a["code"], labels[a["aid"]]) for a in tables["answers"] if a["qid"] == qid]
            yield row["type"], row["title"], texts[qid], rows, points


def header_of(name):
    text = (DATA / name).read_bytes().decode("utf-8-sig")
    separator = "," if "comma" in name else ";"
    return next(csv.reader(io.StringIO(text, newline=""), delimiter=separator))


@pytest.mark.parametrize(
    ("file", "style", "language", "em"),
    [
        ("resp_default_code_short.csv", "code", "en", False),
        ("resp_comma_emcode.csv", "code", "en", True),
        ("resp_full_long_en.csv", "full", "en", False),
        ("resp_full_long_es.csv", "full", "es", False),
        ("resp_abbreviated.csv", "abbreviated", "en", False),
    ],
)
def test_headings_made_up_here_are_those_of_the_program(file, style, language, em):
    made = []
    for _, code, text, rows, _ in real_questions():
        if rows:
            made += [
                head(style, (code, sub), text[language], t[language], em=em) for sub, t in rows
            ]
        else:
            made.append(head(style, (code, None), text[language], em=em))
    squashed = ["".join(text.split()) for text in header_of(file)]
    # Behind an abbreviated question the program has one blank more.
    wanted = ["".join(text.split()) for text in made]
    start, matrix, scores = 5, 30, 5
    assert squashed[start : start + 61] + squashed[start + 61 + matrix : -scores] == wanted


@pytest.fixture(scope="module")
def real_instrument(tmp_path_factory):
    """Write the questions of the real survey as an instrument."""
    instrument = yaml.safe_load(HOSTILE.read_text("utf-8"))
    for key in ("matrices", "feedback", "scales"):
        instrument.pop(key)
    languages = {"en": "English", "es": "Español"}
    both = {"en": "Real", "es": "Real"}
    instrument |= {
        "id": "real",
        "title": both,
        "description": both,
        "languages": {
            code: {"name": name, "direction": "ltr", "status": "original"}
            for code, name in languages.items()
        },
        "versions": {"self": {"en": "Self", "es": "Yo"}},
        "formats": {},
        "items": [],
        "blocks": [],
        "context": [{"id": "respondent_id", "role": "respondent"}],
    }
    matrix = {"id": "phases", "format": "ph1", "text": both, "rows": [], "columns": []}
    for kind, code, text, rows, points in real_questions():
        if points:
            listed = [{"value": int(value), "label": label} for value, label in points]
            level = "ordinal" if rows else "nominal"
            instrument["formats"][code.lower()] = {"level": level, "points": listed}
        if code.startswith("PH"):
            matrix["rows"].append({"id": code, "text": text})
            matrix["columns"] = [{"id": sub, "text": t} for sub, t in rows]
        elif rows:
            items = [{"id": sub, "format": code.lower(), "text": t} for sub, t in rows]
            instrument["items"] += items
            block = {"id": code.lower(), "title": both, "stem": text}
            instrument["blocks"].append(block | {"items": [item["id"] for item in items]})
        elif kind in {"L", "N", "T"}:
            level = {"L": code.lower(), "N": "years", "T": "words"}[kind]
            column = {"id": code.lower(), "role": "other", "label": text, "format": level}
            instrument["context"].append(column)
    instrument["formats"]["years"] = {"level": "number", "minimum": 0, "maximum": 60}
    instrument["formats"]["words"] = {"level": "text"}
    for unused in ("ph2", "ph3", "ph4", "ph5"):
        instrument["formats"].pop(unused)
    instrument["matrices"] = [matrix]
    instrument["blocks"].append({"id": "ph", "title": both, "items": ["phases"]})
    scored = {"score": {"method": "mean", "min_valid": 3}, "items": ["STR01", "STR02", "STR03"]}
    instrument["scales"] = [{"id": "all", "title": both, "description": both, **scored}]
    path = tmp_path_factory.mktemp("real") / "real.yaml"
    path.write_text(json.dumps(instrument), encoding="utf-8")
    return isv.load_instrument(path)


def read_real(name, instrument):
    return answers_of(read_table(DATA / name, ReadOptions()), instrument)


@pytest.mark.parametrize("file", sorted(path.name for path in DATA.glob("resp_*")))
def test_files_of_the_program_all_say_the_same(file, real_instrument):
    got = read_real(file, real_instrument)
    expected = read_real("resp_default_code_short.csv", real_instrument)
    assert got.data.shape == (14, 60)
    assert got.data.notna().all(axis=None)
    pd.testing.assert_frame_equal(got.data, expected.data)
    for column in ("role", "years", "consent", "finished"):
        assert got.context[column].tolist() == expected.context[column].tolist(), column
    assert got.texts["comment"].tolist() == expected.texts["comment"].tolist()
    assert got.texts["comment"].iloc[0] == '=HYPERLINK("http://x.invalid","click")'
    assert got.texts["comment"].iloc[5] == "línea1\nlínea2"
    assert got.context["submitdate"].isna().sum() == 2


def changed(layout, people, change, **options):
    """Export answers and change the cells before they are written."""
    rows = export(layout, people, **options)
    change(rows)
    return as_csv(rows)


def test_columns_that_tell_who_answered_are_dropped_with_a_line_in_the_log(tmp_path):
    def add(rows):
        more = [("token", "abc"), ("ipaddr", "10.0.0.1"), ("refurl", "https://x.invalid/a")]
        more += [("email", "a@x.invalid"), ("IP-adresse", "10.0.0.1"), ("Dato", "2026-01-01")]
        more += [("IPv6", "2001:db8::42:8329"), ("Klokken", "10:30:00"), ("Hvor", "https://a.dk")]
        for heading, cell in more:
            rows[0].append(heading)
            for row in rows[1:]:
                row.append(cell)

    layout = layout_of("staff")
    table = table_of(changed(layout, people_of("staff"), add), tmp_path)
    got = limesurvey.to_items(table, layout.instrument)
    dropped = [column for column, rule, *_ in got.changes if rule == "private_column_dropped"]
    assert dropped == ["token", "ipaddr", "refurl", "email", "IP-adresse", "IPv6"]
    assert not set(dropped) & set(got.header)
    assert {"Dato", "Klokken", "Hvor"} <= set(got.header)
    assert not any("10.0.0.1" in row or "abc" in row for row in got.rows)


def test_rows_not_sent_are_kept_with_a_note_and_dates_that_are_none_are_taken_out(tmp_path):
    def leave(rows):
        rows[2][1] = None
        rows[3][1] = "2026-03-04 10:00:00"

    layout = layout_of("staff")
    table = table_of(changed(layout, people_of("staff"), leave), tmp_path)
    got = limesurvey.to_items(table, layout.instrument)
    dates = [row[got.header.index("submitdate")] for row in got.rows[:3]]
    assert dates == ["", "", "2026-03-04 10:00:00"]
    assert [row[-1] for row in got.rows[:3]] == ["1", "0", "1"]
    assert "1 row(s) were not sent to the end; they are kept (finished = 0)." in got.notes
    assert ("submitdate", "not_dated", "1980-01-01", "") in got.changes
    assert len(got.rows) == len(people_of("staff"))


@pytest.mark.parametrize("style", ["codes", "texts and labels in Danish", "data file for R"])
def test_people_who_did_not_consent_go_to_quarantine(style, tmp_path):
    layout = layout_of("staff")
    people = [dict(person) for person in people_of("staff")]
    people[1] = {"consent": 0}
    rows = export(layout, people, **STYLES[style])
    rows[2][5] = {"No": "N"}.get(rows[2][5], rows[2][5]) if style == "codes" else rows[2][5]
    got = limesurvey.to_items(table_of(as_csv(rows), tmp_path), layout.instrument)
    assert got.aside == {1: "no_consent"}


def test_a_text_that_no_question_has_is_missed_and_not_guessed(tmp_path):
    def misspell(rows):
        place = next(i for i, text in enumerate(rows[0]) if text.endswith("]"))
        question, _, row = rows[0][place].rpartition("[")
        rows[0][place] = f"{question}[{row.replace('e', 'a', 1)}"

    layout = layout_of("innovation-culture")
    raw = changed(layout, people_of("innovation-culture"), misspell, heads="full")
    with pytest.raises(MissingItemsError):
        answers_of(table_of(raw, tmp_path), layout.instrument)


def test_abbreviations_that_fit_several_questions_are_not_guessed_where_one_is_missing(tmp_path):
    layout = layout_of("observer")
    rows = export(layout, people_of("observer"), heads="abbreviated")
    twice = next(i for i, text in enumerate(rows[0]) if rows[0].count(text) > 1)
    cut = as_csv([[cell for i, cell in enumerate(row) if i != twice] for row in rows])
    with pytest.raises(MissingItemsError):
        answers_of(table_of(cut, tmp_path), layout.instrument)


def test_ticks_of_no_known_word_are_not_read_as_empty(tmp_path):
    layout = layout_of("hostile")
    rows = export(layout, people_of("hostile"), long=True)
    place = rows[0].index("KIND[AA]")
    rows[1][place] = "Måske"
    got = limesurvey.to_items(table_of(as_csv(rows), tmp_path), layout.instrument)
    assert got.rows[0][got.header.index("KIND_AA")] == "Måske"


def test_a_question_without_a_tick_was_not_answered(tmp_path):
    layout = layout_of("hostile")
    people = [
        {"KIND_AA": 0, "KIND_BB": 0, "KIND_CC": 0},
        {"KIND_AA": 0, "KIND_BB": 1, "KIND_CC": 0},
    ]
    got = answers_of(table_of(as_csv(export(layout, people)), tmp_path), layout.instrument)
    boxes = got.data[["KIND_AA", "KIND_BB", "KIND_CC"]]
    assert boxes.isna().sum(axis=1).tolist() == [3, 0]
    assert boxes.iloc[1].tolist() == [0, 1, 0]


@pytest.mark.parametrize("name", ["hostile", "manager-full", "leadership-modes"])
def test_an_ordinary_file_is_not_taken_for_an_export(name, tmp_path):
    frame = pd.DataFrame(people_of(name))
    for ids in (frame, frame.assign(id=1, date="2026-01-01"), frame.rename(columns=str.lower)):
        table = table_of(ids.to_csv(index=False).encode(), tmp_path)
        assert limesurvey.recognise(table, layout_of(name).instrument) is None


def test_a_plain_table_that_begins_like_an_export_is_a_plain_table(tmp_path):
    instrument = layout_of("innovation-outcomes").instrument
    head = ["nr", "date", "unit", "lang", "age"]
    rows = [[str(n), "2026-03-01", "3", "da", "45", *["1"] * len(instrument.items)] for n in (1, 2)]
    raw = as_csv([[*head, *instrument.item_ids], *rows])
    table = table_of(raw, tmp_path)
    assert limesurvey.recognise(table, instrument) is None
    assert limesurvey.to_items(table, instrument).header == table.header
    got = isv.read_responses(tmp_path / "answers.csv", instrument)
    assert got.context[["unit", "age"]].iloc[0].tolist() == [3, 45]


@pytest.mark.parametrize("heading", ["Has_children", "Do you have children?"])
def test_a_yes_or_no_that_is_no_consent_sets_nobody_aside(tmp_path, heading):
    def add(rows):
        for row, cell in zip(rows, [heading, *["N"] * 8], strict=True):
            row.insert(5, cell)

    layout = layout_of("staff")
    raw = changed(layout, people_of("staff"), add, heads="full")
    assert limesurvey.to_items(table_of(raw, tmp_path), layout.instrument).aside == {}


def test_a_column_of_others_does_not_take_the_place_of_the_version(tmp_path):
    def add(rows):
        for row, cell in zip(rows, ["app_version", *["7"] * 8], strict=True):
            row.insert(5, cell)

    layout = layout_of("staff")
    got = limesurvey.to_items(
        table_of(changed(layout, people_of("staff"), add), tmp_path), layout.instrument
    )
    assert got.header[5] == "app_version"
    assert {row[got.header.index("version")] for row in got.rows} == {layout.asked_as}


def test_an_export_read_before_is_left_alone(tmp_path):
    layout = layout_of("staff")
    raw = as_csv(export(layout, people_of("staff")))
    got = limesurvey.to_items(table_of(raw, tmp_path), layout.instrument)
    again = pd.DataFrame(got.rows, columns=got.header).to_csv(index=False).encode()
    assert limesurvey.recognise(table_of(again, tmp_path), layout.instrument) is None


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({}, "it has the columns submitdate, lastpage, startlanguage"),
        ({"heads": "full"}, "it has the columns Date submitted, Last page, Start language"),
        ({"heads": "full", "language": "da"}, "it has the columns Indsendelsesdato, Sidste side"),
        ({"heads": "codetext"}, "it has the columns submitdate. Date submitted"),
    ],
)
def test_tells_why_it_is_an_export(options, reason, tmp_path):
    layout = layout_of("staff")
    table = table_of(as_csv(export(layout, people_of("staff"), **options)), tmp_path)
    assert reason in limesurvey.recognise(table, layout.instrument)


@pytest.mark.parametrize(("heads", "reason"), [("code", "Q01["), ("full", "with rows in brackets")])
def test_exports_of_the_questions_alone_are_known_by_their_headings(heads, reason, tmp_path):
    layout = layout_of("staff")
    rows = [row[6:] for row in export(layout, people_of("staff"), heads=heads)]
    table = table_of(as_csv(rows), tmp_path)
    assert reason in limesurvey.recognise(table, layout.instrument)
    assert_same_answers(answers_of(table, layout.instrument), expected_of("staff"))
