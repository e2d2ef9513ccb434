"""Read separated text of any dialect: encoding, separator and quotation marks are found out."""

from __future__ import annotations

import csv
import io
import re
from typing import TYPE_CHECKING, Final

from innovsurvey.base.progress import progress
from innovsurvey.base.spreadsheet import guard, unguard
from innovsurvey.errors import DataError, SpecificationError
from innovsurvey.responses.files.encoding import decode
from innovsurvey.responses.files.encoding import guess_encodings as guess_encodings
from innovsurvey.responses.files.heading import (
    join_heading_rows,
    refuse_late_heading,
    without_empty_end,
)
from innovsurvey.responses.files.limits import LONGEST_LINE, MOST_COLUMNS, refuse_columns
from innovsurvey.responses.files.options import SAVE_AS
from innovsurvey.responses.table_file import TableFile, as_table

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

_MARKUP: Final = (
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("<?xml", "an XML file"),
)
_SEP_LINE: Final = re.compile(r"\s*\"?sep=([^\r\n\"])\"?[^\S\r\n]*(\r\n|\r|\n)", re.IGNORECASE)
_GUARDED: Final = re.compile(r"'['=+\-@\t\r\n＝＋－＠]")
_NUMBER: Final = re.compile(r"-(?:inf|\d+(?:\.\d+)?(?:e[-+]?\d+)?)", re.ASCII)
_LINE_END: Final = re.compile(r"\r\n|\r|\n")
_SEPARATORS: Final = (",", ";", "\t", "|")
_SNIFFED_ROWS: Final = 50
_MOST_HELD: Final = 50_000
_STEADY_SHARE: Final = 0.8
_BINARY_SHARE: Final = 0.01
_SEPARATOR_NAMES: Final = {",": "comma", ";": "semicolon", "\t": "tab", "|": "bar"}


def read_text(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read separated text, finding out encoding and separator where they are not given.

    Raises
    ------
    DataError
        Text in no known encoding, markup or binary data, a quotation mark that is never closed.
    SpecificationError
        The separator asked for is not one character, or the encoding is not known.
    """
    separator = options.separator
    if separator is not None and (len(separator) != 1 or separator in '"\r\n'):
        message = f"separator={separator!r} must be one character, for example ; or a tab."
        raise SpecificationError(message)
    refuse_long_line(raw, name)
    text, used, notes = decode(raw, name, options.encoding)
    _refuse_other_kinds(text, name)
    given, text = _sep_line(text)
    separator = separator or given or _find_separator(text)
    records, more = _records(text, separator, name, first_line=2 if given else 1)
    if used == "utf-8-sig" and separator == "," and _GUARDED.search(text):
        more += _unguard_all(records)
    records, joined = join_heading_rows(records, name)
    refuse_late_heading(records, name)
    table = as_table(
        records,
        name,
        reader="csv",
        decimal_comma=separator != ",",
        notes=notes + more + joined,
        provenance={"encoding": used, "separator": _SEPARATOR_NAMES.get(separator, separator)},
    )
    return without_empty_end(table)


def refuse_long_line(raw: bytes, name: str) -> None:
    """Refuse a line longer than any row of answers before it is split.

    Raises
    ------
    DataError
        A line has more than 5 million bytes.
    """
    start = 0
    while len(raw) - start > LONGEST_LINE:
        end = start + LONGEST_LINE
        last = max(raw.rfind(b"\n", start, end), raw.rfind(b"\r", start, end))
        if last < 0:
            refuse_columns(max(raw.count(s.encode(), start, end) for s in _SEPARATORS), name)
            message = (
                f"a line of {name} is longer than {LONGEST_LINE:,} bytes; it is no table of "
                f"answers with one row per person. {SAVE_AS}"
            )
            raise DataError(message)
        start = last + 1


def _sep_line(text: str) -> tuple[str | None, str]:
    """Take off the line by which Excel is told the separator."""
    found = _SEP_LINE.match(text)
    return (found[1], text[found.end() :]) if found else (None, text)


def _refuse_other_kinds(text: str, name: str) -> None:
    """Refuse markup and binary data."""
    start = text[:4000].lstrip()[:20].lower()
    for mark, kind in _MARKUP:
        if start.startswith(mark):
            message = f"{name} is {kind}, not a table of answers. {SAVE_AS}"
            raise DataError(message)
    place = text.find("\x00")
    if place >= 0 or _control_share(text) > _BINARY_SHARE:
        where = f" (a NUL sign in line {text.count(chr(10), 0, place) + 1})" if place >= 0 else ""
        message = f"{name} holds binary data{where}, not a table of answers. {SAVE_AS}"
        raise DataError(message)


def _control_share(text: str) -> float:
    """Give the share of control characters that no table has, in the first part of a text."""
    head = text[:4096]
    controls = sum((c < " " and c not in "\t\n\r\f\x1a") or "\x7f" <= c < "\xa0" for c in head)
    return controls / max(len(head), 1)


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


def _records(
    text: str, separator: str, name: str, *, first_line: int
) -> tuple[list[list[str]], list[str]]:
    """Split text into rows and fields; quotation marks that do not fit are read leniently."""
    try:
        return split_text(text, separator, strict=True, name=name), []
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            place = _never_closed(text, separator)
            line = first_line + len(_LINE_END.findall(text, 0, place))
            message = (
                f"a quotation mark in line {line} of {name} is opened and never closed, so rows "
                "would be lost. Mend it, or save the file again from the program it comes from."
            )
            raise DataError(message) from None
    note = "Quotation marks inside fields are not doubled; they were kept as they stand."
    return split_text(text, separator, strict=False, name=name), [note]


def _never_closed(text: str, separator: str) -> int:
    """Find the place of the quotation mark that begins the last quoted field."""
    start = rf'(?<![^\r\n{re.escape(separator)}])"'
    place = 0
    for field in re.finditer(rf'{start}(?:[^"]++|"")*+"?', text):
        place = field.start()
    return place


def _unguard_all(records: list[list[str]]) -> list[str]:
    """Take off the apostrophes that keep texts from being run, where all such texts have one.

    That is so in the files that are written here; a file that has a text without one is left.
    """
    risky = {cell for record in records for cell in record if guard(cell) != cell}
    texts = {cell: unguard(cell) for cell in risky if not _NUMBER.fullmatch(cell)}
    if any(cell == plain for cell, plain in texts.items()):
        return []
    n = 0
    for record in records:
        for i, cell in enumerate(record):
            if cell in texts:
                record[i] = texts[cell]
                n += 1
    return [f"{n} text(s) lost the apostrophe that kept spreadsheets from running them."]


def split_text(
    text: str, separator: str, *, strict: bool = False, name: str = "the text"
) -> list[list[str]]:
    r"""Split text into rows and fields of any length.

    Raises
    ------
    DataError
        A row has more fields than any survey has columns.

    Examples
    --------
    >>> split_text('a;"b;c"\n1;2', ";")
    [['a', 'b;c'], ['1', '2']]
    """
    source = io.StringIO(text, newline="")
    limit = csv.field_size_limit(len(text) + 1)
    records = []
    seen: dict[str, str] = {}
    try:
        reader = csv.reader(source, delimiter=separator, strict=strict)
        for record in progress(reader, "reading rows"):
            if len(record) > MOST_COLUMNS:
                refuse_columns(len(record), name)
            # A text that stands in many cells is held once; memory halves, and so does its hashing.
            keep = seen.setdefault if len(seen) < _MOST_HELD else seen.get
            records.append([keep(cell, cell) for cell in record])
    finally:
        csv.field_size_limit(limit)
    return records
