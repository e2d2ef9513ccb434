import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import innovsurvey as isv

from .make_files import CLIMATE, climate, write


def read(path, **options):
    return isv.read_responses(path, "leadership-climate", **options)


@pytest.fixture(scope="module")
def plain(tmp_path_factory):
    return read(write(tmp_path_factory.mktemp("plain") / "a.csv", climate(6)))


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["comma", "semi", "tab", "bar"])
@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "windows-1252", "utf-16", "utf-16-le", "utf-16-be", "utf-32"]
)
def test_any_encoding_and_separator_gives_the_same_answers(tmp_path, plain, separator, encoding):
    decimal = "." if separator == "," else ","
    path = tmp_path / "a.csv"
    write(path, climate(6), separator=separator, encoding=encoding, decimal=decimal)
    answers = read(path)
    pd.testing.assert_frame_equal(answers.data, plain.data)
    pd.testing.assert_frame_equal(answers.context, plain.context)


@pytest.mark.parametrize("suffix", [".xlsx", ".csv"])
def test_excel_is_told_by_content_not_by_name(tmp_path, plain, suffix):
    path = tmp_path / f"a{suffix}"
    frame = climate(6)
    frame[["SUB", *CLIMATE]] = frame[["SUB", *CLIMATE]].astype(int)
    frame["rating"] = frame["rating"].astype(float)
    frame.to_excel(tmp_path / "b.xlsx", index=False)
    (tmp_path / "b.xlsx").rename(path)
    answers = read(path)
    pd.testing.assert_frame_equal(answers.data, plain.data)
    pd.testing.assert_frame_equal(answers.context, plain.context)
    assert answers.provenance["reader"] == "excel"


def test_a_sheet_can_be_chosen_and_others_are_named(tmp_path):
    path = tmp_path / "two.xlsx"
    with pd.ExcelWriter(path) as book:
        climate(3).to_excel(book, sheet_name="Answers", index=False)
        climate(5).to_excel(book, sheet_name="Later", index=False)
    assert len(read(path).data) == 3
    assert any("'Answers' was read; also there: Later" in note for note in read(path).notes)
    assert len(read(path, sheet="Later").data) == 5
    assert len(read(path, sheet=1).data) == 5
    with pytest.raises(isv.errors.DataError, match=r"no sheet 'Latr' \(did you mean Later\?\)"):
        read(path, sheet="Latr")


@pytest.mark.parametrize("kind", ["object", "int64", "Int64", "float64", "string"])
def test_a_data_frame_of_any_type_gives_the_same_answers(plain, kind):
    frame = climate(6)
    frame[CLIMATE] = frame[CLIMATE].astype(float).astype("int64").astype(kind)
    frame["SUB"] = frame["SUB"].astype(int)
    frame["rating"] = frame["rating"].astype(float)
    answers = read(frame)
    pd.testing.assert_frame_equal(answers.data, plain.data)
    assert answers.provenance["reader"] == "dataframe"


def test_a_data_frame_is_not_changed():
    frame = climate(4)
    before = frame.copy(deep=True)
    read(frame)
    pd.testing.assert_frame_equal(frame, before)


def test_the_index_of_a_data_frame_gives_the_ids_where_no_column_does():
    frame = climate(3).drop(columns="SUB").set_axis(["x", "y", "z"])
    assert read(frame).data.index.tolist() == ["x", "y", "z"]


def test_quoted_line_breaks_and_the_sep_line_are_understood(tmp_path, plain):
    frame = climate(6)
    frame.loc[1, "remark"] = 'two\nlines; and "quotes"'
    path = tmp_path / "a.csv"
    text = "sep=;\r\n" + frame.to_csv(index=False, sep=";", lineterminator="\r\n")
    path.write_bytes(text.encode("utf-8"))
    answers = read(path)
    pd.testing.assert_frame_equal(answers.data, plain.data)
    assert answers.context.loc[102, "remark"] == 'two\nlines; and "quotes"'


def test_ids_with_leading_zeros_stay_texts(tmp_path):
    frame = climate(3).assign(SUB=["007", "008", "009"])
    assert read(write(tmp_path / "a.csv", frame)).data.index.tolist() == ["007", "008", "009"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("empty.csv", b"", "empty.csv is empty"),
        ("blank.csv", b" \r\n\r\n", "blank.csv is empty"),
        ("a.csv", b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj", "is a PDF document"),
        ("a.csv", b"\x89PNG\r\n\x1a\n", "is a PNG picture"),
        ("a.csv", b"PK\x03\x04rubbish", "cannot be read as an Excel file"),
        ("a.xls", b"\xd0\xcf\x11\xe0rubbish", "cannot be read as an Excel file"),
        ("a.csv", b"<!DOCTYPE html><html></html>", "is a web page"),
        ("a.csv", b"<?xml version='1.0'?><a/>", "is an XML file"),
        ("a.csv", b"SUB,LEAD01\n1,\x00\x01\x02\x03\x04\x05\x06\x07\x0e", "holds binary data"),
        ("a.csv", b"$FL2@(#) SPSS DATA FILE", "is a damaged SPSS file"),
        ("a.csv", b"SUB,LEAD01\n", "a heading but no row"),
        ("a.csv", b'SUB,LEAD01\n1,"2\n3,4\n', "opened and never closed"),
        ("a.csv", b"\xff\xfe\x00", "in no known encoding"),
    ],
)
def test_a_file_that_is_no_table_is_refused_in_one_sentence(tmp_path, name, content, message):
    path = tmp_path / name
    path.write_bytes(content)
    with pytest.raises(isv.errors.DataError, match=re.escape(message)):
        read(path)


def test_a_missing_file_is_answered_with_the_nearest_name(tmp_path):
    write(tmp_path / "wave1.csv", climate())
    with pytest.raises(isv.errors.DataError, match=r"did you mean wave1\.csv\?"):
        read(tmp_path / "wave_1.csv")
    with pytest.raises(isv.errors.DataError, match="is a folder"):
        read(tmp_path)
    with pytest.raises(isv.errors.DataError, match="there is no file"):
        read(tmp_path / "no" / "such.csv")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"encoding": "utf-99"}, "is not known"),
        ({"encoding": "ascii"}, "is not text in ascii"),
        ({"platform": "excel"}, "is a csv file, not excel"),
        ({"platform": "exel"}, "did you mean excel?"),
    ],
)
def test_wrong_options_are_refused(tmp_path, options, message):
    path = write(tmp_path / "a.csv", climate())
    with pytest.raises(isv.errors.InnovSurveyError, match=re.escape(message)):
        read(path, **options)


def test_windows_1252_is_said_so(tmp_path):
    answers = read(write(tmp_path / "a.csv", climate(), encoding="windows-1252"))
    assert any("windows-1252" in note for note in answers.notes)
    assert answers.context.loc[102, "remark"] == "naïve – résumé"


def test_a_file_without_content_in_the_frame_is_refused():
    with pytest.raises(isv.errors.DataError, match="no row"):
        read(climate().iloc[:0])


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    remarks=st.lists(
        st.text(
            st.characters(codec="utf-8", exclude_categories=("Cc", "Cs")), min_size=1, max_size=20
        ).filter(lambda text: text == text.strip() and text),
        min_size=3,
        max_size=6,
    ),
    separator=st.sampled_from([",", ";", "\t"]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_whatever_text_is_written_comes_back(tmp_path, remarks, separator, encoding):
    frame = climate(len(remarks)).assign(remark=remarks)
    path = write(tmp_path / "a.csv", frame, separator=separator, encoding=encoding)
    answers = read(path, separator=separator)
    assert answers.context["remark"].astype(str).tolist() == [
        str(value) for value in pd.Series(answers.context["remark"])
    ]
    assert len(answers.data) + len(answers.quarantine) == len(remarks)
    np.testing.assert_array_equal(answers.data.to_numpy(), frame[CLIMATE].astype(float))
