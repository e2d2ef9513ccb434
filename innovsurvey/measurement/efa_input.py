"""What factors are extracted from: items, their correlations, and the people behind them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_choice, check_items, join_names
from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError
from innovsurvey.measurement.complete_items import factorable_items
from innovsurvey.numerics.correlation import moments
from innovsurvey.numerics.polychoric import polychoric

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

_MOST_CATEGORIES: Final = 20  # tables of pairs with more are nearly empty
_PERFECT: Final = 0.9989  # just below where the search for a polychoric correlation ends


@dataclass(frozen=True, eq=False)
class FactorItems:
    """Items ready to be factored.

    Parameters
    ----------
    frame
        Answers as numbers, one row per person that counts.
    rows
        The same as an array: numbers, or codes from 1 (0 is missing) for polychoric ones.
    corr
        Their correlations.
    kind
        "pearson" or "polychoric".
    n_fit
        The number of people that goes into tests of fit.
    notes
        What was left out or doubted, and which correlations were taken and why.
    """

    frame: pd.DataFrame
    rows: NDArray[Any]
    corr: NDArray[np.float64]
    kind: str
    n_fit: int
    notes: tuple[str, ...]

    @property
    def names(self) -> pd.Index[Any]:
        """Names of the items."""
        return self.frame.columns

    @property
    def n_obs(self) -> int:
        """Number of people."""
        return len(self.frame)

    @property
    def correlate(self) -> Callable[[NDArray[Any]], NDArray[np.float64]]:
        """Give the function that correlates other rows in the same way."""
        return _CORRELATE[self.kind]


def factor_items(items: Any, correlation: str | None) -> FactorItems:
    """Check the items, choose the correlations, and compute them."""
    check_choice(correlation, "correlation", ("pearson", "polychoric", None))
    kind, notes = (correlation, ()) if correlation else _choose(items)
    complete = factorable_items(items, min_items=2)
    rows = complete.frame.to_numpy() if kind == "pearson" else _codes(complete.frame)
    corr = _CORRELATE[kind](rows)
    if kind == "polychoric":
        _check_limits(corr, complete.names)
    return FactorItems(
        frame=complete.frame,
        rows=rows,
        corr=corr,
        kind=kind,
        n_fit=complete.n_obs,
        notes=(*complete.notes, *notes),
    )


def _choose(items: Any) -> tuple[str, tuple[str, ...]]:
    """Take polychoric correlations where the items say that they are ordinal."""
    frame = check_items(items, min_items=2)
    ordinal = [isinstance(items[name].dtype, pd.CategoricalDtype) for name in frame.columns]
    if not any(ordinal):
        return "pearson", ()
    if all(ordinal):
        return "polychoric", ("Polychoric correlations: the items are ordered categories.",)
    message = (
        f"{sum(ordinal)} of {len(ordinal)} items are ordered categories and the others numbers. "
        'Say which correlations to take: correlation="polychoric" treats the different numbers '
        'of an item as its categories, "pearson" the categories as numbers.'
    )
    raise SpecificationError(message)


def _codes(frame: pd.DataFrame) -> NDArray[np.intp]:
    """Give numbers from 1 on to the answers of each item; 0 where one is missing."""
    columns = [pd.Categorical(frame[name]) for name in frame.columns]
    many = [
        name
        for name, column in zip(frame.columns, columns, strict=True)
        if len(column.categories) > _MOST_CATEGORIES
    ]
    if many:
        message = (
            f"more than {_MOST_CATEGORIES} different answers to {join_names(many)}: too many for "
            'polychoric correlations. Use correlation="pearson", or fewer categories.'
        )
        raise DataError(message)
    return np.column_stack([column.codes for column in columns]).astype(np.intp) + 1


def _check_limits(corr: NDArray[np.float64], names: pd.Index[Any]) -> None:
    """Refuse pairs whose correlation is 1 or cannot be told from it."""
    found = np.argwhere(np.triu(np.abs(corr) >= _PERFECT, k=1)).tolist()
    if found:
        pairs = join_names([f"{names[i]} and {names[j]}" for i, j in found])
        message = (
            f"polychoric correlations of 1 or -1: {pairs}. Either the answers are the same, or "
            "too few people gave answers that differ. Leave one of each pair out, join rare "
            'categories, or use correlation="pearson".'
        )
        raise InsufficientDataError(message)


def _pearson(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    """Correlate complete rows of numbers."""
    return moments([rows]).correlation


def _polychoric(codes: NDArray[np.intp]) -> NDArray[np.float64]:
    """Correlate rows of codes."""
    return polychoric(codes, int(codes.max())).correlation


_CORRELATE: Final[dict[str, Callable[[NDArray[Any]], NDArray[np.float64]]]] = {
    "pearson": _pearson,
    "polychoric": _polychoric,
}
