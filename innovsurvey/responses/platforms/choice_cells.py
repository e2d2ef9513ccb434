"""Cells of questions with choices whose names or labels look like numbers but are no codes.

Whether a file holds names or labels is judged by the whole file: a label such as 5 that stands for
the code 1 says nothing by itself.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.responses.cells import normalise

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from innovsurvey.definitions.model import ResponseFormat

_NUMBER: Final = re.compile(r"[+-]?\d+(?:[.,]\d*)?")


@dataclass
class Choices:
    """The names and the labels of the answers of a format, each with its code."""

    names: dict[str, float] = field(default_factory=dict)
    labels: dict[str, float] = field(default_factory=dict)

    @classmethod
    def of(cls, format_: ResponseFormat, plain: Callable[[str], str] = normalise) -> Choices:
        """Collect the answers of a format; a label of two answers stands for none."""
        found = cls()
        shared: set[str] = set()
        answers = [(p.value, p.written, p.label) for p in format_.points]
        answers += [(m.code, m.written, m.label) for m in format_.missing]
        for code, written, label in answers:
            found.names[plain(written or write_number(code))] = code
            for words in {plain(text) for text in label.values()} - {""}:
                if found.labels.setdefault(words, code) != code:
                    shared.add(words)
        for words in shared:
            del found.labels[words]
        return found

    def fit(self, cells: Iterable[str]) -> tuple[bool, bool]:
        """Tell whether the cells are all names, and whether they are all labels."""
        filled = set(cells) - {""}
        return filled <= self.names.keys(), filled <= self.labels.keys()


def holds_labels(columns: Iterable[tuple[Choices, set[str]]], *, otherwise: bool = False) -> bool:
    """Tell whether a file holds labels, by the columns whose cells are either names or labels.

    Where no column decides, ``otherwise`` does, as by the headings.

    Examples
    --------
    >>> one = Choices({"1": 1, "2": 2}, {"5": 1, "6": 2})
    >>> holds_labels([(one, {"5", "6"})]), holds_labels([(one, {"1", ""})])
    (True, False)
    """
    fits = [choices.fit(cells) for choices, cells in columns if cells - {""}]
    labels = sum(by_label and not by_name for by_name, by_label in fits)
    names = sum(by_name and not by_label for by_name, by_label in fits)
    return otherwise if labels == names else labels > names


def number_codes(choices: Choices, *, labelled: bool) -> Mapping[str, str]:
    """Give the codes of the names or labels that look like numbers, but are other ones.

    Examples
    --------
    >>> number_codes(Choices({"01": 1.0}, {"5": 1.0, "never": 2.0}), labelled=True)
    {'5': '1'}
    """
    known = choices.labels if labelled else choices.names
    return {
        words: write_number(code)
        for words, code in known.items()
        if _NUMBER.fullmatch(words) and words != write_number(code)
    }
