"""The data dictionary for REDCap."""

import csv
import html
import io
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import innovsurvey as isv
from innovsurvey.base.numbers import write_number
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.platforms.redcap import write_redcap

from .answers import instrument_texts, layout_of, random_people, shown_to, squeezed
from .check_redcap import COLUMNS, choices_of, faults, read_dictionary

REAL = Path(__file__).parents[1] / "data/redcap"
NAMES = (
    *isv.list_forms()["id"],
    *(name for name in isv.list_instruments()["id"] if name != "leadership-climate"),
    "hostile",
    "odd",
)
LOGIC = "Branching Logic (Show field only if...)"
CHOICES = "Choices, Calculations, OR Slider Labels"


@cache
def laid_out(name):
    return layout_of(name)


def fields_of(layout):
    return {row["Variable / Field Name"]: row for row in read_dictionary(write_redcap(layout))[1]}


def says(markup):
    return html.unescape(re.sub(r"</?(h3|p|br)>", " ", markup))


@pytest.mark.parametrize("file", sorted(REAL.glob("*_dictionary.csv")), ids=lambda f: f.stem)
def test_the_rules_hold_for_real_dictionaries(file):
    assert faults(file.read_bytes()) == []


@pytest.mark.parametrize("name", NAMES)
def test_our_dictionaries_keep_the_rules(name):
    assert faults(write_redcap(laid_out(name)), is_ours=True) == []


def test_the_headings_are_those_of_a_real_dictionary():
    real, _ = read_dictionary((REAL / "simple_dictionary.csv").read_bytes())
    assert tuple(real) == COLUMNS
    assert read_dictionary(write_redcap(laid_out("hostile")))[0] == real


@pytest.mark.parametrize(
    ("field", "column", "value", "said"),
    [
        ("str02", "Variable / Field Name", "str01", "is there 2 times"),
        ("str02", "Variable / Field Name", "STR02", "no name that REDCap takes"),
        ("str02", "Form Name", "Other Form", "form 'Other Form'"),
        ("str02", "Form Name", "other", "do not stand together"),
        ("str02", CHOICES, "1, Never | 2", "has no label"),
        ("str02", CHOICES, "1, Never | 1, Rarely", "codes are not unique"),
        ("str02", CHOICES, "1, Never | a b, Rarely", "code 'a b'"),
        ("str02", CHOICES, "1, Never | 2, Rarely", "have different choices"),
        ("kind", CHOICES, "-1, One", "changes its name"),
        ("str02", "Matrix Group Name", "", "the rows of a matrix do not stand together"),
        ("yrs", "Text Validation Type OR Show Slider Number", "", "limits without a check"),
        ("yrs", "Text Validation Type OR Show Slider Number", "years", "check 'years'"),
        ("str11", LOGIC, "[gone] = '1'", "which is not there"),
        ("str11", LOGIC, "[kind] = '1'", "in the wrong way"),
        ("str11", LOGIC, "[kind(zz)] = '1'", "the box zz"),
        ("str11", LOGIC, "[flt] == '1'", "not well formed"),
        ("str11", LOGIC, "([flt] = '1'", "not well formed"),
        ("str01", "Field Label", "=1+1", "runs as a formula"),
        ("version", "Field Annotation", "@HIDDEN", "runs as a formula"),
    ],
)
def test_planted_faults_are_found(field, column, value, said):
    _, rows = read_dictionary(write_redcap(laid_out("hostile")))
    next(row for row in rows if row["Variable / Field Name"] == field)[column] = value
    stream = io.StringIO()
    writer = csv.writer(stream)
    writer.writerows([COLUMNS, *(row.values() for row in rows)])
    assert any(said in fault for fault in faults(stream.getvalue().encode(), is_ours=True))


@pytest.mark.parametrize("name", NAMES)
def test_branching_shows_what_the_filters_show(name):
    layout = laid_out(name)
    fields = fields_of(layout)
    people = random_people(layout, 40, seed=2, missing_share=0.4)
    for person, seen in zip(people, shown_to(layout, people), strict=True):
        for question in layout.questions:
            names = [cell.name.lower() for cell in question.cells]
            asked = [question.code.lower()] if question.kind == "ticks" else names
            shown = question.cells[0].name in seen
            for field in asked:
                logic = fields[field][LOGIC]
                assert holds(logic, layout, person, consent="1") == shown, field
                assert not holds(logic, layout, person, consent="0")


def holds(logic, layout, person, *, consent):
    """Evaluate branching logic as REDCap does: an unticked box is 0, no answer is empty."""
    given = {
        name.lower(): write_number(value)
        for name, value in person.items()
        if not isinstance(value, str)
    }
    boxes = {
        f"{question.code.lower()}({cell.code.lower()})": str(person.get(cell.name, 0))
        for question in layout.questions
        if question.kind == "ticks"
        for cell in question.cells
    }
    cells = given | boxes | {"consent": consent}

    def decide(match):
        return str(cells.get(match[1], "") == match[2])

    return eval(re.sub(r"\[([^\]]+)\] = '([^']*)'", decide, logic))


@pytest.mark.parametrize("name", NAMES)
def test_every_column_of_the_data_has_its_field(name):
    layout = laid_out(name)
    fields = fields_of(layout)
    for question in layout.questions:
        for cell in question.cells:
            if question.kind == "ticks":
                assert cell.code.lower() in choices_of(fields[question.code.lower()])
                continue
            field = fields[cell.name.lower()]
            if question.kind in {"choice", "array"}:
                codes = [float(code) for code in choices_of(field)]
                assert codes == [option.value for option in question.options]


def test_sections_texts_and_carried_columns():
    layout = layout_of("hostile", carried={"manager_id": "M07"})
    fields = fields_of(layout)
    assert list(fields)[:5] == ["record_id", "text_01", "consent", "version", "manager_id"]
    assert fields["manager_id"]["Field Annotation"].endswith("@HIDDEN @DEFAULT='M07'")
    assert fields["consent"]["Required Field?"] == "y"
    assert fields["consent"][LOGIC] == ""
    sections = [says(row["Section Header"]) for row in fields.values() if row["Section Header"]]
    assert sections == [page.title.say("en") for page in layout.pages]
    last = list(fields.values())[-1]
    assert (last["Field Type"], says(last["Field Label"])) == (
        "descriptive",
        layout.closing.say("en"),
    )


def shown_in(layout):
    """Give all that a person reads in one language."""
    _, rows = read_dictionary(write_redcap(layout))
    return squeezed(" ".join(says(cell) for row in rows for cell in row.values()))


@pytest.mark.parametrize("name", NAMES)
def test_everything_in_the_instrument_can_be_read(name):
    for language in laid_out(name).languages:
        shown = shown_in(laid_out(name).in_language(language.code))
        wanted = instrument_texts(name, language.code)
        assert [text for text in wanted if text not in shown] == []


@pytest.mark.parametrize("language", ["en", "da"])
def test_everything_a_respondent_should_read_is_there(language):
    layout = laid_out("hostile").in_language(language)
    shown = shown_in(layout)
    texts = [layout.title, layout.introduction, layout.consent, layout.closing]
    texts += [text for page in layout.pages for text in (page.title, page.stem)]
    for question in layout.questions:
        texts += [question.text, question.intro, *(o.label for o in question.options)]
        texts += [t for c in question.cells for t in (c.text, c.left, c.right)]
    for text in texts:
        if text:
            assert " ".join(text.say(language).split()) in shown


def test_a_number_may_be_replaced_by_a_code():
    layout = laid_out("hostile")
    page = next(page for page in layout.pages if page.id == "years_block")
    question = page.questions[0]
    missing = layout.question_of("STR01").format.missing
    changed = replace(question, format=replace(question.format, missing=missing))
    field = fields_of(replace(layout, pages=(replace(page, questions=(changed,)),)))["yrs"]
    assert says(field["Field Note"]) == (
        "If there is no number to give, write: -7 = Not needed </script>"
    )
    assert field["Text Validation Min"] == ""


def test_names_that_redcap_keeps_are_refused():
    layout = laid_out("hostile")
    page = layout.pages[0]
    for code, why in (("Consent", "reserved"), ("TEXT_01", "reserved"), ("A" * 27, "at most 26")):
        odd = replace(page.questions[0], code=code)
        with pytest.raises(ExportError, match=why):
            write_redcap(replace(layout, pages=(replace(page, questions=(odd,)),)))


def test_the_text_of_a_pair_stands_before_its_left_pole():
    labels = {
        name: says(row["Field Label"])
        for name, row in fields_of(laid_out("governance-orientation")).items()
    }
    assert labels["sdp1"] == "Public employees need ... close control ↔ trust"
