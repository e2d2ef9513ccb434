from __future__ import annotations

import numpy as np
import pytest

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics import rotation
from innovsurvey.numerics.rotation import rotate

SIMPLE = np.kron(np.eye(3), np.ones((4, 1))) * np.linspace(0.9, 0.5, 12)[:, None]
OBLIQUE = pytest.mark.parametrize("method", ["oblimin", "promax"])
ANY = pytest.mark.parametrize("method", ["oblimin", "promax", "varimax", None])


@pytest.fixture
def turned(rng):
    """Simple structure behind a random orthogonal turn."""
    turn, _ = np.linalg.qr(rng.normal(size=(3, 3)))
    return SIMPLE @ turn


@pytest.mark.parametrize("method", ["oblimin", "varimax", "promax"])
def test_simple_structure_is_found_again(turned, method):
    got = rotate(turned, method).loadings
    np.testing.assert_allclose(np.sort(got.max(axis=1)), np.sort(SIMPLE.max(axis=1)), atol=1e-4)
    assert np.sort(np.abs(got), axis=1)[:, :2].max() < 1e-3


@ANY
def test_rotation_keeps_the_common_part(turned, method):
    got = rotate(turned + 0.1, method)
    phi = np.eye(3) if got.phi is None else got.phi
    common = got.loadings @ phi @ got.loadings.T
    np.testing.assert_allclose(common, (turned + 0.1) @ (turned + 0.1).T, atol=1e-10)


@ANY
def test_factors_are_ordered_and_point_up(turned, method):
    got = rotate(turned + 0.05, method)
    phi = np.eye(3) if got.phi is None else got.phi
    shares = np.diag(phi @ got.loadings.T @ got.loadings)
    assert (np.diff(shares) <= 0).all()
    assert (got.loadings.sum(axis=0) > 0).all()


@OBLIQUE
def test_phi_is_a_correlation_matrix(turned, method):
    phi = rotate(turned + 0.1, method).phi
    np.testing.assert_allclose(np.diag(phi), 1, atol=1e-12)
    np.testing.assert_allclose(phi, phi.T, atol=1e-12)
    assert np.linalg.eigvalsh(phi)[0] > 0


@ANY
@pytest.mark.parametrize("sign", [1, -1])
def test_one_factor_is_only_turned_up(method, sign):
    got = rotate(sign * SIMPLE[:4, :1], method)
    np.testing.assert_array_equal(got.loadings, SIMPLE[:4, :1])
    assert got.phi is None


def test_oblimin_that_gave_up_is_an_error(turned, monkeypatch):
    monkeypatch.setattr(rotation, "_MAX_ITER", 1)
    with pytest.raises(ConvergenceError, match="oblimin did not converge"):
        rotate(turned + 0.1, "oblimin")
