"""Match the columns of a file to the items of an instrument."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.errors import DataError, MissingItemsError, SpecificationError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, ItemSet

_FIRST_ROW: Final = (
    " The first row with content is taken as the heading; look whether it is, and whether this is "
    "the right sheet."
)
_SPACES: Final = re.compile(r"[\s\u200b\ufeff]+")


@dataclass(frozen=True)
class ColumnPlan:
    """Which column of the file holds what; columns are given by their position."""

    items: dict[str, int]
    context: dict[str, int]
    id_column: str | None
    group_columns: tuple[str, ...]
    form: str
    renamed: dict[str, str]
    notes: tuple[str, ...]


def plan_columns(
    header: Sequence[str],
    instrument: Instrument,
    *,
    columns: Mapping[str, str] | None,
    id_column: str | None,
    group_column: str | Sequence[str] | None,
    form: str | None,
) -> ColumnPlan:
    """Decide for every column whether it is an item, the id, a group or other context.

    A heading counts as an item if it equals the item id, but for case and blanks. Where
    ``id_column`` or ``group_column`` is left out, the columns that the instrument file names for
    these roles are used if they are there.

    Raises
    ------
    MissingItemsError
        Item columns are missing; the nearest headings are suggested.
    DataError
        Two columns claim to be the same item, id or group.
    SpecificationError
        ``columns`` names a heading or item that does not exist.
    """
    if id_column == "":
        message = 'id_column="" names no column; leave it out, or name the column.'
        raise SpecificationError(message)
    names, renamed = _rename(header, instrument, columns or {})
    asked = [item.id for item in instrument.items if item.format not in _word_formats(instrument)]
    items = _positions(names, asked, "item")
    item_set = _find_form(instrument, _positions(names, instrument.item_ids, "item"), form)
    missing = [item for item in item_set.items if item not in names]
    if missing and not _is_one_version(instrument, item_set, set(missing)):
        declared = {column.id for column in instrument.context}
        _refuse_missing(missing, [name for name in names if name not in declared], item_set)
    if form is not None:
        items = {item: place for item, place in items.items() if item in item_set.items}
    context = _context(names, set(items.values()))
    others = [name for name in names if name not in items]
    id_name = _role_column(instrument, "respondent", id_column, others)
    groups = _group_columns(instrument, group_column, others)
    notes = _role_notes(id_name, id_column, groups, group_column)
    notes += tuple(
        f"The column {name!r} is kept beside the answers, because {near} is there, too."
        for name, near in _lookalikes(names, instrument).items()
    )
    return ColumnPlan(items, context, id_name, groups, item_set.id, renamed, notes)


def _plain(name: str) -> str:
    """Drop case and blanks, so that ' lead01' is LEAD01."""
    return _SPACES.sub("", name).casefold()


def _rename(
    header: Sequence[str], instrument: Instrument, columns: Mapping[str, str]
) -> tuple[list[str], dict[str, str]]:
    """Give each column its item id where it has one, and tell which headings changed."""
    for heading, item in columns.items():
        if heading not in header:
            hint = suggest(heading, header)
            message = f"columns= names {heading!r}, which is no heading of the file{hint}."
            raise SpecificationError(message)
        if item not in instrument.item_ids:
            hint = suggest(item, instrument.item_ids)
            message = f"columns= gives {heading!r} the item {item!r}, which does not exist{hint}."
            raise SpecificationError(message)
    by_plain = {_plain(item): item for item in instrument.item_ids}
    exact = (set(header) - set(columns)) | set(columns.values())
    names, renamed = [], {}
    for heading in header:
        near = by_plain.get(_plain(heading), heading)
        name = columns.get(heading, heading if near in exact else near)
        if name != heading:
            renamed[heading] = name
        names.append(name)
    return names, renamed


def _lookalikes(names: Sequence[str], instrument: Instrument) -> dict[str, str]:
    """Find headings that differ from an item only by case or blanks, where the item is there."""
    by_plain = {_plain(item): item for item in instrument.item_ids}
    near = {name: by_plain.get(_plain(name), name) for name in names}
    return {name: item for name, item in near.items() if item != name and item in names}


def _positions(names: Sequence[str], wanted: Sequence[str], what: str) -> dict[str, int]:
    """Find the columns of the wanted names; a name twice is refused."""
    found: dict[str, int] = {}
    known = set(wanted)
    for position, name in enumerate(names):
        if name not in known:
            continue
        if name in found:
            message = (
                f"the {what} column {name} is there more than once (columns {found[name] + 1} and "
                f"{position + 1}). Remove one, or rename it."
            )
            raise DataError(message)
        found[name] = position
    return {name: found[name] for name in wanted if name in found}


def _find_form(instrument: Instrument, items: Mapping[str, int], form: str | None) -> ItemSet:
    """Take the form asked for, or the smallest one that has all items found."""
    if form is not None:
        return instrument.form(form)
    by_size = sorted(instrument.forms, key=lambda item_set: len(item_set.items))
    fitting = [item_set for item_set in by_size if set(items) <= set(item_set.items)]
    return fitting[0] if fitting else by_size[-1]


def _is_one_version(instrument: Instrument, item_set: ItemSet, missing: set[str]) -> bool:
    """Tell whether the missing items are just those that one version does not ask."""
    items = [item for item in instrument.items if item.id in item_set.items]
    others = [
        {item.id for item in items if version not in item.versions}
        for version, _ in instrument.versions
    ]
    return missing in others and len(missing) < len(items)


def _refuse_missing(missing: Sequence[str], names: Sequence[str], item_set: ItemSet) -> None:
    """Say which item columns are missing and which headings are near."""
    free = [name for name in names if name and name not in item_set.items]
    first = "" if len(missing) < len(item_set.items) else _FIRST_ROW
    listed = join_names([f"{item}{suggest(item, free)}" for item in missing])
    message = (
        f"{len(missing)} of {len(item_set.items)} item column(s) of the form {item_set.id!r} not "
        f"found: {listed}. Rename the columns, or pass columns={{'heading in the file': "
        f"{missing[0]!r}}}.{first}"
    )
    raise MissingItemsError(message, missing=missing)


def _context(names: Sequence[str], taken: set[int]) -> dict[str, int]:
    """Name every column that is no item; empty or repeated headings get a number."""
    context: dict[str, int] = {}
    for position, name in enumerate(names):
        if position in taken:
            continue
        label = name or f"column_{position + 1}"
        if label in context or (not name and label in names):
            label = free_name(f"{label}.{position + 1}", {*names, *context})
        context[label] = position
    return context


def free_name(name: str, taken: set[str]) -> str:
    """Give the name, or with underscores behind it where it is taken."""
    while name in taken:
        name += "_"
    return name


def _word_formats(instrument: Instrument) -> set[str]:
    """Name the formats whose answers are words or dates, which stay with the context."""
    return {f.id for f in instrument.formats if f.level in {"text", "date"}}


def _role_column(
    instrument: Instrument, role: str, given: str | None, names: Sequence[str]
) -> str | None:
    """Find the column of a role: the one given, else the one the instrument file names."""
    if given is not None:
        _refuse_unclear(given, role, names)
        return given
    declared = [column.id for column in instrument.context if column.role == role]
    found = next((name for name in declared if name in names), None)
    if found is not None:
        _refuse_unclear(found, role, names)
    return found


def _group_columns(
    instrument: Instrument, given: str | Sequence[str] | None, names: Sequence[str]
) -> tuple[str, ...]:
    """Find the columns that tell groups."""
    if given is None:
        found = _role_column(instrument, "group", None, names)
        return () if found is None else (found,)
    columns = (given,) if isinstance(given, str) else tuple(given)
    for name in columns:
        _refuse_unclear(name, "group", names)
    return columns


def _refuse_unclear(name: str, role: str, names: Sequence[str]) -> None:
    """Say that a column needed for a role is not there, or is there twice."""
    if name not in names:
        message = f"the {role} column {name!r} is not in the file{suggest(name, names)}."
        raise MissingItemsError(message, missing=[name])
    if list(names).count(name) > 1:
        message = f"the {role} column {name!r} is there more than once. Remove or rename one."
        raise DataError(message)


def _role_notes(
    id_name: str | None,
    id_given: str | None,
    groups: tuple[str, ...],
    groups_given: str | Sequence[str] | None,
) -> tuple[str, ...]:
    """Tell which columns were taken for a role without being asked."""
    notes = []
    if id_name is None:
        notes.append("No id column: people are numbered in file order (give id_column=).")
    elif id_given is None:
        notes.append(f"{id_name} is taken as the respondent id, as the instrument file says.")
    if groups and groups_given is None:
        notes.append(f"{groups[0]} is taken as the group, as the instrument file says.")
    return tuple(notes)
