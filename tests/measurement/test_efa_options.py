"""Targets, starts, bootstrap and inputs that break other programs."""

from __future__ import annotations

import joblib
import numpy as np
import pandas as pd
import pytest

from innovsurvey.errors import ImproperSolutionWarning, InsufficientDataError, SpecificationError
from innovsurvey.measurement.efa import efa

LOADINGS = np.kron(np.eye(2), np.ones((4, 1))) * np.tile([0.8, 0.7, 0.7, 0.6], 2)[:, None]
NAMES = [f"i{k}" for k in range(8)]
TARGET = pd.DataFrame(np.where(LOADINGS > 0, np.nan, 0), NAMES, ["voice", "tone"])


def sample(rng, n=600, r=0.4):
    """Answers to eight items of two correlated factors."""
    factors = rng.multivariate_normal([0, 0], [[1, r], [r, 1]], size=n)
    noise = rng.normal(size=(n, 8)) * np.sqrt(1 - (LOADINGS**2).sum(axis=1))
    return pd.DataFrame(factors @ LOADINGS.T + noise, columns=NAMES)


@pytest.mark.parametrize("rotation", ["target", "target_ort"])
def test_a_target_gives_names_and_order(rng, rotation):
    items = sample(rng, n=20_000, r=0.4 if rotation == "target" else 0)
    got = efa(items, 2, rotation=rotation, target=TARGET[["tone", "voice"]].iloc[::-1])
    assert got.loadings.columns.tolist() == ["tone", "voice"]
    np.testing.assert_allclose(got.loadings[["voice", "tone"]], LOADINGS, atol=0.03)
    assert (got.phi is None) == (rotation == "target_ort")


def test_a_target_may_point_down(rng):
    items = sample(rng)
    down = TARGET.assign(voice=np.where(LOADINGS[:, 0] > 0, -0.7, 0))
    got = efa(items, 2, rotation="target", target=down)
    assert got.loadings["voice"].sum() < -2


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"rotation": "target"}, "needs target="),
        ({"target": TARGET}, "a target is given"),
        ({"rotation": "target", "target": TARGET.iloc[:7]}, "8 items by 2"),
        ({"rotation": "target", "target": TARGET.to_numpy()}, "must be a DataFrame"),
        ({"rotation": "target", "target": TARGET.rename({"i0": "j0"})}, "no row for i0"),
        ({"rotation": "target", "target": TARGET.assign(tone=np.nan)}, "says nothing on tone"),
        ({"rotation": "target", "target": TARGET.fillna(3)}, "beyond -1 to 1"),
        ({"n_starts": 0}, "n_starts=0"),
        ({"n_boot": 10}, "say little"),
        ({"n_boot": -1}, "n_boot=-1"),
        ({"n_boot": 50, "ci_level": 95}, "between 0 and 1"),
        ({"correlation": "polycoric"}, "did you mean polychoric"),
        ({"method": "uls"}, "Choose one of"),
    ],
)
def test_options_that_do_not_fit_are_refused(rng, options, words):
    with pytest.raises(SpecificationError, match=words):
        efa(sample(rng), 2, **options)


@pytest.mark.parametrize("rotation", ["geomin", "geomin_ort"])
def test_more_starts_are_never_worse_and_said(rng, rotation):
    items = sample(rng)
    one, many = efa(items, 2, rotation=rotation), efa(items, 2, rotation=rotation, n_starts=8)
    assert any("of 8 starts" in note for note in many.notes)
    np.testing.assert_allclose(many.loadings, one.loadings, atol=1e-3)
    again = efa(items, 2, rotation=rotation, n_starts=8)
    pd.testing.assert_frame_equal(again.loadings, many.loadings)


def test_one_factor_has_no_starts(rng):
    got = efa(sample(rng)[NAMES[:4]], 1, rotation="geomin", n_starts=5)
    assert got.rotation is None


@pytest.mark.parametrize("rotation", ["oblimin", "varimax"])
def test_bootstrap_errors_are_those_of_repeated_samples(rng, rotation):
    got = efa(sample(rng, n=400), 2, rotation=rotation, n_boot=100)
    draws = [efa(sample(rng, n=400), 2, rotation=rotation).loadings for _ in range(100)]
    aligned = [d if d.loc["i0", "F1"] > d.loc["i0", "F2"] else d[["F2", "F1"]] for d in draws]
    true = np.std([a.to_numpy() for a in aligned], axis=0)
    se = got.estimates["se"].iloc[:16].to_numpy().reshape(8, 2)
    assert np.median(se / true) == pytest.approx(1, abs=0.2)


def test_estimates_have_intervals_and_factor_correlations(rng):
    got = efa(sample(rng), 2, n_boot=60)
    table = got.estimates
    assert table.columns.tolist() == ["estimate", "se", "ci_lower", "ci_upper"]
    assert table.loc[("F1", "F2"), "estimate"] == pytest.approx(got.phi.iloc[0, 1])
    assert table.loc[("i1", "F1"), "estimate"] == pytest.approx(got.loadings.loc["i1", "F1"])
    inside = (table["ci_lower"] < table["estimate"]) & (table["estimate"] < table["ci_upper"])
    assert inside.mean() > 0.9
    assert any("from 60 bootstrap draws" in note for note in got.notes)


def test_bootstrap_does_not_depend_on_workers_but_on_the_seed(rng):
    items = sample(rng, n=200)
    one = efa(items, 2, n_boot=50).estimates
    with joblib.parallel_config("threading", n_jobs=2):
        two = efa(items, 2, n_boot=50).estimates
    pd.testing.assert_frame_equal(one, two)
    assert not one.equals(efa(items, 2, n_boot=50, seed=1).estimates)


def test_draws_without_a_solution_are_counted(rng):
    items = sample(rng, n=60).round()
    items["i0"] = 0.0
    items.iloc[0, 0] = 1.0
    got = efa(items, 2, n_boot=50)
    assert any("had no solution" in note for note in got.notes)


def test_complexity_and_variance_add_up(rng):
    got = efa(sample(rng), 2)
    assert got.complexity.between(1, 2).all()
    assert got.variance["ss_loadings"].sum() == pytest.approx(got.communalities.sum())
    assert got.variance["cumulative_explained"].iloc[-1] == pytest.approx(1)
    np.testing.assert_allclose(np.diag(got.residuals), got.uniquenesses, atol=1e-12)
    off = got.residuals.to_numpy()[np.triu_indices(8, 1)]
    assert got.rmsr == pytest.approx(np.sqrt((off**2).mean()))
    assert got.rmsea_ci_lower <= got.rmsea <= got.rmsea_ci_upper


def test_factors_that_are_one_are_named(rng):
    got = efa(sample(rng, n=4_000, r=0.97), 2, rotation="target", target=TARGET)
    assert any("voice and tone correlate" in note for note in got.notes)


@pytest.mark.parametrize(
    ("change", "same"),
    [
        (lambda d: d.astype("Float64"), True),
        (lambda d: d.assign(i0=d["i0"].astype(str)), True),
        (lambda d: d.rename(columns={"i0": 7}), False),
        (lambda d: d.set_axis(["x"] * len(d)), True),
    ],
    ids=["nullable", "numbers as text", "number as name", "index not unique"],
)
def test_types_of_columns_do_not_matter(rng, change, same):
    items = sample(rng)
    got = efa(change(items), 2).loadings
    np.testing.assert_allclose(got, efa(items, 2).loadings, atol=1e-12)
    assert (got.index[0] == "i0") == same


def test_two_hundred_items(rng):
    loadings = np.kron(np.eye(10), np.ones((20, 1))) * 0.6
    common = rng.normal(size=(1_000, 10)) @ loadings.T
    items = pd.DataFrame(common + 0.8 * rng.normal(size=(1_000, 200)))
    got = efa(items, 10)
    assert np.sort(np.abs(got.loadings), axis=1)[:, -1].mean() == pytest.approx(0.6, abs=0.02)


def test_principal_axes_name_items_beyond_one(rng):
    corr = np.array(
        [[1, 0.9, 0.9, 0.1], [0.9, 1, 0.7, 0.2], [0.9, 0.7, 1, 0.2], [0.1, 0.2, 0.2, 1]]
    )
    rows = rng.normal(size=(500, 4))
    rows = (rows - rows.mean(axis=0)) @ np.linalg.inv(np.linalg.cholesky(np.cov(rows.T))).T
    items = pd.DataFrame(rows @ np.linalg.cholesky(corr).T, columns=list("abcd"))
    with pytest.warns(ImproperSolutionWarning, match="communality of a reached 1"):
        got = efa(items, 1, method="pa")
    assert got.communalities["a"] >= 1


def test_half_of_the_cells_missing_leaves_nobody(rng):
    items = sample(rng).mask(rng.random((600, 8)) < 0.7)
    with pytest.raises(InsufficientDataError, match="fewer items"):
        efa(items, 2)
    few = sample(rng).mask(rng.random((600, 8)) < 0.5)
    with pytest.raises(InsufficientDataError, match='missing="pairwise" takes everybody'):
        efa(few, 2)
