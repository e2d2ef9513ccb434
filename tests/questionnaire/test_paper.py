"""On paper every answer has one box, questions are numbered, and filters are said in words."""

from dataclasses import replace
from functools import cache

import pytest

import innovsurvey as isv
from innovsurvey.definitions.model import Text
from innovsurvey.questionnaire.layout import Layout
from innovsurvey.questionnaire.paper.paper import lay_on_paper
from innovsurvey.questionnaire.paper.paper_columns import columns_of, is_landscape, width_of

from .answers import layout_of as make

FORMS = isv.list_forms()["id"].tolist()
INSTRUMENTS = [name for name in isv.list_instruments()["id"] if name != "leadership-climate"]
NAMES = [*FORMS, *INSTRUMENTS, "hostile"]
layout_of = cache(make)


def paper_of(name, **options):
    return lay_on_paper(layout_of(name, **options), screen=False)


def parts_of(paper):
    return [part for section in paper.sections for part in section.parts]


def relabelled(layout: Layout, label: str) -> Layout:
    """Give all answers of a questionnaire one long label."""

    def question(old):
        points = tuple(replace(p, label=Text((("en", label),))) for p in old.format.points)
        return replace(old, format=replace(old.format, points=points))

    pages = tuple(replace(p, questions=tuple(map(question, p.questions))) for p in layout.pages)
    return replace(layout, pages=pages)


@pytest.mark.parametrize("name", NAMES)
def test_each_answer_has_one_box(name):
    layout = layout_of(name)
    rows = [row for part in parts_of(lay_on_paper(layout, screen=False)) for row in part.rows]
    tags = [box.tag for row in rows for box in row.boxes]
    expected = []
    for question in layout.questions:
        values = [1] if question.kind == "ticks" else [o.value for o in question.options]
        expected += [f"{cell.name}={value:g}" for cell in question.cells for value in values]
    assert tags == expected
    assert len(set(tags)) == len(tags)
    fields = [row.name for row in rows if not row.boxes]
    assert fields == [q.cells[0].name for q in layout.questions if not q.options]


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "da"])
def test_columns_fill_the_page_and_no_more(name, language):
    paper = paper_of(name, language=language)
    width = width_of(paper)
    for part in parts_of(paper):
        if part.style in {"grid", "pairs"}:
            columns = columns_of(part, width)
            texts = columns.text * (2 if part.style == "pairs" else 1)
            boxes = sum(columns.of(box) for box in part.heads)
            assert columns.number + texts + boxes == pytest.approx(width)
            assert columns.fit()
            assert not columns.squeezed


def test_long_words_turn_the_page_then_are_divided():
    layout = layout_of("metagovernance")
    assert not is_landscape(lay_on_paper(layout, screen=False))
    turned = lay_on_paper(relabelled(layout, "Zusammenarbeitsbeziehung"), screen=False)
    assert is_landscape(turned)
    assert not columns_of(parts_of(turned)[0], width_of(turned)).squeezed
    divided = lay_on_paper(relabelled(layout, "x" * 60), screen=False)
    columns = columns_of(parts_of(divided)[0], width_of(divided))
    assert columns.squeezed
    assert columns.text > 2.9


FILTERS = {
    ("self-assessment", "en", 2): "Only answer this if you answered “Yes” to question 1.",
    ("self-assessment", "da", 2): "Svar kun, hvis du svarede »Ja« på spørgsmål 1.",
    ("self-assessment", "en", 4, 1): (
        "Only answer this if you ticked “Putting the solution in place” or “Spreading the "
        "solution” at question 2."
    ),
    ("manager-full", "da", 8, 1): (
        "Svar kun, hvis du svarede »Ja« eller »For tidligt at sige« på spørgsmål 48."
    ),
    ("hostile", "en", 3): "Only answer this if you answered “Yes & <yes>” to question 1.",
    ("hostile", "en", 4): "",
}


@pytest.mark.parametrize("case", FILTERS, ids=str)
def test_filters_are_said_in_words(case):
    name, language, section, *part = case
    found = paper_of(name, language=language).sections[section]
    assert (found.parts[part[0]] if part else found).only_if == FILTERS[case]


def test_numbers_in_filters_are_those_of_the_questions():
    paper = paper_of("manager-full")
    numbered = {row.number: row.text for part in parts_of(paper) for row in part.rows}
    assert numbered["1"].startswith("In the last 12 months, have you led")
    assert numbered["48"] == "Did the solution break with earlier practice?"


def test_rows_of_a_matrix_have_one_number_and_one_introduction():
    section = paper_of("participation-by-phase").sections[0]
    assert [part.number for part in section.parts] == ["1", "2", "3", "4", "5"]
    assert [bool(part.intro) for part in section.parts] == [True, False, False, False, False]
    assert section.parts[1].title == "Finding and developing ideas"


def test_small_print_says_what_is_known_and_what_is_forbidden():
    notes = {note.heading: note for note in paper_of("self-assessment", language="da").notes}
    assert notes["Det ved vi om skemaet"].language == "en"
    assert "no respondent has answered it" in notes["Det ved vi om skemaet"].text
    assert "løn" in notes["Svarene må ikke bruges til"].text
    assert "udkast" in notes[""].text
    assert notes["Licens"].text == "CC-BY-4.0"
