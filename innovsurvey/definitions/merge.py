"""The union of instruments that a questionnaire asks together."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.definitions.model import Instrument, ItemSet, Source, Text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from innovsurvey.definitions.model import (
        Block,
        ContextColumn,
        FeedbackRule,
        Item,
        Language,
        MeasurementModel,
        Scale,
        ValidityEvidence,
    )
    from innovsurvey.definitions.questionnaire import Part

_STATUSES: Final = (
    "theory-derived",
    "expert-reviewed",
    "piloted",
    "field-tested",
    "validated-for-use",
)


def merge_parts(
    parts: Sequence[Part],
    *,
    id: str,
    version: str,
    title: Text,
    asked_as: str,
    file: str,
    yaml: str,
) -> Instrument:
    """Join the parts of a questionnaire to one instrument with the items taken, in their order.

    Scales, forms of presentation, models, contrasts and feedback are kept as far as their items
    are there. The evidence is that of the weakest part; uses are permitted only if all parts do.
    """
    sources = tuple({part.source.id: part.source for part in parts}.values())
    items = tuple(_taken(part, item) for part in parts for item in part.items)
    asked = {item.id for item in items}
    scales = tuple(scale for source in sources for scale in _scales(source, asked))
    kept = {scale.id for scale in scales}
    return Instrument(
        id=id,
        version=version,
        title=title,
        description=Text(),
        languages=common_languages(sources),
        versions=_union(sources, lambda s: s.versions, lambda v: v[0]),
        source=Source(
            citation="; ".join(source.source.citation for source in sources),
            licence="; ".join(dict.fromkeys(source.source.licence for source in sources)),
            url="",
            notice=" ".join(dict.fromkeys(source.source.notice for source in sources)),
        ),
        exportable=all(source.exportable for source in sources),
        references=_union(sources, lambda s: s.references, lambda r: r.id),
        passages=_union(sources, lambda s: s.passages, lambda p: p.id),
        glossary=_union(sources, lambda s: s.glossary, lambda g: g.term),
        formats=_union(sources, lambda s: s.formats, lambda f: f.id),
        items=items,
        matrices=tuple(
            matrix
            for source in sources
            for matrix in source.matrices
            if set(source.cells(matrix.id)) <= asked
        ),
        blocks=tuple(block for part in parts for block in _blocks(part)),
        scales=scales,
        forms=(ItemSet("all", Text((("en", "All items"),)), tuple(item.id for item in items)),),
        models=tuple(m for source in sources for m in source.models if _fits(m, source, asked)),
        published_scales=_concat(sources, lambda s: s.published_scales),
        expected_relations=tuple(
            relation
            for source in sources
            for relation in source.expected_relations
            if relation.scale in kept | {matrix.id for matrix in source.matrices}
        ),
        context=_context(parts),
        asked_elsewhere=(),
        contrasts=tuple(
            contrast
            for source in sources
            for contrast in source.contrasts
            if {contrast.negative, contrast.positive} <= kept
        ),
        feedback=_feedback(sources, kept, asked_as),
        validity=_weakest([source.validity for source in sources]),
        file=file,
        yaml=yaml,
    )


def common_languages(sources: Sequence[Instrument]) -> tuple[Language, ...]:
    """Give the languages that all instruments have, as the first one describes them."""
    codes = [{language.code for language in source.languages} for source in sources]
    shared = set.intersection(*codes)
    return tuple(language for language in sources[0].languages if language.code in shared)


def _union(
    sources: Sequence[Instrument],
    entries: Callable[[Instrument], Iterable[Any]],
    key: Callable[[Any], Any],
) -> tuple[Any, ...]:
    """Collect entries of all sources; the first of those with equal keys is kept."""
    found: dict[Any, Any] = {}
    for source in sources:
        for entry in entries(source):
            found.setdefault(key(entry), entry)
    return tuple(found.values())


def _concat(
    sources: Sequence[Instrument], entries: Callable[[Instrument], Iterable[Any]]
) -> tuple[Any, ...]:
    """Collect all entries of all sources."""
    return tuple(entry for source in sources for entry in entries(source))


def _taken(part: Part, item_id: str) -> Item:
    """Give an item as the part asks it: in one version, with the conditions of the part."""
    item = part.source.item(item_id)
    groups = (part.show_if, *item.show_if) if part.show_if else item.show_if
    return replace(item, texts=((part.asked_as, item.text(part.asked_as)),), show_if=groups)


def _scales(source: Instrument, asked: set[str]) -> list[Scale]:
    """Keep the scales with at least one item, on the items that are asked."""
    kept: dict[str, Scale] = {}
    for scale in source.scales:
        items = tuple(item for item in scale.items if item in asked)
        facets = tuple(facet for facet in scale.facets if facet in kept)
        if items:
            kept[scale.id] = replace(scale, items=items, facets=facets)
    return list(kept.values())


def _blocks(part: Part) -> list[Block]:
    """Keep the blocks of a part on its items; a matrix stays whole or goes."""
    whole = {
        matrix.id
        for matrix in part.source.matrices
        if set(part.source.cells(matrix.id)) <= set(part.items)
    }
    wanted = set(part.items) | whole
    blocks = []
    for block in part.source.blocks:
        items = tuple(item for item in block.items if item in wanted)
        if items:
            blocks.append(replace(block, items=items))
    return blocks


def _fits(model: MeasurementModel, source: Instrument, asked: set[str]) -> bool:
    """Tell whether all items of a model are asked."""
    items = source.item_ids if model.form is None else source.form(model.form).items
    return set(items) <= asked


def _context(parts: Sequence[Part]) -> tuple[ContextColumn, ...]:
    """Collect the context columns; only parts that ask for them keep the question."""
    found: dict[str, ContextColumn] = {}
    for part in parts:
        for column in part.source.context:
            known = found.get(column.id)
            asked = column if part.asks_context else replace(column, format=None)
            if known is None or (known.format is None and asked.format is not None):
                found[column.id] = asked
    return tuple(found.values())


def _feedback(
    sources: Sequence[Instrument], kept: set[str], asked_as: str
) -> tuple[FeedbackRule, ...]:
    """Keep the rules on scales that are there; an equal notice is said once."""
    rules: list[FeedbackRule] = []
    said: set[Text] = set()
    for source in sources:
        contrasts = {c.id for c in source.contrasts if {c.negative, c.positive} <= kept}
        for rule in source.feedback if asked_as == source.versions[0][0] else ():
            scales = tuple(scale for scale in rule.scales if scale in kept)
            if (rule.scales and not scales) or rule.contrast not in {None, *contrasts}:
                continue
            if rule.kind == "notice" and rule.text("text") in said:
                continue
            said.update(words for name, words in rule.texts if name == "text")
            rules.append(replace(rule, id=f"{source.id}.{rule.id}", scales=scales))
    return tuple(rules)


def _weakest(records: Sequence[ValidityEvidence]) -> ValidityEvidence:
    """Give the record of the part with the least evidence, with the uses that all permit."""
    weakest = min(records, key=lambda record: _STATUSES.index(record.status))
    permitted = [set(record.permitted_uses) for record in records]
    return replace(
        weakest,
        statement=" ".join(dict.fromkeys(record.statement for record in records)),
        permitted_uses=tuple(
            use for use in weakest.permitted_uses if use in set.intersection(*permitted)
        ),
        prohibited_uses=tuple(
            dict.fromkeys(use for record in records for use in record.prohibited_uses)
        ),
    )
