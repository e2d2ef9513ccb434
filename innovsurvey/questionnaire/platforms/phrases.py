"""Sentences that a target needs where it has no field of its own for what they say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from innovsurvey.definitions.model import Text
from innovsurvey.questionnaire.words import word

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innovsurvey.definitions.model import Language
    from innovsurvey.questionnaire.layout import Cell, Question


def pair_label(cell: Cell, question: Question, languages: Iterable[Language]) -> Text:
    """Write an item with two poles as one text: each pole with the number that stands for it."""
    low, high = (f"{question.format.values[i]:g}" for i in (0, -1))
    return Text(
        tuple(
            (
                code,
                f"{cell.text.say(code)} {cell.left.say(code)} ({low}) ↔ "
                f"{cell.right.say(code)} ({high})",
            )
            for code in (language.code for language in languages)
        )
    )


def row_label(cell: Cell, question: Question, languages: Iterable[Language]) -> Text:
    """Give the text of a row of an array, with its poles where it has two."""
    return pair_label(cell, question, languages) if question.is_pairs else cell.text


def number_hint(question: Question, languages: Iterable[Language]) -> Text:
    """List the codes to type where there is no number to give; empty where there are none."""
    if not question.options:
        return Text()
    codes = [language.code for language in languages]
    listed = {
        code: "; ".join(f"{o.value:g} = {o.label.say(code)}" for o in question.options)
        for code in codes
    }
    return Text(tuple(listed.items()))


def range_message(question: Question, languages: Iterable[Language]) -> Text:
    """Say which numbers are allowed; empty where all are."""
    low, high = question.format.minimum, question.format.maximum
    if low is None and high is None:
        return Text()
    key = "number_from" if high is None else "number_to" if low is None else "number_range"
    limits = {"low": f"{low or 0:g}", "high": f"{high or 0:g}"}
    codes = [language.code for language in languages]
    return Text(tuple((code, word(key, code).format(**limits)) for code in codes))
