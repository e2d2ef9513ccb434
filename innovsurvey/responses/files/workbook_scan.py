"""Count the cells of a sheet in the XML of Excel and OpenDocument, without reading them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_TAG: Final = re.compile(
    rb"<(?:\w+:)?(row|c)(?=[\s/>])([^<>]*)>(?:\s*<(?:\w+:)?v>\s*(\d{1,9})\s*<)?"
)
_OPENED: Final = re.compile(rb"<(?:\w+:)?(?:row|c)[\s/>]")
_PLACES: Final = re.compile(rb'<(?:\w+:)?(?:row|c)\s(?:[^<>]*?\s)??r="([A-Z]{0,3})(\d{1,7})"')
_EMPTY: Final = re.compile(rb"<(?:\w+:)?c\s[^<>]*/>")
_PLACE: Final = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Z]{0,3})(\d{1,7})["']""")
_SHARED: Final = re.compile(rb"""(?:^|\s)t\s*=\s*["']s["']""")
_FORMULA: Final = re.compile(rb"""<(?:\w+:)?f[ >/]|\st=["']e["']""")
_TEXT_END: Final = re.compile(rb"</(?:\w+:)?si\s*>")
_ODS: Final = re.compile(
    rb"<(/?)table:(table-row|table-cell|covered-table-cell|table)(?=[\s/>])([^<>]*?)(/?)>"
)
_TEXT_WITHOUT_QUESTION: Final = 300_000_000
_COLUMNS_REPEATED: Final = re.compile(rb'number-columns-repeated="(\d{1,9})"')
_ROWS_REPEATED: Final = re.compile(rb'number-rows-repeated="(\d{1,9})"')


@dataclass
class Scan:
    """How far the filled cells of a sheet reach, how many there are, and the size of their texts.

    ``text_size`` counts a text once for every cell that shows it.
    """

    rows: int = 0
    columns: int = 0
    cells: int = 0
    text_size: int = 0
    has_formulas: bool = False

    def add(self, row: int, column: int, text_size: int = 0) -> None:
        """Count a filled cell."""
        self.rows = max(self.rows, row)
        self.columns = max(self.columns, column)
        self.cells += 1
        self.text_size += text_size

    def add_all(
        self, places: Sequence[tuple[bytes, bytes]], n_empty: int, longest_text: int
    ) -> None:
        """Count cells that all tell their place; rows do too, without letters."""
        letters = [of_column for of_column, _ in places if of_column]
        self.columns = max([self.columns, *map(_column_number, set(letters))])
        self.rows = max([self.rows, *map(int, {number for _, number in places})])
        self.cells += len(letters) - n_empty
        self.text_size += longest_text * len(letters)


def scan_sheet(chunks: Iterable[bytes], lengths: Sequence[int]) -> Scan:
    """Measure a sheet; ``lengths`` are those of the shared texts.

    Cells may leave out their place; then they stand behind the one before.
    """
    found = Scan()
    row = column = 0
    longest = max(lengths, default=0)
    for piece in _pieces(chunks):
        found.has_formulas = found.has_formulas or _FORMULA.search(piece) is not None
        places = _PLACES.findall(piece)
        is_plain = len(places) == len(_OPENED.findall(piece))
        if is_plain and found.text_size + longest * len(places) < _TEXT_WITHOUT_QUESTION:
            found.add_all(places, len(_EMPTY.findall(piece)), longest)
            row, column = _last(places, row, column)
        else:
            row, column = _scan_cells(found, piece, lengths, row, column)
    return found


def _scan_cells(
    found: Scan, piece: bytes, lengths: Sequence[int], row: int, column: int
) -> tuple[int, int]:
    """Go through a piece of a sheet cell by cell; give the place of the last one."""
    longest = max(lengths, default=0)
    for match in _TAG.finditer(piece):
        tag, attributes, value = match.groups()
        place = _PLACE.search(attributes)
        if tag == b"row":
            row, column = int(place[2]) if place else row + 1, 0
            continue
        column = _column_number(place[1]) if place and place[1] else column + 1
        row = int(place[2]) if place and place[1] else row
        if not attributes.endswith(b"/"):
            size = _shared_size(attributes, value, lengths, longest) if lengths else 0
            found.add(row, column, size)
    return row, column


def _last(places: Sequence[tuple[bytes, bytes]], row: int, column: int) -> tuple[int, int]:
    """Give the place of the last cell, or row, of a piece."""
    if not places:
        return row, column
    letters, number = places[-1]
    return int(number), _column_number(letters)


def scan_strings(chunks: Iterable[bytes]) -> list[int]:
    """Measure the texts that cells share."""
    lengths: list[int] = []
    rest = 0
    for piece in _pieces(chunks):
        start = 0
        for end in _TEXT_END.finditer(piece):
            lengths.append(rest + end.start() - start)
            start, rest = end.end(), 0
        rest += len(piece) - start
    return [*lengths, rest]


def scan_ods(xml: bytes) -> list[Scan]:
    """Measure the sheets of an OpenDocument file, where cells and rows may be repeated."""
    _refuse_declarations(xml)
    sheets: list[Scan] = []
    row = width = column = size = filled = 0
    times = 1
    opened: tuple[int, int] | None = None
    for match in _ODS.finditer(xml):
        closing, tag, attributes, empty = match.groups()
        if tag == b"table":
            sheets += [] if closing else [Scan()]
            row = 0
        elif tag == b"table-row" and not closing:
            times = _times(_ROWS_REPEATED, attributes)
            width = column = size = filled = 0
        if tag == b"table-row" and (closing or empty) and sheets:
            row += times
            _add_row(sheets[-1], row, width, filled * times, size * times)
        elif tag.endswith(b"cell") and not closing:
            n = _times(_COLUMNS_REPEATED, attributes)
            column += n
            opened = None if empty else (match.end(), n)
            if not empty or b"value" in attributes:
                width, filled, size = column, filled + n, size + n * len(attributes)
        elif tag.endswith(b"cell") and opened is not None:
            size += (match.start() - opened[0]) * opened[1]
            opened = None
    return sheets


def _add_row(sheet: Scan, row: int, width: int, filled: int, size: int) -> None:
    """Count a row of an OpenDocument sheet, with its repetitions."""
    if filled:
        sheet.rows = max(sheet.rows, row)
        sheet.columns = max(sheet.columns, width)
        sheet.cells += filled
        sheet.text_size += size


def _times(pattern: re.Pattern[bytes], attributes: bytes) -> int:
    """Tell how often a cell or row is repeated."""
    found = pattern.search(attributes)
    return int(found[1]) if found else 1


def _pieces(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """Cut XML before a cell or text begins, so that no tag is torn."""
    rest = b""
    for i, chunk in enumerate(chunks):
        if i == 0:
            _refuse_declarations(chunk)
        joined = rest + chunk
        cut = max(joined.rfind(b"<c "), joined.rfind(b"<row"), joined.rfind(b"<si"), 0)
        cut = cut or max(joined.rfind(b":c "), joined.rfind(b":row"), joined.rfind(b":si"), 0)
        cut = joined.rfind(b"<", 0, cut + 1) if cut else len(joined)
        rest = joined[cut:]
        yield joined[:cut]
    yield rest


def _refuse_declarations(xml: bytes) -> None:
    """Refuse a document type, which workbooks never have, and encodings that hide what is there."""
    head = xml[:2000]
    if b"<!DOCTYPE" in head or b"<!ENTITY" in head or head.startswith((b"\xff\xfe", b"\xfe\xff")):
        message = "a part of the workbook has a document type or an encoding that workbooks do not"
        raise DataError(message)


def _shared_size(
    attributes: bytes, value: bytes | None, lengths: Sequence[int], longest: int
) -> int:
    """Give the length of the shared text that a cell shows."""
    if not _SHARED.search(attributes):
        return 0
    place = len(lengths) if value is None else int(value)
    return lengths[place] if place < len(lengths) else longest


def _column_number(letters: bytes) -> int:
    """Give the number of a column named by letters: A is 1, AA is 27."""
    number = 0
    for letter in letters:
        number = number * 26 + letter - 64
    return number
