"""Texts and codes as other programs write them, made fit for an instrument file."""

from __future__ import annotations

import html
import re
import unicodedata
from typing import TYPE_CHECKING, Final

from innovsurvey.base.reasons import reason_of as reason_of

if TYPE_CHECKING:
    from collections.abc import Container

_UNSEEN: Final = re.compile(r"<(script|style)\b.*?</\1\s*>", re.IGNORECASE | re.DOTALL)
_TAG: Final = re.compile(r"</?[A-Za-z!][^<>]*>")  # "<5 %>" is none
_LANGUAGE: Final = re.compile(r"[A-Za-z]{2,3}(-[A-Za-z0-9]+)*")
_NOT_SHOWN: Final = frozenset({"Cc", "Cs"})
_LONGEST_ID: Final = 40
_RIGHT_TO_LEFT: Final = frozenset({"ar", "dv", "fa", "he", "ps", "sd", "ug", "ur", "yi"})


def plain_text(text: str) -> str:
    """Take the HTML out of a text and join its lines.

    Examples
    --------
    >>> plain_text("<p>Fish &amp;<br />chips</p>")
    'Fish & chips'
    """
    seen = _TAG.sub(" ", _UNSEEN.sub(" ", text))
    kept = "".join(
        c for c in html.unescape(seen) if unicodedata.category(c) not in _NOT_SHOWN or c.isspace()
    )
    return " ".join(kept.split())


def language_code(code: str, default: str = "en") -> str:
    """Make a language code fit for an instrument file.

    Examples
    --------
    >>> language_code("EN_GB"), language_code("de-informal"), language_code("?")
    ('en-GB', 'de-informal', 'en')
    """
    first, _, rest = code.strip().replace("_", "-").partition("-")
    fitting = f"{first.lower()}-{rest}" if rest else first.lower()
    return fitting if _LANGUAGE.fullmatch(fitting) else default


def is_right_to_left(code: str) -> bool:
    """Tell languages that are written from right to left.

    Examples
    --------
    >>> is_right_to_left("he"), is_right_to_left("da")
    (True, False)
    """
    return code.partition("-")[0] in _RIGHT_TO_LEFT


def fitting_id(heading: str, taken: Container[str]) -> str:
    """Make the id of an item from the heading of its column; ``taken`` are ids in lower case.

    Examples
    --------
    >>> fitting_id("Q2[SQ001]", set()), fitting_id("2. Trust?", {"q2_trust"})
    ('Q2_SQ001', 'Q2_Trust_2')
    """
    plain = unicodedata.normalize("NFKD", heading).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "_", plain).strip("_") or "item"
    start = words if words[0].isalpha() else f"Q{words}"
    name, n = start[:_LONGEST_ID], 1
    while name.lower() in taken:
        n += 1
        end = f"_{n}"
        name = start[: _LONGEST_ID - len(end)] + end
    return name
