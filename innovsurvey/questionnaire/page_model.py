"""What the offline page has to know, as one JSON document: pages, formats, words, scoring.

A text is a list with one entry per language, in the order of ``languages``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from innovsurvey.definitions.columns import RECORD_SCHEMA, answer_columns
from innovsurvey.questionnaire.page_scoring import format_key, in_languages, scoring_model
from innovsurvey.questionnaire.words import words_in

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Language, ResponseFormat, Text
    from innovsurvey.questionnaire.layout import Cell, Layout, Page, Question

# Evidence below this has no study with respondents behind it that tested the instrument.
_TESTED: Final = frozenset({"field-tested", "validated-for-use"})


def page_model(layout: Layout) -> dict[str, Any]:
    """Describe a questionnaire for the script of the offline page."""
    model = _Texts(layout.languages)
    formats = {format_key(q): model.format(q.format) for q in layout.questions}
    return {
        "schema": RECORD_SCHEMA,
        "form": layout.id,
        "version": layout.version,
        "item_set": layout.item_set or "",
        "instruments": dict(layout.instruments),
        "carried": dict(layout.carried),
        "languages": [
            {"code": e.code, "name": e.name, "direction": e.direction, "note": e.note}
            for e in layout.languages
        ],
        "words": [page_words(language.code) for language in layout.languages],
        "title": model.text(layout.title),
        "introduction": model.text(layout.introduction),
        "sender": model.text(layout.sender),
        "consent": model.text(layout.consent),
        "closing": model.text(layout.closing),
        "minutes": layout.minutes,
        "observed": layout.is_observed,
        "untested": layout.instrument.validity.status not in _TESTED,
        "prohibited": list(layout.instrument.validity.prohibited_uses),
        "about": _about(layout),
        "glossary": [
            {"term": model.text(entry.term), "meaning": model.text(entry.meaning)}
            for entry in layout.instrument.glossary
            if all(entry.term.get(language.code) for language in layout.languages)
        ],
        "formats": formats,
        "pages": [model.page(page) for page in layout.pages],
        "row_missing": {
            matrix.id: matrix.row_missing.code
            for matrix in layout.instrument.matrices
            if matrix.row_missing is not None
        },
        "code": _code_columns(layout),
        "scoring": scoring_model(layout),
    }


def _about(layout: Layout) -> list[str]:
    """Say what is known of the questionnaire, where it comes from and who may use it."""
    instrument = layout.instrument
    source = instrument.source
    return [line for line in (instrument.validity.statement, source.notice, source.licence) if line]


def _code_columns(layout: Layout) -> dict[str, Any]:
    """Give the columns in the order of a return code; None where one is not asked here."""
    asked = {cell.name for question in layout.questions for cell in question.cells}
    columns = answer_columns(layout.instrument)
    values = {c.name: list(c.options) if c.kind == "options" else c.kind for c in columns}
    return {
        "order": [column.name for column in columns],
        "values": {name: value if name in asked else None for name, value in values.items()},
    }


def page_words(language: str) -> dict[str, str]:
    """Give the words of the page in a language."""
    return {
        key.removeprefix("page_"): words
        for key, words in words_in(language).items()
        if key.startswith("page_")
    }


class _Texts:
    """Turn the parts of a layout into plain data, with texts in the languages wanted."""

    def __init__(self, languages: tuple[Language, ...]) -> None:
        self.languages = languages

    def text(self, text: Text) -> list[str]:
        """Give a text in each language."""
        return in_languages(text, self.languages)

    def format(self, format_: ResponseFormat) -> dict[str, Any]:
        """Describe a response format."""
        return {
            "level": format_.level,
            "anchors": format_.anchors,
            "low": format_.low,
            "high": format_.high,
            "points": [{"value": p.value, "label": self.text(p.label)} for p in format_.points],
            "missing": [
                {"code": m.code, "reason": m.reason, "label": self.text(m.label)}
                for m in format_.missing
            ],
        }

    def page(self, page: Page) -> dict[str, Any]:
        """Describe a page."""
        return {
            "id": page.id,
            "title": self.text(page.title),
            "stem": self.text(page.stem),
            "questions": [self.question(question) for question in page.questions],
        }

    def question(self, question: Question) -> dict[str, Any]:
        """Describe a question."""
        return {
            "code": question.code,
            "kind": question.kind,
            "text": self.text(question.text),
            "intro": self.text(question.intro),
            "format": format_key(question),
            "matrix": question.matrix,
            "cells": [self.cell(cell) for cell in question.cells],
        }

    def cell(self, cell: Cell) -> dict[str, Any]:
        """Describe a cell."""
        poles = {"left": self.text(cell.left), "right": self.text(cell.right)} if cell.left else {}
        return {"name": cell.name, "text": self.text(cell.text), **poles}
