from __future__ import annotations

import numpy as np
import pytest

from innovsurvey.numerics.factor_scores import determinacy, score_correlations, score_weights

LOADINGS = np.kron(np.eye(2), np.ones((3, 1))) * np.tile([0.8, 0.7, 0.6], 2)[:, None]
METHODS = pytest.mark.parametrize("method", ["regression", "bartlett", "tenberge"])


def parts(r):
    phi = np.array([[1, r], [r, 1]])
    corr = LOADINGS @ phi @ LOADINGS.T
    np.fill_diagonal(corr, 1)
    return corr, LOADINGS, phi


@METHODS
@pytest.mark.parametrize("r", [0.0, 0.5])
def test_order_of_items_does_not_matter(method, r, rng):
    corr, loadings, phi = parts(r)
    order = rng.permutation(6)
    one = score_weights(corr, loadings, phi, method)
    other = score_weights(corr[np.ix_(order, order)], loadings[order], phi, method)
    np.testing.assert_allclose(other, one[order], atol=1e-12)


@METHODS
def test_more_items_determine_a_factor_better(method):
    found = []
    for k in (2, 5, 20):
        loadings, phi = np.full((k, 1), 0.6), np.eye(1)
        corr = loadings @ loadings.T + 0.64 * np.eye(k)
        weights = score_weights(corr, loadings, phi, method)
        found.append(determinacy(weights, corr, loadings, phi)[0])
    assert found == sorted(found)
    # one factor with equal loadings: reliability k l^2 / (k l^2 + 1 - l^2), and its root
    assert found[-1] ** 2 == pytest.approx(20 * 0.36 / (20 * 0.36 + 0.64))


@METHODS
def test_one_factor_scores_are_the_same_up_to_their_size(method):
    loadings, phi = np.array([[0.8], [0.7], [0.5]]), np.eye(1)
    corr = loadings @ loadings.T
    np.fill_diagonal(corr, 1)
    one = score_weights(corr, loadings, phi, "regression")
    other = score_weights(corr, loadings, phi, method)
    np.testing.assert_allclose(other / other.sum(), one / one.sum(), atol=1e-12)


@pytest.mark.parametrize("r", [0.0, 0.3, 0.6])
def test_ten_berge_keeps_the_correlations_of_factors(r):
    corr, loadings, phi = parts(r)
    weights = score_weights(corr, loadings, phi, "tenberge")
    np.testing.assert_allclose(score_correlations(weights, corr), phi, atol=1e-12)
