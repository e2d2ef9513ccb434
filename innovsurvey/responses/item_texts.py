"""Match headings to items by what they say: exactly, or as proposals that a person confirms."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.cells import normalise
from innovsurvey.responses.platforms.answers import Wordings, unescape

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument

# "12. ", "Q3: ", "3a) ", "(4) ", "Q12 - " before a question, and marks behind it.
_NUMBERING: Final = re.compile(r"^\(?(?:[A-Za-z]{0,3}\d{1,3}[a-z]?|[a-z]\))\s*[).:\-–—]+\s*")
_ENDING: Final = re.compile(r"[\s*:.!]+$")
_ROW: Final = re.compile(r"\[\s*([^\[\]]+?)\s*\]\s*$")
_TOKENS: Final = re.compile(r"\w+")
_SHARED_WORDS: Final = 0.5
_NEAR: Final = 0.8
_SHORTEST: Final = 8


@dataclass(frozen=True)
class NearMatch:
    """A heading whose words are near those of an item; ``similarity`` is 0-1."""

    heading: str
    item: str
    wording: str
    similarity: float


def match_wordings(
    headings: Mapping[int, Sequence[str]], instrument: Instrument, wanted: Collection[str]
) -> dict[int, str]:
    """Find the items that headings say word for word, in any language and version.

    Parameters
    ----------
    headings
        By place: what stands for the column, such as its heading and the wording that the file
        keeps beside it.
    instrument
        Whose items are looked for.
    wanted
        Ids that are looked for.

    Returns
    -------
    dict
        Place -> id. Case, blanks, quotation marks, numbers before the question and a mark behind
        it do not count. A wording of several items is matched only where the columns are as many
        as the items.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> climate = isv.load_instrument("leadership-climate")
    >>> match_wordings({0: ["3. impressed by leadership *"]}, climate, climate.item_ids)
    {0: 'LEAD03'}
    """
    wordings = Wordings.of(instrument)
    plain: dict[str, list[str]] = {}
    for said, items in wordings.items.items():
        plain.setdefault(_ENDING.sub("", said), []).extend(items)
    found: dict[int, str] = {}
    for variant, is_plain in _variants(headings):
        open_places = {p: text for p, text in variant.items() if p not in found}
        hits = (Wordings(plain) if is_plain else wordings).find(open_places)
        for place, item in hits.items():
            if item in wanted and item not in found.values():
                found[place] = item
    return found


def near_wordings(
    headings: Iterable[str], instrument: Instrument, wanted: Collection[str]
) -> list[NearMatch]:
    """Propose items for headings that say nearly the same; each heading and item once.

    Two texts are near if they share half of their words and at least 80 % of their letters in
    order (Ratcliff and Obershelp, as in :mod:`difflib`).

    Examples
    --------
    >>> import innovsurvey as isv
    >>> climate = isv.load_instrument("leadership-climate")
    >>> near_wordings(["Impressed by the leadership"], climate, climate.item_ids)[0].item
    'LEAD03'
    """
    wordings = {
        said: items[0]
        for said, items in Wordings.of(instrument).items.items()
        if len(items) == 1 and items[0] in wanted
    }
    words = {said: set(_TOKENS.findall(said)) for said in wordings}
    pairs = [
        NearMatch(heading, wordings[said], said, similarity)
        for heading in headings
        for said, similarity in _near(heading, words)
    ]
    return _best(pairs)


def _variants(headings: Mapping[int, Sequence[str]]) -> Iterable[tuple[dict[int, str], bool]]:
    """Give the texts to try, one after the other: as they stand, the row in brackets, plain.

    Plain texts, without numbers before and marks behind, are compared with plain wordings.
    """
    depth = max((len(said) for said in headings.values()), default=0)
    for i in range(depth):
        here = {place: said[i] for place, said in headings.items() if i < len(said) and said[i]}
        yield here, False
        rows = {place: _ROW.search(text) for place, text in here.items()}
        inside = {place: row[1] for place, row in rows.items() if row}
        yield inside, False
        yield {place: plain_heading(text) for place, text in inside.items()}, True
        yield {place: plain_heading(text) for place, text in here.items()}, True


def plain_heading(text: str) -> str:
    """Take the number before a question and the mark behind it away.

    Examples
    --------
    >>> plain_heading("Q3: I listen. *"), plain_heading("12) I listen")
    ('I listen', 'I listen')
    """
    return _ENDING.sub("", _NUMBERING.sub("", unescape(text).strip()))


def _near(heading: str, words: Mapping[str, set[str]]) -> Iterable[tuple[str, float]]:
    """Give the wordings that are near a heading, with their similarity."""
    row = _ROW.search(heading)
    said = normalise(plain_heading(row[1] if row else heading))
    own = set(_TOKENS.findall(said))
    if len(said) < _SHORTEST:
        return
    for wording, tokens in words.items():
        shared = len(own & tokens) / max(len(own | tokens), 1)
        if shared < _SHARED_WORDS:
            continue
        similarity = difflib.SequenceMatcher(None, said, wording, autojunk=False).ratio()
        if similarity >= _NEAR:
            yield wording, similarity


def _best(pairs: Iterable[NearMatch]) -> list[NearMatch]:
    """Take the nearest pairs first, each heading and each item once."""
    headings: set[str] = set()
    items: set[str] = set()
    taken = []
    for pair in sorted(pairs, key=lambda p: (-p.similarity, p.heading, p.item)):
        if pair.heading not in headings and pair.item not in items:
            taken.append(pair)
            headings.add(pair.heading)
            items.add(pair.item)
    return taken
