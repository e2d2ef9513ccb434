"""Read a file of any kind as a table of texts; what it is, is told by content, not by name."""

from __future__ import annotations

import datetime as dt
import hashlib
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import GZIP, take_table
from innovsurvey.responses.files.kobo_json import is_kobo_json, read_kobo_json
from innovsurvey.responses.files.kobo_workbook import is_kobo_workbook, read_kobo_workbook
from innovsurvey.responses.files.limesurvey_archive import (
    is_answers,
    is_archive,
    read_answers,
    read_archive,
    refuse_survey,
)
from innovsurvey.responses.files.limesurvey_json import is_json_export, read_json_export
from innovsurvey.responses.files.limesurvey_syntax import is_syntax, read_syntax
from innovsurvey.responses.files.limits import LARGEST_FILE
from innovsurvey.responses.files.odk_archive import is_odk_archive, read_odk_archive
from innovsurvey.responses.files.options import SAVE_AS, ZIP
from innovsurvey.responses.files.parquet import is_parquet, read_parquet
from innovsurvey.responses.files.redcap_archive import is_redcap_archive, read_redcap_archive
from innovsurvey.responses.files.spss import is_spss, read_spss
from innovsurvey.responses.files.stata import is_stata, read_stata
from innovsurvey.responses.files.stata_xml import is_stata_xml, read_stata_xml
from innovsurvey.responses.files.text import read_text
from innovsurvey.responses.files.workbook import is_workbook, read_workbook
from innovsurvey.responses.platforms.limesurvey_survey import is_survey_file
from innovsurvey.responses.platforms.limesurvey_tsv import is_survey_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from innovsurvey.responses.files.options import ReadOptions
    from innovsurvey.responses.table_file import TableFile

    _Predicate = Callable[[bytes], bool]
    _Reader = Callable[[bytes, str, ReadOptions], TableFile]

_FOREIGN: Final = (
    (b"%PDF", "a PDF document"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"PK\x05\x06", "an empty zip archive"),
    (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    (b"Rar!", "a RAR archive"),
    (b"BZh", "a bzip2 archive"),
    (b"\xfd7zXZ", "an xz archive"),
    (b"\x28\xb5\x2f\xfd", "a zstd archive"),
    (b"ARROW1", "an Arrow (Feather) file"),
    (b"RDX", "an R data file"),
    (b"\x00" * 12 + b"\xc2\xea\x81\x60", "a SAS file"),
    (b"HEADER RECORD*******", "a SAS transport file"),
    (b"{\\rtf", "an RTF document"),
    (b"SQLite format 3", "a database"),
)


# How a kind is told and what reads it, the most special first; the rest is separated text.
_KINDS: Final[list[tuple[_Predicate, _Reader]]] = [
    (is_spss, read_spss),
    (is_stata, read_stata),
    (is_parquet, read_parquet),
    (is_archive, read_archive),
    (is_answers, read_answers),
    (is_json_export, read_json_export),
    (is_stata_xml, read_stata_xml),
    (is_survey_file, refuse_survey),
    (is_survey_table, refuse_survey),
    (is_odk_archive, read_odk_archive),
    (is_redcap_archive, read_redcap_archive),
    (is_kobo_json, read_kobo_json),
    (is_kobo_workbook, read_kobo_workbook),
    (is_workbook, read_workbook),
]


def read_table(path: Path, options: ReadOptions) -> TableFile:
    """Read a file, told by its content.

    Raises
    ------
    DataError
        No such file, a folder, an empty file, a file of a kind that holds no table, a heading
        without rows; or what the reader of its kind finds wrong.
    """
    raw = read_bytes(path)
    if is_syntax(raw):
        return _with_provenance(read_syntax(raw, path), raw, path.name)
    return as_table_file(raw, path.name, options)


def as_table_file(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read the content of a file.

    Raises
    ------
    DataError
        As for :func:`read_table`.
    """
    reader = _reader_of(raw, name)
    inner, inner_name, notes = raw, name, []
    if reader is None:
        member = take_table(raw, name)
        inner, inner_name, notes = member.raw, member.name, member.notes
        reader = _reader_of(inner, inner_name)
        if reader is None:
            message = (
                f"{name} is an archive with another archive in it. Unpack it and give the path of "
                "one file."
            )
            raise DataError(message)
    table = reader(inner, inner_name, options)
    table.notes[:0] = notes
    if not table.rows:
        message = f"{inner_name} has a heading but no row of answers."
        raise DataError(message)
    if inner is not raw:
        table.provenance["member"] = inner_name
    return _with_provenance(table, raw, name)


def _with_provenance(table: TableFile, raw: bytes, name: str) -> TableFile:
    """Note which file was read, and when."""
    table.provenance.update(
        file=name,
        size=len(raw),
        sha256=hashlib.sha256(raw).hexdigest(),
        reader=table.reader,
        read_on=dt.date.today().isoformat(),
    )
    return table


def _reader_of(raw: bytes, name: str) -> _Reader | None:
    """Choose what reads a file; None for an archive that has to be unpacked first.

    Raises
    ------
    DataError
        The file is of a kind that holds no table, or that is not read.
    """
    for mark, kind in _FOREIGN:
        if raw.startswith(mark):
            message = f"{name} is {kind}, not a table of answers. {SAVE_AS}"
            raise DataError(message)
    for is_kind, reader in _KINDS:
        if is_kind(raw):
            return reader
    return None if raw.startswith((ZIP, GZIP)) else read_text


def read_bytes(path: Path) -> bytes:
    """Read the file, or say why that is not possible.

    Raises
    ------
    DataError
        No such file, a folder, an empty file, or no permission.
    """
    try:
        if path.is_dir():
            message = f"{path} is a folder. Name the file with the answers in it."
            raise DataError(message)
        if path.stat().st_size > LARGEST_FILE:
            message = f"{path.name} is larger than 2 GB; save the columns you need, or Parquet."
            raise DataError(message)
        raw = path.read_bytes()
    except FileNotFoundError:
        message = f"there is no file {path}{_nearest_file(path)}."
        raise DataError(message) from None
    except (OSError, ValueError) as error:
        if isinstance(error, DataError):
            raise
        message = f"{path} cannot be read ({getattr(error, 'strerror', None) or error})."
        raise DataError(message) from None
    if not raw.strip():
        message = f"{path.name} is empty."
        raise DataError(message)
    return raw


def _nearest_file(path: Path) -> str:
    """Suggest a file of a similar name in the same folder."""
    if not path.parent.is_dir():
        return ""
    near = get_close_matches(path.name, [p.name for p in path.parent.iterdir()], 1, 0.8)
    return f" (did you mean {near[0]}?)" if near else ""
