"""Codes that a project of REDCap may have for missing data, from the list that REDCap proposes.

NA is not among them: it is what R writes for an empty cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.base.reasons import reason_of

if TYPE_CHECKING:
    from collections.abc import Iterable

_PROPOSED: Final = {
    "NI": "No information",
    "INV": "Invalid",
    "UNK": "Unknown",
    "NASK": "Not asked",
    "ASKU": "Asked but unknown",
    "NAV": "Temporarily unavailable",
    "MSK": "Masked",
    "NAVU": "Not available",
    "NP": "Not present",
    "QS": "Sufficient quantity",
    "QI": "Insufficient quantity",
    "TRC": "Trace",
    "UNC": "Unencoded",
    "DER": "Derived",
    "PINF": "Positive infinity",
    "NINF": "Negative infinity",
    "OTH": "Other",
}
_REASONS: Final = {code: reason_of(label, 0) for code, label in _PROPOSED.items()}
_BY_LABEL: Final = {
    label: _REASONS[code] for code, label in _PROPOSED.items() if code not in {"OTH", "INV"}
}


def reason_of_box(code: str) -> str:
    """Give the reason of a box that stands for missing data, nothing for any other.

    Examples
    --------
    >>> reason_of_box("unk"), reason_of_box("1")
    ('unknown', '')
    """
    return _REASONS.get(code.upper(), "")


def declared(cells: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Give the codes and labels for missing data in cells, with their reasons.

    ``known`` are what the instrument says of the question; they are left to it.

    Examples
    --------
    >>> declared(["1", "UNK", "NASK", "NA"], ["nask"])
    {'UNK': 'unknown'}
    """
    own = {word.casefold() for word in known}
    said = _REASONS | _BY_LABEL
    found = sorted({cell.strip() for cell in cells} & said.keys())
    return {cell: said[cell] for cell in found if cell.casefold() not in own}
