"""Tell which column of the data a heading of a Kobo or ODK export stands for.

Headings are the names of the form, or its texts in one of its languages; either may have the
groups before it, as in ``PH1/PH1_AC2`` or ``Culture/Mistakes are tolerated``.
"""

from __future__ import annotations

import html
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.responses.cells import normalise
from innovsurvey.responses.platforms.headings import CARRIED, core

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, Item, Matrix, MatrixLine, Text

_ESCAPED: Final = re.compile(r"\\([\\*_#])|\u200b")
_MARKED: Final = re.compile(r"</?[A-Za-z][^<>]*>|\*{1,3}|^#{1,6} ")
_PARTS: Final = re.compile(r"[/.:-]")
_SEPARATORS: Final = ("/", ".", " - ", "-", ":", "_")
_LONGEST_SEPARATOR: Final = 3
_POLES: Final = "{text} {left} ({low}) ↔ {right} ({high})"  # as the XLSForm of a pair says it


@dataclass(frozen=True, slots=True)
class Column:
    """What a heading stands for: a column of the data, or all ticks of a question."""

    name: str
    is_ticks: bool = False


@dataclass(frozen=True, slots=True)
class Match:
    """A column, whether groups stood before it in the heading, and whether by its text."""

    column: Column
    in_group: bool
    by_text: bool = False


@dataclass(frozen=True)
class Headings:
    """What an instrument's columns are called in a form, and which groups they may stand in."""

    by_name: dict[str, Column] = field(default_factory=dict)
    by_text: dict[str, dict[Column, set[str]]] = field(
        default_factory=lambda: defaultdict(lambda: defaultdict(set))
    )
    asked: set[Column] = field(default_factory=set)

    @classmethod
    def of(cls, instrument: Instrument) -> Headings:
        """Collect names and texts of items, ticks and questions about the respondent."""
        found = cls()
        for name in (*CARRIED, *(column.id for column in instrument.context)):
            found.by_name[name.casefold()] = Column(name)
        for column in instrument.context:
            found.add_texts(Column(column.id), column.label, ())
        titles = _titles(instrument)
        every = [words for block in instrument.blocks for words in block.title.values()]
        for item in instrument.items:
            found.add_item(item, instrument, titles.get(item.matrix or item.id, every))
        for item in instrument.items:  # a name that a form gave goes before an id made of others
            if item.written:
                found.by_name[item.written.casefold()] = Column(item.id)
        return found

    def add_item(self, item: Item, instrument: Instrument, titles: Sequence[str]) -> None:
        """Add one item; a matrix cell is called like its column, in the group of its row."""
        column = Column(item.id)
        self.asked.add(column)
        self.by_name[item.id.casefold()] = column
        if item.matrix is None:
            self.add_plain(column, _wordings(item, instrument), titles)
            return
        matrix = instrument.matrix(item.matrix)
        row = next(line for line in matrix.rows if line.id == item.row)
        line = next(line for line in matrix.columns if line.id == item.column)
        if instrument.format_of(item.id).level == "multiple":
            self.add_tick(column, matrix, row, line, titles)
        else:
            self.add_texts(column, line.text, [*row.text.values(), *titles])

    def add_tick(
        self,
        column: Column,
        matrix: Matrix,
        row: MatrixLine,
        line: MatrixLine,
        titles: Sequence[str],
    ) -> None:
        """Add a box: it stands behind its question; the question alone holds all ticks."""
        together = Column(row.id, is_ticks=True)
        self.asked.add(together)
        self.by_name[row.id.casefold()] = together
        self.by_name[f"{row.id}/{line.id}".casefold()] = column
        for question in (matrix.text, row.text):
            self.add_texts(together, question, titles)
            for code, words in line.text.entries:
                pairs = [f"{question.say(code)}{sign}{words}" for sign in _SEPARATORS]
                self.add_plain(column, pairs, titles)

    def add_texts(self, column: Column, text: Text, groups: Sequence[str]) -> None:
        """Add a text in every language."""
        self.add_plain(column, list(text.values()), groups)

    def add_plain(self, column: Column, texts: Sequence[str], groups: Sequence[str]) -> None:
        """Add texts that a column may be headed by."""
        for words in {*map(plain, texts), *map(bare, texts)} - {""}:
            self.by_text[words][column] |= {plain(group) for group in groups}

    def find_all(self, header: Sequence[str]) -> list[Match | None]:
        """Find the column of each heading; one that fits no column, or several, has none.

        Whether headings are names or texts is judged by all of them; what one of both does not
        know, the other may. Where the same heading is there as often as columns are called so,
        they are taken in order, as in exports of texts without groups, where the cells of a matrix
        repeat.
        """
        by_name = self._by_names(header)
        texts = [self._called(heading) for heading in header]
        more_texts = sum(bool(t[0]) and n is None for t, n in zip(texts, by_name, strict=True))
        more_names = sum(n is not None and not t[0] for t, n in zip(texts, by_name, strict=True))
        found: list[Match | None] = [None] * len(header)
        unclear: dict[tuple[Column, ...], list[int]] = defaultdict(list)
        for place, (called, in_group) in enumerate(texts):
            named = by_name[place]
            if named is not None and (more_names >= more_texts or not called):
                found[place] = named
            elif len(called) == 1:
                found[place] = Match(called[0], in_group, by_text=True)
            elif called:
                unclear[tuple(called)].append(place)
        for columns, places in unclear.items():
            if len(columns) == len(places):
                for place, column in zip(places, columns, strict=True):
                    found[place] = Match(column, in_group=False, by_text=True)
        return found

    def _by_names(self, header: Sequence[str]) -> list[Match | None]:
        """Find columns by the names of a form: as they stand, else by letters and digits alone."""
        cores: dict[str, set[Column]] = defaultdict(set)
        for name, column in self.by_name.items():
            if column in self.asked:
                cores[core(name)].add(column)
        alone = {core: next(iter(c)) for core, c in cores.items() if core and len(c) == 1}
        exact = [self._named(heading, self.by_name) for heading in header]
        taken = {match.column for match in exact if match is not None}
        found: list[Match | None] = []
        for heading, match in zip(header, exact, strict=True):
            near = None if match is not None else self._named(heading, alone, core)
            found.append(match or (None if near is None or near.column in taken else near))
        return found

    @staticmethod
    def _named(
        heading: str, known: Mapping[str, Column], write: Callable[[str], str] = str.casefold
    ) -> Match | None:
        """Find the column of a heading by the longest end of it that is a name."""
        if " " in heading.strip():
            return None
        parts = _PARTS.split(heading)
        starts = [0, *(match.end() for match in _PARTS.finditer(heading))]
        for start in starts:
            end = heading[start:]
            tail = re.sub(r"[.:-](?=[^/.:-]+$)", "/", end)
            for said in (end, tail, end.replace(":", "/").replace("-", "/")):
                column = known.get(write(said))
                if column is not None and not (start and column.name in CARRIED):
                    return Match(column, start > 0 or len(parts) > said.count("/") + 1)
        return None

    def _called(self, heading: str) -> tuple[list[Column], bool]:
        """Find the columns that are called so, and whether groups stood before."""
        for words in dict.fromkeys((plain(heading), bare(heading))):
            for start in _starts(words):
                called = self.by_text.get(words[start:])
                if called:
                    fitting = _in_their_group(called, words[:start])
                    if fitting or words[:start].endswith(("/", "/ ")) or not start:
                        return fitting or list(called), start > 0
        return [], False


def plain(text: str) -> str:
    """Make a text of a form comparable: without its escapes, as labels are compared."""
    return normalise(unescape(text))


def bare(text: str) -> str:
    """Make a text of a form comparable that has HTML in it, or signs of Markdown.

    Examples
    --------
    >>> bare('<span style="display:none">**Cars** &amp; vans</span>')
    'cars & vans'
    """
    return normalise(html.unescape(_MARKED.sub(" ", unescape(text))))


def unescape(text: str) -> str:
    r"""Take away what keeps Markdown from being read.

    Examples
    --------
    >>> unescape("1 \\* 2 and $\u200b{x}")
    '1 * 2 and ${x}'
    """
    return _ESCAPED.sub(r"\1", text)


def _starts(words: str) -> Iterator[int]:
    """Give the places where a heading may begin once groups are taken off, longest first."""
    yield 0
    for place in range(1, len(words)):
        if not words[place - 1].isalnum() and words[place] != " ":
            yield place


def _in_their_group(called: dict[Column, set[str]], before: str) -> list[Column]:
    """Keep the columns whose group stands before the text."""
    return [
        column
        for column, groups in called.items()
        if any(_ends_with(before, group) for group in groups)
    ]


def _ends_with(before: str, group: str) -> bool:
    """Tell whether the last group before a text is this one, whatever divides the two."""
    for cut in range(1, _LONGEST_SEPARATOR + 1):
        rest = before[:-cut]
        if rest.endswith(group) and not rest[: -len(group) or None][-1:].isalnum():
            return bool(group)
    return False


def _titles(instrument: Instrument) -> dict[str, list[str]]:
    """Give the titles that items and matrices may stand under, in every language."""
    titles: dict[str, list[str]] = defaultdict(list)
    for block in instrument.blocks:
        for name in block.items:
            titles[name] += block.title.values()
    return titles


def _wordings(item: Item, instrument: Instrument) -> list[str]:
    """Give the texts of an item in all versions and languages, with its poles if it has any."""
    texts = [text for _, text in item.texts]
    if not item.left:
        return [words for text in texts for words in text.values()]
    format_ = instrument.format_of(item.id)
    return [
        _POLES.format(
            text=text.say(code),
            left=item.left.say(code),
            right=item.right.say(code),
            low=write_number(format_.values[0]),
            high=write_number(format_.values[-1]),
        )
        for text in texts
        for code in item.left
    ]
