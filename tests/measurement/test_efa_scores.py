from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.errors import (
    DataError,
    ImproperSolutionWarning,
    MissingItemsError,
    SpecificationError,
)
from innovsurvey.measurement.efa import efa

METHODS = pytest.mark.parametrize("method", ["regression", "bartlett", "tenberge"])
ROTATIONS = pytest.mark.parametrize("rotation", ["oblimin", "varimax"])
LOADINGS = np.kron(np.eye(2), np.ones((4, 1))) * np.tile([0.8, 0.7, 0.7, 0.6], 2)[:, None]


def sample(rng, n=1_000, r=0.4):
    """Answers to eight items with the two factors behind them."""
    factors = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], size=n)
    noise = rng.normal(size=(n, 8)) * np.sqrt(1 - (LOADINGS**2).sum(axis=1))
    items = pd.DataFrame(factors @ LOADINGS.T + noise, columns=[f"i{k}" for k in range(8)])
    return items, factors


@pytest.mark.parametrize("case", reference_cases("factor_scores"), ids=lambda c: c["id"])
def test_agrees_with_psych(case):
    data = reference_data(case).dropna()
    solution = efa(data, case["n_factors"], rotation=case["rotation"])
    got = solution.scores(data, method=case["method"])
    for name in ("weights", "determinacy", "correlations"):
        assert_agrees(getattr(got, name), case, name)
    assert_agrees(got.scores.iloc[:20], case, "first")


@METHODS
@ROTATIONS
def test_scores_come_near_the_factors_as_determinacy_says(rng, method, rotation):
    items, factors = sample(rng, n=20_000, r=0.4 if rotation == "oblimin" else 0.0)
    got = efa(items, 2, rotation=rotation).scores(items, method=method)
    true = np.corrcoef(got.scores.T, factors.T)[:2, 2:]
    order = np.abs(true).argmax(axis=1)
    np.testing.assert_allclose(true[[0, 1], order], got.determinacy, atol=0.02)


def test_each_method_keeps_its_promise(rng):
    items, _ = sample(rng)
    solution = efa(items, 2)
    structure, phi = solution.structure.to_numpy(), solution.phi.to_numpy()
    weights = {m: solution.scores(items, method=m) for m in ("regression", "bartlett", "tenberge")}
    # Bartlett's scores are unbiased: a person's own factors come back, W'L = I
    unbiased = weights["bartlett"].weights.T.to_numpy() @ solution.loadings.to_numpy()
    np.testing.assert_allclose(unbiased, np.eye(2), atol=1e-10)
    # scores of ten Berge correlate as the factors do
    np.testing.assert_allclose(weights["tenberge"].correlations, phi, atol=1e-10)
    np.testing.assert_allclose(weights["tenberge"].scores.cov(), phi, atol=1e-10)
    # regression scores have the highest determinacy
    highest = weights["regression"].determinacy
    assert (highest >= weights["bartlett"].determinacy - 1e-12).all()
    assert (highest >= weights["tenberge"].determinacy - 1e-12).all()
    explained = (weights["regression"].weights.to_numpy() * structure).sum(axis=0)
    np.testing.assert_allclose(highest**2, explained, atol=1e-12)
    pd.testing.assert_series_equal(solution.determinacy, highest)


@METHODS
def test_other_people_are_scored_in_the_units_of_the_sample(rng, method):
    items, _ = sample(rng)
    solution = efa(items, 2)
    own = solution.scores(items, method=method).scores
    np.testing.assert_allclose(own.mean(), 0, atol=1e-12)
    shuffled = items.iloc[::-1][items.columns[::-1]].assign(other=1)
    pd.testing.assert_frame_equal(
        solution.scores(shuffled, method=method).scores, own.iloc[::-1], atol=1e-12
    )
    one = solution.scores(items.iloc[[5]], method=method)
    pd.testing.assert_frame_equal(one.scores, own.iloc[[5]])


def test_people_with_a_missing_answer_keep_their_row(rng):
    items, _ = sample(rng)
    solution = efa(items, 2)
    items.iloc[3, 1] = np.nan
    got = solution.scores(items)
    assert got.scores.iloc[3].isna().all()
    assert got.n_obs == len(items) - 1
    assert got.notes == ("1 of 1000 people have no scores: an answer is missing.",)


def test_scores_of_ordered_items_say_what_they_are(rng):
    items, _ = sample(rng, n=400)
    cut = items.apply(lambda c: pd.cut(c, [-9, -1, 0, 1, 9], labels=[1, 2, 3, 4]))
    got = efa(cut, 2).scores(cut)
    assert any("applied to the answers as numbers" in note for note in got.notes)
    assert "determinacy F1 0." in got.title


@pytest.mark.parametrize(
    ("change", "options", "error", "words"),
    [
        (lambda d: d.drop(columns="i3"), {}, MissingItemsError, "i3"),
        (lambda d: d, {"method": "barlett"}, SpecificationError, "did you mean bartlett"),
        (lambda d: d.assign(i0="x"), {}, DataError, "holds text"),
    ],
)
def test_what_cannot_be_scored_is_refused(rng, change, options, error, words):
    items, _ = sample(rng, n=100)
    with pytest.raises(error, match=words):
        efa(items, 2).scores(change(items), **options)


def test_scores_that_do_not_exist_are_refused(rng):
    answers = (rng.normal(size=(16, 1)) * 0.7 + rng.normal(size=(16, 10)) > 0).astype(int)
    items = pd.DataFrame(answers, columns=list("abcdefghij"))
    items = items.apply(lambda c: pd.Categorical(c, ordered=True))
    with pytest.warns(ImproperSolutionWarning):
        solution = efa(items, 1)
    with pytest.raises(DataError, match="is not positive definite"):
        solution.scores(items)


def test_other_columns_may_hold_anything(rng):
    items, _ = sample(rng, 200)
    found = efa(items, 2)
    more = items.assign(id="x", day=pd.Timestamp("2026-01-01"))
    pd.testing.assert_frame_equal(found.scores(more).scores, found.scores(items).scores)


def test_a_determinacy_is_never_above_one(rng):
    corr = np.array([[1, 0.8, 0.8], [0.8, 1, 0.4], [0.8, 0.4, 1]])  # .8 x .8 / .4 is above 1
    white = np.linalg.qr(rng.normal(size=(200, 4)) - 0)[0]
    white = np.linalg.qr(np.column_stack([np.ones(200), white]))[0][:, 1:4]
    items = pd.DataFrame(white @ np.linalg.cholesky(corr).T, columns=list("abc"))
    with pytest.warns(ImproperSolutionWarning):
        found = efa(items, 1)
    got = found.scores(items)
    assert not (got.determinacy > 1 + 1e-6).any()
    assert not (found.determinacy > 1 + 1e-6).any()
    assert got.determinacy.isna().any() == any("Heywood" in note for note in got.notes)
