"""What a questionnaire is: parts of instruments asked together; frozen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import pandas as pd

from innovsurvey.base.display import html_block, text_block

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Condition, Instrument, Language, Text


@dataclass(frozen=True, slots=True)
class Part:
    """One instrument of a questionnaire, with the items taken from it."""

    source: Instrument
    form: str | None
    items: tuple[str, ...]
    asked_as: str
    asks_context: bool
    show_if: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class PlannedMissingness:
    """Which item sets each booklet asks; a respondent gets one booklet by chance."""

    sets: tuple[tuple[str, tuple[str, ...]], ...]
    booklets: tuple[tuple[str, tuple[str, ...]], ...]

    def items(self, booklet: str) -> tuple[str, ...]:
        """Give the items that a booklet asks."""
        by_set = dict(self.sets)
        return tuple(item for name in dict(self.booklets)[booklet] for item in by_set[name])


@dataclass(frozen=True, slots=True, repr=False)
class Questionnaire:
    """Several instruments, or parts of them, in one questionnaire.

    ``instrument`` is their union, an instrument like any other; functions that take an instrument
    take a questionnaire, too. ``introduction_collected`` is the introduction where a survey
    platform or paper takes the answers to whoever runs the survey.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> form = isv.load_form("self-assessment")
    >>> form.asked_as, len(form.item_ids)
    ('self', 73)
    """

    id: str
    version: str
    title: Text
    description: Text
    languages: tuple[Language, ...]
    asked_as: str
    minutes: tuple[float, float] | None
    introduction: Text
    introduction_collected: Text
    consent: Text
    closing: Text
    parts: tuple[Part, ...]
    modules: tuple[str, ...]
    planned_missingness: PlannedMissingness | None
    instrument: Instrument
    file: str

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of all items, in the order they are asked."""
        return self.instrument.item_ids

    def to_frame(self) -> pd.DataFrame:
        """Give one row per part: instrument, form, version asked and number of items."""
        rows = [
            {
                "instrument": f"{part.source.id}@{part.source.version}",
                "form": part.form or "",
                "asked_as": part.asked_as,
                "n_items": len(part.items),
            }
            for part in self.parts
        ]
        return pd.DataFrame(rows, index=pd.RangeIndex(1, len(rows) + 1, name="part"))

    @property
    def _heading(self) -> str:
        minutes = (
            "" if self.minutes is None else f", {self.minutes[0]:g}-{self.minutes[1]:g} minutes"
        )
        return f"{self.title.say()} ({self.id}@{self.version}), {len(self.item_ids)} items{minutes}"

    def __repr__(self) -> str:
        return text_block(self._heading, self.to_frame(), [self.instrument.validity.statement])

    def _repr_html_(self) -> str:
        """Show the parts as a table in a notebook."""
        return html_block(self._heading, self.to_frame(), [self.instrument.validity.statement])
