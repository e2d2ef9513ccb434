from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, read_hashed, reference_cases

from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError
from innovsurvey.measurement.correlations import correlations


@pytest.mark.parametrize("kind", [None, "pearson"])
def test_matrix_is_that_of_numpy(climate, kind):
    items = climate.iloc[:, 2:21]
    got = correlations(items, kind=kind)
    np.testing.assert_allclose(got.matrix, np.corrcoef(items.T), rtol=0, atol=1e-13)
    assert got.matrix.index.tolist() == got.matrix.columns.tolist() == items.columns.tolist()
    assert got.n_obs == 2_042
    assert set(got.kind.to_numpy()[np.triu_indices(19, 1)]) == {"pearson"}


@pytest.mark.parametrize("rho", [-0.6, 0.0, 0.3, 0.9])
def test_true_correlation_is_recovered(rng, rho):
    rows = rng.multivariate_normal([3, 3], [[1, rho], [rho, 1]], size=20_000)
    got = correlations(pd.DataFrame(rows, columns=["a", "b"])).matrix.loc["a", "b"]
    assert got == pytest.approx(rho, abs=3 * (1 - rho**2) / np.sqrt(20_000))


def test_missing_rows_are_left_out(climate):
    items = climate[["LEAD01", "LEAD02", "LEAD03"]].astype(float)
    items.iloc[:10, 0] = np.nan
    got = correlations(items, missing="listwise")
    assert got.n_obs == 2_032
    np.testing.assert_allclose(got.matrix, items.iloc[10:].corr(), atol=1e-13)


def test_the_table_is_a_copy(climate):
    got = correlations(climate[["LEAD01", "LEAD02"]])
    table = got.to_frame()
    table.loc["LEAD01", "LEAD02"] = 9.0
    assert got.matrix.loc["LEAD01", "LEAD02"] < 1


def test_one_item_has_no_correlations(climate):
    with pytest.raises(InsufficientDataError):
        correlations(climate[["LEAD01"]])


CASES = [c for c in reference_cases("correlations") if c["what"] != "smooth"]


def of_kind(*kinds):
    """Choose reference cases."""
    return [case for case in CASES if case["what"] in kinds]


def estimate(case):
    """Run a case; ordered items become ordered categoricals."""
    weights = case.get("weights")
    data = case["data"]
    frame = read_hashed(data["path"], data["sha256"])
    items = frame[data["columns"]]
    if case["missing"] == "listwise" and weights:
        frame = frame.loc[items.notna().all(axis=1)]
        items = items.dropna()
    ordinal = case.get("ordinal", data["columns"] if case["what"] == "polychoric" else [])
    as_ordered = {name: pd.Categorical(items[name], ordered=True) for name in ordinal}
    return correlations(
        items.assign(**as_ordered),
        missing=case["missing"],
        weights=frame[weights] if weights else None,
    )


@pytest.mark.parametrize("case", of_kind("polychoric", "pearson", "gamma"), ids=lambda c: c["id"])
def test_matrix_agrees_with_r(case):
    got = estimate(case).matrix.to_numpy()
    assert_agrees(got[np.triu_indices(len(got), 1)], case, "matrix")


@pytest.mark.parametrize("case", of_kind("polychoric"), ids=lambda c: c["id"])
def test_thresholds_agree_with_lavaan(case):
    assert_agrees(estimate(case).thresholds, case, "thresholds")


@pytest.mark.parametrize("case", of_kind("gamma"), ids=lambda c: c["id"])
def test_covariance_of_the_estimates_agrees_with_lavaan(case):
    got = estimate(case)
    gamma = lavaan_gamma(got, case)
    cells = np.triu_indices(len(gamma))  # column by column of the lower triangle
    expected = np.zeros_like(gamma)
    expected[cells] = case["expected"]["gamma"]
    variances = np.diag(expected)
    scale = np.sqrt(np.outer(variances, variances))[cells]
    assert_agrees(gamma[cells], case, "gamma", scale=scale)


def lavaan_gamma(got, case):
    """Turn acov into lavaan's gamma: covariances for correlations, means with the other sign."""
    labels = got.acov.index
    change = pd.DataFrame(np.eye(len(labels)), index=labels, columns=labels)
    frame = read_hashed(case["data"]["path"], case["data"]["sha256"])
    frame = frame.dropna(subset=case["data"]["columns"]) if case["missing"] == "listwise" else frame
    weights = frame[case["weights"]] if case.get("weights") else pd.Series(1.0, frame.index)
    numbers = [name for name in case["data"]["columns"] if name not in case["ordinal"]]
    sd = dict.fromkeys(case["data"]["columns"], 1.0)
    for name in numbers:
        seen = frame[name].notna()
        mean = np.average(frame.loc[seen, name], weights=weights[seen])
        square = (frame.loc[seen, name] - mean) ** 2
        sd[name] = np.sqrt(np.average(square, weights=weights[seen]))
        change.loc[f"{name}~1"] *= -1
    for label in [label for label in labels if "~~" in label]:
        one, other = label.split("~~")
        if one == other:
            continue
        change.loc[label, label] = sd[one] * sd[other]
        for name in {one, other} & set(numbers):
            rest = sd[one] * sd[other] / sd[name]
            slope = rest * got.matrix.loc[one, other] / (2 * sd[name])
            change.loc[label, f"{name}~~{name}"] = slope
    return (change @ got.acov @ change.T).to_numpy() * got.n_obs


@pytest.mark.parametrize("case", of_kind("free se"), ids=lambda c: c["id"])
def test_pearson_standard_errors_agree_with_lavaan(case):
    got = estimate(case)
    assert_agrees(got.se.to_numpy()[np.triu_indices(len(got.se), 1)], case, "se")
    np.testing.assert_allclose(np.sqrt(np.diag(got.acov)), case["expected"]["se"], atol=1e-8)


@pytest.fixture
def likert(rng):
    """Answers of 300 people to 5 items with 5 categories."""
    factor = rng.normal(size=(300, 1))
    latent = 0.7 * factor + 0.7 * rng.normal(size=(300, 5))
    codes = np.digitize(latent, [-1, -0.3, 0.5, 1.2]) + 1
    return pd.DataFrame(codes, columns=[f"i{k}" for k in range(5)])


def ordered(frame, **keywords):
    """Turn all columns into ordered categoricals."""
    return frame.apply(lambda column: pd.Categorical(column, ordered=True, **keywords))


@pytest.mark.parametrize(
    ("change", "kinds", "words"),
    [
        (lambda d: d, {"pearson"}, "plain numbers"),
        (ordered, {"polychoric"}, "ordered categoricals"),
        (lambda d: ordered(d > 2), {"tetrachoric"}, "ordered categoricals"),
        (
            lambda d: ordered(d[["i0", "i1"]]).join(d[["i2", "i3"]]),
            {"pearson", "polychoric", "polyserial"},
            "some of the items are ordered categoricals",
        ),
    ],
    ids=["numbers", "ordered", "two categories", "mixed"],
)
def test_kind_follows_the_items_and_the_note_says_so(likert, change, kinds, words):
    got = correlations(change(likert))
    assert set(got.kind.to_numpy()[np.triu_indices(len(got.kind), 1)]) == kinds
    assert words in got.notes[0]
    assert ", ".join(sorted(kinds)) in got.title


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.astype(str),
        lambda d: d.astype("Int64"),
        lambda d: d.astype("int8"),
        lambda d: d * 10 - 3,
        ordered,
        lambda d: ordered(d.map(lambda code: "abcde"[code - 1])),
    ],
    ids=["strings", "nullable", "small", "other codes", "categoricals", "words"],
)
def test_the_type_of_the_codes_does_not_matter(likert, change):
    expected = correlations(likert, kind="polychoric")
    got = correlations(change(likert), kind="polychoric")
    np.testing.assert_allclose(got.matrix, expected.matrix, atol=1e-12)
    np.testing.assert_allclose(got.thresholds, expected.thresholds, atol=1e-12)


@pytest.mark.parametrize(
    ("change", "kind", "error", "words"),
    [
        (lambda d: d.assign(c=3), None, InsufficientDataError, "same answer to c"),
        (lambda d: d.assign(c=np.nan), None, InsufficientDataError, "no answers at all for c"),
        (lambda d: d.head(1), None, InsufficientDataError, "1 person left"),
        (lambda d: d[["i0"]], None, InsufficientDataError, "at least 2"),
        (lambda d: d.assign(c="often"), None, DataError, "holds text"),
        (lambda d: d.astype("category"), None, DataError, "without order"),
        (lambda d: d.assign(c=np.arange(300)), "polychoric", DataError, "300 different answers"),
    ],
    ids=["constant", "empty", "one person", "one item", "text", "no order", "continuous"],
)
def test_items_that_cannot_be_correlated_are_named(likert, change, kind, error, words):
    with pytest.raises(error, match=words):
        correlations(change(likert), kind=kind)


@pytest.mark.parametrize(
    ("weights", "error", "words"),
    [
        (np.ones(3), DataError, "3 weights for 300 rows"),
        (-np.ones(300), DataError, "300 weight.* negative"),
        (np.full(300, np.nan), DataError, "first in row 1"),
        (["much"] * 300, DataError, "no number"),
        (np.zeros(300), InsufficientDataError, "all weights are 0"),
        (pd.Series(1.0, index=range(1, 301)), DataError, "different indexes"),
    ],
    ids=["length", "negative", "missing", "text", "zero", "index"],
)
def test_weights_that_cannot_be_used_are_refused(likert, weights, error, words):
    with pytest.raises(error, match=words):
        correlations(likert, weights=weights)


@pytest.mark.parametrize("kind", ["pearson", "polychoric"])
def test_people_with_a_weight_of_zero_do_not_count(likert, kind):
    weights = np.where(np.arange(300) < 200, 1.0, 0.0)
    got = correlations(likert, kind=kind, weights=weights)
    expected = correlations(likert.head(200), kind=kind)
    np.testing.assert_allclose(got.matrix, expected.matrix, atol=1e-12)
    np.testing.assert_allclose(got.se, expected.se, atol=1e-12)
    np.testing.assert_allclose(got.acov, expected.acov, atol=1e-12)
    assert got.n_obs == 200
    assert "100 of 300 people left out because their weight is 0." in got.notes


@pytest.mark.parametrize("factor", [0.01, 7.0])
def test_the_unit_of_the_weights_does_not_matter(likert, rng, factor):
    weights = rng.uniform(0.5, 2, 300)
    one = correlations(likert, kind="polychoric", weights=weights)
    other = correlations(likert, kind="polychoric", weights=weights * factor)
    np.testing.assert_allclose(one.matrix, other.matrix, atol=1e-12)
    np.testing.assert_allclose(one.threshold_se, other.threshold_se, atol=1e-12)


@pytest.mark.parametrize("kind", ["pearson", "polychoric"])
def test_half_of_the_cells_missing(likert, rng, kind):
    holes = rng.random(likert.shape) < 0.5
    got = correlations(likert.astype(float).mask(holes), kind=kind)
    silent = int(holes.all(axis=1).sum())
    assert got.n_obs == 300 - silent
    assert got.notes[0] == f"{silent} of 300 people left out: not one answer."
    assert "(pairwise)" in got.notes[1]
    answered = (~holes).astype(int)
    assert np.array_equal(got.n_pairwise, answered.T @ answered)
    assert got.matrix.notna().all(axis=None)


@pytest.mark.parametrize("kind", ["pearson", "polychoric"])
def test_pairs_never_answered_together_are_named(likert, kind):
    items = likert.astype(float)
    items.loc[:149, "i0"] = np.nan
    items.loc[150:, "i1"] = np.nan
    got = correlations(items, kind=kind)
    empty = got.matrix.isna()
    assert empty.loc["i0", "i1"]
    assert empty.sum(axis=None) == got.se.isna().sum(axis=None) == 2
    assert any("no correlation of i0 with i1" in note for note in got.notes)
    with pytest.raises(DataError, match="i0 with i1 is not known"):
        _ = got.acov
    with pytest.raises(DataError, match="cannot be smoothed"):
        correlations(items, kind=kind, smooth=True)


@pytest.mark.parametrize("turned", [False, True])
def test_a_repeated_item_is_held_at_the_limit(likert, turned):
    again = 6 - likert["i0"] if turned else likert["i0"]
    got = correlations(likert.assign(again=again), kind="polychoric")
    assert got.matrix.loc["i0", "again"] == pytest.approx(-0.999 if turned else 0.999)
    assert np.isnan(got.se.loc["i0", "again"])
    assert any("i0 with again: " in note and "held at its limit" in note for note in got.notes)
    with pytest.raises(DataError, match="at its limit"):
        _ = got.acov


def test_categories_that_nobody_chose_are_noted(likert):
    got = correlations(ordered(likert, categories=range(8)))
    assert any("i0 (3)" in note for note in got.notes)
    assert len(got.thresholds) == 5 * 4


def test_one_person_per_category():
    items = pd.DataFrame({"a": [1, 2, 3, 4, 5], "b": [2, 1, 3, 5, 4]})
    got = correlations(items, kind="polychoric")
    assert 0.7 < got.matrix.loc["a", "b"] < 0.999
    assert got.thresholds["a"].tolist() == got.thresholds["b"].tolist()


@pytest.mark.parametrize("smooth", [False, True])
def test_a_matrix_that_is_not_positive_definite(likert, smooth):
    few = likert.assign(twice=likert["i0"], third=likert["i1"])
    got = correlations(few, kind="pearson", smooth=smooth)
    lowest = np.linalg.eigvalsh(got.matrix)[0]
    assert (lowest > 1e-12) == smooth
    assert any(("was smoothed" if smooth else "smooth=True") in note for note in got.notes)


def test_two_hundred_items_have_no_room_for_all_covariances(rng):
    items = pd.DataFrame(rng.integers(1, 4, (250, 200)))
    got = correlations(items, kind="polychoric")
    assert got.matrix.shape == got.se.shape == (200, 200)
    with pytest.raises(DataError, match="20300 estimates would take"):
        _ = got.acov


@pytest.mark.parametrize(
    ("option", "value"), [("kind", "pearso"), ("missing", "pair"), ("missing", None)]
)
def test_other_options_are_refused(climate, option, value):
    with pytest.raises(SpecificationError, match=f"{option}=.* is not known"):
        correlations(climate[["LEAD01", "LEAD02"]], **{option: value})


@pytest.mark.parametrize("scale", [1e-20, 1e-200, 0.5, 1e6])
def test_categories_may_have_any_size(rng, scale):
    answers = pd.DataFrame(rng.integers(1, 6, (300, 3)), columns=list("abc"))
    plain = correlations(answers, kind="polychoric").matrix
    pd.testing.assert_frame_equal(correlations(answers * scale, kind="polychoric").matrix, plain)
