"""Show which column of a file is which item, for a person to confirm and keep."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pandas as pd

from innovsurvey.base.results import Result
from innovsurvey.definitions.forms import as_instrument
from innovsurvey.errors import CodeMismatchError
from innovsurvey.responses.cells import CodeBook, distinct
from innovsurvey.responses.code_check import check_codes
from innovsurvey.responses.columns import match_headings, word_formats
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.item_texts import near_wordings
from innovsurvey.responses.mapping_file import write_mapping, write_recode
from innovsurvey.responses.options import as_mapping, as_read, read_any
from innovsurvey.responses.reader import answered_items

if TYPE_CHECKING:
    from collections.abc import Mapping

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.definitions.questionnaire import Questionnaire
    from innovsurvey.responses.sources import Platform
    from innovsurvey.responses.table_file import TableFile

_COLUMNS: Final = ("heading", "item", "how", "proposal", "similarity", "wording")


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class ColumnMatch(Result):
    """Which column of a file is which item.

    Parameters
    ----------
    columns
        One row per column of the file: ``heading``, the ``item`` it was taken for and ``how``
        (``map``, ``code`` or ``words``; empty where it is no item), or the ``proposal`` of an item
        that says nearly the same, with ``similarity`` (0-1) and the item's ``wording``.
    missing
        Items that no column was taken for.
    recode
        Codes to turn into others, by item, from the mapping file that was given.
    """

    columns: pd.DataFrame
    missing: tuple[str, ...]
    recode: dict[str, dict[str, float]] = field(default_factory=dict)

    @property
    def title(self) -> str:
        """Count what was found."""
        n_items = int((self.columns["item"] != "").sum())
        n_near = int((self.columns["proposal"] != "").sum())
        return (
            f"{len(self.columns)} columns: {n_items} items, {n_near} to look at, "
            f"{len(self.missing)} item(s) not found"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give one row per column of the file."""
        return self.columns.copy()

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Save a mapping file for ``columns=`` of :func:`read_responses`.

        Parameters
        ----------
        path
            CSV file, opens in a spreadsheet. Proposals stand in a column of their own: copy the
            right ones into the column ``item``. The column ``recode`` takes codes to turn into
            others, written like ``1=5; 2=4``.

        Returns
        -------
        pathlib.Path
            The file.

        Raises
        ------
        SpecificationError
            The file cannot be written.
        """
        target = Path(os.fspath(path))
        recodes = self.columns["item"].map(lambda item: write_recode(self.recode.get(item, {})))
        lines = self.columns.assign(recode=recodes).astype(str)
        records = [dict(zip(lines.columns, line, strict=True)) for line in lines.to_numpy()]
        write_mapping(records, target)
        return target


def match_columns(
    source: str | os.PathLike[str] | pd.DataFrame,
    instrument: Instrument | Questionnaire | str | os.PathLike[str],
    *,
    platform: Platform = "auto",
    columns: Mapping[str, str] | str | os.PathLike[str] | None = None,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | int | None = None,
) -> ColumnMatch:
    """Match the columns of a file to the items of an instrument, and propose what is near.

    Parameters
    ----------
    source, instrument, platform, encoding, separator, sheet
        As for :func:`read_responses`.
    columns
        Heading -> item id, or a mapping file, for what is known already.

    Returns
    -------
    ColumnMatch
        Columns found by id or by the words of an item in any language, and for the others the
        items that say nearly the same (half of the words and 80 % of the letters in order). A
        note says if reading would refuse the codes of the file.
        Proposals are never taken by themselves: save, look, and give the file as ``columns=``.

    Raises
    ------
    DataError
        The file cannot be read as a table.
    DefinitionError, SpecificationError
        The instrument or an option is wrong.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> import pandas as pd
    >>> people = pd.DataFrame({"TSIG01": [4], "Making a contribution to the mission": [5]})
    >>> isv.match_columns(people, "leadership-climate").columns["proposal"].tolist()
    ['', 'TSIG02']
    """
    asked = as_instrument(instrument)
    mapping = as_mapping(columns)
    table, _ = read_any(source, asked, platform, ReadOptions(encoding, separator, sheet))
    found = match_headings(table.header, asked, as_read(mapping.columns, table), table.texts)
    taken = {item for item, _ in found.values()}
    words = word_formats(asked)
    wanted = [item.id for item in asked.items if item.format not in words]
    missing = [item for item in wanted if item not in taken]
    free = [heading for place, heading in enumerate(table.header) if place not in found]
    said = {table.texts.get(heading, "") or heading: heading for heading in free}
    near = {said[match.heading]: match for match in near_wordings(said, asked, missing)}
    rows = []
    for place, heading in enumerate(table.header):
        item, how = found.get(place, ("", ""))
        match = near.get(heading) if not item else None
        rows.append(
            (
                heading, item, how,
                match.item if match else "",
                f"{match.similarity:.2f}" if match else "",
                match.wording if match else table.texts.get(heading, ""),
            )
        )  # fmt: skip
    doubts = _doubts_about_codes(table, found, asked, mapping.recode)
    return ColumnMatch(
        columns=pd.DataFrame(rows, columns=list(_COLUMNS)),
        missing=tuple(missing),
        recode=mapping.recode,
        n_obs=len(table.rows),
        notes=(*table.notes, *doubts),
    )


def _doubts_about_codes(
    table: TableFile,
    found: Mapping[int, tuple[str, str]],
    asked: Instrument,
    recode: Mapping[str, Mapping[str, float]],
) -> list[str]:
    """Say what reading would say of the codes of the items found."""
    rows = table.filled()
    columns, books = {}, {}
    for place, (item, _) in found.items():
        heading = table.header[place]
        columns[item] = distinct([row[place] for row in rows])
        books[item] = CodeBook(
            labels=table.labels.get(heading, {}),
            declared=table.missing.get(heading, {}),
            recode=recode.get(item, {}),
        )
    try:
        return check_codes(answered_items(columns, books), asked)
    except CodeMismatchError as error:
        return [f"Reading would refuse this file: {error}"]
