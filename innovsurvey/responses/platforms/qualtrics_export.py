"""Take an export of Qualtrics apart: rows of headings, names of columns, rows of respondents."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.answers import NO_CONSENT, has_declined

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from innovsurvey.responses.table_file import TableFile

PRIVATE: Final = frozenset(
    {
        "ipaddress", "recipientlastname", "recipientfirstname", "recipientemail",
        "externalreference", "externaldatareference", "locationlatitude", "locationlongitude",
        "locationaccuracy", "name", "emailaddress", "recipientphone", "recipientphonenumber",
    }
)  # fmt: skip
USUAL: Final = frozenset(
    {
        "startdate", "enddate", "status", "progress", "duration (in seconds)", "duration",
        "finished", "recordeddate", "responseid", "responseset", "distributionchannel",
        "userlanguage",
    }
)  # fmt: skip
# What columns of the program are called in ImportIds, or in the row of texts, without blanks.
_CALLED: Final = {
    "_recordid": "ResponseId", "responseid": "ResponseId", "antwort-id": "ResponseId",
    "startdate": "StartDate", "anfangsdatum": "StartDate",
    "enddate": "EndDate", "enddatum": "EndDate",
    "status": "Status", "responsetype": "Status", "antworttyp": "Status",
    "ipaddress": "IPAddress", "ip-adresse": "IPAddress",
    "progress": "Progress", "aktuellerstand": "Progress",
    "duration": "Duration (in seconds)", "duration(inseconds)": "Duration (in seconds)",
    "dauer(insekunden)": "Duration (in seconds)",
    "finished": "Finished", "beendet": "Finished",
    "recordeddate": "RecordedDate", "erfassungsdatum": "RecordedDate",
    "recipientlastname": "RecipientLastName", "nachnamedesempfängers": "RecipientLastName",
    "recipientfirstname": "RecipientFirstName", "vornamedesempfängers": "RecipientFirstName",
    "recipientemail": "RecipientEmail", "e-maildesempfängers": "RecipientEmail",
    "externalreference": "ExternalReference", "externaldatareference": "ExternalReference",
    "externedatenreferenz": "ExternalReference",
    "locationlatitude": "LocationLatitude", "breitengraddesstandorts": "LocationLatitude",
    "locationlongitude": "LocationLongitude", "längengraddesstandorts": "LocationLongitude",
    "locationaccuracy": "LocationAccuracy",
    "distributionchannel": "DistributionChannel", "verteilungskanal": "DistributionChannel",
    "userlanguage": "UserLanguage", "benutzersprache": "UserLanguage",
}  # fmt: skip
_TRIED: Final = frozenset({"1", "2", "9", "17", "preview", "test", "survey test"})
_SAYS_TRIED: Final = ("preview", "vorschau", "aperçu", "vista previa", "forhåndsvisning")
_IMPORT_ID: Final = re.compile(r"""^\{\s*['"]ImportId['"]\s*:""")
_PARTS: Final = re.compile(r"""['"](\w+)['"]\s*:\s*['"]?([^'",}]*)""")
_LEGACY: Final = re.compile(r"V\d+")
_RESPONSE: Final = re.compile(r"R_[A-Za-z0-9]+")
_MOST_HEADINGS: Final = 3
_PREVIEW_ROW: Final = "preview_row"
ALL_TRIED: Final = (
    "Every row is a preview or a test of Qualtrics. As there are no others, they were kept: these "
    "are no answers of respondents."
)


@dataclass(frozen=True)
class Export:
    """An export without its extra headings: cells by column, and what is known of each column.

    ``said`` are the texts of the questions, ``ids`` the ImportIds as ``QID2_4``, each empty where
    the file has none; ``beyond`` are the cells of each row that stand behind the last heading.
    """

    names: list[str]
    said: list[str]
    ids: list[str]
    columns: list[list[str]]
    beyond: list[list[str]]

    @classmethod
    def read(cls, table: TableFile) -> Export:
        """Take the rows of headings off."""
        n_headings = headings_below(table)
        width = len(table.header)
        is_even = all(len(row) == width for row in table.rows)
        filled = table.rows if is_even else table.filled()
        tops, body = [row[:width] for row in filled[:n_headings]], filled[n_headings:]
        ids = next((row for row in tops if has_import_ids(row)), [""] * width)
        said = next((row for row in tops if not has_import_ids(row)), None)
        texts = said or [table.texts.get(name, "") for name in table.header]
        if said is None and any(ids):
            texts = list(table.header)
        plain = [import_id(cell) for cell in ids]
        names = [
            _name(*column, has_words=said is not None)
            for column in zip(table.header, texts, plain, strict=True)
        ]
        beyond = [[] if is_even else row[width:] for row in body]
        columns = [list(column) for column in zip(*body, strict=False)][:width]
        return cls(names, list(texts), plain, columns or [[] for _ in names], beyond)

    def column(self, name: str) -> list[str]:
        """Give the cells of a usual column, empty if it is not there."""
        for heading, cells in zip(self.names, self.columns, strict=True):
            if heading.casefold() == name:
                return cells
        return [""] * len(self.beyond)

    def aside(self) -> dict[int, str]:
        """Name the rows that are no answers of respondents, with the reason."""
        found = dict.fromkeys(_places(self.column("consent"), has_declined), NO_CONSENT)
        for name in ("status", "distributionchannel"):
            found |= dict.fromkeys(_places(self.column(name), _is_tried), _PREVIEW_ROW)
        return dict(sorted(found.items()))

    def id_place(self) -> int | None:
        """Find the column of the ids of responses, by its name or by what stands below."""
        named = [place for place, name in enumerate(self.names) if name.casefold() == "responseid"]
        below = [
            place
            for place, cells in enumerate(self.columns)
            if cells and all(_RESPONSE.fullmatch(cell.strip()) for cell in cells)
        ]
        return next(iter(named + below), None)


def only_tried(aside: dict[int, str], n_rows: int) -> bool:
    """Tell an export in which every row is a preview or test.

    Examples
    --------
    >>> only_tried({0: "preview_row"}, 1), only_tried({0: "preview_row"}, 2), only_tried({}, 0)
    (True, False, False)
    """
    return 0 < n_rows == sum(reason == _PREVIEW_ROW for reason in aside.values())


def has_import_ids(row: Sequence[str]) -> bool:
    """Tell the row of headings that holds the ids of Qualtrics.

    Examples
    --------
    >>> has_import_ids(['{"ImportId":"QID1"}', ""]), has_import_ids(["R_1", "4"])
    (True, False)
    """
    filled = [cell for cell in row if cell.strip()]
    return bool(filled) and all(_IMPORT_ID.match(cell.strip()) for cell in filled)


def import_id(cell: str) -> str:
    """Give the id of a column, with the choice where it has one of its own.

    Examples
    --------
    >>> import_id('{"ImportId":"QID2","choiceId":"4"}'), import_id("{'ImportId': 'QID2-4'}")
    ('QID2_4', 'QID2_4')
    """
    try:
        said = json.loads(cell)
        parts = {str(k): str(v) for k, v in said.items()} if isinstance(said, dict) else {}
    except (ValueError, RecursionError):
        parts = dict(_PARTS.findall(cell))
    found = [parts[key].strip() for key in ("ImportId", "choiceId") if parts.get(key)]
    return "_".join(found).replace("-", "_")


def is_legacy(table: TableFile) -> bool:
    """Tell the legacy form by the names below V1, V2, ..."""
    first = [cell.strip() for cell in table.rows[0][:_MOST_HEADINGS]] if table.rows else []
    return bool(_LEGACY.fullmatch(table.header[0])) and "ResponseID" in first


def headings_below(table: TableFile) -> int:
    """Count the rows of headings below the first."""
    for place, row in enumerate(table.rows[:_MOST_HEADINGS]):
        if has_import_ids(row):
            return place + 1
    if is_legacy(table):
        return 1
    names = [name.casefold() for name in table.header]
    if "responseid" not in names:
        return 0
    place = names.index("responseid")
    ids = [row[place].strip() for row in table.rows if len(row) > place]
    has_ids = any(i.startswith("R_") for i in ids)
    return int(has_ids and not ids[0].startswith("R_"))


def _name(heading: str, said: str, import_id: str, *, has_words: bool) -> str:
    """Give the name of a column: for columns of the program the usual one, if it is not there."""
    if _LEGACY.fullmatch(heading) and said.strip() and has_words:
        return said.strip()
    if heading.casefold() in USUAL | PRIVATE:
        return heading
    by_id = _CALLED.get(import_id.rpartition("_panel_")[2].split("_")[-1].casefold(), "")
    if import_id and (import_id.casefold() in _CALLED or import_id.startswith("panel_")):
        return _CALLED.get(import_id.casefold(), by_id or heading)
    return heading if import_id else _CALLED.get("".join(heading.casefold().split()), heading)


def _places(cells: Sequence[str], is_marked: Callable[[str], bool]) -> list[int]:
    """Give the places of cells that are marked, each different one judged once."""
    marked = {cell for cell in set(cells) if is_marked(cell)}
    return [place for place, cell in enumerate(cells) if cell in marked] if marked else []


def _is_tried(cell: str) -> bool:
    """Tell the mark of a preview or a test."""
    plain = cell.strip().casefold()
    return plain in _TRIED or any(word in plain for word in _SAYS_TRIED)
