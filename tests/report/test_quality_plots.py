from __future__ import annotations

import re
from types import SimpleNamespace

import matplotlib as mpl
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.errors import DataError, InsufficientDataError, SpecificationError
from innovsurvey.report import plots
from innovsurvey.report.quality_map import _paler

mpl.use("agg")
NO_FLAGS = SimpleNamespace(flags=pd.DataFrame())


@pytest.fixture(autouse=True)
def closed_figures():
    yield
    plt.close("all")


@pytest.fixture(scope="module")
def staff():
    """Answers of a synthetic study with a filter and several response formats."""
    return isv.read_responses(isv.sample_path("synthetic_seed_staff"), isv.load_form("staff"))


def holes(rng, n_people, n_items, share):
    values = rng.integers(1, 6, size=(n_people, n_items)).astype(float)
    values[rng.random(values.shape) < share] = np.nan
    return pd.DataFrame(values, columns=[f"question_{i}" for i in range(n_items)])


def coloured(ax):
    """Area of the map in each colour, in people times items, relative to the row height."""
    areas = {}
    for patch in ax.patches:
        points = patch.get_path().vertices.reshape(-1, 5, 2)
        width = points[:, 1, 0] - points[:, 0, 0]
        colour = tuple(np.round(patch.get_facecolor()[:3], 3))
        areas[colour] = areas.get(colour, 0) + width.sum()
    return areas


def texts(ax):
    return [text.get_text() for text in ax.texts]


def heads_of(ax):
    return [text.get_text() for text in ax.texts if text.get_weight() == "bold"]


@pytest.mark.parametrize(
    ("n_people", "n_items", "share"),
    [(1, 1, 0.0), (20, 5, 0.2), (61, 3, 1.0), (301, 40, 0.1), (20_000, 120, 0.03)],
)
def test_a_map_can_be_drawn_of_any_size(rng, n_people, n_items, share):
    ax = plots.missingness(holes(rng, n_people, n_items, share))
    image = plots.figure(ax)
    assert f"N = {n_people}" in image.alt
    assert f"{n_items} items" in image.alt
    assert len(ax.get_yticklabels()) == n_items
    assert len(image.svg) < 1_500_000


@pytest.mark.parametrize("n_people", [50, 200, 300])
def test_the_map_holds_every_missing_cell_where_people_stand_alone(rng, n_people):
    data = holes(rng, n_people, 6, 0.2)
    gap = 0.16 if n_people <= 60 else 0
    areas = coloured(plots.missingness(data))
    full = tuple(np.round(_paler("#c44e00", 4), 3))
    assert set(areas) <= {full}
    assert areas[full] == pytest.approx(data.isna().to_numpy().sum() * (1 - gap))


def test_colours_of_blocks_are_paler_where_only_some_are_missing(rng):
    areas = coloured(plots.missingness(holes(rng, 6_000, 4, 0.1)))
    assert len(areas) > 1


def test_people_with_the_same_pattern_stand_side_by_side():
    data = pd.DataFrame({"a": [1, np.nan] * 50, "b": [1.0] * 100})
    (patch,) = plots.missingness(data).patches
    points = patch.get_path().vertices.reshape(-1, 5, 2)
    assert len(points) == 1
    assert points[0, :2, 0].tolist() == [50, 100]


def test_what_did_not_apply_is_grey_and_named(staff):
    ax = plots.missingness(staff)
    names = [text.get_text() for text in ax.figure.legends[0].get_texts()]
    assert names == ["not shown", "not present", "not answered", "answered"]
    handle = ax.figure.legends[0].get_patches()[0]
    red, green, blue, _ = handle.get_facecolor()
    assert max(red, green, blue) - min(red, green, blue) < 0.1
    assert "Synthetic data" in plots.figure(ax).alt


def test_the_share_of_each_item_is_written_at_its_row():
    data = pd.DataFrame(
        {"all": [1.0] * 200, "half": [1, np.nan] * 100, "one": [np.nan] + [1] * 199}
    )
    assert texts(plots.missingness(data)) == ["0 %", "50 %", "< 1 %", "missing"]


def test_a_result_and_its_source_give_the_same_map(staff):
    one = plots.figure(plots.missingness(staff))
    other = plots.figure(plots.missingness(isv.missing_data(staff)))
    assert one.svg == other.svg


def test_axes_of_the_user_are_used(rng, staff):
    _, axes = plt.subplots(1, 2)
    assert plots.missingness(holes(rng, 9, 3, 0.3), ax=axes[0], title="Mine") is axes[0]
    assert plots.distributions(staff, ["INC01"], ax=axes[1]) is axes[1]
    assert axes[0].get_title(loc="left") == "Mine"


def test_every_point_is_there_also_if_nobody_chose_it():
    climate = isv.load_instrument("leadership-climate")
    frame = pd.DataFrame({item: [2, 2, 4] for item in climate.item_ids})
    frame.loc[0, climate.item_ids[0]] = np.nan
    answers = isv.read_responses(frame, climate)
    ax = plots.distributions(answers, [climate.item_ids[0]])
    assert texts(ax)[:5] == ["0", "50", "0", "50", "0"]
    assert heads_of(ax) == ["1", "2", "3", "4", "5"]
    assert "33" in texts(ax)
    assert "3 point(s) were chosen by nobody" in plots.figure(ax).alt


def test_percentages_are_those_of_the_data(staff):
    ax = plots.distributions(staff, ["INC21"])
    found = staff.data["INC21"].value_counts(normalize=True).sort_index()
    assert texts(ax)[:5] == [f"{100 * share:.0f}" for share in found]


def test_a_heading_comes_wherever_the_points_change(staff):
    ax = plots.distributions(staff, ["FLT6", "INC01", "INC02", "NPMP1"])
    assert heads_of(ax) == ["0", "1", *"12345", *"1234567"]


NUMBERS = """
id: years
version: 0.1.0
source: {citation: Invented, licence: CC0-1.0}
formats:
  years: {level: number, minimum: 0, maximum: 50}
  free: {level: number}
items:
  - {id: y1, format: years, text: {en: Years}}
  - {id: y2, format: free, text: {en: Any number}}
scales: []
"""


def test_numbers_without_points_stand_in_ranges(tmp_path):
    path = tmp_path / "years.yaml"
    path.write_text(NUMBERS, encoding="utf-8")
    answers = isv.read_responses(pd.DataFrame({"y1": [0, 10, 50, None], "y2": [1, 2, 3, 6]}), path)
    ax = plots.distributions(answers)
    assert heads_of(ax) == [
        "0–10",
        "10–20",
        "20–30",
        "30–40",
        "40–50",
        "1–2",
        "2–3",
        "3–4",
        "4–5",
        "5–6",
    ]
    assert texts(ax)[:5] == ["33", "33", "0", "0", "33"]


def flagged(rng, n_people=200):
    names = ["longstring", "irv", "even_odd"]
    flags = pd.DataFrame(rng.random((n_people, 3)) < 0.2, columns=names)
    return SimpleNamespace(flags=flags, rules=pd.DataFrame(), proposed=flags.sum(axis=1) > 1)


def test_flags_show_people_with_each_and_with_both(rng):
    screening = flagged(rng)
    ax = plots.flags(screening)
    flags = screening.flags.to_numpy()
    expected = [str((flags[:, i] & flags[:, j]).sum()) for i in range(3) for j in range(i + 1)]
    assert texts(ax) == expected
    alt = plots.figure(ax).alt
    assert f"{screening.proposed.sum()} people proposed" in alt
    assert f"longstring {flags[:, 0].sum()}" in alt
    assert f"Without any flag: {(~flags.any(axis=1)).sum()}" in alt


def test_a_single_index_without_flags_can_be_drawn():
    flags = pd.DataFrame({"irv": [False] * 4})
    ax = plots.flags(SimpleNamespace(flags=flags, rules=None, proposed=pd.Series([False] * 4)))
    assert texts(ax) == ["0"]


@pytest.mark.parametrize(
    ("call", "error", "words"),
    [
        (lambda: plots.missingness([1]), DataError, "not a list"),
        (lambda: plots.distributions(pd.DataFrame({"a": [1]})), DataError, "read_responses"),
        (lambda: plots.flags(3), SpecificationError, "screen_responses"),
        (lambda: plots.flags(NO_FLAGS), InsufficientDataError, "no index"),
    ],
)  # fmt: skip
def test_what_cannot_be_drawn_is_refused(call, error, words):
    with pytest.raises(error, match=words):
        call()


@pytest.mark.parametrize("draw", [plots.missingness, plots.distributions])
def test_the_same_answers_give_the_same_bytes(staff, draw):
    one, other = plots.figure(draw(staff)), plots.figure(draw(staff))
    assert one.svg == other.svg
    assert not re.search(r"<image\b", one.svg)
