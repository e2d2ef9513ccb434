"""How questions of LimeSurvey are answered, as response formats."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from innovsurvey.drafting.answer_kinds import level_of, says_nothing
from innovsurvey.drafting.model import DraftFormat, DraftMissing, DraftPoint
from innovsurvey.drafting.words import language_code, plain_text
from innovsurvey.responses.platforms.limesurvey_survey import Answer
from innovsurvey.responses.platforms.limesurvey_words import OTHER, said_in

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from innovsurvey.drafting.model import Level, Words
    from innovsurvey.responses.platforms.limesurvey_fields import Field
    from innovsurvey.responses.platforms.limesurvey_survey import Question

_ARRAYS: Final = frozenset("FH1")
_FEWEST_STEPS: Final = 3
_MOST_STEPS: Final = 21
_WHOLE: Final = re.compile(r"(-?(?:0|[1-9]\d{0,8}))", re.ASCII)
_NUMBERED: Final = re.compile(r"[A-Za-z]*(\d{1,9})", re.ASCII)
_RATED: Final = re.compile(r"(-?\d{1,3})(?:\s*\(.*\))?", re.ASCII)  # 10, or 10 (all of it)
# Answers that LimeSurvey words itself, with the codes of the data base; the numbers are those of
# its exports for SPSS and R.
_FIXED: Final[dict[str, tuple[Level, tuple[tuple[str, str], ...]]]] = {
    "Y": ("nominal", (("Y", "Yes"), ("N", "No"))),
    "G": ("nominal", (("F", "Female"), ("M", "Male"))),
    "C": ("nominal", (("Y", "Yes"), ("N", "No"), ("U", "Uncertain"))),
    "E": ("ordinal", (("I", "Increase"), ("S", "Same"), ("D", "Decrease"))),
}
_STEPS: Final = {"5": 5, "A": 5, "B": 10}


def format_of(field: Field, question: Question, languages: Sequence[str]) -> DraftFormat:
    """Give the response format of a column.

    Examples
    --------
    >>> from innovsurvey.responses.platforms.limesurvey_fields import Field
    >>> from innovsurvey.responses.platforms.limesurvey_survey import Question
    >>> made = format_of(Field("Q1", "", "choice"), Question("Q1", "Y", {}), ["en"])
    >>> [(point.value, point.written, point.label["en"]) for point in made.points]
    [(1, 'Y', 'Yes'), (2, 'N', 'No')]
    """
    if field.kind == "choice":
        return _choice(field, question, languages)
    if field.part or field.kind in {"text", "date"}:
        level: Level = "number" if field.part == "filecount" else "text"
        return DraftFormat("date" if field.kind == "date" else level)
    return _cell_number(question) if question.kind == ":" else _number(question)


def numbers_of(codes: Sequence[str], labels: Sequence[str]) -> list[int]:
    """Give each answer its number: the code, a number that is the label, digits, or the place.

    Each is taken only where it tells all answers apart.

    Examples
    --------
    >>> numbers_of(["5", "3"], ["Yes", "No"]), numbers_of(["A1", "A2"], ["0 (none)", "1"])
    ([5, 3], [0, 1])
    >>> numbers_of(["A2", "A10"], ["a", "b"]), numbers_of(["yes", "no", "-oth-"], ["a", "b", "c"])
    ([2, 10], [1, 2, 3])
    """
    own = [(code, label) for code, label in zip(codes, labels, strict=True) if code != OTHER]
    tries = (
        [_number_in(_WHOLE, code) for code, _ in own],
        [_number_in(_RATED, label) for _, label in own],
        [_number_in(_NUMBERED, code) for code, _ in own],
    )
    one_start = len({code.rstrip("0123456789") for code, _ in own}) == 1
    fitting = [t for t in (tries if one_start else tries[:2]) if len({*t} - {None}) == len(own)]
    found = [n for n in fitting[0] if n is not None] if fitting else list(range(1, len(own) + 1))
    by_code = dict(zip((code for code, _ in own), found, strict=True))
    by_code[OTHER] = max(found, default=0) + 1
    return [by_code[code] for code in codes]


def _number_in(pattern: re.Pattern[str], text: str) -> int | None:
    """Give the number that a pattern finds in a whole text."""
    match = pattern.fullmatch(text.strip())
    return None if match is None else int(match[1])


def words_of(texts: Words) -> Words:
    """Give a text without HTML, by language codes that fit an instrument file.

    Examples
    --------
    >>> words_of({"en": "<b>Why</b>?"})
    {'en': 'Why ?'}
    """
    return {language_code(code): plain_text(text) for code, text in texts.items()}


def _choice(field: Field, question: Question, languages: Sequence[str]) -> DraftFormat:
    """Give the format of one answer out of several."""
    kind = question.kind
    if kind in _STEPS:
        points = tuple(DraftPoint(n) for n in range(1, _STEPS[kind] + 1))
        return DraftFormat("ordinal", points)
    if kind in _FIXED:
        level, said = _FIXED[kind]
        return _listed([(code, said_in(word, languages)) for code, word in said], level)
    if kind == "I":
        return _listed([(code, dict.fromkeys(languages, code)) for code in languages], "nominal")
    answers = [(answer.code, words_of(answer.label)) for answer in _offered(field, question)]
    if question.has_other and kind != "R":
        own = words_of(question.attributes.get("other_replace_text", {}))
        other = said_in("Other", languages) | {k: v for k, v in own.items() if v and k in languages}
        answers.append((OTHER, other))
    return _listed(answers, None if kind not in _ARRAYS else "ordinal")


def _offered(field: Field, question: Question) -> Iterable[Answer]:
    """Give the answers offered; rankings of some versions have theirs as rows."""
    if question.kind == "R" and not question.answers:
        return [Answer(row.code, row.text) for row in question.rows]
    return [answer for answer in question.answers if answer.scale == field.scale]


def _listed(answers: Sequence[tuple[str, Words]], level: Level | None) -> DraftFormat:
    """Give the format of listed answers; those that say nothing are missing options."""
    points, missing = [], []
    first = [next(iter(label.values()), "") for _, label in answers]
    numbers = numbers_of([code for code, _ in answers], first)
    for (code, label), number in zip(answers, numbers, strict=True):
        written = "" if code == str(number) else code
        if says_nothing(label.values()):
            missing.append(DraftMissing(number, label, written=written))
        else:
            points.append(DraftPoint(number, label, written))
    ordered = [point for point in points if point.written != OTHER]
    return DraftFormat(_level(ordered, level), tuple(points), tuple(missing))


def _level(points: Sequence[DraftPoint], level: Level | None) -> Level:
    """Tell the level: the one given, if there are enough answers, else by the labels."""
    if level is not None:
        return level if len(points) >= _FEWEST_STEPS else "nominal"
    languages = {code for point in points for code in point.label}
    by_language = [[point.label.get(code, "") for point in points] for code in sorted(languages)]
    return "ordinal" if any(level_of(labels) == "ordinal" for labels in by_language) else "nominal"


def _cell_number(question: Question) -> DraftFormat:
    """Give the format of a cell with a number: one of a list, or any where it is typed in."""
    low, high = (_limit(question, f"multiflexible_{end}") for end in ("min", "max"))
    step = _limit(question, "multiflexible_step") or 1
    if question.is_on("input_boxes"):
        return DraftFormat("number", minimum=low, maximum=high)
    low, high = 1 if low is None else low, 10 if high is None else high
    n_steps = int((high - low) / step) + 1 if step > 0 and high >= low else 0
    if not 1 < n_steps <= _MOST_STEPS:
        return DraftFormat("number", minimum=min(low, high), maximum=max(low, high))
    return DraftFormat("ordinal", tuple(DraftPoint(low + step * n) for n in range(n_steps)))


def _number(question: Question) -> DraftFormat:
    """Give the format of a number that is typed in or set with a slider."""
    low = _limit(question, "min_num_value_n")
    high = _limit(question, "max_num_value_n")
    if question.is_on("slider_layout"):
        low = _limit(question, "slider_min") if low is None else low
        high = _limit(question, "slider_max") if high is None else high
    return DraftFormat("number", minimum=low, maximum=high)


def _limit(question: Question, name: str) -> float | None:
    """Give an attribute that is a number; one worked out while people answer is none."""
    text = question.setting(name).strip().replace(",", ".")
    try:
        value = float(text)
    except ValueError:
        return None
    return value if abs(value) < 1e15 else None
