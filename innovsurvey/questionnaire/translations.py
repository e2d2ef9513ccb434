"""Refuse a questionnaire whose texts are not there in every language asked for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from innovsurvey.base.checks import join_names
from innovsurvey.base.numbers import write_number
from innovsurvey.errors import ExportError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.definitions.model import Text
    from innovsurvey.questionnaire.layout import Layout, Question


def refuse_missing_translations(layout: Layout) -> None:
    """Raise an ExportError that lists every text without a translation.

    A text that is empty in every language is not needed; one without a language code (a number)
    holds for all.
    """
    missing = [
        f"{place} ({language.code})"
        for place, text in _texts(layout)
        for language in layout.languages
        if text and "" not in text and not text.get(language.code, "").strip()
    ]
    if missing:
        message = (
            f"{len(missing)} text(s) of {layout.id} are not translated: {join_names(missing, 20)}. "
            "Add them to the instrument file, or leave the language out with languages=."
        )
        raise ExportError(message)


def _texts(layout: Layout) -> Iterator[tuple[str, Text]]:
    """Give every text that a respondent sees, with its place."""
    yield "title", layout.title
    yield "introduction", layout.introduction
    yield "consent", layout.consent
    yield "closing", layout.closing
    for page in layout.pages:
        yield f"title of {page.id}", page.title
        yield f"stem of {page.id}", page.stem
        for question in page.questions:
            yield from _question_texts(question)


def _question_texts(question: Question) -> Iterator[tuple[str, Text]]:
    """Give the texts of one question."""
    yield question.code, question.text
    yield f"question of {question.matrix or question.code}", question.intro
    for cell in question.cells:
        yield cell.name, cell.text
        yield f"left pole of {cell.name}", cell.left
        yield f"right pole of {cell.name}", cell.right
    for option in question.options:
        yield f"answer {write_number(option.value)} of {question.code}", option.label
