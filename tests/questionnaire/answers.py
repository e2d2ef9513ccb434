"""Made-up answers to a questionnaire, and how they should come back, whatever they travelled in."""

from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd

import innovsurvey as isv
from innovsurvey.questionnaire.plan import make_layout
from innovsurvey.questionnaire.visibility import AllOf, AnyOf, Blank, Is

HOSTILE = Path(__file__).parent / "hostile.yaml"
ODD = HOSTILE.with_name("odd.yaml")
WORDS = ("plain", "=1+1", "æøå, \"quoted\"; 'x'", "two\nlines", "<b>&amp;</b> {x} ${y}")


@cache
def load(name):
    """Load an instrument, a questionnaire or one of the fixtures ``hostile`` and ``odd``."""
    if name in ("hostile", "odd"):
        return isv.load_instrument(HOSTILE.with_name(f"{name}.yaml"))
    return isv.load_form(name) if name in forms() else isv.load_instrument(name)


@cache
def forms():
    """Give the ids of the questionnaires."""
    return isv.list_forms()["id"].tolist()


def layout_of(name, **options):
    """Lay out an instrument or questionnaire by name."""
    return make_layout(load(name), **options)


def squeezed(text):
    """Count white space once, as everything that shows text does."""
    return " ".join(text.split())


def instrument_texts(name, language, version=None):
    """Give what an instrument asks, taken from its file and not from the layout, white space once.

    That is the text and poles of every item, the labels to choose from, and what stands above:
    title and stem of each block, the question of each matrix, its rows and columns.
    """
    source = load(name)
    asked = getattr(source, "instrument", source)
    version = version or getattr(source, "asked_as", None) or asked.versions[0][0]
    items = [i for i in asked.items if version in i.versions or source is not asked]
    places = {item.matrix or item.id for item in items}
    texts = [text for item in items for text in (item.left, item.right)]
    texts += [i.text(version if version in i.versions else None) for i in items if not i.matrix]
    for matrix in asked.matrices:
        if matrix.id in places:
            alone = len(matrix.rows) == 1 and matrix.rows[0].id in {i.row for i in items}
            is_ticks = asked.format_of(next(i.id for i in items if i.matrix == matrix.id)).level
            rows = () if alone and is_ticks == "multiple" else matrix.rows
            texts += [matrix.text, *(line.text for line in (*rows, *matrix.columns))]
    for block in asked.blocks:
        if places & set(block.items):
            stems = dict(block.stems)
            texts += [block.title, stems.get(version) or next(iter(stems.values()), block.title)]
    asked_in = {asked.format_of(item.id).id: item for item in items}
    asked_in |= {c.format: None for c in asked.context if c.format is not None}
    texts += [column.label for column in asked.context if column.format is not None]
    for format_ in asked.formats:
        if format_.id in asked_in and format_.level != "multiple":
            texts += [point.label for point in format_.points]
            texts += [m.label for m in format_.missing if version in (m.versions or [version])]
    return {squeezed(text.say(language)) for text in texts if text and "" not in text}


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
    people = [_person(layout, rng, missing_share) for _ in range(n)]
    shown = shown_to(layout, people)
    return [
        {name: value for name, value in person.items() if name in seen}
        for person, seen in zip(people, shown, strict=True)
    ]


def shown_to(layout, people):
    """Give for each person the columns that the reading of answers takes for shown."""
    reasons = expected_responses(layout, people).reasons
    hidden = [set(row.index[row == "not_shown"]) for _, row in reasons.astype(object).iterrows()]
    names = {cell.name for question in layout.questions for cell in question.cells}
    return [names - each for each in hidden]


def _person(layout, rng, missing_share):
    person = {}
    for question in layout.questions:
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
        codes = [int(option.value) for option in question.options]
        return int(rng.choice([*codes, *rng.integers(low, high + 1, 3)]))
    if question.kind == "text":
        return str(rng.choice(WORDS))
    if question.kind == "date":
        return f"2026-{rng.integers(1, 13):02d}-{rng.integers(1, 29):02d}"
    value = rng.choice([option.value for option in question.options])
    return int(value) if value == int(value) else float(value)


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
