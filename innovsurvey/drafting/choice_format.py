"""Make a response format of a list of choices whose codes may be numbers, words or both."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.drafting.answer_kinds import level_of, says_nothing
from innovsurvey.drafting.model import DraftFormat, DraftMissing, DraftPoint

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.drafting.model import Level, Words

_NUMBER: Final = re.compile(r"-?(0|[1-9]\d{0,8})(\.\d{1,6})?")
_FEWEST: Final = 2
_NOT_SHOWN: Final = -12.0  # the code of questions that were not shown


@dataclass(frozen=True)
class Choice:
    """One answer as the survey program has it."""

    code: str
    label: Words


def choice_format(choices: Sequence[Choice]) -> DraftFormat:
    """Give points and missing options their numbers: their codes, or free ones in their order.

    Examples
    --------
    >>> made = choice_format([Choice("low", {"en": "Low"}), Choice("x", {"en": "Don't know"}),
    ...     Choice("mid", {"en": "Medium"}), Choice("high", {"en": "High"})])
    >>> made.level, [(p.value, p.written) for p in made.points], made.missing[0].code
    ('ordinal', [(1.0, 'low'), (2.0, 'mid'), (3.0, 'high')], -1.0)
    """
    by_code = {choice.code: choice for choice in reversed(choices)}
    once = [by_code[code] for code in dict.fromkeys(choice.code for choice in choices)]
    given = [choice for choice in once if not _is_missing(choice)]
    if len(given) < _FEWEST:
        given = once
    others = [choice for choice in once if choice not in given]
    values = _values(given, others)
    points = tuple(
        DraftPoint(values[c.code], c.label, "" if _is_number(c.code) else c.code) for c in given
    )
    missing = tuple(
        DraftMissing(values[c.code], c.label or {}, written="" if _is_number(c.code) else c.code)
        for c in others
    )
    return DraftFormat(_level(points), points, missing)


def _level(points: Sequence[DraftPoint]) -> Level:
    """Tell the level from the labels of the first language, in the order of the values."""
    ordered = sorted(points, key=lambda point: point.value)
    return level_of([next(iter(point.label.values()), "") for point in ordered])


def _is_missing(choice: Choice) -> bool:
    """Tell a choice that gives no answer, by its label or, without one, by its code."""
    return says_nothing([*choice.label.values()] or [choice.code])


def _is_number(code: str) -> bool:
    """Tell a code that is a number."""
    return bool(_NUMBER.fullmatch(code))


def _values(given: Sequence[Choice], others: Sequence[Choice]) -> dict[str, float]:
    """Give each choice its number; a word gets the next free one, a missing option below 0."""
    numbers = {c.code: float(c.code) for c in (*given, *others) if _is_number(c.code)}
    taken = {*numbers.values(), _NOT_SHOWN}
    for choice in given:
        numbers.setdefault(choice.code, _next(taken, 1.0))
        taken.add(numbers[choice.code])
    for choice in others:
        numbers.setdefault(choice.code, _next(taken, -1.0))
        taken.add(numbers[choice.code])
    return numbers


def _next(taken: set[float], step: float) -> float:
    """Give the next number that is free, away from 0."""
    number = step
    while number in taken:
        number += step
    return number
