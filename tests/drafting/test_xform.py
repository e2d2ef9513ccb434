"""Drafts from XForms, held to the drafts from the XLSForms that they were made of."""

import re
from pathlib import Path

import pytest
from pyxform.xls2xform import convert

import innovsurvey as isv
from innovsurvey.drafting import xform, xlsform
from innovsurvey.errors import DataError

REAL = Path(__file__).parents[1] / "data" / "kobo"
FORMS = ("kobocruncher_form_likert.xlsx", "kobocruncher_sample_xlsform.xlsx")
HEAD = '<h:html xmlns="http://www.w3.org/2002/xforms" xmlns:h="http://www.w3.org/1999/xhtml">'


def xform_of(raw):
    return convert(raw, validate=False).xform.encode()


def said(parts):
    """Give what questions say, whatever the language is: a form in one does not name it."""
    return re.sub(r"'(es|en)': ", "", repr(parts))


@pytest.mark.parametrize("form", FORMS)
def test_the_xform_of_a_real_form_gives_the_draft_of_the_form(form):
    wanted = xlsform.draft((REAL / form).read_bytes(), form)
    raw = xform_of(str(REAL / form))
    assert xform.recognise(raw, "form.xml")
    got = xform.draft(raw, form)
    assert said(got.items) == said(wanted.items)
    assert said(got.boxes) == said(wanted.boxes)
    assert [set(b.headings) for b in got.blocks] == [set(b.headings) for b in wanted.blocks]
    assert got.title == wanted.title or got.title.keys() != wanted.title.keys()


FORM = """
| survey  |                 |      |                     |                      |              |
|         | type            | name | label::English (en) | label::Français (fr) | constraint   |
|         | start           | s    |                     |                      |              |
|         | begin group     | g    | Group               | Groupe               |              |
|         | note            | n    | Read this.          | Lisez.               |              |
|         | integer         | age  | Age of ${s}?        | Âge?                 | . > 0        |
|         | select_one l    | one  | One?                | Un?                  |              |
|         | select_multiple l | more | More?             | Plus?                |              |
|         | end group       |      |                     |                      |              |
|         | image           | pic  | Picture             | Image                |              |
|         | calculate       | c    |                     |                      |              |
| choices |                 |      |                     |                      |              |
|         | list_name       | name | label::English (en) | label::Français (fr) |              |
|         | l               | a    | Never               | Jamais               |              |
|         | l               | b    | Often               | Souvent              |              |
|         | l               | dk   | Don't know          | Ne sait pas          |              |
"""


def test_languages_groups_limits_and_what_is_left_out(tmp_path):
    text = FORM.replace("| calculate       | c    |                     ", "| text | c | Why? ")
    raw = xform_of(text)
    got = xform.draft(raw, "form.xml")
    assert list(got.languages) == ["en", "fr"]
    age, one, why = got.items
    assert (age.format.minimum, age.text) == (1.0, {"en": "Age of ${s}?", "fr": "Âge?"})
    assert [point.written for point in one.format.points] == ["a", "b"]
    assert one.format.missing[0].label["fr"] == "Ne sait pas"
    assert why.heading == "c"
    assert got.blocks[0].stem == {"en": "Read this.", "fr": "Lisez."}
    assert [column.id for column in got.context] == ["s"]
    assert any("pic" in remark for remark in got.remarks)
    (tmp_path / "form.xml").write_bytes(raw)
    path = tmp_path / "drafted.yaml"
    path.write_text(isv.new_instrument("drafted", source=tmp_path / "form.xml"), encoding="utf-8")
    assert isv.check_instrument(path) == []


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (f'<!DOCTYPE x [<!ENTITY a "b">]>{HEAD}<h:body>&a;</h:body></h:html>', "document type"),
        (f"{HEAD}<h:body>", "cannot be read as an XForm"),
        (f"{HEAD}<h:body/></h:html>", "asks nothing"),
        (f"{HEAD}<h:body>{'<group>' * 5000}{'</group>' * 5000}</h:body></h:html>", "too deeply"),
    ],
)
def test_damaged_and_hostile_forms_are_refused(raw, said):
    assert xform.recognise(raw.encode(), "form.xml")
    with pytest.raises(DataError, match=said):
        xform.draft(raw.encode(), "form.xml")


@pytest.mark.parametrize("raw", [b"", b"<a/>", b"PK", b'{"survey": []}'])
def test_other_files_are_no_xforms(raw):
    assert not xform.recognise(raw, "x.xml")
