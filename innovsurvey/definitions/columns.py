"""The columns that answers to an instrument fill, in one fixed order, with the answers to choose.

A return code names no column: writer and reader both count along this list.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Instrument, ResponseFormat

RECORD_SCHEMA: Final = "innovsurvey-response-1"  # of what the offline page gives back
Kind = Literal["options", "number", "words", "date"]


@dataclass(frozen=True, slots=True)
class AnswerColumn:
    """One column; ``options`` are the codes to choose from, ratings before missing options."""

    name: str
    kind: Kind
    options: tuple[float, ...]


def answer_columns(instrument: Instrument) -> tuple[AnswerColumn, ...]:
    """List the items in file order, then the questions about the respondent.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> columns = answer_columns(isv.load_instrument("collaborative-leadership"))
    >>> columns[0]
    AnswerColumn(name='CON01', kind='options', options=(1, 2, 3, 4, 5, -7, -8))
    """
    formats = {format_.id: format_ for format_ in instrument.formats}
    items = [_column(item, instrument.format_of(item)) for item in instrument.item_ids]
    asked = [_column(c.id, formats[c.format]) for c in instrument.context if c.format is not None]
    return (*items, *asked)


def _column(name: str, format_: ResponseFormat) -> AnswerColumn:
    """Describe the column of an item or of a question about the respondent."""
    kinds: dict[str, Kind] = {"number": "number", "text": "words", "date": "date"}
    options = (*format_.values, *(option.code for option in format_.missing))
    return AnswerColumn(name, kinds.get(format_.level, "options"), options)
