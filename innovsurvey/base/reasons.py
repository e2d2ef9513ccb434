"""Short names of the reasons for which a question has no answer."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LONGEST: Final = 40


def short_name(label: str) -> str:
    """Make a short name from a label; nothing where it has no letter to begin with.

    Examples
    --------
    >>> short_name("Don’t know (yet)"), short_name("— 99")
    ('dont_know_yet', '')
    """
    joined = label.replace("'", "").replace("\u2019", "")
    plain = unicodedata.normalize("NFKD", joined).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")[:_LONGEST].strip("_")
    return words if words[:1].isalpha() else ""


def reason_of(label: str, code: float) -> str:
    """Make the short name of a reason from a label, or from the code.

    Examples
    --------
    >>> reason_of("Don't know", -9), reason_of("—", 99), reason_of("", -9)
    ('dont_know', 'missing_99', 'missing_minus_9')
    """
    sign = "minus_" if code < 0 else ""
    number = f"{abs(code):g}".replace(".", "_").replace("+", "").replace("-", "_minus_")
    return short_name(label) or f"missing_{sign}{number}"
