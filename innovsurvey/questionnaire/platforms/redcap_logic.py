"""When a field is shown, in the logic of REDCap."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.questionnaire.visibility import AllOf, AnyOf, Blank, Is

if TYPE_CHECKING:
    from innovsurvey.questionnaire.layout import Layout
    from innovsurvey.questionnaire.visibility import Expression

_TICKED: Final = 1.0


def branching(expression: Expression, layout: Layout) -> str:
    """Write an expression as branching logic.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_instrument("innovation-outcomes"))
    >>> branching(layout.question_of("INNLOGIC").show_if, layout)
    "([innstep] = '1' or [innstep] = '-9') or [innstep] = ''"
    """
    match expression:
        case Is(item, values):
            return " or ".join(_is(layout, item, value) for value in values)
        case Blank(item):
            return _blank(layout, item)
        case AllOf(parts):
            return " and ".join(_inside(part, layout) for part in parts)
        case AnyOf(parts):
            return " or ".join(_inside(part, layout) for part in parts)


def _inside(part: Expression, layout: Layout) -> str:
    """Write a part; what joins several conditions goes into brackets."""
    written = branching(part, layout)
    return f"({written})" if " or " in written or " and " in written else written


def _is(layout: Layout, item: str, value: float) -> str:
    """Write that an item has a value; an empty box counts if another one is ticked."""
    question = layout.question_of(item)
    if question.kind != "ticks":
        return f"[{item.lower()}] = '{write_number(value)}'"
    ticked = f"{_box(layout, item)} = '{write_number(value)}'"
    if value == _TICKED:
        return ticked
    others = " or ".join(f"{_box(layout, cell.name)} = '1'" for cell in question.cells)
    return f"({ticked} and ({others}))"


def _blank(layout: Layout, item: str) -> str:
    """Write that an item was not answered; for a box, that none of its question is ticked."""
    question = layout.question_of(item)
    if question.kind != "ticks":
        return f"[{item.lower()}] = ''"
    return " and ".join(f"{_box(layout, cell.name)} = '0'" for cell in question.cells)


def _box(layout: Layout, item: str) -> str:
    """Name a box to tick, such as ``[stage(ph1)]``."""
    question, cell = layout.question_of(item), layout.cell_of(item)
    return f"[{question.code.lower()}({cell.code.lower()})]"
