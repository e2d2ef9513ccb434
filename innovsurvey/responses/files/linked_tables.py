"""Tables that belong to the rows of another one: the repeated questions of Kobo and ODK."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.responses.cells import read_context, read_label
from innovsurvey.responses.personal import RULE
from innovsurvey.responses.platforms.kobo_columns import (
    are_places,
    id_column,
    is_private,
    place_names,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.responses.table_file import TableFile

# Column with the row's own number or key, column with that of the row above, column with its table.
_LINKS: Final = (
    ("_index", "_parent_index", "_parent_table_name"),
    ("KEY", "PARENT_KEY", ""),
)
LINK_COLUMNS: Final = tuple(parent for _, parent, _ in _LINKS)
_OF_THE_PERSON: Final = "_submission_"
_LONGEST_SHEET: Final = 31

_Owners = dict[tuple[str, str], str]  # table and number, or no table and key -> respondent


def is_linked(header: Sequence[str]) -> bool:
    """Tell a table whose rows belong to those of another.

    Examples
    --------
    >>> is_linked(["age", "_index", "_parent_index"]), is_linked(["age", "_index"])
    (True, False)
    """
    return any(link in header for link in LINK_COLUMNS)


def with_linked(main: TableFile, name: str, others: Mapping[str, TableFile]) -> TableFile:
    """Add the tables of repeated questions to the table of people, by respondent.

    ``name`` is what the other tables call the main one. A row that belongs to no person stays in
    its table, with an empty id, and a note says so.
    """
    owners = _owners(main, name)
    found: dict[str, pd.DataFrame] = {}
    notes: list[str] = []
    changes: list[tuple[str, str, str, str]] = []
    waiting = dict(others)
    while waiting:
        said = {key[0] for key in owners}
        ready = [t for t, table in waiting.items() if _parents(table) <= said] or list(waiting)[:1]
        for title in ready:
            table = waiting.pop(title)
            people = _people(table, owners)
            owners |= _numbered(table, title, people)
            private = _private(table)
            changes += [(f"{title}/{heading}", RULE, "", "") for heading in private]
            found[title] = _frame(table, people, main, private)
            lost = people.count("")
            if lost:
                notes.append(f"{lost} row(s) of {title} belong to nobody in the file.")
    return replace(
        main,
        repeats=main.repeats | found,
        notes=[*main.notes, *notes],
        changes=[*main.changes, *changes],
    )


def _column(table: TableFile, name: str) -> list[str]:
    """Give the cells of a column, none if it is not there."""
    if name not in table.header:
        return []
    place = table.header.index(name)
    return [row[place].strip() if place < len(row) else "" for row in table.rows]


def _owners(main: TableFile, name: str) -> _Owners:
    """Tell which respondent a row of the main table is, by its number and by its key."""
    ids = id_column(main.header)
    people = _column(main, ids) if ids else [str(number) for number in main.numbers]
    owners = _numbered(main, name, people)
    if not _column(main, "_index"):
        owners |= {(name, str(n)): person for n, person in zip(main.numbers, people, strict=True)}
    return owners


def _numbered(table: TableFile, name: str, people: Sequence[str]) -> _Owners:
    """Give the respondents of the rows of a table by number and key."""
    found: _Owners = {}
    for own, _, titled in _LINKS:
        cells = _column(table, own)
        title = name[:_LONGEST_SHEET] if titled else ""
        found |= {(title, cell): p for cell, p in zip(cells, people, strict=False) if cell}
    return found


def _parents(table: TableFile) -> set[str]:
    """Name the tables that the rows of a table belong to."""
    return {title[:_LONGEST_SHEET] for title in _column(table, "_parent_table_name")} - {""}


def _people(table: TableFile, owners: _Owners) -> list[str]:
    """Give the respondent of each row; empty where the row above is not in the file."""
    for _, parent, titled in _LINKS:
        cells = _column(table, parent)
        if not cells:
            continue
        titles = _column(table, titled) or [""] * len(cells)
        return [
            owners.get((title[:_LONGEST_SHEET], cell), owners.get((title, _whole(cell)), ""))
            for title, cell in zip(titles, cells, strict=True)
        ]
    return [""] * len(table.rows)


def _whole(key: str) -> str:
    """Give the key of the person that a key such as ``uuid:1/rep[2]`` belongs to."""
    return key.partition("/")[0]


def _private(table: TableFile) -> list[str]:
    """Name the columns that say who, where or with what device somebody has answered."""
    places = place_names(table.header)
    return [
        heading
        for heading in table.header
        if heading
        and not heading.startswith(_OF_THE_PERSON)
        and (is_private(heading, places) or are_places(_column(table, heading)))
    ]


def _frame(
    table: TableFile, people: Sequence[str], main: TableFile, private: Sequence[str]
) -> pd.DataFrame:
    """Make a data frame of a table, by respondent; what the main table tells is left out."""
    name = id_column(main.header) or "respondent"
    index: pd.Index[Any] = pd.Index(read_label(people), name=name)
    columns = {
        heading: read_context(_column(table, heading), decimal_comma=table.decimal_comma).array
        for heading in table.header
        if heading and not heading.startswith(_OF_THE_PERSON) and heading not in private
    }
    return pd.DataFrame(columns, index=index)
