"""Read what platforms write for an answer: labels as HTML, boxes that are ticked, wordings."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.definitions.forms import as_definition
from innovsurvey.definitions.questionnaire import Questionnaire
from innovsurvey.errors import DefinitionError
from innovsurvey.responses.cells import label_codes, normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterator, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, Item, ResponseFormat, Text

_BREAK: Final = re.compile(r"<br\s*/?>", re.IGNORECASE)
YES: Final = frozenset({"y", "yes", "ja", "sí", "si", "oui", "sim", "jah", "kyllä", "1"})
NO: Final = frozenset({"n", "no", "nej", "nei", "nein", "nee", "non", "não", "ei", "0"})
NO_CONSENT: Final = "no_consent"
# How our texts for consent begin; a test holds these to the words of the writers.
_CONSENT_BEGINS: Final = ("i answer of my own free will.", "jeg svarer frivilligt.")


def unescape(text: str) -> str:
    """Turn HTML signs back into characters.

    Examples
    --------
    >>> unescape("No&#44; not &lt;yet&gt;<br>at all")
    'No, not <yet> at all'
    """
    return html.unescape(_BREAK.sub(" ", text))


def readings(text: str) -> tuple[str, ...]:
    """Give what a text may say, comparable: as it stands, and with HTML signs as characters.

    Examples
    --------
    >>> readings("A &amp; B")
    ('a &amp; b', 'a & b')
    """
    return tuple(dict.fromkeys((normalise(text), normalise(unescape(text)))))


def has_declined(cell: str) -> bool:
    """Tell the answer no to the question for consent, as code or text.

    Examples
    --------
    >>> has_declined("0"), has_declined("No, I do not agree"), has_declined("1")
    (True, True, False)
    """
    return normalise(unescape(cell)).partition(",")[0] in NO


def asks_consent(heading: str, instrument: Instrument) -> bool:
    """Tell the question for consent by its text: a general one, or that of the questionnaire.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> staff = isv.load_form("staff").instrument
    >>> asks_consent("Welcome/Jeg svarer frivilligt.", staff), asks_consent("device_check", staff)
    (True, False)
    """
    said = readings(heading)
    own = {normalise(text) for text in _consent_of(instrument.file)} - {""}
    return any(begin in text for text in said for begin in _CONSENT_BEGINS) or any(
        text.endswith(tuple(own)) for text in said
    )


@cache
def _consent_of(file: str) -> tuple[str, ...]:
    """Give the texts for consent of the questionnaire in a file."""
    try:
        source = as_definition(file)
    except DefinitionError:
        return ()
    return tuple(source.consent.values()) if isinstance(source, Questionnaire) else ()


def as_labels(cells: Sequence[str], format_: ResponseFormat) -> list[str]:
    """Give cells whose labels came as HTML as plain labels; all others stay as they are."""
    known = label_codes(format_)
    return _each(cells, lambda cell: _plain_label(cell, known))


def as_codes(cells: Sequence[str], format_: ResponseFormat) -> list[str]:
    """Give the codes of labels; cells that are no label stay as they are."""
    codes = {words: write_number(code) for words, code in label_codes(format_).items()}
    return _each(cells, lambda cell: codes.get(normalise(_plain_label(cell, codes)), cell))


def settle_ticks(boxes: Sequence[Sequence[bool]]) -> list[list[str]]:
    """Write boxes of one question, one row per person: all empty if none is ticked.

    Examples
    --------
    >>> settle_ticks([[True, False], [False, False]])
    [['1', '0'], ['', '']]
    """
    return [["1" if box else "0" for box in row] if any(row) else [""] * len(row) for row in boxes]


def box_groups(instrument: Instrument) -> Iterator[list[str]]:
    """Give the items that are boxes of one question, of which several may be ticked.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> next(box_groups(isv.load_form("self-assessment").instrument))[:2]
    ['STAGE_PH1', 'STAGE_PH2']
    """
    groups: dict[tuple[str, str | None], list[str]] = {}
    for item in instrument.items:
        if item.matrix is not None and instrument.format_of(item.id).level == "multiple":
            groups.setdefault((item.matrix, item.row), []).append(item.id)
    yield from groups.values()


@dataclass(frozen=True)
class Rows:
    """The rows of the matrices of an instrument, by id in lower case.

    ``items`` has one item per column of the matrix, empty where the instrument does not ask it.
    """

    items: dict[str, list[str]]
    ticked: frozenset[str]
    labels: dict[str, dict[str, str]]

    @classmethod
    def of(cls, instrument: Instrument) -> Rows:
        """Collect the rows; ``ticked`` are those with boxes to tick."""
        formats = {f.id: f for f in instrument.formats}
        items: dict[str, list[str]] = {}
        labels: dict[str, dict[str, str]] = {}
        ticked = set()
        for matrix in instrument.matrices:
            for line in matrix.rows:
                row = line.id.casefold()
                here = [i for i in instrument.items if (i.matrix, i.row) == (matrix.id, line.id)]
                cells = {item.column: item.id for item in here}
                items[row] = [cells.get(column.id, "") for column in matrix.columns]
                labels[row] = {
                    normalise(said): cells[column.id]
                    for column in matrix.columns
                    for said in column.text.values()
                    if column.id in cells
                }
                if formats[matrix.format].level == "multiple":
                    ticked.add(row)
        return cls(items, frozenset(ticked), labels)


@dataclass(frozen=True)
class Wordings:
    """What items and questions about the respondent say, for headings that are texts."""

    items: dict[str, list[str]] = field(default_factory=dict)

    @classmethod
    def of(cls, instrument: Instrument) -> Wordings:
        """Collect the wordings in all versions and languages."""
        items: dict[str, list[str]] = {}
        columns = {(m.id, line.id): line.text for m in instrument.matrices for line in m.columns}
        for item in instrument.items:
            cell = columns.get((str(item.matrix), str(item.column)))
            for words in _said(item, cell):
                items.setdefault(words, []).append(item.id)
        for column in instrument.context:
            if column.format is not None:
                for label in {normalise(words) for words in column.label.values()}:
                    items.setdefault(label, []).append(column.id)
        return cls(items)

    def find(self, headings: Mapping[int, str]) -> dict[int, str]:
        """Find the items of headings, by place, that end with their wordings.

        Where several items say the same, as in the rows of a matrix, the headings have to be as
        many as the items and in their order.
        """
        places: dict[tuple[str, ...], list[int]] = {}
        for place, heading in headings.items():
            said = readings(heading)
            fitting = [w for w in self.items if any(_ends_with(plain, w) for plain in said)]
            if fitting:
                longest = max(fitting, key=len)
                places.setdefault(tuple(self.items[longest]), []).append(place)
        found: dict[int, str] = {}
        for items, where in places.items():
            if len(items) == len(where):
                found |= dict(zip(where, items, strict=True))
        return found


def _ends_with(heading: str, words: str) -> bool:
    """Tell a heading that is a wording, or ends with it after a hyphen."""
    return heading == words or heading.endswith((f"-{words}", f"- {words}"))


def _said(item: Item, column: Text | None) -> set[str]:
    """Give what an item says: its text in each version and language, before its poles, if any."""
    texts = [column] if column is not None else [text for _, text in item.texts]
    said = {words for text in texts for words in text.values()}
    for code in item.left:
        right = item.right.say(code)
        for begun in {text.say(code) for text in texts} or {""}:
            left = f"{begun} {item.left[code]}".strip()
            said |= {f"{left} ↔ {right}", f"{left}:{right}"}
    return {normalise(words) for words in said} - {""}


def _plain_label(cell: str, known: Container[str]) -> str:
    """Turn HTML back into a label, where that makes it one."""
    if "&" not in cell and "<" not in cell:
        return cell
    plain = unescape(cell)
    return plain if normalise(cell) not in known and normalise(plain) in known else cell


def _each(cells: Sequence[str], change: Callable[[str], str]) -> list[str]:
    """Change cells, each different one once."""
    changed = {cell: change(cell) for cell in set(cells)}
    return [changed[cell] for cell in cells]
