"""The instruments as a library: every id its own, every wording in both languages."""

import re
from collections import Counter

import pytest

import innovsurvey as isv

IDS = isv.list_instruments()["id"].tolist()
OURS = [name for name in IDS if name != "leadership-climate"]
LIBRARY = {name: isv.load_instrument(name) for name in IDS}
RESERVED = {"LANG", "SID", "SAVEDID", "TOKEN", "QID", "GID", "SGQ", "SELF", "THAT", "THIS"}


def test_every_construct_has_its_file():
    assert set(OURS) == {
        "barriers-and-drivers", "collaboration-quality", "collaborative-leadership", "context",
        "governance-orientation", "innovation-culture", "innovation-dilemmas",
        "innovation-outcomes", "interactive-political-leadership", "leadership-modes",
        "metagovernance", "participation-by-phase",
    }  # fmt: skip


@pytest.mark.parametrize(
    "kind", ["item_ids", "scales", "blocks", "passages", "models"], ids=lambda k: k
)
def test_ids_are_unique_over_the_whole_library(kind):
    counts = Counter(
        (entry if isinstance(entry, str) else entry.id).lower()
        for name in OURS
        for entry in getattr(LIBRARY[name], kind)
    )
    assert [entry for entry, count in counts.items() if count > 1] == []


@pytest.mark.parametrize("name", OURS)
def test_codes_fit_every_export_target(name):
    instrument = LIBRARY[name]
    parts = [i.id for i in instrument.items if i.matrix is None]
    parts += [line.id for m in instrument.matrices for line in (*m.rows, *m.columns)]
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]{1,11}", part) for part in parts)
    assert not {part.upper() for part in parts} & RESERVED
    for format_ in instrument.formats:
        codes = [point.value for point in format_.points] + [m.code for m in format_.missing]
        assert all(len(f"{code:g}") <= 5 for code in codes)


@pytest.mark.parametrize("name", OURS)
def test_english_is_original_and_danish_a_draft(name):
    languages = {language.code: language for language in LIBRARY[name].languages}
    assert languages["en"].status == "original"
    assert (languages["da"].status, languages["da"].note) == (
        "draft",
        "draft translation, not reviewed",
    )


@pytest.mark.parametrize("name", OURS)
def test_every_item_is_traced_to_a_short_passage(name):
    instrument = LIBRARY[name]
    own_words = {"FLT1", "FLT4", "FLT5", "MRK01", "MRK02", "MRK03", "ATT01", "ATT02"}
    for item in instrument.items:
        if item.id not in own_words:
            assert item.passage, item.id
            assert len(instrument.passage(item.passage).quote.split()) <= 15


@pytest.mark.parametrize("name", OURS)
def test_no_wording_is_longer_than_people_read(name):
    for item in LIBRARY[name].items:
        for version in item.versions:
            text = item.text(version)
            if item.matrix is None and text:
                assert len(text["en"].split()) <= 25, item.id


def test_a_format_means_the_same_everywhere():
    seen = {}
    for name in OURS:
        for format_ in LIBRARY[name].formats:
            other = seen.setdefault(format_.id, format_)
            assert other == format_, (name, format_.id)


@pytest.mark.parametrize(
    ("name", "n"),
    [
        ("collaborative-leadership", 45), ("governance-orientation", 30),
        ("participation-by-phase", 40), ("collaboration-quality", 10),
        ("innovation-culture", 24), ("barriers-and-drivers", 14), ("innovation-dilemmas", 6),
        ("leadership-modes", 14), ("metagovernance", 8), ("interactive-political-leadership", 26),
    ],
)  # fmt: skip
def test_the_number_of_items(name, n):
    assert len(LIBRARY[name].items) == n


@pytest.mark.parametrize("name", OURS)
def test_the_record_promises_nothing(name):
    record = LIBRARY[name].validity
    assert record.status == "theory-derived"
    assert record.field_studies == ()
    assert {"selection", "pay", "appraisal"} <= set(record.prohibited_uses)
    assert all(source.missing for source in record.sources)
