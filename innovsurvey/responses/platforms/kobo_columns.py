"""The columns that Kobo and ODK add to the answers: ids, who sent them, where, with what device."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

# What tells people apart, the surest first; in the form of KoboToolbox, Central, Briefcase and
# Aggregate. Numbers that only one server knows come last.
_IDS: Final = (
    *("_uuid", "key", "meta/instanceid", "meta-instanceid", "meta:instanceid", "instanceid"),
    *("*meta-instance-id*", "_id", "__id", "_submission__uuid", "_submission__id"),
)
_PRIVATE: Final = frozenset(
    {
        *("_submitted_by", "submitterid", "submittername", "username", "email", "phonenumber"),
        *("deviceid", "simserial", "subscriberid", "imei", "_geolocation", "_attachments"),
        *("_notes", "instancename", "audit", "background-audio", "start-geopoint"),
        *("_submission__submitted_by", "_submission__notes", "uri_deviceid", "uri_username"),
        *("uri_phonenumber", "uri_simserial", "uri_subscriberid", "uri_email"),
    }
)
_ADDED: Final = re.compile(r"_(.+)_(latitude|longitude|altitude|precision)")
_CENTRAL: Final = re.compile(r"(.+)[-:.](latitude|longitude|altitude|accuracy)")
_PLACE: Final = re.compile(
    r"(-?\d{1,2}\.\d+ -?\d{1,3}\.\d+( -?\d+(\.\d+)?){0,2}(; ?|$))+", re.ASCII
)
_PARTS: Final = ("latitude", "longitude")


def id_column(header: Sequence[str]) -> str | None:
    """Find the column that tells people apart.

    Examples
    --------
    >>> id_column(["age", "_id", "_uuid"]), id_column(["age"])
    ('_uuid', None)
    """
    by_name = {heading.casefold(): heading for heading in header}
    return next((by_name[name] for name in _IDS if name in by_name), None)


def last_part(heading: str) -> str:
    """Take the groups off a heading.

    Examples
    --------
    >>> last_part("group/age"), last_part("How old are you/she?")
    ('age', 'How old are you/she?')
    """
    return heading if " " in heading else re.split(r"[/-]", heading)[-1]


def place_names(header: Iterable[str]) -> set[str]:
    """Name the questions for a place, by the columns of its parts that both programs add.

    Examples
    --------
    >>> place_names(["home", "_home_latitude", "_home_longitude", "age"])
    {'home'}
    """
    parts = [_ADDED.fullmatch(name.casefold().rpartition("/")[2]) for name in header]
    found = {(part[1], part[2]) for part in parts if part}
    return {name for name, _ in found if {(name, part) for part in _PARTS} <= found}


def is_private(heading: str, places: Container[str]) -> bool:
    """Tell a column that says who, where or with what device somebody has answered.

    ``places`` are questions for a place, as :func:`place_names` gives them.

    Examples
    --------
    >>> header = ["home", "_home_latitude", "_home_longitude", "school-Latitude", "age"]
    >>> [is_private(name, place_names(header)) for name in header]
    [True, True, True, True, False]
    """
    plain = heading.casefold().rpartition("/")[2]
    if {plain, last_part(heading).casefold(), heading.casefold()} & _PRIVATE:
        return True
    if _ADDED.fullmatch(plain) or _CENTRAL.fullmatch(heading.casefold()):
        return True
    return plain in places


def are_places(cells: Iterable[str]) -> bool:
    """Tell cells that are all places or lines on a map: latitude, longitude, altitude, precision.

    Examples
    --------
    >>> are_places({"13.42 -25.43", "12.4 -24.5 1 0", ""}), are_places({"1 2"}), are_places({""})
    (True, False, False)
    """
    filled = [cell.strip() for cell in cells if cell.strip()]
    return bool(filled) and all(_PLACE.fullmatch(cell) for cell in filled)
