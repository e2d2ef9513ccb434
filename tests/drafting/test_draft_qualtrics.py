"""Instruments drafted from surveys of Qualtrics."""

import json
import random
from contextlib import suppress
from pathlib import Path

import pytest
from questionnaire.answers import layout_of

import innovsurvey as isv
from innovsurvey.definitions.load import load_instrument
from innovsurvey.drafting.new import draft_survey, new_instrument
from innovsurvey.drafting.qualtrics import draft, recognise
from innovsurvey.errors import DataError
from innovsurvey.questionnaire.platforms.qualtrics import write_qualtrics

from .qualtrics_survey import asked, question, shown, survey

REAL = Path(__file__).parents[1] / "data/qualtrics"
SURVEYS = sorted(REAL.glob("*.qsf"))


def drafted(raw):
    return draft(raw, "made-up.qsf")


def formats_of(raw):
    return {item.heading: item.format for item in drafted(raw).items}


def loaded(raw, folder):
    source, path = folder / "survey.qsf", folder / "made-up.yaml"
    source.write_bytes(raw)
    path.write_text(new_instrument("made-up", source=source), encoding="utf-8")
    assert isv.check_instrument(path) == []
    return load_instrument(path)


@pytest.mark.parametrize("file", SURVEYS, ids=lambda file: file.stem)
def test_drafts_of_real_surveys_hold_every_question_and_pass_the_check(file, tmp_path):
    instrument = loaded(file.read_bytes(), tmp_path)
    elements = json.loads(file.read_text(encoding="utf-8-sig"))["SurveyElements"]
    blocks = next(e["Payload"] for e in elements if e["Element"] == "BL")
    trash = {
        element["QuestionID"]
        for block in (blocks.values() if isinstance(blocks, dict) else blocks)
        for element in block.get("BlockElements", [])
        if block["Type"] == "Trash"
    }
    tags = [
        e["Payload"]["DataExportTag"]
        for e in elements
        if e["Element"] == "SQ"
        and e["PrimaryAttribute"] not in trash
        and e["Payload"]["QuestionType"] != "DB"
    ]
    ids = instrument.item_ids
    assert [t for t in tags if not any(i == t or i.startswith(f"{t}_") for i in ids)] == []
    gone = [e["Payload"]["DataExportTag"] for e in elements if e.get("PrimaryAttribute") in trash]
    assert not [t for t in gone if any(i == t or i.startswith(f"{t}_") for i in ids)]


def test_negative_codes_beside_a_scale_and_marked_choices_give_no_rating():
    file = REAL / "qtools_No_Basis_for_Evaluation.qsf"
    items = {item.heading: item for item in draft_survey(file).items}
    missing = {h: [(m.code, m.label["en"]) for m in items[h].format.missing] for h in items}
    assert missing["Q1"] == [(-1, "No opinion")]
    assert missing["Q4_2"] == [(-1, "No Opinion"), (-2, "Never tried it")]
    assert [p.value for p in items["Q4_2"].format.points] == [1, 2, 3]


@pytest.mark.parametrize(
    ("codes", "missing"),
    [
        (["1", "2", "3", "4"], []),
        (["-2", "-1", "1", "2"], []),
        (["-1", "0", "1", "2"], []),
        (["1", "2", "3", "-1"], [-1]),
        (["3", "2", "1", "-9"], [-9]),
        (["10", "20", "30", "-1.5"], [-1.5]),
    ],
)
def test_negative_codes_are_missing_only_outside_the_scale(codes, missing):
    recodes = {str(n): code for n, code in enumerate(codes, start=1)}
    raw = survey(question("QID1", "MC", "SAVR", Choices=shown(*"ABCD"), RecodeValues=recodes))
    assert [m.code for m in formats_of(raw)["Q1"].missing] == missing


def test_choices_left_out_of_analyses_give_no_rating():
    raw = survey(
        question("QID1", "MC", "SAVR", Choices=shown("Good", "Fair", "Bad", "Never been there"),
                 AnalyzeChoices={"1": "Yes", "2": "Yes", "3": "Yes", "4": "No"})
    )  # fmt: skip
    format_ = formats_of(raw)["Q1"]
    assert [m.label for m in format_.missing] == [{"en": "Never been there"}]
    assert (format_.level, len(format_.points)) == ("ordinal", 3)


@pytest.mark.parametrize(
    ("recodes", "values"),
    [
        ({"1": "5", "2": "3"}, [5, 3]),
        ({"1": "one", "2": "2"}, [1, 2]),
        ({"1": "99999999999999999999", "2": "2"}, [1, 2]),
    ],
)
def test_codes_that_tell_no_answers_apart_give_way_to_their_places(recodes, values):
    raw = survey(question("QID1", "MC", "SAVR", Choices=shown("A", "B"), RecodeValues=recodes))
    assert [p.value for p in formats_of(raw)["Q1"].points] == values


def test_answers_that_share_a_code_are_one_answer():
    recodes = {"1": "1", "2": "1", "3": "2"}
    raw = survey(question("QID1", "MC", "SAVR", Choices=shown(*"ABC"), RecodeValues=recodes))
    points = formats_of(raw)["Q1"].points
    assert [(p.value, p.label["en"]) for p in points] == [(1, "A / B"), (2, "C")]
    assert any(
        "share a recode value" in remark and "Q1" in remark for remark in drafted(raw).remarks
    )


def test_boxes_that_share_a_code_stay_apart():
    raw = survey(question("QID1", "MC", "MAVR", Choices=shown(*"ABC"), RecodeValues={"2": "1"}))
    assert list(drafted(raw).boxes[0].boxes) == ["1", "c2", "3"]


KINDS = {
    "NPS": (question("QID1", "MC", "NPS", Choices=shown(*map(str, range(11)))), ["Q1"], "ordinal"),
    "dropdown": (question("QID1", "MC", "DL", Choices=shown("A", "B")), ["Q1"], "nominal"),
    "likert": (
        question("QID1", "Matrix", "Likert", SubSelector="SingleAnswer", Choices=shown("X", "Y"),
                 Answers=shown("a", "b", "c"), ChoiceDataExportTags={"1": "ex", "2": "Y2"}),
        ["Q1_ex", "Q1_Y2"], "ordinal"),
    "bipolar": (
        question("QID1", "Matrix", "Bipolar", Choices=shown("cold:warm"), Answers=shown(*"123")),
        ["Q1_1"], "ordinal"),
    "max diff": (
        question("QID1", "Matrix", "MaxDiff", Choices=shown("X", "Y"),
                 Answers=shown("Least", "Most")), ["Q1_1", "Q1_2"], "nominal"),
    "text matrix": (
        question("QID1", "Matrix", "TE", Choices=shown("X"), Answers=shown("a", "b")),
        ["Q1_1_1", "Q1_1_2"], "text"),
    "slider": (
        question("QID1", "Slider", "HSLIDER", Choices=shown("X"),
                 Configuration={"CSSliderMin": 0, "CSSliderMax": 100}), ["Q1_1"], "number"),
    "stars": (question("QID1", "Slider", "STAR", Choices=shown("X")), ["Q1_1"], "number"),
    "sum": (question("QID1", "CS", "HR", Choices=shown("X", "Y")), ["Q1_1", "Q1_2"], "number"),
    "ranks": (question("QID1", "RO", "DND", Choices=shown("X", "Y")), ["Q1_1", "Q1_2"], "ordinal"),
    "text": (question("QID1", "TE", "ESTB"), ["Q1"], "text"),
    "form": (question("QID1", "TE", "FORM", Choices=shown("X", "Y")), ["Q1_1", "Q1_2"], "text"),
    "number": (
        question("QID1", "TE", "SL", Validation={"Settings": {"ContentType": "ValidNumber",
                 "ValidNumber": {"Min": "0", "Max": "80"}}}), ["Q1"], "number"),
    "date": (
        question("QID1", "TE", "SL", Validation={"Settings": {"ContentType": "ValidDate"}}),
        ["Q1"], "date"),
    "drill down": (question("QID1", "DD", "DL", Choices=shown("X")), ["Q1"], "text"),
}  # fmt: skip


@pytest.mark.parametrize(("asked_", "headings", "level"), KINDS.values(), ids=KINDS)
def test_kinds_of_questions(asked_, headings, level, tmp_path):
    got = drafted(survey(asked_))
    assert [item.heading for item in got.items] == headings
    assert {item.format.level for item in got.items} == {level}
    loaded(survey(asked_), tmp_path)


def test_poles_and_limits_are_kept():
    got = drafted(survey(KINDS["bipolar"][0])).items[0]
    assert (got.left, got.right) == ({"en": "cold"}, {"en": "warm"})
    number = formats_of(survey(KINDS["number"][0]))["Q1"]
    assert (number.minimum, number.maximum) == (0, 80)


def test_rows_of_a_profile_have_answers_of_their_own():
    answers = {"1": shown("Red", "Blue"), "2": shown("Small", "Large")}
    raw = survey(question("QID1", "Matrix", "Profile", Choices=shown("X", "Y"), Answers=answers))
    labels = {h: [p.label["en"] for p in f.points] for h, f in formats_of(raw).items()}
    assert labels == {"Q1_1": ["Red", "Blue"], "Q1_2": ["Small", "Large"]}


def test_boxes_end_with_their_codes():
    raw = survey(
        question("QID1", "MC", "MAVR", Choices=shown("A", "B", "None"),
                 RecodeValues={"1": "10", "2": "20", "3": "-1"}),
        question("QID2", "Matrix", "Likert", SubSelector="MultipleAnswer", Choices=shown("X", "Y"),
                 Answers=shown("a", "b")),
    )  # fmt: skip
    got = drafted(raw)
    assert {b.code: list(b.boxes) for b in got.boxes} == {
        "Q1": ["10", "20", "m1"],
        "Q2_1": ["1", "2"],
        "Q2_2": ["1", "2"],
    }
    assert got.boxes[1].text == {"en": "How is it? – X"}


def test_sides_of_a_side_by_side_question_are_matrices(tmp_path):
    side = {"QuestionText": "How often?", "QuestionType": "Matrix", "Selector": "Likert",
            "SubSelector": "SingleAnswer", "Answers": shown("Never", "Sometimes", "Always"),
            "AnswerDataExportTag": "3"}  # fmt: skip
    raw = survey(
        question("QID1", "SBS", "SBSMatrix", Choices=shown("X", "Y"),
                 AdditionalQuestions={"1": side, "2": {**side, "Selector": "TE"}})
    )  # fmt: skip
    headings = [item.heading for item in drafted(raw).items]
    assert headings[:2] == ["Q1#1_1_3", "Q1#1_2_3"]
    assert "Q1_1_1_3" in loaded(raw, tmp_path).item_ids


def test_texts_are_there_in_every_language():
    raw = survey(
        question("QID1", "MC", "SAVR", Choices=shown("Yes", "No"), Language={
            "DA": {"QuestionText": "<p>Hvordan går det?</p>", "Choices": shown("Ja", "Nej")},
            "ZH-S": {"QuestionText": "怎么样", "Choices": shown("是", "否")}}),
        options={"AvailableLanguages": {"EN": [], "DA": [], "FR": []}},
    )  # fmt: skip
    got = drafted(raw)
    assert got.languages == {"en": "English", "da": "Dansk", "zh-Hans": "中文 (Hans)"}
    assert got.items[0].text["da"] == "Hvordan går det?"
    assert got.items[0].format.points[0].label == {"en": "Yes", "da": "Ja", "zh-Hans": "是"}


def test_the_flow_gives_the_order_and_the_trash_is_left_out():
    blocks = [
        {"ID": f"BL_{n}", "Type": kind, "BlockElements": asked(f"QID{n}")}
        for n, kind in ((1, "Default"), (2, "Standard"), (3, "Trash"))
    ]
    flow = {"Flow": [{"Type": "Branch", "Flow": [{"ID": "BL_2"}]}, {"ID": "BL_1"}]}
    raw = survey(*(question(f"QID{n}", "TE", "SL") for n in (1, 2, 3)), blocks=blocks, flow=flow)
    got = drafted(raw)
    assert [item.heading for item in got.items] == ["Q2", "Q1"]
    assert any("1 question(s) in the trash" in remark for remark in got.remarks)


def test_loops_ask_once_per_round_with_its_words():
    options = {"Looping": "Static", "LoopingOptions": {"Static": {"1": {"1": "Tea"},
               "2": {"1": "Milk"}}}}  # fmt: skip
    blocks = [{"ID": "BL_1", "Type": "Default", "Description": "Drinks", "Options": options,
               "BlockElements": asked("QID1")}]  # fmt: skip
    raw = survey(question("QID1", "TE", "SL", "Why ${lm://Field/1}?"), blocks=blocks)
    got = drafted(raw)
    assert {i.heading: i.text["en"] for i in got.items} == {"1_Q1": "Why Tea?", "2_Q1": "Why Milk?"}
    assert any("once per loop" in remark for remark in got.remarks)


def test_choices_that_are_carried_forward_are_there():
    source = question("QID1", "MC", "MAVR", Choices=shown("Tea", "Milk"), Language={
        "DA": {"QuestionText": "Hvad?", "Choices": shown("Te", "Mælk")}})  # fmt: skip
    more = question("QID2", "Matrix", "Likert", Choices=shown("Other"), Answers=shown(*"abc"),
                    Language={"DA": {"QuestionText": "Hvor ofte?", "Choices": shown("Andet")}},
                    DynamicChoices={"Locator": "q://QID1/ChoiceGroup/SelectedChoices"})  # fmt: skip
    got = {item.heading: item.text for item in drafted(survey(source, more)).items}
    assert list(got) == ["Q2_1", "Q2_x1", "Q2_x2"]
    assert got["Q2_x2"] == {"en": "Milk", "da": "Mælk"}


def test_a_tag_that_is_there_twice_gives_way_to_the_id():
    first, second = question("QID1", "TE", "SL"), question("QID2", "TE", "SL")
    got = drafted(survey(first, {**second, "DataExportTag": "Q1"}))
    assert [item.heading for item in got.items] == ["Q1", "QID2"]


def test_what_asks_nothing_is_left_out_and_named():
    raw = survey(
        question("QID1", "TE", "SL"),
        question("QID2", "DB", "TB"),
        question("QID3", "Timing", "PageTimer"),
        question("QID4", "Meta", "Browser"),
    )
    got = drafted(raw)
    assert [item.heading for item in got.items] == ["Q1"]
    said = " ".join(got.remarks)
    assert all(word in said for word in ("descriptive text", "timing", "browser details"))


def test_embedded_data_goes_with_the_answers():
    flow = {"Flow": [{"Type": "EmbeddedData", "EmbeddedData": [{"Field": "team"}]}, {"ID": "BL_1"}]}
    got = drafted(survey(question("QID1", "TE", "SL"), flow=flow))
    assert [(c.id, c.role) for c in got.context][::3] == [
        ("ResponseId", "respondent"),
        ("team", "other"),
    ]


@pytest.mark.parametrize("name", ["self-assessment", "staff", "hostile"])
def test_our_own_surveys_come_back_with_their_words(name, tmp_path):
    layout = layout_of(name)
    got = loaded(write_qualtrics(layout), tmp_path)
    ids = {i.id.rpartition("_")[2]: i for i in got.items} | {i.id: i for i in got.items}
    for question_ in layout.questions:
        if question_.kind not in {"array", "choice"} or question_.is_pairs:
            continue
        for cell in question_.cells:
            item = ids[cell.name.rpartition("_")[2] if cell.name not in ids else cell.name]
            format_ = got.format_of(item.id)
            values = [point.value for point in format_.points]
            assert {*values, *(m.code for m in format_.missing)} == {
                option.value for option in question_.options
            }


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b'{"SurveyElements": ' + b"[" * 200_000, "nested too deeply"),
        (b'{"SurveyElements": [', "damaged Qualtrics survey"),
        (b'{"SurveyElements": []}', "no question"),
        (b'{"SurveyElements": 7}', "no question"),
        (b'{"SurveyElements": "\xff"}', "damaged Qualtrics survey"),
    ],
)
def test_damaged_surveys_are_refused_with_a_sentence(raw, said):
    assert recognise(raw, "x.qsf")
    with pytest.raises(DataError, match=said):
        drafted(raw)


def test_a_survey_that_is_too_large_is_refused():
    with pytest.raises(DataError, match="larger than 50 MB"):
        drafted(b'{"SurveyElements": []}' + b" " * 50_000_001)


ODD = (None, 7, -1, "", "x", [], {}, [None], {"1": None}, {"a": {"b": []}}, True, 1e300, "\ud800")


def places(part, path=()):
    yield path
    inner = part.items() if isinstance(part, dict) else enumerate(part)
    if isinstance(part, (dict, list)):
        for key, value in inner:
            yield from (
                places(value, (*path, key)) if isinstance(value, (dict, list)) else [(*path, key)]
            )


@pytest.mark.parametrize("file", SURVEYS[1:], ids=lambda file: file.stem)
def test_damaged_parts_never_break_the_reading(file):
    rng = random.Random(3)
    text = file.read_text(encoding="utf-8-sig")
    spots = [path for path in places(json.loads(text)) if path]
    for _ in range(150):
        whole = json.loads(text)
        path = rng.choice(spots)
        part = whole
        for key in path[:-1]:
            part = part[key]
        part[path[-1]] = rng.choice(ODD)
        with suppress(DataError):
            drafted(json.dumps(whole).encode())


@pytest.mark.parametrize("raw", [b"a,b\n1,2", b"{}", b'{"a": 1}', b"PK\x03\x04", b""])
def test_other_files_are_not_taken_for_surveys(raw):
    assert not recognise(raw, "survey.json")
