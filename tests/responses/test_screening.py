"""Screening finds planted careless people, respects order and keys, and says what it cannot do."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest
from conftest import reference_cases, reference_data

import innovsurvey as isv
from innovsurvey.errors import (
    DataError,
    InsufficientDataError,
    MissingItemsError,
    SpecificationError,
)
from innovsurvey.responses.screening_rules import RULES

GROUP = ["synonyms", "antonyms", "person_total", "mahalanobis_d2", "mahalanobis_p_value"]
INSTRUMENTS = ["collaborative-leadership", "innovation-culture", "leadership-climate"]


@pytest.fixture(scope="module")
def culture():
    """500 people on 24 items, 5 of them reverse-keyed or so, with times."""
    return isv.simulate_responses("innovation-culture", n=500, seed=11)


@pytest.fixture(scope="module")
def screening(culture):
    return isv.screen_responses(culture)


@pytest.fixture
def frame(rng):
    """200 people, 20 items of 4 scales; v2 is reverse-keyed."""
    factor = np.repeat(rng.normal(size=(200, 4)), 5, axis=1)
    x = np.clip(np.round(3 + 0.9 * factor + 0.5 * rng.normal(size=(200, 20))), 1, 5)
    x[:, 2] = 6 - x[:, 2]
    return pd.DataFrame(x, columns=[f"v{k}" for k in range(20)])


SCALES = {f"s{k}": [f"v{5 * k + i}" for i in range(5)] for k in range(4)}


def kinds_of(answers, screening):
    """How each person was made to answer."""
    planted = pd.Series(answers.provenance["careless"], dtype=object)
    return planted.reindex(screening.proposed.index).fillna("honest")


# Recovery of what was planted


@pytest.mark.parametrize("name", INSTRUMENTS)
def test_planted_rows_are_found_and_honest_people_left_alone(name):
    answers = isv.simulate_responses(name, n=1000, seed=5)
    found = isv.screen_responses(answers)
    rate = found.proposed.groupby(kinds_of(answers, found)).mean()
    assert rate["honest"] <= 0.01
    assert rate["random"] >= 0.6
    assert rate["straight_line"] >= 0.6


@pytest.mark.parametrize(
    ("kind", "index", "at_least"),
    [
        ("straight_line", "longstring_share", 0.9),
        ("straight_line", "irv_mixed", 0.9),
        ("random", "mahalanobis_p_value", 0.6),
        ("random", "seconds_per_item", 0.7),
    ],
)
def test_each_kind_raises_the_flag_made_for_it(kind, index, at_least):
    answers = isv.simulate_responses("innovation-culture", n=1500, seed=6)
    found = isv.screen_responses(answers)
    by_kind = found.flags[index].groupby(kinds_of(answers, found)).mean()
    assert by_kind[kind] >= at_least
    assert by_kind["honest"] <= 0.02


def test_a_whole_study():
    study = isv.simulate_study(seed=2)
    proposed, planted = [], []
    for who in ("observer", "staff"):
        answers = isv.read_responses(
            study.frames[who], study.questionnaires[who], id_column="respondent_id"
        )
        found = isv.screen_responses(answers).proposed
        kinds = pd.Series("honest", index=found.index)
        for kind, ids in study.key["careless_rows"][who].items():
            kinds[ids] = kind
        proposed.append(found)
        planted.append(kinds)
    rate = pd.concat(proposed).groupby(pd.concat(planted)).mean()
    assert rate["honest"] <= 0.005
    assert rate["random"] >= 0.8
    assert rate["straight_line"] >= 0.85


# What is counted, and how


def test_two_flags_of_one_kind_count_once(screening):
    repeated = screening.flags[["irv", "irv_mixed", "longstring_share"]].all(axis=1)
    other = screening.flags.drop(columns=["irv", "irv_mixed", "longstring", "longstring_share"])
    alone = repeated & ~other.any(axis=1)
    assert (screening.n_kinds[alone] == 1).all()
    assert not screening.proposed[alone].any()
    assert (screening.proposed == (screening.n_kinds >= 2)).all()


def test_nobody_is_dropped_and_every_flag_has_its_words(culture, screening):
    assert screening.to_frame().index.equals(culture.data.index)
    assert screening.n_obs == culture.n_obs
    assert ((screening.why != "") == screening.flags.any(axis=1)).all()
    line = screening.why[screening.flags["seconds_per_item"]].iloc[0]
    assert "seconds per item" in line


def test_every_index_is_listed_with_kind_source_and_counts(screening):
    assert screening.rules.index.tolist() == [rule.index for rule in RULES]
    computed = screening.rules["n_computed"] > 0
    assert (screening.rules.loc[~computed, "why_not"] != "").all()
    assert screening.rules["source"].str.contains("https://doi.org/").all()
    assert screening.rules.loc[screening.flags.columns, "n_flagged"].tolist() == (
        screening.flags.sum().tolist()
    )


def test_the_summary_counts(screening):
    summary = screening.summary()
    assert summary.loc["proposed", "n_flagged"] == screening.proposed.sum()
    assert summary.loc["any_flag", "n_flagged"] == screening.flags.any(axis=1).sum()
    assert summary.loc["irv", "flagged_share"] == pytest.approx(screening.flags["irv"].mean())


def test_it_shows_itself(screening):
    assert f"{screening.proposed.sum()} proposed for exclusion" in repr(screening)
    assert "<table>" in screening._repr_html_()
    assert "Not computed: synonyms, antonyms, page_seconds_per_item, attention_failed." in repr(
        screening
    )


def test_an_index_that_flags_many_is_named_in_the_notes(screening):
    assert screening.flags["even_odd"].mean() > 0.15
    assert any(note.startswith("even_odd raises a flag for") for note in screening.notes)


# Order and keys


def test_turning_items_round_in_the_key_leaves_answers_as_given_alone(frame):
    plain = isv.screen_responses(frame, scales=SCALES, answer_range=(1, 5))
    keyed = isv.screen_responses(frame, scales=SCALES, reverse=["v2"], answer_range=(1, 5))
    for name in ("longstring", "longstring_share", "average_run", "irv", "mahalanobis_d2"):
        np.testing.assert_allclose(plain.indices[name], keyed.indices[name], atol=1e-8)
    assert keyed.indices["even_odd"].mean() > plain.indices["even_odd"].mean() + 0.02


def test_the_key_of_the_instrument_is_used(culture):
    """The same answers as a plain frame with the key of the file give the same indices."""
    instrument = culture.instrument
    names = [name for block in instrument.blocks for name in block.items]
    scales = {s.id: s.items for s in instrument.scales if not s.facets and s.kind == "reflective"}
    reverse = [item.id for item in instrument.items if item.reverse]
    assert reverse
    plain = isv.screen_responses(
        culture.data[names], scales=scales, reverse=reverse, answer_range=(1, 5)
    )
    whole = isv.screen_responses(culture)
    shared = [n for n in plain.indices if n not in {"missing_share"}]
    pd.testing.assert_frame_equal(whole.indices[shared], plain.indices[shared], atol=1e-9)


def test_runs_follow_the_order_shown(frame):
    shown = [f"v{k}" for k in range(0, 20, 2)] + [f"v{k}" for k in range(1, 20, 2)]
    line = frame.copy()
    line.iloc[0] = [3, 4] * 10
    assert isv.screen_responses(line).indices["longstring"].iloc[0] == 1
    found = isv.screen_responses(line, order=shown)
    assert found.indices["longstring"].iloc[0] == 10


def test_items_not_named_in_the_order_are_noted(frame):
    found = isv.screen_responses(frame, order=["v3", "v1"])
    assert any("18 item(s) not named in order=" in note for note in found.notes)


def test_items_not_shown_do_not_end_a_run(culture):
    names = list(culture.data.columns)
    data, reasons = culture.data.copy(), culture.reasons.astype(object)
    person = data.index[0]
    data.loc[person] = 3.0
    data.loc[person, names[4]] = np.nan
    for reason, longest in (("not_shown", len(names) - 1), ("not_answered", len(names) - 5)):
        reasons.loc[person] = np.nan
        reasons.loc[person, names[4]] = reason
        found = isv.screen_responses(replace(culture, data=data, reasons=reasons))
        assert found.indices.loc[person, "longstring"] == longest
        share = found.indices.loc[person, "missing_share"]
        assert share == (0 if reason == "not_shown" else pytest.approx(1 / len(names)))


@pytest.mark.parametrize("case", reference_cases("careless")[:1], ids=lambda case: case["id"])
def test_agrees_with_reference_through_the_public_function(case):
    plain = reference_data({**case, "data": {**case["data"], "reverse": []}})
    scales = {str(k): [plain.columns[j] for j in s] for k, s in enumerate(case["scales"])}
    found = isv.screen_responses(
        plain, scales=scales, reverse=case["data"]["reverse"], answer_range=(1, 6)
    )
    names = ["longstring", "irv", "even_odd", "person_total", "mahalanobis_d2"]
    for name in [*names, "mahalanobis_p_value"]:
        got = found.indices[name].iloc[case["rows"]].to_numpy()
        expected = np.array(case["expected"][name], dtype=float)
        there = ~np.isnan(got)
        assert there.mean() > 0.9
        np.testing.assert_allclose(got[there], expected[there], atol=1e-8, err_msg=name)


# Times, attention items, duplicates


@pytest.mark.parametrize("column", ["duration_s", "Duration (in seconds)", "interviewtime"])
def test_times_are_found_and_their_source_is_named(frame, column):
    found = isv.screen_responses(frame.assign(**{column: [30.0, "n/a", *[100] * 198]}))
    assert found.indices["seconds_per_item"].iloc[0] == 1.5
    assert np.isnan(found.indices["seconds_per_item"].iloc[1])
    assert found.flags["seconds_per_item"].tolist() == [True, *[False] * 199]
    assert any(column in note for note in found.notes)


def test_times_of_pages(frame):
    found = isv.screen_responses(
        frame.assign(first=[9.0] * 200, second=[60.0] * 200), page_times={"first": 5, "second": 15}
    )
    assert (found.indices["page_seconds_per_item"] == 1.8).all()
    assert found.flags["page_seconds_per_item"].all()


@pytest.mark.parametrize("column", ["groupTime12", "QID3_Page Submit"])
def test_page_times_without_numbers_of_items_are_pointed_out(frame, column):
    found = isv.screen_responses(frame.assign(**{column: 10.0}))
    assert f"found {column}" in found.rules.loc["page_seconds_per_item", "why_not"]


@pytest.mark.parametrize("as_texts", [True, False])
@pytest.mark.parametrize("right", [4, 4.0, np.int64(4), "4"])
def test_attention_items_left_open_are_not_failed(frame, right, as_texts):
    failed = [0, 1, np.nan]
    checked = frame.assign(att=[4, 3, np.nan, *[4] * 197])
    if as_texts:
        checked["att"] = checked["att"].map({4: "4", 3: "3"})
    found = isv.screen_responses(checked, attention={"att": right})
    np.testing.assert_array_equal(found.indices["attention_failed"].iloc[:3], failed)
    assert found.flags["attention_failed"].sum() == 1


def test_attention_items_of_an_instrument_are_no_ratings():
    study = isv.simulate_study(seed=3, n_organisations=30)
    answers = isv.read_responses(
        study.frames["manager"], study.questionnaires["manager"], id_column="respondent_id"
    )
    right = {"ATT01": 4, "ATT02": 2}
    found = isv.screen_responses(answers, attention=right)
    wrong = sum((answers.data[k] != v) & answers.data[k].notna() for k, v in right.items())
    expected = wrong[answers.data[list(right)].notna().any(axis=1)]
    got = found.indices["attention_failed"].dropna()
    assert got.astype(int).tolist() == expected.tolist()


def test_the_same_answers_twice(frame):
    copied = pd.concat([frame, frame.iloc[[5]]], ignore_index=True)
    found = isv.screen_responses(copied)
    assert found.indices["n_same_answers"].iloc[[5, 200]].tolist() == [1, 1]
    assert "the same answers as 1 other(s)" in found.why.iloc[200]


def test_straight_lines_are_no_duplicates(climate):
    """A flag for repetition must not bring one for duplicates along."""
    answers = isv.read_responses(climate, "leadership-climate")
    found = isv.screen_responses(answers)
    lead = answers.data.filter(like="LEAD")
    straight = lead.eq(lead["LEAD01"], axis=0).all(axis=1)
    assert straight.sum() > 20
    assert found.flags.loc[straight, "longstring"].mean() > 0.5
    assert not found.flags.loc[straight, "n_same_answers"].any()


# What cannot be computed, and who is not screened


def test_one_person_gets_no_flags():
    answers = isv.simulate_responses("innovation-culture", n=1, seed=1, careless=1.0)
    found = isv.screen_responses(answers)
    assert found.flags.shape == (1, 0)
    assert not found.proposed.any()
    assert (found.rules.loc[GROUP, "why_not"].str.startswith("one person")).all()
    assert any("not screened" in note for note in found.notes)


@pytest.mark.parametrize(
    ("people", "index", "words"),
    [
        (99, "synonyms", "100 are needed"),
        (39, "mahalanobis_d2", "39 people for 20 items"),
        (200, "even_odd", "4 are needed"),
        (200, "seconds_per_item", "no column of seconds"),
        (200, "attention_failed", "no attention item named"),
        (200, "irv_mixed", "no block has items of both keys"),
    ],
)
def test_why_an_index_is_not_there(frame, people, index, words):
    found = isv.screen_responses(frame.head(people))
    assert words in found.rules.loc[index, "why_not"]
    assert index not in found.indices


def test_an_item_that_repeats_others_leaves_no_distance(frame):
    found = isv.screen_responses(frame.assign(v20=frame["v0"]))
    assert "cannot be inverted" in found.rules.loc["mahalanobis_d2", "why_not"]


def test_weaker_pairs_give_an_index_but_no_flag_of_their_own(frame, rng):
    noisy = np.clip(np.round(frame + rng.normal(scale=0.6, size=frame.shape)), 1, 5)
    found = isv.screen_responses(noisy, scales=SCALES, reverse=["v2"])
    assert "beyond 0.50 are used" in found.rules.loc["synonyms", "why_not"]
    assert found.indices["synonyms"].notna().any()
    assert "synonyms" not in found.flags
    told = isv.screen_responses(noisy, scales=SCALES, reverse=["v2"], thresholds={"synonyms": 0.2})
    assert "synonyms" in told.flags


@pytest.mark.parametrize(
    ("thresholds", "column", "expected"),
    [({"irv": None}, "irv", False), ({"person_total": 0.0}, "person_total", True)],
)
def test_thresholds_switch_flags_off_and_on(culture, thresholds, column, expected):
    assert (column in isv.screen_responses(culture, thresholds=thresholds).flags) is expected


def test_a_threshold_of_ones_own(culture):
    found = isv.screen_responses(culture, thresholds={"longstring": 3})
    assert (found.flags["longstring"] == (found.indices["longstring"] > 3)).all()
    assert found.rules.loc["longstring", "threshold"] == 3


@pytest.mark.parametrize(
    ("options", "error", "words"),
    [
        ({"thresholds": {"longstrin": 3}}, SpecificationError, "did you mean longstring"),
        ({"thresholds": {"irv": "low"}}, SpecificationError, "must be a number"),
        ({"thresholds": {"irv": float("nan")}}, SpecificationError, "must be a number"),
        ({"order": ["v0", "w1"]}, MissingItemsError, "order= names w1"),
        ({"order": ["v0", "v0"]}, SpecificationError, "twice"),
        ({"order": "v0"}, SpecificationError, "list of names"),
        ({"scales": {"a": ["zz"]}}, MissingItemsError, "scales"),
        ({"scales": ["v0"]}, SpecificationError, "dict"),
        ({"reverse": ["zz"]}, MissingItemsError, "reverse= names zz"),
        ({"attention": {"zz": 1}}, MissingItemsError, "attention= names zz"),
        ({"attention": ["v0"]}, SpecificationError, "dict"),
        ({"time_column": "zz"}, MissingItemsError, "time column"),
        ({"page_times": {"zz": 3}}, MissingItemsError, "time column"),
        ({"page_times": {"v0": 0}}, SpecificationError, "number of items"),
        ({"answer_range": (2, 5)}, SpecificationError, "answers range from 1 to 5"),
        ({"answer_range": 5}, SpecificationError, "lowest and the highest"),
    ],
    ids=str,
)
def test_wrong_options_are_refused_in_words(frame, options, error, words):
    with pytest.raises(error, match=words):
        isv.screen_responses(frame, **options)


@pytest.mark.parametrize(
    ("source", "error"),
    [
        (None, DataError),
        ([1, 2], DataError),
        (pd.DataFrame({"a": ["x", "y"]}), DataError),
        (pd.DataFrame({"a": [np.nan, np.nan]}), InsufficientDataError),
        (pd.DataFrame({"a": []}), InsufficientDataError),
    ],
    ids=str,
)
def test_what_cannot_be_screened_is_refused(source, error):
    with pytest.raises(error):
        isv.screen_responses(source)


@pytest.mark.parametrize(
    "name", [name for name in isv.list_instruments()["id"] if name != "participation-by-phase"]
)
def test_every_index_of_every_instrument_is_there_or_says_why(name):
    found = isv.screen_responses(isv.simulate_responses(name, n=40, seed=2))
    assert found.n_obs == 40
    assert not (found.rules["n_computed"].eq(0) & found.rules["why_not"].eq("")).any()


def test_an_instrument_of_cells_alone_has_no_ratings():
    answers = isv.simulate_responses("participation-by-phase", n=40, seed=2)
    with pytest.raises(InsufficientDataError, match="there is no rating to screen"):
        isv.screen_responses(answers)
