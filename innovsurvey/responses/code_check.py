"""Compare the codes and labels of a file with those of the instrument, before anything is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.base.numbers import write_number
from innovsurvey.errors import CodeMismatchError
from innovsurvey.responses.cells import (
    as_number,
    is_blank,
    is_reason_mark,
    label_codes,
    normalise,
    split_pair,
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


def check_codes(columns: Sequence[AnsweredItem], instrument: Instrument) -> None:
    """Refuse a file whose codes mean something else than those of the instrument.

    That is so where the file's own labels stand at other codes; where all answers to the items of
    a format are shifted by one (0 to 4 for 1 to 5); and, with ten people or more, where they reach
    beyond its points in a tenth of the cells and half of the items, or where half of them are texts
    that are no labels.
    A single strange cell is no matter for this check: it becomes missing, with its reason.

    Raises
    ------
    CodeMismatchError
        The codes differ; ``recode`` is the proposal.
    """
    differences: list[tuple[str, _Difference]] = []
    for format_ in instrument.formats:
        asked = [c for c in columns if instrument.item(c.item).format == format_.id]
        if asked and format_.points and format_.level != "multiple":
            differences += [(format_.id, d) for d in _differences(asked, format_)]
    if differences:
        _refuse(differences, instrument)


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
    known = label_codes(format_)
    points = set(format_.values)
    alike: dict[tuple[tuple[str, float], ...], list[str]] = {}
    said: dict[str, str] = {}
    for column in asked:
        recode, n_contrary, n_pairs = {}, 0, 0
        for text, n in column.counts.items():
            code, label = split_pair(text) or (text, column.labels.get(text, ""))
            means = known.get(normalise(label)) if label else None
            number = as_number(code)
            if means not in points or number is None:
                continue
            n_pairs += n
            if number != means:
                recode[code] = float(means)
                said[code] = label
                n_contrary += n
        if recode and n_contrary > _SHARE_CONTRARY * n_pairs:
            alike.setdefault(tuple(sorted(recode.items())), []).append(column.item)
    for pairs, items in alike.items():
        told = [f"{code} is {said[code]!r}, here {write_number(new)}" for code, new in pairs]
        yield _Difference(tuple(items), f"in the file {join_names(told, _MOST_NAMED)}", dict(pairs))


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
            and n_outside >= max(_FEWEST_CELLS, _SHARE_OUTSIDE * total)
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


def _unknown_texts(asked: Sequence[AnsweredItem], format_: ResponseFormat) -> _Difference | None:
    """Find answers that are mostly texts which the instrument does not know."""
    known = label_codes(format_)
    unknown: dict[str, int] = {}
    total = 0
    for column in asked:
        for text, n in column.counts.items():
            if is_blank(text) or text in column.declared:
                continue
            total += n
            if _is_unknown(text, column, known):
                unknown[text] = unknown.get(text, 0) + n
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


def _is_unknown(text: str, column: AnsweredItem, known: Mapping[str, float]) -> bool:
    """Tell a text that is neither number nor label."""
    if as_number(text) is not None or normalise(text) in known or is_reason_mark(text):
        return False
    pair = split_pair(text)
    label = pair[1] if pair else column.labels.get(text, "")
    return not (pair and as_number(pair[0]) is not None) and normalise(label) not in known


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


def _refuse(differences: Sequence[tuple[str, _Difference]], instrument: Instrument) -> None:
    """Say what differs, and what to do."""
    formats = {item.id: item.format for item in instrument.items}
    proposal: dict[str, dict[str, float]] = {}
    told = []
    for format_id, difference in differences:
        all_items = {name for name, known in formats.items() if known == format_id}
        of_format = [d for name, d in differences if name == format_id]
        whole = len(of_format) == 1 and len(difference.items) > 1
        owners = (format_id,) if whole and set(difference.items) <= all_items else difference.items
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
