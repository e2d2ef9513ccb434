"""Headings of LimeSurvey that are texts: find the question that each one shows.

A heading is the text of a question, with the text of its row in brackets; HTML is taken out of
both. In abbreviated headings each text is cut after 15 characters.
"""

from __future__ import annotations

import html
import itertools
import re
import unicodedata
from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING, Final

from innovsurvey.definitions.model import Text
from innovsurvey.responses.platforms.limesurvey_names import JOINED, in_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, Item

_ABBREVIATED: Final = 15
_LEFT_WHOLE: Final = 18  # a text that is only a little longer is not cut
_IGNORED: Final = re.compile(r"[\s_]+")

_ROWS: Final = re.compile(r"\[([^\[\]]*)\]")
_LAST: Final = re.compile(r"\s*\[[^\[\]]*\]\s*$")
_ELLIPSIS: Final = ".."

# Text of a question, of its row if it has rows, of its column if it has columns, too.
Parts = tuple[str, ...]
# Names that share a heading -> the places where it stands.
_Groups = dict[tuple[str, ...], list[int]]


def match_texts(headings: Mapping[int, str], instrument: Instrument) -> dict[int, str]:
    """Find the columns of the data that headings with texts stand for, by their positions.

    Nothing is guessed: a heading must be a text of the questionnaire, whole or abbreviated as
    LimeSurvey does. Where several questions have the same heading, there must be as many columns as
    questions; they stand in the order of the questionnaire. Language, version and set of items
    asked are those that most headings fit.
    """
    found: dict[int, str] = {}
    cut = {place: heading for place, heading in headings.items() if _ELLIPSIS in heading}
    versions = list(dict.fromkeys(v for item in instrument.items for v in item.versions))
    for language, version in product(instrument.languages, versions):
        asked = list(_questions(instrument, language.code, version))
        for without in _left_out(instrument, version):
            here = [(name, parts) for name, parts in asked if name not in without]
            keys: dict[str, list[str]] = defaultdict(list)
            for name, parts in here:
                for key in (_whole(parts), _cut(parts)):
                    if name not in keys[key]:
                        keys[key].append(name)
            groups = _match(headings, keys)
            known = {place for places in groups.values() for place in places}
            groups |= _match_cut({p: h for p, h in cut.items() if p not in known}, here)
            matched = _in_turn(groups, list(dict.fromkeys(name for name, _ in here)))
            if len(matched) > len(found):
                found = matched
    return found


def _left_out(instrument: Instrument, version: str) -> Iterable[frozenset[str]]:
    """List the sets of items that may not have been asked: none, those of other forms, versions."""
    everything = frozenset(instrument.item_ids)
    others = frozenset(item.id for item in instrument.items if version not in item.versions)
    by_form = [everything - frozenset(form.items) for form in instrument.forms]
    without = [frozenset[str](), *by_form]
    return dict.fromkeys((*without, *(left | others for left in without)))


def _match(headings: Mapping[int, str], keys: Mapping[str, list[str]]) -> _Groups:
    """Give the places of the headings that names have in common, where they are as many."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, heading in headings.items():
        key = next((key for key in _heading_keys(heading) if keys.get(key)), None)
        if key is not None:
            places[key].append(place)
    groups = ((tuple(keys[key]), here) for key, here in places.items())
    return {names: here for names, here in groups if len(here) == len(names)}


def _in_turn(groups: _Groups, order: Sequence[str]) -> dict[int, str]:
    """Name the places: names that share a heading in turn, if the order of the others allows it.

    What stands between two of them in the file has to be what is asked between them.
    """
    turn = {name: n for n, name in enumerate(order)}
    alone = {here[0]: names[0] for names, here in groups.items() if len(names) == 1}
    found = dict(alone)
    for names, here in groups.items():
        pairs = list(
            itertools.pairwise(zip(sorted(here), sorted(names, key=turn.__getitem__), strict=True))
        )
        if pairs and all(_same_between(a, b, alone, turn) for a, b in pairs):
            found |= dict(zip(sorted(here), sorted(names, key=turn.__getitem__), strict=True))
    return found


def _same_between(
    first: tuple[int, str],
    second: tuple[int, str],
    alone: Mapping[int, str],
    turn: Mapping[str, int],
) -> bool:
    """Tell whether the same columns stand between two places as between two questions.

    Boxes and comments of one question alternate in files only, so these do not count.
    """
    in_file = {name for place, name in alone.items() if first[0] < place < second[0]}
    asked = {n for n in alone.values() if turn[first[1]] < turn[n] < turn[second[1]]}
    question = _question_of(first[1])
    is_own = question == _question_of(second[1])
    return all(is_own and _question_of(name) == question for name in in_file ^ asked)


def _question_of(name: str) -> str:
    """Give the code of the question in the name of a column."""
    return name.partition("_")[0]


def _match_cut(headings: Mapping[int, str], asked: Iterable[tuple[str, Parts]]) -> _Groups:
    """Match headings whose texts are cut after any number of letters.

    Where several questions begin alike, there must be as many headings as questions.
    """
    known = [(name, [_said(part) for part in parts]) for name, parts in asked]
    places: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for place, heading in headings.items():
        begun = [_begun(part) for part in _parts_of(heading)]
        fitting = _fitting(begun, known) or _fitting(begun[:-1], known)
        if fitting:
            places[tuple(dict.fromkeys(fitting))].append(place)
    return {names: here for names, here in places.items() if len(here) == len(names)}


def _fitting(
    begun: list[tuple[str, bool]], known: Iterable[tuple[str, list[tuple[str, ...]]]]
) -> list[str]:
    """List the questions whose texts begin as the parts of a heading."""
    return [
        name
        for name, parts in known
        if begun
        and len(parts) == len(begun)
        and all(_begins(said, start) for said, start in zip(parts, begun, strict=True))
    ]


def _parts_of(heading: str) -> list[str]:
    """Give the text of the question in a heading, and what stands in brackets behind it."""
    rows = _ROWS.findall(heading)
    return [_ROWS.sub("", heading), *rows]


def _said(text: str) -> tuple[str, ...]:
    """Give what a text may begin with, comparable."""
    return tuple(dict.fromkeys((_key(text), _key(html.escape(text, quote=False)))))


def _begun(part: str) -> tuple[str, bool]:
    """Give the beginning that a part of a heading shows, and whether it is cut there."""
    plain = part.rstrip()
    is_cut = plain.endswith(_ELLIPSIS)
    return _key(plain.removesuffix(_ELLIPSIS)), is_cut


def _begins(said: Iterable[str], start: tuple[str, bool]) -> bool:
    """Tell whether a text is what a part of a heading shows."""
    words, is_cut = start
    return any(text.startswith(words) if is_cut else text == words for text in said)


def _questions(instrument: Instrument, language: str, version: str) -> Iterator[tuple[str, Parts]]:
    """Give every question with the texts of its headings, in the order it is asked."""
    stems = {name: block.stems for block in instrument.blocks for name in block.items}
    for item in in_order(instrument):
        by_version = dict(stems.get(item.id, ()))
        stem = by_version.get(version) or next(iter(by_version.values()), Text())
        for parts in _item_parts(item, instrument, language, version, stem.say(language)):
            yield item.id, parts
    for column in instrument.context:
        if column.format is not None:
            yield column.id, (column.label.say(language),)


def _item_parts(
    item: Item, instrument: Instrument, language: str, version: str, stem: str
) -> Iterator[Parts]:
    """Give the texts an item may be headed by: alone, as a row under a stem, as a matrix cell."""
    if item.matrix is not None:
        matrix = instrument.matrix(item.matrix)
        row = next(line.text for line in matrix.rows if line.id == item.row)
        column = next(line.text for line in matrix.columns if line.id == item.column)
        yield row.say(language), column.say(language)
        yield matrix.text.say(language), column.say(language)
        for before, after in _divided(row.say(language)):
            yield before, after, column.say(language)
        return
    text = item.text(version if version in item.versions else None).say(language)
    if item.left:
        begun = " ".join(filter(None, (text, item.left.say(language))))
        yield stem, f"{begun}|{item.right.say(language)}"
    else:
        yield (text,)
        yield stem, text
        if stem:
            for before, after in _divided(text):
                yield stem, before, after


def _divided(text: str) -> Iterator[tuple[str, str]]:
    """Give the texts that a text may have been joined from."""
    before, sign, after = text.partition(JOINED)
    while sign:
        yield before, after
        more, sign, after = after.partition(JOINED)
        before = f"{before}{JOINED}{more}"


def _whole(parts: Parts) -> str:
    """Give the key of a heading in full."""
    return _key(_joined(parts))


def _cut(parts: Parts) -> str:
    """Give the key of an abbreviated heading, which is cut after HTML was made of it."""
    return "cut " + _key(_joined([_abbreviate(part) for part in parts]))


def _joined(parts: Sequence[str]) -> str:
    """Put texts together as a heading."""
    return f"{parts[0]} " + "".join(f"[{part}]" for part in parts[1:])


def _abbreviate(text: str) -> str:
    """Cut a text as LimeSurvey does."""
    flat = html.escape(text.replace("\n", ""), quote=False)
    return flat if len(flat) <= _LEFT_WHOLE else f"{flat[:_ABBREVIATED]}.. "


def _heading_keys(heading: str) -> Iterator[str]:
    """Give the keys under which a heading may be known.

    What LimeSurvey words itself stands in the last brackets: [Other], [Comment], [Rank 1]; without
    them the heading is that of the question.
    """
    for said in (heading, _LAST.sub("", heading)):
        yield _key(html.unescape(said))
        yield "cut " + _key(said)


def _key(text: str) -> str:
    """Make texts comparable: no blanks, which are not kept, and no case."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).casefold())
