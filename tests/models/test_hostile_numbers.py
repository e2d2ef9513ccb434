"""Numbers that leave the range of floats are refused in words."""

import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.errors import InnovSurveyError


@pytest.fixture
def data():
    rng = np.random.default_rng(3)
    return pd.DataFrame(rng.normal(size=(60, 3)), columns=["y", "x", "Intercept"])


@pytest.mark.parametrize("scale", [1e150, 1e200, 1e300])
def test_huge_numbers_are_refused(data, scale):
    with pytest.raises(InnovSurveyError, match=r"beyond 1e100|huge"):
        isv.regression("y ~ x", data * scale)
    for function in (isv.reliability, isv.factorability, isv.correlations):
        with pytest.raises(InnovSurveyError, match="huge"):
            function(data * scale)


@pytest.mark.parametrize("scale", [1e-8, 1e8, 1e50])
def test_the_scale_of_ordinary_numbers_does_not_matter(data, scale):
    plain, scaled = (isv.regression("y ~ x", frame) for frame in (data, data * scale))
    assert scaled.params["x"] == pytest.approx(plain.params["x"])
    assert scaled.se["x"] == pytest.approx(plain.se["x"])


def test_a_column_named_like_the_intercept_is_refused_in_words(data):
    with pytest.raises(InnovSurveyError, match="cannot be evaluated"):
        isv.regression("y ~ Intercept", data)


@pytest.mark.parametrize("level", ["a", None, True, 0, 1.5])
def test_a_confidence_level_is_a_number_between_0_and_1(data, level):
    with pytest.raises(InnovSurveyError, match="between 0 and 1"):
        isv.regression("y ~ x", data, ci_level=level)
