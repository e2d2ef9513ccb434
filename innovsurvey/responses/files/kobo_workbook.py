"""A workbook of Kobo with repeated questions: people on the first sheet, repeats on others."""

from __future__ import annotations

import io
import zipfile
import zlib
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import DAMAGED
from innovsurvey.responses.files.linked_tables import LINK_COLUMNS, is_linked, with_linked
from innovsurvey.responses.files.options import ZIP, ReadOptions
from innovsurvey.responses.files.workbook import is_workbook, read_workbook

if TYPE_CHECKING:
    from innovsurvey.responses.table_file import TableFile

_SIGNS: Final = tuple(name.encode() for name in LINK_COLUMNS)
_WIDE_SIGNS: Final = tuple(name.encode("utf-16-le") for name in LINK_COLUMNS)
_TEXTS: Final = "xl/sharedstrings.xml"
_SHEETS: Final = "xl/worksheets/"
_LOOKED_AT: Final = 20_000_000
_MOST_SHEETS: Final = 200


def is_kobo_workbook(raw: bytes) -> bool:
    """Tell a workbook that has a column with the number of a row on another sheet."""
    if not is_workbook(raw):
        return False
    if not raw.startswith(ZIP):
        return any(sign in raw for sign in (*_SIGNS, *_WIDE_SIGNS))
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return any(_has_sign(archive, info) for info in archive.infolist())
    except DAMAGED:
        return False


def read_kobo_workbook(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read the sheet of people, or the one asked for, with the sheets of repeated questions.

    Raises
    ------
    DataError
        As for any workbook.
    """
    if options.sheet is not None:
        return read_workbook(raw, name, options)
    tables: dict[str, TableFile] = {}
    for sheet in _sheet_names(raw)[:_MOST_SHEETS]:
        try:
            tables[sheet] = read_workbook(raw, name, ReadOptions(sheet=sheet))
        except DataError:
            continue  # an empty sheet
    linked = {sheet: table for sheet, table in tables.items() if is_linked(table.header)}
    people = [sheet for sheet in tables if sheet not in linked]
    if not people or not linked:
        return read_workbook(raw, name, options)
    main, *others = people
    table = with_linked(tables[main], main, linked)
    if others:
        table.notes.append(f"Sheet {main!r} was read; also there: {', '.join(others)}.")
    return table


def _has_sign(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> bool:
    """Look for the heading in the part of a workbook that holds its texts."""
    plain = info.filename.lower()
    if plain != _TEXTS and not plain.startswith(_SHEETS):
        return False
    with archive.open(info) as part:
        head = part.read(_LOOKED_AT)
    return any(sign in head for sign in _SIGNS)


def _sheet_names(raw: bytes) -> list[Any]:
    """Name the sheets."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        return list(CalamineWorkbook.from_filelike(io.BytesIO(raw)).sheet_names)
    except (CalamineError, zlib.error, zipfile.BadZipFile, RuntimeError, OSError):
        return []
