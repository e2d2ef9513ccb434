"""The PDF file says what PDF/UA asks for, holds every text as typed, and is the same each time."""

import io
from dataclasses import replace
from functools import cache

import pypdf
import pytest
import typst

import innovsurvey as isv
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.paper import pdf_file
from innovsurvey.questionnaire.paper.pdf_file import write_pdf

from .answers import layout_of as make

FORMS = isv.list_forms()["id"].tolist()
INSTRUMENTS = [name for name in isv.list_instruments()["id"] if name != "leadership-climate"]
NAMES = [*FORMS, *INSTRUMENTS, "hostile"]
layout_of = cache(make)


@cache
def read(name, language="en"):
    """Write a questionnaire and open the file."""
    layout = layout_of(name, language=language)
    return layout, pypdf.PdfReader(io.BytesIO(write_pdf(layout)))


def squeezed(text):
    """Take out blanks: where lines end is up to the page."""
    return "".join(text.split())


def kinds_of(node):
    """Count the kinds of tags below one."""
    found = {}
    waiting = [node]
    while waiting:
        part = waiting.pop()
        part = part.get_object() if isinstance(part, pypdf.generic.IndirectObject) else part
        if isinstance(part, list):
            waiting += part
        elif isinstance(part, dict):
            kind = part.get("/S")
            found[kind] = found.get(kind, 0) + 1
            waiting.append(part.get("/K", []))
    return found


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("language", ["en", "da"])
def test_says_what_pdf_ua_asks_for(name, language):
    layout, file = read(name, language)
    root = file.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == language
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert file.metadata.title == layout.title[language]
    assert "<pdfuaid:part>1</pdfuaid:part>" in root["/Metadata"].get_data().decode()
    kinds = kinds_of(root["/StructTreeRoot"]["/K"])
    assert kinds["/H1"] == len(layout.pages) + 4
    tables = sum(question.kind == "array" for question in layout.questions)
    assert kinds.get("/Table", 0) == tables
    assert kinds.get("/TH", 0) >= 3 * tables


@pytest.mark.parametrize("name", NAMES)
def test_every_text_is_there_as_typed(name):
    layout, file = read(name, "da")
    whole = squeezed("".join(page.extract_text() for page in file.pages))
    texts = [layout.title, layout.introduction, layout.consent, layout.closing]
    for page in layout.pages:
        texts += [page.title, page.stem]
        for question in page.questions:
            texts += [question.text, question.intro, *(o.label for o in question.options)]
            for cell in question.cells:
                texts += [cell.text, cell.left, cell.right]
    tricky = {text for text in texts if "\u202e" in text.say("da")}  # turned round, as typed
    missing = [
        text.say("da")
        for text in texts
        if text not in tricky and squeezed(text.say("da").lstrip("-")) not in whole
    ]
    assert missing == []
    assert squeezed(layout.instrument.validity.statement) in whole


def test_each_page_names_form_and_version_and_its_number():
    layout, file = read("manager-full", "da")
    for number, page in enumerate(file.pages, start=1):
        text = squeezed(page.extract_text())
        assert squeezed(f"manager-full, version {layout.version}") in text
        assert squeezed(f"Side {number} af {len(file.pages)}") in text


def test_bookmarks_name_the_sections():
    layout, file = read("self-assessment", "da")
    titles = [entry.title for entry in file.outline if not isinstance(entry, list)]
    assert titles[3:-1] == [page.title["da"] for page in layout.pages]


def test_head_of_a_table_is_repeated_on_each_page():
    layout, file = read("manager-full")
    pages = [squeezed(page.extract_text()) for page in file.pages]
    texts = [squeezed(c.text["en"]) for c in layout.question_of("INC01").cells]
    with_rows = [page for page in pages if any(text in page for text in texts)]
    assert len(with_rows) == 2
    assert all("NotatallAlittlePartlyMostlyFully" in page for page in with_rows)


def test_there_is_a_box_for_each_answer():
    layout, file = read("self-assessment")
    whole = "".join(page.extract_text() for page in file.pages)
    ticks = sum(len(q.cells) for q in layout.questions if q.kind == "ticks")
    answers = sum(len(q.options) * len(q.cells) for q in layout.questions if q.kind != "ticks")
    assert whole.count("☐") == ticks + answers + 1  # and the consent


def test_fonts_are_embedded_and_the_same_everywhere():
    _, file = read("self-assessment", "da")
    fonts = {
        font.get_object()["/BaseFont"].partition("+")[2]
        for page in file.pages
        for font in page["/Resources"]["/Font"].values()
    }
    assert {font.partition("-")[0] for font in fonts} == {"SourceSansPro", "DejaVuSans"}


def test_bytes_are_always_the_same():
    layout = layout_of("self-assessment")
    assert write_pdf(layout) == write_pdf(layout)


def test_right_to_left():
    layout = layout_of("hostile")
    language = replace(layout.languages[0], code="ar", direction="rtl")
    file = pypdf.PdfReader(io.BytesIO(write_pdf(replace(layout, languages=(language,)))))
    assert file.trailer["/Root"]["/ViewerPreferences"]["/Direction"] == "/R2L"


def test_what_typst_cannot_set_is_an_error_of_ours(monkeypatch):
    def refuse(*_args, **_options):
        message = "something else"
        raise typst.TypstError(message)

    monkeypatch.setattr(pdf_file.typst, "compile", refuse)
    with pytest.raises(ExportError, match="metagovernance cannot be typeset as PDF: something"):
        write_pdf(layout_of("metagovernance"))
