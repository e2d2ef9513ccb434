"""Write the other styles of export from a raw one and its dictionary, as REDCap writes them."""

import csv
import io
from pathlib import Path

REAL = Path(__file__).parents[2] / "data" / "redcap"
STATUS = {"0": "Incomplete", "1": "Unverified", "2": "Complete"}
ADDED = {
    "redcap_event_name": "Event Name",
    "redcap_repeat_instrument": "Repeat Instrument",
    "redcap_repeat_instance": "Repeat Instance",
    "redcap_survey_identifier": "Survey Identifier",
    "redcap_data_access_group": "Data Access Group",
}
FIXED = {"yesno": {"1": "Yes", "0": "No"}, "truefalse": {"1": "True", "0": "False"}}


def rows_of(name):
    with (REAL / name).open(encoding="utf-8", newline="") as file:
        return list(csv.reader(file))


def fields_of(name):
    header, *rows = rows_of(name)
    return {row[0]: dict(zip(header, row, strict=True)) for row in rows}


def choices_of(field):
    kind = field["Field Type"]
    if kind not in ("radio", "dropdown", "checkbox"):
        return FIXED.get(kind, {})
    parts = field["Choices, Calculations, OR Slider Labels"].split("|")
    return dict(map(str.strip, part.split(",", 1)) for part in parts)


def events_of(name):
    """Give the label of each event: with its arm, as the project has two."""
    header, *rows = rows_of(name)
    events = [dict(zip(header, row, strict=True)) for row in rows]
    arm = "{event_name} (Arm {arm_num}: Drug {arm_num})"
    return {event["unique_event_name"]: arm.format(**event) for event in events}


def styled(table, fields, events=None, *, headings, cells):
    """Give the table with labels as headings, as cells, or both."""
    header, *rows = [list(row) for row in table]
    for place, name in enumerate(header):
        heading, said = _labels(name, fields, events or {})
        if headings:
            header[place] = heading
        if cells:
            for row in rows:
                row[place] = said.get(row[place], row[place])
    return [header, *rows]


def _labels(name, fields, events):
    """Give the heading of a column and the labels of its cells."""
    field, _, code = name.partition("___")
    if field in fields and code:
        said = f"{fields[field]['Field Label']} (choice={choices_of(fields[field])[code]})"
        return said, {"1": "Checked", "0": "Unchecked"}
    if name in fields:
        return fields[name]["Field Label"], choices_of(fields[name])
    if name.endswith("_complete"):
        return "Complete?", STATUS
    if name.endswith("_timestamp"):
        return "Survey Timestamp", {}
    return ADDED[name], events if name == "redcap_event_name" else {}


def lengthened(table, fields):
    """Give the table with one row per answer, ticks by their code."""
    header, *rows = table
    keys = [0, *(place for place, name in enumerate(header) if name in ADDED)]
    long = [["record", *(header[place] for place in keys[1:]), "field_name", "value"]]
    for row in rows:
        key = [row[place] for place in keys]
        for name, cell in zip(header, row, strict=True):
            field, _, code = name.partition("___")
            if code and field in fields:
                name, cell = field, code if cell == "1" else ""
            if cell and name not in ADDED:
                long.append([*key, name, cell])
    return long


def write(table, path):
    stream = io.StringIO(newline="")
    csv.writer(stream).writerows(table)
    path.write_text(stream.getvalue(), encoding="utf-8", newline="")
    return path
