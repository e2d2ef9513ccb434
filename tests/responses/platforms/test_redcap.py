"""Answers that come back from REDCap, in the layouts of its real exports."""

import csv
import html
import io
import re
from functools import cache
from pathlib import Path

import pytest
from questionnaire.answers import (
    assert_same_answers,
    expected_responses,
    layout_of,
    random_people,
)

import innovsurvey as isv
from innovsurvey.questionnaire.platforms.redcap import write_redcap
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import read_table
from innovsurvey.responses.platforms.redcap import recognise, to_items
from innovsurvey.responses.table_file import TableFile

REAL = Path(__file__).parents[2] / "data/redcap"
# The instrument "context" asks self and observers for different items, so it is not asked alone.
APART = {"context", "leadership-climate"}
NAMES = (
    *isv.list_forms()["id"],
    *(name for name in isv.list_instruments()["id"] if name not in APART),
    "hostile",
)


@cache
def laid_out(name):
    return layout_of(name)


@cache
def dictionary_of(name):
    text = write_redcap(laid_out(name)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def choices_of(row):
    written = row["Choices, Calculations, OR Slider Labels"]
    return dict(map(str.strip, part.split(",", 1)) for part in written.split("|"))


def as_shown(markup, *, decoded):
    """REDCap takes tags out of labels in exports; older versions keep HTML signs as they are."""
    plain = re.sub(r"<br>|</?(h3|p)>", " ", markup)
    return html.unescape(plain) if decoded else plain


def table_of(name, people, *, labels=False, headings="names", decoded=True):
    """Build an export: a column per field and per box, then the state of the form."""
    layout = laid_out(name)
    header, rows = [], [[] for _ in people]
    fields = [f for f in dictionary_of(name) if f["Field Type"] != "descriptive"]
    carried = dict(layout.carried)
    for field in fields:
        variable, kind = field["Variable / Field Name"], field["Field Type"]
        label = as_shown(field["Field Label"], decoded=decoded)
        if variable == "record_id":
            add(header, rows, "Record number" if headings == "labels" else variable, range(1, 99))
            extra = [("redcap_survey_identifier", "Survey Identifier", "Ida Jensen")]
            extra += [(f"{field['Form Name']}_timestamp", "Survey Timestamp", "2026-11-18 08:28")]
            for raw, said, cell in extra:
                add(header, rows, said if headings == "labels" else raw, [cell] * len(people))
        elif kind == "checkbox":
            for code, choice in choices_of(field).items():
                cells = [boxed(p, f"{variable}_{code}", labels=labels) for p in people]
                said = f"{label} (choice={as_shown(choice, decoded=decoded)})"
                add(header, rows, said if headings == "labels" else f"{variable}___{code}", cells)
        else:
            cells = [answer(field, p, carried, labels=labels, decoded=decoded) for p in people]
            add(header, rows, label if headings == "labels" else variable, cells)
    state = f"{fields[0]['Form Name']}_complete"
    done = "Complete" if labels else "2"
    add(header, rows, "Complete?" if headings == "labels" else state, [done] * len(people))
    return [header, *rows]


def add(header, rows, heading, cells):
    header.append(heading)
    for row, cell in zip(rows, cells, strict=False):
        row.append(str(cell))


def boxed(person, item, *, labels):
    ticked = {name.lower(): value for name, value in person.items()}.get(item.replace("___", "_"))
    if labels:
        return "Checked" if ticked else "Unchecked"
    return "1" if ticked else "0"


def answer(field, person, carried, *, labels, decoded):
    variable = field["Variable / Field Name"]
    given = {name.lower(): value for name, value in person.items()}
    value = carried.get(variable, 1 if variable == "consent" else given.get(variable))
    if value is None:
        return ""
    if field["Field Type"] != "radio":
        return value
    code = f"{value:g}"
    return as_shown(choices_of(field)[code], decoded=decoded) if labels else code


def as_csv(table):
    stream = io.StringIO()
    csv.writer(stream, lineterminator="\n").writerows(table)
    return stream.getvalue().encode()


STYLES = {
    "raw": {},
    "labels": {"labels": True},
    "labels with HTML signs": {"labels": True, "decoded": False},
    "labels as headings, too": {"labels": True, "headings": "labels"},
    "raw with labels as headings": {"headings": "labels", "decoded": False},
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["hostile", "self-assessment"])
def test_every_style_of_export_comes_back_equal(name, style, tmp_path):
    layout = laid_out(name)
    people = random_people(layout, 12, seed=3)
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table_of(name, people, **STYLES[style])))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))
    assert got.data.index.tolist() == list(range(1, 13))
    assert set(got.context["version"]) == {layout.asked_as}


@pytest.mark.parametrize("name", NAMES)
def test_every_questionnaire_comes_back_equal(name, tmp_path):
    layout = laid_out(name)
    people = random_people(layout, 8, seed=4)
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table_of(name, people)))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))


def test_danish_labels_come_back_equal(tmp_path):
    layout = laid_out("staff").in_language("da")
    people = random_people(layout, 8, seed=5)
    fields = list(csv.DictReader(io.StringIO(write_redcap(layout).decode(), newline="")))
    radio = [f for f in fields if f["Field Type"] == "radio"]
    table = [["record_id", *(f["Variable / Field Name"] for f in radio), "staff_complete"]]
    for number, person in enumerate(people, start=1):
        cells = [answer(f, person, {}, labels=True, decoded=True) for f in radio]
        table.append([number, *cells, "Complete"])
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))
    wanted = [p.get("respondent_role") for p in people]
    assert (
        got.context["respondent_role"]
        .astype(object)
        .where(got.context["respondent_role"].notna(), None)
        .tolist()
        == wanted
    )


def test_the_identifier_is_left_out_and_other_columns_are_kept(tmp_path):
    layout = laid_out("hostile")
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table_of("hostile", random_people(layout, 3, seed=6))))
    got = isv.read_responses(path, layout.instrument)
    assert {"hostile_timestamp", "hostile_complete", "consent"} <= set(got.context.columns)
    assert "Ida Jensen" not in got.context.to_csv() + got.log.to_csv() + got.quarantine.to_csv()
    dropped = got.log[got.log["rule"] == "private_column_dropped"]
    assert dropped["column"].tolist() == ["redcap_survey_identifier"]


def test_people_who_declined_are_set_aside(tmp_path):
    layout = laid_out("hostile")
    table = table_of("hostile", random_people(layout, 4, seed=7))
    table[2][table[0].index("consent")] = "0"
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert got.quarantine[["row", "reason"]].to_numpy().tolist() == [[2, "no_consent"]]


def test_without_events_ids_that_repeat_cost_nobody(tmp_path):
    layout = laid_out("hostile")
    people = random_people(layout, 4, seed=7)
    table = table_of("hostile", people)
    for row, number in zip(table[1:], "1122", strict=True):
        row[0] = number
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))
    assert any("record_id repeats" in note for note in got.notes)


def test_a_row_with_more_cells_than_headings_is_set_aside(tmp_path):
    layout = laid_out("hostile")
    people = random_people(layout, 3, seed=8)
    table = table_of("hostile", people)
    table[-1].append("more")
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert got.quarantine["reason"].tolist() == ["more_cells_than_heading"]


def test_a_record_with_several_events_gets_one_id_per_row(tmp_path):
    layout = laid_out("hostile")
    people = random_people(layout, 4, seed=8)
    table = table_of("hostile", people)
    events = ["redcap_event_name", "wave_1_arm_1", "wave_2_arm_1", "wave_1_arm_1", "wave_2_arm_1"]
    ids = ["record_id", "1", "1", "2", "2"]
    table = [[i, e, *row[1:]] for i, e, row in zip(ids, events, table, strict=True)]
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))
    assert got.data.index.tolist()[:2] == ["1@wave_1_arm_1", "1@wave_2_arm_1"]
    assert got.context["record_id"].tolist() == [1, 1, 2, 2]
    assert any("id@wave" in note for note in got.notes)


@pytest.mark.parametrize("file", ["simple_data.csv", "survey_data.csv"])
def test_real_exports_are_recognised_and_kept(file):
    instrument = laid_out("hostile").instrument
    table = read_table(REAL / file, ReadOptions())
    before = (list(table.header), [list(row) for row in table.rows])
    got = to_items(table, instrument)
    assert (table.header, table.rows) == before
    assert got.id_column == table.header[0]
    kept = [name for name in table.header if name != "redcap_survey_identifier"]
    assert got.header == kept
    assert len(got.rows) == len(table.rows)
    if file.startswith("survey"):
        assert recognise(table, instrument) == "the heading redcap_survey_identifier"


@pytest.mark.parametrize(
    "header",
    [
        ["FLT", "KIND_AA", "task_complete"],
        ["record_id", "age", "task_complete"],
        ["record_id", "flt", "kind_aa"],
        ["team", "flt", "kind_aa", "training_complete"],
        ["team", "FLT", "KIND_AA", "Complete?"],
    ],
)
def test_ordinary_tables_are_not_taken_for_exports(header):
    instrument = laid_out("hostile").instrument
    rows = [["1"] * len(header)] * 3
    table = TableFile(header, rows, [1, 2, 3], "csv", False)
    assert recognise(table, instrument) is None
