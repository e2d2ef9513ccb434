"""Write responses as CSV, Excel and Parquet: codes, and names of reasons that have no code."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.spreadsheet import guard, guard_frame
from innovsurvey.responses.cells import NOT_ANSWERED, NOT_SHOWN, NOT_SHOWN_CODE
from innovsurvey.responses.writing_codes import reads_as_missing

if TYPE_CHECKING:
    from pathlib import Path

    from innovsurvey.definitions.model import ResponseFormat
    from innovsurvey.responses.written_sheet import Sheet

_LONGEST_CELL: Final = 32_767


def write_csv(sheet: Sheet, path: Path) -> list[str]:
    """Write UTF-8 with a byte-order mark, which Excel needs, and commas."""
    frame = plain_frame(sheet)
    guarded = guard_frame(frame)
    guarded.to_csv(path, index=False, encoding="utf-8-sig", lineterminator="\r\n")
    cells = [cell for column in frame for cell in (column, *frame[column])]
    n = sum(guard(cell) != cell for cell in cells if isinstance(cell, str))
    if not n:
        return []
    return [f"{n} text(s) that a spreadsheet would run as a formula got an apostrophe in front."]


def write_excel(sheet: Sheet, path: Path) -> list[str]:
    """Write one sheet; texts stay texts, even those that begin like a formula."""
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE

    book = Workbook(write_only=True)
    page = book.create_sheet("answers")

    changed = []

    def cell(value: Any) -> Any:
        if not isinstance(value, str):
            return None if pd.isna(value) else value
        text = ILLEGAL_CHARACTERS_RE.sub("", value)[:_LONGEST_CELL]
        changed.extend([value] if text != value else [])
        written = WriteOnlyCell(page, text)
        written.data_type = "s"
        return written

    frame = plain_frame(sheet)
    page.append([cell(name) for name in frame.columns])
    for row in frame.astype(object).itertuples(index=False, name=None):
        page.append(list(map(cell, row)))
    out = io.BytesIO()
    book.save(out)
    path.write_bytes(out.getvalue())
    if not changed:
        return []
    return [f"{len(changed)} text(s) shortened, or freed of signs that Excel does not take."]


def write_parquet(sheet: Sheet, path: Path) -> list[str]:
    """Write one table without an index; a column of several kinds of cells becomes texts."""
    frame = plain_frame(sheet)
    for name in frame:
        if pd.api.types.infer_dtype(frame[name]).startswith("mixed"):
            frame[name] = frame[name].map(str, na_action="ignore")
    frame.to_parquet(path, index=False)
    return []


def plain_frame(sheet: Sheet) -> pd.DataFrame:
    """Give all columns, the answers as codes."""
    columns = dict(sheet.plain)
    for item in sheet.items:
        columns[item] = coded(sheet.values(item), sheet.reasons(item), sheet.format_of(item))
    return pd.DataFrame(columns)


def coded(
    values: pd.Series[Any], reasons: pd.Series[Any], format_: ResponseFormat
) -> pd.Series[Any]:
    """Put codes of reasons among the answers; a reason without a code stands in brackets."""
    codes: dict[str, Any] = {o.reason: o.code for o in format_.missing}
    codes.setdefault(NOT_ANSWERED, np.nan)
    if reads_as_missing(NOT_SHOWN_CODE, format_):
        codes.setdefault(NOT_SHOWN, NOT_SHOWN_CODE)
    found = {reason: codes.get(reason, f"[{reason}]") for reason in reasons.dropna().unique()}
    written = values.astype(object).where(reasons.isna(), reasons.map(found))
    if any(isinstance(code, str) for code in found.values()):
        return written.map(_whole, na_action="ignore")
    numbers = pd.to_numeric(written)
    is_whole = bool((numbers.dropna() % 1 == 0).all())
    return numbers.astype("Int64") if is_whole else numbers


def _whole(value: Any) -> Any:
    """Give whole numbers without a point."""
    return int(value) if isinstance(value, float) and value.is_integer() else value
