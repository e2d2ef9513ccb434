"""Find the item that a column of Qualtrics stands for: by its heading, its ImportId, its words."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.answers import Wordings
from innovsurvey.responses.platforms.headings import CARRIED
from innovsurvey.responses.platforms.spoken import Spoken, all_spoken, letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.platforms.qualtrics_export import Export

_NEGATIVE: Final = re.compile(r"_[-_](\d+)(?=_|$)")
_SIGNS: Final = re.compile(r"[\W_]+")
_BETWEEN_DIGITS: Final = re.compile(r"(?<!\d)_|_(?!\d)")
_LOOP: Final = re.compile(r"\d+_")
_CUT: Final = re.compile(r"\.\.\.|…")
_TAIL: Final = re.compile(r" - Selected Choice$|-Selected Choice$")
_LONG_ENOUGH: Final = 40


@dataclass
class Matcher:
    """The items of an instrument by all that a column may say of them."""

    instrument: Instrument
    names: dict[str, str] = field(default_factory=dict)
    joined: dict[str, set[str]] = field(default_factory=dict)
    ends: dict[str, set[str]] = field(default_factory=dict)
    spoken: list[Spoken] = field(default_factory=list)
    texts: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        asked = self.instrument
        context = (*CARRIED, *(column.id for column in asked.context))
        named = [(name, name) for name in (*context, *asked.item_ids)]
        named += [(item.written, item.id) for item in asked.items if item.written]
        for said, target in named:
            self._name(said, target, is_item=target in asked.item_ids)
        # Cells of a matrix of texts: Q46_1_1_TEXT.
        words = [i for i in asked.items if asked.format_of(i.id).level == "text"]
        self.texts = {f"{plain_heading(i.written or i.id)}_text": i.id for i in words}
        self._note_boxes()
        self.spoken = all_spoken(asked)

    def _name(self, said: str, target: str, *, is_item: bool) -> None:
        """Note a name in the ways that headings may write it."""
        plain = plain_heading(said)
        self.names[plain] = target
        self.joined.setdefault(_joined(plain), set()).add(target)
        parts = plain.split("_")
        if is_item:
            for n in range(1, len(parts)):
                self.ends.setdefault("_".join(parts[n:]), set()).add(target)

    def _note_boxes(self) -> None:
        """Note the boxes of each row with boxes: by the code of the box, and by its label."""
        formats = {f.id: f for f in self.instrument.formats}
        columns = {(m.id, line.id): line.text for m in self.instrument.matrices
                   for line in m.columns}  # fmt: skip
        for item in self.instrument.items:
            if item.matrix is None or formats[item.format].level != "multiple":
                continue
            row = plain_heading(str(item.row))
            self.boxes.setdefault(row, {})[str(item.column).casefold()] = item.id
            text = columns[item.matrix, str(item.column)]
            for words in text.values():
                self.labels.setdefault(row, {})[letters(words)] = item.id

    def find(self, export: Export, left: Iterable[int]) -> dict[int, str]:
        """Find the columns of the data that the columns at some places stand for.

        What a box says goes before its number; then come whole headings, then their ends, then the
        words of the question. A target may be found at several places.
        """
        places = list(left)
        found: dict[int, str] = {}
        for place in places:
            name = plain_heading(export.names[place])
            target = self._box(name, export.said[place]) or self.names.get(name)
            target = target or self.texts.get(name)
            if target is not None:
                found[place] = target
        for search in (self._by_id, self._by_parts):
            taken = set(found.values())
            for place in places:
                target = None if place in found else search(export, place)
                if target is not None and target not in taken:
                    found[place] = target
        found |= self._by_words(export, [p for p in places if p not in found], found)
        return found | self._by_same_words(export, places, found)

    def _box(self, name: str, said: str) -> str | None:
        """Find the box of a heading such as ``q2_4``: by what it says, its code, or its number."""
        row, _, end = name.rpartition("_")
        boxes = self.boxes.get(row)
        if not boxes:
            return None
        fitting = [w for w in self.labels[row] if w and letters(said).endswith(w)]
        if fitting:
            return self.labels[row][max(fitting, key=len)]
        if end in boxes:
            return boxes[end]
        are_codes = any(code.lstrip("mc").isdigit() for code in boxes)
        listed = list(boxes.values())
        is_place = end.isdigit() and 0 < int(end) <= len(listed) and not are_codes
        return listed[int(end) - 1] if is_place else None

    def _by_id(self, export: Export, place: int) -> str | None:
        """Find an item that is named by the id of its question."""
        return self.names.get(plain_heading(export.ids[place])) if export.ids[place] else None

    def _by_parts(self, export: Export, place: int) -> str | None:
        """Find an item by a heading without signs, by its end, or by the end of an item's name."""
        name = plain_heading(export.names[place])
        if _LOOP.match(name):
            return None
        parts = name.split("_")
        tries = [name, "_".join(parts[-2:]), parts[-1]]
        for number, said in enumerate(tries):
            targets = self.joined.get(_joined(said), set()) if said else set()
            if len(targets) == 1 and not (number and targets & {*CARRIED}):
                return next(iter(targets))
        ends = self.ends.get(name, set()) if any(c.isalpha() for c in name) else set()
        return next(iter(ends)) if len(ends) == 1 else None

    def _by_words(
        self, export: Export, places: list[int], found: Mapping[int, str]
    ) -> dict[int, str]:
        """Find items by the texts of their questions, which Qualtrics may have cut off."""
        taken = set(found.values())
        groups: dict[tuple[str, ...], list[int]] = {}
        for place in places:
            items = self._saying(export.said[place], taken)
            if items:
                groups.setdefault(items, []).append(place)
        more: dict[int, str] = {}
        for items, where in groups.items():
            if len(where) % len(items) == 0:
                more |= {place: items[n % len(items)] for n, place in enumerate(where)}
        rest = {p: _TAIL.sub("", export.said[p]) for p in places if p not in more}
        others = {
            place: item
            for place, item in Wordings.of(self.instrument).find(rest).items()
            if item not in taken | {*more.values()}
        }
        return more | others

    def _saying(self, said: str, taken: set[str]) -> tuple[str, ...]:
        """Give the items, in their order, whose stem and words a text is."""
        plain = _TAIL.sub("", said)
        first, *rest = _CUT.split(plain, maxsplit=1)
        start, end = letters(first), letters(rest[0] if rest else "")
        if not start:
            return ()
        items = [
            s.item for s in self.spoken if s.item not in taken and _fits(s, start, end, bool(rest))
        ]
        return tuple(dict.fromkeys(items))

    def _by_same_words(
        self, export: Export, places: list[int], found: Mapping[int, str]
    ) -> dict[int, str]:
        """Find further columns that say just what the column of one item says."""
        by_words: dict[str, set[str]] = {}
        for place, item in found.items():
            by_words.setdefault(letters(export.said[place]), set()).add(item)
        more = {}
        for place in places:
            said = letters(export.said[place])
            items = by_words.get(said, set()) if said and place not in found else set()
            if len(items) == 1 and said != letters(export.names[place]):
                more[place] = next(iter(items))
        return more


def plain_heading(heading: str) -> str:
    """Write a heading in small letters with single underscores; a code -1 becomes m1.

    Examples
    --------
    >>> plain_heading("Q2_-1"), plain_heading("Q44#1_Red pandas"), plain_heading("Q2__1")
    ('q2_m1', 'q44_1_red_pandas', 'q2_m1')
    """
    return _SIGNS.sub("_", _NEGATIVE.sub(r"_m\1", heading.strip())).strip("_").casefold()


def _joined(name: str) -> str:
    """Take out the underscores, except between digits: Q1_11 is not Q11_1."""
    return _BETWEEN_DIGITS.sub("", name)


def _fits(spoken: Spoken, start: str, end: str, is_cut: bool) -> bool:
    """Tell whether a text, perhaps cut off in the middle, is stem and words of an item."""
    whole = spoken.stem + spoken.own
    if not is_cut:
        return start in {whole, spoken.own}
    if end:
        return whole.startswith(start) and (end == spoken.own or _ends(whole, start, end))
    return len(start) >= _LONG_ENOUGH and whole.startswith(start)


def _ends(whole: str, start: str, end: str) -> bool:
    """Tell an end that stands behind the start, as row and label of a box do."""
    return whole.endswith(end) and len(start) + len(end) <= len(whole)
