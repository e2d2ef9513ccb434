"""The zip archive of ODK Central: a table of people, and one for each repeated group."""

from __future__ import annotations

import io
import zipfile
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import DAMAGED, member_names, unpack_all
from innovsurvey.responses.files.linked_tables import is_linked, with_linked
from innovsurvey.responses.files.text import read_text

if TYPE_CHECKING:
    from innovsurvey.responses.files.options import ReadOptions
    from innovsurvey.responses.table_file import TableFile

_SIGNS: Final = (b"PARENT_KEY", b"SubmissionDate")
_HEADING: Final = 200_000


def is_odk_archive(raw: bytes) -> bool:
    """Tell an archive with a table of people of ODK, or one whose rows belong to another's."""
    names = list(filter(_is_table, member_names(raw, "the archive")))
    if len(names) < 2:  # one table is read as any table in an archive
        return False
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            heads = [_first_line(archive, name) for name in names]
    except DAMAGED:
        return False
    return any(sign in head for sign in _SIGNS for head in heads)


def read_odk_archive(raw: bytes, name: str, options: ReadOptions) -> TableFile:
    """Read the table of people, with the tables of repeated groups.

    Raises
    ------
    DataError
        The archive is damaged, would unpack to far more than tables of answers, or has no table
        of people, or several.
    """
    tables: dict[str, TableFile] = {}
    for member, content in unpack_all(raw, name, _is_table).items():
        tables[PurePosixPath(member).stem] = read_text(content, PurePosixPath(member).name, options)
    linked = {title: table for title, table in tables.items() if is_linked(table.header)}
    people = [title for title, table in tables.items() if _is_of_people(table)]
    if len(people) != 1:
        said = ", ".join(people) or "none"
        message = f"{name} should hold one table of people, with a column KEY; found: {said}."
        raise DataError(message)
    main = tables[people[0]]
    main.notes.insert(0, f"{people[0]}.csv was read out of the archive.")
    others = [title for title in tables if title not in linked and title != people[0]]
    if others:
        main.notes.append(f"Also in the archive: {', '.join(others)}.")
    main.provenance["member"] = f"{people[0]}.csv"
    return with_linked(main, people[0], linked)


def _is_table(name: str) -> bool:
    """Tell a table of an archive; media are in folders of their own."""
    return name.lower().endswith(".csv") and "__MACOSX" not in name


def _is_of_people(table: TableFile) -> bool:
    """Tell the table of people."""
    return "KEY" in table.header and not is_linked(table.header)


def _first_line(archive: zipfile.ZipFile, name: str) -> bytes:
    """Give the heading of a table."""
    with archive.open(name) as part:
        return part.readline(_HEADING)
