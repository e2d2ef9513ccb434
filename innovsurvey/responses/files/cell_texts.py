"""Columns of typed values on their way to a table of texts."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LARGEST_WHOLE: Final = 2**53  # up to here every whole number has a float of its own


def number_text(value: float) -> str:
    """Write a number as short as it can be read back: whole numbers without a point.

    Examples
    --------
    >>> number_text(-7.0), number_text(0.1), number_text(1e300)
    ('-7', '0.1', '1e+300')
    """
    if float(value).is_integer() and abs(value) < _LARGEST_WHOLE:
        return str(int(value))
    return repr(float(value))


def texts_of(values: Sequence[Any], write: Callable[[Any], str]) -> list[str]:
    """Write the values of a column as texts, each different value once; missing ones are empty.

    Texts stay as they are, even where all of them are numbers, such as the id 007.
    """
    try:
        typed = np.array(values, dtype=object if str in set(map(type, values)) else float)
    except (TypeError, ValueError):
        typed = np.array(values, dtype=object)
    codes, found = pd.factorize(typed)
    texts = np.array([*map(write, found), ""], dtype=object)
    return list(texts[codes])  # the code of a missing value is -1, the last text


def rows_of(columns: Sequence[Sequence[str]]) -> list[list[str]]:
    """Turn columns into rows.

    Examples
    --------
    >>> rows_of([["a", "b"], ["c", "d"]])
    [['a', 'c'], ['b', 'd']]
    """
    return [list(row) for row in zip(*columns, strict=True)]
