"""Refuse codes that a target could not hold, before it renames or drops them silently."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from innovsurvey.base.checks import join_names
from innovsurvey.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.questionnaire.layout import Layout


@dataclass(frozen=True)
class CodeLimits:
    """What codes a target takes.

    Parameters
    ----------
    target
        Its name, for the message.
    pattern
        What a question code or row code must match, and ``rule``, the same in words.
    longest
        Most characters of a code.
    longest_answer
        Most characters of an answer code.
    reserved
        Names that the target keeps for itself, in lower case.
    """

    target: str
    pattern: str
    rule: str
    longest: int
    longest_answer: int
    reserved: frozenset[str] = frozenset()


def answer_token(value: float) -> str:
    """Write an answer code in letters and digits: ``N`` stands for the minus sign.

    Examples
    --------
    >>> answer_token(4), answer_token(-7)
    ('4', 'N7')
    """
    return f"{value:g}".replace("-", "N")


def check_codes(layout: Layout, limits: CodeLimits) -> None:
    """Raise an ExportError with every code that does not fit, and why."""
    problems = list(dict.fromkeys([*_unfit(layout, limits), *_repeated(layout)]))
    if problems:
        message = (
            f"{len(problems)} code(s) of {layout.id} do not fit {limits.target}: "
            f"{join_names(problems, 20)}. Codes are never changed silently: change them in the "
            "instrument file."
        )
        raise ExportError(message)


def _codes(layout: Layout) -> Iterator[str]:
    """Give the codes of all questions and of their rows."""
    for question in layout.questions:
        yield question.code
        yield from (cell.code for cell in question.cells if cell.code != question.code)


def _unfit(layout: Layout, limits: CodeLimits) -> Iterator[str]:
    """Say which codes are too long, badly written or reserved."""
    for code in _codes(layout):
        if not re.fullmatch(limits.pattern, code):
            yield f"{code} ({limits.rule})"
        elif len(code) > limits.longest:
            yield f"{code} ({len(code)} characters, at most {limits.longest})"
        elif code.casefold() in limits.reserved:
            yield f"{code} (reserved)"
    for question in layout.questions:
        for option in question.options:
            token = answer_token(option.value)
            if len(token) > limits.longest_answer:
                yield f"answer {token} of {question.code} (at most {limits.longest_answer} long)"


def _repeated(layout: Layout) -> Iterator[str]:
    """Say which questions, or rows of one question, share a code but for its case."""
    yield from _twins([question.code for question in layout.questions])
    for question in layout.questions:
        yield from _twins([cell.code for cell in question.cells])
    yield from _twins([cell.name for question in layout.questions for cell in question.cells])


def _twins(codes: list[str]) -> Iterator[str]:
    """Say which codes are equal but for their case."""
    seen: dict[str, str] = {}
    for code in codes:
        first = seen.setdefault(code.casefold(), code)
        if first != code or codes.count(code) > 1:
            yield f"{code} (the same as {first}, as far as case goes)"
