"""Read a file of any dialect as a table of texts, without interpreting a single cell."""

from __future__ import annotations

import csv
import datetime as dt
import hashlib
import io
import zipfile
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.errors import DataError, SpecificationError
from innovsurvey.responses.workbook import fill_formulas, refuse_extent, workbook_extent

if TYPE_CHECKING:
    from pathlib import Path

_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_FOREIGN: Final = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"\x1f\x8b", "a gzip archive"),
    (b"PAR1", "a Parquet file"),
    (b"$FL", "an SPSS file"),
    (b"<stata_dta>", "a Stata file"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3", "a database"),
)
_MARKUP: Final = (
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("<?xml", "an XML file"),
)
_EXCEL_OLD: Final = b"\xd0\xcf\x11\xe0"
_ZIP: Final = b"PK\x03\x04"
_SEPARATORS: Final = (",", ";", "\t", "|")
_SNIFFED_ROWS: Final = 50
_STEADY_SHARE: Final = 0.8
_BINARY_SHARE: Final = 0.01
_SEPARATOR_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}
_SAVE_AS: Final = "Save the answers as CSV or Excel (.xlsx) and read that file."


@dataclass(frozen=True)
class TableFile:
    """The cells of a file as texts, and how the file was read.

    ``rows`` holds the data rows as they stand, ``numbers`` their numbers counted from 1 below the
    heading; rows may be shorter or longer than the heading. What follows is for files of a survey
    platform: ``id_column`` is the heading that tells people apart there, ``changes`` are lines for
    the log about whole columns (column, rule, old, new), ``aside`` names rows that go to
    quarantine, by place, with the reason.
    """

    header: list[str]
    rows: list[list[str]]
    numbers: list[int]
    reader: str
    decimal_comma: bool
    notes: list[str] = field(default_factory=list)
    provenance: dict[str, Any] = field(default_factory=dict)
    id_column: str | None = None
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)
    aside: dict[int, str] = field(default_factory=dict)

    def filled(self) -> list[list[str]]:
        """Give the rows with short ones filled up to the heading; cells beyond it stay.

        Examples
        --------
        >>> TableFile(["a", "b"], [["1"], ["1", "2", "3"]], [1, 2], "csv", False).filled()
        [['1', ''], ['1', '2', '3']]
        """
        width = len(self.header)
        return [[*row, *[""] * (width - len(row))] for row in self.rows]


def read_table(
    path: Path,
    *,
    encoding: str | None,
    separator: str | None,
    sheet: str | int | None,
) -> TableFile:
    """Read a CSV or Excel file, told apart by content, not by name.

    Raises
    ------
    DataError
        No such file, a folder, an empty file, a file of another kind, text in no known encoding,
        a quotation mark that is never closed, a heading without rows.
    """
    raw = _read_bytes(path)
    if raw.startswith((_ZIP, _EXCEL_OLD)):
        table = _read_workbook(raw, path, sheet)
    else:
        table = _read_text_table(raw, path, encoding, separator)
    if not table.rows:
        message = f"{path.name} has a heading but no row of answers."
        raise DataError(message)
    table.provenance.update(
        file=path.name, size=len(raw), sha256=hashlib.sha256(raw).hexdigest(), reader=table.reader
    )
    return table


def _read_bytes(path: Path) -> bytes:
    """Read the file, or say why that is not possible."""
    try:
        if path.is_dir():
            message = f"{path} is a folder. Name the file with the answers in it."
            raise DataError(message)
        raw = path.read_bytes()
    except FileNotFoundError:
        message = f"there is no file {path}{_nearest_file(path)}."
        raise DataError(message) from None
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        message = f"{path} cannot be read ({getattr(error, 'strerror', None) or error})."
        raise DataError(message) from None
    if not raw.strip():
        message = f"{path.name} is empty."
        raise DataError(message)
    for mark, kind in _FOREIGN:
        if raw.startswith(mark):
            message = f"{path.name} is {kind}, not a table of answers. {_SAVE_AS}"
            raise DataError(message)
    return raw


def _nearest_file(path: Path) -> str:
    """Suggest a file of a similar name in the same folder."""
    if not path.parent.is_dir():
        return ""
    near = get_close_matches(path.name, [p.name for p in path.parent.iterdir()], 1, 0.8)
    return f" (did you mean {near[0]}?)" if near else ""


def _read_workbook(raw: bytes, path: Path, sheet: str | int | None) -> TableFile:
    """Read one sheet of an Excel or OpenDocument file."""
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        extent = workbook_extent(raw) if raw.startswith(_ZIP) else None
        if extent is not None:
            refuse_extent(extent, path.name)
        workbook = CalamineWorkbook.from_filelike(io.BytesIO(raw))
        name, notes = _choose_sheet(workbook, path, sheet)
        cells = workbook.get_sheet_by_name(name).to_python(skip_empty_area=False)
    except (CalamineError, zipfile.BadZipFile, RuntimeError) as error:
        message = f"{path.name} cannot be read as an Excel file ({error}). {_SAVE_AS}"
        raise DataError(message) from None
    records = [[_cell_text(cell) for cell in row] for row in cells]
    if extent is not None and extent.has_formulas:
        fill_formulas(records, raw, name)
    return _as_table(
        records, path, reader="excel", decimal_comma=False, notes=notes, provenance={"sheet": name}
    )


def _choose_sheet(workbook: Any, path: Path, sheet: str | int | None) -> tuple[str, list[str]]:
    """Take the sheet asked for, or the first one with content."""
    names: list[str] = workbook.sheet_names
    if isinstance(sheet, int) and 0 <= sheet < len(names):
        return names[sheet], []
    if sheet is not None:
        if sheet not in names:
            hint = suggest(str(sheet), names)
            message = f"{path.name} has no sheet {sheet!r}{hint}. Sheets: {join_names(names)}."
            raise DataError(message)
        return str(sheet), []
    filled = [name for name in names if workbook.get_sheet_by_name(name).total_height > 0]
    if not filled:
        message = f"{path.name} has no sheet with content."
        raise DataError(message)
    others = [name for name in filled if name != filled[0]]
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


def _read_text_table(
    raw: bytes, path: Path, encoding: str | None, separator: str | None
) -> TableFile:
    """Read separated text, finding out encoding and separator where they are not given."""
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        message = f"separator={separator!r} must be one character, for example ; or a tab."
        raise SpecificationError(message)
    text, used, notes = _decode(raw, path, encoding)
    start = text.lstrip()[:20].lower()
    for mark, kind in _MARKUP:
        if start.startswith(mark):
            message = f"{path.name} is {kind}, not a table of answers. {_SAVE_AS}"
            raise DataError(message)
    if "\x00" in text or _control_share(text) > _BINARY_SHARE:
        message = f"{path.name} holds binary data, not a table of answers. {_SAVE_AS}"
        raise DataError(message)
    if start.startswith("sep=") and separator is None:
        first, _, text = text.lstrip().partition("\n")
        separator = first.strip("\r")[4:5] or None
    separator = separator or _find_separator(text)
    records, more = _records(text, separator, path)
    return _as_table(
        records,
        path,
        reader="csv",
        decimal_comma=separator != ",",
        notes=notes + more,
        provenance={"encoding": used, "separator": _SEPARATOR_NAMES.get(separator, separator)},
    )


def _control_share(text: str) -> float:
    """Give the share of control characters that no table has, in the first part of a text."""
    head = text[:4096]
    controls = sum((c < " " and c not in "\t\n\r\f\x1a") or "\x7f" <= c < "\xa0" for c in head)
    return controls / max(len(head), 1)


def _decode(raw: bytes, path: Path, encoding: str | None) -> tuple[str, str, list[str]]:
    """Turn bytes into text: the encoding asked for, a byte-order mark, UTF-8, windows-1252."""
    if encoding is not None:
        try:
            return raw.decode(encoding), encoding, []
        except UnicodeError as error:
            message = f"{path.name} is not text in {encoding} ({error}). Leave encoding out."
            raise DataError(message) from None
        except (LookupError, ValueError):
            message = f"encoding={encoding!r} is not known. Try utf-8, utf-16 or windows-1252."
            raise DataError(message) from None
    for used in guess_encodings(raw):
        try:
            text = raw.decode(used)
        except UnicodeError:
            continue
        notes = []
        if used in {"windows-1252", "latin-1"} and not raw.isascii():
            notes.append(f"Read as {used}, because it is not UTF-8; look at accented letters.")
        return text, used, notes
    message = f"{path.name} is text in no known encoding. Save it as UTF-8, or give encoding=."
    raise DataError(message)


def guess_encodings(raw: bytes) -> list[str]:
    r"""List the encodings to try, the likeliest first.

    Examples
    --------
    >>> guess_encodings(b"\xef\xbb\xbfa;b"), guess_encodings(b"a;b")[0]
    (['utf-8-sig'], 'utf-8')
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return [name]
    head = raw[:1000]
    if head[1::2].count(0) > len(head) // 4:
        return ["utf-16-le"]
    if head[0::2].count(0) > len(head) // 4:
        return ["utf-16-be"]
    return ["utf-8", "windows-1252", "latin-1"]


def _find_separator(text: str) -> str:
    """Find the separator that splits the first rows most steadily into most fields."""
    best, best_fields = ",", 1
    for separator in _SEPARATORS:
        widths = _widths(text, separator)
        if not widths:
            continue
        steady = sum(width == widths[0] for width in widths) / len(widths)
        if steady >= _STEADY_SHARE and widths[0] > best_fields:
            best, best_fields = separator, widths[0]
    return best if best_fields > 1 else max(_SEPARATORS, key=text.partition("\n")[0].count)


def _widths(text: str, separator: str) -> list[int]:
    """Count the fields of the first rows."""
    reader = csv.reader(io.StringIO(text[:200_000], newline=""), delimiter=separator)
    widths = []
    try:
        for record in reader:
            widths += [len(record)] if record else []
            if len(widths) == _SNIFFED_ROWS:
                break
    except csv.Error:
        return []
    return widths


def _records(text: str, separator: str, path: Path) -> tuple[list[list[str]], list[str]]:
    """Split text into rows and fields; quotation marks that do not fit are read leniently."""
    try:
        return split_text(text, separator, strict=True), []
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            message = (
                f"a quotation mark in {path.name} is opened and never closed, so rows would be "
                "lost. Mend it, or save the file again from the program it comes from."
            )
            raise DataError(message) from None
    note = "Quotation marks inside fields are not doubled; they were kept as they stand."
    return split_text(text, separator, strict=False), [note]


def split_text(text: str, separator: str, *, strict: bool = False) -> list[list[str]]:
    r"""Split text into rows and fields of any length.

    Examples
    --------
    >>> split_text('a;"b;c"\n1;2', ";")
    [['a', 'b;c'], ['1', '2']]
    """
    source = io.StringIO(text, newline="")
    limit = csv.field_size_limit(len(text) + 1)
    try:
        return list(csv.reader(source, delimiter=separator, strict=strict))
    finally:
        csv.field_size_limit(limit)


def _as_table(
    records: list[list[str]],
    path: Path,
    *,
    reader: str,
    decimal_comma: bool,
    notes: list[str],
    provenance: dict[str, Any],
) -> TableFile:
    """Take the first row with content as the heading and number the rows below it."""
    start = next((i for i, record in enumerate(records) if any(map(str.strip, record))), None)
    if start is None:
        message = f"{path.name} is empty."
        raise DataError(message)
    header = [cell.strip() for cell in records[start]]
    end = len(records)
    while end > start + 1 and not any(map(str.strip, records[end - 1])):
        end -= 1
    if len(records) > end:
        notes = [*notes, f"{len(records) - end} empty row(s) at the end were passed over."]
    rows = records[start + 1 : end]
    numbers = list(range(1, len(rows) + 1))
    return TableFile(header, rows, numbers, reader, decimal_comma, notes, provenance)
