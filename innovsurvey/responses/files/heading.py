"""Headings that are not where a table has them, told before anything is misread."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.responses.table_file import TableFile

    _Range = tuple[tuple[int, int], tuple[int, int]]

_FEWEST_COLUMNS: Final = 3
_LOOKED_AT: Final = 25
_FEWEST_ROWS: Final = 2
_NUMBER: Final = re.compile(r"[+-]?[\d.,]*\d%?")
# What SurveyMonkey writes below a question that has one column.
_RESPONSE: Final = frozenset(
    {"response", "open-ended response", "antwort", "offene antwort", "beantwortung in freitext"}
    | {"réponse", "réponse ouverte", "respuesta", "respuesta abierta", "resposta"}
    | {"resposta aberta", "risposta", "risposta aperta", "antwoord", "open antwoord", "svar"}
    | {"åbent svar", "svar med fritekst", "vastaus", "avoin vastaus"}
)


def join_heading_rows(records: list[list[str]], name: str) -> tuple[list[list[str]], list[str]]:
    """Make one heading of two: questions, and below them their rows, as SurveyMonkey has them.

    Gives the records, with a note where two rows were joined to ``Question [Row]``.

    Examples
    --------
    >>> rows = [["id", "We", "", "Why?"], ["", "share.", "help.", "Response"], ["1", "4", "5", "-"]]
    >>> join_heading_rows(rows, "a.csv")[0]
    [['id', 'We [share.]', 'We [help.]', 'Why?'], ['1', '4', '5', '-']]
    """
    start = next((place for place, record in enumerate(records) if any(record)), len(records))
    if len(records) < start + 3:
        return records, []
    top, below = ([cell.strip() for cell in record] for record in records[start : start + 2])
    width = max(len(top), len(below))
    top, below = ([*row, *[""] * (width - len(row))] for row in (top, below))
    if not _are_two_headings(top, below):
        return records, []
    note = (
        f"The heading of {name} has two rows, {start + 1} and {start + 2}; they were joined to "
        "'Question [Row]', and rows are counted from 1 below them."
    )
    return [*records[:start], _joined(top, below), *records[start + 2 :]], [note]


def _are_two_headings(top: Sequence[str], below: Sequence[str]) -> bool:
    """Tell a second row of headings: it names what has no heading, or says "Response"."""
    if not top[0] or below[0] or any(_NUMBER.fullmatch(cell) for cell in below):
        return False
    if any(cell.casefold() in _RESPONSE for cell in below):
        return True
    unnamed = [place for place, heading in enumerate(top) if not heading]
    inner = [place for place in unnamed if place < _end(top, below)]
    return len(inner) >= _FEWEST_ROWS and all(below[p] and below[p - 1] for p in inner)


def _end(*rows: Sequence[str]) -> int:
    """Give the place behind the last column that has a cell in one of the rows."""
    return max((p + 1 for row in rows for p, cell in enumerate(row) if cell), default=0)


def _joined(top: Sequence[str], below: Sequence[str]) -> list[str]:
    """Join two rows of headings; a question stands over all columns up to the next one."""
    joined, question = [], ""
    for heading, row in zip(top, below, strict=True):
        question = heading or question
        is_answer = bool(heading) and row.casefold() in _RESPONSE
        joined.append(heading if not row or is_answer else f"{question} [{row}]".strip())
    return joined


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
