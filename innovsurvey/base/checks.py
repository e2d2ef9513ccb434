"""Checks of arguments that several functions share, and the words of their errors."""

from __future__ import annotations

import difflib
import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.errors import (
    DataError,
    InsufficientDataError,
    MissingItemsError,
    SpecificationError,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray


# Squares and products of numbers beyond this leave the range of floats.
LARGEST: Final = 1e100
SMALLEST_GROUP: Final = 5  # people who are shown together


def suggest(name: str, options: Iterable[str]) -> str:
    """Name the nearest option in brackets, or nothing where none is near.

    Examples
    --------
    >>> suggest("voice_1", ["voice1", "tone1"])
    ' (did you mean voice1?)'
    >>> suggest("age", ["voice1"])
    ''
    """
    by_core = {_core(option): option for option in options}
    near = difflib.get_close_matches(_core(name), by_core, n=1, cutoff=0.6)
    return f" (did you mean {by_core[near[0]]}?)" if near else ""


def _core(name: str) -> str:
    """Drop case, punctuation and leading zeros, so that LEAD_1 is nearest to LEAD01."""
    return re.sub(r"[\W_]+|(?<!\d)0+(?=\d)", "", name.lower())


def join_names(names: Sequence[Any], limit: int = 8) -> str:
    """List names for a message, and say how many more there are.

    Examples
    --------
    >>> join_names(["a", "b", "c"], limit=2)
    'a, b and 1 more'
    """
    shown = ", ".join(str(name) for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit} more"


def check_choice(value: Any, name: str, choices: Sequence[Any]) -> None:
    """Refuse a value that is not among the choices of the option ``name``."""
    if value not in choices:
        listed = ", ".join("None" if choice is None else f'"{choice}"' for choice in choices)
        hint = suggest(value, [c for c in choices if c]) if isinstance(value, str) else ""
        message = f"{name}={value!r} is not known{hint}. Choose one of {listed}."
        raise SpecificationError(message)


def check_level(value: float, name: str = "ci_level") -> None:
    """Refuse a confidence level that does not lie between 0 and 1."""
    if isinstance(value, bool) or not isinstance(value, (int, float)) or not 0 < value < 1:
        message = f"{name}={value!r} must lie between 0 and 1, for example {name}=.95."
        raise SpecificationError(message)


def check_whole(value: Any, name: str, lowest: int) -> None:
    """Refuse what is no whole number, or one below the lowest that makes sense."""
    if isinstance(value, bool) or not isinstance(value, (int, np.integer)) or value < lowest:
        message = f"{name}={value!r} must be a whole number of {lowest} or more."
        raise SpecificationError(message)


def check_columns(data: pd.DataFrame, names: Sequence[str], what: str = "column") -> None:
    """Refuse names that are not columns of the data; the nearest ones are suggested."""
    have = [str(column) for column in data.columns]
    missing = [name for name in names if name not in data.columns]
    if missing:
        listed = join_names([f"{name}{suggest(name, have)}" for name in missing])
        message = (
            f"{len(missing)} {what}(s) not found: {listed}. "
            f"The data have {len(have)} columns: {join_names(have)}."
        )
        raise MissingItemsError(message, missing=missing)


def check_items(items: Any, *, min_items: int = 1) -> pd.DataFrame:
    """Give the items as a new frame of floats; numbers, Booleans and ordered categories pass.

    Parameters
    ----------
    items
        One column per item, one row per person. An ordered categorical with numbers as
        categories gives these numbers, one with texts gives 1, 2, ... in their order.
    min_items
        Fewest columns that make sense for the caller.

    Raises
    ------
    DataError
        Not a DataFrame, a column name twice, text or infinite values in a column.
    InsufficientDataError
        Fewer than ``min_items`` columns, or no row.
    """
    if not isinstance(items, pd.DataFrame):
        message = f"items must be a DataFrame with one column per item, not {type(items).__name__}."
        raise DataError(message)
    twice = items.columns[items.columns.duplicated()].unique().tolist()
    if twice:
        message = f"column name(s) used more than once: {join_names(twice)}. Rename them."
        raise DataError(message)
    if items.shape[1] < min_items:
        message = f"{items.shape[1]} item(s) given, at least {min_items} are needed."
        raise InsufficientDataError(message)
    if items.empty:
        message = "the items have no row; at least one person is needed."
        raise InsufficientDataError(message)
    if all(isinstance(dtype, np.dtype) and dtype.kind in "biuf" for dtype in items.dtypes):
        values = items.to_numpy(dtype=float, copy=True)
        if (
            not max(np.fmax.reduce(values, axis=None), -np.fmin.reduce(values, axis=None))
            >= LARGEST
        ):
            return pd.DataFrame(values, index=items.index, columns=items.columns, copy=False)
    # Item by item in memory: nothing is copied twice, and a column is read in one go.
    rows = np.stack([_to_float(items[name], name) for name in items.columns])
    return pd.DataFrame(rows.T, index=items.index, columns=items.columns, copy=False)


def check_groups(data: pd.DataFrame, groups: str | pd.Series[Any]) -> pd.Series[Any]:
    """Give the group of each row, from a column name or a Series with the index of the data."""
    if isinstance(groups, str):
        check_columns(data, [groups], "group column")
        return data[groups]
    if not isinstance(groups, pd.Series):
        message = f"groups must be a column name or a Series, not {type(groups).__name__}."
        raise DataError(message)
    if not groups.index.equals(data.index):
        message = (
            f"the groups have {len(groups)} rows and another index than the {len(data)} rows "
            "of the data. Give a Series with the same index, or a column name."
        )
        raise DataError(message)
    return groups


def complete_rows(frame: pd.DataFrame) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Keep the rows without a missing cell (listwise), with a note on those left out.

    Raises
    ------
    InsufficientDataError
        An item has no answer at all, or no row is complete.
    """
    empty = frame.columns[frame.isna().all()].tolist()
    if empty:
        message = f"no answers at all for {join_names(empty)}. Leave the item(s) out to go on."
        raise InsufficientDataError(message)
    complete = frame.dropna()
    n_lost = len(frame) - len(complete)
    if complete.empty:
        message = (
            f"none of the {len(frame)} people answered all {frame.shape[1]} items, and rows "
            "with a missing answer are left out here. Use fewer items."
        )
        raise InsufficientDataError(message)
    if not n_lost:
        return complete, ()
    note = f"{n_lost} of {len(frame)} people left out because an answer is missing (listwise)."
    return complete, (note,)


def check_variance(frame: pd.DataFrame) -> None:
    """Refuse items to which everybody gave the same answer."""
    constant = frame.columns[np.ptp(frame.to_numpy(), axis=0) == 0].tolist()
    if constant:
        message = (
            f"everybody gave the same answer to {join_names(constant)} (N = {len(frame)}), so "
            "there is nothing to correlate. Leave the item(s) out."
        )
        raise InsufficientDataError(message)


def _to_float(column: pd.Series[Any], name: Any) -> NDArray[np.float64]:
    """Turn one column into floats, or say what stands in the way."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = _category_numbers(column, name)
    if column.dtype.kind in "mM":
        message = f"column {name!r} holds dates or times, not numbers. Leave it out."
        raise DataError(message)
    if not (pd.api.types.is_numeric_dtype(column) or pd.api.types.is_bool_dtype(column)):
        found = column.dropna()
        example = f" such as {found.iloc[0]!r}" if len(found) else ""
        as_number = pd.to_numeric(column.astype(object), errors="coerce")
        if as_number.notna().sum() < len(found):
            message = (
                f"column {name!r} holds text{example}, not numbers. Leave it out, or turn its "
                "answers into numbers first (read_responses does so for an instrument)."
            )
            raise DataError(message)
        column = as_number
    if pd.api.types.is_complex_dtype(column):
        message = f"column {name!r} holds complex numbers. Give real numbers."
        raise DataError(message)
    values = column.to_numpy(dtype=float, na_value=np.nan)
    if (np.abs(values) >= LARGEST).any():
        message = f"column {name!r} holds infinite or huge values. Set them to missing first."
        raise DataError(message)
    return values


def _category_numbers(column: pd.Series[Any], name: Any) -> pd.Series[Any]:
    """Give the numbers behind an ordered categorical."""
    if not column.cat.ordered:
        message = (
            f"column {name!r} is a categorical without order. Leave it out, or give its "
            "categories an order."
        )
        raise DataError(message)
    categories = column.cat.categories
    if pd.api.types.is_numeric_dtype(categories):
        return column.astype("Float64")
    codes = column.cat.codes
    return codes.where(codes >= 0).add(1)


def check_group_size(min_group_size: Any) -> None:
    """Refuse to show groups so small that people in them can be told apart.

    Examples
    --------
    >>> check_group_size(10)
    """
    is_whole = isinstance(min_group_size, int) and not isinstance(min_group_size, bool)
    if not is_whole or min_group_size < SMALLEST_GROUP:
        message = (
            f"min_group_size={min_group_size!r} is too small: answers of fewer than "
            f"{SMALLEST_GROUP} people can be traced to a person. Give {SMALLEST_GROUP} or more."
        )
        raise SpecificationError(message)
