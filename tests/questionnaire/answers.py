"""Made-up answers to a questionnaire, and how they should come back, whatever they travelled in."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import innovsurvey as isv
from innovsurvey.questionnaire.plan import make_layout
from innovsurvey.questionnaire.visibility import AllOf, AnyOf, Blank, Is

HOSTILE = Path(__file__).parent / "hostile.yaml"
WORDS = ("plain", "=1+1", "æøå, \"quoted\"; 'x'", "two\nlines", "<b>&amp;</b> {x} ${y}")


@cache
def load(name):
    """Load an instrument, a questionnaire or the hostile fixture."""
    if name == "hostile":
        return isv.load_instrument(HOSTILE)
    return isv.load_form(name) if name in forms() else isv.load_instrument(name)


@cache
def forms():
    """Give the ids of the questionnaires."""
    return isv.list_forms()["id"].tolist()


def layout_of(name, **options):
    """Lay out an instrument or questionnaire by name."""
    return make_layout(load(name), **options)


def is_shown(expression, person):
    """Tell whether an expression holds for the answers of one person."""
    match expression:
        case None:
            return True
        case Is(item, values):
            return person.get(item) in values
        case Blank(item):
            return item not in person
        case AllOf(parts):
            return all(is_shown(part, person) for part in parts)
        case AnyOf(parts):
            return any(is_shown(part, person) for part in parts)


def random_people(layout, n, seed, *, missing_share=0.1):
    """Give the answers of people who keep to the filters, as dicts from column to code.

    Missing options such as -7 are codes like any other; what is not in the dict was not answered
    or not shown. Ticks are all there or all left out, and at least one of them is set.
    """
    rng = np.random.default_rng(seed)
    return [_person(layout, rng, missing_share) for _ in range(n)]


def _person(layout, rng, missing_share):
    person = {}
    for question in layout.questions:
        if not is_shown(question.show_if, person):
            continue
        if question.kind == "ticks":
            ticks = rng.integers(0, 2, len(question.cells))
            if ticks.any():
                person |= {cell.name: int(t) for cell, t in zip(question.cells, ticks, strict=True)}
            continue
        for cell in question.cells:
            if rng.random() >= missing_share:
                person[cell.name] = _answer(question, rng)
    return person


def _answer(question, rng):
    if question.kind == "number":
        low, high = question.format.low or 0, question.format.high or 50
        return int(rng.integers(low, high + 1))
    if question.kind == "text":
        return str(rng.choice(WORDS))
    if question.kind == "date":
        return f"2026-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
    return int(rng.choice([int(option.value) for option in question.options]))


def expected_responses(layout, people):
    """Give what should come back: the same answers, read from a plain data frame."""
    names = [cell.name for question in layout.questions for cell in question.cells]
    frame = pd.DataFrame([{name: person.get(name) for name in names} for person in people])
    return isv.read_responses(frame.astype(object), layout.instrument)


def assert_same_answers(got, expected):
    """Compare answers, reasons of missing cells and what was said about the respondent."""
    items = list(expected.data.columns)
    assert set(items) <= set(got.data.columns)
    pd.testing.assert_frame_equal(
        got.data[items].reset_index(drop=True), expected.data.reset_index(drop=True)
    )
    for item in items:
        reasons = got.reasons[item].astype(object).where(got.reasons[item].notna(), None).tolist()
        wanted = expected.reasons[item].astype(object)
        assert reasons == wanted.where(wanted.notna(), None).tolist(), item
    assert len(got.quarantine) == 0
