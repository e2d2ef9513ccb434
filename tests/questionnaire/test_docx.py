"""The Word file is complete, accessible, and the same every time."""

import io
import zipfile
from dataclasses import replace
from functools import cache

import docx
import pytest
from docx.oxml.ns import qn

import innovsurvey as isv
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.paper.docx_file import write_docx
from innovsurvey.questionnaire.paper.paper import lay_on_paper

from .answers import layout_of as make

FORMS = isv.list_forms()["id"].tolist()
INSTRUMENTS = [name for name in isv.list_instruments()["id"] if name != "leadership-climate"]
NAMES = [*FORMS, *INSTRUMENTS, "hostile"]
layout_of = cache(make)
LOCALES = {"en": "en-GB", "da": "da-DK"}


@cache
def opened(layout):
    return docx.Document(io.BytesIO(write_docx(layout)))


def text_of(element):
    """Give the text below an element as it is read."""
    signs = {qn("w:br"): "\n", qn("w:tab"): "\t"}
    parts = (p.text if p.tag == qn("w:t") else signs.get(p.tag, "") for p in element.iter())
    return "".join(part or "" for part in parts)


def values(body, name, attribute="w:val"):
    return [element.get(qn(attribute)) for element in body.iter(qn(name))]


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_there_as_typed(name):
    layout = layout_of(name, language="da")
    body = opened(layout).element.body
    texts = {text_of(paragraph) for paragraph in body.iter(qn("w:p"))}
    whole = "\n".join(texts)
    for page in layout.pages:
        assert page.title["da"] in texts
        assert page.stem.get("da", "") in whole
        for question in page.questions:
            for wanted in (question.text, question.intro, *(c.text for c in question.cells)):
                assert wanted.get("da", "").replace("\t", " ") in whole
            for option in question.options if question.kind == "array" else ():
                assert option.label.say("da").lstrip("-") in texts
    for wanted in (layout.title, layout.introduction, layout.consent, layout.closing):
        assert wanted["da"] in whole
    assert layout.instrument.validity.statement in whole


@pytest.mark.parametrize("name", NAMES)
def test_each_box_has_its_own_tag_and_a_name_that_fits(name):
    layout = layout_of(name)
    body = opened(layout).element.body
    tags = values(body, "w:tag")
    parts = [p for s in lay_on_paper(layout, screen=True).sections for p in s.parts]
    asked = [box.tag for part in parts for row in part.rows for box in row.boxes]
    assert set(asked) < set(tags)
    assert len(set(tags)) == len(tags)
    assert max(map(len, tags)) <= 64
    assert max(map(len, values(body, "w:alias"))) <= 64
    ids = [sdt.find(f"{qn('w:sdtPr')}/{qn('w:id')}") for sdt in body.iter(qn("w:sdt"))]
    assert len({found.get(qn("w:val")) for found in ids}) == len(ids)


@pytest.mark.parametrize("language", ["en", "da"])
def test_language_is_set_everywhere(language):
    document = opened(layout_of("self-assessment", language=language))
    assert document.core_properties.language == language
    assert {*values(document.styles.element, "w:lang")} == {LOCALES[language]}
    found = {}
    for run in document.element.body.iter(qn("w:r")):
        found.setdefault(run.find(f".//{qn('w:lang')}").get(qn("w:val")), []).append(text_of(run))
    assert set(found) == {LOCALES[language], "en-GB"}  # the small print stays English
    assert not [text for text in found.get("da-DK", []) if "no respondent" in text]


@pytest.mark.parametrize("name", ["manager-full", "hostile"])
def test_tables_have_repeated_heads_whole_rows_and_set_widths(name):
    document = opened(layout_of(name))
    section = document.sections[0]
    room = section.page_width - section.left_margin - section.right_margin
    assert document.tables
    for table in document.tables:
        grid = [int(width) for width in values(table._tbl, "w:gridCol", "w:w")]
        assert sum(grid) * 635 <= room + 635 * len(grid)
        for i, row in enumerate(table._tbl.iter(qn("w:tr"))):
            properties = row.find(qn("w:trPr"))
            assert properties.find(qn("w:cantSplit")) is not None
            assert (properties.find(qn("w:tblHeader")) is not None) == (i == 0)
            widths = [int(width) for width in values(row, "w:tcW", "w:w")]
            assert sum(widths) == pytest.approx(sum(grid), abs=len(grid))


def test_headings_are_real_and_form_an_outline():
    layout = layout_of("self-assessment")
    document = opened(layout)
    headings = [p for p in document.paragraphs if p.style.name.startswith(("Title", "Heading"))]
    assert headings[0].style.name == "Title"
    first = [p.text for p in headings if p.style.name == "Heading 1"]
    assert [page.title["en"] for page in layout.pages] == first[3:-1]
    assert "31.  Finding and developing ideas" in [p.text for p in headings]


def test_what_the_file_carries_is_locked():
    layout = layout_of("observer")
    layout = replace(layout, carried=(*layout.carried, ("manager_id", "M07")))
    body = opened(layout).element.body
    locked = {
        sdt.find(f".//{qn('w:tag')}").get(qn("w:val")): text_of(sdt.find(qn("w:sdtContent")))
        for sdt in body.iter(qn("w:sdt"))
        if sdt.find(f".//{qn('w:lock')}").get(qn("w:val")) == "sdtContentLocked"
    }
    assert locked == {
        "innovsurvey.form": "observer",
        "innovsurvey.form_version": layout.version,
        "version": "observer",
        "manager_id": "M07",
    }


def test_properties_name_the_questionnaire_and_nobody():
    document = opened(layout_of("hostile"))
    properties = document.core_properties
    assert properties.title == "Hostile <b>title</b> & {x} =1"
    assert properties.author == properties.last_modified_by == ""
    assert "created" not in properties._element.xml


def test_bytes_are_always_the_same():
    layout = layout_of("hostile")
    raw = write_docx(layout)
    assert raw == write_docx(layout_of("hostile"))
    with zipfile.ZipFile(io.BytesIO(raw)) as archive:
        assert {info.date_time for info in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}


def test_right_to_left():
    layout = layout_of("hostile")
    language = replace(layout.languages[0], direction="rtl")
    document = opened(replace(layout, languages=(language,)))
    body = document.element.body
    assert all(p.find(f"{qn('w:pPr')}/{qn('w:bidi')}") is not None for p in body.iter(qn("w:p")))
    tables = list(body.iter(qn("w:tblPr")))
    assert all(found.find(qn("w:bidiVisual")) is not None for found in tables)


def test_codes_that_no_tag_can_hold_are_refused():
    layout = layout_of("metagovernance")
    page, (question,) = layout.pages[0], layout.pages[0].questions
    cell = replace(question.cells[0], code="M" * 25)
    question = replace(question, cells=(cell, *question.cells[1:]))
    broken = replace(layout, pages=(replace(page, questions=(question,)),))
    with pytest.raises(ExportError, match=r"do not fit Word: M{25} \(25 characters, at most 24\)"):
        write_docx(broken)
