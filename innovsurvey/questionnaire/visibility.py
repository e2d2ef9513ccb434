"""When a question is shown, as an expression that every target writes in its own language.

A filter hides a question only if it is known not to apply: every question it depends on has been
answered with something else, or was hidden itself. An option such as "too early to say" is an
answer like any other. That is the rule by which answers are read (``responses/filters.py``).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from innovsurvey.definitions.model import Condition, Instrument


@dataclass(frozen=True, slots=True)
class Is:
    """The item was answered with one of the values, which may be codes of missing options."""

    item: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Blank:
    """The item was not answered: nothing was chosen, no missing option either."""

    item: str


@dataclass(frozen=True, slots=True)
class AllOf:
    """Every part holds."""

    parts: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class AnyOf:
    """One part holds at least."""

    parts: tuple[Expression, ...]


_BOX: Final = (0, 1)

Expression = Is | Blank | AllOf | AnyOf


def shown_when(groups: tuple[tuple[Condition, ...], ...], asked: Instrument) -> Expression | None:
    """Say when something with these groups of conditions is shown; None where always.

    Conditions on items that are not asked decide nothing.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> asked = isv.load_instrument("innovation-outcomes")
    >>> shown_when(asked.item("INNLOGIC").show_if, asked)
    AnyOf(parts=(Is(item='INNSTEP', values=(1, -9)), Blank(item='INNSTEP')))
    """
    known = set(asked.item_ids)
    parts = []
    for group in groups:
        conditions = [condition for condition in group if condition.item in known]
        if conditions:
            parts.append(_join(AnyOf, tuple(_holds(c, asked) for c in conditions)))
    return _all_of(parts)


def parts_of(expression: Expression | None) -> tuple[Expression, ...]:
    """Give what all has to hold, one by one; with more parts an expression holds less often.

    Examples
    --------
    >>> parts_of(AllOf((Is("A", (1,)), Is("B", (2,)))))
    (Is(item='A', values=(1,)), Is(item='B', values=(2,)))
    >>> parts_of(None)
    ()
    """
    if expression is None:
        return ()
    return expression.parts if isinstance(expression, AllOf) else (expression,)


def split_shared(
    expressions: Sequence[Expression | None],
) -> tuple[Expression | None, list[Expression | None]]:
    """Give what all expressions have in common, so that a page says it once, and their rests.

    Examples
    --------
    >>> first, second = Is("A", (1,)), Is("B", (2,))
    >>> split_shared([AllOf((first, second)), second])
    (Is(item='B', values=(2,)), [Is(item='A', values=(1,)), None])
    """
    each = [parts_of(expression) for expression in expressions]
    shared = [part for part in each[0] if all(part in parts for parts in each)]
    rests = [[part for part in parts if part not in shared] for parts in each]
    return _all_of(shared), [_all_of(rest) for rest in rests]


def shown_with_any(expressions: Iterable[Expression | None]) -> Expression | None:
    """Say when a text is shown that stands above several questions: when one of them is.

    Examples
    --------
    >>> first, second = Is("A", (1,)), Is("B", (2,))
    >>> shown_with_any([AllOf((first, second)), second])
    Is(item='B', values=(2,))
    >>> shown_with_any([first, None]) is None
    True
    """
    conditions = dict.fromkeys(expressions)
    parts = {c: set(parts_of(c)) for c in conditions if c is not None}
    if len(parts) < len(conditions):
        return None
    weakest = tuple(c for c in parts if not any(other < parts[c] for other in parts.values()))
    return weakest[0] if len(weakest) == 1 else AnyOf(weakest)


def _holds(condition: Condition, asked: Instrument) -> Expression:
    """Say when one condition does not speak against showing; a box is ticked or it is not."""
    blank: Expression = Blank(condition.item)
    nested = shown_when(asked.item(condition.item).show_if, asked)
    if nested is not None:
        blank = AllOf((nested, blank))
    is_box = asked.format_of(condition.item).level == "multiple"
    values = tuple(v for v in condition.values if not is_box or v in _BOX)
    return AnyOf((Is(condition.item, values), blank)) if values else blank


def _all_of(parts: Iterable[Expression]) -> Expression | None:
    """Say that all parts hold, each once; None where there are none."""
    different = tuple(dict.fromkeys(parts))
    return _join(AllOf, different) if different else None


def _join(kind: type[AllOf | AnyOf], parts: tuple[Expression, ...]) -> Expression:
    """Put parts together; a part of the same kind is taken apart, one alone stays as it is."""
    flat: list[Expression] = []
    for part in parts:
        flat += part.parts if isinstance(part, kind) else [part]
    return flat[0] if len(flat) == 1 else kind(tuple(flat))
