"""The one pattern that every result follows."""

from __future__ import annotations

from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import TYPE_CHECKING

from innovsurvey.base.display import html_block, text_block

if TYPE_CHECKING:
    import pandas as pd


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Result(ABC):
    """What a public function returns: numbers in full precision, a table, and notes.

    Parameters
    ----------
    n_obs
        People (rows) behind the numbers.
    notes
        What was dropped, fixed or doubted, in sentences.
    """

    n_obs: int
    notes: tuple[str, ...] = ()

    @property
    @abstractmethod
    def title(self) -> str:
        """One line that says what this is and for how many people."""

    @abstractmethod
    def to_frame(self) -> pd.DataFrame:
        """Give the numbers as one table in full precision."""

    def __repr__(self) -> str:
        return text_block(self.title, self.to_frame(), self.notes)

    def _repr_html_(self) -> str:
        """Show the same table and notes in a notebook."""
        return html_block(self.title, self.to_frame(), self.notes)
