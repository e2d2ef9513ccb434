from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from innovsurvey.numerics.correlation import Moments, blocks_of, dependent_columns, moments


@pytest.fixture
def rows(rng):
    return rng.normal(loc=[1, 20, -300], scale=[1, 2, 3], size=(1_003, 3))


@pytest.mark.parametrize("size", [1, 2, 7, 1_002, 1_003, 5_000])
def test_blocks_add_up_to_the_whole(rows, size):
    got = moments(blocks_of(rows, size))
    assert got.n == len(rows)
    np.testing.assert_allclose(got.means, rows.mean(axis=0), rtol=1e-13)
    np.testing.assert_allclose(got.cov, np.cov(rows.T), rtol=1e-11, atol=1e-13)
    np.testing.assert_allclose(got.correlation, np.corrcoef(rows.T), rtol=0, atol=1e-13)


@pytest.mark.parametrize("offset", [0.0, 1e3, 1e6, 1e8])
def test_a_large_mean_costs_no_precision(rng, offset):
    small = rng.integers(1, 6, size=(500, 4)).astype(float)
    got = moments(blocks_of(small + offset, 64))
    np.testing.assert_allclose(got.cov, np.cov(small.T), rtol=1e-7, atol=1e-8)


@settings(max_examples=40, deadline=None)
@given(arrays(float, (12, 3), elements=st.floats(-100, 100, width=32)), st.integers(1, 11))
def test_addition_does_not_depend_on_order(rows, cut):
    first, second = Moments.of_block(rows[:cut]), Moments.of_block(rows[cut:])
    one, other = first + second, second + first
    np.testing.assert_allclose(one.means, other.means, rtol=1e-9, atol=1e-9)
    np.testing.assert_allclose(one.scatter, other.scatter, rtol=1e-9, atol=1e-6)


def test_correlation_has_ones_on_its_diagonal_and_is_symmetric(rows):
    corr = Moments.of_block(rows).correlation
    assert np.diag(corr).tolist() == [1, 1, 1]
    np.testing.assert_array_equal(corr, corr.T)


def test_perfect_correlation_is_not_above_one(rng):
    x = rng.normal(size=200)
    corr = Moments.of_block(np.column_stack([x, 1e5 * x + 3, -x])).correlation
    assert np.abs(corr).max() == 1


@pytest.mark.parametrize(
    ("extra", "expected"),
    [
        (lambda abc: abc[0], [0, 3]),
        (lambda abc: 1e6 * abc[1] - 2, []),
        (lambda abc: abc[0] + abc[1], [0, 1, 3]),
        (lambda abc: [1, -2, 1e3] @ abc, [0, 1, 2, 3]),
        (lambda abc: abc[0] * abc[1], []),
    ],
    ids=["copy", "shifted copy", "sum", "contrast", "product"],
)
def test_dependent_columns_are_found(rng, extra, expected):
    columns = rng.normal(size=(3, 60))
    assert dependent_columns(np.column_stack([*columns, extra(columns)])) == expected


def test_more_columns_than_rows_depend(rng):
    assert dependent_columns(rng.normal(size=(3, 5))) == [0, 1, 2, 3, 4]
