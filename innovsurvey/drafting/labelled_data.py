"""Draft an instrument from data of SPSS or Stata: labels of variables, codes and missing values."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.base.numbers import write_number
from innovsurvey.drafting.answer_kinds import (
    LEVEL_REMARK,
    NO_ANSWER_REMARK,
    level_of,
    says_nothing,
)
from innovsurvey.drafting.choice_format import Choice, choice_format
from innovsurvey.drafting.data_columns import asked_columns, blocks_of, numbers_in
from innovsurvey.drafting.languages import script_language
from innovsurvey.drafting.model import (
    DraftContext,
    DraftFormat,
    DraftItem,
    DraftMissing,
    DraftPoint,
    SurveyDraft,
)
from innovsurvey.drafting.words import plain_text
from innovsurvey.responses.cells import as_number
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import as_table_file
from innovsurvey.responses.files.spss import is_spss
from innovsurvey.responses.files.stata import is_stata

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.responses.table_file import TableFile

_WIDEST: Final = 20  # a scale with words at its ends only has at most so many points
_STRAY_REMARK: Final = (
    "{heading}: {codes} occurred without a label, outside the labelled answers {low} to {high}. "
    "They are no answers here; make them points or missing options if they are."
)
_REMARK: Final = (
    "Variables with value labels became questions with these answers; where only the ends have "
    "a label, the whole numbers between are points, too; where most answers are other numbers, "
    "the question takes any number. "
    "Variables with a label but no value labels are numbers or texts; those without any label are "
    "context. Codes that the file declares missing are missing options."
)


def recognise(raw: bytes, name: str) -> bool:  # noqa: ARG001
    """Tell data of SPSS or Stata."""
    return is_spss(raw) or is_stata(raw)


def draft(raw: bytes, name: str) -> SurveyDraft:
    """Read the variables as questions.

    Raises
    ------
    DataError
        The file is damaged, or has no row of answers.
    """
    return draft_table(as_table_file(raw, name, ReadOptions()), name)


def draft_table(table: TableFile, name: str) -> SurveyDraft:
    """Read the columns of a table that has labels as questions."""
    said = [*table.texts.values(), *(t for known in table.labels.values() for t in known.values())]
    code, language = script_language(said)
    made = SurveyDraft(name, {code: language}, {code: name})
    made.remarks += [_REMARK, LEVEL_REMARK, NO_ANSWER_REMARK]
    for _, heading, cells in asked_columns(table, made, code):
        text = plain_text(table.texts.get(heading, ""))
        if heading not in table.labels and heading not in table.missing and not text:
            made.context.append(DraftContext(heading))
            continue
        format_, stray = _format(table, heading, cells, code)
        if stray:
            made.remarks.append(_said_stray(heading, stray, format_))
        made.items.append(DraftItem(heading, {code: text or heading}, format_))
    made.blocks = blocks_of(made.items)
    return made


def _said_stray(heading: str, stray: Sequence[float], format_: DraftFormat) -> str:
    """Name the codes that are outside the labelled ones."""
    low, high = (write_number(format_.points[end].value) for end in (0, -1))
    codes = join_names([write_number(code) for code in stray])
    return _STRAY_REMARK.format(heading=heading, codes=codes, low=low, high=high)


def _format(
    table: TableFile, heading: str, cells: Sequence[str], language: str
) -> tuple[DraftFormat, list[float]]:
    """Make the response format of a variable, and name the codes that it leaves out."""
    labels = {code: plain_text(t) for code, t in table.labels.get(heading, {}).items()}
    declared = table.missing.get(heading, {})
    missing = _missing(labels, declared, language)
    codes = {option.written or option.code for option in missing}
    known = {c: t for c, t in labels.items() if c not in codes and as_number(c) not in codes}
    answered = [c for c in cells if c not in declared and as_number(c) not in codes]
    numbers = numbers_in([*known, *answered])
    if numbers is None:
        return _of_texts(known, missing, language), []
    points = _points(known, answered, numbers, language)
    if not points:
        return DraftFormat("number", missing=missing), []
    stray = [n for n in numbers if not points[0].value <= n <= points[-1].value]
    labelled = [text for point in points for text in point.label.values()]
    has_ends_only = bool(points[0].label and points[-1].label) and len(labelled) < len(points)
    return DraftFormat("ordinal" if has_ends_only else level_of(labelled), points, missing), stray


def _missing(
    labels: Mapping[str, str], declared: Mapping[str, str], language: str
) -> tuple[DraftMissing, ...]:
    """Give the codes that are no answer: those the file declares, and those whose label says so."""
    said = {code: "" for code, label in labels.items() if says_nothing([label])}
    taken = {number for code in labels if (number := as_number(code)) is not None}
    options = []
    for code, reason in {**said, **declared}.items():
        number = as_number(code)
        if number is None:
            number = min([0.0, *taken]) - 1
        taken.add(number)
        label = {language: labels[code]} if labels.get(code) else {}
        written = "" if as_number(code) is not None else code
        options.append(DraftMissing(number, label, reason, written))
    return tuple(options)


def _points(
    known: Mapping[str, str], answered: Sequence[str], numbers: Sequence[float], language: str
) -> tuple[DraftPoint, ...]:
    """Give the points of a list of answers; none where the answers are numbers of any size.

    Codes between the labelled ends are points, too, with every whole number between; those
    outside are none, unless most answers are.
    """
    by_code = {number: text for c, text in known.items() if (number := as_number(c)) is not None}
    if len(by_code) < 2:
        return ()
    low, high = min(by_code), max(by_code)
    others = [number for number in numbers if number not in by_code]
    inside = [number for number in others if low < number < high]
    is_any = not all(number.is_integer() for number in others) or high - low > _WIDEST
    if (inside and is_any) or _most_outside(answered, low, high, len(by_code)):
        return ()
    wanted = range(int(low), int(high) + 1) if inside else sorted(by_code)
    return tuple(
        DraftPoint(float(n), {language: by_code[n]} if n in by_code else {}) for n in wanted
    )


def _most_outside(answered: Sequence[str], low: float, high: float, n_labels: int) -> bool:
    """Tell answers of which most, or more different ones than have labels, are outside."""
    numbers = [number for cell in answered if (number := as_number(cell)) is not None]
    outside = [number for number in numbers if not low <= number <= high]
    return 2 * len(outside) > len(numbers) or len(set(outside)) > n_labels


def _of_texts(
    known: Mapping[str, str], missing: tuple[DraftMissing, ...], language: str
) -> DraftFormat:
    """Make a list of answers whose codes are texts; without labels, people wrote the texts."""
    if len(known) < 2:
        return DraftFormat("text")
    made = choice_format([Choice(code, {language: label}) for code, label in known.items()])
    return DraftFormat(made.level, made.points, (*made.missing, *missing))
