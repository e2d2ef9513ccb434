"""Find lists of answers that are one, in the order of their steps where it is known."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.drafting.answer_ladders import KNOWN_WORDS, in_steps, on_ladder
from innovsurvey.responses.cells import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST_COMMON: Final = 2


@dataclass(frozen=True)
class AnswerList:
    """Different answers; ``is_ordered`` tells that they stand from low to high."""

    answers: tuple[str, ...]
    is_ordered: bool


def shared_answers(found: Sequence[Sequence[str]]) -> list[AnswerList]:
    """Give for the answers of each column the list that it has in common with other columns.

    A list that is part of another becomes that one. Two lists with at least two answers in common
    become one if the words of all their answers are steps of one thing.

    Examples
    --------
    >>> lists = shared_answers([["Often", "Never", "Always"], ["Never", "Often", "Rarely"], ["No"]])
    >>> lists[0].answers, lists[1] is lists[0], lists[2].is_ordered
    (('Never', 'Rarely', 'Often', 'Always'), True, False)
    """
    written: dict[str, str] = {}
    for answers in found:
        for answer in answers:
            written.setdefault(normalise(answer), answer)
    plain = [frozenset(map(normalise, answers)) for answers in found]
    pools: list[frozenset[str]] = []
    for part in sorted(dict.fromkeys(plain), key=len, reverse=True):
        _pour(part, pools)
    lists = {pool: _in_order([written[answer] for answer in sorted(pool)]) for pool in pools}
    return [lists[_home(answers, pools)] for answers in plain]


def _home(answers: frozenset[str], pools: Sequence[frozenset[str]]) -> frozenset[str]:
    """Find the list that answers became part of."""
    parts = (pool for pool in pools if answers <= pool and _are_one(answers, pool))
    return next(parts, answers)


def _pour(answers: frozenset[str], pools: list[frozenset[str]]) -> None:
    """Add answers to the first pool that they belong to, or make a new one; pools then meet."""
    for pool in pools:
        if _are_one(answers, pool):
            pools.remove(pool)
            if pool != answers | pool:
                _pour(answers | pool, pools)
            else:
                pools.insert(0, pool)
            return
    pools.append(answers)


def _are_one(answers: frozenset[str], pool: frozenset[str]) -> bool:
    """Tell lists that are part of each other, or steps of one thing."""
    common = answers & pool
    if len(common) < _FEWEST_COMMON and not (common and common in {answers, pool}):
        return False
    is_part = common in {answers, pool} and len(common) >= _FEWEST_COMMON
    may_be_steps = answers <= KNOWN_WORDS and pool <= KNOWN_WORDS
    return is_part or (may_be_steps and on_ladder(sorted(answers | pool)) is not None)


def _in_order(answers: list[str]) -> AnswerList:
    """Put answers in their order: from low to high, else by the alphabet."""
    steps = in_steps(answers)
    return AnswerList(tuple(steps or sorted(answers)), steps is not None)
