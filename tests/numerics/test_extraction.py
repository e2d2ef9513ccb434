from __future__ import annotations

import numpy as np
import pytest
from conftest import HOSTIL, LEAD, assert_agrees, reference_cases, reference_data
from scipy import optimize
from statsmodels.multivariate.factor import Factor

from innovsurvey.errors import ConvergenceError
from innovsurvey.numerics import extraction
from innovsurvey.numerics.extraction import minres, ml, principal_axis, smc
from innovsurvey.numerics.fit_indices import factor_fit

METHODS = pytest.mark.parametrize("extract", [minres, ml])
SIMPLE = np.kron(np.eye(3), np.ones((4, 1))) * np.linspace(0.9, 0.5, 12)[:, None]


def implied(loadings):
    corr = loadings @ loadings.T
    np.fill_diagonal(corr, 1)
    return corr


@METHODS
@pytest.mark.parametrize("n_factors", [1, 2, 3])
def test_exact_structure_is_found(extract, n_factors):
    true = implied(SIMPLE[: 4 * n_factors, :n_factors])
    got = extract(true, n_factors)
    np.testing.assert_allclose(implied(got.loadings), true, atol=1e-6)
    assert not got.at_bound.any()


@METHODS
def test_item_order_does_not_matter(extract, rng, climate):
    corr = np.corrcoef(climate.iloc[:, 2:21].T)
    order = rng.permutation(len(corr))
    one, other = extract(corr, 3), extract(corr[np.ix_(order, order)], 3)
    np.testing.assert_allclose(other.communalities, one.communalities[order], atol=1e-6)


@METHODS
def test_more_factors_account_for_more(extract, climate):
    corr = np.corrcoef(climate.iloc[:, 2:21].T)
    shares = [extract(corr, m).communalities.sum() for m in (1, 2, 3, 4)]
    assert shares == sorted(shares)


def test_minres_leaves_no_residual_on_the_diagonal(climate):
    # the gradient of the least-squares function is the diagonal residual
    corr = np.corrcoef(climate.iloc[:, 2:13].T)
    got = minres(corr, 2)
    residual = corr - got.loadings @ got.loadings.T
    np.fill_diagonal(residual, 0)
    for i in range(len(corr)):
        others = np.delete(np.arange(len(corr)), i)
        better = np.linalg.lstsq(got.loadings[others], corr[others, i], rcond=None)[0]
        np.testing.assert_allclose(better, got.loadings[i], atol=1e-6)


@pytest.mark.parametrize("case", reference_cases("maximum_likelihood"), ids=lambda c: c["id"])
def test_ml_agrees_with_factanal(case):
    data = reference_data(case).dropna()
    corr = np.corrcoef(data.T)
    got = ml(corr, case["n_factors"])
    assert_agrees(1 - got.communalities, case, "uniquenesses")
    fit = factor_fit(corr, got.loadings @ got.loadings.T, case["n_factors"], len(data))
    assert_agrees(fit.chisq, case, "chisq")
    assert_agrees(fit.df, case, "df")


@pytest.mark.parametrize("items", [LEAD, HOSTIL], ids=["LEAD", "HOSTIL"])
def test_ml_agrees_with_statsmodels(climate, items):
    corr = climate[items].corr().to_numpy()
    theirs = Factor(corr=corr, n_factor=1, method="ml", nobs=2_042).fit(maxiter=1_000)
    ours = ml(corr, 1)
    np.testing.assert_allclose(ours.communalities, 1 - theirs.uniqueness, atol=2e-4)


@METHODS
def test_heywood_case_stops_at_the_bound(extract):
    corr = np.array([[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1]])  # needs a loading of 1.08
    got = extract(corr, 1)
    assert got.at_bound.tolist() == [True, False, False]


@pytest.mark.parametrize("extract", [minres, ml, principal_axis])
def test_no_convergence_is_an_error_with_the_last_estimates(extract, climate, monkeypatch):
    monkeypatch.setattr(extraction, "_MAX_ITER", 2)
    corr = np.corrcoef(climate.iloc[:, 2:21].T)
    with pytest.raises(ConvergenceError, match="did not converge in 2 iterations") as caught:
        extract(corr, 3)
    assert caught.value.iterations == 2
    assert len(caught.value.estimates) == 19


@pytest.mark.parametrize("extract", [minres, ml])
def test_gradient_is_the_slope_of_the_objective(extract, climate, monkeypatch):
    corr = np.corrcoef(climate.iloc[:, 2:13].T)
    seen = {}

    def check(objective, start, *_):
        seen["error"] = optimize.check_grad(
            lambda x: objective(x)[0], lambda x: objective(x)[1], start
        )
        return start, 0

    monkeypatch.setattr(extraction, "_minimise", check)
    extract(corr, 2)
    assert seen["error"] < 1e-6


@pytest.mark.parametrize("n_factors", [1, 2, 3])
def test_principal_axes_end_beside_minres(climate, n_factors):
    corr = np.corrcoef(climate.iloc[:, 2:21].T)
    axes, best = principal_axis(corr, n_factors), minres(corr, n_factors)
    np.testing.assert_allclose(axes.communalities, best.communalities, atol=5e-3)
    assert not axes.at_bound.any()


def test_principal_axes_name_variables_beyond_one():
    corr = np.array([[1, 0.9, 0.9], [0.9, 1, 0.7], [0.9, 0.7, 1]])  # needs a loading of 1.08
    assert principal_axis(corr, 1).at_bound.tolist() == [True, False, False]


def test_squared_multiple_correlations_are_those_of_regressions(rng):
    rows = rng.normal(size=(300, 4)) + rng.normal(size=(300, 1))
    rows -= rows.mean(axis=0)
    fitted = rows[:, 1:] @ np.linalg.lstsq(rows[:, 1:], rows[:, 0], rcond=None)[0]
    assert smc(np.corrcoef(rows.T))[0] == pytest.approx(fitted.var() / rows[:, 0].var())
