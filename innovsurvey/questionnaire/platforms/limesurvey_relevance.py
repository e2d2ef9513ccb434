"""Write when a question is shown in the expression language of LimeSurvey."""

from __future__ import annotations

from typing import TYPE_CHECKING

from innovsurvey.base.numbers import write_number
from innovsurvey.questionnaire.codes import answer_token
from innovsurvey.questionnaire.visibility import AllOf, AnyOf, Blank, Is

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.questionnaire.layout import Layout, Question
    from innovsurvey.questionnaire.visibility import Expression

ALWAYS = "1"


def relevance(expression: Expression | None, layout: Layout) -> str:
    """Write an expression; ``1`` where there is none.

    Notes
    -----
    A hidden question is empty in LimeSurvey, and with ``.NAOK`` an empty one can be compared. "Not
    answered" is written as "none of the answers", because ``is_empty`` has taken the answer 0 for
    empty in some versions.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_instrument("innovation-outcomes"))
    >>> relevance(layout.question_of("INNLOGIC").show_if, layout)
    'INNSTEP.NAOK!="0"'
    """
    if expression is None:
        return ALWAYS
    return _write(expression, layout)


def both(first: str, second: str) -> str:
    """Join two conditions; one that always holds is left out.

    Examples
    --------
    >>> both('A.NAOK=="Y"', "1"), both('A.NAOK=="Y"', 'B.NAOK!="2"')
    ('A.NAOK=="Y"', 'A.NAOK=="Y" and (B.NAOK!="2")')
    """
    return first if second == ALWAYS else f"{first} and ({second})"


def _write(expression: Expression, layout: Layout) -> str:
    """Write one expression."""
    match expression:
        case Is(item, values):
            return _is(item, values, layout)
        case Blank(item):
            return _blank(item, layout)
        case AllOf(parts):
            return _join([_write(part, layout) for part in parts], "and")
        case AnyOf(parts):
            return _any(parts, layout)


def _any(parts: Sequence[Expression], layout: Layout) -> str:
    """Write alternatives; answered with a value or not at all is "with none of the others"."""
    blank = {part.item for part in parts if isinstance(part, Blank)}
    written: list[str] = []
    merged: set[str] = set()
    for part in parts:
        if isinstance(part, Is) and part.item in blank and _is_choice(part.item, layout):
            written.append(_none_of(part.item, _others(part, layout), layout))
            merged.add(part.item)
    rest = [part for part in parts if not (isinstance(part, (Is, Blank)) and part.item in merged)]
    written += [_write(part, layout) for part in rest]
    return _join(list(dict.fromkeys(written)), "or")


def _is(item: str, values: Sequence[float], layout: Layout) -> str:
    """Write that an item was answered with one of the values."""
    question = layout.question_of(item)
    name = _variable(item, question)
    if question.kind != "ticks":
        write = answer_token if _is_choice(item, layout) else write_number
        return _join([f'{name}=="{write(value)}"' for value in values], "or")
    written = [f'{name}=="Y"'] if 1 in values else []
    if 0 in values:
        others = [f'{_variable(cell.name, question)}=="Y"' for cell in question.cells]
        written.append(f'({name}!="Y" and {_join(others, "or")})')
    return _join(written, "or")


def _blank(item: str, layout: Layout) -> str:
    """Write that an item was not answered."""
    question = layout.question_of(item)
    if question.kind == "ticks":
        return _join([f'{_variable(c.name, question)}!="Y"' for c in question.cells], "and")
    if not _is_choice(item, layout):
        return f"is_empty({_variable(item, question)})"
    return _none_of(item, [option.value for option in question.options], layout)


def _none_of(item: str, values: Sequence[float], layout: Layout) -> str:
    """Write that an item was answered with none of the values, or not at all."""
    name = _variable(item, layout.question_of(item))
    return _join([f'{name}!="{answer_token(value)}"' for value in values] or [ALWAYS], "and")


def _others(part: Is, layout: Layout) -> list[float]:
    """Give the answers that are not among the values."""
    options = layout.question_of(part.item).options
    return [option.value for option in options if option.value not in part.values]


def _is_choice(item: str, layout: Layout) -> bool:
    """Tell whether an item is answered by choosing one of several answers."""
    return layout.question_of(item).kind in {"choice", "array"}


def _variable(item: str, question: Question) -> str:
    """Name the variable of an item."""
    code = next(cell.code for cell in question.cells if cell.name == item)
    name = code if code == question.code else f"{question.code}_{code}"
    return f"{name}.NAOK"


def _join(parts: Sequence[str], word: str) -> str:
    """Join conditions, in brackets where there are several."""
    return parts[0] if len(parts) == 1 else f"({f' {word} '.join(parts)})"
