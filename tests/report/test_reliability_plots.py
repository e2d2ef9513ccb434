from __future__ import annotations

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from innovsurvey.errors import SpecificationError
from innovsurvey.measurement.reliability import reliability
from innovsurvey.report import plots


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.fixture
def items(rng):
    latent = rng.normal(size=(200, 1)) + rng.normal(size=(200, 4))
    return pd.DataFrame(np.digitize(latent, [-1, 0, 1]) + 1, columns=list("abcd"))


def labels(ax):
    return [label.get_text() for label in ax.get_yticklabels()]


@pytest.mark.parametrize("ordinal", [True, False])
def test_one_scale_has_one_row_per_coefficient(items, ordinal):
    result = reliability(items, ordinal=ordinal)
    ax = plots.reliability(result)
    assert labels(ax)[0] == "Cronbach's α"
    assert ("Ordinal α" in labels(ax)) is ordinal
    assert ax.figure.get_suptitle() == "Reliability of 4 items, N = 200"
    alt = plots.figure(ax).alt
    lower, upper = result.alpha_ci
    assert f"Cronbach's α {result.alpha:.2f} [{lower:.2f}, {upper:.2f}]" in alt


def test_scales_are_compared(items):
    results = {"whole": reliability(items), "part": reliability(items.iloc[:150, :3])}
    ax = plots.reliability(results, labels={"part": "The first three"})
    assert labels(ax) == ["whole", "The first three"]
    assert ax.figure.get_suptitle() == "Reliability of 2 scales, N = 150 to 200"
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["Cronbach's α", "ω total"]


def test_groups_are_compared_and_empty_ones_said(items):
    groups = pd.Series([1.0] * 120 + [2.0] * 79 + [3.0])
    ax = plots.reliability(reliability(items, group=groups))
    assert labels(ax) == ["1", "2", "3"]
    assert ax.figure.get_suptitle() == "Reliability of 4 items in 3 groups, N = 200"
    assert "3 ω total not estimated" in plots.figure(ax).alt


@pytest.mark.parametrize("level", [0.9, 0.99])
def test_the_axis_says_the_level_and_holds_every_interval(items, level):
    ax = plots.reliability(reliability(items.sample(15, random_state=1), ci_level=level))
    assert ax.get_xlabel() == f"Reliability with {100 * level:g}% interval"
    left, right = ax.get_xlim()
    assert left < min(
        line.get_paths()[0].vertices[0, 0] for line in ax.collections if len(line.get_paths())
    )
    assert right == 1


def test_different_levels_are_not_named(items):
    results = {"a": reliability(items), "b": reliability(items, ci_level=0.9)}
    assert plots.reliability(results).get_xlabel() == "Reliability"


def test_dots_without_interval_are_hollow(items):
    ax = plots.reliability(reliability(items))
    hollow = [line for line in ax.lines if line.get_markerfacecolor() == "white"]
    assert sum(len(line.get_xdata()) for line in hollow) == 4


def test_axes_and_title_are_taken(items):
    _, ax = plt.subplots()
    assert plots.reliability(reliability(items), ax=ax, title="Mine") is ax
    assert ax.get_title("left") == "Mine"


def test_nothing_to_draw():
    with pytest.raises(SpecificationError, match="no result to draw"):
        plots.reliability({})
