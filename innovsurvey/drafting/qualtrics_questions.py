"""Turn the questions of a Qualtrics survey into items, by their kind."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.drafting.model import DraftBoxes, DraftFormat, DraftItem, DraftPoint
from innovsurvey.drafting.qualtrics_answers import (
    answer_format,
    as_mapping,
    choices,
    in_languages,
    say,
    shares_codes,
)
from innovsurvey.drafting.words import plain_text

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from innovsurvey.drafting.model import Words
    from innovsurvey.drafting.qualtrics_answers import Choice

_TEXT: Final = DraftFormat("text")
_NOTHING_ASKED: Final = {"DB": "descriptive text", "Timing": "timing", "Meta": "browser details",
                         "Captcha": "captcha", "GAP": "captcha"}  # fmt: skip
_MOST_RANKS: Final = 50
_STARS: Final = 5


@dataclass
class Questions:
    """Items, boxes and stems as they are found; ``passed`` counts what asks nothing, by kind."""

    original: str
    items: list[DraftItem] = field(default_factory=list)
    boxes: list[DraftBoxes] = field(default_factory=list)
    groups: list[tuple[Words, tuple[str, ...]]] = field(default_factory=list)
    passed: dict[str, int] = field(default_factory=dict)
    plain: list[str] = field(default_factory=list)
    shared: list[str] = field(default_factory=list)
    beside: int = 0

    def add(self, question: Mapping[str, Any]) -> None:
        """Add one question, by its kind."""
        kind = plain_text(str(question.get("QuestionType")))
        if kind in _NOTHING_ASKED:
            name = _NOTHING_ASKED[kind]
            self.passed[name] = self.passed.get(name, 0) + 1
            return
        asked = _Asked.of(question, self.original)
        self.beside += sum(
            isinstance(c, dict) and str(c.get("TextEntry")).casefold() in {"true", "on"}
            for part in ("Choices", "Answers")
            for c in as_mapping(question.get(part)).values()
        )
        part = "Answers" if kind == "Matrix" else "Choices"
        if shares_codes(choices(question, asked.texts, part)):
            self.shared.append(asked.tag)
        _KINDS.get(kind, _add_other)(self, asked)

    def one(self, asked: _Asked, format_: DraftFormat, note: str = "") -> None:
        """Add a question with one column."""
        name = self.free(asked.tag, asked)
        self.items.append(DraftItem(name, asked.text, format_, note=note))
        self.groups.append(({}, (name,)))

    def rows(
        self,
        asked: _Asked,
        lines: Iterable[tuple[str, Words, DraftFormat]],
        poles: Mapping[str, tuple[Words, Words]] | None = None,
    ) -> None:
        """Add a question with one column per row, below its text."""
        headings = []
        for end, words, format_ in lines:
            heading = self.free(f"{asked.tag}_{end}", asked)
            left, right = (poles or {}).get(end, ({}, {}))
            self.items.append(DraftItem(heading, words, format_, left, right))
            headings.append(heading)
        self.groups.append((asked.text, tuple(headings)))

    def tick(self, tag: str, text: Words, answers: Iterable[Choice], asked: _Asked) -> None:
        """Add a question with boxes to tick."""
        boxes: dict[str, Words] = {}
        for choice in answers:
            code = f"c{choice.place}" if choice.box in boxes else choice.box
            boxes[code] = choice.words
        if boxes:
            self.boxes.append(DraftBoxes(self.free(tag, asked), text, boxes))

    def free(self, heading: str, asked: _Asked) -> str:
        """Give a heading that no question has yet; a second one gets the id of the question."""
        taken = {item.heading for item in self.items} | {boxes.code for boxes in self.boxes}
        if heading not in taken:
            return heading
        other = heading.replace(asked.tag, asked.qid, 1)
        while other in taken:
            other += "_2"
        return other


@dataclass(frozen=True)
class _Asked:
    """One question with its texts in all languages."""

    question: Mapping[str, Any]
    texts: dict[str, dict[str, Any]]
    tag: str
    qid: str
    text: Words

    @classmethod
    def of(cls, question: Mapping[str, Any], original: str) -> _Asked:
        """Read what all kinds of questions have."""
        texts = in_languages(question, original)
        qid = plain_text(str(question.get("QuestionID") or "")) or "QID"
        tag = plain_text(str(question.get("DataExportTag") or "")) or qid
        return cls(question, texts, tag, qid, say(texts, "QuestionText") or {original: tag})

    def part(self, *names: str) -> Any:
        """Give a part that lies within others."""
        found: Any = self.question
        for name in names:
            found = as_mapping(found).get(name)
        return found

    @property
    def selector(self) -> str:
        """Give the form of the question."""
        return str(self.question.get("Selector") or "")

    @property
    def lines(self) -> list[tuple[str, Choice]]:
        """Give the rows with the ends of their columns: the author's tag, or the place."""
        tags = as_mapping(self.question.get("ChoiceDataExportTags"))
        plain = {k: v for k, v in self.question.items() if k != "RecodeValues"}
        listed = choices(plain, self.texts)
        return [(plain_text(str(tags.get(c.place) or "")) or c.place, c) for c in listed]

    @property
    def answers(self) -> list[Choice]:
        """Give the columns of a matrix."""
        return choices(self.question, self.texts, "Answers")


def _add_choice(found: Questions, asked: _Asked) -> None:
    """Add a choice of one answer, or of several."""
    listed = choices(asked.question, asked.texts)
    if asked.selector == "NPS":
        found.one(asked, DraftFormat("ordinal", tuple(DraftPoint(n) for n in range(11))))
    elif asked.selector in {"MAVR", "MAHR", "MACOL", "MSB"}:
        found.tick(asked.tag, asked.text, listed, asked)
    else:
        found.one(asked, answer_format(listed))


def _add_matrix(found: Questions, asked: _Asked) -> None:
    """Add a matrix: one item per row, or boxes, texts and numbers per cell."""
    sub = str(asked.question.get("SubSelector") or "")
    if asked.selector == "TE":
        _add_cells(found, asked, _TEXT)
    elif asked.selector == "CS":
        _add_cells(found, asked, DraftFormat("number"))
    elif asked.selector == "RO":
        _add_cells(found, asked, _ranks(len(asked.answers)))
    elif sub == "MultipleAnswer":
        for end, line in asked.lines:
            found.tick(f"{asked.tag}_{end}", _joined(asked.text, line.words), asked.answers, asked)
    elif asked.selector == "Bipolar":
        _add_bipolar(found, asked)
    elif asked.selector == "Profile":
        found.rows(asked, ((e, c.words, answer_format(_own(asked, c))) for e, c in asked.lines))
    else:
        format_ = answer_format(asked.answers, is_scale=asked.selector == "Likert")
        found.rows(asked, ((end, line.words, format_) for end, line in asked.lines))


def _add_cells(found: Questions, asked: _Asked, format_: DraftFormat) -> None:
    """Add an item per cell."""
    found.rows(
        asked,
        (
            (f"{end}_{answer.place}", _joined(line.words, answer.words), format_)
            for end, line in asked.lines
            for answer in asked.answers
        ),
    )


def _add_bipolar(found: Questions, asked: _Asked) -> None:
    """Add rows between two poles, written "left:right"."""
    poles = {}
    for end, line in asked.lines:
        split = {code: words.partition(":") for code, words in line.words.items()}
        poles[end] = (
            {code: left.strip() or "-" for code, (left, _, _) in split.items()},
            {code: right.strip() or "-" for code, (_, _, right) in split.items()},
        )
    format_ = answer_format(asked.answers, is_scale=True)
    found.rows(asked, ((end, line.words, format_) for end, line in asked.lines), poles)


def _own(asked: _Asked, line: Choice) -> list[Choice]:
    """Give the answers of one row of a matrix whose rows have answers of their own."""
    inner = {
        code: {"Answers": as_mapping(said.get("Answers")).get(line.place)}
        for code, said in asked.texts.items()
    }
    recodes = as_mapping(asked.question.get("RecodeValues")).get(line.place)
    own = {"Answers": asked.part("Answers", line.place), "RecodeValues": recodes}
    return choices(own, inner, "Answers")


def _add_side_by_side(found: Questions, asked: _Asked) -> None:
    """Add each column of a side-by-side question as a matrix of its own."""
    for number, part in as_mapping(asked.question.get("AdditionalQuestions")).items():
        inner = as_mapping(part)
        said = {
            code: _side(texts, as_mapping(as_mapping(texts.get("AdditionalQuestions")).get(number)))
            for code, texts in asked.texts.items()
        }
        inner |= said.pop(next(iter(asked.texts)))
        inner.setdefault("DataExportTag", f"{asked.tag}#{number}")
        inner.setdefault("QuestionID", f"{asked.qid}#{number}")
        inner |= {"Language": said, "ChoiceOrder": asked.question.get("ChoiceOrder")}
        inner["ChoiceDataExportTags"] = _side_tags(inner)
        found.add({**inner, "QuestionType": inner.get("QuestionType") or "Matrix"})


def _side(texts: Mapping[str, Any], side: dict[str, Any]) -> dict[str, Any]:
    """Give the texts of one side: its question behind that of the whole, the rows of the whole."""
    words = (plain_text(str(part.get("QuestionText") or "")) for part in (texts, side))
    return {
        **side,
        "QuestionText": " – ".join(filter(None, words)),
        "Choices": texts.get("Choices"),
    }


def _side_tags(inner: Mapping[str, Any]) -> dict[str, str]:
    """Give the ends of the columns: the tag of the row, then that of the side, if any."""
    tags = as_mapping(inner.get("ChoiceDataExportTags"))
    last = inner.get("AnswerDataExportTag")
    ends = {place: str(tags.get(place) or place) for place in as_mapping(inner.get("Choices"))}
    return {place: f"{end}_{last}" if last else end for place, end in ends.items()}


def _add_slider(found: Questions, asked: _Asked) -> None:
    """Add a number per slider, or stars."""
    settings = as_mapping(asked.part("Configuration"))
    if asked.selector == "STAR":
        most = _number(settings.get("StarCount")) or _STARS
        format_ = DraftFormat("number", minimum=0, maximum=most)
    else:
        low, high = _number(settings.get("CSSliderMin")), _number(settings.get("CSSliderMax"))
        format_ = DraftFormat("number", minimum=low, maximum=high)
    found.rows(asked, ((end, line.words, format_) for end, line in asked.lines))


def _add_numbers(found: Questions, asked: _Asked) -> None:
    """Add a number per choice, as in sums that have to come out."""
    found.rows(asked, ((end, line.words, DraftFormat("number")) for end, line in asked.lines))


def _add_ranks(found: Questions, asked: _Asked) -> None:
    """Add the rank of each choice."""
    format_ = _ranks(len(asked.lines))
    found.rows(asked, ((end, line.words, format_) for end, line in asked.lines))


def _ranks(n_choices: int) -> DraftFormat:
    """Give the ranks of a number of choices."""
    if 1 < n_choices <= _MOST_RANKS:
        return DraftFormat("ordinal", tuple(DraftPoint(n) for n in range(1, n_choices + 1)))
    return DraftFormat("number", minimum=1, maximum=max(n_choices, 1))


def _add_text(found: Questions, asked: _Asked) -> None:
    """Add a text, number or date; a form has one per line."""
    settings = as_mapping(asked.part("Validation", "Settings"))
    limits = as_mapping(settings.get("ValidNumber"))
    low = _number(settings.get("ValidNumberMin", limits.get("Min")))
    high = _number(settings.get("ValidNumberMax", limits.get("Max")))
    content = str(settings.get("ContentType") or settings.get("Type") or "")
    formats = {"ValidNumber": DraftFormat("number", minimum=low, maximum=high),
               "ValidDate": DraftFormat("date")}  # fmt: skip
    if asked.selector == "FORM":
        found.rows(asked, ((end, line.words, _TEXT) for end, line in asked.lines))
    else:
        found.one(asked, formats.get(content, _TEXT))


def _add_other(found: Questions, asked: _Asked) -> None:
    """Add a kind of question that is not taken apart, as a text."""
    kind = plain_text(str(asked.question.get("QuestionType")))
    found.plain.append(f"{asked.tag} ({kind})")
    found.one(asked, _TEXT, note=f"Asked in Qualtrics as {kind}.")


def _joined(first: Words, second: Words) -> Words:
    """Put the text of a question before that of a row."""
    codes = dict.fromkeys([*first, *second])
    return {code: " – ".join(filter(None, (first.get(code), second.get(code)))) for code in codes}


def _number(text: Any) -> float | None:
    """Read a number of the settings, if it is one."""
    try:
        return float(str(text))
    except ValueError:
        return None


_KINDS: Final[dict[str, Callable[[Questions, _Asked], None]]] = {
    "MC": _add_choice,
    "Matrix": _add_matrix,
    "SBS": _add_side_by_side,
    "Slider": _add_slider,
    "CS": _add_numbers,
    "RO": _add_ranks,
    "TE": _add_text,
}
