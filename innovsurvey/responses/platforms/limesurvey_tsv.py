"""Read a LimeSurvey survey saved as tab-separated values (.txt), one row per text and language."""

from __future__ import annotations

import csv
import io
from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.text import guess_encodings
from innovsurvey.responses.platforms.limesurvey_survey import (
    Answer,
    Group,
    Line,
    Question,
    Survey,
    Words,
)

_COLUMNS: Final = ("class", "type/scale", "name", "text")
_LARGEST: Final = 100_000_000
_LOOKED_AT: Final = 4000
# Columns that are the same for all surveys; all others hold attributes of questions.
_OWN: Final = frozenset(
    {
        "id", "related_id", "class", "type/scale", "name", "relevance", "text", "help", "language",
        "validation", "mandatory", "encrypted", "other", "default", "same_default", "same_script",
    }
)  # fmt: skip


def is_survey_table(raw: bytes) -> bool:
    r"""Tell the format by its heading.

    Examples
    --------
    >>> is_survey_table(b"class\ttype/scale\tname\trelevance\ttext\nS\t\tsid\t\t1")
    True
    """
    head = raw[:_LOOKED_AT].replace(b"\x00", b"").partition(b"\n")[0]
    found = head.replace(b'"', b"").strip().split(b"\t")
    return all(name.encode() in found for name in _COLUMNS)


def read_survey_table(raw: bytes, name: str) -> Survey:
    """Read the survey.

    Raises
    ------
    DataError
        It is larger than 100 MB, no text, or asks nothing.
    """
    if len(raw) > _LARGEST:
        message = f"{name} is larger than 100 MB, which no survey is. Export it again."
        raise DataError(message)
    collected = _Collected()
    for row in _rows(raw, name):
        collected.add(row)
    survey = collected.survey()
    if not any(survey.questions):
        message = f"{name} asks nothing. Export the survey structure again."
        raise DataError(message)
    return survey


def _rows(raw: bytes, name: str) -> list[dict[str, str]]:
    """Give the rows by the heading."""
    for encoding in guess_encodings(raw):
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        limit = csv.field_size_limit(len(text) + 1)
        try:
            reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t", restval="")
            return [{k: v for k, v in row.items() if isinstance(k, str)} for row in reader]
        finally:
            csv.field_size_limit(limit)
    message = f"{name} is text in no known encoding. Export the survey structure again."
    raise DataError(message)


@dataclass
class _Asked:
    """A question as it is put together, with what its rows say in each language."""

    first: dict[str, str]
    text: Words = field(default_factory=dict)
    lines: dict[tuple[str, str], Words] = field(default_factory=dict)
    answers: dict[tuple[str, str], Words] = field(default_factory=dict)
    attributes: dict[str, Words] = field(default_factory=dict)

    def question(self) -> Question:
        """Give the question."""
        row = self.first
        return Question(
            code=row["name"],
            kind=row["type/scale"],
            text=self.text,
            has_other=row.get("other", "").upper() == "Y",
            is_filtered=row.get("relevance", "").strip() not in {"", "1"},
            lines=tuple(Line(code, text, scale) for (scale, code), text in self.lines.items()),
            answers=tuple(Answer(code, text, s) for (s, code), text in self.answers.items()),
            attributes=self.attributes,
        )


class _Collected:
    """What the rows have said so far; groups and questions come again in each language."""

    def __init__(self) -> None:
        self.settings: dict[str, str] = {}
        self.titles: Words = {}
        self.groups: list[tuple[Words, dict[str, _Asked]]] = []
        self.n_groups: Counter[str] = Counter()
        self.questions: dict[str, _Asked] = {}
        self.question: _Asked | None = None
        self.group = 0

    def add(self, row: dict[str, str]) -> None:
        """Take in a row."""
        kind, language = row["class"], row.get("language", "")
        if kind == "S":
            self.settings[row["name"]] = row["text"]
        elif kind == "SL" and row["name"] == "surveyls_title":
            self.titles[language] = row["text"]
        elif kind == "G":
            self._add_group(row["name"], language)
        elif kind == "Q":
            self._add_question(row, language)
        elif kind in {"SQ", "A"} and self.question is not None:
            found = self.question.lines if kind == "SQ" else self.question.answers
            key = row["type/scale"] or "0", row["name"]
            found.setdefault(key, {})[language] = row["text"]

    def _add_group(self, name: str, language: str) -> None:
        """Begin a group, or go on with one that another language began."""
        self.group = self.n_groups[language]
        self.n_groups[language] += 1
        if self.group == len(self.groups):
            self.groups.append(({}, {}))
        self.groups[self.group][0][language] = name

    def _add_question(self, row: dict[str, str], language: str) -> None:
        """Begin a question, or go on with one that another language began."""
        if not self.groups:
            self.groups.append(({}, {}))
        code = row["name"]
        if code not in self.questions:
            self.questions[code] = _Asked(row)
            self.groups[self.group][1][code] = self.questions[code]
        self.question = self.questions[code]
        self.question.text[language] = row["text"]
        for name, value in row.items():
            if name not in _OWN and value:
                self.question.attributes.setdefault(name, {})[language] = value

    def survey(self) -> Survey:
        """Put the survey together."""
        more = self.settings.get("additional_languages", "").split()
        named = (self.settings.get("language", ""), *more, *self.n_groups, *self.titles)
        languages = tuple(dict.fromkeys(code for code in named if code)) or ("en",)
        groups = tuple(
            Group(title, tuple(asked.question() for asked in questions.values()))
            for title, questions in self.groups
        )
        return Survey(self.settings.get("sid", ""), languages, self.titles, groups)
