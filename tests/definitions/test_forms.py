"""Questionnaires that combine instruments: what they ask, and what is refused."""

import itertools
import re
from pathlib import Path

import pytest

import innovsurvey as isv
from innovsurvey.base.places import shipped_folder
from innovsurvey.definitions.forms import as_instrument

FORMS = sorted((shipped_folder("instruments") / "forms").glob("*.yaml"))
FIRST = """\
id: first
version: 1.0.0
source: {citation: Invented, licence: CC0-1.0}
formats: {ab: {level: ordinal, anchors: none, points: [{value: 1}, {value: 2}]}}
items:
  - {id: A1, format: ab, text: {en: One}}
  - {id: A2, format: ab, text: {en: Two}}
matrices:
  - id: grid
    format: ab
    rows: [{id: R1, text: {en: Row}}]
    columns: [{id: C1, text: {en: Column}}, {id: C2, text: {en: Column}}]
scales:
  - {id: pair, items: [A1, A2], score: {method: mean, min_valid: 1}}
  - {id: half, items: [A1], score: {method: mean, min_valid: 1}}
  - {id: all_parts, facets: [pair, half], score: {method: mean, min_valid: 1}}
validity_evidence:
  status: expert-reviewed
  statement: First statement.
  permitted_uses: [research, teaching]
  prohibited_uses: [pay]
"""
SECOND = """\
id: second
version: 1.0.0
source: {citation: Invented, licence: CC0-1.0}
versions: {self: {en: Self}, observer: {en: Observer}}
formats: {ab: {level: ordinal, anchors: none, points: [{value: 1}, {value: 2}]}}
items:
  - {id: B1, format: ab, text: {en: I}, wording: {observer: {en: They}}}
  - {id: B2, format: ab, text: {en: I alone}}
validity_evidence:
  status: theory-derived
  statement: Second statement.
  permitted_uses: [research]
  prohibited_uses: [selection]
"""
FORM = """\
id: both
version: 1.0.0
title: {en: Both}
asked_as: self
parts:
  - {instrument: first.yaml, items: [A1, grid]}
  - {instrument: second.yaml, show_if: [{item: A1, in: [2]}]}
"""


@pytest.fixture
def write(tmp_path):
    """Write the two instruments and a questionnaire, with a change; give its path."""

    def call(old="", new="", *, second=SECOND):
        (tmp_path / "first.yaml").write_text(FIRST, encoding="utf-8")
        (tmp_path / "second.yaml").write_text(second, encoding="utf-8")
        path = tmp_path / "both.yaml"
        path.write_text(FORM.replace(old, new) if old else FORM, encoding="utf-8")
        return path

    return call


@pytest.mark.parametrize("path", FORMS, ids=lambda p: p.stem)
def test_shipped_questionnaires_are_fine(path):
    assert [str(problem) for problem in isv.check_instrument(path)] == []


@pytest.mark.parametrize(
    ("form", "instrument", "n"),
    [
        ("self-assessment", "collaborative-leadership", 15),
        ("self-assessment", "governance-orientation", 12),
        ("self-assessment", "participation-by-phase", 40),
        ("manager-full", "collaborative-leadership", 30),
        ("manager-full", "innovation-culture", 24),
        ("manager-full", "governance-orientation", 30),
        ("manager-full", "collaboration-quality", 9),
        ("manager-full", "barriers-and-drivers", 12),
        ("observer", "collaborative-leadership", 30),
        ("observer", "governance-orientation", 12),
        ("staff", "innovation-culture", 24),
        ("politician", "interactive-political-leadership", 24),
        ("research-modules", "leadership-modes", 14),
        ("research-modules", "metagovernance", 8),
        ("research-modules", "innovation-dilemmas", 6),
    ],
)
def test_shipped_questionnaires_ask_what_the_plan_says(form, instrument, n):
    parts = isv.load_form(form).parts
    assert sum(len(part.items) for part in parts if part.source.id == instrument) == n


@pytest.mark.parametrize("form", ["self-assessment", "politician"])
def test_managers_and_politicians_are_not_asked_age_or_attention_items_they_need_not(form):
    items = isv.load_form(form).item_ids
    assert not [item for item in items if item.startswith(("ATT", "MRK", "AGE"))]


def test_every_item_of_the_long_questionnaire_is_in_one_set_and_every_booklet_has_the_core():
    form = isv.load_form("manager-full")
    plan = form.planned_missingness
    items = list(itertools.chain.from_iterable(items for _, items in plan.sets))
    assert sorted(items) == sorted(set(items))
    assert set(items) <= set(form.item_ids)
    assert {name for name, _ in plan.booklets} == {"XAB", "XAC", "XBC"}
    for name, _ in plan.booklets:
        assert set(dict(plan.sets)["X"]) <= set(plan.items(name))


def test_a_questionnaire_is_the_union_of_its_parts(write):
    form = isv.load_form(write())
    assert form.item_ids == ("A1", "R1_C1", "R1_C2", "B1", "B2")
    merged = form.instrument
    assert [scale.id for scale in merged.scales] == ["pair", "half", "all_parts"]
    assert merged.scale("pair").items == ("A1",)
    assert merged.item("B1").show_if[0][0].item == "A1"
    assert [matrix.id for matrix in merged.matrices] == ["grid"]


def test_the_evidence_of_a_questionnaire_is_that_of_its_weakest_part(write):
    record = isv.load_form(write()).instrument.validity
    assert record.status == "theory-derived"
    assert record.statement == "First statement. Second statement."
    assert record.permitted_uses == ("research",)
    assert record.prohibited_uses == ("pay", "selection")


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("first.yaml", "frist.yaml", "cannot be read"),
        ("first.yaml", "collaborative-leadershp", "did you mean collaborative-leadership?"),
        ("items: [A1, grid]", "items: [A1, grit]", "no item 'grit'"),
        ("items: [A1, grid]", "form: small", "no form 'small'"),
        ("asked_as: self", "asked_as: observer", "is not asked in version 'observer'"),
        ("instrument: second.yaml", "instrument: first.yaml", "A1, R1_C1, R1_C2 is already asked"),
        ("asked_as: self", "asked_as: selv", "did you mean self?"),
        ("title: {en: Both}", "titel: {en: Both}", "did you mean title?"),
        (
            "parts:",
            "planned_missingness: {sets: {X: [ZZ]}, booklets: {XA: [X]}}\nparts:",
            "ZZ is not",
        ),
        (
            "parts:",
            "planned_missingness: {sets: {X: [A1]}, booklets: {XA: [X, A]}}\nparts:",
            "no item set A",
        ),
        ("title: {en: Both}", "title: {en: Both, da: Begge}", "'da' is not among the languages"),
        ("version: 1.0.0", "version: 1", "three numbers"),
    ],
)
def test_mistakes_in_a_questionnaire_are_named(write, old, new, message):
    problems = isv.check_instrument(path := write(old, new))
    assert any(message in str(problem) for problem in problems), problems
    with pytest.raises(isv.errors.DefinitionError, match=r"both\.yaml, line \d+"):
        isv.load_form(path)


def test_shared_formats_must_be_the_same(write):
    path = write(second=SECOND.replace("{value: 2}", "{value: 3}"))
    assert "formats: 'ab' differs between first and second" in str(isv.check_instrument(path)[0])


def test_shipped_questionnaires_are_found_by_id():
    with pytest.raises(isv.errors.DefinitionError, match=r"did you mean self-assessment\?"):
        isv.load_form("self-assesment")
    assert as_instrument("observer").versions[0][0] == "self" or as_instrument("observer").items
    assert as_instrument(isv.load_form("observer")).item("CON01").versions == ("observer",)


def test_notices_are_said_once():
    feedback = isv.load_form("self-assessment").instrument.feedback
    notices = [rule.text("text") for rule in feedback if rule.kind == "notice"]
    assert len(notices) == len(set(notices))
    assert re.search("not been tested in the field", notices[0]["en"])
    assert isv.load_form("observer").instrument.feedback == ()


def test_a_questionnaire_shows_its_parts():
    form = isv.load_form("self-assessment")
    assert form.to_frame()["n_items"].sum() == len(form.item_ids)
    assert "8-10 minutes" in repr(form)
    assert "<table>" in form._repr_html_()
    assert "self-assessment" in isv.list_forms()["id"].tolist()


@pytest.mark.parametrize("path", FORMS, ids=lambda p: p.stem)
def test_shipped_questionnaires_are_complete_in_both_languages(path):
    form = isv.load_form(path)
    assert [language.code for language in form.languages] == ["en", "da"]
    shown = (form.title, form.introduction, form.introduction_collected, form.consent, form.closing)
    for text in shown:
        assert set(text) == {"en", "da"}
    assert Path(form.file) == path


@pytest.mark.parametrize("name", ["self-assessment", "observer"])
def test_a_questionnaire_can_be_translated_once_its_instruments_are(tmp_path, name):
    sheet = isv.translation_sheet(name, "sv").assign(translation=lambda s: s["source"])
    path = tmp_path / f"{name}.yaml"
    path.write_text(isv.add_translation(name, sheet, "sv", name="Svenska"), encoding="utf-8")
    problems = isv.check_instrument(path)
    assert problems
    assert all("has no texts in this language" in problem.message for problem in problems)
