"""Read the answers that REDCap exports: raw or as labels, with names or labels as headings."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.cells import normalise
from innovsurvey.responses.platforms.answers import NO_CONSENT, Wordings, has_declined, readings
from innovsurvey.responses.platforms.item_columns import ItemColumns

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.table_file import TableFile

_PRIVATE: Final = frozenset({"redcap_survey_identifier", "survey identifier"})
_RAW_NAME: Final = re.compile(r"[a-z][a-z0-9_]*|")
_OWN_NAME: Final = re.compile(
    r"redcap_(event_name|repeat_instrument|repeat_instance|survey_identifier|data_access_group)"
)
_STATUS: Final = frozenset({"", "0", "1", "2", "incomplete", "unverified", "complete"})
_EVENT: Final = (
    "redcap_event_name",
    "event name",
    "redcap_repeat_instrument",
    "repeat instrument",
    "redcap_repeat_instance",
    "repeat instance",
)
_BOX: Final = re.compile(r"(.*)\(choice=(.*)\)", re.DOTALL)
_TICKED: Final = frozenset({"1", "checked"})
_RECORD: Final = "record_id"
_ID: Final = "redcap_record"


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
    agree to take part are set aside. Where a record has several rows (events, repeated forms), the
    id is made of record and event.

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
    columns = _Columns(instrument)
    columns.sort(table)
    ids, notes = columns.identify()
    rows = columns.table_rows([row[len(table.header) :] for row in table.rows])
    consent = columns.cells("consent")
    return replace(
        table,
        header=columns.header,
        rows=rows,
        numbers=list(range(1, len(rows) + 1)),
        changes=[*table.changes, *columns.changes],
        notes=[*table.notes, *notes],
        aside={place: NO_CONSENT for place, cell in enumerate(consent) if has_declined(cell)},
        id_column=ids,
    )


@dataclass
class _Columns(ItemColumns):
    """The columns of an export, sorted into items, what goes with them, and what is left out."""

    def sort(self, table: TableFile) -> None:
        """Decide on every column."""
        by_words = self._by_words(table.header)
        filled = table.filled()
        targets = self.known.find_all(_raw_names(table.header)) | by_words
        for place, name in enumerate(table.header):
            if name.casefold() in _PRIVATE:
                self.drop(name)
            else:
                self.add(name, targets.get(place), [row[place] for row in filled])
        self.settle(_is_ticked)
        self.read_labels()

    def cells(self, name: str) -> list[str]:
        """Give the cells of a column by its name, none if it is not there."""
        return self.columns[self.header.index(name)] if name in self.header else []

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

    def identify(self) -> tuple[str | None, list[str]]:
        """Find the column with the record, and make it unique where records have several rows."""
        record = _RECORD if _RECORD in self.header else next(filter(None, self.header), None)
        if record is None:
            return None, []
        ids = self.cells(record)
        if len(set(ids)) == len(ids):
            return record, []
        names = [name.casefold() for name in self.header]
        more = [self.columns[names.index(name)] for name in _EVENT if name in names]
        joined = ["_".join(filter(None, parts)) for parts in zip(ids, *more, strict=True)]
        if len(set(joined)) < len(joined):
            note = (
                f"{record} repeats and no event tells why, so it was not taken as the id; no row "
                "was left out for it."
            )
            return None, [note]
        self.header.append(_ID)
        self.columns.append(joined)
        note = (
            f"Records have several rows, so people are told apart by record and event ({_ID}), "
            "and one person may be there more than once."
        )
        return _ID, [note]


def _raw_names(header: Sequence[str]) -> dict[int, str]:
    """Give the headings that are names of fields, by place, but for those of REDCap itself."""
    return {
        place: name
        for place, name in enumerate(header)
        if _RAW_NAME.fullmatch(name)
        and name not in _EVENT
        and not name.endswith(("_complete", "_timestamp"))
    }


def _is_ticked(cell: str) -> bool:
    """Tell a box that was ticked."""
    return cell.strip().casefold() in _TICKED


def _is_status(table: TableFile, place: int) -> bool:
    """Tell the column that says how far a form has come."""
    if not table.header[place].endswith("_complete"):
        return False
    cells = {row[place].strip().casefold() for row in table.rows if len(row) > place}
    return cells <= _STATUS
