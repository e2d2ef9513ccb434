"""Lay out an instrument or questionnaire: pages, questions, languages, what the file carries."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from itertools import groupby
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.definitions.model import Instrument, Text
from innovsurvey.definitions.questionnaire import Questionnaire
from innovsurvey.errors import ExportError, SpecificationError
from innovsurvey.questionnaire.codes import refuse_shared_names
from innovsurvey.questionnaire.layout import Cell, Layout, Page, Question
from innovsurvey.questionnaire.translations import refuse_missing_translations
from innovsurvey.questionnaire.visibility import shown_when
from innovsurvey.questionnaire.words import in_all

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from innovsurvey.definitions.model import Block, Item, Language, ResponseFormat
    from innovsurvey.questionnaire.layout import Kind

# Long runs of digits are numbers of persons or telephones.
_PSEUDONYM: Final = re.compile(r"(?!.*[0-9]{7})[A-Z][A-Z0-9-]{0,23}")
_CHOICES: Final = frozenset({"ordinal", "nominal"})
_ONE_CELL: Final[dict[str, Kind]] = {"number": "number", "text": "text", "date": "date"}


def make_layout(
    source: Instrument | Questionnaire,
    *,
    language: str | None = None,
    languages: Sequence[str] | None = None,
    version: str | None = None,
    form: str | None = None,
    carried: Mapping[str, str | None] | None = None,
    collected: bool = False,
    sender: str | Mapping[str, str] = "",
) -> Layout:
    """Lay out a questionnaire for the writers.

    ``collected`` tells whether the target sends the answers to whoever runs the survey, so that
    the introduction says so; a file that carries the id of a manager belongs to a survey, too.

    Raises
    ------
    SpecificationError
        An unknown version, form or language, or an id that is no pseudonym.
    ExportError
        The instrument may not be exported, nothing is asked, something cannot be asked in its
        response format, two columns share a name, or a translation is missing.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> layout = make_layout(isv.load_instrument("innovation-culture"), language="da")
    >>> layout.language, layout.carried, layout.questions[0].cells[0].name
    ('da', (('version', 'self'),), 'INC01')
    """
    asked = source.instrument if isinstance(source, Questionnaire) else source
    _refuse_closed(asked)
    asked_as = _version(source, version)
    wanted = _languages(source, language, languages)
    items = _asked(source, asked_as, form)
    _refuse_unaskable(asked, items)
    from_sender = _sender(sender, wanted)
    in_survey = any((carried or {}).values())
    layout = Layout(
        id=source.id,
        version=source.version,
        asked_as=asked_as,
        title=source.title,
        description=source.description,
        languages=wanted,
        minutes=source.minutes if isinstance(source, Questionnaire) else None,
        pages=_Planner(asked, asked_as, items).pages(),
        instrument=asked,
        instruments=_instruments(source),
        item_set=form,
        carried=_carried(asked_as, carried or {}),
        **_words(source, asked_as, from_sender, collected=collected or in_survey),
    )
    refuse_shared_names(layout)
    refuse_missing_translations(layout)
    return layout


def _refuse_closed(asked: Instrument) -> None:
    """Refuse an instrument whose wording may not be passed on."""
    if not asked.exportable:
        message = (
            f"{asked.id} may not be exported: its wording belongs to others or is not in the file. "
            f"{asked.source.licence}"
        )
        raise ExportError(message)


def _refuse_unaskable(asked: Instrument, items: Sequence[Item]) -> None:
    """Raise an ExportError that names what cannot be asked in its response format."""
    problems = [*_ticked_alone(asked, items), *_tables_without_answers(asked, items)]
    if problems:
        message = (
            f"{asked.id} cannot be asked as it is: {join_names(problems, 20)}. Change the formats "
            "in the instrument file."
        )
        raise ExportError(message)


def _ticked_alone(asked: Instrument, items: Sequence[Item]) -> Iterator[str]:
    """Name what is to be ticked outside a matrix: no tick would not tell "no" from no answer."""
    formats = {format_.id: format_ for format_ in asked.formats}
    context = {c.id: formats[c.format] for c in asked.context if c.format is not None}
    alone = {item.id: asked.format_of(item.id) for item in items if item.matrix is None}
    for name, format_ in (alone | context).items():
        if format_.level == "multiple":
            yield f"{name} is to be ticked, which only the cells of a matrix can be"


def _tables_without_answers(asked: Instrument, items: Sequence[Item]) -> Iterator[str]:
    """Name matrices and pairs of poles whose format has no points."""
    formats = {item.matrix or item.id: asked.format_of(item.id) for item in items}
    matrices = {item.matrix for item in items}
    for name, format_ in formats.items():
        if (name in matrices or format_.anchors == "poles") and not format_.points:
            missing = f"its format {format_.id!r} has no points"
            yield f"{name} needs answers to choose from, but {missing}"


def _version(source: Instrument | Questionnaire, version: str | None) -> str:
    """Find the version to ask; a questionnaire has only one."""
    if isinstance(source, Questionnaire):
        known = [source.asked_as]
    else:
        known = [name for name, _ in source.versions]
    if version is None:
        return known[0]
    if version not in known:
        hint = suggest(version, known)
        message = f"{source.id} has no version {version!r}{hint}. It has: {join_names(known)}."
        raise SpecificationError(message)
    return version


def _languages(
    source: Instrument | Questionnaire, language: str | None, languages: Sequence[str] | None
) -> tuple[Language, ...]:
    """Give the languages wanted, the main one first; by default all."""
    known = {entry.code: entry for entry in source.languages}
    wanted = [languages] if isinstance(languages, str) else list(languages or known)
    main = wanted[0] if language is None and wanted else language
    codes = list(dict.fromkeys([str(main), *wanted]))
    for code in codes:
        if code not in known:
            message = (
                f"{source.id} has no language {code!r}{suggest(code, known)}. It has: "
                f"{join_names(list(known))}. Add one with: innovsurvey translate sheet."
            )
            raise SpecificationError(message)
    return tuple(known[code] for code in codes)


def _asked(source: Instrument | Questionnaire, asked_as: str, form: str | None) -> list[Item]:
    """Give the items to ask, in file order; the parts of a questionnaire chose their version."""
    asked = source.instrument if isinstance(source, Questionnaire) else source
    wanted = set(asked.item_ids if form is None else asked.form(form).items)
    items = [item for item in asked.items if item.id in wanted]
    if isinstance(source, Instrument):
        items = [item for item in items if asked_as in item.versions]
    if not items:
        of_form = "" if form is None else f" of the form {form!r}"
        message = f"{asked.id} has no item{of_form} in version {asked_as!r}, so nothing is asked."
        raise ExportError(message)
    return items


def _words(
    source: Instrument | Questionnaire, asked_as: str, sender: Text, *, collected: bool
) -> dict[str, Text]:
    """Give introduction, consent and closing; an instrument alone gets general ones."""
    words = {
        "introduction": in_all(
            "introduction_observer" if asked_as == "observer" else "introduction"
        ),
        "consent": in_all("consent"),
        "closing": in_all("closing"),
    }
    if isinstance(source, Questionnaire):
        own = {
            "introduction": source.introduction_collected if collected else source.introduction,
            "consent": source.consent,
            "closing": source.closing,
        }
        words |= {name: text for name, text in own.items() if text}
    introduction = _followed_by(words["introduction"], sender)
    return words | {"introduction": introduction, "sender": sender}


def _sender(sender: str | Mapping[str, str], languages: tuple[Language, ...]) -> Text:
    """Give what the sender says in each language; one text stands for all."""
    if isinstance(sender, str):
        return Text(tuple((e.code, sender) for e in languages)) if sender.strip() else Text()
    missing = [e.code for e in languages if not sender.get(e.code, "").strip()]
    if missing:
        message = f"sender= says nothing in {join_names(missing)}. Give a text for each language."
        raise SpecificationError(message)
    return Text(tuple((e.code, sender[e.code]) for e in languages))


def _followed_by(text: Text, addition: Text) -> Text:
    """Put a paragraph behind a text, in the languages of the paragraph."""
    if not addition:
        return text
    return Text(tuple((code, f"{text.say(code)}\n\n{more}") for code, more in addition.items()))


def _instruments(source: Instrument | Questionnaire) -> tuple[tuple[str, str], ...]:
    """Name the instruments asked, with their versions."""
    if isinstance(source, Questionnaire):
        found = {part.source.id: part.source.version for part in source.parts}
        return tuple(found.items())
    return ((source.id, source.version),)


def _carried(asked_as: str, carried: Mapping[str, str | None]) -> tuple[tuple[str, str], ...]:
    """Check the ids that the file carries; they must not look like a name or a number."""
    given = {name: value for name, value in carried.items() if value is not None}
    for name, value in given.items():
        if not _PSEUDONYM.fullmatch(value):
            message = (
                f"{name}={value!r} is no pseudonym: use 1 to 24 capital letters, digits or "
                "hyphens, beginning with a letter, such as M07, at most 6 digits in a row. Never "
                "use a name, an address or a number that belongs to a person."
            )
            raise SpecificationError(message)
    return (("version", asked_as), *given.items())


@dataclass(frozen=True)
class _Planner:
    """Lay items out on pages."""

    instrument: Instrument
    asked_as: str
    items: list[Item]

    @property
    def _asked(self) -> Instrument:
        """Give the instrument with the items asked alone: a filter on another one says nothing."""
        return replace(self.instrument, items=tuple(self.items))

    def pages(self) -> tuple[Page, ...]:
        """Give one page per block, then the items of no block, then the background."""
        taken = {item.id.casefold() for item in self.items}
        numbered = (code for code in _array_codes() if code.casefold() not in taken)
        laid = [
            Page(id_, title, stem, tuple(self._questions(items, numbered)))
            for id_, title, stem, items in self._blocks()
            if items
        ]
        return (*laid, *self._background())

    def _blocks(self) -> Iterator[tuple[str, Text, Text, list[Item]]]:
        """Give id, title, stem and items of each block, then the items that stand in none."""
        by_place: dict[str, list[Item]] = {}
        for item in self.items:
            by_place.setdefault(item.matrix or item.id, []).append(item)
        for block in self.instrument.blocks:
            items = [item for name in block.items for item in by_place.pop(name, ())]
            yield block.id, block.title, self._stem(block), items
        rest = [item for items in by_place.values() for item in items]
        yield "items", self.instrument.title, Text(), rest

    def _stem(self, block: Block) -> Text:
        """Give the stem of a block in the version asked, else in the first one."""
        stems = dict(block.stems)
        return stems.get(self.asked_as) or next(iter(stems.values()), Text())

    def _questions(self, items: Sequence[Item], numbered: Iterator[str]) -> Iterator[Question]:
        """Join neighbours that are answered in the same way to one question."""
        for (matrix, row, *_), group in groupby(items, key=self._kind_of):
            members = list(group)
            format_ = self._format(members[0])
            if matrix is not None:
                yield self._matrix_row(str(matrix), str(row), members, format_)
            elif format_.anchors == "poles" or (format_.level == "ordinal" and len(members) > 1):
                cells = tuple(_cell(item, item.id, self._text(item)) for item in members)
                shown = shown_when(members[0].show_if, self._asked)
                code = next(numbered)
                yield Question(code, "array", Text(), Text(), format_, cells, shown)
            else:
                for item in members:
                    yield self._single(item, format_)

    def _kind_of(self, item: Item) -> tuple[object, ...]:
        """Tell what neighbours must share to be asked together."""
        return (item.matrix, item.row, item.format, item.show_if, item.versions[:1])

    def _format(self, item: Item) -> ResponseFormat:
        """Give the format of an item with the missing options of the version asked."""
        version = self.asked_as if self.asked_as in item.versions else item.versions[0]
        format_ = self.instrument.format_of(item.id)
        kept = tuple(m for m in format_.missing if not m.versions or version in m.versions)
        return replace(format_, missing=kept)

    def _text(self, item: Item) -> Text:
        """Give the wording of an item in the version asked."""
        return item.text(self.asked_as if self.asked_as in item.versions else None)

    def _single(self, item: Item, format_: ResponseFormat) -> Question:
        """Lay out an item that stands alone."""
        kind: Kind = "choice" if format_.level in _CHOICES else _ONE_CELL[format_.level]
        shown = shown_when(item.show_if, self._asked)
        cell = _cell(item, item.id, self._text(item))
        return Question(item.id, kind, cell.text, Text(), format_, (cell,), shown)

    def _matrix_row(
        self, matrix_id: str, row_id: str, items: Sequence[Item], format_: ResponseFormat
    ) -> Question:
        """Lay out one row of a matrix."""
        matrix = self.instrument.matrix(matrix_id)
        row = next(line for line in matrix.rows if line.id == row_id)
        columns = {line.id: line.text for line in matrix.columns}
        cells = tuple(_cell(item, str(item.column), columns[str(item.column)]) for item in items)
        kind: Kind = "ticks" if format_.level == "multiple" else "array"
        alone = kind == "ticks" and len(matrix.rows) == 1
        return Question(
            code=row_id,
            kind=kind,
            text=matrix.text if alone else row.text,
            intro=Text() if alone else matrix.text,
            format=format_,
            cells=cells,
            show_if=shown_when(items[0].show_if, self._asked),
            matrix=matrix_id,
        )

    def _background(self) -> tuple[Page, ...]:
        """Lay out the questions about the respondent that the questionnaire asks."""
        formats = {f.id: f for f in self.instrument.formats}
        questions = []
        for column in self.instrument.context:
            if column.format is not None:
                format_ = formats[column.format]
                kind: Kind = "choice" if format_.level in _CHOICES else _ONE_CELL[format_.level]
                cell = Cell(column.id, column.id.replace("_", ""), column.label)
                questions.append(
                    Question(cell.code, kind, column.label, Text(), format_, (cell,), None)
                )
        if not questions:
            return ()
        return (Page("background", in_all("background"), Text(), tuple(questions)),)


def _cell(item: Item, code: str, text: Text) -> Cell:
    """Make the cell of an item."""
    return Cell(item.id, code, text, item.left, item.right)


def _array_codes() -> Iterator[str]:
    """Give Q01, Q02, ... to the arrays of items, which have no code of their own."""
    number = 0
    while True:
        number += 1
        yield f"Q{number:02d}"
