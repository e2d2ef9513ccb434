"""The people who answered every item, and the refusals that follow from them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from innovsurvey.base.checks import check_items, check_variance, complete_rows, join_names
from innovsurvey.errors import DataError, InsufficientDataError
from innovsurvey.numerics.correlation import Moments, blocks_of, dependent_columns, moments

if TYPE_CHECKING:
    import pandas as pd
    from numpy.typing import NDArray

_SAME: Final = 1 - 1e-10  # a correlation above it is one


@dataclass(frozen=True, eq=False)
class CompleteItems:
    """Complete rows with their moments, and the note on the rows left out."""

    frame: pd.DataFrame
    moments: Moments
    notes: tuple[str, ...]

    @property
    def names(self) -> pd.Index[Any]:
        """Names of the items."""
        return self.frame.columns

    @property
    def n_obs(self) -> int:
        """Number of people who answered every item."""
        return self.moments.n


def complete_items(items: Any, *, min_items: int) -> CompleteItems:
    """Check the items and keep the people without a missing answer, at least 2."""
    frame = check_items(items, min_items=min_items)
    return _summarise(frame, min_people=2)


def factorable_items(items: Any, *, min_items: int = 2) -> CompleteItems:
    """Do the same for methods that invert the correlation matrix."""
    frame = check_items(items, min_items=min_items)
    complete = _summarise(frame, min_people=frame.shape[1] + 1)
    corr = complete.moments.correlation
    dependent = dependent_columns(corr)
    if dependent:
        raise DataError(_singular_message(corr, complete.names, dependent))
    return complete


def _summarise(frame: pd.DataFrame, min_people: int) -> CompleteItems:
    """Leave out people with a missing answer, and check that enough remain."""
    complete, notes = complete_rows(frame)
    if len(complete) < min_people:
        message = (
            f"{len(complete)} people answered all {frame.shape[1]} items, at least {min_people} "
            "are needed. Collect more answers or use fewer items."
        )
        raise InsufficientDataError(message)
    check_variance(complete)
    return CompleteItems(complete, moments(blocks_of(complete.to_numpy())), notes)


def _singular_message(corr: NDArray[np.float64], names: pd.Index[Any], dependent: list[int]) -> str:
    """Say which items repeat others."""
    same = np.argwhere(np.triu(np.abs(corr), k=1) > _SAME).tolist()
    pairs = [f"{names[i]} and {names[j]}" for i, j in same]
    if pairs:
        return f"the same answers twice: {join_names(pairs)}. Leave one of each pair out."
    listed = join_names([names[i] for i in dependent])
    return (
        f"the correlation matrix is singular: among {listed}, some item is a sum or difference "
        "of others. Leave out total scores and repeated items."
    )
