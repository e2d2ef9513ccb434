"""The SurveyJS model says what the definition says, and hides what it hides."""

import json
import re
from dataclasses import replace
from functools import cache

import pytest

import innovsurvey as isv
from innovsurvey.definitions.model import MissingOption, Text
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.platforms.surveyjs import escape, write_surveyjs
from innovsurvey.questionnaire.visibility import AllOf, Blank, Is

from .answers import instrument_texts, layout_of, load, random_people, shown_to, squeezed

FORMS = isv.list_forms()["id"].tolist()
INSTRUMENTS = [i for i in isv.list_instruments()["id"] if i != "leadership-climate"]
TYPES = {"choice": "radiogroup", "array": "matrix", "ticks": "checkbox"}


def versions_of(name):
    return [v for v, _ in load(name).versions] if name not in FORMS else [load(name).asked_as]


ASKED = [(n, v) for n in [*FORMS, *INSTRUMENTS, "hostile", "odd"] for v in versions_of(n)]


@cache
def model_of(name, version):
    return json.loads(write_surveyjs(layout_of(name, version=version)))


def questions_in(elements):
    for element in elements:
        if element["type"] == "panel":
            yield from questions_in(element["elements"])
        else:
            yield element


def questions_of(model):
    """Give the questions of all pages by their names, without consent."""
    found = list(questions_in(e for page in model["pages"][1:] for e in page["elements"]))
    assert len({q["name"] for q in found}) == len(found)
    return {question["name"]: question for question in found}


def changed(layout, which, /, **changes):
    """Give the layout with one question changed."""
    pages = tuple(
        replace(
            p, questions=tuple(replace(q, **changes) if q.code == which else q for q in p.questions)
        )
        for p in layout.pages
    )
    return replace(layout, pages=pages)


def name_of(question):
    return question.code if question.kind in ("array", "ticks") else question.cells[0].name


def in_languages(text, layout):
    return {n.code: text.say(n.code).replace("{", "{\u200b") for n in layout.languages}


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_every_question_is_there_with_its_texts_and_codes(name, version):
    layout, model = layout_of(name, version=version), model_of(name, version)
    asked = questions_of(model)
    assert list(asked) == [name_of(question) for question in layout.questions]
    for question in layout.questions:
        told = asked[name_of(question)]
        assert told["type"] == TYPES.get(question.kind, "text")
        if question.text:
            assert told["title"] == in_languages(question.text, layout)
        else:
            assert told["titleLocation"] == "hidden"
        options = [(o.value, in_languages(o.label, layout)) for o in question.options]
        cells = [(c.code, in_languages(c.text, layout)) for c in question.cells]
        if question.kind in ("choice", "array"):
            found = told["choices" if question.kind == "choice" else "columns"]
            assert [(o["value"], o["text"]) for o in found] == options
            assert all(isinstance(o["value"], int) or o["value"] % 1 for o in found)
        if question.kind in ("ticks", "array") and not question.is_pairs:
            found = told["choices" if question.kind == "ticks" else "rows"]
            assert [(c["value"], c["text"]) for c in found] == cells


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_everything_in_the_instrument_can_be_read(name, version):
    said = "\n".join(squeezed(words) for words in _words(model_of(name, version)))
    said = said.replace("\u200b", "")
    for language in layout_of(name, version=version).languages:
        wanted = instrument_texts(name, language.code, version)
        assert [text for text in wanted if text not in said] == []


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_pages_panels_and_the_words_around_them(name, version):
    layout, model = layout_of(name, version=version), model_of(name, version)
    assert model["title"] == in_languages(layout.title, layout)
    assert model["locale"] == layout.language
    first, *pages = model["pages"]
    assert first["description"] == in_languages(layout.introduction, layout)
    (consent,) = first["elements"]
    assert consent["choices"] == [{"value": "yes", "text": in_languages(layout.consent, layout)}]
    assert consent["isRequired"] is True
    assert model["completedHtml"].keys() == {n.code for n in layout.languages}
    for page, told in zip(layout.pages, pages, strict=True):
        assert told["title"] == in_languages(page.title, layout)
        assert told.get("description", {}) == (in_languages(page.stem, layout) if page.stem else {})
        intros = dict.fromkeys(question.intro for question in page.questions if question.intro)
        panels = [e["title"] for e in told["elements"] if e["type"] == "panel"]
        assert panels == [in_languages(intro, layout) for intro in intros]
    assert "http" not in json.dumps(model, ensure_ascii=False)


def holds(expression, data):
    """Evaluate the few operators that the models use."""
    code = re.sub(r"\{([\w.]+)\}", r"value('\1')", expression)
    code = re.sub(r"(value\('[\w.]+'\)) notempty", r"\1 != ''", code)
    code = re.sub(r"(value\('[\w.]+'\)) empty", r"\1 is None", code)
    code = re.sub(r"(value\('[\w.]+'\)) contains ('\w+')", r"\2 in (\1 or [])", code)
    code = re.sub(r"(?<!!)=", "==", code)

    def value(path):
        found = data
        for part in path.split("."):
            found = None if found is None else found.get(part)
        return found

    return eval(code, {"__builtins__": {}, "value": value})


def data_of(layout, person):
    """Give what survey.data would hold."""
    data = {}
    for question in layout.questions:
        given = {c.code: person[c.name] for c in question.cells if c.name in person}
        if question.kind == "ticks":
            given = [code for code, ticked in given.items() if ticked]
        elif question.kind != "array":
            given = next(iter(given.values()), None)
        if given not in ({}, [], None):
            data[name_of(question)] = given
    return data


@pytest.mark.parametrize(("name", "version"), ASKED)
def test_what_is_visible_is_what_is_shown(name, version):
    layout, asked = layout_of(name, version=version), questions_of(model_of(name, version))
    people = random_people(layout, 20, seed=9, missing_share=0.3)
    for person, seen in zip(people, shown_to(layout, people), strict=True):
        data = data_of(layout, person)
        for question in layout.questions:
            visible = holds(asked[name_of(question)].get("visibleIf", "1 = 1"), data)
            assert visible == (question.cells[0].name in seen), (question.code, person)


def test_what_depends_on_a_hidden_answer_is_hidden_too():
    # The library would keep hidden answers until the end, and filters would still see them.
    assert model_of("self-assessment", "self")["clearInvisibleValues"] == "onHidden"
    # That clears questions whose own filter hides them, not those on a page that is hidden.
    assert not any("visibleIf" in page for page in model_of("self-assessment", "self")["pages"])


@pytest.mark.parametrize(
    ("expression", "written"),
    [
        (Is("FLT", (0, 1)), "{FLT} = 0 or {FLT} = 1"),
        (Is("STR01", (-7,)), "{Q01.STR01} = -7"),
        (Is("PH2_AC3", (4,)), "{PH2.AC3} = 4"),
        (Is("KIND_AA", (1,)), "{KIND} contains 'AA'"),
        (Is("KIND_AA", (0,)), "({KIND} notempty and {KIND} notcontains 'AA')"),
        (Blank("KIND_BB"), "{KIND} empty"),
        (AllOf((Blank("FLT"), Blank("YRS"))), "({FLT} empty) and ({YRS} empty)"),
        (Is("YRS", (1234567, 0.5)), "{YRS} = 1234567 or {YRS} = 0.5"),
    ],
)
def test_filters_in_the_words_of_the_library(expression, written):
    model = json.loads(write_surveyjs(changed(layout_of("hostile"), "YRS", show_if=expression)))
    assert questions_of(model)["YRS"]["visibleIf"] == written


def test_pairs_show_both_poles_and_their_numbers():
    rows = questions_of(model_of("hostile", "self"))["Q04"]["rows"]
    assert rows[1]["text"]["en"] == 'Pair 2 ... trust & care (-3) ↔ control "tight" (3)'
    assert rows[0]["text"]["da"] == "Par 1 ... {\u200bleft} <l> da (-3) ↔ =right | r da (3)"


def test_numbers_keep_to_their_limits_or_say_why_there_is_none():
    layout = layout_of("hostile")
    number = layout.question_of("YRS").format
    unknown = MissingOption(
        -6, "do_not_know", Text((("en", "Do not know"), ("da", "Ved ikke"))), ()
    )
    missing = changed(layout, "YRS", format=replace(number, missing=(unknown,)))
    plain, instead = (
        questions_of(json.loads(write_surveyjs(each)))["YRS"] for each in (layout, missing)
    )
    assert (plain["inputType"], plain["min"], plain["max"]) == ("number", 0, 60)
    assert plain["maxErrorText"]["da"] == "Skriv et tal fra 0 til 60."
    (rule,) = instead["validators"]
    assert rule["expression"] == "{YRS} empty or ({YRS} >= 0 and {YRS} <= 60) or {YRS} = -6"
    assert instead["description"]["da"] == (
        "Hvis der ikke er noget tal at skrive, så skriv: -6 = Ved ikke"
    )
    assert "max" not in instead


def test_the_closing_is_html_and_its_text_stays_text():
    closing = Text((("en", "<b>Thanks</b> & {FLT}"), ("da", "Tak")))
    model = json.loads(write_surveyjs(replace(layout_of("hostile"), closing=closing)))
    assert model["completedHtml"] == {
        "en": "<p>&lt;b&gt;Thanks&lt;/b&gt; &amp; {\u200bFLT}</p>",
        "da": "<p>Tak</p>",
    }


def test_what_the_file_carries_comes_back_with_the_answers():
    layout = layout_of("observer", language="da", carried={"manager_id": "M-07"})
    model = json.loads(write_surveyjs(layout))
    carried = [(v["name"], v["expression"]) for v in model["calculatedValues"]]
    assert carried == [("version", "'observer'"), ("manager_id", "'M-07'")]
    assert all(value["includeIntoResult"] for value in model["calculatedValues"])
    assert model["locale"] == "da"
    assert list(model["title"]) == ["da", "en"]


def test_no_brace_opens_a_reference():
    words = "\n".join(_words(model_of("hostile", "self")))
    assert "{" in words
    assert re.findall("\\{(?!\u200b)", words) == []
    assert escape("${x} {{y}}") == "${\u200bx} {\u200b{\u200by}}"


def _words(part):
    """Give all texts of a model, whatever they belong to."""
    if isinstance(part, list):
        return [words for each in part for words in _words(each)]
    if not isinstance(part, dict):
        return []
    own = list(part.values()) if part.keys() <= {"en", "da"} else []
    return own + [words for each in part.values() for words in _words(each)]


@pytest.mark.parametrize(
    ("code", "problem"),
    [("consent", "reserved"), ("wave", "reserved"), ("A-B", "letters, digits"), ("yrs", "same as")],
)
def test_names_that_do_not_fit_are_refused(code, problem):
    layout = replace(layout_of("hostile"), carried=(("wave", "W1"),))
    with pytest.raises(ExportError, match=f"(?i){code}.*{problem}"):
        write_surveyjs(changed(layout, "FLT", code=code))
