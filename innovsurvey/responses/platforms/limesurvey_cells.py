"""Read the cells of a LimeSurvey export as their questions were answered."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.base.spreadsheet import unguard
from innovsurvey.responses.cells import NOT_SHOWN_CODE, label_codes, normalise
from innovsurvey.responses.platforms.answers import NO, YES, as_codes
from innovsurvey.responses.platforms.limesurvey_names import squash
from innovsurvey.responses.platforms.limesurvey_words import NOT_TICKED, OTHER, every

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, ResponseFormat

HIDDEN: Final = "{question_not_shown}"
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)?", re.ASCII)
_TAG: Final = re.compile(r"<[^<>]*>")
_MIDNIGHT: Final = re.compile(r"(\d{4}-\d\d-\d\d)[ T]00:00(:00)?")
_MINUS: Final = re.compile(r"N(\d{1,4})", re.ASCII)
_TICKED: Final = YES | every("Yes")
_OPEN: Final = NO | every("No") | NOT_TICKED | {"", "2"}
NOT_ASKED: Final = frozenset(
    {
        "n/a", "na", "ikke relevant", "no aplica", "k. a.", "k.a.", "keine angabe", "s/o", "n.v.t.",
        "nvt", "n/d", "nd", "não se aplica", "ei sovellu", "ej tillämpligt", "ikke aktuelt",
    }
)  # fmt: skip
_NOT_ASKED: Final = "N/A"
_OTHER_IN_SPSS: Final = "666666"  # its syntax recodes -oth- so, where all other codes are numbers
_YES_NO: Final = frozenset({"y", "n"})
# Codes of answers that LimeSurvey words itself.
_FIXED: Final = {
    _YES_NO: {"y": "Yes", "n": "No"},
    frozenset({"y", "n", "u"}): {"y": "Yes", "n": "No", "u": "Uncertain"},
    frozenset({"i", "s", "d"}): {"i": "Increase", "s": "Same", "d": "Decrease"},
    frozenset({"f", "m"}): {"f": "Female", "m": "Male"},
}


class Answers:
    """What the cells of a question with listed answers may hold: codes, labels, numbers."""

    def __init__(self, format_: ResponseFormat) -> None:
        self.format = format_
        options = [(p.value, p.label, p.written) for p in format_.points]
        options += [(m.code, m.label, m.written) for m in format_.missing]
        self.written = {normalise(w): w for _, _, w in options if w}
        self.numbers = {write_number(value) for value, _, _ in options}
        self.readable = label_codes(format_)
        said: dict[str, set[str]] = {}
        for value, label, written in options:
            for words in label.values():
                said.setdefault(squash(words), set()).add(written or write_number(value))
        self.labels = {words: codes.pop() for words, codes in said.items() if len(codes) == 1}
        for code, word in _FIXED.get(frozenset(self.written), {}).items():
            for words in every(word):
                self.labels.setdefault(squash(words), self.written[code])
        for words in ("", *({*map(squash, NOT_ASKED)} - said.keys())):
            self.labels.pop(words, None)

    def label_of(self, cell: str) -> str | None:
        """Give the code of a label, as it stands or with its HTML taken out."""
        readings = (cell, html.unescape(cell), html.unescape(_TAG.sub("", cell)))
        return next((self.labels[s] for s in map(squash, readings) if s in self.labels), None)

    def is_code(self, cell: str) -> bool:
        """Tell a code from a label."""
        return normalise(cell) in self.written or cell.strip() in self.numbers

    def read(self, cell: str, *, is_label: bool) -> str:
        """Give a cell as a code, or as a label that is read like any other."""
        plain = normalise(cell)
        if not plain or plain in self.written:
            return cell
        label = self.label_of(cell)
        if plain in NOT_ASKED and plain not in self.readable:
            return _NOT_ASKED
        if _NUMBER.fullmatch(plain):
            if OTHER in self.written and plain == _OTHER_IN_SPSS and label is None:
                return OTHER
            if self.written.keys() == _YES_NO and plain == "0":  # as exports for Stata have it
                return self.written["n"]
            return label if label is not None and (self.written or is_label) else cell
        if label is not None:
            return cell if plain in self.readable else label
        is_other = OTHER in self.written and plain in every("Other")
        return OTHER if is_other else cell


class Cells:
    """Reads the cells of a column, as its question was answered."""

    def __init__(self, instrument: Instrument) -> None:
        formats = {format_.id: format_ for format_ in instrument.formats}
        self.items = {item: instrument.format_of(item) for item in instrument.item_ids}
        self.context = {c.id: formats[c.format] for c in instrument.context if c.format is not None}
        listed = {f: Answers(f) for f in dict.fromkeys(self.items.values()) if f.points}
        self.answers = {item: listed[f] for item, f in self.items.items() if f in listed}
        self.is_long = False

    def look(self, columns: Mapping[str, Iterable[str]]) -> None:
        """Find out whether the file holds labels rather than codes."""
        labels = codes = 0
        for name, cells in columns.items():
            answers = self.answers.get(name)
            if answers is None:
                continue
            for cell in {*cells} - {""}:
                code, label = answers.is_code(cell), answers.label_of(cell) is not None
                labels += label and not code
                codes += code and not label
        self.is_long = labels > codes

    def read(self, name: str, cells: Sequence[str], labels: Mapping[str, str]) -> list[str]:
        """Give the cells as codes, or as labels that are read like any other.

        ``labels`` are those that the file has for its codes.
        """
        if name in self.items:
            return self._item(name, cells, labels)
        if name in self.context:
            return self._about(cells, self.context[name])
        if name == "consent":
            return [_yes_or_no(cell) for cell in cells]
        return ["" if cell == HIDDEN else cell for cell in cells]

    def _item(self, name: str, cells: Sequence[str], labels: Mapping[str, str]) -> list[str]:
        """Read an item, each different cell once."""
        format_ = self.items[name]
        if format_.level in {"text", "date"}:
            return self._about(cells, format_)
        changed = {cell: self._one(name, cell, labels) for cell in {*cells}}
        if format_.points and format_.level != "multiple" and self._are_labels(name, changed):
            answers = self.answers[name]
            changed = {cell: answers.read(cell, is_label=True) for cell in changed}
        if all(cell == new for cell, new in changed.items()):
            return list(cells)
        return [changed[cell] for cell in cells]

    def _one(self, name: str, cell: str, labels: Mapping[str, str]) -> str:
        """Read one cell of an item."""
        format_ = self.items[name]
        if cell == HIDDEN:
            return write_number(NOT_SHOWN_CODE) if format_.points else ""
        if format_.level == "multiple":
            return _tick(cell, format_)
        if name not in self.answers:
            return cell
        answers = self.answers[name]
        if answers.written and cell in labels and normalise(cell) not in answers.written:
            cell = answers.label_of(labels[cell]) or cell
        return answers.read(cell, is_label=False)

    def _are_labels(self, name: str, cells: Iterable[str]) -> bool:
        """Tell numbers that are labels, in a file with labels, from codes."""
        answers = self.answers[name]
        filled = [cell for cell in cells if cell.strip() and cell != HIDDEN]
        is_number = any(map(_NUMBER.fullmatch, filled))
        return self.is_long and is_number and all(answers.label_of(c) is not None for c in filled)

    @staticmethod
    def _about(cells: Sequence[str], format_: ResponseFormat) -> list[str]:
        """Read what people said about themselves; labels become codes."""
        cells = ["" if cell == HIDDEN else cell for cell in cells]
        if format_.level in {"text", "date"}:
            return [unguard(c) if c[:2] == "'=" else _MIDNIGHT.sub(r"\1", c) for c in cells]
        return [_MINUS.sub(r"-\1", cell) for cell in as_codes(cells, format_)]


def _tick(cell: str, format_: ResponseFormat) -> str:
    """Read a box: 1, 0, or as it stands where neither is meant."""
    text = normalise(cell)
    labels = label_codes(format_)
    if text in _TICKED or labels.get(text) == 1:
        return "1"
    return "0" if text in _OPEN | NOT_ASKED or labels.get(text) == 0 else cell


def _yes_or_no(cell: str) -> str:
    """Read the consent: 1, 0, or as it stands; the data file for R has 2 for no."""
    text = cell.strip().casefold()
    if not text or text in NOT_ASKED or text == HIDDEN:
        return ""
    return "1" if text in _TICKED else "0" if text in _OPEN else cell
