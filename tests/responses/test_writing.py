import csv
import datetime as dt
from dataclasses import replace

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import innovsurvey as isv
from innovsurvey.definitions.model import MissingOption, ResponseFormat, Text
from innovsurvey.responses.writing_codes import missing_codes
from innovsurvey.responses.writing_names import SPSS, STATA, fit_names

INSTRUMENT = """\
id: written
version: 0.1.0
title: {en: Written, da: Skrevet}
source: {citation: Invented, licence: CC0-1.0}
languages:
  en: {name: English, status: original}
  da: {name: Dansk, status: draft}
formats:
  agree:
    level: ordinal
    points:
      - {value: 1, label: {en: Never, da: Aldrig}}
      - {value: 2, label: {en: Sometimes, da: Nogle gange}}
      - {value: 3, label: {en: Always, da: Altid}}
    missing:
      - {code: -7, reason: not_needed, label: {en: Not needed, da: Ikke nødvendigt}}
      - {code: -8, reason: cannot_judge, label: {en: I can’t judge, da: Ved ikke}}
  kind:
    level: nominal
    points: [{value: 1, label: {en: A, da: A}}, {value: 2, label: {en: B, da: B}}]
    missing:
      - {code: 98, reason: refused, label: {en: Refused, da: Vil ikke}}
      - {code: -1, reason: cannot_say, label: {en: Cannot say, da: Kan ikke}}
      - {code: -2, reason: other_matter, label: {en: Cannot say, da: Andet}}
  years: {level: number}
items:
  - {id: A1, format: agree, text: {en: We talk about what went wrong., da: Vi taler om fejl.}}
  - {id: A2, format: agree, reverse: true, text: {en: We repeat it., da: Vi gentager det.}}
  - {id: K1, format: kind, text: {en: Which kind?, da: Hvilken slags?}}
  - {id: with, format: years, text: {en: How many years?, da: Hvor mange år?}}
scales:
  - id: learning
    title: {en: Learning, da: Læring}
    description: {en: Learning, da: Læring}
    items: [A1, A2]
    score: {method: mean, min_valid: 1}
"""
MISSING_OF_AGREE = INSTRUMENT[INSTRUMENT.index("    missing:") : INSTRUMENT.index("  kind:")]
CELLS = {
    "who": ["p1", "p2", "p3", "p4", "p5", "p6", "p7"],
    "A1": ["1", "-7", "", "9", "rubbish", "-12", "3"],
    "A2": ["3", "-8", "2", "2", "1", "-12", "[dont_know]"],
    "K1": ["1", "98", "-1", "-2", "x", "2", "-12"],
    "with": ["1.5", "-40", "", "many", "1e3", "0.1", "7"],
    "Unit / team": ["=1+1", "b", "", "ø", "-x", "+y", "@z"],
    "size": ["1", "2.5", "", "3", "4", "5", "6"],
}
KINDS = [".sav", ".zsav", ".dta", ".csv", ".xlsx", ".parquet"]


@pytest.fixture(scope="module")
def instrument(tmp_path_factory):
    path = tmp_path_factory.mktemp("written") / "written.yaml"
    path.write_text(INSTRUMENT, encoding="utf-8")
    return isv.load_instrument(path)


@pytest.fixture(scope="module")
def answers(instrument):
    return isv.read_responses(pd.DataFrame(CELLS), instrument, id_column="who")


def same_reasons(one, two):
    """Compare reasons as texts: a column has a category only where a file tells of it."""
    pd.testing.assert_frame_equal(one.reasons.astype(object), two.reasons.astype(object))


@pytest.mark.parametrize("suffix", KINDS)
@pytest.mark.parametrize("language", ["en", "da"])
def test_answers_and_reasons_come_back_from_every_kind(
    tmp_path, answers, instrument, suffix, language
):
    written = isv.write_responses(answers, tmp_path / f"a{suffix}", language=language)
    names = {old: written.columns[old] for old in answers.data}
    columns = {new: old for old, new in names.items() if old != new}
    again = isv.read_responses(written, instrument, id_column="who", columns=columns)
    pd.testing.assert_frame_equal(again.data, answers.data)
    same_reasons(again, answers)
    assert again.reasons.loc["p4", "A1"] == "out_of_range"
    assert again.reasons.loc["p7", "A2"] == "dont_know"
    assert again.context.iloc[:, -1].tolist()[1] == 2.5


@pytest.mark.parametrize("suffix", KINDS)
def test_an_item_that_nobody_answered_is_written_and_comes_back(tmp_path, suffix):
    (tmp_path / "plain.yaml").write_text(INSTRUMENT.replace(MISSING_OF_AGREE, ""), "utf-8")
    instrument = isv.load_instrument(tmp_path / "plain.yaml")
    cells = {"A1": ["", "", ""], "A2": ["1", "", "3"], "K1": ["", "", ""], "with": [""] * 3}
    answers = isv.read_responses(pd.DataFrame({"who": ["a", "b", "c"], **cells}), instrument)
    written = isv.write_responses(answers, tmp_path / f"empty{suffix}")
    columns = {new: old for old, new in written.columns.items() if old in cells and old != new}
    again = isv.read_responses(written, instrument, columns=columns)
    np.testing.assert_array_equal(again.data.to_numpy(), answers.data.to_numpy())
    assert again.data.columns.equals(answers.data.columns)


def test_user_missing_codes_of_spss_keep_their_reasons_through_a_cycle(tmp_path, instrument):
    frame = pd.DataFrame({"A1": [1.0, 97, 98, 99, np.nan], "A2": [1.0, 2, 3, 1, -7]})
    frame = frame.assign(K1=[1.0, 2, 1, 2, 98], years=[1.0, -99, 3, 4, 5])
    pyreadstat.write_sav(
        frame.rename(columns={"years": "with_"}),
        tmp_path / "foreign.sav",
        variable_value_labels={"A1": {1.0: "Never", 98.0: "Don't know", 97.0: "I can’t judge"}},
        missing_ranges={"A1": [{"lo": 97, "hi": 99}], "with_": [-99]},
    )
    columns = {"with_": "with"}
    first = isv.read_responses(tmp_path / "foreign.sav", instrument, columns=columns)
    reasons = ["cannot_judge", "dont_know", "user_missing_99", "not_answered"]
    assert first.reasons["A1"].tolist()[1:] == reasons
    assert first.reasons.loc[2, "with"] == "user_missing_minus_99"
    second = isv.read_responses(
        isv.write_responses(first, tmp_path / "ours.sav"), instrument, columns=columns
    )
    pd.testing.assert_frame_equal(second.data, first.data)
    same_reasons(second, first)


def test_spss_users_find_labels_levels_and_missing_codes(tmp_path, answers):
    written = isv.write_responses(answers, tmp_path / "a.sav", language="da")
    frame, meta = pyreadstat.read_sav(written.path, user_missing=True)
    assert meta.column_names_to_labels["A1"] == "Vi taler om fejl."
    assert meta.variable_value_labels["A1"][1.0] == "Aldrig"
    assert meta.variable_value_labels["A1"][-7.0] == "Ikke nødvendigt"
    assert meta.variable_value_labels["A1"][-12.0] == "Not shown"
    assert meta.variable_measure["A1"] == "ordinal"
    assert meta.variable_measure["K1"] == "nominal"
    assert meta.variable_measure["with_"] == "scale"
    assert frame["A1"].tolist()[:2] == [1.0, -7.0]
    assert "Skrevet (written@0.1.0)" in meta.file_label
    plain, _ = pyreadstat.read_sav(written.path)
    pd.testing.assert_series_equal(
        plain["A1"], answers.data["A1"].reset_index(drop=True), check_names=False
    )


def test_stata_users_find_extended_missing_values(tmp_path, answers):
    written = isv.write_responses(answers, tmp_path / "a.dta")
    frame = pd.read_stata(written.path, convert_categoricals=False, convert_missing=True)
    assert str(frame.loc[1, "A1"]) == ".a"
    assert frame.loc[0, "A1"] == 1.0
    assert written.columns["Unit / team"] == "Unit_team"
    assert written.columns["with"] == "with_"
    assert any("Unit / team as Unit_team, with as with_" in note for note in written.notes)


def test_reversed_items_are_written_as_given(tmp_path, answers):
    written = isv.write_responses(answers, tmp_path / "a.csv")
    frame = pd.read_csv(written.path)
    assert frame.loc[0, "A2"] == "3"
    assert answers.items("learning").loc["p1", "A2"] == 1.0


def test_no_text_becomes_a_formula(tmp_path, answers):
    written = isv.write_responses(answers, tmp_path / "a.csv")
    with written.path.open(encoding="utf-8-sig", newline="") as file:
        cells = [row["Unit / team"] for row in csv.DictReader(file)]
    assert cells == ["'=1+1", "b", "", "ø", "'-x", "'+y", "'@z"]
    assert written.notes == (
        "4 text(s) that a spreadsheet would run as a formula got an apostrophe in front.",
    )
    book = openpyxl.load_workbook(isv.write_responses(answers, tmp_path / "a.xlsx").path)
    kinds = {cell.data_type for row in book["answers"].iter_rows() for cell in row}
    assert "f" not in kinds


def test_texts_that_got_an_apostrophe_come_back_without(tmp_path, instrument):
    texts = ["=1+1", "+45", "-8", "@z", "'quoted'", "it's", "-9"]
    cells = CELLS | {"who": [f"{text}{i}" for i, text in enumerate(texts)], "Unit / team": texts}
    answers = isv.read_responses(pd.DataFrame(cells), instrument, id_column="who")
    written = isv.write_responses(answers, tmp_path / "a.csv")
    again = isv.read_responses(written, instrument, id_column="who")
    pd.testing.assert_frame_equal(again.data, answers.data)
    pd.testing.assert_frame_equal(again.context, answers.context)
    same_reasons(again, answers)
    assert any(note.startswith("12 text(s) lost the apostrophe") for note in again.notes)


def test_what_people_wrote_goes_out_only_when_asked(tmp_path, answers):
    texts = pd.DataFrame({"remark": ["x" * 40_000, *"bcdefg"]}, index=answers.data.index)
    told = replace(answers, texts=texts)
    without = isv.write_responses(told, tmp_path / "a.sav")
    assert "remark" not in without.columns
    assert any("texts=True writes them" in note for note in without.notes)
    written = isv.write_responses(told, tmp_path / "b.sav", texts=True)
    assert "Labels or texts shortened for SPSS: remark." in written.notes
    frame, _ = pyreadstat.read_sav(written.path)
    assert len(frame.loc[0, "remark"]) == 32_767


def test_what_excel_does_not_take_is_said(tmp_path, answers):
    texts = pd.DataFrame({"remark": ["x" * 40_000, "a\x01b", *"cdefg"]}, index=answers.data.index)
    written = isv.write_responses(replace(answers, texts=texts), tmp_path / "a.xlsx", texts=True)
    assert "2 text(s) shortened, or freed of signs that Excel does not take." in written.notes


def test_columns_of_other_types_go_out(tmp_path, answers):
    context = pd.DataFrame(
        {
            "yes": [True, False] * 3 + [True],
            "day": pd.to_datetime(["2026-01-02"] * 6 + [None]),
            "mixed": [1, "a", None, dt.date(2026, 1, 2), 2.5, "", "z"],
            "A1": range(7),
        },
        index=answers.data.index,
    ).astype({"mixed": object})
    other = replace(answers, context=context)
    for suffix in (".sav", ".dta"):
        written = isv.write_responses(other, tmp_path / f"a{suffix}")
        read = pyreadstat.read_sav if suffix == ".sav" else pyreadstat.read_dta
        frame, _ = read(written.path)
        assert frame["yes"].tolist() == [1, 0, 1, 0, 1, 0, 1]
        assert frame["day"].iloc[0] == pd.Timestamp("2026-01-02")
        assert frame["mixed"].tolist() == ["1", "a", "", "2026-01-02", "2.5", "", "z"]
        assert "A1_" in frame


@pytest.mark.parametrize(
    ("name", "options", "message"),
    [
        ("a.doc", {}, "the ending of the file"),
        ("a.sav", {"language": "de"}, "has no language 'de'"),
        ("folder.sav", {}, "cannot be written"),
    ],
)
def test_what_cannot_be_written_is_refused(tmp_path, answers, name, options, message):
    (tmp_path / "folder.sav").mkdir()
    with pytest.raises(isv.errors.SpecificationError, match=message):
        isv.write_responses(answers, tmp_path / name, **options)


def test_something_else_is_refused(tmp_path):
    with pytest.raises(isv.errors.DataError, match="write_responses needs the answers"):
        isv.write_responses(pd.DataFrame(), tmp_path / "a.sav")


@settings(max_examples=100, deadline=None)
@given(names=st.lists(st.text(min_size=1, max_size=80), unique=True, max_size=12))
@pytest.mark.parametrize("program", [SPSS, STATA], ids=["spss", "stata"])
def test_names_fit_and_differ(program, names):
    found = fit_names(names, program)
    assert list(found) == names
    lower = [name.lower() for name in found.values()]
    assert len(set(lower)) == len(lower)
    for name in found.values():
        assert 0 < len(name) <= program.longest_name
        assert not program.odd_signs.search(name)
        assert name.isascii()
        assert name[0].isalpha()


@settings(max_examples=200, deadline=None)
@given(
    answers=st.lists(st.integers(-20, 20) | st.floats(-5, 5), min_size=1, max_size=5),
    own=st.lists(st.integers(-30, 120), unique=True, max_size=6),
    others=st.sets(st.sampled_from(["not_shown", "out_of_range", "unreadable", "dont_know"])),
)
def test_codes_of_reasons_are_never_answers_and_can_be_declared(answers, own, others):
    own = [code for code in own if code not in answers]
    options = tuple(MissingOption(float(c), f"own_{i}", Text(()), ()) for i, c in enumerate(own))
    format_ = ResponseFormat("f", "number", "none", (), options, None, None)
    found = missing_codes(pd.Series(answers, dtype=float), {*others, "not_answered"}, format_)
    codes = found.by_reason
    assert set(codes) == {f"own_{i}" for i in range(len(own))} | others
    assert len(set(codes.values())) == len(codes)
    declared = [any(low <= code <= high for low, high in found.ranges) for code in codes.values()]
    assert all(declared)
    assert not [a for a in answers for low, high in found.ranges if low <= a <= high]
    wide = [low < high for low, high in found.ranges]
    assert len(wide) <= 3
    assert not any(wide) or (sum(wide) == 1 and len(wide) <= 2)


@settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    cells=st.lists(
        st.tuples(
            *(st.sampled_from(CELLS[name]) for name in ("A1", "K1", "with")),
        ),
        min_size=1,
        max_size=8,
    ),
    suffix=st.sampled_from(KINDS),
)
def test_any_answers_come_back(tmp_path, instrument, cells, suffix):
    a, k, years = zip(*cells, strict=True)
    frame = pd.DataFrame({"who": range(len(a)), "A1": a, "A2": a, "K1": k, "with": years})
    first = isv.read_responses(frame, instrument, id_column="who", check_codes=False)
    written = isv.write_responses(first, tmp_path / f"a{suffix}")
    columns = {"with_": "with"} if written.columns["with"] != "with" else None
    second = isv.read_responses(written, instrument, id_column="who", columns=columns)
    pd.testing.assert_frame_equal(second.data, first.data)
    same_reasons(second, first)


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    years=st.lists(st.floats(-1e6, 1e6).map(lambda x: round(x, 3)), min_size=1, max_size=6),
    dialect=st.sampled_from([(",", "."), (";", ","), (";", "."), ("\t", ","), ("|", ",")]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "windows-1252"]),
    end=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
)
def test_decimal_marks_are_understood(tmp_path, instrument, years, dialect, encoding, end, quoting):
    separator, decimal = dialect
    n = len(years)
    frame = pd.DataFrame({"A1": [1] * n, "A2": [2] * n, "K1": [1] * n, "with": years, "f": years})
    text = frame.to_csv(
        index=False, sep=separator, decimal=decimal, lineterminator=end, quoting=quoting
    )
    (tmp_path / "a.csv").write_bytes(text.encode(encoding))
    answers = isv.read_responses(tmp_path / "a.csv", instrument)
    assert answers.data["with"].tolist() == pytest.approx(years)
    assert answers.context["f"].tolist() == pytest.approx(years)
