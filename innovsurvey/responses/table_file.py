"""A file as a table of texts, before a single cell of it is interpreted."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.errors import DataError

if TYPE_CHECKING:
    import pandas as pd

_FEWEST_WORDS: Final = 2


@dataclass(frozen=True)
class TableFile:
    """The cells of a file as texts, and how the file was read.

    ``rows`` holds the data rows as they stand, ``numbers`` their numbers counted from 1 below the
    heading; rows may be shorter or longer than the heading. What follows is for files of a survey
    platform: ``id_column`` is the heading that tells people apart there, ``wave_column``
    the one that tells the waves in which people answer again, ``changes`` are lines for
    the log about whole columns (column, rule, old, new), ``counts`` their cells by column and rule
    where a change is not about every row, ``aside`` names rows that go to quarantine, by place,
    with the reason.

    What a file says about its columns, by heading: ``labels`` of the codes, ``missing`` codes that
    the file itself declares to be no answer (code as it stands in the cells -> short name of the
    reason), and ``texts``, the wording of the question. ``repeats`` are tables of their own, for
    questions that were answered several times by a person.
    """

    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    reader: str
    decimal_comma: bool
    notes: list[str] = field(default_factory=list)
    provenance: dict[str, Any] = field(default_factory=dict)
    id_column: str | None = None
    wave_column: str | None = None
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)
    counts: dict[tuple[str, str], int] = field(default_factory=dict)
    aside: dict[int, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, dict[str, str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)
    repeats: dict[str, pd.DataFrame] = field(default_factory=dict)

    def head(self, n_rows: int) -> TableFile:
        """Give the table with its first rows only.

        Examples
        --------
        >>> TableFile(["a"], [["1"], ["2"]], [1, 2], "csv", False).head(1).rows
        [['1']]
        """
        return replace(self, rows=self.rows[:n_rows], numbers=self.numbers[:n_rows])

    def filled(self) -> list[list[str]]:
        """Give the rows with short ones filled up to the heading; cells beyond it stay.

        Examples
        --------
        >>> TableFile(["a", "b"], [["1"], ["1", "2", "3"]], [1, 2], "csv", False).filled()
        [['1', ''], ['1', '2', '3']]
        """
        width = len(self.header)
        return [[*row, *[""] * (width - len(row))] for row in self.rows]


def as_table(
    records: list[list[str]],
    name: str,
    *,
    reader: str,
    decimal_comma: bool,
    notes: list[str],
    provenance: dict[str, Any],
) -> TableFile:
    """Take the first row with content as the heading and number the rows below it.

    Rows that say the heading again are set aside.

    Raises
    ------
    DataError
        There is no row with content.

    Examples
    --------
    >>> as_table(
    ...     [["", ""], ["a", "b "], ["1", "2"], ["", ""]],
    ...     "x.csv", reader="csv", decimal_comma=False, notes=[], provenance={},
    ... ).notes
    ['1 empty row(s) at the end were passed over.']
    """
    start = next((i for i, record in enumerate(records) if any(map(str.strip, record))), None)
    if start is None:
        message = f"{name} is empty."
        raise DataError(message)
    header = [cell.strip() for cell in records[start]]
    end = len(records)
    while end > start + 1 and not any(map(str.strip, records[end - 1])):
        end -= 1
    if len(records) > end:
        notes = [*notes, f"{len(records) - end} empty row(s) at the end were passed over."]
    rows = records[start + 1 : end]
    numbers = list(range(1, len(rows) + 1))
    aside = {place: "repeated_heading" for place, row in enumerate(rows) if _repeats(row, header)}
    return TableFile(header, rows, numbers, reader, decimal_comma, notes, provenance, aside=aside)


def _repeats(row: list[str], header: list[str]) -> bool:
    """Tell a row whose cells are the heading again, at least half of it and two of its words."""
    cells = zip(row, header, strict=False)
    if any(cell != heading and cell.strip() not in {"", heading} for cell, heading in cells):
        return False
    filled = [cell for cell in map(str.strip, row[: len(header)]) if cell]
    words = [cell for cell in filled if not cell.replace(".", "").replace(",", "").isdigit()]
    is_whole = not any(map(str.strip, row[len(header) :]))
    return is_whole and len(words) >= _FEWEST_WORDS and 2 * len(filled) >= len(header)
