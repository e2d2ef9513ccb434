"""Draft an instrument from nothing but a table of answers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.base.numbers import write_number
from innovsurvey.drafting.answer_kinds import NO_ANSWER_REMARK, level_of, says_nothing
from innovsurvey.drafting.answer_ladders import point_values
from innovsurvey.drafting.choice_format import Choice, choice_format
from innovsurvey.drafting.data_columns import (
    are_percentages,
    asked_columns,
    blocks_of,
    none_cells,
    numbers_in,
    without_aside,
)
from innovsurvey.drafting.languages import script_language
from innovsurvey.drafting.model import (
    DraftContext,
    DraftFormat,
    DraftItem,
    DraftPoint,
    SurveyDraft,
)
from innovsurvey.drafting.shared_answers import AnswerList, shared_answers
from innovsurvey.drafting.words import plain_text
from innovsurvey.errors import DataError
from innovsurvey.responses.cells import normalise
from innovsurvey.responses.files.options import ZIP, ReadOptions
from innovsurvey.responses.files.parquet import is_parquet
from innovsurvey.responses.files.reading import as_table_file

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.responses.table_file import TableFile

_MARKUP: Final = re.compile(rb"(\xef\xbb\xbf)?\s*[<{\[]")
_PROGRAMS: Final = frozenset({".r", ".rmd", ".sps", ".do", ".sas", ".py", ".ipynb", ".js", ".sql"})
_COMMAND: Final = re.compile(
    rb"^(?:#!|(?:VARIABLE LABELS|VALUE LABELS|GET (?:DATA|FILE)|DATA LIST)\b|library\("
    rb"|[\w.$()]+(?:\[[^\]\n]{0,30}\])? <- \S|label (?:define|variable) "
    rb"|import [a-z]\w*(?: as \w+)?\r?$|def \w+\()",
    re.MULTILINE | re.IGNORECASE,
)
_LARGEST_POINT: Final = 11
_MOST_ANSWERS: Final = 15
_LONGEST_ANSWER: Final = 120
_MOST_NAMED: Final = 6
_NONE: Final = "none"
_REMARK: Final = (
    "Made from a table of answers, which does not say what was asked: headings stand for the "
    "wording. Few whole numbers from 0 to 11 were taken as ordinal points without labels, other "
    "numbers as numbers; texts that repeat, as a list of answers; other texts as people's own "
    "words. Answers whose order is known (words such as never, often, always; amounts) are ordinal "
    "and numbered from low to high, others nominal and numbered by the alphabet. Columns whose "
    "answers are part of a longer list in another column share that list. Answers that nobody gave "
    "are not seen: complete the points."
)
_NONE_TAKEN: Final = (
    '"None" stands beside other answers that repeat in {names}, and was taken as an answer. '
    "Take the point out if it means that there is no answer."
)
_NONE_LEFT: Final = (
    '"None" was taken to mean that there is no answer in {names}. Add it to the points if it is '
    "an answer."
)
_ORDER_REMARK: Final = (
    "{names}: the answers look like steps of one thing, but their order is not known; put them "
    "in order, number them so, and set the level to ordinal."
)


def recognise(raw: bytes, name: str) -> bool:  # noqa: ARG001
    """Tell what may be a table: a workbook, Parquet, or text that is no markup."""
    if raw.startswith((ZIP, b"\xd0\xcf\x11\xe0")) or is_parquet(raw):
        return True
    return _MARKUP.match(raw[:400]) is None and not raw.startswith((b"%PDF", b"\x89PNG"))


@dataclass
class _Column:
    """A column: the cells that hold something, and those that say "None"."""

    item: DraftItem
    cells: list[str]
    nones: list[str]


def draft(raw: bytes, name: str) -> SurveyDraft:
    """Read the columns as questions.

    Raises
    ------
    DataError
        The file is damaged, the text of a program, or no table with rows of answers.
    """
    _refuse_program(raw, name)
    table = without_aside(as_table_file(raw, name, ReadOptions()))
    code, language = script_language(table.header)
    made = SurveyDraft(name, {code: language}, {code: name})
    made.remarks += [_REMARK, NO_ANSWER_REMARK]
    columns = _columns(table, made, code)
    has_empty = any(not cell.strip() for row in table.rows for cell in row)
    _take_none(columns, made.remarks, 1 if has_empty else 2)
    formats = _formats(columns, code, made.remarks)
    made.items = [
        replace(column.item, format=format_)
        for column, format_ in zip(columns, formats, strict=True)
    ]
    made.blocks = blocks_of(made.items)
    return made


def _refuse_program(raw: bytes, name: str) -> None:
    """Refuse what programs are told to do with data, which is no table of answers.

    Raises
    ------
    DataError
        The name or a line at the beginning is that of such a file.
    """
    head = raw[:4000]
    if PurePath(name).suffix.casefold() in _PROGRAMS or _COMMAND.search(head):
        message = (
            f"{name} is the text of a program or a syntax, not a table of answers. Name the file "
            "with the data; a syntax of LimeSurvey for R or SPSS can be named, too, with its data "
            "file beside it."
        )
        raise DataError(message)


def _columns(table: TableFile, made: SurveyDraft, language: str) -> list[_Column]:
    """Collect the columns that are questions; one without answers goes to the context."""
    twice = {said for said, n in Counter(table.header).items() if n > 1}
    columns = []
    for place, heading, cells in asked_columns(table, made, language):
        said = table.header[place]
        text = {language: plain_text(said) or said}
        item = DraftItem(heading, text, DraftFormat("text"), repeated=said in twice)
        nones = none_cells(table, place)
        if cells:
            columns.append(_Column(item, cells, nones))
        else:
            made.context.append(DraftContext(heading))
    return columns


def _take_none(columns: Sequence[_Column], remarks: list[str], fewest: int) -> None:
    """Take "None" as an answer where it stands beside others and is no mark of the file.

    In a file whose missing answers are empty cells it need not repeat.
    """
    having = [column for column in columns if column.nones]
    is_mark = any(numbers_in(column.cells) is not None for column in having)
    taken = [] if is_mark else [c for c in having if _has_none(c, fewest)]
    known = [{*map(normalise, column.cells), _NONE} for column in taken]
    if not is_mark:
        taken += [c for c in _others(having, taken) if any(_is_part(c, other) for other in known)]
    for column in taken:
        column.cells = column.cells + column.nones
    for remark, named in ((_NONE_TAKEN, taken), (_NONE_LEFT, _others(having, taken))):
        if named:
            remarks.append(remark.format(names=_names(named)))


def _has_none(column: _Column, fewest: int) -> bool:
    """Tell a column in which "None" stands in a list of answers."""
    return len(column.nones) >= fewest and _is_list(column.cells + column.nones)


def _is_part(column: _Column, known: set[str]) -> bool:
    """Tell a column whose answers are all in a list."""
    return set(map(normalise, column.cells)) <= known


def _others(columns: Sequence[_Column], taken: Sequence[_Column]) -> list[_Column]:
    """Give the columns that were not taken."""
    return [column for column in columns if column not in taken]


def _names(columns: Sequence[_Column]) -> str:
    """Name columns."""
    return join_names([column.item.heading for column in columns], _MOST_NAMED)


def _is_list(cells: Sequence[str]) -> bool:
    """Tell answers that were chosen from a list from people's own words."""
    found = set(cells)
    most = min(_MOST_ANSWERS, len(cells) / 2)
    return len(found) <= most and max(map(len, found)) <= _LONGEST_ANSWER


def _formats(columns: Sequence[_Column], language: str, remarks: list[str]) -> list[DraftFormat]:
    """Make the response formats; lists that are part of one another become one."""
    formats = [_of_cells(column.cells) for column in columns]
    listed = [column for column, made in zip(columns, formats, strict=True) if made is None]
    found = [_split(column.cells) for column in listed]
    shared = shared_answers([given for given, _ in found])
    missing: dict[AnswerList, dict[str, str]] = {}
    for answers, (_, options) in zip(shared, found, strict=True):
        missing.setdefault(answers, {}).update({normalise(o): o for o in options})
    of_list = {
        answers: _of_list(answers, list(options.values()), language)
        for answers, options in missing.items()
    }
    for answers in of_list:
        if of_list[answers].level == "nominal" and _look_ordered(answers.answers):
            named = [c for c, own in zip(listed, shared, strict=True) if own == answers]
            remarks.append(_ORDER_REMARK.format(names=_names(named)))
    own = iter(shared)
    return [of_list[next(own)] if made is None else made for made in formats]


def _of_cells(cells: Sequence[str]) -> DraftFormat | None:
    """Make the format of numbers and of people's own words; None for a list of answers."""
    numbers = numbers_in(cells)
    if numbers is not None:
        return _of_numbers(numbers)
    if are_percentages(cells):
        return DraftFormat("number")
    return None if _is_list(cells) else DraftFormat("text")


def _split(cells: Sequence[str]) -> tuple[list[str], list[str]]:
    """Give the different answers of a column, and those that say there is none."""
    found = list({normalise(cell): cell for cell in reversed(cells)}.values())[::-1]
    given = [text for text in found if not says_nothing([text])]
    return given, [text for text in found if text not in given]


def _of_list(answers: AnswerList, missing: Sequence[str], language: str) -> DraftFormat:
    """Make the format of a list of answers, numbered in their order."""
    values = point_values(answers.answers) if answers.is_ordered else None
    codes = map(write_number, values) if values else answers.answers
    labels = [*zip(codes, answers.answers, strict=True), *((text, text) for text in missing)]
    made = choice_format([Choice(code, {language: text}) for code, text in labels])
    points = tuple(replace(point, written="") for point in made.points)
    options = tuple(replace(option, written="") for option in made.missing)
    return DraftFormat("ordinal" if values else "nominal", points, options)


def _look_ordered(answers: Sequence[str]) -> bool:
    """Tell answers that have words or numbers of steps."""
    are_amounts = len(answers) > 2 and all(any(map(str.isdigit, text)) for text in answers)
    return are_amounts or level_of(answers) == "ordinal"


def _of_numbers(numbers: Sequence[float]) -> DraftFormat:
    """Take few small whole numbers as points, all others as numbers."""
    low, high = numbers[0], numbers[-1]
    few = len(numbers) > 1 and low >= 0 and high <= _LARGEST_POINT
    if not few or not all(number.is_integer() for number in numbers):
        return DraftFormat("number")
    points = tuple(DraftPoint(float(n)) for n in range(int(low), int(high) + 1))
    return DraftFormat("ordinal" if len(points) > 2 else "nominal", points)
