from __future__ import annotations

import numpy as np
import pytest

from innovsurvey.numerics.pair_tables import count_block, count_pairs, pair_index, square

SHAPES = [(1, 3), (2, 3), (5, 6), (6, 12), (4, 20)]


def plain_tables(codes, n_codes, weights):
    """Count each table by itself."""
    tables = []
    for i, j in zip(*pair_index(codes.shape[1]), strict=True):
        table = np.zeros((n_codes, n_codes))
        np.add.at(table, (codes[:, i], codes[:, j]), weights)
        tables.append(table)
    return np.array(tables).reshape(-1, n_codes, n_codes)


@pytest.mark.parametrize(("n_items", "n_codes"), SHAPES)
@pytest.mark.parametrize("weighted", [False, True])
def test_tables_are_those_counted_one_by_one(rng, n_items, n_codes, weighted):
    codes = rng.integers(0, n_codes, (300, n_items)).astype(np.int8)
    weights = rng.random(300) if weighted else None
    got = count_pairs(codes, n_codes, weights)
    expected = plain_tables(codes, n_codes, 1 if weights is None else weights)
    np.testing.assert_allclose(got.counts, expected, atol=1e-12)
    for item in range(n_items):
        margin = np.bincount(codes[:, item], weights, n_codes)
        np.testing.assert_allclose(got.margins[item], margin, atol=1e-12)


def test_tables_of_blocks_add_up_exactly(rng):
    codes = rng.integers(0, 6, (70_001, 5)).astype(np.int8)
    whole, parts = count_block(codes, 6), count_pairs(codes, 6)
    assert np.array_equal(whole.counts, parts.counts)
    assert np.array_equal(whole.margins, parts.margins)
    assert whole.n == parts.n == 70_001


def test_people_behind_a_pair(rng):
    codes = rng.integers(0, 3, (50, 4)).astype(np.int8)
    answered = (codes > 0).astype(int)
    assert np.array_equal(count_pairs(codes, 3).n_pairwise, answered.T @ answered)


def test_values_of_pairs_become_a_symmetric_matrix():
    assert square(np.array([1.0, 2.0, 3.0]), 3, 9.0).tolist() == [[9, 1, 2], [1, 9, 3], [2, 3, 9]]
