from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from notebook_cases import cell, write_notebook

from innovsurvey.errors import ReportError
from innovsurvey.report.notebooks import publish

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.browser
AXE = Path(__file__).parent.parent / "data/axe/axe.min.js"
PREPARE = """
import warnings
import numpy as np
import pandas as pd
from innovsurvey.measurement.reliability import reliability
from innovsurvey.report import plots
from innovsurvey.report.tables import table
rng = np.random.default_rng(1)
trait = rng.normal(size=(200, 1))
latent = trait + rng.normal(size=(200, 5))
items = pd.DataFrame(np.clip(np.round(latent + 3), 1, 5), columns=list("abcde"))
result = reliability(items)
warnings.warn("Few people in some units.")
print("a line that is much longer than any phone is wide, " * 4)
""".strip()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """Publish a notebook with everything in it, and one that stops with an error."""
    folder = tmp_path_factory.mktemp("site")
    full = write_notebook(
        folder / "n/full.ipynb",
        "# Everything\n\nText with `code`, a [link](#after) and a very-long-word-" + "x" * 90,
        cell("wave = 1", "parameters"),
        "## Numbers\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n> quoted",
        PREPARE,
        "result",
        "table(result)",
        "pd.DataFrame(np.ones((3, 25)), columns=[f'column_{n}' for n in range(25)])",
        "### Figures",
        "plots.figure(plots.likert(items), caption='Answers')",
        "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()",
        "## After",
    )
    bad = write_notebook(folder / "n/stops.ipynb", "## No main heading", "1 / 0", "2")
    with pytest.raises(ReportError, match="stops"):
        publish([full, bad], out=folder / "site", parameters={"wave": 2}, title="A <site>")
    return sorted((folder / "site").glob("*.html"))


def visit(browser: Any, path: Path, *, scheme: str = "light", width: int = 1280) -> None:
    """Open a page in a light or dark window of some width, with all code shown."""
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": features})
    size = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    browser.get(path.as_uri())
    browser.execute_script("document.querySelectorAll('details').forEach(d => d.open = true)")


def each_page(browser: Any, site: list[Path], **how: Any) -> Iterator[str]:
    """Open the pages one after the other."""
    assert [path.name for path in site] == ["full.html", "index.html", "stops.html"]
    for path in site:
        visit(browser, path, **how)
        yield path.name


def requested(browser: Any) -> list[str]:
    """Give what the browser asked for since the last call."""
    events = [json.loads(entry["message"])["message"] for entry in browser.get_log("performance")]
    sent = [
        e["params"]["request"]["url"] for e in events if e["method"] == "Network.requestWillBeSent"
    ]
    return [url for url in sent if not url.startswith("data:")]


def test_a_page_asks_for_nothing_but_itself(browser, site):
    for path in site:
        visit(browser, path)
        requested(browser)
        browser.get_log("browser")
        visit(browser, path)
        assert requested(browser) == [path.as_uri()]
        assert browser.get_log("browser") == []


@pytest.mark.parametrize("width", [320, 360, 768, 1280])
def test_no_page_scrolls_sideways(browser, site, width):
    for name in each_page(browser, site, width=width):
        wide = browser.execute_script("return document.documentElement.scrollWidth")
        assert wide <= width, name


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 1280])
def test_axe_finds_no_fault(browser, site, scheme, width):
    for name in each_page(browser, site, scheme=scheme, width=width):
        browser.execute_cdp_cmd("Runtime.evaluate", {"expression": AXE.read_text(encoding="utf-8")})
        found = browser.execute_async_script("axe.run().then(arguments[0])")
        faults = [(f["id"], [n["html"][:90] for n in f["nodes"]]) for f in found["violations"]]
        assert faults == [], name
        assert len(found["passes"]) > 10


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_page_follows_the_readers_scheme(browser, site, scheme):
    visit(browser, site[0], scheme=scheme)
    paper = browser.execute_script("return getComputedStyle(document.body).backgroundColor")
    ink = browser.execute_script(
        "return getComputedStyle(document.querySelector('.isv-table')).color"
    )
    lightness = [sum(map(int, colour[4:-1].split(","))) for colour in (paper, ink)]
    assert (lightness[0] > lightness[1]) is (scheme == "light")


def test_every_image_has_a_description_and_is_drawn(browser, site):
    visit(browser, site[0])
    images = browser.execute_script(
        "return [...document.images].map(i => [i.alt.length > 10, i.naturalWidth > 100])"
    )
    assert images == [[True, True]] * 2


def test_code_is_folded_away_and_absent_from_print(browser, site):
    browser.get(site[0].as_uri())
    opened = browser.execute_script("return document.querySelectorAll('details[open]').length")
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": "print"})
    shown = browser.execute_script(
        "return [...document.querySelectorAll('details, nav')].filter(d => d.offsetHeight).length"
    )
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"media": ""})
    assert (opened, shown) == (0, 0)


def test_contents_lead_to_their_headings(browser, site):
    visit(browser, site[0])
    broken = browser.execute_script(
        "return [...document.querySelectorAll('nav.contents a')]"
        ".filter(a => !document.querySelector(a.getAttribute('href'))).length"
    )
    count = browser.execute_script("return document.querySelectorAll('nav.contents a').length")
    assert (broken, count) == (0, 3)
