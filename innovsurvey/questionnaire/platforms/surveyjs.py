"""Write a questionnaire as a SurveyJS model: JSON for the open library that runs on a web page."""

from __future__ import annotations

import html
import json
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.questionnaire.codes import CodeLimits, check_codes
from innovsurvey.questionnaire.platforms.phrases import number_hint, range_message, row_label
from innovsurvey.questionnaire.visibility import AllOf, AnyOf, Blank, Is

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.definitions.model import Text
    from innovsurvey.questionnaire.layout import Layout, Page, Question
    from innovsurvey.questionnaire.visibility import Expression

_LIMITS: Final = CodeLimits(
    target="SurveyJS",
    pattern=r"[A-Za-z_][A-Za-z0-9_]*",
    rule="letters, digits and underscores only, no digit first",
    longest=64,
    longest_answer=32,
    # What expressions of the library mean by themselves.
    reserved=frozenset(
        {
            *("and", "or", "not", "empty", "notempty", "contains", "notcontains", "anyof"),
            *("allof", "noneof", "true", "false", "null", "undefined", "consent", "pageno"),
            *("pagecount", "locale", "row", "item", "panel", "self"),
        }
    ),
)
_GAP: Final = "\u200b"

_Json = dict[str, Any]


def write_surveyjs(layout: Layout) -> bytes:
    """Write the model as JSON; the library itself is not part of it.

    Parameters
    ----------
    layout
        The questionnaire, in all its languages.

    Returns
    -------
    bytes
        UTF-8 text.

    Raises
    ------
    ExportError
        A code does not fit.

    Notes
    -----
    ``survey.data`` holds the answers under the ids of the items: ``{"Q01": {"CON01": 4}, "PH1":
    {"AC1": 2}, "STAGE": ["PH1"]}``, ratings and missing options as numbers, together with what the
    file carries. Answers that a filter hides are cleared at once, so that what depends on them is
    hidden, too.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> model = json.loads(write_surveyjs(make_layout(isv.load_instrument("innovation-culture"))))
    >>> model["pages"][1]["elements"][0]["rows"][0]["value"]
    'INC01'
    """
    check_codes(layout, _LIMITS)
    return (json.dumps(_Model(layout).survey(), ensure_ascii=False, indent=1) + "\n").encode()


def escape(text: str) -> str:
    r"""Write a text so that braces are shown; the library puts answers in place of ``{name}``.

    Examples
    --------
    >>> escape("{also}").replace("\u200b", "|")
    '{|also}'
    """
    return text.replace("{", f"{{{_GAP}")


class _Model:
    """The parts of the model."""

    def __init__(self, layout: Layout) -> None:
        self.layout = layout
        self.codes = [language.code for language in layout.languages]

    def survey(self) -> _Json:
        """Describe the whole survey."""
        layout = self.layout
        closing = {code: html.escape(layout.closing.say(code)) for code in self.codes}
        return {
            "title": self._text(layout.title),
            "locale": layout.language,
            "showProgressBar": "top",
            "widthMode": "responsive",
            "showQuestionNumbers": "off",
            "clearInvisibleValues": "onHidden",
            "completedHtml": {code: escape(f"<p>{words}</p>") for code, words in closing.items()},
            "calculatedValues": [
                {"name": name, "expression": f"'{value}'", "includeIntoResult": True}
                for name, value in layout.carried
            ],
            "pages": [self._consent(), *map(self._page, layout.pages)],
        }

    def _consent(self) -> _Json:
        """Describe the first page."""
        agree = {"value": "yes", "text": self._text(self.layout.consent)}
        return {
            "name": "welcome",
            "description": self._text(self.layout.introduction),
            "elements": [
                {
                    "type": "checkbox",
                    "name": "consent",
                    "title": self._text(self.layout.title),
                    "titleLocation": "hidden",
                    "isRequired": True,
                    "choices": [agree],
                }
            ],
        }

    def _page(self, page: Page) -> _Json:
        """Describe a page; it goes away by itself if nothing on it is shown."""
        place = self.layout.pages.index(page) + 1
        described = {"description": self._text(page.stem)} if page.stem else {}
        return {
            "name": f"page{place}",
            "title": self._text(page.title),
            **described,
            "elements": list(self._elements(page)),
        }

    def _elements(self, page: Page) -> Iterator[_Json]:
        """Describe the questions; rows of a matrix share a panel that says what all of them ask."""
        for (intro, _), group in groupby(page.questions, key=lambda q: (q.intro, q.matrix)):
            questions = [self._question(question) for question in group]
            if intro:
                name = f"{questions[0]['name']}_intro"
                panel = {"type": "panel", "name": name, "title": self._text(intro)}
                yield {**panel, "elements": questions}
            else:
                yield from questions

    def _question(self, question: Question) -> _Json:
        """Describe one question."""
        described = {
            "type": _TYPES[question.kind],
            "name": question.name,
            **self._title(question),
            **self._answers(question),
        }
        if question.show_if is not None:
            described["visibleIf"] = self._expression(question.show_if)
        return described

    def _title(self, question: Question) -> _Json:
        """Give the title; an array without one is introduced by its page, yet named for readers."""
        if question.text:
            return {"title": self._text(question.text)}
        page = next(page for page in self.layout.pages if question in page.questions)
        return {"title": self._text(page.stem or page.title), "titleLocation": "hidden"}

    def _answers(self, question: Question) -> _Json:
        """Say what can be answered."""
        options = [
            {"value": _plain(o.value), "text": self._text(o.label)} for o in question.options
        ]
        if question.kind == "choice":
            return {"choices": options}
        if question.kind == "ticks":
            return {
                "choices": [{"value": c.code, "text": self._text(c.text)} for c in question.cells]
            }
        if question.kind == "array":
            labels = [row_label(cell, question, self.layout.languages) for cell in question.cells]
            rows = [
                {"value": cell.code, "text": self._text(label)}
                for cell, label in zip(question.cells, labels, strict=True)
            ]
            return {"alternateRows": True, "columns": options, "rows": rows}
        if question.kind == "number":
            return self._number(question)
        return {"inputType": question.kind}

    def _number(self, question: Question) -> _Json:
        """Describe a field for a number; missing options are numbers to type, too."""
        described: _Json = {"inputType": "number"}
        hint = number_hint(question, self.layout.languages)
        if hint:
            described["description"] = self._text(hint)
        message = range_message(question, self.layout.languages)
        if not message:
            return described
        if question.options:
            rule = {"expression": _limits(question), "text": self._text(message)}
            return {**described, "validators": [{"type": "expression", **rule}]}
        for key, limit in (("min", question.format.minimum), ("max", question.format.maximum)):
            if limit is not None:
                described |= {key: limit, f"{key}ErrorText": self._text(message)}
        return described

    def _text(self, text: Text) -> dict[str, str]:
        """Give a text in every language."""
        return {code: escape(text.say(code)) for code in self.codes}

    def _expression(self, expression: Expression) -> str:
        """Write a filter."""
        match expression:
            case AllOf(parts):
                return " and ".join(f"({self._expression(part)})" for part in parts)
            case AnyOf(parts):
                return " or ".join(f"({self._expression(part)})" for part in parts)
            case Blank(item):
                return f"{self._reference(item)} empty"
            case Is(item, values):
                return " or ".join(self._equals(item, value) for value in values)

    def _reference(self, item: str) -> str:
        """Refer to an answer; the ticks of a question are one answer."""
        question = self.layout.question_of(item)
        if question.kind == "array":
            return f"{{{question.code}.{self.layout.cell_of(item).code}}}"
        return f"{{{question.name}}}"

    def _equals(self, item: str, value: float) -> str:
        """Say that an item has a value."""
        answer = self._reference(item)
        if self.layout.question_of(item).kind != "ticks":
            return f"{answer} = {write_number(value)}"
        box = self.layout.cell_of(item).code
        if value:
            return f"{answer} contains '{box}'"
        return f"({answer} notempty and {answer} notcontains '{box}')"


_TYPES: Final = {
    "choice": "radiogroup",
    "array": "matrix",
    "ticks": "checkbox",
    "number": "text",
    "text": "text",
    "date": "text",
}


def _limits(question: Question) -> str:
    """Say which numbers are allowed, where some mean that there is none to give."""
    answer = f"{{{question.name}}}"
    low, high = question.format.minimum, question.format.maximum
    limits = [] if low is None else [f"{answer} >= {write_number(low)}"]
    limits += [] if high is None else [f"{answer} <= {write_number(high)}"]
    instead = [f"{answer} = {write_number(option.value)}" for option in question.options]
    return " or ".join([f"{answer} empty", f"({' and '.join(limits)})", *instead])


def _plain(value: float) -> float:
    """Give whole numbers without a point."""
    return int(value) if float(value).is_integer() else value
