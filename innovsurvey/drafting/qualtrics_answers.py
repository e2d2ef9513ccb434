"""Read the answers of a Qualtrics question: codes, labels, and which give no rating."""

from __future__ import annotations

import itertools
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.drafting.answer_kinds import level_of, says_nothing
from innovsurvey.drafting.model import DraftFormat, DraftMissing, DraftPoint
from innovsurvey.drafting.words import language_code, plain_text

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.drafting.model import Level, Words

# Where Qualtrics has another code for a language than the usual one.
_LANGUAGES: Final = {"ZH-S": "zh-Hans", "ZH-T": "zh-Hant", "SR-BA": "sr-BA", "ES-ES": "es-ES"}
_NUMBER: Final = re.compile(r"-?\d{1,16}(\.\d+)?")
_WHOLE: Final = re.compile(r"\d+")
_LOCATOR: Final = re.compile(r"q://(QID\w+)/")
_FEWEST_STEPS: Final = 3
_LARGEST: Final = 2.0**53  # whole numbers beyond are not exact


@dataclass(frozen=True)
class Choice:
    """One answer or row: its place in the file, its code as exported, its words and name.

    ``name`` is what the author called it for exports of texts; ``counts`` is false where the
    author left it out of analyses.
    """

    place: str
    code: str
    words: Words
    name: str = ""
    counts: bool = True

    @property
    def box(self) -> str:
        """Write the code as the end of a column: 3, or m1 for -1."""
        if _WHOLE.fullmatch(self.code):
            return self.code
        if self.code.startswith("-") and _WHOLE.fullmatch(self.code[1:]):
            return f"m{self.code[1:]}"
        return f"c{self.place}"


def as_mapping(part: Any) -> dict[str, Any]:
    """Give a part as a mapping with texts as keys; Qualtrics writes an empty one as a list.

    Examples
    --------
    >>> as_mapping([]), as_mapping(["a"]), as_mapping({1: "a"})
    ({}, {'1': 'a'}, {'1': 'a'})
    """
    if isinstance(part, dict):
        return {str(key): value for key, value in part.items()}
    if isinstance(part, list):
        return {str(place): value for place, value in enumerate(part, start=1)}
    return {}


def language_of(code: str) -> str:
    """Give the usual code of a language of Qualtrics.

    Examples
    --------
    >>> language_of("DA"), language_of("ZH-S"), language_of("PT-BR")
    ('da', 'zh-Hans', 'pt-BR')
    """
    return _LANGUAGES.get(code.upper(), language_code(code))


def in_languages(question: Mapping[str, Any], original: str) -> dict[str, dict[str, Any]]:
    """Give the texts of a question by language, the original first."""
    others = as_mapping(question.get("Language"))
    said = {language_of(code): as_mapping(texts) for code, texts in others.items()}
    return {original: dict(question)} | {
        code: texts for code, texts in said.items() if texts and code != original
    }


def say(texts: Mapping[str, Mapping[str, Any]], key: str) -> Words:
    """Give one text in all languages that have it."""
    found = {code: plain_text(str(said.get(key) or "")) for code, said in texts.items()}
    return {code: words for code, words in found.items() if words}


def choices(
    question: Mapping[str, Any], texts: Mapping[str, Mapping[str, Any]], part: str = "Choices"
) -> list[Choice]:
    """Read the choices or answers of a question in the order they are shown."""
    listed = as_mapping(question.get(part))
    order = map(str, as_mapping(question.get(f"{part[:-1]}Order")).values())
    places = [p for p in dict.fromkeys(order) if p in listed]
    places += [p for p in listed if p not in places]
    recodes = as_mapping(question.get("RecodeValues"))
    names = as_mapping(question.get("VariableNaming"))
    left_out = as_mapping(question.get("AnalyzeChoices"))
    return [
        Choice(
            place,
            plain_text(str(recodes.get(place, place.removeprefix("x")))),
            _words(texts, part, place),
            plain_text(str(names.get(place) or "")),
            str(left_out.get(place, "Yes")).casefold() != "no",
        )
        for place in places
    ]


def with_carried(
    question: dict[str, Any], questions: Mapping[str, Mapping[str, Any]]
) -> dict[str, Any]:
    """Add the choices that a question takes over from another, whose places begin with x."""
    said = question.get("DynamicChoices")
    match = _LOCATOR.search(str(as_mapping(said).get("Locator") or ""))
    source = questions.get(match[1], {}) if match else {}
    carried = {f"x{place}": c for place, c in as_mapping(source.get("Choices")).items()}
    if not carried:
        return question
    others = as_mapping(question.get("Language"))
    from_there = as_mapping(source.get("Language"))
    languages = {
        code: _added(as_mapping(texts), as_mapping(from_there.get(code)))
        for code, texts in others.items()
    }
    order = map(str, as_mapping(source.get("ChoiceOrder")).values())
    own = list(as_mapping(question.get("ChoiceOrder")).values())
    return {
        **question,
        "Choices": {**as_mapping(question.get("Choices")), **carried},
        "ChoiceOrder": [*own, *(f"x{place}" for place in order)],
        "Language": languages,
    }


def _added(texts: dict[str, Any], source: Mapping[str, Any]) -> dict[str, Any]:
    """Add the carried choices in one language."""
    carried = {f"x{place}": c for place, c in as_mapping(source.get("Choices")).items()}
    return {**texts, "Choices": {**carried, **as_mapping(texts.get("Choices"))}}


def _words(texts: Mapping[str, Mapping[str, Any]], part: str, place: str) -> Words:
    """Give the words of one choice in all languages."""
    found = {}
    for code, said in texts.items():
        entry = as_mapping(said.get(part)).get(place)
        shown = entry.get("Display") if isinstance(entry, dict) else entry
        words = plain_text(str(shown or ""))
        if words:
            found[code] = words
    return found


def answer_format(answers: Sequence[Choice], *, is_scale: bool = False) -> DraftFormat:
    """Turn answers into a format; ``is_scale`` says that Qualtrics calls them points of a scale.

    Answers that the author left out of analyses, or gave a negative code outside the scale, or
    whose label says so, give no rating.
    """
    kept = _with_numbers(answers)
    outside = _outside(kept)
    silent = [c for c in kept if not c.counts or c.place in outside or says_nothing(_said(c))]
    if len(silent) == len(kept):
        silent = []
    rated = [choice for choice in kept if choice not in silent]
    points = tuple(DraftPoint(float(c.code), c.words, _written(c)) for c in rated)
    missing = tuple(DraftMissing(float(c.code), c.words, written=_written(c)) for c in silent)
    return DraftFormat(_level(rated, is_scale=is_scale), points, missing)


def _with_numbers(answers: Sequence[Choice]) -> list[Choice]:
    """Give answers whose codes are numbers, each once; else the places stand in for the codes."""
    if all(_is_exact(choice.code) for choice in answers):
        return _merged(answers)
    return [
        Choice(c.place, _place_number(c.place, n), c.words, c.name or c.code * (c.code != c.place))
        for n, c in enumerate(answers, start=1)
    ]


def shares_codes(answers: Sequence[Choice]) -> bool:
    """Tell whether two answers have one code, so that data do not tell them apart."""
    codes = [float(choice.code) for choice in answers if _is_exact(choice.code)]
    return len({*codes}) < len(codes)


def _merged(answers: Sequence[Choice]) -> list[Choice]:
    """Make one answer of those that share a code."""
    by_code: dict[float, Choice] = {}
    for choice in answers:
        first = by_code.get(float(choice.code))
        if first is None:
            by_code[float(choice.code)] = choice
        else:
            words = {
                c: f"{w} / {choice.words.get(c, '')}".strip(" /") for c, w in first.words.items()
            }
            by_code[float(choice.code)] = replace(first, words=words, name="")
    return list(by_code.values())


def _is_exact(code: str) -> bool:
    """Tell a code that is a number which the data can hold exactly."""
    return bool(_NUMBER.fullmatch(code)) and abs(float(code)) <= _LARGEST


def _place_number(place: str, number: int) -> str:
    """Give the number of a place; places such as x4 get their position in the list."""
    return place if _WHOLE.fullmatch(place) else str(1000 + number)


def _outside(answers: Sequence[Choice]) -> set[str]:
    """Find answers with negative codes that are no points of a scale around zero."""
    values = [float(choice.code) for choice in answers]
    steps = {b - a for a, b in itertools.pairwise(values)}
    is_even = len(steps) == 1
    mirrored = {-value for value in values} == {*values}
    if is_even or mirrored:
        return set()
    return {c.place for c, value in zip(answers, values, strict=True) if value < 0}


def _said(choice: Choice) -> list[str]:
    """Give what an answer says in any language."""
    return [*choice.words.values(), choice.name]


def _written(choice: Choice) -> str:
    """Give how exports of texts write the answer, where that is not its label."""
    return "" if choice.name in choice.words.values() else choice.name


def _level(rated: Sequence[Choice], *, is_scale: bool) -> Level:
    """Tell steps from names."""
    languages = {code for choice in rated for code in choice.words}
    labels = [[choice.words.get(code, "") for choice in rated] for code in sorted(languages)]
    if any(level_of(said) == "ordinal" for said in labels):
        return "ordinal"
    return "ordinal" if is_scale and len(rated) >= _FEWEST_STEPS else "nominal"
