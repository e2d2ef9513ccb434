"""What a data dictionary has to fulfil for REDCap to take it, as far as the rules are known."""

import csv
import io
import re
from itertools import groupby

COLUMNS = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
TYPES = {
    "text", "notes", "dropdown", "radio", "checkbox", "calc", "file", "descriptive", "slider",
    "yesno", "truefalse",
}  # fmt: skip
CHECKS = {
    "", "date_ymd", "date_dmy", "date_mdy", "number", "number_comma_decimal", "integer", "email",
    "phone",
}  # fmt: skip
NAME = re.compile(r"[a-z][a-z0-9_]*")
CODE = re.compile(r"-?[A-Za-z0-9_.]+")
REFERENCE = re.compile(r"\[([a-z][a-z0-9_]*)(?:\(([^)]+)\))?\]")
LOGIC = re.compile(r"(\[[a-z][a-z0-9_]*(\([^)]+\))?\] *(=|<>|<|>|<=|>=) *('[^']*'|\"[^\"]*\"|-?\d+)"
                   r"|\(|\)| |and|or)*")  # fmt: skip
RUN = "=+-@＝＋－＠\t\r"


def read_dictionary(raw):
    """Read a dictionary as rows by heading."""
    text = raw.decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(text, newline="")))
    return rows[0], [dict(zip(COLUMNS, row, strict=True)) for row in rows[1:]]


def choices_of(row):
    """Give code -> label of a field."""
    written = row["Choices, Calculations, OR Slider Labels"]
    pairs = [part.split(",", 1) for part in written.split("|")]
    return {pair[0].strip(): pair[1].strip() for pair in pairs}


def faults(raw, *, is_ours=False):
    """List everything that is wrong; our own files must not run in a spreadsheet either."""
    header, rows = read_dictionary(raw)
    found = [] if tuple(header) == COLUMNS else ["the headings are not those of REDCap"]
    names = [row["Variable / Field Name"] for row in rows]
    if rows[0]["Field Type"] != "text":
        found.append("the first field is no record id")
    found += [f"{n} is there {names.count(n)} times" for n in set(names) if names.count(n) > 1]
    for row in rows:
        found += [f"{row['Variable / Field Name']}: {fault}" for fault in _field_faults(row)]
    found += [*_order_faults(rows), *_logic_faults(rows)]
    if is_ours:
        cells = [cell for row in rows for cell in row.values()]
        found += [
            f"{c!r} runs as a formula" for c in cells if c[:1] in RUN and c and not _number(c)
        ]
    return found


def _number(cell):
    return re.fullmatch(r"-?\d+(\.\d+)?", cell) is not None


def _field_faults(row):
    kind, check = row["Field Type"], row["Text Validation Type OR Show Slider Number"]
    name = row["Variable / Field Name"]
    if not NAME.fullmatch(name) or len(name) > 60:
        yield "no name that REDCap takes"
    if not NAME.fullmatch(row["Form Name"]):
        yield f"form {row['Form Name']!r}"
    if kind not in TYPES:
        yield f"type {kind!r}"
    if not row["Field Label"]:
        yield "no label"
    if kind in {"radio", "checkbox", "dropdown"}:
        yield from _choice_faults(row)
    if kind not in {"text", "slider"} and (check or row["Text Validation Min"]):
        yield "a check without a text field"
    yield from _flag_faults(row, check)


def _flag_faults(row, check):
    if check not in CHECKS:
        yield f"check {check!r}"
    if (row["Text Validation Min"] or row["Text Validation Max"]) and not check:
        yield "limits without a check"
    if row["Required Field?"] not in {"", "y"} or row["Identifier?"] not in {"", "y"}:
        yield "a flag other than y"
    if row["Custom Alignment"] not in {"", "RV", "RH", "LV", "LH"}:
        yield "alignment"


def _choice_faults(row):
    written = row["Choices, Calculations, OR Slider Labels"]
    codes = []
    for part in written.split("|"):
        code, comma, label = part.partition(",")
        codes.append(code.strip().casefold())
        if not comma or not label.strip():
            yield f"choice {part!r} has no label"
        if not CODE.fullmatch(code.strip()):
            yield f"code {code.strip()!r}"
    if len(set(codes)) < len(codes):
        yield "codes are not unique"
    if row["Field Type"] == "checkbox" and any(code.startswith("-") for code in codes):
        yield "a box with a minus sign changes its name in exports"


def _order_faults(rows):
    forms = [form for form, _ in groupby(row["Form Name"] for row in rows)]
    if len(set(forms)) < len(forms):
        yield "the fields of a form do not stand together"
    grouped = [(g, list(r)) for g, r in groupby(rows, key=lambda row: row["Matrix Group Name"])]
    groups = [name for name, _ in grouped if name]
    if len(set(groups)) < len(groups):
        yield "the rows of a matrix do not stand together"
    for name, members in grouped:
        if name and not NAME.fullmatch(name):
            yield f"matrix {name!r}"
        if name and len({m["Choices, Calculations, OR Slider Labels"] for m in members}) > 1:
            yield f"the rows of {name} have different choices"
        if name and {m["Field Type"] for m in members} - {"radio", "checkbox"}:
            yield f"{name} has rows of a type without choices"


def _logic_faults(rows):
    fields = {row["Variable / Field Name"]: row for row in rows}
    for row in rows:
        name, logic = row["Variable / Field Name"], row["Branching Logic (Show field only if...)"]
        if not LOGIC.fullmatch(logic) or logic.count("(") != logic.count(")"):
            yield f"{name}: logic {logic!r} is not well formed"
        for field, box in REFERENCE.findall(logic):
            if field not in fields:
                yield f"{name}: logic looks at {field}, which is not there"
            elif (fields[field]["Field Type"] == "checkbox") != bool(box):
                yield f"{name}: logic looks at {field} in the wrong way"
            elif box and box not in choices_of(fields[field]):
                yield f"{name}: logic looks at the box {box}, which is not there"
