"""Add a language to an instrument: a sheet for translators out, the filled sheet back in."""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd
import yaml

from innovsurvey.base.checks import check_choice, join_names
from innovsurvey.definitions.forms import check_any, find_any
from innovsurvey.definitions.question_checks import texts
from innovsurvey.definitions.yaml_file import LOADER, read_yaml, write_path
from innovsurvey.errors import DefinitionError, SpecificationError

if TYPE_CHECKING:
    import os

    from innovsurvey.definitions.yaml_file import Document, KeyPath

_CODE: Final = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]+)*")
_PLACEHOLDER: Final = re.compile(r"\{\w*\}")
_COLUMNS: Final = ("place", "source", "note", "translation")


@dataclass(frozen=True)
class _Insertion:
    """A piece of YAML to put in at a position of the file."""

    position: int
    text: str


def translation_sheet(instrument: str | os.PathLike[str], language: str) -> pd.DataFrame:
    """Make a sheet with every text of an instrument, for a translator to fill in.

    Parameters
    ----------
    instrument
        Id of a shipped instrument or questionnaire, or the path of a file.
    language
        Code of the new language, for example ``"de"``.

    Returns
    -------
    pandas.DataFrame
        Columns ``place`` (do not change), ``source`` (the wording in the original language),
        ``note`` (for translators) and ``translation`` (what the file has already, else empty).

    Raises
    ------
    DefinitionError
        The instrument has mistakes or does not exist.
    SpecificationError
        The language code is not one.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> sheet = isv.translation_sheet("leadership-climate", "de")
    >>> sheet.loc[0, ["place", "source"]].tolist()
    ['title', 'Leadership climate, task significance and hostility']
    """
    _check_code(language)
    _, document = _load(instrument)
    original = _original(document)
    rows = [
        {
            "place": write_path(path, document.data),
            "source": text[original],
            "note": _note(path, document.data),
            "translation": text.get(language, ""),
        }
        for path, text in texts(document.data)
    ]
    return pd.DataFrame(rows, columns=list(_COLUMNS))


def read_translation_sheet(path: Path) -> pd.DataFrame:
    """Read a filled translation sheet from a CSV file in UTF-8, separated by comma or semicolon."""
    try:
        raw = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        message = f"{path} cannot be read as CSV in UTF-8 ({error})."
        raise SpecificationError(message) from None
    separator = ";" if raw.partition("\n")[0].count(";") else ","
    try:
        return pd.read_csv(io.StringIO(raw), sep=separator, dtype=str, keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError) as error:
        message = f"{path} cannot be read as CSV ({error})."
        raise SpecificationError(message) from None


def add_translation(
    instrument: str | os.PathLike[str],
    sheet: pd.DataFrame,
    language: str,
    *,
    name: str,
    direction: Literal["ltr", "rtl"] = "ltr",
    note: str = "draft translation, not reviewed",
) -> str:
    """Put a filled translation sheet into an instrument and give the new file as text.

    Parameters
    ----------
    instrument
        Id of a shipped instrument, or the path of a file.
    sheet
        What :func:`translation_sheet` gave, with ``translation`` filled in.
    language
        Code of the new language.
    name
        Name of the language in itself, for example ``"Deutsch"``.
    direction
        ``"rtl"`` for languages written from right to left.
    note
        What readers should know about the translation.

    Returns
    -------
    str
        The YAML file with the language added; comments and layout stay as they are.

    Raises
    ------
    SpecificationError
        A translation is missing, the sheet was made from another version of the file, or a
        translation lacks a placeholder such as ``{scale}``; the message lists the places.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> sheet = isv.translation_sheet("leadership-climate", "de")
    >>> sheet["translation"] = "auf Deutsch: " + sheet["source"]
    >>> text = isv.add_translation("leadership-climate", sheet, "de", name="Deutsch")
    >>> "auf Deutsch: Impressed By Leadership" in text
    True
    """
    _check_code(language)
    check_choice(direction, "direction", ("ltr", "rtl"))
    raw, document = _load(instrument)
    original = _original(document)
    if language in document.data.get("languages", {original: None}):
        message = f"the instrument has the language {language!r} already. Edit its file."
        raise SpecificationError(message)
    wanted = {write_path(path, document.data): (path, text) for path, text in texts(document.data)}
    filled = _check_sheet(sheet, {place: text[original] for place, (_, text) in wanted.items()})
    nodes = _text_nodes(raw)
    entry = (
        f"{{name: {_quoted(name)}, direction: {direction}, status: draft, note: {_quoted(note)}}}"
    )
    insertions = [_insertion(nodes[path], language, filled[p]) for p, (path, _) in wanted.items()]
    insertions.append(_language_entry(nodes, document, language, entry))
    return _insert(raw, insertions)


def _check_code(language: str) -> None:
    """Refuse what is no language code."""
    if not _CODE.fullmatch(language):
        message = f"language={language!r} is no language code such as de or pt-BR."
        raise SpecificationError(message)


def _load(instrument: str | os.PathLike[str]) -> tuple[str, Document]:
    """Read the file of an instrument that has no mistakes."""
    path = find_any(instrument)
    document = read_yaml(path)
    check_any(document)
    if document.problems:
        message = f"mend the file first: {document.problems[0]}"
        raise DefinitionError(message)
    return Path(path).read_text(encoding="utf-8-sig"), document


def _original(document: Document) -> str:
    """Give the first language of the file."""
    codes: list[str] = list(document.data.get("languages", {"en": None}))
    return codes[0]


def _note(path: KeyPath, data: Any) -> str:
    """Give the note of the entry that a text stands in."""
    here, note = data, ""
    for key in path:
        here = here[key]
        if isinstance(here, dict) and isinstance(here.get("note"), str):
            note = here["note"]
    return note


def _check_sheet(sheet: pd.DataFrame, sources: dict[str, str]) -> dict[str, str]:
    """Give the translation by place; what is missing or does not match is listed."""
    missing = [name for name in ("place", "source", "translation") if name not in sheet.columns]
    if missing:
        message = f"the sheet lacks the column(s) {join_names(missing)}."
        raise SpecificationError(message)
    rows = sheet[["place", "source", "translation"]].fillna("").astype(str).to_numpy().tolist()
    places = [place for place, _, _ in rows]
    outdated = [place for place, source, _ in rows if sources.get(place) != source]
    outdated += [place for place in set(places) if places.count(place) > 1]
    if outdated:
        message = (
            f"the sheet is not of this version of the file; look at {join_names(outdated)}. Make a "
            "new sheet and carry the translations over."
        )
        raise SpecificationError(message)
    filled = {place: words.strip() for place, _, words in rows if words.strip()}
    _refuse_gaps([place for place in sources if place not in filled], len(sources))
    lost = [place for place, source in sources.items() if _blanks(source) != _blanks(filled[place])]
    if lost:
        message = f"the placeholders in braces must be those of the source: {join_names(lost)}."
        raise SpecificationError(message)
    return filled


def _refuse_gaps(empty: list[str], n_texts: int) -> None:
    """Say which translations are missing."""
    if empty:
        message = f"{len(empty)} of {n_texts} translations are missing: {join_names(empty)}."
        raise SpecificationError(message)


def _blanks(words: str) -> set[str]:
    """Give the placeholders of a text."""
    return set(_PLACEHOLDER.findall(words))


def _text_nodes(raw: str) -> dict[KeyPath, yaml.MappingNode]:
    """Find the YAML node of every mapping of the file, by its path."""
    found: dict[KeyPath, yaml.MappingNode] = {}
    stack: list[tuple[KeyPath, yaml.Node | None]] = [((), yaml.compose(raw, Loader=LOADER))]
    while stack:
        path, node = stack.pop()
        if isinstance(node, yaml.MappingNode):
            found[path] = node
            stack += [((*path, str(key.value)), value) for key, value in node.value]
        elif isinstance(node, yaml.SequenceNode):
            stack += [((*path, i), value) for i, value in enumerate(node.value)]
    return found


def _insertion(node: yaml.MappingNode, language: str, words: str) -> _Insertion:
    """Write one more entry at the end of a mapping, in the style it is written in."""
    return _entry(node, language, _quoted(words))


def _entry(node: yaml.MappingNode, key: str, value: str) -> _Insertion:
    """Write a key and a value behind the last entry of a mapping."""
    last_key, last_value = node.value[-1]
    if node.flow_style:
        return _Insertion(last_value.end_mark.index, f", {key}: {value}")
    # A block value ends where the next line begins.
    indent = " " * last_key.start_mark.column
    at_line_start = last_value.end_mark.column == 0
    if at_line_start:
        return _Insertion(last_value.end_mark.index, f"{indent}{key}: {value}\n")
    return _Insertion(last_value.end_mark.index, f"\n{indent}{key}: {value}")


def _language_entry(
    nodes: dict[KeyPath, yaml.MappingNode], document: Document, language: str, entry: str
) -> _Insertion:
    """Write the language into the list of languages, or begin one."""
    if ("languages",) in nodes:
        return _entry(nodes[("languages",)], language, entry)
    original = _original(document)
    begin = f"languages:\n  {original}: {{name: English}}\n  {language}: {entry}\n"
    return _Insertion(nodes[()].start_mark.index, begin)


def _insert(raw: str, insertions: list[_Insertion]) -> str:
    """Put all pieces in, from the end of the file to its start."""
    for insertion in sorted(insertions, key=lambda i: i.position, reverse=True):
        raw = raw[: insertion.position] + insertion.text + raw[insertion.position :]
    return raw


def _quoted(words: str) -> str:
    """Write a text as a double-quoted YAML scalar."""
    plain = words.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
    return f'"{plain}"'
