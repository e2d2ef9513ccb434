"""Read exports of LimeSurvey: headings as codes or texts, answers as codes or labels."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from innovsurvey.base.spreadsheet import unguard
from innovsurvey.responses.cells import label_codes, normalise
from innovsurvey.responses.platforms.answers import (
    NO,
    NO_CONSENT,
    YES,
    as_codes,
    as_labels,
    box_groups,
)
from innovsurvey.responses.platforms.headings import ColumnNames
from innovsurvey.responses.platforms.limesurvey_headings import match_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from innovsurvey.definitions.model import Instrument, ResponseFormat
    from innovsurvey.responses.table_file import TableFile

    Change = tuple[str, str, str, str]

# The code that our questionnaires give to the consent, and the one that others mostly have.
_CONSENT: Final = frozenset({"isvconsent", "consent"})
# Columns that LimeSurvey adds by itself, by code, with the headings they have in texts.
_SYSTEM: Final = {
    "id": ("response id", "id de respuesta"),
    "submitdate": ("date submitted", "fecha de envío"),
    "lastpage": ("last page", "última página"),
    "startlanguage": ("start language", "lenguaje inicial"),
    "seed": ("seed", "semilla"),
    "startdate": ("date started",),
    "datestamp": ("date last action",),
    "token": ("token", "access code"),
    "ipaddr": ("ip address",),
    "refurl": ("referrer url",),
    "firstname": ("first name",),
    "lastname": ("last name",),
    "email": ("email address",),
}
_PRIVATE: Final = frozenset({"token", "ipaddr", "refurl", "firstname", "lastname", "email"})
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(\[[A-Za-z0-9_]+\]|(_[A-Za-z0-9]+)*)")
_BRACKETED: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*\[[A-Za-z0-9_]+\]")
_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d( \d\d:\d\d:\d\d)?")
_GROUPS: Final = r"[0-9a-f]{1,4}(:[0-9a-f]{1,4})"
# Where somebody answered from; a time such as 10:30:00 has neither eight groups nor two colons.
_ADDRESS: Final = re.compile(
    rf"\d{{1,3}}(\.\d{{1,3}}){{3}}|{_GROUPS}{{7}}|({_GROUPS}*)?::({_GROUPS}*)?", re.IGNORECASE
)
# What the first five columns hold, whatever language their headings are in.
_FIRST: Final = {
    "id": re.compile(r"\d+"),
    "submitdate": re.compile(rf"({_DATE_TIME.pattern})?"),
    "lastpage": re.compile(r"(-?\d+)?"),
    "startlanguage": re.compile(r"[a-z]{2,3}(-[A-Za-z]+)*"),
    "seed": re.compile(r"(\d{5,})?"),
}
_USUAL: Final = frozenset({"submitdate", "lastpage", "startlanguage"})
_NOT_DATED: Final = "1980-01-01"
_MIDNIGHT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(:00)?")
_MINUS: Final = re.compile(r"N(\d{1,4})", re.ASCII)
_NO: Final = NO | {"", "2"}
_WORDS: Final = (YES | _NO) - {"0", "1", "2"}
_NOT_ASKED: Final = frozenset({"n/a", "na", "not selected", "ikke relevant", "no aplica"})
_ENOUGH: Final = 0.5
_FINISHED: Final = "finished"


def recognise(table: TableFile, instrument: Instrument) -> str | None:
    """Say why a table is an export of LimeSurvey; None where it is not.

    Its own columns tell, by their headings or by what the first five hold; so do headings such as
    ``Q01[CON01]``, or the texts of the questions, if they stand for half of the items. A table
    that has been read before, and saved, has the column ``finished`` and is left alone.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> tasks = isv.load_instrument("collaborative-leadership")
    >>> header = ["id", "submitdate", "lastpage", "startlanguage", "G1[CON01]", "token"]
    >>> table = TableFile(header, [["7", "", "2", "da", "4", "abc"]], [1], "csv", False)
    >>> recognise(table, tasks)
    'it has the columns submitdate, lastpage, startlanguage'
    """
    if _FINISHED in table.header:
        return None
    named = _named_columns(table)
    if set(named.values()) >= _USUAL:
        columns = (table.header[place] for place, code in named.items() if code in _USUAL)
        return f"it has the columns {', '.join(columns)}"
    return _why_by_headings(table, instrument)


def _why_by_headings(table: TableFile, instrument: Instrument) -> str | None:
    """Say which headings show an export of LimeSurvey, whatever its own columns are called."""
    codes = [_code_part(heading) for heading in table.header]
    bracketed = [code for code in codes if _BRACKETED.fullmatch(code)]
    if ColumnNames.of(instrument).share(bracketed) >= _ENOUGH:
        return "it has headings such as " + bracketed[0]
    has_rows = any(heading.rstrip().endswith("]") for heading in table.header)
    if has_rows or _begins_as_always(table):
        matched = set(match_texts(dict(enumerate(table.header)), instrument).values())
        if len(matched & set(instrument.item_ids)) >= _ENOUGH * len(instrument.items):
            return "its headings are the questions" + (", with rows in brackets" * has_rows)
    return None


def to_items(table: TableFile, instrument: Instrument) -> TableFile:
    """Give the rows with items and context columns as headings.

    Notes
    -----
    Columns that tell who answered are dropped. ``submitdate`` 1980-01-01 means that no date was
    stored; ``finished`` keeps whether the questionnaire was sent. A person without consent goes to
    quarantine. A heading that is neither code nor text of a question stays as it is, so a missing
    item is missed as in any other file.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> tasks = isv.load_instrument("collaborative-leadership")
    >>> header = ["id", "submitdate", "lastpage", "startlanguage", "G1[CON01]", "token"]
    >>> table = TableFile(header, [["7", "", "2", "da", "4", "abc"]], [1], "csv", False)
    >>> to_items(table, tasks).header
    ['id', 'submitdate', 'lastpage', 'startlanguage', 'CON01', 'finished']
    """
    names = _names(table, instrument)
    columns = _read_columns(table, names, instrument)
    finished, notes, changed = _finish(names, columns)
    kept = {p: c for p, c in columns.items() if not _is_private(names.get(p), c)}
    header = [names.get(place, table.header[place]) for place in kept]
    body = [[cells[i] for cells in (*kept.values(), *finished)] for i in range(len(table.rows))]
    beyond = [row[len(table.header) :] for row in table.rows]
    return replace(
        table,
        header=[*header, *([_FINISHED] * len(finished))],
        rows=[[*cells, *more] for cells, more in zip(body, beyond, strict=True)],
        notes=[*table.notes, *notes],
        id_column="id" if "id" in header else None,
        changes=[*table.changes, *_changes(table.header, names, kept), *changed],
        aside={**table.aside, **_refusals(names, columns)},
    )


def _read_columns(
    table: TableFile, names: dict[int, str], instrument: Instrument
) -> dict[int, list[str]]:
    """Give the cells of every column, by place, read as their questions were answered."""
    reader = _Cells(instrument)
    rows = table.filled()
    columns = {
        place: reader.read(names.get(place, ""), [row[place] for row in rows])
        for place in range(len(table.header))
    }
    _join_ticks(names, columns, instrument)
    return columns


def _changes(header: Sequence[str], names: dict[int, str], kept: Iterable[int]) -> Iterator[Change]:
    """Tell which columns got another name, and which were left out."""
    for place, name in names.items():
        if header[place] != name:
            yield header[place], "column_renamed", header[place], name
    for place in sorted({*range(len(header))} - {*kept}):
        yield header[place], "private_column_dropped", "", ""


def _code_part(heading: str) -> str:
    """Give the code of a heading such as ``Q01[CON01]. Text``."""
    return heading.partition(". ")[0].strip()


def _system_columns(table: TableFile, instrument: Instrument) -> dict[int, str]:
    """Find the columns that LimeSurvey adds by itself.

    Their headings may be in any language, so the first five are known by what they hold; since
    other tables may begin so, too, the headings of the questions have to be those of LimeSurvey.
    """
    found = _named_columns(table)
    if "submitdate" in found.values() or not _begins_as_always(table):
        return found
    if _why_by_headings(table, instrument) is None:
        return found
    return dict(enumerate(_FIRST)) | {k: v for k, v in found.items() if k >= len(_FIRST)}


def _named_columns(table: TableFile) -> dict[int, str]:
    """Find the columns that LimeSurvey adds by itself, by their headings."""
    by_text = {text: code for code, texts in _SYSTEM.items() for text in (code, *texts)}
    found: dict[int, str] = {}
    for place, heading in enumerate(table.header):
        code = by_text.get(heading.strip().casefold()) or by_text.get(_code_part(heading))
        if code is not None and code not in found.values():
            found[place] = code
    return found


def _begins_as_always(table: TableFile) -> bool:
    """Tell the first five columns by what they hold."""
    rows = [row for row in table.rows if len(row) >= len(_FIRST)]
    return bool(rows) and all(
        pattern.fullmatch(row[place].strip())
        for row in rows
        for place, pattern in enumerate(_FIRST.values())
    )


def _names(table: TableFile, instrument: Instrument) -> dict[int, str]:
    """Name the columns that can be told: LimeSurvey's own, by code, by text, the consent."""
    names = _system_columns(table, instrument)
    known = ColumnNames.of(instrument)
    codes = {p: _code_part(heading) for p, heading in enumerate(table.header) if p not in names}
    codes = {place: code for place, code in codes.items() if _CODE.fullmatch(code)}
    consent = {place: "consent" for place, code in codes.items() if code.casefold() in _CONSENT}
    names |= consent
    names |= known.find_all({p: code for p, code in codes.items() if p not in consent})
    rest = {place: text for place, text in enumerate(table.header) if place not in names}
    names |= {k: v for k, v in match_texts(rest, instrument).items() if v not in names.values()}
    if "consent" not in names.values():
        names |= _find_consent(table, names, known)
    return names


def _find_consent(table: TableFile, names: dict[int, str], known: ColumnNames) -> dict[int, str]:
    """Find the consent in exports with texts: a statement with yes or no before all questions."""
    first = min((p for p, name in names.items() if name in known.items), default=0)
    for place in range(first):
        cells = {row[place].strip().casefold() for row in table.rows if place < len(row)}
        said = table.header[place].strip()
        is_statement = " " in said and not said.endswith("?")
        if place not in names and is_statement and cells - {""} and cells <= _WORDS:
            return {place: "consent"}
    return {}


class _Cells:
    """Reads the cells of a column, as its question was answered."""

    def __init__(self, instrument: Instrument) -> None:
        formats = {format_.id: format_ for format_ in instrument.formats}
        self.items = {item: instrument.format_of(item) for item in instrument.item_ids}
        self.context = {c.id: formats[c.format] for c in instrument.context if c.format is not None}

    def read(self, name: str, cells: Sequence[str]) -> list[str]:
        """Give the cells as codes, or as labels that are read like any other."""
        if name in self.items:
            format_ = self.items[name]
            is_box = format_.level == "multiple"
            return [_tick(c, format_) for c in cells] if is_box else as_labels(cells, format_)
        if name in self.context:
            return self._about(cells, self.context[name])
        if name == "consent":
            return [_yes_or_no(cell) for cell in cells]
        return list(cells)

    @staticmethod
    def _about(cells: Sequence[str], format_: ResponseFormat) -> list[str]:
        """Read what people said about themselves; labels become codes."""
        if format_.level in {"text", "date"}:
            return [unguard(c) if c[:2] == "'=" else _MIDNIGHT.sub(r"\1", c) for c in cells]
        return [_MINUS.sub(r"-\1", cell) for cell in as_codes(cells, format_)]


def _tick(cell: str, format_: ResponseFormat) -> str:
    """Read a box: 1, 0, or as it stands where neither is meant."""
    text = normalise(cell)
    labels = label_codes(format_)
    if text in YES or labels.get(text) == 1:
        return "1"
    return "0" if text in _NO | _NOT_ASKED or labels.get(text) == 0 else cell


def _yes_or_no(cell: str) -> str:
    """Read the consent: 1, 0, or as it stands; the data file for R has 2 for no."""
    text = cell.strip().casefold()
    if not text or text in _NOT_ASKED:
        return ""
    return "1" if text in YES else "0" if text in _NO else cell


def _join_ticks(
    names: dict[int, str], columns: dict[int, list[str]], instrument: Instrument
) -> None:
    """Empty the boxes of a question in which none is ticked: it was not answered."""
    by_name = {name: columns[place] for place, name in names.items()}
    for group in box_groups(instrument):
        boxes = [by_name[name] for name in group if name in by_name]
        for i, marks in enumerate(zip(*boxes, strict=True)):
            if set(marks) == {"0"}:
                for cells in boxes:
                    cells[i] = ""


def _is_private(name: str | None, cells: Iterable[str]) -> bool:
    """Tell columns that show who answered; unknown ones by what they hold."""
    if name is not None:
        return name in _PRIVATE
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(_ADDRESS.fullmatch(cell) for cell in filled)


def _finish(
    names: dict[int, str], columns: dict[int, list[str]]
) -> tuple[list[list[str]], list[str], list[Change]]:
    """Tell who sent the questionnaire, as a column or none, and take out dates that are none."""
    place = next((place for place, name in names.items() if name == "submitdate"), None)
    if place is None:
        return [], [], []
    dates = columns[place]
    finished = ["1" if date.strip() else "0" for date in dates]
    columns[place] = ["" if date.startswith(_NOT_DATED) else date for date in dates]
    has_none = columns[place] != dates
    changes = [("submitdate", "not_dated", _NOT_DATED, "")] if has_none else []
    left = finished.count("0")
    notes = [f"{left} row(s) were not sent to the end; they are kept (finished = 0)."]
    return [finished], notes if left else [], changes


def _refusals(names: dict[int, str], columns: dict[int, list[str]]) -> dict[int, str]:
    """Give the rows of people who did not consent, with the reason."""
    places = [place for place, name in names.items() if name == "consent"]
    return {
        i: NO_CONSENT for place in places for i, cell in enumerate(columns[place]) if cell == "0"
    }
