"""How many answered in each unit, beside how many were invited."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.errors import DataError
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import read_table

if TYPE_CHECKING:
    import os

    Roster = pd.DataFrame | pd.Series[Any] | Mapping[Any, float] | str | os.PathLike[str]

NO_GROUP: Final = "(no group)"
_COUNT_NAMES: Final = ("invited", "n_invited")


def read_roster(roster: Roster, group_column: str) -> pd.Series[float]:
    """Give the number of people invited by unit, named as text.

    Parameters
    ----------
    roster
        A mapping or Series (unit -> invited), a frame, or the path of a table file. A frame has
        the units in the column named like the group column, else in its first one, and the
        numbers in ``invited`` or ``n_invited``, else in its only other column of numbers.
    group_column
        What the column of units is called in the answers.

    Raises
    ------
    DataError
        No numbers, or more than one column of them; a unit twice or without a number.
    """
    if isinstance(roster, (Mapping, pd.Series)):
        given: pd.Series[Any] = pd.Series(roster)
        return _checked(given, list(given.index))
    frame = roster if isinstance(roster, pd.DataFrame) else _read(roster)
    if frame.shape[1] < 2:
        message = (
            f"the roster has {frame.shape[1]} column(s); it needs one with the units and one with "
            "the number of people invited."
        )
        raise DataError(message)
    units = group_column if group_column in frame else frame.columns[0]
    return _checked(frame[_count_column(frame, units)], frame[units].tolist())


def unit_names(groups: pd.Series[Any]) -> pd.Series[str]:
    """Write the unit of each person as text, so that 7, 7.0 and "7" are the same.

    Examples
    --------
    >>> unit_names(pd.Series([7.0, "seven ", None])).tolist()
    ['7', 'seven', '(no group)']
    """
    return groups.map(_name).astype(object)


def response_by_unit(people: pd.DataFrame, groups: pd.Series[str]) -> pd.DataFrame:
    """Count people, those who answered, and cells without answer, by unit."""
    answered = (people["n_answered"] > 0).groupby(groups).sum()
    sums = people[["n_asked", "n_missing"]].groupby(groups).sum()
    table = pd.DataFrame({"n_obs": groups.value_counts(), "n_answered": answered})
    table["missing_share"] = sums["n_missing"] / sums["n_asked"].where(sums["n_asked"] > 0)
    return table.sort_index().rename_axis("group")


def add_roster(table: pd.DataFrame, invited: pd.Series[float]) -> pd.DataFrame:
    """Add the units and numbers of the roster, and the rate of those who answered."""
    every = [*invited.index, *(unit for unit in table.index if unit not in invited.index)]
    joined: pd.DataFrame = table.reindex(every).rename_axis("group")
    counts = ["n_obs", "n_answered"]
    joined[counts] = joined[counts].fillna(0).astype(int)
    joined.insert(2, "n_invited", invited.reindex(every))
    rate = joined["n_answered"] / joined["n_invited"].where(joined["n_invited"] > 0)
    joined.insert(3, "response_rate", rate)
    joined.insert(4, "on_roster", joined.index.isin(invited.index))
    return joined


def roster_notes(table: pd.DataFrame) -> list[str]:
    """Say in sentences what does not fit between roster and answers, and the overall rate."""
    listed = table[table["on_roster"]]
    counted = listed[listed["n_invited"].notna()]
    answered, invited = int(counted["n_answered"].sum()), float(counted["n_invited"].sum())
    notes = []
    if invited:
        rate = f"{answered} of {invited:g} invited people answered ({answered / invited:.1%})"
        notes.append(f"{rate} in {len(counted)} units of the roster.")
    unknown = listed.index[listed["n_invited"].isna()].tolist()
    if unknown:
        listed_units = join_names(unknown)
        notes.append(f"The roster has no number of people for {len(unknown)}: {listed_units}.")
    silent = listed.index[(listed["n_answered"] == 0) & (listed["n_invited"] > 0)].tolist()
    if silent:
        notes.append(f"Nobody answered in {len(silent)} unit(s): {join_names(silent)}.")
    strange = table[~table["on_roster"]]
    if len(strange):
        notes.append(
            f"{int(strange['n_obs'].sum())} people belong to {len(strange)} unit(s) that are not "
            f"on the roster, so they have no response rate: {join_names(strange.index.tolist())}."
        )
    above = table.index[table["response_rate"] > 1].tolist()
    if above:
        notes.append(
            f"More people answered than were invited in {join_names(above)}: look at the roster "
            "and for people who answered twice."
        )
    empty = listed.index[listed["n_invited"] == 0].tolist()
    if empty:
        notes.append(f"Nobody was invited in {join_names(empty)}, so there is no response rate.")
    return notes


def _read(path: str | os.PathLike[str]) -> pd.DataFrame:
    """Read a roster from a file."""
    table = read_table(Path(path), ReadOptions())
    return pd.DataFrame(table.filled(), columns=table.header)


def _count_column(frame: pd.DataFrame, units: Any) -> Any:
    """Find the column with the numbers of people."""
    named = [name for name in frame.columns if str(name).strip().casefold() in _COUNT_NAMES]
    others = [name for name in frame.columns if name != units]
    numeric = [name for name in others if _holds_numbers(frame[name])]
    found = named or numeric
    if len(found) != 1:
        what = f"{len(found)} columns of numbers" if found else "no column of numbers"
        message = f"the roster has {what}. Call the one with the people invited 'invited'."
        raise DataError(message)
    return found[0]


def _holds_numbers(column: pd.Series[Any]) -> bool:
    """Tell whether every cell that is filled holds a number, and any does."""
    filled = column[column.notna() & (column.astype(str).str.strip() != "")]
    return bool(len(filled)) and bool(pd.to_numeric(filled, errors="coerce").notna().all())


def _checked(counts: pd.Series[Any], units: list[Any]) -> pd.Series[float]:
    """Refuse a unit twice, and what is no number of people."""
    names = pd.Index([_name(unit) for unit in units])
    twice = sorted(set(names[names.duplicated()]))
    if twice:
        message = f"the roster names {join_names(twice)} more than once. Keep one row per unit."
        raise DataError(message)
    texts = pd.Series(counts.to_numpy(), index=names)
    blank = texts.isna() | (texts.astype(str).str.strip() == "")
    numbers = pd.to_numeric(texts.mask(blank), errors="coerce").astype(float)
    wrong = numbers.index[~blank & ~(numbers >= 0)].tolist()
    if wrong or blank.all():
        message = (
            f"the roster has no number of people for {join_names(wrong) or 'any unit'}. Give 0 or "
            "more, or leave the cell empty where nobody knows."
        )
        raise DataError(message)
    return numbers


def _name(unit: Any) -> str:
    """Write a unit as text."""
    if unit is None or unit is pd.NA or (isinstance(unit, float) and unit != unit):
        return NO_GROUP
    whole = isinstance(unit, float) and unit.is_integer()
    return (str(int(unit)) if whole else str(unit).strip()) or NO_GROUP
