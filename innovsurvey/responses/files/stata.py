"""Read Stata data of all versions."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING, Any, Final

import pyreadstat

from innovsurvey.responses.files.cell_texts import number_text, texts_of
from innovsurvey.responses.files.labelled import LabelledFile, Source, named_reasons

if TYPE_CHECKING:
    from collections.abc import Callable

    from innovsurvey.responses.files.options import ReadOptions
    from innovsurvey.responses.table_file import TableFile

_MARK: Final = re.compile(r"\.[a-z]")
_START: Final = dt.datetime(1960, 1, 1)
_MONTHS: Final = {"m": 1, "q": 3, "h": 6}
_WEEKS: Final = 52  # Stata's years have no more
_OLD_VERSIONS: Final = range(104, 116)  # from 117 on the file begins with a mark in words


def is_stata(raw: bytes) -> bool:
    """Tell Stata data by its first bytes."""
    if raw.startswith(b"<stata_dta>"):
        return True
    return len(raw) > 4 and raw[0] in _OLD_VERSIONS and raw[1] in (1, 2) and raw[2] == 1


def read_stata(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read Stata data as codes, with value labels, variable labels and extended missing values.

    A cell with an extended missing value holds ``.a`` to ``.z``.

    Raises
    ------
    DataError
        The file is damaged, or promises more cells than it can hold.
    """
    source = Source(raw, name, _read_dta, "Stata", options)
    read = LabelledFile()
    for heading, values, meta in source.columns():
        extended = set((meta.missing_user_values or {}).get(heading, ()))
        marked = [f".{v}" if isinstance(v, str) else v for v in values] if extended else values
        write = _writer(str(meta.original_variable_types.get(heading, "")))
        read.columns[heading] = texts_of(marked, write)
        known = meta.variable_value_labels.get(heading, {})
        labels = {_label_text(code): str(label) for code, label in known.items()}
        if labels:
            read.labels[heading] = labels
        codes = sorted(
            {f".{letter}" for letter in extended} | {c for c in labels if _MARK.fullmatch(c)}
        )
        if codes:
            read.missing[heading] = named_reasons(codes, labels)
        if meta.column_names_to_labels.get(heading):
            read.texts[heading] = str(meta.column_names_to_labels[heading])
    return read.table(name, "stata", source.notes, source.encoding)


def _read_dta(file: Any, **options: Any) -> tuple[dict[str, list[Any]], Any]:
    """Read .dta; extended missing values come as letters."""
    read: Callable[..., Any] = pyreadstat.read_dta
    values, meta = read(file, user_missing=True, disable_datetime_conversion=True, **options)
    return values, meta


def _label_text(code: Any) -> str:
    """Write a code that has a label as it stands in the cells."""
    return f".{code}" if isinstance(code, str) else number_text(code)


def _writer(display: str) -> Callable[[Any], str]:
    """Choose how values are written, by the display format of Stata such as %9.0g or %td."""
    kind = display.replace("-", "")
    if kind.startswith(("%td", "%d")):
        return _unless_mark(lambda days: (_START + dt.timedelta(days)).date().isoformat())
    if kind.lower().startswith("%tchh"):
        return _unless_mark(lambda ms: (_START + dt.timedelta(milliseconds=ms)).time().isoformat())
    if kind.lower().startswith("%tc"):
        return _unless_mark(lambda ms: (_START + dt.timedelta(milliseconds=ms)).isoformat())
    if kind.startswith("%tw"):
        return _unless_mark(_week)
    if kind[:2] == "%t" and kind[2:3] in _MONTHS:
        length = _MONTHS[kind[2]]
        return _unless_mark(lambda n: _month(n * length))
    return _plain


def _unless_mark(write: Callable[[float], str]) -> Callable[[Any], str]:
    """Write dates, but leave missing marks and numbers that are no date of our calendar."""

    def written(value: Any) -> str:
        try:
            return _plain(value) if isinstance(value, str) else write(float(value))
        except (OverflowError, ValueError):
            return _plain(value)

    return written


def _plain(value: Any) -> str:
    """Write a number or a text."""
    return value if isinstance(value, str) else number_text(value)


def _month(n: float) -> str:
    """Give the first day of a month counted from January 1960."""
    years, month = divmod(int(n), 12)
    return dt.date(_START.year + years, month + 1, 1).isoformat()


def _week(n: float) -> str:
    """Give the first day of a week counted from the first one of 1960."""
    years, week = divmod(int(n), _WEEKS)
    return (dt.date(_START.year + years, 1, 1) + dt.timedelta(weeks=week)).isoformat()
