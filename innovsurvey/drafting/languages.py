"""Languages as survey programs name them, and guesses where they do not."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Container, Iterable

_IN_BRACKETS: Final = re.compile(r"(.*)\(\s*([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]+)*)\s*\)\s*")
_CODE: Final = re.compile(r"[A-Za-z]{2}(?:[-_][A-Za-z0-9]+)?|[a-z]{3}")
_NAMES: Final = {
    "ar": "arabic العربية عربي",
    "bg": "bulgarian български",
    "bn": "bengali bangla বাংলা",
    "cs": "czech čeština česky",
    "da": "danish dansk",
    "de": "german deutsch",
    "el": "greek ελληνικά",
    "en": "english",
    "es": "spanish español castellano",
    "et": "estonian eesti",
    "fa": "persian farsi dari فارسی",
    "fi": "finnish suomi",
    "fr": "french français",
    "ha": "hausa",
    "he": "hebrew עברית",
    "hi": "hindi हिन्दी",
    "hr": "croatian hrvatski",
    "hu": "hungarian magyar",
    "id": "indonesian indonesia bahasa",
    "is": "icelandic íslenska",
    "it": "italian italiano",
    "ja": "japanese 日本語",
    "km": "khmer",
    "ko": "korean 한국어",
    "ku": "kurdish kurmanji",
    "ln": "lingala",
    "lt": "lithuanian lietuvių",
    "lv": "latvian latviešu",
    "my": "burmese myanmar",
    "ne": "nepali नेपाली",
    "nl": "dutch nederlands",
    "no": "norwegian norsk bokmål",
    "pl": "polish polski",
    "ps": "pashto",
    "pt": "portuguese português",
    "ro": "romanian română",
    "ru": "russian русский",
    "sk": "slovak slovenčina",
    "sl": "slovenian slovenščina",
    "so": "somali",
    "sq": "albanian shqip",
    "sr": "serbian srpski српски",
    "sv": "swedish svenska",
    "sw": "swahili kiswahili",
    "th": "thai ไทย",
    "tr": "turkish türkçe",
    "uk": "ukrainian українська",
    "ur": "urdu اردو",
    "vi": "vietnamese việt",
    "zh": "chinese mandarin 中文",
}
_BY_NAME: Final = {name: code for code, names in _NAMES.items() for name in names.split()}
_SCRIPTS: Final = {
    "CYRILLIC": "ru",
    "CJK": "zh",
    "ARABIC": "ar",
    "GREEK": "el",
    "HEBREW": "he",
    "HANGUL": "ko",
    "HIRAGANA": "ja",
    "THAI": "th",
}
_MOST: Final = 0.4


def language_of(said: str, taken: Container[str] = ()) -> tuple[str, str]:
    """Give the code and the name of a language from what a program calls it.

    A name that is not known gets a code for private use (qaa, qab ...).

    Examples
    --------
    >>> language_of("Français (fr)"), language_of("chinese"), language_of("pt_BR")
    (('fr', 'Français'), ('zh', 'chinese'), ('pt-BR', 'pt_BR'))
    >>> language_of("Elvish"), language_of("Dwarvish", {"qaa"})
    (('qaa', 'Elvish'), ('qab', 'Dwarvish'))
    """
    bracketed = _IN_BRACKETS.fullmatch(said)
    name, code = (bracketed[1].strip() or said, bracketed[2]) if bracketed else (said.strip(), "")
    words = name.casefold().split()
    known = next((_BY_NAME[word] for word in words if word in _BY_NAME), None)
    if not code and known is None and _CODE.fullmatch(name):
        code = name
    if code:
        first, _, rest = code.replace("_", "-").partition("-")
        return (f"{first.lower()}-{rest}" if rest else first.lower()), name
    letters = "abcdefghijklmnopqrstuvwxyz"
    private = (f"q{a}{b}" for a in letters[:20] for b in letters)
    return known or next(c for c in private if c not in taken), name


def script_language(texts: Iterable[str]) -> tuple[str, str]:
    """Guess a language from the letters of its texts: English for Latin ones.

    Examples
    --------
    >>> script_language(["Как часто?"]), script_language(["How often?"])
    (('ru', 'Русский'), ('en', 'English'))
    """
    letters = [c for text in texts for c in text[:200] if c.isalpha()][:5000]
    for script, code in _SCRIPTS.items():
        found = sum(unicodedata.name(c, "").startswith(script) for c in letters)
        if found > _MOST * len(letters):
            return code, _NAMES[code].split()[1].capitalize()
    return "en", "English"
