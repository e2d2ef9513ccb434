"""Put the columns of an export in terms of the instrument, one by one."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from innovsurvey.responses.platforms.answers import Rows, as_codes, as_labels, settle_ticks
from innovsurvey.responses.platforms.headings import ColumnNames

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from innovsurvey.definitions.model import Instrument, ResponseFormat


@dataclass
class ItemColumns:
    """Headings and cells as they are put together, and a line for the log about every change."""

    instrument: Instrument
    header: list[str] = field(default_factory=list)
    columns: list[list[str]] = field(default_factory=list)
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.known = ColumnNames.of(self.instrument)
        self.rows = Rows.of(self.instrument)

    def add(self, name: str, target: str | None, cells: list[str]) -> None:
        """Keep a column under its new name; a second one for the same item keeps its heading."""
        if target is None or target in self.header:
            target = name
        elif target != name:
            self.changes.append((target, "column_renamed", name, target))
        self.header.append(target)
        self.columns.append(cells)

    def change_cells(self, name: str, rule: str, old: str, new: str, n_cells: int) -> None:
        """Note that some cells of a column were changed."""
        self.changes.append((name, rule, old, new))
        self.counts[name, rule] = n_cells

    def drop(self, name: str) -> None:
        """Leave out a column that says who or where somebody is."""
        self.changes.append((name, "private_column_dropped", "", ""))

    def settle(self, is_ticked: Callable[[str], bool]) -> None:
        """Write 1 and 0 for boxes in columns of their own, or nothing if none is ticked."""
        for row in sorted(self.rows.ticked):
            places = [self.header.index(i) for i in self.rows.items[row] if i in self.header]
            marks = [self._marks(self.columns[place], is_ticked) for place in places]
            settled = settle_ticks(list(zip(*marks, strict=True)))
            for place, cells in zip(places, zip(*settled, strict=True), strict=False):
                self.columns[place] = list(cells)

    @staticmethod
    def _marks(cells: list[str], is_ticked: Callable[[str], bool]) -> list[bool]:
        """Tell which cells are ticked, each different one once."""
        said = {cell: is_ticked(cell) for cell in set(cells)}
        return [said[cell] for cell in cells]

    def read_labels(
        self, plain: Callable[[list[str], ResponseFormat], list[str]] = as_labels
    ) -> None:
        """Make labels ``plain`` that came as HTML; questions about people get their codes."""
        formats = {f.id: f for f in self.instrument.formats}
        asked = {c.id: formats[c.format] for c in self.instrument.context if c.format is not None}
        for place, name in enumerate(self.header):
            if name in self.known.items:
                format_ = self.instrument.format_of(name)
                self.columns[place] = plain(self.columns[place], format_)
            elif name in asked:
                self.columns[place] = as_codes(self.columns[place], asked[name])

    def table_rows(self, beyond: Sequence[Sequence[str]]) -> list[list[str]]:
        """Give the cells row by row; those beyond the heading stay at the end."""
        rows = zip(*self.columns, strict=True)
        return [[*row, *more] for row, more in zip(rows, beyond, strict=True)]
