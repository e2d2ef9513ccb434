"""Take a data frame for a table of texts, so that it is read like any file."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd

from innovsurvey.errors import DataError
from innovsurvey.responses.table_file import TableFile


def frame_table(frame: pd.DataFrame) -> TableFile:
    """Give the cells of a data frame as texts.

    Raises
    ------
    DataError
        The data frame has no row.

    Examples
    --------
    >>> import pandas as pd
    >>> frame_table(pd.DataFrame({"Q1": [4.0, None], "Q2": [True, False]})).rows
    [['4', '1'], ['', '0']]
    """
    if frame.empty:
        message = "the data frame has no row of answers."
        raise DataError(message)
    columns = [_column_texts(frame.iloc[:, i]) for i in range(frame.shape[1])]
    rows = [list(row) for row in zip(*columns, strict=True)]
    header = [str(name).strip() for name in frame.columns]
    return TableFile(
        header=header,
        rows=rows,
        numbers=list(range(1, len(rows) + 1)),
        reader="dataframe",
        decimal_comma=False,
        provenance={"reader": "dataframe"},
    )


def _column_texts(column: pd.Series[Any]) -> list[str]:
    """Write the cells of a column as texts; missing cells are empty, whole numbers plain."""
    if column.dtype == object and not column.map(pd.api.types.is_hashable).all():
        column = column.map(str, na_action="ignore")
    codes, values = pd.factorize(column)
    texts = np.array([*(_text(value) for value in values), ""], dtype=object)
    return list(texts[codes])  # the code of a missing cell is -1, the last text


def _text(value: Any) -> str:
    """Write one value as text; True and False count as 1 and 0."""
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    if isinstance(value, (float, np.floating)):
        return repr(float(value))
    return str(value).encode("utf-8", "replace").decode()  # half of a letter is written nowhere
