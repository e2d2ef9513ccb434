"""The rows of a REDCap export: records, events, repeated forms, and one row per answer."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.responses.cells import normalise, read_context, read_label

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.table_file import TableFile

EVENT: Final = "redcap_event_name"
FORM: Final = "redcap_repeat_instrument"
INSTANCE: Final = "redcap_repeat_instance"
WAVE: Final = "redcap_wave"
# Headings of what REDCap adds, where headings are labels.
SAID: Final = {
    "event name": EVENT,
    "repeat instrument": FORM,
    "repeat instance": INSTANCE,
    "data access group": "redcap_data_access_group",
    "survey identifier": "redcap_survey_identifier",
}
_LONG: Final = ("field_name", "value")
_ARM: Final = re.compile(r"(.*?)(?:\s*\(Arm (\d+):.*\))?", re.DOTALL)
_UNIQUE: Final = re.compile(r"[a-z0-9_]*_arm_\d+[a-z]?")
_LONGEST_EVENT: Final = 18
_BOX: Final = "___"


def is_long(header: Sequence[str]) -> bool:
    """Tell an export with one row per answer: record, field_name, value.

    Examples
    --------
    >>> is_long(["record", "redcap_event_name", "field_name", "value"]), is_long(["record"])
    (True, False)
    """
    return bool(header) and header[0] == "record" and {*_LONG} <= {*header}


def widen(table: TableFile, boxes: Sequence[str], record: str) -> TableFile:
    """Make one row per record (and event, and instance) of rows with one answer each.

    ``boxes`` are questions of which several answers may be ticked: each tick has a row of its own.
    """
    at = {name: place for place, name in enumerate(table.header)}
    keys = [name for name in ("record", EVENT, FORM, INSTANCE) if name in at]
    ticked = {name.casefold() for name in boxes}
    rows: dict[tuple[str, ...], dict[str, str]] = {}
    twice = 0
    for row in table.filled():
        cells = rows.setdefault(tuple(row[at[name]] for name in keys), {})
        field, value = row[at["field_name"]].strip(), row[at["value"]]
        if field.casefold() in ticked:
            field, value = f"{field}{_BOX}{value.strip()}", "1"
        twice += field in cells and cells[field] != value
        cells[field] = value
    fields = list(dict.fromkeys(f for cells in rows.values() for f in cells if f != record))
    header = [record, *keys[1:], *fields]
    found = [[*key, *(cells.get(f, "") for f in fields)] for key, cells in rows.items()]
    notes = [*table.notes, f"{len(table.rows)} rows with one answer each made {len(found)} rows."]
    if twice:
        notes.append(f"{twice} answer(s) to a question were followed by another, which was kept.")
    numbers = list(range(1, len(found) + 1))
    return replace(table, header=header, rows=found, numbers=numbers, notes=notes)


def raw_names(table: TableFile, instrument: Instrument) -> TableFile:
    """Give the names of REDCap to columns that it headed by labels, the record among them."""
    header, changes = list(table.header), list(table.changes)
    for place, heading in enumerate(header):
        name = SAID.get(heading.strip().casefold(), "")
        if place == 0 and not name:
            name = _record_name(heading, instrument)
        if name and name not in header:
            header[place] = name
            changes.append((heading, "column_renamed", heading, name))
    return replace(table, header=header, changes=changes)


def _record_name(heading: str, instrument: Instrument) -> str:
    """Name the column of the record by the label that the instrument file gives it."""
    columns = [column for column in instrument.context if column.role == "respondent"]
    said = {normalise(words): c.id for c in columns for words in c.label.values()}
    return said.get(normalise(heading), "")


def event_name(label: str) -> str:
    """Give the unique name that REDCap makes of the label of an event and its arm.

    Examples
    --------
    >>> event_name("Deadline to opt out of study (Arm 2: Drug B)"), event_name("Dose 1")
    ('deadline_to_opt_ou_arm_2', 'dose_1_arm_1')
    """
    if not label.strip() or _UNIQUE.fullmatch(label):
        return label
    match = _ARM.fullmatch(label.strip())
    said, arm = (match[1], match[2]) if match is not None else (label, None)
    words = re.sub(r"[^a-z0-9 _]", "", said.strip().lower())
    plain = re.sub(r"_+", "_", words.replace(" ", "_"))[:_LONGEST_EVENT].strip("_")
    return f"{plain}_arm_{arm or 1}" if plain else label


@dataclass
class RecordRows:
    """The rows of an export, by what tells them apart."""

    table: TableFile
    record: int | None
    items: frozenset[int]  # places of the columns that are items

    def sorted_out(self) -> TableFile:
        """Move rows of repeated forms to tables of their own, and name the waves."""
        table = self.table
        at = {name: place for place, name in enumerate(table.header)}
        if self.record is None or not ({EVENT, INSTANCE, FORM} & at.keys()):
            return table
        forms = self._cells(at.get(FORM))
        repeated = [place for place, form in enumerate(forms) if form]
        if repeated and self._have_answers(set(range(len(table.rows))) - set(repeated)):
            table = self._without_repeats(repeated, forms)
        return _with_waves(table, at)

    def _cells(self, place: int | None) -> list[str]:
        """Give the cells of a column, empty ones if it is not there."""
        if place is None:
            return [""] * len(self.table.rows)
        return [row[place].strip() for row in self.table.rows]

    def _have_answers(self, rows: set[int]) -> bool:
        """Tell whether any of the rows has an answer to an item."""
        return any(
            self.table.rows[row][place].strip() not in {"", "0", "Unchecked"}
            for row in rows
            for place in self.items
        )

    def _without_repeats(self, repeated: list[int], forms: list[str]) -> TableFile:
        """Take the rows of repeated forms out of the table; each form becomes a table."""
        table = self.table
        by_form: dict[str, list[int]] = defaultdict(list)
        for place in repeated:
            by_form[forms[place]].append(place)
        gone = set(repeated)
        kept = [place for place in range(len(table.rows)) if place not in gone]
        renumbered = {old: new for new, old in enumerate(kept)}
        said = [f"{form} ({len(places)})" for form, places in by_form.items()]
        note = f"Rows of repeated forms are tables of their own: {join_names(said)}."
        return replace(
            table,
            rows=[table.rows[place] for place in kept],
            numbers=[table.numbers[place] for place in kept],
            aside={renumbered[p]: why for p, why in table.aside.items() if p in renumbered},
            repeats=table.repeats | {f: self._frame(places) for f, places in by_form.items()},
            notes=[*table.notes, note],
        )

    def _frame(self, places: list[int]) -> pd.DataFrame:
        """Make a data frame of the rows of a repeated form, with the columns that it fills."""
        table = self.table
        rows = [table.rows[place] for place in places]
        record = self.record or 0
        columns = {
            name: read_context([row[i] for row in rows], decimal_comma=table.decimal_comma).array
            for i, name in enumerate(table.header)
            if name
            and i != record
            and name != FORM
            and any(row[i].strip() not in {"", "0", "Unchecked"} for row in rows)
        }
        ids = read_label([row[record] for row in rows])
        index: pd.Index[Any] = pd.Index(ids, name=table.header[record])
        return pd.DataFrame(columns, index=index)


def _with_waves(table: TableFile, at: dict[str, int]) -> TableFile:
    """Name the column of the waves: the event, with the instance where events repeat."""
    instances = at.get(INSTANCE)
    has_more = instances is not None and any(row[instances].strip() for row in table.rows)
    if not has_more:
        return replace(table, wave_column=EVENT) if EVENT in at else table
    parts = [at[name] for name in (EVENT, FORM, INSTANCE) if name in at]
    rows = [
        [*row, "_".join(filter(None, (row[place].strip() for place in parts)))]
        for row in table.rows
    ]
    return replace(table, header=[*table.header, WAVE], rows=rows, wave_column=WAVE)


def unclear_ids(table: TableFile, record: str) -> bool:
    """Tell records that repeat although no event and no instance tells why."""
    at = [table.header.index(name) for name in (record, table.wave_column) if name is not None]
    found = Counter(tuple(row[place].strip() for place in at) for row in table.rows)
    return any(n > 1 for n in found.values())
