"""Drafts from XLSForms and from forms of KoboToolbox."""

import io
import json
from pathlib import Path

import openpyxl
import pytest

import innovsurvey as isv
from innovsurvey.drafting import xlsform
from innovsurvey.errors import DataError

REAL = Path(__file__).parents[1] / "data" / "kobo"
FORMS = sorted(
    [
        *("kobocruncher_form_likert.xlsx", "kobocruncher_sample_xlsform.xlsx"),
        *("pyxform_xlsform_spec_test.xlsx", "formpack_long_unicode_labels_v1.json"),
        *("formpack_customer_satisfaction_v1.json", "formpack_grouped_translated_v1.json"),
        *("formpack_or_other_v1.json", "formpack_restaurant_profile_v4.json"),
    ]
)


def workbook(**sheets):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(row)
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()


def content(survey, choices=(), **more):
    return json.dumps({"survey": survey, "choices": list(choices), **more}).encode()


def drafted(survey, choices=(), **more):
    return xlsform.draft(content(survey, choices, **more), "form.json")


def loaded(raw, name, folder):
    """Write a draft of a form, and load it as an instrument."""
    (folder / name).write_bytes(raw)
    path = folder / "drafted.yaml"
    path.write_text(isv.new_instrument("drafted", source=folder / name), encoding="utf-8")
    assert isv.check_instrument(path) == []
    return isv.load_instrument(path)


@pytest.mark.parametrize("form", FORMS)
def test_drafts_of_real_forms_pass_the_check(form, tmp_path):
    instrument = loaded((REAL / form).read_bytes(), form, tmp_path)
    assert instrument.items


def test_the_form_with_every_type_has_all_its_questions(tmp_path):
    name = "pyxform_xlsform_spec_test.xlsx"
    instrument = loaded((REAL / name).read_bytes(), name, tmp_path)
    levels = {item.id: instrument.format_of(item.id).level for item in instrument.items}
    assert levels["skip_to_end"] == "nominal"
    assert levels["a_integer"] == levels["a_decimal"] == levels["launch"] == "number"
    assert levels["date_test"] == levels["datetime_test"] == "date"
    assert levels["acknowledge_test"] == levels["barcode_test"] == "text"
    assert not {"image_test", "geopoint_test", "note_test", "required_text"} & set(levels)
    assert instrument.format_of("skip_to_end").points[0].label["zh"] == "是"
    text = (tmp_path / "drafted.yaml").read_text(encoding="utf-8")
    assert "select_multiple_test" in text  # told to be in a repeat
    assert "Questions that repeat are read as tables of their own" in text


@pytest.mark.parametrize(
    ("headings", "languages"),
    [
        (["label::English (en)", "label::Français (fr)"], {"en": "English", "fr": "Français"}),
        (["label:da", "label:en"], {"da": "da", "en": "en"}),
        (["label", "label::Deutsch"], {"de": "Deutsch"}),
        (["LABEL::english", "Label :: chinese"], {"en": "english", "zh": "chinese"}),
        (["label::Elvish", "label::Dwarvish"], {"qaa": "Elvish", "qab": "Dwarvish"}),
    ],
)
def test_languages_are_told_by_headings(headings, languages):
    raw = workbook(survey=[["type", "name", *headings], ["integer", "n", "first", "second"]])
    draft = xlsform.draft(raw, "form.xlsx")
    assert draft.languages == languages
    assert list(draft.items[0].text.values())[-1] == "second"


def test_the_default_language_comes_first_and_takes_what_has_none():
    raw = workbook(
        survey=[["type", "name", "label", "label::English (en)"], ["integer", "n", "Wieviel?", ""]],
        settings=[["form_title", "default_language"], ["Umfrage", "Deutsch (de)"]],
    )
    draft = xlsform.draft(raw, "form.xlsx")
    assert list(draft.languages) == ["de", "en"]
    assert draft.items[0].text == {"de": "Wieviel?"}
    assert draft.title == {"de": "Umfrage"}


@pytest.mark.parametrize(
    ("kind", "level", "limits"),
    [
        ("integer", "number", (1.0, 5.0)),
        ("int", "number", (1.0, 5.0)),
        ("decimal", "number", (1.0, 5.0)),
        ("range", "number", (0.0, 20.0)),
        ("text", "text", (None, None)),
        ("string", "text", (None, None)),
        ("date", "date", (None, None)),
        ("dateTime", "date", (None, None)),
        ("time", "text", (None, None)),
        ("rank l", "text", (None, None)),
        ("select_one_from_file places.csv", "text", (None, None)),
        ("select_one_external l", "text", (None, None)),
        ("acknowledge", "text", (None, None)),
    ],
)
def test_types_become_levels_with_their_limits(kind, level, limits):
    row = {"type": kind, "name": "q", "label": "Q?", "constraint": ". >= 1 and .<=5"}
    row["parameters"] = "start=0 end=20 step=2"
    format_ = drafted([row]).items[0].format
    assert (format_.level, (format_.minimum, format_.maximum)) == (level, limits)


CHOICES = [
    {"list_name": "l", "name": "never", "label": "Never"},
    {"list_name": "l", "name": "often", "label": "Often"},
    {"list_name": "l", "name": "always", "label": "Always"},
    {"list_name": "l", "name": "dk", "label": "Don't know"},
    {"list_name": "n", "name": "1", "label": "One"},
    {"list_name": "n", "name": "2", "label": "Two"},
    {"list_name": "n", "name": "x", "label": "Three"},
    {"list_name": "n", "name": "-9", "label": "No answer"},
]


@pytest.mark.parametrize(
    "kind",
    [
        "select_one l", "select one l", "select one from l", "select1 l",
        "add select one prompt using l", {"select_one": "l"},
    ],
)  # fmt: skip
def test_choices_become_points_and_what_says_nothing_is_missing(kind):
    format_ = drafted([{"type": kind, "name": "q", "label": "Q?"}], CHOICES).items[0].format
    assert format_.level == "ordinal"
    said = [(point.value, point.written) for point in format_.points]
    assert said == [(1.0, "never"), (2.0, "often"), (3.0, "always")]
    assert [(o.code, o.written) for o in format_.missing] == [(-1.0, "dk")]


def test_names_that_are_numbers_are_the_values():
    format_ = drafted([{"type": "select_one n", "name": "q"}], CHOICES).items[0].format
    said = [(point.value, point.written) for point in format_.points]
    assert said == [(1.0, ""), (2.0, ""), (3.0, "x")]
    assert format_.missing[0].code == -9


@pytest.mark.parametrize("kind", ["select_multiple l", "select all that apply from l"])
def test_ticks_are_boxes(kind):
    draft = drafted([{"type": kind, "name": "q", "label": "Which?"}], CHOICES)
    assert list(draft.boxes[0].boxes) == ["never", "often", "always", "dk"]
    assert draft.items == []


def test_other_answers_get_a_choice_and_a_question(tmp_path):
    survey = [{"type": "select_multiple l or_other", "name": "q", "label": "Which?"}]
    instrument = loaded(content(survey, CHOICES), "form.json", tmp_path)
    assert instrument.item_ids[-1] == "q_other"
    assert instrument.item("q_other_2").written == "q_other"


def test_structures_of_kobo_become_questions():
    survey = [
        {"type": "begin_score", "name": "s", "label": "Rate", "kobo--score-choices": "l"},
        {"type": "score__row", "name": "s1", "label": "Food"},
        {"type": "score__row", "name": "s2", "label": "Water"},
        {"type": "end_score"},
        {"type": "begin_rank", "name": "r", "label": "Order", "kobo--rank-items": "n"},
        {"type": "rank__level", "name": "r1", "label": "First"},
        {"type": "end_rank"},
        {"type": "begin_kobomatrix", "name": "m", "label": "Items", "kobo--matrix_list": "n"},
        {"type": "select_one l", "name": "has", "label": "Own it?"},
        {"type": "end_kobomatrix"},
    ]
    draft = drafted(survey, CHOICES)
    asked = {item.heading: next(iter(item.text.values())) for item in draft.items}
    assert asked["s1"] == "Food"
    assert asked["m_1_has"] == "One: Own it?"
    assert list(asked) == ["s1", "s2", "r1", "m_1_has", "m_2_has", "m_x_has", "m_-9_has"]
    assert draft.items[0].format.level == "ordinal"
    assert draft.blocks[0].stem == {"en": "Rate"}
    assert draft.blocks[0].headings == ("s1", "s2")


def test_groups_are_blocks_and_a_note_before_them_is_their_stem():
    survey = [
        {"type": "begin_group", "name": "g", "label": "Group"},
        {"type": "note", "name": "i", "label": "Think of last week."},
        {"type": "integer", "name": "a", "label": "A"},
        {"type": "end_group"},
    ]
    (block,) = drafted(survey).blocks
    assert (block.title, block.stem) == ({"en": "Group"}, {"en": "Think of last week."})


def test_the_same_name_in_two_groups_makes_two_items(tmp_path):
    survey = []
    for group in "xy":
        survey.append({"type": "begin_group", "name": group, "label": group})
        survey.append({"type": "integer", "name": "n", "label": "N?"})
        survey.append({"type": "end_group"})
    instrument = loaded(content(survey), "form.json", tmp_path)
    assert list(instrument.item_ids) == ["x_n", "y_n"]
    (tmp_path / "x.csv").write_text("x/n,y/n,_uuid,_submission_time\n1,2,u,2026\n")
    got = isv.read_responses(tmp_path / "x.csv", instrument)
    assert got.data.loc["u"].tolist() == [1, 2]


@pytest.mark.parametrize("kind", ["geopoint", "image", "audio", "file", "start-geopoint"])
def test_files_and_places_are_left_out_and_said(kind):
    survey = [{"type": kind, "name": "p", "label": "P"}, {"type": "text", "name": "t"}]
    draft = drafted(survey)
    assert [item.heading for item in draft.items] == ["t"]
    assert any("left out: p" in remark for remark in draft.remarks)


def test_markup_goes_and_what_only_looks_like_it_stays():
    draft = drafted([{"type": "text", "name": "t", "label": "<b>Less</b> than <5%> &amp; more"}])
    assert draft.items[0].text == {"en": "Less than <5%> & more"}


@pytest.mark.parametrize(
    ("raw", "name"),
    [
        (b"PK\x03\x04 not a zip", "x.xlsx"),
        (workbook(survey=[["type", "label"], ["text", "x"]]), "x.xlsx"),
        (workbook(data=[["type", "name"], ["text", "x"]]), "x.xlsx"),
        (b'{"survey": [{"question": "x"}]}', "x.json"),
        (b'{"survey": ' + b"[" * 100_000, "x.json"),
        (b"[1, 2]", "x.json"),
        (b"type,name\ntext,q", "x.csv"),
    ],
)
def test_other_files_are_no_forms(raw, name):
    assert xlsform.recognise(raw, name) is False


def test_a_form_that_only_repeats_is_refused():
    raw = (REAL / "formpack_nested_repeats_v1.json").read_bytes()
    with pytest.raises(DataError, match="nothing outside of repeated groups"):
        xlsform.draft(raw, "form.json")
