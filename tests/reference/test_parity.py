"""docs/parity.md lists every figure of the references, with R's value and one near it."""

import re

import parity
import pytest

ROW = re.compile(r"^\| (.+) \| `(\w+)` \| (\d+) \| (\S+) \| (\S+) \| (.+) \| (\S+) \|$")
REFERENCES = sorted(path.stem for path in parity.HERE.glob("*.json"))


def listed(reference):
    """The rows of a reference on the page: cells by case and figure."""
    page = parity.PAGE.read_text(encoding="utf-8")
    part = page.partition(f"### {reference}\n")[2].partition("\n#")[0]
    found = [ROW.match(line) for line in part.splitlines() if line.startswith("| ")]
    return {(row[1], row[2]): row.groups()[2:] for row in found if row}


def test_every_reference_is_on_the_page():
    listed_there = [name for names in parity.FUNCTIONS.values() for name in names]
    assert sorted(listed_there) == REFERENCES


@pytest.mark.parametrize("reference", REFERENCES)
def test_every_figure_is_on_the_page(reference):
    cases = parity.read(reference)["cases"]
    names = parity.case_names(cases)
    assert len(set(names)) == len(names)
    wanted = {(n, f) for n, case in zip(names, cases, strict=True) for f in case["expected"]}
    assert set(listed(reference)) == wanted, "run make parity"


@pytest.mark.parametrize("reference", REFERENCES)
def test_versions_are_on_the_page(reference):
    assert parity.program(parity.read(reference)) in parity.PAGE.read_text(encoding="utf-8")


@pytest.mark.parametrize("reference", REFERENCES)
def test_values_are_those_of_the_reference_and_ours_are_near(reference):
    content = parity.read(reference)
    cases = dict(zip(parity.case_names(content["cases"]), content["cases"], strict=True))
    for (name, figure), (_, theirs, ours, apart, tolerance) in listed(reference).items():
        values = parity.numbers(cases[name]["expected"][figure])
        if theirs != "none":
            assert theirs in {parity.number(value, float(tolerance)) for value in values}
            rounding = 0.0 if theirs == ours else 10.0 ** -len(ours.partition(".")[2])
            scale = abs(float(theirs)) if figure == "gamma" else 1.0
            assert abs(float(theirs) - float(ours)) <= float(tolerance) * scale + rounding
        if apart != "none":
            assert float(apart.removeprefix("< ")) <= float(tolerance)


@pytest.mark.parametrize(
    ("size", "tolerance", "text"),
    [
        (0.0, 0, "none"),
        (1.0, 0, "1e+00"),
        (3e-13, 1e-8, "< 1e-10"),
        (2.1e-5, 3e-5, "3e-05"),
        (3e-5, 3e-5, "3e-05"),
        (9.7e-6, 1e-5, "1e-05"),
    ],
)
def test_differences_are_rounded_up(size, tolerance, text):
    assert parity.said(size, tolerance) == text


@pytest.mark.parametrize(
    ("value", "tolerance", "text"),
    [(0.9022367, 1e-8, "0.902237"), (-1e-9, 1e-4, "0.0000"), (171.0, 0, "171"), (2.5, 1, "2")],
)
def test_values_have_the_digits_of_their_tolerance(value, tolerance, text):
    assert parity.number(value, tolerance) == text
