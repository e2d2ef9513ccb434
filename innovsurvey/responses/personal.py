"""Find columns that say who or where somebody is, so that they do not come along by default."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from innovsurvey.responses.table_file import TableFile

RULE: Final = "private_column_dropped"
_WORDS: Final = re.compile(r"[\W_]+")
_COUNTED: Final = re.compile(r" ?\d{1,2}$")  # telephone_1, email2
_CAMEL: Final = re.compile(r"(?<=[a-z])(?=[A-Z])")
# Whole headings, as words in lower case: English, Danish, Norwegian, Swedish, German, Dutch,
# French, Spanish, Italian, Portuguese, Finnish, Polish.
_HEADINGS: Final = frozenset(
    {
        # names
        "name", "full name", "fullname", "name first", "name last", "your name", "first name",
        "firstname", "given name",
        "last name", "lastname", "surname", "family name", "user name", "username", "navn",
        "fulde navn", "fornavn", "efternavn", "etternavn", "brugernavn", "namn", "förnamn",
        "efternamn", "vorname", "nachname", "vollständiger name", "benutzername", "naam",
        "voornaam", "achternaam", "nom", "prénom", "nom complet", "nom de famille", "nombre",
        "apellido", "apellidos", "nombre completo", "nome", "cognome", "sobrenome", "nimi",
        "etunimi", "sukunimi", "imię", "nazwisko", "recipient first name", "recipient last name",
        "respondent name", "participant name", "contact name",
        # mail and telephone
        "email", "e mail", "mail", "email address", "e mail address", "mail address",
        "emailadresse", "e mailadresse", "e mail adresse", "mailadresse", "e post", "epost",
        "e postadresse", "e postadress", "e mailadres", "adresse e mail", "adresse électronique",
        "courriel", "correo", "correo electrónico", "dirección de correo electrónico",
        "indirizzo email", "endereço de e mail", "sähköposti", "adres e mail", "recipient email",
        "respondent email", "phone", "telephone", "phone number", "telephone number", "mobile",
        "mobile phone", "mobile number", "telefon", "telefonnummer", "mobil", "mobilnummer",
        "handynummer", "teléfono", "téléphone", "telefono", "telefone", "telefoon",
        "telefoonnummer", "puhelin",
        # place and device
        "ip", "ip address", "ipaddr", "ipaddress", "ip adresse", "ip adress", "ip adres",
        "adresse ip", "dirección ip", "indirizzo ip", "location latitude", "location longitude",
        "location accuracy", "latitude", "longitude", "breddegrad", "længdegrad", "breitengrad",
        "längengrad", "gps", "gps location", "geolocation", "geo location", "coordinates",
        "address", "home address", "street", "street address", "postal address", "adresse",
        "adress", "adres", "dirección", "indirizzo", "endereço", "osoite", "device id", "deviceid",
        "user agent", "useragent", "phonenumber", "subscriberid", "simserial",
        "lat", "lon", "lng",
        # numbers that are given to people
        "cpr", "cpr nr", "cpr number", "cpr nummer", "personnummer", "fødselsnummer",
        "social security number", "ssn", "passport number", "passport", "date of birth",
        "birth date", "birthdate", "dob", "fødselsdato", "geburtsdatum", "date de naissance",
        "fecha de nacimiento", "födelsedatum", "geboortedatum",
    }
)  # fmt: skip
_EMAIL: Final = re.compile(r"[^@\s,;<>]+@[^@\s,;<>]+\.[A-Za-z]{2,}")
_NUMBER_V4: Final = r"(25[0-5]|2[0-4]\d|1?\d?\d)"
_IP: Final = re.compile(rf"({_NUMBER_V4}\.){{3}}{_NUMBER_V4}|(?=.*:.*:)[0-9A-Fa-f:]{{3,39}}")
_TIME: Final = re.compile(r"\d{1,2}:\d{2}(:\d{2})?")
_LOOKED_AT: Final = 200
_MOST: Final = 0.5


def drop_personal(table: TableFile, keep: Collection[str], *, all_kept: bool) -> TableFile:
    """Take columns with names, addresses, places and the like out of a table, and say so.

    ``keep`` are headings that are wanted: items, ids, groups and what else the instrument or the
    person names.

    Examples
    --------
    >>> from innovsurvey.responses.table_file import TableFile
    >>> table = TableFile(["id", "E-mail", "Q1"], [["1", "a@b.dk", "4"]], [1], "csv", False)
    >>> cleaned = drop_personal(table, {"id", "Q1"}, all_kept=False)
    >>> cleaned.header, cleaned.rows, cleaned.changes[0][:2]
    (['id', 'Q1'], [['1', '4']], ('E-mail', 'private_column_dropped'))
    """
    found = [
        place
        for place, heading in enumerate(table.header)
        if heading not in keep and is_personal(heading, _first_cells(table.rows, place))
    ]
    if not found:
        return table
    names = [table.header[place] or f"column_{place + 1}" for place in found]
    if all_kept:
        note = f"Personal data kept, as asked: {join_names(names)}."
        return replace(table, notes=[*table.notes, note])
    note = (
        f"{len(found)} column(s) with personal data left out: {join_names(names)} (keep_personal= "
        "keeps them)."
    )
    gone = set(found)
    return replace(
        table,
        header=[heading for place, heading in enumerate(table.header) if place not in gone],
        rows=[_without(row, gone, len(table.header)) for row in table.rows],
        notes=[*table.notes, note],
        changes=[*table.changes, *((name, RULE, "", "") for name in names)],
    )


def _without(row: Sequence[str], gone: Collection[int], width: int) -> list[str]:
    """Take cells out of a row; one that is too long may be shifted, so addresses go, too."""
    kept = [cell for place, cell in enumerate(row) if place not in gone]
    return kept if len(row) <= width else ["" if _is_address(c.strip()) else c for c in kept]


def is_personal(heading: str, cells: Iterable[str]) -> bool:
    """Tell personal data by the heading, or by cells that are mail or network addresses.

    Examples
    --------
    >>> is_personal("Fornavn", []), is_personal("Name of the project", ["Digital post"])
    (True, False)
    >>> is_personal("telephone_1", []), is_personal("name_last", []), is_personal("Q1", [])
    (True, True, False)
    >>> is_personal("V7", ["ann@example.org"]), is_personal("V8", ["192.168.0.7"])
    (True, True)
    """
    if _COUNTED.sub("", heading_words(heading)) in _HEADINGS:
        return True
    filled = [cell.strip() for cell in cells if cell.strip()]
    addresses = sum(_is_address(cell) for cell in filled)
    return addresses > _MOST * len(filled)


def heading_words(heading: str) -> str:
    """Give the words of a heading in lower case, without signs between them.

    Examples
    --------
    >>> heading_words("RecipientEmail"), heading_words(" E-Mail* ")
    ('recipient email', 'e mail')
    """
    return _WORDS.sub(" ", _CAMEL.sub(" ", heading)).strip().casefold()


def _is_address(cell: str) -> bool:
    """Tell a mail or network address from all else, times of day included."""
    if _EMAIL.fullmatch(cell):
        return True
    return bool(_IP.fullmatch(cell)) and not _TIME.fullmatch(cell)


def _first_cells(rows: Sequence[Sequence[str]], place: int) -> list[str]:
    """Give the first filled cells of a column."""
    found: list[str] = []
    for row in rows:
        if place < len(row) and row[place].strip():
            found.append(row[place])
            if len(found) == _LOOKED_AT:
                break
    return found
