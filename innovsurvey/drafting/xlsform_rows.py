"""Read a form as rows, choices and settings: an XLSForm workbook, or a form of KoboToolbox in JSON.

Headings may be written as pyxform and formpack accept them: ``label``, ``label::English (en)``,
``label:fr``; types in their older wordings, too.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.drafting.choice_format import Choice
from innovsurvey.drafting.languages import language_of, script_language
from innovsurvey.drafting.words import plain_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from innovsurvey.drafting.model import Words

Cells = dict[str, str]  # by heading
_TEXT_COLUMN: Final = re.compile(r"(label|caption|hint)\s*(?:::?\s*(.+))?", re.IGNORECASE)
_FROM_FILE: Final = re.compile(r"select[_ ](?:one|multiple)[_ ](?:from[_ ]file|external)\s+(.+)")
_ONE: Final = re.compile(
    r"(?:add select one prompt using|select[_ ]one from|select[_ ]one|select1)\s+(.+)"
)
_MANY: Final = re.compile(
    r"(?:add select multiple prompt using|select[_ ]all[_ ]that[_ ]apply(?: from)?|"
    r"select[_ ]multiple(?: from)?)\s+(.+)"
)
_RANK: Final = re.compile(r"(?:odk:)?rank\s+(.+)")
_OR_OTHER: Final = re.compile(r"(.*\S)\s+(?:or[_ ]other|specify other)|(.*)_or_other(\s+.+)?")
_SAME: Final = {
    "int": "integer",
    "string": "text",
    "dec": "decimal",
    "note_text": "note",
    "trigger": "acknowledge",
    "date_time": "datetime",
    "begin_looped_group": "begin_repeat",
    "begin_lgroup": "begin_repeat",
    "end_looped_group": "end_repeat",
    "end_lgroup": "end_repeat",
    "end_matrix": "end_kobomatrix",
}


@dataclass(frozen=True)
class Row:
    """One row of a form; ``list_name`` names its choices, ``cells`` are its other columns."""

    kind: str
    name: str
    label: Words = field(default_factory=dict)
    hint: Words = field(default_factory=dict)
    list_name: str = ""
    or_other: bool = False
    cells: Cells = field(default_factory=dict)


@dataclass(frozen=True)
class Form:
    """A form: its rows, the choices by list, its settings and its languages."""

    rows: list[Row]
    choices: dict[str, list[Choice]]
    settings: Cells
    languages: dict[str, str]


def build_form(
    survey: Sequence[Cells], choices: Sequence[Cells], settings: Cells, said: Sequence[str] = ()
) -> Form:
    """Make a form of the rows of its sheets; ``said`` are languages in their order, where known."""
    texts = _Texts.of([*survey, *choices], settings, said)
    rows = [_row(cells, texts) for cells in survey if cells.get("type", "").strip()]
    lists: dict[str, list[Choice]] = {}
    for cells in choices:
        name = (cells.get("list_name") or cells.get("list name") or "").strip()
        code = (cells.get("name") or cells.get("value") or "").strip()
        if name and code:
            lists.setdefault(name, []).append(Choice(code, texts.words(cells, "label")))
    return Form(rows, lists, settings, texts.names)


def kobo_form(content: Mapping[str, Any]) -> Form:
    """Make a form of what KoboToolbox holds as the content of a form."""
    given = content.get("translations") or []
    said = [str(name or "") for name in given] if isinstance(given, list) else []
    survey = [_flat(row, said) for row in _dicts(content.get("survey"))]
    choices = [_flat(row, said) for row in _dicts(content.get("choices"))]
    settings = content.get("settings")
    first = settings[0] if isinstance(settings, list) and settings else settings
    found = _flat(first, said) if isinstance(first, Mapping) else {}
    return build_form(survey, choices, found, [name for name in said if name])


@dataclass(frozen=True)
class _Texts:
    """Which language each heading of a text stands for; a heading without one may be any."""

    codes: dict[str, str]  # what the form calls a language -> code
    names: dict[str, str]  # code -> name
    unnamed: str  # the language of headings without one

    @classmethod
    def of(cls, rows: Sequence[Cells], settings: Cells, said: Sequence[str]) -> _Texts:
        """Collect the languages of the headings; the default language comes first."""
        default = settings.get("default_language", "").strip()
        named = [language for row in rows for language in languages_of(row)]
        order = dict.fromkeys([*([default] if default else []), *said, *named])
        codes: dict[str, str] = {}
        names: dict[str, str] = {}
        for language in (name for name in order if name.casefold() != "default"):
            code, name = language_of(language, names)
            codes[language] = code
            names.setdefault(code, name)
        if not names:
            plain = (row.get("label", "") for row in rows)
            code, name = script_language(plain)
            names = {code: name}
        return cls(codes, names, codes.get(default) or next(iter(names)))

    def words(self, cells: Cells, what: str) -> Words:
        """Give a text of a row in every language that has it."""
        found: Words = {}
        for heading, text in cells.items():
            match = _TEXT_COLUMN.fullmatch(heading)
            kind = match[1].lower().replace("caption", "label") if match else ""
            if match is None or kind != what or not text.strip():
                continue
            code = self.codes.get((match[2] or "").strip(), "")
            if code:
                found[code] = plain_text(text)
            else:
                found.setdefault(self.unnamed, plain_text(text))
        return {code: found[code] for code in self.names if found.get(code)}


def languages_of(headings: Iterable[str]) -> Iterator[str]:
    """Give the languages that headings name.

    Examples
    --------
    >>> list(languages_of(["name", "label::English (en)", "hint:fr", "label"]))
    ['English (en)', 'fr']
    """
    for heading in headings:
        match = _TEXT_COLUMN.fullmatch(heading)
        if match is not None and match[2]:
            yield match[2].strip()


def _row(cells: Cells, texts: _Texts) -> Row:
    """Read one row of the survey."""
    kind, list_name, or_other = _kind(cells["type"])
    return Row(
        kind=kind,
        name=(cells.get("name") or cells.get("$autoname") or "").strip(),
        label=texts.words(cells, "label"),
        hint=texts.words(cells, "hint"),
        list_name=list_name or cells.get("select_from_list_name", "").strip(),
        or_other=or_other or cells.get("_or_other", "").casefold() in {"true", "1", "yes"},
        cells=cells,
    )


def _kind(written: str) -> tuple[str, str, bool]:
    """Read a type: what it is, which list it names, whether other answers can be typed in.

    Examples
    --------
    >>> _kind("select one from  yes_no or_other"), _kind("begin group"), _kind("dateTime")
    (('select_one', 'yes_no', True), ('begin_group', '', False), ('datetime', '', False))
    """
    words = " ".join(written.split())
    other = _OR_OTHER.fullmatch(words)
    if other is not None:
        words = (other[1] or f"{other[2]}{other[3] or ''}").strip()
    for pattern, kind in (
        (_FROM_FILE, "select_from_file"),
        (_ONE, "select_one"),
        (_MANY, "select_multiple"),
        (_RANK, "rank"),
    ):
        match = pattern.fullmatch(words)
        if match is not None:
            return kind, match[1].strip(), other is not None
    plain = re.sub(r"(?<=[a-z])T(?=ime)", "t", words).lower()
    plain = "_".join(plain.split("over")[0].split())
    return _SAME.get(plain, plain), "", other is not None


def _dicts(rows: object) -> list[Mapping[str, Any]]:
    """Keep the rows that are objects."""
    return [row for row in rows if isinstance(row, Mapping)] if isinstance(rows, list) else []


def _flat(row: Mapping[str, Any], said: Sequence[str]) -> Cells:
    """Write a row of JSON as cells; a list of texts has one for each language."""
    cells: Cells = {}
    for key, value in row.items():
        name = {"$autovalue": "name"}.get(str(key), str(key)) if "name" not in row else str(key)
        if isinstance(value, list) and key in {"label", "hint"}:
            for place, text in enumerate(value):
                language = said[place] if place < len(said) else ""
                cells[f"{name}::{language}" if language else name] = _plain(text)
        elif isinstance(value, Mapping) and key == "type":
            kind, listed = next(iter(value.items()), ("", ""))
            cells[name] = f"{kind} {listed}"
        else:
            cells[name] = _plain(value)
    return cells


def _plain(value: object) -> str:
    """Write a value of JSON as text; lists and objects are none."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value) if isinstance(value, (str, int, float)) else ""
