"""Data of LimeSurvey for SPSS and R: a data file and the syntax that names and labels it.

The syntax is the file to read; it names the data file, which has to lie beside it.
"""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.text import guess_encodings
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from pathlib import Path

_LARGEST: Final = 50_000_000
_DATA_NAME: Final = re.compile(rb"_(SPSS|R)_data_file[^/\\\"']{0,40}\.(dat|csv)")
_SPSS: Final = re.compile(r"/FILE\s*=\s*'(?:[^'\n]*[/\\])?([^'/\\\n]+)'")
_R: Final = re.compile(r"read\.csv\(\s*\"(?:[^\"\n]*[/\\])?([^\"/\\\n]+)\"")
_VARIABLES: Final = re.compile(r"/VARIABLES\s*=(.*?)\.\s*\n\s*CACHE", re.DOTALL)
_RENAMED: Final = re.compile(r"^RENAME VARIABLES? \( *(\S+) *= *(\S+) *\)", re.MULTILINE)
_TEXT: Final = re.compile(
    r'^VARIABLE LABELS +(\S+) +((?:"(?:[^"]|"")*"\s*\+?\s*)+)\.', re.MULTILINE
)
_LABELS: Final = re.compile(
    r'^VALUE LABELS +(\S+)\s*\n((?:\s*(?:"(?:[^"]|"")*"|[^\s"]+) +"(?:[^"]|"")*"\s*\n?)+)\.?',
    re.MULTILINE,
)
_PAIR: Final = re.compile(r'(?:"((?:[^"]|"")*)"|([^\s"]+)) +"((?:[^"]|"")*)"')
_QUOTED: Final = re.compile(r'"((?:[^"]|"")*)"')
_R_NAME: Final = re.compile(r'names\(data\)\[(\d+)\] *<- *"([^"\n]*)"')
_R_TEXT: Final = re.compile(r'variable\.labels\[(\d+)\] *<- *"((?:[^"\\\n]|\\.)*)"')
_R_LABELS: Final = re.compile(
    r"data\[, *(\d+)\] *<- *factor\(data\[, *\d+\], *levels=c\((.*?)\), *labels=c\((.*)\)\)$",
    re.MULTILINE,
)
_R_VALUE: Final = re.compile(r'"((?:[^"\\]|\\.)*)"|([^",\s]+)')


@dataclass
class _Syntax:
    """What a syntax says: the data file, and for each column name, text and labels."""

    data_file: str
    names: list[str]
    texts: dict[str, str] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)


def is_syntax(raw: bytes) -> bool:
    r"""Tell a syntax file by the data file that it names near its beginning.

    Examples
    --------
    >>> is_syntax(b"GET DATA\n /TYPE=TXT\n /FILE='survey_1_SPSS_data_file.dat'")
    True
    """
    head = raw[:4000]
    return (b"GET DATA" in head or b"read.csv(" in head) and bool(_DATA_NAME.search(head))


def read_syntax(raw: bytes, path: Path) -> TableFile:
    """Read the data file that a syntax names, with its names, texts and labels.

    Raises
    ------
    DataError
        The data file is not beside it, or does not have the columns that the syntax names.
    """
    if len(raw) > _LARGEST:
        message = f"{path.name} is larger than 50 MB, which no syntax file is."
        raise DataError(message)
    text = _decoded(raw)
    is_spss = "GET DATA" in text[:4000]
    syntax = _from_spss(text) if is_spss else _from_r(text)
    if not syntax.names:
        message = f"{path.name} names no variables. Export the syntax again."
        raise DataError(message)
    rows = _rows(path, syntax.data_file, quote="'" if is_spss else '"')
    if not is_spss and rows:
        # Times stand behind the columns that the syntax names.
        syntax.names += rows.pop(0)[len(syntax.names) :]
    widths = {len(row) for row in rows} - {len(syntax.names)}
    if widths or not rows:
        found = f"rows of {max(widths)} columns" if widths else "no row of answers"
        message = (
            f"{syntax.data_file} has {found}, and {path.name} names {len(syntax.names)} columns. "
            "Export both again, at the same time."
        )
        raise DataError(message)
    note = f"The data were read from {syntax.data_file}, which lies beside {path.name}."
    numbers = list(range(1, len(rows) + 1))
    return TableFile(
        syntax.names, rows, numbers, "limesurvey", decimal_comma=False, notes=[note],
        provenance={"data_file": syntax.data_file}, labels=syntax.labels, texts=syntax.texts,
    )  # fmt: skip


def _rows(path: Path, name: str, quote: str) -> list[list[str]]:
    """Read the data file beside the syntax; its name is never a path."""
    beside = path.with_name(name)
    if not beside.is_file():
        message = f"{path.name} names the data file {name}. Put it into the same folder."
        raise DataError(message)
    text = _decoded(beside.read_bytes())
    limit = csv.field_size_limit(len(text) + 1)
    try:
        source = io.StringIO(text, newline="")
        return [row for row in csv.reader(source, quotechar=quote) if any(row)]
    finally:
        csv.field_size_limit(limit)


def _decoded(raw: bytes) -> str:
    """Turn bytes into text."""
    for encoding in guess_encodings(raw):
        try:
            return raw.decode(encoding).replace("\r\n", "\n")
        except UnicodeError:
            continue
    return raw.decode("latin-1")


def _from_spss(text: str) -> _Syntax:
    """Read a syntax for SPSS."""
    file, variables = _SPSS.search(text), _VARIABLES.search(text)
    listed = [] if variables is None else variables[1].split()[::2]
    renamed = dict(_RENAMED.findall(text))
    syntax = _Syntax("" if file is None else file[1], [renamed.get(name, name) for name in listed])
    for name, said in _TEXT.findall(text):
        whole = "".join(_QUOTED.findall(said)).replace('""', '"')
        syntax.texts[renamed.get(name, name)] = whole
    for name, listed_labels in _LABELS.findall(text):
        pairs = _PAIR.findall(listed_labels)
        syntax.labels[renamed.get(name, name)] = {
            quoted or bare: said for quoted, bare, said in pairs
        }
    return syntax


def _from_r(text: str) -> _Syntax:
    """Read a syntax for R."""
    file = _R.search(text)
    by_place = {int(place): name for place, name in _R_NAME.findall(text)}
    names = [by_place.get(place, f"V{place}") for place in range(1, max(by_place, default=0) + 1)]
    syntax = _Syntax("" if file is None else file[1], names)
    for place, said in _R_TEXT.findall(text):
        syntax.texts[by_place.get(int(place), "")] = _unescaped(said)
    for place, levels, labels in _R_LABELS.findall(text):
        pairs = zip(_values(levels), _values(labels), strict=False)
        syntax.labels[by_place.get(int(place), "")] = dict(pairs)
    return syntax


def _values(listed: str) -> list[str]:
    """Give the values of a vector of R."""
    return [_unescaped(quoted or bare) for quoted, bare in _R_VALUE.findall(listed)]


def _unescaped(text: str) -> str:
    """Take the strokes away that R has before signs."""
    return re.sub(r"\\(.)", r"\1", text)
