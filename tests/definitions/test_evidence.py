"""Evidence pages and explanations say what the record says, and no more."""

import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest

import innovsurvey as isv
from innovsurvey.definitions.evidence import render_evidence
from innovsurvey.definitions.evidence_page import Bullets, EvidencePage, Section, Table
from innovsurvey.definitions.explain import (
    explain,
    explain_instrument,
    explain_scale,
    find_scale,
)
from innovsurvey.definitions.model import EvidenceSource, Text
from innovsurvey.definitions.protocol import STATUSES, STEPS, next_step
from innovsurvey.errors import SpecificationError

EVERYTHING = Path(__file__).parent / "good/everything.yaml"
SHIPPED = isv.list_instruments()["id"].unique().tolist()
HOSTILE = "<script>alert(1)</script> | `x` [a](javascript:b) & &lt;"


@pytest.fixture(scope="module")
def everything():
    return isv.load_instrument(EVERYTHING)


@pytest.fixture(scope="module")
def roles():
    return isv.load_instrument("collaborative-leadership")


@pytest.fixture(scope="module")
def shipped():
    return [isv.load_instrument(name) for name in SHIPPED]


class Outline(HTMLParser):
    """Collect the tags of a page, and check that they close in order."""

    def __init__(self, page):
        super().__init__()
        self.open, self.tags, self.cells = [], [], 0
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag != "meta":
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag


def section(page, heading):
    """Give the Markdown of one section."""
    return page.markdown.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_instrument_has_a_page(name):
    instrument = isv.load_instrument(name)
    page = render_evidence(instrument)
    text = " ".join(page.markdown.replace("\\", "").split())
    assert f"Status: {instrument.validity.status}." in text
    assert " ".join(instrument.validity.statement.split()) in text
    for item in instrument.items:
        assert re.search(rf"\| {item.id}( \(reverse-keyed\))? \|", text), item.id
    for passage in {item.passage for item in instrument.items} - {None}:
        assert instrument.passage(passage).quote in text


@pytest.mark.parametrize("name", SHIPPED)
def test_the_page_is_sound_html_with_named_tables(name):
    page = render_evidence(isv.load_instrument(name)).html
    outline = Outline(page)
    names = [tag for tag, _ in outline.tags]
    assert outline.open == []
    assert names.count("table") == names.count("caption") > 0
    assert names.count("h1") == names.count("main") == 1
    assert all(attrs.get("scope") in {"col", "row"} for tag, attrs in outline.tags if tag == "th")
    assert "http-equiv" not in page
    assert "src=" not in page


@pytest.mark.parametrize("field", ["title", "statement", "wording", "citation"])
def test_hostile_text_is_inert(everything, field):
    first, *others = everything.items
    changes = {
        "title": {"title": Text((("en", HOSTILE),))},
        "statement": {"validity": replace(everything.validity, statement=HOSTILE)},
        "wording": {
            "items": (replace(first, texts=(("self", Text((("en", HOSTILE),))),)), *others)
        },
        "citation": {"source": replace(everything.source, citation=HOSTILE)},
    }
    page = render_evidence(replace(everything, **changes[field]))
    for text in (page.html, page._repr_html_()):
        assert "<script" not in text
        assert "&lt;script&gt;" in text
        assert "&amp;lt;" in text
    assert re.search(r"(?<!\\)<script", page.markdown) is None
    assert r"\[a\](javascript:b)" in page.markdown


@pytest.mark.parametrize(
    ("heading", "expected"),
    [
        ("Status", ["Status: field-tested", "Tried once."]),
        ("Uses", ["Permitted: research.", "Prohibited: selection."]),
        ("Evidence by source", ["| traced | All items traced. | expert panel |", "nothing on"]),
        ("Field studies", ["| Denmark, 2026-01 | 120 | da | alpha .8 | 10.1234/abc |"]),
        ("COSMIN ratings", ["| Development | doubtful |", "| Reliability | not rated |"]),
        ("Content map", ["Listening (listen)", "“bring actors together” | S1, p. 1 |"]),
        ("Content map", ["| AA3 (reverse-keyed) | I slept. | none named | – |"]),
        ("Content map", ["Items outside scales", "| BP1 (reverse-keyed) | control – trust |"]),
        (
            "Nearest published scales",
            ["| Other (2010). | Listening | alpha .80 | listen | paper |"],
        ),
        ("Expected relations", ["| listen | talking | 0.20 to 0.60 | before data |"]),
        ("Languages", ["- Dansk (da): draft; draft translation, not reviewed"]),
        ("References", ["Invented for the tests. Licence: CC0-1.0.", "- S1: Somebody (2020)."]),
    ],
)
def test_a_section_holds_what_the_file_says(everything, heading, expected):
    text = section(render_evidence(everything), heading)
    for words in expected:
        assert words in text


def test_an_empty_record_says_so(everything):
    bare = replace(everything, published_scales=(), expected_relations=())
    bare = replace(bare, validity=replace(bare.validity, field_studies=()))
    page = render_evidence(bare)
    assert section(page, "Field studies").strip() == "None."
    assert section(page, "Nearest published scales").strip() == "None named."
    assert section(page, "Expected relations").strip() == "None written down yet."


def record(everything, *, status="field-tested", missing=(), empty=(), ratings=None):
    """Make a record in which only what is named is open."""
    good = {name: "adequate" for step in STEPS for name in step.ratings}
    names = ("test_content", "response_processes", "internal_structure", "other_variables")
    sources = tuple(
        EvidenceSource(
            id=name,
            status="none" if name in empty else "studied",
            evidence=(),
            missing=missing if name == "internal_structure" else (),
        )
        for name in (*names, "consequences")
    )
    cosmin = tuple((good | (ratings or {})).items())
    return replace(everything.validity, status=status, sources=sources, cosmin=cosmin)


@pytest.mark.parametrize(
    ("open_parts", "number"),
    [
        ({"status": "theory-derived"}, 1),
        ({"missing": ("expert-panel",)}, 1),
        ({"missing": ("expert_panel",)}, 1),
        ({"empty": ("test_content",)}, 1),
        ({"empty": ("response_processes", "consequences")}, 2),
        ({"missing": ("invariance", "cognitive-interviews")}, 2),
        ({"status": "expert-reviewed"}, 3),
        ({"missing": ("pilot",)}, 3),
        ({"status": "piloted"}, 4),
        ({"missing": ("field-cfa",)}, 4),
        ({"empty": ("internal_structure",)}, 4),
        ({"ratings": {"structural": "none"}}, 4),
        ({"ratings": {"reliability": "not_rated"}}, 5),
        ({"missing": ("retest",)}, 5),
        ({"empty": ("other_variables",)}, 6),
        ({"missing": ("aggregation",)}, 7),
        ({"missing": ("invariance",)}, 8),
        ({"empty": ("consequences",)}, 9),
    ],
)
def test_the_next_step_follows_from_the_record(everything, open_parts, number):
    assert next_step(record(everything, **open_parts)).number == number


def test_a_record_without_gaps_has_no_next_step(everything):
    whole = record(everything, status="validated-for-use")
    assert next_step(whole) is None
    page = render_evidence(replace(everything, validity=whole))
    assert "The record names no open step." in page.markdown
    assert "| open |" not in page.markdown


def test_simulated_answers_are_no_study_of_structure(everything):
    validity = record(everything)
    sources = tuple(
        replace(s, status="simulation_only") if s.id == "internal_structure" else s
        for s in validity.sources
    )
    assert next_step(replace(validity, sources=sources)).number == 4


def test_the_protocol_is_in_order_and_names_sizes_and_sources():
    assert [step.number for step in STEPS] == list(range(10))
    assert all(step.n and step.rule and step.source for step in STEPS)
    assert set(STATUSES) >= {step.needs for step in STEPS}


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("a_b and _c_", r"a_b and \_c\_"),
        ("1. not a list", r"1\. not a list"),
        ("# not a heading", r"\# not a heading"),
        ("- not a list", r"\- not a list"),
        ("a | b", r"a \| b"),
        ("two\n\nlines", "two lines"),
        ("R&D &amp;", r"R&D \&amp;"),
    ],
)
def test_markdown_shows_texts_as_they_are(text, markdown):
    page = EvidencePage("T", (Section("S", (text,)),))
    assert section(page, "S").strip() == markdown


def test_lists_and_tables_are_written_in_both_forms():
    page = EvidencePage(
        "T", (Section("S", (Bullets(("a", "b")), Table("C", ("x", "y"), (("1", "<2>"),)))),)
    )
    assert "- a\n- b\n\n**C**\n\n| x | y |\n| --- | --- |\n| 1 | \\<2\\> |" in page.markdown
    assert "<ul><li>a</li><li>b</li></ul>" in page.html
    assert '<tr><th scope="row">1</th><td>&lt;2&gt;</td></tr>' in page.html
    assert str(page) == repr(page) == page._repr_markdown_() == page.markdown
    assert page._repr_html_() in page.html


@pytest.mark.parametrize(
    "words",
    [
        "What it measures: How often the manager",
        "“bring together relevant actors and spur interaction” (S1, p. 159)",
        "S1: Sørensen, E., & Torfing, J. (2015)",
        "Items (15), answered 1 Never, 2 Rarely",
        "convener_team Team: find and motivate people",
        "CON01 I looked for people with know-how that the project lacked.",
        "Scoring: the mean of the answered items; at least 80 % of the items shown and needed",
        "answers in at least 4 of 5 facets",
        "Range: 1 to 5.",
        "Kind: reflective",
        "Evidence: theory-derived",
        "Field studies on record: 0. Next step: expert panel (8-10",
        "Prohibited uses: selection, pay, appraisal, ranking.",
    ],
)
def test_a_scale_is_explained(roles, words):
    assert words in " ".join(explain_scale(roles, "convener").split())


@pytest.mark.parametrize(
    ("scale", "words"),
    [
        ("listen", "all of the items shown and needed answered"),
        ("rest", "reverse-keyed items are turned round"),
        ("all_in", "the mean of the scores of its facets; reverse-keyed items are turned round; "
                   "at least 2 facets scored"),
        ("total", "Range: 3 to 9."),
        ("total", "Kind: composite"),
    ],
)  # fmt: skip
def test_scoring_rules_are_sentences(everything, scale, words):
    assert words in " ".join(explain_scale(everything, scale).split())


def test_a_scale_without_rule_or_ends_says_so(everything):
    scale = replace(everything.scale("rest"), score=None, items=("YRS",))
    years = tuple(replace(f, maximum=None) if f.id == "years" else f for f in everything.formats)
    text = explain_scale(replace(everything, scales=(scale,), formats=years), "rest")
    assert "Scoring: no score is computed." in text
    assert "Range: no fixed ends." in text
    assert "answered with a number from 0 to any:" in text


@pytest.mark.parametrize("name", SHIPPED)
def test_every_shipped_instrument_and_scale_can_be_explained(name):
    instrument = isv.load_instrument(name)
    told = explain_instrument(instrument)
    assert " ".join(instrument.validity.statement.split()) in " ".join(told.split())
    for scale in instrument.scales:
        text = explain_scale(instrument, scale.id)
        assert all(f" {item}  " in text for item in scale.items)
        assert max(map(len, text.splitlines())) <= 92


@pytest.mark.parametrize(
    ("name", "instrument", "scale"),
    [
        ("convener", "collaborative-leadership", "convener"),
        ("Convener", "collaborative-leadership", "convener"),
        ("CONVENER TEAM", "collaborative-leadership", "convener_team"),
        ("convener-team", "collaborative-leadership", "convener_team"),
        ("collaborative-leadership/catalyst", "collaborative-leadership", "catalyst"),
        ("task significance", "leadership-climate", "TSIG"),
    ],
)
def test_a_scale_is_found_by_id_or_title(shipped, name, instrument, scale):
    found, which = find_scale(shipped, name)
    assert (found.id, which.id) == (instrument, scale)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("convner", r"no instrument or scale 'convner' \(did you mean convener\?\)"),
        ("zzz", "no instrument or scale 'zzz'. Instruments: .*collaborative-leadership"),
        ("nowhere/catalyzt", r"did you mean catalyst\?"),
        ("", "no instrument or scale ''"),
    ],
)
def test_an_unknown_scale_is_refused_with_what_is_near(shipped, name, message):
    with pytest.raises(SpecificationError, match=message):
        find_scale(shipped, name)


def test_a_name_of_several_scales_is_refused(roles):
    twin = replace(roles, id="twin")
    with pytest.raises(SpecificationError, match=r"2 scales.*collaborative-leadership/catalyst, "):
        find_scale([roles, twin], "catalyst")
    assert find_scale([roles, twin], "twin/catalyst")[0].id == "twin"


def test_of_two_versions_the_newest_counts(roles):
    found, _ = find_scale([replace(roles, version="10.0.0"), roles], "convener")
    assert found.version == "10.0.0"


@pytest.mark.parametrize("name", ["collaborative-leadership", "convener"])
def test_one_call_explains_instruments_and_scales(shipped, name):
    told = explain(shipped, name)
    assert "collaborative-leadership@" in told
    assert told.lower().startswith(("collaborative leadership (", "convener ("))
