"""Read separated text of any dialect: encoding, separator and quotation marks are found out."""

from __future__ import annotations

import csv
import io
from typing import TYPE_CHECKING, Final

from innovsurvey.errors import DataError, SpecificationError
from innovsurvey.responses.files.options import SAVE_AS
from innovsurvey.responses.table_file import TableFile, as_table

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_MARKUP: Final = (
    ("<!doctype html", "a web page"),
    ("<html", "a web page"),
    ("<?xml", "an XML file"),
)
_SEPARATORS: Final = (",", ";", "\t", "|")
_SNIFFED_ROWS: Final = 50
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
    text, used, notes = _decode(raw, name, options.encoding)
    start = text.lstrip()[:20].lower()
    for mark, kind in _MARKUP:
        if start.startswith(mark):
            message = f"{name} is {kind}, not a table of answers. {SAVE_AS}"
            raise DataError(message)
    if "\x00" in text or _control_share(text) > _BINARY_SHARE:
        message = f"{name} holds binary data, not a table of answers. {SAVE_AS}"
        raise DataError(message)
    if start.startswith("sep=") and separator is None:
        first, _, text = text.lstrip().partition("\n")
        separator = first.strip("\r")[4:5] or None
    separator = separator or _find_separator(text)
    records, more = _records(text, separator, name)
    return as_table(
        records,
        name,
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


def _decode(raw: bytes, name: str, encoding: str | None) -> tuple[str, str, list[str]]:
    """Turn bytes into text: the encoding asked for, a byte-order mark, UTF-8, windows-1252."""
    if encoding is not None:
        try:
            return raw.decode(encoding), encoding, []
        except UnicodeError as error:
            message = f"{name} is not text in {encoding} ({error}). Leave encoding out."
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
    message = f"{name} is text in no known encoding. Save it as UTF-8, or give encoding=."
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


def _records(text: str, separator: str, name: str) -> tuple[list[list[str]], list[str]]:
    """Split text into rows and fields; quotation marks that do not fit are read leniently."""
    try:
        return split_text(text, separator, strict=True), []
    except csv.Error as error:
        if "unexpected end of data" in str(error):
            message = (
                f"a quotation mark in {name} is opened and never closed, so rows would be "
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
