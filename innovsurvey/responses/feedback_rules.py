"""What each kind of feedback rule says about one person.

A rule gets plain numbers (scores, standard errors, intervals, answers) and gives sentences, so
that a questionnaire page can do the same in the browser. Three conventions hold everywhere:

- A number is rounded to nine decimals before it is compared or written. What differs by less comes
  from the order of additions, not from the answers.
- Numbers are written with a fixed count of decimals, halves away from zero, and with a decimal
  comma in the languages that use one.
- Placeholders are replaced in one pass, and what is put in is never read again; a brace in the
  wording of an item stays as it is.
"""

from __future__ import annotations

import itertools
import math
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal, localcontext
from typing import TYPE_CHECKING, Final

from scipy.special import ndtr

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from innovsurvey.definitions.model import Band, FeedbackRule, Instrument, Item, Text

_PLACEHOLDER: Final = re.compile(r"\{(\w+)\}")
_EXACT: Final = 9  # decimals that count
_LONGEST: Final = 330  # digits of the largest float, with those decimals
_SCORE_DECIMALS: Final = 1
_INDEX_DECIMALS: Final = 2
_TWO: Final = 2
_TYPES: Final = ("both", "positive", "negative", "neither")
_DECIMAL_COMMA: Final = frozenset(
    {"cs", "da", "de", "es", "fi", "fr", "it", "nb", "nl", "nn", "no", "pl", "pt", "sv"}
)


@dataclass(frozen=True, slots=True)
class ScaleScore:
    """The score of one scale; ``se`` is NaN where too few answers tell of it."""

    score: float
    se: float
    n_answered: int


@dataclass(frozen=True, slots=True)
class Case:
    """One person: scores of the scales asked, intervals by scale and level, answers, indices.

    A scale that was not asked is not in ``scores``, an index that was not asked not in
    ``indices``; a missing number is NaN. ``answers`` has the items answered, as answered.
    """

    instrument: Instrument
    language: str
    version: str
    scores: Mapping[str, ScaleScore]
    intervals: Mapping[tuple[str, float], tuple[float, float]]
    answers: Mapping[str, float]
    indices: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: the rule, what it is about (scale, contrast, index or item), and the text."""

    rule: str
    kind: str
    scale: str
    outcome: str
    text: str


def say(rule: FeedbackRule, case: Case) -> list[Sentence]:
    """Give the sentences that a rule says to one person; often one, sometimes none."""
    return _KINDS[rule.kind](rule, case)


def write_number(value: float, digits: int, language: str) -> str:
    """Write a number with a fixed count of decimals, halves away from zero.

    Examples
    --------
    >>> write_number(3.65, 1, "en"), write_number(3.65, 1, "da"), write_number(-0.125, 2, "en")
    ('3.7', '3,7', '-0.13')
    >>> write_number(-0.01, 1, "en")
    '0.0'
    """
    with localcontext(prec=_LONGEST):
        exact = Decimal(repr(float(value))).quantize(Decimal(1).scaleb(-_EXACT))
        rounded = exact.quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    words = str(abs(rounded) if rounded == 0 else rounded)
    return words.replace(".", ",") if language.partition("-")[0] in _DECIMAL_COMMA else words


def fill(template: str, values: Mapping[str, str]) -> str:
    """Replace the placeholders of a sentence; anything else in braces stays.

    Examples
    --------
    >>> fill("{scale}: {band} {x}", {"scale": "{band}", "band": "often"})
    '{band}: often {x}'
    """
    return _PLACEHOLDER.sub(lambda found: values.get(found[1], found[0]), template)


def band_of(bands: Sequence[Band], value: float) -> int:
    """Find the band that contains a value: the first one whose ``below`` lies above it."""
    return next(
        place for place, band in enumerate(bands) if band.below is None or _tidy(value) < band.below
    )


def _tidy(value: float) -> float:
    """Drop what the order of additions leaves behind."""
    return round(float(value), _EXACT)


def _sentence(
    rule: FeedbackRule, case: Case, about: str, outcome: str, values: Mapping[str, str]
) -> Sentence:
    """Write the sentence of an outcome."""
    text = fill(rule.text(outcome).say(case.language), values)
    return Sentence(rule.id, rule.kind, about, outcome, text)


def _title(case: Case, scale: str) -> str:
    return case.instrument.scale(scale).title.say(case.language)


def _known(rule: FeedbackRule, case: Case, scale: str) -> ScaleScore | None:
    """Give a score with its error, or None where either is missing or answers are too few."""
    found = case.scores.get(scale)
    if found is None or math.isnan(found.score) or math.isnan(found.se):
        return None
    return None if found.n_answered < (rule.min_items or 0) else found


def _notice(rule: FeedbackRule, case: Case) -> list[Sentence]:
    """Say the one sentence there is."""
    return [_sentence(rule, case, "", "text", {})]


def _band(rule: FeedbackRule, case: Case) -> list[Sentence]:
    """Say for each scale asked which bands the interval of its score touches.

    No score: ``missing``. Fewer answers than ``min_items``, or no standard error: ``few``. One
    band: ``one``. Two bands: ``between``. More: ``uncertain``.
    """
    asked = [scale for scale in rule.scales if scale in case.scores]
    return [_band_of_scale(rule, case, scale) for scale in asked]


def _band_of_scale(rule: FeedbackRule, case: Case, scale: str) -> Sentence:
    found = case.scores[scale]
    values = {"scale": _title(case, scale), "n": str(found.n_answered)}
    if math.isnan(found.score):
        return _sentence(rule, case, scale, "missing", values)
    values["score"] = _score_words(case, found.score)
    if _known(rule, case, scale) is None:
        return _sentence(rule, case, scale, "few", values)
    lower, upper = case.intervals[scale, rule.level or 0]
    first, last = band_of(rule.bands, lower), band_of(rule.bands, upper)
    values |= {
        "lower": _score_words(case, lower),
        "upper": _score_words(case, upper),
        "band": rule.bands[first].label.say(case.language),
        "other_band": rule.bands[last].label.say(case.language),
    }
    return _sentence(rule, case, scale, _spread(last - first + 1), values)


def _spread(n_bands: int) -> str:
    """Name the outcome of an interval that touches so many bands."""
    if n_bands == 1:
        return "one"
    return "between" if n_bands == _TWO else "uncertain"


def _score_words(case: Case, value: float) -> str:
    return write_number(value, _SCORE_DECIMALS, case.language)


def _compare(rule: FeedbackRule, case: Case) -> list[Sentence]:
    """Say for each pair of scales with a score which is higher, or that they are about the same.

    Higher means a difference of more than ``critical`` times its standard error, the root of the
    sum of both squared standard errors.
    """
    known = [scale for scale in rule.scales if _known(rule, case, scale)]
    return [_pair(rule, case, one, other) for one, other in itertools.combinations(known, 2)]


def _pair(rule: FeedbackRule, case: Case, one: str, other: str) -> Sentence:
    first, second = case.scores[one], case.scores[other]
    difference = first.score - second.score
    margin = (rule.critical or 0) * math.hypot(first.se, second.se)
    outcome = "higher" if _tidy(abs(difference) - margin) > 0 else "same"
    if outcome == "higher" and difference < 0:
        one, other = other, one
    values = {"scale": _title(case, one), "other": _title(case, other)}
    return _sentence(rule, case, one, outcome, values)


def _lowest(rule: FeedbackRule, case: Case) -> list[Sentence]:
    """Name the scale whose interval lies wholly below those of all others, or say there is none.

    Nothing is said unless there are two scales or more, and every one has a score.
    """
    if len(rule.scales) < _TWO or not all(_known(rule, case, scale) for scale in rule.scales):
        return []
    spans = {scale: case.intervals[scale, rule.level or 0] for scale in rule.scales}
    for scale, (_, upper) in spans.items():
        others = [lower for other, (lower, _) in spans.items() if other != scale]
        if all(_tidy(upper) < _tidy(lower) for lower in others):
            return [_sentence(rule, case, scale, "lowest", {"scale": _title(case, scale)})]
    return [_sentence(rule, case, "", "none", {})]


def _least(rule: FeedbackRule, case: Case) -> list[Sentence]:
    """Ask about the items with the lowest answers, at most ``limit`` of them.

    Items of the scales answered with ``at_most`` or less; the lowest answers first, equal ones in
    the order of the file. Reverse-keyed items are left out, since a low answer there is a lot.
    """
    wanted = {name for scale in rule.scales for name in case.instrument.scale(scale).items}
    found = [
        item
        for item in case.instrument.items
        if item.id in wanted and not item.reverse and item.id in case.answers
    ]
    low = [item for item in found if case.answers[item.id] <= (rule.at_most or 0)]
    low.sort(key=lambda item: case.answers[item.id])
    return [_question(rule, case, item) for item in low[: rule.limit]]


def _question(rule: FeedbackRule, case: Case, item: Item) -> Sentence:
    values = {
        "item": _wording(case, item),
        "answer": _answer(case, item),
        "passage": _passage(case, item),
    }
    return _sentence(rule, case, item.id, "question", values)


def _passage(case: Case, item: Item) -> str:
    """Quote the words that the item was made from, with their place."""
    if item.passage is None:
        return ""
    passage = case.instrument.passage(item.passage)
    return f"“{passage.quote}”, {passage.place}"


def _wording(case: Case, item: Item) -> str:
    """Give the wording that was answered, or the two poles."""
    if item.left:
        return f"{item.left.say(case.language)} – {item.right.say(case.language)}"
    version = case.version if case.version in item.versions else None
    return item.text(version).say(case.language)


def _answer(case: Case, item: Item) -> str:
    """Give the label of the answer, or its number where it has no label."""
    value = case.answers[item.id]
    points = case.instrument.format_of(item.id).points
    label: Text | None = next((point.label for point in points if point.value == value), None)
    return (label.say(case.language) if label else "") or f"{value:g}"


def _type(rule: FeedbackRule, case: Case) -> list[Sentence]:
    """Say which of four types two scales make, if one of them is probable enough.

    With P the normal probability that a scale lies above the cut, ``(score - cut) / se`` standard
    errors away, the types have the probabilities P Q (both), P (1 - Q) (positive), (1 - P) Q
    (negative) and (1 - P)(1 - Q) (neither). The most probable is said from ``probability`` on,
    else ``borderline`` names the two most probable; equal ones stand in this order.
    """
    contrast = case.instrument.contrast(rule.contrast or "")
    pair = (contrast.positive, contrast.negative)
    if not set(pair) <= set(case.scores):
        return []
    values = {"positive": _title(case, pair[0]), "negative": _title(case, pair[1])}
    known = [_known(rule, case, scale) for scale in pair]
    high = [_p_high(score, contrast.cut) for score in known if score]
    if len(high) < len(pair):
        return [_sentence(rule, case, contrast.id, "missing", values)]
    chances = _chances(*high)
    first, second, *_ = sorted(_TYPES, key=lambda name: -chances[name])
    outcome = first if chances[first] >= (rule.probability or 0) else "borderline"
    for place, name in (("first", first), ("second", second)):
        values[place] = rule.text(f"name-{name}").say(case.language)
    return [_sentence(rule, case, contrast.id, outcome, values)]


def _p_high(score: ScaleScore, cut: float) -> float:
    """Give the probability that the true score is high, that is, from the cut on."""
    above = _tidy(score.score - cut)
    if score.se == 0:
        return float(above >= 0)
    return float(ndtr(above / score.se))


def _chances(positive: float, negative: float) -> dict[str, float]:
    """Give the probabilities of the four types."""
    products = (
        positive * negative,
        positive * (1 - negative),
        (1 - positive) * negative,
        (1 - positive) * (1 - negative),
    )
    return dict(zip(_TYPES, map(_tidy, products), strict=True))


def _index(rule: FeedbackRule, case: Case) -> list[Sentence]:
    """Say in which band an index of participation lies."""
    name = rule.index or ""
    if name not in case.indices:
        return []
    value = case.indices[name]
    if math.isnan(value):
        return [_sentence(rule, case, name, "missing", {})]
    band = rule.bands[band_of(rule.bands, value)].label.say(case.language)
    number = write_number(value, _INDEX_DECIMALS, case.language)
    return [_sentence(rule, case, name, "one", {"value": number, "band": band})]


_KINDS: Final[dict[str, Callable[[FeedbackRule, Case], list[Sentence]]]] = {
    "notice": _notice,
    "band": _band,
    "compare": _compare,
    "lowest": _lowest,
    "least": _least,
    "type": _type,
    "index": _index,
}
