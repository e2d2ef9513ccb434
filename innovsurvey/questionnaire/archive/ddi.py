"""Write a questionnaire as a DDI codebook (version 2.6), the form in which archives take it."""

from __future__ import annotations

import re
from importlib.metadata import version
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from innovsurvey.definitions.model import Text
from innovsurvey.questionnaire.archive.ddi_data import add_data_description
from innovsurvey.questionnaire.archive.ddi_xml import NAMESPACE, add, say, to_bytes
from innovsurvey.questionnaire.archive.variables import phrase
from innovsurvey.questionnaire.words import in_all

if TYPE_CHECKING:
    from innovsurvey.questionnaire.layout import Layout

_AUTHORS: Final = re.compile(r"(?:^|; )([^;]+?) \(\d{4}[a-z]?\)\. ")


def write_ddi(layout: Layout) -> bytes:
    """Write a DDI codebook that describes the questionnaire and the data it gives.

    One variable per column with its question, codes and labels in all languages of the layout;
    groups of variables for pages, scales and matrices; the sources of the wording, its licence,
    what is known about the validity of the scores, and what they may be used for.

    Parameters
    ----------
    layout
        What :func:`make_layout` gave.

    Returns
    -------
    bytes
        XML in UTF-8, valid by the schema of DDI-Codebook 2.6.

    Raises
    ------
    ExportError
        A code cannot be the name of a variable, or a text holds a character that XML cannot hold.

    References
    ----------
    DDI Alliance (2026). DDI-Codebook 2.6. https://ddialliance.org/Specification/DDI-Codebook/2.6/

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> root = ElementTree.fromstring(write_ddi(make_layout(isv.load_form("self-assessment"))))
    >>> root.tag, len(root.findall("{*}dataDscr/{*}var"))
    ('{ddi:codebook:2_6}codeBook', 74)
    """
    root = ElementTree.Element("codeBook", {"xmlns": NAMESPACE, "version": "2.6"})
    _document(root, layout)
    _study(root, layout)
    add_data_description(root, layout)
    _materials(root, layout)
    return to_bytes(root)


def _document(root: ElementTree.Element, layout: Layout) -> None:
    """Describe this file itself."""
    document = add(root, "docDscr")
    citation = add(document, "citation")
    _titles(citation, layout)
    production = add(citation, "prodStmt")
    add(production, "software", "innovsurvey", version=version("innovsurvey"))
    say(document, "notes", in_all("archive_scope"), layout)


def _study(root: ElementTree.Element, layout: Layout) -> None:
    """Describe the questionnaire: who wrote it, what it is, how it may be used."""
    study = add(root, "stdyDscr")
    _citation(study, layout)
    _scope(study, layout)
    _method(study, layout)
    _access(study, layout)
    materials = add(study, "othrStdyMat")
    for reference in layout.instrument.references:
        licence = f" Licence: {reference.licence}." if reference.licence else ""
        add(materials, "othRefs", f"{reference.citation}{licence}", ID=f"REF_{reference.id}")


def _titles(citation: ElementTree.Element, layout: Layout) -> None:
    """Give the title in every language, the version and item set asked, and the id."""
    statement = add(citation, "titlStmt")
    add(statement, "titl", layout.title.say(layout.language), layout.language)
    asked = dict(layout.instrument.versions).get(layout.asked_as)
    say(statement, "subTitl", asked or Text((("", layout.asked_as),)), layout)
    if layout.item_set is not None:
        say(statement, "subTitl", layout.instrument.form(layout.item_set).title, layout)
    for language in layout.languages[1:]:
        add(statement, "parTitl", layout.title.say(language.code), language.code)
    add(statement, "IDNo", f"{layout.id}@{layout.version}", agency="innovsurvey")


def _citation(study: ElementTree.Element, layout: Layout) -> None:
    """Say who wrote the questionnaire, in which languages, under which licence."""
    source = layout.instrument.source
    citation = add(study, "citation")
    _titles(citation, layout)
    authors = dict.fromkeys(_AUTHORS.findall(source.citation))
    if authors:
        responsible = add(citation, "rspStmt")
        for author in authors:
            add(responsible, "AuthEnty", author)
    production = add(citation, "prodStmt")
    for language in layout.languages:
        name = f"{language.name} ({language.note or language.status})"
        add(production, "language", name, languageCode=language.code, typeOfLanguageCode="RFC5646")
    if source.notice:
        add(production, "copyright", source.notice)
    add(production, "license", source.licence, type="metadata")
    if source.url:
        add(add(citation, "distStmt"), "distrbtr", source.url, URI=source.url)
    add(add(citation, "verStmt"), "version", layout.version, type="version")
    add(citation, "biblCit", source.citation)
    for name, part_version in layout.instruments:
        part = phrase("archive_part", part=f"{name}@{part_version}")
        say(citation, "notes", part, layout)


def _scope(study: ElementTree.Element, layout: Layout) -> None:
    """Say what the questionnaire is about and what is known about its validity."""
    record = layout.instrument.validity
    scope = add(study, "stdyInfo")
    abstract = layout.description or layout.introduction
    say(scope, "abstract", abstract, layout, contentType="abstract")
    quality = add(scope, "qualityStatement")
    add(quality, "otherQualityStatement", record.status)
    add(quality, "otherQualityStatement", record.statement)


def _method(study: ElementTree.Element, layout: Layout) -> None:
    """Say how answers are collected and what an empty cell means."""
    method = add(study, "method")
    say(add(method, "dataColl"), "resInstru", in_all("archive_instrument"), layout)
    say(method, "notes", in_all("archive_missing"), layout)


def _access(study: ElementTree.Element, layout: Layout) -> None:
    """Say what scores may be used for, and what not."""
    record = layout.instrument.validity
    use = add(add(study, "dataAccs"), "useStmt")
    for tag, key, uses in (
        ("restrctn", "archive_prohibited", record.prohibited_uses),
        ("conditions", "archive_permitted", record.permitted_uses),
    ):
        if uses:
            say(use, tag, phrase(key, uses=", ".join(uses)), layout)


def _materials(root: ElementTree.Element, layout: Layout) -> None:
    """Add the texts around the questions: introduction, consent, last page, glossary."""
    for name in ("introduction", "consent", "closing"):
        text: Text = getattr(layout, name)
        if text:
            material = add(root, "otherMat", level="study")
            say(material, "labl", in_all(f"archive_{name}"), layout)
            say(material, "txt", text, layout)
    if layout.instrument.glossary:
        material = add(root, "otherMat", level="study")
        say(material, "labl", in_all("archive_glossary"), layout)
        for entry in layout.instrument.glossary:
            pairs = ((code, f"{word}: {entry.meaning[code]}") for code, word in entry.term.items())
            say(material, "txt", Text(tuple(pairs)), layout)
