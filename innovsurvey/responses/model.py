"""Checked responses: the answers, why cells are missing, and what was changed on the way."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.base.results import Result
from innovsurvey.errors import DataError
from innovsurvey.responses.saving import save_responses

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from pathlib import Path

    from innovsurvey.definitions.model import Instrument, Item

SYNTHETIC_NOTE: Final = "Synthetic data: no person answered."
# Columns of the log and their types.
LOG_TYPES: Final[dict[str, Any]] = {
    "row": "Int64",
    "respondent": str,
    "column": str,
    "rule": str,
    "old": str,
    "new": str,
    "n_cells": "int64",
}
# Reasons that mean the item did not apply to the person, so it does not count as left out.
NOT_APPLICABLE: Final = ("not_needed", "not_shown", "not_reached")


def check_responses(responses: Any, function: str) -> None:
    """Refuse what :func:`read_responses` did not give.

    Raises
    ------
    DataError
        It is something else.
    """
    if not isinstance(responses, Responses):
        message = (
            f"{function} needs the answers that read_responses gave, not a "
            f"{type(responses).__name__}. Read the data with read_responses first."
        )
        raise DataError(message)


def is_marked_synthetic(column: pd.Series[Any]) -> bool:
    """Tell whether any row of a column ``synthetic`` says that it was made up."""
    return bool(column.astype(str).str.casefold().isin({"true", "1", "1.0"}).any())


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Responses(Result):
    """Answers to an instrument, checked, with everything that was not taken as it stood.

    Parameters
    ----------
    instrument
        The instrument that was answered.
    form
        Id of the item set found in the data, for example ``core``.
    data
        One row per person (index: respondent id), one column per item; numbers or NaN.
    reasons
        Same shape as ``data``: why a cell is missing (``not_answered``, ``out_of_range``,
        ``unreadable``, or a reason of the response format such as ``not_needed``); NaN where
        there is an answer.
    context
        Every other column, one row per person.
    texts
        What people wrote in their own words, one row per person; apart, since it may tell who
        they are.
    repeats
        Tables of their own, for questions that a person answered several times.
    log
        What was changed: ``row`` (number below the heading; missing for a whole column),
        ``respondent``, ``column``, ``rule``, ``old``, ``new``, ``n_cells``.
    quarantine
        Rows that could not be used, whole, as text, with ``row`` and ``reason``.
    group_columns
        Columns of ``context`` that tell groups.
    provenance
        File name, size, SHA-256 and how the file was read.
    """

    instrument: Instrument
    form: str
    data: pd.DataFrame
    reasons: pd.DataFrame
    context: pd.DataFrame
    log: pd.DataFrame
    quarantine: pd.DataFrame
    texts: pd.DataFrame = field(default_factory=pd.DataFrame)
    repeats: dict[str, pd.DataFrame] = field(default_factory=dict)
    group_columns: tuple[str, ...] = ()
    provenance: dict[str, Any] = field(default_factory=dict)

    @property
    def is_synthetic(self) -> bool:
        """Whether a program made the answers up: the column ``synthetic`` says so."""
        return "synthetic" in self.context and is_marked_synthetic(self.context["synthetic"])

    @property
    def title(self) -> str:
        """Name the instrument, people, items and rows set aside."""
        made_up = "Synthetic data, no person answered. " if self.is_synthetic else ""
        return (
            f"{made_up}Responses to {self.instrument.id}@{self.instrument.version} ({self.form}): "
            f"{self.n_obs} people, {self.data.shape[1]} items, "
            f"{len(self.quarantine)} row(s) in quarantine, {len(self.log)} line(s) in the log"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give one row per item: answers, missing cells by reason, range and mean."""
        reasons = self.reasons.apply(lambda column: column.value_counts())
        counts = reasons.T if len(reasons) else pd.DataFrame(index=self.data.columns)
        counts = counts.loc[:, (counts > 0).any()].fillna(0).astype(int).add_prefix("n_")
        table = pd.DataFrame(
            {
                "n_answered": self.data.notna().sum(),
                "min": self.data.min(),
                "max": self.data.max(),
                "mean": self.data.mean(),
            }
        )
        return table.join(counts).rename_axis("item")

    def items(
        self, scale: str | Sequence[str] | None = None, *, ordered: bool = False
    ) -> pd.DataFrame:
        """Give the items of a scale, ready for analysis: reverse-keyed, with missing as NaN.

        Parameters
        ----------
        scale
            Id of a scale, or a list of item ids; None gives all items that can be scored.
        ordered
            True gives ordered categoricals with all points of the response format as
            categories, so that later steps know the answers are ordinal.

        Returns
        -------
        pandas.DataFrame
            A new frame, one column per item.

        Raises
        ------
        SpecificationError
            No such scale or item.

        Examples
        --------
        >>> import innovsurvey as isv
        >>> climate = isv.load_instrument("leadership-climate")
        >>> answers = isv.read_responses(isv.sample_path("leadership-climate"), climate)
        >>> answers.items("TSIG").shape
        (2042, 3)
        """
        chosen = [self.instrument.item(name) for name in self._item_ids(scale)]
        columns = {item.id: self._keyed(item) for item in chosen if item.id in self.data}
        if ordered:
            columns = {name: self._ordered(name, values) for name, values in columns.items()}
        return pd.DataFrame(columns, index=self.data.index)

    def save(self, folder: str | os.PathLike[str]) -> Path:
        """Save everything to a folder; :func:`load_responses` gives it back.

        Parameters
        ----------
        folder
            Made if it does not exist; files of an earlier save are replaced.

        Returns
        -------
        pathlib.Path
            The folder. Log and quarantine are CSV files that open in a spreadsheet.

        Raises
        ------
        DataError
            The folder is a file, holds other files than an earlier save, or cannot be written.
        """
        return save_responses(self, folder)

    def _item_ids(self, scale: str | Sequence[str] | None) -> Sequence[str]:
        """Give the item ids of a scale, of a list, or of everything that can be scored."""
        if isinstance(scale, str):
            return self.instrument.scale(scale).items
        if scale is not None:
            return scale
        scorable = {f.id for f in self.instrument.formats if f.is_scorable}
        return [item.id for item in self.instrument.items if item.format in scorable]

    def _keyed(self, item: Item) -> pd.Series[float]:
        """Give the answers to an item, turned round where the item is reverse-keyed."""
        values: pd.Series[float] = self.data[item.id].copy()
        format_ = self.instrument.format_of(item.id)
        if item.reverse and format_.low is not None and format_.high is not None:
            values = format_.low + format_.high - values
        return values

    def _ordered(self, name: str, values: pd.Series[float]) -> pd.Series[Any]:
        """Turn answers into an ordered categorical over all points of the format."""
        format_ = self.instrument.format_of(name)
        points: Sequence[float] = format_.values
        if self.instrument.item(name).reverse:
            points = sorted(points[0] + points[-1] - point for point in points)
        if format_.level != "ordinal":
            return values
        return values.astype(pd.CategoricalDtype([float(p) for p in points], ordered=True))
