"""Read a questionnaire filled in as a Word file: one document is one row of answers.

A document comes from outside, so nothing in it is trusted: its size is limited before it is
unpacked, a document type declaration (which could hold entities) is refused, and macros, links
and pictures are never looked at.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final
from xml.etree import ElementTree as ET

from innovsurvey.base.xml_file import parse_xml
from innovsurvey.errors import DataError
from innovsurvey.responses.platforms.answers import NO_CONSENT, box_groups
from innovsurvey.responses.platforms.headings import CARRIED
from innovsurvey.responses.table_file import TableFile

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.definitions.model import Instrument

_LARGEST: Final = 30_000_000  # bytes of the file; pictures pasted into it count
_LARGEST_UNPACKED: Final = 20_000_000  # bytes of its text; the longest form has 1 million
_DEEPEST: Final = 10  # controls inside controls; ours are never nested
_FORM: Final = "innovsurvey.form"
_FORM_VERSION: Final = "innovsurvey.form_version"
_RESPONSE: Final = "response_id"
_CONSENT: Final = "consent"
_ANSWER: Final = re.compile(r"(\w+)=([-+.\de]+)", re.ASCII)
_UNTOUCHED: Final = re.compile(r"[\s_.…]*")  # the line to write on, as it was printed
_TICKED: Final = frozenset("☒☑✓✔✗✘⊠xX")
_YES: Final = frozenset({"1", "true", "on"})
_OLD_WORD: Final = b"\xd0\xcf\x11\xe0"
_MAIN_PART: Final = "/officeDocument"
_UNREADABLE: Final = (
    zipfile.BadZipFile,
    zlib.error,
    ET.ParseError,
    KeyError,
    RuntimeError,  # an encrypted member, or a way of packing that is not known
    EOFError,
    UnicodeError,
)


@dataclass
class _Answers:
    """What the controls of a document say: values by column, ticked codes by column."""

    values: dict[str, str] = field(default_factory=dict)
    ticked: dict[str, list[str]] = field(default_factory=dict)


def read_word(raw: bytes, name: str, instrument: Instrument) -> TableFile:
    """Read one filled-in Word file as a table with one row.

    Columns are the items found, in the order of the instrument, then what else the document
    carries. A row with two ticks becomes a text that names both, so that it is set aside and not
    guessed; a row without ticks, or a line nobody wrote on, is empty. If a box of several is
    ticked, the others are 0. Where the box for consent is not ticked the row is set aside.

    Raises
    ------
    DataError
        No Word file, too large, damaged, none of our questionnaires, or another form or version.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> read_word(b"Hello", "answers.docx", isv.load_instrument("metagovernance"))
    Traceback (most recent call last):
    ...
    innovsurvey.errors.DataError: answers.docx is no Word file (.docx). ...
    """
    answers = _read(raw, name)
    form, version = answers.values.get(_FORM), answers.values.get(_FORM_VERSION)
    if form is None or version is None:
        message = (
            f"{name} is no questionnaire of innovsurvey: the marks by which its answers are found "
            "are missing. Use a file written by innovsurvey export, and save it as .docx in Word, "
            "or in LibreOffice 7.5 or newer; older ones lose the marks."
        )
        raise DataError(message)
    if (form, version) != (instrument.id, instrument.version):
        message = (
            f"{name} holds answers to {form} {version}, not to {instrument.id} "
            f"{instrument.version}. Read it with the form it was made from."
        )
        raise DataError(message)
    cells, dropped = _cells(answers, instrument)
    notes = [f"Controls with unknown names in {name}: {dropped}."] if dropped else []
    return TableFile(
        header=list(cells),
        rows=[list(cells.values())],
        numbers=[1],
        reader="word",
        decimal_comma=False,
        notes=notes,
        provenance={"reader": "word", "form": form, "form_version": version},
        id_column=_RESPONSE,
        aside={} if cells.get(_CONSENT) == "1" else {0: NO_CONSENT},
    )


def _read(raw: bytes, name: str) -> _Answers:
    """Unpack the text of a Word file and collect what its controls say."""
    if raw.startswith(_OLD_WORD):
        message = f"{name} is an old Word file, or has a password. Save it as .docx without one."
        raise DataError(message)
    if not raw.startswith(b"PK\x03\x04"):
        message = f"{name} is no Word file (.docx). Save it in Word or LibreOffice as .docx."
        raise DataError(message)
    if len(raw) > _LARGEST:
        message = f"{name} is larger than {_LARGEST // 1_000_000} MB. Take out its pictures."
        raise DataError(message)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return _answers(_parse(archive, _main_part(archive)))
    except _UNREADABLE as error:
        message = f"{name} cannot be read as a Word file ({error}). Save it again as .docx."
        raise DataError(message) from None


def _main_part(archive: zipfile.ZipFile) -> str:
    """Find the member with the text; Word on the web gives it another name."""
    for relation in _parse(archive, "_rels/.rels"):
        if relation.get("Type", "").endswith(_MAIN_PART):
            return str(PurePosixPath(relation.get("Target", "").lstrip("/")))
    message = "no text in it"
    raise KeyError(message)


def _parse(archive: zipfile.ZipFile, member: str) -> ET.Element:
    """Parse one member, which is never unpacked if it is too large."""
    if archive.getinfo(member).file_size > _LARGEST_UNPACKED:
        message = f"more than {_LARGEST_UNPACKED // 1_000_000} MB of text"
        raise zipfile.BadZipFile(message)
    with archive.open(member) as part:
        return parse_xml(part.read(_LARGEST_UNPACKED))


def _answers(document: ET.Element) -> _Answers:
    """Collect what the controls say, by their tags."""
    found = _Answers()
    for control in _controls(document):
        tag = _value(control, "tag")
        answer = _ANSWER.fullmatch(tag)
        if answer is not None:
            codes = found.ticked.setdefault(answer[1], [])
            if _is_ticked(control):
                codes.append(answer[2])
        elif tag:
            found.values.setdefault(tag, _written(control))
    return found


def _controls(document: ET.Element) -> Iterator[ET.Element]:
    """Give all controls in order; deep nests, which would take ages, are refused."""
    waiting = [(document, 0)]
    while waiting:
        part, depth = waiting.pop()
        if _local(part.tag) == "sdt":
            depth += 1
            if depth > _DEEPEST:
                message = f"more than {_DEEPEST} controls inside each other"
                raise zipfile.BadZipFile(message)
            yield part
        waiting += [(child, depth) for child in reversed(part)]


def _cells(answers: _Answers, instrument: Instrument) -> tuple[dict[str, str], int]:
    """Give the cells of the row by heading, and the number of names that mean nothing."""
    context = dict.fromkeys((_RESPONSE, _CONSENT, *CARRIED, *(c.id for c in instrument.context)))
    cells = {}
    for name in (*instrument.item_ids, *context):
        if name in answers.ticked:
            cells[name] = _one_code(answers.ticked[name])
        elif name in answers.values:
            cells[name] = answers.values[name]
    known = {*cells, _FORM, _FORM_VERSION}
    dropped = len({*answers.ticked, *answers.values} - known)
    for names in box_groups(instrument):
        if any(cells.get(name) == "1" for name in names):
            cells |= {name: cells[name] or "0" for name in names if name in cells}
    return cells, dropped


def _one_code(codes: list[str]) -> str:
    """Give the code ticked; several are named, and an item is then set aside as unreadable."""
    different = list(dict.fromkeys(codes))
    if len(different) < 2:
        return "".join(different)
    return f"{len(different)} boxes ticked: {', '.join(different)}"


def _is_ticked(control: ET.Element) -> bool:
    """Tell a ticked box by its state, or by its sign where a program keeps only that."""
    state = next((part for part in control.iter() if _local(part.tag) == "checked"), None)
    if state is not None and _attribute(state, "val", "1").casefold() in _YES:
        return True
    return _text(control).strip() in _TICKED


def _written(control: ET.Element) -> str:
    """Give what was written into a field; nothing where it still shows the line."""
    if any(_local(part.tag) == "showingPlcHdr" for part in _properties(control).iter()):
        return ""
    text = _text(control)
    return "" if _UNTOUCHED.fullmatch(text) else text.strip()


def _text(control: ET.Element) -> str:
    """Give the text of a control; line ends and paragraphs become line ends."""
    signs = {"br": "\n", "cr": "\n", "tab": "\t", "noBreakHyphen": "-"}
    content = next((part for part in control if _local(part.tag) == "sdtContent"), None)
    pieces = []
    for part in () if content is None else content.iter():
        kind = _local(part.tag)
        if kind == "t":
            pieces.append(part.text or "")
        elif kind == "p" and pieces:
            pieces.append("\n")
        elif not part.attrib:  # a tab with attributes is a tab stop
            pieces.append(signs.get(kind, ""))
    return "".join(pieces)


def _properties(control: ET.Element) -> ET.Element:
    """Give the properties of a control."""
    found = (part for part in control if _local(part.tag) == "sdtPr")
    return next(found, ET.Element("sdtPr"))


def _value(control: ET.Element, name: str) -> str:
    """Give a property of a control, such as its tag."""
    found = (part for part in _properties(control) if _local(part.tag) == name)
    part = next(found, None)
    return "" if part is None else _attribute(part, "val", "")


def _attribute(part: ET.Element, name: str, default: str) -> str:
    """Give an attribute, whatever its namespace; Word has two for the same thing."""
    return next((value for key, value in part.attrib.items() if _local(key) == name), default)


def _local(tag: object) -> str:
    """Give a name without its namespace."""
    return tag.rpartition("}")[2] if isinstance(tag, str) else ""
