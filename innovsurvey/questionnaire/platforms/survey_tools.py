"""What the writers for Qualtrics and REDCap share."""

from __future__ import annotations

from typing import TYPE_CHECKING

from innovsurvey.questionnaire.visibility import AllOf, AnyOf
from innovsurvey.questionnaire.words import word

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.questionnaire.layout import Question
    from innovsurvey.questionnaire.visibility import Expression


def shown_with_any(questions: Sequence[Question]) -> Expression | None:
    """Say when a text is shown that stands above questions: when one of them is.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> page = make_layout(isv.load_instrument("innovation-outcomes")).pages[0]
    >>> shown_with_any(page.questions[1:2])
    AnyOf(parts=(Is(item='INNSTEP', values=(1, -9)), Blank(item='INNSTEP')))
    >>> shown_with_any(page.questions) is None
    True
    """
    conditions = dict.fromkeys(question.show_if for question in questions)
    if None in conditions:
        return None
    parts = {c: _parts(c) for c in conditions if c is not None}
    weakest = tuple(c for c in parts if not any(other < parts[c] for other in parts.values()))
    return weakest[0] if len(weakest) == 1 else AnyOf(weakest)


def _parts(expression: Expression) -> frozenset[Expression]:
    """Give what all has to hold; with more parts an expression holds less often."""
    return frozenset(expression.parts if isinstance(expression, AllOf) else (expression,))


def instead_of_number(question: Question, language: str) -> list[str]:
    """Say which codes to write in place of a number, for a question with missing options."""
    said = word("platform_instead", language)
    return [
        said.format(code=f"{option.value:g}", label=option.label.say(language))
        for option in question.options
        if option.reason is not None
    ]
