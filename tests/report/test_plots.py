from __future__ import annotations

import base64
import re
from types import SimpleNamespace
from xml.etree import ElementTree as ET

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

from innovsurvey.errors import (
    DataError,
    InsufficientDataError,
    MissingItemsError,
    ResponseRangeError,
    SpecificationError,
)
from innovsurvey.measurement.efa import efa
from innovsurvey.measurement.reliability import reliability
from innovsurvey.models.regression import regression
from innovsurvey.report import plots

LONG = "Min nærmeste leder inddrager medarbejderne i udviklingen af nye løsninger på tværs"


def answers(n_items=5, n_points=5, n=120):
    rng = np.random.default_rng(7)
    trait = rng.normal(size=(n, 1))
    latent = 0.8 * trait + rng.normal(size=(n, n_items))
    cuts = np.linspace(-1.5, 1.5, n_points - 1)
    codes = np.searchsorted(cuts, latent) + 1.0
    codes[0], codes[1] = 1, n_points
    return pd.DataFrame(codes, columns=[f"i{number}" for number in range(1, n_items + 1)])


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


def texts(ax):
    legend = ax.figure.legends
    found = [text.get_text() for text in (*ax.texts, *ax.get_yticklabels())]
    found += [text.get_text() for one in legend for text in (*one.get_texts(), one.get_title())]
    found += [ax.figure.get_suptitle(), ax.get_title("left"), ax.get_xlabel()]
    return [text.replace("\n", " ") for text in found]


ITEMS = answers()
SCORES = ITEMS.assign(unit=np.repeat(["a", "b", "c", "d"], [60, 40, 15, 5]))
EVERY_PLOT = {
    "likert": lambda **k: plots.likert(ITEMS, **k),
    "loadings": lambda **k: plots.loadings(efa(ITEMS, 1), **k),
    "scree": lambda **k: plots.scree(efa(ITEMS, 1), reference=[1.3, 1.1], **k),
    "item_rest": lambda **k: plots.item_rest(reliability(ITEMS), **k),
    "coefficients": lambda **k: plots.coefficients(regression("i1 ~ i2 + i3", ITEMS), **k),
    "distribution": lambda **k: plots.distribution(ITEMS, ["i1", "i2"], **k),
    "groups": lambda **k: plots.groups(SCORES, "unit", "i1", **k),
}


@pytest.mark.parametrize("draw", EVERY_PLOT.values(), ids=EVERY_PLOT)
def test_every_plot_states_n_and_describes_itself(draw):
    ax = draw()
    heading = [text for text in texts(ax) if "N = " in text]
    assert len(heading) == 1
    image = plots.figure(ax)
    assert image.alt.startswith(heading[0])
    assert len(image.alt) > len(heading[0]) + 20


@pytest.mark.parametrize("draw", EVERY_PLOT.values(), ids=EVERY_PLOT)
def test_every_plot_is_the_same_twice_and_leaves_no_trace(draw):
    before = dict(mpl.rcParams)
    one, two = plots.figure(draw()), plots.figure(draw())
    assert one.svg == two.svg
    assert dict(mpl.rcParams) == before
    assert plt.get_fignums() == []


@pytest.mark.parametrize("draw", EVERY_PLOT.values(), ids=EVERY_PLOT)
def test_every_plot_takes_axes_and_a_title(draw):
    _, axes = plt.subplots(1, 2)
    ax = draw(ax=axes[1], title="My own words")
    assert ax is axes[1]
    legend = ax.get_legend()
    assert "My own words" in (ax.get_title("left"), legend.get_title().get_text() if legend else "")


@pytest.mark.parametrize("n_points", range(2, 12))
def test_likert_takes_2_to_11_points(n_points):
    items = answers(n_points=n_points)
    ax = plots.likert(items)
    widths = sum(abs(bar.get_width()) for bar in ax.patches)
    assert widths == pytest.approx(100 * items.shape[1])


@pytest.mark.parametrize("n_items", [1, 5, 40])
def test_likert_keeps_the_order_and_wraps_long_wordings(n_items):
    items = answers(n_items=n_items, n_points=7)
    ax = plots.likert(items, item_labels={name: f"{LONG} ({name})" for name in items})
    labels = [text for text in ax.texts if LONG[:9] in text.get_text()]
    assert [re.search(r"\((i\d+)\)", label.get_text())[1] for label in labels] == list(items)
    assert max(len(line) for label in labels for line in label.get_text().split("\n")) <= 60
    heights = [label.get_position()[1] for label in labels]
    assert heights == sorted(heights, reverse=True)


def test_likert_counts_each_items_own_answers():
    items = ITEMS.copy()
    items.iloc[:20, 0] = np.nan
    items["i2"] = np.nan
    shown = texts(plots.likert(items))
    assert "100" in shown
    assert "none" in shown


@pytest.mark.parametrize("kind", ["codes", "ordered texts", "ordered codes"])
def test_likert_names_all_points_even_unused_ones(kind):
    names = {1: "Nej", 2: "Måske", 3: "Ja"}
    codes = pd.DataFrame({"a": [2, 3, 3], "b": [3, 3, 2]})
    items, labels = codes, names
    if kind == "ordered texts":
        items = codes.apply(
            lambda c: pd.Categorical(c.map(names), list(names.values()), ordered=True)
        )
        labels = None
    elif kind == "ordered codes":
        items = codes.apply(lambda c: pd.Categorical(c, [1, 2, 3], ordered=True))
    ax = plots.likert(items, labels=labels)
    assert [text.get_text() for text in ax.figure.legends[0].get_texts()] == ["Nej", "Måske", "Ja"]


@pytest.mark.parametrize(
    ("items", "labels", "error"),
    [
        (pd.DataFrame({"a": [1.0, 2.0, 7.0]}), {1: "no", 2: "yes"}, ResponseRangeError),
        (pd.DataFrame({"a": [1.0, 2.5, 3.0]}), None, ResponseRangeError),
        (pd.DataFrame({"a": [1.0, 20.0]}), None, SpecificationError),
        (pd.DataFrame({"a": [1.0, 1.0]}), None, SpecificationError),
        (pd.DataFrame({"a": [np.nan]}), None, InsufficientDataError),
        (pd.DataFrame({"a": ["yes"]}), None, DataError),
        ("a", None, DataError),
    ],
)
def test_likert_refuses_what_it_cannot_draw(items, labels, error):
    with pytest.raises(error):
        plots.likert(items, labels=labels)


@pytest.mark.parametrize(("n_items", "n_factors"), [(5, 1), (45, 4)])
def test_loadings_are_ordered_by_factor(n_items, n_factors):
    rng = np.random.default_rng(2)
    frame = pd.DataFrame(rng.uniform(-0.9, 0.9, (n_items, n_factors)))
    frame.index = [f"i{row}" for row in frame.index]
    ax = plots.loadings(SimpleNamespace(loadings=frame, n_obs=100))
    order = [label.get_text() for label in ax.get_yticklabels()]
    strongest = frame.abs().idxmax(axis=1)[order].tolist()
    assert sorted(order) == sorted(frame.index)
    assert strongest == sorted(strongest)
    assert len(ax.texts) == n_items * n_factors


@pytest.mark.parametrize(
    ("value", "text"), [(-0.001, ".00"), (0.5, ".50"), (-0.25, "−.25"), (1.02, "1.02")]
)
def test_loadings_are_written_without_a_leading_zero(value, text):
    frame = pd.DataFrame({"F1": [value]}, index=["a"])
    ax = plots.loadings(SimpleNamespace(loadings=frame, n_obs=9))
    assert [one.get_text() for one in ax.texts] == [text]


@pytest.mark.parametrize(("intercept", "rows"), [(False, ["x"]), (True, ["Intercept", "x"])])
def test_coefficients_leave_the_intercept_out(intercept, rows):
    frame = pd.DataFrame(
        {"estimate": [5, 1], "ci_lower": [4, 0], "ci_upper": [6, 2]}, ["Intercept", "x"]
    )
    ax = plots.coefficients(frame, intercept=intercept)
    assert [label.get_text() for label in ax.get_yticklabels()] == rows


def test_coefficients_need_estimates_and_terms():
    frame = pd.DataFrame({"estimate": [5], "ci_lower": [4], "ci_upper": [6]}, ["Intercept"])
    with pytest.raises(InsufficientDataError):
        plots.coefficients(frame)
    with pytest.raises(MissingItemsError, match="ci_upper"):
        plots.coefficients(frame.drop(columns="ci_upper"))


def test_small_units_are_hidden_and_counted():
    ax = plots.groups(SCORES, "unit", "i1", min_group_size=20)
    (dots, *_) = ax.lines
    assert len(dots.get_xdata()) == 2
    title = ax.figure.get_suptitle().replace("\n", " ")
    assert title == "2 units of 20 or more people, N = 100; 2 smaller hidden"


@pytest.mark.parametrize(
    ("size", "error"), [(1, SpecificationError), (1000, InsufficientDataError)]
)
def test_units_too_small_are_not_drawn(size, error):
    with pytest.raises(error):
        plots.groups(SCORES, "unit", "i1", min_group_size=size)


@pytest.mark.parametrize("values", [[1.0, 2.0, 4.0], [3.0, 3.0], [2.0, np.nan]])
def test_distribution_writes_mean_and_number(values):
    ax = plots.distribution(pd.DataFrame({"a": values}))
    series = pd.Series(values)
    assert f"M = {series.mean():.2f} n = {series.count()}" in texts(ax)


@pytest.mark.parametrize(
    ("columns", "error"), [(["nope"], MissingItemsError), (["empty"], InsufficientDataError)]
)
def test_distribution_refuses_scores_that_are_not_there(columns, error):
    with pytest.raises(error):
        plots.distribution(pd.DataFrame({"a": [1.0], "empty": [np.nan]}), columns)


def test_a_figure_is_html_with_its_description():
    ax = plots.likert(ITEMS, item_labels={"i1": '"<b>'})
    image = plots.figure(ax, alt='a "<b>', caption="<i>")
    shown = image._repr_mimebundle_()
    assert shown["text/plain"] == repr(image) == 'a "<b>'
    assert 'alt="a &quot;&lt;b&gt;"' in shown["text/html"]
    assert "<figcaption>&lt;i&gt;</figcaption>" in shown["text/html"]
    data = re.search(r"base64,([^\"]+)", shown["text/html"])[1]
    assert ET.fromstring(base64.b64decode(data)).tag.endswith("svg")


def test_a_figure_of_your_own_needs_a_description():
    fig, _ = plt.subplots()
    with pytest.raises(SpecificationError, match="alt="):
        plots.figure(fig)
    assert plots.figure(fig, alt="two lines").alt == "two lines"


def test_a_whole_figure_joins_the_descriptions_of_its_parts():
    fig, axes = plt.subplots(1, 2)
    plots.scree(efa(ITEMS, 1), ax=axes[0], title="One")
    plots.distribution(ITEMS, ax=axes[1], title="Two")
    image = plots.figure(fig)
    assert image.alt.startswith("One.")
    assert " Two." in image.alt
