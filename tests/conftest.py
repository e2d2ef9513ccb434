"""Reference numbers, data and generators that the tests share."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import pytest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]

ROOT = Path(__file__).resolve().parent.parent
CLIMATE_FILE = ROOT / "data/sample/leadership_climate/lq2002.csv"
LEAD = [f"LEAD{number:02d}" for number in range(1, 12)]
TSIG = [f"TSIG{number:02d}" for number in range(1, 4)]
HOSTIL = [f"HOSTIL{number:02d}" for number in range(1, 6)]
NOTHING = np.array([])
collect_ignore_glob = ["reference/make/*"]  # scripts that need other programs; no tests run them


class Comparison(NamedTuple):
    """What assert_agrees saw: a figure of a case of a reference, and its cells."""

    reference: str
    position: int
    figure: str
    tolerance: float
    got: Floats = NOTHING
    expected: Floats = NOTHING
    scale: Floats = NOTHING


COMPARED: list[Comparison] = []  # docs/parity.md lists them


def reference_cases(name: str) -> list[dict[str, Any]]:
    """Give the cases of tests/reference/<name>.json, each with the file's name and tolerances."""
    text = (ROOT / "tests/reference" / f"{name}.json").read_text(encoding="utf-8")
    content = json.loads(text)
    every = {"reference": name, "tolerance": content["tolerance"]}
    return [{**case, **every, "position": at} for at, case in enumerate(content["cases"])]


def reference_data(case: dict[str, Any]) -> pd.DataFrame:
    """Give the columns of a case, reversed items turned round; the file must be the same."""
    data = case["data"]
    frame = read_hashed(data["path"], data["sha256"])[data["columns"]]
    return frame.assign(**{name: data["turn"] - frame[name] for name in data["reverse"]})


@cache
def read_hashed(path: str, sha256: str) -> pd.DataFrame:
    """Read a CSV file whose content is the one R has read."""
    assert hashlib.sha256((ROOT / path).read_bytes()).hexdigest() == sha256, path
    return pd.read_csv(ROOT / path)


def assert_agrees(
    got: Any, case: dict[str, Any], name: str, *, scale: Any = 1.0, first: int = 0
) -> None:
    """Compare one number, list or table with the expected one, cell by cell from the first on."""
    expected, tolerance = case["expected"][name], case["tolerance"][name]
    if expected is None:
        assert got is None, name
        COMPARED.append(Comparison(case["reference"], case["position"], name, tolerance))
        return
    got, expected = np.asarray(got, dtype=float), reference_numbers(expected)
    assert got.shape == expected.shape or expected.size == got.size == 1, name
    got, expected = got.ravel()[first:], expected.ravel()[first:]
    seen = Comparison(
        case["reference"], case["position"], name, tolerance, got, expected, got * 0 + scale
    )
    COMPARED.append(seen)
    np.testing.assert_allclose(
        got / seen.scale, expected / seen.scale, rtol=0, atol=tolerance, err_msg=name
    )


def reference_numbers(values: Any) -> Floats:
    """Give the numbers of a reference; "NA" of R is NaN."""
    listed = np.array(values, dtype=object)
    return np.where(listed == "NA", np.nan, listed).astype(float)


@pytest.fixture
def rng() -> np.random.Generator:
    return np.random.default_rng(20_240_501)


@pytest.fixture(scope="session")
def climate() -> pd.DataFrame:
    """2,042 soldiers of 49 companies on leadership climate (R package multilevel)."""
    return pd.read_csv(CLIMATE_FILE)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """Open Chromium once; without it the tests are skipped, but fail in CI."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    driver = shutil.which("chromedriver")
    if not (chromium and driver):
        missing = "Chromium and chromedriver are needed for this test."
        (pytest.fail if os.environ.get("CI") else pytest.skip)(missing)
    from selenium import webdriver
    from selenium.webdriver.chrome.service import Service

    options = webdriver.ChromeOptions()
    options.binary_location = chromium
    profile = tmp_path_factory.mktemp("chromium")
    for flag in (
        "headless",
        "no-sandbox",
        "disable-gpu",
        "disable-quic",
        "no-first-run",
        "disable-background-networking",
        "disable-component-update",
        "disable-sync",
        f"user-data-dir={profile}",
    ):
        options.add_argument(f"--{flag}")
    options.set_capability("goog:loggingPrefs", {"browser": "ALL", "performance": "ALL"})
    opened = webdriver.Chrome(options=options, service=Service(driver))
    yield opened
    opened.quit()
