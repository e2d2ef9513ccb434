from __future__ import annotations

from itertools import pairwise

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from innovsurvey.errors import SpecificationError
from innovsurvey.measurement.correlations import correlations
from innovsurvey.measurement.efa import efa
from innovsurvey.measurement.n_factors import n_factors
from innovsurvey.measurement.parallel_analysis import parallel_analysis
from innovsurvey.report import plots

LONG = "Min nærmeste leder inddrager medarbejderne i udviklingen af nye løsninger på tværs"


def answers(n_items=8, n_factors=2, n=300):
    """Items in blocks, one factor each, every fourth one reversed."""
    rng = np.random.default_rng(3)
    common = np.repeat(rng.normal(size=(n, n_factors)), n_items // n_factors, axis=1)
    rows = common + rng.normal(size=common.shape)
    rows[:, ::4] *= -1
    return pd.DataFrame(rows).add_prefix("i")


ITEMS = answers()
SOLUTION = efa(ITEMS, 2)
PARALLEL = parallel_analysis(ITEMS, correlation=None, n_iter=10)
EVERY = {
    "parallel": lambda **k: plots.scree(PARALLEL, **k),
    "n_factors": lambda **k: plots.scree(n_factors(ITEMS, n_iter=10), **k),
    "correlations": lambda **k: plots.correlations(correlations(ITEMS), **k),
    "of a solution": lambda **k: plots.correlations(SOLUTION, by=SOLUTION, **k),
}


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_every_plot_states_n_describes_itself_and_leaves_no_trace(draw):
    before = dict(mpl.rcParams)
    one, two = plots.figure(draw()), plots.figure(draw())
    assert one.svg == two.svg
    assert "N = 300" in one.alt
    assert len(one.alt) > 80
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []


@pytest.mark.parametrize("draw", EVERY.values(), ids=EVERY)
def test_every_plot_takes_axes_and_a_title(draw):
    _, axes = plt.subplots(1, 2)
    ax = draw(ax=axes[1], title="My own words")
    assert ax is axes[1]
    assert ax.get_title("left") == "My own words"


def test_scree_fills_the_points_above_chance():
    ax = plots.scree(PARALLEL)
    filled = [line for line in ax.lines if line.get_label()[0] != "_" and len(line.get_xdata())]
    assert [line.get_label() for line in filled] == ["Components: 2", "Factors: 2"]
    assert [len(line.get_xdata()) for line in filled] == [2, 2]
    dashed = [line for line in ax.lines if line.get_linestyle() == "--" and len(line.get_xdata())]
    np.testing.assert_array_equal(dashed[0].get_ydata(), PARALLEL.chance_components)


def test_scree_without_any_component_above_chance():
    rng = np.random.default_rng(1)
    found = parallel_analysis(
        pd.DataFrame(rng.normal(size=(100, 5))), correlation=None, n_iter=10, quantile=0.99
    )
    assert "0 component(s)" in plots.figure(plots.scree(found)).alt


def test_a_parallel_analysis_takes_no_other_reference():
    with pytest.raises(SpecificationError, match="its own reference"):
        plots.scree(PARALLEL, reference=[1, 1])


def test_loadings_part_the_factors():
    ax = plots.loadings(SOLUTION)
    (lines,) = [c for c in ax.collections if "LineCollection" in type(c).__name__]
    assert len(lines.get_segments()) == 1


@pytest.mark.parametrize(("n_items", "numbers"), [(8, 28), (14, 91), (16, 0), (46, 0)])
def test_each_pair_is_drawn_once(n_items, numbers):
    ax = plots.correlations(answers(n_items).corr())
    cells = ax.collections[0].get_array()
    assert np.ma.count(cells) == n_items * (n_items - 1) // 2
    assert len([text for text in ax.texts if text.get_text()]) == numbers
    heights = [tick.label1.get_window_extent().width for tick in ax.xaxis.get_major_ticks()]
    assert max(heights) <= ax.get_window_extent().width / n_items + 12


def test_order_of_correlations_follows_the_solution():
    ax = plots.correlations(SOLUTION.matrix, by=SOLUTION)
    order = [label.get_text() for label in ax.get_yticklabels()]
    assert order == SOLUTION.to_frame().index.tolist()


def test_long_wordings_take_one_line():
    ax = plots.correlations(SOLUTION, item_labels=dict.fromkeys(ITEMS, LONG))
    labels = [label.get_text() for label in ax.get_yticklabels()]
    assert labels[0].startswith("i0 Min")
    assert all(label.endswith("…") and "\n" not in label for label in labels)


def test_unknown_correlations_stay_white():
    matrix = ITEMS.corr()
    matrix.loc["i0", "i1"] = matrix.loc["i1", "i0"] = np.nan
    ax = plots.correlations(matrix)
    assert np.ma.count(ax.collections[0].get_array()) == 27
    assert "None of them" in plots.figure(plots.correlations(matrix * np.nan)).alt


@pytest.mark.parametrize(
    ("found", "options", "words"),
    [
        (ITEMS, {}, "square DataFrame"),
        ("x", {}, "correlations are needed"),
        (ITEMS.iloc[:, :5].corr(), {"by": SOLUTION}, "other items"),
    ],
)
def test_what_is_no_correlations_is_refused(found, options, words):
    with pytest.raises(SpecificationError, match=words):
        plots.correlations(found, **options)


@pytest.mark.parametrize("n_factors_drawn", [1, 3, 6, 9])
def test_forty_five_items_with_long_wordings_stay_readable(n_factors_drawn):
    items = answers(45, 9, n=600)
    solution = efa(items, n_factors_drawn, rotation=None)
    ax = plots.loadings(solution, item_labels={n: f"{LONG} {n}" for n in items})
    ax.figure.draw_without_rendering()
    labels = [label.get_window_extent() for label in ax.get_yticklabels()]
    assert all(one.y0 >= other.y1 - 1 for one, other in pairwise(labels))
    cell = ax.get_window_extent().width / max(n_factors_drawn, 4)
    assert max(text.get_window_extent().width for text in ax.texts) <= cell + 1
