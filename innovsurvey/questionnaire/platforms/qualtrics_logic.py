"""When a question is shown, in the form that the display logic of Qualtrics has.

Display logic is a list of sets that all have to hold (``If``, ``AndIf``), each with conditions of
which one has to hold (``Or``): a choice was selected, or was not. Sets and conditions are never
joined in another way here, so nothing depends on which of the two binds closer.
"""

from __future__ import annotations

import html
from dataclasses import dataclass
from itertools import product
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import join_names
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.platforms.qualtrics_parts import place_of
from innovsurvey.questionnaire.visibility import AllOf, AnyOf, Blank, Is

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from innovsurvey.questionnaire.layout import Layout, Question
    from innovsurvey.questionnaire.visibility import Expression

_TICKED: Final = 1.0


@dataclass(frozen=True, slots=True)
class Choice:
    """One condition: a choice of a question was selected, or was not.

    ``place`` is the id of the choice; ``alone`` tells that only one can be selected.
    """

    code: str
    place: str
    selected: bool
    alone: bool


def display_logic(
    expression: Expression, layout: Layout, qids: Mapping[str, str]
) -> dict[str, Any] | None:
    """Write an expression as display logic; None where it always holds.

    Raises
    ------
    ExportError
        It depends on something else than a question with choices.
    """
    sets = clauses(expression, layout)
    if not sets:
        return None
    logic: dict[str, Any] = {}
    for number, choices in enumerate(sets):
        conditions: dict[str, Any] = {
            str(place): _condition(choice, qids[choice.code], is_first=place == 0)
            for place, choice in enumerate(choices)
        }
        logic[str(number)] = conditions | {"Type": "AndIf" if number else "If"}
    return logic | {"Type": "BooleanExpression", "inPage": False}


def selected(qid: str, place: str, *, operator: str) -> dict[str, Any]:
    """Write a condition on a choice; the operator is ``Selected`` or ``NotSelected``."""
    locator = f"q://{qid}/SelectableChoice/{place}"
    return {
        "LogicType": "Question",
        "QuestionID": qid,
        "QuestionIsInLoop": "no",
        "ChoiceLocator": locator,
        "Operator": operator,
        "QuestionIDFromLocator": qid,
        "LeftOperand": locator,
        "Type": "Expression",
    }


def clauses(expression: Expression, layout: Layout) -> tuple[tuple[Choice, ...], ...]:
    """Turn an expression into sets of conditions: one of each set has to hold.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_instrument("innovation-outcomes"))
    >>> clauses(layout.question_of("INNLOGIC").show_if, layout)
    ((Choice(code='INNSTEP', place='1', selected=False, alone=True),),)
    """
    return tuple(
        tuple(sorted(clause, key=lambda c: (c.code, int(c.place), c.selected)))
        for clause in _clauses(expression, layout)
    )


def _clauses(expression: Expression, layout: Layout) -> list[frozenset[Choice]]:
    """Do the same for one part, without sets that always hold or that others imply."""
    match expression:
        case Is(item, values):
            return _is(layout, item, values)
        case Blank(item):
            question = _filter(layout, item)
            return [frozenset({choice}) for choice in _all(layout, question, selected=False)]
        case AllOf(parts):
            return _without_implied(c for part in parts for c in _clauses(part, layout))
        case AnyOf(parts):
            each = [_clauses(part, layout) for part in parts]
            return _without_implied(frozenset().union(*chosen) for chosen in product(*each))


def _is(layout: Layout, item: str, values: tuple[float, ...]) -> list[frozenset[Choice]]:
    """Say that an item has one of the values; an empty box counts if another one is ticked."""
    question = _filter(layout, item)
    if question.kind == "choice":
        places = [n for n, o in enumerate(question.options, start=1) if o.value in values]
        return [frozenset(Choice(question.code, str(n), True, True) for n in places)]
    place = str(place_of(layout, question, layout.cell_of(item)))
    ticked = _TICKED in values
    any_box = frozenset(_all(layout, question, selected=True))
    if ticked and len(values) > 1:
        return [any_box]
    this = frozenset({Choice(question.code, place, ticked, False)})
    return [this] if ticked else [this, any_box]


def _all(layout: Layout, question: Question, *, selected: bool) -> list[Choice]:
    """Give one condition for every choice of a question."""
    if question.kind == "choice":
        places = [n for n, _ in enumerate(question.options, start=1)]
    else:
        places = [place_of(layout, question, cell) for cell in question.cells]
    alone = question.kind == "choice"
    return [Choice(question.code, str(place), selected, alone) for place in places]


def _filter(layout: Layout, item: str) -> Question:
    """Find the question that a filter depends on."""
    question = layout.question_of(item)
    if question.kind not in {"choice", "ticks"}:
        message = (
            f"{layout.id} shows questions by the answer to {item}, which is no single question "
            "with choices, and this export cannot write that for Qualtrics. Use another item for "
            f"the filter, or another format. Filters can use: {join_names(_usable(layout))}."
        )
        raise ExportError(message)
    return question


def _usable(layout: Layout) -> list[str]:
    """Name the items that a filter may depend on."""
    return [c.name for q in layout.questions if q.kind in {"choice", "ticks"} for c in q.cells]


def _without_implied(found: Iterable[frozenset[Choice]]) -> list[frozenset[Choice]]:
    """Simplify the sets, and leave out those that always hold or follow from a smaller one."""
    kept = dict.fromkeys(clause for clause in map(_simplified, found) if clause is not None)
    return [c for c in kept if not any(other < c for other in kept)]


def _simplified(clause: frozenset[Choice]) -> frozenset[Choice] | None:
    """Drop what follows from the rest of a set; None for a set that always holds.

    Where only one choice can be selected, "the first was selected" says no more than "the second
    was not", and two choices cannot both have been selected.
    """
    unselected = {(c.code, c.place) for c in clause if not c.selected}
    if any(c.selected and (c.code, c.place) in unselected for c in clause):
        return None
    single = [c.code for c in clause if c.alone and not c.selected]
    if len(single) != len(set(single)):
        return None
    return frozenset(c for c in clause if not (c.selected and c.alone and c.code in single))


def _condition(choice: Choice, qid: str, *, is_first: bool) -> dict[str, Any]:
    """Write one condition of a set."""
    operator = "Selected" if choice.selected else "NotSelected"
    said = "Is Selected" if choice.selected else "Is Not Selected"
    joined = {} if is_first else {"Conjuction": "Or"}  # spelt so by Qualtrics
    description = " ".join(
        f'<span class="{part}">{html.escape(words)}</span>'
        for part, words in (
            ("ConjDesc", "If" if is_first else "Or"),
            ("QuestionDesc", choice.code),
            ("LeftOpDesc", choice.place),
            ("OpDesc", said),
        )
    )
    return selected(qid, choice.place, operator=operator) | {"Description": description} | joined
