"""A result with and without some people; those left out stay reachable."""

import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.errors import DataError, InsufficientDataError, MissingItemsError
from innovsurvey.responses.subset import subset


@pytest.fixture(scope="module")
def answers():
    return isv.simulate_responses("innovation-culture", n=120, seed=9)


@pytest.fixture
def first_ten(answers):
    return pd.Series([True] * 10 + [False] * 110, index=answers.data.index)


def alpha(responses):
    return isv.reliability(responses.items("culture"))


def test_the_difference_is_that_of_the_two_results(answers, first_ten):
    effect = isv.effect_of_exclusion(answers, first_ten, alpha)
    rest = isv.reliability(answers.items("culture").iloc[10:])
    row = effect.to_frame().loc["alpha"]
    assert row["estimate"] == alpha(answers).alpha
    assert row["estimate_without"] == rest.alpha
    assert row["difference"] == rest.alpha - alpha(answers).alpha
    assert (effect.n_obs, effect.n_without, len(effect.excluded)) == (120, 110, 10)
    assert "leaving out 10 of 120 people" in repr(effect)


def test_leaving_out_planted_rows_brings_the_truth_nearer():
    """Random answers pull correlations down; without those proposed they come up again."""
    careless = isv.simulate_responses("collaborative-leadership", n=800, seed=4, careless=0.3)
    clean = isv.simulate_responses("collaborative-leadership", n=800, seed=4, careless=0.0)

    def mean_r(responses):
        r = responses.items("convener").corr().to_numpy()
        return r[np.triu_indices_from(r, k=1)].mean()

    found = isv.screen_responses(careless)
    effect = isv.effect_of_exclusion(careless, found, mean_r).to_frame().loc["estimate"]
    truth = mean_r(clean)
    assert abs(effect["estimate_without"] - truth) < abs(effect["estimate"] - truth)


@pytest.mark.parametrize(
    ("estimate", "names"),
    [
        (lambda r: r.data["INC01"].mean(), ["estimate"]),
        (lambda r: {"a": 1, "b": r.n_obs}, ["a", "b"]),
        (lambda r: r.data.mean().head(2), ["INC01", "INC02"]),
        (lambda r: r.data[["INC01", "INC02"]].agg(["mean", "std"]),
         ["mean INC01", "mean INC02", "std INC01", "std INC02"]),
        (alpha, ["alpha", "alpha_std", "omega_total", "average_r"]),
        (lambda _: pd.DataFrame({"estimate": [1.0, 2.0]}, index=["x", "x"]), ["x", "x (2)"]),
        (lambda _: pd.Series([1.0], index=pd.MultiIndex.from_tuples([("a", "b")])), ["a b"]),
    ],
)  # fmt: skip
def test_any_kind_of_estimate(answers, first_ten, estimate, names):
    effect = isv.effect_of_exclusion(answers, first_ten, estimate)
    assert effect.to_frame().index.tolist() == names
    assert effect.estimates.notna().all(axis=None)


@pytest.mark.parametrize("kind", ["series", "shuffled", "array", "list", "ids", "objects"])
def test_any_way_to_name_people(answers, first_ten, kind):
    flags = {
        "series": first_ten,
        "shuffled": first_ten.sample(frac=1, random_state=1),
        "array": first_ten.to_numpy(),
        "list": first_ten.tolist(),
        "ids": first_ten.index[:10].tolist(),
        "objects": first_ten.astype(object).where(first_ten, None),
    }[kind]
    effect = isv.effect_of_exclusion(answers, flags, lambda r: r.data["INC01"].mean())
    expected = answers.data["INC01"].iloc[10:].mean()
    assert effect.estimates.loc["estimate", "estimate_without"] == expected


@pytest.mark.parametrize("index", [range(30), [1] * 30], ids=["unique", "repeated"])
def test_a_plain_frame(rng, index):
    frame = pd.DataFrame(rng.integers(1, 6, (30, 12)).astype(float), index=index)
    found = isv.screen_responses(frame, thresholds={"irv": 9, "average_run": 0})
    flags = found.flags["irv"] & (np.arange(30) < 5)
    effect = isv.effect_of_exclusion(frame, flags, lambda d: d.mean().to_dict())
    assert effect.n_without == 25
    assert effect.estimates["estimate_without"].tolist() == frame.iloc[5:].mean().tolist()


def test_nobody_flagged_moves_nothing(answers):
    effect = isv.effect_of_exclusion(answers, [], alpha)
    assert (effect.estimates["difference"].dropna() == 0).all()
    assert effect.notes == ("Nobody is flagged, so nothing moves.",)


def test_a_number_that_only_one_result_has_is_noted(answers, first_ten):
    effect = isv.effect_of_exclusion(answers, first_ten, lambda r: {f"n{r.n_obs}": 1.0})
    assert effect.estimates["difference"].isna().all()
    assert "Only one of the two results has n110, n120." in effect.notes


@pytest.mark.parametrize(
    ("flags", "error", "words"),
    [
        (None, DataError, "names nobody"),
        ("syn001", DataError, "names nobody"),
        ([True, False], DataError, "2 flags for 120 people"),
        ([True] * 120, InsufficientDataError, "nobody would be left"),
        (["nobody"], MissingItemsError, "not in the data"),
        (pd.Series([0.3, 2.0]), DataError, "other than True and False"),
        (pd.Series([True], index=["nobody"]), DataError, "not among them"),
        (pd.DataFrame({"a": [True]}), DataError, "columns"),
    ],
    ids=str,
)
def test_flags_that_do_not_fit_are_refused(answers, flags, error, words):
    with pytest.raises(error, match=words):
        isv.effect_of_exclusion(answers, flags, alpha)


@pytest.mark.parametrize("result", ["text", None, {"a": "b"}, pd.DataFrame({"a": ["b"]})], ids=str)
def test_estimates_without_numbers_are_refused(answers, first_ten, result):
    with pytest.raises(DataError, match="number"):
        isv.effect_of_exclusion(answers, first_ten, lambda _: result)


@pytest.mark.parametrize(("source", "estimate"), [(None, alpha), ("a.csv", alpha)])
def test_other_sources_are_refused(source, estimate):
    with pytest.raises(DataError, match="needs the answers"):
        isv.effect_of_exclusion(source, [True], estimate)


def test_an_estimate_must_be_a_function(answers, first_ten):
    with pytest.raises(DataError, match="must be a function"):
        isv.effect_of_exclusion(answers, first_ten, 3)


# The subset behind it


def test_people_left_out_are_in_log_and_quarantine(answers):
    kept = subset(answers, answers.data.index[10:])
    out = answers.data.index[:10]
    assert kept.data.equals(answers.data.iloc[10:])
    assert kept.context.equals(answers.context.iloc[10:])
    assert kept.n_obs == 110
    lines = kept.log[kept.log["rule"] == "excluded"]
    assert lines["respondent"].tolist() == [str(name) for name in out]
    rows = kept.quarantine[kept.quarantine["reason"] == "excluded"]
    assert rows[out.name].tolist() == out.tolist()
    again = pd.to_numeric(rows["INC01"], errors="coerce").to_numpy()
    np.testing.assert_array_equal(again, answers.data["INC01"].iloc[:10])
    assert any("10 of 120 people left out" in note for note in kept.notes)
    assert answers.n_obs == 120


def test_missing_answers_go_to_quarantine_with_their_reason(answers):
    empty = answers.data["INC02"].isna()
    kept = subset(answers, answers.data.index[~empty])
    said = kept.quarantine.loc[kept.quarantine["reason"] == "excluded", "INC02"]
    assert said.tolist() == answers.reasons["INC02"][empty].astype(str).tolist()


def test_a_subset_is_saved_and_loaded(answers, tmp_path):
    kept = subset(subset(answers, answers.data.index[3:]), answers.data.index[5:])
    again = isv.load_responses(kept.save(tmp_path / "kept"))
    pd.testing.assert_frame_equal(again.quarantine, kept.quarantine, check_dtype=False)
    assert len(again.quarantine) == 5
    assert again.data.equals(kept.data)


def test_everybody_kept_is_the_same(answers):
    assert subset(answers, answers.data.index) is answers


@pytest.mark.parametrize(
    ("ids", "error"), [(["nobody"], MissingItemsError), ([], InsufficientDataError)]
)
def test_ids_that_do_not_fit_are_refused(answers, ids, error):
    with pytest.raises(error):
        subset(answers, ids)
