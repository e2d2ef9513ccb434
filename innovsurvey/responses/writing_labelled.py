"""Write responses for SPSS and Stata: labels of items and answers, reasons as missing codes."""

from __future__ import annotations

from dataclasses import dataclass, field
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any, Final

import pandas as pd
import pyreadstat

from innovsurvey.base.checks import join_names
from innovsurvey.responses.cells import NOT_ANSWERED
from innovsurvey.responses.writing_codes import missing_codes, reason_labels
from innovsurvey.responses.writing_names import SPSS, STATA, Program, cut, fit_names

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from innovsurvey.responses.written_sheet import Sheet

_MEASURES: Final = {"ordinal": "ordinal", "nominal": "nominal", "multiple": "nominal"}


def write_spss(sheet: Sheet, path: Path) -> list[str]:
    """Write .sav or .zsav; every reason but "not answered" is a user-missing code with a label."""
    made = _Labelled(sheet, SPSS)
    ranges: dict[str, list[Any]] = {}
    measures: dict[str, str] = {}
    for item in sheet.items:
        format_, reasons = sheet.format_of(item), sheet.reasons(item)
        found = reasons.dropna().unique().tolist()
        codes = missing_codes(sheet.values(item), found, format_)
        name = sheet.names[item]
        values = sheet.values(item).where(reasons.isna(), reasons.map(codes.by_reason))
        made.add_item(item, values.astype(float), dict(codes.by_reason))
        measures[name] = _MEASURES.get(format_.level, "scale")
        if codes.ranges:
            ranges[name] = [{"lo": low, "hi": high} for low, high in codes.ranges]
    _write(
        pyreadstat.write_sav,
        made.frame,
        path,
        file_label=cut(sheet.title, SPSS.longest_title),
        column_labels=made.labels,
        variable_value_labels=made.value_labels,
        missing_ranges=ranges,
        variable_measure=measures,
        variable_format=made.whole_numbers(),
        row_compress=path.suffix.lower() == ".sav",
        compress=path.suffix.lower() == ".zsav",
    )
    return made.notes


def write_stata(sheet: Sheet, path: Path) -> list[str]:
    """Write .dta; every reason but "not answered" is an extended missing value with a label."""
    made = _Labelled(sheet, STATA)
    marks: dict[str, list[str]] = {}
    for item in sheet.items:
        reasons = sheet.reasons(item)
        own = [option.reason for option in sheet.format_of(item).missing]
        known = dict.fromkeys([*own, *reasons.dropna().unique()])
        letters = dict(zip([r for r in known if r != NOT_ANSWERED], ascii_lowercase, strict=False))
        values = sheet.values(item)
        if letters:  # without them, a column of objects that is empty would count as text
            values = values.astype(object).where(reasons.isna(), reasons.map(letters))
            values = values.where(values.notna(), None)
            marks[sheet.names[item]] = list(letters.values())
        made.add_item(item, values, dict(letters))
    _write(
        pyreadstat.write_dta,
        made.frame,
        path,
        file_label=cut(sheet.title, STATA.longest_title),
        column_labels=made.labels,
        variable_value_labels=made.value_labels,
        missing_user_values=marks,
    )
    return made.notes


def _write(write: Callable[..., None], frame: pd.DataFrame, path: Path, **options: Any) -> None:
    """Write a file; what the library cannot write is told as an error of the file."""
    try:
        write(frame, path, **options)
    except (pyreadstat.ReadstatError, pyreadstat.PyreadstatError) as error:
        raise OSError(str(error)) from None


@dataclass
class _Labelled:
    """Columns under the names that a program takes, with their labels and what was shortened."""

    sheet: Sheet
    program: Program
    columns: dict[str, pd.Series[Any]] = field(default_factory=dict)
    labels: dict[str, str] = field(default_factory=dict)
    value_labels: dict[str, dict[Any, str]] = field(default_factory=dict)
    shortened: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.sheet.names.update(fit_names(list(self.sheet.names), self.program))
        for column, values in self.sheet.plain.items():
            self.columns[self.sheet.names[column]] = self._plain(column, values)
            self._label(column, self.sheet.wording(column) or self._other_name(column))

    @property
    def frame(self) -> pd.DataFrame:
        """The table to write."""
        return pd.DataFrame(self.columns)

    @property
    def notes(self) -> list[str]:
        """Say what is called otherwise or was shortened."""
        changed = [f"{old} as {new}" for old, new in self.sheet.names.items() if old != new]
        notes = []
        if changed:
            notes.append(f"Names that {self.program.title} does not take: {join_names(changed)}.")
        if self.shortened:
            names = join_names(list(dict.fromkeys(self.shortened)))
            notes.append(f"Labels or texts shortened for {self.program.title}: {names}.")
        return notes

    def add_item(self, item: str, values: pd.Series[Any], codes: dict[str, Any]) -> None:
        """Add an item with its answers, codes of reasons, and labels of both."""
        name = self.sheet.names[item]
        self.columns[name] = values
        self._label(item, self.sheet.wording(item))
        format_ = self.sheet.format_of(item)
        words = reason_labels(format_, codes, self.sheet.language)
        labels = {p.value: p.label.say(self.sheet.language) for p in format_.points if p.label}
        labels |= {code: words[reason] for reason, code in codes.items()}
        if labels:
            longest = self.program.longest_value_label
            self.value_labels[name] = {c: self._cut(item, t, longest) for c, t in labels.items()}

    def whole_numbers(self) -> dict[str, str]:
        """Give the columns of whole numbers the display format without decimals."""
        found = {}
        for name, values in self.columns.items():
            is_number = pd.api.types.is_numeric_dtype(values)
            if is_number and bool((values.dropna() % 1 == 0).all()):
                found[name] = "F8.0"
        return found

    def _label(self, column: str, words: str) -> None:
        """Label a column."""
        self.labels[self.sheet.names[column]] = self._cut(column, words, self.program.longest_label)

    def _other_name(self, column: str) -> str:
        """Keep the name of a column as its label where the program does not take it."""
        return "" if self.sheet.names[column] == column else column

    def _cut(self, column: str, text: str, longest: int) -> str:
        """Shorten a text, and remember where."""
        short = cut(" ".join(text.split()), longest)
        self.shortened += [column] if short.endswith("...") and not text.endswith("...") else []
        return short

    def _plain(self, column: str, values: pd.Series[Any]) -> pd.Series[Any]:
        """Give a column as numbers, dates or texts, the kinds that the programs know."""
        if pd.api.types.is_bool_dtype(values):
            return values.astype(float)
        if pd.api.types.is_numeric_dtype(values):
            return values.astype(float)
        if pd.api.types.is_datetime64_any_dtype(values):
            return values
        texts = values.astype(object).where(values.notna(), "").astype(str)
        longest = self.program.longest_text
        if texts.str.len().max() * 4 > longest:
            short = texts.map(lambda text: cut(text, longest))
            self.shortened += [column] if not short.equals(texts) else []
            return short
        return texts
