"""The DDI codebook: valid by the schema, complete, in every language, with texts as typed."""

from functools import cache
from pathlib import Path
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from innovsurvey.base.numbers import write_number
from innovsurvey.definitions.model import Text
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.archive.ddi import write_ddi
from innovsurvey.questionnaire.archive.ddi_xml import add, to_bytes
from innovsurvey.questionnaire.plan import make_layout

from .archive_sources import INSTRUMENTS, SOURCES, cells_of, label, lay_out

SCHEMA = Path(__file__).parents[1] / "data" / "ddi" / "codebook-2.6-subset.xsd"
NS = {"d": "ddi:codebook:2_6"}
HOSTILE = INSTRUMENTS["hostile"]
LANG = "{http://www.w3.org/XML/1998/namespace}lang"


@pytest.fixture(scope="module")
def schema():
    return etree.XMLSchema(etree.parse(SCHEMA))


@pytest.fixture(params=SOURCES, ids=label)
def written(request):
    return _write(request.param)


def parsed(layout):
    return etree.fromstring(write_ddi(layout))


@cache
def _write(source):
    layout = lay_out(source)
    return layout, parsed(layout)


def vars_of(root):
    return {var.get("name"): var for var in root.iterfind("d:dataDscr/d:var", NS)}


def said(parent, path):
    return [(e.get(LANG, ""), e.text) for e in parent.xpath(path, namespaces=NS)]


def in_languages(text, layout):
    return [(code, text[code]) for code in (lang.code for lang in layout.languages) if code in text]


def test_valid_by_the_schema_and_every_pointer_points_somewhere(written, schema):
    layout, root = written
    assert schema.validate(root), schema.error_log
    ids = set(root.xpath("//@ID"))
    pointers = root.xpath("//@var | //@varGrp | //@pubrefs")
    assert {name for pointer in pointers for name in pointer.split()} <= ids
    assert root.findtext(".//d:stdyDscr//d:IDNo", namespaces=NS) == f"{layout.id}@{layout.version}"


def test_one_variable_per_column_in_order(written):
    layout, root = written
    names = root.xpath("d:dataDscr/d:var/@name", namespaces=NS)
    assert names == ["version", "manager_id", *(cell.name for _, cell in cells_of(layout))]


def test_every_code_has_its_labels_in_every_language(written):
    layout, root = written
    found = vars_of(root)
    for question, cell in cells_of(layout):
        got = [
            (e.findtext("d:catValu", namespaces=NS), e.get("missType"), said(e, "d:labl"))
            for e in found[cell.name].findall("d:catgry", NS)
        ]
        if question.show_if is not None:
            value, reason, labels = got.pop()
            assert (value, reason) == ("-12", "not_shown")
            assert [language for language, _ in labels] == [e.code for e in layout.languages]
        poles = {question.format.low: cell.left, question.format.high: cell.right}
        for option, (value, reason, labels) in zip(question.options, got, strict=True):
            assert (value, reason) == (write_number(option.value), option.reason)
            text = (poles.get(option.value) if question.is_pairs else None) or option.label
            assert labels == (list(text.entries) if "" in text else in_languages(text, layout))


def test_questions_stand_as_typed_after_their_stems(written):
    layout, root = written
    found = vars_of(root)
    for page in layout.pages:
        for question in page.questions:
            row = question.text if question.kind in {"array", "ticks"} else Text()
            before = [
                pair
                for text in (page.stem, question.intro, row)
                for pair in in_languages(text, layout)
            ]
            for cell in question.cells:
                var = found[cell.name]
                assert said(var, "d:qstn/d:preQTxt") == before
                assert said(var, "d:qstn/d:qstnLit") == in_languages(cell.text, layout)


def test_groups_hold_all_items_of_pages_matrices_and_scales(written):
    layout, root = written
    asked = {cell.name for _, cell in cells_of(layout)}
    groups = {group.get("ID"): group for group in root.iterfind("d:dataDscr/d:varGrp", NS)}

    def members(group):
        own = {name.removeprefix("VAR_") for name in group.get("var", "").split()}
        return own.union(*(members(groups[part]) for part in group.get("varGrp", "").split()))

    pages = [group for name, group in groups.items() if name.startswith("PAGE_")]
    assert set().union(*map(members, pages)) == asked
    for group, page in zip(pages, layout.pages, strict=True):
        assert said(group, "d:labl") == in_languages(page.title, layout)
    for scale in layout.instrument.scales:
        wanted = asked & set(scale.items)
        assert bool(wanted) == (f"SCALE_{scale.id}" in groups)
        if wanted:
            assert members(groups[f"SCALE_{scale.id}"]) == wanted
    matrices = {q.matrix for q in layout.questions if q.matrix}
    assert {name for name in groups if name.startswith("MATRIX_")} == {
        f"MATRIX_{name}" for name in matrices
    }


def test_reverse_items_filters_and_passages_are_told(written):
    layout, root = written
    found = vars_of(root)
    passages = {passage.quote for passage in layout.instrument.passages}
    for question, cell in cells_of(layout):
        var = found[cell.name]
        item = (
            layout.instrument.item(cell.name) if cell.name in layout.instrument.item_ids else None
        )
        reverse = var.xpath("d:notes[@type='reverse-keyed']", namespaces=NS)
        assert bool(reverse) == (item is not None and item.reverse)
        assert bool(var.findall("d:universe", NS)) == (question.show_if is not None)
        quotes = var.xpath("d:notes[@type='passage']/text()", namespaces=NS)
        assert set(quotes) <= passages
        if item is not None and item.passage:
            assert layout.instrument.passage(item.passage).quote in quotes
            assert var.get("pubrefs")


def test_study_tells_uses_validity_licence_and_words_around_the_questions(written):
    layout, root = written
    record = layout.instrument.validity
    study = root.find("d:stdyDscr", NS)
    quality = study.xpath(".//d:otherQualityStatement/text()", namespaces=NS)
    assert quality == [record.status, record.statement]
    assert all(
        use in study.findtext(".//d:restrctn", namespaces=NS) for use in record.prohibited_uses
    )
    assert study.findtext(".//d:license", namespaces=NS) == layout.instrument.source.licence
    assert study.findtext(".//d:biblCit", namespaces=NS) == layout.instrument.source.citation
    titles = said(study, ".//d:titl | .//d:parTitl")
    assert sorted(titles) == sorted(in_languages(layout.title, layout))
    texts = said(root, "d:otherMat/d:txt")
    for text in (layout.introduction, layout.consent, layout.closing):
        assert set(in_languages(text, layout)) <= set(texts)


def test_only_the_languages_wanted_the_main_one_first():
    layout = make_layout(HOSTILE, languages=["da"])
    root = parsed(layout)
    assert root.xpath("string(//d:titl)", namespaces=NS) == layout.title["da"]
    assert set(root.xpath("//@xml:lang")) == {"da"}
    both = parsed(make_layout(HOSTILE, language="da"))
    assert [lang for lang, _ in said(both, "//d:var[@name='STR01']/d:labl")] == ["da", "en"]


def test_part_of_an_instrument_has_only_its_own_variables():
    layout = make_layout(INSTRUMENTS["collaborative-leadership"], form="core")
    root = parsed(layout)
    items = layout.instrument.form("core").items
    assert set(root.xpath("//d:var/@name", namespaces=NS)) == {"version", *items}
    assert ("en", layout.instrument.form("core").title["en"]) in said(root, ".//d:subTitl")


READABLE = st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff")


@settings(max_examples=200, deadline=None)
@given(words=st.text(READABLE | st.sampled_from("\t\n\r<&>\"']]>")))
def test_any_text_comes_back_as_typed(words):
    root = ElementTree.Element("codeBook")
    add(root, "notes", words, subject=words)
    notes = etree.fromstring(to_bytes(root))[0]
    assert (notes.text or "", notes.get("subject", "")) == (words, words)


def test_control_characters_are_refused_by_name():
    with pytest.raises(ExportError, match=r"'bell \\x07'.*'\\x07', which XML cannot hold"):
        add(ElementTree.Element("codeBook"), "notes", "bell \x07")


def test_hostile_texts_stay_texts():
    root = parsed(make_layout(HOSTILE))
    assert not root.xpath("//*[local-name() = 'script' or local-name() = 'img']")
    assert said(vars_of(root)["STR05"], "d:labl")[0] == (
        "en",
        "</script><script>window.hacked=1</script>",
    )


def test_the_schema_refuses_what_is_out_of_order(schema):
    root = parsed(make_layout(HOSTILE))
    var = vars_of(root)["STR01"]
    var.append(var.find("d:labl", NS))
    assert not schema.validate(root)
