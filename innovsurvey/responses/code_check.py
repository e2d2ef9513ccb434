"""Compare the codes and labels of a file with those of the instrument, before anything is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.base.numbers import write_number
from innovsurvey.errors import CodeMismatchError
from innovsurvey.responses.cells import (
    CodeBook,
    as_number,
    is_blank,
    label_codes,
    normalise,
    split_pair,
    unreadable_texts,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, ResponseFormat

# Below these shares a strange code is the mistake of a cell, not the code book of a file.
_SHARE_OUTSIDE: Final = 0.01
_SHARE_WIDER: Final = 0.10
_SHARE_UNKNOWN: Final = 0.50
_SHARE_CONTRARY: Final = 0.05
_FEWEST_CELLS: Final = 5
_FEWEST_OUTSIDE: Final = 3
_FEWEST_CONTRARY: Final = 3
_FEWEST_WIDER: Final = 20
_FEWEST_PEOPLE: Final = 10
_FEWEST_VALUES: Final = 3
_HALF: Final = 0.5
_MOST_NAMED: Final = 6
_MOST_PROPOSED: Final = 100


@dataclass(frozen=True)
class AnsweredItem:
    """What a column of the file holds: each different text with its number, and the file's labels.

    ``declared`` are codes that the file says are no answer.
    """

    item: str
    counts: Mapping[str, int]
    labels: Mapping[str, str]
    declared: Mapping[str, str]


@dataclass(frozen=True)
class _Difference:
    """Why the codes of some items do not fit, and what to turn them into."""

    items: tuple[str, ...]
    why: str
    recode: dict[str, float]


def check_codes(columns: Sequence[AnsweredItem], instrument: Instrument) -> list[str]:
    """Refuse a file whose codes mean something else than those of the instrument.

    That is so where the file's own labels stand at other codes; where all answers to the items of
    a format are shifted by one (0 to 4 for 1 to 5); and, with ten people or more, where they reach
    beyond its points in a tenth of the cells and half of the items, or where half of them are texts
    that are no labels. A single strange cell is no matter for this check: it becomes missing, with
    its reason. Single items that look shifted are told in the notes given back.

    Raises
    ------
    CodeMismatchError
        The codes differ; ``recode`` is the proposal.
    """
    differences: list[tuple[tuple[str, ...], _Difference]] = []
    notes: list[str] = []
    for format_ in instrument.formats:
        asked = [c for c in columns if instrument.item(c.item).format == format_.id]
        if asked and format_.points and format_.level != "multiple":
            owner = (format_.id, *(column.item for column in asked))
            differences += [(owner, d) for d in _differences(asked, format_)]
            notes += _shifted_items(asked, format_)
    if differences:
        _refuse(differences, instrument)
    return notes


def _differences(asked: Sequence[AnsweredItem], format_: ResponseFormat) -> Iterable[_Difference]:
    """Find how the items of a format differ from it: by label, else by number, else by text."""
    contrary = list(_contrary_labels(asked, format_))
    if contrary:
        yield from contrary
        return
    for find in (_other_numbers, _unknown_texts):
        found = find(asked, format_)
        if found is not None:
            yield found


def _contrary_labels(
    asked: Sequence[AnsweredItem], format_: ResponseFormat
) -> Iterable[_Difference]:
    """Find labels that the file has at other codes; items that differ alike are told together."""
    alike: dict[tuple[tuple[str, float], ...], list[str]] = {}
    told: dict[str, str] = {}
    for column in asked:
        pairs, contrary = _labelled(column, format_)
        if contrary:
            recode = _whole(pairs, column, format_)
            alike.setdefault(tuple(sorted(recode.items())), []).append(column.item)
            told |= contrary
    said = [f"{code} is {label}" for code, label in told.items()]
    for recode_pairs, items in alike.items():
        why = f"in the file {join_names(said, _MOST_NAMED)}"
        yield _Difference(tuple(items), why, dict(recode_pairs))


def _labelled(
    column: AnsweredItem, format_: ResponseFormat
) -> tuple[dict[float, float], dict[str, str]]:
    """Give what labels make of the codes of a column, and those that stand at other codes.

    Labels that the file keeps for the column speak for it; a label in a cell speaks for the column
    only if cells like it are three and a twentieth of all.
    """
    known = {k: v for k, v in label_codes(format_).items() if v in format_.values}
    pairs: dict[float, float] = {}
    contrary: dict[str, str] = {}
    in_cells = 0
    for text, n in column.counts.items():
        code, label = split_pair(text) or (text, column.labels.get(text, ""))
        means, number = known.get(normalise(label)), as_number(code)
        if means is None or number is None:
            continue
        pairs[number] = means
        if number != means:
            contrary[code] = f"{label!r}, here {write_number(means)}"
            in_cells += n if split_pair(text) else 0
    fewest = max(_FEWEST_CONTRARY, _SHARE_CONTRARY * sum(column.counts.values()))
    if 0 < in_cells < fewest:
        return {}, {}
    if contrary:
        for code, label in column.labels.items():
            means, number = known.get(normalise(label)), as_number(code)
            if means is not None and number is not None:
                pairs[number] = means
    return pairs, contrary


def _whole(
    pairs: Mapping[float, float], column: AnsweredItem, format_: ResponseFormat
) -> dict[str, float]:
    """Give a recode for every code that may occur, from the codes that labels tell.

    Labels of some points only, such as the ends, are enough where all of them say that the scale is
    turned round or shifted; else they must reach all codes of the column, or nothing is proposed.
    """
    points = format_.values
    width = points[0] + points[-1]
    turned = {p: width - p for p in points if width - p in points}
    if len(turned) == len(points) and all(width - c == means for c, means in pairs.items()):
        return _changed(turned)
    shifts = {means - code for code, means in pairs.items()}
    if len(shifts) == 1:
        shift = shifts.pop()
        return _changed({p - shift: p for p in points})
    return _changed(pairs) if set(_numbers(column, format_)) <= set(pairs) else {}


def _changed(pairs: Mapping[float, float]) -> dict[str, float]:
    """Keep the codes that change, written as files have them."""
    return {write_number(old): float(new) for old, new in pairs.items() if old != new}


def _other_numbers(asked: Sequence[AnsweredItem], format_: ResponseFormat) -> _Difference | None:
    """Find numbers that are shifted by one, or of a format with more points."""
    answers = [_numbers(column, format_) for column in asked]
    points = set(format_.values)
    total = sum(sum(counts.values()) for counts in answers)
    outside = [{v: n for v, n in counts.items() if v not in points} for counts in answers]
    n_outside = sum(sum(counts.values()) for counts in outside)
    n_items = sum(map(bool, outside))
    if not n_outside or n_items < _HALF * len(asked):
        return None
    observed = {value for counts in answers for value in counts}
    items = tuple(column.item for column in asked)
    seen = _range(observed)
    is_seen = len(observed) >= min(_FEWEST_VALUES, len(points))
    for shift in (-1, 1):
        shifted = {point + shift for point in points}
        if (
            is_seen
            and observed <= shifted
            and n_outside >= max(_FEWEST_OUTSIDE, _SHARE_OUTSIDE * total)
        ):
            recode = {write_number(v): v - shift for v in sorted(shifted)}
            return _Difference(items, f"the file has {seen}, here it is {_range(points)}", recode)
    if is_seen and _are_many(asked) and n_outside >= max(_FEWEST_WIDER, _SHARE_WIDER * total):
        why = (
            f"the file has {seen}, here it is {_range(points)}: these people answered on another "
            "scale, so the instrument needs the format that they had, or a recode="
        )
        return _Difference(items, why, {})
    return None


def _shifted_items(asked: Sequence[AnsweredItem], format_: ResponseFormat) -> Iterable[str]:
    """Say which items look shifted by one, though others of their format do not."""
    points = set(format_.values)
    for column in asked:
        counts = _numbers(column, format_)
        outside = {value: n for value, n in counts.items() if value not in points}
        if len(counts) < _FEWEST_VALUES or sum(outside.values()) < _FEWEST_OUTSIDE:
            continue
        if any(set(counts) <= {point + shift for point in points} for shift in (-1, 1)):
            yield (
                f"{column.item} has answers from {_range(counts)}, the others from "
                f"{_range(points)}: perhaps its codes are shifted. Look at the file; recode= turns "
                "them."
            )


def _unknown_texts(asked: Sequence[AnsweredItem], format_: ResponseFormat) -> _Difference | None:
    """Find answers that are mostly texts which the instrument does not know."""
    unknown: dict[str, int] = {}
    total = 0
    for column in asked:
        book = CodeBook(labels=column.labels, declared=column.declared)
        strange = unreadable_texts(column.counts, format_, book)
        total += sum(n for text, n in column.counts.items() if not is_blank(text))
        for text in strange:
            unknown[text] = unknown.get(text, 0) + column.counts[text]
    n_unknown = sum(unknown.values())
    if not _are_many(asked) or n_unknown < max(_FEWEST_CELLS, _SHARE_UNKNOWN * total):
        return None
    often = sorted(unknown, key=lambda text: (-unknown[text], text))[:_MOST_PROPOSED]
    named = join_names([repr(text) for text in often], _MOST_NAMED)
    why = f"the file has the answers {named}, which are no labels here"
    return _Difference(tuple(c.item for c in asked), why, _by_likeness(often, format_))


def _are_many(asked: Sequence[AnsweredItem]) -> bool:
    """Tell whether there are people enough to speak of the file, not of their cells."""
    return max(sum(column.counts.values()) for column in asked) >= _FEWEST_PEOPLE


def _by_likeness(texts: Sequence[str], format_: ResponseFormat) -> dict[str, float]:
    """Propose codes for texts that share most words with just one label."""
    known = label_codes(format_)
    found = {}
    for text in texts:
        words = set(normalise(text).split())
        shares = {
            label: len(words & set(label.split())) / len(words | set(label.split()))
            for label in known
        }
        best = max(shares.values(), default=0.0)
        labels = [label for label, share in shares.items() if share == best]
        if best >= _HALF and len({known[label] for label in labels}) == 1:
            found[text] = float(known[labels[0]])
    return found


def _numbers(column: AnsweredItem, format_: ResponseFormat) -> dict[float, int]:
    """Count the numbers of a column that are no missing codes."""
    missing = {option.code for option in format_.missing}
    lowest = min(0.0, *format_.values)  # below are codes of missing answers
    counts: dict[float, int] = {}
    for text, n in column.counts.items():
        number = as_number(text)
        if number is None or text in column.declared:
            continue
        if math.isfinite(number) and number >= lowest and number not in missing:
            counts[number] = counts.get(number, 0) + n
    return counts


def _range(values: Iterable[float]) -> str:
    """Say from where to where numbers go."""
    ordered = sorted(values)
    return f"{write_number(ordered[0])} to {write_number(ordered[-1])}"


def _refuse(
    differences: Sequence[tuple[tuple[str, ...], _Difference]], instrument: Instrument
) -> None:
    """Say what differs, and what to do; a format stands for its items if it is all of them."""
    proposal: dict[str, dict[str, float]] = {}
    told = []
    for (format_id, *asked), difference in differences:
        is_whole = len(asked) > 1 and set(asked) == set(difference.items)
        owners = (format_id,) if is_whole else difference.items
        if difference.recode:
            proposal |= dict.fromkeys(owners, difference.recode)
        told.append(f"{_named(difference.items)} (format {format_id}): {difference.why}")
    shown = {owner: _plain(recode) for owner, recode in proposal.items()}
    advice = (
        f" If the proposal is right, read again with recode={shown}."
        if proposal
        else " Give recode={item or format: {code in the file: code here}}."
    )
    message = (
        f"the codes of the file are not those of {instrument.id}@{instrument.version}, so nothing "
        f"was read. {'; '.join(told)}.{advice} If the codes are right as they stand, use "
        "check_codes=False."
    )
    raise CodeMismatchError(message, recode=proposal)


def _named(items: Sequence[str]) -> str:
    """Name items, or count them where they are many."""
    return join_names(items) if len(items) <= _MOST_NAMED else f"{len(items)} items"


def _plain(recode: Mapping[str, float]) -> dict[str, float]:
    """Write whole numbers without a point."""
    return {old: int(new) if float(new).is_integer() else new for old, new in recode.items()}
