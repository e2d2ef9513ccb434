"""Put a table in terms of the instrument whose headings are the questions themselves.

So do Google Forms and Microsoft Forms: a grid has one column per row, several answers share a cell.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.answers import NO_CONSENT, asks_consent, has_declined
from innovsurvey.responses.platforms.forms_boxes import Boxes, boxes_of
from innovsurvey.responses.platforms.item_columns import ItemColumns
from innovsurvey.responses.platforms.spoken import all_spoken, letters

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.table_file import TableFile

_ROW: Final = re.compile(r"^(.*?)\s*\[([^\[\]]*(?:\[[^\[\]]*\][^\[\]]*)*)\]\s*$", re.DOTALL)
_NUMBERING: Final = re.compile(r"^\s*\(?(?:[A-Za-z]{0,3}\d{1,3}[a-z]?|[a-z]\))\s*[).:\-–—]+\s*")
_COUNTED: Final = re.compile(r"\d+$")
_DATE: Final = re.compile(
    r"\d{1,4}\s?[./\-年]\s?\d{1,2}\s?[./\-月]\s?\d{1,4}日?[ T,]*.*\d{1,2}[.:]\d{2}|\d{5}\.\d+$"
)


@dataclass(frozen=True)
class Layout:
    """Places of columns in a file: those of the program, and those that say who somebody is."""

    private: frozenset[int]
    own: frozenset[int] = frozenset()
    id_place: int | None = None


def form_items(table: TableFile, instrument: Instrument, layout: Layout) -> TableFile:
    """Give the table with item ids as headings, boxes to tick in columns of their own.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> climate = isv.load_instrument("leadership-climate")
    >>> header = ["Timestamp", "How is it? [Impressed by leadership]"]
    >>> table = TableFile(header, [["2026-03-01", "4"]], [1], "csv", False)
    >>> form_items(table, climate, Layout(frozenset(), frozenset({0}))).header
    ['Timestamp', 'LEAD03']
    """
    width = len(table.header)
    filled = table.filled()
    columns = [[row[place] for row in filled] for place in range(width)]
    beyond = [row[width:] for row in filled]
    kept = _Columns(instrument)
    kept.sort(table.header, columns, layout)
    rows = kept.table_rows(beyond) if kept.columns else beyond
    return replace(
        table,
        header=kept.header,
        rows=rows,
        notes=[*table.notes, *kept.notes],
        changes=[*table.changes, *kept.changes],
        aside=table.aside | kept.declined,
        id_column=kept.id_column or table.id_column,
        texts={kept.header[n]: said for n, said in kept.said.items()},
    )


@dataclass
class _Columns(ItemColumns):
    """The columns of a form, one by one."""

    declined: dict[int, str] = field(default_factory=dict)
    said: dict[int, str] = field(default_factory=dict)
    id_column: str | None = None
    notes: list[str] = field(default_factory=list)

    def sort(self, header: list[str], columns: list[list[str]], layout: Layout) -> None:
        """Decide on every column."""
        asked = {
            place: heading
            for place, heading in enumerate(header)
            if place not in layout.private | layout.own
        }
        matched = Headings.of(self.instrument).find(asked)
        for place, (heading, cells) in enumerate(zip(header, columns, strict=True)):
            found = matched.get(place)
            if place in layout.private:
                self.drop(heading)
            elif isinstance(found, Boxes):
                self._add_boxes(heading, cells, found)
            elif heading or any(cells):
                self._note_declined(heading, cells, found)
                self.add(self._free(heading), found, cells)
                if found is not None:
                    self.said[len(self.header) - 1] = heading
            if place == layout.id_place:
                self.id_column = self.header[-1]
        self.read_labels()

    def _free(self, heading: str) -> str:
        """Give a heading that is no item's, where the column is none."""
        return f"{heading}_" if heading in self.header else heading

    def _add_boxes(self, heading: str, cells: list[str], boxes: Boxes) -> None:
        """Turn a column of lists into one column per box."""
        columns, n_others = boxes.read(cells)
        for item, ticks in zip(boxes.items, columns, strict=True):
            self.add(heading, item, ticks)
        if n_others:
            name = f"{heading} (as written)"
            self.changes.append((name, "list_kept_beside", heading, name))
            self.add(name, None, cells)
            self.notes.append(
                f"{n_others} list(s) of answers to {heading!r} hold a text that is none of its "
                f"answers, or can be read in two ways; they stand in {name!r}."
            )

    def _note_declined(self, heading: str, cells: list[str], found: str | None) -> None:
        """Set people aside who did not agree to take part."""
        if found is None and asks_consent(heading, self.instrument):
            self.declined |= {n: NO_CONSENT for n, cell in enumerate(cells) if has_declined(cell)}


@dataclass(frozen=True)
class Headings:
    """Items, questions about the respondent and questions with boxes, by what they say.

    ``whole`` are texts with the question above, ``own`` the texts alone.
    """

    names: Mapping[str, str]
    whole: Mapping[str, tuple[str, ...]]
    own: Mapping[str, tuple[str, ...]]
    boxes: Mapping[str, Boxes]

    @classmethod
    def of(cls, instrument: Instrument) -> Headings:
        """Collect all that headings may say."""
        whole: dict[str, list[str]] = {}
        own: dict[str, list[str]] = {}
        for said in all_spoken(instrument):
            whole.setdefault(said.stem + said.own, []).append(said.item)
            own.setdefault(said.own, []).append(said.item)
        for item in instrument.items:
            for code in item.left:
                poles = letters(f"{item.left[code]}{item.right.say(code)}")
                own.setdefault(poles, []).append(item.id)
        for column in instrument.context:
            if column.format is not None:
                for label in column.label.values():
                    own.setdefault(letters(label), []).append(column.id)
        names = {letters(i.written or i.id): i.id for i in instrument.items}
        names |= {letters(name): name for name in instrument.item_ids}
        return cls(names, _once(whole), _once(own), _box_texts(instrument))

    def find(self, headings: Mapping[int, str]) -> dict[int, str | Boxes]:
        """Find what headings stand for, by place.

        Where several items say the same, the headings have to be as many, in their order. A number
        behind a heading counts as given by the program if the heading stands there without it, too.
        """
        found: dict[int, str | Boxes] = {}
        plain = self._plain(headings)
        for place, said in plain.items():
            boxes = next((self.boxes[s] for s in said if s in self.boxes), None)
            name = next((self.names[s] for s in said if s in self.names), None)
            if boxes is not None or name is not None:
                found[place] = boxes or str(name)
        for known in (self.whole, self.own):
            taken = {item for item in found.values() if isinstance(item, str)}
            groups: dict[tuple[str, ...], list[int]] = {}
            for place in (p for p in headings if p not in found):
                items = next((known[s] for s in plain[place] if s in known), ())
                free = tuple(item for item in items if item not in taken)
                if free:
                    groups.setdefault(free, []).append(place)
            for items, places in groups.items():
                if len(items) == len(places):
                    found |= dict(zip(places, items, strict=True))
        return found

    def _plain(self, headings: Mapping[int, str]) -> dict[int, list[str]]:
        """Give what each heading may say: all of it, without its number, the row in brackets."""
        there = {letters(heading) for heading in headings.values()}
        plain = {}
        for place, heading in headings.items():
            row = _ROW.match(heading)
            bare = _NUMBERING.sub("", heading)
            texts = [heading, bare, *([row[2]] if row else [])]
            said = [letters(text) for text in texts]
            base = _COUNTED.sub("", said[0])
            if base != said[0] and base in there:
                said.append(base)
            plain[place] = [s for s in dict.fromkeys(said) if s]
        return plain


def _once(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    """Give each text with its items, each once and in their order."""
    return {said: tuple(dict.fromkeys(items)) for said, items in found.items() if said}


def _box_texts(instrument: Instrument) -> dict[str, Boxes]:
    """Give the questions with boxes by the texts that head their column, and by their row's id."""
    boxes = boxes_of(instrument)
    found: dict[str, Boxes] = {}
    for matrix in instrument.matrices:
        rows = [line for line in matrix.rows if (matrix.id, line.id) in boxes]
        for line in rows:
            asked = boxes[matrix.id, line.id]
            texts = [line.id, *line.text.values()]
            texts += [matrix.text[c] + line.text[c] for c in line.text if c in matrix.text]
            if len(rows) == 1:
                texts += matrix.text.values()
            found |= {letters(text): asked for text in texts if letters(text)}
    return found


def dates_at(table: TableFile, places: Collection[int]) -> bool:
    """Tell whether the filled cells of some columns look like dates with a time."""
    cells = [row[p].strip() for row in table.rows[:50] for p in places if p < len(row)]
    filled = [cell for cell in cells if cell]
    return bool(filled) and all(_DATE.match(cell) for cell in filled)
