"""Codes under which reasons of missing cells are written, beside the codes of the answers."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.cells import (
    NOT_ANSWERED,
    NOT_SHOWN,
    NOT_SHOWN_CODE,
    label_codes,
    normalise,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from innovsurvey.definitions.model import MissingOption, ResponseFormat

_MOST_SINGLE: Final = 3  # SPSS takes three codes, or a range and one code


@dataclass(frozen=True)
class MissingCodes:
    """How SPSS is told the codes that are no answer: codes by reason, and ranges (low, high)."""

    by_reason: dict[str, float]
    ranges: tuple[tuple[float, float], ...]


def missing_codes(
    values: pd.Series[float], reasons: Collection[str], format_: ResponseFormat
) -> MissingCodes:
    """Give every reason but "not answered" a code that no answer has.

    Reasons of the format keep its codes; the others get whole numbers below all answers. Where
    the codes cannot be declared together, all are moved below.
    """
    own = {option.reason: option.code for option in format_.missing}
    others = [reason for reason in reasons if reason not in own and reason != NOT_ANSWERED]
    answers = _answers(values, format_)
    low, high = min(answers, default=0.0), max(answers, default=0.0)
    codes = own | _free_codes(others, min([low, *own.values()]))
    ranges = _ranges(sorted(codes.values()), low, high)
    if ranges is None:
        codes = _free_codes(list(codes), min([low, *own.values()]))
        ranges = ((min(codes.values()), max(codes.values())),)
    return MissingCodes(codes, ranges)


def reads_as_missing(code: float, format_: ResponseFormat) -> bool:
    """Tell whether a code could be no answer of the format."""
    if format_.points:
        return code not in format_.values
    low, high = format_.minimum, format_.maximum
    return (low is not None and code < low) or (high is not None and code > high)


def reason_words(reason: str) -> str:
    """Write a reason as words, from which the same short name is made again.

    Examples
    --------
    >>> reason_words("out_of_range")
    'Out of range'
    """
    return reason.replace("_", " ").capitalize()


def reason_labels(
    format_: ResponseFormat, reasons: Collection[str], language: str
) -> Mapping[str, str]:
    """Label reasons: as the format words them, if that tells them apart, else by their name."""
    options = {option.reason: option for option in format_.missing}
    known = label_codes(format_)
    return {reason: _label(reason, options.get(reason), known, language) for reason in reasons}


def _label(
    reason: str, option: MissingOption | None, known: Mapping[str, float], language: str
) -> str:
    """Label one reason."""
    words = option.label.say(language) if option is not None and option.label else ""
    is_clear = option is not None and known.get(normalise(words)) == option.code
    return words if is_clear else reason_words(reason)


def _answers(values: pd.Series[float], format_: ResponseFormat) -> list[float]:
    """List the ends of what may be answered, and of what was."""
    limits = [*format_.values, format_.minimum, format_.maximum, values.min(), values.max()]
    return [float(limit) for limit in limits if limit is not None and not math.isnan(limit)]


def _free_codes(reasons: Sequence[str], lowest: float) -> dict[str, float]:
    """Give reasons whole numbers below all that is taken; -12 stands for "not shown" if free."""
    codes: dict[str, float] = {}
    if NOT_SHOWN in reasons and lowest > NOT_SHOWN_CODE:
        codes[NOT_SHOWN] = lowest = NOT_SHOWN_CODE
    below = math.ceil(lowest) - 1
    rest = [reason for reason in reasons if reason not in codes]
    return codes | {reason: float(below - i) for i, reason in enumerate(rest)}


def _ranges(
    codes: Sequence[float], low: float, high: float
) -> tuple[tuple[float, float], ...] | None:
    """Put codes into what SPSS can be told, without an answer among them; None if they do not fit.

    ``low`` and ``high`` are the ends of the answers.
    """
    if len(codes) <= _MOST_SINGLE:
        return tuple((code, code) for code in codes)
    below = [code for code in codes if code < low]
    above = [code for code in codes if code > high]
    if len(below) + len(above) < len(codes) or min(len(below), len(above)) > 1:
        return None
    return tuple((side[0], side[-1]) for side in (below, above) if side)
