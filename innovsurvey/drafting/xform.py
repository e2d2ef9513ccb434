"""Draft an instrument from an XForm, the XML that ODK and KoboToolbox make of an XLSForm."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from innovsurvey.base.xml_file import parse_xml
from innovsurvey.drafting.xlsform_rows import build_form
from innovsurvey.drafting.xlsform_survey import draft_form
from innovsurvey.errors import DataError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.drafting.model import SurveyDraft
    from innovsurvey.drafting.xlsform_rows import Cells, Form

_SPACE: Final = b"http://www.w3.org/2002/xforms"
_LOOKED_AT: Final = 5000
_LARGEST: Final = 50_000_000
_PRELOAD: Final = "{http://openrosa.org/javarosa}preloadParams"
_ITEXT: Final = re.compile(r"jr:itext\('?([^')]+)'?\)")
_INSTANCE: Final = re.compile(r"instance\('([^']+)'\)")
_TYPES: Final = {"int": "integer", "string": "text", "dateTime": "datetime", "": "text"}
_UPLOADS: Final = {"image": "image", "audio": "audio", "video": "video"}
_CONTROLS: Final = frozenset(
    {"input", "select1", "select", "range", "upload", "trigger", "rank", "secret"}
)
_MADE: Final = frozenset({"start", "end", "today"})


def recognise(raw: bytes, name: str) -> bool:
    """Tell XML with the elements of an XForm.

    Examples
    --------
    >>> recognise(b'<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="x"/>', "f.xml")
    True
    """
    del name
    return raw.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<") and _SPACE in raw[:_LOOKED_AT]


def draft(raw: bytes, name: str) -> SurveyDraft:
    """Read the survey that an XForm describes.

    Raises
    ------
    DataError
        The XML is damaged, has a document type, or asks nothing.
    """
    if len(raw) > _LARGEST:
        message = f"{name} is larger than 50 MB; no form is."
        raise DataError(message)
    try:
        root = parse_xml(raw)
        form = _Reader(root).form()
    except ET.ParseError as error:
        message = f"{name} cannot be read as an XForm ({error})."
        raise DataError(message) from None
    except RecursionError:
        message = f"{name} cannot be read as an XForm: its groups are nested too deeply."
        raise DataError(message) from None
    title = next((_words(node) for node in root.iter() if _tag(node) == "title"), "")
    return draft_form(form, name, title)


def _tag(node: ET.Element) -> str:
    """Give the name of an element without its namespace."""
    return node.tag.rpartition("}")[2]


def _child(node: ET.Element, tag: str) -> ET.Element | None:
    """Give the first child of a name."""
    return next((child for child in node if _tag(child) == tag), None)


def _words(node: ET.Element | None) -> str:
    """Give the text of an element; the value of another question stands as ``${name}``."""
    if node is None:
        return ""
    parts = [node.text or ""]
    for child in node:
        if _tag(child) == "output":
            parts.append("${" + child.get("value", "").strip().rpartition("/")[2] + "}")
        parts.append(child.tail or "")
    return "".join(parts).strip()


@dataclass
class _Reader:
    """Reads the parts of a form into the rows of an XLSForm."""

    root: ET.Element
    texts: dict[str, Cells] = field(default_factory=dict)  # by id: text by heading
    binds: dict[str, dict[str, str]] = field(default_factory=dict)
    choices: list[Cells] = field(default_factory=list)
    languages: list[str] = field(default_factory=list)

    def form(self) -> Form:
        """Read the form."""
        default = ""
        for node in self.root.iter():
            if _tag(node) == "translation":
                default = node.get("lang", "") if node.get("default") else default
                self._add_texts(node)
            elif _tag(node) == "bind":
                self.binds[node.get("nodeset", "")] = dict(node.attrib)
            elif _tag(node) == "instance" and node.get("id"):
                self._add_list(node)
        body = next((node for node in self.root if _tag(node) == "body"), self.root)
        asked = list(self._rows(body))
        named = {row.get("ref", "") for row in asked}
        survey = [*self._computed(named), *asked]
        settings = {"default_language": default} if default else {}
        return build_form(survey, self.choices, settings, self.languages)

    def _add_texts(self, translation: ET.Element) -> None:
        """Collect the texts of a language."""
        language = translation.get("lang", "")
        plain = language in {"", "default"}
        if not plain:
            self.languages.append(language)
        for text in translation:
            value = next((v for v in text if _tag(v) == "value" and not v.get("form")), None)
            if value is not None:
                heading = "" if plain else f"::{language}"
                self.texts.setdefault(text.get("id", ""), {})[heading] = _words(value)

    def _add_list(self, instance: ET.Element) -> None:
        """Collect the choices of a list."""
        for item in instance.iter():
            if _tag(item) == "item":
                said = {_tag(child): _words(child) for child in item}
                texts = self.texts_of(said.get("itextId", ""), said.get("label", ""), "label")
                name = {"list_name": instance.get("id", ""), "name": said.get("name", "")}
                self.choices.append(name | texts)

    def texts_of(self, reference: str, words: str, what: str) -> Cells:
        """Give the headings and texts of a label or hint."""
        found = self.texts.get(reference)
        if found is None:
            return {what: words} if words else {}
        return {f"{what}{language}": text for language, text in found.items() if text != "-"}

    def _said(self, node: ET.Element, what: str) -> Cells:
        """Give the label or hint of a question."""
        child = _child(node, what)
        match = _ITEXT.fullmatch(child.get("ref", "")) if child is not None else None
        return self.texts_of(match[1] if match else "", _words(child), what)

    def _computed(self, asked: set[str]) -> Iterator[Cells]:
        """Give what nobody is asked: times, devices, calculations."""
        for path, bind in self.binds.items():
            name = path.rpartition("/")[2]
            made = bind.get(_PRELOAD, "")
            if path in asked or "/meta/" in path:
                continue
            if "calculate" in bind or made:
                yield {"type": made if made in _MADE else "calculate", "name": name}

    def _rows(self, node: ET.Element) -> Iterator[Cells]:
        """Give the rows of the questions and groups in an element."""
        for child in node:
            tag = _tag(child)
            if tag in _CONTROLS:
                yield self._question(child, tag)
            elif tag in {"group", "repeat"}:
                path = child.get("ref") or child.get("nodeset") or ""
                repeats = tag == "group" and _child(child, "repeat") is not None
                kind = "repeat" if tag == "repeat" else "group"
                inside = list(self._rows(child))
                if repeats:
                    yield from inside
                    continue
                name = {"name": path.rpartition("/")[2], "ref": path}
                yield {"type": f"begin_{kind}", **name, **self._said(child, "label")}
                yield from inside
                yield {"type": f"end_{kind}"}

    def _question(self, node: ET.Element, tag: str) -> Cells:
        """Give the row of a question."""
        path = node.get("ref", "")
        bind = self.binds.get(path, {})
        row = {"type": self._kind(node, tag, bind), "name": path.rpartition("/")[2], "ref": path}
        row |= {key: bind[key] for key in ("constraint", "relevant") if key in bind}
        row["appearance"] = node.get("appearance", "")
        if tag == "range":
            row["parameters"] = f"start={node.get('start', '1')} end={node.get('end', '10')}"
        return row | self._said(node, "label") | self._said(node, "hint")

    def _kind(self, node: ET.Element, tag: str, bind: dict[str, str]) -> str:
        """Tell the type of a question as an XLSForm names it."""
        if tag in {"select", "select1", "rank"}:
            kind = {"select": "select_multiple", "select1": "select_one"}.get(tag, tag)
            return f"{kind} {self._list_of(node)}"
        if tag == "upload":
            return _UPLOADS.get(node.get("mediatype", "").partition("/")[0], "file")
        if tag in {"range", "trigger"}:
            return tag
        if bind.get("readonly") == "true()" and "calculate" not in bind:
            return "note"
        said = bind.get("type", "").removeprefix("xsd:")
        return _TYPES.get(said, said)

    def _list_of(self, node: ET.Element) -> str:
        """Give the list of a question; choices that stand in it make one of their own."""
        itemset = _child(node, "itemset")
        if itemset is not None:
            match = _INSTANCE.match(itemset.get("nodeset", ""))
            return match[1] if match is not None else ""
        name = node.get("ref", "")
        for item in node:
            if _tag(item) == "item":
                code = {"list_name": name, "name": _words(_child(item, "value"))}
                self.choices.append(code | self._said(item, "label"))
        return name
