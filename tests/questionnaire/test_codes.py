"""Names and codes that would be lost, doubled or changed on the way are refused."""

from dataclasses import replace

import pytest

from innovsurvey.base.numbers import write_number
from innovsurvey.definitions.model import ContextColumn, Text
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.plan import make_layout
from innovsurvey.questionnaire.platforms.limesurvey import write_limesurvey
from innovsurvey.questionnaire.platforms.qualtrics import write_qualtrics
from innovsurvey.questionnaire.platforms.qualtrics_text import write_qualtrics_text
from innovsurvey.questionnaire.platforms.redcap import write_redcap
from innovsurvey.questionnaire.platforms.surveyjs import write_surveyjs
from innovsurvey.questionnaire.platforms.xlsform import write_xlsform

from .answers import load

WRITERS = (
    write_limesurvey,
    write_qualtrics,
    write_qualtrics_text,
    write_redcap,
    write_surveyjs,
    write_xlsform,
)


def asking(*names):
    """Give the hostile instrument with questions about the respondent of these names."""
    label = Text((("en", "Asked"), ("da", "Spurgt")))
    columns = tuple(ContextColumn(name, "other", label, "words") for name in names)
    return replace(load("hostile"), context=columns)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (4.0, "4"),
        (-7, "-7"),
        (1500000.0, "1500000"),
        (1234567, "1234567"),
        (0.5, "0.5"),
        (-1234567.25, "-1234567.25"),
        (1e-7, "0.0000001"),
        (1e21, "1000000000000000000000"),
    ],
)
def test_numbers_keep_their_digits(value, written):
    assert write_number(value) == written
    assert float(written) == value


@pytest.mark.parametrize("name", ["version", "manager_id", "Manager_ID", "flt", "STR01"])
def test_a_column_is_not_asked_twice_nor_carried_and_asked(name):
    with pytest.raises(ExportError, match=rf"share a name: {name} \(the same as"):
        make_layout(asking(name), carried={"manager_id": "M07"})


def test_a_column_may_be_asked_that_the_file_does_not_carry():
    layout = make_layout(asking("manager_id"))
    assert layout.question_of("manager_id").code == "managerid"
    for write in WRITERS:
        assert write(layout)


@pytest.mark.parametrize(
    ("write", "name"),
    [
        (write_redcap, "record_id"),
        (write_redcap, "text_03"),
        (write_redcap, "redcap_event_name"),
        (write_xlsform, "_status"),
        (write_qualtrics, "text_03"),
        (write_qualtrics_text, "text_03"),
    ],
)
def test_names_that_a_platform_keeps_are_refused(write, name):
    layout = make_layout(asking(name))
    with pytest.raises(ExportError, match=rf"{name} \(reserved\)"):
        write(layout)


@pytest.mark.parametrize("write", WRITERS)
def test_what_the_file_carries_is_no_code_of_a_question(write):
    layout = make_layout(load("hostile"), carried={"wave": "W1"})
    first, *others = layout.pages
    (question,) = first.questions
    page = replace(first, questions=(replace(question, code="Wave"),))
    with pytest.raises(ExportError, match=r"Wave \(reserved\)"):
        write(replace(layout, pages=(page, *others)))


@pytest.mark.parametrize("write", [w for w in WRITERS if w is not write_limesurvey])
def test_boxes_to_tick_have_a_name_that_no_row_has(write):
    # In LimeSurvey rows stand behind the code of their question: Q01_KIND is not KIND.
    layout = make_layout(load("hostile"))
    at = next(n for n, page in enumerate(layout.pages) if page.id == "strings_0")
    (array,) = layout.pages[at].questions
    cells = (replace(array.cells[0], name="Kind", code="Kind"), *array.cells[1:])
    page = replace(layout.pages[at], questions=(replace(array, cells=cells),))
    twin = replace(layout, pages=(*layout.pages[:at], page, *layout.pages[at + 1 :]))
    assert write_limesurvey(twin)
    with pytest.raises(ExportError, match=r"Kind \(the same as KIND"):
        write(twin)
