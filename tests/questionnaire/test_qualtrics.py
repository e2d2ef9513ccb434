"""The QSF and text files for Qualtrics."""

import html
import json
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

import innovsurvey as isv
from innovsurvey.base.numbers import write_number
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.platforms.qualtrics import write_qualtrics
from innovsurvey.questionnaire.platforms.qualtrics_parts import escape
from innovsurvey.questionnaire.platforms.qualtrics_text import write_qualtrics_text

from .answers import instrument_texts, layout_of, random_people, shown_to, squeezed
from .check_qualtrics import asked_in_order, faults, parts

REAL = Path(__file__).parents[1] / "data/qualtrics"
NAMES = (
    *isv.list_forms()["id"],
    *(name for name in isv.list_instruments()["id"] if name != "leadership-climate"),
    "hostile",
    "odd",
)


@cache
def laid_out(name):
    return layout_of(name)


@cache
def survey_of(name):
    return json.loads(write_qualtrics(laid_out(name)))


def questions_of(survey):
    return {
        e["Payload"]["DataExportTag"]: e["Payload"]
        for e in survey["SurveyElements"]
        if e["Element"] == "SQ"
    }


def option(survey, element):
    return next(e["Payload"] for e in survey["SurveyElements"] if e["Element"] == element)


def says(markup):
    """What a person reads."""
    return html.unescape(re.sub(r"</?(h2|p|br)>", " ", markup))


@pytest.mark.parametrize("file", sorted(REAL.glob("*.qsf")), ids=lambda f: f.stem)
def test_the_rules_hold_for_real_files(file):
    assert faults(json.loads(file.read_text(encoding="utf-8"))) == []


@pytest.mark.parametrize("name", NAMES)
def test_our_files_keep_the_rules_in_all_languages(name):
    others = [language.code.upper() for language in laid_out(name).languages[1:]]
    assert faults(survey_of(name), languages=others) == []


def drop_from_block(survey):
    option(survey, "BL")[1]["BlockElements"].pop()


def drop_from_flow(survey):
    option(survey, "FL")["Flow"].pop()


def repeat_tag(survey):
    first, second, *_ = [e["Payload"] for e in survey["SurveyElements"] if e["Element"] == "SQ"]
    first["DataExportTag"] = second["DataExportTag"]


def drop_choice(survey):
    del questions_of(survey)["FLT"]["Choices"]["1"]


def drop_translation(survey):
    del questions_of(survey)["Q01"]["Language"]["DA"]["Answers"]["6"]


def drop_recode(survey):
    del questions_of(survey)["Q01"]["RecodeValues"]["6"]


def repeat_row(survey):
    questions_of(survey)["Q01"]["ChoiceDataExportTags"]["1"] = "STR02"


def wrong_filter(survey):
    questions_of(survey)["Q02"]["DisplayLogic"]["0"]["0"]["LeftOperand"] = (
        "q://QID99/SelectableChoice/1"
    )


def late_filter(survey):
    blocks = option(survey, "BL")
    blocks[1]["BlockElements"], blocks[4]["BlockElements"] = (
        blocks[4]["BlockElements"],
        blocks[1]["BlockElements"],
    )


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (drop_from_block, "stands 0 times in blocks"),
        (drop_from_flow, "stands 0 times in the flow"),
        (repeat_tag, "is there 2 times"),
        (drop_choice, "ChoiceOrder does not fit"),
        (drop_translation, "Answers not complete in DA"),
        (drop_recode, "RecodeValues are not complete"),
        (repeat_row, "ChoiceDataExportTags do not fit"),
        (wrong_filter, "which is not there"),
        (late_filter, "which comes later"),
    ],
)
def test_planted_faults_are_found(spoil, said):
    survey = json.loads(json.dumps(survey_of("hostile")))
    spoil(survey)
    assert any(said in fault for fault in faults(survey, languages=["DA"]))


def test_keys_of_our_questions_are_keys_of_real_questions():
    real = {}
    for file in REAL.glob("*.qsf"):
        for question in questions_of(json.loads(file.read_text(encoding="utf-8"))).values():
            kind = (question["QuestionType"], question["Selector"])
            real.setdefault(kind, set()).update(question)
    newer = {"DataVisibility", "NextChoiceId", "NextAnswerId", "VariableNaming", "DisplayLogic"}
    for question in questions_of(survey_of("hostile")).values():
        kind = (question["QuestionType"], question["Selector"])
        if kind in real:
            assert set(question) - newer - {"DefaultChoices", "GradingData"} <= real[kind], kind


@pytest.mark.parametrize("name", NAMES)
def test_display_logic_shows_what_the_filters_show(name):
    layout, survey = laid_out(name), survey_of(name)
    questions = {q["QuestionID"]: q for q in questions_of(survey).values()}
    by_code = questions_of(survey)
    people = random_people(layout, 40, seed=1, missing_share=0.4)
    for person, seen in zip(people, shown_to(layout, people), strict=True):
        chosen = selected_choices(layout, by_code, person)
        for question in layout.questions:
            tag = question.code if question.kind in {"array", "ticks"} else question.cells[0].name
            logic = by_code[tag].get("DisplayLogic")
            assert logic_holds(logic, chosen) == (question.cells[0].name in seen), tag
        shown = {qid for qid, q in questions.items() if logic_holds(q.get("DisplayLogic"), chosen)}
        assert_no_heading_alone(survey, questions, shown)


def selected_choices(layout, by_code, person):
    chosen = set()
    for question in layout.questions:
        for cell in question.cells:
            value = person.get(cell.name)
            if question.kind == "choice" and value is not None:
                asked = by_code[cell.name]
                place = next(p for p, v in asked["RecodeValues"].items() if float(v) == value)
                chosen.add((asked["QuestionID"], place))
            elif question.kind == "ticks" and value == 1:
                asked = by_code[question.code]
                texts = {c["Display"]: p for p, c in asked["Choices"].items()}
                chosen.add((asked["QuestionID"], texts[escape(cell.text.say("en"))]))
    return chosen


def logic_holds(logic, chosen):
    if logic is None:
        return True
    return all(
        any(
            (tuple(c["LeftOperand"][4:].split("/SelectableChoice/")) in chosen)
            == (c["Operator"] == "Selected")
            for _, c in parts(conditions)
        )
        for _, conditions in parts(logic)
    )


def assert_no_heading_alone(survey, questions, seen):
    """A heading is shown if and only if a question of its page is."""
    for block in option(survey, "BL")[1:-1]:
        ids = [e["QuestionID"] for e in block["BlockElements"] if e["Type"] == "Question"]
        asked = [i for i in ids if questions[i]["QuestionType"] != "DB"]
        assert (ids[0] in seen) == any(i in seen for i in asked)


def test_a_question_never_shares_a_page_with_its_filter():
    survey = survey_of("innovation-outcomes")
    block = next(b for b in option(survey, "BL") if b["Description"] == "The new solution")
    qids = {tag: q["QuestionID"] for tag, q in questions_of(survey).items()}
    order = [e.get("QuestionID", "break") for e in block["BlockElements"]]
    between = order[order.index(qids["INNSTEP"]) : order.index(qids["INNLOGIC"])]
    assert "break" in between


def test_consent_comes_first_is_forced_and_ends_the_survey():
    survey = survey_of("self-assessment")
    consent = questions_of(survey)["consent"]
    assert consent["Validation"]["Settings"]["ForceResponse"] == "ON"
    assert asked_in_order(survey)[1] == consent["QuestionID"]
    carried, first, branch, *_ = option(survey, "FL")["Flow"]
    assert [carried["Type"], first["Type"], branch["Type"]] == ["EmbeddedData", "Block", "Branch"]
    condition = branch["BranchLogic"]["0"]["0"]
    assert condition["ChoiceLocator"] == f"q://{consent['QuestionID']}/SelectableChoice/1"
    assert condition["Operator"] == "NotSelected"
    assert branch["Flow"][0]["Type"] == "EndSurvey"


def test_carried_columns_are_embedded_data_and_responses_anonymous():
    layout = layout_of("observer", carried={"manager_id": "M07"})
    survey = json.loads(write_qualtrics(layout))
    fields = option(survey, "FL")["Flow"][0]["EmbeddedData"]
    assert {f["Field"]: f["Value"] for f in fields} == {"version": "observer", "manager_id": "M07"}
    options = option(survey, "SO")
    assert options["AnonymizeResponse"] == "Yes"
    assert options["CollectGeoLocation"] == "false"
    assert options["AvailableLanguages"] == {"EN": [], "DA": []}


def test_codes_labels_and_rows():
    asked = questions_of(survey_of("hostile"))
    array, pairs, ticks = asked["Q01"], asked["Q04"], asked["KIND"]
    assert array["RecodeValues"] == {c: c for c in "12345"} | {"6": "-7"}
    assert array["ChoiceDataExportTags"]["10"] == "STR10"
    assert says(array["Answers"]["1"]["Display"]) == "Never, ever | no"
    assert says(array["Language"]["DA"]["Choices"]["1"]["Display"]) == "=1+1 (da)"
    assert pairs["Selector"] == "Bipolar"
    assert [says(pole) for pole in pairs["Choices"]["1"]["Display"].split(":")] == [
        "Pair 1 ... {left} <l>",
        "=right | r",
    ]
    assert ticks["Selector"] == "MAVR"
    assert ticks["RecodeValues"] == {"1": "1", "2": "2", "3": "3"}
    limits = asked["YRS"]["Validation"]["Settings"]["ValidNumber"]
    assert (limits["Min"], limits["Max"]) == ("0", "60")


def strings(part):
    """Give all texts of a survey, whatever they belong to."""
    if isinstance(part, str):
        yield part
    elif isinstance(part, (dict, list)):
        for each in part.values() if isinstance(part, dict) else part:
            yield from strings(each)


@pytest.mark.parametrize("name", NAMES)
def test_everything_in_the_instrument_can_be_read(name):
    survey = squeezed(says(" ".join(strings(survey_of(name)))))
    for language in laid_out(name).languages:
        text = write_qualtrics_text(laid_out(name).in_language(language.code)).decode()
        wanted = instrument_texts(name, language.code)
        poles = [squeezed(says(pole)) for row in bipolar_rows(name) for pole in row.split(":")]
        assert [t for t in wanted if t not in survey and t not in poles] == []
        assert [t for t in wanted if t not in squeezed(says(text))] == []


def bipolar_rows(name):
    """Give the rows of pairs in all languages, where a colon divides the poles."""
    pairs = [q for q in questions_of(survey_of(name)).values() if q["Selector"] == "Bipolar"]
    parts = [part for q in pairs for part in (q, *dict(q["Language"]).values())]
    return [choice["Display"] for part in parts for choice in part["Choices"].values()]


@pytest.mark.parametrize("language", ["en", "da"])
def test_everything_a_respondent_should_read_is_there(language):
    layout = laid_out("hostile").in_language(language)
    shown = squeezed(says(" ".join(strings(json.loads(write_qualtrics(layout))))))
    texts = [layout.title, layout.introduction, layout.consent, layout.closing]
    texts += [text for page in layout.pages for text in (page.title, page.stem) if text]
    for question in layout.questions:
        texts += [question.text, question.intro, *(o.label for o in question.options)]
        texts += [t for c in question.cells for t in (c.text, c.left, c.right)]
    for text in texts:
        if text:
            assert " ".join(text.say(language).split()) in shown


@pytest.mark.parametrize("write", [write_qualtrics, write_qualtrics_text])
def test_hostile_texts_are_inert(write):
    file = write(laid_out("hostile")).decode()
    assert "<script" not in file
    assert "<img" not in file
    assert "${" not in file
    assert file.count("[[Question:MC") == file.count("\n[[Question:MC")


@pytest.mark.parametrize("write", [write_qualtrics, write_qualtrics_text])
def test_the_same_questionnaire_gives_the_same_bytes(write):
    assert write(layout_of("hostile")) == write(layout_of("hostile"))
    assert write(laid_out("hostile")) != write(layout_of("hostile", version="observer"))


@pytest.mark.parametrize("name", NAMES)
def test_the_text_form_has_every_question_and_answer(name):
    layout = laid_out(name)
    blocks = read_text(write_qualtrics_text(layout).decode())
    asked = {q["id"]: q for questions in blocks for q in questions}
    assert len(blocks) == len(layout.pages) + 1
    for question in layout.questions:
        tag = question.code if question.kind in {"array", "ticks"} else question.cells[0].name
        written = asked[tag]
        if question.kind in {"choice", "array"}:
            codes = written["Answer" if question.kind == "array" else "Choice"]
            assert codes == {
                write_number(o.value): escape(o.label.say("en")) for o in question.options
            }
        if question.kind == "array":
            assert len(written["rows"]) == len(question.cells)


def read_text(text):
    """Read the Advanced Format as Qualtrics does: tags on lines of their own."""
    first, *lines = text.splitlines()
    assert first == "[[AdvancedFormat]]"
    blocks, question, key = [], None, None
    for line in lines:
        tag = re.fullmatch(r"\[\[(\w+)(?::(.*))?\]\]", line)
        if tag is None:
            if line and key is not None:
                question[key[0]] = {**question[key[0]], key[1]: line}
            elif line:
                question["rows" if question["in_rows"] else "text"].append(line)
            continue
        name, value = tag.groups()
        key = None
        if name == "Block":
            blocks.append([])
        elif name == "Question":
            question = {"kind": value, "text": [], "rows": [], "in_rows": False}
            question |= {"Choice": {}, "Answer": {}}
            blocks[-1].append(question)
        elif name == "ID":
            question["id"] = value
        elif name in {"Choice", "Answer"}:
            key = (name, value)
        elif name == "Choices":
            question["in_rows"] = True
    return blocks


def test_a_filter_that_qualtrics_cannot_write_is_refused():
    layout = laid_out("hostile")
    page = layout.pages[2]
    array = page.questions[0]
    rows = layout.question_of("STR11")
    depends = replace(rows, show_if=type(rows.show_if.parts[0])("STR01", (1.0,)))
    pages = tuple(
        replace(p, questions=(depends,)) if rows in p.questions else p for p in layout.pages
    )
    assert array.kind == "array"
    with pytest.raises(ExportError, match=r"answer to STR01.*Filters can use: FLT, KIND_AA"):
        write_qualtrics(replace(layout, pages=pages))


def test_codes_that_do_not_fit_are_refused():
    layout = laid_out("hostile")
    page = layout.pages[0]
    odd = replace(page.questions[0], code="Status")
    with pytest.raises(ExportError, match=r"Status \(reserved\)"):
        write_qualtrics(replace(layout, pages=(replace(page, questions=(odd,)),)))


def test_the_main_language_can_be_danish():
    survey = json.loads(write_qualtrics(laid_out("staff").in_language("da")))
    assert survey["SurveyEntry"]["SurveyLanguage"] == "DA"
    assert faults(survey, languages=["EN"]) == []
    assert laid_out("staff").title["da"] == survey["SurveyEntry"]["SurveyName"]
