"""Data of SPSS and Stata: every cell, label and missing code."""

import datetime as dt
import io
from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovsurvey.errors import DataError
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import as_table_file

SPSS = Path(__file__).parents[2] / "data" / "spss"
NAMES = ("haven_labelled-num-na", "missing_char", "sample_missing", "simple_alltypes", "spss27")


def read(path, **options):
    return as_table_file(path.read_bytes(), path.name, ReadOptions(**options))


def column(table, name):
    return [row[table.header.index(name)] for row in table.rows]


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_is_the_one_that_another_reader_finds(name):
    frame, meta = pyreadstat.read_sav(SPSS / f"{name}.sav", user_missing=True)
    table = read(SPSS / f"{name}.sav")
    assert table.header == list(frame.columns)
    assert table.texts == {k: v for k, v in meta.column_names_to_labels.items() if v}
    for heading in frame:
        cells = column(table, heading)
        is_quarter = meta.original_variable_types[heading].startswith("QYR")
        for cell, value in zip(cells, frame[heading], strict=True):
            if is_quarter:
                assert cell in {"2014-10-01", "2015-01-01"}
            elif pd.isna(value):
                assert cell == ""
            elif isinstance(value, (dt.date, dt.time)):
                assert cell == value.isoformat()
            elif isinstance(value, str):
                assert cell == value
            else:
                assert float(cell) == value


@pytest.mark.parametrize(
    ("name", "missing"),
    [
        ("haven_labelled-num-na", {"VAR00002": {"9": "user_missing_9"}}),
        ("missing_char", {"mychar": {"Z": "user_missing_z"}}),
        ("spss27", {"sex": {"-99": "user_missing_minus_99"}}),
        (
            "sample_missing",
            {
                "mynum": {"2500": "user_missing_2500", "-1": "user_missing_minus_1"},
                "mylabl": {"-1": "undetermined"},
                "myord": {
                    "-1": "missing",
                    "-2": "user_missing_minus_2",
                    "-3": "user_missing_minus_3",
                },
            },
        ),
        (
            "simple_alltypes",
            {
                "x": {"99": "user_missing_99", "8": "user_missing_8", "7": "user_missing_7"},
                "z": {"999": "skipped", "-9": "user_missing_minus_9"},
            },
        ),
    ],
)
def test_codes_and_ranges_declared_missing_have_reasons(name, missing):
    table = read(SPSS / f"{name}.sav")
    assert table.missing == missing
    assert "cells that hold one have no answer" in table.notes[0]


@pytest.mark.parametrize("name", ["pspp.sav", "pspp.zsav"])
def test_files_of_another_program_are_read_whole(name):
    table = read(SPSS / name)
    assert table.rows[1] == ["2", "-5", "9", "zz", "refused", "", "", "2026-01-03", "26:00:00"]
    assert table.rows[3][4:7] == ["Ærø", "Blåbær", "z"]
    assert table.missing == {
        "score": {"999": "no_score", "-5": "user_missing_minus_5"},
        "grade": {"9": "refused", "8": "dont_know"},
        "code": {"zz": "nothing"},
        "city": {"refused": "refused_to_say"},
    }
    assert table.labels["city"] == {"Aarhus": "Second city", "refused": "Refused to say"}


def test_what_a_portable_file_cannot_tell_is_said():
    table = read(SPSS / "pspp.por")
    assert table.rows[0] == ["1", "2.5", "1", "a", "2026-01-02", "03:04:05"]
    assert table.labels["GRADE"]["8"] == "Don't know"
    assert any("come as not answered, without their reason" in note for note in table.notes)


def test_labels_of_some_values_leave_the_others_alone():
    table = read(SPSS / "spss27.sav")
    assert table.labels == {"sex": {"0": "female", "1": "male"}}
    assert column(table, "height")[4] == "165.666666666"


def written(folder, suffix, frame, **options):
    path = folder / f"made{suffix}"
    kinds = {".dta": pyreadstat.write_dta, ".por": pyreadstat.write_por}
    kinds.get(suffix, pyreadstat.write_sav)(frame, path, **options)
    return path


@pytest.mark.parametrize("suffix", [".sav", ".zsav", ".dta", ".por"])
def test_dates_times_and_long_texts_come_through(tmp_path, suffix):
    frame = pd.DataFrame(
        {
            "DAY": [dt.date(2026, 1, 2), None, dt.date(1850, 3, 4)],
            "MOMENT": pd.to_datetime(["2026-01-02 03:04:05", None, "1999-12-31 23:59:59"]),
            "CLOCK": [dt.time(3, 4, 5), None, dt.time(0, 0)],
            "WORDS": ["x" * 200, "", "plain"],
            "N": [0.1, np.nan, -7],
        }
    )
    options = {"compress": True} if suffix == ".zsav" else {}
    table = read(written(tmp_path, suffix, frame, **options))
    assert table.rows == [
        ["2026-01-02", "2026-01-02T03:04:05", "03:04:05", "x" * 200, "0.1"],
        ["", "", "", "", ""],
        ["1850-03-04", "1999-12-31T23:59:59", "00:00:00", "plain", "-7"],
    ]


def test_stata_dates_of_all_periods_are_first_days(tmp_path):
    day = pd.to_datetime(["2026-07-02", "1955-01-01"])
    frame = pd.DataFrame(dict.fromkeys("abcdefg", day))
    kinds = dict(zip("abcdefg", ("tc", "td", "tw", "tm", "tq", "th", "ty"), strict=True))
    frame.to_stata(tmp_path / "a.dta", convert_dates=kinds, write_index=False)
    known = pd.read_stata(tmp_path / "a.dta")
    table = read(tmp_path / "a.dta")
    assert column(table, "a")[0] == "2026-07-02T00:00:00"
    assert column(table, "g") == ["2026", "1955"]
    for name in "bcdef":
        assert column(table, name) == known[name].dt.date.map(str).tolist()


@pytest.mark.parametrize("version", [114, 117, 118, 119])
def test_stata_files_of_every_version_are_read(tmp_path, version):
    frame = pd.DataFrame({"q": [1.0, np.nan, 3.5], "word": ["ab", "", "cd"]})
    labels = {"q": "The question"}
    frame.to_stata(tmp_path / "a.dta", version=version, write_index=False, variable_labels=labels)
    table = read(tmp_path / "a.dta")
    assert table.rows == [["1", "ab"], ["", ""], ["3.5", "cd"]]
    assert table.texts == labels
    assert table.reader == "stata"


def test_extended_missing_values_of_stata_stand_apart_from_texts(tmp_path):
    frame = pd.DataFrame({"q": [1, "a", "b", None], "word": ["a", "b", ".a", ""]}, dtype=object)
    path = written(
        tmp_path,
        ".dta",
        frame,
        missing_user_values={"q": ["a", "b"]},
        variable_value_labels={"q": {1: "one", "a": "Ved ikke"}},
    )
    table = read(path)
    assert table.rows == [["1", "a"], [".a", "b"], [".b", ".a"], ["", ""]]
    assert table.missing == {"q": {".a": "ved_ikke", ".b": "user_missing_b"}}
    assert table.labels == {"q": {"1": "one", ".a": "Ved ikke"}}


def test_a_wrong_encoding_is_read_as_latin_and_said(tmp_path):
    frame = pd.DataFrame({"word": ["blåbær", "x"], "code": ["å", "b"]})
    labels = {"code": {"å": "Blå", "b": "Sort"}}
    path = written(tmp_path, ".sav", frame, variable_value_labels=labels)
    raw = path.read_bytes().replace("å".encode(), b"\xe5 ").replace("æ".encode(), b"\xe6 ")
    table = as_table_file(raw, "a.sav", ReadOptions())
    assert table.rows[0][0].startswith("blå b")
    assert any("read as latin-1" in note for note in table.notes)


@pytest.mark.parametrize("at", [100, 176, 180, 188, 300, 400, -40])
def test_files_that_break_off_are_refused(at):
    raw = (SPSS / "sample_missing.sav").read_bytes()[:at]
    with pytest.raises(DataError, match=r"cannot be read as SPSS|damaged SPSS file"):
        as_table_file(raw, "a.sav", ReadOptions())


def test_a_heading_that_promises_too_many_rows_is_refused():
    frame = pd.DataFrame({"a": [1.0], "b": [2.0]})
    out = io.BytesIO()
    frame.to_stata(out, write_index=False, version=118)
    start = out.getvalue().index(b"<N>") + 3
    raw = out.getvalue()[:start] + (10**9).to_bytes(8, "little") + out.getvalue()[start + 8 :]
    with pytest.raises(DataError, match=r"1,000,000,000 rows of 2 columns|cannot be read as Stata"):
        as_table_file(raw, "a.dta", ReadOptions())


@settings(max_examples=300, deadline=None)
@given(
    changes=st.lists(st.tuples(st.floats(0, 0.999), st.integers(0, 255)), min_size=1, max_size=8),
    name=st.sampled_from(NAMES),
)
def test_a_damaged_file_is_read_or_refused_and_never_worse(changes, name):
    raw = bytearray((SPSS / f"{name}.sav").read_bytes())
    for place, byte in changes:
        raw[4 + int(place * (len(raw) - 4))] = byte
    try:
        table = as_table_file(bytes(raw), "a.sav", ReadOptions())
    except DataError as error:
        assert str(error).startswith("a.sav")  # noqa: PT017
    else:
        assert table.rows


@pytest.mark.parametrize("kind", ["sav", "dta", "por"])
def test_texts_of_digits_keep_every_digit(tmp_path, kind):
    ids = ["007", "12345678901234567", "12345678901234568"]
    frame = pd.DataFrame({"ID": ids, "LONG": [1.0, 2.0**53 - 1, 1234567890123456.0]})
    getattr(pyreadstat, f"write_{kind}")(frame, tmp_path / f"a.{kind}")
    rows = read(tmp_path / f"a.{kind}").rows
    assert [row[0] for row in rows] == ids
    if kind != "por":
        assert [row[1] for row in rows] == ["1", "9007199254740991", "1234567890123456"]


def test_a_code_and_its_negative_have_different_reasons(tmp_path):
    frame = pd.DataFrame({"q": [-9.0, 9.0, -99.0, 1.0]})
    path = tmp_path / "signs.sav"
    pyreadstat.write_sav(frame, path, missing_ranges={"q": [-9, 9, -99]})
    reasons = {"-9": "user_missing_minus_9", "9": "user_missing_9", "-99": "user_missing_minus_99"}
    assert read(path).missing == {"q": reasons}
