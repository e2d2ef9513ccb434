"""Describe every column of the data that a questionnaire gives, as archives need it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.definitions.model import Text
from innovsurvey.questionnaire.codes import CodeLimits, check_codes
from innovsurvey.questionnaire.layout import Option
from innovsurvey.questionnaire.visibility import AllOf, AnyOf, Blank, Is
from innovsurvey.questionnaire.words import in_all, word

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.definitions.model import Item, Passage, Scale
    from innovsurvey.questionnaire.layout import Cell, Layout, Page, Question
    from innovsurvey.questionnaire.visibility import Expression

_LIMITS: Final = CodeLimits(
    target="an archive",
    pattern=r"[A-Za-z][A-Za-z0-9_]*",
    rule="letters, digits and underscores, beginning with a letter",
    longest=64,
    longest_answer=20,
)
_NOT_SHOWN: Final = -12.0  # the code by which answers are read (responses/cells.py)


@dataclass(frozen=True, slots=True)
class Variable:
    """One column of the data and what was asked for it.

    ``label`` names the column; for a cell of a matrix it joins row and column. ``lead`` are the
    texts that stand before the question. ``options`` are all codes that may occur: ratings,
    missing options, and "not shown" where a filter can hide the question. A pair has its poles as
    labels of the outer ratings.
    """

    name: str
    page: Page
    question: Question
    cell: Cell
    item: Item | None
    label: Text
    lead: tuple[Text, ...]
    options: tuple[Option, ...]

    @property
    def ratings(self) -> tuple[Option, ...]:
        """The codes that are answers."""
        return tuple(option for option in self.options if option.reason is None)

    @property
    def missing(self) -> tuple[Option, ...]:
        """The codes that say why there is no answer."""
        return tuple(option for option in self.options if option.reason is not None)

    @property
    def is_reverse(self) -> bool:
        """Whether scoring turns the answers round."""
        return self.item is not None and self.item.reverse


def variables(layout: Layout) -> tuple[Variable, ...]:
    """Give every column that is asked, in the order of the questionnaire.

    Raises
    ------
    ExportError
        A code cannot be the name of a variable, or two are equal but for their case.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> found = variables(make_layout(isv.load_instrument("participation-by-phase")))
    >>> len(found), found[0].name, found[0].label["en"]
    (40, 'PH1_AC1', 'Understanding the problem [Staff of the lead organisation]')
    """
    check_codes(layout, _LIMITS)
    return tuple(
        _variable(layout, page, question, cell)
        for page in layout.pages
        for question in page.questions
        for cell in question.cells
    )


def filled_in(layout: Layout) -> tuple[tuple[str, str, Text], ...]:
    """Give the columns that the file fills in by itself: name, value and label."""
    labels = {column.id: column.label for column in layout.instrument.context}
    asked = {cell.name for question in layout.questions for cell in question.cells}
    return tuple(
        (name, value, labels.get(name) or Text((("", name),)))
        for name, value in layout.carried
        if name not in asked
    )


def scales_with(layout: Layout, name: str) -> tuple[list[Scale], list[Scale]]:
    """Give the scales that an item belongs to, and the facets."""
    parts = {facet for scale in layout.instrument.scales for facet in scale.facets}
    members = [scale for scale in layout.instrument.scales if name in scale.items]
    facets = [scale for scale in members if scale.id in parts]
    return [scale for scale in members if scale.id not in parts], facets


def passages_of(layout: Layout, item: Item) -> tuple[Passage, ...]:
    """Give the passages that an item, or the row and column of a matrix cell, was made from."""
    names = [item.passage]
    if item.matrix is not None:
        matrix = layout.instrument.matrix(item.matrix)
        names += [line.passage for line in matrix.rows if line.id == item.row]
        names += [line.passage for line in matrix.columns if line.id == item.column]
    return tuple(layout.instrument.passage(name) for name in dict.fromkeys(names) if name)


def in_words(expression: Expression, language: str = "en") -> str:
    """Write a filter with the ids and codes of its items.

    Examples
    --------
    >>> in_words(AnyOf((Is("FLT", (1, 2)), Blank("FLT"))))
    'FLT = 1 or 2, or FLT is not answered'
    """
    match expression:
        case Is(item, values):
            codes = word("archive_one_of", language).join(map(write_number, values))
            return f"{item} = {codes}"
        case Blank(item):
            return word("archive_unanswered", language).format(item=item)
        case AllOf(parts):
            return word("archive_and", language).join(_bracketed(p, language) for p in parts)
        case AnyOf(parts):
            return word("archive_or", language).join(_bracketed(p, language) for p in parts)


def condition_of(expression: Expression) -> Text:
    """Say in all languages there are when something is shown."""
    return Text(
        tuple(
            (code, words.format(condition=in_words(expression, code)))
            for code, words in in_all("archive_filter").items()
        )
    )


def phrase(key: str, **values: str) -> Text:
    """Give a phrase in all languages there are, with values filled in.

    Examples
    --------
    >>> phrase("archive_part", part="context@1.0.0")["en"]
    'Asked in this questionnaire: context@1.0.0'
    """
    return Text(tuple((code, words.format(**values)) for code, words in in_all(key).items()))


def _bracketed(part: Expression, language: str) -> str:
    """Write a part of a filter, in brackets where it has parts of its own."""
    words = in_words(part, language)
    return f"({words})" if isinstance(part, AllOf | AnyOf) else words


def _variable(layout: Layout, page: Page, question: Question, cell: Cell) -> Variable:
    """Describe one column."""
    item = layout.instrument.item(cell.name) if _is_item(layout, cell.name) else None
    is_row = question.kind in {"array", "ticks"}
    row = question.text if is_row else Text()
    return Variable(
        name=cell.name,
        page=page,
        question=question,
        cell=cell,
        item=item,
        label=_joined(row, _wording(cell), " [", "]") if question.matrix else _wording(cell),
        lead=tuple(text for text in (page.stem, question.intro, row) if text),
        options=tuple(_options(question, cell)),
    )


def _is_item(layout: Layout, name: str) -> bool:
    """Tell an item from a question about the respondent."""
    return name in layout.instrument.item_ids


def _wording(cell: Cell) -> Text:
    """Give the text of a cell and its poles."""
    poles = _joined(cell.left, cell.right, " <-> ")
    return _joined(cell.text, poles, " ")


def _joined(first: Text, second: Text, between: str, after: str = "") -> Text:
    """Join two texts in each language."""
    if not first or not second:
        return first or second
    return Text(
        tuple((code, f"{words}{between}{second[code]}{after}") for code, words in first.items())
    )


def _options(question: Question, cell: Cell) -> Iterator[Option]:
    """Give the codes that a cell may hold."""
    poles = {question.format.low: cell.left, question.format.high: cell.right}
    for option in question.options:
        label = poles.get(option.value) if question.is_pairs and option.reason is None else None
        yield replace(option, label=label) if label else option
    if question.show_if is not None:
        yield Option(_NOT_SHOWN, in_all("archive_not_shown"), "not_shown")
