"""Headings that are not where a table has them, told before anything is misread."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Final

from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.responses.table_file import TableFile

    _Range = tuple[tuple[int, int], tuple[int, int]]

_FEWEST_COLUMNS: Final = 3
_LOOKED_AT: Final = 25


def refuse_late_heading(records: Sequence[Sequence[str]], name: str) -> None:
    """Refuse a table whose first row with content is a title, and say which row is the heading.

    Raises
    ------
    DataError
        The first row with content fills one cell, and a later one at least three.
    """
    filled = [sum(bool(cell.strip()) for cell in record) for record in records[:_LOOKED_AT]]
    first = next((place for place, n in enumerate(filled) if n), None)
    if first is None or filled[first] > 1:
        return
    later = next((place for place, n in enumerate(filled) if n >= _FEWEST_COLUMNS), None)
    if later is not None:
        title = next(cell.strip() for cell in records[first] if cell.strip())
        message = (
            f"row {first + 1} of {name} is a title ({title[:60]!r}); row {later + 1} looks like "
            "the heading. Delete the rows above it and read the file again."
        )
        raise DataError(message)


def refuse_merged_heading(
    records: Sequence[Sequence[str]], merged: Sequence[_Range], name: str
) -> None:
    """Refuse a heading in which a cell covers several filled columns, which then have no name.

    Raises
    ------
    DataError
        There is such a cell; it is named as spreadsheets do.
    """
    first = next((place for place, record in enumerate(records) if any(record)), None)
    for (top, left), (bottom, right) in merged:
        if first is None or not top <= first <= bottom or left == right:
            continue
        below = [record[left + 1 : right + 1] for record in records[bottom + 1 :]]
        if any(cell.strip() for record in below for cell in record):
            message = (
                f"the heading of {name} has a merged cell in row {first + 1}, columns {left + 1} "
                f"to {right + 1}, so these have no name of their own. Unmerge it, or delete the "
                "rows above the row that names every column."
            )
            raise DataError(message)


def without_empty_end(table: TableFile) -> TableFile:
    """Take away columns at the end that have neither heading nor cells."""
    n = _trailing_empty(table.header, table.rows)
    if not n:
        return table
    width = len(table.header) - n
    for row in table.rows:
        del row[width : width + n]
    note = f"{n} column(s) at the end without heading and cells were passed over."
    return replace(table, header=table.header[:width], notes=[*table.notes, note])


def _trailing_empty(header: Sequence[str], rows: Sequence[Sequence[str]]) -> int:
    """Count the columns at the end that have neither heading nor cells."""
    n = 0
    for place in range(len(header) - 1, 0, -1):
        if header[place].strip() or any(row[place].strip() for row in rows if len(row) > place):
            break
        n += 1
    return n
