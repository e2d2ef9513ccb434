"""How a Word questionnaire looks: named styles, which an office can replace by its own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_TAB_ALIGNMENT
from docx.oxml.ns import qn
from docx.shared import Cm, Pt, RGBColor

from innovsurvey.questionnaire.paper.docx_parts import GREY, locale_of, make

if TYPE_CHECKING:
    from docx.document import Document
    from docx.styles.style import ParagraphStyle

_FONT: Final = "Arial"
_ACCENT: Final = "1B4F63"
_INK: Final = "1E2528"
_SOFT: Final = "4A575C"
_CHOICE_INDENT: Final = 0.8
_ALIGN: Final = {
    "left": WD_ALIGN_PARAGRAPH.LEFT,  # the start of the line, also from right to left
    "center": WD_ALIGN_PARAGRAPH.CENTER,
    "right": WD_ALIGN_PARAGRAPH.RIGHT,
}


@dataclass(frozen=True, slots=True)
class _Look:
    """One style: its name, size in points, space before and after, colour, weight, place."""

    name: str
    size: float
    before: float = 0
    after: float = 0
    colour: str = _INK
    bold: bool = False
    align: str = "left"
    line: float = 1.0


_LOOKS: Final = (
    _Look("Normal", 10.5, 0, 6, line=1.2),
    _Look("Title", 22, 0, 14, _ACCENT, bold=True),
    _Look("Heading 1", 15, 24, 6, _ACCENT, bold=True),
    _Look("Heading 2", 11.5, 14, 4, _ACCENT, bold=True),
    _Look("List Bullet", 10.5, 0, 3, line=1.2),
    _Look("Footer", 8, colour=_SOFT),
    _Look("Stem", 10.5, 0, 6, line=1.2),
    _Look("OnlyIf", 9.5, 6, 6, line=1.1),
    _Look("Question", 10.5, 14, 3, line=1.15, bold=True),
    _Look("Hint", 9, 0, 3, _SOFT),
    _Look("Choice", 10.5, 2, 2, line=1.1),
    _Look("Field", 10.5, 4, 6),
    _Look("Cell", 9.5, 2, 2, line=1.05),
    _Look("CellNumber", 9, 2, 2, _SOFT, align="right"),
    _Look("CellHead", 8, 2, 2, align="center"),
    _Look("CellHeadLeft", 8, 2, 2, _SOFT),
    _Look("CellBox", 14, 0, 0, align="center"),
    _Look("PoleLeft", 9.5, 2, 2, align="right", line=1.05),
    _Look("AfterTable", 4, 0, 4),
    _Look("Closing", 10.5, 22, 10, line=1.2),
    _Look("SmallPrint", 8, 0, 3, _SOFT, line=1.1),
)


def set_styles(document: Document, direction: str) -> None:
    """Set the looks of all styles used."""
    for look in _LOOKS:
        _set_look(_style(document, look.name), look, direction)
    _mark_only_if(document, "right" if direction == "rtl" else "left")
    choice = document.styles["Choice"].paragraph_format
    choice.left_indent, choice.first_line_indent = Cm(_CHOICE_INDENT), Cm(-_CHOICE_INDENT)
    choice.tab_stops.add_tab_stop(Cm(_CHOICE_INDENT), WD_TAB_ALIGNMENT.LEFT)
    for name, size, colour in (("TickBox", 14, _INK), ("PlaceholderText", 10.5, "8A979C")):
        style = document.styles.add_style(name, WD_STYLE_TYPE.CHARACTER)
        style.font.size, style.font.color.rgb = Pt(size), RGBColor.from_string(colour)
    _remove_line_below_title(document)


def set_language(document: Document, language: str) -> None:
    """Set the language that texts have unless they say otherwise, and the way Word opens it."""
    defaults = document.styles.element.find(qn("w:docDefaults"))
    for lang in defaults.iter(qn("w:lang")):
        for name in ("val", "eastAsia", "bidi"):
            lang.set(qn(f"w:{name}"), locale_of(language))
    settings = document.settings.element
    for lang in settings.iter(qn("w:themeFontLang")):
        lang.set(qn("w:val"), locale_of(language))
    for setting in settings.iter(qn("w:compatSetting")):
        if setting.get(qn("w:name")) == "compatibilityMode":
            setting.set(qn("w:val"), "15")  # else Word opens it as a file of an older version


def _style(document: Document, name: str) -> ParagraphStyle:
    """Find a paragraph style, or make it."""
    if name in document.styles:
        found: ParagraphStyle = document.styles[name]
        return found
    made: ParagraphStyle = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    made.base_style = document.styles["Normal"]
    return made


def _set_look(style: ParagraphStyle, look: _Look, direction: str) -> None:
    """Set font, colour and spacing of a style."""
    font, space = style.font, style.paragraph_format
    font.size, font.bold, font.italic = Pt(look.size), look.bold, False
    font.color.rgb = RGBColor.from_string(look.colour)
    _set_font(style)
    _set_other_scripts(style, look)
    space.space_before, space.space_after = Pt(look.before), Pt(look.after)
    space.line_spacing, space.widow_control = look.line, True
    if look.align != "left" or style.name == "Title":
        mirrored = {"left": "left", "right": "left" if direction == "rtl" else "right"}
        space.alignment = _ALIGN[mirrored.get(look.align, look.align)]


def _set_font(style: ParagraphStyle) -> None:
    """Set one font for all scripts, in place of the fonts of the theme."""
    properties = style.element.get_or_add_rPr()
    for old in properties.findall(qn("w:rFonts")):
        properties.remove(old)
    properties.insert(0, make("rFonts", ascii=_FONT, hAnsi=_FONT, eastAsia=_FONT, cs=_FONT))


def _set_other_scripts(style: ParagraphStyle, look: _Look) -> None:
    """Give scripts from right to left the same size and weight; Word keeps them apart."""
    properties = style.element.get_or_add_rPr()
    for name in ("bCs", "szCs"):
        for old in properties.findall(qn(f"w:{name}")):
            properties.remove(old)
    properties.find(qn("w:sz")).addnext(make("szCs", val=str(round(look.size * 2))))
    properties.find(qn("w:b")).addnext(make("bCs", val="1" if look.bold else "0"))


def _mark_only_if(document: Document, side: str) -> None:
    """Set off the instructions for whom a question is by a bar and a shade."""
    properties = document.styles["OnlyIf"].element.get_or_add_pPr()
    bar = make(side, val="single", sz="24", space="6", color=_ACCENT)
    shade = make("shd", val="clear", color="auto", fill=GREY)
    spacing = properties.find(qn("w:spacing"))
    spacing.addprevious(make("pBdr", bar))
    spacing.addprevious(shade)
    document.styles["OnlyIf"].paragraph_format.left_indent = Cm(0.25)


def _remove_line_below_title(document: Document) -> None:
    """Take out the line that the template draws below the title."""
    properties = document.styles["Title"].element.get_or_add_pPr()
    for border in properties.findall(qn("w:pBdr")):
        properties.remove(border)
