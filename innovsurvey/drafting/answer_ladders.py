"""Put answers that were found in data in the order of their steps, where that order is known."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.cells import normalise

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST: Final = 3
_NUMBER: Final = re.compile(r"\W*(\d+(?:[.,]\d+)?)\b")
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
    "quite a bit|a lot|very|mostly < very much|extremely|completely",
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


def in_steps(answers: Sequence[str]) -> list[str] | None:
    """Give answers from low to high; None where their order is not known.

    Examples
    --------
    >>> in_steps(["Often", "Never", "Sometimes"]), in_steps(["Oslo", "Lund", "Aarhus"])
    (['Never', 'Sometimes', 'Often'], None)
    >>> in_steps(["3 - high", "1 - low", "2"])
    ['1 - low', '2', '3 - high']
    """
    if len(answers) < _FEWEST:
        return None
    for steps in _STEPS:
        places = {steps.get(normalise(answer), -1): answer for answer in answers}
        if len(places) == len(answers) and -1 not in places:
            return [places[place] for place in sorted(places)]
    numbers = [_NUMBER.match(answer) for answer in answers]
    found = [float(match[1].replace(",", ".")) for match in numbers if match is not None]
    if len(set(found)) < len(answers):
        return None
    return [answer for _, answer in sorted(zip(found, answers, strict=True))]
