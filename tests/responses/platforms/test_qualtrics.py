"""Answers that come back from Qualtrics, in the layouts of its real exports."""

import csv
import html
import io
import json
import re
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
from innovsurvey.questionnaire.platforms.qualtrics import write_qualtrics
from innovsurvey.questionnaire.platforms.qualtrics_text import write_qualtrics_text
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import read_table
from innovsurvey.responses.platforms.qualtrics import recognise, to_items
from innovsurvey.responses.platforms.qualtrics_export import ALL_TRIED

REAL = Path(__file__).parents[2] / "data/qualtrics"
# The instrument "context" asks self and observers for different items, so it is not asked alone.
APART = {"context", "leadership-climate"}
NAMES = (
    *isv.list_forms()["id"],
    *(name for name in isv.list_instruments()["id"] if name not in APART),
    "hostile",
)
# What the exports of the real files begin with: heading, what stands below, cell.
NOW = (
    ("StartDate", "Anfangsdatum", "2026-11-18 08:28:09"),
    ("EndDate", "Enddatum", "2026-11-18 08:38:48"),
    ("Status", "Antworttyp", "0"),
    ("IPAddress", "IP-Adresse", "192.0.2.7"),
    ("Progress", "Aktueller Stand", "100"),
    ("Duration (in seconds)", "Dauer (in Sekunden)", "638"),
    ("Finished", "Beendet", "1"),
    ("RecordedDate", "Erfassungsdatum", "2026-11-18 08:38:48"),
    ("ResponseId", "Antwort-ID", None),
    ("RecipientLastName", "Nachname des Empfängers", "Jensen"),
    ("RecipientFirstName", "Vorname des Empfängers", "Ida"),
    ("RecipientEmail", "E-Mail des Empfängers", "ida@example.org"),
    ("ExternalReference", "Externe Datenreferenz", "cpr"),
    ("LocationLatitude", "Breitengrad des Standorts", "55.67"),
    ("LocationLongitude", "Längengrad des Standorts", "12.56"),
    ("DistributionChannel", "Verteilungskanal", "anonymous"),
    ("UserLanguage", "Benutzersprache", "DA"),
)
LEGACY = (
    ("V1", "ResponseID", None),
    ("V2", "ResponseSet", "Default Response Set"),
    ("V3", "Name", "Anonymous"),
    ("V4", "ExternalDataReference", ""),
    ("V5", "EmailAddress", ""),
    ("V6", "IPAddress", "192.0.2.7"),
    ("V7", "Status", "0"),
    ("V8", "StartDate", "2026-11-18 08:28:09"),
    ("V9", "EndDate", "2026-11-18 08:38:48"),
    ("V10", "Finished", "1"),
)


@cache
def laid_out(name):
    return layout_of(name)


def questions_of(layout):
    survey = json.loads(write_qualtrics(layout))
    elements = (e for e in survey["SurveyElements"] if e["Element"] == "SQ")
    return [e["Payload"] for e in elements if e["Payload"]["QuestionType"] != "DB"]


def columns_of(layout, person, *, rows="both", cell="code", language=None, listed=False):
    """Give heading, text below and cell of every question, as Qualtrics writes them."""
    columns = []
    for question in questions_of(layout):
        tag, words = question["DataExportTag"], question["QuestionText"][:60]
        said = (question["Language"] or {}).get(language, question)
        if question["QuestionType"] == "Matrix":
            for place, item in question["ChoiceDataExportTags"].items():
                heading = f"{tag}_{item}" if rows == "both" else item
                text = f"{words}...-{said['Choices'][place]['Display']}"
                columns.append(
                    (heading, text, chosen(question, said["Answers"], person.get(item), cell))
                )
        elif question["Selector"] == "MAVR":
            columns += boxes(layout, question, said, person, cell, listed=listed)
        elif question["QuestionType"] == "MC":
            value = 1 if tag == "consent" else person.get(tag)
            columns.append((tag, words, chosen(question, said["Choices"], value, cell)))
        else:
            columns.append((tag, words, str(person.get(tag, ""))))
    return columns


def chosen(question, labels, value, cell):
    if value is None:
        return ""
    place = next(p for p, v in question["RecodeValues"].items() if float(v) == value)
    if cell == "code":
        return question["RecodeValues"][place]
    if cell == "name":
        return question["VariableNaming"][place]
    return labels[place]["Display"]


def boxes(layout, question, said, person, cell, *, listed):
    tag = question["DataExportTag"]
    asked = next(q for q in layout.questions if q.code == tag)
    ticked, columns = [], []
    for item, place in zip(asked.cells, question["ChoiceOrder"], strict=True):
        label = said["Choices"][place]["Display"]
        written = "1" if cell == "code" else label
        is_ticked = person.get(item.name) == 1
        ticked += [place if cell == "code" else label] if is_ticked else []
        text = f"{question['QuestionText']}-{label}"
        columns.append((f"{tag}_{place}", text, written if is_ticked else ""))
    return [(tag, question["QuestionText"], ",".join(ticked))] if listed else columns


def table_of(layout, people, *, form="now", **style):
    """Build an export: rows of headings, then one row per person."""
    first = LEGACY if form == "legacy" else NOW
    last = [("version", "version", layout.asked_as)]
    lines = []
    for number, person in enumerate(people):
        columns = [*first, *columns_of(layout, person, **style), *last]
        cells = [f"R_{number:03d}" if cell is None else cell for _, _, cell in columns]
        lines.append(cells)
    names, texts = [c[0] for c in columns], [c[1] for c in columns]
    ids = [json.dumps({"ImportId": name}, separators=(",", ":")) for name in names]
    headings = {
        "now": [names, texts, ids],
        "quoted": [names, texts, [f"{{'ImportId': '{name}'}}" for name in names]],
        "legacy": [names, texts],
        "two": [names, texts],
        "one": [names],
    }
    return [*headings[form], *lines]


def as_csv(table, *, delimiter=",", encoding="utf-8-sig"):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter, quoting=csv.QUOTE_ALL).writerows(table)
    return stream.getvalue().encode(encoding)


STYLES = {
    "now, codes": {},
    "now, choice texts": {"cell": "name"},
    "now, choice texts as HTML": {"cell": "html"},
    "now, choice texts in Danish": {"cell": "html", "language": "DA"},
    "rows alone": {"rows": "alone"},
    "boxes in one column": {"listed": True},
    "boxes in one column, choice texts": {"listed": True, "cell": "html", "language": "DA"},
    "quoted": {"form": "quoted"},
    "legacy": {"form": "legacy", "rows": "alone"},
    "two rows of headings": {"form": "two"},
    "one row of headings": {"form": "one", "cell": "name"},
}


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("name", ["hostile", "self-assessment"])
def test_every_style_of_export_comes_back_equal(name, style, tmp_path):
    layout = laid_out(name)
    people = random_people(layout, 12, seed=3)
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table_of(layout, people, **STYLES[style])))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))
    assert got.data.index.tolist() == [f"R_{number:03d}" for number in range(12)]
    assert set(got.context["version"]) == {layout.asked_as}


@pytest.mark.parametrize("name", NAMES)
def test_every_questionnaire_comes_back_equal(name, tmp_path):
    layout = laid_out(name)
    people = random_people(layout, 8, seed=4)
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table_of(layout, people)))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))


def test_tab_separated_utf16_and_excel_come_back_equal(tmp_path):
    layout = laid_out("hostile")
    people = random_people(layout, 8, seed=5)
    table = table_of(layout, people)
    tsv, xlsx = tmp_path / "export.tsv", tmp_path / "export.xlsx"
    tsv.write_bytes(as_csv(table, delimiter="\t", encoding="utf-16"))
    cells = [[f"'{c}" if str(c).startswith("=") else c for c in row] for row in table]
    pd.DataFrame(cells).to_excel(xlsx, header=False, index=False)
    for path in (tsv, xlsx):
        got = isv.read_responses(path, layout.instrument)
        assert_same_answers(got, expected_responses(layout, people))


def test_questions_about_the_respondent_come_back_as_codes(tmp_path):
    layout = laid_out("staff")
    people = random_people(layout, 10, seed=6, missing_share=0)
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table_of(layout, people, cell="html", language="DA")))
    got = isv.read_responses(path, layout.instrument)
    for name in ("respondent_role", "tenure_years", "sector"):
        assert got.context[name].tolist() == [person[name] for person in people]
    assert got.texts["country"].tolist() == [person["country"] for person in people]


def test_private_columns_are_left_out_and_the_log_says_so(tmp_path):
    layout = laid_out("hostile")
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table_of(layout, random_people(layout, 3, seed=7))))
    got = isv.read_responses(path, layout.instrument)
    dropped = got.log[got.log["rule"] == "private_column_dropped"]["column"].tolist()
    assert dropped == [
        "IPAddress",
        "RecipientLastName",
        "RecipientFirstName",
        "RecipientEmail",
        "ExternalReference",
        "LocationLatitude",
        "LocationLongitude",
    ]
    assert not set(dropped) & {*got.context.columns, *got.quarantine.columns}
    everything = got.context.to_csv() + got.data.to_csv() + got.log.to_csv()
    assert not re.search(r"192\.0\.2\.7|ida@example|Jensen", everything)


@pytest.mark.parametrize(
    ("heading", "cell", "reason"),
    [
        ("Status", "1", "preview_row"),
        ("Status", "2", "preview_row"),
        ("Status", "17", "preview_row"),
        ("Status", "Survey Preview", "preview_row"),
        ("DistributionChannel", "preview", "preview_row"),
        ("DistributionChannel", "test", "preview_row"),
        ("consent", "0", "no_consent"),
        ("consent", "no", "no_consent"),
    ],
)
def test_previews_and_people_who_declined_are_set_aside(heading, cell, reason, tmp_path):
    layout = laid_out("hostile")
    table = table_of(layout, random_people(layout, 4, seed=8))
    table[4][table[0].index(heading)] = cell
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert got.quarantine[["row", "reason"]].to_numpy().tolist() == [[2, reason]]
    assert got.data.index.tolist() == ["R_000", "R_002", "R_003"]


def test_columns_that_end_like_others_do_not_take_their_place(tmp_path):
    layout = laid_out("hostile")
    people = random_people(layout, 4, seed=8)
    table = table_of(layout, people, rows="alone")
    first = next(q for q in layout.questions if q.kind == "array").cells[0].name
    more = [("app_version", f"old_{first}"), ("", ""), ('{"ImportId":"a"}', '{"ImportId":"b"}')]
    table = [[*row[:17], *cells, *row[17:]] for row, cells in
             zip(table, [*more, *[("9.9", "1")] * 4], strict=True)]  # fmt: skip
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))
    assert set(got.context["version"]) == {layout.asked_as}
    assert {"app_version", f"old_{first}"} <= set(got.context)


def test_a_row_with_more_cells_than_headings_is_set_aside(tmp_path):
    layout = laid_out("hostile")
    people = random_people(layout, 3, seed=8)
    table = table_of(layout, people)
    table[-1].append("more")
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert got.quarantine["reason"].tolist() == ["more_cells_than_heading"]


def test_seen_but_unanswered_is_not_answered(tmp_path):
    layout = laid_out("hostile")
    people = random_people(layout, 6, seed=9, missing_share=0.3)
    table = table_of(layout, people)
    start = table[0].index("FLT")
    table = [*table[:3], *([*r[:start], *(c or "-99" for c in r[start:])] for r in table[3:])]
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))
    marks = got.log[got.log["rule"] == "no_answer_mark"].set_index("column")["n_cells"]
    said = {name: sum(r[p] == "-99" for r in table[3:]) for p, name in enumerate(table[0])}
    assert marks["FLT"] == said["FLT"] < 6


def test_boxes_go_by_what_they_say_before_their_number(tmp_path):
    layout = laid_out("hostile")
    people = random_people(layout, 6, seed=10)
    table = table_of(layout, people)
    at = [table[0].index(f"KIND_{n}") for n in (1, 2, 3)]
    for name, place in zip(("KIND_7", "KIND_1", "KIND_2"), at, strict=True):
        table[0][place] = name
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))


def test_a_list_of_boxes_that_cannot_be_read_is_not_guessed(tmp_path):
    layout = laid_out("hostile")
    table = table_of(layout, [{"KIND_AA": 1, "KIND_BB": 0, "KIND_CC": 0}] * 2, listed=True)
    table[4][table[0].index("KIND")] = "1,something else"
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert got.data["KIND_AA"].tolist()[0] == 1
    assert got.reasons.loc["R_001", "KIND_AA"] == "unreadable"


@pytest.mark.parametrize("name", NAMES)
def test_surveys_made_from_the_text_form_come_back_by_wording(name, tmp_path):
    layout = laid_out(name)
    people = random_people(layout, 6, seed=11)
    table = table_of(layout, people, cell="html")
    arrays = {}
    for question in layout.questions:
        if question.kind == "array":
            for number, cell in enumerate(question.cells, start=1):
                arrays[f"{question.code}_{cell.name}"] = f"{question.code}_{number}"
    table[0] = [arrays.get(heading, heading) for heading in table[0]]
    table[1] = [says_in_export(text) for text in table[1]]
    path = tmp_path / "export.csv"
    path.write_bytes(as_csv(table))
    got = isv.read_responses(path, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))
    assert f"[[ID:{layout.questions[0].code}" in write_qualtrics_text(layout).decode()


def says_in_export(text):
    """Real exports take tags out of the second row and keep signs as they were written."""
    return re.sub(r"</?\w+>", " ", text)


@pytest.mark.parametrize("file", sorted(REAL.glob("*.csv")), ids=lambda file: file.stem)
def test_real_exports_are_recognised_and_lose_their_private_columns(file):
    instrument = laid_out("hostile").instrument
    table = read_table(file, ReadOptions())
    before = (list(table.header), [list(row) for row in table.rows])
    assert recognise(table, instrument)
    got = to_items(table, instrument)
    assert (table.header, table.rows) == before
    with file.open(encoding="utf-8-sig", newline="") as stream:
        records = list(csv.reader(stream))
    assert len(got.rows) == sum(record[:1] != [] and is_answer(record) for record in records)
    assert got.id_column in {"ResponseId", "ResponseID"}
    place = got.header.index(got.id_column)
    assert all(row[place].startswith("R_") for row in got.rows)
    names = {name.casefold() for name in got.header}
    assert not names & {"ipaddress", "name", "emailaddress", "recipientemail", "locationlatitude"}
    if file.name.startswith("qtools"):
        assert (got.aside, ALL_TRIED in got.notes) == ({}, True)


def is_answer(record):
    return any(cell.startswith("R_") for cell in record)


@pytest.mark.parametrize(
    "header", [["FLT", "KIND_AA", "Status", "Progress"], ["ResponseId", "FLT"], ["V1", "FLT"]]
)
def test_ordinary_tables_are_not_taken_for_exports(header):
    instrument = laid_out("hostile").instrument
    frame = pd.DataFrame([["1"] * len(header)] * 3, columns=header)
    path_free = read_frame(frame)
    assert recognise(path_free, instrument) is None


def read_frame(frame):
    from innovsurvey.responses.table_file import TableFile

    rows = frame.to_numpy().tolist()
    return TableFile(list(frame.columns), rows, list(range(1, len(rows) + 1)), "csv", False)


def test_the_generator_writes_labels_as_the_file_does():
    question = next(q for q in questions_of(laid_out("hostile")) if q["DataExportTag"] == "Q01")
    assert html.unescape(question["Answers"]["6"]["Display"]) == "Not needed </script>"
