"""Find out in which encoding a text was written."""

from __future__ import annotations

import re
from typing import Final

from innovsurvey.errors import DataError

_BOMS: Final = (
    (b"\xff\xfe\x00\x00", "utf-32"),
    (b"\x00\x00\xfe\xff", "utf-32"),
    (b"\xef\xbb\xbf", "utf-8-sig"),
    (b"\xff\xfe", "utf-16"),
    (b"\xfe\xff", "utf-16"),
)
_SINGLE_BYTE: Final = ("windows-1252", "latin-1")
_OTHERS: Final = ("mac-roman", "cp850")
_LOOKED_AT: Final = 200_000
# A letter outside ASCII between two small letters is a small letter in nearly every word, and
# between two capitals it is none; some punctuation may stand in a word, other signs may not.
_AMONG_SMALL: Final = re.compile(r"(?<=[a-z])[^\x00-\x7f](?=[a-z])")
_AMONG_CAPITALS: Final = re.compile(r"(?<=[A-Z])[^\x00-\x7f](?=[A-Z])")
_IN_WORDS: Final = frozenset("\u2018\u2019\u00b4\u2013\u2014\u2026\u00b7\u2022\u00a0\u00ad")


def decode(raw: bytes, name: str, encoding: str | None) -> tuple[str, str, list[str]]:
    """Turn bytes into text: the encoding asked for, a byte-order mark, UTF-8, windows-1252.

    Raises
    ------
    DataError
        The bytes are no text in the encoding asked for, or in any that is known.
    """
    if encoding is not None:
        try:
            return raw.decode(encoding).removeprefix("\ufeff"), encoding, []
        except UnicodeError as error:
            message = f"{name} is not text in {encoding} ({error}). Leave encoding out."
            raise DataError(message) from None
        except (LookupError, ValueError):
            message = f"encoding={encoding!r} is not known. Try utf-8, utf-16 or windows-1252."
            raise DataError(message) from None
    for used in guess_encodings(raw):
        try:
            text = raw.decode(used)
        except UnicodeError:
            continue
        likelier = _likelier(raw, text) if used in _SINGLE_BYTE else None
        if used == "latin-1" and likelier is not None:
            used, text, likelier = likelier, raw.decode(likelier), None
        return text, used, _notes(raw, used, likelier)
    message = f"{name} is text in no known encoding. Save it as UTF-8, or give encoding=."
    raise DataError(message)


def guess_encodings(raw: bytes) -> list[str]:
    r"""List the encodings to try, the likeliest first.

    Examples
    --------
    >>> guess_encodings(b"\xef\xbb\xbfa;b"), guess_encodings(b"a;b")[0]
    (['utf-8-sig'], 'utf-8')
    """
    for mark, name in _BOMS:
        if raw.startswith(mark):
            return [name]
    head = raw[:1000]
    if head[1::2].count(0) > len(head) // 4:
        return ["utf-16-le"]
    if head[0::2].count(0) > len(head) // 4:
        return ["utf-16-be"]
    return ["utf-8", "windows-1252", "latin-1"]


def _notes(raw: bytes, used: str, likelier: str | None) -> list[str]:
    """Say that an encoding was guessed, and which other one looks likelier by the letters."""
    if used not in (*_SINGLE_BYTE, *_OTHERS) or raw.isascii():
        return []
    note = f"Read as {used}, because it is not UTF-8; look at accented letters"
    hint = f': encoding="{likelier}" looks likelier' if likelier else ""
    return [f"{note}{hint}."]


def _likelier(raw: bytes, text: str) -> str | None:
    """Name an encoding of old Macs or of DOS that gives words fewer odd letters inside."""
    fewest, found = _odd_letters(text[:_LOOKED_AT]), None
    for encoding in _OTHERS:
        odd = _odd_letters(raw[:_LOOKED_AT].decode(encoding))
        if odd < fewest:
            fewest, found = odd, encoding
    return found


def _odd_letters(text: str) -> int:
    """Count signs inside words that words seldom have: of the other case, or no letter at all."""
    small = [sign for sign in _AMONG_SMALL.findall(text) if not sign.islower()]
    capital = [
        sign for sign in _AMONG_CAPITALS.findall(text) if not (sign.isupper() or sign == "ß")
    ]
    return sum(sign not in _IN_WORDS for sign in small + capital)
