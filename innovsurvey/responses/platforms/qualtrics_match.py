"""Find the item that a column of Qualtrics stands for: by its heading, its ImportId, its words."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.answers import Wordings
from innovsurvey.responses.platforms.qualtrics_names import Names, plain_heading
from innovsurvey.responses.platforms.spoken import Spoken, all_spoken, letters

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.platforms.qualtrics_export import Export

_CUT: Final = re.compile(r"\.\.\.|…")
_TAIL: Final = re.compile(r"\s?-\s?Selected Choice$")
_NUMBERED: Final = re.compile(r"_-?\d+$")
_LONG_ENOUGH: Final = 40


@dataclass(frozen=True)
class Matcher:
    """The items of an instrument by all that a column may say of them."""

    names: Names
    spoken: list[Spoken]
    wordings: Wordings
    by_words: dict[str, list[str]]
    by_item: dict[str, list[Spoken]]

    @classmethod
    def of(cls, instrument: Instrument) -> Matcher:
        """Collect names and words."""
        spoken = all_spoken(instrument)
        by_words: dict[str, list[str]] = {}
        by_item: dict[str, list[Spoken]] = {}
        for said in spoken:
            by_item.setdefault(said.item, []).append(said)
            for words in {said.stem + said.own, said.own}:
                by_words.setdefault(words, []).append(said.item)
        names, wordings = Names.of(instrument), Wordings.of(instrument)
        return cls(names, spoken, wordings, by_words, by_item)

    def find(self, export: Export, places: Iterable[int]) -> dict[int, str]:
        """Find the columns of the data that the columns at some places stand for.

        Whole headings come first, then the words of the questions, then parts of headings. A
        target may be found at several places.
        """
        asked = list(places)
        found = self._by_names(export, asked)
        for place in asked:
            target = self.names.whole.get(plain_heading(export.ids[place]) or " ")
            if place not in found and target is not None and target not in found.values():
                found[place] = target
        found |= self._by_words(export, [p for p in asked if p not in found], found)
        repeated = Counter(export.names[place] for place in asked)
        taken = set(found.values())
        for place in asked:
            if place not in found and repeated[export.names[place]] == 1:
                target = self.names.find_part(export.names[place])
                if target is not None and target not in taken:
                    found[place] = target
        return found | self._by_same_words(export, asked, found)

    def _by_names(self, export: Export, places: list[int]) -> dict[int, str]:
        """Find whole headings; a number that contradicts the words gives way to them."""
        repeated = Counter(export.names[place] for place in places)
        found = {}
        for place in places:
            name, said = export.names[place], export.said[place]
            targets = self.names.candidates(name, said, export.ids[place])
            agreeing = [target for target in targets if self._says(target, said)]
            if not targets or (said and not agreeing and repeated[name] > 1):
                continue
            if said and not agreeing and _NUMBERED.search(name):
                others = self._saying(said, set())
                agreeing = others if len(others) == 1 else []
            found[place] = (agreeing or targets)[0]
        return found

    def _by_words(
        self, export: Export, places: list[int], found: Mapping[int, str]
    ) -> dict[int, str]:
        """Find items by the texts of their questions, which Qualtrics may have cut off."""
        taken = set(found.values())
        groups: dict[tuple[str, ...], list[int]] = {}
        for place in places:
            items = tuple(self._saying(export.said[place], taken))
            if items:
                groups.setdefault(items, []).append(place)
        more: dict[int, str] = {}
        for items, where in groups.items():
            if len(where) % len(items) == 0:
                more |= {place: items[n % len(items)] for n, place in enumerate(where)}
        rest = {
            p: _TAIL.sub("", export.said[p])
            for p in places
            if p not in more and letters(export.said[p]) != letters(export.names[p])
        }
        others = {
            place: item
            for place, item in self.wordings.find(rest).items()
            if item not in taken | {*more.values()}
        }
        return more | others

    def _saying(self, said: str, taken: set[str]) -> list[str]:
        """Give the items, in their order, whose stem and words a text is."""
        start, end, is_cut = _parts(said)
        if not start:
            return []
        if is_cut:
            items = [s.item for s in self.spoken if _fits(s, start, end, is_cut)]
        else:
            items = self.by_words.get(start, [])
        return [item for item in dict.fromkeys(items) if item not in taken]

    def _says(self, target: str, said: str) -> bool:
        """Tell whether a text is what an item says."""
        start, end, is_cut = _parts(said)
        return any(_fits(s, start, end, is_cut) for s in self.by_item.get(target, []))

    @staticmethod
    def _by_same_words(
        export: Export, places: list[int], found: Mapping[int, str]
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


def _parts(said: str) -> tuple[str, str, bool]:
    """Give the letters of a text before and behind the place where it was cut, if it was."""
    first, *rest = _CUT.split(_TAIL.sub("", said), maxsplit=1)
    return letters(first), letters(rest[0] if rest else ""), bool(rest)


def _fits(spoken: Spoken, start: str, end: str, is_cut: bool) -> bool:
    """Tell whether a text, perhaps cut off in the middle, is stem and words of an item."""
    whole = spoken.stem + spoken.own
    if not is_cut:
        return start in {whole, spoken.own}
    if end:
        fits = whole.endswith(end) and len(start) + len(end) <= len(whole)
        return whole.startswith(start) and (end == spoken.own or fits)
    return len(start) >= _LONG_ENOUGH and whole.startswith(start)
