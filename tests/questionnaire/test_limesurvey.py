"""LimeSurvey files hold the whole questionnaire, within the limits of the program."""

import csv
import html
import io
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from functools import cache

import pytest

import innovsurvey as isv
from innovsurvey.definitions.model import Text
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.platforms.limesurvey import write_limesurvey
from innovsurvey.questionnaire.platforms.limesurvey_relevance import relevance
from innovsurvey.questionnaire.platforms.limesurvey_rows import escape
from innovsurvey.questionnaire.platforms.limesurvey_text import write_limesurvey_text
from innovsurvey.questionnaire.visibility import AnyOf, Blank, Is

from .answers import instrument_texts, random_people, shown_to, squeezed
from .answers import layout_of as make
from .lss_checker import DATA, REAL, problems, tables

FORMS = isv.list_forms()["id"].tolist()
INSTRUMENTS = [name for name in isv.list_instruments()["id"] if name != "leadership-climate"]
NAMES = [*FORMS, *INSTRUMENTS, "hostile"]
CARRIED = {"manager_id": "M07", "project_id": "P-1", "wave": "W2"}


@cache
def layout_of(name, **options):
    carried = CARRIED if options.pop("carried", False) else None
    return make(name, carried=carried, **options)


def plain(text):
    """Show an HTML text as a browser does."""
    return html.unescape(text.replace("<br />", "\n"))


def rows_of(layout):
    """Give the tables of the survey file."""
    return tables(ET.fromstring(write_limesurvey(layout)))


@pytest.mark.parametrize("name", NAMES)
def test_keeps_the_limits_of_the_program(name):
    layout = layout_of(name, carried=True)
    assert problems(write_limesurvey(layout), own=True) == []


@pytest.mark.parametrize("name", REAL)
def test_checker_passes_files_of_the_program(name):
    assert problems((DATA / name).read_bytes()) == []


# In fragments of tags the marks of CDATA are left out.
FAULTS = {
    "question code with an underscore": ("<title>FLT<", "<title>FLT_1<"),
    "question code too long": ("<title>FLT<", f"<title>{'F' * 21}<"),
    "reserved code": ("<title>FLT<", "<title>self<"),
    "codes that differ in case": ("<title>FLT<", "<title>yrs<"),
    "row code twice": ("<title>STR02<", "<title>STR01<"),
    "row code with a space": ("<title>STR02<", "<title>STR 02<"),
    "answer code too long": ("<code>N7<", "<code>N70000<"),
    "answer code with a sign": ("<code>N7<", "<code>-7<"),
    "answer code twice": ("<code>5<", "<code>4<"),
    "brace not escaped": ("&#123;also&#125;", "{also}"),
    "brace around a code": ("Filter &#123;FLT&#125;", "Filter {FLT}"),
    "tag not escaped": ("&lt;kinds&gt;", "<kinds>"),
    "bar in a row": ("&#124; tab", "| tab | bar"),
    "row in another group": ("<gid>4</gid><type>T<", "<gid>3</gid><type>T<"),
    "question in no group": ("<gid>2</gid><type>L<", "<gid>99</gid><type>L<"),
    "condition on nothing": ("FLT.NAOK!=", "FLR.NAOK!="),
    "condition without NAOK": ("FLT.NAOK!=", "FLT!="),
    "condition on no answer": ('FLT.NAOK!="0"', 'FLT.NAOK!="9"'),
    "bracket not closed": ('(FLT.NAOK!="0")', '(FLT.NAOK!="0"'),
    "array without answers": ("<type>N<", "<type>F<"),
    "unknown type": ("<type>N<", "<type>q<"),
    "text in no language": ("<language>da<", "<language>de<"),
    "language without settings": ("<surveyls_language>da<", "<surveyls_language>en<"),
    "unknown field": ("preg", "pregg"),
    "unknown attribute": ("hidden", "hiden"),
    "question number twice": ("<qid>3</qid><parent", "<qid>2</qid><parent"),
    "answer of no question": ("<aid>1</aid><qid>3<", "<aid>1</aid><qid>999<"),
    "dates stored": ("<datestamp>N<", "<datestamp>Y<"),
    "addresses stored": ("<ipaddr>N<", "<ipaddr>Y<"),
    "consent not asked": ("<mandatory>Y<", "<mandatory>N<"),
    "another survey number": ("<surveyls_survey_id><!", "<surveyls_survey_id>1<!"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_checker_finds(fault):
    old, new = (
        re.sub(">([^<>]+)<(?!!)", r"><![CDATA[\1]]><", part) if part.startswith("<") else part
        for part in FAULTS[fault]
    )
    sound = write_limesurvey(layout_of("hostile")).decode()
    assert old in sound
    assert problems(sound.replace(old, new).encode(), own=True)


def shown_in(layout, language):
    """Give all that a person reads in one language."""
    return "\n".join(
        plain(text)
        for table in rows_of(layout).values()
        for row in table
        if row.get("language", row.get("surveyls_language")) == language
        for text in row.values()
    )


@pytest.mark.parametrize("name", NAMES)
def test_everything_in_the_instrument_can_be_read(name):
    for language in layout_of(name).languages:
        shown = squeezed(shown_in(layout_of(name), language.code))
        wanted = instrument_texts(name, language.code)
        assert [text for text in wanted if text not in shown] == []


@pytest.mark.parametrize("language", ["en", "da"])
@pytest.mark.parametrize("name", ["hostile", "manager-full", "observer"])
def test_every_text_appears_as_typed(name, language):
    layout = layout_of(name)
    written = shown_in(layout, language)
    wanted = [layout.title, layout.introduction, layout.consent, layout.closing]
    for page in layout.pages:
        wanted += [page.title, page.stem]
        for question in page.questions:
            wanted += [question.text, question.intro]
            wanted += [option.label for option in question.options if question.kind != "ticks"]
            wanted += [
                text for cell in question.cells for text in (cell.text, cell.left, cell.right)
            ]
    for text in wanted:
        assert text.say(language).replace("\t", " ") in written


@pytest.mark.parametrize(
    "text",
    ["{x}", "a|b", "\\n", 'say "so"', "it's", "<b>&amp;</b>", "]]>", "one\ntwo\r\nthree", "=1"],
)
def test_escaped_texts_mean_nothing_but_themselves(text):
    written = escape(text)
    assert plain(written) == text.replace("\r\n", "\n")
    assert not set(written.replace("<br />", "")) & set("{}|\\<>\"'\n")


def evaluate(condition, answers):
    """Evaluate a condition as LimeSurvey does: what was not answered, or is hidden, is empty."""
    code = re.sub(r"(\w+)\.NAOK", lambda match: repr(answers.get(match[1], "")), condition)
    return bool(eval(code, {"is_empty": lambda value: value == ""}))


def stored(layout, person):
    """Give the variables of LimeSurvey for one person."""
    values = {}
    for question in layout.questions:
        for cell in question.cells:
            name = cell.code if cell.code == question.code else f"{question.code}_{cell.code}"
            answer = person.get(cell.name)
            if answer is None:
                continue
            if question.kind == "ticks":
                values[name] = "Y" if answer else ""
            else:
                values[name] = str(answer).replace("-", "N")
    return values


@pytest.mark.parametrize("name", ["hostile", "manager-full", "observer", "politician", "context"])
def test_questions_are_shown_as_the_filters_say(name):
    layout = layout_of(name)
    found = set()
    people = random_people(layout, 60, 5, missing_share=0.3)
    for person, seen in zip(people, shown_to(layout, people), strict=True):
        answers = stored(layout, person)
        for question in layout.questions:
            shown = evaluate(relevance(question.show_if, layout), answers)
            assert shown == (question.cells[0].name in seen), question.code
            found.add(shown)
    assert found == {True, False}


@pytest.mark.parametrize(
    ("condition", "expected"),
    [
        (Is("KIND_AA", (1.0,)), 'KIND_AA.NAOK=="Y"'),
        (Blank("YRS"), "is_empty(YRS.NAOK)"),
        (Is("STR01", (-7.0, 5.0)), '(Q01_STR01.NAOK=="N7" or Q01_STR01.NAOK=="5")'),
        (AnyOf((Is("FLT", (1.0,)), Blank("FLT"))), 'FLT.NAOK!="0"'),
        (Is("YRS", (1234567.0, -5.0)), '(YRS.NAOK=="1234567" or YRS.NAOK=="-5")'),
    ],
)
def test_conditions_are_written_in_the_language_of_the_program(condition, expected):
    assert relevance(condition, layout_of("hostile")) == expected


def test_a_condition_that_all_questions_share_belongs_to_the_group():
    rows = rows_of(layout_of("hostile"))
    groups = {row["gid"]: row["grelevance"] for row in rows["groups"]}
    guarded = [gid for gid, text in groups.items() if "FLT" in text]
    assert len(guarded) == 2
    assert {row["relevance"] for row in rows["questions"] if row["gid"] in guarded} == {"1"}


def test_columns_carried_are_hidden_equations_with_nothing_but_their_value():
    rows = rows_of(layout_of("observer", carried=True))
    codes = {row["qid"]: row["title"] for row in rows["questions"]}
    set_ = {(codes[r["qid"]], r["attribute"]): r["value"] for r in rows["question_attributes"]}
    assert set_["managerid", "equation"] == "{'M07'}"
    assert set_["version", "equation"] == "{'observer'}"
    assert set_["projectid", "hidden"] == "1"
    assert {row["type"] for row in rows["questions"] if row["title"] in CARRIED} == {"*"}


def test_poles_stand_on_both_sides_of_a_bar():
    rows = rows_of(layout_of("governance-orientation"))
    pair = next(row["qid"] for row in rows["subquestions"] if row["title"] == "SDP1")
    texts = {r["language"]: r["question"] for r in rows["question_l10ns"] if r["qid"] == pair}
    assert texts["en"] == "Public employees need ... close control|trust"
    assert texts["da"] == "Offentligt ansatte har brug for ... tæt kontrol|tillid"


def test_the_main_language_comes_first():
    layout = layout_of("staff", language="da")
    rows = rows_of(layout)
    assert rows["surveys"][0]["language"] == "da"
    assert rows["surveys"][0]["additional_languages"] == "en"
    assert rows["question_l10ns"][0]["language"] == "da"
    alone = rows_of(layout_of("staff", languages="da"))
    assert alone["surveys"][0]["additional_languages"] == ""
    assert {row["language"] for row in alone["answer_l10ns"]} == {"da"}


def test_numbers_have_their_limits():
    rows = rows_of(layout_of("hostile"))
    years = next(row["qid"] for row in rows["questions"] if row["title"] == "YRS")
    limits = {r["attribute"]: r["value"] for r in rows["question_attributes"] if r["qid"] == years}
    assert limits == {"min_num_value_n": "0", "max_num_value_n": "60"}


@pytest.mark.parametrize("code", ["A_1", "1A", "SELF", "X" * 21, "ISVCONSENT", "submitdate"])
def test_codes_that_do_not_fit_are_refused(code):
    layout = layout_of("hostile")
    page = layout.pages[0]
    question = replace(page.questions[0], code=code)
    bad = replace(layout, pages=(replace(page, questions=(question,)), *layout.pages[1:]))
    for write in (write_limesurvey, write_limesurvey_text):
        with pytest.raises(ExportError, match=re.escape(code)):
            write(bad)


def test_half_steps_and_long_codes_are_refused():
    for write in (write_limesurvey, write_limesurvey_text):
        with pytest.raises(ExportError) as refused:
            write(make("odd"))
        assert "answer 0.5 of HALF (LimeSurvey takes letters and digits only" in str(refused.value)
        assert "answer N0.5 of HALF" in str(refused.value)
        assert "answer 1234567 of AREA (at most 5 long)" in str(refused.value)
        assert "SUM" not in str(refused.value)


def test_a_title_that_would_be_cut_is_refused():
    layout = replace(layout_of("hostile"), title=Text((("en", "x"), ("da", "y" * 201))))
    with pytest.raises(ExportError, match=r"title \(da"):
        write_limesurvey(layout)


def test_a_column_both_carried_and_asked_is_refused():
    layout = replace(layout_of("hostile"), carried=(("job_years", "X"),))
    with pytest.raises(ExportError, match="job_years"):
        write_limesurvey(layout)


def as_imported(raw):
    """Read the text form as LimeSurvey does: an empty cell is none, codes join the languages."""
    rows = csv.reader(io.StringIO(raw.decode("utf-8-sig"), newline=""), delimiter="\t")
    header = next(rows)
    lines = [{k: v for k, v in zip(header, row, strict=True) if v} for row in rows]
    found, group, question = [], "", ""
    for line in lines:
        kind, language = line["class"], line.get("language", "")
        if kind == "G":
            group = line["type/scale"]
            found.append((kind, language, group, line["name"], line["relevance"]))
            found.append(("D", language, group, line.get("text", ""), ""))
        elif kind == "Q":
            question = line["name"]
            found.append((kind, language, question, line.get("text", ""), line["relevance"]))
            found.append(("H", language, question, line.get("help", ""), ""))
        elif kind in {"SQ", "A"}:
            found.append((kind, language, f"{question} {line['name']}", line.get("text", ""), ""))
        else:
            found.append((kind, language, line["name"], line.get("text", ""), ""))
    return lines, found


def as_tables(layout):
    """Give the same from the survey file."""
    rows = rows_of(layout)
    code = {row["qid"]: row["title"] for row in rows["questions"]}
    shown = {row["qid"]: row["relevance"] for row in rows["questions"]}
    sub = {r["qid"]: f"{code[r['parent_qid']]} {r['title']}" for r in rows["subquestions"]}
    answer = {row["aid"]: f"{code[row['qid']]} {row['code']}" for row in rows["answers"]}
    of_group = {row["gid"]: row["grelevance"] for row in rows["groups"]}
    found = [("S", "", k, v, "") for k, v in rows["surveys"][0].items()]
    found = [line for line in found if line[2] not in {"gsid", "active"}]
    for row in rows["surveys_languagesettings"]:
        own = {k: v for k, v in row.items() if k != "surveyls_survey_id"}
        found += [("SL", row["surveyls_language"], k, v, "") for k, v in own.items()]
    for row in rows["group_l10ns"]:
        place = (row["language"], row["gid"])
        found.append(("G", *place, row["group_name"], of_group[row["gid"]]))
        found.append(("D", *place, row["description"], ""))
    for row in rows["question_l10ns"]:
        qid, language = row["qid"], row["language"]
        if qid in sub:
            found.append(("SQ", language, sub[qid], row["question"], ""))
        else:
            found.append(("Q", language, code[qid], row["question"], shown[qid]))
            found.append(("H", language, code[qid], row["help"], ""))
    found += [("A", r["language"], answer[r["aid"]], r["answer"], "") for r in rows["answer_l10ns"]]
    return found


@pytest.mark.parametrize("name", NAMES)
def test_text_form_says_the_same(name):
    layout = layout_of(name, carried=True)
    lines, found = as_imported(write_limesurvey_text(layout))
    assert sorted(found) == sorted(as_tables(layout))
    attributes = {"hidden", "equation", "min_num_value_n", "max_num_value_n"}
    assert {line["language"] for line in lines if attributes & set(line)} == {layout.language}
    # The importer takes these for attributes of the question, and texts in quotation marks apart.
    assert not any({"id", "related_id", "encrypted", "default"} & set(line) for line in lines)
    texts = [line["text"] for line in lines if "text" in line]
    assert not any('"' in text or "\\" in text or "\n" in text for text in texts)
