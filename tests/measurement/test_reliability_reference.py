"""Coefficients beside those of psych, semTools, lavaan and formulae in R."""

from __future__ import annotations

import json
from functools import cache

import pytest
from conftest import assert_agrees, reference_cases, reference_data

from innovsurvey.measurement.reliability import reliability

CASES = reference_cases("reliability")


def options(case):
    kind = case["id"].partition(":")[0].partition(",")[0]
    return {
        "bounds": {},
        "omega": {"n_factors": case.get("n_factors")},
        "ordinal": {"ordinal": True},
        "pairwise": {"missing": "pairwise"},
        "levels": {"cluster": case.get("group")},
        "bootstrap": {"n_boot": 4_000, "seed": 1},
    }[kind]


@cache
def estimated(text):
    case = json.loads(text)
    return reliability(reference_data(case), **options(case))


def value(result, name):
    if name.startswith("lambda"):
        return result.lambdas[name]
    if name in {"alpha_drop", "mean"}:
        return result.items[name]
    if "within" in name or "between" in name:
        coefficient, level, *_ = name.split("_")
        column = "alpha" if coefficient == "alpha" else "omega_total"
        return result.levels.loc[level, column]
    if name.endswith("_boot"):
        return bootstrapped(result.bootstrap, name)
    return getattr(result, name.removesuffix("_psych"))


def bootstrapped(table, name):
    if name == "se_boot":
        return table.loc[["alpha", "omega_total"], "se"]
    row = "alpha" if name == "alpha_boot" else "omega_total"
    return table.loc[row, ["ci_lower", "ci_upper"]]


@pytest.mark.parametrize(
    ("case", "name"),
    [(case, name) for case in CASES for name in case["expected"]],
    ids=lambda given: given if isinstance(given, str) else given["id"],
)
def test_coefficients_agree_with_r(case, name):
    assert_agrees(value(estimated(json.dumps(case)), name), case, name)
