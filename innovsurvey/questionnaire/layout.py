"""What a questionnaire shows, page by page: the one description that every writer works from."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final, Literal

from innovsurvey.base.numbers import write_number
from innovsurvey.definitions.model import Text

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Instrument, Language, ResponseFormat
    from innovsurvey.questionnaire.visibility import Expression

Kind = Literal["choice", "array", "ticks", "number", "text", "date"]
_NO_TEXT: Final = Text()


@dataclass(frozen=True, slots=True)
class Option:
    """One answer to choose; ``reason`` is set where it means that there is no rating."""

    value: float
    label: Text
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class Cell:
    """One column of the data: an item, or a question about the respondent.

    ``name`` is the column of the data, ``code`` the code inside its question. ``left`` and
    ``right`` are the poles of an item that has two.
    """

    name: str
    code: str
    text: Text
    left: Text = _NO_TEXT
    right: Text = _NO_TEXT


@dataclass(frozen=True, slots=True)
class Question:
    """Cells that are answered in the same way and asked together.

    A ``choice``, ``number``, ``text`` or ``date`` has one cell, whose code is the question's. The
    cells of ``ticks`` may be ticked or not; no tick at all means not answered. An ``array`` has
    one row per cell. Its ``text`` is empty where the stem of the page introduces it; where it is
    a row of a matrix, ``text`` names the row, ``matrix`` the matrix and ``intro`` asks what the
    whole matrix asks. Neighbours with the same ``matrix`` belong together.
    """

    code: str
    kind: Kind
    text: Text
    intro: Text
    format: ResponseFormat
    cells: tuple[Cell, ...]
    show_if: Expression | None
    matrix: str | None = None

    @property
    def name(self) -> str:
        """Name in the data: that of the only column, or, where there can be several, the code."""
        return self.code if self.kind in {"array", "ticks"} else self.cells[0].name

    @property
    def is_pairs(self) -> bool:
        """Whether each cell has two poles in place of labelled answers."""
        return self.format.anchors == "poles"

    @property
    def options(self) -> tuple[Option, ...]:
        """The answers to choose from, ratings first; a point without a label shows its number."""
        rated = [Option(p.value, p.label or _digits(p.value)) for p in self.format.points]
        return (*rated, *(Option(m.code, m.label, m.reason) for m in self.format.missing))


@dataclass(frozen=True, slots=True)
class Page:
    """Questions under one heading and stem."""

    id: str
    title: Text
    stem: Text
    questions: tuple[Question, ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """A questionnaire as it is exported: its pages, in one version, in the languages wanted.

    ``languages`` begins with the main one. ``sender`` says who asks and where answers go; it ends
    the introduction as well. ``item_set`` is the form of the instrument that is
    asked, None for all its items. ``carried`` are columns of the data that this file fills in by
    itself, such as the version asked or the id of the manager who is observed.
    """

    id: str
    version: str
    asked_as: str
    title: Text
    description: Text
    languages: tuple[Language, ...]
    introduction: Text
    sender: Text
    consent: Text
    closing: Text
    minutes: tuple[float, float] | None
    pages: tuple[Page, ...]
    instrument: Instrument
    instruments: tuple[tuple[str, str], ...]
    item_set: str | None
    carried: tuple[tuple[str, str], ...]

    @property
    def language(self) -> str:
        """Code of the main language."""
        return self.languages[0].code

    @property
    def questions(self) -> tuple[Question, ...]:
        """All questions, in the order they are asked."""
        return tuple(question for page in self.pages for question in page.questions)

    @property
    def is_observed(self) -> bool:
        """Whether the answers are about somebody else than the one who gives them."""
        return self.asked_as == "observer"

    def question_of(self, name: str) -> Question:
        """Find the question that asks for a column of the data; filters depend on no other."""
        return next(q for q in self.questions if any(cell.name == name for cell in q.cells))

    def cell_of(self, name: str) -> Cell:
        """Find the cell of a column of the data."""
        return next(cell for cell in self.question_of(name).cells if cell.name == name)

    def in_language(self, code: str) -> Layout:
        """Give the same questionnaire with another main language."""
        first = [language for language in self.languages if language.code == code]
        others = [language for language in self.languages if language.code != code]
        return replace(self, languages=(*first, *others))


def _digits(value: float) -> Text:
    """Write a number as a text that is the same in every language."""
    return Text((("", write_number(value)),))
