import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.responses.observers import observer_gap

ROLES = isv.load_instrument("collaborative-leadership")
SHORT = ROLES.form("short").items


def ratings(*rows, **context):
    """Read ratings given as (manager, version, answer to all items)."""
    frame = pd.DataFrame([dict.fromkeys(SHORT, str(answer)) for _, _, answer in rows])
    frame["manager_id"] = [manager for manager, _, _ in rows]
    frame["version"] = [version for _, version, _ in rows]
    return isv.read_responses(frame.assign(**context), ROLES)


def one_manager(own, *others):
    """Read the self-rating of one manager and the ratings of observers."""
    return ratings(*[("m1", "self", a) for a in own], *[("m1", "observer", a) for a in others])


def test_the_gap_is_self_minus_the_mean_of_the_observers():
    row = observer_gap(one_manager([5], 2, 3, 5, 5, 5)).to_frame().loc[("m1", "convener")]
    assert row["self"] == 5
    assert row["observer_mean"] == pytest.approx(4)
    assert row["observer_sd"] == pytest.approx(np.std([2, 3, 5, 5, 5], ddof=1))
    assert row["n_observers"] == 5
    assert row["gap"] == pytest.approx(1)
    assert pd.isna(row["reason"])


@pytest.mark.parametrize(
    ("n", "scale", "shown"),
    [
        (2, "convener", False),
        (3, "convener", True),
        (4, "convener_team", False),
        (5, "convener_team", True),
    ],
)
def test_few_observers_stay_unseen_and_facets_need_more(n, scale, shown):
    result = observer_gap(one_manager([4], *[3] * n))
    row = result.to_frame().loc[("m1", scale)]
    assert row["n_observers"] == n
    assert row[["observer_mean", "gap"]].notna().all() == shown
    assert pd.notna(row["observer_sd"]) == (n >= 5)
    assert row["self"] == 4
    assert pd.isna(row["reason"]) if shown else row["reason"] == "too_few_observers"
    assert shown or any("too few observers with a score" in note for note in result.notes)


def test_only_observers_with_a_score_count():
    row = observer_gap(one_manager([4], 3, 3, "")).to_frame().loc[("m1", "convener")]
    assert row["n_observers"] == 2
    assert row["reason"] == "too_few_observers"


@pytest.mark.parametrize(
    ("own", "others", "reason"),
    [
        ([], [3, 3, 3], "no_self_score"),
        ([""], [3, 3, 3], "no_self_score"),
        (["9"], [3, 3, 3], "no_self_score"),
        (["-7"], [3, 3, 3], "no_self_score"),
        ([4, 5], [3, 3, 3], "several_self_ratings"),
        ([], [3], "no_self_score, too_few_observers"),
        ([4], [], "too_few_observers"),
    ],
)
def test_every_missing_gap_has_its_reason(own, others, reason):
    result = observer_gap(one_manager(own, *others), scales=["convener"])
    row = result.to_frame().loc[("m1", "convener")]
    assert np.isnan(row["gap"])
    assert row["reason"] == reason
    assert len([note for note in result.notes if "1 of 1 gaps missing" in note]) == len(
        reason.split(", ")
    )
    assert "–" in repr(result)


def test_managers_are_told_apart_and_keep_their_order():
    people = ratings(
        ("b", "Self-assessment by the manager", 2),
        *[("a", "observer", x) for x in (1, 2, 3)],
        *[("b", "OBSERVER", x) for x in (4, 5, 5)],
        ("a", "self", 5),
    )
    frame = observer_gap(people, scales=["convener", "catalyst"]).to_frame()
    assert frame.index.tolist() == [
        ("b", "convener"), ("b", "catalyst"), ("a", "convener"), ("a", "catalyst"),
    ]  # fmt: skip
    assert frame["gap"].tolist() == pytest.approx([2 - 14 / 3, 2 - 14 / 3, 3, 3])


def test_rows_of_other_versions_or_without_a_manager_are_left_out():
    result = observer_gap(
        ratings(("m1", "self", 4), ("m1", "practice", 1), ("", "observer", 1), ("m1", "", 1))
    )
    assert result.n_obs == 1
    assert "1 row(s) left out that name no manager." in result.notes
    assert "2 row(s) left out that are neither self-rating nor observer." in result.notes


def test_nothing_to_compare_gives_an_empty_table_and_a_note():
    result = observer_gap(ratings(("", "self", 4), ("m1", "", 3)))
    assert result.to_frame().empty
    assert "No row is left, so there is nothing to compare." in result.notes
    assert "0 managers" in repr(result)


def test_the_last_row_of_a_person_counts_once():
    people = ratings(
        ("m1", "self", 4),
        *[("m1", "observer", x) for x in (1, 2, 3, 5)],
        respondent_id=["m1", "o1", "o2", "o3", "o3"],
    )
    row = observer_gap(people).to_frame().loc[("m1", "convener")]
    assert row["n_observers"] == 3
    assert row["observer_mean"] == pytest.approx(8 / 3)


@pytest.mark.parametrize("column", ["manager_id", "version"])
def test_a_column_that_is_needed_is_asked_for(column):
    people = one_manager([4], 3, 3, 3)
    frame = people.data.join(people.context).rename(columns={column: f"my_{column}"})
    with pytest.raises(isv.errors.MissingItemsError, match=rf"did you mean my_{column}"):
        observer_gap(isv.read_responses(frame, ROLES))


@pytest.mark.parametrize(
    "options", [{"min_observers": 1}, {"min_observers_facets": 0}, {"scales": ["convenor"]}]
)
def test_options_that_make_no_sense_are_refused(options):
    with pytest.raises(isv.errors.SpecificationError):
        observer_gap(one_manager([4], 3, 3, 3), **options)


def test_scores_and_responses_give_the_same_gaps_and_order_does_not_matter():
    rng = np.random.default_rng(6)
    rows = [(f"m{m}", "self" if k == 0 else "observer", int(rng.integers(1, 6)))
            for m in range(8) for k in range(6)]  # fmt: skip
    first = observer_gap(ratings(*rows)).to_frame()
    pd.testing.assert_frame_equal(observer_gap(isv.score_scales(ratings(*rows))).to_frame(), first)
    mixed = [rows[i] for i in rng.permutation(len(rows))]
    again = observer_gap(ratings(*mixed)).to_frame()
    pd.testing.assert_frame_equal(again.sort_index(), first.sort_index())


def test_managers_who_rate_themselves_higher_by_half_a_point_are_found():
    rng = np.random.default_rng(9)
    frames = []
    for manager in range(120):
        p = np.array([0.5, *[0.375] * 5])[:, None]  # 1 + 4 p: 3.0 and 2.5
        answers = 1 + rng.binomial(4, np.broadcast_to(p, (6, len(SHORT))))
        frame = pd.DataFrame(answers, columns=SHORT)
        frames.append(frame.assign(manager_id=manager, version=["self", *["observer"] * 5]))
    people = isv.read_responses(pd.concat(frames, ignore_index=True), ROLES)
    gaps = observer_gap(people).to_frame().xs("convener", level="scale")["gap"]
    assert gaps.mean() == pytest.approx(0.5, abs=3 * gaps.std() / np.sqrt(120))
