"""Read exports of LimeSurvey: headings as codes or texts, answers as codes or labels."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.answers import NO_CONSENT, box_groups
from innovsurvey.responses.platforms.headings import ColumnNames
from innovsurvey.responses.platforms.limesurvey_cells import HIDDEN, NOT_ASKED, Cells
from innovsurvey.responses.platforms.limesurvey_headings import match_texts
from innovsurvey.responses.platforms.limesurvey_names import (
    NUMBERED,
    code_part,
    names_by_code,
    names_by_number,
)
from innovsurvey.responses.platforms.limesurvey_system import (
    DATES,
    FIRST,
    PRIVATE,
    SYSTEM,
    USUAL,
    as_moments,
)
from innovsurvey.responses.platforms.limesurvey_words import OTHER, every

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.table_file import TableFile

    Change = tuple[str, str, str, str]

# The code that our questionnaires give to the consent, and the one that others mostly have.
_CONSENT: Final = frozenset({"isvconsent", "consent"})
_CODE: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*(\[[A-Za-z0-9_]+\]|(_[A-Za-z0-9]+)*)")
_BRACKETED: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*\[[A-Za-z0-9_]+\](\[\d\])?")
_GROUPS: Final = r"[0-9a-f]{1,4}(:[0-9a-f]{1,4})"
# Where somebody answered from; a time such as 10:30:00 has neither eight groups nor two colons.
_ADDRESS: Final = re.compile(
    rf"\d{{1,3}}(\.\d{{1,3}}){{3}}|{_GROUPS}{{7}}|({_GROUPS}*)?::({_GROUPS}*)?", re.IGNORECASE
)
_NOT_DATED: Final = "1980-01-01"
_WORDS: Final = every("Yes") | every("No") | NOT_ASKED | {"y", "n", ""}
_ENOUGH: Final = 0.5
_FEWEST_OWN: Final = 4
_FINISHED: Final = "finished"
_ESCAPED: Final = {
    "{newline}": "\n", "{cr}": "\r", "{tab}": "\t", "{quote}": '"', "{lbrace}": "{",
}  # fmt: skip


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
    if _FINISHED in table.header and _FINISHED not in instrument.item_ids:
        return None
    if _has_codes_below(table):
        return "codes stand below the questions, as in its VV export"
    if table.reader == "limesurvey":
        return "only LimeSurvey writes files of this kind"
    named = _named_columns(table)
    if set(named.values()) >= USUAL:
        columns = (table.header[place] for place, code in named.items() if code in USUAL)
        return f"it has the columns {', '.join(columns)}"
    return _why_by_headings(table, instrument)


def _why_by_headings(table: TableFile, instrument: Instrument) -> str | None:
    """Say which headings show an export of LimeSurvey, whatever its own columns are called."""
    codes = [code_part(heading) for heading in table.header]
    bracketed = [code for code in codes if _BRACKETED.fullmatch(code)]
    if ColumnNames.of(instrument).share(bracketed) >= _ENOUGH:
        return "it has headings such as " + bracketed[0]
    said = {p: text for p, text in enumerate(table.header) if ". " in text}
    coded = names_by_code(said, instrument)
    if len(coded) >= _ENOUGH * len(instrument.items):
        return f"its headings are codes with texts, as {table.header[min(coded)][:40]!r}"
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
    quarantine, unless the consent is an item of the instrument. A heading that is neither code nor
    text of a question stays as it is, so a missing item is missed as in any other file.

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
    table = _without_second_heading(table)
    names = _names(table, instrument)
    columns, others = _read_columns(table, names, instrument)
    finished, notes, changed = _finish(names, columns)
    kept = {p: c for p, c in columns.items() if not _is_private(names.get(p), c)}
    header = [names.get(place, table.header[place]) for place in kept]
    body = list(zip(*kept.values(), *finished, strict=True)) or [()] * len(table.rows)
    beyond = [row[len(table.header) :] for row in table.rows]
    renamed = {table.header[place]: name for place, name in names.items()}
    return replace(
        table,
        header=[*header, *([_FINISHED] * len(finished))],
        rows=[[*cells, *more] for cells, more in zip(body, beyond, strict=True)],
        notes=[*table.notes, *notes, *_notes_of(others), *_note_on_numbers(table, names)],
        id_column="id" if "id" in header else None,
        changes=[*table.changes, *_changes(table.header, names, kept), *changed],
        aside={**table.aside, **_refusals(names, columns)},
        labels={renamed.get(old, old): labels for old, labels in table.labels.items()},
        missing={renamed.get(old, old): codes for old, codes in table.missing.items()},
        texts={renamed.get(old, old): text for old, text in table.texts.items()},
    )


def _has_codes_below(table: TableFile) -> bool:
    """Tell the VV export, whose second row holds the codes of the columns."""
    first = {cell.strip() for cell in table.rows[0]} if table.rows else set()
    return first >= USUAL


def _without_second_heading(table: TableFile) -> TableFile:
    """Take the codes in the second row of a VV export as the heading; undo its signs."""
    if _has_codes_below(table):
        codes = [cell.strip() for cell in table.rows[0]]
        texts = {c: t for c, t in zip(codes, table.header, strict=False) if c != t}
        note = "The first row holds the questions, the second one their codes."
        table = replace(
            table,
            header=codes,
            rows=[[_unescaped(cell) for cell in row] for row in table.rows[1:]],
            numbers=table.numbers[:-1],
            texts=texts,
            notes=[*table.notes, note],
            aside={place - 1: why for place, why in table.aside.items() if place},
        )
    return table


def _unescaped(cell: str) -> str:
    """Undo the signs of a VV export; that a question was not shown stays."""
    if "{" not in cell or cell == HIDDEN:
        return cell
    for sign, said in _ESCAPED.items():
        cell = cell.replace(sign, said)
    return cell


def _read_columns(
    table: TableFile, names: dict[int, str], instrument: Instrument
) -> tuple[dict[int, list[str]], dict[str, int]]:
    """Give the cells of every column, by place, read as their questions were answered.

    How many other answers were found in words only is given by item.
    """
    reader = Cells(instrument)
    width = len(table.header)
    is_even = all(len(row) == width for row in table.rows)
    rows = table.rows if is_even else [row[:width] for row in table.filled()]
    turned = zip(*rows, strict=True)
    raw = dict(enumerate(turned)) if table.rows else dict.fromkeys(range(width), ())
    reader.look({name: raw[place] for place, name in names.items()})
    columns = {
        place: reader.read(names.get(place, ""), cells, table.labels.get(table.header[place], {}))
        for place, cells in raw.items()
    }
    by_name = {name: columns[place] for place, name in names.items()}
    _join_ticks(by_name, instrument)
    return columns, _fill_others(by_name, instrument)


def _changes(header: Sequence[str], names: dict[int, str], kept: Iterable[int]) -> Iterator[Change]:
    """Tell which columns got another name, and which were left out."""
    for place, name in names.items():
        if header[place] != name:
            yield header[place], "column_renamed", header[place], name
    for place in sorted({*range(len(header))} - {*kept}):
        yield header[place], "private_column_dropped", "", ""


def _notes_of(others: Mapping[str, int]) -> list[str]:
    """Say where another answer was given in words only."""
    if not others:
        return []
    n, listed = sum(others.values()), ", ".join(others)
    return [f"{n} answer(s) given as another one in words count as {OTHER} ({listed})."]


def _note_on_numbers(table: TableFile, names: Mapping[int, str]) -> list[str]:
    """Say that columns were told by their order, where their headings are numbers only."""
    numbered = [text for p in names if NUMBERED.match(text := table.header[p])]
    if not numbered or any(heading in table.texts for heading in numbered):
        return []
    note = (
        f"Headings such as {numbered[0]} name no question; the codes of their rows are those of "
        "the instrument, in its order. Look whether it is the same survey."
    )
    return [note]


def _system_columns(table: TableFile, instrument: Instrument) -> dict[int, str]:
    """Find the columns that LimeSurvey adds by itself.

    Their headings may be in any language, so the first five are known by what they hold; since
    other tables may begin so, too, the headings of the questions have to be those of LimeSurvey.
    """
    found = _named_columns(table)
    n_own = _begins_as_always(table)
    if "submitdate" in found.values() or not n_own:
        return found
    if _why_by_headings(table, instrument) is None:
        return found
    return dict(enumerate([*FIRST][:n_own])) | {k: v for k, v in found.items() if k >= n_own}


def _named_columns(table: TableFile) -> dict[int, str]:
    """Find the columns that LimeSurvey adds by itself, by their headings."""
    by_text = {text: code for code, texts in SYSTEM.items() for text in (code, *texts)}
    found: dict[int, str] = {}
    for place, heading in enumerate(table.header):
        plain = heading.strip().casefold().replace("_", " ")
        code = by_text.get(plain) or by_text.get(code_part(heading))
        if code is not None and code not in found.values():
            found[place] = code
    return found


def _begins_as_always(table: TableFile) -> int:
    """Tell the first columns by what they hold; how many there are, older versions have no seed."""
    rows = [row for row in table.rows if len(row) >= len(FIRST)]
    n_fitting = 0
    for place, pattern in enumerate(FIRST.values()):
        if not rows or not all(pattern.fullmatch(row[place].strip()) for row in rows):
            break
        n_fitting += 1
    return n_fitting if n_fitting >= _FEWEST_OWN else 0


def _names(table: TableFile, instrument: Instrument) -> dict[int, str]:
    """Name the columns that can be told: LimeSurvey's own, by code, by text, the consent."""
    names = _system_columns(table, instrument)
    headings = {p: text for p, text in enumerate(table.header) if p not in names}
    names |= names_by_code(headings, instrument)
    known = ColumnNames.of(instrument)
    codes = {p: code_part(text) for p, text in headings.items() if p not in names}
    codes = {place: code for place, code in codes.items() if _CODE.fullmatch(code)}
    consent = {place: "consent" for place, code in codes.items() if code.casefold() in _CONSENT}
    names |= consent
    names |= _not_yet(names, known.find_all({p: c for p, c in codes.items() if p not in consent}))
    rest = {place: text for place, text in headings.items() if place not in names}
    names |= _not_yet(names, match_texts(rest, instrument))
    names |= _not_yet(names, names_by_number(rest, table.texts, instrument))
    if "consent" not in names.values():
        names |= _find_consent(table, names, known)
    return names


def _not_yet(names: dict[int, str], found: dict[int, str]) -> dict[int, str]:
    """Give the columns found that have no name yet, and whose name no other has."""
    taken = set(names.values())
    return {
        place: name for place, name in found.items() if place not in names and name not in taken
    }


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


def _join_ticks(by_name: Mapping[str, list[str]], instrument: Instrument) -> None:
    """Empty the boxes of a question in which none is ticked: it was not answered."""
    rows = {item.id: str(item.row) for item in instrument.items}
    for group in box_groups(instrument):
        boxes = [by_name[name] for name in group if name in by_name]
        other = by_name.get(f"{rows[group[0]]}_other", [])
        for i, marks in enumerate(zip(*boxes, strict=True)):
            if set(marks) == {"0"} and not (other and other[i].strip()):
                for cells in boxes:
                    cells[i] = ""


def _fill_others(by_name: Mapping[str, list[str]], instrument: Instrument) -> dict[str, int]:
    """Name the other answer where an export holds it in words only, as those for SPSS do."""
    found: dict[str, int] = {}
    for item in instrument.items:
        points = instrument.format_of(item.id).points
        words = by_name.get(f"{item.id}_other")
        if words is None or item.id not in by_name or all(p.written != OTHER for p in points):
            continue
        cells = by_name[item.id]
        places = [i for i, text in enumerate(words) if text.strip() and not cells[i].strip()]
        for i in places:
            cells[i] = OTHER
        if places:
            found[item.id] = len(places)
    return found


def _is_private(name: str | None, cells: Iterable[str]) -> bool:
    """Tell columns that show who answered; unknown ones by what they hold."""
    if name is not None:
        return name in PRIVATE
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(_ADDRESS.fullmatch(cell) for cell in filled)


def _finish(
    names: dict[int, str], columns: dict[int, list[str]]
) -> tuple[list[list[str]], list[str], list[Change]]:
    """Tell who sent the questionnaire, as a column or none, and take out dates that are none."""
    for place, name in names.items():
        if name in DATES:
            columns[place] = as_moments(columns[place])
    sent = next((place for place, name in names.items() if name == "submitdate"), None)
    if sent is None:
        return [], [], []
    dates = columns[sent]
    finished = ["1" if date.strip() else "0" for date in dates]
    columns[sent] = ["" if date.startswith(_NOT_DATED) else date for date in dates]
    has_none = columns[sent] != dates
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
