"""Write answers the way KoboToolbox and ODK Central export them, from the form itself.

The layouts follow the real files in tests/data/kobo: what stands in a heading, where notes and
what the server adds come, how ticks are given.
"""

import csv
import io
from dataclasses import dataclass
from functools import cache

import openpyxl
from questionnaire.answers import layout_of

from innovsurvey.questionnaire.platforms.xlsform import write_xlsform

KOBO_META = ("_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_status")
KOBO_META += ("_submitted_by", "__version__", "_tags", "_index")
GROUPS = {"begin_group": 1, "end_group": -1}


@dataclass(frozen=True)
class Style:
    """How an export is asked for: ``language`` is None for names, else that of the texts."""

    name: str
    language: str | None = None
    separator: str = ""
    ticks: str = "both"
    marks: tuple[str, str] = ("1", "0")
    has_meta: bool = True
    central: bool = False
    excel: bool = False


STYLES = (
    Style("names, groups, both kinds of ticks", separator="/"),
    Style("names, no groups, ticks in one column", ticks="summary"),
    Style("names, no groups, nothing of the server", ticks="summary", has_meta=False),
    Style("names, groups, True and False", separator="/", ticks="details", marks=("True", "False")),
    Style("English texts, groups", language="en", separator="/", has_meta=False),
    Style("Danish texts, groups, Excel", language="da", separator="/", ticks="summary", excel=True),
    Style("Danish texts, no groups", language="da", ticks="summary"),
    Style("English texts, no groups, one column per box", language="en", ticks="details"),
    Style("ODK Central", separator="-", ticks="summary", central=True),
    Style("ODK Central, ticks apart", separator="-", central=True),
)


@cache
def form_of(name):
    """Give the layout of a questionnaire, and the rows of its form and of its choices."""
    layout = layout_of(name)
    book = openpyxl.load_workbook(io.BytesIO(write_xlsform(layout)))
    return layout, _rows(book["survey"]), _rows(book["choices"])


def write_export(name, people, style):
    """Give the bytes of an export, and the ending of its name."""
    header, rows = export_table(name, people, style)
    target = io.BytesIO()
    if style.excel:
        book = openpyxl.Workbook()
        for number, row in enumerate([header, *rows], start=1):
            for column, value in enumerate(row, start=1):
                cell = book.active.cell(number, column, value)
                cell.data_type = "s"
        book.save(target)
        return target.getvalue(), "xlsx"
    text = io.StringIO(newline="")
    if style.central:
        writer = csv.writer(text, lineterminator="\n")
    else:
        writer = csv.writer(text, delimiter=";", quoting=csv.QUOTE_ALL, lineterminator="\r\n")
    writer.writerows([header, *rows])
    return text.getvalue().encode(), "csv"


def export_table(name, people, style):
    """Give heading and rows of an export."""
    layout, survey, choices = form_of(name)
    names = {n.code: n.name for n in layout.languages}
    label = style.language and f"label::{names[style.language]} ({style.language})"
    columns = [c for field in _fields(survey) for c in _columns(field, choices, style, label)]
    answers = [_answers(layout, person) for person in people]
    meta = _meta(style, len(people))
    header = [heading for heading, _ in columns] + [name for name, _ in meta]
    rows = [
        [read(answer) for _, read in columns] + [cells[i] for _, cells in meta]
        for i, answer in enumerate(answers)
    ]
    if style.central:
        header = ["SubmissionDate", *header[:-1], "KEY"]
        rows = [["2026-11-02T10:00:00.000Z", *row[:-1], row[-1]] for row in rows]
    return header, rows


def _rows(sheet):
    names, *rows = sheet.iter_rows(values_only=True)
    return [dict(zip(names, row, strict=True)) for row in rows]


def _fields(survey):
    """Give the rows that are asked, each with the groups it is in."""
    groups = []
    for row in survey:
        if row["type"] == "begin_group":
            groups.append(row)
        elif row["type"] == "end_group":
            groups.pop()
        else:
            yield [*groups, row]


def _heading(path, style, label):
    said = [row.get(label) or row["name"] for row in path]
    return style.separator.join(said) if style.separator else said[-1]


def _columns(path, choices, style, label):
    """Give the headings of a question, each with how to read its cell from the answers."""
    row = path[-1]
    name, (kind, *of) = row["name"], row["type"].split()
    heading = _heading(path, style, label)
    offered = {c["name"]: c.get(label) or c["name"] for c in choices if c["list_name"] in of}

    def said(answers):
        return " ".join(offered.get(word, word) for word in answers.get(name, "").split(" "))

    if kind in ("select_one", "select_multiple"):
        wanted = style.ticks if kind == "select_multiple" else "summary"
        if wanted in ("both", "summary"):
            yield heading, said
        if wanted in ("both", "details"):
            for code, words in offered.items():
                yield f"{heading}/{words}", _box(name, code, style.marks)
    else:
        yield heading, lambda answers: answers.get(name, "")


def _box(name, code, marks):
    def read(answers):
        ticked = answers.get(name, "")
        return marks[0 if code in ticked.split(" ") else 1] if ticked else ""

    return read


def _answers(layout, person):
    """Give what the form holds for a person, by the names of the form."""
    answers = {"consent": "OK", **dict(layout.carried)}
    for question in layout.questions:
        if question.kind == "ticks":
            ticked = [cell.code for cell in question.cells if person.get(cell.name) == 1]
            answers[question.code] = " ".join(ticked)
        else:
            given = {c.name: str(person[c.name]) for c in question.cells if c.name in person}
            answers |= given
    return answers


def _meta(style, n):
    """Give the columns that the server adds, with their cells."""
    if style.central:
        names = ("meta-instanceID", "SubmitterID", "SubmitterName", "ReviewState", "FormVersion")
        plain = {"SubmitterID": "17", "SubmitterName": "Jane", "FormVersion": "1.0.0"}
        cells = [(name, [plain.get(name, "")] * n) for name in names[1:]]
        keys = [f"uuid:{i:08x}-0000-4000-8000-000000000000" for i in range(n)]
        return [(names[0], keys), *cells, ("KEY", keys)]
    if not style.has_meta:
        return []
    made = {
        "_id": [str(20756926 + i) for i in range(n)],
        "_uuid": [f"{i:08x}-16e4-41b0-8be3-89d267d5c78a" for i in range(n)],
        "_submission_time": ["2026-11-02T10:00:00"] * n,
        "_submitted_by": ["jane"] * n,
        "_index": [str(i + 1) for i in range(n)],
    }
    return [(name, made.get(name, [""] * n)) for name in KOBO_META]
