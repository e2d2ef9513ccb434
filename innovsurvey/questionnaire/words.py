"""The words around the questions: buttons, headings, general introductions, in each language."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from innovsurvey.definitions.model import Text

_FOLDER = Path(__file__).parent / "words"


def languages_with_words() -> tuple[str, ...]:
    """Give the codes of the languages that have words of their own, English first."""
    others = sorted(path.stem for path in _FOLDER.glob("*.json") if path.stem != "en")
    return ("en", *others)


@cache
def words_in(language: str) -> dict[str, str]:
    """Give all words in a language; English ones where a language has none."""
    english: dict[str, str] = json.loads((_FOLDER / "en.json").read_text(encoding="utf-8"))
    path = _FOLDER / f"{language}.json"
    own = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    return english | own


def word(key: str, language: str) -> str:
    """Give one word in a language.

    Examples
    --------
    >>> word("next", "en"), word("next", "da")
    ('Next', 'Næste')
    """
    return words_in(language)[key]


def in_all(key: str) -> Text:
    """Give one word in all languages there are.

    Examples
    --------
    >>> in_all("background")["da"]
    'Om dig'
    """
    return Text(tuple((code, words_in(code)[key]) for code in languages_with_words()))
