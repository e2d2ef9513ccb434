"""Join columns of one question that was asked at several places of a survey."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_MOST_CONFLICTS: Final = 0.05


def are_versions(columns: Sequence[Sequence[str]]) -> bool:
    """Tell columns of which at most one is filled, in all but one of twenty rows with an answer.

    Examples
    --------
    >>> are_versions([["4", "", "2"], ["", "3", ""]]), are_versions([["4", "5"], ["1", "2"]])
    (True, False)
    """
    filled = [{cell.strip() for cell in row} - {""} for row in zip(*columns, strict=True)]
    answered = sum(bool(cells) for cells in filled)
    return sum(len(cells) > 1 for cells in filled) <= _MOST_CONFLICTS * answered


def merged(columns: Sequence[Sequence[str]]) -> list[str]:
    """Give the one answer of each row; where there are two, both, which cannot be read.

    Examples
    --------
    >>> merged([["4", "", "2"], ["", "3", "5"]])
    ['4', '3', '2 | 5']
    """
    rows = (dict.fromkeys(filter(None, map(str.strip, row))) for row in zip(*columns, strict=True))
    return [" | ".join(row) for row in rows]
