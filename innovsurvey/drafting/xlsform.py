"""Draft an instrument from an XLSForm, or from a form of KoboToolbox as JSON."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.drafting.xlsform_rows import build_form, kobo_form, languages_of
from innovsurvey.drafting.xlsform_survey import draft_form
from innovsurvey.errors import DataError
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.workbook import read_workbook

if TYPE_CHECKING:
    from innovsurvey.drafting.model import SurveyDraft
    from innovsurvey.drafting.xlsform_rows import Cells, Form
    from innovsurvey.responses.table_file import TableFile

_BOOKS: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0")
_LARGEST: Final = 50_000_000
_PARTS_OF_ROWS: Final = ("name", "label", "$autoname", "$kuid")


def recognise(raw: bytes, name: str) -> bool:
    """Tell a workbook with a sheet ``survey`` of types and names, or a form in JSON.

    Examples
    --------
    >>> recognise(b'{"content": {"survey": [{"type": "text", "name": "q1"}]}}', "form.json")
    True
    """
    if raw.startswith(_BOOKS):
        survey = _sheet(raw, name, "survey")
        return survey is not None and {"type", "name"} <= {h.casefold() for h in survey.header}
    return _content(raw) is not None


def draft(raw: bytes, name: str) -> SurveyDraft:
    """Read the survey that a form describes.

    Raises
    ------
    DataError
        The file is no form.

    Examples
    --------
    >>> form = b'{"survey": [{"type": "integer", "name": "age", "label": "How old are you?"}]}'
    >>> draft(form, "form.json").items[0].text
    {'en': 'How old are you?'}
    """
    form, title = _form_of_book(raw, name) if raw.startswith(_BOOKS) else _form_of_json(raw, name)
    return draft_form(form, name, title)


def _form_of_book(raw: bytes, name: str) -> tuple[Form, str]:
    """Read the sheets of a workbook."""
    survey, choices, settings = (_sheet(raw, name, s) for s in ("survey", "choices", "settings"))
    if survey is None:
        message = f"{name} has no sheet survey. Name an XLSForm."
        raise DataError(message)
    set_as = _cells(settings)[:1]
    said = [
        language
        for sheet in (survey, choices)
        for language in languages_of(map(_heading, sheet.header if sheet else []))
    ]
    form = build_form(_cells(survey), _cells(choices), set_as[0] if set_as else {}, said)
    return form, form.settings.get("form_title") or form.settings.get("title", "")


def _form_of_json(raw: bytes, name: str) -> tuple[Form, str]:
    """Read a form of KoboToolbox."""
    found = _content(raw)
    if found is None:
        message = f"{name} is no form of KoboToolbox."
        raise DataError(message)
    content, title = found
    form = kobo_form(content)
    return form, title or form.settings.get("form_title") or form.settings.get("title", "")


def _sheet(raw: bytes, name: str, wanted: str) -> TableFile | None:
    """Read a sheet by its name in lower case, with a capital, or in capitals; None without it."""
    for sheet in (wanted, wanted.capitalize(), wanted.upper()):
        try:
            return read_workbook(raw, name, ReadOptions(sheet=sheet))
        except DataError:
            continue
    return None


def _cells(table: TableFile | None) -> list[Cells]:
    """Give the rows of a sheet by heading; the part before a language counts in any case."""
    if table is None:
        return []
    header = [_heading(heading) for heading in table.header]
    rows = (dict(zip(header, row, strict=False)) for row in table.rows)
    return [{name: cell.strip() for name, cell in row.items() if cell.strip()} for row in rows]


def _heading(written: str) -> str:
    """Write a heading in lower case, but for a language."""
    first, colon, rest = written.partition(":")
    return first.strip().lower() + colon + rest


def _content(raw: bytes) -> tuple[Mapping[str, Any], str] | None:
    """Find the content of a form in JSON, and its title."""
    if len(raw) > _LARGEST or raw.lstrip()[:1] != b"{":
        return None
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return None
    inner = found.get("content") if isinstance(found.get("content"), Mapping) else found
    rows = inner.get("survey")
    if not isinstance(rows, list) or not any(map(_is_row, rows)):
        return None
    title = next((found[k] for k in ("name", "title", "id_string") if found.get(k)), "")
    return inner, str(title)


def _is_row(row: object) -> bool:
    """Tell a row of a form."""
    if not isinstance(row, Mapping) or not isinstance(row.get("type"), (str, Mapping)):
        return False
    return any(part in row for part in _PARTS_OF_ROWS) or "label" in " ".join(map(str, row))
