"""Filters of the layout hide what the reading of answers takes for hidden."""

import pytest

import innovsurvey as isv
from innovsurvey.definitions.model import Condition
from innovsurvey.questionnaire.visibility import (
    AllOf,
    AnyOf,
    Blank,
    Is,
    shown_when,
    shown_with_any,
    split_shared,
)

from .answers import is_shown, layout_of, load, random_people, shown_to

NAMES = [
    *isv.list_forms()["id"],
    *(name for name in isv.list_instruments()["id"] if name != "leadership-climate"),
]
A, B, C = Is("A", (1,)), Is("B", (2,)), Blank("C")


@pytest.mark.parametrize("name", [*NAMES, "hostile", "odd"])
def test_a_filter_hides_what_is_read_as_not_shown(name):
    layout = layout_of(name)
    people = random_people(layout, 60, seed=3, missing_share=0.3)
    for person, seen in zip(people, shown_to(layout, people), strict=True):
        for question in layout.questions:
            names = {cell.name for cell in question.cells}
            assert names & seen == (names if is_shown(question.show_if, person) else set())


@pytest.mark.parametrize(
    ("goal", "shown"), [(None, True), (1, True), (-9, True), (0, False), (-6, False)]
)
def test_a_missing_option_of_the_filter_question_decides(goal, shown):
    layout = layout_of("hostile")
    person = {} if goal is None else {"GOAL": goal}
    assert is_shown(layout.question_of("AFTER").show_if, person) is shown
    assert ("AFTER" in shown_to(layout, [person])[0]) is shown


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, -7), AnyOf((Is("KIND_AA", (1,)), Blank("KIND_AA")))),
        ((-7,), Blank("KIND_AA")),
    ],
)
def test_a_box_is_ticked_or_not_and_has_no_missing_options(values, expected):
    assert shown_when(((Condition("KIND_AA", values),),), load("hostile")) == expected


def test_what_a_page_says_once_and_what_is_left():
    page = [AllOf((A, B)), AllOf((A, C)), AllOf((A, AnyOf((B, C))))]
    assert split_shared(page) == (A, [B, C, AnyOf((B, C))])
    assert split_shared([A, None]) == (None, [A, None])
    assert split_shared([A, A]) == (A, [None, None])


def test_a_text_above_questions_is_shown_with_the_first_of_them():
    assert shown_with_any([AllOf((A, B)), A]) == A
    assert shown_with_any([A, B, A]) == AnyOf((A, B))
    assert shown_with_any([A, None]) is None
