"""Read a YAML file as plain data, and remember the line of every entry."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, cast

import yaml

if TYPE_CHECKING:
    from pathlib import Path

LOADER: Final = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_MAX_BYTES: Final = 5_000_000
_MAX_DEPTH: Final = 50
_NULLS: Final = {"", "~", "null", "Null", "NULL"}
_BOOLEANS: Final = {"true": True, "false": False}
_INTEGER: Final = re.compile(r"[-+]?[0-9]+")
_FLOAT: Final = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")

Key = str | int
KeyPath = tuple[Key, ...]


@dataclass(frozen=True)
class Problem:
    """One mistake in a file: where it is and what to do about it."""

    file: str
    line: int
    where: str
    message: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}" if self.line else self.file
        where = f"{self.where}: " if self.where else ""
        return f"{place}: {where}{self.message}"


@dataclass
class Document:
    """The data of a YAML file, the line of each entry, and the mistakes found so far."""

    file: str
    folder: str = "."
    text: str = ""
    data: Any = None
    lines: dict[KeyPath, int] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)

    def report(self, path: KeyPath, message: str) -> None:
        """Note a mistake at a path of the document."""
        known = path
        while known and known not in self.lines:
            known = known[:-1]
        where = write_path(path, self.data)
        self.problems.append(Problem(self.file, self.lines.get(known, 1), where, message))


def read_yaml(path: Path) -> Document:
    """Read a YAML file; mistakes in it are listed in the document, not raised.

    Numbers and true/false follow YAML 1.2, so ``no`` and ``on`` stay texts. Anchors, aliases
    and tags are refused, a key given twice is a mistake.
    """
    document = Document(file=path.name, folder=str(path.parent))
    text = _read_text(path, document)
    if text is None:
        return document
    document.text = text
    try:
        if not _is_plain(text, document):
            return document
        node = yaml.compose(text, Loader=LOADER)
        if node is None:
            document.report((), "the file is empty.")
        else:
            document.data = _construct(node, (), document)
    except yaml.YAMLError as error:
        line, what = _syntax_error(error)
        document.problems.append(Problem(document.file, line, "", f"not valid YAML: {what}."))
    return document


def _is_plain(text: str, document: Document) -> bool:
    """Look for what instrument files do not use: anchors, aliases, tags, very deep nesting."""
    depth = 0
    for event in yaml.parse(text, Loader=LOADER):
        tag, anchor = getattr(event, "tag", None), getattr(event, "anchor", None)
        if anchor:
            _note_line(
                document, event, f"anchors and aliases ({anchor}) are not used; write it out."
            )
        elif tag:
            _note_line(document, event, f"the tag {tag} is not used here; leave it out.")
        depth += isinstance(event, yaml.CollectionStartEvent)
        depth -= isinstance(event, yaml.CollectionEndEvent)
        if depth > _MAX_DEPTH:
            _note_line(document, event, "the entries are nested too deeply for an instrument.")
            return False
    return not document.problems


def _note_line(document: Document, event: yaml.Event, message: str) -> None:
    """Note a mistake where there is no entry to name."""
    line = 1 if event.start_mark is None else event.start_mark.line + 1
    document.problems.append(Problem(document.file, line, "", message))


def write_path(path: KeyPath, data: Any) -> str:
    """Write a path as ``items[4].format``, with the id of the entry where it has one.

    Examples
    --------
    >>> write_path(("items", 1, "format"), {"items": [{"id": "a1"}, {"id": "a2"}]})
    'items[1].format (a2)'
    """
    text, name, here = "", "", data
    for key in path:
        text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
        here = _step(here, key)
        if isinstance(here, dict) and isinstance(here.get("id"), str):
            name = here["id"]
    return f"{text} ({name})" if name else text


def _step(here: Any, key: Key) -> Any:
    """Go one step down, or nowhere."""
    if isinstance(here, dict):
        return here.get(key)
    if isinstance(here, list) and isinstance(key, int) and key < len(here):
        return here[key]
    return None


def _read_text(path: Path, document: Document) -> str | None:
    """Read the file as UTF-8, or note why that is not possible."""
    try:
        if path.is_dir():
            document.report((), "this is a folder; name the YAML file in it.")
            return None
        raw = path.read_bytes()
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or error
        document.report((), f"the file cannot be read ({reason}).")
        return None
    if len(raw) > _MAX_BYTES:
        document.report((), f"the file has {len(raw):,} bytes; an instrument has at most 5 MB.")
        return None
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw[: error.start].count(b"\n") + 1
        message = "this is not text in UTF-8; save the file as a YAML file in UTF-8."
        document.problems.append(Problem(document.file, line, "", message))
        return None


def _syntax_error(error: yaml.YAMLError) -> tuple[int, str]:
    """Give the line and the reason of a YAML syntax error."""
    mark = getattr(error, "problem_mark", None)
    reason = getattr(error, "problem", None) or getattr(error, "reason", None)
    if mark is None:
        return 1, str(reason or "a character that YAML does not allow")
    return mark.line + 1, f"{reason} (column {mark.column + 1})"


def _construct(node: yaml.Node, path: KeyPath, document: Document) -> Any:
    """Turn a node into plain data, noting the line of each entry."""
    document.lines.setdefault(path, node.start_mark.line + 1)
    if isinstance(node, yaml.MappingNode):
        return _construct_mapping(node, path, document)
    if isinstance(node, yaml.SequenceNode):
        return [_construct(child, (*path, i), document) for i, child in enumerate(node.value)]
    return _scalar(cast("yaml.ScalarNode", node))


def _construct_mapping(node: yaml.MappingNode, path: KeyPath, document: Document) -> dict[str, Any]:
    """Turn a mapping node into a dict; the first of two equal keys is kept."""
    result: dict[str, Any] = {}
    for key_node, value_node in node.value:
        if not isinstance(key_node, yaml.ScalarNode):
            document.report(path, "a key must be a word, not a list or a mapping.")
            continue
        key = str(key_node.value)
        place = (*path, key)
        if key in result:
            line = key_node.start_mark.line + 1
            message = f"the key {key!r} stands here twice (first in line {document.lines[place]})."
            where = write_path(path, document.data)
            document.problems.append(Problem(document.file, line, where, message))
            continue
        document.lines[place] = key_node.start_mark.line + 1
        result[key] = _construct(value_node, place, document)
    return result


def _scalar(node: yaml.ScalarNode) -> Any:
    """Turn a scalar node into text, number, Boolean or None."""
    value = str(node.value)
    if node.style in {"'", '"', "|", ">"}:
        return value
    if value in _NULLS:
        return None
    if value in _BOOLEANS:
        return _BOOLEANS[value]
    if _INTEGER.fullmatch(value) and len(value) <= 18:
        return int(value)
    if _FLOAT.fullmatch(value) and math.isfinite(float(value)):
        return float(value)
    return value
