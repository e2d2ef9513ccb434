"""Find out what a source of answers is, and read it as one table in terms of the instrument.

A source is a file of a survey platform, a plain table, a questionnaire filled in as HTML page or
Word file, a return code, or a folder or zip archive of such files.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol

from innovsurvey.base.checks import join_names
from innovsurvey.errors import DataError
from innovsurvey.responses.platforms import kobo, limesurvey, qualtrics, redcap
from innovsurvey.responses.platforms.records import (
    Document,
    has_codes,
    is_record_file,
    read_records,
)
from innovsurvey.responses.platforms.return_code import find_codes
from innovsurvey.responses.platforms.word import read_word
from innovsurvey.responses.table_file import TableFile, read_table

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence

    from innovsurvey.definitions.model import Instrument

Platform = Literal[
    "auto", "csv", "excel", "innovsurvey", "word", "limesurvey", "kobo", "qualtrics", "redcap"
]
PLATFORMS: Final[tuple[Platform, ...]] = (
    "auto", "csv", "excel", "innovsurvey", "word", "limesurvey", "kobo", "qualtrics", "redcap",
)  # fmt: skip
_TITLES: Final = {
    "limesurvey": "LimeSurvey",
    "kobo": "Kobo or ODK",
    "qualtrics": "Qualtrics",
    "redcap": "REDCap",
}
_ZIP: Final = b"PK\x03\x04"
_WORD_PART: Final = re.compile(rb"word/document\d*\.xml")
_LARGEST_UNPACKED: Final = 500_000_000
_OWN: Final = frozenset({"innovsurvey", "word"})


class _Adapter(Protocol):
    """What the module of a platform offers."""

    def recognise(self, table: TableFile, instrument: Instrument) -> str | None:
        """Say why the table is an export of the platform."""

    def to_items(self, table: TableFile, instrument: Instrument) -> TableFile:
        """Give the table in terms of the instrument."""


_ADAPTERS: Final[dict[str, _Adapter]] = {
    "qualtrics": qualtrics,
    "limesurvey": limesurvey,
    "redcap": redcap,
    "kobo": kobo,
}


def read_source(
    source: str | os.PathLike[str],
    instrument: Instrument,
    platform: Platform,
    *,
    encoding: str | None,
    separator: str | None,
    sheet: str | int | None,
) -> TableFile:
    """Read a file, a folder, an archive or a code as one table.

    Raises
    ------
    DataError
        Nothing is there, it is of another kind than ``platform`` says, or it holds no answers.
    """
    if isinstance(source, str) and "*" in source and find_codes(source):
        return read_records([Document("return code", source.encode())], instrument)
    path = Path(source)
    documents = _documents(path)
    own = [] if documents is None else [d for d in documents if _is_own(d)]
    if not own:
        if documents is not None and path.is_dir():
            message = f"{path} is a folder without a filled questionnaire. Name the file to read."
            raise DataError(message)
        if platform in _OWN:
            message = f"{path.name} is no questionnaire filled in as HTML page or Word file."
            raise DataError(message)
        table = read_table(path, encoding=encoding, separator=separator, sheet=sheet)
        return adapt(table, instrument, platform, path.name)
    if platform not in {"auto", *_OWN}:
        message = (
            f'{path.name} is a questionnaire filled in, not {platform}. Leave platform="auto".'
        )
        raise DataError(message)
    passed = [document.name for document in documents or () if document not in own]
    return _joined(own, passed, instrument)


def adapt(table: TableFile, instrument: Instrument, platform: Platform, name: str) -> TableFile:
    """Put a table in terms of the instrument, by the platform it comes from."""
    if platform in _ADAPTERS:
        return _ADAPTERS[platform].to_items(table, instrument)
    if platform != "auto":
        if platform != table.reader:
            message = (
                f'{name} is a {table.reader} file, not {platform}. Leave platform="auto", or '
                "name the right file."
            )
            raise DataError(message)
        return table
    for found, adapter in _ADAPTERS.items():
        why = adapter.recognise(table, instrument)
        if why is not None:
            title = _TITLES[found]
            note = f'Read as an export of {title}: {why}. Where that is wrong, use platform="csv".'
            adapted = adapter.to_items(table, instrument)
            return replace(adapted, notes=[note, *adapted.notes])
    return table


def _documents(path: Path) -> list[Document] | None:
    """Give the files of a folder or archive, or the one file; None where it cannot be read."""
    if path.is_dir():
        inside = sorted(p for p in path.rglob("*") if p.is_file() and not p.name.startswith("."))
        return [d for p in inside for d in _unpacked(Document(p.name, p.read_bytes()))]
    if not path.is_file():
        return None
    return _unpacked(Document(path.name, path.read_bytes()))


def _unpacked(document: Document) -> list[Document]:
    """Give the files of a zip archive of questionnaires; anything else stays as it is."""
    if not document.raw.startswith(_ZIP):
        return [document]
    try:
        archive = zipfile.ZipFile(io.BytesIO(document.raw))
        files = [info for info in archive.infolist() if not info.is_dir()]
        names = {info.filename for info in files}
        if _is_word(document.raw) or "[Content_Types].xml" in names or "content.xml" in names:
            return [document]
        if sum(info.file_size for info in files) > _LARGEST_UNPACKED:
            message = f"{document.name} would unpack to more than 500 MB; it is no set of answers."
            raise DataError(message)
        return [Document(info.filename, archive.read(info)) for info in files]
    except (zipfile.BadZipFile, RuntimeError):
        return [document]  # damaged or encrypted: what reads tables will say so


def _is_own(document: Document) -> bool:
    """Tell a filled questionnaire from another file."""
    return _is_word(document.raw) or is_record_file(document.raw) or _is_mail(document)


def _is_mail(document: Document) -> bool:
    """Tell a text with return codes in it."""
    return document.name.lower().endswith((".txt", ".eml", ".md")) and has_codes(document.raw)


def _is_word(raw: bytes) -> bool:
    """Tell a Word file by its main part."""
    return raw.startswith(_ZIP) and _WORD_PART.search(raw) is not None


def _joined(
    documents: Sequence[Document], passed: Sequence[str], instrument: Instrument
) -> TableFile:
    """Read all questionnaires and put them into one table."""
    words = [d for d in documents if _is_word(d.raw)]
    records = [d for d in documents if not _is_word(d.raw)]
    tables = [read_records(records, instrument)] if records else []
    tables += [read_word(d.raw, d.name, instrument) for d in words]
    header = list(dict.fromkeys(name for table in tables for name in table.header))
    rows: list[list[str]] = []
    aside: dict[int, str] = {}
    for table in tables:
        aside |= {len(rows) + place: reason for place, reason in table.aside.items()}
        rows += [_under(header, table.header, row) for row in table.rows]
    notes = [note for table in tables for note in table.notes]
    if passed:
        notes.append(f"{len(passed)} file(s) that are no questionnaire: {join_names(passed)}.")
    return replace(
        tables[0],
        header=header,
        rows=rows,
        numbers=list(range(1, len(rows) + 1)),
        notes=notes,
        aside=aside,
        changes=[change for table in tables for change in table.changes],
        provenance={"reader": "innovsurvey", "files": [d.name for d in documents]},
    )


def _under(header: list[str], names: list[str], row: list[str]) -> list[str]:
    """Put the cells of a row under another heading; cells beyond the heading stay at the end."""
    cells = dict(zip(names, row, strict=False))
    return [*(cells.get(name, "") for name in header), *row[len(names) :]]
