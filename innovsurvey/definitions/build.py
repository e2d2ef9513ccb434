"""From the checked data of a file to the frozen classes of ``model.py``."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.definitions.model import (
    Band,
    Block,
    Condition,
    ContextColumn,
    Contrast,
    EvidenceSource,
    ExpectedRelation,
    FeedbackRule,
    FieldStudy,
    GlossaryEntry,
    Instrument,
    Item,
    ItemSet,
    Language,
    Matrix,
    MatrixLine,
    MeasurementModel,
    MissingOption,
    Passage,
    Point,
    PublishedScale,
    Reference,
    ResponseFormat,
    Scale,
    ScoreRule,
    Source,
    Text,
    ValidityEvidence,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

_SOURCES: Final = (
    "test_content", "response_processes", "internal_structure", "other_variables", "consequences",
)  # fmt: skip
_NO_RECORD: Final = {
    "status": "theory-derived",
    "statement": "No evidence is on record for this instrument.",
    "permitted_uses": ["research-with-validation"],
    "prohibited_uses": ["selection", "pay", "appraisal", "ranking"],
}


def build_instrument(data: Mapping[str, Any], *, file: str, yaml: str) -> Instrument:
    """Build an instrument from data that passed both stages of checking."""
    versions = {k: text(v) for k, v in data.get("versions", {}).items()}
    versions = versions or {"self": text({"en": "Self"})}
    matrices = tuple(_matrix(entry) for entry in data.get("matrices", []))
    items = tuple(_item(entry, tuple(versions)) for entry in data["items"])
    items += tuple(cell for matrix in matrices for cell in _cells(matrix, tuple(versions)))
    blocks = tuple(_block(entry, tuple(versions)) for entry in data.get("blocks", []))
    items = tuple(_shown_with_block(item, blocks) for item in items)
    languages = data.get("languages", {"en": {"name": "English"}})
    return Instrument(
        id=data["id"],
        version=data["version"],
        title=text(data.get("title", {"en": data["id"]})),
        description=text(data.get("description")),
        languages=tuple(language(code, entry) for code, entry in languages.items()),
        versions=tuple(versions.items()),
        source=_source(data["source"]),
        exportable=data.get("exportable", True),
        references=tuple(_reference(k, v) for k, v in data.get("references", {}).items()),
        passages=tuple(Passage(id=k, **v) for k, v in data.get("passages", {}).items()),
        glossary=tuple(
            GlossaryEntry(term=text(e["term"]), meaning=text(e["meaning"]))
            for e in data.get("glossary", [])
        ),
        formats=tuple(_format(k, v) for k, v in data["formats"].items()),
        items=items,
        matrices=matrices,
        blocks=blocks,
        scales=_scales(data.get("scales", [])),
        forms=_forms(data.get("forms", {}), items, matrices),
        models=tuple(_model(entry) for entry in data.get("models", [])),
        published_scales=tuple(_published(e) for e in data.get("published_scales", [])),
        expected_relations=tuple(_relation(e) for e in data.get("expected_relations", [])),
        context=tuple(
            ContextColumn(e["id"], e["role"], text(e.get("label")), e.get("format"))
            for e in data.get("context", [])
        ),
        asked_elsewhere=tuple(data.get("asked_elsewhere", {}).items()),
        contrasts=tuple(_contrast(entry) for entry in data.get("contrasts", [])),
        feedback=tuple(_feedback_rule(entry) for entry in data.get("feedback", [])),
        validity=_validity(data.get("validity_evidence", _NO_RECORD)),
        file=file,
        yaml=yaml,
    )


def text(entry: Mapping[str, str] | None) -> Text:
    """Build a text from a mapping of language codes to words; None gives the empty text."""
    return Text(tuple((entry or {}).items()))


def language(code: str, entry: Mapping[str, Any]) -> Language:
    """Build a language of an instrument or questionnaire."""
    return Language(
        code=code,
        name=entry["name"],
        direction=entry.get("direction", "ltr"),
        status=entry.get("status", "original"),
        note=entry.get("note", ""),
    )


def _source(entry: Mapping[str, Any]) -> Source:
    return Source(
        citation=entry["citation"],
        licence=entry["licence"],
        url=entry.get("url", ""),
        notice=entry.get("notice", ""),
    )


def _reference(reference_id: str, entry: Mapping[str, Any]) -> Reference:
    return Reference(
        id=reference_id,
        citation=entry["citation"],
        licence=entry.get("licence", ""),
        url=entry.get("url", ""),
    )


def _missing_option(entry: Mapping[str, Any]) -> MissingOption:
    return MissingOption(
        code=entry["code"],
        reason=entry["reason"],
        label=text(entry["label"]),
        versions=tuple(entry.get("versions", ())),
        written=entry.get("written"),
    )


def _point(entry: Mapping[str, Any]) -> Point:
    return Point(entry["value"], text(entry.get("label")), entry.get("written"))


def _format(format_id: str, entry: Mapping[str, Any]) -> ResponseFormat:
    return ResponseFormat(
        id=format_id,
        level=entry["level"],
        anchors=entry.get("anchors", "labels"),
        points=tuple(_point(point) for point in entry.get("points", [])),
        missing=tuple(_missing_option(option) for option in entry.get("missing", [])),
        minimum=entry.get("minimum"),
        maximum=entry.get("maximum"),
    )


def _wordings(
    entry: Mapping[str, Any], main: str, versions: tuple[str, ...]
) -> tuple[tuple[str, Text], ...]:
    """Give the text of each version; versions named without a wording read the main text."""
    base = text(entry.get(main))
    by_version = {versions[0]: base}
    by_version |= dict.fromkeys(entry.get("versions", []), base)
    by_version |= {name: text(words) for name, words in entry.get("wording", {}).items()}
    asked = entry.get("versions", list(by_version))
    return tuple((name, by_version[name]) for name in versions if name in asked)


def _item(entry: Mapping[str, Any], versions: tuple[str, ...]) -> Item:
    return Item(
        id=entry["id"],
        format=entry["format"],
        texts=_wordings(entry, "text", versions),
        left=text(entry.get("left")),
        right=text(entry.get("right")),
        reverse=entry.get("reverse", False),
        passage=entry.get("passage"),
        show_if=tuple(filter(None, [conditions(entry.get("show_if", []))])),
        note=entry.get("note", ""),
        written=entry.get("written", ""),
    )


def conditions(entries: list[Mapping[str, Any]]) -> tuple[Condition, ...]:
    """Build conditions, of which one has to hold."""
    return tuple(Condition(item=e["item"], values=tuple(e["in"])) for e in entries)


def _matrix(entry: Mapping[str, Any]) -> Matrix:
    row_missing = entry.get("row_missing")
    return Matrix(
        id=entry["id"],
        format=entry["format"],
        text=text(entry.get("text")),
        rows=tuple(_line(line) for line in entry["rows"]),
        columns=tuple(_line(line) for line in entry["columns"]),
        row_missing=None if row_missing is None else _missing_option(row_missing),
    )


def _line(entry: Mapping[str, Any]) -> MatrixLine:
    return MatrixLine(
        id=entry["id"],
        text=text(entry["text"]),
        group=entry.get("group"),
        passage=entry.get("passage"),
    )


def _cells(matrix: Matrix, versions: tuple[str, ...]) -> tuple[Item, ...]:
    """Make the items of a matrix, row by row; a cell reads "row: column"."""
    return tuple(
        Item(
            id=f"{row.id}_{column.id}",
            format=matrix.format,
            texts=tuple((version, _joined(row.text, column.text)) for version in versions),
            left=Text(),
            right=Text(),
            reverse=False,
            passage=row.passage or column.passage,
            show_if=(),
            matrix=matrix.id,
            row=row.id,
            column=column.id,
        )
        for row in matrix.rows
        for column in matrix.columns
    )


def _joined(row: Text, column: Text) -> Text:
    return Text(tuple((code, f"{row[code]}: {column[code]}") for code in row))


def _block(entry: Mapping[str, Any], versions: tuple[str, ...]) -> Block:
    return Block(
        id=entry["id"],
        title=text(entry.get("title")),
        stems=_wordings(entry, "stem", versions),
        items=tuple(entry["items"]),
        show_if=conditions(entry.get("show_if", [])),
    )


def _shown_with_block(item: Item, blocks: tuple[Block, ...]) -> Item:
    """Add the conditions of the block that shows an item; a matrix stands for its cells."""
    groups = [block.show_if for block in blocks if {item.id, item.matrix} & set(block.items)]
    groups = [group for group in groups if group]
    return replace(item, show_if=(*groups, *item.show_if)) if groups else item


def _scales(entries: list[Mapping[str, Any]]) -> tuple[Scale, ...]:
    """Build the scales in file order; facets stand before the scales made of them."""
    built: dict[str, Scale] = {}
    for entry in entries:
        facets = tuple(entry.get("facets", ()))
        from_facets = tuple(item for facet in facets for item in built[facet].items)
        built[entry["id"]] = Scale(
            id=entry["id"],
            title=text(entry.get("title", {"en": entry["id"]})),
            description=text(entry.get("description")),
            items=tuple(entry.get("items", from_facets)),
            facets=facets,
            kind=entry.get("kind", "reflective"),
            score=_score_rule(entry.get("score")),
            passage=entry.get("passage"),
        )
    return tuple(built.values())


def _score_rule(entry: Mapping[str, Any] | None) -> ScoreRule | None:
    if entry is None:
        return None
    return ScoreRule(
        method=entry["method"],
        min_valid=entry.get("min_valid", 1),
        min_share=entry.get("min_share", 0.0),
        min_needed_share=entry.get("min_needed_share", 0.0),
        min_facets=entry.get("min_facets", 0),
        min_facets_partial=entry.get("min_facets_partial"),
    )


def _contrast(entry: Mapping[str, Any]) -> Contrast:
    return Contrast(
        id=entry["id"],
        title=text(entry.get("title", {"en": entry["id"]})),
        negative=entry["negative"],
        positive=entry["positive"],
        check=entry.get("check"),
        cut=entry["cut"],
    )


def _feedback_rule(entry: Mapping[str, Any]) -> FeedbackRule:
    texts = {"text": entry["text"]} if "text" in entry else entry.get("texts", {})
    return FeedbackRule(
        id=entry["id"],
        kind=entry["kind"],
        scales=tuple(entry.get("scales", ())),
        contrast=entry.get("contrast"),
        index=entry.get("index"),
        level=entry.get("level"),
        min_items=entry.get("min_items"),
        critical=entry.get("critical"),
        probability=entry.get("probability"),
        at_most=entry.get("at_most"),
        limit=entry.get("limit"),
        bands=tuple(Band(b.get("below"), text(b["label"])) for b in entry.get("bands", [])),
        texts=tuple((outcome, text(words)) for outcome, words in texts.items()),
    )


def _forms(
    entries: Mapping[str, Any], items: tuple[Item, ...], matrices: tuple[Matrix, ...]
) -> tuple[ItemSet, ...]:
    """Build the forms; a file without any has one, ``all``, and a matrix stands for its cells."""
    if not entries:
        return (ItemSet("all", text({"en": "All items"}), tuple(item.id for item in items)),)
    cells = {m.id: tuple(i.id for i in items if i.matrix == m.id) for m in matrices}
    return tuple(
        ItemSet(
            id=form_id,
            title=text(entry.get("title", {"en": form_id})),
            items=tuple(i for name in entry["items"] for i in cells.get(name, (name,))),
        )
        for form_id, entry in entries.items()
    )


def _model(entry: Mapping[str, Any]) -> MeasurementModel:
    return MeasurementModel(
        id=entry["id"],
        title=text(entry.get("title", {"en": entry["id"]})),
        syntax=entry["syntax"],
        form=entry.get("form"),
        note=entry.get("note", ""),
    )


def _published(entry: Mapping[str, Any]) -> PublishedScale:
    return PublishedScale(
        scales=tuple(entry["scales"]),
        citation=entry["citation"],
        content=entry.get("content", ""),
        figures=entry.get("figures", ""),
        licence=entry.get("licence", ""),
    )


def _relation(entry: Mapping[str, Any]) -> ExpectedRelation:
    return ExpectedRelation(
        scale=entry["scale"],
        other=entry["with"],
        low=entry.get("low"),
        high=entry.get("high"),
        note=entry.get("note", ""),
    )


def _validity(entry: Mapping[str, Any]) -> ValidityEvidence:
    sources = entry.get("sources", {})
    return ValidityEvidence(
        status=entry["status"],
        statement=entry["statement"],
        sources=tuple(_evidence_source(name, sources.get(name, {})) for name in _SOURCES),
        cosmin=tuple(entry.get("cosmin", {}).items()),
        field_studies=tuple(_field_study(study) for study in entry.get("field_studies", [])),
        permitted_uses=tuple(entry["permitted_uses"]),
        prohibited_uses=tuple(entry["prohibited_uses"]),
    )


def _evidence_source(name: str, entry: Mapping[str, Any]) -> EvidenceSource:
    return EvidenceSource(
        id=name,
        status=entry.get("status", "none"),
        evidence=tuple(entry.get("evidence", ())),
        missing=tuple(entry.get("missing", ())),
    )


def _field_study(entry: Mapping[str, Any]) -> FieldStudy:
    return FieldStudy(
        n=entry["n"],
        country=entry["country"],
        language=entry["language"],
        dates=entry["dates"],
        identifier=entry.get("doi") or entry.get("sha256", ""),
        results=entry["results"],
    )
