"""Read Parquet files."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pyarrow as pa
from pyarrow import parquet

from innovsurvey.errors import DataError
from innovsurvey.responses.files.cell_texts import number_text, rows_of
from innovsurvey.responses.files.limits import refuse_cells, refuse_unpacked
from innovsurvey.responses.files.options import SAVE_AS
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions

MARK: Final = b"PAR1"
_UNREADABLE: Final = (pa.ArrowException, OSError, ValueError, KeyError)


def is_parquet(raw: bytes) -> bool:
    """Tell Parquet by its first bytes."""
    return raw.startswith(MARK)


def read_parquet(raw: bytes, name: str, options: ReadOptions) -> TableFile:  # noqa: ARG001
    """Read a Parquet file; True and False count as 1 and 0, dates are written as in ISO 8601.

    Raises
    ------
    DataError
        The file is damaged, or promises more than it can hold.
    """
    try:
        file = parquet.ParquetFile(pa.BufferReader(raw))
        header = [str(column) for column in file.schema_arrow.names]
        refuse_cells(file.metadata.num_rows, len(header), len(raw), name)
        groups = [file.metadata.row_group(i) for i in range(file.num_row_groups)]
        refuse_unpacked(len(raw), sum(group.total_byte_size for group in groups), name)
        table = file.read()
        columns = [_texts(table.column(i)) for i in range(table.num_columns)]
    except _UNREADABLE as error:
        if isinstance(error, DataError):
            raise
        first = str(error).strip().partition("\n")[0]
        message = f"{name} cannot be read as a Parquet file ({first}). {SAVE_AS}"
        raise DataError(message) from None
    rows = rows_of(columns)
    return TableFile(
        header=[str(column) for column in table.column_names],
        rows=rows,
        numbers=list(range(1, len(rows) + 1)),
        reader="parquet",
        decimal_comma=False,
    )


def _texts(column: pa.ChunkedArray) -> list[str]:
    """Write the cells of a column as texts, each different value once."""
    merged = column.combine_chunks()
    if pa.types.is_dictionary(merged.type):
        encoded = merged
    elif pa.types.is_nested(merged.type):
        return ["" if cell is None else str(cell) for cell in merged.to_pylist()]
    else:
        encoded = merged.dictionary_encode()
    texts = np.array([*map(_text, encoded.dictionary.to_pylist()), ""], dtype=object)
    places = encoded.indices.fill_null(len(texts) - 1) if encoded.null_count else encoded.indices
    return list(texts[places.to_numpy(zero_copy_only=False)])


def _text(value: Any) -> str:
    """Write one value."""
    if value is None or value != value:
        return ""
    if isinstance(value, (bool, int)):
        return str(int(value))
    if isinstance(value, float):
        return number_text(value)
    if isinstance(value, dt.datetime):
        return value.date().isoformat() if value.time() == dt.time() else value.isoformat()
    return value.isoformat() if isinstance(value, (dt.date, dt.time)) else str(value)
