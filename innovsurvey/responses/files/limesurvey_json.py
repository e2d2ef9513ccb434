"""The JSON export of LimeSurvey: a list of people, in older versions each under their id."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.json_text import parse_json
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

_LIST: Final = "responses"
_LOOKED_AT: Final = 200


def is_json_export(raw: bytes) -> bool:
    """Tell the export by its first key.

    Examples
    --------
    >>> is_json_export(b'{"responses": [{"id": 1}]}'), is_json_export(b'{"items": []}')
    (True, False)
    """
    head = raw[:_LOOKED_AT].removeprefix(b"\xef\xbb\xbf").lstrip()
    return head.startswith(b"{") and head[1:].lstrip().startswith(f'"{_LIST}"'.encode())


def read_json_export(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read the export, one row per person.

    Raises
    ------
    DataError
        It is damaged, nested too deeply, larger than 500 MB, or holds no list of people.
    """
    people = _people(parse_json(raw, name, "a JSON export of LimeSurvey", options), name)
    header = list(dict.fromkeys(heading for person in people for heading in person))
    rows = [[_text(person.get(heading)) for heading in header] for person in people]
    numbers = list(range(1, len(rows) + 1))
    return TableFile(header, rows, numbers, "limesurvey", decimal_comma=False)


def _people(found: Any, name: str) -> list[dict[str, Any]]:
    """Give the people, whether they stand in a list or each under their id."""
    listed = found.get(_LIST) if isinstance(found, dict) else None
    people = listed if isinstance(listed, list) else []
    people = [_own(person) for person in people]
    if not people or not all(isinstance(person, dict) for person in people):
        message = f"{name} has no list of people under {_LIST!r}. Export the responses again."
        raise DataError(message)
    return people


def _own(person: Any) -> Any:
    """Take a person out of a table whose only key is the id."""
    if isinstance(person, dict) and len(person) == 1:
        only = next(iter(person.values()))
        return only if isinstance(only, dict) else person
    return person


def _text(value: Any) -> str:
    """Write a value as text."""
    if value is None:
        return ""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return str(int(value))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return json.dumps(value, ensure_ascii=False)
