"""Turn the cells of one column into numbers, with a reason for every cell that is missing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.numbers import write_number

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import ResponseFormat

NOT_ANSWERED: Final = "not_answered"
OUT_OF_RANGE: Final = "out_of_range"
UNREADABLE: Final = "unreadable"
NOT_SHOWN: Final = "not_shown"
NOT_SHOWN_CODE: Final = -12.0
_TOKEN: Final = re.compile(r"N(\d{1,4})", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
_DIGITS: Final = 15  # a float keeps that many
_WHOLE: Final = re.compile(rf"0|-?[1-9]\d{{0,{_DIGITS - 1}}}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?(\d+(,\d+)?|,\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_NO_ANSWER: Final = frozenset({"na", "n/a", "#n/a", "nan", "null", "none", ".", "-", "--"})
_QUOTES: Final = str.maketrans({"\u2019": "'", "\u2018": "'", "\u201c": '"', "\u201d": '"'})


@dataclass(frozen=True)
class Reading:
    """What one text in a cell means: a value or a reason, and the rule that a log names."""

    value: float
    reason: str | None
    rule: str | None


@dataclass(frozen=True)
class ItemColumn:
    """The answers of one column, the reasons of its missing cells, and the changes made."""

    values: NDArray[np.float64]
    reasons: pd.Series[Any]
    changes: list[tuple[int | None, str, str, str, int]]


def read_item(cells: Sequence[str], format_: ResponseFormat) -> ItemColumn:
    """Read the cells of an item: codes, labels in any language, and what means "no answer".

    Each different text is judged once. A change that loses something is noted cell by cell, a
    matched label once per column, with the number of cells.
    """
    codes, texts = pd.factorize(np.asarray(cells, dtype=object))
    labels = _labels(format_)
    readings = [_read(str(text), format_, labels) for text in texts]
    values = np.array([reading.value for reading in readings], dtype=float)[codes]
    reason = np.array([reading.reason for reading in readings], dtype=object)[codes]
    changes = []
    for k, (text, reading) in enumerate(zip(texts, readings, strict=True)):
        if reading.rule is not None:
            changes += _changes(str(text), reading, np.flatnonzero(codes == k))
    return ItemColumn(values, pd.Series(reason, dtype=reason_type(format_)), changes)


def reason_type(format_: ResponseFormat) -> pd.CategoricalDtype:
    """Give the categories of the reasons that cells of a format may be missing for."""
    own = [option.reason for option in format_.missing]
    shared = [NOT_ANSWERED, NOT_SHOWN, OUT_OF_RANGE, UNREADABLE]
    return pd.CategoricalDtype(shared + [reason for reason in own if reason not in shared])


def read_context(cells: Sequence[str], *, decimal_comma: bool) -> pd.Series[Any]:
    """Read a context column: whole numbers, numbers or texts, whichever holds for all cells.

    A number with a leading zero stays a text, since it is an id; empty cells are missing. With
    ``decimal_comma`` a column may have decimal points or decimal commas, not both.
    """
    texts = pd.Series([cell.strip() for cell in cells])
    filled = texts != ""
    found = texts[filled].unique()
    if len(found) and all(_WHOLE.fullmatch(text) for text in found):
        return pd.to_numeric(texts.where(filled, None)).astype(
            "int64" if filled.all() else "float64"
        )
    for pattern in (_DECIMAL, _DECIMAL_COMMA)[: 1 + decimal_comma]:
        if len(found) and all(pattern.fullmatch(text) and not _is_code(text) for text in found):
            plain = texts.str.replace(",", ".").where(filled, None)
            return pd.to_numeric(plain).astype("float64")
    return texts.where(filled, None)


def read_label(cells: Sequence[str]) -> pd.Series[Any]:
    """Read a column of names, such as ids and groups: plain whole numbers, or texts as written."""
    texts = pd.Series([cell.strip() for cell in cells])
    if len(texts) and all(_WHOLE.fullmatch(text) for text in texts.unique()):
        return pd.to_numeric(texts).astype("int64")
    return texts.where(texts != "", None)


def is_blank(cell: str) -> bool:
    """Tell an empty cell, or a mark such as NA, from an answer."""
    plain = cell.strip().casefold()
    return not plain or plain in _NO_ANSWER


def _is_code(text: str) -> bool:
    """Tell an id such as 0012, or one of more than 15 digits, from a number."""
    return (text[0] == "0" and text[1:2].isdigit()) or (text.isdigit() and len(text) > _DIGITS)


def normalise(text: str) -> str:
    """Make texts comparable: one form of each letter, plain quotes, single blanks, no case.

    Examples
    --------
    >>> normalise("  I  can’t judge ")
    "i can't judge"
    """
    plain = unicodedata.normalize("NFKC", text).translate(_QUOTES)
    return " ".join(plain.casefold().split())


def label_codes(
    format_: ResponseFormat, comparable: Callable[[str], str] = normalise
) -> dict[str, float]:
    """Give the code of every label of a format, in all languages; a label of two has none.

    How files write an answer counts as a label, too. A point without a label is shown as its
    number, so that number is its label.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> codes = label_codes(isv.load_instrument("collaborative-leadership").formats[0])
    >>> codes["never"], codes["aldrig"], codes["i cannot judge"]
    (1, 1, -8)
    """
    found: dict[str, set[float]] = {}
    labelled = [(p.value, p.label, p.written) for p in format_.points]
    labelled += [(m.code, m.label, m.written) for m in format_.missing]
    for code, label, written in labelled:
        said = [*label.values(), *([written] if written else [])]
        for words in said or [write_number(code)]:
            found.setdefault(comparable(words), set()).add(code)
    return {words: codes.pop() for words, codes in found.items() if len(codes) == 1}


def _labels(format_: ResponseFormat) -> dict[str, Reading]:
    """Give what each label of a format means; digits are read as codes, never as a label."""
    reasons = {option.code: option.reason for option in format_.missing}
    return {
        words: Reading(np.nan if code in reasons else code, reasons.get(code), "label_matched")
        for words, code in label_codes(format_).items()
        if not _NUMBER.fullmatch(words)
    }


def _read(text: str, format_: ResponseFormat, labels: dict[str, Reading]) -> Reading:
    """Judge one text of an item column.

    Platforms whose codes hold only letters and digits give N7 for -7.
    """
    text = text.strip()
    if not text:
        return Reading(np.nan, NOT_ANSWERED, None)
    if _NUMBER.fullmatch(text):
        return _read_number(float(text.replace(",", ".")), format_)
    plain = normalise(text)
    if plain in labels:
        return labels[plain]
    token = _TOKEN.fullmatch(text)
    if token:
        return _read_number(-float(token[1]), format_)
    if plain in _NO_ANSWER:
        return Reading(np.nan, NOT_ANSWERED, "no_answer_mark")
    return Reading(np.nan, UNREADABLE, "cell_quarantined")


def _read_number(number: float, format_: ResponseFormat) -> Reading:
    """Judge a number: a point of the format, one of its missing codes, or neither."""
    if not np.isfinite(number):
        return Reading(np.nan, OUT_OF_RANGE, OUT_OF_RANGE)
    for option in format_.missing:
        if number == option.code:
            return Reading(np.nan, option.reason, None)
    if format_.points:
        fits = number in format_.values
    else:
        low = -np.inf if format_.low is None else format_.low
        high = np.inf if format_.high is None else format_.high
        fits = low <= number <= high
    if fits:
        return Reading(number, None, None)
    if number == NOT_SHOWN_CODE:
        return Reading(np.nan, NOT_SHOWN, None)
    return Reading(np.nan, OUT_OF_RANGE, OUT_OF_RANGE)


def _changes(
    text: str, reading: Reading, places: NDArray[np.intp]
) -> list[tuple[int | None, str, str, str, int]]:
    """Write the log lines of one text: row position, rule, old, new, number of cells."""
    rule = str(reading.rule)
    if rule == "label_matched":
        new = reading.reason or write_number(reading.value)
        return [(None, rule, text, new, len(places))]
    return [(int(place), rule, text, "", 1) for place in places]
