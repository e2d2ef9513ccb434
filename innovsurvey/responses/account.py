"""Keep account of what was changed in a table and which rows were set aside."""

from __future__ import annotations

from collections import Counter
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
    "id_missing": "row(s) without an id named by the number of the row",
    "labels_shown": "cell(s) of other columns with the file's label in place of the code",
    "repeats_set_aside": "row(s) of repeated questions of people in quarantine kept beside",
    "short_row": "row(s) shorter than the heading filled up with empty cells",
}


class Account:
    """The log and the quarantine of one table."""

    def __init__(self, table: TableFile) -> None:
        self.table = table
        self._lines: list[tuple[Any, ...]] = []
        self._set_aside: list[tuple[int, str, Sequence[str]]] = []
        self._taken = {"row", "reason"}
        self._headings: list[str] = []
        for name in table.header:
            self._add_heading(name)

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
        while len(self._headings) < len(cells):
            self._add_heading("")
        self._set_aside.append((self.table.numbers[place], reason, cells))
        self.change(place, "", reason, "", "row in quarantine", respondent=respondent)

    @property
    def reasons(self) -> list[str]:
        """The reasons for which rows were set aside, in words."""
        return sorted({reason.replace("_", " ") for _, reason, _ in self._set_aside})

    def log(self) -> pd.DataFrame:
        """Give the log."""
        return pd.DataFrame(self._lines, columns=list(LOG_TYPES)).astype(LOG_TYPES)

    def quarantine(self) -> pd.DataFrame:
        """Give the rows set aside, in file order."""
        width = len(self._headings)
        rows = [
            (number, reason, *cells, *[""] * (width - len(cells)))
            for number, reason, cells in sorted(self._set_aside, key=lambda line: line[0])
        ]
        frame = pd.DataFrame(rows, columns=["row", "reason", *self._headings], dtype=str)
        return frame.astype({"row": "int64"})

    def _add_heading(self, name: str) -> None:
        """Add a heading that no other column of the quarantine has."""
        label = free_name(name or f"column_{len(self._headings) + 1}", self._taken)
        self._taken.add(label)
        self._headings.append(label)

    def summary(self, log: pd.DataFrame) -> Sequence[str]:
        """Say in sentences what was changed or set aside."""
        notes = []
        for rule, words in _RULE_WORDS.items():
            lines = log[log["rule"] == rule]
            if len(lines):
                columns = [name for name in lines["column"].unique() if name]
                where = f" ({join_names(columns)})" if columns else ""
                notes.append(f"{lines['n_cells'].sum()} {words}{where}.")
        counts = Counter(reason for _, reason, _ in self._set_aside)
        for reason, n in sorted(counts.items()):
            notes.append(f"{n} row(s) in quarantine: {reason.replace('_', ' ')}.")
        return notes
