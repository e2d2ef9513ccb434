"""Read what a LimeSurvey survey file asks (.lss, .lsg, .lsq), in its old and new dialects.

Until version 3 a question stands once per language; since version 4 its texts stand in tables of
their own. Both give the same survey here.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from innovsurvey.base.xml_file import parse_xml
from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

Words = dict[str, str]  # by language, as the file has it
Row = dict[str, str]

KINDS: Final = frozenset({"Survey", "Group", "Question"})
_MARK: Final = b"<LimeSurveyDocType>"
_LOOKED_AT: Final = 2000
_LARGEST: Final = 200_000_000
_DAMAGED: Final = (
    "{name} cannot be read as a LimeSurvey survey ({why}). Export the survey structure (.lss) "
    "again."
)


@dataclass(frozen=True)
class Answer:
    """One answer of a question; dual scales have answers on scale 0 and 1."""

    code: str
    label: Words
    scale: str = "0"


@dataclass(frozen=True)
class Line:
    """A row of a question, or a column of one with cells (scale 1)."""

    code: str
    text: Words
    scale: str = "0"
    qid: str = ""


@dataclass(frozen=True)
class Question:
    """A question as the file has it; texts may hold HTML, attributes are by language."""

    code: str
    kind: str
    text: Words
    qid: str = ""
    gid: str = ""
    has_other: bool = False
    is_filtered: bool = False
    lines: tuple[Line, ...] = ()
    answers: tuple[Answer, ...] = ()
    attributes: dict[str, Words] = field(default_factory=dict)

    @property
    def rows(self) -> tuple[Line, ...]:
        """The rows."""
        return tuple(line for line in self.lines if line.scale != "1")

    @property
    def columns(self) -> tuple[Line, ...]:
        """The columns, for questions with cells."""
        return tuple(line for line in self.lines if line.scale == "1")

    def setting(self, name: str) -> str:
        """Give an attribute that is the same in all languages, or nothing."""
        return next((value for value in self.attributes.get(name, {}).values() if value), "")

    def is_on(self, name: str) -> bool:
        """Tell an attribute that is switched on."""
        return self.setting(name).upper() in {"1", "Y"}


@dataclass(frozen=True)
class Group:
    """Questions on one page."""

    title: Words
    questions: tuple[Question, ...]


@dataclass(frozen=True)
class Survey:
    """A survey; the first language is the one it was written in."""

    sid: str
    languages: tuple[str, ...]
    title: Words
    groups: tuple[Group, ...]

    @property
    def questions(self) -> Iterator[Question]:
        """The questions in their order."""
        return (question for group in self.groups for question in group.questions)


def is_survey_file(raw: bytes) -> bool:
    """Tell a survey, group or question file of LimeSurvey by its beginning.

    Examples
    --------
    >>> is_survey_file(b"<document><LimeSurveyDocType>Survey</LimeSurveyDocType></document>")
    True
    """
    head = raw[:_LOOKED_AT]
    return any(_MARK + kind.encode() in head for kind in KINDS)


def read_survey(raw: bytes, name: str) -> Survey:
    """Read a survey file.

    Raises
    ------
    DataError
        Damaged, too large, with parts that such files do not have, or without any question.

    Examples
    --------
    >>> read_survey(b"<document><rows/></document>", "x.lss")
    Traceback (most recent call last):
        ...
    innovsurvey.errors.DataError: x.lss cannot be read as a LimeSurvey survey (there is no ...
    """
    if len(raw) > _LARGEST:
        raise DataError(_DAMAGED.format(name=name, why="larger than 200 MB"))
    try:
        tables = _Tables(_tables(parse_xml(raw)))
    except ET.ParseError as error:
        raise DataError(_DAMAGED.format(name=name, why=error)) from None
    survey = tables.survey()
    if not any(survey.questions):
        raise DataError(_DAMAGED.format(name=name, why="there is no question in it"))
    return survey


def xml_rows(table: ET.Element) -> Iterator[Row]:
    """Give the rows of a table in a file of LimeSurvey."""
    rows = table.find("rows")
    for row in () if rows is None else rows:
        yield {cell.tag: cell.text or "" for cell in row}


def _tables(root: ET.Element) -> dict[str, list[Row]]:
    """Give all tables of the file; its languages are one of them."""
    found = {table.tag: list(xml_rows(table)) for table in root}
    languages = root.find("languages")
    said = () if languages is None else languages
    return found | {"languages": [{"language": (child.text or "").strip()} for child in said]}


class _Tables:
    """Puts together what the tables say about each question."""

    def __init__(self, tables: dict[str, list[Row]]) -> None:
        self.tables = tables
        self.first = self._languages()[0]
        self.questions = self._rows("questions", "subquestions", key="qid")
        self.texts = self._texts("question", "qid", "questions", "subquestions", "question_l10ns")
        self.titles = self._texts("group_name", "gid", "groups", "group_l10ns")
        self.lines = self._lines()
        self.answers = self._answers()
        self.attributes: dict[str, dict[str, Words]] = defaultdict(dict)
        for row in self.tables.get("question_attributes", ()):
            by_language = self.attributes[row.get("qid", "")].setdefault(
                row.get("attribute", ""), {}
            )
            by_language[row.get("language", "")] = row.get("value", "")

    def _languages(self) -> tuple[str, ...]:
        """Give the languages, the first one as the survey says."""
        survey = next(iter(self.tables.get("surveys", ())), {})
        named = [survey.get("language", ""), *survey.get("additional_languages", "").split()]
        listed = [row["language"] for row in self.tables["languages"]]
        said = [row.get("language", "") for row in self.tables.get("questions", ())]
        found = tuple(dict.fromkeys(code for code in (*named, *listed, *said) if code))
        return found or ("en",)

    def _rows(self, *names: str, key: str) -> dict[str, Row]:
        """Give the rows of tables once for all languages: those of the first language."""
        found: dict[str, Row] = {}
        for row in (row for name in names for row in self.tables.get(name, ())):
            if row.get(key, "") not in found or row.get("language", "") == self.first:
                found[row.get(key, "")] = row
        return found

    def _texts(self, column: str, key: str, *names: str) -> dict[str, Words]:
        """Give texts by the key of what they belong to and by language."""
        found: dict[str, Words] = defaultdict(dict)
        for row in (row for name in names for row in self.tables.get(name, ())):
            if column in row:
                found[row.get(key, "")][row.get("language") or self.first] = row[column]
        return found

    def _lines(self) -> dict[str, list[Line]]:
        """Give the rows and columns of each question, in their order."""
        found: dict[str, list[Line]] = defaultdict(list)
        asked = [row for row in self.questions.values() if row.get("parent_qid", "0") != "0"]
        for row in sorted(asked, key=lambda row: _number(row, "question_order")):
            code, qid = row.get("title", ""), row.get("qid", "")
            line = Line(code, self.texts[qid], row.get("scale_id") or "0", qid)
            found[row["parent_qid"]].append(line)
        return found

    def _answers(self) -> dict[str, list[Answer]]:
        """Give the answers of each question, in their order."""
        labels = self._texts("answer", "aid", "answer_l10ns")
        found: dict[tuple[str, str, str], tuple[float, Words]] = {}
        for row in self.tables.get("answers", ()):
            key = (row.get("qid", ""), row.get("scale_id") or "0", row.get("code", ""))
            place, label = found.get(key, (_number(row, "sortorder"), {}))
            if "answer" in row:
                label = label | {row.get("language") or self.first: row["answer"]}
            found[key] = place, label | labels.get(row.get("aid", ""), {})
        by_question: dict[str, list[Answer]] = defaultdict(list)
        for (qid, scale, code), (_, label) in sorted(found.items(), key=lambda pair: pair[1][0]):
            by_question[qid].append(Answer(code, label, scale))
        return by_question

    def survey(self) -> Survey:
        """Put the survey together."""
        survey = next(iter(self.tables.get("surveys", ())), {})
        said = {
            row.get("surveyls_language") or self.first: row.get("surveyls_title", "")
            for row in self.tables.get("surveys_languagesettings", ())
        }
        groups = [self._group(gid, rows) for gid, rows in self._by_group().items()]
        return Survey(survey.get("sid", ""), self._languages(), said, tuple(groups))

    def _by_group(self) -> dict[str, list[Row]]:
        """Give the questions of each group, groups and questions in their order."""
        groups = self._rows("groups", key="gid")
        in_order = sorted(groups, key=lambda gid: _number(groups[gid], "group_order"))
        found: dict[str, list[Row]] = {gid: [] for gid in in_order}
        asked = [row for row in self.questions.values() if row.get("parent_qid", "0") == "0"]
        for row in sorted(asked, key=lambda row: _number(row, "question_order")):
            found.setdefault(row.get("gid", ""), []).append(row)
        return found

    def _group(self, gid: str, rows: Iterable[Row]) -> Group:
        """Put a group together."""
        return Group(self.titles.get(gid, {}), tuple(self._question(row) for row in rows))

    def _question(self, row: Row) -> Question:
        """Put a question together."""
        qid = row.get("qid", "")
        return Question(
            code=row.get("title", ""),
            kind=row.get("type", ""),
            text=self.texts.get(qid, {}),
            qid=qid,
            gid=row.get("gid", ""),
            has_other=row.get("other", "").upper() == "Y",
            is_filtered=row.get("relevance", "").strip() not in {"", "1"},
            lines=tuple(self.lines.get(qid, ())),
            answers=tuple(self.answers.get(qid, ())),
            attributes=self.attributes.get(qid, {}),
        )


def _number(row: Row, column: str) -> float:
    """Give a number to put rows in order; what is no number comes first."""
    text = row.get(column, "").strip()
    return float(text) if text.lstrip("-").isdecimal() else 0.0
