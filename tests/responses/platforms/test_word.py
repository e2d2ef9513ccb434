"""A Word file that was filled in comes back as it was filled in, and a hostile one is refused."""

import io
import re
import zipfile
from dataclasses import replace
from functools import cache
from pathlib import Path

import pandas as pd
import pytest
from questionnaire.answers import (
    assert_same_answers,
    expected_responses,
    layout_of,
    random_people,
)

import innovsurvey as isv
from innovsurvey.errors import DataError
from innovsurvey.questionnaire.paper.docx_file import write_docx
from innovsurvey.responses.platforms import word
from innovsurvey.responses.platforms.word import read_word

from .word_document import (
    MAIN,
    W14,
    changed,
    controls,
    etree,
    fill_in,
    members,
    pack,
    tick,
    without,
    write,
)

FORMS = isv.list_forms()["id"].tolist()
# Its own file asks items for several versions at once, so it is read as part of the forms only.
APART = {"context", "leadership-climate"}
INSTRUMENTS = [name for name in isv.list_instruments()["id"] if name not in APART]
NAMES = [*FORMS, *INSTRUMENTS, "hostile"]
SMALL = "innovation-outcomes"


@cache
def file_of(name, **options):
    """Write a questionnaire once."""
    layout = layout_of(name, **options)
    return layout, write_docx(layout)


def responses(tables, instrument):
    """Read several rows as read_responses does with a folder."""
    header = tables[0].header
    assert all(table.header == header for table in tables)
    frame = pd.DataFrame([table.rows[0] for table in tables], columns=header)
    return isv.read_responses(frame.drop(columns="response_id"), instrument)


def row(raw, instrument):
    """Read a file as a dict from column to cell."""
    table = read_word(raw, "answers.docx", instrument)
    return dict(zip(table.header, table.rows[0], strict=True))


def edited(raw, edit):
    """Change the controls of a file."""

    def change(xml):
        root = etree.fromstring(xml)
        edit(controls(root))
        return etree.tostring(root)

    return changed(raw, change)


@pytest.mark.parametrize("name", NAMES)
def test_answers_come_back(name):
    layout, raw = file_of(name, language="da")
    people = random_people(layout, 3, seed=5)
    filled = [fill_in(raw, layout, person) for person in people]
    tables = [read_word(file, "a.docx", layout.instrument) for file in filled]
    got = responses(tables, layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))


def test_what_people_say_about_themselves_comes_back_as_written():
    layout, raw = file_of("hostile")
    text = "=1+1, æøå\n<b>&amp;</b> {x} ${y}"
    got = row(fill_in(raw, layout, {"job_words": text, "job_years": 7}), layout.instrument)
    assert got["job_words"] == text
    assert got["job_years"] == "7"


def test_what_the_file_carries_comes_back():
    layout, raw = file_of("hostile", version="observer")
    carried = replace(layout, carried=(*layout.carried, ("manager_id", "M07"), ("wave", "W2")))
    filled = edited(write_docx(carried), lambda found: write(found["response_id"], "R-12"))
    got = row(filled, layout.instrument)
    assert (got["version"], got["manager_id"], got["wave"]) == ("observer", "M07", "W2")
    assert got["response_id"] == "R-12"
    assert row(raw, layout.instrument)["response_id"] == ""


def agreed(number=1):
    """Fill in a small questionnaire whole, with consent."""
    layout, raw = file_of(SMALL)

    def click(found):
        tick(found["consent=1"])
        write(found["response_id"], f"P{number}")
        for item in layout.instrument.item_ids:
            tick(found.get(f"{item}={number}", found[f"{item}=1"]))

    return edited(raw, click)


def test_without_a_tick_there_is_no_consent_and_the_row_stays_whole(tmp_path):
    layout, raw = file_of(SMALL)
    left = edited(raw, lambda found: tick(found["INNNEW=3"]))
    assert read_word(agreed(), "a.docx", layout.instrument).aside == {}
    (tmp_path / "left.docx").write_bytes(left)
    with pytest.raises(DataError, match="no consent"):
        isv.read_responses(tmp_path / "left.docx", layout.instrument)
    (tmp_path / "agreed.docx").write_bytes(agreed())
    got = isv.read_responses(tmp_path, layout.instrument)
    assert got.data.index.tolist() == ["P1"]
    assert got.quarantine[["reason", "INNNEW"]].to_numpy().tolist() == [["no_consent", "3"]]


def foreign():
    """Write a Word file that is none of our questionnaires."""
    return without(rb"<w:tag [^>]*/>", file_of(SMALL)[1])


def test_a_word_file_of_others_does_not_keep_a_folder_from_being_read(tmp_path):
    (tmp_path / "a.docx").write_bytes(agreed(1))
    (tmp_path / "minutes.docx").write_bytes(foreign())
    (tmp_path / "z.docx").write_bytes(agreed(2)[:-400])
    got = isv.read_responses(tmp_path, SMALL)
    assert got.data.index.tolist() == ["P1"]
    assert any("minutes.docx is no questionnaire" in note for note in got.notes)
    assert any("z.docx" in note for note in got.notes)
    (tmp_path / "a.docx").unlink()
    with pytest.raises(DataError, match=r"minutes\.docx is no questionnaire"):
        isv.read_responses(tmp_path, SMALL)


@pytest.mark.parametrize("packing", [zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED])
def test_an_archive_of_word_files_is_none_itself_however_it_is_packed(tmp_path, packing):
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", packing) as archive:
        for number in (1, 2):
            archive.writestr(f"inbox/{number}.docx", agreed(number))
    (tmp_path / "inbox.zip").write_bytes(content.getvalue())
    got = isv.read_responses(tmp_path / "inbox.zip", SMALL)
    assert got.data["INNNEW"].to_dict() == {"P1": 1, "P2": 2}


def test_untouched_file_holds_no_answer():
    layout, raw = file_of("hostile")
    got = row(raw, layout.instrument)
    assert {name for name, cell in got.items() if cell} == {"version"}


def test_two_ticks_are_set_aside():
    layout, raw = file_of("metagovernance")
    item = layout.questions[0].cells[0].name

    def twice(found):
        tick(found[f"{item}=2"])
        tick(found[f"{item}=4"])

    table = read_word(edited(raw, twice), "a.docx", layout.instrument)
    got = responses([table], layout.instrument)
    assert got.reasons[item].tolist() == ["unreadable"]
    assert got.log.set_index("column").loc[item, "old"] == "2 boxes ticked: 2, 4"


def test_one_tick_of_several_makes_the_others_zero():
    layout, raw = file_of("hostile")
    ticked = edited(raw, lambda found: tick(found["KIND_BB=1"]))
    assert [row(ticked, layout.instrument)[f"KIND_{c}"] for c in ("AA", "BB", "CC")] == list("010")
    assert [row(raw, layout.instrument)[f"KIND_{c}"] for c in ("AA", "BB", "CC")] == ["", "", ""]


def test_file_saved_again_by_libreoffice():
    layout = layout_of("hostile")
    raw = (Path(__file__).parents[2] / "data/word/libreoffice-25.2.docx").read_bytes()
    table = read_word(raw, "a.docx", layout.instrument)
    assert table.rows[0][table.header.index("response_id")] == "R-7"
    people = random_people(layout, 1, seed=5)
    got = responses([table], layout.instrument)
    assert_same_answers(got, expected_responses(layout, people))


@pytest.mark.parametrize("sign", ["☒", "☑", "x", "X", "✓"])
def test_sign_counts_where_a_program_drops_the_state(sign):
    layout, raw = file_of("hostile")

    def only_sign(found):
        tick(found["FLT=1"])
        found["FLT=1"].find(".//{*}sdtContent//{*}t").text = sign
        box = found["FLT=1"].find(f".//{W14}checkbox")
        box.getparent().remove(box)

    assert row(edited(raw, only_sign), layout.instrument)["FLT"] == "1"


@pytest.mark.parametrize("left", ["", "   ", "___", "______________________________", "..."])
def test_line_to_write_on_is_no_answer(left):
    layout, raw = file_of("hostile")
    filled = edited(raw, lambda found: write(found["job_words"], left))
    assert row(filled, layout.instrument)["job_words"] == ""


def test_strict_word_files_are_read():
    """Word has a second set of names for the same things, and another name for the text."""
    layout, raw = file_of("hostile")
    ticked = edited(raw, lambda found: tick(found["FLT=1"]))
    contents = members(ticked)
    old = b"http://schemas.openxmlformats.org/wordprocessingml/2006/main"
    text = contents.pop(MAIN).replace(old, b"http://purl.oclc.org/ooxml/wordprocessingml/main")
    links = contents["_rels/.rels"].replace(b'"word/document.xml"', b'"/word/document2.xml"')
    moved = pack(contents | {"word/document2.xml": text, "_rels/.rels": links})
    assert row(moved, layout.instrument)["FLT"] == "1"


def test_paragraphs_inside_a_field_become_lines():
    layout, raw = file_of("hostile")

    def two_paragraphs(xml):
        start = rb'(<w:tag w:val="job_words"/>.*?)<w:showingPlcHdr/>(.*?<w:sdtContent>)'
        stop = b'<w:pPr><w:tabs><w:tab w:val="left" w:pos="9"/></w:tabs></w:pPr>'
        text = b"<w:p>" + stop + b"<w:r><w:t>a</w:t></w:r></w:p>"
        pattern = re.compile(start + rb".*?(</w:sdtContent>)", re.DOTALL)
        return pattern.sub(rb"\1\2" + text + text + rb"\3", xml)

    assert row(changed(raw, two_paragraphs), layout.instrument)["job_words"] == "a\na"


def test_controls_of_others_are_counted_and_left_out():
    layout, raw = file_of(SMALL)
    renamed = changed(raw, lambda xml: xml.replace(b'"INNNEW=1"', b'"SOMETHING=1"'))
    table = read_word(renamed, "a.docx", layout.instrument)
    assert "SOMETHING" not in table.header
    assert table.notes == ["Controls with unknown names in a.docx: 1."]


def test_code_that_no_answer_has_is_set_aside():
    layout, raw = file_of(SMALL)
    forged = changed(raw, lambda xml: xml.replace(b'"INNNEW=1"', b'"INNNEW=77"'))
    ticked = edited(forged, lambda found: tick(found["INNNEW=77"]))
    got = responses([read_word(ticked, "a.docx", layout.instrument)], layout.instrument)
    assert got.reasons["INNNEW"].tolist() == ["out_of_range"]


def bomb(raw):
    """Hide a document that would fill the memory."""
    return changed(raw, lambda xml: xml + b" " * (word._LARGEST_UNPACKED + 1))


def entities(raw):
    """Put entities into the document."""
    start = b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b SYSTEM "file:///etc/passwd">]>'
    return changed(raw, lambda xml: start + re.sub(rb"^<\?xml.*?\?>", b"", xml))


def nested(raw):
    """Nest controls so deep that reading them would take ages."""
    many = b"<w:sdt><w:sdtContent>" * 2000 + b"</w:sdtContent></w:sdt>" * 2000
    return changed(raw, lambda xml: xml.replace(b"</w:body>", many + b"</w:body>"))


HOSTILE = {
    "bomb": (bomb, "more than 20 MB of text"),
    "entities": (entities, "document type declaration"),
    "nested": (nested, "more than 10 controls inside each other"),
    "cut": (lambda raw: raw[: len(raw) // 2], "cannot be read"),
    "no_text": (lambda _: pack({"word/x.xml": b""}), "cannot be read"),
    "not_xml": (lambda raw: changed(raw, lambda xml: xml[:-9]), "cannot be read"),
    "large": (lambda raw: raw + b"\0" * word._LARGEST, "larger than 30 MB"),
    "text": (lambda _: b"hello", "no Word file"),
    "old": (lambda raw: b"\xd0\xcf\x11\xe0" + raw, "old Word file, or has a password"),
    "no_tags": (lambda raw: without(rb"<w:tag [^>]*/>", raw), "no questionnaire of innovsurvey"),
}


@pytest.mark.parametrize("kind", HOSTILE)
def test_hostile_and_foreign_files_are_refused(kind):
    layout, raw = file_of(SMALL)
    change, words = HOSTILE[kind]
    with pytest.raises(DataError, match=words) as caught:
        read_word(change(raw), "answers.docx", layout.instrument)
    assert "answers.docx" in str(caught.value)


def test_another_form_is_refused_by_name():
    _, raw = file_of(SMALL)
    other = isv.load_instrument("metagovernance")
    with pytest.raises(DataError, match=f"answers to {SMALL} .*, not to metagovernance"):
        read_word(raw, "a.docx", other)
    older = replace(layout_of(SMALL).instrument, version="9.9.9")
    with pytest.raises(DataError, match=r"not to innovation-outcomes 9\.9\.9"):
        read_word(raw, "a.docx", older)
