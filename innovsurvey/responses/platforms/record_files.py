"""Take the records out of the files of the offline page: JSON, CSV, codes in a text.

Whatever a file holds, reading it ends in records, each with the reason why it cannot be used if
there is one; a damaged or hostile file costs no other.
"""

from __future__ import annotations

import csv
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.spreadsheet import unguard
from innovsurvey.definitions.columns import RECORD_SCHEMA, answer_columns
from innovsurvey.responses.files.text import guess_encodings, split_text
from innovsurvey.responses.platforms.return_code import DamagedCodeError, find_codes, read_code

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.definitions.model import Instrument

HEAD: Final = (
    "response_id", "revision", "version", "manager_id", "project_id", "wave", "language", "date",
    "duration_s", "consent", "form", "form_version", "item_set", "file",
)  # fmt: skip
KNOWN: Final = frozenset({*HEAD, "schema", "instruments", "answers"})
_LARGEST: Final = 1_000_000
_MOST_RECORDS: Final = 5_000
_DEEPEST: Final = 10  # lists in lists; a record has three levels
_JSON_STARTS: Final = (b"{", b"[")
_CSV_START: Final = re.compile(r'\s*"?schema"?([,;\t|])')
_FEWEST_STARS: Final = 12
# What a spreadsheet makes of the page's CSV file where people write decimal commas.
_COMMA: Final = re.compile(r"(-?\d+),(\d+)", re.ASCII)
_DAY_FIRST: Final = re.compile(r"(\d\d)[-./](\d\d)[-./](\d{4})", re.ASCII)


@dataclass(frozen=True)
class Document:
    """A file with records, by name."""

    name: str
    raw: bytes


@dataclass(frozen=True)
class Found:
    """One record, or what was found in its place, with the reason why it cannot be used.

    ``asked`` are the columns that were asked for, where a code tells.
    """

    file: str
    record: dict[str, Any]
    reason: str | None = None
    asked: frozenset[str] | None = None


def is_record_file(raw: bytes) -> bool:
    """Tell a file of the offline page from other files, by how it begins."""
    if _is_json(raw):
        return b'"schema"' in raw[:4000] and b'"submissions"' not in raw
    text = _start(raw)
    return _CSV_START.match(text) is not None and RECORD_SCHEMA in text


def has_codes(raw: bytes) -> bool:
    """Tell whether a text file holds return codes."""
    text = _text(raw[:_LARGEST]) or ""
    return text.count("*") >= _FEWEST_STARS and bool(find_codes(text))


def find_records(document: Document, instrument: Instrument) -> list[Found]:
    """Give the records of one file."""
    name = document.name
    if len(document.raw) > _LARGEST:
        return [Found(name, {}, "file_too_large")]
    text = _text(document.raw)
    if text is None:
        return [Found(name, {}, "not_utf8")]
    if _is_json(document.raw):
        found = list(_from_json(name, text))
    elif _CSV_START.match(text):
        found = list(_from_csv(name, text, instrument))
    else:
        found = [_from_code(name, code, instrument) for code in find_codes(text)]
    return found if len(found) <= _MOST_RECORDS else [Found(name, {}, "too_many_records")]


def _is_json(raw: bytes) -> bool:
    """Tell JSON by its first sign."""
    return raw[:400].lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_JSON_STARTS)


def _start(raw: bytes) -> str:
    """Give the beginning of a text, whatever its encoding."""
    return raw[:4000].decode(guess_encodings(raw)[0], "replace").removeprefix("\ufeff")


def _text(raw: bytes) -> str | None:
    """Give a file as text; JSON is always UTF-8, others may have been saved by a spreadsheet."""
    for encoding in ("utf-8-sig",) if _is_json(raw) else guess_encodings(raw):
        try:
            return raw.decode(encoding).removeprefix("\ufeff")
        except UnicodeError:
            continue
    return None


def _from_json(name: str, text: str) -> Iterator[Found]:
    """Give the record, or the list of records, of a JSON file."""
    try:
        content = json.loads(text)
    except (ValueError, RecursionError):  # also an integer of thousands of digits
        yield Found(name, {}, "damaged_json")
        return
    if _is_deep(content):
        yield Found(name, {}, "damaged_json")
        return
    # Half of a letter, which a text cut in its middle ends with, can be written nowhere.
    content = json.loads(json.dumps(content, ensure_ascii=False).encode("utf-8", "replace"))
    for record in content if isinstance(content, list) else [content]:
        yield Found(name, record if isinstance(record, dict) else {})


def _is_deep(content: Any) -> bool:
    """Tell lists and objects inside each other more deeply than any record has them."""
    layer = [content]
    for _ in range(_DEEPEST):
        layer = [child for part in layer for child in _children(part)]
    return bool(layer)


def _children(part: Any) -> list[Any]:
    """Give what stands right inside a list or an object."""
    if isinstance(part, dict):
        return list(part.values())
    return part if isinstance(part, list) else []


def _from_csv(name: str, text: str, instrument: Instrument) -> Iterator[Found]:
    """Give the records of a CSV file of the page, one per row, also one saved by a spreadsheet."""
    begun = _CSV_START.match(text)
    separator = "," if begun is None else begun[1]
    try:
        header, *rows = split_text(text, separator)
    except csv.Error:
        yield Found(name, {}, "damaged_csv")
        return
    kinds = {column.name: column.kind for column in answer_columns(instrument)} | {"date": "date"}
    for row in filter(any, rows):
        cells = {
            key: unguard(cell if separator == "," else _as_written(cell, kinds.get(key, "words")))
            for key, cell in zip(header, row, strict=False)
        }
        answers = {key: cell for key, cell in cells.items() if key not in KNOWN and cell != ""}
        record: dict[str, Any] = {key: cells[key] for key in cells if key in KNOWN}
        wrong = "row_of_other_length" if len(row) != len(header) else None
        yield Found(name, {**record, "answers": answers}, wrong)


def _as_written(cell: str, kind: str) -> str:
    """Undo what a spreadsheet makes of numbers and dates: decimal commas, the day first."""
    if kind == "words":
        return cell
    if kind == "date":
        return _DAY_FIRST.sub(r"\3-\2-\1", cell)
    number = _COMMA.fullmatch(cell)
    return cell if number is None else f"{number[1]}.{number[2]}"


def _from_code(name: str, code: str, instrument: Instrument) -> Found:
    """Give the record of a code."""
    try:
        record, asked = read_code(code, instrument)
    except DamagedCodeError as error:
        return Found(name, {"response_id": code, "answers": {}}, f"damaged_code: {error}")
    return Found(name, {"schema": RECORD_SCHEMA, "consent": True, **record}, asked=asked)
