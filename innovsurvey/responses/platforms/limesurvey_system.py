"""Columns that LimeSurvey adds to the answers by itself."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

_DATE_TIME: Final = re.compile(r"\d{4}-\d\d-\d\d([ T]\d\d:\d\d(:\d\d(\.\d+)?)?)?")
_DAY_FIRST: Final = re.compile(r"(\d\d)-(\d\d)-(\d{4}) (\d\d:\d\d:\d\d)")
_MIDNIGHT: Final = " 00:00:00"
_DATE_ONLY: Final = 10
# By code, with the headings they have in texts: English, Danish, Dutch, Finnish, French, German,
# Italian, Norwegian, Portuguese, Spanish, Swedish.
SYSTEM: Final = {
    "id": (
        "response id", "id de respuesta", "antwort id", "antwort-id", "id de la réponse",
        "antwoord id", "id risposta", "id da resposta", "svar-id", "svars-id", "vastauksen id",
    ),
    "submitdate": (
        "date submitted", "fecha de envío", "datum abgeschickt", "date de soumission",
        "datum ingestuurd", "data invio", "data de envio", "indsendelsesdato", "innsendingsdato",
        "datum inskickad", "lähetyspäivä",
    ),
    "lastpage": (
        "last page", "última página", "letzte seite", "dernière page", "laatste pagina",
        "ultima pagina", "sidste side", "siste side", "sista sidan", "viimeinen sivu",
    ),
    "startlanguage": (
        "start language", "lenguaje inicial", "start-sprache", "langue de départ", "starttaal",
        "begintaal", "lingua iniziale", "língua inicial", "idioma inicial", "startsprog",
        "startspråk", "aloituskieli",
    ),
    "seed": ("seed", "semilla", "zufallsstartwert", "tête de série", "frø"),
    "startdate": (
        "date started", "fecha de inicio", "datum gestartet", "date de lancement",
        "startdatum", "data di inizio",
    ),
    "datestamp": (
        "date last action", "fecha de la última acción", "datum letzte aktivität",
        "date de la dernière action", "datum laatste actie", "data dell'ultima azione",
    ),
    "token": ("token", "access code", "zugangscode", "code d'accès", "código de acceso"),
    "ipaddr": ("ip address", "dirección ip", "ip-adresse", "adresse ip", "ip-adres"),
    "refurl": ("referrer url", "url de referencia", "weiterleitungs-url"),
    "firstname": ("first name",),
    "lastname": ("last name",),
    "email": ("email address",),
}  # fmt: skip
PRIVATE: Final = frozenset({"token", "ipaddr", "refurl", "firstname", "lastname", "email"})
DATES: Final = frozenset({"submitdate", "startdate", "datestamp"})
USUAL: Final = frozenset({"submitdate", "lastpage", "startlanguage"})
# What the first five columns hold, whatever language their headings are in.
FIRST: Final = {
    "id": re.compile(r"\d+"),
    "submitdate": re.compile(rf"({_DATE_TIME.pattern})?"),
    "lastpage": re.compile(r"(-?\d+)?"),
    "startlanguage": re.compile(r"[a-z]{2,3}(-[A-Za-z]+)*"),
    "seed": re.compile(r"(\d{5,})?"),
}


def as_moments(cells: Sequence[str]) -> list[str]:
    """Write dates with times in one way, if all of them can be read.

    Examples
    --------
    >>> as_moments(["2026-01-15T10:00:00", ""]), as_moments(["15-01-2026 10:00:00"])
    (['2026-01-15 10:00:00', ''], ['2026-01-15 10:00:00'])
    """
    filled = {cell for cell in cells if cell.strip()}
    if all(map(_DATE_TIME.fullmatch, filled)):
        changed = {cell: cell.replace("T", " ").partition(".")[0] for cell in filled}
        changed = {c: m + _MIDNIGHT if len(m) == _DATE_ONLY else m for c, m in changed.items()}
    elif all(map(_DAY_FIRST.fullmatch, filled)):
        changed = {cell: _DAY_FIRST.sub(r"\3-\2-\1 \4", cell) for cell in filled}
    else:
        return list(cells)
    return [changed.get(cell, "") for cell in cells]
