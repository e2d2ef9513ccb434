"""Turn a table of texts into responses: rows are set aside first, then columns are read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.base.progress import progress
from innovsurvey.errors import DataError
from innovsurvey.responses.account import Account
from innovsurvey.responses.cells import (
    CodeBook,
    distinct,
    read_context,
    read_item,
    read_label,
    split_pair,
)
from innovsurvey.responses.code_check import AnsweredItem, check_codes
from innovsurvey.responses.filters import hide_filtered
from innovsurvey.responses.free_text import free_text_columns
from innovsurvey.responses.key_check import key_warnings
from innovsurvey.responses.model import SYNTHETIC_NOTE, Responses, is_marked_synthetic
from innovsurvey.responses.personal import RULE, is_personal
from innovsurvey.responses.respondents import newest_rows, respondent_ids

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.cells import ItemColumn
    from innovsurvey.responses.columns import ColumnPlan
    from innovsurvey.responses.table_file import TableFile


_WAVES: Final = frozenset(
    {"wave", "round", "time", "timepoint", "measurement", "runde", "bølge", "welle", "måling"}
)


class Reader:
    """Reads one table whose columns are known; ``since`` is when the work began."""

    def __init__(
        self,
        table: TableFile,
        plan: ColumnPlan,
        instrument: Instrument,
        *,
        since: float | None = None,
    ) -> None:
        self.since = since
        self.table = table
        self.plan = plan
        self.instrument = instrument
        self.account = Account(table)

    def responses(
        self,
        *,
        index: pd.Index[Any] | None,
        recode: Mapping[str, Mapping[str, float]],
        codes_are_checked: bool,
    ) -> Responses:
        """Read the table; ``recode`` is by item."""
        for column, rule, old, new in self.table.changes:
            n_cells = self.table.counts.get((column, rule), len(self.table.rows))
            self.account.change(None, column, rule, old, new, n_cells=n_cells)
        for old, new in self.plan.renamed.items():
            self.account.change(None, new, "column_renamed", old, new)
        kept = self._fitting_rows()
        ids = respondent_ids(self.table, self.plan, kept, index, self.account)
        ids, kept = newest_rows(ids, self.table, self.plan, kept, self.account)
        cells = list(zip(*[self.table.rows[place] for place in kept], strict=True))
        columns = {name: distinct(cells[place]) for name, place in self.plan.items.items()}
        books = {name: self._book(name, recode.get(name, {})) for name in columns}
        answered = answered_items(columns, books) if codes_are_checked else []
        doubts = check_codes(answered, self.instrument)
        data, reasons = self._read_items(columns, books, ids, kept)
        context = self._read_context(cells, ids)
        named = [self.plan.wave_column, *self.plan.group_columns]
        words = free_text_columns(context, self.instrument, [name for name in named if name])
        repeats = self._repeats(kept)
        log = self.account.log()
        made_up = "synthetic" in context and is_marked_synthetic(context["synthetic"])
        return Responses(
            instrument=self.instrument,
            form=self.plan.form,
            data=data,
            reasons=reasons,
            context=context.drop(columns=words),
            texts=context[words],
            repeats=repeats,
            log=log,
            quarantine=self.account.quarantine(),
            group_columns=self.plan.group_columns,
            provenance=self.table.provenance,
            n_obs=len(data),
            notes=(
                *([SYNTHETIC_NOTE] if made_up else []),
                *self.table.notes,
                *self.plan.notes,
                *self._own_notes(words, context),
                *doubts,
                *self.account.summary(log),
                *key_warnings(data, self.instrument),
            ),
        )

    def _own_notes(self, words: Sequence[str], context: pd.DataFrame) -> list[str]:
        """Say what is kept apart, and how people in several waves are named."""
        notes = [f"Free text is kept apart, in texts: {join_names(words)}."] if words else []
        if self.plan.id_column in context:
            notes.append(f"Ids repeat in waves ({self.plan.wave_column}), so they are id@wave.")
        if self.plan.wave_column is None and "duplicate id" in self.account.reasons:
            notes += _possible_waves(self.plan.context)
        if self.table.repeats:
            notes.append(
                f"Tables of their own, in repeats: {join_names(list(self.table.repeats))}."
            )
        return notes

    def _fitting_rows(self) -> list[int]:
        """Give the positions of rows with as many cells as the heading; fill up short ones."""
        width, kept = len(self.table.header), []
        for place, row in enumerate(self.table.rows):
            if place in self.table.aside:
                self.account.put_aside(place, self.table.aside[place])
            elif self.table.reader != "dataframe" and not any(cell.strip() for cell in row):
                self.account.put_aside(place, "empty_row")
            elif any(cell.strip() for cell in row[width:]):
                self.account.put_aside(place, "more_cells_than_heading")
            else:
                kept.append(place)
                if len(row) < width:
                    self.account.change(
                        place, "", "short_row", f"{len(row)} cells", f"{width} cells"
                    )
                    row.extend([""] * (width - len(row)))
                del row[width:]
        if not kept:
            message = (
                "no row of the file has an answer and fits its heading; look at both "
                f"({join_names(self.account.reasons)})."
            )
            raise DataError(message)
        return kept

    def _book(self, name: str, recode: Mapping[str, float]) -> CodeBook:
        """Gather what the file and the person say about the codes of an item."""
        heading = self.table.header[self.plan.items[name]]
        labels, declared = self.table.labels.get(heading, {}), self.table.missing.get(heading, {})
        return CodeBook(
            labels=labels,
            declared=declared,
            recode=recode,
            decimal_comma=self.table.decimal_comma,
        )

    def _read_items(
        self,
        columns: Mapping[str, tuple[NDArray[np.intp], list[str]]],
        books: Mapping[str, CodeBook],
        ids: pd.Index[Any],
        kept: Sequence[int],
    ) -> tuple[pd.DataFrame, pd.DataFrame]:
        """Read all item columns, and hide what filters hide."""
        values, why = {}, {}
        for name, (places, texts) in progress(columns.items(), "reading answers", since=self.since):
            column = read_item(places, texts, self.instrument.format_of(name), books[name])
            values[name] = column.values
            why[name] = column.reasons.array
            self._note_item(name, column, ids, kept)
        data, reasons, contrary = hide_filtered(
            pd.DataFrame(values, index=ids), pd.DataFrame(why, index=ids), self.instrument
        )
        for i, name, value in contrary:
            self.account.change(kept[i], name, "hidden_by_filter", value, "", respondent=ids[i])
        return data, reasons

    def _note_item(
        self, name: str, column: ItemColumn, ids: pd.Index[Any], kept: Sequence[int]
    ) -> None:
        """Log the changes of an item column."""
        for i, rule, old, new, n_cells in column.changes:
            place = None if i is None else kept[i]
            respondent = None if i is None else ids[i]
            self.account.change(place, name, rule, old, new, respondent=respondent, n_cells=n_cells)

    def _read_context(self, cells: Sequence[Sequence[str]], ids: pd.Index[Any]) -> pd.DataFrame:
        """Read all columns that are no items; the id comes along where the index is not it."""
        declared = {c.id for c in self.instrument.context if c.role != "other"}
        labels = {*declared, *self.plan.group_columns, *self.instrument.item_ids}
        columns: dict[str, Any] = {}
        for name, position in self.plan.context.items():
            if name == self.plan.id_column and ids.name == name:
                continue
            shown = self._shown(name, position, cells[position])
            columns[name] = (
                read_label(shown)
                if name in labels or name == self.plan.id_column
                else read_context(shown, decimal_comma=self.table.decimal_comma)
            ).array
        return pd.DataFrame(columns, index=ids)

    def _shown(self, name: str, position: int, cells: Sequence[str]) -> Sequence[str]:
        """Show labels in place of codes, where the file has one for every code of a column."""
        heading = self.table.header[position]
        labels, declared = self.table.labels.get(heading, {}), self.table.missing.get(heading, {})
        asked = {c.id for c in self.instrument.context if c.format is not None}
        found = {cell.strip() for cell in cells} - {""}
        missing = found & set(declared)
        if missing:
            n = sum(cell.strip() in missing for cell in cells)
            old = join_names(sorted(missing))
            self.account.change(None, name, "declared_missing", old, "", n_cells=n)
        has_all = bool(found - missing) and found - missing <= set(labels)
        if not missing and (not has_all or name in asked):
            return cells
        known = labels if has_all and name not in asked else {}
        if known:
            n = sum(bool(cell.strip()) for cell in cells)
            self.account.change(None, name, "labels_shown", "codes", "labels", n_cells=n)
        return ["" if c.strip() in missing else known.get(c.strip(), c) for c in cells]

    def _repeats(self, kept: Sequence[int]) -> dict[str, pd.DataFrame]:
        """Give the tables of repeated questions, without personal data.

        Rows of people in quarantine go to a table of their own beside them.
        """
        found = {}
        for name, frame in self.table.repeats.items():
            private = [
                heading
                for heading in frame
                if is_personal(str(heading), frame[heading].dropna().astype(str).head(200))
            ]
            for heading in private:
                self.account.change(None, f"{name}/{heading}", RULE, "", "", n_cells=len(frame))
            is_aside = frame.index.astype(str).isin(self._only_aside(frame.index.name, kept))
            found[name] = frame.drop(columns=private)[~is_aside]
            if is_aside.any():
                other, n = f"{name} (quarantine)", int(is_aside.sum())
                self.account.change(None, name, "repeats_set_aside", "", other, n_cells=n)
                found[other] = frame.drop(columns=private)[is_aside]
        return found

    def _only_aside(self, heading: Any, kept: Sequence[int]) -> set[str]:
        """Give the ids, under a heading or else by number, that only rows in quarantine have."""
        ids = list(map(str, self.table.numbers))
        if heading in self.table.header:
            place = self.table.header.index(heading)
            ids = [row[place].strip() if place < len(row) else "" for row in self.table.rows]
        return {*ids} - {ids[place] for place in kept} - {""}


def _possible_waves(columns: Iterable[str]) -> list[str]:
    """Ask whether rows with one id are waves, where a column looks so."""
    found = [name for name in columns if name.strip().casefold() in _WAVES]
    return [
        f"Ids repeat; if {name!r} tells the waves of a repeated survey, give wave_column={name!r}."
        for name in found[:1]
    ]


def answered_items(
    columns: Mapping[str, tuple[NDArray[np.intp], list[str]]], books: Mapping[str, CodeBook]
) -> list[AnsweredItem]:
    """Count the texts of every column; those that are recoded count as settled."""
    found = []
    for name, (places, texts) in columns.items():
        book = books[name]
        counts = np.bincount(places, minlength=len(texts)).tolist()
        open_texts: dict[str, int] = {}
        for text, n in zip(texts, counts, strict=True):
            plain = text.strip()  # "4" and "4 " are one answer
            if book.recode.keys().isdisjoint((plain, (split_pair(text) or ("",))[0])):
                open_texts[plain] = open_texts.get(plain, 0) + n
        found.append(AnsweredItem(name, open_texts, book.labels, book.declared))
    return found
