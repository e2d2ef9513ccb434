"""Write a questionnaire as an XLSForm, the workbook that ODK and KoboToolbox make forms from."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.questionnaire.codes import CodeLimits, check_codes
from innovsurvey.questionnaire.platforms.phrases import number_hint, range_message, row_label
from innovsurvey.questionnaire.visibility import (
    AllOf,
    AnyOf,
    Blank,
    Is,
    split_shared,
)
from innovsurvey.questionnaire.zip_file import without_times

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from openpyxl.worksheet.worksheet import Worksheet

    from innovsurvey.definitions.model import Text
    from innovsurvey.questionnaire.layout import Layout, Page, Question
    from innovsurvey.questionnaire.visibility import Expression

_LIMITS: Final = CodeLimits(
    target="XLSForm",
    pattern=r"[A-Za-z_][A-Za-z0-9_]*",
    rule="letters, digits and underscores only, no digit first",
    longest=64,
    longest_answer=32,
    # Names of what ODK and KoboToolbox record by themselves; exports put them beside the answers.
    reserved=frozenset(
        {
            *("meta", "start", "end", "today", "audit", "deviceid", "username", "phonenumber"),
            *("email", "subscriberid", "simserial", "instanceid", "instancename", "key"),
            *("consent", "_id", "_uuid", "_index", "_tags", "_notes", "_status"),
        }
    ),
)
_CONSENTED: Final = "${consent} = 'OK'"  # what an acknowledged question holds
_MARKS: Final = re.compile(r"[*_]|(?m:^)#|\\(?=[\\*_#])")
_STARTS: Final = re.compile(
    r"\$(?=\{)|\](?=\()|<(?=[A-Za-z/!])|&(?=#?\w+;)|(?m:^)(?:[-+>]|\d+\.)(?= )"
)
_PROPERTIES: Final = "docProps/core.xml"
_TIMES: Final = re.compile(rb"(<dcterms:(?:created|modified)[^>]*>)[^<]*")
_GAP: Final = "\u200b"

_Row = dict[str, str]


def write_xlsform(layout: Layout) -> bytes:
    r"""Write the workbook with the sheets ``survey``, ``choices`` and ``settings``.

    Parameters
    ----------
    layout
        The questionnaire; all its languages become columns.

    Returns
    -------
    bytes
        An .xlsx file. Every cell is text, also one that begins with an equals sign.

    Raises
    ------
    ExportError
        A code does not fit.

    Notes
    -----
    Each page is a group shown on one screen (``field-list``), except that each row of a matrix has
    a screen of its own. Nothing is asked before consent is given. Labels are Markdown and may
    refer to answers as ``${name}``; texts are escaped with backslashes and with invisible spaces
    of no width, so that they show as they were typed.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_instrument("innovation-culture"))
    >>> write_xlsform(layout)[:2]
    b'PK'
    """
    check_codes(layout, _LIMITS)
    form = _Form(layout)
    survey = list(form.survey())
    return _workbook({"survey": survey, "choices": form.choices, "settings": [form.settings()]})


def escape(text: str) -> str:
    r"""Write a text so that a label shows it as it was typed.

    Examples
    --------
    >>> escape("1 * 2 and ${x}").replace("\u200b", "|")
    '1 \\* 2 and $|{x}'
    """
    return _STARTS.sub(rf"\g<0>{_GAP}", _MARKS.sub(r"\\\g<0>", text))


@dataclass
class _Form:
    """The rows of the sheets; ``choices`` fills up while the survey is written."""

    layout: Layout
    choices: list[_Row] = field(default_factory=list)
    lists: dict[tuple[tuple[str, Text], ...], str] = field(default_factory=dict)
    taken: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Keep the names of the variables; groups and notes take others."""
        asked = self.layout.questions
        names = [name for q in asked for name in (q.code, *(cell.name for cell in q.cells))]
        names += [name for name, _ in self.layout.carried]
        self.taken = {*_LIMITS.reserved, *(name.casefold() for name in names)}

    def settings(self) -> _Row:
        """Write the settings; what the file carries is part of the id of the form."""
        layout = self.layout
        alone = layout.id == layout.instruments[0][0]
        carried = [value for name, value in layout.carried if name != "version"]
        return {
            "form_title": escape(layout.title.say(layout.language)),
            "form_id": "-".join([layout.id, *([layout.asked_as] if alone else []), *carried]),
            "version": layout.version,
            "default_language": self._language_names()[0],
            "style": "pages",
        }

    def survey(self) -> Iterator[_Row]:
        """Write all rows of the survey."""
        layout = self.layout
        yield self._group(self._name("welcome"), layout.title, None)
        yield self._note("introduction", layout.introduction)
        consent = self._row("acknowledge", "consent", layout.consent)
        yield {**consent, "required": "yes"}
        yield {"type": "end_group"}
        for name, value in layout.carried:
            yield {"type": "calculate", "name": name, "calculation": f"'{value}'"}
        for page in layout.pages:
            yield from self._page(page)
        yield self._note("closing", layout.closing)

    def _page(self, page: Page) -> Iterator[_Row]:
        """Write a page as a group; rows of a matrix have screens of their own.

        No more than what all its questions need may hide the page: a group whose filter asks for
        an answer inside the group is a circle, which ODK refuses.
        """
        name = self._name(page.id)
        shared, rests = split_shared([question.show_if for question in page.questions])
        has_screens = any(_is_screen(question) for question in page.questions)
        relevant = _CONSENTED if shared is None else f"{_CONSENTED} and ({self._xpath(shared)})"
        yield self._group(name, page.title, relevant, one_screen=not has_screens)
        if page.stem:
            yield self._note(f"{name}_stem", page.stem)
        asked: set[str | None] = set()
        for question, own in zip(page.questions, rests, strict=True):
            relevant_here = {} if own is None else {"relevant": self._xpath(own)}
            if question.intro and not _is_screen(question) and question.matrix not in asked:
                yield self._note(f"{question.code}_intro", question.intro) | relevant_here
            asked.add(question.matrix)
            yield from self._question(question, relevant_here)
        yield {"type": "end_group"}

    def _question(self, question: Question, relevant: _Row) -> Iterator[_Row]:
        """Write the rows of one question."""
        if question.kind == "ticks":
            options = [(cell.code, cell.text) for cell in question.cells]
            list_name = self._list(question.code, options)
            row = self._row(f"select_multiple {list_name}", question.code, question.text)
            yield row | relevant
        elif question.kind != "array":
            yield self._single(question) | relevant
        elif _is_screen(question):
            yield self._group(question.code, question.text, relevant.get("relevant"))
            if question.intro:
                yield self._note(f"{question.code}_intro", question.intro)
            yield from self._cells(question, {})
            yield {"type": "end_group"}
        else:
            yield from self._cells(question, relevant)

    def _cells(self, question: Question, relevant: _Row) -> Iterator[_Row]:
        """Write one row per cell of an array."""
        kind = f"select_one {self._list_of(question)}"
        for cell in question.cells:
            label = row_label(cell, question, self.layout.languages)
            yield {**self._row(kind, cell.name, label), "appearance": "likert", **relevant}

    def _single(self, question: Question) -> _Row:
        """Write a question with one answer."""
        name = question.cells[0].name
        if question.kind == "choice":
            return self._row(f"select_one {self._list_of(question)}", name, question.text)
        if question.kind == "number":
            return self._number(question, name)
        return self._row(question.kind, name, question.text)

    def _number(self, question: Question, name: str) -> _Row:
        """Write a question for a number, with its limits and what to type instead of one."""
        row = self._row("decimal", name, question.text)
        row |= self._texts("hint", number_hint(question, self.layout.languages))
        low, high = question.format.minimum, question.format.maximum
        limits = [] if low is None else [f". >= {write_number(low)}"]
        limits += [] if high is None else [f". <= {write_number(high)}"]
        if limits:
            instead = "".join(
                f" or . = {write_number(option.value)}" for option in question.options
            )
            row["constraint"] = f"({' and '.join(limits)}){instead}"
            message = range_message(question, self.layout.languages)
            row |= self._texts("constraint_message", message)
        return row

    def _group(
        self, name: str, label: Text, relevant: str | None, *, one_screen: bool = True
    ) -> _Row:
        """Write the beginning of a group."""
        row = self._row("begin_group", name, label)
        row |= {"appearance": "field-list"} if one_screen else {}
        return row | ({"relevant": relevant} if relevant else {})

    def _note(self, name: str, label: Text) -> _Row:
        """Write a text that asks for nothing."""
        return self._row("note", self._name(name), label)

    def _name(self, wanted: str) -> str:
        """Name a group or note, with a number where the name is taken."""
        name = _free(wanted, self.taken)
        self.taken.add(name.casefold())
        return name

    def _row(self, kind: str, name: str, label: Text) -> _Row:
        """Write a row with its label in every language."""
        return {"type": kind, "name": name, **self._texts("label", label)}

    def _texts(self, column: str, text: Text) -> _Row:
        """Write a text in every language, one column each."""
        if not text:
            return {}
        codes = [language.code for language in self.layout.languages]
        return {
            f"{column}::{name}": escape(text.say(code))
            for name, code in zip(self._language_names(), codes, strict=True)
        }

    def _language_names(self) -> list[str]:
        """Name the languages as ODK wants them: the name and the code."""
        return [f"{language.name} ({language.code})" for language in self.layout.languages]

    def _list_of(self, question: Question) -> str:
        """Give the list of the options of a question; the codes are their names."""
        options = [(write_number(option.value), option.label) for option in question.options]
        return self._list(question.format.id, options)

    def _list(self, name: str, options: Sequence[tuple[str, Text]]) -> str:
        """Give the name of a list of choices, and write it if it is new."""
        key = tuple(options)
        if key not in self.lists:
            free = _free(name, set(self.lists.values()))
            self.lists[key] = free
            self.choices += [
                {"list_name": free, "name": code, **self._texts("label", label)}
                for code, label in options
            ]
        return self.lists[key]

    def _xpath(self, expression: Expression) -> str:
        """Write a filter in XPath."""
        match expression:
            case AllOf(parts):
                return " and ".join(f"({self._xpath(part)})" for part in parts)
            case AnyOf(parts):
                return " or ".join(f"({self._xpath(part)})" for part in parts)
            case Blank(item):
                return f"{_reference(self.layout.question_of(item), item)} = ''"
            case Is(item, values):
                return " or ".join(_equals(self.layout, item, value) for value in values)


def _free(name: str, taken: set[str]) -> str:
    """Give a name that is not taken, as far as case goes, numbered where need be."""
    wanted = name.replace("-", "_")
    names = [wanted, *(f"{wanted}_{number}" for number in range(2, len(taken) + 3))]
    return next(name for name in names if name.casefold() not in taken)


def _is_screen(question: Question) -> bool:
    """Tell an array with a heading of its own, such as a row of a matrix."""
    return question.kind == "array" and bool(question.text)


def _reference(question: Question, item: str) -> str:
    """Refer to the answer; the ticks of a question are one answer."""
    return f"${{{question.code if question.kind == 'ticks' else item}}}"


def _equals(layout: Layout, item: str, value: float) -> str:
    """Say that an item has a value."""
    question = layout.question_of(item)
    answer = _reference(question, item)
    if question.kind == "number":
        return f"{answer} = {write_number(value)}"
    if question.kind != "ticks":
        return f"{answer} = '{write_number(value)}'"
    ticked = f"selected({answer}, '{layout.cell_of(item).code}')"
    return ticked if value else f"({answer} != '' and not({ticked}))"


def _workbook(sheets: dict[str, list[_Row]]) -> bytes:
    """Write the sheets, each with a heading."""
    from openpyxl import Workbook

    book = Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        _fill(book.create_sheet(title), rows)
    saved = io.BytesIO()
    book.save(saved)
    return without_times(saved.getvalue(), _without_time)


def _without_time(name: str, content: bytes) -> bytes:
    """Take out when the workbook was made."""
    return _TIMES.sub(rb"\g<1>1980-01-01T00:00:00Z", content) if name == _PROPERTIES else content


def _fill(sheet: Worksheet, rows: list[_Row]) -> None:
    """Write rows below a heading; the columns are those that some row has."""
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    headings = list(dict.fromkeys(heading for row in rows for heading in row))
    table = [dict(zip(headings, headings, strict=True)), *rows]
    for number, row in enumerate(table, start=1):
        for column, heading in enumerate(headings, start=1):
            if row.get(heading):
                cell = sheet.cell(number, column)
                cell.value = row[heading]
                cell.data_type = "s"  # or openpyxl takes a text such as =1+1 for a formula
    for column, heading in enumerate(headings, start=1):
        sheet.cell(1, column).font = Font(bold=True)
        wide = "::" in heading or heading == "relevant"
        sheet.column_dimensions[get_column_letter(column)].width = 60 if wide else 22
    sheet.freeze_panes = "A2"
