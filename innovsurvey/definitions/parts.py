"""Read the parts of an instrument file that may still have mistakes.

The checks of meaning read the plain data of the file, since a file with mistakes has no instrument
yet. A part of the wrong shape is passed over; the first stage has reported it.
"""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any, Final, TypeGuard

from innovsurvey.base.checks import join_names, suggest

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innovsurvey.definitions.yaml_file import Document, KeyPath

    Entry = tuple[KeyPath, dict[str, Any]]

_MAIN_VERSION: Final = "self"


def entries(document: Document, key: str) -> list[Entry]:
    """Give the entries of a list or mapping that are mappings themselves, with their paths."""
    part = document.data.get(key)
    if isinstance(part, dict):
        pairs: Iterable[tuple[Any, Any]] = part.items()
    else:
        pairs = enumerate(part if isinstance(part, list) else [])
    return [((key, place), entry) for place, entry in pairs if isinstance(entry, dict)]


def ids(document: Document, key: str) -> list[str]:
    """Give the ids under a key: the keys of a mapping, or the ``id`` of each list entry."""
    part = document.data.get(key)
    if isinstance(part, dict):
        return list(part)
    return [e["id"] for _, e in entries(document, key) if isinstance(e.get("id"), str)]


def names(entry: dict[str, Any], key: str) -> list[tuple[int, str]]:
    """Give the texts in a list of an entry, with their positions."""
    part = entry.get(key)
    listed = part if isinstance(part, list) else []
    return [(i, name) for i, name in enumerate(listed) if isinstance(name, str)]


def line_ids(matrix: dict[str, Any], key: str) -> list[str]:
    """Give the ids of the rows or columns of a matrix."""
    lines = matrix.get(key)
    listed = lines if isinstance(lines, list) else []
    return [str(line["id"]) for line in listed if isinstance(line, dict) and "id" in line]


def cells(document: Document) -> list[str]:
    """Give the item ids that the matrices make."""
    return [
        f"{row}_{column}"
        for _, matrix in entries(document, "matrices")
        for row, column in itertools.product(line_ids(matrix, "rows"), line_ids(matrix, "columns"))
    ]


def item_ids(document: Document) -> list[str]:
    """Give all item ids, those of matrix cells included."""
    return ids(document, "items") + cells(document)


def lookup(formats: dict[Any, dict[str, Any]], name: Any) -> dict[str, Any] | None:
    """Find a response format, if the name can be one."""
    found = formats.get(name) if isinstance(name, str) else None
    return found if isinstance(found, dict) else None


def format_of(document: Document, item: Any) -> dict[str, Any]:
    """Give the response format of an item or matrix cell, empty where it is not known."""
    formats = {path[1]: entry for path, entry in entries(document, "formats")}
    for _, entry in entries(document, "items"):
        if entry.get("id") == item:
            return lookup(formats, entry.get("format")) or {}
    for _, matrix in entries(document, "matrices"):
        cells = itertools.product(line_ids(matrix, "rows"), line_ids(matrix, "columns"))
        if item in {f"{row}_{column}" for row, column in cells}:
            return lookup(formats, matrix.get("format")) or {}
    return {}


def version_ids(document: Document) -> list[str]:
    """Give the versions of the questionnaire; the first is the main one."""
    return ids(document, "versions") or [_MAIN_VERSION]


def point_values(format_: dict[str, Any]) -> list[float]:
    """Give the numbers of the points of a format."""
    points = format_.get("points")
    listed = points if isinstance(points, list) else []
    values = [point.get("value") for point in listed if isinstance(point, dict)]
    return [float(value) for value in values if is_number(value)]


def missing_codes(format_: dict[str, Any]) -> list[float]:
    """Give the codes of the missing options of a format."""
    options = format_.get("missing")
    listed = options if isinstance(options, list) else []
    codes = [option.get("code") for option in listed if isinstance(option, dict)]
    return [float(code) for code in codes if is_number(code)]


def is_number(value: Any) -> TypeGuard[float]:
    """Tell whether the value is a number; true and false are none."""
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def refer(document: Document, path: KeyPath, name: Any, known: list[str], what: str) -> None:
    """Note a name that nothing in the file has."""
    if isinstance(name, str) and name not in known:
        document.report(path, f"there is no {what} {name!r}{suggest(name, known)}.")


def report_twice(document: Document, path: KeyPath, names: list[str]) -> None:
    """Note names that a list holds more than once."""
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        document.report(path, f"{join_names(twice)} is listed more than once.")
