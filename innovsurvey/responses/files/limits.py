"""How much a file may unfold to, so that none fills the memory."""

from __future__ import annotations

from typing import Final

from innovsurvey.errors import DataError

MOST_COLUMNS: Final = 20_000
LONGEST_LINE: Final = 5_000_000
LARGEST_FILE: Final = 2_000_000_000
_LARGEST_UNPACKED: Final = 600_000_000
_FREELY_UNPACKED: Final = 20_000_000
_MOST_TIMES: Final = 200  # tables of answers shrink to a tenth or so; zeros to a thousandth
_FREE_CELLS: Final = 30_000_000
_MOST_CELLS: Final = 500_000_000
_BYTES_PER_CELL: Final = 0.1


def refuse_unpacked(packed: int, unpacked: int, name: str) -> None:
    """Refuse what would unpack to far more than a table of answers, before it is unpacked.

    Raises
    ------
    DataError
        More than 600 MB, or more than 20 MB and 200 times the size of the file.
    """
    is_bomb = unpacked > _FREELY_UNPACKED and unpacked > _MOST_TIMES * packed
    if is_bomb or unpacked > _LARGEST_UNPACKED:
        message = (
            f"{name} would unpack from {packed:,} to {unpacked:,} bytes; it is no ordinary table "
            "of answers. If it is one, unpack it yourself and name the file."
        )
        raise DataError(message)


def refuse_cells(n_rows: int, n_columns: int, size: int, name: str) -> None:
    """Refuse a heading that promises far more cells than the bytes of the file can hold.

    Raises
    ------
    DataError
        More than 500 million cells, or more than 30 million in less than a tenth of a byte each.
    """
    n_cells = n_rows * n_columns
    is_hollow = n_cells > _FREE_CELLS and size < _BYTES_PER_CELL * n_cells
    if is_hollow or n_cells > _MOST_CELLS:
        message = (
            f"{name} says that it holds {n_rows:,} rows of {n_columns:,} columns in {size:,} "
            "bytes; it is no ordinary table of answers. Save the columns you need as a smaller "
            "file."
        )
        raise DataError(message)
    refuse_columns(n_columns, name)


def refuse_columns(n_columns: int, name: str) -> None:
    """Refuse a table that is wider than any survey.

    Raises
    ------
    DataError
        More than 20,000 columns.
    """
    if n_columns > MOST_COLUMNS:
        message = (
            f"{name} has {n_columns:,} columns; no survey has more than {MOST_COLUMNS:,}. Look "
            "at the separator of the file, or save the columns you need."
        )
        raise DataError(message)
