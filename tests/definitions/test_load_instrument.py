import dataclasses
import pickle
import re
from collections import Counter
from pathlib import Path

import pytest

import innovsurvey as isv
from innovsurvey.definitions.model import Text

EVERYTHING = Path(__file__).parent / "good" / "everything.yaml"


@pytest.fixture(scope="module")
def roles():
    return isv.load_instrument("collaborative-leadership")


@pytest.fixture(scope="module")
def everything():
    return isv.load_instrument(EVERYTHING)


@pytest.mark.parametrize(("form", "n"), [("pool", 45), ("core", 30), ("short", 15)])
def test_forms_of_the_roles_cover_every_facet_alike(roles, form, n):
    items = roles.form(form).items
    assert len(items) == n
    facets = [s for s in roles.scales if not s.facets]
    counts = Counter(facet.id for facet in facets for item in facet.items if item in items)
    assert set(counts.values()) == {n // 15}


@pytest.mark.parametrize("role", ["convener", "facilitator", "catalyst"])
def test_a_role_is_made_of_five_facets_of_three_items(roles, role):
    scale = roles.scale(role)
    assert [len(roles.scale(facet).items) for facet in scale.facets] == [3] * 5
    assert len(set(scale.items)) == 15


def test_every_item_has_a_short_passage_and_both_versions(roles):
    for item in roles.items:
        quote = roles.passage(item.passage).quote
        assert len(quote.split()) <= 15
        assert item.versions == ("self", "observer")
        # "When members disagreed, I helped ..." starts with the circumstance.
        assert re.search(r"\bI\b", item.text("self")["en"])
        assert "my manager" in item.text("observer")["en"].lower()


def test_items_of_a_facet_share_the_passage_of_the_facet(roles):
    for facet in (s for s in roles.scales if not s.facets):
        assert {roles.item(item).passage for item in facet.items} == {facet.passage}


@pytest.mark.parametrize("name", ["collaborative-leadership", "leadership-climate"])
def test_item_codes_fit_every_export_target(name):
    codes = isv.load_instrument(name).item_ids
    assert all(re.fullmatch(r"[A-Z][A-Z0-9]{1,11}", code) for code in codes)


def test_no_instrument_claims_more_than_its_record():
    for instrument in map(isv.load_instrument, isv.list_instruments()["id"]):
        if instrument.validity.status not in {"theory-derived", "expert-reviewed", "piloted"}:
            assert instrument.validity.field_studies


def test_other_peoples_wording_is_not_exportable():
    assert not isv.load_instrument("leadership-climate").exportable
    assert isv.load_instrument("collaborative-leadership").exportable


def test_matrix_cells_are_items(everything):
    cell = everything.item("PH2_AC1")
    assert (cell.matrix, cell.row, cell.column) == ("participation", "PH2", "AC1")
    assert cell.text().say("da") == "Ideer: Ansatte"
    assert everything.matrices[0].columns[1].group == "outside"


def test_versions_default_to_the_main_wording(everything):
    assert everything.item("AA1").text("observer")["en"] == "They listened."
    assert everything.item("AA3").versions == ("self",)
    assert everything.item("AA4").versions == ("self",)


def test_items_of_a_scale_of_facets_are_those_of_its_facets(everything):
    assert everything.scale("all_in").items == ("AA1", "AA2", "AA3", "AA4")


def test_what_is_loaded_is_frozen_and_can_be_pickled(everything):
    with pytest.raises(dataclasses.FrozenInstanceError):
        everything.id = "other"
    assert pickle.loads(pickle.dumps(everything)) == everything


def test_a_minimal_file_has_defaults(tmp_path):
    path = tmp_path / "small.yaml"
    path.write_text(
        "id: small\nversion: 0.1.0\nsource: {citation: Invented, licence: CC0-1.0}\n"
        "formats: {ab: {level: ordinal, points: [{value: 1, label: {en: a}},"
        " {value: 2, label: {en: b}}]}}\n"
        "items: [{id: x1, format: ab, text: {en: One}}]\n",
        encoding="utf-8",
    )
    small = isv.load_instrument(path)
    assert small.title.say() == "small"
    assert [form.items for form in small.forms] == [("x1",)]
    assert small.validity.status == "theory-derived"


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("colaborative-leadership", "did you mean collaborative-leadership?"),
        ("collaborative-leadership@9.9.9", "there is no instrument"),
        ("no/such/file.yaml", "cannot be read"),
    ],
)
def test_an_unknown_instrument_is_answered_with_the_nearest(name, message):
    with pytest.raises(isv.errors.DefinitionError, match=re.escape(message)):
        isv.load_instrument(name)


def test_a_version_can_be_asked_for():
    assert isv.load_instrument("leadership-climate@1.0.0").version == "1.0.0"


@pytest.mark.parametrize(
    ("method", "name", "hint"),
    [
        ("scale", "convenor", "convener"),
        ("item", "CON1", "CON01"),
        ("form", "cor", "core"),
        ("model", "second_order", "second-order"),
    ],
)
def test_an_unknown_part_is_answered_with_the_nearest(roles, method, name, hint):
    with pytest.raises(isv.errors.SpecificationError, match=rf"did you mean {hint}\?"):
        getattr(roles, method)(name)


def test_texts_know_their_languages():
    text = Text((("en", "Yes"), ("da", "Ja")))
    assert list(text) == ["en", "da"]
    assert text.say("fr") == "Yes"
    assert Text().say() == ""
    with pytest.raises(KeyError):
        text["fr"]


def test_an_instrument_shows_its_items_and_statement(roles):
    assert roles.to_frame().loc["CAT15", "scale"] == "catalyst_ambassador"
    assert "Not field-validated" in repr(roles)
    assert "<table>" in roles._repr_html_()
