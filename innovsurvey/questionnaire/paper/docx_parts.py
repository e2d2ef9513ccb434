"""The pieces of a Word document: paragraphs, tables, and controls whose tags can be read back."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import count
from typing import TYPE_CHECKING, Any, Final

from docx.oxml import OxmlElement
from docx.oxml.ns import qn

if TYPE_CHECKING:
    from collections.abc import Sequence

Element = Any  # lxml has no types
EMPTY_FIELD: Final = "_" * 30
_W: Final = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_W14: Final = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_MAKER: Final = OxmlElement("w:document")
_GLYPHS: Final = "MS Gothic"
_TICKED: Final = "2612"
_OPEN: Final = "2610"
_LONGEST_NAME: Final = 64  # Word repairs a file with longer names of controls
_TWIPS: Final = 1440 / 2.54
# Word proofs a text only if its language is that of a country.
_LOCALES: Final = {
    "en": "en-GB", "da": "da-DK", "de": "de-DE", "es": "es-ES", "et": "et-EE", "fi": "fi-FI",
    "fo": "fo-FO", "fr": "fr-FR", "is": "is-IS", "it": "it-IT", "kl": "kl-GL", "nb": "nb-NO",
    "nl": "nl-NL", "nn": "nn-NO", "no": "nb-NO", "pl": "pl-PL", "pt": "pt-PT", "sv": "sv-SE",
}  # fmt: skip
GREY: Final = "F1F4F5"
LINE: Final = "B8C4C9"


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell of a table: its paragraphs, its width in cm, and how it looks."""

    paragraphs: tuple[Element, ...]
    width: float
    span: int = 1
    shaded: bool = False
    middle: bool = True


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a table; ``keep`` holds it on the page of the next one."""

    cells: tuple[Cell, ...]
    keep: bool


def make(name: str, *inside: Element | None, **attributes: str) -> Element:
    """Make an element of WordprocessingML; parts that are None are left out."""
    attributes = {f"{_W}{key}": value for key, value in attributes.items()}
    element = _MAKER.makeelement(f"{_W}{name}", attributes, _MAKER.nsmap)
    element.extend([part for part in inside if part is not None])
    return element


def _make_14(name: str, **attributes: str) -> Element:
    """Make an element that came with Word 2010."""
    return _MAKER.makeelement(
        f"{_W14}{name}", {f"{_W14}{key}": value for key, value in attributes.items()}
    )


def locale_of(language: str) -> str:
    """Give a language with its country, as Word wants it.

    Examples
    --------
    >>> locale_of("da"), locale_of("pt-BR")
    ('da-DK', 'pt-BR')
    """
    return _LOCALES.get(language, language)


def twips(centimetres: float) -> str:
    """Give a length in the unit of Word."""
    return str(round(centimetres * _TWIPS))


@dataclass
class Pieces:
    """Make pieces in one language and direction; controls are numbered as they come."""

    language: str
    direction: str

    def __post_init__(self) -> None:
        self._ids = count(1)

    @property
    def _is_rtl(self) -> bool:
        return self.direction == "rtl"

    def run(self, text: str, *, language: str = "", style: str = "", font: str = "") -> Element:
        """Give a run of text in its language; line ends and tabs become those of Word."""
        used = language or self.language
        locale = locale_of(used)
        properties = make(
            "rPr",
            make("rStyle", val=style) if style else None,
            make("rFonts", ascii=font, hAnsi=font, eastAsia=font, cs=font) if font else None,
            make("rtl") if self._is_rtl and used == self.language else None,
            make("lang", val=locale, eastAsia=locale, bidi=locale),
        )
        run = make("r", properties)
        for piece in re.split("(\n|\t)", text):
            if piece in {"\n", "\t"}:
                run.append(make("br" if piece == "\n" else "tab"))
            elif piece:
                words = make("t")
                words.text = piece
                words.set(qn("xml:space"), "preserve")
                run.append(words)
        return run

    def paragraph(
        self, style: str, *inside: Element, keep: bool = False, new_page: bool = False
    ) -> Element:
        """Give a paragraph; ``keep`` holds it on the page of the next one."""
        properties = make(
            "pPr",
            make("pStyle", val=style),
            make("keepNext") if keep else None,
            make("pageBreakBefore") if new_page else None,
            make("bidi") if self._is_rtl else None,
        )
        return make("p", properties, *inside)

    def text(self, style: str, text: str, *, keep: bool = False, new_page: bool = False) -> Element:
        """Give a paragraph of plain text."""
        return self.paragraph(style, self.run(text), keep=keep, new_page=new_page)

    def tick_box(self, tag: str, name: str) -> Element:
        """Give a box to click, as a control that Word and LibreOffice know."""
        box = _make_14("checkbox")
        box.append(_make_14("checked", val="0"))
        box.append(_make_14("checkedState", val=_TICKED, font=_GLYPHS))
        box.append(_make_14("uncheckedState", val=_OPEN, font=_GLYPHS))
        glyph = self.run(chr(int(_OPEN, 16)), style="TickBox", font=_GLYPHS)
        return self._control(tag, name, box, glyph, lock="sdtLocked")

    def field(self, tag: str, name: str) -> Element:
        """Give a place to write, several lines if need be."""
        empty = self.run(EMPTY_FIELD, style="PlaceholderText")
        kind = make("text", multiLine="1")
        return self._control(tag, name, kind, empty, lock="sdtLocked", is_empty=True)

    def fixed(self, tag: str, name: str, value: str) -> Element:
        """Give a value that cannot be changed, such as the version."""
        return self._control(tag, name, make("text"), self.run(value), lock="sdtContentLocked")

    def _control(
        self,
        tag: str,
        name: str,
        kind: Element,
        content: Element,
        *,
        lock: str,
        is_empty: bool = False,
    ) -> Element:
        """Give a content control with tag, readable name and lock."""
        properties = make(
            "sdtPr",
            make("alias", val=_shorten(" ".join(name.split()))),
            make("tag", val=tag),
            make("id", val=str(next(self._ids))),
            make("lock", val=lock),
            make("showingPlcHdr") if is_empty else None,
            kind,
        )
        return make("sdt", properties, make("sdtContent", content))

    def table(
        self, name: str, widths: Sequence[float], head: Sequence[Cell], rows: Sequence[Row]
    ) -> Element:
        """Give a table with a heading row that is repeated on every page; no row is split."""
        grid = make("tblGrid", *(make("gridCol", w=twips(width)) for width in widths))
        lines = [self._row(head, is_head=True, keep=True)]
        lines += [self._row(row.cells, is_head=False, keep=row.keep) for row in rows]
        return make("tbl", self._table_properties(name, sum(widths)), grid, *lines)

    def _table_properties(self, name: str, width: float) -> Element:
        """Give the looks of a table: thin lines between rows, nothing else."""
        edges = (("top", "4"), ("bottom", "4"), ("insideH", "4"))
        margins = (("top", 0.08), ("left", 0.08), ("bottom", 0.08), ("right", 0.08))
        return make(
            "tblPr",
            make("bidiVisual") if self._is_rtl else None,
            make("tblW", w=twips(width), type="dxa"),
            make(
                "tblBorders",
                *(make(edge, val="single", sz=size, space="0", color=LINE) for edge, size in edges),
            ),
            make("tblLayout", type="fixed"),
            make("tblCellMar", *(make(side, w=twips(cm), type="dxa") for side, cm in margins)),
            make("tblLook", val="0020", firstRow="1", firstColumn="0", noHBand="1", noVBand="1"),
            make("tblCaption", val=_shorten(name, 200)),
        )

    def _row(self, cells: Sequence[Cell], *, is_head: bool, keep: bool) -> Element:
        """Give a row; its paragraphs are kept with the next row where asked."""
        properties = make("trPr", make("cantSplit"), make("tblHeader") if is_head else None)
        return make("tr", properties, *(_cell(cell, keep=keep) for cell in cells))


def _cell(cell: Cell, *, keep: bool) -> Element:
    """Give one cell with its width."""
    properties = make(
        "tcPr",
        make("tcW", w=twips(cell.width), type="dxa"),
        make("gridSpan", val=str(cell.span)) if cell.span > 1 else None,
        make("shd", val="clear", color="auto", fill=GREY) if cell.shaded else None,
        make("vAlign", val="center" if cell.middle else "bottom"),
    )
    for paragraph in cell.paragraphs if keep else ():
        style = paragraph.find(qn("w:pPr")).find(qn("w:pStyle"))
        style.addnext(make("keepNext"))
    return make("tc", properties, *cell.paragraphs)


def _shorten(name: str, longest: int = _LONGEST_NAME) -> str:
    """Cut a name that is too long for Word."""
    return name if len(name) <= longest else name[: longest - 1] + "…"
