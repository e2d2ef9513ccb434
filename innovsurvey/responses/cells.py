"""Turn the cells of one column into numbers, with a reason for every cell that is missing."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.numbers import write_number

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Point, ResponseFormat

NOT_ANSWERED: Final = "not_answered"
OUT_OF_RANGE: Final = "out_of_range"
UNREADABLE: Final = "unreadable"
NOT_SHOWN: Final = "not_shown"
NOT_SHOWN_CODE: Final = -12.0
_TOKEN: Final = re.compile(r"N(\d{1,4})", re.ASCII)
_NUMBER: Final = re.compile(r"[+-]?(\d+([.,]\d*)?|[.,]\d+)([eE][+-]?\d+)?", re.ASCII)
# How write_responses names a reason for which the format has no code, as in [out_of_range].
_REASON_MARK: Final = re.compile(r"\[([a-z][a-z0-9_]*)\]", re.ASCII)
_CODE_FIRST: Final = re.compile(
    r"(?:[\[(]\s*(?P<code>[+-]?\w{1,6})\s*[\])]\s*[.:=–—-]?|(?P<bare>[+-]?\w{1,6})\s*[.):=–—-])"
    r"\s*(?P<label>.*\w.*)",
    re.DOTALL,
)
_CODE_BARE: Final = re.compile(r"(?:[\[(]\s*)?(?P<code>[+-]?\d{1,4})\s*[\])]")
_CODE_AND_BRACKET: Final = re.compile(
    r"(?P<code>[+-]?\d{1,4})\s*[\[(]\s*(?P<label>[^\[\]()]*\w[^\[\]()]*)[\])]", re.DOTALL
)
_CODE_AND_BLANK: Final = re.compile(r"(?P<code>[+-]?\d{1,4})\s+(?P<label>\S.*)", re.DOTALL)
_CODE_LAST: Final = re.compile(
    r"(?P<label>.*\w.*?)\s*[\[(]\s*(?P<code>[+-]?\w{1,6})\s*[\])]", re.DOTALL
)
_PERCENT: Final = re.compile(r"([+-]?[\d.,]+)\s*%")
_THOUSANDS: Final = re.compile(r"[+-]?\d{1,3}(,\d{3})+")
_MARKS: Final = " .:;!*"
_DIGITS: Final = 15  # a float keeps that many
_WHOLE: Final = re.compile(rf"0|-?[1-9]\d{{0,{_DIGITS - 1}}}", re.ASCII)
_DECIMAL: Final = re.compile(r"[+-]?(\d+(\.\d+)?|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_DECIMAL_COMMA: Final = re.compile(r"[+-]?(\d+(,\d+)?|,\d+)([eE][+-]?\d{1,2})?", re.ASCII)
_NO_ANSWER: Final = frozenset({"na", "n/a", "#n/a", "nan", "null", "none", ".", "-", "--"})
# What loses nothing is told once for a column, with the number of cells.
_OF_THE_COLUMN: Final = frozenset(
    {"label_matched", "recoded", "declared_missing", "no_answer_mark"}
)
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


@dataclass(frozen=True)
class CodeBook:
    """What a file, or the person who reads it, says about the codes of a column.

    ``labels`` are the file's labels of its codes, ``declared`` the codes that it says are no
    answer, with the reason, ``recode`` the codes to turn into others first. ``decimal_comma`` tells
    that a comma may stand before decimals; else a comma before three digits may mean thousands.
    """

    labels: Mapping[str, str] = field(default_factory=dict)
    declared: Mapping[str, str] = field(default_factory=dict)
    recode: Mapping[str, float] = field(default_factory=dict)
    decimal_comma: bool = True


def distinct(cells: Sequence[str]) -> tuple[NDArray[np.intp], list[str]]:
    """Give the different texts of a column, and for each cell the place of its text.

    Examples
    --------
    >>> places, texts = distinct(["4", "", "4"])
    >>> places.tolist(), texts
    ([0, 1, 0], ['4', ''])
    """
    places, texts = pd.factorize(np.asarray(cells, dtype=object))
    return places, [str(text) for text in texts]


def read_item(
    places: NDArray[np.intp], texts: Sequence[str], format_: ResponseFormat, book: CodeBook
) -> ItemColumn:
    """Read the cells of an item: codes, labels in any language, and what means "no answer".

    Each different text is judged once; ``places`` say which text stands in which cell. A change
    that loses something is noted cell by cell, a matched label once per column, with the number of
    cells.
    """
    labels = _labels(format_)
    readings = [_read(text, format_, labels, book) for text in texts]
    values = np.array([reading.value for reading in readings], dtype=float)[places]
    reasons = [reading.reason for reading in readings]
    kind = reason_type(format_, {reason for reason in reasons if reason})
    codes = kind.categories.get_indexer(pd.Index(reasons, dtype=object))
    changes = []
    for k, (text, reading) in enumerate(zip(texts, readings, strict=True)):
        if reading.rule is not None:
            changes += _changes(text, reading, np.flatnonzero(places == k))
    why = pd.Categorical.from_codes(codes[places], dtype=kind)
    return ItemColumn(values, pd.Series(why), changes)


def reason_type(format_: ResponseFormat, found: Collection[str] = ()) -> pd.CategoricalDtype:
    """Give the categories of the reasons that cells of a format may be missing for.

    ``found`` are reasons that a file declares beside those of the format; they come last.
    """
    own = [option.reason for option in format_.missing]
    shared = [NOT_ANSWERED, NOT_SHOWN, OUT_OF_RANGE, UNREADABLE]
    return pd.CategoricalDtype(list(dict.fromkeys([*shared, *own, *sorted(found)])))


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
    found = {
        words: Reading(np.nan if code in reasons else code, reasons.get(code), "label_matched")
        for words, code in label_codes(format_).items()
        if not _NUMBER.fullmatch(words)
    }
    return {words.rstrip(_MARKS): reading for words, reading in found.items()} | found


def unreadable_texts(texts: Iterable[str], format_: ResponseFormat, book: CodeBook) -> set[str]:
    """Name the texts that are neither code nor label nor a mark of no answer."""
    labels = _labels(format_)
    return {text for text in texts if _read(text, format_, labels, book).reason == UNREADABLE}


def as_number(text: str) -> float | None:
    """Read a number with a decimal point or comma; None for all else.

    Examples
    --------
    >>> as_number(" 4,5 "), as_number("four")
    (4.5, None)
    """
    plain = text.strip()
    return float(plain.replace(",", ".")) if _NUMBER.fullmatch(plain) else None


def split_pair(text: str) -> tuple[str, str] | None:
    """Take a code and its label apart, as in ``4. Agree``, ``[4] Agree`` or ``Agree (4)``.

    Examples
    --------
    >>> split_pair("4 = Agree"), split_pair("Agree (4)"), split_pair("4 (Agree)")
    (('4', 'Agree'), ('4', 'Agree'), ('4', 'Agree'))
    >>> split_pair("4)"), split_pair("4"), split_pair("4 weeks")
    (('4', ''), None, None)
    """
    if as_number(text) is not None:
        return None
    plain = text.strip()
    for form in (_CODE_BARE, _CODE_AND_BRACKET, _CODE_FIRST, _CODE_LAST):
        found = form.fullmatch(plain)
        if found:
            parts = found.groupdict("")
            return parts["code"] or parts.get("bare", ""), parts.get("label", "")
    return None


def _read(
    text: str, format_: ResponseFormat, labels: dict[str, Reading], book: CodeBook
) -> Reading:
    """Judge one text of an item column.

    Platforms whose codes hold only letters and digits give N7 for -7.
    """
    text = text.strip()
    if text in book.recode:
        return replace(_read_number(book.recode[text], format_), rule="recoded")
    if text in book.declared:
        return _read_declared(text, format_, labels, book)
    if not text:
        return Reading(np.nan, NOT_ANSWERED, None)
    if not format_.points:
        text = _PERCENT.sub(r"\1", text)
        if _THOUSANDS.fullmatch(text) and not book.decimal_comma:
            return Reading(np.nan, UNREADABLE, "cell_quarantined")
    if _NUMBER.fullmatch(text):
        reading = _read_number(float(text.replace(",", ".")), format_)
        return reading if reading.rule is None else _by_label(text, labels, book) or reading
    plain = normalise(text)
    known = labels.get(plain) or labels.get(plain.rstrip(_MARKS))
    if known is not None:
        return known
    token = _TOKEN.fullmatch(text)
    if token:
        return _read_number(-float(token[1]), format_)
    if plain in _NO_ANSWER:
        return Reading(np.nan, NOT_ANSWERED, "no_answer_mark")
    mark = _REASON_MARK.fullmatch(text)
    return (
        _by_label(text, labels, book)
        or (Reading(np.nan, mark[1], "declared_missing") if mark else None)
        or _read_pair(text, format_, labels, book)
        or Reading(np.nan, UNREADABLE, "cell_quarantined")
    )


def _by_label(text: str, labels: dict[str, Reading], book: CodeBook) -> Reading | None:
    """Judge a code by the label that the file gives it, if the instrument knows the label."""
    return labels.get(normalise(book.labels.get(text, "")))


def _read_declared(
    text: str, format_: ResponseFormat, labels: dict[str, Reading], book: CodeBook
) -> Reading:
    """Judge a code that the file says is no answer: the instrument's reason, else the file's."""
    number = as_number(text)
    own = {option.code: option.reason for option in format_.missing}
    known = _by_label(text, labels, book)
    reason = own.get(number) if number is not None else None
    if reason is None and known is not None:
        reason = known.reason
    return Reading(np.nan, reason or book.declared[text], "declared_missing")


def _read_pair(
    text: str, format_: ResponseFormat, labels: dict[str, Reading], book: CodeBook
) -> Reading | None:
    """Judge a code with its label; they have to mean the same, if the label is known."""
    spaced = _CODE_AND_BLANK.fullmatch(text)
    is_label = spaced is not None and normalise(spaced["label"]) in labels
    pair = (spaced["code"], spaced["label"]) if spaced and is_label else split_pair(text)
    if pair is None or not format_.points:
        return None
    code, label = pair[0], normalise(pair[1]).rstrip(_MARKS)
    if not label:
        return _read(code, format_, labels, book)
    by_code = _read(code, format_, labels, book)
    if by_code.rule in {OUT_OF_RANGE, "cell_quarantined"}:
        return labels.get(label)
    by_label = labels.get(label)
    told_apart = by_label is not None and (
        by_label.reason != by_code.reason
        or (by_code.reason is None and by_label.value != by_code.value)
    )
    unlabelled = by_label is None and any(point.label for point in format_.points)
    is_foreign = unlabelled and not _is_unlabelled(by_code.value, format_)
    if (told_apart or is_foreign) and by_code.rule != "recoded":
        return None
    return replace(by_code, rule="label_matched")


def _is_unlabelled(value: float, format_: ResponseFormat) -> bool:
    """Tell a point that the instrument has no words for, as between the ends of a scale."""
    return any(point.value == value and not _has_words(point) for point in format_.points)


def _has_words(point: Point) -> bool:
    """Tell a label from a number that stands in for one."""
    return any(not _NUMBER.fullmatch(words) for words in point.label.values())


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
    if rule in _OF_THE_COLUMN:
        new = reading.reason or write_number(reading.value)
        return [(None, rule, text, new, len(places))]
    return [(int(place), rule, text, "", 1) for place in places]
