"""Files of statistics programs: columns with labels, and codes that are declared missing."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import pyreadstat

from innovsurvey.base.reasons import short_name
from innovsurvey.errors import DataError
from innovsurvey.responses.files.cell_texts import number_text, rows_of
from innovsurvey.responses.files.limits import refuse_cells
from innovsurvey.responses.files.options import SAVE_AS
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from innovsurvey.responses.files.options import ReadOptions

_Read = Any  # a reader of pyreadstat: its signature differs between kinds of files
LATIN_NOTE: Final = (
    "Texts do not fit the encoding that the file names; they were read as latin-1. Look at "
    "accented letters, or give encoding=."
)
_CELLS_AT_ONCE: Final = 4_000_000
_UNREADABLE: Final = (
    pyreadstat.ReadstatError,
    pyreadstat.PyreadstatError,
    ValueError,
    OverflowError,
    LookupError,
)


@dataclass
class LabelledFile:
    """What a file says about its columns, by heading, and its cells as texts."""

    columns: dict[str, list[str]] = field(default_factory=dict)
    labels: dict[str, dict[str, str]] = field(default_factory=dict)
    missing: dict[str, dict[str, str]] = field(default_factory=dict)
    texts: dict[str, str] = field(default_factory=dict)

    def table(self, name: str, reader: str, notes: list[str], encoding: str) -> TableFile:
        """Give the table; declared missing codes are counted in a note.

        Raises
        ------
        DataError
            The file has no column.
        """
        if not self.columns:
            message = f"{name} has no column of answers. {SAVE_AS}"
            raise DataError(message)
        rows = rows_of(list(self.columns.values()))
        if self.missing:
            n_codes = sum(map(len, self.missing.values()))
            notes = [
                *notes,
                f"The file declares {n_codes} code(s) of {len(self.missing)} column(s) as missing; "
                "cells that hold one have no answer, and its label is the reason.",
            ]
        return TableFile(
            header=list(self.columns),
            rows=rows,
            numbers=list(range(1, len(rows) + 1)),
            reader=reader,
            decimal_comma=False,
            notes=notes,
            provenance={"encoding": encoding},
            labels=self.labels,
            missing=self.missing,
            texts=self.texts,
        )


class Source:
    """A file that pyreadstat reads, some columns at a time so that little is held twice."""

    def __init__(self, raw: bytes, name: str, read: _Read, what: str, options: ReadOptions) -> None:
        self.raw = raw
        self.name = name
        self.what = what
        self.notes: list[str] = []
        self._read = read
        self._encoding = options.encoding
        _, self.meta = self._open(metadataonly=True)
        n_rows, n_columns = self.meta.number_rows or 0, self.meta.number_columns or 0
        refuse_cells(n_rows, n_columns, len(raw), name)
        self._step = max(1, _CELLS_AT_ONCE // max(n_rows, 1))

    @property
    def encoding(self) -> str:
        """How texts were read."""
        return str(self._encoding or self.meta.file_encoding or "as the file says")

    def columns(self) -> Iterable[tuple[str, list[Any], Any]]:
        """Give the columns one by one: heading, values, and what pyreadstat knows about them."""
        names = list(self.meta.column_names)
        if len(set(names)) < len(names):
            message = f"{self.name} has two columns of the same name. {SAVE_AS}"
            raise DataError(message)
        for start in range(0, len(names), self._step):
            chosen = names[start : start + self._step]
            values, meta = self._open(usecols=chosen)
            for name in chosen:
                yield name, values[name], meta

    def _open(self, **options: Any) -> tuple[dict[str, list[Any]], Any]:
        """Read the file; texts that do not fit the encoding that it names are read as Latin-1."""
        try:
            return self._call(**options)
        except _UNREADABLE as error:
            is_encoding = "convert string" in str(error) or isinstance(error, UnicodeError)
            if is_encoding and self._encoding is None:
                self._encoding = "LATIN1"
                self.notes.append(LATIN_NOTE)
                return self._open(**options)
            message = f"{self.name} cannot be read as {self.what} ({error}). {SAVE_AS}"
            raise DataError(message) from None

    def _call(self, **options: Any) -> tuple[dict[str, list[Any]], Any]:
        """Read it."""
        values, meta = self._read(
            io.BytesIO(self.raw), output_format="dict", encoding=self._encoding, **options
        )
        return values, meta


def named_reasons(
    codes: Iterable[Any], labels: Mapping[str, str], write: Callable[[Any], str] = number_text
) -> dict[str, str]:
    """Give each missing code a reason of its own, made from its label.

    Examples
    --------
    >>> named_reasons([9.0, 8.0, -7.0], {"9": "Don't know", "8": "Don't know"})
    {'9': 'dont_know', '8': 'dont_know_2', '-7': 'user_missing_minus_7'}
    """
    found: dict[str, str] = {}
    for code in codes:
        text = code if isinstance(code, str) else write(code)
        reason = short_name(labels.get(text, "")) or _from_code(text)
        name, n = reason, 1
        while name in found.values():
            n += 1
            name = f"{reason}_{n}"
        found[text] = name
    return found


def _from_code(text: str) -> str:
    """Make a reason from a code without a label."""
    signed = re.sub(r"^-(?=\d)", "minus ", text.lower(), flags=re.ASCII)
    plain = re.sub(r"[^a-z0-9]+", "_", signed).strip("_")
    return f"user_missing_{plain or 'blank'}"
