"""Read one sheet of an Excel or OpenDocument file."""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from typing import TYPE_CHECKING, Any

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.errors import DataError
from innovsurvey.responses.files.options import SAVE_AS, ZIP
from innovsurvey.responses.files.workbook_extent import (
    fill_formulas,
    refuse_extent,
    workbook_extent,
)
from innovsurvey.responses.table_file import TableFile, as_table

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions


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
        extent = workbook_extent(raw) if raw.startswith(ZIP) else None
        if extent is not None:
            refuse_extent(extent, name)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        chosen, notes = _choose_sheet(workbook, name, options.sheet)
        cells = workbook.get_sheet_by_name(chosen).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, RuntimeError) as error:
        message = f"{name} cannot be read as an Excel file ({error}). {SAVE_AS}"
        raise DataError(message) from None
    records = [[_cell_text(cell) for cell in row] for row in cells]
    if extent is not None and extent.has_formulas:
        fill_formulas(records, raw, chosen)
    return as_table(
        records,
        name,
        reader="excel",
        decimal_comma=False,
        notes=notes,
        provenance={"sheet": chosen},
    )


def _choose_sheet(workbook: Any, name: str, sheet: str | int | None) -> tuple[str, list[str]]:
    """Take the sheet asked for, or the first one with content."""
    names: list[str] = workbook.sheet_names
    if isinstance(sheet, int) and 0 <= sheet < len(names):
        return names[sheet], []
    if sheet is not None:
        if sheet not in names:
            hint = suggest(str(sheet), names)
            message = f"{name} has no sheet {sheet!r}{hint}. Sheets: {join_names(names)}."
            raise DataError(message)
        return str(sheet), []
    filled = [s for s in names if workbook.get_sheet_by_name(s).total_height > 0]
    if not filled:
        message = f"{name} has no sheet with content."
        raise DataError(message)
    others = filled[1:]
    notes = [f"Sheet {filled[0]!r} was read; also there: {join_names(others)}."] if others else []
    return filled[0], notes


def _cell_text(cell: Any) -> str:
    """Write a cell of a workbook as text; whole numbers without a point."""
    if cell is None:
        return ""
    if isinstance(cell, bool) or (isinstance(cell, float) and cell.is_integer()):
        return str(int(cell))
    if isinstance(cell, dt.datetime) and cell.time() == dt.time():
        return cell.date().isoformat()
    return cell.isoformat() if isinstance(cell, (dt.date, dt.time)) else str(cell)
