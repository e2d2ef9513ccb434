from __future__ import annotations

from dataclasses import dataclass
from html.parser import HTMLParser

import numpy as np
import pandas as pd
import pytest

from innovsurvey.base.results import Result
from innovsurvey.errors import SpecificationError
from innovsurvey.report.notation import COLUMNS, readable
from innovsurvey.report.tables import table


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Coefficients(Result):
    ci_level: float = 0.9

    @property
    def title(self) -> str:
        return "Coefficients"

    def to_frame(self) -> pd.DataFrame:
        values = {
            "estimate": [-0.1234, np.nan],
            "ci_lower": [-0.25, np.nan],
            "ci_upper": [0.01, np.nan],
            "df": [12.0, 12.0],
            "p_value": [0.0002, 0.05],
        }
        return pd.DataFrame(values, index=["trust", "voice"])


RESULT = Coefficients(n_obs=49, notes=("Two people were left out.",))
HOSTILE = "<script>alert('x')</script> & _ % $ # {a} \\foo ~ ^"


class Cells(HTMLParser):
    """Collects what a browser would show, and the tags it would see."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.shown, self.headers = [], [], []
        self.feed(page)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        if tag == "th":
            self.headers.append(dict(attrs).get("scope"))

    def handle_data(self, data):
        if self.tags[-1] != "style" and data.strip():
            self.shown.append(data.strip())


def test_a_result_becomes_a_table_in_apa_style():
    assert Cells(table(RESULT).to_html()).shown == [
        *("Coefficients", "Term", "Estimate", "90% CI", "df", "p"),
        *("trust", "-0.123", "[-0.250, 0.010]", "12", "< .001"),
        *("voice", "–", "–", "12", ".050"),
        *("Note.", "N = 49. Two people were left out."),
    ]


def test_headers_have_a_scope_and_the_title_is_a_caption():
    page = table(RESULT).to_html()
    assert Cells(page).headers == ["col"] * 5 + ["row"] * 2
    assert "<caption><span>Coefficients</span></caption>" in page
    assert "<em>p</em>" in page
    assert " id=" not in page
    assert " style=" not in page


def test_colours_are_those_of_the_page():
    page = table(RESULT).to_html()
    assert "#" not in page.split("</style>")[0]
    assert "background-color" not in page


def test_latex_has_horizontal_rules_only_and_plain_symbols():
    source = table(pd.DataFrame({"alpha": [-0.5], "chisq": [2.0]}, index=["a"])).to_latex()
    assert r"Row & $\alpha$ & $\chi$$^2$ \\" in source
    assert "a & $-$0.500 & 2.00" in source
    assert "|" not in source
    assert source.isascii()


@pytest.mark.parametrize("place", ["cell", "column", "row", "title", "note", "index name"])
def test_hostile_text_is_inert(place):
    text = {
        key: HOSTILE if key == place else key for key in ("cell", "column", "row", "index name")
    }
    frame = pd.DataFrame({text["column"]: [text["cell"]]}, index=[text["row"]])
    frame.index.name = text["index name"]
    title = HOSTILE if place == "title" else "t"
    if place == "note":
        made = table(Coefficients(n_obs=1, notes=(HOSTILE,)))
    else:
        made = table(frame, title=title)
    seen = Cells(made.to_html())
    assert "script" not in seen.tags
    assert any("<script>alert('x')</script>" in text for text in seen.shown)
    body = made.to_latex()
    assert r"\_ \% \$ \# \{a\} \textbackslash{}foo" in body
    assert "<script" not in body


@pytest.mark.parametrize(
    ("digits", "expected"),
    [(None, ["1.235", "1.00", "3"]), (1, ["1.2", "1.0", "3"]), (0, ["1", "1", "3"])],
)
def test_digits_do_not_touch_counts(digits, expected):
    frame = pd.DataFrame({"estimate": [1.23456], "chisq": [1.0], "n": [3]}, index=["a"])
    assert table(frame, digits=digits).text.iloc[0].tolist() == expected


@pytest.mark.parametrize("digits", [-1, 1.5, 11])
def test_senseless_digits_are_refused(digits):
    with pytest.raises(SpecificationError, match="digits"):
        table(RESULT, digits=digits)


@pytest.mark.parametrize(
    ("call", "message"), [({"style": "ap"}, "did you mean apa"), ({"result": 3}, "int")]
)
def test_a_wrong_argument_is_refused(call, message):
    with pytest.raises(SpecificationError, match=message):
        table(**{"result": RESULT, **call})


@pytest.mark.parametrize(
    ("frame", "columns", "index"),
    [
        (pd.DataFrame({"who": ["a", "b"], "n": [1, 2]}), ["n"], ["a", "b"]),
        (pd.DataFrame([[1, 2]], columns=["x", "x"], index=["r"]), ["x", "x (2)"], ["r"]),
        (pd.DataFrame([[1]], columns=pd.MultiIndex.from_tuples([("a", "b")]),
                      index=pd.MultiIndex.from_tuples([("u", 1)])), ["a, b"], ["u, 1"]),
        (pd.DataFrame({"x": []}), ["x"], []),
    ],
)  # fmt: skip
def test_any_frame_will_do(frame, columns, index):
    made = table(frame)
    assert made.text.columns.tolist() == columns
    assert made.text.index.tolist() == index
    assert "<table" in made.to_html()


def test_the_same_result_gives_the_same_table():
    one, two = table(RESULT), table(RESULT)
    assert one.to_html() == two.to_html()
    assert one.gt.as_raw_html() == two.gt.as_raw_html()
    assert one._repr_html_() == one.to_html()
    assert repr(one) == repr(two)


def test_the_callers_frame_stays_as_it_is():
    frame = RESULT.to_frame()
    before = frame.copy()
    table(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_no_label_of_ours_is_empty():
    assert all(COLUMNS.values())
    assert readable("a_b") == "A b"
