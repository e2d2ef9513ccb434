"""Look into an Excel or OpenDocument file before it is read: how far it reaches, what it unfolds.

The library that reads cells makes room for the whole rectangle from the first to the last cell,
and a copy of each text for every cell that shows it; both can be far larger than the file.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections import deque
from dataclasses import dataclass
from typing import Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import unpacked
from innovsurvey.responses.files.limits import refuse_columns, refuse_unpacked
from innovsurvey.responses.files.workbook_binary import scan_binary_sheet, scan_binary_strings
from innovsurvey.responses.files.workbook_scan import Scan, scan_ods, scan_sheet, scan_strings

_SHEET: Final = re.compile(r"xl/worksheets/[^/]+\.(xml|bin)", re.IGNORECASE)
_STRINGS: Final = re.compile(r"xl/sharedStrings\.(xml|bin)", re.IGNORECASE)
_LARGEST_AREA: Final = 30_000_000
_LARGEST_TEXT: Final = 600_000_000
_AREA_WITHOUT_QUESTION: Final = 2_000_000
_SMALLEST_FILLED_SHARE: Final = 0.02


@dataclass(frozen=True)
class Extent:
    """The last row and column with a cell, the number of cells, and whether any is a formula."""

    rows: int
    columns: int
    cells: int
    has_formulas: bool


def workbook_extent(raw: bytes, name: str) -> Extent | None:
    """Measure the largest sheet of a workbook in a zip archive; None where it has no sheet.

    Raises
    ------
    DataError
        The archive would unpack to far more than a table of answers, a sheet reaches far beyond
        what is filled, or its texts unfold to more than 600 MB.
    """
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        parts = [info for info in archive.infolist() if not info.is_dir()]
    refuse_unpacked(len(raw), sum(info.file_size for info in parts), name)
    found = _scan(raw, {info.filename: info for info in parts})
    for scan in found:
        _refuse(scan, name)
    extents = [Extent(s.rows, s.columns, s.cells, s.has_formulas) for s in found]
    return max(extents, key=lambda e: e.rows * e.columns, default=None)


def _scan(raw: bytes, parts: dict[str, zipfile.ZipInfo]) -> list[Scan]:
    """Measure all sheets; every part is unpacked once, so that none is larger than it says."""
    lengths: list[int] = []
    for part in filter(_STRINGS.fullmatch, parts):
        scan = scan_binary_strings if part.endswith("bin") else scan_strings
        lengths = scan(unpacked(raw, parts[part]))
    found: list[Scan] = []
    for part, info in parts.items():
        pieces = unpacked(raw, info)
        if part == "content.xml":
            found += scan_ods(b"".join(pieces))
        elif _SHEET.fullmatch(part):
            measure = scan_binary_sheet if part.endswith("bin") else scan_sheet
            found.append(measure(pieces, lengths))
        else:
            deque(pieces, maxlen=0)
    return found


def _refuse(scan: Scan, name: str) -> None:
    """Refuse a sheet that would fill the memory."""
    area = scan.rows * scan.columns
    hollow = area > _AREA_WITHOUT_QUESTION and scan.cells < _SMALLEST_FILLED_SHARE * area
    if hollow or area > _LARGEST_AREA:
        message = (
            f"a sheet of {name} reaches to row {scan.rows} and column {scan.columns}, but only "
            f"{scan.cells} cells are filled. Delete the stray cells and save it again."
            if hollow
            else f"a sheet of {name} has {scan.rows} rows and {scan.columns} columns; that is more "
            "than an Excel file is read for. Save it as CSV or Parquet."
        )
        raise DataError(message)
    refuse_columns(scan.columns, name)
    if scan.text_size > _LARGEST_TEXT:
        message = (
            f"the texts of {name} would take {scan.text_size:,} bytes, because long ones are shown "
            "in many cells; it is no ordinary table of answers."
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
