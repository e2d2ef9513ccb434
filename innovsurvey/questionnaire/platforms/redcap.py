"""Write a questionnaire as a REDCap data dictionary."""

from __future__ import annotations

import csv
import html
import io
import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.questionnaire.codes import CodeLimits, check_codes
from innovsurvey.questionnaire.platforms.phrases import number_hint, poles
from innovsurvey.questionnaire.platforms.redcap_logic import branching
from innovsurvey.questionnaire.visibility import shown_with_any
from innovsurvey.questionnaire.words import word

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Text
    from innovsurvey.questionnaire.layout import Cell, Layout, Page, Question
    from innovsurvey.questionnaire.visibility import Expression

COLUMNS: Final = (
    "Variable / Field Name",
    "Form Name",
    "Section Header",
    "Field Type",
    "Field Label",
    "Choices, Calculations, OR Slider Labels",
    "Field Note",
    "Text Validation Type OR Show Slider Number",
    "Text Validation Min",
    "Text Validation Max",
    "Identifier?",
    "Branching Logic (Show field only if...)",
    "Required Field?",
    "Custom Alignment",
    "Question Number (surveys only)",
    "Matrix Group Name",
    "Matrix Ranking?",
    "Field Annotation",
)
_LIMITS: Final = CodeLimits(
    target="REDCap",
    pattern=r"[A-Za-z][A-Za-z0-9_]*",
    rule="a letter, then letters, digits and underscores",
    longest=26,
    longest_answer=8,
    reserved=frozenset(
        {
            "record_id",
            "consent",
            "redcap_event_name",
            "redcap_repeat_instrument",
            "redcap_repeat_instance",
            "redcap_survey_identifier",
            "redcap_data_access_group",
            *(f"text_{number:02d}" for number in range(100)),
        }
    ),
)
_AGREED: Final = "[consent] = '1'"
# | and , divide choices; [ begins piping and { an embedded field.
_SIGNS: Final = str.maketrans(
    {"|": "&#124;", ",": "&#44;", "[": "&#91;", "]": "&#93;", "{": "&#123;", "}": "&#125;"}
)
# A spreadsheet would run a cell that begins so.
_RUN: Final = frozenset("=+-@＝＋－＠")
_ODD: Final = re.compile(r"[^a-z0-9]+")


def write_redcap(layout: Layout) -> bytes:
    """Write a questionnaire as a data dictionary (CSV) in its main language.

    Uploading a data dictionary replaces all instruments and fields of the REDCap project, so use a
    new, empty project.

    Parameters
    ----------
    layout
        The questionnaire.

    Returns
    -------
    bytes
        CSV in UTF-8 with the 18 columns of REDCap, without a byte-order mark, as REDCap writes it.

    Raises
    ------
    ExportError
        A code does not fit REDCap.

    Notes
    -----
    One instrument with one section per page: in the survey settings choose "one section per page".
    Field names are the item ids in lower case; boxes to tick come back as ``stage___ph1``. Answers
    have our own codes. Nothing but the question for consent is shown until it is answered with yes.
    The dictionary of REDCap holds one language; others belong to its multi-language module.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> file = write_redcap(make_layout(isv.load_instrument("innovation-culture")))
    >>> [line.split(",")[0] for line in file.decode().splitlines()[1:6]]
    ['record_id', 'text_01', 'consent', 'version', 'text_02']
    """
    check_codes(layout, _LIMITS)
    stream = io.StringIO()
    writer = csv.DictWriter(stream, COLUMNS, restval="", lineterminator="\n")
    writer.writeheader()
    writer.writerows(_Dictionary(layout).rows())
    return stream.getvalue().encode()


def escape(text: str) -> str:
    r"""Write a text so that REDCap shows it as it stands and no spreadsheet runs it.

    Examples
    --------
    >>> escape("=1+1, or [name] | {x}\n<b>")
    '&#61;1+1&#44; or &#91;name&#93; &#124; &#123;x&#125;<br>&lt;b&gt;'
    """
    lines = [" ".join(line.split()) for line in text.strip().splitlines()]
    safe = "<br>".join(html.escape(line).translate(_SIGNS) for line in lines)
    return f"&#{ord(safe[0])};{safe[1:]}" if safe[:1] in _RUN else safe


@dataclass
class _Dictionary:
    """The rows of one data dictionary."""

    layout: Layout
    texts: int = 0
    section: str = ""
    written: list[dict[str, str]] = field(default_factory=list)

    def rows(self) -> list[dict[str, str]]:
        """Give one row per field."""
        say = self._say
        self._add("record_id", "text", word("platform_record", self.layout.language))
        self._text(f"<h3>{say(self.layout.title)}</h3><p>{say(self.layout.introduction)}</p>", "")
        self._consent()
        for name, value in self.layout.carried:
            note = f"carried by the questionnaire @HIDDEN @DEFAULT='{value}'"
            self._add(name.lower(), "text", escape(name), annotation=note)
        for page in self.layout.pages:
            self._page(page)
        self._text(say(self.layout.closing), _AGREED)
        return self.written

    def _say(self, text: Text) -> str:
        """Write a text in the main language."""
        return escape(text.say(self.layout.language))

    def _add(self, name: str, kind: str, label: str, **cells: str) -> None:
        """Add a field; the first one of a page carries its title."""
        form = _ODD.sub("_", self.layout.id.lower()).strip("_")
        row = {
            "Variable / Field Name": name,
            "Form Name": form,
            "Section Header": self.section,
            "Field Type": kind,
            "Field Label": label,
        }
        self.written.append(row | {_NAMES[key]: value for key, value in cells.items()})
        self.section = ""

    def _text(self, label: str, logic: str) -> None:
        """Add a text that asks nothing."""
        self.texts += 1
        self._add(f"text_{self.texts:02d}", "descriptive", label, logic=logic)

    def _consent(self) -> None:
        """Add the question for consent, which has to be answered."""
        yes, no = (
            escape(word(f"platform_{x}", self.layout.language)) for x in ("agree", "decline")
        )
        choices = f"1, {yes} | 0, {no}"
        self._add("consent", "radio", self._say(self.layout.consent), choices=choices, required="y")

    def _page(self, page: Page) -> None:
        """Add the fields of a page under its title, beginning with its stem."""
        self.section = self._say(page.title)
        if page.stem:
            self._text(
                self._say(page.stem), self._logic(shown_with_any(q.show_if for q in page.questions))
            )
        for _, group in groupby(page.questions, key=lambda question: question.matrix):
            members = tuple(group)
            if members[0].intro:
                self._text(
                    self._say(members[0].intro),
                    self._logic(shown_with_any(q.show_if for q in members)),
                )
            for question in members:
                self._question(question)

    def _question(self, question: Question) -> None:
        """Add the fields of one question."""
        logic = self._logic(question.show_if)
        if question.kind == "array":
            self._array(question, logic)
        elif question.kind == "ticks":
            boxes = [(cell.code.lower(), self._say(cell.text)) for cell in question.cells]
            name, label = question.code.lower(), self._say(question.text)
            self._add(name, "checkbox", label, choices=_choices(boxes), logic=logic)
        else:
            self._single(question, question.cells[0], logic)

    def _array(self, question: Question, logic: str) -> None:
        """Add one field per row of an array; rows of the same group make a matrix in REDCap."""
        if question.text:
            self._text(self._say(question.text), logic)
        for cell in question.cells:
            self._add(
                cell.name.lower(),
                "radio",
                self._row(question, cell),
                choices=self._options(question),
                logic=logic,
                matrix=f"{question.code.lower()}_rows",
            )

    def _row(self, question: Question, cell: Cell) -> str:
        """Write what a row asks: its text, or its two poles with the text before them."""
        if question.is_pairs:
            return " ↔ ".join(map(escape, poles(cell, self._language)))
        return self._say(cell.text)

    def _single(self, question: Question, cell: Cell, logic: str) -> None:
        """Add a question that has one answer."""
        name, label = cell.name.lower(), self._say(question.text)
        if question.kind == "choice":
            self._add(name, "radio", label, choices=self._options(question), logic=logic)
            return
        cells = {"logic": logic}
        if question.kind == "date":
            cells |= {"check": "date_ymd", "note": escape(word("platform_date", self._language))}
        if question.kind == "number":
            cells |= self._number(question)
        self._add(name, "text", label, **cells)

    @property
    def _language(self) -> str:
        """The main language."""
        return self.layout.language

    def _number(self, question: Question) -> dict[str, str]:
        """Say what a number may be; codes that stand for no number are allowed, too."""
        note = number_hint(question, self.layout.languages)
        if note:
            return {"check": "number", "note": self._say(note)}
        low, high = question.format.low, question.format.high
        return {
            "check": "number",
            "low": "" if low is None else write_number(low),
            "high": "" if high is None else write_number(high),
        }

    def _options(self, question: Question) -> str:
        """Write the answers of a question."""
        return _choices([(write_number(o.value), self._say(o.label)) for o in question.options])

    def _logic(self, expression: Expression | None) -> str:
        """Write when something is shown: after consent, and if its filter does not hide it."""
        if expression is None:
            return _AGREED
        return f"{_AGREED} and ({branching(expression, self.layout)})"


_NAMES: Final = {
    "choices": "Choices, Calculations, OR Slider Labels",
    "note": "Field Note",
    "check": "Text Validation Type OR Show Slider Number",
    "low": "Text Validation Min",
    "high": "Text Validation Max",
    "logic": "Branching Logic (Show field only if...)",
    "required": "Required Field?",
    "matrix": "Matrix Group Name",
    "annotation": "Field Annotation",
}


def _choices(labelled: list[tuple[str, str]]) -> str:
    """Write codes and labels; a blank before a minus sign keeps spreadsheets from running it."""
    written = " | ".join(f"{code}, {label}" for code, label in labelled)
    return f" {written}" if written[:1] in _RUN else written
