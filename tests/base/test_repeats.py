from __future__ import annotations

import joblib
import numpy as np
import pytest

from innovsurvey.base.repeats import repeat, seeds


def first_number(seed):
    return np.random.default_rng(seed).random()


@pytest.mark.parametrize("n", [0, 1, 5])
def test_results_come_in_order(n):
    assert repeat(str, range(n), "numbers") == [str(number) for number in range(n)]


def test_draws_do_not_depend_on_the_number_of_workers():
    alone = repeat(first_number, seeds(3, 6), "draws")
    with joblib.parallel_config("threading", n_jobs=2):
        together = repeat(first_number, seeds(3, 6), "draws")
    assert alone == together
    assert len(set(alone)) == 6


def test_more_draws_begin_with_the_same_ones():
    few, many = repeat(first_number, seeds(1, 2), "a"), repeat(first_number, seeds(1, 4), "b")
    assert many[:2] == few
