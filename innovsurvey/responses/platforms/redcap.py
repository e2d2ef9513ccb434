"""Read the answers that REDCap exports: raw or as labels, with names or labels as headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.base.numbers import write_number
from innovsurvey.responses.cells import normalise
from innovsurvey.responses.platforms.answers import NO_CONSENT, Wordings, has_declined, readings
from innovsurvey.responses.platforms.choice_cells import Choices, holds_labels, number_codes
from innovsurvey.responses.platforms.item_columns import ItemColumns
from innovsurvey.responses.platforms.redcap_missing import declared, reason_of_box
from innovsurvey.responses.platforms.redcap_rows import (
    EVENT,
    FORM,
    INSTANCE,
    RecordRows,
    event_name,
    is_long,
    raw_names,
    unclear_ids,
    widen,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.table_file import TableFile

    _ByHeading = dict[str, dict[str, str]]

_PRIVATE: Final = frozenset({"redcap_survey_identifier"})
_RAW_NAME: Final = re.compile(r"[a-z][a-z0-9_]*|")
_OWN_NAME: Final = re.compile(
    r"redcap_(event_name|repeat_instrument|repeat_instance|survey_identifier|data_access_group)"
)
_STATUS: Final = frozenset({"", "0", "1", "2", "incomplete", "unverified", "complete"})
_ADDED: Final = frozenset({EVENT, FORM, INSTANCE, "redcap_data_access_group"})
_BOX: Final = re.compile(r"(.*)\(choice=(.*)\)", re.DOTALL)
_RAW_BOX: Final = re.compile(r"(.+?)___(.+)")
_LETTER: Final = re.compile(r"<U\+(0?[0-9A-Fa-f]{4,5})>")
_TICKED: Final = frozenset({"1", "checked"})
_LOGICAL: Final = {"true": "1", "false": "0"}
_RECORD: Final = "record_id"


def recognise(table: TableFile, instrument: Instrument) -> str | None:
    """Say why the table is an export of REDCap; None if it is not.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> tasks = isv.load_instrument("collaborative-leadership")
    >>> header = ["record_id", "redcap_event_name", "con01"]
    >>> table = TableFile(header, [["7", "w1", "4"]], [1], "csv", False)
    >>> recognise(table, tasks)
    'the heading redcap_event_name'
    """
    names = [name.strip() for name in table.header]
    if is_long(names):
        return "one row per answer, with record, field_name and value"
    columns = ItemColumns(instrument)
    is_labelled = "Complete?" in names and not columns.known.items & {*names}
    if is_labelled or any(_BOX.fullmatch(name) for name in names):
        return 'headings such as "Complete?" or "(choice=...)"'
    if not all(_RAW_NAME.fullmatch(name) for name in names):
        return None
    own = next((name for name in names if _OWN_NAME.fullmatch(name)), None)
    if own is not None:
        return f"the heading {own}"
    status = [name for place, name in enumerate(names) if _is_status(table, place)]
    form = re.sub(r"[^a-z0-9]+", "_", instrument.id.lower()).strip("_") + "_complete"
    if status and (_RECORD in names or form in status) and columns.known.share(names):
        return f"the heading {status[0]}, which holds the state of a form"
    return None


def to_items(table: TableFile, instrument: Instrument) -> TableFile:
    """Give the table with item ids as headings.

    The identifier of the survey is left out, since it may be a name; rows of people who did not
    agree to take part are set aside. Events are waves; rows of repeated forms become tables of
    their own.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> tasks = isv.load_instrument("collaborative-leadership")
    >>> header = ["record_id", "redcap_event_name", "con01"]
    >>> table = TableFile(header, [["7", "w1", "4"]], [1], "csv", False)
    >>> to_items(table, tasks).header
    ['record_id', 'redcap_event_name', 'CON01']
    """
    record = _record_column(instrument)
    long = is_long(table.header)
    if long:
        boxes = [line.id for matrix in instrument.matrices for line in matrix.rows]
        table = widen(table, boxes, record or _RECORD)
    table = raw_names(table, instrument)
    columns = _Columns(instrument)
    columns.sort(table)
    notes = columns.fill_up(len(table.rows)) if long else []
    consent = columns.cells("consent")
    made = replace(
        table,
        notes=[*table.notes, *notes],
        header=columns.header,
        rows=columns.table_rows([row[len(table.header) :] for row in table.rows]),
        changes=[*table.changes, *columns.changes],
        counts=table.counts | columns.counts,
        aside=({} if long else table.aside)
        | {place: NO_CONSENT for place, cell in enumerate(consent) if has_declined(cell)},
        missing=columns.missing | _renamed(table.missing, columns),
        labels=_renamed(table.labels, columns),
    )
    return _identified(made, columns, record)


def _renamed(said: _ByHeading, columns: _Columns) -> _ByHeading:
    """Carry what the file says about its columns along under their new names."""
    return {columns.names[h]: codes for h, codes in said.items() if h in columns.names}


def _record_column(instrument: Instrument) -> str:
    """Give the name of the record, where the instrument file says it."""
    return next((c.id for c in instrument.context if c.role == "respondent"), "")


def _identified(table: TableFile, columns: _Columns, record: str) -> TableFile:
    """Tell rows apart by record and event; rows of repeated forms become tables of their own."""
    tries = (record, _RECORD, next(filter(None, table.header), None))
    name = next((r for r in tries if r and r in table.header), None)
    if name is None:
        return table
    items = {p for p, heading in enumerate(table.header) if heading in columns.known.items}
    place = table.header.index(name)
    sorted_out = RecordRows(table, place, frozenset(items)).sorted_out()
    if not unclear_ids(sorted_out, name):
        return replace(sorted_out, id_column=name)
    note = (
        f"{name} repeats and no event tells why, so it was not taken as the id; no row was left "
        "out for it."
    )
    return replace(sorted_out, wave_column=None, notes=[*sorted_out.notes, note])


@dataclass
class _Columns(ItemColumns):
    """The columns of an export, sorted into items, what goes with them, and what is left out."""

    missing: dict[str, dict[str, str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    absent: dict[str, list[tuple[str, list[str]]]] = field(default_factory=dict)

    def sort(self, table: TableFile) -> None:
        """Decide on every column."""
        by_words = self._by_words(table.header)
        filled = table.filled()
        targets = self._by_names(table.header) | by_words
        for place, name in enumerate(table.header):
            if name.casefold() in _PRIVATE:
                self.drop(name)
                continue
            cells = self._letters(name, [row[place] for row in filled])
            if name == EVENT:
                cells = _each(cells, {cell: event_name(cell) for cell in set(cells)})
            self.add(name, targets.get(place), cells)
            self.names[name] = self.header[-1]
            self._note_absent(name, cells)
        self.settle(_is_ticked)
        self._mark_absent()
        self.read_labels()
        self._read_codes()

    def _letters(self, name: str, cells: list[str]) -> list[str]:
        """Read letters that R wrote as their numbers, as in <U+0434><U+0430>."""
        escaped = {cell for cell in set(cells) if _LETTER.search(cell)}
        if not escaped:
            return cells
        read = {c: _LETTER.sub(lambda m: chr(int(m[1], 16)), c) for c in escaped}
        halves = {c: words.encode("utf-16", "surrogatepass") for c, words in read.items()}
        said = {c: pairs.decode("utf-16", "replace") for c, pairs in halves.items()}
        n_cells = sum(cell in escaped for cell in cells)
        self.change_cells(name, "escaped_letters_read", "<U+...>", "letters", n_cells)
        return [said.get(cell, cell) for cell in cells]

    def fill_up(self, n_rows: int) -> list[str]:
        """Add an empty column for what nobody has answered, which rows of answers leave out."""
        absent = [item.id for item in self.instrument.items if item.id not in self.header]
        if not absent or len(absent) == len(self.known.items):
            return []
        for name in absent:
            self.header.append(name)
            self.columns.append([""] * n_rows)
        self.settle(_is_ticked)
        return [f"Nobody answered {join_names(absent)}: no row of the file is about it."]

    def cells(self, name: str) -> list[str]:
        """Give the cells of a column by its name, none if it is not there."""
        return self.columns[self.header.index(name)] if name in self.header else []

    def _by_names(self, header: Sequence[str]) -> dict[int, str]:
        """Find items by the names of fields: as they stand, else by letters and digits alone."""
        known = {item.id.casefold(): item.id for item in self.instrument.items}
        known |= {
            f"{item.row}___{item.column}".casefold(): item.id
            for item in self.instrument.items
            if item.matrix is not None
        }
        named = {i.written.casefold(): i.id for i in self.instrument.items if i.written}
        known |= named
        raw = _raw_names(header)
        exact = {place: known[name] for place, name in raw.items() if name in known}
        rest = {place: name for place, name in raw.items() if place not in exact}
        taken = set(exact.values())
        near = self.known.find_all(rest)
        return exact | {place: item for place, item in near.items() if item not in taken}

    def _note_absent(self, name: str, cells: list[str]) -> None:
        """Keep a box that stands for a code for missing data."""
        parts = _RAW_BOX.fullmatch(name)
        if parts is not None and self.header[-1] == name and reason_of_box(parts[2]):
            self.absent.setdefault(parts[1].casefold(), []).append((parts[2].upper(), cells))

    def _mark_absent(self) -> None:
        """Write the code for missing data into the boxes of people who have it."""
        for row, said in self.absent.items():
            for item in filter(None, self.rows.items.get(row, [])):
                if item not in self.header:
                    continue
                place = self.header.index(item)
                for code, marks in said:
                    self.columns[place] = [
                        code if _is_ticked(mark) else cell
                        for cell, mark in zip(self.columns[place], marks, strict=True)
                    ]
                    self.missing.setdefault(item, {})[code] = reason_of_box(code)

    def _read_codes(self) -> None:
        """Read names and labels that look like numbers, logical values, codes for missing data."""
        formats = {
            place: self.instrument.format_of(name)
            for place, name in enumerate(self.header)
            if name in self.known.items
        }
        chosen = {place: Choices.of(f) for place, f in formats.items() if f.points}
        fits = ((c, {normalise(x) for x in set(self.columns[p])}) for p, c in chosen.items())
        labelled = holds_labels(fits)
        for place, choices in chosen.items():
            said = {w: w for w in set(self.columns[place])}
            numbers = number_codes(choices, labelled=labelled)
            said |= {w: numbers[normalise(w)] for w in said if normalise(w) in numbers}
            logical = _logical(said, choices)
            if logical:
                n_cells = sum(cell in logical for cell in self.columns[place])
                old, new = "TRUE FALSE", "1 0"
                self.change_cells(self.header[place], "logical_as_number", old, new, n_cells)
            self.columns[place] = _each(self.columns[place], said | logical)
        for place, format_ in formats.items():
            if format_.level in {"text", "date"}:
                continue
            own = chosen.get(place, Choices())
            missing = declared(set(self.columns[place]), [*own.names, *own.labels])
            if missing:
                self.missing.setdefault(self.header[place], {}).update(missing)

    def _by_words(self, header: list[str]) -> dict[int, str]:
        """Find items by headings that are labels."""
        labels = {
            place: name
            for place, name in enumerate(header)
            if not _RAW_NAME.fullmatch(name) and not _BOX.fullmatch(name)
        }
        found = Wordings.of(self.instrument).find(labels)
        return found | {
            place: item
            for place, name in enumerate(header)
            if (item := self._box(name)) is not None
        }

    def _box(self, name: str) -> str | None:
        """Find the item of a heading such as ``Which steps? (choice=Understanding)``."""
        parts = _BOX.fullmatch(name)
        if parts is None:
            return None
        questions, choices = (readings(part) for part in parts.groups())
        texts = {
            line.id.casefold(): {*matrix.text.values(), *line.text.values()}
            for matrix in self.instrument.matrices
            for line in matrix.rows
        }
        fitting = {
            (row, self.rows.labels[row][choice])
            for row in self.rows.ticked
            for choice in choices
            if choice in self.rows.labels[row]
        }
        same = {(r, i) for r, i in fitting if {*map(normalise, texts[r])} & {*questions}}
        found = same or fitting
        return next(iter(found))[1] if len(found) == 1 else None


def _raw_names(header: Sequence[str]) -> dict[int, str]:
    """Give the headings that are names of fields, by place, but for those of REDCap itself."""
    return {
        place: name
        for place, name in enumerate(header)
        if _RAW_NAME.fullmatch(name)
        and name not in _ADDED
        and not name.endswith(("_complete", "_timestamp"))
    }


def _logical(cells: Iterable[str], choices: Choices) -> dict[str, str]:
    """Give 1 and 0 for TRUE and FALSE, as R writes a column of both, where they are no answers."""
    found = {cell for cell in cells if cell.strip()}
    plain = {cell.casefold() for cell in found}
    if not found or not plain <= _LOGICAL.keys() or plain & choices.labels.keys():
        return {}
    codes = {write_number(code) for code in choices.names.values()}
    return {cell: _LOGICAL[cell.casefold()] for cell in found} if codes <= {"0", "1"} else {}


def _each(cells: Sequence[str], said: Mapping[str, str]) -> list[str]:
    """Change cells."""
    return [said[cell] for cell in cells]


def _is_ticked(cell: str) -> bool:
    """Tell a box that was ticked."""
    return cell.strip().casefold() in _TICKED


def _is_status(table: TableFile, place: int) -> bool:
    """Tell the column that says how far a form has come."""
    if not table.header[place].endswith("_complete"):
        return False
    cells = {row[place].strip().casefold() for row in table.rows if len(row) > place}
    return cells <= _STATUS
