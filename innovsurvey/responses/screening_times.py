"""Find and read the times that people took, in all and for single pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_columns
from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Mapping

# Columns that platforms, and we, write the whole time in seconds to.
DURATION_COLUMNS: Final = (
    "duration_s",
    "duration_seconds",
    "Duration (in seconds)",
    "interviewtime",
)
_PAGE_COLUMN: Final = re.compile(r"^groupTime\d+$|Page Submit$", re.IGNORECASE)


def duration(
    extra: pd.DataFrame, time_column: str | None
) -> tuple[pd.Series[Any] | None, list[str]]:
    """Find the column of the whole time, and say which it was."""
    if time_column is not None:
        check_columns(extra, [time_column], "time column")
        return _seconds(extra[time_column]), []
    by_name = {str(c).casefold(): c for c in extra}
    found = [by_name[d.casefold()] for d in DURATION_COLUMNS if d.casefold() in by_name]
    if not found:
        return None, []
    return _seconds(extra[found[0]]), [f"Times are taken from the column {found[0]}, in seconds."]


def page_columns(extra: pd.DataFrame) -> list[str]:
    """Name the columns that look like times of single pages."""
    return [str(c) for c in extra if _PAGE_COLUMN.search(str(c))]


def _seconds(column: pd.Series[Any]) -> pd.Series[Any]:
    """Read seconds; what is no positive number is missing."""
    numbers = pd.to_numeric(column, errors="coerce").astype(float)
    return numbers.where(numbers > 0)


def page_seconds(extra: pd.DataFrame, page_times: Mapping[str, int]) -> pd.DataFrame:
    """Give the seconds per item on each page.

    Raises
    ------
    MissingItemsError
        A column is not there.
    SpecificationError
        A number of items is no whole number from 1 on.
    """
    check_columns(extra, list(page_times), "page time")
    for page, n_items in page_times.items():
        if isinstance(n_items, bool) or not isinstance(n_items, (int, np.integer)) or n_items < 1:
            message = f"page_times[{page!r}]={n_items!r} must be the number of items, 1 or more."
            raise SpecificationError(message)
    return pd.DataFrame({p: _seconds(extra[p]) / n for p, n in page_times.items()})
