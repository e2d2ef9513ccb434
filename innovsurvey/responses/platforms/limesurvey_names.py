"""Headings of LimeSurvey that are codes: find the column of the data that each one names."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import TYPE_CHECKING, Final

from innovsurvey.definitions.model import Text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, Item

_SEPARATORS: Final = re.compile(r"[\W_]+")
_LEADING: Final = re.compile(r"([A-Za-z]\w*(?:\[[^\[\]]*\])*)[^\w\[]")
NUMBERED: Final = re.compile(r"\d+X\d+X\d+", re.ASCII)
_SCALE: Final = re.compile(r"#(\d)$", re.ASCII)
_COMMENT: Final = "comment"
_ENOUGH: Final = 0.5
JOINED: Final = " - "  # between question, row and column, in drafts made from a survey file
_MADE_FIT: Final = ("q_", "v")  # what SPSS and Stata exports put before a code that starts badly


def code_part(heading: str) -> str:
    """Give the code of a heading such as ``Q01[CON01]. Text``.

    Examples
    --------
    >>> code_part("Q01[CON01]. How often?")
    'Q01[CON01]'
    """
    return heading.partition(". ")[0].strip()


def names_by_code(headings: Mapping[int, str], instrument: Instrument) -> dict[int, str]:
    """Find the items of headings, by place, whose parts are those of an item.

    The parts are what letters and digits make up, so that ``Q1[1]`` is not taken for ``Q11``. A
    second scale is ``Q1[a][2]`` in brackets, and ``Q1_a_1`` in the names of the expression
    manager, which count from 0.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> tasks = isv.load_instrument("collaborative-leadership")
    >>> names_by_code({0: "CON01. How often?", 1: "C[ON01]"}, tasks)
    {0: 'CON01'}
    """
    known = dict(_known(instrument))
    found = _find({place: code_part(text) for place, text in headings.items()}, known)
    leading = {place: _LEADING.match(text) for place, text in headings.items()}
    codes = {place: match[1] for place, match in leading.items() if match is not None}
    by_start = _find(codes, known)
    if len(by_start) > max(len(found), _ENOUGH * len(headings)):
        return by_start
    return found


def names_by_number(
    headings: Mapping[int, str], texts: Mapping[str, str], instrument: Instrument
) -> dict[int, str]:
    """Find the items of headings such as ``123X4X5SQ001``.

    The number of a question says nothing without the survey; what follows it is the code of the
    row. So either the file has the text of each question, or there are as many such headings as
    items, and all have the codes of the items in their order.
    """
    numbered = {place: text for place, text in headings.items() if NUMBERED.match(text)}
    in_turn = _with_comments([item.id for item in in_order(instrument)])
    if len(numbered) == len(in_turn):
        codes = {item.id: _code_of_row(item) for item in instrument.items}
        pairs = list(zip(numbered, in_turn, strict=True))
        if all(_ends(numbered[place], squash(codes[name])) for place, name in pairs):
            return dict(pairs)
    asked = list(_questions(instrument))
    found: dict[int, str] = {}
    for place, heading in numbered.items():
        if texts.get(heading):
            said = squash(texts[heading])
            fitting = [name for name, text, row in asked if text == said and _ends(heading, row)]
            if len(set(fitting)) == 1:
                found[place] = fitting[0]
    return found


def in_order(instrument: Instrument) -> Iterable[Item]:
    """Give the items as they are asked: block by block, then those of no block.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> next(iter(in_order(isv.load_instrument("collaborative-leadership")))).id
    'CON01'
    """
    by_place: dict[str, list[Item]] = defaultdict(list)
    for item in instrument.items:
        by_place[item.matrix or item.id].append(item)
    in_blocks = [name for block in instrument.blocks for name in block.items]
    order = dict.fromkeys((*in_blocks, *by_place))
    return [item for name in order for item in by_place.get(name, ())]


def squash(text: str) -> str:
    r"""Make texts comparable: letters and digits only, no case.

    Examples
    --------
    >>> squash("How  often_do\nyou?")
    'howoftendoyou'
    """
    return _SEPARATORS.sub("", text).casefold()


def _known(instrument: Instrument) -> Iterator[tuple[str, str]]:
    """Give every name that a column may have, in parts, with the item."""
    for item in instrument.items:
        yield _parts(item.id), item.id
    for item in instrument.items:
        if item.written:
            yield _parts(item.written), item.id


def _parts(name: str) -> str:
    """Give the parts of a name."""
    return "_".join(part for part in _SEPARATORS.split(name) if part).casefold()


def _find(codes: Mapping[int, str], known: Mapping[str, str]) -> dict[int, str]:
    """Find the items of codes; a second column for one item is none."""
    named = {place: _parts(code) for place, code in codes.items()}
    there = set(named.values())
    found: dict[int, str] = {}
    for place, name in named.items():
        if "[" not in codes[place]:
            name = _from_zero(name, there, known)
        item = known.get(name) or next(
            (
                known[name[len(s) :]]
                for s in _MADE_FIT
                if name.startswith(s) and name[len(s) :] in known
            ),
            None,
        )
        if item is not None and item not in found.values():
            found[place] = item
    return found


def _from_zero(name: str, there: set[str], known: Mapping[str, str]) -> str:
    """Count scales from 1 where the names of a file count from 0."""
    start, _, number = name.rpartition("_")
    scales = (f"{start}_0", f"{start}_1", f"{start}_2")
    counted = scales[0] in there and scales[1] in known and scales[2] in known
    if number in {"0", "1"} and counted and scales[0] not in known:
        return scales[int(number) + 1]
    return name


def _questions(instrument: Instrument) -> Iterator[tuple[str, str, str]]:
    """Give every item with the text of its question and the code of its row, in all languages."""
    stems = {name: block.stems for block in instrument.blocks for name in block.items}
    for item in instrument.items:
        row = _code_of_row(item)
        if item.matrix is not None:
            said = instrument.matrix(item.matrix).text
        else:
            said = next((text for _, text in stems.get(item.id, ()) if text), item.text()) or Text()
        for words in set(said.values()):
            for text in (words, words.partition(JOINED)[0]):
                yield item.id, squash(text), squash(row)


def _code_of_row(item: Item) -> str:
    """Give the code of the row of an item, with that of its column."""
    if item.matrix is not None:
        return f"{_row_of(str(item.row))}_{item.column}"
    return _row_of(item.written or item.id)


def _with_comments(names: Sequence[str]) -> list[str]:
    """Put the comment on a box behind the box, where it stands in files."""
    said = {name.removesuffix(_COMMENT) for name in names if name.endswith(_COMMENT)} & {*names}
    found: list[str] = []
    for name in names:
        if not (name.endswith(_COMMENT) and name.removesuffix(_COMMENT) in said):
            found += [name, f"{name}{_COMMENT}"] if name in said else [name]
    return found


def _row_of(heading: str) -> str:
    """Give what follows the code of the question."""
    return re.split(r"[\[_]", heading, maxsplit=1)[1] if re.search(r"[\[_]", heading) else ""


def _ends(heading: str, row: str) -> bool:
    """Tell whether a number of the data base ends with the code of a row."""
    counted = _SCALE.sub(lambda scale: str(int(scale[1]) + 1), heading)
    rest = squash(NUMBERED.sub("", counted, count=1))
    return rest == row or (row.isdigit() and not rest and heading.endswith(row))
