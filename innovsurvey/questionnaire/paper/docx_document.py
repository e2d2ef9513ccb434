"""The Word document itself: page, properties, and bytes that are always the same."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Final

import docx
from docx.enum.section import WD_ORIENT
from docx.shared import Cm

from innovsurvey.questionnaire.paper.docx_body import Body
from innovsurvey.questionnaire.paper.docx_parts import Pieces, make
from innovsurvey.questionnaire.paper.docx_styles import set_language, set_styles
from innovsurvey.questionnaire.paper.paper_columns import MARGIN, is_landscape, width_of
from innovsurvey.questionnaire.zip_file import without_times

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docx.document import Document

    from innovsurvey.questionnaire.paper.docx_parts import Element
    from innovsurvey.questionnaire.paper.paper import Paper

_NO_NAMES: Final = ("author", "last_modified_by", "comments", "keywords", "category")


def make_document(paper: Paper) -> bytes:
    """Write what is on paper as a Word file."""
    document = docx.Document()
    set_styles(document, paper.direction)
    set_language(document, paper.language)
    _set_page(document, paper)
    _set_properties(document, paper)
    body = document.element.body
    for piece in Body(paper, width_of(paper)).pieces():
        body.insert(len(body) - 1, piece)  # the last one describes the page
    saved = io.BytesIO()
    document.save(saved)
    return without_times(saved.getvalue())


def _set_page(document: Document, paper: Paper) -> None:
    """Set A4, upright or lying, and the line at the foot of each page."""
    section = document.sections[0]
    section.page_width, section.page_height = Cm(21), Cm(29.7)
    if is_landscape(paper):
        section.orientation = WD_ORIENT.LANDSCAPE
        section.page_width, section.page_height = Cm(29.7), Cm(21)
    for side in ("left_margin", "right_margin", "top_margin", "bottom_margin"):
        setattr(section, side, Cm(MARGIN))
    section.footer_distance = Cm(0.9)
    if paper.direction == "rtl":
        section._sectPr.append(make("bidi"))
    pieces = Pieces(paper.language, paper.direction)
    line = section.footer.paragraphs[0]._p
    section.footer._element.replace(line, pieces.paragraph("Footer", *_footer(paper, pieces)))


def _footer(paper: Paper, pieces: Pieces) -> Iterator[Element]:
    """Give form and version, and the number of the page."""
    words = paper.word("paper_footer").format(form=paper.form, version=paper.version)
    yield pieces.run(f"{words}   ·   ")
    before, _, rest = paper.word("paper_page").partition("{page}")
    between, _, after = rest.partition("{pages}")
    for text, field in ((before, "PAGE"), (between, "NUMPAGES"), (after, "")):
        if text:
            yield pieces.run(text)
        if field:
            yield make("fldSimple", pieces.run("1"), instr=field)


def _set_properties(document: Document, paper: Paper) -> None:
    """Set title and language; no name, no time, no picture of the first page."""
    properties = document.core_properties
    properties.title = paper.title
    properties.language = paper.language
    properties.subject = f"{paper.form} {paper.version}"
    for name in _NO_NAMES:
        setattr(properties, name, "")
    element = properties._element
    for child in list(element):
        if child.tag.endswith(("}created", "}modified", "}revision", "}lastPrinted")):
            element.remove(child)
    package = document.part.package
    for key, relation in list(package.rels.items()):
        if relation.reltype.endswith("/thumbnail"):
            package.rels.pop(key)
