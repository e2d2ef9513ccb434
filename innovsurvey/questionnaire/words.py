"""The words around the questions: buttons, headings, general introductions, in each language.

``words/<language>/<topic>.json`` holds them; a word that a language lacks is said in English.
"""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

from innovsurvey.definitions.model import Text

_FOLDER = Path(__file__).parent / "words"
_FIRST = "en"


@cache
def languages_with_words() -> tuple[str, ...]:
    """Give the codes of the languages that have words of their own, English first."""
    found = sorted(path.name for path in _FOLDER.iterdir() if path.is_dir())
    return (_FIRST, *(code for code in found if code != _FIRST))


@cache
def words_in(language: str) -> dict[str, str]:
    """Give all words in a language; English ones where a language has none."""
    words = {} if language == _FIRST else dict(words_in(_FIRST))
    for path in sorted((_FOLDER / language).glob("*.json")):
        words |= json.loads(path.read_text(encoding="utf-8"))
    return words


def word(key: str, language: str) -> str:
    """Give one word in a language.

    Examples
    --------
    >>> word("background", "en"), word("background", "da"), word("background", "fo")
    ('About you', 'Om dig', 'About you')
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
