"""Find out what a source of answers is, and read it as one table in terms of the instrument.

A source is a file of a survey platform, a plain table, a questionnaire filled in as HTML page or
Word file, a return code, or a folder or zip archive of such files.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal, Protocol

from innovsurvey.errors import DataError
from innovsurvey.responses.files.reading import read_table
from innovsurvey.responses.inbox import Inbox
from innovsurvey.responses.platforms import (
    google_forms,
    kobo,
    limesurvey,
    microsoft_forms,
    qualtrics,
    redcap,
)
from innovsurvey.responses.platforms.record_files import Document
from innovsurvey.responses.platforms.records import read_records
from innovsurvey.responses.platforms.return_code import find_codes
from innovsurvey.responses.platforms.word import read_word

if TYPE_CHECKING:
    import os

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.files.options import ReadOptions
    from innovsurvey.responses.table_file import TableFile

Platform = Literal[
    "auto", "csv", "excel", "spss", "stata", "parquet", "innovsurvey", "word", "limesurvey",
    "kobo", "qualtrics", "redcap", "google_forms", "microsoft_forms",
]  # fmt: skip
PLATFORMS: Final[tuple[Platform, ...]] = (
    "auto", "csv", "excel", "spss", "stata", "parquet", "innovsurvey", "word", "limesurvey",
    "kobo", "qualtrics", "redcap", "google_forms", "microsoft_forms",
)  # fmt: skip
_TITLES: Final = {
    "limesurvey": "LimeSurvey",
    "kobo": "Kobo or ODK",
    "qualtrics": "Qualtrics",
    "redcap": "REDCap",
    "google_forms": "Google Forms",
    "microsoft_forms": "Microsoft Forms",
}
_GLIMPSE_ROWS: Final = 200
_OWN: Final = frozenset({"innovsurvey", "word"})


class _Adapter(Protocol):
    """What the module of a platform offers."""

    def recognise(self, table: TableFile, instrument: Instrument) -> str | None:
        """Say why the table is an export of the platform."""

    def to_items(self, table: TableFile, instrument: Instrument) -> TableFile:
        """Give the table in terms of the instrument."""


_ADAPTERS: Final[dict[str, _Adapter]] = {
    "qualtrics": qualtrics,
    "google_forms": google_forms,
    "microsoft_forms": microsoft_forms,
    "limesurvey": limesurvey,
    "redcap": redcap,
    "kobo": kobo,
}


def read_source(
    source: str | os.PathLike[str],
    instrument: Instrument,
    platform: Platform,
    options: ReadOptions,
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
    inbox = Inbox.of(path)
    if not inbox.words and not inbox.records:
        _refuse_without_answers(path, inbox, platform)
        table = read_table(path, options)
        return adapt(table, instrument, platform, path.name)
    if platform not in {"auto", *_OWN}:
        message = (
            f'{path.name} is a questionnaire filled in, not {platform}. Leave platform="auto".'
        )
        raise DataError(message)
    return _joined(inbox, instrument)


def _refuse_without_answers(path: Path, inbox: Inbox, platform: Platform) -> None:
    """Say that no questionnaire is there, where no table can be there instead."""
    if path.is_dir():
        said = [f"{path} is a folder without a filled questionnaire.", *inbox.notes]
        said.append("Name the file.")
        raise DataError(" ".join(said))
    if platform in _OWN and path.is_file():
        message = f"{path.name} is no questionnaire filled in as HTML page or Word file."
        raise DataError(message)


def adapt(table: TableFile, instrument: Instrument, platform: Platform, name: str) -> TableFile:
    """Put a table in terms of the instrument, by the platform it comes from.

    Raises
    ------
    DataError
        The table is of another kind than ``platform`` says.
    """
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
    glimpse = table.head(_GLIMPSE_ROWS)
    for found, adapter in _ADAPTERS.items():
        why = adapter.recognise(glimpse, instrument)
        if why is not None:
            note = f"Read as an export of {_TITLES[found]}: {why}."
            if table.reader in PLATFORMS and table.reader not in _ADAPTERS:
                note += f' Where that is wrong, use platform="{table.reader}".'
            adapted = adapter.to_items(table, instrument)
            provenance = adapted.provenance | {"platform": found, "recognised_by": why}
            return replace(adapted, notes=[note, *adapted.notes], provenance=provenance)
    if table.reader == "dataframe":
        return table
    note = f"Read as a plain {table.reader} table: nothing in it is the mark of a survey platform."
    return replace(table, notes=[note, *table.notes])


def _joined(inbox: Inbox, instrument: Instrument) -> TableFile:
    """Read all questionnaires and put them into one table."""
    tables, notes = _tables(inbox, instrument)
    header = list(dict.fromkeys(name for table in tables for name in table.header))
    rows: list[list[str]] = []
    aside: dict[int, str] = {}
    for table in tables:
        aside |= {len(rows) + place: reason for place, reason in table.aside.items()}
        rows += [_under(header, table.header, row) for row in table.rows]
    names = [document.name for document in (*inbox.records, *inbox.words)]
    return replace(
        tables[0],
        header=header,
        rows=rows,
        numbers=list(range(1, len(rows) + 1)),
        notes=[*(note for table in tables for note in table.notes), *notes, *inbox.notes],
        aside=aside,
        changes=[change for table in tables for change in table.changes],
        provenance={"reader": "innovsurvey", "files": names},
    )


def _tables(inbox: Inbox, instrument: Instrument) -> tuple[list[TableFile], list[str]]:
    """Read records and Word files; one that cannot be read is told in a note, if others can."""
    words, refused = [], []
    for document in inbox.words:
        try:
            words.append(read_word(document.raw, document.name, instrument))
        except DataError as error:
            refused.append(str(error))
    tables = (
        [read_records(inbox.records, instrument, alone=not words), *words]
        if inbox.records
        else words
    )
    if not tables:
        raise DataError(" ".join(refused))
    return tables, refused


def _under(header: list[str], names: list[str], row: list[str]) -> list[str]:
    """Put the cells of a row under another heading; cells beyond the heading stay at the end."""
    cells = dict(zip(names, row, strict=False))
    return [*(cells.get(name, "") for name in header), *row[len(names) :]]
