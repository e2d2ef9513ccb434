"""Read responses to an instrument from a file or a data frame."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import check_choice
from innovsurvey.definitions.forms import as_instrument
from innovsurvey.errors import MissingItemsError
from innovsurvey.responses.columns import plan_columns
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.options import as_mapping, as_read, read_any, recode_by_item
from innovsurvey.responses.personal import drop_personal
from innovsurvey.responses.reader import Reader
from innovsurvey.responses.sources import PLATFORMS

if TYPE_CHECKING:
    import os
    from collections.abc import Collection, Mapping, Sequence

    import pandas as pd

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.definitions.questionnaire import Questionnaire
    from innovsurvey.responses.mapping_file import ColumnMapping
    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.sources import Platform
    from innovsurvey.responses.table_file import TableFile

_MOST_NOTES: Final = 3


def read_responses(
    source: str | os.PathLike[str] | pd.DataFrame,
    instrument: Instrument | Questionnaire | str | os.PathLike[str],
    *,
    platform: Platform = "auto",
    columns: Mapping[str, str] | str | os.PathLike[str] | None = None,
    id_column: str | None = None,
    group_column: str | Sequence[str] | None = None,
    wave_column: str | None = None,
    form: str | None = None,
    partial: bool = False,
    recode: Mapping[str, Mapping[Any, float]] | None = None,
    check_codes: bool = True,
    keep_personal: bool | Collection[str] = False,
    encoding: str | None = None,
    separator: str | None = None,
    sheet: str | int | None = None,
) -> Responses:
    """Read answers, check them against the instrument, and log everything that was changed.

    Parameters
    ----------
    source
        An export of LimeSurvey, Kobo or ODK, Qualtrics or REDCap; what the questionnaires of
        :func:`export_questionnaire` give back (a JSON or CSV file of the HTML page, its return
        code as a text or in a mail saved as text, a filled Word file, a folder or zip archive of
        these); a form of Google or Microsoft; SPSS or Stata data; any CSV, Excel, OpenDocument or
        Parquet file, or a data frame, with one row per person. Encoding, separator and decimal
        comma of a CSV file are found out; a file is told by its content, not its name.
    instrument
        An instrument or questionnaire, its id, or the path of its file.
    platform
        Where the file comes from: ``limesurvey``, ``kobo`` (also ODK), ``qualtrics``, ``redcap``,
        ``google_forms``, ``microsoft_forms``, ``innovsurvey`` (the HTML page), ``word``, or a plain
        table: ``csv``, ``excel``, ``spss``, ``stata``, ``parquet``. ``auto`` looks at the content;
        a note says what was found and why.
    columns
        Heading in the file -> item id, for headings that are neither ids nor the words of items;
        or the path of a mapping file, as :func:`match_columns` saves it.
    id_column
        Column with the respondent id; by default the one that the instrument file names, else
        people are numbered from 1 in file order. An id twice: the newest row stays, by the date
        that the file has, else the last one; the others go to quarantine.
    group_column
        Column(s) that tell groups such as organisations; by default the one that the instrument
        file names.
    wave_column
        Column with the wave of a repeated survey; by default the one that the instrument file
        names. People who answered in several waves have an id for each, ``id@wave``.
    form
        Item set to read, other items stay with the context; by default the smallest one that has
        all items found.
    partial
        True reads a file in which items are missing; a note names them.
    recode
        Item or response format -> code (or label) in the file -> code of the instrument.
    check_codes
        Refuse a file whose codes or labels mean something else than those of the instrument.
    keep_personal
        Headings of columns with personal data to keep, or True for all. Columns with names, mail
        or network addresses, telephone numbers and places are left out by default, and the log
        says so. Those that a survey platform adds itself are always left out; ``platform="csv"``
        reads the plain table with all its columns.
    encoding, separator
        Of a CSV file, where the guess is wrong.
    sheet
        Name or number (from 0) of the sheet of an Excel file; by default the first with content.

    Returns
    -------
    Responses
        ``data`` (numbers or NaN), ``reasons`` of missing cells, ``context`` (all other columns),
        ``texts`` (what people wrote in their own words), ``log`` and ``quarantine``; no row of the
        file is in neither ``data`` nor ``quarantine``.

    Raises
    ------
    DataError
        The file is missing, empty, of another kind, or has no row of answers; a column needed is
        there twice.
    MissingItemsError
        Item columns are missing; the nearest headings are suggested, by code and by words.
    CodeMismatchError
        The codes or labels of the file are not those of the instrument; ``recode`` is a proposal.
    DefinitionError, SpecificationError
        The instrument or an option is wrong.

    Notes
    -----
    A cell of an item may hold a code, a label in any language of the instrument, a code with its
    label (``4. Agree``), or one of its missing codes. A number outside the format becomes missing
    (``out_of_range``), a text that is no label too (``unreadable``); both are in the log with the
    old value. A mark such as ``[out_of_range]``, which :func:`write_responses` writes, is read back
    as the reason. Codes that a file of SPSS or Stata declares missing stay missing for the reason
    that their label gives. Items that correlate negatively with the rest of their scale are named
    in the notes, since they may be keyed wrongly or reversed twice.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> answers = isv.read_responses(isv.sample_path("leadership-climate"), "leadership-climate")
    >>> answers.data.shape, answers.group_columns, len(answers.quarantine)
    ((2042, 19), ('COMPID',), 0)
    """
    check_choice(platform, "platform", PLATFORMS)
    since = time.monotonic()
    asked = as_instrument(instrument)
    mapping = as_mapping(columns)
    table, index = read_any(source, asked, platform, ReadOptions(encoding, separator, sheet))
    named = [name for name in (id_column, table.id_column, wave_column) if name]
    wanted = _wanted(asked, table, mapping, named, group_column, keep_personal)
    table = drop_personal(table, wanted, all_kept=keep_personal is True)
    try:
        plan = plan_columns(
            table.header,
            asked,
            columns=as_read(mapping.columns, table),
            id_column=id_column or table.id_column,
            group_column=group_column,
            wave_column=wave_column or table.wave_column,
            form=form,
            texts=table.texts,
            partial=partial,
        )
    except MissingItemsError as error:
        raise _with_notes(error, table.notes) from None
    recodes = recode_by_item(mapping.recode, asked) | recode_by_item(recode or {}, asked)
    return Reader(table, plan, asked, since=since).responses(
        index=index, recode=recodes, codes_are_checked=check_codes
    )


def _with_notes(error: MissingItemsError, notes: Sequence[str]) -> MissingItemsError:
    """Say with the error what was noted on reading, since a wrong guess may be the cause."""
    said = f" On reading: {' '.join(notes[:_MOST_NOTES])}" if notes else ""
    return MissingItemsError(f"{error}{said}", missing=error.missing, proposals=error.proposals)


def _wanted(
    asked: Instrument,
    table: TableFile,
    mapping: ColumnMapping,
    named: Collection[str],
    group_column: str | Sequence[str] | None,
    keep_personal: bool | Collection[str],
) -> set[str]:
    """Name the columns that stay even if they look like personal data, since they are named."""
    groups = [group_column] if isinstance(group_column, str) else list(group_column or ())
    kept = [] if isinstance(keep_personal, bool) else list(keep_personal)
    declared = [column.id for column in asked.context]
    mapped = as_read(mapping.columns, table)
    return {*asked.item_ids, *declared, *named, *groups, *mapped, *kept}
