"""What a person says about a source of answers: the file, a map of columns, codes to change."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from innovsurvey.base.checks import suggest
from innovsurvey.base.numbers import write_number
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.data_frame import frame_table
from innovsurvey.responses.mapping_file import ColumnMapping, read_mapping
from innovsurvey.responses.sources import adapt, read_source

if TYPE_CHECKING:
    from collections.abc import Mapping

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.files.options import ReadOptions
    from innovsurvey.responses.sources import Platform
    from innovsurvey.responses.table_file import TableFile


def read_any(
    source: str | os.PathLike[str] | pd.DataFrame,
    asked: Instrument,
    platform: Platform,
    options: ReadOptions,
) -> tuple[TableFile, pd.Index[Any] | None]:
    """Read the source as a table; a data frame gives its index, too, if all its rows are left."""
    if not isinstance(source, pd.DataFrame):
        return read_source(source, asked, platform, options), None
    table = adapt(frame_table(source), asked, platform, "the data frame")
    return table, source.index if len(table.rows) == len(source) else None


def as_mapping(columns: Mapping[str, str] | str | os.PathLike[str] | None) -> ColumnMapping:
    """Take a map of columns, or read it from its file."""
    if isinstance(columns, (str, os.PathLike)):
        return read_mapping(Path(os.fspath(columns)))
    return ColumnMapping(dict(columns or {}))


def as_read(columns: Mapping[str, str], table: TableFile) -> dict[str, str]:
    """Give a map of columns in terms of the table, whose headings a platform may have renamed.

    Examples
    --------
    >>> from innovsurvey.responses.table_file import TableFile
    >>> table = TableFile(["CON01", "x"], [], [], "csv", False)
    >>> table.changes.append(("CON01", "column_renamed", "Q2_4", "CON01"))
    >>> as_read({"Q2_4": "CON02", "x": "CON01"}, table)
    {'CON01': 'CON02', 'x': 'CON01'}
    """
    renamed = {old: new for _, rule, old, new in table.changes if rule == "column_renamed"}
    return {
        heading if heading in table.header else renamed.get(heading, heading): item
        for heading, item in columns.items()
    }


def recode_by_item(
    recode: Mapping[str, Mapping[Any, float]], asked: Instrument
) -> dict[str, dict[str, float]]:
    """Give what to recode for each item; names may be those of items or formats.

    Raises
    ------
    SpecificationError
        There is no such item or format, or a new code is none of the format.
    """
    formats = {f.id: f for f in asked.formats}
    found: dict[str, dict[str, float]] = {}
    for owner, codes in recode.items():
        if owner not in formats and owner not in asked.item_ids:
            hint = suggest(owner, [*asked.item_ids, *formats])
            message = f"recode= names {owner!r}, which is neither item nor response format{hint}."
            raise SpecificationError(message)
        items = [i.id for i in asked.items if owner in (i.id, i.format)]
        for item in items:
            _check_codes_of(owner, codes, asked, item)
            found[item] = found.get(item, {}) | {_as_text(old): new for old, new in codes.items()}
    return found


def _check_codes_of(owner: str, codes: Mapping[Any, float], asked: Instrument, item: str) -> None:
    """Refuse new codes that the format of an item does not have."""
    format_ = asked.format_of(item)
    known = {*format_.values, *(option.code for option in format_.missing)}
    strange = [new for new in codes.values() if format_.points and new not in known]
    if strange:
        message = (
            f"recode= turns an answer to {owner} into {strange[0]!r}, which is no code of the "
            f"format {format_.id}."
        )
        raise SpecificationError(message)


def _as_text(code: Any) -> str:
    """Write a code as the file has it."""
    return code.strip() if isinstance(code, str) else write_number(code)
