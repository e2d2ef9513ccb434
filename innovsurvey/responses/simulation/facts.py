"""Facts that are no scales: filters, phases reached, radicality, attention items."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from innovsurvey.responses.simulation.items import categorise

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import ResponseFormat
    from innovsurvey.responses.simulation.streams import Floats, Streams

_STAGE: Final = re.compile(r"STAGE_PH(\d)")
LED: Final = frozenset({"FLT1", "FLT6"})  # led, or took part in, such work


def draw_reached(
    n: int, section: Mapping[str, float], streams: Streams, *label: str
) -> NDArray[np.int64]:
    """Draw the last phase that each project reached."""
    phases = np.array([int(phase) for phase in section])
    limits = np.cumsum(list(section.values()))[:-1]
    uniform = streams.uniform(n, *label, "phases reached")
    reached: NDArray[np.int64] = phases[np.searchsorted(limits, uniform, side="right")]
    return reached


def fact_answers(
    items: Sequence[str],
    reached: NDArray[np.int64],
    led: NDArray[np.bool_],
    step: Floats,
    values: Mapping[str, Any],
) -> dict[str, Floats]:
    """Give the answers that follow from the project: filter F1, phases, step change, radicality."""
    facts = values["facts"]
    found: dict[str, Floats] = {}
    for item in items:
        stage = _STAGE.fullmatch(item)
        if stage:
            found[item] = (reached >= int(stage[1])).astype(float)
        elif item in LED:
            found[item] = led.astype(float)
        elif item == "INNSTEP":
            found[item] = np.array([0.0, -9.0, 1.0])[categorise(step, tuple(facts["step_cuts"]))]
        elif item == "INNLOGIC":
            found[item] = categorise(step, tuple(facts["logic_cuts"])).astype(float)
    return found


def attention_answers(
    items: Sequence[str],
    formats: Mapping[str, ResponseFormat],
    n: int,
    values: Mapping[str, Any],
    streams: Streams,
    *label: str,
) -> dict[str, Floats]:
    """Give the answers of careful people to attention items, with a few slips."""
    found = {}
    for item in items:
        if item in values["attention"]:
            generator = streams.generator(*label, "attention", item)
            slip = generator.random(n) < values["facts"]["attention_slip"]
            anything = generator.choice(formats[item].values, size=n).astype(float)
            found[item] = np.where(slip, anything, float(values["attention"][item]))
    return found


def any_answers(format_: ResponseFormat, n: int, generator: np.random.Generator) -> Floats:
    """Answer evenly: any point, any number of the range; texts and dates stay empty."""
    if format_.points:
        return generator.choice(format_.values, size=n).astype(float)
    if format_.level != "number":
        return np.full(n, np.nan)
    low = 0.0 if format_.minimum is None else format_.minimum
    high = low + 100.0 if format_.maximum is None else format_.maximum
    if float(low).is_integer() and float(high).is_integer():
        return generator.integers(int(low), int(high), size=n, endpoint=True).astype(float)
    return generator.uniform(low, high, size=n).round(3)
