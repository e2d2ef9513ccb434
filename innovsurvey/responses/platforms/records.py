"""Read what the offline page gives back: JSON files, CSV files, codes; one row per record.

A record that does not fit stays whole in quarantine, with the reason; none is half used. A record
of a questionnaire that includes the instrument counts with the answers to that instrument, so that
the self-ratings of one questionnaire can stand beside the observers of another.
"""

from __future__ import annotations

import csv
import io
import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import join_names
from innovsurvey.base.spreadsheet import unguard
from innovsurvey.definitions.columns import answer_columns
from innovsurvey.errors import DataError
from innovsurvey.responses.platforms.return_code import DamagedCodeError, find_codes, read_code
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from innovsurvey.definitions.model import Instrument

SCHEMA: Final = "innovsurvey-response-1"
ID_COLUMN: Final = "response_id"
_HEAD: Final = (
    "response_id", "revision", "version", "manager_id", "project_id", "wave", "language", "date",
    "duration_s", "consent", "form", "form_version", "item_set", "file",
)  # fmt: skip
_KNOWN: Final = {*_HEAD, "schema", "instruments", "answers", "asked"}
_LARGEST: Final = 1_000_000
_ID: Final = re.compile(r"R[0-9A-F]{16}")


@dataclass(frozen=True)
class Document:
    """A file with records, by name."""

    name: str
    raw: bytes


@dataclass(frozen=True)
class _Found:
    """One record, or what was found in its place, with the reason why it cannot be used."""

    file: str
    record: dict[str, Any]
    reason: str | None = None


def is_record_file(raw: bytes) -> bool:
    """Tell a file of the offline page from other files, by how it begins."""
    start = raw[:400].lstrip(b"\xef\xbb\xbf \r\n\t")
    if start.startswith((b"{", b"[")):
        return b'"schema"' in raw[:4000]
    return start.startswith(b"schema,") and SCHEMA.encode() in raw[:4000]


def has_codes(raw: bytes) -> bool:
    """Tell whether a text file holds return codes."""
    text = raw[:_LARGEST].decode("utf-8", "replace")
    return text.count("*") > len("************") - 1 and bool(find_codes(text))


def read_records(documents: Sequence[Document], instrument: Instrument) -> TableFile:
    """Read the records of several files as one table; of one id the newest stands last.

    Raises
    ------
    DataError
        No file holds a record, or none can be used.
    """
    found = [entry for document in documents for entry in _entries(document, instrument)]
    if not found:
        message = f"no return record in {', '.join(d.name for d in documents)}."
        raise DataError(message)
    checked = [_checked(entry, instrument) for entry in found]
    checked.sort(key=_age)
    _refuse_unusable(checked, instrument)
    others = sum(e.reason is None and not _is_of(e.record, instrument) for e in checked)
    note = (
        f"{others} record(s) of questionnaires that include {instrument.id}: only the answers to "
        "it were taken."
    )
    columns = _columns(checked, instrument)
    header = [*_HEAD, *columns]
    return TableFile(
        header=header,
        rows=[_row(entry, header) for entry in checked],
        numbers=list(range(1, len(checked) + 1)),
        reader="innovsurvey",
        decimal_comma=False,
        notes=[note] if others else [],
        provenance={"reader": "innovsurvey", "files": len(documents)},
        id_column=ID_COLUMN,
        aside={i: entry.reason for i, entry in enumerate(checked) if entry.reason is not None},
    )


def _refuse_unusable(entries: Sequence[_Found], instrument: Instrument) -> None:
    """Say why no record can be used, where that is so."""
    if all(entry.reason is not None for entry in entries):
        found = join_names([f"{entry.file} ({entry.reason})" for entry in entries])
        message = (
            f"none of {len(entries)} record(s) can be used as answers to "
            f"{instrument.id}@{instrument.version}: {found}."
        )
        raise DataError(message)


def _entries(document: Document, instrument: Instrument) -> list[_Found]:
    """Give the records of one file."""
    name = document.name
    if len(document.raw) > _LARGEST:
        return [_Found(name, {}, "file_too_large")]
    try:
        text = document.raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return [_Found(name, {}, "not_utf8")]
    if text.lstrip().startswith(("{", "[")):
        return _from_json(name, text)
    if text.lstrip().startswith("schema,"):
        return _from_csv(name, text)
    return [_from_code(name, code, instrument) for code in find_codes(text)]


def _from_json(name: str, text: str) -> list[_Found]:
    """Give the record, or the list of records, of a JSON file."""
    try:
        content = json.loads(text)
    except (json.JSONDecodeError, RecursionError):
        return [_Found(name, {"answers": {}}, "damaged_json")]
    records = content if isinstance(content, list) else [content]
    whole = [record if isinstance(record, dict) else {} for record in records]
    return [_Found(name, record) for record in whole]


def _from_csv(name: str, text: str) -> list[_Found]:
    """Give the records of a CSV file of the page, one per row."""
    rows = list(csv.reader(io.StringIO(text, newline="")))
    found = []
    for row in rows[1:]:
        cells = {key: unguard(cell) for key, cell in zip(rows[0], row, strict=False)}
        answers = {key: cell for key, cell in cells.items() if key not in _KNOWN and cell != ""}
        record: dict[str, Any] = {key: cells[key] for key in cells if key in _KNOWN}
        wrong = "row_of_other_length" if len(row) != len(rows[0]) else None
        found.append(_Found(name, {**record, "answers": answers}, wrong))
    return found


def _from_code(name: str, code: str, instrument: Instrument) -> _Found:
    """Give the record of a code."""
    try:
        return _Found(name, {"schema": SCHEMA, "consent": True, **read_code(code, instrument)})
    except DamagedCodeError as error:
        return _Found(name, {"response_id": code, "answers": {}}, f"damaged_code: {error}")


def _checked(entry: _Found, instrument: Instrument) -> _Found:
    """Give the record with the reason why it cannot be used, if there is one."""
    if entry.reason is not None:
        return entry
    reason = _fault(entry.record, instrument)
    return _Found(entry.file, entry.record, reason)


def _fault(record: dict[str, Any], instrument: Instrument) -> str | None:
    """Say what is wrong with a record: another form, unknown keys, no id, no consent."""
    answers = record.get("answers")
    checks = (
        (record.get("schema") != SCHEMA, "unknown_schema"),
        (not (_is_of(record, instrument) or _includes(record, instrument)), "other_questionnaire"),
        (not set(record) <= _KNOWN, "unknown_key"),
        (not _ID.fullmatch(str(record.get("response_id", ""))), "no_response_id"),
        (str(record.get("consent", "")).lower() != "true", "no_consent"),
        (not isinstance(answers, dict), "no_answers"),
    )
    for wrong, reason in checks:
        if wrong:
            return reason
    known = {column.name for column in answer_columns(instrument)}
    return _answers_fault(dict(answers or {}), known if _is_of(record, instrument) else None)


def _is_of(record: dict[str, Any], instrument: Instrument) -> bool:
    """Tell whether a record answers this very questionnaire, in this version."""
    return (record.get("form"), record.get("form_version")) == (instrument.id, instrument.version)


def _includes(record: dict[str, Any], instrument: Instrument) -> bool:
    """Tell whether a record answers another questionnaire of which the instrument is a part."""
    parts = record.get("instruments") or {}
    if isinstance(parts, str):
        parts = dict(part.rpartition("@")[::2] for part in parts.split())
    is_part = isinstance(parts, dict) and parts.get(instrument.id) == instrument.version
    return is_part and record.get("form") != instrument.id


def _answers_fault(answers: dict[str, Any], known: set[str] | None) -> str | None:
    """Say what is wrong with the answers: an unknown item, or a value that is no answer."""
    if known is not None and not set(answers) <= known:
        return "unknown_item"
    plain = all(
        isinstance(v, (int, float, str)) and not isinstance(v, bool) for v in answers.values()
    )
    return None if plain else "unreadable_answer"


def _age(entry: _Found) -> tuple[str, int]:
    """Order records by day, then by how often they were given out; the newest comes last."""
    revision = str(entry.record.get("revision", "0"))
    return str(entry.record.get("date", "")), int(revision) if revision.isdecimal() else 0


def _columns(entries: Iterable[_Found], instrument: Instrument) -> list[str]:
    """Give the columns that any usable record was asked for, in the order of the file."""
    asked: set[str] = set()
    for entry in entries:
        if entry.reason is None:
            asked |= _asked(entry.record, instrument)
    return [column.name for column in answer_columns(instrument) if column.name in asked]


def _asked(record: dict[str, Any], instrument: Instrument) -> set[str]:
    """Give the columns that a record was asked for.

    The record says so, or names the item set and version; of another questionnaire only the items
    answered are known.
    """
    if "asked" in record:
        return set(record["asked"])
    answered = set(record["answers"])
    if not _is_of(record, instrument):
        return answered
    forms = {form.id: form.items for form in instrument.forms}
    items = set(forms.get(str(record.get("item_set") or ""), instrument.item_ids))
    version = record.get("version")
    in_version = {
        item.id for item in instrument.items if len(item.versions) == 1 or version in item.versions
    }
    background = {column.id for column in instrument.context if column.format is not None}
    return (items & in_version) | background | answered


def _row(entry: _Found, header: Sequence[str]) -> list[str]:
    """Write a record as the cells of a row; what cannot be used goes whole into the last cell."""
    record = {**entry.record, "file": entry.file}
    answers = record.get("answers")
    flat = {**record, **(answers if isinstance(answers, dict) else {})}
    cells = [_cell(flat.get(name)) for name in header]
    if entry.reason is not None:
        cells.append(json.dumps(entry.record, ensure_ascii=False, default=str))
    return cells


def _cell(value: Any) -> str:
    """Write a value as the text of a cell; whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    return f"{value:g}" if isinstance(value, float) and value.is_integer() else str(value)
