"""Read what KoboToolbox and ODK Central export: names or texts, with or without groups."""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.base.numbers import write_number
from innovsurvey.responses.platforms.answers import NO_CONSENT, asks_consent
from innovsurvey.responses.platforms.choice_cells import Choices, holds_labels, number_codes
from innovsurvey.responses.platforms.kobo_columns import (
    are_places,
    id_column,
    is_private,
    last_part,
    place_names,
)
from innovsurvey.responses.platforms.kobo_headings import Headings, bare, plain, unescape
from innovsurvey.responses.platforms.kobo_ticks import Ticks, ticks_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.definitions.model import Instrument, ResponseFormat
    from innovsurvey.responses.platforms.kobo_headings import Match
    from innovsurvey.responses.table_file import TableFile

_SIGNS: Final = (
    ("_uuid", "_submission_time"),
    ("_id", "_submission_time"),
    ("KEY", "SubmissionDate"),
    ("introduction", "consent", "closing"),  # what our own forms have, whatever else is left out
)
_ACKNOWLEDGED: Final = "OK"  # what the consent of our forms holds, in every language
_FEWEST_PATHS: Final = 2
_SHARE: Final = 0.5
_LOOKED_AT: Final = 5000  # rows by which names are told from labels
_MARKS: Final = frozenset({"1", "0", ""})
_HXL: Final = re.compile(r"#[A-Za-z][\w ]*([+#][\w ]+)*")
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
    last = {last_part(heading) for heading in table.header}
    for signs in _SIGNS:
        if last.issuperset(signs):
            return f"it has the columns {', '.join(signs)}"
    if table.reader == "kobo":
        return "it is JSON as the programs give it"
    matches = Headings.of(instrument).find_all(table.header)
    found = dict(zip(table.header, matches, strict=True))
    listing = _listing(table, instrument, matches)
    if listing is not None:
        return f"the column {listing!r} lists what was ticked"
    # A column that is there without a group, too, is no question of a group: G.LEAD beside LEAD.
    alone = {match.column for match in matches if match is not None and not match.in_group}
    paths = [h for h, m in found.items() if m is not None and m.in_group and m.column not in alone]
    if len(paths) < max(_FEWEST_PATHS, len(set(filter(None, matches))) * _SHARE):
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
    notes = plan.fill_up() if table.reader == "kobo" else []
    names = plan.names
    return replace(
        table,
        notes=[*table.notes, *notes],
        header=[name for name, _ in plan.columns],
        rows=plan.rows(),
        changes=[*table.changes, *plan.changes],
        aside=table.aside | _tag_rows(table) | _rejected(table) | plan.without_consent(),
        id_column=id_column(table.header),
        labels={names[h]: said for h, said in table.labels.items() if h in names},
        missing={names[h]: said for h, said in table.missing.items() if h in names},
        texts={names[h]: said for h, said in table.texts.items() if h in names},
    )


@dataclass
class _Plan:
    """The columns of the new table, and where each takes its cells from."""

    table: TableFile
    instrument: Instrument
    columns: list[tuple[str, Sequence[str]]] = field(default_factory=list)
    changes: list[tuple[str, str, str, str]] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)  # heading of the file -> of the new table
    cells: list[Sequence[str]] = field(init=False)
    matches: list[Match | None] = field(init=False)
    ticks: dict[str, Ticks] = field(init=False)
    boxes: dict[str, list[str]] = field(init=False)
    formats: dict[str, ResponseFormat] = field(init=False)
    consent: int | None = field(init=False)
    places: set[str] = field(init=False)

    def __post_init__(self) -> None:
        """Match the headings, read the ticks, and tell whether answers are names or labels."""
        width = len(self.table.header)
        even = all(len(row) == width for row in self.table.rows)
        rows = self.table.rows if even else [row[:width] for row in self.table.filled()]
        self.cells = list(zip(*rows, strict=True)) or [() for _ in self.table.header]
        self.matches = Headings.of(self.instrument).find_all(self.table.header)
        self.ticks = ticks_of(self.instrument, self.matches)
        self.boxes = {}
        for ticks in self.ticks.values():
            self.boxes |= ticks.read(self.cells)
        by_id = {format_.id: format_ for format_ in self.instrument.formats}
        context = self.instrument.context
        self.formats = {column.id: by_id[column.format] for column in context if column.format}
        asked = self.instrument.item_ids
        self.formats |= {name: self.instrument.format_of(name) for name in asked}
        self._read_answers()
        self.consent = self._find_consent()
        self.places = place_names(self.table.header)

    def _read_answers(self) -> None:
        """Look up answers with choices; those about the respondent get their codes at once."""
        known = {
            place: Choices.of(self.formats[match.column.name], plain)
            for place, match in enumerate(self.matches)
            if match is not None
            and match.column.name in self.formats
            and _has_options(self.formats[match.column.name])
            and match.column.name not in self.boxes
        }
        first = {p: set(self.cells[p][:_LOOKED_AT]) for p in known}
        fits = ((choices, set(map(plain, first[p]))) for p, choices in known.items())
        named = [match.by_text for match in self.matches if match is not None]
        labelled = holds_labels(fits, otherwise=2 * sum(named) > len(named))
        items = frozenset(self.instrument.item_ids)
        for place, choices in known.items():
            match = self.matches[place]
            coded = match is not None and match.column.name not in items
            numbers = number_codes(choices, labelled=labelled)
            said = {c: _answer(c, choices, numbers, coded=coded) for c in set(self.cells[place])}
            if any(old != new for old, new in said.items()):
                self.cells[place] = [said[cell] for cell in self.cells[place]]

    def _find_consent(self) -> int | None:
        """Find the question for consent by its name, or by its text; it holds nothing but OK."""
        others = [
            (place, self.table.header[place])
            for place, match in enumerate(self.matches)
            if match is None and self._filled(place) == {_ACKNOWLEDGED}
        ]
        named = [place for place, name in others if last_part(name).casefold() == "consent"]
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
            self._add(heading, name, self.boxes.get(name, self.cells[place]))
        elif self.ticks[name].places:
            self._drop(heading, "repeated_column_dropped")
        else:
            for box in self.ticks[name].boxes:
                self._add(heading, box, self.boxes[box])

    def fill_up(self) -> list[str]:
        """Add an empty column for what nobody has answered, which JSON leaves out."""
        have = {name for name, _ in self.columns}
        asked = self.instrument.item_ids
        absent = [name for name in asked if name not in have]
        if not absent or len(absent) == len(asked):
            return []
        self.columns += [(name, [""] * len(self.table.rows)) for name in absent]
        said = join_names(absent)
        return [f"Nobody answered {said}: JSON leaves out what has no answer."]

    def rows(self) -> list[list[str]]:
        """Give the cells row by row; those beyond the heading stay at the end."""
        width = len(self.table.header)
        if not self.columns:
            return [list(row[width:]) for row in self.table.rows]
        lines = zip(*(cells for _, cells in self.columns), strict=True)
        return [
            [*line, *row[width:]] if len(row) > width else list(line)
            for line, row in zip(lines, self.table.rows, strict=True)
        ]

    def without_consent(self) -> dict[int, str]:
        """Name the rows of people who did not consent, where the file tells."""
        if self.consent is None:
            return {}
        return {p: NO_CONSENT for p, cell in enumerate(self.cells[self.consent]) if not cell}

    def _add(self, heading: str, name: str, cells: Sequence[str]) -> None:
        """Add a column under the name it has in the data."""
        self.columns.append((name, cells))
        self.names[heading] = name
        if heading != name:
            self.changes.append((heading, "column_renamed", heading, name))

    def _add_other(self, place: int, heading: str) -> None:
        """Keep a column that is no answer, unless it is private or a text of the form."""
        if place == self.consent:
            self._add(heading, "consent", self.cells[place])
        elif is_private(heading, self.places) or are_places(set(self.cells[place])):
            self._drop(heading, "private_column_dropped")
        elif not last_part(heading).startswith("_") and not self._filled(place):
            self._drop(heading, "empty_column_dropped")
        else:
            self.columns.append((heading, self.cells[place]))
            self.names[heading] = heading

    def _drop(self, heading: str, rule: str) -> None:
        """Note that a column is left out."""
        self.changes.append((heading, rule, "", ""))

    def _filled(self, place: int) -> set[str]:
        """Give what the cells of a column hold; a note has none."""
        return {cell.strip() for cell in set(self.cells[place])} - {""}


def _answer(cell: str, choices: Choices, numbers: Mapping[str, str], *, coded: bool) -> str:
    """Give an answer as code, or as a label without what kept it from being Markdown."""
    words = plain(cell)
    if words in numbers:
        return numbers[words]
    if words not in choices.names and words not in choices.labels:
        words = bare(cell)
        if words in choices.labels and not coded:
            return words
    if coded:
        code = choices.names.get(words, choices.labels.get(words))
        return cell if code is None else write_number(code)
    return unescape(cell)


def _listing(
    table: TableFile, instrument: Instrument, matches: Sequence[Match | None]
) -> str | None:
    """Find a column that lists ticks with blanks between them, by its first cells."""
    for ticks in ticks_of(instrument, matches).values():
        place = ticks.together
        if place is None or ticks.places:
            continue
        cells = [row[place] for row in table.rows[:_LOOKED_AT] if place < len(row)]
        marks = replace(ticks, together=0).read([cells])
        if any(cells) and {mark for column in marks.values() for mark in column} <= _MARKS:
            return table.header[place]
    return None


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


def _tag_rows(table: TableFile) -> dict[int, str]:
    """Name the row of HXL tags below the heading, which is nobody's answer."""
    filled = [cell for cell in (table.rows[0] if table.rows else []) if cell.strip()]
    is_tags = bool(filled) and all(_HXL.fullmatch(cell.strip()) for cell in filled)
    return {0: "hxl_tags"} if is_tags else {}
