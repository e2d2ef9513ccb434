"""What the items of an instrument say, as letters and digits, to compare with texts in files."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from innovsurvey.definitions.model import Instrument, Item, Text

_SIGNS: Final = re.compile(r"[\W_]+")
_TAG: Final = re.compile(r"<[^<>]*>")


@dataclass(frozen=True)
class Spoken:
    """What one item says in one language: the text above it, and its own words."""

    item: str
    stem: str
    own: str


def letters(text: str) -> str:
    """Keep the letters and digits of a text, without HTML.

    Examples
    --------
    >>> letters("<b>Trust</b>&nbsp;in <i>us</i>?")
    'trustinus'
    """
    return _SIGNS.sub("", html.unescape(_TAG.sub(" ", text))).casefold()


def all_spoken(instrument: Instrument) -> list[Spoken]:
    """Give what all items say, in each version and language.

    A box to tick says its label, below the text of its row; other items say their text, below the
    stem of their block.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> all_spoken(isv.load_instrument("leadership-climate"))[2].own
    'impressedbyleadership'
    """
    stems = _stems(instrument)
    columns = {(m.id, line.id): line.text for m in instrument.matrices for line in m.columns}
    found: list[Spoken] = []
    for item in instrument.items:
        cell = columns.get((str(item.matrix), str(item.column)))
        found += _spoken(item, cell, stems.get(item.id, []))
    return list(dict.fromkeys(found))


def _stems(instrument: Instrument) -> dict[str, list[Text]]:
    """Give the texts above each item: those of its blocks, and of its row and matrix."""
    stems: dict[str, list[Text]] = {}
    for block in instrument.blocks:
        for item in block.items:
            stems.setdefault(item, []).extend(text for _, text in block.stems)
    rows = {(m.id, line.id): line.text for m in instrument.matrices for line in m.rows}
    texts = {matrix.id: matrix.text for matrix in instrument.matrices}
    for asked in instrument.items:
        if asked.matrix is not None:
            above = [rows[asked.matrix, str(asked.row)], texts[asked.matrix]]
            stems.setdefault(asked.id, []).extend(above)
    return stems


def _spoken(item: Item, cell: Text | None, stems: Iterable[Mapping[str, str]]) -> Iterable[Spoken]:
    """Give what an item says in each version and language, below each of its stems."""
    for text in [cell] if cell is not None else [text for _, text in item.texts]:
        for code, words in text.items():
            above = [stem[code] for stem in stems if code in stem] or [""]
            yield from (Spoken(item.id, letters(stem), letters(words)) for stem in above)
