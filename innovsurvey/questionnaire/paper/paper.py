"""A questionnaire as it stands on paper: numbered questions, boxes and instructions, one language.

Word and PDF are written from this; what a tick stands for is in the name of its box.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Final, Literal

from innovsurvey.base.numbers import write_number
from innovsurvey.questionnaire.paper.instructions import Instructions, only_certain
from innovsurvey.questionnaire.visibility import parts_of, split_shared
from innovsurvey.questionnaire.words import word, words_in

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from innovsurvey.definitions.model import Text
    from innovsurvey.questionnaire.layout import Cell, Layout, Option, Page, Question
    from innovsurvey.questionnaire.visibility import Expression

Style = Literal["grid", "pairs", "list", "field"]
_CONTROLS: Final = re.compile("[^\n\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
CONSENT: Final = "consent"
RESPONSE: Final = "response_id"


@dataclass(frozen=True, slots=True)
class Box:
    """One box to tick; ``tag`` is the column of the data, an equals sign and the code.

    ``apart`` marks a way to give no rating, such as "not needed".
    """

    label: str
    tag: str
    apart: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What is answered with one tick, one set of ticks, or one entry."""

    number: str
    name: str
    text: str
    boxes: tuple[Box, ...]
    left: str = ""
    right: str = ""


@dataclass(frozen=True, slots=True)
class Part:
    """Rows with the same answers: a table (``grid``, ``pairs``), a list of boxes or a field.

    ``title`` names a part that is one of several (a row of a matrix), ``number`` counts it.
    """

    style: Style
    number: str
    title: str
    intro: str
    only_if: str
    hint: str
    rows: tuple[Row, ...]

    @property
    def is_long(self) -> bool:
        """Whether words are to be written, which need a whole line."""
        return self.style == "field" and not self.hint

    @property
    def heads(self) -> tuple[Box, ...]:
        """The answers, as heads of the columns."""
        return self.rows[0].boxes if self.rows else ()


@dataclass(frozen=True, slots=True)
class Section:
    """Parts under one heading."""

    title: str
    stem: str
    only_if: str
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Note:
    """A line of small print; ``language`` is the one it is written in."""

    heading: str
    text: str
    language: str


@dataclass(frozen=True, slots=True)
class Paper:
    """A whole questionnaire on paper; ``carried`` are columns that the file fills in by itself."""

    form: str
    version: str
    title: str
    language: str
    direction: str
    introduction: tuple[str, ...]
    consent: str
    how: tuple[str, ...]
    sections: tuple[Section, ...]
    closing: str
    notes: tuple[Note, ...]
    carried: tuple[tuple[str, str], ...]

    def word(self, key: str) -> str:
        """Give a word in the language of the questionnaire."""
        return word(key, self.language)


def lay_on_paper(layout: Layout, *, screen: bool) -> Paper:
    """Lay a questionnaire out for paper, in its main language.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> paper = lay_on_paper(make_layout(isv.load_form("self-assessment")), screen=False)
    >>> paper.sections[2].parts[0].rows[0].boxes[3].tag, paper.sections[2].only_if
    ('CON01=4', 'Only answer this if you answered “Yes” to question 1.')
    """
    maker = _Maker(layout, layout.language)
    say = maker.say
    return Paper(
        form=layout.id,
        version=layout.version,
        title=say(layout.title),
        language=layout.language,
        direction=layout.languages[0].direction,
        introduction=maker.introduction(),
        consent=say(layout.consent),
        how=maker.how(screen=screen),
        sections=maker.sections(),
        closing=say(layout.closing),
        notes=tuple(maker.notes()),
        carried=layout.carried,
    )


def box_tag(name: str, value: float) -> str:
    """Name the box of an answer by its column and code.

    Examples
    --------
    >>> box_tag("PH1_AC2", -7)
    'PH1_AC2=-7'
    """
    return f"{name}={write_number(value)}"


def clean(text: str) -> str:
    """Turn tabs and line ends into what paper can show, and take out control characters.

    What else a text holds is kept as it is: lxml and JSON escape it.

    Examples
    --------
    >>> clean("a" + chr(8) + "b" + chr(9) + "& <c>")
    'ab & <c>'
    """
    return _CONTROLS.sub("", text.replace("\r\n", "\n").replace("\t", " "))


class _Maker:
    """Turn a layout into sections and parts, numbering questions on the way."""

    def __init__(self, layout: Layout, language: str) -> None:
        self.layout = layout
        self.language = language
        self.numbers = _numbers(layout)
        self.instructions = Instructions(layout, language, self.numbers)

    def say(self, text: Text) -> str:
        """Give a text in the language of the paper; numbers are the same in all."""
        return clean(text.say(self.language))

    def introduction(self) -> tuple[str, ...]:
        """Give the introduction, and how long it takes."""
        lines = [self.say(self.layout.introduction)]
        if self.layout.minutes is not None:
            low, high = (write_number(minutes) for minutes in self.layout.minutes)
            lines.append(word("paper_minutes", self.language).format(low=low, high=high))
        return tuple(lines)

    def how(self, *, screen: bool) -> tuple[str, ...]:
        """Say how to fill in."""
        keys = ["paper_how_rows"]
        if any(question.show_if is not None for question in self.layout.questions):
            keys.append("paper_how_filter")
        keys += ["paper_how_screen"] if screen else ["paper_how_pen"]
        return tuple(word(key, self.language) for key in keys)

    def sections(self) -> tuple[Section, ...]:
        """Give one section per page of the layout."""
        return tuple(self._section(page) for page in self.layout.pages)

    def _section(self, page: Page) -> Section:
        """Give the questions of a page; conditions that all of them share are said once."""
        shared, rests = split_shared([only_certain(q.show_if) for q in page.questions])
        parts = []
        introduced = None
        for question, own in zip(page.questions, rests, strict=True):
            is_new = question.matrix is None or question.matrix != introduced
            introduced = question.matrix
            parts.append(self._part(question, own, intro=question.intro if is_new else None))
        return Section(
            title=self.say(page.title),
            stem=self.say(page.stem),
            only_if=self.instructions.only_if(parts_of(shared)),
            parts=tuple(parts),
        )

    def _part(self, question: Question, own: Expression | None, *, intro: Text | None) -> Part:
        """Lay out one question."""
        is_table = question.kind == "array"
        hint = self._hint(question)
        style: Style = "list" if question.kind in {"choice", "ticks"} else "field"
        if is_table:
            style = "pairs" if question.is_pairs else "grid"
        return Part(
            style=style,
            number=self.numbers[question.cells[0].name] if question.matrix else "",
            title=self.say(question.text) if is_table else "",
            intro="" if intro is None else self.say(intro),
            only_if=self.instructions.only_if(parts_of(own)),
            hint=hint,
            rows=tuple(self._rows(question)),
        )

    def _rows(self, question: Question) -> Iterator[Row]:
        """Give what is answered one by one."""
        if question.kind == "ticks":
            boxes = tuple(Box(self.say(c.text), box_tag(c.name, 1)) for c in question.cells)
            number = self.numbers[question.cells[0].name]
            yield Row(number, question.code, self.say(question.text), boxes)
            return
        for cell in question.cells:
            number = "" if question.matrix else self.numbers[cell.name]
            boxes = tuple(self._box(cell, option) for option in question.options)
            left, right = self.say(cell.left), self.say(cell.right)
            yield Row(number, cell.name, self.say(cell.text), boxes, left, right)

    def _box(self, cell: Cell, option: Option) -> Box:
        """Give the box of an answer."""
        label = self.say(option.label)
        return Box(label, box_tag(cell.name, option.value), option.reason is not None)

    def _hint(self, question: Question) -> str:
        """Say what may be filled in, where boxes do not show it."""
        low, high = question.format.low, question.format.high
        key = {"ticks": "paper_several", "date": "paper_date", "number": "paper_number"}.get(
            question.kind, ""
        )
        if question.kind == "number" and low is not None:
            key = "paper_number_from" if high is None else "paper_number_between"
        limits = {"low": write_number(low or 0), "high": write_number(high or 0)}
        return word(key, self.language).format(**limits) if key else ""

    def notes(self) -> Iterator[Note]:
        """Give the small print: what is known, what is forbidden, source and licence."""
        asked = self.layout.instrument
        written_in = asked.languages[0].code
        yield Note(word("paper_status", self.language), clean(asked.validity.statement), written_in)
        if self.layout.languages[0].status == "draft":
            yield Note("", word("paper_draft", self.language), self.language)
        uses = ", ".join(
            _use(use, words_in(self.language)) for use in asked.validity.prohibited_uses
        )
        if uses:
            yield Note(word("paper_uses", self.language), uses, self.language)
        source = asked.source
        texts = (source.citation, source.notice, source.url)
        cited = " ".join(text for text in texts if text)
        yield Note(word("paper_source", self.language), clean(cited), written_in)
        yield Note(word("paper_licence", self.language), clean(source.licence), written_in)
        parts = ", ".join(f"{id_} {version}" for id_, version in self.layout.instruments)
        if len(self.layout.instruments) > 1:
            yield Note(word("paper_parts", self.language), parts, written_in)


def _use(use: str, words: Mapping[str, str]) -> str:
    """Say a forbidden use in words, or by its id where there are none."""
    return words.get(f"page_use_{use}", use.replace("-", " ").replace("_", " "))


def _numbers(layout: Layout) -> dict[str, str]:
    """Give each item a number; a matrix row or a set of ticks is one."""
    numbers, running = {}, count(1)
    for question in layout.questions:
        together = question.kind == "ticks" or question.matrix is not None
        shared = str(next(running)) if together else ""
        for cell in question.cells:
            numbers[cell.name] = shared or str(next(running))
    return numbers
