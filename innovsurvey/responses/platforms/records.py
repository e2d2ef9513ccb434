"""Read what the offline page gives back: JSON files, CSV files, codes; one row per record.

A record that does not fit stays whole in quarantine, with the reason; none is half used. A record
of a questionnaire that includes the instrument counts with the answers to that instrument, so that
the self-ratings of one questionnaire can stand beside the observers of another.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import join_names
from innovsurvey.definitions.columns import RECORD_SCHEMA, answer_columns
from innovsurvey.errors import DataError
from innovsurvey.responses.cells import NOT_SHOWN_CODE
from innovsurvey.responses.platforms.answers import NO_CONSENT
from innovsurvey.responses.platforms.record_files import (
    HEAD,
    KNOWN,
    Document,
    Found,
    find_records,
)
from innovsurvey.responses.platforms.return_code import shipped_questionnaire
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from innovsurvey.definitions.model import Instrument

_WRITTEN: Final = tuple(name for name in HEAD if name != "consent")
ID_COLUMN: Final = "response_id"
_ID: Final = re.compile(r"R[0-9A-F]{16}")
_REVISION: Final = re.compile(r"[0-9]{1,9}")
# Spreadsheets write true in the language of the office.
_AGREED: Final = frozenset({"true", "sand", "sann", "sant", "wahr"})


def read_records(
    documents: Sequence[Document], instrument: Instrument, *, alone: bool = True
) -> TableFile:
    """Read the records of several files as one table; of one id the newest stands last.

    ``alone`` tells that no other file gives answers, so that one usable record is needed.

    Raises
    ------
    DataError
        No file holds a record, or none can be used.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> read_records([Document("a.json", b'{"schema"')], isv.load_instrument("metagovernance"))
    Traceback (most recent call last):
    ...
    innovsurvey.errors.DataError: none of 1 record(s) ... metagovernance@...: a.json (damaged_json).
    """
    found = [entry for document in documents for entry in find_records(document, instrument)]
    if not found:
        message = f"no return record in {', '.join(d.name for d in documents)}."
        raise DataError(message)
    checked = [_checked(entry, instrument) for entry in found]
    checked.sort(key=_age)
    if alone:
        _refuse_unusable(checked, instrument)
    others = sum(e.reason is None and not _is_of(e.record, instrument) for e in checked)
    note = (
        f"{others} record(s) of questionnaires that include {instrument.id}: only the answers to "
        "it were taken."
    )
    columns = _columns(checked, instrument)
    header = [*HEAD, *columns]
    return TableFile(
        header=header,
        rows=[_row(entry, header, instrument) for entry in checked],
        numbers=list(range(1, len(checked) + 1)),
        reader="innovsurvey",
        decimal_comma=False,
        notes=[note] if others else [],
        provenance={"reader": "innovsurvey", "files": len(documents)},
        id_column=ID_COLUMN,
        aside={i: entry.reason for i, entry in enumerate(checked) if entry.reason is not None},
    )


def _refuse_unusable(entries: Sequence[Found], instrument: Instrument) -> None:
    """Say why no record can be used, where that is so."""
    if all(entry.reason is not None for entry in entries):
        found = join_names([f"{entry.file} ({entry.reason})" for entry in entries])
        message = (
            f"none of {len(entries)} record(s) can be used as answers to "
            f"{instrument.id}@{instrument.version}: {found}."
        )
        raise DataError(message)


def _checked(entry: Found, instrument: Instrument) -> Found:
    """Give the record with the reason why it cannot be used, if there is one."""
    if entry.reason is not None:
        return entry
    return replace(entry, reason=_fault(entry.record, instrument))


def _fault(record: dict[str, Any], instrument: Instrument) -> str | None:
    """Say what is wrong with a record: another form, unknown keys, no id, no consent."""
    answers = record.get("answers")
    same = record.get("form") == instrument.id or instrument.id in _parts(record)
    other = "other_version" if same else "other_questionnaire"
    checks = (
        (record.get("schema") != RECORD_SCHEMA, "unknown_schema"),
        (not (_is_of(record, instrument) or _includes(record, instrument)), other),
        (not set(record) <= KNOWN, "unknown_key"),
        (not _ID.fullmatch(str(record.get("response_id", ""))), "no_response_id"),
        (str(record.get("consent", "")).casefold() not in _AGREED, NO_CONSENT),
        (not all(_is_plain(record.get(name) or "") for name in _WRITTEN), "unreadable_key"),
        (not _REVISION.fullmatch(str(record.get("revision", 0))), "unreadable_revision"),
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
    is_part = _parts(record).get(instrument.id) == instrument.version
    return is_part and record.get("form") != instrument.id


def _parts(record: dict[str, Any]) -> dict[str, Any]:
    """Give the instruments of a record with their versions; a CSV file joins both by an @."""
    parts = record.get("instruments")
    if isinstance(parts, str):
        return dict(part.rpartition("@")[::2] for part in parts.split())
    return parts if isinstance(parts, dict) else {}


def _answers_fault(answers: dict[str, Any], known: set[str] | None) -> str | None:
    """Say what is wrong with the answers: an unknown item, or a value that is no answer."""
    if known is not None and not set(answers) <= known:
        return "unknown_item"
    return None if all(map(_is_plain, answers.values())) else "unreadable_answer"


def _is_plain(value: Any) -> bool:
    """Tell a number or a text."""
    return isinstance(value, (int, float, str)) and not isinstance(value, bool)


def _age(entry: Found) -> tuple[str, int]:
    """Order records by day, then by how often they were given out; the newest comes last."""
    revision = str(entry.record.get("revision", "0"))
    newest = int(revision) if _REVISION.fullmatch(revision) else 0
    return str(entry.record.get("date", "")), newest


def _columns(entries: Iterable[Found], instrument: Instrument) -> list[str]:
    """Give the columns that any usable record was asked for, in the order of the file."""
    asked: set[str] = set()
    for entry in entries:
        if entry.reason is None:
            asked |= _columns_of(entry, instrument)
    return [column.name for column in answer_columns(instrument) if column.name in asked]


def _asked(entry: Found, instrument: Instrument) -> set[str] | None:
    """Give the columns that a record was asked for, or None where nothing tells.

    A code says so; a record of this questionnaire names the item set and version; another one is
    looked up among those that ship.
    """
    if entry.asked is not None:
        return set(entry.asked)
    record = entry.record
    version = record.get("version")
    in_version = {
        item.id for item in instrument.items if len(item.versions) == 1 or version in item.versions
    }
    background = {column.id for column in instrument.context if column.format is not None}
    if _is_of(record, instrument):
        forms = {form.id: form.items for form in instrument.forms}
        items = set(forms.get(str(record.get("item_set") or ""), instrument.item_ids))
        return (items & in_version) | background | set(record["answers"])
    shipped = shipped_questionnaire(str(record.get("form")))
    if shipped is not None and shipped.version == record.get("form_version"):
        return set(shipped.item_ids)
    return None


def _columns_of(entry: Found, instrument: Instrument) -> set[str]:
    """Give the columns of a record; where nothing tells, the smallest form with its answers."""
    asked = _asked(entry, instrument)
    answered = set(entry.record["answers"])
    return asked if asked is not None else _smallest_form(answered, instrument) | answered


def _smallest_form(answered: set[str], instrument: Instrument) -> set[str]:
    """Give the items of the smallest form that asks for all that was answered."""
    own = answered & set(instrument.item_ids)
    fitting = [set(form.items) for form in instrument.forms if own <= set(form.items)]
    return min(fitting, key=len, default=set())


def _row(entry: Found, header: Sequence[str], instrument: Instrument) -> list[str]:
    """Write a record as the cells of a row; what cannot be used goes whole into the last cell.

    An item that only others were asked is one that this person was not shown.
    """
    answers = entry.record.get("answers")
    flat = {**(answers if isinstance(answers, dict) else {}), **entry.record, "file": entry.file}
    if entry.reason is not None:
        whole = json.dumps(entry.record, ensure_ascii=False, default=str)
        return [*(_cell(flat.get(name)) for name in header), whole]
    asked = _asked(entry, instrument)
    others = set() if asked is None else set(instrument.item_ids) - asked
    flat |= dict.fromkeys(others, NOT_SHOWN_CODE)
    return [_cell(flat.get(name)) for name in header]


def _cell(value: Any) -> str:
    """Write a value as the text of a cell; whole numbers without a point."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).lower()
    whole = isinstance(value, float) and value.is_integer()
    return str(int(value)) if whole else str(value)
