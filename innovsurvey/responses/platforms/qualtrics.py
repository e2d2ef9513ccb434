"""Read the answers that Qualtrics exports (CSV, TSV, Excel, SPSS; also the legacy form)."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.responses.cells import label_codes, normalise
from innovsurvey.responses.platforms.answers import settle_ticks, unescape
from innovsurvey.responses.platforms.headings import ColumnNames
from innovsurvey.responses.platforms.item_columns import ItemColumns
from innovsurvey.responses.platforms.qualtrics_export import (
    ALL_TRIED,
    PRIVATE,
    USUAL,
    Export,
    has_import_ids,
    is_legacy,
    only_tried,
)
from innovsurvey.responses.platforms.qualtrics_match import Matcher
from innovsurvey.responses.platforms.qualtrics_merge import are_versions, merged
from innovsurvey.responses.platforms.qualtrics_names import Names, plain_heading
from innovsurvey.responses.platforms.spoken import letters

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, ResponseFormat
    from innovsurvey.responses.table_file import TableFile

# Order in which something was shown; texts beside a choice, times, results of text analysis.
_ORDER: Final = re.compile(r"_DO(_.*)?$")
_BESIDE: Final = re.compile(
    r"_TEXT$| - |_(First Click|Last Click|Page Submit|Click Count|TIMING.*|Browser|Version"
    r"|Operating System|Resolution|FILE_.*|Id|Name|Size|Type|NPS_GROUP)$"
)
_RESPONSE: Final = re.compile(r"R_[A-Za-z0-9]{11,}")
_FEWEST_USUAL: Final = 3
_MOST_HEADINGS: Final = 3
_SEEN_UNANSWERED: Final = "-99"
_MOST_COMMAS: Final = 300
_TAG: Final = re.compile(r"<[^<>]*>")


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
    if any(has_import_ids(row) for row in table.rows[:_MOST_HEADINGS]):
        return "a row below the headings holds ImportIds"
    if table.header and is_legacy(table):
        return "the headings are V1, V2, ... and ResponseID stands below"
    names = [name.casefold() for name in Export.read(table).names] if table.rows else []
    is_usual = "responseid" in names and len({*names} & USUAL) >= _FEWEST_USUAL
    if is_usual and (_has_responses(table) or ColumnNames.of(instrument).share(table.header) > 0):
        return "the headings ResponseId, StartDate, Finished, ..."
    return None


def to_items(table: TableFile, instrument: Instrument) -> TableFile:
    """Give the table with item ids as headings, and only rows of respondents.

    Columns with names, addresses and places are left out; rows of previews and tests, and of people
    who did not agree to take part, are set aside; where every row is a preview or a test, they are
    kept, and a note says so. Columns of one question that stands at several places of the survey
    become one where just one of them is filled.

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
    export = Export.read(table)
    columns = _Columns(instrument)
    columns.sort(export)
    rows = columns.table_rows(export.beyond)
    aside = export.aside()
    tried = only_tried(aside, len(rows))
    n_headings = len(table.rows) - len(rows)
    below = {p - n_headings: why for p, why in table.aside.items() if p >= n_headings}
    return replace(
        table,
        header=columns.header,
        rows=rows,
        numbers=list(range(1, len(rows) + 1)),
        notes=[*table.notes, *([ALL_TRIED] if tried else []), *columns.notes],
        changes=[*table.changes, *columns.changes],
        counts=table.counts | columns.counts,
        aside=below if tried else aside | below,
        id_column=columns.heading_of(export.id_place()),
        labels=columns.carried(table.labels),
        missing=columns.carried(table.missing),
        texts={h: export.said[p] for h, p in columns.origins.items() if export.said[p]},
    )


@dataclass
class _Columns(ItemColumns):
    """The columns of an export, sorted into items, what goes with them, and what is left out.

    ``origins`` tells from which place of the file a column comes; ``listed`` are rows whose boxes
    shared a column.
    """

    notes: list[str] = field(default_factory=list)
    origins: dict[str, int] = field(default_factory=dict)
    names: list[str] = field(default_factory=list)
    listed: set[str] = field(default_factory=set)

    def sort(self, export: Export) -> None:
        """Decide on every column."""
        self.names = export.names
        matcher = Matcher.of(self.instrument)
        names = matcher.names
        alone = {name for name, n in Counter(export.names).items() if n == 1}
        lists = {name for name in alone if plain_heading(name) in names.boxes}
        targets = matcher.find(export, _asked(export, names, lists))
        counts = Counter(targets.values())
        for place, name in enumerate(export.names):
            target, cells = targets.get(place), export.columns[place]
            if name.casefold() in PRIVATE and target is None:
                self.drop(name)
            elif target is None and _shows_order(export, place):
                self.changes.append((name, "order_column_dropped", "", ""))
            elif target is None and name in lists:
                self._add_listed(name, cells, names)
            elif target is not None and counts[target] > 1:
                self._add_versions(target, [p for p in targets if targets[p] == target], export)
            elif name or any(cells):
                self.add(name, target, cells)
            if self.header:
                self.origins.setdefault(self.header[-1], place)
        n_orders = sum(rule == "order_column_dropped" for _, rule, *_ in self.changes)
        if n_orders:
            self.notes.append(f"{n_orders} column(s) with the order of display were left out.")
        self._drop_marks()
        self._settle(names)
        self.read_labels(_as_known)

    def _add_listed(self, name: str, cells: list[str], names: Names) -> None:
        """Turn boxes that are listed in one column into one column per box."""
        row = plain_heading(name)
        self.listed.add(row)
        known = names.labels[row] | _codes(names.boxes[row])
        items = list(names.boxes[row].values())
        read = {cell: _listed(cell, known) for cell in set(cells)}
        for item in items:
            lines = (read[cell] for cell in cells)
            self.add(name, item, [
                cell if ticked is None else str(int(item in ticked)) if ticked else ""
                for cell, ticked in zip(cells, lines, strict=True)
            ])  # fmt: skip

    def _add_versions(self, target: str, places: list[int], export: Export) -> None:
        """Join the columns of one item; keep them apart where both are answered."""
        first = places[0]
        if target in self.header:
            return
        columns = [export.columns[place] for place in places]
        if are_versions(columns):
            for place in places[1:]:
                self.changes.append((target, "versions_joined", export.names[place], target))
            others = join_names([export.names[place] for place in places[1:]])
            self.notes.append(f"{target} stands at several places; {others} went into it.")
            self.add(export.names[first], target, merged(columns))
            return
        self.add(export.names[first], target, columns[0])
        for place in places[1:]:
            name = self._free(export.names[place])
            self.changes.append((target, "second_column_kept_beside", export.names[place], name))
            self.notes.append(
                f"{export.names[place]} asks the same as {target}, but many people answered both; "
                f"it is kept beside the answers as {name}."
            )
            self.add(name, None, export.columns[place])

    def _free(self, name: str) -> str:
        """Give a heading that is neither taken nor that of an item."""
        while name in self.header or name in self.known.items:
            name += "_2"
        return name

    def _drop_marks(self) -> None:
        """Empty cells with -99, which Qualtrics can write for a question seen but not answered."""
        for place, name in enumerate(self.header):
            cells = self.columns[place]
            if name not in self.known.items or _SEEN_UNANSWERED not in cells:
                continue
            codes = {option.code for option in self.instrument.format_of(name).missing}
            if float(_SEEN_UNANSWERED) not in codes:
                n_cells = cells.count(_SEEN_UNANSWERED)
                self.change_cells(name, "no_answer_mark", _SEEN_UNANSWERED, "", n_cells)
                self.columns[place] = ["" if c == _SEEN_UNANSWERED else c for c in cells]

    def _settle(self, names: Names) -> None:
        """Write 1 and 0 for boxes in columns of their own, or nothing if none is ticked."""
        for row, boxes in names.boxes.items():
            places = [self.header.index(i) for i in boxes.values() if i in self.header]
            if not places or row in self.listed:
                continue
            lines = zip(*[self.columns[place] for place in places], strict=True)
            settled = settle_ticks([[_is_ticked(cell) for cell in line] for line in lines])
            for number, place in enumerate(places):
                self.columns[place] = [line[number] for line in settled]

    def table_rows(self, beyond: Sequence[Sequence[str]]) -> list[list[str]]:
        """Give the cells row by row; those beyond the heading stay at the end."""
        if any(beyond):
            return super().table_rows(beyond)
        return [list(row) for row in zip(*self.columns, strict=True)]

    def carried(self, said: Mapping[str, dict[str, str]]) -> dict[str, dict[str, str]]:
        """Give what the file says of columns, under their new headings."""
        return {
            heading: said[self.names[place]]
            for heading, place in self.origins.items()
            if self.names[place] in said
        }

    def heading_of(self, place: int | None) -> str | None:
        """Give the new heading of a column of the file."""
        return next((h for h, origin in self.origins.items() if origin == place), None)


def _asked(export: Export, names: Names, lists: set[str]) -> list[int]:
    """Give the places of columns that may be questions; ``lists`` hold all boxes of one."""
    return [
        place
        for place, name in enumerate(export.names)
        if names.knows(name)
        or not (
            name.casefold() in USUAL | PRIVATE
            or name in lists
            or _BESIDE.search(name)
            or _shows_order(export, place)
        )
    ]


def _has_responses(table: TableFile) -> bool:
    """Tell ids as Qualtrics gives them in one of the first rows."""
    return any(
        _RESPONSE.fullmatch(cell.strip()) for row in table.rows[:_MOST_HEADINGS] for cell in row
    )


def _shows_order(export: Export, place: int) -> bool:
    """Tell a column that says in which order something was shown."""
    by_id = export.ids[place]
    return bool(_ORDER.search(by_id) if by_id else _ORDER.search(export.names[place]))


def _is_ticked(cell: str) -> bool:
    """Tell a box that was ticked: a 1, or what stands beside it."""
    return cell.strip() not in {"", "0", "0.0", _SEEN_UNANSWERED}


def _codes(boxes: Mapping[str, str]) -> dict[str, str]:
    """Give the items of boxes by their codes, or by their numbers where codes are words."""
    by_code = {f"-{c[1:]}" if c[0] == "m" and c[1:].isdigit() else c: i for c, i in boxes.items()}
    if any(code.lstrip("-").isdigit() for code in by_code):
        return by_code
    return by_code | {str(n): item for n, item in enumerate(boxes.values(), start=1)}


def _listed(cell: str, known: Mapping[str, str]) -> set[str] | None:
    """Read boxes that are listed in one cell, by code or label; None if that fails."""
    rest = cell.strip()
    found: set[str] = set()
    if rest == _SEEN_UNANSWERED:
        return found
    if rest.count(",") > _MOST_COMMAS:
        return None
    while rest:
        parts = rest.split(",")
        heads = ((",".join(parts[:n]), n) for n in range(len(parts), 0, -1))
        taken = next(((h, n) for h, n in heads if _box_key(h) in known), None)
        if taken is None:
            return None
        found.add(known[_box_key(taken[0])])
        rest = ",".join(parts[taken[1] :]).strip()
    return found


def _box_key(said: str) -> str:
    """Give what stands for a box: a code as it is, a label as its letters."""
    plain = said.strip()
    return plain if plain.lstrip("-").isdigit() else letters(plain)


def _as_known(cells: list[str], format_: ResponseFormat) -> list[str]:
    """Give labels whose tags are taken out, where that makes them labels of the format."""
    marked = {cell for cell in set(cells) if "<" in cell or "&" in cell}
    known = label_codes(format_) if marked else {}
    plain = {cell: unescape(_TAG.sub(" ", cell)) for cell in marked}
    read = {cell: words for cell, words in plain.items() if normalise(words) in known}
    return [read.get(cell, cell) for cell in cells] if read else cells
