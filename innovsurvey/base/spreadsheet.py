"""Keep texts from being run as formulas by the program that opens a CSV file."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    import pandas as pd

# Spreadsheet programs run a cell that starts with one of these as a formula.
_RUN: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "'", "＝", "＋", "－", "＠")


def guard(value: Any) -> Any:
    """Put an apostrophe before a text that a spreadsheet would run; numbers stay as they are.

    Examples
    --------
    >>> guard("=1+1"), guard(-1), guard("plain")
    ("'=1+1", -1, 'plain')
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(_RUN) else value


def unguard(value: str) -> str:
    """Take the apostrophe away again.

    Examples
    --------
    >>> unguard("'=1+1"), unguard("it's")
    ('=1+1', "it's")
    """
    return value[1:] if value.startswith("'") and value[1:].startswith(_RUN) else value


def guard_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Guard the headings, the row labels and the texts of a frame."""
    guarded = frame.astype(object).map(guard)
    return guarded.rename(columns=guard, index=guard)
