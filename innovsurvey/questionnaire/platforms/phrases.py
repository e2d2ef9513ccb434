"""Sentences that a target needs where it has no field of its own for what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from innovsurvey.base.numbers import write_number
from innovsurvey.definitions.model import Text
from innovsurvey.questionnaire.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innovsurvey.definitions.model import Language
    from innovsurvey.questionnaire.layout import Cell, Question


def poles(cell: Cell, code: str) -> tuple[str, str]:
    """Give the two ends of an item in one language; its text, if it has one, begins the left.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_instrument("governance-orientation"))
    >>> poles(layout.cell_of("SDP1"), "en")
    ('Public employees need ... close control', 'trust')
    """
    begun = " ".join(filter(None, (cell.text.say(code), cell.left.say(code))))
    return begun, cell.right.say(code)


def pair_label(cell: Cell, question: Question, languages: Iterable[Language]) -> Text:
    """Write an item with two poles as one text: each pole with the number that stands for it.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_instrument("governance-orientation"))
    >>> question = layout.question_of("SDP1")
    >>> pair_label(question.cells[0], question, layout.languages)["en"]
    'Public employees need ... close control (-3) ↔ trust (3)'
    """
    low, high = (write_number(question.format.values[i]) for i in (0, -1))
    ends = {language.code: poles(cell, language.code) for language in languages}
    return Text(
        tuple((code, f"{left} ({low}) ↔ {right} ({high})") for code, (left, right) in ends.items())
    )


def row_label(cell: Cell, question: Question, languages: Iterable[Language]) -> Text:
    """Give the text of a row of an array, with its poles where it has two."""
    return pair_label(cell, question, languages) if question.is_pairs else cell.text


def number_hint(question: Question, languages: Iterable[Language]) -> Text:
    """Say which codes to write where there is no number to give; empty where there are none."""
    if not question.options:
        return Text()
    codes = [language.code for language in languages]
    return Text(tuple((code, _instead(question, code)) for code in codes))


def _instead(question: Question, language: str) -> str:
    """List the codes that stand for no number, in one language."""
    listed = (f"{write_number(o.value)} = {o.label.say(language)}" for o in question.options)
    return word("number_instead", language).format(codes="; ".join(listed))


def range_message(question: Question, languages: Iterable[Language]) -> Text:
    """Say which numbers are allowed; empty where all are."""
    low, high = question.format.minimum, question.format.maximum
    if low is None and high is None:
        return Text()
    key = "number_from" if high is None else "number_to" if low is None else "number_range"
    limits = {"low": write_number(low or 0), "high": write_number(high or 0)}
    codes = [language.code for language in languages]
    return Text(tuple((code, word(key, code).format(**limits)) for code in codes))
