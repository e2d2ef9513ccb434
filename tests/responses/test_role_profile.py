import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.responses.roles import role_profile

ROLES = isv.load_instrument("collaborative-leadership")
NAMES = ["convener", "facilitator", "catalyst"]
ITEMS = {n: [i for i in ROLES.form("core").items if i in ROLES.scale(n).items] for n in NAMES}
MIXED = [4, 3, 5, 2, 4, 4, 3, 4, 5, 3]  # mean 3.70, standard error .300
LOW = [2, 1, 2, 2, 1, 2, 2, 2, 1, 2]  # mean 1.70, standard error .153
HIGH = [4, 5, 4, 4, 5, 4, 4, 4, 5, 4]  # mean 4.30, standard error .153


def answers(*people):
    """Read people who give ten answers to each of the three roles."""
    rows = [
        {
            item: str(cell)
            for name, cells in zip(NAMES, person, strict=True)
            for item, cell in zip(ITEMS[name], cells, strict=True)
        }
        for person in people
    ]
    return isv.read_responses(pd.DataFrame(rows), ROLES)


def test_differences_from_the_mean_of_the_roles_sum_to_zero():
    profile = role_profile(answers([MIXED, HIGH, LOW]))
    assert profile.differences.loc[1].tolist() == pytest.approx(
        [3.7 - 9.7 / 3, 4.3 - 9.7 / 3, 1.7 - 9.7 / 3]
    )
    assert profile.differences.loc[1].sum() == pytest.approx(0)


def test_z_is_the_difference_in_units_of_both_standard_errors():
    profile = role_profile(answers([MIXED, HIGH, LOW]))
    errors = np.std([MIXED, HIGH, LOW], axis=1, ddof=1) / np.sqrt(10)
    assert profile.z.columns.tolist() == [
        "convener_facilitator",
        "convener_catalyst",
        "facilitator_catalyst",
    ]
    assert profile.z.loc[1].tolist() == pytest.approx(
        [
            -0.6 / np.hypot(errors[0], errors[1]),
            2.0 / np.hypot(errors[0], errors[2]),
            2.6 / np.hypot(errors[1], errors[2]),
        ]
    )


@pytest.mark.parametrize(
    ("person", "verdicts", "weakest", "minimum_role"),
    [
        ([MIXED, HIGH, LOW], ["lower", "higher", "higher"], "catalyst", "catalyst"),
        ([MIXED, MIXED, LOW], ["same", "higher", "higher"], "catalyst", "catalyst"),
        ([LOW, LOW, HIGH], ["same", "lower", "lower"], "none", "convener / facilitator"),
        ([MIXED] * 3, ["same"] * 3, "none", "convener / facilitator / catalyst"),
        ([[3] * 10, [3] * 9 + [4], [5] * 10], ["same", "lower", "lower"], "none", "convener"),
    ],
)
def test_verdicts_and_the_weakest_role(person, verdicts, weakest, minimum_role):
    profile = role_profile(answers(person))
    assert profile.verdicts.loc[1].tolist() == verdicts
    assert profile.weakest.loc[1] == weakest
    assert profile.minimum_role.loc[1] == minimum_role
    assert profile.minimum.loc[1] == pytest.approx(min(np.mean(person, axis=1)))


def test_the_critical_value_and_the_level_can_be_set():
    person = answers([MIXED, HIGH, LOW])
    assert role_profile(person, critical=1.8).verdicts.loc[1, "convener_facilitator"] == "same"
    assert role_profile(person, level=0.9999).weakest.loc[1] == "none"


def test_other_scales_make_a_profile_as_well():
    facets = ["convener_team", "convener_roles"]
    profile = role_profile(answers([MIXED, HIGH, LOW]), scales=facets)
    assert profile.differences.loc[1].tolist() == [0, 0]
    assert profile.z.columns.tolist() == ["convener_team_convener_roles"]


def test_scores_and_responses_give_the_same_profile():
    people = answers([MIXED, HIGH, LOW], [LOW, LOW, HIGH])
    pd.testing.assert_frame_equal(
        role_profile(people).to_frame(), role_profile(isv.score_scales(people)).to_frame()
    )
    other = isv.score_scales(people, scales=["convener"])
    pd.testing.assert_frame_equal(role_profile(people).to_frame(), role_profile(other).to_frame())


@pytest.mark.parametrize(
    "cells",
    [[""] * 10, ["-7"] * 10, ["9"] * 10, ["text"] * 10, ["3", *[""] * 9]],
    ids=["nothing", "not-needed", "outside", "text", "one-item"],
)
def test_a_role_without_a_score_leaves_no_profile_and_says_so(cells):
    profile = role_profile(answers([MIXED, HIGH, cells], [MIXED, HIGH, LOW]))
    assert profile.differences.loc[1].isna().all()
    assert np.isnan(profile.minimum.loc[1])
    assert pd.isna(profile.weakest.loc[1])
    assert pd.isna(profile.minimum_role.loc[1])
    assert profile.verdicts.loc[1].isna().tolist() == [False, True, True]
    assert profile.weakest.loc[2] == "catalyst"
    assert any("1 of 2 without a profile" in note for note in profile.notes)
    assert any(note.startswith("catalyst: 1 of 2 without a score") for note in profile.notes)
    assert "–" in repr(profile)


def test_one_answer_gives_differences_and_no_verdict():
    frame = pd.DataFrame({item: ["3"] for item in ROLES.form("core").items})
    frame[ITEMS["catalyst"][0]] = ""
    people = isv.read_responses(frame, ROLES)
    profile = role_profile(people, scales=["convener_team", "catalyst"])
    assert profile.verdicts.loc[1].tolist() == ["same"]
    short = pd.DataFrame({item: ["3"] for item in ROLES.form("short").items})
    single = role_profile(
        isv.read_responses(short, ROLES), scales=["convener_team", "convener_roles"]
    )
    assert single.differences.loc[1].tolist() == [0, 0]
    assert single.verdicts.loc[1].isna().all()
    assert any("without a verdict on all pairs" in note for note in single.notes)


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"scales": ["convener"]}, "at least two different scales"),
        ({"scales": ["convener", "convener"]}, "at least two different scales"),
        ({"scales": ["convener", "catalist"]}, "did you mean catalyst"),
        ({"critical": 0}, "must be above 0"),
        ({"level": 90}, "must lie between 0 and 1"),
    ],
)
def test_options_that_make_no_sense_are_refused(options, message):
    with pytest.raises(isv.errors.SpecificationError, match=message):
        role_profile(answers([MIXED, HIGH, LOW]), **options)


def test_equal_roles_are_called_different_as_often_as_the_critical_value_says():
    """Ten answers drawn from one pool: |z| above 1.645 in 10 %, a little more with small m."""
    rng = np.random.default_rng(8)
    frame = pd.DataFrame(rng.integers(1, 6, (3000, 30)), columns=ROLES.form("core").items)
    verdicts = role_profile(isv.read_responses(frame, ROLES)).verdicts
    assert (verdicts != "same").to_numpy().mean() == pytest.approx(0.115, abs=0.015)


def test_the_frame_has_one_row_a_person():
    frame = role_profile(answers([MIXED, HIGH, LOW], [LOW, LOW, HIGH])).to_frame()
    assert len(frame) == 2
    assert frame.columns[-3:].tolist() == ["weakest", "minimum", "minimum_role"]
    assert frame.columns.is_unique
