"""Every notebook is stored clean and runs on the sample data, as a user would publish it."""

import html
import json
import re

import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.base.places import shipped_folder

NOTEBOOKS = sorted(shipped_folder("notebooks").glob("*.ipynb"))
ROLES = shipped_folder("notebooks") / "role_instrument.ipynb"


def words(page):
    """What a reader of a page reads, in small letters, without code."""
    text = re.sub(r"<details.*?</details>|<style.*?</style>|<img[^>]*>", "", page, flags=re.DOTALL)
    return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", "", text))).lower()


def published(notebook, data, folder, **parameters):
    """Publish one notebook; give the page as text."""
    site = isv.publish(notebook, data, folder, parameters=parameters)
    assert site.notes == ()
    return site.pages[0].read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def page(tmp_path_factory):
    """The leadership notebook on the sample."""
    notebook = shipped_folder("notebooks") / "leadership_climate.ipynb"
    data = isv.sample_path("leadership-climate")
    return published(notebook, data, tmp_path_factory.mktemp("site"))


@pytest.fixture(scope="module")
def roles(tmp_path_factory):
    """The notebook of the three roles on the synthetic answers."""
    return published(ROLES, None, tmp_path_factory.mktemp("site"))


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


@pytest.mark.parametrize(
    "shown",
    [
        "items with advice: ",
        "r, polychoric",
        "greatest lower bound",
        "essentially tau-equivalent latent answers",
        "1,000 samples drawn from the people",
        "parallel analysis, components",
        "most rules name 3; the rules disagree. below, 3 factor(s) are taken.",
        "congruence of 0.999 or more with these: the same factors",
    ],
)
def test_the_page_tells_what_the_items_measure_and_how_well(page, shown):
    assert shown in words(page)


@pytest.mark.parametrize(("name", "fewest"), [("page", 10), ("roles", 5)])
def test_every_figure_has_a_description(request, name, fewest):
    images = re.findall(r"<img[^>]*>", request.getfixturevalue(name))
    assert len(images) >= fewest
    assert all(re.search(r'alt="[^"]{40,}"', image) for image in images)


def test_the_story_holds_on_other_answers_of_the_instrument(tmp_path):
    """Fewer people, holes, wrong codes, no groups: the notebook still runs and says so."""
    frame = pd.read_csv(isv.sample_path("leadership-climate")).sample(150, random_state=1)
    frame = frame.drop(columns=["COMPID", "LEAD", "TSIG", "HOSTILE"])
    frame.iloc[3, 3] = 9
    frame.iloc[4:9, 5] = None
    frame.to_csv(tmp_path / "wave2.csv", index=False)
    notebook = shipped_folder("notebooks") / "leadership_climate.ipynb"
    page = published(notebook, tmp_path / "wave2.csv", tmp_path / "site", n_factors=2)
    assert "150 people" in page
    assert "The file names no groups." in page
    assert "out of range" in page
    assert "<td>9</td>" not in page  # no single answer is printed
    assert "144 " in page or "left out because an answer is missing" in page
    assert "below, 2 factor(s) are taken" in words(page)
    assert "2 factors leave an rmsea of" in words(page)
    assert not re.search(r"\bnan\b", words(page))


def test_every_figure_of_synthetic_answers_says_so(roles):
    for image in re.findall(r"<img[^>]*>", roles):
        assert 'alt="Synthetic data: ' in image
    for caption in re.findall(r"<caption>.*?</caption>", roles):
        assert "Synthetic data: " in caption
    assert "no person gave them" in roles


@pytest.mark.parametrize(
    "shown",
    [
        "506 people and 30 items (core form)",
        "most rules name 3, but the rules disagree; the instrument has 3 roles, the same number",
        "f1 is convener, f2 is facilitator and f3 is catalyst",
        "all 30 items load most on the factor of their own role",
        "15 tasks have two items",
        "in the world seed the interval excludes zero for convener and facilitator",
        "in the world null the interval excludes zero for none of the roles",
        "the two draw these answers from the same random numbers",
        "not field-validated",
    ],
)
def test_the_roles_are_found_and_the_worlds_told_apart(roles, shown):
    assert shown in words(roles)


def few_managers(frame):
    """Twelve managers about themselves, too few for factors."""
    return frame.drop(columns=["synthetic", "manager_id"]).head(12)


def repeated_item(frame):
    """One item that everybody answers alike, and one that repeats another."""
    return frame.drop(columns="synthetic").assign(CON01=3, CON02=frame["CON04"])


@pytest.mark.parametrize(
    ("respondents", "change", "shown"),
    [
        (
            "manager",
            few_managers,
            ["12 people answered any of the 30 items", "rated by one person"],
        ),
        (
            "observer",
            repeated_item,
            ["left out: con01", "con02 and con04", "no groups are compared"],
        ),
    ],
)
def test_the_roles_on_a_file_of_ones_own(tmp_path, respondents, change, shown):
    """What these answers do not give is said in words; nothing is called synthetic."""
    frame = pd.read_csv(isv.sample_path(f"synthetic_seed_{respondents}"), low_memory=False)
    change(frame).to_csv(tmp_path / "own.csv", index=False)
    page = published(ROLES, tmp_path / "own.csv", tmp_path / "site", n_draws=10)
    assert "synthetic data: " not in words(page)
    assert not re.search(r"alt=\"Synthetic", page)
    assert "no person gave them" not in words(page)
    assert "left out: the answers come from a file of your own." in words(page)
    assert not re.search(r"\bnan%?\b", words(page))
    for part in shown:
        assert part in words(page)
