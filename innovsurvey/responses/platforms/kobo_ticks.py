"""Read questions with boxes to tick: all ticks in one column, or one column per box, or both."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.kobo_headings import plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.platforms.kobo_headings import Match

_TICKED: Final = frozenset({"1", "true"})
_NOT_TICKED: Final = frozenset({"0", "false", ""})


@dataclass
class Ticks:
    """The boxes of one question, and where the file has them.

    ``boxes`` gives the texts that stand for each; ``places`` are the columns of single boxes,
    ``together`` is the column that lists the ticks.
    """

    boxes: dict[str, frozenset[str]] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    together: int | None = None

    def read(self, row: Sequence[str]) -> Iterator[tuple[str, str]]:
        """Give the cell of each box: without any tick, nothing was answered."""
        if self.places:
            marks = {name: self._mark(name, row[place]) for name, place in self.places.items()}
        else:
            marks = {} if self.together is None else self._listed(row[self.together])
        empty = "0" if "1" in marks.values() else ""
        yield from ((name, mark or empty) for name, mark in marks.items())

    def _mark(self, name: str, cell: str) -> str:
        """Read the cell of one box; what is neither yes nor no stays as it is."""
        words = plain(cell)
        if words in _TICKED or words in self.boxes[name]:
            return "1"
        return "" if words in _NOT_TICKED else cell

    def _listed(self, cell: str) -> dict[str, str]:
        """Read a list of ticks; one that can be read in no way, or in two, stays as it is."""
        by_words = {words: name for name, texts in self.boxes.items() for words in texts}
        readings = set(_taken_apart(plain(cell), by_words))
        if len(readings) != 1:
            return dict.fromkeys(self.boxes, cell)
        ticked = readings.pop()
        return {name: "1" if name in ticked else "" for name in self.boxes}


def ticks_of(instrument: Instrument, matches: Sequence[Match | None]) -> dict[str, Ticks]:
    """Give the questions with boxes, by the id of their row, with the places of their columns."""
    found: dict[str, Ticks] = {}
    places = {match.column.name: place for place, match in enumerate(matches) if match is not None}
    for item in instrument.items:
        if item.matrix is None or instrument.format_of(item.id).level != "multiple":
            continue
        ticks = found.setdefault(str(item.row), Ticks(together=places.get(str(item.row))))
        columns = instrument.matrix(item.matrix).columns
        line = next(line for line in columns if line.id == item.column)
        ticks.boxes[item.id] = frozenset(map(plain, (line.id, *line.text.values())))
        if item.id in places:
            ticks.places[item.id] = places[item.id]
    return found


def _taken_apart(words: str, names: Mapping[str, str]) -> Iterator[frozenset[str]]:
    """Give every way to read words as a list of texts with blanks between them."""
    if not words:
        yield frozenset()
    for text, name in names.items():
        if words == text or words.startswith(f"{text} "):
            for rest in _taken_apart(words[len(text) + 1 :], names):
                yield rest | {name}
