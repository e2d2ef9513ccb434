"""What an instrument is: items, response formats, scales, evidence; all frozen."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal, TypeVar

import pandas as pd

from innovsurvey.base.checks import suggest
from innovsurvey.base.display import html_block, text_block
from innovsurvey.definitions.evidence import render_evidence
from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innovsurvey.definitions.evidence_page import EvidencePage

Level = Literal["ordinal", "nominal", "multiple", "number", "text", "date"]
FeedbackKind = Literal["notice", "band", "compare", "lowest", "least", "type", "index"]
Anchors = Literal["labels", "poles", "none"]
ScoreMethod = Literal["mean", "sum", "mean_of_facets"]
ContextRole = Literal["respondent", "group", "manager", "project", "version", "wave", "other"]


@dataclass(frozen=True, slots=True)
class Text(Mapping[str, str]):
    """A text in one or more languages, by language code; it cannot be changed.

    Examples
    --------
    >>> title = Text((("en", "Convener"), ("da", "Samlende rolle")))
    >>> title["da"], title.say("de")
    ('Samlende rolle', 'Convener')
    """

    entries: tuple[tuple[str, str], ...] = ()

    def __getitem__(self, language: str) -> str:
        for code, words in self.entries:
            if code == language:
                return words
        raise KeyError(language)

    def __iter__(self) -> Iterator[str]:
        return (code for code, _ in self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def say(self, language: str = "en") -> str:
        """Give the text in a language, or in the first one there is."""
        return self.get(language, self.entries[0][1] if self.entries else "")


@dataclass(frozen=True, slots=True)
class Language:
    """A language of the instrument, its direction, and how far its wording has been reviewed."""

    code: str
    name: str
    direction: Literal["ltr", "rtl"]
    status: Literal["original", "draft", "reviewed"]
    note: str


@dataclass(frozen=True, slots=True)
class Reference:
    """A text that passages or evidence point to."""

    id: str
    citation: str
    licence: str
    url: str


@dataclass(frozen=True, slots=True)
class Source:
    """Where the wording comes from and under which licence it may be used."""

    citation: str
    licence: str
    url: str
    notice: str


@dataclass(frozen=True, slots=True)
class Passage:
    """A short quotation that an item was made from, with its place."""

    id: str
    reference: str
    place: str
    quote: str


@dataclass(frozen=True, slots=True)
class Condition:
    """Show something only if an item got one of these answers."""

    item: str
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Point:
    """One answer of a response format; ``written`` is how files write it, if not as the number."""

    value: float
    label: Text
    written: str | None = None


@dataclass(frozen=True, slots=True)
class MissingOption:
    """A way to give no rating, for example "not needed"; ``reason`` is kept in the data."""

    code: float
    reason: str
    label: Text
    versions: tuple[str, ...]
    written: str | None = None


@dataclass(frozen=True, slots=True)
class ResponseFormat:
    """How an item is answered.

    ``anchors`` says what names the points: their ``labels``, the two ``poles`` of each item, or
    ``none`` where only numbers are known.
    """

    id: str
    level: Level
    anchors: Anchors
    points: tuple[Point, ...]
    missing: tuple[MissingOption, ...]
    minimum: float | None
    maximum: float | None

    @property
    def values(self) -> tuple[float, ...]:
        """The codes of the points, in order."""
        return tuple(point.value for point in self.points)

    @property
    def is_scorable(self) -> bool:
        """Whether means of the answers make sense: ordinal points or numbers."""
        return self.level in {"ordinal", "number"}

    @property
    def low(self) -> float | None:
        """The lowest possible answer, or None where there is no limit."""
        return self.values[0] if self.points else self.minimum

    @property
    def high(self) -> float | None:
        """The highest possible answer, or None where there is no limit."""
        return self.values[-1] if self.points else self.maximum


@dataclass(frozen=True, slots=True)
class Item:
    """One question; ``text`` by version of the questionnaire (self, observer, practice).

    It is shown if in every group of ``show_if`` one condition holds; the groups come from the item,
    its block and the questionnaire. ``matrix``, ``row`` and ``column`` are set for a matrix cell.
    ``written`` is the heading of its column in files, where that is not the id.
    """

    id: str
    format: str
    texts: tuple[tuple[str, Text], ...]
    left: Text
    right: Text
    reverse: bool
    passage: str | None
    show_if: tuple[tuple[Condition, ...], ...]
    note: str = ""
    matrix: str | None = None
    row: str | None = None
    column: str | None = None
    written: str = ""

    @property
    def versions(self) -> tuple[str, ...]:
        """The versions that ask this item."""
        return tuple(version for version, _ in self.texts)

    def text(self, version: str | None = None) -> Text:
        """Give the wording of a version; by default of the first."""
        by_version = dict(self.texts)
        return by_version[self.versions[0] if version is None else version]


@dataclass(frozen=True, slots=True)
class MatrixLine:
    """A row or a column of a matrix; ``group`` names the set it belongs to."""

    id: str
    text: Text
    group: str | None
    passage: str | None


@dataclass(frozen=True, slots=True)
class Matrix:
    """Items laid out as rows times columns; the cell of PH1 and AC2 is the item PH1_AC2."""

    id: str
    format: str
    text: Text
    rows: tuple[MatrixLine, ...]
    columns: tuple[MatrixLine, ...]
    row_missing: MissingOption | None


@dataclass(frozen=True, slots=True)
class Block:
    """Items shown together under one stem."""

    id: str
    title: Text
    stems: tuple[tuple[str, Text], ...]
    items: tuple[str, ...]
    show_if: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class ScoreRule:
    """How answers become a score, and how many are needed.

    Parameters
    ----------
    method
        ``mean`` or ``sum`` of the answered items, or ``mean_of_facets``.
    min_valid
        Fewest answered items, or answered facets for ``mean_of_facets``.
    min_share
        Smallest share of answered among the items shown and needed, 0-1.
    min_needed_share
        Smallest share of items shown and needed among the scale's items in the form, 0-1.
    min_facets
        Fewest facets with at least one answer.
    min_facets_partial
        The same for people to whom a whole facet was not shown; their score is marked partial.
        None where they get no score then.
    """

    method: ScoreMethod
    min_valid: int
    min_share: float
    min_needed_share: float
    min_facets: int
    min_facets_partial: int | None


@dataclass(frozen=True, slots=True)
class Scale:
    """Items that are scored together; ``facets`` names the scales it is made of."""

    id: str
    title: Text
    description: Text
    items: tuple[str, ...]
    facets: tuple[str, ...]
    kind: Literal["reflective", "composite"]
    score: ScoreRule | None
    passage: str | None


@dataclass(frozen=True, slots=True)
class ItemSet:
    """A form of the instrument: the items asked together, for example short or core."""

    id: str
    title: Text
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class MeasurementModel:
    """A model of the items in lavaan syntax."""

    id: str
    title: Text
    syntax: str
    form: str | None
    note: str


@dataclass(frozen=True, slots=True)
class PublishedScale:
    """A published scale near to a construct, with its figures; compared with, never shipped."""

    scales: tuple[str, ...]
    citation: str
    content: str
    figures: str
    licence: str


@dataclass(frozen=True, slots=True)
class ExpectedRelation:
    """A correlation written down before data are seen."""

    scale: str
    other: str
    low: float | None
    high: float | None
    note: str


@dataclass(frozen=True, slots=True)
class EvidenceSource:
    """One of the five sources of validity evidence: what there is and what is missing."""

    id: str
    status: str
    evidence: tuple[str, ...]
    missing: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class FieldStudy:
    """One study with respondents."""

    n: int
    country: str
    language: str
    dates: str
    identifier: str
    results: str


@dataclass(frozen=True, slots=True)
class ValidityEvidence:
    """What is known about the meaning of the scores, and what they may be used for."""

    status: str
    statement: str
    sources: tuple[EvidenceSource, ...]
    cosmin: tuple[tuple[str, str], ...]
    field_studies: tuple[FieldStudy, ...]
    permitted_uses: tuple[str, ...]
    prohibited_uses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ContextColumn:
    """A column that goes with the answers: who answered, for which group, when.

    With a ``format`` respondents are asked for it, and ``label`` is the question.
    """

    id: str
    role: ContextRole
    label: Text
    format: str | None


@dataclass(frozen=True, slots=True)
class Contrast:
    """Two scales whose balance is of interest: the positive minus the negative one.

    Scores from ``cut`` on count as high; ``check`` names a scale that asks for the same balance
    in another way.
    """

    id: str
    title: Text
    negative: str
    positive: str
    check: str | None
    cut: float


@dataclass(frozen=True, slots=True)
class Band:
    """A named stretch of scores up to, but without, ``below``; None is open upwards."""

    below: float | None
    label: Text


@dataclass(frozen=True, slots=True)
class FeedbackRule:
    """A rule that says a sentence to the person who answered; the ``kind`` tells what it uses."""

    id: str
    kind: FeedbackKind
    scales: tuple[str, ...]
    contrast: str | None
    index: str | None
    level: float | None
    min_items: int | None
    critical: float | None
    probability: float | None
    at_most: float | None
    limit: int | None
    bands: tuple[Band, ...]
    texts: tuple[tuple[str, Text], ...]

    def text(self, outcome: str) -> Text:
        """Give the sentence for an outcome; a notice has one, ``text``."""
        return dict(self.texts)[outcome]


@dataclass(frozen=True, slots=True)
class GlossaryEntry:
    """A word that the stem defines once."""

    term: Text
    meaning: Text


_Named = TypeVar(
    "_Named", Item, Scale, ItemSet, ResponseFormat, Passage, MeasurementModel, Matrix, Contrast
)


@dataclass(frozen=True, slots=True, repr=False)
class Instrument:
    """One instrument, as its file defines it.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> instrument = isv.load_instrument("collaborative-leadership")
    >>> instrument.scale("convener").items[:3]
    ('CON01', 'CON02', 'CON03')
    >>> instrument.item("CON01").text("observer").say("en")
    'My manager looked for people with know-how that the project lacked.'
    """

    id: str
    version: str
    title: Text
    description: Text
    languages: tuple[Language, ...]
    versions: tuple[tuple[str, Text], ...]
    source: Source
    exportable: bool
    references: tuple[Reference, ...]
    passages: tuple[Passage, ...]
    glossary: tuple[GlossaryEntry, ...]
    formats: tuple[ResponseFormat, ...]
    items: tuple[Item, ...]
    matrices: tuple[Matrix, ...]
    blocks: tuple[Block, ...]
    scales: tuple[Scale, ...]
    forms: tuple[ItemSet, ...]
    models: tuple[MeasurementModel, ...]
    published_scales: tuple[PublishedScale, ...]
    expected_relations: tuple[ExpectedRelation, ...]
    context: tuple[ContextColumn, ...]
    asked_elsewhere: tuple[tuple[str, str], ...]
    contrasts: tuple[Contrast, ...]
    feedback: tuple[FeedbackRule, ...]
    validity: ValidityEvidence
    file: str
    yaml: str

    @property
    def item_ids(self) -> tuple[str, ...]:
        """The ids of all items, in file order."""
        return tuple(item.id for item in self.items)

    def item(self, item_id: str) -> Item:
        """Find an item by its id."""
        return _find(self.items, item_id, "item", self.id)

    def scale(self, scale_id: str) -> Scale:
        """Find a scale or facet by its id."""
        return _find(self.scales, scale_id, "scale", self.id)

    def form(self, form_id: str) -> ItemSet:
        """Find a form (item set) by its id."""
        return _find(self.forms, form_id, "form", self.id)

    def model(self, model_id: str) -> MeasurementModel:
        """Find a measurement model by its id."""
        return _find(self.models, model_id, "model", self.id)

    def matrix(self, matrix_id: str) -> Matrix:
        """Find a matrix by its id."""
        return _find(self.matrices, matrix_id, "matrix", self.id)

    def cells(self, matrix_id: str) -> tuple[str, ...]:
        """Give the item ids of a matrix, row by row."""
        return tuple(item.id for item in self.items if item.matrix == matrix_id)

    def contrast(self, contrast_id: str) -> Contrast:
        """Find a contrast by its id."""
        return _find(self.contrasts, contrast_id, "contrast", self.id)

    def passage(self, passage_id: str) -> Passage:
        """Find a passage by its id."""
        return _find(self.passages, passage_id, "passage", self.id)

    def format_of(self, item_id: str) -> ResponseFormat:
        """Find the response format of an item; a matrix cell may also be missing as a row."""
        item = self.item(item_id)
        format_ = _find(self.formats, item.format, "format", self.id)
        row_missing = None if item.matrix is None else self.matrix(item.matrix).row_missing
        if row_missing is None:
            return format_
        return replace(format_, missing=(*format_.missing, row_missing))

    def to_frame(self) -> pd.DataFrame:
        """Give one row per item: wording, format, keying, scale and passage."""
        language = self.languages[0].code
        member = {i: s.id for s in self.scales if not s.facets for i in s.items}
        rows = [
            {
                "text": _wording(item, language),
                "format": item.format,
                "reverse": item.reverse,
                "scale": member.get(item.id, ""),
                "passage": item.passage or "",
            }
            for item in self.items
        ]
        return pd.DataFrame(rows, index=pd.Index(self.item_ids, name="item"))

    def evidence(self) -> EvidencePage:
        """Render what is known about the instrument as a page.

        Returns
        -------
        EvidencePage
            Shows itself in a notebook; ``markdown`` and ``html`` give it as text.
        """
        return render_evidence(self)

    @property
    def _heading(self) -> str:
        status = self.validity.status
        return f"{self.title.say()} ({self.id}@{self.version}), {len(self.items)} items, {status}"

    def __repr__(self) -> str:
        return text_block(self._heading, self.to_frame(), [self.validity.statement])

    def _repr_html_(self) -> str:
        """Show the items as a table in a notebook."""
        return html_block(self._heading, self.to_frame(), [self.validity.statement])


def _wording(item: Item, language: str) -> str:
    """Give the text of an item, or its two poles."""
    if item.left:
        return f"{item.left.say(language)} <-> {item.right.say(language)}"
    return item.text().say(language)


def _find(entries: Iterable[_Named], entry_id: str, what: str, owner: str) -> _Named:
    """Find an entry by id, or say which ones there are."""
    by_id = {entry.id: entry for entry in entries}
    if entry_id not in by_id:
        names = ", ".join(by_id) or "none"
        message = f"{owner} has no {what} {entry_id!r}{suggest(entry_id, by_id)}. It has: {names}."
        raise SpecificationError(message)
    return by_id[entry_id]
