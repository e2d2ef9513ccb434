from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from innovsurvey.errors import (
    DataError,
    InsufficientDataError,
    MissingItemsError,
    SpecificationError,
)
from innovsurvey.models.formula import build_design, parse_formula, plain_name, used_columns


@pytest.fixture
def data(rng):
    return pd.DataFrame(
        {
            "y": rng.normal(size=30),
            "x": rng.uniform(1, 5, size=30),
            "z": rng.uniform(1, 5, size=30),
            "team size": rng.integers(2, 9, size=30),
            "größe": rng.normal(size=30),
            "role": np.tile(["nurse", "doctor", "clerk"], 10),
        }
    )


def design_of(text, data):
    formula = parse_formula(text)
    return build_design(formula, used_columns(formula, data))


@pytest.mark.parametrize(
    ("text", "outcome", "predictors"),
    [
        ("y ~ x", "y", ("x",)),
        ("y~x+z", "y", ("x", "z")),
        ("y ~ x*z + x:z", "y", ("x", "z")),
        ("y ~ 1", "y", ()),
        ("y ~ 0 + x", "y", ("x",)),
        ("y ~ x - 1", "y", ("x",)),
        ("log(y) ~ np.log(x) + I(x**2)", "log(y)", ("x",)),
        ("y ~ Q('team size') * C(role)", "y", ("team size", "role")),
        ('Q("team size") ~ größe', "team size", ("größe",)),
        ("y ~ C(role, Treatment('nurse'))", "y", ("role",)),
        ("y ~ C(role, Treatment(reference='nurse'))", "y", ("role",)),
        ("y ~ C(role, Sum)", "y", ("role",)),
        ("y ~ (x + z)**2", "y", ("x", "z")),
        ("y ~ center(x)\n + standardize(z)", "y", ("x", "z")),
        ("y ~ Q('a ~ b: c')", "y", ("a ~ b: c",)),
        ("y ~ x / z", "y", ("x", "z")),
    ],
)
def test_columns_of_a_formula(text, outcome, predictors):
    got = parse_formula(text)
    assert (got.outcome, got.outcome_columns[-1:]) != ("", ())
    assert (got.outcome, got.predictor_columns) == (outcome, predictors)


@pytest.mark.parametrize(
    "text",
    [
        "y ~ __import__('os').system('true')",
        "y ~ open('secret')",
        "y ~ eval('1')",
        "y ~ x.__class__",
        "y ~ x[0]",
        "y ~ [x for x in y]",
        "y ~ (lambda q: q)(x)",
        "y ~ I(lambda: 0)",
        "y ~ f'{x}'",
        "y ~ np.load('x')",
        "y ~ np.log.__self__",
        "y ~ log(x, z)",
        "y ~ log(x, out=z)",
        "y ~ log(*x)",
        "y ~ log(**x)",
        "y ~ Q(x)",
        "y ~ Q('a' + 'b')",
        "y ~ C(role, eval('x'))",
        "y ~ C(role, Treatment(open('x')))",
        "y ~ C(role, Treatment('a', 'b'))",
        "y ~ C(role, levels=['a'])",
        "y ~ Treatment(x)",
        "y ~ x if z else y",
        "y ~ (x := z)",
        "y ~ x and z",
        "y ~ x < z",
        "y ~ 'x'",
        "y ~ True",
        "y ~ x @ z",
        "y ~ `x`",
        "y ~ x # z",
        "y ~ I(9**9**9)",
        "y ~ I(9**9)",
        "y ~ I(x**99)",
        "y ~ (x + z)**9",
        "y ~ I(x:z)",
        "y ~ 1e99",
        "open('x') ~ y",
        "y ~ not x",
        "y ~ ~x",
        "y ~ {x}",
        "y ~ x; z",
        "y ~ bs(x)",
    ],
)
def test_anything_else_is_refused_before_it_is_evaluated(text):
    with pytest.raises(SpecificationError, match=r"formula refused|~ signs"):
        parse_formula(text)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("y x", "0 ~ signs"),
        ("y ~ x ~ z", "2 ~ signs"),
        ("", "0 ~ signs"),
        (" ~ x", "cannot be read"),
        ("y ~", "cannot be read"),
        ("y ~ x +", "cannot be read"),
        ("y ~ (x", "cannot be read"),
        ("y ~ 'x", "cannot be read"),
        ("y ~ x z", "cannot be read"),
        ("1 ~ x", "names no outcome"),
        ("y ~ x\0", "cannot be read"),
        (f"y ~ {'+'.join(['x'] * 6_000)}", "at most 10000 are read"),
        (f"y ~ {'-' * 9_000}1", "refused"),
        (f"y ~ {'+'.join(['x'] * 1_500)}", "refused"),
        (None, "must be text"),
        (3, "must be text"),
    ],
)
def test_unreadable_formulas_are_refused(text, words):
    with pytest.raises(SpecificationError, match=words):
        parse_formula(text)


@pytest.mark.parametrize(
    ("text", "mark"), [("y ~ x + * z", "*"), ("y ~ x + open(z)", "o"), ("y ~ x ? z", "?")]
)
def test_the_place_is_marked(text, mark):
    with pytest.raises(SpecificationError) as caught:
        parse_formula(text)
    _, shown, marker = str(caught.value).split("\n")
    assert shown[marker.index("^")] == mark


@pytest.mark.parametrize(
    ("text", "terms"),
    [
        ("y ~ x * z", ("Intercept", "x", "z", "x:z")),
        ("y ~ Q('team size'):x", ("Intercept", "team size:x")),
        ("y ~ role", ("Intercept", "role[T.doctor]", "role[T.nurse]")),
        ("y ~ 0 + größe", ("größe",)),
    ],
)
def test_terms_are_named_as_written(data, text, terms):
    assert design_of(text, data).terms == terms


@pytest.mark.parametrize(
    ("text", "numeric"),
    [
        ("y ~ x + role", [False, False, False, True]),
        ("y ~ x * z", [False, True, True, True]),
        ("y ~ C(Q('team size')) - 1 + log(x)", None),
        ("y ~ x:role", [False, False, False, False]),
    ],
)
def test_numeric_terms_are_told_from_categories(data, text, numeric):
    got = design_of(text, data)
    expected = [term == "log(x)" for term in got.terms] if numeric is None else numeric
    assert got.is_numeric.tolist() == expected


@pytest.mark.parametrize(
    ("column", "expected"),
    [
        (pd.array([1, 2, 3], dtype="Int64"), [1, 2, 3]),
        (pd.array([True, False, True], dtype="boolean"), [1, 0, 1]),
        ([True, False, True], [1, 0, 1]),
        (pd.Series([1, 2.5, 3], dtype=object), [1, 2.5, 3]),
    ],
    ids=["Int64", "boolean", "bool", "object"],
)
def test_numbers_in_any_type_are_numbers(column, expected):
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0], "x": column})
    assert design_of("y ~ 0 + x", data).predictors[:, 0].tolist() == expected


@pytest.mark.parametrize(
    "column",
    [
        np.array(["b", "a", "b", "a"], dtype=object),
        pd.array(["b", "a", "b", "a"], dtype="string"),
        pd.Categorical(["b", "a", "b", "a"]),
        pd.Categorical(["b", "a", "b", "a"], ordered=True),
    ],
    ids=["object", "string", "categorical", "ordered"],
)
def test_texts_in_any_type_are_categories(column):
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": column})
    got = design_of("y ~ x", data)
    assert got.terms == ("Intercept", "x[T.b]")
    assert got.predictors[:, 1].tolist() == [1, 0, 1, 0]


@pytest.mark.parametrize(
    ("text", "error", "words"),
    [
        ("y ~ xx", MissingItemsError, "did you mean x"),
        ("role ~ x", DataError, "'role' holds text"),
        ("y + x ~ z", SpecificationError, "2 outcomes"),
        ("y ~ 0", SpecificationError, "no term"),
        ("y ~ x + 2", SpecificationError, "cannot be evaluated"),
        ("y ~ log(role)", SpecificationError, "cannot be evaluated"),
        ("y ~ I(role * 2)", SpecificationError, "cannot be evaluated"),
        ("y ~ C(role, Treatment('cook'))", SpecificationError, "not found"),
        ("y ~ log(größe)", DataError, "no finite value"),
        ("y ~ I(x / 0)", DataError, "no finite value"),
        ("log(y) ~ x", DataError, r"log\(y\) has no finite value"),
    ],
)
def test_formulas_that_do_not_fit_the_data_are_refused(data, text, error, words):
    with pytest.raises(error, match=words):
        design_of(text, data)


@pytest.mark.parametrize(
    ("column", "error", "words"),
    [
        (["a"] * 4, InsufficientDataError, "1 categories among 4 rows"),
        (list("abcd"), InsufficientDataError, "4 categories among 4 rows"),
        (pd.date_range("2024-01-01", periods=4), DataError, "dates"),
        ([1, "b", 2, 3], DataError, "holds text"),
        ([1j, 2, 3, 4], DataError, "complex"),
    ],
    ids=["one level", "a level per row", "dates", "mixed", "complex"],
)
def test_unusable_predictors_are_refused(column, error, words):
    data = pd.DataFrame({"y": [1.0, 2.0, 4.0, 3.0], "x": column})
    with pytest.raises(error, match=words):
        design_of("y ~ x", data)


def test_a_column_name_used_twice_is_refused():
    data = pd.DataFrame([[1, 2, 3], [2, 3, 5]], columns=["y", "x", "x"])
    with pytest.raises(DataError, match="more than once: x"):
        design_of("y ~ x", data)


@pytest.mark.parametrize(
    ("term", "expected"),
    [
        ("x", "x"),
        ("Q('a b')", "a b"),
        ("Q('a'):Q(\"b c\")", "a:b c"),
        ("C(Q('a b'))[T.2]", "C(a b)[T.2]"),
    ],
)
def test_plain_names(term, expected):
    assert plain_name(term) == expected
