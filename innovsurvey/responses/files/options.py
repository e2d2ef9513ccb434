"""How a file is read, where the guess is wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

ZIP: Final = b"PK\x03\x04"
SAVE_AS: Final = "Save the answers as CSV or Excel (.xlsx) and read that file."


@dataclass(frozen=True)
class ReadOptions:
    """Encoding and separator of separated text, sheet of a workbook; None is found out."""

    encoding: str | None = None
    separator: str | None = None
    sheet: str | int | None = None
