"""Names and labels that SPSS and Stata take."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

# Words of the languages of the programs, which can be no names.
_SPSS_WORDS: Final = frozenset(
    {"all", "and", "by", "eq", "ge", "gt", "le", "lt", "ne", "not", "or", "to", "with"}
)
_STATA_WORDS: Final = frozenset(
    {"_all", "_b", "byte", "_coef", "_cons", "double", "float", "if", "in", "int", "long"}
    | {"_n", "_pi", "_pred", "_rc", "_se", "_skip", "strl", "using", "with"}
)


@dataclass(frozen=True)
class Program:
    """What a statistics program takes: names, and the most bytes of labels and texts."""

    title: str
    odd_signs: re.Pattern[str]
    longest_name: int
    reserved: frozenset[str]
    longest_label: int
    longest_value_label: int
    longest_title: int
    longest_text: int


SPSS: Final = Program(
    "SPSS", re.compile(r"[^A-Za-z0-9_.@#$]"), 64, _SPSS_WORDS, 255, 120, 64, 32_767
)
STATA: Final = Program(
    "Stata", re.compile(r"[^A-Za-z0-9_]"), 32, _STATA_WORDS, 80, 32_000, 80, 100_000
)


def fit_names(names: Sequence[str], program: Program) -> dict[str, str]:
    """Give every column a name that the program takes; names that fit stay.

    Examples
    --------
    >>> fit_names(["Q1", "q1", "2. Age?", "with"], SPSS)
    {'Q1': 'Q1', 'q1': 'q1_2', '2. Age?': 'v2._Age', 'with': 'with_'}
    """
    found: dict[str, str] = {}
    taken: set[str] = set()
    for name in names:
        start = _plain_name(name, program)
        fitting, n = start, 1
        while fitting.lower() in taken:
            n += 1
            end = f"_{n}"
            fitting = start[: program.longest_name - len(end)] + end
        taken.add(fitting.lower())
        found[name] = fitting
    return found


def _plain_name(name: str, program: Program) -> str:
    """Take out signs that the program does not take in a name."""
    plain = program.odd_signs.sub("_", name)
    if plain != name:
        plain = re.sub("_+", "_", plain).strip("_") or "v"
    if not plain[0].isalpha():
        plain = f"v{plain}"
    plain = plain[: program.longest_name].rstrip(".")
    return f"{plain}_" if plain.lower() in program.reserved else plain


def cut(text: str, longest: int) -> str:
    """Cut a text to a number of bytes in UTF-8, with dots at the end where it was cut.

    Examples
    --------
    >>> cut("short", 8), cut("rather long", 8)
    ('short', 'rathe...')
    """
    raw = text.encode("utf-8")
    if len(raw) <= longest:
        return text
    return raw[: longest - 3].decode("utf-8", "ignore") + "..."
