"""Read what KoboToolbox and ODK Central export: names or texts, with or without groups."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.responses.cells import label_codes
from innovsurvey.responses.platforms.answers import NO_CONSENT, asks_consent
from innovsurvey.responses.platforms.kobo_headings import Headings, plain, unescape
from innovsurvey.responses.platforms.kobo_ticks import Ticks, ticks_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.definitions.model import Instrument, ResponseFormat
    from innovsurvey.responses.platforms.kobo_headings import Match
    from innovsurvey.responses.table_file import TableFile

_ID_COLUMNS: Final = ("_uuid", "key", "_id", "meta/instanceid", "meta-instanceid", "instanceid")
_PRIVATE: Final = frozenset(
    {
        *("_submitted_by", "submitterid", "submittername", "username", "email", "phonenumber"),
        *("deviceid", "simserial", "subscriberid", "_geolocation", "_attachments", "_notes"),
        *("instancename", "audit"),
    }
)
_POSITION: Final = re.compile(r"_.*_(latitude|longitude|altitude|precision)")
_SIGNS: Final = (
    ("_uuid", "_submission_time"),
    ("_id", "_submission_time"),
    ("KEY", "SubmissionDate"),
    ("introduction", "consent", "closing"),  # what our own forms have, whatever else is left out
)
_ACKNOWLEDGED: Final = "OK"  # what the consent of our forms holds, in every language
_FEWEST_PATHS: Final = 2
_REVIEWS: Final = frozenset({"_validation_status", "reviewstate"})
_REJECTED: Final = frozenset({"validation_status_not_approved", "not approved", "rejected"})


def recognise(table: TableFile, instrument: Instrument) -> str | None:
    """Say why the table is an export of Kobo or ODK; None where it is not.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> tasks = isv.load_instrument("collaborative-leadership")
    >>> header = ["_id", "_submission_time", "_submitted_by", "tasks/CON01"]
    >>> table = TableFile(header, [["7", "2026-03-01", "jane", "4"]], [1], "csv", False)
    >>> recognise(table, tasks)
    'it has the columns _id, _submission_time'
    """
    last = {_last_part(heading) for heading in table.header}
    for signs in _SIGNS:
        if last.issuperset(signs):
            return f"it has the columns {', '.join(signs)}"
    matches = Headings.of(instrument).find_all(table.header)
    paths = [
        heading
        for heading, match in zip(table.header, matches, strict=True)
        if match is not None and match.in_group
    ]
    if len(paths) < _FEWEST_PATHS:
        return None
    return f"its headings name group and question, such as {paths[0]!r}"


def to_items(table: TableFile, instrument: Instrument) -> TableFile:
    """Give the table headed by item ids: ticks one column each, private columns dropped.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> tasks = isv.load_instrument("collaborative-leadership")
    >>> header = ["_id", "_submission_time", "_submitted_by", "tasks/CON01"]
    >>> table = TableFile(header, [["7", "2026-03-01", "jane", "4"]], [1], "csv", False)
    >>> to_items(table, tasks).header
    ['_id', '_submission_time', 'CON01']
    """
    plan = _Plan(table, instrument)
    for place, match in enumerate(plan.matches):
        plan.add(place, match)
    width = len(table.header)
    return replace(
        table,
        header=[name for name, _ in plan.columns],
        rows=[[*plan.cells(row[:width]), *row[width:]] for row in table.filled()],
        changes=[*table.changes, *plan.changes],
        aside=table.aside | _rejected(table) | plan.without_consent(),
        id_column=_id_column(table.header),
    )


@dataclass
class _Plan:
    """The columns of the new table, and from which column of the file each takes its cells.

    A column without a place is a box to tick.
    """

    table: TableFile
    instrument: Instrument
    columns: list[tuple[str, int | None]] = field(default_factory=list)
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)
    matches: list[Match | None] = field(init=False)
    ticks: dict[str, Ticks] = field(init=False)
    formats: dict[str, ResponseFormat] = field(init=False)
    codes: dict[str, dict[str, float]] = field(init=False)
    consent: int | None = field(init=False)

    def __post_init__(self) -> None:
        """Match the headings, and look up the answers of each column."""
        self.matches = Headings.of(self.instrument).find_all(self.table.header)
        self.ticks = ticks_of(self.instrument, self.matches)
        self.consent = self._find_consent()
        by_id = {format_.id: format_ for format_ in self.instrument.formats}
        context = self.instrument.context
        asked = {column.id: by_id[column.format] for column in context if column.format}
        self.codes = {name: label_codes(format_, plain) for name, format_ in asked.items()}
        self.formats = {name: self.instrument.format_of(name) for name in self.instrument.item_ids}

    def _find_consent(self) -> int | None:
        """Find the question for consent by its name, or by its text; it holds nothing but OK."""
        others = [
            (place, self.table.header[place])
            for place, match in enumerate(self.matches)
            if match is None and self._cells_of(place) == {_ACKNOWLEDGED}
        ]
        named = [place for place, name in others if _last_part(name).casefold() == "consent"]
        said = (place for place, name in others if asks_consent(name, self.instrument))
        return named[0] if named else next(said, None)

    def add(self, place: int, match: Match | None) -> None:
        """Add what a column of the file becomes."""
        heading = self.table.header[place]
        if match is None:
            self._add_other(place, heading)
            return
        name = match.column.name
        if not match.column.is_ticks:
            is_box = any(name in ticks.boxes for ticks in self.ticks.values())
            self._add(heading, name, None if is_box else place)
        elif self.ticks[name].places:
            self._drop(heading, "repeated_column_dropped")
        else:
            for box in self.ticks[name].boxes:
                self._add(heading, box, None)

    def cells(self, row: Sequence[str]) -> list[str]:
        """Give the cells of one person."""
        boxes = {name: cell for ticks in self.ticks.values() for name, cell in ticks.read(row)}
        return [
            boxes[name] if place is None else self._answer(name, row[place])
            for name, place in self.columns
        ]

    def without_consent(self) -> dict[int, str]:
        """Name the rows of people who did not consent, where the file tells."""
        if self.consent is None:
            return {}
        rows = enumerate(self.table.rows)
        return {place: NO_CONSENT for place, row in rows if not "".join(row[self.consent :][:1])}

    def _answer(self, name: str, cell: str) -> str:
        """Give an answer as code, or as a label without what kept it from being Markdown."""
        if name in self.codes:
            code = self.codes[name].get(plain(cell))
            return cell if code is None else write_number(code)
        if name in self.formats and _has_options(self.formats[name]):
            return unescape(cell)
        return cell

    def _add(self, heading: str, name: str, place: int | None) -> None:
        """Add a column under the name it has in the data."""
        self.columns.append((name, place))
        if heading != name:
            self.changes.append((heading, "column_renamed", heading, name))

    def _add_other(self, place: int, heading: str) -> None:
        """Keep a column that is no answer, unless it is private or a text of the form."""
        name = _last_part(heading).casefold()
        if place == self.consent:
            self._add(heading, "consent", place)
        elif name in _PRIVATE or _POSITION.fullmatch(name):
            self._drop(heading, "private_column_dropped")
        elif not name.startswith("_") and not self._cells_of(place):
            self._drop(heading, "empty_column_dropped")
        else:
            self.columns.append((heading, place))

    def _drop(self, heading: str, rule: str) -> None:
        """Note that a column is left out."""
        self.changes.append((heading, rule, "", ""))

    def _cells_of(self, place: int) -> set[str]:
        """Give what the cells of a column hold; a note has none."""
        cells = (row[place].strip() for row in self.table.rows if place < len(row))
        return set(filter(None, cells))


def _last_part(heading: str) -> str:
    """Take the groups off a heading."""
    return heading if " " in heading else re.split(r"[/-]", heading)[-1]


def _has_options(format_: ResponseFormat) -> bool:
    """Tell whether there are answers to choose from."""
    return bool(format_.points or format_.missing)


def _rejected(table: TableFile) -> dict[int, str]:
    """Name the rows that somebody has marked as not to be used."""
    reviews = [i for i, name in enumerate(table.header) if name.casefold() in _REVIEWS]
    return {
        place: "rejected_in_review"
        for place, row in enumerate(table.rows)
        if any(i < len(row) and row[i].strip().casefold() in _REJECTED for i in reviews)
    }


def _id_column(header: Sequence[str]) -> str | None:
    """Find the column that tells people apart."""
    by_name = {heading.casefold(): heading for heading in header}
    return next((by_name[name] for name in _ID_COLUMNS if name in by_name), None)
