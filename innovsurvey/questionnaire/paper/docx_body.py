"""The body of a Word questionnaire, from the title to the small print."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.questionnaire.paper.docx_parts import Cell, Pieces, Row
from innovsurvey.questionnaire.paper.paper import CONSENT, RESPONSE, Box, box_tag
from innovsurvey.questionnaire.paper.paper_columns import columns_of, is_short

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.questionnaire.paper.docx_parts import Element
    from innovsurvey.questionnaire.paper.paper import Note, Paper, Part, Section
    from innovsurvey.questionnaire.paper.paper import Row as Line
    from innovsurvey.questionnaire.paper.paper_columns import Columns

FORM: Final = "innovsurvey.form"
FORM_VERSION: Final = "innovsurvey.form_version"


class Body:
    """Write the pieces of the document in order."""

    def __init__(self, paper: Paper, width: float) -> None:
        self.paper = paper
        self.width = width
        self.make = Pieces(paper.language, paper.direction)

    def pieces(self) -> Iterator[Element]:
        """Give everything from the title to the small print."""
        yield from self._front()
        for i, section in enumerate(self.paper.sections):
            yield from self._section(section, is_first=i == 0)
        yield from self._end()

    def _front(self) -> Iterator[Element]:
        """Give title, introduction, how to fill in, consent and the code."""
        paper, text = self.paper, self.make.text
        yield text("Title", paper.title)
        for words in paper.introduction:
            yield text("Normal", words)
        yield text("Heading1", paper.word("paper_how"), keep=True)
        for words in paper.how:
            yield text("ListBullet", words)
        yield text("Heading1", paper.word("paper_consent"), keep=True)
        yield self._choice(Box(paper.consent, box_tag(CONSENT, 1)), "", keep=False)
        yield text("Heading1", paper.word("paper_response"), keep=True)
        yield text("Hint", paper.word("paper_response_hint"), keep=True)
        yield self.make.paragraph("Field", self.make.field(RESPONSE, paper.word("paper_response")))

    def _section(self, section: Section, *, is_first: bool) -> Iterator[Element]:
        """Give the questions under one heading; the first ones begin on a page of their own."""
        text = self.make.text
        yield text("Heading1", section.title, keep=True, new_page=is_first)
        if section.only_if:
            yield text("OnlyIf", section.only_if, keep=True)
        if section.stem:
            yield text("Stem", section.stem, keep=True)
        for part in section.parts:
            yield from self._part(part)

    def _part(self, part: Part) -> Iterator[Element]:
        """Give one table, list of boxes or field."""
        text = self.make.text
        if part.intro:
            yield text("Stem", part.intro, keep=True)
        if part.title:
            yield text("Heading2", _numbered(part.number, part.title), keep=True)
        if part.style in {"list", "field"}:
            yield from self._single(part)
            return
        if part.only_if:
            yield text("OnlyIf", part.only_if, keep=True)
        yield self._grid(part) if part.style == "grid" else self._pairs(part)
        yield text("AfterTable", "")

    def _single(self, part: Part) -> Iterator[Element]:
        """Give a question with a list of boxes, or with a field."""
        line = part.rows[0]
        yield self.make.text("Question", _numbered(line.number, line.text), keep=True)
        if part.only_if:
            yield self.make.text("OnlyIf", part.only_if, keep=True)
        if part.hint:
            yield self.make.text("Hint", part.hint, keep=True)
        for box in line.boxes:
            yield self._choice(box, line.text, keep=box is not line.boxes[-1])
        if not line.boxes:
            name = _numbered(line.number, line.text)
            yield self.make.paragraph("Field", self.make.field(line.name, name))

    def _choice(self, box: Box, question: str, *, keep: bool) -> Element:
        """Give one box with its label behind it."""
        name = f"{box.label}: {question}" if question else box.label
        ticked = self.make.tick_box(box.tag, name)
        return self.make.paragraph("Choice", ticked, self.make.run(f"\t{box.label}"), keep=keep)

    def _grid(self, part: Part) -> Element:
        """Give a table with one row per item and one column per answer."""
        columns = columns_of(part, self.width)
        widths = [columns.number] * bool(columns.number)
        widths += [columns.text, *(columns.of(box) for box in part.heads)]
        head = [self._head("", columns.number)] * bool(columns.number)
        head = [*head, self._head(self.paper.word("paper_item"), columns.text, left=True)]
        head += [self._head(box.label, columns.of(box), shaded=box.apart) for box in part.heads]
        rows = []
        for line in part.rows:
            cells = [
                *self._lead(line, columns),
                self._text_cell(line.text, columns.text),
                *(self._box_cell(box, line.text, columns.of(box)) for box in line.boxes),
            ]
            rows.append(Row(tuple(cells), keep=_is_kept(part, line)))
        return self.make.table(part.title or self.paper.title, widths, head, rows)

    def _pairs(self, part: Part) -> Element:
        """Give a table of pairs: what is asked, and below it pole, boxes, pole."""
        columns = columns_of(part, self.width)
        rated = [box for box in part.heads if not box.apart]
        others = [box for box in part.heads if box.apart]
        pole = self._head(self.paper.word("paper_pole"), columns.text)
        head = [
            *([self._head("", columns.number)] * bool(columns.number)),
            pole,
            *(self._head(box.label.lstrip("-"), columns.box) for box in rated),
            self._head(self.paper.word("paper_pole"), columns.text),
            *(self._head(box.label, columns.apart, shaded=True) for box in others),
        ]
        rows = []
        for line in part.rows:
            span = len(head) - bool(columns.number)
            asked = Cell((self.make.text("Cell", line.text),), self.width - columns.number, span)
            rows.append(Row((*self._lead(line, columns), asked), keep=True))
            rows.append(Row(tuple(self._pair(line, columns)), keep=_is_kept(part, line)))
        return self.make.table(self.paper.title, [cell.width for cell in head], head, rows)

    def _pair(self, line: Line, columns: Columns) -> Iterator[Cell]:
        """Give the cells of one pair."""
        if columns.number:
            yield Cell((self.make.text("Cell", ""),), columns.number)
        name = f"{line.left} / {line.right}"
        yield Cell((self.make.text("PoleLeft", line.left),), columns.text)
        rated = [box for box in line.boxes if not box.apart]
        yield from (self._box_cell(box, name, columns.box) for box in rated)
        yield Cell((self.make.text("Cell", line.right),), columns.text)
        others = [box for box in line.boxes if box.apart]
        yield from (self._box_cell(box, name, columns.apart) for box in others)

    def _lead(self, line: Line, columns: Columns) -> list[Cell]:
        """Give the cell with the number, where rows have one."""
        if not columns.number:
            return []
        return [Cell((self.make.text("CellNumber", line.number),), columns.number)]

    def _head(self, text: str, width: float, *, left: bool = False, shaded: bool = False) -> Cell:
        """Give the head of a column."""
        style = "CellHeadLeft" if left else "CellHead"
        return Cell((self.make.text(style, text),), width, shaded=shaded, middle=False)

    def _text_cell(self, text: str, width: float) -> Cell:
        """Give a cell with a text."""
        return Cell((self.make.text("Cell", text),), width)

    def _box_cell(self, box: Box, row: str, width: float) -> Cell:
        """Give a cell with a box to tick."""
        ticked = self.make.tick_box(box.tag, f"{box.label}: {row}")
        return Cell((self.make.paragraph("CellBox", ticked),), width, shaded=box.apart)

    def _end(self) -> Iterator[Element]:
        """Give the closing words, the small print, and what the file carries."""
        yield self.make.text("Closing", self.paper.closing)
        yield self.make.text("Heading1", self.paper.word("paper_about"), keep=True)
        for note in self.paper.notes:
            yield self._note(note)
        yield self.make.paragraph("SmallPrint", *self._carried())

    def _note(self, note: Note) -> Element:
        """Give a line of small print."""
        runs = [self.make.run(f"{note.heading}: ", style="Strong")] if note.heading else []
        return self.make.paragraph(
            "SmallPrint", *runs, self.make.run(note.text, language=note.language)
        )

    def _carried(self) -> Iterator[Element]:
        """Give form, version and the columns that the file fills in, as locked controls."""
        form, version = (FORM, self.paper.form), (FORM_VERSION, self.paper.version)
        for i, (tag, value) in enumerate((form, version, *self.paper.carried)):
            yield self.make.run(f"{'   ·   ' if i else ''}{tag.rpartition('.')[2]}: ")
            yield self.make.fixed(tag, tag, value)


def _numbered(number: str, text: str) -> str:
    """Put the number before a text."""
    return f"{number}.  {text}" if number else text


def _is_kept(part: Part, line: Line) -> bool:
    """Tell whether a row stays with the next: short tables are kept whole, and all ends tidy."""
    place = part.rows.index(line)
    last = len(part.rows) - 1
    return place < last and (is_short(part) or place in {0, last - 1})
