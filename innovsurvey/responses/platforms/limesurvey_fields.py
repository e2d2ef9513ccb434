"""List the columns that each question of LimeSurvey fills, with the names they have in files."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from innovsurvey.responses.platforms.limesurvey_survey import Line, Question, Survey

FieldKind = Literal["choice", "tick", "number", "text", "date"]

_LISTS: Final = frozenset("L!OWZ")
_SINGLE: Final[dict[str, FieldKind]] = {
    "5": "choice", "Y": "choice", "G": "choice", "I": "choice", "N": "number", "D": "date",
    "S": "text", "T": "text", "U": "text", "*": "text",
}  # fmt: skip
_ROWS: Final[dict[str, FieldKind]] = {
    "A": "choice", "B": "choice", "C": "choice", "E": "choice", "F": "choice", "H": "choice",
    "K": "number", "Q": "text",
}  # fmt: skip


@dataclass(frozen=True)
class Field:
    """A column: ``heading`` by codes, ``suffix`` behind the number of the question.

    ``row`` and ``column`` are the lines that it belongs to, ``scale`` is 1 for the second scale.
    """

    heading: str
    suffix: str
    kind: FieldKind
    row: Line | None = None
    column: Line | None = None
    scale: str = "0"
    part: Literal["", "other", "comment", "filecount"] = ""


def fields_of(question: Question) -> Iterator[Field]:
    """Give the columns that a question fills, in the order of its rows.

    Examples
    --------
    >>> from innovsurvey.responses.platforms.limesurvey_survey import Answer, Question
    >>> asked = Question("Q1", "L", {}, has_other=True, answers=(Answer("A1", {}),))
    >>> [field.heading for field in fields_of(asked)]
    ['Q1', 'Q1[other]']
    """
    code, kind = question.code, question.kind
    if kind in _LISTS:
        yield Field(code, "", "choice")
        yield from _parts(question, ("comment",) if kind == "O" else ())
    elif kind in _SINGLE:
        yield Field(code, "", _SINGLE[kind])
    elif kind in _ROWS:
        for row in question.rows:
            yield Field(f"{code}[{row.code}]", row.code, _ROWS[kind], row)
    elif kind in _MANY:
        yield from _MANY[kind](question)


def field_names(survey: Survey) -> dict[str, str]:
    """Give the heading by codes for each name of a column in the data base of a survey.

    Versions before 7 name it by survey, group, question and code, later ones by the numbers of
    question and row.

    Examples
    --------
    >>> from innovsurvey.responses.platforms.limesurvey_survey import Group, Question, Survey
    >>> asked = Question("Q1", "T", {}, qid="9", gid="4")
    >>> field_names(Survey("123", ("en",), {}, (Group({}, (asked,)),)))
    {'123X4X9': 'Q1', 'Q9': 'Q1'}
    """
    found: dict[str, str] = {}
    for question in survey.questions:
        for field in fields_of(question):
            old = f"{survey.sid}X{question.gid}X{question.qid}{field.suffix}"
            found |= {old: field.heading, _new_name(field, question): field.heading}
    return found


def _new_name(field: Field, question: Question) -> str:
    """Name a column of the data base as version 7 does."""
    lines = [line for line in (field.row, field.column) if line is not None]
    if question.kind == "R" and field.suffix.isdecimal():
        lines = list(question.rows[int(field.suffix) - 1 : int(field.suffix)])
    name = f"Q{question.qid}" + "".join(f"_S{line.qid}" for line in lines)
    if field.part:
        start = "_" if field.row is None else field.row.code
        name += f"_C{field.suffix.removeprefix(start)}"
    return name + (f"#{field.scale}" if question.kind == "1" else "")


def _parts(question: Question, parts: tuple[Literal["comment"], ...]) -> Iterator[Field]:
    """Give the text for another answer and the comment."""
    for part in (*(("other",) if question.has_other else ()), *parts):
        yield Field(f"{question.code}[{part}]", part, "text", part=part)


def _ticks(question: Question) -> Iterator[Field]:
    """Give the boxes of a question, with their comments."""
    has_comments = question.kind == "P"
    for row in question.rows:
        yield Field(f"{question.code}[{row.code}]", row.code, "tick", row)
        if has_comments:
            said = f"{row.code}comment"
            yield Field(f"{question.code}[{said}]", said, "text", row, part="comment")
    yield from _parts(question, ())
    if has_comments and question.has_other:
        said = "othercomment"
        yield Field(f"{question.code}[{said}]", said, "text", part="comment")


def _cells(question: Question) -> Iterator[Field]:
    """Give the cells of a question with rows and columns."""
    kind: FieldKind = "text" if question.kind == ";" else "number"
    if question.kind == ":" and question.is_on("multiflexible_checkbox"):
        kind = "tick"
    for row in question.rows:
        for column in question.columns:
            code = f"{row.code}_{column.code}"
            yield Field(f"{question.code}[{code}]", code, kind, row, column)


def _dual(question: Question) -> Iterator[Field]:
    """Give both scales of each row."""
    for row in question.rows:
        for scale in ("0", "1"):
            heading = f"{question.code}[{row.code}][{int(scale) + 1}]"
            yield Field(heading, f"{row.code}#{scale}", "choice", row, scale=scale)


def _ranks(question: Question) -> Iterator[Field]:
    """Give the places of a ranking; each holds the code of an answer."""
    most = question.setting("max_subquestions")
    n = len(question.answers or question.rows)
    for place in range(1, (min(n, int(most)) if most.isdecimal() and int(most) else n) + 1):
        yield Field(f"{question.code}[{place}]", str(place), "choice")


def _files(question: Question) -> Iterator[Field]:
    """Give the list of files sent and their number."""
    yield Field(question.code, "", "text")
    yield Field(f"{question.code}[filecount]", "_filecount", "number", part="filecount")


_MANY: Final[dict[str, Callable[[Question], Iterator[Field]]]] = {
    "M": _ticks, "P": _ticks, ":": _cells, ";": _cells, "1": _dual, "R": _ranks, "|": _files,
}  # fmt: skip
