"""Read boxes that are listed in one cell, with commas or semicolons between their labels."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final, Literal

from innovsurvey.responses.cells import normalise
from innovsurvey.responses.platforms.answers import settle_ticks, unescape

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument

_BETWEEN: Final = re.compile(r"\s*[;,]\s*")
_NEXT: Final = re.compile(r"[;,]\s*")
_OTHER: Final = re.compile(
    r"^(other|others|andet|annet|annat|andere[sr]?|sonstiges|autre|autres|otro|otra|otros|outro"
    r"|outra|altro|anders|inne|muu|другое)\b"
)
_MOST_READINGS: Final = 2
_How = Literal["whole", "other", "unread"]


@dataclass
class Boxes:
    """One question of which several answers may be ticked: its items by their labels."""

    items: list[str] = field(default_factory=list)
    labels: dict[str, str] = field(default_factory=dict)
    other: str | None = None

    def read(self, cells: Sequence[str]) -> tuple[list[list[str]], int]:
        """Give the cells of each box, and how many answers hold texts that are no label.

        Where a text is no label, boxes that are not mentioned keep the cell as it stands, so that
        it is seen; with a box for other answers, that one counts as ticked instead.
        """
        read = {cell: self._ticked(cell) for cell in set(cells)}
        rows = [self._row(cell, *read[cell]) for cell in cells]
        columns = [list(column) for column in zip(*rows, strict=True)]
        n_others = sum(read[cell][1] != "whole" for cell in cells)
        return columns or [[] for _ in self.items], n_others

    def _row(self, cell: str, ticked: frozenset[str], how: _How) -> list[str]:
        """Write the boxes of one answer."""
        marks = [item in ticked for item in self.items]
        if how == "unread":
            return ["1" if mark else cell for mark in marks]
        return settle_ticks([marks])[0]

    def _ticked(self, cell: str) -> tuple[frozenset[str], _How]:
        """Give the boxes of a cell, and how it was understood."""
        words = normalise(unescape(cell)).strip(";, ")
        found: set[frozenset[str]] = set()
        for reading in self._readings(words, frozenset()):
            found.add(reading)
            if len(found) == _MOST_READINGS:
                return frozenset(), "unread"
        if found:
            return found.pop(), "whole"
        known = self._pieces(words)
        return (known, "unread") if self.other is None else (known | {self.other}, "other")

    def _readings(self, words: str, used: frozenset[str]) -> Iterator[frozenset[str]]:
        """Give every way to read words as labels, each at most once, with signs between."""
        if not words:
            yield frozenset(self.labels[label] for label in used)
        for label in self.labels:
            if label not in used and (words == label or _follows(words, label)):
                rest = _BETWEEN.sub("", words[len(label) :], count=1)
                yield from self._readings(rest, used | {label})

    def _pieces(self, words: str) -> frozenset[str]:
        """Take labels from the front, and pass over what is none up to the next sign."""
        known: set[str] = set()
        rest = words
        while rest:
            fitting = [w for w in self.labels if rest == w or _follows(rest, w)]
            label = max(fitting, key=len, default="")
            if label:
                known.add(self.labels[label])
                rest = _BETWEEN.sub("", rest[len(label) :], count=1)
            else:
                _, _, rest = _partition(rest)
        return frozenset(known)


def boxes_of(instrument: Instrument) -> dict[tuple[str, str], Boxes]:
    """Give the questions with boxes by matrix and row.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> boxes = boxes_of(isv.load_form("self-assessment").instrument)
    >>> [len(asked.items) for asked in boxes.values()][0] > 1
    True
    """
    found: dict[tuple[str, str], Boxes] = {}
    columns: Mapping[tuple[str, str], Mapping[str, str]] = {
        (m.id, line.id): line.text for m in instrument.matrices for line in m.columns
    }
    for item in instrument.items:
        if item.matrix is None or instrument.format_of(item.id).level != "multiple":
            continue
        asked = found.setdefault((item.matrix, str(item.row)), Boxes())
        asked.items.append(item.id)
        for words in columns[item.matrix, str(item.column)].values():
            label = normalise(unescape(words))
            asked.labels[label] = item.id
            if _OTHER.match(label):
                asked.other = item.id
    return found


def _follows(rest: str, label: str) -> bool:
    """Tell whether words begin with a label and a sign behind it."""
    return rest.startswith(label) and bool(_BETWEEN.match(rest[len(label) :]))


def _partition(words: str) -> tuple[str, str, str]:
    """Divide words at the first sign."""
    sign = _NEXT.search(words)
    if sign is None:
        return words, "", ""
    return words[: sign.start()], sign[0], words[sign.end() :]
