"""What is known about an instrument, said from its record and no further."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from innovsurvey.definitions.evidence_page import Bullets, EvidencePage, Section, Table
from innovsurvey.definitions.protocol import REFERENCES, STATUSES, STEPS, next_step

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innovsurvey.definitions.model import Instrument, Item, Scale

_SOURCES: Final = {
    "test_content": "Content: do the items cover what they should?",
    "response_processes": "Response processes: do people read them as meant?",
    "internal_structure": "Internal structure: do they go together as claimed?",
    "other_variables": "Other variables: do scores relate to others as expected?",
    "consequences": "Consequences: what does use lead to?",
}
_RATINGS: Final = {
    "development": "Development",
    "content_validity": "Content validity",
    "structural": "Structural validity",
    "internal_consistency": "Internal consistency",
    "cross_cultural": "Cross-cultural validity, invariance",
    "reliability": "Reliability",
    "measurement_error": "Measurement error",
    "criterion": "Criterion validity",
    "hypotheses": "Hypotheses on construct validity",
    "responsiveness": "Responsiveness",
}
_ACRONYMS: Final = {"cfa": "CFA", "efa": "EFA", "icc": "ICC"}
_NOTHING: Final = "nothing on record"


def render_evidence(instrument: Instrument) -> EvidencePage:
    """Write the evidence page of an instrument from the record in its file.

    The page says no more than the record: a status, what exists and what is missing for each of
    the five sources of validity evidence (AERA, APA & NCME, 2014), the next step of the protocol,
    the passage behind every item, and the uses that are permitted.

    Parameters
    ----------
    instrument
        What :func:`load_instrument` gave.

    Returns
    -------
    EvidencePage
        ``markdown`` and ``html`` hold the page; a notebook shows it.

    References
    ----------
    AERA, APA & NCME (2014). Standards for educational and psychological testing. American
    Educational Research Association.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> page = render_evidence(isv.load_instrument("collaborative-leadership"))
    >>> page.title
    'Evidence: Collaborative leadership (collaborative-leadership@...)'
    >>> [section.heading for section in page.sections][:4]
    ['Status', 'Uses', 'Evidence by source', 'Next step']
    """
    sections = (
        _status(instrument),
        _uses(instrument),
        _sources(instrument),
        _next_step(instrument),
        _field_studies(instrument),
        _ratings(instrument),
        _content_map(instrument),
        _published_scales(instrument),
        _expected_relations(instrument),
        _languages(instrument),
        _references(instrument),
    )
    title = f"Evidence: {instrument.title.say()} ({instrument.id}@{instrument.version})"
    return EvidencePage(title, sections)


def wording(item: Item, language: str) -> str:
    """Give the wording of an item in its main version, or its two poles."""
    if item.left:
        return f"{item.left.say(language)} – {item.right.say(language)}"
    return item.text().say(language)


def wording_source(instrument: Instrument) -> str:
    """Say where the wording comes from, and its licence."""
    source = instrument.source
    return f"{source.citation.rstrip('.')}. Licence: {source.licence.rstrip('.')}."


def words(name: str) -> str:
    """Write an identifier as words.

    Examples
    --------
    >>> words("known-groups"), words("field_cfa")
    ('known groups', 'field CFA')
    """
    return " ".join(_ACRONYMS.get(word, word) for word in re.split("[-_]", name))


def join_words(names: Iterable[str]) -> str:
    """List identifiers as words, or say that there are none."""
    return ", ".join(words(name) for name in names) or "none"


def _status(instrument: Instrument) -> Section:
    """Say how far the instrument has come."""
    record = instrument.validity
    meaning = f"Status: {record.status}. That means: {STATUSES[record.status]}."
    return Section("Status", (meaning, record.statement))


def _uses(instrument: Instrument) -> Section:
    record = instrument.validity
    return Section(
        "Uses",
        (
            f"Permitted: {join_words(record.permitted_uses)}.",
            f"Prohibited: {join_words(record.prohibited_uses)}.",
        ),
    )


def _sources(instrument: Instrument) -> Section:
    """List the five sources with what exists and what is missing."""
    rows = tuple(
        (
            _SOURCES[source.id],
            words(source.status),
            " ".join(source.evidence) or _NOTHING,
            join_words(source.missing) if source.missing else "nothing named",
        )
        for source in instrument.validity.sources
    )
    columns = ("source", "status", "what there is", "what is missing")
    return Section("Evidence by source", (Table("The five sources of evidence", columns, rows),))


def _next_step(instrument: Instrument) -> Section:
    """Name the first open step, and show the whole protocol."""
    record = instrument.validity
    step = next_step(record)
    if step is None:
        told = "The record names no open step."
    else:
        told = (
            f"Step {step.number}, {step.title.lower()}: {step.what}. People: {step.n}. "
            f"To pass: {step.rule} ({step.source})."
        )
    rows = tuple(
        (
            f"{s.number} {s.title}",
            s.what,
            s.n,
            s.rule,
            s.source,
            "open" if s.is_open(record) else "no gap named",
        )
        for s in STEPS
    )
    columns = ("step", "what", "people", "rule to pass", "source", "on this record")
    return Section("Next step", (told, Table("The protocol in its order", columns, rows)))


def _field_studies(instrument: Instrument) -> Section:
    studies = instrument.validity.field_studies
    if not studies:
        return Section("Field studies", ("None.",))
    rows = tuple(
        (
            f"{study.country}, {study.dates}",
            str(study.n),
            study.language,
            study.results,
            study.identifier or "none",
        )
        for study in studies
    )
    columns = ("study", "people", "language", "results", "DOI or hash of the data")
    return Section("Field studies", (Table("Studies with respondents", columns, rows),))


def _ratings(instrument: Instrument) -> Section:
    """List the COSMIN ratings; a property without one is not rated."""
    given = dict(instrument.validity.cosmin)
    rows = tuple((title, words(given.get(name, "not_rated"))) for name, title in _RATINGS.items())
    table = Table("COSMIN ratings of the studies on record", ("property", "rating"), rows)
    return Section("COSMIN ratings", (table,))


def _content_map(instrument: Instrument) -> Section:
    """Show the passage behind every item, scale by scale."""
    smallest = [scale for scale in instrument.scales if not scale.facets]
    tables = [_scale_map(instrument, scale) for scale in smallest]
    placed = {item for scale in smallest for item in scale.items}
    rest = tuple(item for item in instrument.items if item.id not in placed)
    if rest:
        rows = tuple(_item_row(instrument, item, None) for item in rest)
        tables.append(Table("Items outside scales", _MAP_COLUMNS, rows))
    return Section("Content map", tuple(tables))


_MAP_COLUMNS: Final = ("item", "wording", "passage", "place")


def _scale_map(instrument: Instrument, scale: Scale) -> Table:
    rows = tuple(_item_row(instrument, instrument.item(name), scale) for name in scale.items)
    return Table(f"{scale.title.say()} ({scale.id})", _MAP_COLUMNS, rows)


def _item_row(instrument: Instrument, item: Item, scale: Scale | None) -> tuple[str, ...]:
    """Give item, wording, and the passage of the item, or else of its scale."""
    key = " (reverse-keyed)" if item.reverse else ""
    text = wording(item, instrument.languages[0].code)
    passage_id = item.passage or (scale.passage if scale else None)
    if passage_id is None:
        return (f"{item.id}{key}", text, "none named", "–")
    passage = instrument.passage(passage_id)
    place = f"{passage.reference}, {passage.place}"
    return (f"{item.id}{key}", text, f"“{passage.quote}”", place)


def _published_scales(instrument: Instrument) -> Section:
    """List what is nearest in print; no figure of it says anything about this instrument."""
    if not instrument.published_scales:
        return Section("Nearest published scales", ("None named.",))
    rows = tuple(
        (near.citation, near.content, near.figures, ", ".join(near.scales), near.licence)
        for near in instrument.published_scales
    )
    columns = ("scale", "content", "figures there", "near to", "licence")
    told = "Figures of other scales, for comparison; they say nothing about this instrument."
    return Section("Nearest published scales", (told, Table("Published scales", columns, rows)))


def _expected_relations(instrument: Instrument) -> Section:
    if not instrument.expected_relations:
        return Section("Expected relations", ("None written down yet.",))
    rows = tuple(
        (relation.scale, relation.other, _range(relation.low, relation.high), relation.note)
        for relation in instrument.expected_relations
    )
    columns = ("scale", "with", "expected correlation", "note")
    told = "Written down before data; a study may refute them."
    return Section("Expected relations", (told, Table("Expected relations", columns, rows)))


def _range(low: float | None, high: float | None) -> str:
    """Write a range of correlations, open at one end or both."""
    if low is not None and high is not None:
        return f"{low:.2f} to {high:.2f}"
    if low is not None:
        return f"{low:.2f} or more"
    return "any" if high is None else f"{high:.2f} or less"


def _languages(instrument: Instrument) -> Section:
    entries = tuple(
        f"{language.name} ({language.code}): {language.status}"
        + (f"; {language.note}" if language.note else "")
        for language in instrument.languages
    )
    return Section("Languages", (Bullets(entries),))


def _references(instrument: Instrument) -> Section:
    """List the wording's source, the texts that passages come from, and those of the protocol."""
    own = [f"{r.id}: {r.citation} {r.licence}".strip() for r in instrument.references]
    wording_from = f"Wording: {wording_source(instrument)}"
    return Section("References", (wording_from, Bullets((*own, *REFERENCES))))
