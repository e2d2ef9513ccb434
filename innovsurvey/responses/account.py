"""Keep account of what was changed in a table and which rows were set aside."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.responses.columns import free_name
from innovsurvey.responses.model import LOG_TYPES

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.responses.table_file import TableFile

_RULE_WORDS: Final = {
    "out_of_range": "answer(s) outside the response format set to missing",
    "cell_quarantined": "answer(s) that are neither code nor label set to missing",
    "label_matched": "answer(s) given as label turned into codes",
    "recoded": "answer(s) turned into other codes, as asked",
    "declared_missing": "answer(s) that the file declares missing kept as such, with the reason",
    "hidden_by_filter": "answer(s) to questions that a filter hides set to missing",
    "no_answer_mark": "mark(s) such as NA read as not answered",
    "labels_shown": "cell(s) of other columns with the file's label in place of the code",
    "short_row": "row(s) shorter than the heading filled up with empty cells",
}


class Account:
    """The log and the quarantine of one table."""

    def __init__(self, table: TableFile) -> None:
        self.table = table
        self._lines: list[tuple[Any, ...]] = []
        self._set_aside: list[dict[str, Any]] = []
        self._headings: list[str] = []
        for i, name in enumerate(table.header):
            label = name or f"column_{i + 1}"
            self._headings.append(free_name(label, {"row", "reason", *self._headings}))

    def change(
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
        self._lines.append((row, person, column, rule, old, new, n_cells))

    def put_aside(self, place: int, reason: str, respondent: Any = None) -> None:
        """Put a whole row into quarantine and say so in the log."""
        cells = self.table.rows[place]
        beyond = range(len(self._headings), len(cells))
        names = self._headings + [f"column_{i + 1}" for i in beyond]
        row = {"row": self.table.numbers[place], "reason": reason}
        self._set_aside.append(row | dict(zip(names, cells, strict=False)))
        self.change(place, "", reason, "", "row in quarantine", respondent=respondent)

    @property
    def reasons(self) -> list[str]:
        """The reasons for which rows were set aside, in words."""
        return sorted({str(row["reason"]).replace("_", " ") for row in self._set_aside})

    def log(self) -> pd.DataFrame:
        """Give the log."""
        return pd.DataFrame(self._lines, columns=list(LOG_TYPES)).astype(LOG_TYPES)

    def quarantine(self) -> pd.DataFrame:
        """Give the rows set aside, in file order."""
        names = ["row", "reason", *self._headings]
        if not self._set_aside:
            return pd.DataFrame(columns=names, dtype=str).astype({"row": "int64"})
        return pd.DataFrame(self._set_aside).fillna("").sort_values("row", ignore_index=True)

    def summary(self, log: pd.DataFrame) -> Sequence[str]:
        """Say in sentences what was changed or set aside."""
        notes = []
        for rule, words in _RULE_WORDS.items():
            lines = log[log["rule"] == rule]
            if len(lines):
                columns = [name for name in lines["column"].unique() if name]
                where = f" ({join_names(columns)})" if columns else ""
                notes.append(f"{lines['n_cells'].sum()} {words}{where}.")
        rows = pd.DataFrame(self._set_aside, columns=["reason"])
        for reason, n in rows["reason"].value_counts().sort_index().items():
            notes.append(f"{n} row(s) in quarantine: {str(reason).replace('_', ' ')}.")
        return notes
