"""Refuse codes that a target could not hold, before it renames or drops them silently."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from innovsurvey.base.checks import join_names
from innovsurvey.base.numbers import write_number
from innovsurvey.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from innovsurvey.questionnaire.layout import Layout, Question


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
        Names that the target keeps for itself, in lower case; the columns that a file carries are
        reserved in every target.
    answers
        What an answer code must match, as :func:`answer_token` writes it, and ``answer_rule``, the
        same in words.
    by_name
        Whether columns stand side by side under their own names, not under the code of their
        question.
    """

    target: str
    pattern: str
    rule: str
    longest: int
    longest_answer: int
    reserved: frozenset[str] = frozenset()
    answers: str = r"N?\d+(\.\d+)?"
    answer_rule: str = "a number"
    by_name: bool = True


def answer_token(value: float) -> str:
    """Write an answer code without a sign: ``N`` stands for the minus.

    A fraction keeps its point. Where a target takes letters and digits only,
    :func:`check_codes` refuses it.

    Examples
    --------
    >>> answer_token(4), answer_token(-7), answer_token(0.5)
    ('4', 'N7', '0.5')
    """
    return write_number(value).replace("-", "N")


def check_codes(layout: Layout, limits: CodeLimits) -> None:
    """Raise an ExportError with every code that does not fit, and why.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_form("self-assessment"))
    >>> check_codes(layout, CodeLimits("SPSS", "[A-Z].*", "a capital first", 64, 8))
    >>> check_codes(layout, CodeLimits("a card", "[A-Z].*", "a capital first", 5, 8))
    Traceback (most recent call last):
    innovsurvey.errors.ExportError: ...
    """
    problems = list(dict.fromkeys([*_unfit(layout, limits), *_repeated(layout, limits)]))
    if problems:
        message = (
            f"{len(problems)} code(s) of {layout.id} do not fit {limits.target}: "
            f"{join_names(problems, 20)}. Codes are never changed silently: change them in the "
            "instrument file."
        )
        raise ExportError(message)


def refuse_shared_names(layout: Layout) -> None:
    """Raise an ExportError if a column is asked twice, or is asked and carried by the file, too."""
    carried = [name for name, _ in layout.carried]
    problems = list(_twins([*carried, *_names(layout.questions)]))
    if problems:
        message = (
            f"columns of {layout.id} share a name: {join_names(problems, 20)}. Rename the item or "
            f"context column in the instrument file. The file itself carries {join_names(carried)}."
        )
        raise ExportError(message)


def _names(questions: Iterable[Question]) -> list[str]:
    """Give the names of the columns of the data."""
    return [cell.name for question in questions for cell in question.cells]


def _codes(layout: Layout, limits: CodeLimits) -> Iterator[str]:
    """Give the codes of all questions and of their rows, and the names that stand in the file."""
    for question in layout.questions:
        yield question.code
        yield from (cell.code for cell in question.cells)
    if limits.by_name:
        yield from _fields(layout)


def _fields(layout: Layout) -> list[str]:
    """Give the names under which answers stand side by side; boxes to tick share one."""
    boxes = [question.code for question in layout.questions if question.kind == "ticks"]
    return [*boxes, *_names(q for q in layout.questions if q.kind != "ticks")]


def _unfit(layout: Layout, limits: CodeLimits) -> Iterator[str]:
    """Say which codes are too long, badly written or reserved."""
    reserved = limits.reserved | {name.casefold() for name, _ in layout.carried}
    for code in _codes(layout, limits):
        if not re.fullmatch(limits.pattern, code):
            yield f"{code} ({limits.rule})"
        elif len(code) > limits.longest:
            yield f"{code} ({len(code)} characters, at most {limits.longest})"
        elif code.casefold() in reserved:
            yield f"{code} (reserved)"
    for question in layout.questions:
        if question.kind in {"choice", "array"}:
            yield from _unfit_answers(question, limits)


def _unfit_answers(question: Question, limits: CodeLimits) -> Iterator[str]:
    """Say which answers to choose have codes that are too long or badly written."""
    for option in question.options:
        token = answer_token(option.value)
        if not re.fullmatch(limits.answers, token):
            yield f"answer {token} of {question.code} ({limits.answer_rule})"
        elif len(token) > limits.longest_answer:
            yield f"answer {token} of {question.code} (at most {limits.longest_answer} long)"


def _repeated(layout: Layout, limits: CodeLimits) -> Iterator[str]:
    """Say which questions, or rows of one question, share a code but for its case."""
    yield from _twins([question.code for question in layout.questions])
    for question in layout.questions:
        yield from _twins([cell.code for cell in question.cells])
    if limits.by_name:
        yield from _twins(_fields(layout))


def _twins(codes: list[str]) -> Iterator[str]:
    """Say which codes are equal but for their case."""
    seen: dict[str, str] = {}
    for code in codes:
        first = seen.setdefault(code.casefold(), code)
        if first != code or codes.count(code) > 1:
            yield f"{code} (the same as {first}, as far as case goes)"
