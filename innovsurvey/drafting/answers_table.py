"""Draft an instrument from nothing but a table of answers."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from innovsurvey.drafting.answer_kinds import NO_ANSWER_REMARK, level_of, says_nothing
from innovsurvey.drafting.answer_ladders import in_steps
from innovsurvey.drafting.choice_format import Choice, choice_format
from innovsurvey.drafting.data_columns import asked_columns, blocks_of, numbers_in
from innovsurvey.drafting.languages import script_language
from innovsurvey.drafting.model import (
    DraftContext,
    DraftFormat,
    DraftItem,
    DraftPoint,
    SurveyDraft,
)
from innovsurvey.drafting.words import plain_text
from innovsurvey.responses.files.options import ZIP, ReadOptions
from innovsurvey.responses.files.parquet import is_parquet
from innovsurvey.responses.files.reading import as_table_file

if TYPE_CHECKING:
    from collections.abc import Sequence

_MARKUP: Final = re.compile(rb"(\xef\xbb\xbf)?\s*[<{\[]")
_LARGEST_POINT: Final = 11
_MOST_ANSWERS: Final = 15
_LONGEST_ANSWER: Final = 120
_REMARK: Final = (
    "Made from a table of answers, which does not say what was asked: headings stand for the "
    "wording. Few whole numbers from 0 to 11 were taken as ordinal points without labels, other "
    "numbers as numbers; texts that repeat, as a list of answers; other texts as people's own "
    "words. Answers that nobody gave are not seen: complete the points."
)
_ORDER_REMARK: Final = (
    "{heading}: the answers look like steps of one thing, but their order is not known; put them "
    "in order, number them so, and set the level to ordinal."
)


def recognise(raw: bytes, name: str) -> bool:  # noqa: ARG001
    """Tell what may be a table: a workbook, Parquet, or text that is no markup."""
    if raw.startswith((ZIP, b"\xd0\xcf\x11\xe0")) or is_parquet(raw):
        return True
    return _MARKUP.match(raw[:400]) is None and not raw.startswith((b"%PDF", b"\x89PNG"))


def draft(raw: bytes, name: str) -> SurveyDraft:
    """Read the columns as questions.

    Raises
    ------
    DataError
        The file is damaged, or no table with rows of answers.
    """
    table = as_table_file(raw, name, ReadOptions())
    code, language = script_language(table.header)
    made = SurveyDraft(name, {code: language}, {code: name})
    made.remarks += [_REMARK, NO_ANSWER_REMARK]
    twice = {said for said, n in Counter(table.header).items() if n > 1}
    for place, heading, cells in asked_columns(table, made, code):
        if not cells:
            made.context.append(DraftContext(heading))
            continue
        format_ = _format(cells, code, heading, made.remarks)
        said = table.header[place]
        text = {code: plain_text(said) or said}
        made.items.append(DraftItem(heading, text, format_, repeated=said in twice))
    made.blocks = blocks_of(made.items)
    return made


def _format(cells: Sequence[str], language: str, heading: str, remarks: list[str]) -> DraftFormat:
    """Make the response format of a column."""
    numbers = numbers_in(cells)
    if numbers is not None:
        return _of_numbers(numbers)
    found = list(dict.fromkeys(cells))
    if len(found) > min(_MOST_ANSWERS, len(cells) / 2) or max(map(len, found)) > _LONGEST_ANSWER:
        return DraftFormat("text")
    given = [text for text in found if not says_nothing([text])]
    steps = in_steps(given)
    if steps is None and level_of(given) == "ordinal":
        remarks.append(_ORDER_REMARK.format(heading=heading))
    ordered = [*(steps or sorted(given)), *(text for text in found if text not in given)]
    made = choice_format([Choice(text, {language: text}) for text in ordered])
    points = tuple(replace(point, written="") for point in made.points)
    missing = tuple(replace(option, written="") for option in made.missing)
    return DraftFormat("nominal" if steps is None else "ordinal", points, missing)


def _of_numbers(numbers: Sequence[float]) -> DraftFormat:
    """Take few small whole numbers as points, all others as numbers."""
    low, high = numbers[0], numbers[-1]
    few = len(numbers) > 1 and low >= 0 and high <= _LARGEST_POINT
    if not few or not all(number.is_integer() for number in numbers):
        return DraftFormat("number")
    points = tuple(DraftPoint(float(n)) for n in range(int(low), int(high) + 1))
    return DraftFormat("ordinal" if len(points) > 2 else "nominal", points)
