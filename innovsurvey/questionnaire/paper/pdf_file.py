"""Write a questionnaire as a PDF file for paper: tagged as PDF/UA-1, typeset by typst."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typst

from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.paper.paper import lay_on_paper
from innovsurvey.questionnaire.paper.paper_columns import (
    MARGIN,
    columns_of,
    is_landscape,
    is_short,
    width_of,
)

if TYPE_CHECKING:
    from innovsurvey.questionnaire.layout import Layout
    from innovsurvey.questionnaire.paper.paper import Paper, Part

_LOOK: Final = Path(__file__).with_name("paper.typ")
_FAMILIES: Final = ("Source Sans Pro", "DejaVu Sans")
_FONT_FOLDERS: Final = (
    ("font_source_sans_pro", "files"),
    ("matplotlib", "mpl-data/fonts/ttf"),  # DejaVu and the last resort
)
_LAST_RESORT: Final = "Last Resort High-Efficiency"  # draws a frame for any letter
_WORDS: Final = ("how", "consent", "response", "response_hint", "item", "pole", "about", "page")


def write_pdf(layout: Layout) -> bytes:
    """Write a questionnaire for paper as PDF/UA-1, in its main language.

    Texts reach typst as JSON, never as markup. The same layout gives the same bytes; only letters
    that the fonts of this package lack are taken from the machine, and where it has none either,
    a frame is drawn in their place.

    Raises
    ------
    ExportError
        The file cannot be typeset.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> write_pdf(make_layout(isv.load_form("self-assessment")))[:5]
    b'%PDF-'
    """
    content = _content(lay_on_paper(layout, screen=False))
    try:
        return _typeset(content, _FAMILIES, of_machine=False)
    except typst.TypstError as error:
        if "could not be displayed" not in str(error):
            raise _failed(layout, error) from None
    try:
        return _typeset(content, _all_families(), of_machine=True)
    except typst.TypstError as error:
        raise _failed(layout, error) from None


def _failed(layout: Layout, error: typst.TypstError) -> ExportError:
    """Say that typst gave up, in its own words."""
    return ExportError(f"{layout.id} cannot be typeset as PDF: {error}. Use the Word file instead.")


def _typeset(content: dict[str, Any], families: tuple[str, ...], *, of_machine: bool) -> bytes:
    """Run typst with these fonts."""
    pdf: bytes = typst.compile(
        _LOOK.read_bytes(),
        format="pdf",
        font_paths=_fonts(of_machine=of_machine),
        sys_inputs={"paper": json.dumps(content | {"fonts": families})},
        pdf_standards=["ua-1"],
    )
    return pdf


def _fonts(*, of_machine: bool) -> typst.Fonts:
    """Find the fonts that are installed with this package, and those of the machine if asked."""
    folders = []
    for package, folder in _FONT_FOLDERS:
        found = find_spec(package)
        if found is not None and found.origin is not None:
            folders.append(Path(found.origin).parent / folder)
    return typst.Fonts(
        include_system_fonts=of_machine, include_embedded_fonts=False, font_paths=folders
    )


def _all_families() -> tuple[str, ...]:
    """Give all families in the order they are tried, sans-serif ones of wide coverage first."""
    found = [name for name in _fonts(of_machine=True).families() if name != _LAST_RESORT]
    found.sort(key=lambda name: (not name.startswith("Noto Sans"), "Emoji" in name, name))
    return (*_FAMILIES, *found, _LAST_RESORT)


def _content(paper: Paper) -> dict[str, Any]:
    """Give everything that the page shows, as JSON can hold it."""
    width = width_of(paper)
    sections = [
        {
            "title": section.title,
            "stem": section.stem,
            "only_if": section.only_if,
            "parts": [_part(part, width) for part in section.parts],
        }
        for section in paper.sections
    ]
    carried = (("form", paper.form), ("form_version", paper.version), *paper.carried)
    return {
        "title": paper.title,
        "language": paper.language,
        "direction": paper.direction,
        "landscape": is_landscape(paper),
        "margin": MARGIN,
        "width": width,
        "footer": paper.word("paper_footer").format(form=paper.form, version=paper.version),
        "introduction": paper.introduction,
        "how": paper.how,
        "consent": paper.consent,
        "sections": sections,
        "closing": paper.closing,
        "notes": [asdict(note) for note in paper.notes],
        "carried": "   ·   ".join(f"{name}: {value}" for name, value in carried),
        "words": {key: paper.word(f"paper_{key}") for key in _WORDS},
    }


def _part(part: Part, width: float) -> dict[str, Any]:
    """Give one table, list or field."""
    is_table = part.style in {"grid", "pairs"}
    is_bare = part.style == "pairs"  # the heads are mere steps, whose sign says nothing
    heads = [
        {"label": box.label.lstrip("-") if is_bare else box.label, "apart": box.apart}
        for box in part.heads
    ]
    rows = [
        {"number": row.number, "text": row.text, "left": row.left, "right": row.right}
        for row in part.rows
    ]
    return {
        "style": part.style,
        "number": part.number,
        "title": part.title,
        "intro": part.intro,
        "only_if": part.only_if,
        "hint": part.hint,
        "heads": heads,
        "rows": rows,
        "columns": asdict(columns_of(part, width)) if is_table else {},
        "whole": is_short(part),
        "long": part.is_long,
    }
