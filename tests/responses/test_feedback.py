"""Feedback follows the rules in the file, the same for every interpreter."""

import json
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

import innovsurvey as isv
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.feedback import feedback
from innovsurvey.responses.feedback_rules import fill, write_number

FOLDER = Path(__file__).resolve().parent.parent / "data/feedback"
CASES = json.loads((FOLDER / "cases.json").read_text(encoding="utf-8"))["cases"]
COLUMNS = ["person", "rule", "kind", "scale", "outcome", "text"]


def load(name):
    return isv.load_instrument(FOLDER / name if name.endswith(".yaml") else name)


def read(instrument, form, *people, **context):
    """Read answers of people given as item -> code; what is not given was left empty."""
    items = instrument.form(form).items
    rows = [{item: answers.get(item) for item in items} for answers in people]
    return isv.read_responses(pd.DataFrame(rows).assign(**context), instrument, form=form)


@pytest.fixture(scope="module")
def kinds():
    return load("kinds.yaml")


@pytest.fixture(scope="module")
def three(kinds):
    """Three people; the last one has hardly answered."""
    items = kinds.form("roles").items
    people = [dict.fromkeys(items, 4), dict.fromkeys(items, 2), {"A1": 2}]
    return read(kinds, "roles", *people, person=["a", "b", "c"])


@pytest.mark.parametrize("case", CASES, ids=lambda c: f"{c['instrument']}: {c['id']}")
def test_case(case):
    answers = read(load(case["instrument"]), case["form"], case["answers"])
    got = feedback(answers, language=case["language"]).sentences
    assert got[["rule", "scale", "outcome", "text"]].to_dict("records") == case["expected"]


def test_the_cases_cover_the_kinds_and_languages():
    kinds = {rule.id: rule.kind for c in CASES for rule in load(c["instrument"]).feedback}
    said = {(kinds[e["rule"]], c["language"]) for c in CASES for e in c["expected"]}
    wanted = {"notice", "band", "compare", "lowest", "least", "type", "index"}
    assert said >= {(kind, language) for kind in wanted for language in ("en", "da")}
    assert len(CASES) >= 25
    assert sum("by_hand" in case for case in CASES) >= 10


def test_the_sentences_are_a_table(three):
    said = feedback(three)
    assert list(said.sentences) == COLUMNS
    assert said.sentences["person"].unique().tolist() == ["a", "b", "c"]
    assert said.n_obs == 3
    pd.testing.assert_frame_equal(said.to_frame(), said.sentences)


@pytest.mark.parametrize("person", ["a", "b", "c"])
def test_one_person_hears_the_same_alone(three, person):
    everybody = feedback(three).sentences
    alone = feedback(three, person=person)
    assert alone.n_obs == 1
    expected = everybody[everybody["person"] == person].reset_index(drop=True)
    pd.testing.assert_frame_equal(alone.sentences, expected)


def test_scores_will_do(three):
    scores = isv.score_scales(three)
    pd.testing.assert_frame_equal(feedback(scores).sentences, feedback(three).sentences)


def test_scales_that_were_not_scored_are_passed_over(three):
    scores = isv.score_scales(three, scales=["asking"])
    said = feedback(scores, person="a").sentences
    assert said["outcome"].tolist() == ["text", "one"]


def test_a_number_as_id_may_be_given_as_text(kinds):
    answers = read(kinds, "days", {"D1": 3, "D2": 3, "D3": 3}, person=[17])
    assert feedback(answers, person="17").sentences["person"].tolist() == [17, 17]


def test_people_without_an_answer_get_their_sentences_too(kinds):
    answers = read(kinds, "days", {}, {"D1": 1}, person=["a", "b"], version="self")
    assert feedback(answers).sentences["outcome"].tolist() == ["text", "missing"] * 2


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"language": "de"}, r"feedback-kinds has no language 'de'. It has: en, da"),
        ({"language": ""}, "no language ''"),
        ({"person": "aa"}, r"no person 'aa' \(did you mean a\?\). The data have 3: a, b, c"),
        ({"person": 7}, "no person 7"),
        ({"person": ["a", "b"]}, "no person"),
    ],
)
def test_unknown_options_are_refused(three, options, message):
    with pytest.raises(SpecificationError, match=message):
        feedback(three, **options)


def test_an_instrument_without_rules_says_nothing_and_why():
    climate = isv.read_responses(isv.sample_path("leadership-climate"), "leadership-climate")
    said = feedback(climate)
    assert said.sentences.empty
    assert list(said.sentences) == COLUMNS
    assert said.notes == ("leadership-climate has no feedback rules, so nothing is said.",)


@pytest.mark.parametrize(
    ("version", "n_spoken_to"),
    [("self", 1), ("Self", 1), ("selv", 1), ("observer", 0), ("", 0), ("peer", 0)],
)
def test_observers_get_no_feedback(kinds, version, n_spoken_to):
    answers = read(kinds, "days", {"D1": 3, "D2": 3, "D3": 3}, version=[version])
    said = feedback(answers)
    assert said.n_obs == said.sentences["person"].nunique() == n_spoken_to
    assert len(said.notes) == 1 - n_spoken_to
    assert all("1 row(s) of another version" in note for note in said.notes)


def test_hostile_text_is_inert_in_html(kinds):
    answers = read(kinds, "roles", {"A1": 1}, person=["<script>alert(1)</script>"])
    page = feedback(answers)._repr_html_()
    assert "<script" not in page
    assert "<b>" not in page
    assert "&lt;b&gt;questions&lt;/b&gt; &amp; more." in page


@pytest.mark.parametrize("language", ["en", "da"])
def test_the_page_names_its_language(three, language):
    page = feedback(three, person="a", language=language)._repr_html_()
    assert f'<ul lang="{language}" dir="ltr">' in page


def test_text_and_html_show_every_sentence_in_full(three):
    said = feedback(three, person="b")
    for text in said.sentences["text"]:
        assert text in repr(said)
    assert repr(said).startswith("Feedback: Kinds of feedback, N = 1, ")


def test_of_many_people_the_first_ones_are_shown(kinds):
    said = feedback(read(kinds, "days", *[{"D1": 1}] * 13))
    assert "(3 more people)" in repr(said)
    assert "(3 more people)" in said._repr_html_()
    assert said.sentences["person"].nunique() == 13


@pytest.mark.parametrize(
    ("value", "digits", "language", "expected"),
    [
        (3.65, 1, "en", "3.7"),
        (3.65, 1, "da", "3,7"),
        (3.65, 1, "da-DK", "3,7"),
        (3.6499999999999995, 1, "en", "3.7"),
        (3.6499, 1, "en", "3.6"),
        (2.25, 1, "en", "2.3"),
        (1.45, 1, "en", "1.5"),
        (0.005, 2, "en", "0.01"),
        (-0.125, 2, "en", "-0.13"),
        (-0.001, 2, "da", "0,00"),
        (5, 1, "en", "5.0"),
    ],
)
def test_numbers_are_rounded_half_up(value, digits, language, expected):
    assert write_number(value, digits, language) == expected


@given(st.integers(1, 60).flatmap(lambda m: st.tuples(st.integers(m, 5 * m), st.just(m))))
def test_a_mean_is_rounded_as_the_fraction_it_is(total_and_count):
    total, count = total_and_count
    exact = (Decimal(total) / Decimal(count)).quantize(Decimal("0.1"), rounding=ROUND_HALF_UP)
    assert write_number(total / count, 1, "en") == str(exact)


@pytest.mark.parametrize(
    ("template", "expected"),
    [
        ("{a} and {b}", "{b} and x"),
        ("{unknown} {", "{unknown} {"),
        ("{a", "{a"),
        ("{a!r} {a.real}", "{a!r} {a.real}"),
        ("{{a}}", "{{b}}"),
    ],
)
def test_placeholders_are_filled_once_and_literally(template, expected):
    assert fill(template, {"a": "{b}", "b": "x"}) == expected


@pytest.mark.parametrize("language", ["en", "da"])
def test_a_questionnaire_speaks_for_all_its_instruments(language):
    form = isv.load_form("self-assessment")
    answers = pd.DataFrame([dict.fromkeys(form.item_ids, 3)])
    said = feedback(isv.read_responses(answers, form), language=language).sentences
    sources = said["rule"].str.partition(".")[0].unique().tolist()
    assert sources == [part.source.id for part in form.parts if part.source.feedback]
    assert not said["text"].str.contains(r"[{}]").any()


def test_answers_stay_as_they_are(three):
    before = three.data.copy()
    feedback(three)
    pd.testing.assert_frame_equal(three.data, before)
