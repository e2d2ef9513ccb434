"""Draft an instrument from a survey file of LimeSurvey (.lss, .lsg, .lsq, .txt, .lsa)."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.drafting.answer_kinds import NO_ANSWER_REMARK
from innovsurvey.drafting.limesurvey_answers import format_of, words_of
from innovsurvey.drafting.model import (
    DraftBlock,
    DraftBoxes,
    DraftContext,
    DraftItem,
    SurveyDraft,
)
from innovsurvey.drafting.words import language_code
from innovsurvey.responses.files.limesurvey_archive import is_archive, survey_of
from innovsurvey.responses.platforms.limesurvey_fields import fields_of
from innovsurvey.responses.platforms.limesurvey_survey import is_survey_file, read_survey
from innovsurvey.responses.platforms.limesurvey_tsv import is_survey_table, read_survey_table

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from innovsurvey.drafting.model import Words
    from innovsurvey.responses.platforms.limesurvey_fields import Field
    from innovsurvey.responses.platforms.limesurvey_survey import Group, Question, Survey

_NAMES: Final = {
    "ar": "العربية", "ca": "Català", "cs": "Čeština", "da": "Dansk", "de": "Deutsch",
    "el": "Ελληνικά", "en": "English", "es": "Español", "et": "Eesti", "eu": "Euskara",
    "fi": "Suomi", "fr": "Français", "he": "עברית", "hr": "Hrvatski", "hu": "Magyar",
    "is": "Íslenska", "it": "Italiano", "ja": "日本語", "lt": "Lietuvių", "lv": "Latviešu",
    "nb": "Norsk bokmål", "nl": "Nederlands", "nn": "Norsk nynorsk", "pl": "Polski",
    "pt": "Português", "ro": "Română", "ru": "Русский", "sk": "Slovenčina", "sl": "Slovenščina",
    "sv": "Svenska", "tr": "Türkçe", "uk": "Українська", "zh": "中文",
}  # fmt: skip
_CONTEXT: Final = {
    "id": ("respondent", "Response ID"),
    "submitdate": ("other", "Date submitted"),
    "lastpage": ("other", "Last page"),
    "startlanguage": ("other", "Start language"),
    "seed": ("other", "Seed"),
}
_ROWS: Final = frozenset("ABCEFHKQ1:;")
_LEVELS: Final = (
    "Levels: arrays and 5-point questions with three answers or more were taken as ordinal. A list "
    "is ordinal if half of its labels speak of one thing (agreement, frequency, amount and the "
    "like) or if its labels hold numbers in order; else nominal."
)


def recognise(raw: bytes, name: str) -> bool:
    """Tell a survey, group or question file of LimeSurvey, or an archive with one.

    Examples
    --------
    >>> recognise(b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>", "x.lss")
    True
    """
    del name
    return is_survey_file(raw) or is_survey_table(raw) or is_archive(raw)


def draft(raw: bytes, name: str) -> SurveyDraft:
    """Read the survey.

    Raises
    ------
    DataError
        The file is damaged or asks nothing.

    Examples
    --------
    >>> draft(b"<document/>", "x.lss")
    Traceback (most recent call last):
        ...
    innovsurvey.errors.DataError: x.lss cannot be read as a LimeSurvey survey (there is no ...
    """
    if is_archive(raw):
        return _Drafter(survey_of(raw, name), name).draft()
    read = read_survey_table if is_survey_table(raw) else read_survey
    return _Drafter(read(raw, name), name).draft()


@dataclass
class _Drafter:
    """Turns the questions of a survey into items, and counts what it leaves out."""

    survey: Survey
    name: str
    items: list[DraftItem] = field(default_factory=list)
    boxes: list[DraftBoxes] = field(default_factory=list)
    blocks: list[DraftBlock] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self.languages = list(dict.fromkeys(map(language_code, self.survey.languages)))

    def draft(self) -> SurveyDraft:
        """Give the draft."""
        for group in self.survey.groups:
            self._add_group(group)
        return SurveyDraft(
            source=self.name,
            languages={code: _name_of(code) for code in self.languages},
            title=words_of(self.survey.title),
            items=self.items,
            boxes=self.boxes,
            blocks=self.blocks,
            context=[
                DraftContext(
                    name,
                    "respondent" if role == "respondent" else "other",
                    dict.fromkeys(self.languages, label),
                )
                for name, (role, label) in _CONTEXT.items()
            ],
            remarks=list(self._remarks()),
        )

    def _add_group(self, group: Group) -> None:
        """Add the questions of a page; single ones that follow each other make a block."""
        title = words_of(group.title)
        singles: list[str] = []
        for question in group.questions:
            here = self._add_question(question)
            if question.kind in _ROWS or not here:
                self._add_block(title, {}, singles)
                singles = []
                self._add_block(title, words_of(question.text), here)
            else:
                singles += here
        self._add_block(title, {}, singles)

    def _add_block(self, title: Words, stem: Words, headings: Iterable[str]) -> None:
        """Add a block, if there is anything in it."""
        if headings:
            self.blocks.append(DraftBlock(title, stem, tuple(headings)))

    def _add_question(self, question: Question) -> list[str]:
        """Add the columns of a question; give their headings, and the codes of boxes."""
        headings: list[str] = []
        ticks: dict[str, list[Field]] = {}
        for column in fields_of(question):
            if column.kind == "tick":
                row = question.code if column.column is None else f"{question.code}[{_row(column)}]"
                headings += [] if row in ticks else [row]
                ticks.setdefault(row, []).append(column)
            else:
                self._add_item(column, question)
                headings.append(column.heading)
        for code, columns in ticks.items():
            self.boxes.append(_boxes(code, columns, question))
        if not headings:
            self.left_out[question.kind] += 1
        return headings

    def _add_item(self, column: Field, question: Question) -> None:
        """Add one column as an item; rows with two poles are divided by a bar."""
        text, note = self._text(column, question)
        made = format_of(column, question, self.languages)
        left: Words = {}
        right: Words = {}
        if column.row is not None and made.level == "ordinal" and _has_poles(text):
            left, right = _divided(text)
            text = {}
        self.items.append(DraftItem(column.heading, text, made, left, right, note))

    def _text(self, column: Field, question: Question) -> tuple[Words, str]:
        """Give the wording of a column, and a note on what it holds."""
        asked = words_of(question.text)
        if column.part:
            return asked, _PART_NOTES[column.part]
        if question.kind == "R":
            return asked, f"Place {column.suffix} of a ranking; holds the answer put there."
        if column.row is None:
            return asked, "Worked out by the survey (equation)." if question.kind == "*" else ""
        row = words_of(column.row.text)
        if column.column is not None:
            cell = words_of(column.column.text)
            return {
                k: f"{row.get(k, '')} - {cell.get(k, '')}".strip(" -") for k in self.languages
            }, ""
        if question.kind == "1":
            names = ("dualscale_headerA", "dualscale_headerB")
            head = words_of(question.attributes.get(names[int(column.scale)], {}))
            said = {
                k: f"{row.get(k, '')} - {head[k]}" if head.get(k) else row.get(k, "") for k in row
            }
            return said, f"Scale {int(column.scale) + 1} of two."
        return row, ""

    def _remarks(self) -> Iterator[str]:
        """Say what the person has to look at."""
        yield _LEVELS
        if any(item.format.missing for item in self.items):
            yield NO_ANSWER_REMARK
        coded = [i.heading for i in self.items if any(p.written for p in i.format.points)]
        if coded:
            yield (
                f"The answers of {len(coded)} column(s), such as {coded[0]}, have letters in their "
                "codes. Their numbers here are those in their labels, else the digits of the "
                "codes, else their places; 'written' is the code that files hold."
            )
        n_filtered = sum(question.is_filtered for question in self.survey.questions)
        if n_filtered:
            yield f"{n_filtered} question(s) were shown on a condition; write it as show_if."
        if self.left_out["X"]:
            yield f"{self.left_out['X']} text(s) without an answer were left out."
        others = {kind: n for kind, n in self.left_out.items() if kind != "X"}
        for kind, n in others.items():
            yield f"{n} question(s) of type {kind or '?'} ask for nothing; they were left out."
        yield from self._of_boxes()

    def _of_boxes(self) -> Iterator[str]:
        """Say how boxes are read."""
        if self.boxes:
            yield (
                "Questions of which several answers may be ticked are matrices of one row at the "
                "end; a person who ticked none of the boxes has no answer to any."
            )


_PART_NOTES: Final = {
    "other": "The other answer, in the words of the person.",
    "comment": "A comment on the answer.",
    "filecount": "The number of files sent.",
}


def _row(column: Field) -> str:
    """Give the code of the row of a column."""
    return "" if column.row is None else column.row.code


def _boxes(code: str, columns: Iterable[Field], question: Question) -> DraftBoxes:
    """Make a question with boxes."""
    found, text = {}, words_of(question.text)
    for column in columns:
        line = column.row if column.column is None else column.column
        if line is not None:
            found[line.code] = words_of(line.text)
        if column.column is not None and column.row is not None:
            row = words_of(column.row.text)
            asked = words_of(question.text)
            text = {k: f"{asked.get(k, '')} - {row[k]}".strip(" -") for k in row}
    return DraftBoxes(code, text, found)


def _has_poles(text: Words) -> bool:
    """Tell a text of two poles: in every language one bar, with words on both sides."""
    return bool(text) and all(
        words.count("|") == 1 and all(map(str.strip, words.split("|"))) for words in text.values()
    )


def _divided(text: Words) -> tuple[Words, Words]:
    """Divide a text into its poles."""
    parts = {code: words.split("|") for code, words in text.items()}
    return {k: v[0].strip() for k, v in parts.items()}, {k: v[1].strip() for k, v in parts.items()}


def _name_of(code: str) -> str:
    """Give the name of a language in itself."""
    return _NAMES.get(code.partition("-")[0], code)
