"""Read a model in lavaan syntax as a population: numbers before a name are its true values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Iterator

_OPERATOR: Final = re.compile(r"=~|~~|:=|==|~")
_NUMBER: Final = re.compile(r"[-+]?(\d+\.?\d*|\.\d+)([eE][-+]?\d+)?")
_NAME: Final = re.compile(r"[A-Za-z_.][\w.]*")
_SKIPPED: Final = frozenset({":=", "=="})


@dataclass(frozen=True, slots=True)
class Term:
    """One arrow of a model; ``value`` is the number written before the name, if any."""

    left: str
    operator: str
    right: str
    value: float | None


def read_terms(text: str) -> tuple[Term, ...]:
    """Read the arrows of a model; definitions, constraints and intercepts are passed over.

    Raises
    ------
    SpecificationError
        A line that is not understood; the message quotes it.

    Examples
    --------
    >>> read_terms("voice =~ .8*v1 + b*v2")[0]
    Term(left='voice', operator='=~', right='v1', value=0.8)
    """
    lines = re.split(r"[\n;]", re.sub(r"#[^\n]*", "", _joined(text)))
    return tuple(term for line in lines if line.strip() for term in _read_line(line.strip()))


def _joined(text: str) -> str:
    """Join lines that end or start with a plus sign."""
    return re.sub(r"(\+[ \t]*)\n|\n([ \t]*\+)", r"\1\2", text)


def _read_line(line: str) -> Iterator[Term]:
    """Read one line."""
    found = _OPERATOR.search(line)
    if found is None:
        _refuse(line, "an operator (=~, ~~ or ~) is missing")
    elif found.group() not in _SKIPPED:
        for left in line[: found.start()].split("+"):
            for part in line[found.end() :].split("+"):
                yield from _read_term(left.strip(), found.group(), part.strip(), line)


def _read_term(left: str, operator: str, part: str, line: str) -> Iterator[Term]:
    """Read one arrow, with what stands before the star."""
    *modifiers, right = (piece.strip() for piece in part.split("*"))
    if operator == "~" and right in {"1", "0"}:
        return
    if not (_NAME.fullmatch(left) and _NAME.fullmatch(right)):
        _refuse(line, f"{left!r} and {right!r} should be names")
    numbers = [float(m) for m in modifiers if _NUMBER.fullmatch(m)]
    yield Term(left, operator, right, numbers[0] if numbers else None)


def _refuse(line: str, reason: str) -> None:
    """Say which line of a model is not understood."""
    message = f"the model line {line!r} is not understood: {reason}."
    raise SpecificationError(message)
