"""Read one sheet of an Excel or OpenDocument file."""

from __future__ import annotations

import datetime as dt
import io
import re
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import DAMAGED, member_names
from innovsurvey.responses.files.heading import (
    join_heading_rows,
    refuse_late_heading,
    refuse_merged_heading,
    without_empty_end,
)
from innovsurvey.responses.files.options import SAVE_AS, ZIP
from innovsurvey.responses.files.workbook_extent import (
    fill_formulas,
    workbook_extent,
)
from innovsurvey.responses.table_file import TableFile, as_table

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

_COMPOUND: Final = b"\xd0\xcf\x11\xe0"
_FIRST_OF_16_DIGITS: Final = 1e15


def read_workbook(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read one sheet of an Excel or OpenDocument file.

    Raises
    ------
    DataError
        The file is damaged, holds no workbook or no sheet of that name, or is far larger unpacked
        than any table of answers.
    """
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        extent = workbook_extent(raw, name) if raw.startswith(ZIP) else None
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        sheet, notes = _choose_sheet(workbook, name, options.sheet)
        texts = _Texts()
        cells = sheet.to_python(skip_empty_area=False)
        records = [list(map(texts.__getitem__, row)) for row in cells]
        merged = sheet.merged_cell_ranges or []
    except (CalamineError, *DAMAGED) as error:
        if isinstance(error, DataError):
            raise
        message = f"{name} cannot be read as an Excel file ({error}). {SAVE_AS}"
        raise DataError(message) from None
    if extent is not None and extent.has_formulas and raw.startswith(ZIP):
        fill_formulas(records, raw, sheet.name)
    records, joined = join_heading_rows(records, name)
    refuse_late_heading(records, name)
    refuse_merged_heading(records, [] if joined else merged, name)
    table = as_table(
        records,
        name,
        reader="excel",
        decimal_comma=False,
        notes=notes + joined,
        provenance={"sheet": sheet.name},
    )
    table.notes.extend(_digit_notes(cells, texts, table.header))
    return without_empty_end(table)


def is_workbook(raw: bytes) -> bool:
    """Tell a workbook: an archive with the parts of one, or the compound file of old programs.

    A damaged archive counts as one, so that the reader says what is wrong with it.
    """
    if not raw.startswith(ZIP):
        return raw.startswith(_COMPOUND)
    names = member_names(raw, "the archive")
    return not names or "content.xml" in names or any(n.lower().startswith("xl/") for n in names)


def _choose_sheet(workbook: Any, name: str, sheet: str | int | None) -> tuple[Any, list[str]]:
    """Take the sheet asked for, or the first one with content."""
    names: list[str] = workbook.sheet_names
    if isinstance(sheet, str) and sheet not in names and re.fullmatch(r"\d{1,4}", sheet, re.ASCII):
        sheet = int(sheet)  # from a command line, where all is text
    if isinstance(sheet, int) and 0 <= sheet < len(names):
        return workbook.get_sheet_by_index(sheet), []
    if sheet is not None:
        if sheet not in names:
            hint = suggest(str(sheet), names)
            message = f"{name} has no sheet {sheet!r}{hint}. Sheets: {join_names(names)}."
            raise DataError(message)
        return workbook.get_sheet_by_name(str(sheet)), []
    found, others = None, []
    for known in names:
        read = workbook.get_sheet_by_name(known)
        if read.total_height > 0 and found is None:
            found = read
        elif read.total_height > 0:
            others.append(known)
    if found is None:
        message = f"{name} has no sheet with content."
        raise DataError(message)
    notes = [f"Sheet {found.name!r} was read; also there: {join_names(others)}."] if others else []
    return found, notes


class _Texts(dict[Any, str]):
    """The texts of cells; each different value is written once."""

    def __missing__(self, cell: Any) -> str:
        text = self[cell] = _cell_text(cell)
        return text

    @property
    def long_numbers(self) -> set[float]:
        """The numbers of 16 digits or more."""
        numbers = (cell for cell in self if isinstance(cell, (int, float)))
        return {number for number in numbers if abs(number) >= _FIRST_OF_16_DIGITS}


def _digit_notes(cells: list[list[Any]], texts: _Texts, header: list[str]) -> list[str]:
    """Name the columns with numbers so long that a workbook has lost their last digits."""
    long = texts.long_numbers
    if not long:
        return []
    places = {i for row in cells for i, cell in enumerate(row) if cell in long}
    names = [header[i] or f"column {i + 1}" for i in sorted(places) if i < len(header)]
    if not names:
        return []
    return [
        f"Numbers of 16 digits or more in {join_names(names)}: a workbook keeps 15, so their last "
        "digits are lost in this file and different ones may look the same. If they are ids, "
        "export as CSV, or store them as text before they are entered."
    ]


def _cell_text(cell: Any) -> str:
    """Write a cell of a workbook as text; whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool) or (isinstance(cell, float) and cell.is_integer()):
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, (dt.date, dt.time)) else str(cell)
