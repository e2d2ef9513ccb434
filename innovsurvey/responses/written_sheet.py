"""Responses as one sheet of columns, on the way to a file."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from innovsurvey.base.checks import suggest
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.columns import free_name

if TYPE_CHECKING:
    from collections.abc import Hashable

    import pandas as pd

    from innovsurvey.definitions.model import Item, ResponseFormat
    from innovsurvey.responses.model import Responses


@dataclass
class Sheet:
    """Columns in the order in which they are written: the id, context, texts, items.

    ``plain`` holds the columns that are written as they are, ``names`` what every column is
    called in the file, which a writer may change.
    """

    responses: Responses
    language: str
    plain: dict[str, pd.Series[Any]]
    names: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.names = {name: name for name in (*self.plain, *self.items)}

    @property
    def items(self) -> list[str]:
        """The items that were asked."""
        return [str(name) for name in self.responses.data.columns]

    def values(self, item: str) -> pd.Series[Any]:
        """Give the answers to an item, by row number."""
        answers: pd.Series[Any] = self.responses.data[item].reset_index(drop=True)
        return answers

    def reasons(self, item: str) -> pd.Series[Any]:
        """Give the reasons of an item as texts, by row number."""
        reasons: pd.Series[Any] = self.responses.reasons[item].reset_index(drop=True)
        return reasons.astype(object)

    def format_of(self, item: str) -> ResponseFormat:
        """Find the response format of an item."""
        return self.responses.instrument.format_of(item)

    def wording(self, column: str) -> str:
        """Give the text of an item with its poles, or the label of a context column."""
        instrument = self.responses.instrument
        if column not in self.items:
            labels = {c.id: c.label.say(self.language) for c in instrument.context}
            return labels.get(column, "")
        return _wording(instrument.item(column), self.language)

    @property
    def title(self) -> str:
        """Name the instrument."""
        instrument = self.responses.instrument
        return f"{instrument.title.say(self.language)} ({instrument.id}@{instrument.version})"


def make_sheet(responses: Responses, language: str | None, *, with_texts: bool) -> Sheet:
    """Put the columns of responses side by side; a name that is taken gets an underscore.

    Raises
    ------
    SpecificationError
        The instrument has no such language.
    """
    known = [entry.code for entry in responses.instrument.languages]
    if language is not None and language not in known:
        message = (
            f"the instrument has no language {language!r}{suggest(language, known)}. "
            f"It has: {', '.join(known)}."
        )
        raise SpecificationError(message)
    taken = {str(name) for name in responses.data.columns}
    index = responses.data.index
    plain: dict[str, pd.Series[Any]] = {}
    columns: list[tuple[Hashable, pd.Series[Any]]] = [
        (index.name or "respondent", index.to_series())
    ]
    columns += list(responses.context.items())
    columns += list(responses.texts.items()) if with_texts else []
    for name, column in columns:
        fitting = free_name(str(name), {*taken, *plain})
        plain[fitting] = column.reset_index(drop=True)
    return Sheet(responses, language or known[0], plain)


def _wording(item: Item, language: str) -> str:
    """Give the text of an item and its two poles."""
    text = item.text().say(language)
    poles = f"{item.left.say(language)} - {item.right.say(language)}" if item.left else ""
    return ": ".join(part for part in (text, poles) if part)
