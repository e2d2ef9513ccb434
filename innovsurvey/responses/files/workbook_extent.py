"""Look into an Excel file before it is read: how far its cells reach, and which are formulas."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from typing import Final

from innovsurvey.errors import DataError

_CELL: Final = re.compile(rb'<c r="([A-Z]{1,3})(\d{1,7})"')
_FORMULA: Final = re.compile(rb'<f[ >/]| t="e"')
_LARGEST_UNPACKED: Final = 2_000_000_000
_AREA_WITHOUT_QUESTION: Final = 2_000_000
_SMALLEST_FILLED_SHARE: Final = 0.02


@dataclass(frozen=True)
class Extent:
    """The last row and column with a cell, the number of cells, and whether any is a formula."""

    rows: int
    columns: int
    cells: int
    has_formulas: bool


def workbook_extent(raw: bytes) -> Extent | None:
    """Measure the largest sheet of an .xlsx file; None for other zip files with a workbook.

    Raises
    ------
    DataError
        The archive holds no workbook, or would unpack to more than 2 GB.
    """
    archive = zipfile.ZipFile(io.BytesIO(raw))
    names = archive.namelist()
    if sum(info.file_size for info in archive.infolist()) > _LARGEST_UNPACKED:
        message = "the file would unpack to more than 2 GB; it is no ordinary table of answers."
        raise DataError(message)
    if "content.xml" in names:
        return None
    sheets = [name for name in names if re.fullmatch(r"xl/worksheets/[^/]+\.xml", name)]
    if not any(name.startswith("xl/") for name in names):
        message = "the file is a zip archive without a workbook in it. Unpack it and read a file."
        raise DataError(message)
    found = [_sheet_extent(archive.read(name)) for name in sheets]
    return max(found, key=lambda e: e.rows * e.columns, default=None)


def refuse_extent(extent: Extent, name: str) -> None:
    """Refuse a sheet that reaches far beyond what is filled, which would fill the memory."""
    area = extent.rows * extent.columns
    if area > _AREA_WITHOUT_QUESTION and extent.cells < _SMALLEST_FILLED_SHARE * area:
        message = (
            f"a sheet of {name} reaches to row {extent.rows} and column {extent.columns}, but only "
            f"{extent.cells} cells are filled. Delete the stray cells and save it again."
        )
        raise DataError(message)


def fill_formulas(records: list[list[str]], raw: bytes, sheet: str) -> None:
    """Put the text of formulas and errors into cells that have no value, so that they are seen.

    In the heading every formula is one: some platforms write a question such as "=1+1" as a live
    formula, whose stored value is 0.
    """
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(raw), read_only=True)
    heading = next((place for place, record in enumerate(records) if any(record)), 0)
    for place, (record, cells) in enumerate(zip(records, book[sheet].iter_rows(), strict=False)):
        for i, cell in enumerate(cells[: len(record)]):
            lost = not record[i] or (place == heading and record[i] == "0")
            if lost and cell.value is not None:
                record[i] = str(cell.value)
    book.close()


def _sheet_extent(xml: bytes) -> Extent:
    """Measure one sheet."""
    rows = columns = cells = 0
    for match in _CELL.finditer(xml):
        cells += 1
        rows = max(rows, int(match[2]))
        columns = max(columns, _column_number(match[1]))
    return Extent(rows, columns, cells, _FORMULA.search(xml) is not None)


def _column_number(letters: bytes) -> int:
    """Give the number of a column named by letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
