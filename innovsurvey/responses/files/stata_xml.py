"""Stata data written as XML, as LimeSurvey exports them and ``xmluse`` reads them."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from innovsurvey.base.xml_file import parse_xml
from innovsurvey.errors import DataError
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

_LOOKED_AT: Final = 500
_START: Final = dt.datetime(1960, 1, 1)  # Stata counts from here


def is_stata_xml(raw: bytes) -> bool:
    """Tell the format by its root.

    Examples
    --------
    >>> is_stata_xml(b'<?xml version="1.0"?><dta><header/></dta>')
    True
    """
    head = raw[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"<") and b"<dta>" in head


def read_stata_xml(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read the cells with value labels and variable labels; dates are written as dates.

    Raises
    ------
    DataError
        It is damaged, or names no variables.
    """
    del options
    try:
        root = parse_xml(raw)
    except ET.ParseError as error:
        message = f"{name} cannot be read as Stata data in XML ({error}). Export it again."
        raise DataError(message) from None
    header = [v.get("varname", "") for v in root.iterfind("descriptors/varlist/variable")]
    if not header:
        message = f"{name} names no variables, so it holds no table. Export it again."
        raise DataError(message)
    formats = _by_variable(root, "descriptors/fmtlist/fmt")
    rows = [_row(person, header, formats) for person in root.iterfind("data/o")]
    numbers = list(range(1, len(rows) + 1))
    return TableFile(
        header, rows, numbers, "stata", decimal_comma=False,
        labels=_labels(root), texts=_by_variable(root, "variable_labels/vlabel"),
    )  # fmt: skip


def _row(person: ET.Element, header: list[str], formats: dict[str, str]) -> list[str]:
    """Give the cells of a person."""
    found = {cell.get("varname", ""): cell.text or "" for cell in person}
    return [_cell(found.get(heading, ""), formats.get(heading, "")) for heading in header]


def _cell(text: str, format_: str) -> str:
    """Write a cell: dates as such, a missing value as nothing."""
    if text == "." or not text:
        return ""
    if not format_.startswith(("%tc", "%td", "%d")):
        return text
    try:
        step = dt.timedelta(**{"milliseconds" if "tc" in format_ else "days": float(text)})
        return (_START + step).isoformat(sep=" ")
    except (ValueError, OverflowError):
        return text


def _by_variable(root: ET.Element, path: str) -> dict[str, str]:
    """Give what is said about each variable."""
    return {v.get("varname", ""): v.text for v in root.iterfind(path) if v.text}


def _labels(root: ET.Element) -> dict[str, dict[str, str]]:
    """Give the value labels of each variable."""
    sets = {
        group.get("name", ""): {v.get("value", ""): v.text or "" for v in group.iterfind("label")}
        for group in root.iterfind("value_labels/vallab")
    }
    named = _by_variable(root, "descriptors/lbllist/lblname")
    return {heading: sets[label] for heading, label in named.items() if label in sets}
