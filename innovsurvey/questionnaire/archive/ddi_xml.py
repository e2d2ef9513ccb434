"""Elements of a DDI codebook; all texts are escaped here, by the XML library."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree

from innovsurvey.errors import ExportError

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Text
    from innovsurvey.questionnaire.layout import Layout

NAMESPACE: Final = "ddi:codebook:2_6"
_LANGUAGE: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_NOT_IN_XML: Final = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def add(
    parent: ElementTree.Element, tag: str, text: str = "", language: str = "", **attributes: str
) -> ElementTree.Element:
    """Add an element with a text and attributes; attributes without a value are left out."""
    given = {name: _legal(value) for name, value in attributes.items() if value}
    if language:
        given[_LANGUAGE] = language
    element = ElementTree.SubElement(parent, tag, given)
    element.text = _legal(text) or None
    return element


def say(
    parent: ElementTree.Element, tag: str, text: Text, layout: Layout, **attributes: str
) -> None:
    """Add one element per language; a text that has none of them is given in its own."""
    wanted = [language.code for language in layout.languages if language.code in text]
    for code in wanted or list(text)[:1]:
        add(parent, tag, text[code], code, **attributes)


def to_bytes(root: ElementTree.Element) -> bytes:
    """Write the whole document."""
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    # A reader of XML turns a bare carriage return into a line feed.
    text = text.replace("\r", "&#13;")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'.encode()


def _legal(text: str) -> str:
    """Refuse control characters, which no XML file can hold."""
    found = _NOT_IN_XML.search(text)
    if found:
        message = (
            f"The text {text[:60]!r} holds the character {found[0]!r}, which XML cannot hold. "
            "Take it out of the instrument file."
        )
        raise ExportError(message)
    return text
