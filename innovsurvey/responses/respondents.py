"""Give every row the id of its respondent; of rows with the same id the newest is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.errors import DataError
from innovsurvey.responses.cells import is_blank, read_label
from innovsurvey.responses.columns import free_name

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.responses.account import Account
    from innovsurvey.responses.columns import ColumnPlan
    from innovsurvey.responses.table_file import TableFile

# Columns that tell when somebody was done, the surest first.
_DATES: Final = (
    "submitdate", "recordeddate", "enddate", "completion time", "_submission_time",
    "submissiondate", "end", "timestamp", "datestamp", "date",
)  # fmt: skip


def respondent_ids(
    table: TableFile,
    plan: ColumnPlan,
    kept: Sequence[int],
    index: pd.Index[Any] | None,
    account: Account,
) -> pd.Index[Any]:
    """Give the ids of the rows at the places ``kept``; an empty id becomes the number of the row.

    People who answered in several waves have an id for each: id@wave.
    """
    if plan.id_column is None:
        if index is not None and not isinstance(index, pd.RangeIndex):
            return _index_ids(index[list(kept)])
        return pd.Index([table.numbers[place] for place in kept], name="respondent")
    cells = _column(table, plan.context[plan.id_column], kept)
    taken = set(cells)
    for i, cell in enumerate(cells):
        if is_blank(cell):
            cells[i] = free_name(f"row_{table.numbers[kept[i]]}", taken)
            taken.add(cells[i])
            account.change(kept[i], plan.id_column, "id_missing", cell, cells[i])
    waves = _waves(table, plan, kept)
    if waves is not None and _are_repeated_by_wave(cells, waves):
        by_wave = [f"{cell}@{wave}" for cell, wave in zip(cells, waves, strict=True)]
        return pd.Index(by_wave, name="respondent")
    ids: pd.Index[Any] = pd.Index(read_label(cells))
    return ids.rename(plan.id_column)


def newest_rows(
    ids: pd.Index[Any], table: TableFile, plan: ColumnPlan, kept: Sequence[int], account: Account
) -> tuple[pd.Index[Any], list[int]]:
    """Keep the newest row of each id, and put the others into quarantine.

    Newest is the row with the latest date, where a column says when people were done and has dates
    for all rows of the id; else the last row.
    """
    repeated = ids.duplicated(keep="last")
    if not repeated.any():
        return ids, list(kept)
    among = np.flatnonzero(ids.duplicated(keep=False))
    dates = _dates(table, plan, [kept[i] for i in among.tolist()])
    for places in pd.Series(among).groupby(pd.factorize(ids[among])[0]).indices.values():
        rows = among[places]
        when = None if dates is None else dates[places]
        if when is not None and not np.isnat(when).any():
            rows = rows[np.argsort(when, kind="stable")]
        repeated[rows] = True
        repeated[rows[-1]] = False
    for i in np.flatnonzero(repeated).tolist():
        account.put_aside(kept[i], "duplicate_id", respondent=ids[i])
    return ids[~repeated], [kept[i] for i in np.flatnonzero(~repeated).tolist()]


def _column(table: TableFile, position: int, kept: Sequence[int]) -> list[str]:
    """Give the cells of a column."""
    return [table.rows[place][position].strip() for place in kept]


def _waves(table: TableFile, plan: ColumnPlan, kept: Sequence[int]) -> list[str] | None:
    """Give the wave of each row, if a column tells it."""
    if plan.wave_column is None:
        return None
    return _column(table, plan.context[plan.wave_column], kept)


def _are_repeated_by_wave(cells: Sequence[str], waves: Sequence[str]) -> bool:
    """Tell whether some person answered in more than one wave."""
    seen: dict[str, str] = {}
    return any(seen.setdefault(cell, wave) != wave for cell, wave in zip(cells, waves, strict=True))


def _dates(
    table: TableFile, plan: ColumnPlan, places: Sequence[int]
) -> np.ndarray[Any, np.dtype[np.datetime64]] | None:
    """Give the dates of rows by the surest column that has any."""
    by_name = {name.casefold(): position for name, position in plan.context.items()}
    for name in _DATES:
        if name in by_name:
            texts = _column(table, by_name[name], places)
            when = pd.to_datetime(pd.Series(texts), format="ISO8601", errors="coerce", utc=True)
            if when.notna().any():
                return when.dt.tz_localize(None).to_numpy(dtype="datetime64[ns]")
    return None


def _index_ids(index: pd.Index[Any]) -> pd.Index[Any]:
    """Take ids from the index of a data frame; mixed kinds become texts."""
    if isinstance(index, pd.MultiIndex):
        message = "the data frame has several index levels; reset_index() and name id_column=."
        raise DataError(message)
    kinds = {type(value) for value in index}
    ids: pd.Index[Any] = index if len(kinds) < 2 else pd.Index([str(v) for v in index])
    return ids.rename(index.name or "respondent")
