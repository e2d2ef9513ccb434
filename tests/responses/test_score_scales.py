import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovsurvey as isv

ROLES = isv.load_instrument("collaborative-leadership")
CONVENER = ROLES.scale("convener")
CORE = [item for item in ROLES.form("core").items if item in CONVENER.items]


def score_convener(cells, form="core"):
    """Score one person who gives these answers to the convener items of a form."""
    frame = pd.DataFrame({item: ["3"] for item in ROLES.form(form).items})
    items = [item for item in ROLES.form(form).items if item in CONVENER.items]
    frame.loc[0, items] = [str(cell) for cell in cells]
    return isv.score_scales(isv.read_responses(frame, ROLES))


def small(tmp_path, rule, formats="{value: 1}, {value: 2}, {value: 3}, {value: 4}, {value: 5}"):
    """Make an instrument of four items (the last reversed) in two facets, and a total."""
    path = tmp_path / "small.yaml"
    path.write_text(
        "id: small\nversion: 0.1.0\nsource: {citation: Invented, licence: CC0-1.0}\n"
        f"formats: {{f: {{level: ordinal, anchors: none, points: [{formats}]}}}}\nitems:\n"
        + "".join(f"  - {{id: A{i}, format: f, text: {{en: A}}}}\n" for i in (1, 2, 3))
        + "  - {id: A4, format: f, reverse: true, text: {en: A}}\n"
        "scales:\n"
        "  - {id: one, items: [A1, A2], score: {method: mean, min_valid: 1}}\n"
        "  - {id: two, items: [A3, A4], score: {method: mean, min_valid: 2}}\n"
        f"  - {{id: total, facets: [one, two], score: {rule}}}\n",
        encoding="utf-8",
    )
    return path


def test_saved_scores_of_the_real_data_are_reproduced_for_every_row():
    answers = isv.read_responses(isv.sample_path("leadership-climate"), "leadership-climate")
    scores = isv.score_scales(answers)
    saved = answers.context[["LEAD", "TSIG", "HOSTILE"]]
    np.testing.assert_allclose(scores.scores[saved.columns], saved, rtol=0, atol=1e-9)
    assert scores.notes == ()


def test_the_worked_example_of_a_role_score():
    scores = score_convener([4, 3, 5, 2, 4, 4, 3, 4, 5, 3])
    assert scores.scores.loc[1, "convener"] == pytest.approx(3.70, abs=1e-12)
    assert scores.se.loc[1, "convener"] == pytest.approx(0.300, abs=5e-4)
    assert scores.n_answered.loc[1, "convener"] == 10
    assert scores.pomp.loc[1, "convener"] == pytest.approx(67.5)


@pytest.mark.parametrize(
    ("cells", "score", "reason"),
    [
        ([4] * 10, 4.0, None),
        ([4] * 8 + ["", ""], 4.0, None),
        ([4] * 7 + [""] * 3, np.nan, "too_few_answers"),
        ([4] * 6 + [-7] * 4, np.nan, "too_few_facets"),
        ([4, 4, 4, 4, 4, 4, 4, -7, -7, -7], 4.0, None),
        ([4, 4, 4, 4, 4, -7, -7, -7, -7, -7], np.nan, "too_few_needed"),
        ([-7] * 10, np.nan, "none_needed"),
        ([""] * 10, np.nan, "no_answers"),
        ([9] * 10, np.nan, "no_answers"),
        ([4, 4, 4, 4, 4, 4, 4, 4, "", "x"], 4.0, None),
        ([5, -7, 5, -7, 5, -7, 5, 5, 5, 5], 5.0, None),
    ],
)
def test_the_role_rule_counts_what_was_shown_and_needed(cells, score, reason):
    scores = score_convener(cells)
    np.testing.assert_equal(scores.scores.loc[1, "convener"], score)
    found = scores.reasons.loc[1, "convener"]
    assert found == reason if reason else pd.isna(found)
    assert bool(reason) == any(note.startswith("convener: 1 of 1") for note in scores.notes)


def test_the_short_form_is_scored_by_the_same_rule():
    scores = score_convener([4, 5, 4, 5, 2], form="short")
    assert scores.scores.loc[1, "convener"] == pytest.approx(4.0)
    assert scores.scores.loc[1, "convener_team"] == 4
    assert np.isnan(scores.se.loc[1, "convener_team"])
    assert any("convener_team: 1 of 1 without a standard error" in n for n in scores.notes)


@pytest.mark.parametrize(
    ("answers", "expected"),
    [
        (["2", "4", "5", "1"], (3 + 5) / 2),
        (["2", "", "5", "1"], (2 + 5) / 2),
        (["2", "4", "5", ""], np.nan),
    ],
)
def test_a_mean_of_facets_weighs_facets_alike(tmp_path, answers, expected):
    path = small(tmp_path, "{method: mean_of_facets, min_valid: 2}")
    frame = pd.DataFrame([answers], columns=["A1", "A2", "A3", "A4"])
    scores = isv.score_scales(isv.read_responses(frame, path))
    np.testing.assert_equal(scores.scores.loc[1, "total"], expected)


def test_a_sum_is_the_mean_times_the_number_of_items(tmp_path):
    path = small(tmp_path, "{method: sum, min_valid: 3}")
    frame = pd.DataFrame({"A1": [1, 5], "A2": [2, 5], "A3": [3, 5], "A4": ["4", ""]})
    scores = isv.score_scales(isv.read_responses(frame, path))
    assert scores.scores["total"].tolist() == [8.0, 20.0]  # 1+2+3+2; 5, 5, 5 for three of four
    assert scores.pomp["total"].tolist() == [25.0, 100.0]


def test_reverse_keys_change_the_score_and_leave_the_data(tmp_path):
    path = small(tmp_path, "{method: mean, min_valid: 4}", "{value: 0}, {value: 1}, {value: 2}")
    answers = isv.read_responses(pd.DataFrame({"A1": [0], "A2": [0], "A3": [0], "A4": [0]}), path)
    assert isv.score_scales(answers).scores.loc[1, "total"] == 0.5
    assert answers.data.loc[1, "A4"] == 0


def test_scores_do_not_depend_on_the_order_of_people_or_columns():
    rng = np.random.default_rng(5)
    frame = pd.DataFrame(rng.integers(1, 6, (40, 30)), columns=ROLES.form("core").items)
    frame = frame.astype(float).mask(rng.random(frame.shape) < 0.1)
    frame.index = [f"p{i}" for i in range(40)]
    first = isv.score_scales(isv.read_responses(frame, ROLES)).to_frame()
    mixed = frame.sample(frac=1, random_state=1).sample(frac=1, axis=1, random_state=2)
    again = isv.score_scales(isv.read_responses(mixed, ROLES)).to_frame()
    pd.testing.assert_frame_equal(again.loc[first.index], first)


def test_the_standard_error_recovers_the_spread_over_items():
    """Over many sets of items drawn from one pool, the mean SE is the SD of the scores."""
    rng = np.random.default_rng(11)
    frame = pd.DataFrame(rng.integers(1, 6, (4000, 30)), columns=ROLES.form("core").items)
    scores = isv.score_scales(isv.read_responses(frame, ROLES))
    spread = scores.scores["convener"].std()
    typical = np.sqrt((scores.se["convener"] ** 2).mean())
    assert typical == pytest.approx(spread, rel=0.04)


def test_equal_answers_keep_the_rounding_error_of_the_options():
    scores = score_convener([4] * 10)
    assert scores.se.loc[1, "convener"] == pytest.approx(1 / np.sqrt(120))


def test_only_the_scales_asked_for_are_scored():
    answers = isv.read_responses(
        pd.DataFrame({item: [3, 4] for item in ROLES.form("short").items}), ROLES
    )
    assert isv.score_scales(answers, scales=["catalyst"]).scores.columns.tolist() == ["catalyst"]
    with pytest.raises(isv.errors.SpecificationError, match=r"did you mean catalyst\?"):
        isv.score_scales(answers, scales=["catalist"])


def test_the_frame_has_four_columns_for_each_scale():
    frame = score_convener([4] * 10).to_frame()
    wanted = ["convener", "convener_se", "convener_n_answered", "convener_pomp"]
    assert [name for name in frame if name in wanted] == wanted
    assert frame.index.name == "respondent"


def test_the_summary_has_one_row_for_each_scale():
    summary = score_convener([4] * 10).summary()
    assert summary.loc["convener", ["n", "mean"]].tolist() == [1, 4]


PARTIAL = """
id: partial
version: 0.1.0
source: {citation: Invented, licence: CC0-1.0}
formats:
  f:
    level: ordinal
    anchors: none
    points: [{value: 1}, {value: 2}, {value: 3}, {value: 4}, {value: 5}]
    missing:
      - {code: -7, reason: not_needed, label: {en: Not needed}}
      - {code: -12, reason: not_shown, label: {en: Not shown}}
items:
  - {id: A1, format: f, text: {en: A}}
  - {id: A2, format: f, text: {en: A}}
  - {id: B1, format: f, text: {en: A}}
  - {id: B2, format: f, text: {en: A}}
  - {id: C1, format: f, text: {en: A}}
  - {id: C2, format: f, text: {en: A}}
scales:
  - {id: a, items: [A1, A2], score: {method: mean, min_valid: 1}}
  - {id: b, items: [B1, B2], score: {method: mean, min_valid: 1}}
  - {id: c, items: [C1, C2], score: {method: mean, min_valid: 1}}
  - {id: role, facets: [a, b, c], score: {method: mean, min_facets: 3, min_facets_partial: 2}}
  - {id: strict, facets: [a, b, c], score: {method: mean, min_facets: 3}}
  - {id: facets, facets: [a, b, c], score: {method: mean_of_facets, min_valid: 1}}
"""


def score_partial(tmp_path, *rows):
    """Score people on six items in three facets, one of which may be left out."""
    path = tmp_path / "partial.yaml"
    path.write_text(PARTIAL, encoding="utf-8")
    frame = pd.DataFrame(rows, columns=["A1", "A2", "B1", "B2", "C1", "C2"]).astype(str)
    return isv.score_scales(isv.read_responses(frame, path))


@pytest.mark.parametrize(
    ("cells", "score", "partial"),
    [
        ([1, 2, 3, 4, 5, 3], 3.0, False),
        ([1, 2, 3, 4, -12, -12], 2.5, True),
        ([1, 2, 3, 4, -7, -7], np.nan, False),  # not needed is no reason for a partial score
        ([1, 2, 3, 4, -12, ""], np.nan, False),  # shown in part and left empty
        ([1, 2, 3, 4, -12, 3], 2.6, False),
        ([1, 2, -7, -7, -12, -12], np.nan, False),  # one facet is below the smaller number, too
        ([-12, -12, -12, -12, -12, -12], np.nan, False),
    ],
)
def test_a_facet_that_was_not_shown_lowers_the_number_of_facets_needed(
    tmp_path, cells, score, partial
):
    scores = score_partial(tmp_path, cells)
    assert scores.scores.loc[1, "role"] == pytest.approx(score, nan_ok=True)
    assert scores.partial.columns.tolist() == ["role"]
    assert scores.partial.loc[1, "role"] == partial
    assert any("role: 1 of 1 scored in part" in note for note in scores.notes) == partial
    assert pd.isna(scores.reasons.loc[1, "role"]) == (not np.isnan(score))


def test_only_scales_that_may_be_scored_in_part_have_a_column_for_it(tmp_path):
    scores = score_partial(tmp_path, [1, 2, 3, 4, -12, -12])
    frame = scores.to_frame()
    assert [name for name in frame if name.endswith("_partial")] == ["role_partial"]
    assert frame.loc[1, "role_partial"]
    assert np.isnan(scores.scores.loc[1, "strict"])


def test_the_interval_of_the_worked_example():
    lower, upper = score_convener([4, 3, 5, 2, 4, 4, 3, 4, 5, 3]).interval(0.9)
    assert lower.loc[1, "convener"] == pytest.approx(3.15, abs=5e-3)
    assert upper.loc[1, "convener"] == pytest.approx(4.25, abs=5e-3)


def test_an_interval_is_cut_to_the_ends_of_the_scale(tmp_path):
    scores = score_partial(tmp_path, [5, 5, 5, 5, 5, 4])
    lower, upper = scores.interval(0.99)
    assert upper.loc[1, "role"] == 5
    assert lower.loc[1, "role"] < scores.scores.loc[1, "role"]
    assert scores.limits.loc["role"].tolist() == [1, 5]


def test_the_interval_of_a_sum_is_on_the_scale_of_the_sum(tmp_path):
    path = small(tmp_path, "{method: sum, min_valid: 3}")
    frame = pd.DataFrame({"A1": [1, 5], "A2": [2, 5], "A3": [3, 5], "A4": [4, 1]})
    scores = isv.score_scales(isv.read_responses(frame, path))
    lower, upper = scores.interval()
    assert scores.limits.loc["total"].tolist() == [4, 20]
    assert lower.loc[1, "total"] < 8 < upper.loc[1, "total"]
    assert upper.loc[2, "total"] == 20


def test_a_mean_of_facets_has_as_many_degrees_of_freedom_as_facets_less_one(tmp_path):
    scores = score_partial(tmp_path, [2, 2, 3, 3, 4, 4])
    lower, _ = scores.interval(0.9)
    assert scores.n_averaged.loc[1, "facets"] == 3
    expected = 3 - 2.9199855803537 * np.sqrt(1 / 3)  # t(.95, 2) from a table
    assert lower.loc[1, "facets"] == pytest.approx(expected)


def test_one_answer_has_a_score_and_no_interval(tmp_path):
    scores = score_partial(tmp_path, [4, "", "", "", "", ""])
    lower, upper = scores.interval()
    assert scores.scores.loc[1, "a"] == 4
    assert np.isnan([scores.se.loc[1, "a"], lower.loc[1, "a"], upper.loc[1, "a"]]).all()
    assert np.isnan(scores.se.loc[1, "facets"])
    assert "a: 1 of 1 without a standard error (one answer only)." in scores.notes
    assert "facets: 1 of 1 without a standard error (one facet only)." in scores.notes


@pytest.mark.parametrize("level", [0, 1, 90])
def test_a_level_that_is_no_share_is_refused(level):
    with pytest.raises(isv.errors.SpecificationError, match="must lie between 0 and 1"):
        score_convener([4] * 10).interval(level)


@pytest.mark.parametrize(
    "cells",
    [[""] * 6, [3, *[""] * 5], [-7] * 6, [9] * 6, ["word"] * 6, [-12] * 6],
    ids=["nothing", "one-item", "not-needed", "outside", "text", "not-shown"],
)
def test_every_missing_score_has_its_reason_and_a_note(tmp_path, cells):
    scores = score_partial(tmp_path, cells, [1, 2, 3, 4, 5, 3])
    missing = scores.scores.isna()
    pd.testing.assert_frame_equal(missing, scores.reasons.notna())
    for scale in missing.columns[missing.any()]:
        assert any(note.startswith(f"{scale}: ") for note in scores.notes)
    assert scores.scores.loc[2].notna().all()


def test_the_last_row_of_a_person_is_scored_once():
    frame = pd.DataFrame({item: [3, 4] for item in ROLES.form("short").items})
    frame["respondent_id"] = ["m1", "m1"]
    scores = isv.score_scales(isv.read_responses(frame, ROLES))
    assert scores.scores["convener"].to_dict() == {"m1": 4.0}


def test_scores_keep_the_responses_they_come_from():
    frame = pd.DataFrame({item: [3, 4] for item in ROLES.form("short").items})
    answers = isv.read_responses(frame, ROLES)
    assert isv.score_scales(answers).responses is answers


def test_reasons_as_plain_text_count_like_categories():
    frame = pd.DataFrame({item: ["3", "-7"] for item in ROLES.form("core").items})
    answers = isv.read_responses(frame, ROLES)
    as_text = dataclasses.replace(answers, reasons=answers.reasons.astype(object))
    first, again = isv.score_scales(answers), isv.score_scales(as_text)
    pd.testing.assert_frame_equal(first.to_frame(), again.to_frame())
    pd.testing.assert_frame_equal(first.reasons, again.reasons)


@settings(max_examples=30, deadline=None)
@given(st.lists(st.sampled_from(["", "1", "2", "3", "4", "5", "-7"]), min_size=10, max_size=10))
def test_a_role_score_is_the_mean_of_its_answers_and_lies_in_its_interval(cells):
    scores = score_convener(cells)
    answers = [int(cell) for cell in cells if cell and int(cell) > 0]
    score = scores.scores.loc[1, "convener"]
    if np.isnan(score):
        assert len(answers) < 10
        return
    lower, upper = scores.interval()
    assert score == pytest.approx(np.mean(answers))
    assert 1 <= lower.loc[1, "convener"] <= score <= upper.loc[1, "convener"] <= 5


def test_a_project_before_implementation_gives_a_partial_catalyst_score():
    """Risk and ambassadors are not asked then; three of the five facets are enough."""
    frame = pd.DataFrame({item: ["4", "4"] for item in ROLES.form("core").items})
    later = [i for f in ("risk", "ambassador") for i in ROLES.scale(f"catalyst_{f}").items]
    later = [item for item in later if item in frame]
    frame.loc[0, later] = ""
    answers = isv.read_responses(frame, ROLES)
    reasons = answers.reasons.astype(object)
    reasons.loc[1, later] = "not_shown"
    scores = isv.score_scales(dataclasses.replace(answers, reasons=reasons))
    assert scores.scores["catalyst"].tolist() == [4, 4]
    assert scores.n_answered["catalyst"].tolist() == [6, 10]
    assert scores.partial["catalyst"].tolist() == [True, False]
    assert not scores.partial["convener"].any()
    assert np.isnan(isv.score_scales(answers).scores.loc[1, "catalyst"])
