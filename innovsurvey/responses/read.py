"""Read responses to an instrument from a file or a data frame."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_choice, join_names
from innovsurvey.definitions.forms import as_instrument
from innovsurvey.errors import DataError
from innovsurvey.responses.cells import is_blank, read_context, read_item, read_label
from innovsurvey.responses.columns import free_name, plan_columns
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.filters import hide_filtered
from innovsurvey.responses.model import (
    LOG_TYPES,
    SYNTHETIC_NOTE,
    Responses,
    is_marked_synthetic,
)
from innovsurvey.responses.sources import PLATFORMS, adapt, read_source
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.definitions.questionnaire import Questionnaire
    from innovsurvey.responses.cells import ItemColumn
    from innovsurvey.responses.columns import ColumnPlan
    from innovsurvey.responses.sources import Platform

_RULE_WORDS = {
    "out_of_range": "answer(s) outside the response format set to missing",
    "cell_quarantined": "answer(s) that are neither code nor label set to missing",
    "label_matched": "answer(s) given as label turned into codes",
    "hidden_by_filter": "answer(s) to questions that a filter hides set to missing",
    "no_answer_mark": "mark(s) such as NA read as not answered",
    "short_row": "row(s) shorter than the heading filled up with empty cells",
}


def read_responses(
    source: str | os.PathLike[str] | pd.DataFrame,
    instrument: Instrument | Questionnaire | str | os.PathLike[str],
    *,
    platform: Platform = "auto",
    columns: Mapping[str, str] | None = None,
    id_column: str | None = None,
    group_column: str | Sequence[str] | None = None,
    form: str | None = None,
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
        these); any CSV or Excel file, or a data frame, with one row per person. Encoding,
        separator and decimal comma of a CSV file are found out; a file is told by its content,
        not its name.
    instrument
        An instrument or questionnaire, its id, or the path of its file.
    platform
        Where the file comes from: ``limesurvey``, ``kobo`` (also ODK), ``qualtrics``, ``redcap``,
        ``innovsurvey`` (the HTML page), ``word``, or a plain ``csv`` or ``excel`` table. ``auto``
        looks at the content; a note says what was found and why.
    columns
        Heading in the file -> item id, for headings that are not the item ids.
    id_column
        Column with the respondent id; by default the one that the instrument file names, else
        people are numbered from 1 in file order. An id twice: the last row stays, the earlier
        ones go to quarantine.
    group_column
        Column(s) that tell groups such as organisations; by default the one that the instrument
        file names.
    form
        Item set to read, other items stay with the context; by default the smallest one that has
        all items found.
    encoding, separator
        Of a CSV file, where the guess is wrong.
    sheet
        Name or number (from 0) of the sheet of an Excel file; by default the first with content.

    Returns
    -------
    Responses
        ``data`` (numbers or NaN), ``reasons`` of missing cells, ``context`` (all other columns),
        ``log`` and ``quarantine``; no row of the file is in neither ``data`` nor ``quarantine``.

    Raises
    ------
    DataError
        The file is missing, empty, of another kind, or has no row of answers; a column needed is
        there twice.
    MissingItemsError
        Item columns are missing; the nearest headings are suggested.
    DefinitionError, SpecificationError
        The instrument or an option is wrong.

    Notes
    -----
    A cell of an item may hold a code, a label in any language of the instrument, or one of its
    missing codes. A number outside the format becomes missing (``out_of_range``), a text that is
    no label too (``unreadable``); both are in the log with the old value.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> answers = isv.read_responses(isv.sample_path("leadership-climate"), "leadership-climate")
    >>> answers.data.shape, answers.group_columns, len(answers.quarantine)
    ((2042, 19), ('COMPID',), 0)
    """
    check_choice(platform, "platform", PLATFORMS)
    asked = as_instrument(instrument)
    if isinstance(source, pd.DataFrame):
        table = adapt(_frame_table(source), asked, platform, "the data frame")
        index = source.index if len(table.rows) == len(source) else None
    else:
        table = read_source(source, asked, platform, ReadOptions(encoding, separator, sheet))
        index = None
    plan = plan_columns(
        table.header,
        asked,
        columns=columns,
        id_column=id_column or table.id_column,
        group_column=group_column,
        form=form,
    )
    return _Reader(table, plan, asked, index).responses()


def _frame_table(frame: pd.DataFrame) -> TableFile:
    """Give the cells of a data frame as texts."""
    if frame.empty:
        message = "the data frame has no row of answers."
        raise DataError(message)
    columns = [_column_texts(frame.iloc[:, i]) for i in range(frame.shape[1])]
    rows = [list(row) for row in zip(*columns, strict=True)]
    header = [str(name).strip() for name in frame.columns]
    return TableFile(
        header=header,
        rows=rows,
        numbers=list(range(1, len(rows) + 1)),
        reader="dataframe",
        decimal_comma=False,
        provenance={"reader": "dataframe"},
    )


def _column_texts(column: pd.Series[Any]) -> list[str]:
    """Write the cells of a column as texts; missing cells are empty, whole numbers plain."""
    if isinstance(column.dtype, object) and not column.map(pd.api.types.is_hashable).all():
        column = column.map(str, na_action="ignore")
    codes, values = pd.factorize(column)
    texts = np.array([*(_text(value) for value in values), ""], dtype=object)
    return list(texts[codes])  # the code of a missing cell is -1, the last text


def _text(value: Any) -> str:
    """Write one value as text; True and False count as 1 and 0."""
    if isinstance(value, (bool, np.bool_)):
        return str(int(value))
    if isinstance(value, (float, np.floating)) and float(value).is_integer():
        return str(int(value))
    return repr(float(value)) if isinstance(value, (float, np.floating)) else str(value)


class _Reader:
    """Turn one table into responses; rows are set aside first, then columns are read."""

    def __init__(
        self,
        table: TableFile,
        plan: ColumnPlan,
        instrument: Instrument,
        index: pd.Index[Any] | None,
    ) -> None:
        self.table = table
        self.plan = plan
        self.instrument = instrument
        self.index = index
        self.log: list[dict[str, Any]] = []
        self.set_aside: list[dict[str, Any]] = []
        self.headings: list[str] = []
        for i, name in enumerate(table.header):
            label = name or f"column_{i + 1}"
            self.headings.append(free_name(label, {"row", "reason", *self.headings}))

    def responses(self) -> Responses:
        """Read the table."""
        for column, rule, old, new in self.table.changes:
            self._note_change(None, column, rule, old, new, n_cells=len(self.table.rows))
        for old, new in self.plan.renamed.items():
            self._note_change(None, new, "column_renamed", old, new)
        kept = self._fitting_rows()
        ids, kept = self._without_repeats(self._ids(kept), kept)
        cells = list(zip(*[self.table.rows[place] for place in kept], strict=True))
        data, reasons = self._read_items(cells, ids, kept)
        data, reasons, contrary = hide_filtered(data, reasons, self.instrument)
        for i, name, value in contrary:
            place, rule = kept[i], "hidden_by_filter"
            self._note_change(place, name, rule, value, "", respondent=ids[i])
        context = self._read_context(cells, ids)
        made_up = "synthetic" in context and is_marked_synthetic(context["synthetic"])
        log = pd.DataFrame(self.log, columns=list(LOG_TYPES)).astype(LOG_TYPES)
        return Responses(
            instrument=self.instrument,
            form=self.plan.form,
            data=data,
            reasons=reasons,
            context=context,
            log=log,
            quarantine=self._quarantine(),
            group_columns=self.plan.group_columns,
            provenance=self.table.provenance,
            n_obs=len(data),
            notes=(
                *([SYNTHETIC_NOTE] if made_up else []),
                *self.table.notes,
                *self.plan.notes,
                *self._summary(log),
            ),
        )

    def _note_change(
        self,
        place: int | None,
        column: str,
        rule: str,
        old: str,
        new: str,
        *,
        respondent: Any = None,
        n_cells: int = 1,
    ) -> None:
        """Add a line to the log; ``place`` is the position of the row in the table."""
        row = None if place is None else self.table.numbers[place]
        person = "" if respondent is None else str(respondent)
        values = (row, person, column, rule, old, new, n_cells)
        self.log.append(dict(zip(LOG_TYPES, values, strict=True)))

    def _put_aside(self, place: int, reason: str, respondent: Any = None) -> None:
        """Put a whole row into quarantine and say so in the log."""
        cells = self.table.rows[place]
        names = self.headings + [f"column_{i + 1}" for i in range(len(self.headings), len(cells))]
        row = {"row": self.table.numbers[place], "reason": reason}
        self.set_aside.append(row | dict(zip(names, cells, strict=False)))
        self._note_change(place, "", reason, "", "row in quarantine", respondent=respondent)

    def _fitting_rows(self) -> list[int]:
        """Give the positions of rows with as many cells as the heading; fill up short ones."""
        width, kept = len(self.table.header), []
        for place, row in enumerate(self.table.rows):
            if place in self.table.aside:
                self._put_aside(place, self.table.aside[place])
            elif self.table.reader != "dataframe" and not any(cell.strip() for cell in row):
                self._put_aside(place, "empty_row")
            elif any(cell.strip() for cell in row[width:]):
                self._put_aside(place, "more_cells_than_heading")
            else:
                kept.append(place)
                if len(row) < width:
                    self._note_change(place, "", "short_row", f"{len(row)} cells", f"{width} cells")
                    row.extend([""] * (width - len(row)))
                del row[width:]
        if not kept:
            reasons = {str(row["reason"]).replace("_", " ") for row in self.set_aside}
            message = (
                "no row of the file has an answer and fits its heading; look at both "
                f"({join_names(sorted(reasons))})."
            )
            raise DataError(message)
        return kept

    def _ids(self, kept: list[int]) -> pd.Index[Any]:
        """Give the respondent ids of the rows; an empty id becomes the number of the row."""
        if self.plan.id_column is None:
            if self.index is not None and not isinstance(self.index, pd.RangeIndex):
                return self._index_ids(self.index[kept])
            numbers = [self.table.numbers[place] for place in kept]
            return pd.Index(numbers, name="respondent")
        position = self.plan.context[self.plan.id_column]
        cells = [self.table.rows[place][position].strip() for place in kept]
        for i, cell in enumerate(cells):
            if is_blank(cell):
                cells[i] = free_name(f"row_{self.table.numbers[kept[i]]}", set(cells))
                self._note_change(kept[i], self.plan.id_column, "id_missing", cell, cells[i])
        ids: pd.Index[Any] = pd.Index(read_label(cells))
        return ids.rename(self.plan.id_column)

    @staticmethod
    def _index_ids(index: pd.Index[Any]) -> pd.Index[Any]:
        """Take ids from the index of a data frame; mixed kinds become texts."""
        if isinstance(index, pd.MultiIndex):
            message = "the data frame has several index levels; reset_index() and name id_column=."
            raise DataError(message)
        kinds = {type(value) for value in index}
        ids: pd.Index[Any] = index if len(kinds) < 2 else pd.Index([str(v) for v in index])
        return ids.rename(index.name or "respondent")

    def _without_repeats(
        self, ids: pd.Index[Any], kept: list[int]
    ) -> tuple[pd.Index[Any], list[int]]:
        """Keep the last row of each id; put the earlier ones into quarantine."""
        repeated = ids.duplicated(keep="last")
        for i in np.flatnonzero(repeated).tolist():
            self._put_aside(kept[i], "duplicate_id", respondent=ids[i])
        return ids[~repeated], [kept[i] for i in np.flatnonzero(~repeated).tolist()]

    def _read_items(
        self, cells: list[tuple[str, ...]], ids: pd.Index[Any], kept: list[int]
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Read all item columns."""
        data, reasons = {}, {}
        for name, position in self.plan.items.items():
            column = read_item(cells[position], self.instrument.format_of(name))
            data[name] = column.values
            reasons[name] = column.reasons.array
            self._note_item(name, column, ids, kept)
        return pd.DataFrame(data, index=ids), pd.DataFrame(reasons, index=ids)

    def _note_item(
        self, name: str, column: ItemColumn, ids: pd.Index[Any], kept: list[int]
    ) -> None:
        """Log the changes of an item column."""
        for i, rule, old, new, n_cells in column.changes:
            place = None if i is None else kept[i]
            respondent = None if i is None else ids[i]
            self._note_change(place, name, rule, old, new, respondent=respondent, n_cells=n_cells)

    def _read_context(self, cells: list[tuple[str, ...]], ids: pd.Index[Any]) -> pd.DataFrame:
        """Read all columns that are no items."""
        comma = self.table.decimal_comma
        labels = {c.id for c in self.instrument.context if c.role != "other"}
        labels |= {*self.plan.group_columns, *self.instrument.item_ids}
        columns = {
            name: read_label(cells[position])
            if name in labels
            else read_context(cells[position], decimal_comma=comma)
            for name, position in self.plan.context.items()
            if name != self.plan.id_column
        }
        return pd.DataFrame({k: v.array for k, v in columns.items()}, index=ids)

    def _quarantine(self) -> pd.DataFrame:
        """Give the rows set aside, in file order."""
        names = ["row", "reason", *self.headings]
        if not self.set_aside:
            return pd.DataFrame(columns=names, dtype=str).astype({"row": "int64"})
        return pd.DataFrame(self.set_aside).fillna("").sort_values("row", ignore_index=True)

    def _summary(self, log: pd.DataFrame) -> list[str]:
        """Say in sentences what was changed or set aside."""
        notes = []
        for rule, words in _RULE_WORDS.items():
            lines = log[log["rule"] == rule]
            if len(lines):
                columns = [name for name in lines["column"].unique() if name]
                where = f" ({join_names(columns)})" if columns else ""
                notes.append(f"{lines['n_cells'].sum()} {words}{where}.")
        for reason, rows in pd.DataFrame(self.set_aside, columns=["reason"]).groupby("reason"):
            notes.append(f"{len(rows)} row(s) in quarantine: {str(reason).replace('_', ' ')}.")
        if self.plan.renamed:
            pairs = [f"{old} as {new}" for old, new in self.plan.renamed.items()]
            notes.append(f"Columns read under another name: {join_names(pairs)}.")
        return notes
