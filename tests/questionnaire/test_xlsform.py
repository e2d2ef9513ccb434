"""XLSForms convert without a warning, say what the definition says, and hide what it hides."""

import datetime
import io
import re
from dataclasses import replace
from functools import cache
from xml.etree import ElementTree

import openpyxl
import pytest
from pyxform.xls2xform import convert

import innovsurvey as isv
from innovsurvey.definitions.model import MissingOption, Text
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.platforms.xlsform import escape, write_xlsform
from innovsurvey.questionnaire.visibility import AllOf, Blank, Is

from .answers import instrument_texts, layout_of, load, random_people, shown_to

FORMS = isv.list_forms()["id"].tolist()
INSTRUMENTS = [i for i in isv.list_instruments()["id"] if i != "leadership-climate"]
XFORMS = "{http://www.w3.org/2002/xforms}"


def versions_of(name):
    return [v for v, _ in load(name).versions] if name not in FORMS else [load(name).asked_as]


ASKED = [(n, v) for n in [*FORMS, *INSTRUMENTS, "hostile", "odd"] for v in versions_of(n)]


@cache
def sheets_of(name, version):
    return sheets(write_xlsform(layout_of(name, version=version)))


def sheets(raw):
    book = openpyxl.load_workbook(io.BytesIO(raw))
    return {sheet.title: rows_of(sheet) for sheet in book}


def rows_of(sheet):
    names, *rows = sheet.iter_rows(values_only=True)
    return [{k: v for k, v in zip(names, row, strict=True) if v is not None} for row in rows]


def changed(layout, which, /, **changes):
    """Give the layout with one question changed."""
    pages = tuple(
        replace(
            p, questions=tuple(replace(q, **changes) if q.code == which else q for q in p.questions)
        )
        for p in layout.pages
    )
    return replace(layout, pages=pages)


def displayed(text):
    """Show a label as ODK does: escapes are read, white space counts once.

    pyxform itself makes typographic quotation marks straight.
    """
    text = re.sub(r"\\([\\*_#])", r"\1", text).replace("\u200b", "")
    return " ".join(text.translate(str.maketrans("“”‘’", "\"\"''")).split())


def texts_of(layout):
    """Give every text that a respondent must be able to see."""
    yield from (layout.introduction, layout.consent, layout.closing)
    for page in layout.pages:
        yield from (page.title, page.stem)
        for question in page.questions:
            yield from (question.text, question.intro)
            if question.kind not in ("ticks", "number"):
                yield from (option.label for option in question.options)
            for cell in question.cells:
                yield from () if question.is_pairs else (cell.text,)


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_pyxform_converts_without_a_warning_and_keeps_every_text(name, version):
    layout = layout_of(name, version=version)
    result = convert(io.BytesIO(write_xlsform(layout)), file_type=".xlsx")
    assert result.warnings == []
    form = ElementTree.fromstring(result.xform)
    for language in layout.languages:
        entries = form.iter(f"{XFORMS}translation")
        told = next(e for e in entries if e.get("lang") == f"{language.name} ({language.code})")
        assert "output" not in {e.tag.removeprefix(XFORMS) for e in told.iter()}
        said = {displayed(value.text) for value in told.iter(f"{XFORMS}value")}
        wanted = {" ".join(text.say(language.code).split()) for text in texts_of(layout) if text}
        assert {displayed(text) for text in wanted} <= said
        for question in layout.questions:
            for cell in question.cells if question.is_pairs else ():
                texts = (cell.text, cell.left, cell.right)
                begun, pole, other = (displayed(text.say(language.code)) for text in texts)
                asked = rf"{re.escape(begun)} ?{re.escape(pole)} .*{re.escape(other)} "
                assert any(re.match(asked, line) for line in said)


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_everything_in_the_instrument_can_be_read(name, version):
    found = sheets_of(name, version)
    for language in layout_of(name, version=version).languages:
        end = f"::{language.name} ({language.code})"
        rows = [*found["survey"], *found["choices"]]
        said = "\n".join(displayed(row[key]) for row in rows for key in row if key.endswith(end))
        wanted = instrument_texts(name, language.code, version)
        assert [text for text in wanted if displayed(text) not in said] == []


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_names_are_different_whatever_their_case(name, version):
    names = [row["name"].casefold() for row in sheets_of(name, version)["survey"] if "name" in row]
    assert len(names) == len(set(names))
    layout = layout_of(name, version=version)
    asked = {c.name for q in layout.questions if q.kind != "ticks" for c in q.cells}
    asked |= {q.code for q in layout.questions if q.kind == "ticks"}
    assert {name.casefold() for name in asked} <= set(names)


def filters_of(survey):
    """Give what must hold for each question, the filters of its groups included."""
    groups, found = [], {}
    for row in survey:
        if row["type"] == "end_group":
            groups.pop()
            continue
        own = [row["relevant"]] if "relevant" in row else []
        if row["type"] == "begin_group":
            groups.append(own)
        else:
            found[row["name"]] = [*(part for group in groups for part in group), *own]
    return found


def holds(xpath, answers):
    """Evaluate the little XPath that the forms use."""
    code = re.sub(r"\$\{(\w+)\}", r"value('\1')", xpath)
    code = re.sub(r"(?<!!)=", "==", code).replace("true()", "True").replace("false()", "False")
    names = {
        "__builtins__": {},
        "value": lambda name: answers.get(name, ""),
        "selected": lambda value, choice: choice in value.split(" "),
    }
    return eval(code, names)


def form_answers(layout, person):
    answers = {"consent": "OK"} | {name: f"{value}" for name, value in person.items()}
    for question in layout.questions:
        if question.kind == "ticks":
            ticked = [cell.code for cell in question.cells if person.get(cell.name) == 1]
            answers[question.code] = " ".join(ticked)
    return answers


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_what_is_relevant_is_what_is_shown(name, version):
    layout = layout_of(name, version=version)
    filters = filters_of(sheets_of(name, version)["survey"])
    people = random_people(layout, 20, seed=8, missing_share=0.3)
    for person, seen in zip(people, shown_to(layout, people), strict=True):
        answers = form_answers(layout, person)
        for question in layout.questions:
            for cell in question.cells:
                asked = question.code if question.kind == "ticks" else cell.name
                shown = all(holds(part, answers) for part in filters[asked])
                assert shown == (cell.name in seen), (asked, person)


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_nothing_is_asked_before_consent(name, version):
    survey = sheets_of(name, version)["survey"]
    consent = next(row for row in survey if row.get("name") == "consent")
    assert (consent["type"], consent["required"]) == ("acknowledge", "yes")
    first = {"introduction", "consent", "closing", "version"}
    for asked, filters in filters_of(survey).items():
        assert asked in first or "${consent} = 'OK'" in filters[0]


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_no_filter_depends_on_what_it_hides(name, version):
    # ODK refuses such a circle, pyxform does not see it.
    groups = []
    for row in sheets_of(name, version)["survey"]:
        if row["type"] == "end_group":
            groups.pop()
            continue
        if row["type"] == "begin_group":
            groups.append(set(re.findall(r"\$\{(\w+)\}", row.get("relevant", ""))))
        assert not any(row["name"] in names for names in groups)


def test_every_cell_is_a_text_and_none_a_formula():
    book = openpyxl.load_workbook(io.BytesIO(write_xlsform(layout_of("hostile"))))
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert {cell.data_type for cell in cells if cell.value is not None} == {"s"}
    assert "=1+1" in {cell.value for cell in cells}


def test_the_same_form_gives_the_same_bytes_at_any_time(monkeypatch):
    layout = layout_of("innovation-culture")
    first = write_xlsform(layout)
    monkeypatch.setattr("time.localtime", lambda *_: (2031, 5, 6, 7, 8, 9, 1, 126, 0))
    monkeypatch.setattr(openpyxl.writer.excel.datetime, "datetime", _Later)
    assert write_xlsform(layout) == first


class _Later(datetime.datetime):
    @classmethod
    def now(cls, tz=None):
        return cls(2031, 5, 6, 7, 8, 9, tzinfo=tz)


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("plain, 5 < 6 & 7 > 2; {also} C# [x] (y)", "plain, 5 < 6 & 7 > 2; {also} C# [x] (y)"),
        ("${x} and $5", "$|{x} and $5"),
        ("*a* _b_", r"\*a\* \_b\_"),
        ("# head\n## two", "\\# head\n\\## two"),
        (r"\n but \* and \\", r"\n but \\\* and \\\\"[:-1]),
        ("[text](link)", "[text]|(link)"),
        ("<b>x</b> <!-- y --> <5%>", "<|b>x<|/b> <|!-- y --> <5%>"),
        ("&amp; &#61; & co", "&|amp; &|#61; & co"),
        ("one\n- two\n3. three\n> four", "one\n-| two\n3.| three\n>| four"),
    ],
)
def test_texts_are_written_so_that_they_show_as_typed(text, written):
    assert escape(text) == written.replace("|", "\u200b")
    assert displayed(escape(text)) == " ".join(text.split())


def test_settings_name_the_form_its_version_and_its_languages():
    layout = layout_of("collaborative-leadership", language="da", version="observer")
    found = sheets(write_xlsform(layout))
    assert found["settings"] == [
        {
            "form_title": layout.title.say("da"),
            "form_id": "collaborative-leadership-observer",
            "version": layout.version,
            "default_language": f"{layout.languages[0].name} (da)",
            "style": "pages",
        }
    ]
    labels = [name for name in found["survey"][0] if name.startswith("label::")]
    assert [name[-4:] for name in labels] == ["(da)", "(en)"]


def test_what_the_file_carries_comes_back_with_the_answers():
    layout = layout_of("observer", carried={"manager_id": "M-07", "wave": "W2"})
    found = sheets(write_xlsform(layout))
    carried = {r["name"]: r["calculation"] for r in found["survey"] if r["type"] == "calculate"}
    assert carried == {"version": "'observer'", "manager_id": "'M-07'", "wave": "'W2'"}
    assert found["settings"][0]["form_id"] == "observer-M-07-W2"


def test_rows_of_a_matrix_are_groups_and_ticks_are_one_question():
    survey = sheets_of("self-assessment", "self")["survey"]
    at = next(i for i, row in enumerate(survey) if row.get("name") == "PH2")
    assert survey[at]["type"] == "begin_group"
    assert survey[at]["appearance"] == "field-list"
    assert [row["name"] for row in survey[at + 1 : at + 4]] == ["PH2_intro", "PH2_AC1", "PH2_AC2"]
    assert survey[at + 2]["appearance"] == "likert"
    stage = next(row for row in survey if row.get("name") == "STAGE")
    assert stage["type"] == "select_multiple STAGE"
    choices = sheets_of("self-assessment", "self")["choices"]
    assert [c["name"] for c in choices if c["list_name"] == "STAGE"] == [
        f"PH{i}" for i in range(1, 6)
    ]
    used = next(row["type"].split()[1] for row in survey if row.get("name") == "CON01")
    assert [c["name"] for c in choices if c["list_name"] == used] == ["1", "2", "3", "4", "5", "-7"]


def test_numbers_keep_to_their_limits_or_say_why_there_is_none():
    layout = layout_of("hostile")
    number = layout.question_of("YRS").format
    unknown = MissingOption(
        -6, "do_not_know", Text((("en", "Do not know"), ("da", "Ved ikke"))), ()
    )
    missing = changed(layout, "YRS", format=replace(number, missing=(unknown,)))
    open_end = changed(layout, "YRS", format=replace(number, maximum=None))
    row, instead, upwards = (
        next(r for r in sheets(write_xlsform(each))["survey"] if r.get("name") == "YRS")
        for each in (layout, missing, open_end)
    )
    assert (row["type"], row["constraint"]) == ("decimal", "(. >= 0 and . <= 60)")
    assert row["constraint_message::Dansk (da)"] == "Skriv et tal fra 0 til 60."
    assert instead["constraint"] == "(. >= 0 and . <= 60) or . = -6"
    assert instead["hint::English (en)"] == "If there is no number to give, write: -6 = Do not know"
    assert upwards["constraint"] == "(. >= 0)"
    assert upwards["constraint_message::English (en)"] == "Please give a number of 0 or more."


@pytest.mark.parametrize(
    ("expression", "relevant"),
    [
        (Is("YRS", (3, 4)), "${YRS} = 3 or ${YRS} = 4"),
        (Is("KIND_AA", (1,)), "selected(${KIND}, 'AA')"),
        (Is("KIND_AA", (0,)), "(${KIND} != '' and not(selected(${KIND}, 'AA')))"),
        (Blank("KIND_AA"), "${KIND} = ''"),
        (Is("YRS", (1234567, 0.5)), "${YRS} = 1234567 or ${YRS} = 0.5"),
        (AllOf((Is("FLT", (1,)), Blank("FLT"))), "(${FLT} = '1') and (${FLT} = '')"),
    ],
)
def test_filters_in_the_words_of_odk(expression, relevant):
    layout = changed(layout_of("hostile"), "Q03", show_if=expression)
    survey = sheets(write_xlsform(layout))["survey"]
    page = next(row for row in survey if row.get("name") == "strings_2")
    assert page["relevant"] == f"${{consent}} = 'OK' and ({relevant})"


@pytest.mark.parametrize(
    ("code", "problem"),
    [("end", "reserved"), ("wave", "reserved"), ("A-B", "letters, digits"), ("yrs", "same as")],
)
def test_names_that_do_not_fit_are_refused(code, problem):
    layout = replace(layout_of("hostile"), carried=(("wave", "W1"),))
    with pytest.raises(ExportError, match=f"(?i){code}.*{problem}"):
        write_xlsform(changed(layout, "FLT", code=code))
