"""What the columns of a file of answers are, before an instrument is made of them."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.drafting.model import DraftBlock, DraftContext
from innovsurvey.responses.cells import as_number, is_blank, normalise
from innovsurvey.responses.columns import number_repeated
from innovsurvey.responses.personal import heading_words, is_personal

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from innovsurvey.drafting.model import DraftItem, SurveyDraft
    from innovsurvey.responses.table_file import TableFile

_ID: Final = frozenset(
    {"id", "respondent", "respondent id", "respondentid", "response id", "responseid", "case id"}
    | {"caseid", "case", "participant", "participant id", "person", "person id", "subject", "sub"}
    | {"record id", "uuid", "uid", "lfdn", "idnr", "id nr", "case number", "resp id", "respid"}
    | {"_id", "token", "pid"}
)
_TIME: Final = frozenset(
    {"timestamp", "submitdate", "startdate", "datestamp", "start time", "completion time"}
    | {"tidsstempel", "zeitstempel", "horodateur", "marca temporal", "tidsstämpel", "tijdstempel"}
    | {"date", "last modified time", "lastpage", "startlanguage", "seed", "index"}
    | {"last page", "start language", "date submitted", "date started", "date last action"}
)
_DATE: Final = re.compile(
    r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?|\d{1,2}[./-]\d{1,2}[./-]\d{2,4}( .*)?"
)
_REPEATED_REMARK: Final = (
    "Headings that stand over several columns are numbered from left to right, and the file is "
    "read so: {names}. Say in the text of these items what tells them apart."
)
_STEM: Final = re.compile(r"[\W\d_]+$")
_GRID: Final = re.compile(r"(.*\S)\s*\[[^\[\]]*\]", re.DOTALL)
_FEWEST_IN_BLOCK: Final = 3
_LOOKED_AT: Final = 500


def without_aside(table: TableFile) -> TableFile:
    """Give a table without the rows that reading sets aside."""
    kept = [place for place in range(len(table.rows)) if place not in table.aside]
    rows = [table.rows[place] for place in kept]
    return replace(table, rows=rows, numbers=[table.numbers[place] for place in kept], aside={})


def filled_cells(table: TableFile, place: int) -> list[str]:
    """Give the cells of a column that hold something."""
    cells = (row[place].strip() for row in table.rows if len(row) > place)
    return [cell for cell in cells if not is_blank(cell)]


def none_cells(table: TableFile, place: int) -> list[str]:
    """Give the cells of a column that say "None", which may be an answer or the lack of one."""
    cells = (row[place].strip() for row in table.rows if len(row) > place)
    return [cell for cell in cells if normalise(cell) == "none"]


def asked_columns(
    table: TableFile, draft: SurveyDraft, language: str
) -> Iterator[tuple[int, str, list[str]]]:
    """Give the columns that may be questions; the others go to the context or are left out.

    Headings that repeat are numbered.
    """
    private: list[str] = []
    has_id = False
    numbered = number_repeated(table.header)
    for place, (heading, own) in enumerate(zip(table.header, numbered, strict=True)):
        cells = filled_cells(table, place)
        words = heading_words(heading)
        label = {language: table.texts[heading]} if table.texts.get(heading) else {}
        if heading not in table.labels and is_personal(heading, cells[:_LOOKED_AT]):
            private.append(heading)
        elif not has_id and words in _ID and len(set(cells)) == len(table.rows):
            has_id = True
            draft.context.append(DraftContext(heading, "respondent", label))
        elif heading and (words in _TIME or are_dates(cells)):
            draft.context.append(DraftContext(own, "other", label))
        elif heading:
            yield place, own, cells
    repeated = [own for own in dict.fromkeys(numbered) if own not in table.header]
    if repeated:
        draft.remarks.append(_REPEATED_REMARK.format(names=join_names(repeated)))
    if private:
        draft.remarks.append(f"Columns with personal data were left out: {', '.join(private)}.")


def are_dates(cells: Sequence[str]) -> bool:
    """Tell a column of dates."""
    return bool(cells) and all(_DATE.fullmatch(cell) for cell in set(cells))


def numbers_in(cells: Iterable[str]) -> list[float] | None:
    """Give the different numbers of a column in order; None where a cell is none."""
    found = {as_number(cell) for cell in set(cells)}
    return None if None in found else sorted(number for number in found if number is not None)


def are_percentages(cells: Iterable[str]) -> bool:
    """Tell numbers of which some have a percent sign.

    Examples
    --------
    >>> are_percentages(["67%", "8,5 %", "90"]), are_percentages(["67", "90"])
    (True, False)
    """
    found = set(cells)
    bare = [cell.removesuffix("%") for cell in found]
    return any(cell.endswith("%") for cell in found) and None not in map(as_number, bare)


def blocks_of(items: Sequence[DraftItem]) -> list[DraftBlock]:
    """Put neighbours of one format whose headings begin alike into blocks."""

    def alike(item: DraftItem) -> tuple[object, str]:
        grid = _GRID.fullmatch(item.heading)
        return item.format, grid[1] if grid else _STEM.sub("", item.heading)

    runs = (list(run) for _, run in itertools.groupby(items, key=alike))
    return [
        DraftBlock({}, {}, tuple(item.heading for item in run))
        for run in runs
        if len(run) >= _FEWEST_IN_BLOCK
    ]
