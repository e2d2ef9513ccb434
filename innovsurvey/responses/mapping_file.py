"""A file that says which heading is which item, and which codes to turn into which."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.base.files import write_file
from innovsurvey.base.numbers import write_number
from innovsurvey.base.spreadsheet import guard, unguard
from innovsurvey.errors import DataError, SpecificationError
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import read_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

HEADINGS: Final = ("heading", "item", "proposal", "similarity", "how", "recode", "wording")
_NEEDED: Final = ("heading", "item")
_PAIR: Final = re.compile(r"\s*(.+?)\s*=\s*([+-]?\d+(?:[.,]\d+)?)\s*")


@dataclass(frozen=True)
class ColumnMapping:
    """Headings to items, and codes to codes by item."""

    columns: dict[str, str] = field(default_factory=dict)
    recode: dict[str, dict[str, float]] = field(default_factory=dict)


def read_mapping(path: Path) -> ColumnMapping:
    """Read a mapping file: a table with the columns heading and item, and perhaps recode.

    Raises
    ------
    DataError
        The file is no table, has not these columns, or names a heading or an item twice.
    SpecificationError
        A recode is not written like ``1=5; 2=4``.
    """
    table = read_table(path, ReadOptions())
    missing = [name for name in _NEEDED if name not in table.header]
    if missing:
        message = (
            f"{path.name} is no mapping file: the column {missing[0]!r} is not there. It has the "
            "columns heading and item, and perhaps recode."
        )
        raise DataError(message)
    columns: dict[str, str] = {}
    recode: dict[str, dict[str, float]] = {}
    for cells in table.filled():
        texts = [unguard(cell.strip()) for cell in cells]
        line = dict(zip(table.header, texts, strict=False))
        heading, item = line["heading"], line["item"]
        if not item:
            continue
        if heading in columns or item in columns.values():
            message = f"{path.name} names {heading!r} or {item!r} twice. Remove one of the lines."
            raise DataError(message)
        columns[heading] = item
        if line.get("recode"):
            recode[item] = read_recode(line["recode"], item)
    return ColumnMapping(columns, recode)


def write_mapping(lines: Iterable[Mapping[str, str]], path: Path) -> None:
    """Write a mapping file that opens in a spreadsheet."""
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, HEADINGS, lineterminator="\n")
    writer.writeheader()
    for line in lines:
        writer.writerow({name: guard(line.get(name, "")) for name in HEADINGS})
    write_file(path, text.getvalue().encode("utf-8-sig"))


def read_recode(text: str, where: str) -> dict[str, float]:
    """Read codes to turn into others, written like ``1=5; 2=4``.

    Raises
    ------
    SpecificationError
        They are written otherwise.

    Examples
    --------
    >>> read_recode("1=5; 2=4", "LIS1")
    {'1': 5.0, '2': 4.0}
    """
    found = {}
    for part in filter(str.strip, text.split(";")):
        pair = _PAIR.fullmatch(part)
        if pair is None:
            message = f"the recode of {where}, {part.strip()!r}, is not written like 1=5; 2=4."
            raise SpecificationError(message)
        found[pair[1]] = float(pair[2].replace(",", "."))
    return found


def write_recode(recode: Mapping[str, float]) -> str:
    """Write codes to turn into others.

    Examples
    --------
    >>> write_recode({"1": 5.0, "2": 4.0})
    '1=5; 2=4'
    """
    return "; ".join(f"{old}={write_number(new)}" for old, new in recode.items())
