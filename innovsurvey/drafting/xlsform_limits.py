"""Read the limits of numbers from constraints and parameters, where they are plain."""

from __future__ import annotations

import re
from typing import Final

_CLAUSE: Final = re.compile(r"\(*\s*\.\s*(>=|<=|>|<)\s*(-?\d{1,15}(?:\.\d+)?)\s*\)*")
_AND: Final = re.compile(r"\s+and\s+", re.IGNORECASE)
_PARAMETER: Final = re.compile(r"(start|end)\s*=\s*(-?\d{1,15}(?:\.\d+)?)", re.IGNORECASE)
_FIRST: Final = 1.0
_LAST: Final = 10.0


def limits_of(constraint: str, *, whole: bool) -> tuple[float | None, float | None]:
    """Give the least and the largest answer that a constraint allows, as far as it is plain.

    Examples
    --------
    >>> limits_of(". >= 1 and .<= 5", whole=True), limits_of("(.>0)", whole=True)
    ((1.0, 5.0), (1.0, None))
    >>> limits_of(". <= ${a}", whole=True), limits_of(". < 5 or . = 9", whole=True)
    ((None, None), (None, None))
    """
    low: float | None = None
    high: float | None = None
    for part in _AND.split(constraint.strip()):
        clause = _CLAUSE.fullmatch(part.strip())
        if clause is None:
            continue
        sign, number = clause[1], float(clause[2])
        if whole and sign in {">", "<"}:
            number += 1 if sign == ">" else -1
        if sign.startswith(">"):
            low = number if low is None else max(low, number)
        else:
            high = number if high is None else min(high, number)
    if low is not None and high is not None and low >= high:
        return None, None
    return low, high


def range_of(parameters: str) -> tuple[float, float]:
    """Give the ends of a range; pyxform lets it go from 1 to 10 where they are not given.

    Examples
    --------
    >>> range_of("start=0;end=100;step=10"), range_of("")
    ((0.0, 100.0), (1.0, 10.0))
    """
    given = {name.lower(): float(number) for name, number in _PARAMETER.findall(parameters)}
    ends = given.get("start", _FIRST), given.get("end", _LAST)
    return min(ends), max(ends)
