"""The names that columns of Qualtrics may have for the items of an instrument."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.headings import CARRIED
from innovsurvey.responses.platforms.spoken import letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from innovsurvey.definitions.model import Instrument

_NEGATIVE: Final = re.compile(r"_[-_](\d+)(?=_|$)")
_SIGN_ALONE: Final = re.compile(r"_[^\w\s]+$")
_SIGNS: Final = re.compile(r"[\W_]+")
_BETWEEN_DIGITS: Final = re.compile(r"(?<!\d)_|_(?!\d)")
_LOOP: Final = re.compile(r"\d+_")
_SIDE: Final = re.compile(r"^(?:(?P<tag>.+)_)?(?P<row>[^_].*): (?P<side>\d+)(?P<rest>_.*)?$")
_CHOICE: Final = re.compile(r"^QID\d+(?:#\d+)?_(?P<choice>\w+)$")
_NUMBERED: Final = re.compile(r"^(?P<tag>.+)_\d+$")
_HYPHEN: Final = re.compile(r"\s?-\s?")


@dataclass
class Names:
    """Items and columns of context by the names that stand for them.

    ``whole`` are full names, ``joined`` the same without underscores, ``ends`` what stands behind
    the tag of a question, ``numbered`` rows of a question by their position, ``boxes`` and
    ``labels`` the boxes of a row by code and by label.
    """

    whole: dict[str, str] = field(default_factory=dict)
    joined: dict[str, set[str]] = field(default_factory=dict)
    ends: dict[str, set[str]] = field(default_factory=dict)
    numbered: dict[str, str] = field(default_factory=dict)
    boxes: dict[str, dict[str, str]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)

    @classmethod
    def of(cls, instrument: Instrument) -> Names:
        """Collect the names."""
        names = cls()
        for name in (*CARRIED, *(column.id for column in instrument.context)):
            names._add(name, name)
        for item in instrument.items:
            for said in (item.id, item.written):
                if said:
                    names._add(said, item.id)
                    names._add_ends(said, item.id)
        for item in instrument.items:  # cells of a matrix of texts: Q46_1_1_TEXT
            if instrument.format_of(item.id).level == "text":
                said = plain_heading(item.written or item.id)
                names.whole.setdefault(f"{said}_text", item.id)
        names._add_boxes(instrument)
        for block in instrument.blocks:
            names._add_positions([item for item in block.items if item in instrument.item_ids])
        return names

    def _add(self, said: str, target: str) -> None:
        """Note a name as a whole."""
        plain = plain_heading(said)
        self.whole[plain] = target
        self.joined.setdefault(_joined(plain), set()).add(target)

    def _add_ends(self, said: str, target: str) -> None:
        """Note the ends of the name of an item."""
        parts = plain_heading(said).split("_")
        for n in range(1, len(parts)):
            self.ends.setdefault("_".join(parts[n:]), set()).add(target)

    def _add_boxes(self, instrument: Instrument) -> None:
        """Note the boxes of each row with boxes."""
        texts = {(m.id, line.id): line.text for m in instrument.matrices for line in m.columns}
        for item in instrument.items:
            if item.matrix is None or instrument.format_of(item.id).level != "multiple":
                continue
            row, code = plain_heading(str(item.row)), str(item.column).casefold()
            self.boxes.setdefault(row, {})[code] = item.id
            for words in texts[item.matrix, str(item.column)].values():
                self.labels.setdefault(row, {})[letters(words)] = item.id

    def _add_positions(self, items: Sequence[str]) -> None:
        """Note the rows of one question by their position, which newer exports give."""
        split = [plain_heading(item).split("_") for item in items]
        for n in range(1, min((len(parts) for parts in split), default=0)):
            if len({tuple(parts[:n]) for parts in split}) == 1:
                tag = "_".join(split[0][:n])
                for position, item in enumerate(items, start=1):
                    self.numbered.setdefault(f"{tag}_{position}", item)

    def knows(self, heading: str) -> bool:
        """Tell a heading that is a name as a whole."""
        return any(name in self.whole for name in (plain_heading(heading), *_turned(heading)))

    def candidates(self, heading: str, said: str, import_id: str) -> list[str]:
        """Give what a whole heading may stand for, the surest first."""
        turned = list(_turned(heading))
        if turned:
            ends = (self.ends.get(name, set()) for name in turned)
            found = [self.whole.get(name) for name in turned]
            found += [next(iter(end)) for end in ends if len(end) == 1]
        else:
            name = plain_heading(heading)
            by_words = self._box_by_words(name, said)
            found = [by_words] if by_words else [
                self._row_by_id(name, import_id),
                self.whole.get(name),
                self._box_by_number(name),
                self.numbered.get(name),
            ]  # fmt: skip
        return list(dict.fromkeys(target for target in found if target is not None))

    def find_part(self, heading: str) -> str | None:
        """Find an item by a heading without signs, by its end, or by the end of an item's name."""
        name = plain_heading(heading)
        if _LOOP.match(name):
            return None
        parts = name.split("_")
        for number, said in enumerate((name, "_".join(parts[-2:]), parts[-1])):
            targets = self.joined.get(_joined(said), set()) if said else set()
            if len(targets) == 1 and not (number and targets & {*CARRIED}):
                return next(iter(targets))
        ends = self.ends.get(name, set()) if any(c.isalpha() for c in name) else set()
        return next(iter(ends)) if len(ends) == 1 else None

    def _box_by_words(self, name: str, said: str) -> str | None:
        """Find the box of a heading such as ``q2_4`` by what it says behind a hyphen."""
        labels = self.labels.get(name.rpartition("_")[0], {})
        cuts = [match.end() for match in _HYPHEN.finditer(said)] if labels else []
        tails = (letters(said[cut:]) for cut in cuts)  # the longest first
        return next((labels[tail] for tail in tails if tail in labels), None)

    def _box_by_number(self, name: str) -> str | None:
        """Find the box of a heading by its code, else by its position."""
        row, _, end = name.rpartition("_")
        boxes = self.boxes.get(row, {})
        listed = list(boxes.values())
        if end in boxes or not end.isdigit():
            return boxes.get(end)
        return listed[int(end) - 1] if 0 < int(end) <= len(listed) else None

    def _row_by_id(self, name: str, import_id: str) -> str | None:
        """Find a row by the number it has inside Qualtrics: Q2_2 with QID2_4 is Q2_4."""
        choice, numbered = _CHOICE.match(import_id), _NUMBERED.match(name)
        if choice is None or numbered is None:
            return None
        return self.whole.get(f"{numbered['tag']}_{choice['choice'].casefold()}")


def plain_heading(heading: str) -> str:
    """Write a heading in small letters with single underscores; a code -1 becomes m1.

    Examples
    --------
    >>> plain_heading("Q2_-1"), plain_heading("Q44#1_Red pandas"), plain_heading("Q2__1")
    ('q2_m1', 'q44_1_red_pandas', 'q2_m1')
    >>> plain_heading("Q2_-")  # a code that is nothing but a sign
    'q2_sign'
    """
    named = _NEGATIVE.sub(r"_m\1", _SIGN_ALONE.sub("_sign", heading.strip()))
    return _SIGNS.sub("_", named).strip("_").casefold()


def _turned(heading: str) -> Iterable[str]:
    """Give names for headings of old exports that put the side last: Q6_2: 1 is Q6#1_2."""
    match = _SIDE.match(heading.strip())
    if match is None:
        return
    side, rest = match["side"], match["rest"] or ""
    if match["tag"]:
        yield plain_heading(f"{match['tag']}_{side}_{match['row']}{rest}")
        yield plain_heading(f"{side}_{match['tag']}_{match['row']}{rest}")
    else:
        yield plain_heading(f"{side}_{match['row']}{rest}")


def _joined(name: str) -> str:
    """Take out the underscores, except between digits: Q1_11 is not Q11_1."""
    return _BETWEEN_DIGITS.sub("", name)
