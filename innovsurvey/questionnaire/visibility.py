"""When a question is shown, as an expression that every target writes in its own language.

A filter hides a question only if it is known not to apply: every question it depends on has been
answered with something else, or was hidden itself. That is the rule by which answers are read
(``responses/filters.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Condition, Instrument


@dataclass(frozen=True, slots=True)
class Is:
    """The item was answered with one of the values."""

    item: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Blank:
    """The item was not answered."""

    item: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds at least."""

    parts: tuple[Expression, ...]


Expression = Is | Blank | AllOf | AnyOf


def shown_when(groups: tuple[tuple[Condition, ...], ...], asked: Instrument) -> Expression | None:
    """Say when something with these groups of conditions is shown; None where always.

    Conditions on items that are not asked decide nothing.
    """
    known = set(asked.item_ids)
    parts = []
    for group in groups:
        conditions = [condition for condition in group if condition.item in known]
        if conditions:
            parts.append(_join(AnyOf, tuple(_holds(c, asked) for c in conditions)))
    return _join(AllOf, tuple(dict.fromkeys(parts))) if parts else None


def _holds(condition: Condition, asked: Instrument) -> Expression:
    """Say when one condition does not speak against showing."""
    blank: Expression = Blank(condition.item)
    nested = shown_when(asked.item(condition.item).show_if, asked)
    if nested is not None:
        blank = AllOf((nested, blank))
    return AnyOf((Is(condition.item, condition.values), blank))


def _join(kind: type[AllOf | AnyOf], parts: tuple[Expression, ...]) -> Expression:
    """Put parts together; a part of the same kind is taken apart, one alone stays as it is."""
    flat: list[Expression] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
