"""Every notebook is stored clean and runs on the sample data, as a user would publish it."""

import json
import re

import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.base.places import shipped_folder

NOTEBOOKS = sorted(shipped_folder("notebooks").glob("*.ipynb"))


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """Publish the leadership notebook on the sample; give the page as text."""
    site = isv.publish(
        shipped_folder("notebooks") / "leadership_climate.ipynb",
        isv.sample_path("leadership-climate"),
        tmp_path_factory.mktemp("site"),
    )
    assert site.notes == ()
    return site.pages[0].read_text(encoding="utf-8")


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_notebooks_are_stored_without_outputs(path):
    for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
        assert not cell.get("outputs")
        assert cell.get("execution_count") is None


@pytest.mark.parametrize(
    "shown",
    ["0.9022", "0.8231", "0.8729", "0.555", "-0.405", "-0.351", "2042 people", "49 clusters"],
)
def test_the_page_shows_the_known_figures(page, shown):
    assert shown in page


def test_every_figure_has_a_description(page):
    images = re.findall(r"<img[^>]*>", page)
    assert len(images) >= 8
    assert all(re.search(r'alt="[^"]{40,}"', image) for image in images)


def test_the_story_holds_on_other_answers_of_the_instrument(tmp_path):
    """Fewer people, holes, wrong codes, no groups: the notebook still runs and says so."""
    frame = pd.read_csv(isv.sample_path("leadership-climate")).sample(150, random_state=1)
    frame = frame.drop(columns=["COMPID", "LEAD", "TSIG", "HOSTILE"])
    frame.iloc[3, 3] = 9
    frame.iloc[4:9, 5] = None
    frame.to_csv(tmp_path / "wave2.csv", index=False)
    notebook = shipped_folder("notebooks") / "leadership_climate.ipynb"
    site = isv.publish(notebook, tmp_path / "wave2.csv", tmp_path / "site")
    page = site.pages[0].read_text(encoding="utf-8")
    assert "150 people" in page
    assert "The file names no groups." in page
    assert "out of range" in page
    assert "<td>9</td>" not in page  # no single answer is printed
    assert "144 " in page or "left out because an answer is missing" in page
