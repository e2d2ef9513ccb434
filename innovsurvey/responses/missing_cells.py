"""The cells of a set of answers: answered, missing for a reason, or not asked at all."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_columns, join_names
from innovsurvey.errors import DataError, InsufficientDataError
from innovsurvey.responses.cells import NOT_ANSWERED
from innovsurvey.responses.model import NOT_APPLICABLE, SYNTHETIC_NOTE, Responses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Instrument

    Flags = NDArray[np.bool_]

EVERYBODY: Final = "everybody"
BY_FILTER: Final = "by filter"
BY_VERSION: Final = "by version"
_ANSWERED: Final = -1


@dataclass(frozen=True)
class Cells:
    """Answers with the reasons of those that are not there.

    ``codes`` has the place of the reason in ``names`` for each cell, -1 where there is an answer;
    ``kinds`` says by item to whom it was shown, ``scorable`` whether means of it make sense.
    """

    values: pd.DataFrame
    codes: NDArray[np.int16]
    names: tuple[str, ...]
    groups: pd.Series[Any] | None
    kinds: tuple[str, ...]
    scorable: tuple[bool, ...]
    is_synthetic: bool

    @classmethod
    def of(cls, source: Any, scale: str | Sequence[str] | None, group_column: str | None) -> Cells:
        """Take the cells of responses, or of a plain frame.

        Raises
        ------
        DataError
            The source is neither, names a column twice, or has no row or item.
        MissingItemsError, SpecificationError
            There is no such item, scale or column.
        """
        if isinstance(source, Responses):
            return _of_responses(source, scale, group_column)
        if isinstance(source, pd.DataFrame):
            return _of_frame(source, scale, group_column)
        message = (
            "missing_data needs the answers that read_responses gave, or a DataFrame with one "
            f"column per item, not a {type(source).__name__}."
        )
        raise DataError(message)

    @cached_property
    def missing(self) -> Flags:
        """Whether a cell was asked and has no answer."""
        return np.asarray((self.codes != _ANSWERED) & ~self.not_applicable)

    @cached_property
    def not_applicable(self) -> Flags:
        """Whether a cell did not apply to the person."""
        places = [i for i, name in enumerate(self.names) if name in NOT_APPLICABLE]
        return np.isin(self.codes, places)

    @cached_property
    def reasons(self) -> pd.DataFrame:
        """Why each cell has no answer, as one categorical column per item."""
        kind = pd.CategoricalDtype(list(self.names))
        columns = {
            name: pd.Categorical.from_codes(self.codes[:, i], dtype=kind)
            for i, name in enumerate(self.values.columns)
        }
        return pd.DataFrame(columns, index=self.values.index)

    def by_item(self) -> pd.DataFrame:
        """Count cells by item."""
        table = self._counts(0, self.values.columns).rename_axis("item")
        table.insert(5, "asked", self.asked)
        return table

    @cached_property
    def by_person(self) -> pd.DataFrame:
        """Count cells by person."""
        return self._counts(1, self.values.index)

    @property
    def asked(self) -> list[str]:
        """To whom each item was shown: by the questionnaire, and by what the data show."""
        some = (self.not_applicable.sum(axis=0) > 0).tolist()
        told = {(EVERYBODY, True): "some", (BY_VERSION, False): EVERYBODY}
        return [told.get(pair, pair[0]) for pair in zip(self.kinds, some, strict=True)]

    def by_reason(self) -> pd.DataFrame:
        """Count cells, items and people by reason, the most frequent one first."""
        rows = {}
        for place, name in enumerate(self.names):
            flags = self.codes == place
            rows[name] = {
                "n_cells": int(flags.sum()),
                "cell_share": float(flags.mean()),
                "n_items": int(flags.any(axis=0).sum()),
                "n_people": int(flags.any(axis=1).sum()),
                "is_missing": name not in NOT_APPLICABLE,
            }
        columns = ["n_cells", "cell_share", "n_items", "n_people", "is_missing"]
        table = pd.DataFrame.from_dict(rows, orient="index", columns=columns)
        return table.sort_values("n_cells", ascending=False, kind="stable").rename_axis("reason")

    def notes(self) -> list[str]:
        """Say what was not shown to everybody, and who answered nothing."""
        notes = [SYNTHETIC_NOTE] if self.is_synthetic else []
        items = self.values.columns
        for kind in dict.fromkeys(self.asked):
            if kind != EVERYBODY:
                listed = [str(i) for i, own in zip(items, self.asked, strict=True) if own == kind]
                notes.append(f"{_KINDS[kind]}: {join_names(listed)}.")
        if self.not_applicable.any():
            notes.append(
                "Where an item did not apply to a person, the cell does not count as missing."
            )
        silent = int((self.by_person["n_answered"] == 0).sum())
        if silent:
            notes.append(f"{silent} of {len(self.values)} people answered none of the items.")
        return notes

    def _counts(self, axis: int, index: pd.Index[Any]) -> pd.DataFrame:
        """Count answered, missing and inapplicable cells along an axis, and each reason."""
        n_missing = self.missing.sum(axis=axis)
        n_not = self.not_applicable.sum(axis=axis)
        n_asked = self.codes.shape[axis] - n_not
        table = {
            "n_asked": n_asked,
            "n_answered": n_asked - n_missing,
            "n_missing": n_missing,
            "missing_share": np.divide(
                n_missing, n_asked, out=np.full(len(index), np.nan), where=n_asked > 0
            ),
            "n_not_applicable": n_not,
        }
        for place, name in enumerate(self.names):
            table[f"n_{name}"] = (self.codes == place).sum(axis=axis)
        return pd.DataFrame(table, index=index)


_KINDS: Final = {
    BY_FILTER: "Shown only to some, by their answers to other questions",
    BY_VERSION: "Asked in some versions of the questionnaire only",
    "some": "Did not apply to, or was not shown to, some people",
}


def _of_responses(
    responses: Responses, scale: str | Sequence[str] | None, group_column: str | None
) -> Cells:
    """Take the cells of the items of a scale, or of all items."""
    wanted = responses.data.columns if scale is None else responses.items(scale).columns
    if not len(wanted):
        message = f"no item of {scale!r} is in the data. Name items or a scale that is."
        raise InsufficientDataError(message)
    values = responses.data[list(wanted)]
    codes, names = _codes(values.isna().to_numpy(), responses.reasons[list(wanted)])
    instrument = responses.instrument
    column = group_column or next(iter(responses.group_columns), None)
    if column is not None:
        check_columns(responses.context, [column], "group column")
    return Cells(
        values=values,
        codes=codes,
        names=names,
        groups=None if column is None else responses.context[column],
        kinds=tuple(_kind(instrument, str(name)) for name in wanted),
        scorable=tuple(instrument.format_of(str(name)).is_scorable for name in wanted),
        is_synthetic=responses.is_synthetic,
    )


def _of_frame(
    frame: pd.DataFrame, scale: str | Sequence[str] | None, group_column: str | None
) -> Cells:
    """Take the cells of a plain frame; the group column is no item."""
    if group_column is not None:
        check_columns(frame, [group_column], "group column")
    listed = [scale] if isinstance(scale, str) else scale
    wanted = [c for c in frame.columns if c != group_column] if listed is None else list(listed)
    check_columns(frame, wanted, "item")
    values = frame[wanted]
    if values.columns.duplicated().any():
        twice = values.columns[values.columns.duplicated()].unique().tolist()
        message = f"column name(s) used more than once: {join_names(twice)}. Rename them."
        raise DataError(message)
    if values.empty:
        message = "the data have no row or no item; at least one of each is needed."
        raise InsufficientDataError(message)
    gone = values.isna().to_numpy()
    return Cells(
        values=values,
        codes=np.where(gone, 0, _ANSWERED).astype(np.int16),
        names=(NOT_ANSWERED,) if gone.any() else (),
        groups=None if group_column is None else frame[group_column],
        kinds=(EVERYBODY,) * values.shape[1],
        scorable=tuple(_has_order(values[name]) for name in wanted),
        is_synthetic=False,
    )


def _codes(gone: Flags, reasons: pd.DataFrame) -> tuple[NDArray[np.int16], tuple[str, ...]]:
    """Turn the reasons into numbers; a cell without answer and reason gets the usual one."""
    codes = np.full(gone.shape, _ANSWERED, dtype=np.int16)
    places: dict[str, int] = {}
    for i, name in enumerate(reasons.columns):
        own, found = pd.factorize(reasons[name])
        of_file = [places.setdefault(str(reason), len(places)) for reason in found]
        usual = (
            places.setdefault(NOT_ANSWERED, len(places)) if (gone[:, i] & (own < 0)).any() else 0
        )
        codes[:, i] = np.where(gone[:, i], np.array([*of_file, usual])[own], _ANSWERED)
    return codes, tuple(places)


def _kind(instrument: Instrument, name: str) -> str:
    """Tell from the instrument to whom an item is shown."""
    item = instrument.item(name)
    if item.show_if:
        return BY_FILTER
    return BY_VERSION if len(item.versions) < len(instrument.versions) else EVERYBODY


def _has_order(column: pd.Series[Any]) -> bool:
    """Tell whether means of a column make sense."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return bool(column.cat.ordered)
    return column.dtype.kind in "iufb"
