from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from innovsurvey.numerics.fit_indices import factor_df, factor_fit, rmsea_interval


def equal_correlations(p, r):
    return np.full((p, p), r) + (1 - r) * np.eye(p)


@pytest.mark.parametrize(
    ("p", "m", "df"), [(19, 3, 117), (25, 5, 185), (11, 1, 44), (3, 1, 0), (6, 3, 0), (2, 1, -1)]
)
def test_degrees_of_freedom(p, m, df):
    assert factor_df(p, m) == df


def test_a_model_that_fits_exactly_has_no_chi_square():
    corr = equal_correlations(6, 0.4)
    fit = factor_fit(corr, np.full((6, 6), 0.4), 1, 200)
    assert fit.chisq == pytest.approx(0, abs=1e-10)
    assert fit.p_value == pytest.approx(1)
    assert fit.rmsea == 0
    assert fit.tli > 1


@pytest.mark.parametrize("r", [0.1, 0.5])
def test_null_chi_square_is_bartletts(r):
    fit = factor_fit(equal_correlations(5, r), np.zeros((5, 5)), 1, 100)
    expected = -(99 - 15 / 6) * math.log(np.linalg.det(equal_correlations(5, r)))
    assert fit.null_chisq == pytest.approx(expected, rel=1e-12)
    assert fit.null_df == 10


def test_p_value_is_the_upper_tail(rng):
    corr = np.corrcoef(rng.normal(size=(6, 100)))
    fit = factor_fit(corr, np.zeros((6, 6)), 1, 100)
    assert fit.p_value == pytest.approx(stats.chi2.sf(fit.chisq, 9), rel=1e-10)
    assert fit.bic == pytest.approx(fit.chisq - 9 * math.log(100), rel=1e-12)


@pytest.mark.parametrize("name", ["p_value", "tli", "rmsea"])
def test_without_degrees_of_freedom_nothing_is_tested(name):
    fit = factor_fit(equal_correlations(3, 0.4), np.full((3, 3), 0.4), 1, 200)
    assert math.isnan(getattr(fit, name))


@pytest.mark.parametrize("name", ["chisq", "p_value", "tli", "rmsea", "bic"])
def test_an_impossible_model_has_no_fit(name):
    common = np.full((4, 4), 1.0)
    common[0, 1:] = common[1:, 0] = -1
    common[1, 2] = common[2, 1] = -1
    fit = factor_fit(equal_correlations(4, 0.3), common, 1, 100)
    assert math.isnan(getattr(fit, name))


@pytest.mark.parametrize(
    ("chisq", "df", "n"), [(300.0, 100, 500), (60.0, 50, 200), (4e4, 900, 3_000)]
)
@pytest.mark.parametrize("level", [0.5, 0.9, 0.99])
def test_rmsea_interval_is_where_chi_square_is_in_the_tails(chisq, df, n, level):
    lower, upper = rmsea_interval(chisq, df, n, level)
    for bound, share in ((lower, (1 + level) / 2), (upper, (1 - level) / 2)):
        if bound > 0:
            ncp = bound**2 * df * (n - 1)
            assert stats.ncx2.cdf(chisq, df, ncp) == pytest.approx(share, abs=1e-6)
    assert lower <= upper


@pytest.mark.parametrize(("chisq", "upper"), [(20.0, False), (95.0, True)])
def test_rmsea_interval_begins_at_zero_for_a_good_fit(chisq, upper):
    bounds = rmsea_interval(chisq, 100, 300)
    assert bounds[0] == 0
    assert (bounds[1] > 0) == upper


def test_rmsea_interval_covers_the_truth(rng):
    df, n, true = 30, 400, 0.06
    draws = stats.ncx2.rvs(df, true**2 * df * (n - 1), size=300, random_state=rng)
    covered = [low <= true <= high for low, high in (rmsea_interval(x, df, n) for x in draws)]
    assert np.mean(covered) == pytest.approx(0.9, abs=0.05)


def test_rmsr_leaves_the_diagonal_out():
    fit = factor_fit(equal_correlations(5, 0.3), np.full((5, 5), 0.2), 1, 100)
    assert fit.rmsr == pytest.approx(0.1)


@pytest.mark.parametrize(("common", "cfi"), [(0.4, 1.0), (0.0, 0.0)])
def test_cfi_is_one_for_a_fit_and_nought_without_factors(common, cfi):
    fit = factor_fit(equal_correlations(6, 0.4), np.full((6, 6), common), 1, 5_000)
    assert fit.cfi == pytest.approx(cfi, abs=0.01)


@pytest.mark.parametrize("name", ["chisq", "bic", "tli", "rmsea"])
def test_correlations_that_cannot_be_have_no_fit(name):
    corr = np.array([[1, 0.9, -0.9, 0], [0.9, 1, 0.9, 0], [-0.9, 0.9, 1, 0], [0, 0, 0, 1]])
    fit = factor_fit(corr, np.full((4, 4), 0.1), 1, 100)
    assert math.isnan(getattr(fit, name))
    assert math.isfinite(fit.rmsr)
