"""Read SPSS data: .sav, .zsav and .por."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import pyreadstat

from innovsurvey.responses.files.cell_texts import number_text, texts_of
from innovsurvey.responses.files.labelled import LATIN_NOTE, LabelledFile, Source, named_reasons
from innovsurvey.responses.files.spss_structure import check_structure

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from innovsurvey.responses.files.options import ReadOptions
    from innovsurvey.responses.table_file import TableFile

_PORTABLE: Final = b"SPSSPORT"
_PORTABLE_NOTE: Final = (
    "Cells with a code that a portable file declares missing come as not answered, without their "
    "reason; save the data as .sav to keep it."
)
_DATES: Final = ("DATE", "ADATE", "EDATE", "JDATE", "SDATE", "QYR", "MOYR", "WKYR")
_MOMENTS: Final = ("DATETIME", "YMDHMS")
_TIMES: Final = ("TIME", "DTIME", "MTIME")
_LONGEST_TIME: Final = 1e12
_START: Final = dt.datetime(1582, 10, 14)  # SPSS counts seconds from here


def is_spss(raw: bytes) -> bool:
    """Tell SPSS data by its first bytes."""
    return raw.startswith((b"$FL2", b"$FL3")) or is_portable(raw)


def is_portable(raw: bytes) -> bool:
    """Tell the portable format, whose mark stands behind 464 letters, perhaps with line ends."""
    return _PORTABLE in raw[440:520].replace(b"\r", b"").replace(b"\n", b"")


def read_spss(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read SPSS data as codes, with value labels, variable labels and user-missing codes.

    Raises
    ------
    DataError
        The file is damaged, or promises more cells than it can hold.
    """
    notes = []
    if not is_portable(raw) and not check_structure(raw, name, options.encoding):
        options = replace(options, encoding="LATIN1")
        notes = [LATIN_NOTE]
    source = Source(raw, name, _read_portable if is_portable(raw) else _read_sav, "SPSS", options)
    read = LabelledFile()
    for heading, values, meta in source.columns():
        write = _writer(str(meta.original_variable_types.get(heading, "")))
        read.columns[heading] = texts_of(values, write)
        known = meta.variable_value_labels.get(heading, {})
        labels = {_code_text(code, write): str(label) for code, label in known.items()}
        missing = list(_missing_codes(meta.missing_ranges.get(heading, ()), values, known))
        if labels:
            read.labels[heading] = labels
        if missing:
            read.missing[heading] = named_reasons(missing, labels, write)
        if meta.column_names_to_labels.get(heading):
            read.texts[heading] = str(meta.column_names_to_labels[heading])
    if is_portable(raw):
        notes.append(_PORTABLE_NOTE)
    return read.table(name, "spss", notes + source.notes, source.encoding)


def _read_sav(file: Any, **options: Any) -> tuple[dict[str, list[Any]], Any]:
    """Read .sav and .zsav with missing codes as they stand."""
    read: Callable[..., Any] = pyreadstat.read_sav
    values, meta = read(file, user_missing=True, disable_datetime_conversion=True, **options)
    return values, meta


def _read_portable(file: Any, **options: Any) -> tuple[dict[str, list[Any]], Any]:
    """Read .por, whose encoding cannot be chosen."""
    read: Callable[..., Any] = pyreadstat.read_por
    options.pop("encoding")
    values, meta = read(file, disable_datetime_conversion=True, **options)
    return values, meta


def _writer(kind: str) -> Callable[[Any], str]:
    """Choose how values are written, by the print format of SPSS such as F8.2 or EDATE10."""
    name = re.sub(r"[\d.]+$", "", kind)
    if name in _DATES:
        return lambda seconds: _moment(seconds, date_only=True)
    if name in _MOMENTS:
        return _moment
    return _time if name in _TIMES else _plain


def _plain(value: Any) -> str:
    """Write a number or a text."""
    return value if isinstance(value, str) else number_text(value)


def _moment(seconds: Any, *, date_only: bool = False) -> str:
    """Write a date, or a date and time; a number that is no date of our calendar stays one."""
    try:
        moment = _START + dt.timedelta(seconds=float(seconds))
    except (OverflowError, ValueError):
        return _plain(seconds)
    return moment.date().isoformat() if date_only else moment.isoformat()


def _time(seconds: Any) -> str:
    """Write a time or a duration, which may be longer than a day."""
    value = float(seconds)
    if not abs(value) < _LONGEST_TIME:
        return _plain(seconds)
    whole, part = divmod(round(abs(value) * 1_000_000), 1_000_000)
    text = f"{whole // 3600:02d}:{whole // 60 % 60:02d}:{whole % 60:02d}"
    fraction = f".{part:06d}".rstrip("0") if part else ""
    return f"{'-' if value < 0 else ''}{text}{fraction}"


def _code_text(code: Any, write: Callable[[Any], str]) -> str:
    """Write a code as it stands in the cells."""
    return code if isinstance(code, str) else write(code)


def _missing_codes(
    ranges: Iterable[Mapping[str, Any]], values: Iterable[Any], labelled: Mapping[Any, str]
) -> list[Any]:
    """List the codes declared missing: single ones, and of ranges those labelled or found."""
    found: set[Any] = set()
    for limits in ranges:
        low, high = limits["lo"], limits["hi"]
        if low == high:
            found.add(low)
            continue
        known = {v for v in (*set(values), *labelled) if isinstance(v, type(low))}
        found |= {value for value in known if low <= value <= high}
    return sorted(found, reverse=True)
