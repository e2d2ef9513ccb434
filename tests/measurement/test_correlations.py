from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from innovsurvey.errors import InsufficientDataError, SpecificationError
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


def test_another_kind_is_refused(climate):
    with pytest.raises(SpecificationError, match=r"kind='pearso' is not known .*pearson"):
        correlations(climate, kind="pearso")


def test_the_table_is_a_copy(climate):
    got = correlations(climate[["LEAD01", "LEAD02"]])
    table = got.to_frame()
    table.loc["LEAD01", "LEAD02"] = 9.0
    assert got.matrix.loc["LEAD01", "LEAD02"] < 1


def test_one_item_has_no_correlations(climate):
    with pytest.raises(InsufficientDataError):
        correlations(climate[["LEAD01"]])
