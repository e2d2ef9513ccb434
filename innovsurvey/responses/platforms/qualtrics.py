"""Read the answers that Qualtrics exports (CSV, TSV, Excel; also the legacy form)."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.answers import NO_CONSENT, Wordings, has_declined
from innovsurvey.responses.platforms.headings import ColumnNames
from innovsurvey.responses.platforms.item_columns import ItemColumns

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.table_file import TableFile

_PRIVATE: Final = frozenset(
    {
        "ipaddress", "recipientlastname", "recipientfirstname", "recipientemail",
        "externalreference", "externaldatareference", "locationlatitude", "locationlongitude",
        "locationaccuracy", "name", "emailaddress",
    }
)  # fmt: skip
_USUAL: Final = frozenset(
    {
        "startdate", "enddate", "status", "progress", "duration (in seconds)", "finished",
        "recordeddate", "responseid", "responseset", "distributionchannel", "userlanguage",
    }
)  # fmt: skip
_PREVIEW: Final = frozenset(
    {"1", "2", "9", "17", "survey preview", "survey test", "preview", "test"}
)
# Order in which something was shown, texts beside a choice, results of text analysis.
_BESIDE: Final = re.compile(r"_DO(_\d+)?$|_DO_|_TEXT$| - |_TIMING")
_IMPORT_ID: Final = re.compile(r"""^\{\s*['"]ImportId['"]\s*:""")
_LEGACY: Final = re.compile(r"V\d+")
_FEWEST_USUAL: Final = 3
_MOST_HEADINGS: Final = 3
_SEEN_UNANSWERED: Final = "-99"


def recognise(table: TableFile, instrument: Instrument) -> str | None:
    """Say why the table is an export of Qualtrics; None if it is not.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> tasks = isv.load_instrument("collaborative-leadership")
    >>> header = ["ResponseId", "StartDate", "Finished", "IPAddress", "Q1_CON01"]
    >>> table = TableFile(header, [["R_7", "2026-03-01", "1", "10.0.0.1", "4"]], [1], "csv", False)
    >>> recognise(table, tasks)
    'the headings ResponseId, StartDate, Finished, ...'
    """
    names = [name.casefold() for name in table.header]
    if any(_has_import_ids(row) for row in table.rows[:_MOST_HEADINGS]):
        return "a row below the headings holds ImportIds"
    if _LEGACY.fullmatch(table.header[0]) and _is_legacy(table):
        return "the headings are V1, V2, ... and ResponseID stands below"
    is_usual = "responseid" in names and len({*names} & _USUAL) >= _FEWEST_USUAL
    if is_usual and ColumnNames.of(instrument).share(table.header) > 0:
        return "the headings ResponseId, StartDate, Finished, ..."
    return None


def to_items(table: TableFile, instrument: Instrument) -> TableFile:
    """Give the table with item ids as headings, and only rows of respondents.

    Columns with names, addresses and places are left out; rows of previews and tests, and of people
    who did not agree to take part, are set aside.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> tasks = isv.load_instrument("collaborative-leadership")
    >>> header = ["ResponseId", "StartDate", "Finished", "IPAddress", "Q1_CON01"]
    >>> table = TableFile(header, [["R_7", "2026-03-01", "1", "10.0.0.1", "4"]], [1], "csv", False)
    >>> to_items(table, tasks).header
    ['ResponseId', 'StartDate', 'Finished', 'CON01']
    """
    export = _Export.read(table)
    columns = _Columns(instrument)
    columns.sort(export)
    rows = columns.table_rows(export.beyond)
    return replace(
        table,
        header=columns.header,
        rows=rows,
        numbers=list(range(1, len(rows) + 1)),
        changes=[*table.changes, *columns.changes],
        aside=export.aside(),
        id_column=next((n for n in columns.header if n.casefold() == "responseid"), None),
    )


@dataclass(frozen=True)
class _Export:
    """An export without its extra headings: names, what the second row says, cells by column.

    ``beyond`` are the cells of each row that stand behind the last heading.
    """

    names: list[str]
    said: list[str]
    columns: list[list[str]]
    beyond: list[list[str]]

    @classmethod
    def read(cls, table: TableFile) -> _Export:
        """Take the rows of headings off."""
        n_headings = _headings_below(table)
        width = len(table.header)
        filled = table.filled()
        said = filled[0][:width] if n_headings else [""] * width
        body = filled[n_headings:]
        names = [
            text.strip() if _LEGACY.fullmatch(name) and text.strip() else name
            for name, text in zip(table.header, said, strict=True)
        ]
        columns = [[row[i] for row in body] for i in range(width)]
        return cls(names, said, columns, [row[width:] for row in body])

    def column(self, name: str) -> list[str]:
        """Give the cells of a usual column, empty if it is not there."""
        for heading, cells in zip(self.names, self.columns, strict=True):
            if heading.casefold() == name:
                return cells
        return [""] * (len(self.columns[0]) if self.columns else 0)

    def aside(self) -> dict[int, str]:
        """Name the rows that are no answers of respondents, with the reason."""
        found = {}
        marks = zip(
            self.column("status"),
            self.column("distributionchannel"),
            self.column("consent"),
            strict=True,
        )
        for place, (status, channel, consent) in enumerate(marks):
            if {status.strip().casefold(), channel.strip().casefold()} & _PREVIEW:
                found[place] = "preview_row"
            elif has_declined(consent):
                found[place] = NO_CONSENT
        return found


@dataclass
class _Columns(ItemColumns):
    """The columns of an export, sorted into items, what goes with them, and what is left out."""

    def sort(self, export: _Export) -> None:
        """Decide on every column."""
        targets = self._targets(export)
        targets |= self._by_words(export, targets)
        for place, name in enumerate(export.names):
            cells = export.columns[place]
            if name.casefold() in _PRIVATE:
                self.drop(name)
            elif name.casefold() in self.rows.ticked:
                self.add_list(name, cells, _is_ticked)
            elif name or any(cells):
                self.add(name, targets.get(place), cells)
        self._drop_marks()
        if not {name.casefold() for name in export.names} & self.rows.ticked:
            self.settle(_is_ticked)
        self.read_labels()

    def _by_words(self, export: _Export, targets: Mapping[int, str]) -> dict[int, str]:
        """Find items by what the second row says, for headings that say nothing."""
        nameless = {
            place: export.said[place]
            for place, name in enumerate(export.names)
            if place not in targets and name.casefold() not in _PRIVATE | _USUAL
        }
        return Wordings.of(self.instrument).find(nameless)

    def _targets(self, export: _Export) -> dict[int, str]:
        """Find the columns of the data that headings stand for, by place."""
        names = {
            place: name
            for place, name in enumerate(export.names)
            if name.casefold() not in _USUAL and not _BESIDE.search(name)
        }
        boxes = {p: self.rows.numbered(name, export.said[p]) for p, name in names.items()}
        return {p: item for p, item in boxes.items() if item} | self.known.find_all(names)

    def _drop_marks(self) -> None:
        """Empty cells with -99, which Qualtrics can write for a question seen but not answered."""
        for place, name in enumerate(self.header):
            cells = self.columns[place]
            if name not in self.known.items or _SEEN_UNANSWERED not in cells:
                continue
            codes = {option.code for option in self.instrument.format_of(name).missing}
            if float(_SEEN_UNANSWERED) not in codes:
                self.changes.append((name, "no_answer_mark", _SEEN_UNANSWERED, ""))
                self.columns[place] = ["" if c == _SEEN_UNANSWERED else c for c in cells]


def _is_ticked(cell: str) -> bool:
    """Tell a box that was ticked: a 1, or what stands beside it."""
    return cell.strip() not in {"", "0", _SEEN_UNANSWERED}


def _has_import_ids(row: Sequence[str]) -> bool:
    """Tell the row of headings that holds the ids of Qualtrics."""
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and all(_IMPORT_ID.match(cell.strip()) for cell in filled)


def _is_legacy(table: TableFile) -> bool:
    """Tell the legacy form by the names below V1, V2, ..."""
    return bool(table.rows) and "ResponseID" in table.rows[0][:_MOST_HEADINGS]


def _headings_below(table: TableFile) -> int:
    """Count the rows of headings below the first."""
    for place, row in enumerate(table.rows[:_MOST_HEADINGS]):
        if _has_import_ids(row):
            return place + 1
    if _is_legacy(table):
        return 1
    names = [name.casefold() for name in table.header]
    if "responseid" not in names:
        return 0
    place = names.index("responseid")
    ids = [row[place].strip() for row in table.rows if len(row) > place]
    has_ids = any(i.startswith("R_") for i in ids)
    return int(has_ids and not ids[0].startswith("R_"))
