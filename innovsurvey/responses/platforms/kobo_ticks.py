"""Read questions with boxes to tick: all ticks in one column, or one column per box, or both."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.headings import core
from innovsurvey.responses.platforms.kobo_headings import bare, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.platforms.kobo_headings import Match

_TICKED: Final = frozenset({"1", "true", "yes"})
_NOT_TICKED: Final = frozenset({"0", "false", "no", "", "n/a"})
# A literacy test of Kobo has three numbers and seven empty places before the words.
_AHEAD: Final = 10
_RESERVED: Final = ["null"] * 7
_NAME: Final = re.compile(r"\w[\w.-]*")
_NO_LIST: Final = frozenset({"n/a"})  # how older exports write an empty cell
_MOST_READINGS: Final = 2  # one is clear, two are not


@dataclass
class Ticks:
    """The boxes of one question, and where the file has them.

    ``boxes`` gives the texts that stand for each, ``names`` its name in the form; ``places`` are
    the columns of single boxes, ``together`` is the column that lists the ticks.
    """

    boxes: dict[str, frozenset[str]] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)
    places: dict[str, int] = field(default_factory=dict)
    together: int | None = None

    def read(self, columns: Sequence[Sequence[str]]) -> dict[str, list[str]]:
        """Give the column of each box: without any tick, a person has not answered."""
        if self.places:
            marks = {name: self._marks(name, columns[p]) for name, p in self.places.items()}
        elif self.together is not None:
            marks = self._lists(columns[self.together])
        else:
            return {}
        lines = list(zip(*marks.values(), strict=True))
        empty = ["0" if "1" in line else "" for line in lines]
        return {
            name: [cell or nothing for cell, nothing in zip(cells, empty, strict=True)]
            for name, cells in marks.items()
        }

    def _marks(self, name: str, cells: Sequence[str]) -> list[str]:
        """Read the column of one box, each different cell once."""
        said = {cell: self._mark(name, cell) for cell in set(cells)}
        return [said[cell] for cell in cells]

    def _mark(self, name: str, cell: str) -> str:
        """Read the cell of one box; what is neither yes nor no stays as it is."""
        words = plain(cell)
        if words in _TICKED or words in self.boxes[name]:
            return "1"
        return "" if words in _NOT_TICKED else cell

    def _lists(self, cells: Sequence[str]) -> dict[str, list[str]]:
        """Read a column that lists ticks, each different cell once."""
        said = {cell: self._listed(cell) for cell in set(cells)}
        return {name: [said[cell][name] for cell in cells] for name in self.boxes}

    def _named(self, word: str) -> str | None:
        """Find the box of a name; signs in it may differ, where an id could not have them."""
        if word in self.names or not _NAME.fullmatch(word):
            return self.names.get(word)
        return self.names.get(core(word))

    def _listed(self, cell: str) -> dict[str, str]:
        """Read a list of ticks; one that can be read in no way, or in two, stays as it is."""
        words = [] if plain(cell) in _NO_LIST else cell.split()
        if words[3:_AHEAD] == _RESERVED:
            words = words[_AHEAD:]
        named = [self._named(word) for word in words]
        if all(named):
            return {name: "1" if name in named else "" for name in self.boxes}
        by_words: dict[str, list[str]] = {}
        for name, texts in self.boxes.items():
            for text in texts:
                by_words.setdefault(text, []).append(name)
        readings = _taken_apart(plain(cell), by_words) or _taken_apart(bare(cell), by_words)
        if len(readings) != 1:
            return dict.fromkeys(self.boxes, cell)
        (ticked,) = readings
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
        ticks.names[line.id] = item.id
        ticks.names.setdefault(core(line.id), item.id)
        if item.id in places:
            ticks.places[item.id] = places[item.id]
    return found


def _taken_apart(words: str, names: Mapping[str, Sequence[str]]) -> set[frozenset[str]]:
    """Give the ways to read words as a list of texts with blanks between, two at the most."""
    ways: dict[int, set[frozenset[str]]] = {0: {frozenset()}}
    for start in range(len(words)):
        if start not in ways:
            continue
        for text, meant in names.items():
            end = start + len(text)
            if words.startswith(text, start) and words[end : end + 1] in {"", " "}:
                more = {before | {name} for before in ways[start] for name in meant}
                known = ways.setdefault(min(end + 1, len(words) + 1), set())
                known |= set(_first(more - known, _MOST_READINGS - len(known)))
    return ways[0] if not words else ways.get(len(words) + 1, set())


def _first(ways: set[frozenset[str]], n: int) -> Iterator[frozenset[str]]:
    """Give the first few ways."""
    yield from sorted(ways, key=sorted)[: max(n, 0)]
