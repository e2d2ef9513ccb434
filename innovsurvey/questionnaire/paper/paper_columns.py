"""How wide the columns of tables on paper are, so that no label is cut off on A4."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from innovsurvey.questionnaire.paper.paper import Box, Paper, Part

MARGIN: Final = 1.8  # cm, on every side
_SHORT: Final = 21.0 - 2 * MARGIN
_LONG: Final = 29.7 - 2 * MARGIN
_EM: Final = 0.282  # cm; the heads are set in 8 points
_NARROW: Final = frozenset("iljftrI.,:;'|!()[]-/ ")
_WIDE: Final = frozenset("mwMW@%—")
_PADDING: Final = 0.2
_SHORT_TABLE: Final = 12  # rows
_LINES: Final = 5  # a head should not be higher than that
_BOX: Final = (1.3, 2.2)  # narrowest and widest column with boxes
_POLE_BOX: Final = 0.95
_NUMBER: Final = 0.95
_TEXT: Final = 4.6  # narrowest column with text
_LEAST_TEXT: Final = 3.0  # where even A4 on its side is too narrow
_GOOD_TEXT: Final = 6.5  # one that is pleasant to read
_LOW_AREA: Final = 0.9  # share of the wanted width that heads get before the text does


@dataclass(frozen=True, slots=True)
class Columns:
    """Widths of the columns of a table in cm; ``number`` is 0 where rows have none.

    ``squeezed`` marks a table that is too wide for the page, so that words of heads are divided.
    """

    number: float
    text: float
    box: float
    apart: float
    squeezed: bool = False

    def of(self, box: Box) -> float:
        """Give the width of the column of a box."""
        return self.apart if box.apart else self.box

    def fit(self) -> bool:
        """Tell whether the text has room."""
        return self.text >= _TEXT


def is_landscape(paper: Paper) -> bool:
    """Tell whether some table needs the long side of A4."""
    tables = [part for section in paper.sections for part in section.parts if part.heads]
    return not all(columns_of(p, _SHORT).fit() for p in tables if p.style in {"grid", "pairs"})


def width_of(paper: Paper) -> float:
    """Give the width of the text on the page in cm."""
    return _LONG if is_landscape(paper) else _SHORT


def is_short(part: Part) -> bool:
    """Tell whether a table should stand on one page as a whole."""
    return len(part.rows) <= _SHORT_TABLE


def columns_of(part: Part, width: float) -> Columns:
    """Share out the width among number, text (or each of two poles) and boxes."""
    columns = _columns(part, width)
    if columns.text >= _LEAST_TEXT:
        return columns
    poles = 2 if part.style == "pairs" else 1
    box = (width - columns.number - poles * _LEAST_TEXT) / len(part.heads)
    return Columns(columns.number, _LEAST_TEXT, box, box, squeezed=True)


def _columns(part: Part, width: float) -> Columns:
    """Share out the width so that no word of a head is divided."""
    number = _NUMBER if part.rows[0].number else 0.0
    rated = [box for box in part.heads if not box.apart]
    others = [box for box in part.heads if box.apart]
    if part.style == "pairs":
        apart = max((_needed(box) for box in others), default=0.0)
        left = width - number - _POLE_BOX * len(rated) - apart * len(others)
        return Columns(number, left / 2, _POLE_BOX, apart)
    apart = max((_needed(box) for box in others), default=0.0)
    needed = max(_needed(box) for box in rated)
    wanted = max(needed, min(_BOX[1], max(_area(box.label) for box in rated)))
    left = width - number - apart * len(others)
    room = (left - _GOOD_TEXT) / len(rated)
    tight = (left - _TEXT) / len(rated)
    box = max(needed, min(wanted, max(room, min(tight, _LOW_AREA * wanted))))
    return Columns(number, left - box * len(rated), box, apart)


def _needed(box: Box) -> float:
    """Give the narrowest width of the column of a box."""
    return max(_BOX[0], _widest_word(box.label))


def _widest_word(label: str) -> float:
    """Estimate the width that the longest word of a head needs."""
    return max((_length(word) for word in label.split()), default=0.0) + _PADDING


def _area(label: str) -> float:
    """Estimate the width at which a head is not too high."""
    return _length(label) / _LINES + _PADDING


def _length(text: str) -> float:
    """Estimate the length of a text in a head, as a sans-serif font sets it."""
    return sum(_em(letter) for letter in text) * _EM


def _em(letter: str) -> float:
    """Estimate the width of a letter as a share of the size of the font."""
    if letter in _NARROW:
        return 0.29
    if letter in _WIDE or ord(letter) > 0x2E80:  # ideographs and the like are square
        return 0.86
    return 0.7 if letter.isupper() else 0.55
