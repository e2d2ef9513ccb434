"""Say on paper for whom a question is: "Only answer this if you answered ... to question ..."."""

from __future__ import annotations

from typing import TYPE_CHECKING

from innovsurvey.base.numbers import write_number
from innovsurvey.questionnaire.visibility import AllOf, AnyOf, Blank, Is, parts_of
from innovsurvey.questionnaire.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from innovsurvey.questionnaire.layout import Layout, Question
    from innovsurvey.questionnaire.visibility import Expression


def only_certain(expression: Expression | None) -> Expression | None:
    """Leave out what holds because a question was left open; how to fill in says that once.

    Examples
    --------
    >>> only_certain(AnyOf((Is("FLT1", (1,)), Blank("FLT1"))))
    Is(item='FLT1', values=(1,))
    """
    match expression:
        case AllOf(parts):
            return _all([only_certain(part) for part in parts])
        case AnyOf(parts):
            return _any([only_certain(part) for part in parts])
        case Blank():
            return None
    return expression


def _all(parts: list[Expression | None]) -> Expression | None:
    """Join parts that must all be certain."""
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    flat = dict.fromkeys(inner for part in known for inner in parts_of(part))
    return next(iter(flat)) if len(flat) == 1 else AllOf(tuple(flat))


def _any(parts: list[Expression | None]) -> Expression | None:
    """Join parts of which one is enough."""
    known = tuple(dict.fromkeys(part for part in parts if part is not None))
    if len(known) < 2:
        return known[0] if known else None
    return AnyOf(known)


class Instructions:
    """Write conditions as sentences; questions are named by their numbers."""

    def __init__(self, layout: Layout, language: str, numbers: Mapping[str, str]) -> None:
        self.layout = layout
        self.language = language
        self.numbers = numbers

    def only_if(self, parts: Sequence[Expression]) -> str:
        """Say what must hold; nothing where it always does."""
        if not parts:
            return ""
        condition = self._join("paper_and", [self._say(part) for part in parts])
        return word("paper_only_if", self.language).format(condition=condition)

    def _join(self, key: str, texts: Iterable[str]) -> str:
        """Put "and" or "or" between texts."""
        return word(key, self.language).join(texts)

    def _quote(self, text: str) -> str:
        """Put quotation marks around a text."""
        return word("paper_quote", self.language).format(text=text)

    def _say(self, part: Expression) -> str:
        """Say one condition."""
        match part:
            case AllOf(parts):
                return self._join("paper_and", [self._say(inner) for inner in parts])
            case AnyOf(parts):
                return self._join("paper_or", self._alternatives(parts))
            case Is(item, values):
                return self._say_answer(item, values)
        return ""

    def _alternatives(self, parts: Sequence[Expression]) -> list[str]:
        """Say conditions of which one is enough; boxes of one question are named together."""
        texts: list[str] = []
        ticked: dict[str, list[str]] = {}
        for part in parts:
            if isinstance(part, Is) and self._means_ticked(part):
                ticked.setdefault(self.numbers[part.item], []).append(self._cell_text(part.item))
            else:
                texts.append(self._say(part))
        for place, boxes in ticked.items():
            answers = self._join("paper_or", boxes)
            texts.append(
                word("paper_if_ticked", self.language).format(answers=answers, place=place)
            )
        return texts

    def _means_ticked(self, part: Is) -> bool:
        """Tell whether a condition is that a box is ticked."""
        return self.layout.question_of(part.item).kind == "ticks" and 1 in part.values

    def _cell_text(self, item: str) -> str:
        """Quote the text of an item."""
        return self._quote(self.layout.cell_of(item).text.say(self.language))

    def _say_answer(self, item: str, values: tuple[float, ...]) -> str:
        """Say which answer a question must have got."""
        question = self.layout.question_of(item)
        place, key = self.numbers[item], "paper_if_answered"
        if question.kind == "ticks":
            key = "paper_if_ticked" if 1 in values else "paper_if_not_ticked"
            answers = self._cell_text(item)
        else:
            answers = self._answers(question, values)
            if question.matrix is not None:
                place = f"{place}, {self._cell_text(item)}"
        return word(key, self.language).format(answers=answers, place=place)

    def _answers(self, question: Question, values: tuple[float, ...]) -> str:
        """Name answers by their labels."""
        labels = {o.value: o.label.say(self.language) for o in question.options}
        quoted = (self._quote(labels.get(value, write_number(value))) for value in values)
        return self._join("paper_or", quoted)
