"""Put answers that were found in data in the order of their steps, where that order is known."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.cells import as_number, normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST: Final = 3
_BELOW: Final = (
    r"[=≤]?<=?|≤|(?:less|fewer|lower|younger) than|under|below|up to|mindre end|færre end|op til|"
    r"weniger als|unter|bis(?: zu)?|minder dan|tot|moins de|menos de|meno di|mindre än|mindre enn"
)
_ABOVE: Final = (
    r">=?|≥|(?:more|higher|older|greater) than|over|above|at least|mere end|flere end|mindst|"
    r"mehr als|über|mindestens|meer dan|plus de|más de|mais de|più di|mer än|mer enn"
)
_AMOUNT: Final = re.compile(
    rf"(?:(?P<below>{_BELOW})|(?P<above>{_ABOVE}))?[^\w-]*"
    r"(?P<number>-?\d{1,3}(?:[.,]\d{3})+|-?\d+(?:[.,]\d+)?)(?P<rest>(?![A-Za-z]{1,2}\b).*)",
    re.IGNORECASE | re.DOTALL,
)
_OPEN_END: Final = re.compile(
    r"\+|\b(?:or|and) (?:more|over|above|older)\b|\b(?:eller|og) (?:mere|flere|derover)\b|"
    r"\b(?:und|oder) mehr\b|\bou (?:plus|mais)\b|\bo más\b",
    re.IGNORECASE,
)
_CODE: Final = re.compile(r"(-?\d{1,2})(?:[.:)=]?\s+[^\W\d].*|\s*[.:)=–-]\s*[^\W\d].*)?", re.DOTALL)
_WIDEST: Final = 20
_THOUSANDS: Final = re.compile(r"-?\d{1,3}(?:[.,]\d{3})+")
_NOTHING: Final = frozenset({"none", "never", "nothing", "ingen", "aldrig", "keine", "nie"})
# How many days a unit has, by the beginning of its name.
_UNITS: Final = (
    (re.compile(r"\b(?:minut|min\b)", re.IGNORECASE), 1 / 1440),
    (re.compile(r"\b(?:hour|hr?s?\b|time[r]?\b|stunde|heure|hora)", re.IGNORECASE), 1 / 24),
    (re.compile(r"\b(?:days?\b|dage?\b|tage?n?\b|jours?\b|días?\b|dias?\b)", re.IGNORECASE), 1.0),
    (re.compile(r"\b(?:week|uger?\b|woche|semaine|semana)", re.IGNORECASE), 7.0),
    (re.compile(r"\b(?:month|måned|monat|maand|mois\b|mes(?:es)?\b|mês)", re.IGNORECASE), 30.4),
    (re.compile(r"\b(?:year|yrs?\b|år\b|jahr|jaar|ans?\b|años?\b|anos?\b)", re.IGNORECASE), 365.2),
)
# Steps from low to high; steps in one place mean the same.
_LADDERS: Final = (
    "strongly disagree|completely disagree|totally disagree < disagree < "
    "somewhat disagree|slightly disagree|rather disagree|tend to disagree < "
    "neither agree nor disagree|neutral|neither|undecided|neither disagree nor agree < "
    "somewhat agree|slightly agree|rather agree|tend to agree < agree < "
    "strongly agree|completely agree|totally agree",
    "very dissatisfied|extremely dissatisfied < dissatisfied < somewhat dissatisfied < "
    "neither satisfied nor dissatisfied|neutral|neither dissatisfied nor satisfied < "
    "somewhat satisfied < satisfied < very satisfied|extremely satisfied",
    "never|not at all < almost never < rarely|seldom|hardly ever < occasionally < sometimes < "
    "about half the time < often|frequently < very often|most of the time|usually < "
    "almost always < always|all the time",
    "very unlikely|extremely unlikely < unlikely < somewhat unlikely < "
    "neither likely nor unlikely|neutral < somewhat likely < likely < "
    "very likely|extremely likely",
    "not at all|none < slightly|a little|very little < somewhat|moderately|some < "
    "quite a bit|a lot|very|mostly|much < very much|extremely|completely",
    "none < a few|few|very few < some < many|a lot < most|nearly all < all",
    "none < very low|extremely low < low < medium|moderate|average|neutral < high < "
    "very high|extremely high",
    "very poor|very bad < poor|bad < fair|acceptable|average|neutral < good < "
    "very good < excellent|outstanding",
    "not important|not at all important|unimportant < slightly important < "
    "somewhat important|moderately important|neutral < important < "
    "very important < extremely important|essential",
    "helt uenig|meget uenig < uenig|overvejende uenig < delvist uenig|lidt uenig < "
    "hverken enig eller uenig|hverken eller|neutral < delvist enig|lidt enig < "
    "enig|overvejende enig < helt enig|meget enig",
    "meget utilfreds < utilfreds < hverken tilfreds eller utilfreds|hverken eller|neutral < "
    "tilfreds < meget tilfreds",
    "aldrig < næsten aldrig < sjældent < af og til|sommetider < nogle gange|undertiden < ofte < "
    "meget ofte < næsten altid < altid",
    "slet ikke < i meget lav grad|i meget ringe grad < i lav grad|i ringe grad < "
    "i nogen grad|delvist < i høj grad < i meget høj grad",
    "stimme überhaupt nicht zu|trifft überhaupt nicht zu|stimme gar nicht zu < "
    "stimme nicht zu|trifft nicht zu < stimme eher nicht zu|trifft eher nicht zu < "
    "teils teils|teils/teils|weder noch|unentschieden < stimme eher zu|trifft eher zu < "
    "stimme zu|trifft zu < stimme voll und ganz zu|stimme voll zu|trifft voll und ganz zu|"
    "trifft voll zu",
    "nie < selten < manchmal|gelegentlich < oft|häufig < sehr oft < immer",
    "totalmente en desacuerdo|muy en desacuerdo < en desacuerdo < "
    "ni de acuerdo ni en desacuerdo|neutral < de acuerdo < "
    "totalmente de acuerdo|muy de acuerdo",
    "discordo totalmente < discordo|discordo parcialmente < "
    "não concordo nem discordo|nem concordo nem discordo|neutro < "
    "concordo|concordo parcialmente < concordo totalmente",
    "pas du tout d'accord|tout à fait en désaccord < pas d'accord|plutôt pas d'accord|"
    "en désaccord < ni d'accord ni pas d'accord|ni en accord ni en désaccord|neutre < "
    "plutôt d'accord|d'accord < tout à fait d'accord",
)
_STEPS: Final = tuple(
    {
        normalise(words): place
        for place, step in enumerate(ladder.split(" < "))
        for words in step.split("|")
    }
    for ladder in _LADDERS
)

KNOWN_WORDS: Final = frozenset(words for steps in _STEPS for words in steps)


def in_steps(answers: Sequence[str]) -> list[str] | None:
    """Give answers from low to high; None where their order is not known.

    Examples
    --------
    >>> in_steps(["Often", "Never", "Sometimes"]), in_steps(["Oslo", "Lund", "Aarhus"])
    (['Never', 'Sometimes', 'Often'], None)
    >>> in_steps(["3 - high", "1 - low", "2"])
    ['1 - low', '2', '3 - high']
    >>> in_steps(["1-5 years", "=<6 months", ">=10 years", "7-12 months", "5-10 years"])
    ['=<6 months', '7-12 months', '1-5 years', '5-10 years', '>=10 years']
    """
    if len(answers) < _FEWEST:
        return None
    worded = on_ladder(answers)
    if worded is not None:
        return worded
    amounts = _amounts(answers)
    if len(set(amounts)) < len(answers):
        return None
    return [answer for _, answer in sorted(zip(amounts, answers, strict=True))]


def on_ladder(answers: Sequence[str]) -> list[str] | None:
    """Give answers from low to high where all of their words are steps of one thing.

    Examples
    --------
    >>> on_ladder(["High", "Low"]), on_ladder(["1-5", "6-10"])
    (['Low', 'High'], None)
    """
    for steps in _STEPS:
        places = {steps.get(normalise(answer), -1): answer for answer in answers}
        if len(places) == len(answers) and -1 not in places:
            return [places[place] for place in sorted(places)]
    return None


def point_values(answers: Sequence[str]) -> list[float] | None:
    """Give numbers to answers from low to high; None where their own numbers do not ascend.

    Small numbers that all answers begin with are kept. An answer that is nothing but a number
    keeps it, since files are read so; else the numbers are 1, 2, 3 and so on.

    Examples
    --------
    >>> point_values(["1 - low", "2", "4. high"]), point_values(["0", "1-2", "3 or more"])
    ([1.0, 2.0, 4.0], [0.0, 1.0, 2.0])
    """
    found = [_CODE.fullmatch(answer.strip()) for answer in answers]
    leading = [float(match[1]) for match in found if match is not None]
    if len(leading) == len(answers) and _ascend(leading) and leading[-1] - leading[0] <= _WIDEST:
        return leading
    own = [as_number(answer) for answer in answers]
    first = next(((n, place) for place, n in enumerate(own) if n is not None), (1.0, 0))
    values = [first[0] - first[1]]
    for number in own[1:]:
        values.append(values[-1] + 1 if number is None else number)
    return values if _ascend(values) else None


def _ascend(numbers: Sequence[float]) -> bool:
    """Tell numbers of which each is larger than the one before."""
    return all(low < high for low, high in itertools.pairwise(numbers))


def _amounts(answers: Sequence[str]) -> list[tuple[float, int]]:
    """Give the amounts that answers begin with, in one unit; none where one has none.

    The second number tells what is below an amount (-1) or above it (1).
    """
    found = [_AMOUNT.fullmatch(normalise(answer)) for answer in answers]
    units = [None if match is None else _unit(match["rest"]) for match in found]
    known = {unit for unit in units if unit is not None}
    amounts = []
    for answer, match, unit in zip(answers, found, units, strict=True):
        if match is not None and (unit is not None or len(known) <= 1):
            sign = -1 if match["below"] else int(bool(match["above"] or _is_open(match["rest"])))
            size = unit or next(iter(known), 1.0)
            amounts.append((_number(match["number"]) * size, sign))
        elif normalise(answer) in _NOTHING:
            amounts.append((0.0, -1))
    return amounts


def _unit(rest: str) -> float | None:
    """Give the days of the unit that is named first."""
    found = [(match.start(), days) for unit, days in _UNITS if (match := unit.search(rest))]
    return min(found)[1] if found else None


def _is_open(rest: str) -> bool:
    """Tell an amount without an upper end."""
    return _OPEN_END.search(rest) is not None


def _number(written: str) -> float:
    """Read a number; signs between thousands do not count."""
    if _THOUSANDS.fullmatch(written):
        return float(written.replace(".", "").replace(",", ""))
    return float(written.replace(",", "."))
