from __future__ import annotations

import numpy as np
import pytest
from conftest import assert_agrees, reference_cases
from scipy import optimize

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics import rotation
from innovsurvey.numerics.rotation import OBLIQUE, ORTHOGONAL, rotate
from innovsurvey.numerics.rotation_align import congruence, match
from innovsurvey.numerics.rotation_gpa import geomin, random_turns, toward, turn

SIMPLE = np.kron(np.eye(3), np.ones((4, 1))) * np.linspace(0.9, 0.5, 12)[:, None]
TARGET = np.where(SIMPLE > 0, np.nan, 0)
CRITERIA = {"geomin": geomin, "target": toward(TARGET)}
BY_CRITERION = pytest.mark.parametrize("criterion", CRITERIA.values(), ids=CRITERIA)
EVERY = [name for name in (*ORTHOGONAL, *OBLIQUE) if not name.startswith("target")]


@pytest.fixture
def turned(rng):
    """Simple structure, slightly blurred, behind a random orthogonal turn."""
    start, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return (SIMPLE + 0.05 * rng.normal(size=SIMPLE.shape)) @ start


@pytest.mark.parametrize("case", reference_cases("target_rotation"), ids=lambda c: c["id"])
def test_agrees_with_gparotation(case):
    aim = np.array([[np.nan if x == "NA" else x for x in row] for row in case["target"]])
    got = rotate(np.array(case["start"]), case["method"], target=aim.astype(float))
    # a target of zeros leaves the direction of a factor open
    signs = np.sign((got.loadings * np.array(case["expected"]["loadings"])).sum(axis=0))
    assert_agrees(got.loadings * signs, case, "loadings")
    assert_agrees(None if got.phi is None else got.phi * np.outer(signs, signs), case, "phi")


@BY_CRITERION
def test_slope_is_that_of_the_criterion(rng, criterion):
    at = rng.normal(size=36)
    error = optimize.check_grad(
        lambda x: criterion(x.reshape(12, 3))[0],
        lambda x: criterion(x.reshape(12, 3))[1].ravel(),
        at,
    )
    assert error < 1e-5


@BY_CRITERION
@pytest.mark.parametrize("oblique", [True, False])
def test_no_small_turn_is_better(rng, turned, criterion, oblique):
    got = turn(turned, criterion, oblique=oblique)
    assert got.converged
    for _ in range(20):
        near = got.transform + 1e-3 * rng.normal(size=(3, 3))
        if oblique:
            near /= np.linalg.norm(near, axis=0)
            other = np.linalg.solve(near, turned.T).T
        else:
            left, _, right = np.linalg.svd(near)
            other = turned @ left @ right
        assert criterion(other)[0] >= got.value - 1e-9


@pytest.mark.parametrize("method", EVERY)
def test_every_rotation_finds_simple_structure(turned, method):
    got = rotate(turned, method)
    alike = np.abs(congruence(got.loadings, SIMPLE)).max(axis=0)
    assert (alike > 0.95).all()
    assert (got.phi is None) == (method in ORTHOGONAL)


@pytest.mark.parametrize("method", EVERY)
def test_every_rotation_keeps_the_common_part(turned, method):
    got = rotate(turned, method)
    phi = np.eye(3) if got.phi is None else got.phi
    common = got.loadings @ phi @ got.loadings.T
    np.testing.assert_allclose(common, turned @ turned.T, atol=1e-9)


@pytest.mark.parametrize("method", ["geomin", "geomin_ort"])
def test_where_it_starts_does_not_matter_for_clear_loadings(turned, method):
    got = rotate(turned, method, n_starts=10)
    assert got.agreeing_starts >= 3
    np.testing.assert_allclose(got.loadings, rotate(turned, method).loadings, atol=1e-3)


@pytest.mark.parametrize(
    ("method", "module"), [("geomin", "gpa"), ("quartimax", "Rotator"), ("equamax", "Rotator")]
)
def test_a_rotation_that_gave_up_is_an_error(rng, method, module, monkeypatch):
    monkeypatch.setattr(rotation, "_MAX_ITER", 1)
    with pytest.raises(ConvergenceError, match=f"{method} did not converge"):
        rotate(rng.normal(size=(12, 3)), method)
    assert module


@pytest.mark.parametrize("n_factors", [2, 5])
def test_random_turns_are_orthogonal_and_follow_the_seed(n_factors):
    one, two = random_turns(n_factors, 3, 1), random_turns(n_factors, 3, 1)
    np.testing.assert_array_equal(one, two)
    for t in one:
        np.testing.assert_allclose(t.T @ t, np.eye(n_factors), atol=1e-12)


def test_factors_are_matched_in_order_and_sign():
    order, signs = match(SIMPLE[:, [2, 0, 1]] * [-1, 1, 1], SIMPLE)
    assert order.tolist() == [1, 2, 0]
    assert signs.tolist() == [1, 1, -1]
