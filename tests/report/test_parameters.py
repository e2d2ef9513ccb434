from __future__ import annotations

import ast
from enum import StrEnum
from pathlib import Path

import numpy as np
import pytest

from innovsurvey.errors import SpecificationError
from innovsurvey.report.parameters import (
    check_names,
    injected_source,
    literal,
    parameter_cell,
    read_parameters,
)


class Wave(StrEnum):
    FIRST = "first"


@pytest.mark.parametrize(
    "value",
    ["a 'b' \"c\"\n", 1, 1.5, True, None, [1, "a"], (1,), (1, 2), (), {"a": [None, {"b": 2.0}]}],
)
def test_a_literal_reads_back_as_the_same_value(value):
    assert ast.literal_eval(literal(value, "x")) == value


@pytest.mark.parametrize(
    ("value", "expected"), [(np.int64(3), "3"), (np.float64(0.5), "0.5"), (np.True_, "True")]
)
def test_numpy_numbers_become_plain_ones(value, expected):
    assert literal(value, "x") == expected


def test_a_path_becomes_absolute_text():
    assert literal(Path("wave.csv"), "x") == repr(str(Path("wave.csv").resolve()))


@pytest.mark.parametrize(
    "value", [object(), float("nan"), float("inf"), {1}, b"a", Wave.FIRST, [{1}]]
)
def test_anything_else_is_refused(value):
    with pytest.raises(SpecificationError, match="parameter wave holds"):
        literal(value, "wave")


def test_code_in_a_text_stays_text():
    source = injected_source({"title": "'); import os  #\nx = 1"})
    assert read_parameters(source, "x.ipynb") == {"title": "'); import os  #\nx = 1"}


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("a = 1\nb: str = 'x'  # note", {"a": 1, "b": "x"}),
        ("# nothing yet", {}),
        (
            "a = -1.5\nb = [1, (2, 'c')]\nc = {'d': None}",
            {"a": -1.5, "b": [1, (2, "c")], "c": {"d": None}},
        ),
    ],
)
def test_parameters_are_read_without_running_them(source, expected):
    assert read_parameters(source, "x.ipynb") == expected


@pytest.mark.parametrize(
    "source",
    ["import os", "a = b = 1", "a, b = 1, 2", "a: int", "a = open('x')", "a.b = 1", "'text'"],
)
def test_other_code_among_parameters_is_refused(source):
    with pytest.raises(SpecificationError, match="line 2 of the parameters cell"):
        read_parameters(f"ok = 1\n{source}", "x.ipynb")


def test_broken_code_among_parameters_names_the_line():
    with pytest.raises(SpecificationError, match="line 2"):
        read_parameters("a = 1\nb = = 2", "x.ipynb")


def test_a_misspelt_name_gets_the_nearest_one():
    with pytest.raises(
        SpecificationError, match=r"min_group_sise \(did you mean min_group_size\?\)"
    ):
        check_names(["min_group_sise"], ["min_group_size", "wave"], "x.ipynb")


def test_two_parameter_cells_are_refused():
    tagged = {"cell_type": "code", "metadata": {"tags": ["parameters"]}}
    with pytest.raises(SpecificationError, match="2 cells tagged"):
        parameter_cell([tagged, tagged], "x.ipynb")
