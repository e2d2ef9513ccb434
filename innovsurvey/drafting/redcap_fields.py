"""Read the fields of a data dictionary of REDCap, under its headings of all times."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import take_table
from innovsurvey.responses.files.options import ZIP, ReadOptions
from innovsurvey.responses.files.text import read_text
from innovsurvey.responses.files.workbook import is_workbook

if TYPE_CHECKING:
    from collections.abc import Mapping

_LARGEST: Final = 50_000_000
# Name of a part -> how its heading begins, in dictionaries, in older ones and in the API.
_HEADINGS: Final = {
    "name": ("variable", "field_name", "field name"),
    "form": ("form",),
    "section": ("section",),
    "kind": ("field type", "field_type"),
    "label": ("field label", "field_label"),
    "choices": ("choices", "select_choices", "select choices"),
    "note": ("field note", "field_note"),
    "validation": ("text validation type", "text_validation_type"),
    "low": ("text validation min", "text_validation_min"),
    "high": ("text validation max", "text_validation_max"),
    "private": ("identifier",),
    "branching": ("branching",),
    "matrix": ("matrix group", "matrix_group"),
}
_NEEDED: Final = ("name", "form", "kind", "label")
_APART: Final = re.compile(r"\s*(?:\||\\n|\n)\s*")


@dataclass(frozen=True)
class Field:
    """One line of a data dictionary."""

    name: str
    form: str = ""
    section: str = ""
    kind: str = ""
    label: str = ""
    choices: str = ""
    note: str = ""
    validation: str = ""
    low: str = ""
    high: str = ""
    private: str = ""
    branching: str = ""
    matrix: str = ""

    @property
    def is_private(self) -> bool:
        """Whether the project marked the field as one that identifies people."""
        return self.private.casefold() in {"y", "yes", "1", "true"}


def read_fields(raw: bytes, name: str) -> list[Field] | None:
    r"""Give the fields of a data dictionary; None for any other file.

    Examples
    --------
    >>> read_fields(b"field_name,form_name,field_type,field_label\nq1,f,yesno,Born?", "d.csv")
    [Field(name='q1', form='f', section='', kind='yesno', label='Born?', ...)]
    """
    if len(raw) > _LARGEST:
        return None
    if raw.startswith(ZIP):  # an instrument that projects share: its dictionary in an archive
        if is_workbook(raw):
            return None
        try:
            raw = take_table(raw, name).raw
        except DataError:
            return None
    start = raw.lstrip()[:1]
    lines = _from_json(raw) if start == b"[" else _from_text(raw, name)
    places = _places(lines[0]) if lines else {}
    if not all(part in places for part in _NEEDED):
        return None
    found = [_field(line, places) for line in lines]
    return [asked for asked in found if asked.name]


def choices_of(written: str) -> list[tuple[str, str]]:
    """Take choices apart into code and label.

    Examples
    --------
    >>> choices_of("1, Yes, often | 0, No|-9, Unknown")
    [('1', 'Yes, often'), ('0', 'No'), ('-9', 'Unknown')]
    """
    parts = (part.partition(",") for part in _APART.split(written.strip()) if part.strip())
    return [(code.strip(), label.strip() or code.strip()) for code, _, label in parts]


def limit_of(written: str) -> float | None:
    """Read a limit; dates, names of fields and the like are none.

    Examples
    --------
    >>> limit_of("130"), limit_of("1,5"), limit_of("[age]")
    (130.0, 1.5, None)
    """
    plain = written.strip().replace(",", ".")
    return float(plain) if re.fullmatch(r"-?\d{1,15}(\.\d+)?", plain) else None


def _from_text(raw: bytes, name: str) -> list[dict[str, str]]:
    """Read the lines of a CSV file; none where it is no such file."""
    try:
        table = read_text(raw, name, ReadOptions())
    except DataError:
        return []
    return [dict(zip(table.header, row, strict=False)) for row in table.rows]


def _from_json(raw: bytes) -> list[dict[str, str]]:
    """Read what the API gives; none where it is no such file."""
    try:
        found: Any = json.loads(raw)
    except (ValueError, RecursionError):
        return []
    lines = [line for line in found if isinstance(line, dict)]
    return [{str(k): "" if v is None else str(v) for k, v in line.items()} for line in lines]


def _places(line: Mapping[str, str]) -> dict[str, str]:
    """Find the heading of each part."""
    found: dict[str, str] = {}
    for heading in line:
        plain = heading.strip().lstrip("\ufeff\"'").casefold()
        for part, starts in _HEADINGS.items():
            if part not in found and plain.startswith(starts):
                found[part] = heading
    return found


def _field(line: Mapping[str, str], places: Mapping[str, str]) -> Field:
    """Read one line."""
    parts = {part: (line.get(heading) or "").strip() for part, heading in places.items()}
    parts["kind"] = parts["kind"].casefold()
    return Field(**parts)
