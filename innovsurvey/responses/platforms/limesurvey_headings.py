"""Headings of LimeSurvey that are texts: find the question that each one shows.

A heading is the text of a question, with the text of its row in brackets; HTML is taken out of
both. In abbreviated headings each text is cut after 15 characters.
"""

from __future__ import annotations

import html
import re
import unicodedata
from collections import defaultdict
from itertools import product
from typing import TYPE_CHECKING, Final

from innovsurvey.definitions.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from innovsurvey.definitions.model import Instrument, Item

_ABBREVIATED: Final = 15
_LEFT_WHOLE: Final = 18  # a text that is only a little longer is not cut
_IGNORED: Final = re.compile(r"[\s_]+")

# Text of a question, and of its row if it has rows.
Parts = tuple[str, str | None]


def match_texts(headings: Mapping[int, str], instrument: Instrument) -> dict[int, str]:
    """Find the columns of the data that headings with texts stand for, by their positions.

    Nothing is guessed: a heading must be a text of the questionnaire, whole or abbreviated as
    LimeSurvey does. Where several questions have the same heading, there must be as many columns as
    questions; they stand in the order of the questionnaire. Language, version and set of items
    asked are those that most headings fit.
    """
    found: dict[int, str] = {}
    versions = list(dict.fromkeys(v for item in instrument.items for v in item.versions))
    for language, version in product(instrument.languages, versions):
        asked = list(_questions(instrument, language.code, version))
        for without in _left_out(instrument, version):
            keys: dict[str, list[str]] = defaultdict(list)
            for name, key in asked:
                if name not in without and name not in keys[key]:
                    keys[key].append(name)
            matched = _match(headings, keys)
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


def _match(headings: Mapping[int, str], keys: Mapping[str, list[str]]) -> dict[int, str]:
    """Match headings with the names that have their key, in order."""
    places: dict[str, list[int]] = defaultdict(list)
    for place, heading in headings.items():
        key = next((key for key in _heading_keys(heading) if key in keys), None)
        if key is not None:
            places[key].append(place)
    found: dict[int, str] = {}
    for key, here in places.items():
        if len(here) == len(keys[key]):
            found |= dict(zip(here, keys[key], strict=True))
    return found


def _questions(instrument: Instrument, language: str, version: str) -> Iterator[tuple[str, str]]:
    """Give every question with the keys of its headings, in the order it is asked."""
    stems = {name: block.stems for block in instrument.blocks for name in block.items}
    for item in _in_order(instrument):
        by_version = dict(stems.get(item.id, ()))
        stem = by_version.get(version) or next(iter(by_version.values()), Text())
        for parts in _item_parts(item, instrument, language, version, stem.say(language)):
            yield item.id, _whole(parts)
            yield item.id, _cut(parts)
    for column in instrument.context:
        if column.format is not None:
            label = (column.label.say(language), None)
            yield column.id, _whole(label)
            yield column.id, _cut(label)


def _in_order(instrument: Instrument) -> Iterable[Item]:
    """Give the items as they are asked: block by block, then those of no block."""
    by_place: dict[str, list[Item]] = defaultdict(list)
    for item in instrument.items:
        by_place[item.matrix or item.id].append(item)
    in_blocks = [name for block in instrument.blocks for name in block.items]
    order = dict.fromkeys((*in_blocks, *by_place))
    return [item for name in order for item in by_place.get(name, ())]


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
        return
    text = item.text(version if version in item.versions else None).say(language)
    if item.left:
        begun = " ".join(filter(None, (text, item.left.say(language))))
        yield stem, f"{begun}|{item.right.say(language)}"
    else:
        yield text, None
        yield stem, text


def _whole(parts: Parts) -> str:
    """Give the key of a heading in full."""
    question, row = parts
    return _key(question if row is None else f"{question} [{row}]")


def _cut(parts: Parts) -> str:
    """Give the key of an abbreviated heading, which is cut after HTML was made of it."""
    question, row = (None if part is None else _abbreviate(part) for part in parts)
    return "cut " + _key(f"{question}" if row is None else f"{question} [{row}]")


def _abbreviate(text: str) -> str:
    """Cut a text as LimeSurvey does."""
    flat = html.escape(text.replace("\n", ""), quote=False)
    return flat if len(flat) <= _LEFT_WHOLE else f"{flat[:_ABBREVIATED]}.. "


def _heading_keys(heading: str) -> tuple[str, str]:
    """Give the keys under which a heading may be known."""
    return _key(html.unescape(heading)), "cut " + _key(heading)


def _key(text: str) -> str:
    """Make texts comparable: no blanks, which are not kept, and no case."""
    return _IGNORED.sub("", unicodedata.normalize("NFKC", text).casefold())
