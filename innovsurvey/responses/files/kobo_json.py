"""Answers as JSON: the API of KoboToolbox, and the OData of ODK Central.

Groups are part of the keys, or objects of their own; repeated groups are lists of objects, which
become tables of their own.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.json_text import parse_json
from innovsurvey.responses.files.linked_tables import with_linked
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

_LISTS: Final = ("results", "value", "submissions")
_SIGNS: Final = (b'"_submission_time"', b'"formhub/uuid"', b'"__system"', b'"meta/instanceID"')
_HELD, _FORM = b'"submissions"', b'"survey"'  # answers beside their form
_LOOKED_AT: Final = 200_000
_LINK: Final = "@odata"
_NOT_ANSWERS: Final = frozenset({"_supplementaldetails", "_attachments", "_notes"})
_MAIN: Final = "answers"
_DEEPEST: Final = 50


def is_kobo_json(raw: bytes) -> bool:
    """Tell answers by their first keys.

    Examples
    --------
    >>> is_kobo_json(b'{"results": [{"_id": 1, "_submission_time": "2026-11-02"}]}')
    True
    >>> is_kobo_json(b'{"responses": [{"id": 1}]}')
    False
    """
    head = raw[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    if head[:1] not in {b"{", b"["}:
        return False
    return any(sign in head for sign in _SIGNS) or (_HELD in raw and _FORM in raw)


def read_kobo_json(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read the answers, one row per person.

    Raises
    ------
    DataError
        The file is damaged, nested too deeply, larger than 500 MB, or holds no list of people.
    """
    found = parse_json(raw, name, "answers in JSON", options)
    more = found.get("next") or found.get("@odata.nextLink") if isinstance(found, Mapping) else ""
    people = _people(found, name)
    book = _Book()
    for person in people:
        book.add(_MAIN, person, {})
    main = book.table(_MAIN)
    if more:
        main.notes.append("The file says that it is one page of several; read the others, too.")
    others = {title: book.table(title) for title in book.rows if title != _MAIN}
    return with_linked(main, _MAIN, others)


def _people(found: Any, name: str) -> list[Mapping[str, Any]]:
    """Find the list of people."""
    if isinstance(found, Mapping):
        found = next((found[k] for k in _LISTS if isinstance(found.get(k), list)), None)
    if not isinstance(found, list) or not all(isinstance(p, Mapping) for p in found):
        message = f"{name} holds no list of people with their answers."
        raise DataError(message)
    return found


@dataclass
class _Book:
    """Tables as they are filled, row by row."""

    rows: dict[str, list[dict[str, str]]] = field(default_factory=dict)

    def add(self, title: str, person: Mapping[str, Any], link: dict[str, str]) -> None:
        """Add a row, and the rows of repeated groups in it."""
        lines = self.rows.setdefault(title, [])
        number = str(len(lines) + 1)
        row: dict[str, str] = {}
        lines.append(row)
        for key, value in _flat(person, "", 0):
            if isinstance(value, list):
                below = {"_parent_table_name": title, "_parent_index": number}
                for part in value:
                    self.add(key.rpartition("/")[2], part, below)
            else:
                row[key] = value
        row |= {"_index": number} | link

    def table(self, title: str) -> TableFile:
        """Give a table with a column for every key."""
        lines = self.rows.get(title, [])
        header = list(dict.fromkeys(key for line in lines for key in line))
        rows = [[line.get(key, "") for key in header] for line in lines]
        return TableFile(header, rows, list(range(1, len(rows) + 1)), "kobo", decimal_comma=False)


def _flat(found: Mapping[str, Any], before: str, depth: int) -> list[tuple[str, Any]]:
    """Give the answers of an object with their keys; lists of objects stay lists."""
    flat: list[tuple[str, Any]] = []
    for key, value in found.items():
        name = f"{before}{key}"
        own = key.casefold()
        if _NOT_ANSWERS & {*own.split("/")} or _LINK in own or depth > _DEEPEST:
            continue
        if isinstance(value, list) and value and all(isinstance(v, Mapping) for v in value):
            flat.append((name, value))
        elif isinstance(value, Mapping):
            flat += _object(name, value, depth)
        else:
            flat.append((name, _text(value)))
    return flat


def _object(name: str, value: Mapping[str, Any], depth: int) -> list[tuple[str, Any]]:
    """Give what an object holds: a status, a place, or a group."""
    if name == "_validation_status":
        return [(name, _text(value.get("uid") or value.get("label")))]
    if "coordinates" in value:
        return [(f"{name}-Latitude", _text(value["coordinates"]))]
    if name == "__system":
        names = {"submissionDate": "SubmissionDate", "reviewState": "ReviewState"}
        return [(names.get(k, str(k)), _text(v)) for k, v in value.items()]
    return _flat(value, f"{name}/", depth + 1)


def _text(value: Any) -> str:
    """Write a value as text."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, list):
        return " ".join(_text(part) for part in value if not isinstance(part, Mapping))
    return "" if isinstance(value, Mapping) else str(value)
