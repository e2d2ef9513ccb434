"""Turn the rows of a form into questions: groups, repeats, and what KoboToolbox adds to XLSForm."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.drafting.answer_kinds import LEVEL_REMARK, NO_ANSWER_REMARK
from innovsurvey.drafting.choice_format import Choice, choice_format
from innovsurvey.drafting.model import (
    DraftBlock,
    DraftBoxes,
    DraftContext,
    DraftFormat,
    DraftItem,
    SurveyDraft,
)
from innovsurvey.drafting.xlsform_limits import limits_of, range_of
from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from innovsurvey.drafting.model import Words
    from innovsurvey.drafting.xlsform_rows import Form, Row

_LISTS: Final = {
    "begin_score": "kobo--score-choices",
    "begin_rank": "kobo--rank-items",
    "begin_kobomatrix": "kobo--matrix_list",
}
_ROWS: Final = {"score__row", "rank__level"}
_DATES: Final = {"date", "datetime"}
_TEXTS: Final = {"text", "barcode", "time", "acknowledge", "rank", "select_from_file"}
_COMPUTED: Final = {"calculate", "hidden", "start", "end", "today", "xml-external", "csv-external"}
_NAMED: Final = {
    "geopoint": "Places were left out",
    "geotrace": "Places were left out",
    "geoshape": "Places were left out",
    "start-geopoint": "Places were left out",
    "image": "Files were left out",
    "audio": "Files were left out",
    "video": "Files were left out",
    "file": "Files were left out",
    "background-audio": "Files were left out",
}
_SAID: Final = {
    "rank": "Rankings stay as a text, with the names of the choices in the order given",
    "select_from_file": "Choices that are in a file of their own stay as texts",
}
_OTHER: Final = "other"
_OTHER_LABEL: Final = "Other"
_SPECIFY: Final = "Specify other."


@dataclass
class _Group:
    """A group that was begun: its row, its questions, and the texts shown in it."""

    row: Row
    headings: list[str] = field(default_factory=list)
    stem: Words = field(default_factory=dict)
    columns: list[Row] = field(default_factory=list)


def draft_form(form: Form, name: str, title: str) -> SurveyDraft:
    """Make a draft of a form.

    Raises
    ------
    DataError
        Nothing is asked once per person.
    """
    first = next(iter(form.languages))
    draft = SurveyDraft(name, form.languages, title={first: title} if title else {})
    _Drafter(form, draft, _repeated_names(form)).go()
    if not draft.items and not draft.boxes:
        message = (
            f"{name} asks nothing outside of repeated groups, so it has no table of people to make "
            "an instrument for."
        )
        raise DataError(message)
    return draft


@dataclass
class _Drafter:
    """Goes through the rows in their order."""

    form: Form
    draft: SurveyDraft
    twice: frozenset[str]
    groups: list[_Group] = field(default_factory=list)
    left_out: dict[str, list[str]] = field(default_factory=dict)

    def go(self) -> None:
        """Read all rows, then say what was left out."""
        for row in self.form.rows:
            if row.cells.get("disabled", "").casefold() in {"yes", "true", "1"}:
                continue
            if row.kind.startswith("begin_"):
                self.groups.append(_Group(row))
            elif row.kind.startswith("end_"):
                self._end()
            else:
                self._add(row)
        while self.groups:
            self._end()
        self._remark()

    def _end(self) -> None:
        """End a group; what it holds becomes a block."""
        if not self.groups:
            return
        group = self.groups[-1]
        if group.row.kind == "begin_kobomatrix":
            self._add_matrix(group)
        self.groups.pop()
        stem = group.stem
        if group.row.kind in {"begin_score", "begin_rank"}:
            stem = group.row.label
        title = group.row.label if stem != group.row.label else {}
        if group.headings:
            self.draft.blocks.append(DraftBlock(title, stem, tuple(group.headings)))

    def _add(self, row: Row) -> None:
        """Add a question, a column that goes along, or a text."""
        group = self.groups[-1] if self.groups else None
        if any(g.row.kind in {"begin_repeat", "begin_loop"} for g in self.groups):
            if row.kind not in {"note", *_NAMED}:
                self._leave_out("Questions that repeat are read as tables of their own", row)
        elif group is not None and group.row.kind == "begin_kobomatrix":
            group.columns.append(row)
        elif row.kind == "note" or row.cells.get("appearance", "").strip() == "label":
            if group is not None and not group.stem and not group.headings:
                group.stem = row.label
        elif row.kind in _COMPUTED:
            if row.name:
                self.draft.context.append(DraftContext(self._heading(row), "other", row.label))
        elif row.kind in _NAMED:
            self._leave_out(_NAMED[row.kind], row)
        elif row.name:
            self._ask(row, group)

    def _ask(self, row: Row, group: _Group | None) -> None:
        """Add a question that has a type of answer; meta data such as a device id have none."""
        if row.kind in _ROWS and group is not None:
            listed = group.row.cells.get(_LISTS.get(group.row.kind, ""), "").strip()
            row = replace(row, kind="select_one", list_name=listed)
        if row.kind == "select_multiple":
            self._add_boxes(row)
        else:
            format_ = self._format(row)
            if format_ is None:
                self._leave_out("Left out, as they say who answers or how", row)
                return
            self._add_item(row, format_, group)
        if row.or_other:
            said = dict.fromkeys(self.form.languages, _SPECIFY)
            typed = replace(row, kind="text", name=f"{row.name}_other", label=said, hint={})
            self._add_item(typed, DraftFormat("text"), group)

    def _add_item(self, row: Row, format_: DraftFormat, group: _Group | None) -> None:
        """Add an item."""
        heading = self._heading(row)
        note = next(iter(row.hint.values()), "")
        self.draft.items.append(DraftItem(heading, row.label, format_, note=note))
        if group is not None:
            group.headings.append(heading)
        if row.kind in _SAID:
            self._leave_out(_SAID[row.kind], row)

    def _add_boxes(self, row: Row) -> None:
        """Add a question of which several answers may be ticked."""
        choices = self._choices(row)
        boxes = {choice.code: choice.label for choice in reversed(choices)}
        ordered = {c.code: boxes[c.code] for c in choices}
        if ordered:
            self.draft.boxes.append(DraftBoxes(self._heading(row), row.label, ordered))

    def _add_matrix(self, group: _Group) -> None:
        """Add the cells of a matrix of KoboToolbox: one question for each row and column."""
        matrix = group.row
        lines = self.form.choices.get(matrix.cells.get(_LISTS[matrix.kind], "").strip(), [])
        stand_in = _Group(replace(matrix, kind="begin_group"))
        self.groups[-1] = stand_in
        for line in lines:
            for column in group.columns:
                label = {
                    code: f"{line.label.get(code, line.code)}: {words}"
                    for code, words in column.label.items()
                }
                cell = f"{matrix.name}_{line.code}_{column.name}"
                self._add(replace(column, name=cell, label=label))
        self._leave_out(
            "Matrices are read by the names of their cells, not by their labels", matrix
        )

    def _format(self, row: Row) -> DraftFormat | None:
        """Tell how a question is answered; None where it is not."""
        if row.kind == "select_one":
            return choice_format(self._choices(row))
        if row.kind in {"integer", "decimal"}:
            low, high = limits_of(row.cells.get("constraint", ""), whole=row.kind == "integer")
            return DraftFormat("number", minimum=low, maximum=high)
        if row.kind == "range":
            low, high = range_of(row.cells.get("parameters", ""))
            return DraftFormat("number", minimum=low, maximum=high)
        if row.kind in _DATES:
            return DraftFormat("date")
        return DraftFormat("text") if row.kind in _TEXTS else None

    def _choices(self, row: Row) -> list[Choice]:
        """Give the choices of a question, with the one for other answers."""
        choices = list(self.form.choices.get(row.list_name, []))
        if row.or_other and all(choice.code != _OTHER for choice in choices):
            choices.append(Choice(_OTHER, dict.fromkeys(self.form.languages, _OTHER_LABEL)))
        return choices

    def _heading(self, row: Row) -> str:
        """Name the column: with the groups before it where another one has the same name."""
        if row.name not in self.twice:
            return row.name
        return "/".join([*(g.row.name for g in self.groups if g.row.name), row.name])

    def _leave_out(self, why: str, row: Row) -> None:
        """Note a row for the remarks."""
        self.left_out.setdefault(why, []).append(row.name or row.kind)

    def _remark(self) -> None:
        """Say what was decided and what was left out."""
        remarks = [f"{why}: {', '.join(names)}." for why, names in self.left_out.items()]
        shown = sum(bool(row.cells.get("relevant")) for row in self.form.rows)
        if shown:
            remarks.append(f"{shown} row(s) have a relevant; write what is needed as show_if.")
        self.draft.remarks += [*remarks, LEVEL_REMARK, NO_ANSWER_REMARK]
        self.draft.remarks.append(
            "Choices whose names are no numbers got numbers in their order; where the list begins "
            "with the highest, turn them round."
        )


def _repeated_names(form: Form) -> frozenset[str]:
    """Name the questions outside of repeats that share their name with another one."""
    depth, names = 0, []
    for row in form.rows:
        if row.kind in {"begin_repeat", "begin_loop"}:
            depth += 1
        elif row.kind in {"end_repeat", "end_loop"}:
            depth -= 1
        elif depth == 0 and row.name and not row.kind.startswith(("begin_", "end_", "note")):
            names.append(row.name)
    return frozenset(name for name, n in Counter(names).items() if n > 1)
