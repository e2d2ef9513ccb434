"""Write the draft of a survey as an instrument file, with what is left to do as comments."""

from __future__ import annotations

import json
import textwrap
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.drafting.words import fitting_id, is_right_to_left, reason_of
from innovsurvey.responses.platforms.headings import core

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from innovsurvey.drafting.model import (
        DraftBlock,
        DraftBoxes,
        DraftFormat,
        DraftItem,
        DraftMissing,
        DraftPoint,
        SurveyDraft,
        Words,
    )

_SCALE_ITEMS: Final = 3
_WIDTH: Final = 96
_NOTICE: Final = (
    "Draft made from {source}. Nobody has looked at it yet. Go through it part by part, then take "
    "this notice out:",
    "- citation and licence below: whose wording is it, and who may use it? With a licence that "
    "allows it, set exportable to true.",
    "- level of each format: ordinal if the answers are steps of one thing, else nominal.",
    "- reverse: true for every item of which a high answer means little of its scale.",
    "- scales: which items belong together, and what a high score means. Proposals are at the end.",
)


def write_draft(draft: SurveyDraft, instrument_id: str) -> str:
    """Write an instrument file that passes the check as it stands.

    Examples
    --------
    >>> from innovsurvey.drafting.model import DraftFormat, DraftItem, SurveyDraft
    >>> asked = DraftItem("Q1[a]", {"en": "How old are you?"}, DraftFormat("number"))
    >>> text = write_draft(SurveyDraft("x.lss", {"en": "English"}, items=[asked]), "ages")
    >>> [line for line in text.splitlines() if "Q1" in line]
    ['  - {id: Q1_a, format: number, text: {en: "How old are you?"}}']
    """
    writer = _Writer(draft, instrument_id)
    parts = [
        writer.head(),
        writer.formats(),
        writer.items(),
        writer.boxes(),
        writer.blocks(),
        writer.context(),
        writer.proposals(),
    ]
    return "\n".join([writer.notice(), *filter(None, parts)])


@dataclass
class _Writer:
    """Writes the parts of the file; ids are given once, texts that are missing are counted."""

    draft: SurveyDraft
    instrument_id: str
    stood_in: dict[str, int] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self._keep_first()
        self.ids: dict[str, str] = {}
        taken: set[str] = set()
        self.rows = {b.code: self._take(b.code, taken) for b in self.draft.boxes}
        for asked in self.draft.boxes:  # a question Q5_1 is no box of the question Q5
            taken |= {f"{self.rows[asked.code]}_{c}".lower() for c in self._columns(asked)}
        for heading in (item.heading for item in self.draft.items):
            self.ids[heading] = self._take(heading, taken)
        self.format_ids: list[tuple[DraftFormat, str]] = []
        items = set(self.ids.values())
        self.columns = {c.id: c for c in reversed(self.draft.context) if c.id not in items}

    def _keep_first(self) -> None:
        """Leave out all but the first of questions whose answers have one heading."""
        by_heading = {item.heading: item for item in reversed(self.draft.items)}
        kept = [item for item in self.draft.items if by_heading[item.heading] is item]
        n = len(self.draft.items) - len(kept)
        if n:
            remark = f"{n} question(s) whose column has the name of another one were left out."
            self.draft = replace(self.draft, items=kept, remarks=[*self.draft.remarks, remark])

    @staticmethod
    def _take(name: str, taken: set[str]) -> str:
        """Give an id that is not taken yet."""
        found = fitting_id(name, taken)
        taken.add(found.lower())
        return found

    def notice(self) -> str:
        """Write what is left to do; comes last, when missing texts were counted."""
        lines = [line.format(source=self.draft.source) for line in _NOTICE]
        for language, n in self.stood_in.items():
            lines.append(f"- {n} text(s) have no {language}; the first language stands in.")
        lines += [f"- {remark}" for remark in self.draft.remarks]
        lines.append(f"Check it at any time: innovsurvey check {self.instrument_id}.yaml")
        return "".join(_comment(" ".join(line.split())) for line in lines)

    def head(self) -> str:
        """Write id, title, languages, source."""
        title = self.words(self.draft.title, self.instrument_id)
        languages = "".join(
            f"  {_quoted(code)}: {{name: {_quoted(name or code)}, direction: "
            f"{'rtl' if is_right_to_left(code) else 'ltr'}, status: "
            f"{'draft' if i else 'original'}}}\n"
            for i, (code, name) in enumerate(self.draft.languages.items())
        )
        return (
            f"id: {self.instrument_id}\nversion: 0.1.0\ntitle: {title}\n"
            f"description: {title}\n\nlanguages:\n{languages}\n"
            "source:\n  citation: Not known yet\n  licence: Not known yet\nexportable: false\n"
        )

    def words(self, text: Words, otherwise: str) -> str:
        """Write a text in every language; what is missing is taken from the first that has it."""
        first = next((words for words in text.values() if words), otherwise)
        parts = []
        for code, name in self.draft.languages.items():
            words = text.get(code)
            if not words and any(text.values()):
                self.stood_in[name or code] = self.stood_in.get(name or code, 0) + 1
            parts.append(f"{_key(code)}: {_quoted(words or first)}")
        return "{" + ", ".join(parts) + "}"

    def formats(self) -> str:
        """Write each different format once."""
        lines = ["formats:"]
        for item in self.draft.items:
            format_ = usable_format(item.format)
            if self._format_of(item) is None:
                name = _format_id(format_, [known for _, known in self.format_ids])
                self.format_ids.append((format_, name))
                lines += self._format(format_, name, has_poles=bool(item.left or item.right))
        if self.draft.boxes:
            lines += [
                "  tick:",
                "    level: multiple",
                "    anchors: none",
                "    points: [{value: 0}, {value: 1}]",
            ]
        return "\n".join(lines) + "\n"

    def _format_of(self, item: DraftItem) -> str | None:
        """Give the id of the format of an item, if it was written already."""
        format_ = usable_format(item.format)
        return next((name for known, name in self.format_ids if known == format_), None)

    def _format(self, format_: DraftFormat, name: str, *, has_poles: bool) -> Iterator[str]:
        """Write one format."""
        yield f"  {name}:"
        yield f"    level: {format_.level}"
        labelled = any(any(point.label.values()) for point in format_.points)
        if format_.points and not labelled:
            yield f"    anchors: {'poles' if has_poles else 'none'}"
        if format_.points:
            yield "    points:"
            for point in format_.points:
                yield f"      - {self._point(point, labelled=labelled)}"
        if format_.missing:
            yield "    missing:"
            for option, reason in zip(format_.missing, _reasons(format_.missing), strict=True):
                yield f"      - {self._missing(option, reason)}"
        for key, limit in (("minimum", format_.minimum), ("maximum", format_.maximum)):
            if limit is not None:
                yield f"    {key}: {write_number(limit)}"

    def _point(self, point: DraftPoint, *, labelled: bool) -> str:
        """Write one answer."""
        parts = [f"value: {write_number(point.value)}"]
        if point.written:
            parts.append(f"written: {_quoted(point.written)}")
        if labelled:
            parts.append(f"label: {self.words(point.label, write_number(point.value))}")
        return "{" + ", ".join(parts) + "}"

    def _missing(self, option: DraftMissing, reason: str) -> str:
        """Write one way to give no rating."""
        written = f", written: {_quoted(option.written)}" if option.written else ""
        label = self.words(option.label, reason.replace("_", " "))
        code = write_number(option.code)
        return f"{{code: {code}, reason: {_quoted(reason)}{written}, label: {label}}}"

    def items(self) -> str:
        """Write the questions in their order."""
        lines = [f"  - {self._item(item)}" for item in self.draft.items]
        return "items:\n" + "\n".join(lines) + "\n" if lines else "items: []\n"

    def _item(self, item: DraftItem) -> str:
        """Write one question."""
        name = self.ids[item.heading]
        parts = [f"id: {name}", f"format: {self._format_of(item)}"]
        parts.append(f"text: {self.words(item.text, item.heading)}")
        if item.left or item.right:
            parts.append(f"left: {self.words(item.left, '-')}")
            parts.append(f"right: {self.words(item.right, '-')}")
        if item.repeated or core(name) != core(item.heading):
            parts.append(f"written: {_quoted(item.heading)}")
        if item.note:
            parts.append(f"note: {_quoted(item.note)}")
        return "{" + ", ".join(parts) + "}"

    def boxes(self) -> str:
        """Write the questions with boxes to tick as matrices of one row."""
        return (
            "matrices:\n" + "".join(map(self._boxes, self.draft.boxes)) if self.draft.boxes else ""
        )

    def _boxes(self, asked: DraftBoxes) -> str:
        """Write one question with boxes."""
        row = self.rows[asked.code]
        columns = "".join(
            f"      - {{id: {_quoted(column)}, text: {self.words(text, code)}}}\n"
            for column, (code, text) in zip(self._columns(asked), asked.boxes.items(), strict=True)
        )
        text = self.words(asked.text, asked.code)
        return (
            f"  - id: {row.lower()}\n    format: tick\n    text: {text}\n"
            f"    rows:\n      - {{id: {row}, text: {text}}}\n    columns:\n{columns}"
        )

    def _columns(self, asked: DraftBoxes) -> list[str]:
        """Give the ids of the boxes: their codes, which may be numbers."""
        taken: set[str] = set()
        return [self._take(f"C{code}", taken)[1:] for code in asked.boxes]

    def blocks(self) -> str:
        """Write what is shown together."""
        lines: list[str] = []
        used: set[str] = set()
        ids = {code: row.lower() for code, row in self.rows.items()} | self.ids
        for i, block in enumerate(self.draft.blocks, start=1):
            items = [h for h in block.headings if h in ids and h not in used]
            used |= set(items)
            if items:
                lines += self._block(block, f"block_{i}", [ids[h] for h in items])
        return "\n".join(["blocks:", *lines]) + "\n" if lines else ""

    def _block(self, block: DraftBlock, name: str, items: list[str]) -> Iterator[str]:
        """Write one block."""
        yield f"  - id: {name}"
        if any(block.title.values()):
            yield f"    title: {self.words(block.title, name)}"
        if any(block.stem.values()):
            yield f"    stem: {self.words(block.stem, name)}"
        yield f"    items: [{', '.join(items)}]"

    def context(self) -> str:
        """Write the columns that go with the answers."""
        lines = [
            f"  - {{id: {_quoted(column.id)}, role: {column.role}, "
            f"label: {self.words(column.label, column.id)}}}"
            for column in reversed(self.columns.values())
        ]
        return "\n".join(["context:", *lines]) + "\n" if lines else ""

    def proposals(self) -> str:
        """Propose a scale, as a comment, for each block of at least three ordinal items."""
        formats = {item.heading: item.format for item in self.draft.items}
        lines: list[str] = []
        for i, block in enumerate(self.draft.blocks, start=1):
            asked = [h for h in block.headings if h in formats and formats[h].level == "ordinal"]
            if len(asked) >= _SCALE_ITEMS and all(formats[h] == formats[asked[0]] for h in asked):
                lines += self._proposal(f"scale_{i}", [self.ids[h] for h in asked])
        return (
            "\n".join(["# scales: # proposals: take the # away from what is true", *lines, ""])
            if lines
            else ""
        )

    def _proposal(self, name: str, items: list[str]) -> Iterator[str]:
        """Write one proposal."""
        languages = list(self.draft.languages)
        title = "{" + ", ".join(f"{_key(code)}: {_quoted(name)}" for code in languages) + "}"
        yield f"#   - id: {name}"
        yield f"#     title: {title}"
        yield f"#     description: {title}"
        yield f"#     items: [{', '.join(items)}]"
        yield f"#     score: {{method: mean, min_valid: {(len(items) + 1) // 2}}}"


def usable_format(format_: DraftFormat) -> DraftFormat:
    """Give a format with its answers in order, each value once; a text where there are none.

    Examples
    --------
    >>> from innovsurvey.drafting.model import DraftFormat, DraftPoint
    >>> usable_format(DraftFormat("ordinal", (DraftPoint(2), DraftPoint(1)))).points[0].value
    1
    """
    by_value = {point.value: point for point in reversed(format_.points)}
    points = tuple(by_value[value] for value in sorted(by_value))
    options = {o.code: o for o in reversed(format_.missing) if o.code not in by_value}
    missing = tuple(options[code] for code in sorted(options, reverse=True))
    needs_points = format_.level in {"ordinal", "nominal", "multiple"}
    if needs_points and len(points) < 2:
        return replace(format_, level="text", points=(), missing=missing)
    return replace(format_, points=points, missing=missing)


def _comment(line: str) -> str:
    """Write a line as a comment of several lines."""
    later = "#   " if line.startswith("- ") else "# "
    return textwrap.fill(line, _WIDTH, initial_indent="# ", subsequent_indent=later) + "\n"


def _format_id(format_: DraftFormat, taken: Iterable[str]) -> str:
    """Name a format by its level and number of answers."""
    level = "words" if format_.level == "text" else format_.level
    start = f"{level}{len(format_.points) or ''}"
    name, n = start, 1
    while name in set(taken) | {"tick"}:
        n += 1
        name = f"{start}_{n}"
    return name


def _reasons(options: Iterable[DraftMissing]) -> list[str]:
    """Give each way to give no rating a reason of its own."""
    found: list[str] = []
    for option in options:
        label = next(iter(option.label.values()), "")
        reason = option.reason or reason_of(label, option.code)
        name, n = reason, 1
        while name in found:
            n += 1
            name = f"{reason}_{n}"
        found.append(name)
    return found


def _key(code: str) -> str:
    """Write a language code as a key, in quotes where YAML would read it otherwise."""
    return _quoted(code) if code in {"no", "on", "off", "yes", "y", "n"} else code


def _quoted(text: str) -> str:
    """Write a text in double quotes; breaks that YAML knows beside JSON's are written as signs."""
    written = json.dumps(text, ensure_ascii=False)
    for sign in ("\x7f", "\x85", "\u2028", "\u2029", "\ufeff", "\ufffe", "\uffff"):
        written = written.replace(sign, f"\\u{ord(sign):04x}")
    return written
