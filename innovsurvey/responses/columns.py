"""Match the columns of a file to the items of an instrument."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.errors import DataError, MissingItemsError, SpecificationError
from innovsurvey.responses.item_texts import match_wordings, near_wordings

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, ItemSet

_FIRST_ROW: Final = (
    " The first row with content is taken as the heading; look whether it is, and whether this is "
    "the right sheet."
)
_MOST_NAMED: Final = 6
_SHORT: Final = 60
_SPACES: Final = re.compile(r"[\s\u200b\ufeff]+")


@dataclass(frozen=True)
class ColumnPlan:
    """Which column of the file holds what; columns are given by their position."""

    items: dict[str, int]
    context: dict[str, int]
    id_column: str | None
    group_columns: tuple[str, ...]
    wave_column: str | None
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
    wave_column: str | None = None,
    texts: Mapping[str, str] | None = None,
    partial: bool = False,
) -> ColumnPlan:
    """Decide for every column whether it is an item, the id, a group or other context.

    A heading counts as an item if it equals the item id, but for case and blanks, or what the
    instrument file says that files have there; then if it says the item's words in any language;
    ``texts`` are wordings that the file keeps beside its headings. Where ``id_column``,
    ``group_column`` or ``wave_column`` is left out, the columns that the instrument file names for
    these roles are used if they are there. With ``partial`` items may be missing.

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
    names, renamed, worded = _rename(header, instrument, columns or {}, texts or {})
    asked = [item.id for item in instrument.items if item.format not in word_formats(instrument)]
    items = _positions(names, asked, "item")
    item_set = _find_form(instrument, _positions(names, instrument.item_ids, "item"), form)
    absent = [item for item in item_set.items if item not in names]
    missing = [item for item in absent if item in asked]
    may_lack = partial and bool(items)
    if missing and not may_lack and not _is_one_version(instrument, item_set, set(missing)):
        declared = {column.id for column in instrument.context}
        free = [name for name in names if name not in declared]
        _refuse_missing(missing, free, item_set, instrument, texts or {})
    if form is not None:
        items = {item: place for item, place in items.items() if item in item_set.items}
    context = _context(names, set(items.values()))
    others = [name for name in names if name not in items]
    id_name = _role_column(instrument, "respondent", id_column, others)
    groups = _group_columns(instrument, group_column, others)
    wave = _role_column(instrument, "wave", wave_column, others)
    notes = _role_notes(id_name, id_column, groups, group_column)
    if may_lack and missing:
        notes += (f"{len(missing)} item(s) are not in the file: {join_names(missing)}.",)
    words = [item for item in absent if item not in asked]
    if words:
        notes += (f"Not in the file, and no answers to score: {join_names(words)}.",)
    if worded:
        pairs = [f"{item} is {_short(heading)!r}" for heading, item in worded.items()]
        notes += (f"Matched by their words: {join_names(pairs, _MOST_NAMED)}.",)
    notes += tuple(
        f"The column {name!r} is kept beside the answers, because {near} is there, too."
        for name, near in _lookalikes(names, instrument).items()
    )
    return ColumnPlan(items, context, id_name, groups, wave, item_set.id, renamed, notes)


def match_headings(
    header: Sequence[str],
    instrument: Instrument,
    columns: Mapping[str, str],
    texts: Mapping[str, str],
) -> dict[int, tuple[str, str]]:
    """Tell which columns are items, by place: the item, and whether by map, code or words.

    Raises
    ------
    SpecificationError
        ``columns`` names a heading or item that does not exist.
    """
    names, _, worded = _rename(header, instrument, columns, texts)
    found = {}
    for place, (heading, name) in enumerate(zip(header, names, strict=True)):
        if name in instrument.item_ids:
            how = "map" if heading in columns else "words" if heading in worded else "code"
            found[place] = (name, how)
    return found


def _plain(name: str) -> str:
    """Drop case and blanks, so that ' lead01' is LEAD01."""
    return _SPACES.sub("", name).casefold()


def _rename(
    header: Sequence[str],
    instrument: Instrument,
    columns: Mapping[str, str],
    texts: Mapping[str, str],
) -> tuple[list[str], dict[str, str], dict[str, str]]:
    """Give each column its item id where it has one; tell which changed, and which by words."""
    _check_map(columns, header, instrument)
    by_plain = {_plain(item.written): item.id for item in instrument.items if item.written}
    by_plain |= {_plain(item): item for item in instrument.item_ids}
    exact = (set(header) - set(columns)) | set(columns.values())
    names = []
    numbered = number_repeated(header)
    for heading, own in zip(header, numbered, strict=True):
        near = by_plain.get(_plain(own)) or by_plain.get(_plain(heading), heading)
        names.append(columns.get(heading, heading if near in exact else near))
    worded = _by_words(header, names, instrument, texts)
    names = [worded.get(place, name) for place, name in enumerate(names)]
    changed = zip(header, numbered, names, strict=True)
    renamed = {own: name for heading, own, name in changed if heading != name}
    return names, renamed, {header[place]: name for place, name in worded.items()}


def _check_map(columns: Mapping[str, str], header: Sequence[str], instrument: Instrument) -> None:
    """Refuse a map of columns with a heading or an item that does not exist."""
    for heading, item in columns.items():
        if heading not in header:
            hint = suggest(heading, header)
            message = f"columns= names {heading!r}, which is no heading of the file{hint}."
            raise SpecificationError(message)
        if item not in instrument.item_ids:
            hint = suggest(item, instrument.item_ids)
            message = f"columns= gives {heading!r} the item {item!r}, which does not exist{hint}."
            raise SpecificationError(message)


def _by_words(
    header: Sequence[str],
    names: Sequence[str],
    instrument: Instrument,
    texts: Mapping[str, str],
) -> dict[int, str]:
    """Find items that are not there by code among the columns that are no item, by their words."""
    known = {*instrument.item_ids, *(column.id for column in instrument.context)}
    wanted = [name for name in known if name not in names]
    said = {
        place: (header[place], texts.get(header[place], ""))
        for place, name in enumerate(names)
        if name not in known
    }
    return match_wordings(said, instrument, wanted) if wanted and said else {}


def _short(heading: str) -> str:
    """Cut a long heading."""
    return heading if len(heading) <= _SHORT else f"{heading[: _SHORT - 3]}..."


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


def _refuse_missing(
    missing: Sequence[str],
    names: Sequence[str],
    item_set: ItemSet,
    instrument: Instrument,
    texts: Mapping[str, str],
) -> None:
    """Say which item columns are missing, and which headings are near by code or by words."""
    free = [name for name in names if name and name not in item_set.items]
    first = "" if len(missing) < len(item_set.items) else _FIRST_ROW
    listed = join_names([f"{item}{suggest(item, free)}" for item in missing])
    words = {texts.get(name, "") or name: name for name in free}
    near = near_wordings(words, instrument, missing)
    proposals = {words[match.heading]: match.item for match in near}
    alike = [
        f"{_short(match.heading)!r} is {100 * match.similarity:.0f} % like {match.item}"
        for match in near
    ]
    look = f" Nearly the same words: {join_names(alike, _MOST_NAMED)}; look whether they mean it."
    message = (
        f"{len(missing)} of {len(item_set.items)} item column(s) of the form {item_set.id!r} not "
        f"found: {listed}. Rename the columns, or pass columns={{'heading in the file': "
        f"{missing[0]!r}}}; partial=True reads the file without them.{look if alike else ''}{first}"
    )
    raise MissingItemsError(message, missing=missing, proposals=proposals)


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


def number_repeated(header: Sequence[str]) -> list[str]:
    """Tell headings that repeat apart: the second ``A`` is ``A.2``.

    An item whose instrument file says that files have ``A.2`` for it is found there.

    Examples
    --------
    >>> number_repeated(["A", "B", "A", "A", "A.3"])
    ['A', 'B', 'A.2', 'A.4', 'A.3']
    """
    counts: dict[str, int] = {}
    taken, names = set(header), []
    for heading in header:
        n = counts.get(heading, 0) + 1
        while heading and n > 1 and f"{heading}.{n}" in taken:
            n += 1
        counts[heading] = n
        names.append(f"{heading}.{n}" if heading and n > 1 else heading)
    return names


def free_name(name: str, taken: set[str]) -> str:
    """Give the name, or with underscores behind it where it is taken."""
    while name in taken:
        name += "_"
    return name


def word_formats(instrument: Instrument) -> set[str]:
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
