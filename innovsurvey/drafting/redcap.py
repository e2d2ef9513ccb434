"""Draft an instrument from a data dictionary of REDCap."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.drafting.answer_kinds import LEVEL_REMARK, NO_ANSWER_REMARK
from innovsurvey.drafting.choice_format import Choice, choice_format
from innovsurvey.drafting.languages import script_language
from innovsurvey.drafting.model import (
    DraftBlock,
    DraftBoxes,
    DraftContext,
    DraftFormat,
    DraftItem,
    SurveyDraft,
)
from innovsurvey.drafting.redcap_fields import Field, choices_of, limit_of, read_fields
from innovsurvey.drafting.words import plain_text
from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.definitions.model import ContextRole
    from innovsurvey.drafting.model import Words

_CHOSEN: Final = {"radio", "dropdown", "select"}
_FIXED: Final = {
    "yesno": [("1", "Yes"), ("0", "No")],
    "truefalse": [("1", "True"), ("0", "False")],
}
_NOT_ASKED: Final = {"descriptive", "file", "signature"}
_PRIVATE_KINDS: Final = {"email", "phone", "ssn"}
_SLIDER: Final = (0.0, 100.0)
_EVENTS: Final[tuple[tuple[str, ContextRole, str], ...]] = (
    ("redcap_event_name", "wave", "Event"),
    ("redcap_data_access_group", "group", "Data access group"),
)


def recognise(raw: bytes, name: str) -> bool:
    r"""Tell a data dictionary, as CSV file or as JSON of the API.

    Examples
    --------
    >>> recognise(b"field_name,form_name,field_type,field_label\nid,f,text,Id", "d.csv")
    True
    """
    return read_fields(raw, name) is not None


def draft(raw: bytes, name: str) -> SurveyDraft:
    r"""Read the survey that a data dictionary describes.

    Raises
    ------
    DataError
        There is no field in it.

    Examples
    --------
    >>> text = b"field_name,form_name,field_type,field_label\nid,f,text,Id\nb,f,yesno,Born here?"
    >>> draft(text, "d.csv").items[0].text
    {'en': 'Born here?'}
    """
    fields = read_fields(raw, name)
    if not fields:
        message = f"{name} is no data dictionary of REDCap, or has no field in it."
        raise DataError(message)
    return _Drafter(fields, name).survey()


@dataclass
class _Drafter:
    """Goes through the fields in their order."""

    fields: Sequence[Field]
    name: str
    left_out: dict[str, list[str]] = field(default_factory=dict)
    sections: list[tuple[Field, list[str]]] = field(default_factory=list)

    def survey(self) -> SurveyDraft:
        """Read all fields."""
        language, called = script_language(f.label for f in self.fields)
        self.language = language
        self.draft = SurveyDraft(self.name, {language: called})
        self.draft.title = self._words(_as_title(self.name.rpartition(".")[0] or self.name))
        record, *others = self.fields
        self._add_context(record)
        for before, asked in itertools.pairwise(self.fields):
            if asked is others[0] or _begins(asked, before):
                self.sections.append((asked, []))
            self._add(asked, self.sections[-1][1])
        for first, headings in self.sections:
            title = self._words(_as_title(first.form))
            block = DraftBlock(title, self._words(first.section), tuple(headings))
            self.draft.blocks += [block] if headings else []
        self._remark()
        return self.draft

    def _words(self, text: str) -> Words:
        """Give a text in the one language there is."""
        plain = plain_text(text)
        return {self.language: plain} if plain else {}

    def _add_context(self, record: Field) -> None:
        """Note the columns that REDCap adds, and the record."""
        label = self._words(record.label)
        self.draft.context.append(DraftContext(record.name, "respondent", label))
        for name, role, said in _EVENTS:
            self.draft.context.append(DraftContext(name, role, self._words(said)))

    def _add(self, asked: Field, block: list[str]) -> None:
        """Add a field as item, as boxes, or to the list of what is left out."""
        reason = _left_out(asked)
        if reason:
            self.left_out.setdefault(reason, []).append(asked.name)
            return
        if asked.kind == "checkbox":
            boxes = {code: self._words(label) for code, label in choices_of(asked.choices)}
            if boxes:
                self.draft.boxes.append(DraftBoxes(asked.name, self._words(asked.label), boxes))
            return
        text = self._words(asked.label) or self._words(asked.name)
        self.draft.items.append(DraftItem(asked.name, text, self._format(asked), note=_note(asked)))
        block.append(asked.name)

    def _format(self, asked: Field) -> DraftFormat:
        """Tell how a field is answered."""
        if asked.kind in _CHOSEN or asked.kind in _FIXED:
            pairs = _FIXED.get(asked.kind) or choices_of(asked.choices)
            return choice_format([Choice(code, self._words(said)) for code, said in pairs])
        if asked.kind == "slider":
            low, high = limit_of(asked.low), limit_of(asked.high)
            return DraftFormat(
                "number",
                minimum=_SLIDER[0] if low is None else low,
                maximum=_SLIDER[1] if high is None else high,
            )
        if asked.kind == "calc":
            return DraftFormat("number")
        return _typed(asked) if asked.kind == "text" else DraftFormat("text")

    def _remark(self) -> None:
        """Say what was decided and what was left out."""
        remarks = [f"{reason}: {', '.join(names)}." for reason, names in self.left_out.items()]
        n_branching = sum(bool(f.branching) for f in self.fields)
        if n_branching:
            remarks.append(
                f"{n_branching} field(s) have branching logic; write what is needed as show_if."
            )
        remarks.append(LEVEL_REMARK)
        remarks.append(NO_ANSWER_REMARK)
        remarks.append(
            "Missing data codes of the project (Project setup) are not in the dictionary; add "
            "them as missing to the formats if the project has any."
        )
        remarks.append(
            f"REDCap does not say which language its labels are in; {self.language} was guessed "
            "from the letters."
        )
        self.draft.remarks += remarks


def _begins(asked: Field, before: Field) -> bool:
    """Tell the first field of what is shown together: a form, a section or a matrix."""
    return bool(asked.section) or asked.form != before.form or asked.matrix != before.matrix


def _left_out(asked: Field) -> str:
    """Say why a field is no item, if it is none."""
    if asked.is_private or asked.validation in _PRIVATE_KINDS:
        return "Fields that identify people were left out"
    if asked.kind in _NOT_ASKED:
        return "Texts to read, files and signatures were left out"
    return ""


def _typed(asked: Field) -> DraftFormat:
    """Tell how a field of text with validation is answered."""
    check = asked.validation
    if check.startswith(("date", "datetime")):
        return DraftFormat("date")
    if check.startswith(("integer", "number", "float", "int")):
        low, high = limit_of(asked.low), limit_of(asked.high)
        if low is not None and high is not None and low >= high:
            low = high = None
        return DraftFormat("number", minimum=low, maximum=high)
    return DraftFormat("text")


def _note(asked: Field) -> str:
    """Give what the person should know about a field."""
    if asked.kind == "calc":
        return "calculated by REDCap"
    if asked.kind == "slider" and asked.choices:
        return f"slider: {plain_text(asked.choices)}"
    return plain_text(asked.note)


def _as_title(name: str) -> str:
    """Make a title of a name of a form."""
    return name.replace("_", " ").strip().capitalize()
