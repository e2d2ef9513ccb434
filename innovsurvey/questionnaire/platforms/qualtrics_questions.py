"""Write the questions of a Qualtrics survey: their words, choices, codes and checks."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from innovsurvey.base.numbers import write_number
from innovsurvey.questionnaire.platforms.qualtrics_parts import (
    CONSENT,
    escape,
    option_label,
    place_of,
    row_label,
)
from innovsurvey.questionnaire.words import word

if TYPE_CHECKING:
    from innovsurvey.questionnaire.layout import Layout, Question
    from innovsurvey.questionnaire.platforms.qualtrics_parts import Entry


def words_of(layout: Layout, entry: Entry, language: str) -> dict[str, Any]:
    """Give the texts of a question and its choices in one language."""
    words: dict[str, Any] = {"QuestionText": entry.words.say(language)}
    question = entry.question
    if entry.tag == CONSENT:
        labels = (word(f"platform_{said}", language) for said in ("agree", "decline"))
        return words | {"Choices": _displayed(_numbered([escape(text) for text in labels]))}
    return words if question is None else words | _choices_of(layout, question, language)


def _choices_of(layout: Layout, question: Question, language: str) -> dict[str, Any]:
    """Give the texts to choose from in one language, and the rows of an array."""
    if question.kind in {"number", "text", "date"}:
        return {}
    options = _numbered([option_label(option, language) for option in question.options])
    if question.kind == "choice":
        return {"Choices": _displayed(options)}
    if question.kind == "array":
        rows = [row_label(question, cell, language, ":") for cell in question.cells]
        return {"Choices": _displayed(_numbered(rows)), "Answers": _displayed(options)}
    boxes = {
        str(place_of(layout, question, cell)): escape(cell.text.say(language))
        for cell in question.cells
    }
    return {"Choices": _displayed(boxes)}


def kind_of(layout: Layout, entry: Entry) -> dict[str, Any]:
    """Give what kind of question it is, with codes, order and validation."""
    if entry.tag == CONSENT:
        return _consent_kind()
    question = entry.question
    if question is None:
        return {
            "QuestionType": "DB",
            "Selector": "TB",
            "Configuration": {"QuestionDescriptionOption": "UseText"},
            "ChoiceOrder": [],
            "Validation": {"Settings": {"Type": "None"}},
        }
    if question.kind == "array":
        return _matrix_kind(layout, question)
    if question.kind == "choice":
        return _choice_kind("SAVR") | _codes(layout, question)
    if question.kind == "ticks":
        order = [str(place_of(layout, question, cell)) for cell in question.cells]
        names = [cell.text.say(layout.language) for cell in question.cells]
        return _choice_kind("MAVR") | {
            "ChoiceOrder": order,
            "RecodeValues": {place: place for place in order},
            "VariableNaming": dict(zip(order, map(plain, names), strict=True)),
            "NextChoiceId": max(map(int, order)) + 1,
        }
    return _text_kind(question)


def plain(text: str) -> str:
    """Write a label that goes into the data as text, not as HTML; only piping is escaped."""
    return " ".join(text.split()).replace("${", "&#36;{")


def _codes(layout: Layout, question: Question) -> dict[str, Any]:
    """Give the codes of the answers of one question."""
    names = [plain(option.label.say(layout.language)) for option in question.options]
    return {
        "ChoiceOrder": list(_numbered(names)),
        "RecodeValues": _numbered([write_number(option.value) for option in question.options]),
        "VariableNaming": _numbered(names),
        "NextChoiceId": len(names) + 1,
    }


def _matrix_kind(layout: Layout, question: Question) -> dict[str, Any]:
    """Give the parts of an array: rows are choices here, and answers are answers."""
    rows = _numbered([cell.name for cell in question.cells])
    codes = _codes(layout, question)
    return {
        "QuestionType": "Matrix",
        "Selector": "Bipolar" if question.is_pairs else "Likert",
        "SubSelector": "SingleAnswer",
        "Configuration": {
            "QuestionDescriptionOption": "UseText",
            "TextPosition": "inline",
            "ChoiceColumnWidth": 25,
            "RepeatHeaders": "none",
            "WhiteSpace": "OFF",
            "MobileFirst": True,
        },
        "Validation": _validation(),
        "ChoiceOrder": list(rows),
        "ChoiceDataExportTags": rows,
        "AnswerOrder": codes.pop("ChoiceOrder"),
        "NextAnswerId": codes.pop("NextChoiceId"),
        "NextChoiceId": len(rows) + 1,
    } | codes


def _numbered(values: list[str]) -> dict[str, str]:
    """Give numbers from 1 to choices."""
    return {str(number): value for number, value in enumerate(values, start=1)}


def _displayed(labels: dict[str, str]) -> dict[str, dict[str, str]]:
    """Wrap labels as choices."""
    return {place: {"Display": label} for place, label in labels.items()}


def _validation(force: str = "OFF") -> dict[str, Any]:
    """Give the rule that a question may be skipped, or may not."""
    return {"Settings": {"ForceResponse": force, "ForceResponseType": "ON", "Type": "None"}}


def _choice_kind(selector: str) -> dict[str, Any]:
    """Give what all questions with a list of choices share."""
    return {
        "QuestionType": "MC",
        "Selector": selector,
        "SubSelector": "TX",
        "Configuration": {"QuestionDescriptionOption": "UseText"},
        "Validation": _validation(),
        "NextAnswerId": 1,
    }


def _consent_kind() -> dict[str, Any]:
    """Give the question for consent, which has to be answered."""
    return _choice_kind("SAVR") | {
        "Validation": _validation("ON"),
        "ChoiceOrder": ["1", "2"],
        "RecodeValues": {"1": "1", "2": "0"},
        "VariableNaming": {"1": "yes", "2": "no"},
        "NextChoiceId": 3,
    }


def _text_kind(question: Question) -> dict[str, Any]:
    """Give a question for a number or a text; a number is checked."""
    validation = _validation()
    if question.kind == "number":
        limits = {"Min": "", "Max": "", "NumDecimals": ""}
        if not question.format.missing:
            low, high = question.format.low, question.format.high
            limits |= {"Min": "" if low is None else write_number(low)}
            limits |= {"Max": "" if high is None else write_number(high)}
        validation["Settings"] |= {
            "Type": "ContentType",
            "ContentType": "ValidNumber",
            "ValidDateType": "DateWithFormat",
            "ValidPhoneType": "ValidUSPhone",
            "ValidZipType": "ValidUSZip",
            "ValidNumber": limits,
        }
    return {
        "QuestionType": "TE",
        "Selector": "SL",
        "Configuration": {"QuestionDescriptionOption": "UseText"},
        "Validation": validation,
        "NextChoiceId": 1,
        "NextAnswerId": 1,
    }
