"""A survey as another program describes it, on its way to becoming an instrument."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from innovsurvey.definitions.model import ContextRole

Level = Literal["ordinal", "nominal", "multiple", "number", "text", "date"]
Words = dict[str, str]  # by language


@dataclass(frozen=True)
class DraftPoint:
    """One answer; ``written`` is how files write it, where that is not the number."""

    value: float
    label: Words = field(default_factory=dict)
    written: str = ""


@dataclass(frozen=True)
class DraftMissing:
    """A way to give no rating; the reason is made from the label where it is left out."""

    code: float
    label: Words
    reason: str = ""
    written: str = ""


@dataclass(frozen=True)
class DraftFormat:
    """How a question is answered; formats that are equal become one in the file."""

    level: Level
    points: tuple[DraftPoint, ...] = ()
    missing: tuple[DraftMissing, ...] = ()
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True)
class DraftItem:
    """One question: ``heading`` is its column in files, ``left`` and ``right`` are its poles.

    ``repeated`` tells that several columns have the heading; from the second on it is numbered.
    """

    heading: str
    text: Words
    format: DraftFormat
    left: Words = field(default_factory=dict)
    right: Words = field(default_factory=dict)
    note: str = ""
    repeated: bool = False


@dataclass(frozen=True)
class DraftBoxes:
    """One question of which several answers may be ticked; ``boxes`` are texts by code.

    The column of a box in files is named by the two codes, as in ``Q5[1]`` or ``q5___1``.
    """

    code: str
    text: Words
    boxes: dict[str, Words]


@dataclass(frozen=True)
class DraftBlock:
    """Questions that are shown together: headings of items, and codes of questions with boxes."""

    title: Words
    stem: Words
    headings: tuple[str, ...]


@dataclass(frozen=True)
class DraftContext:
    """A column that goes with the answers."""

    id: str
    role: ContextRole = "other"
    label: Words = field(default_factory=dict)


@dataclass
class SurveyDraft:
    """A survey; the first language is the original.

    ``remarks`` say what the person has to look at before the instrument is used; they become
    comments at the top of the file.
    """

    source: str
    languages: dict[str, str]
    title: Words = field(default_factory=dict)
    items: list[DraftItem] = field(default_factory=list)
    boxes: list[DraftBoxes] = field(default_factory=list)
    blocks: list[DraftBlock] = field(default_factory=list)
    context: list[DraftContext] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)
