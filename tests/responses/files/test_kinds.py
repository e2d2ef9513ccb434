"""One small table in every kind of file is the same table."""

import gzip
import io
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pytest

from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import take_table
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import as_table_file

from .make_tables import TABLE, archive, ods_table, xlsb_table

XLS = Path(__file__).parents[2] / "data" / "tables" / "answers.xls"
CSV = "\r\n".join(",".join(row) for row in TABLE).encode()
FRAME = pd.DataFrame(
    {
        "who": ["p1", "p2", "p3"],
        "q1": [4, 2.5, np.nan],
        "when": pd.to_datetime(["2026-01-02 03:04:05", "2026-01-03 00:00:00", None]),
        "remark": ["naïve – résumé", "=1+1", "æøå"],
    }
)


def as_file(write, **options):
    """Give what a method of the frame writes."""
    out = io.BytesIO()
    getattr(FRAME, write)(out, index=False, **options)
    return out.getvalue()


def read(raw, name="answers", **options):
    return as_table_file(raw, name, ReadOptions(**options))


RESPONSES = b"<document><LimeSurveyDocType>Responses</LimeSurveyDocType></document>"

KINDS = {
    "csv": ("csv", CSV),
    "tsv": ("csv", CSV.replace(b",", b"\t")),
    "csv in zip": ("csv", archive({"folder/answers.csv": CSV})),
    "csv beside a Mac's own file": (
        "csv",
        archive({"a.csv": CSV, "__MACOSX/._a.csv": b"\0\5", ".DS_Store": b"\0"}),
    ),
    "csv beside a text": ("csv", archive({"a.csv": CSV, "README.txt": b"See the table."})),
    "csv in gzip": ("csv", gzip.compress(CSV)),
    "csv in joined gzip": ("csv", gzip.compress(CSV[:9]) + gzip.compress(CSV[9:]) + bytes(99)),
    "xls": ("excel", XLS.read_bytes()),
    "ods": ("excel", ods_table()),
    "xlsb": ("excel", xlsb_table()),
    "xlsx": ("excel", as_file("to_excel")),
    "xlsx in zip": ("excel", archive({"a.xlsx": as_file("to_excel")})),
    "parquet": ("parquet", as_file("to_parquet")),
    "parquet in gzip": ("parquet", gzip.compress(as_file("to_parquet"))),
}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_gives_the_same_texts(kind):
    reader, raw = KINDS[kind]
    table = read(raw)
    assert table.reader == reader
    assert [table.header, *table.filled()] == TABLE
    assert table.provenance["size"] == len(raw)


def test_what_is_in_an_archive_is_named():
    table = read(archive({"export/a.csv": CSV, "notes.txt": b"x"}))
    assert table.notes == ["a.csv was read out of the archive.", "Also in the archive: notes.txt."]
    assert table.provenance["member"] == "a.csv"


@pytest.mark.parametrize("size", [1_000_001, 5_000_001])
def test_a_text_that_shrinks_to_almost_nothing_is_unpacked_whole(size):
    raw = b"a,b\n1,2\n".ljust(size, b"\n")
    packed = archive({"a.csv": raw})
    assert take_table(packed, "a.zip").raw == raw


@pytest.mark.parametrize("encoding", ["no-such", "utf-32", "gbk"])
@pytest.mark.parametrize("root", [b"<dta><header/></dta>", RESPONSES])
def test_xml_in_an_encoding_that_is_not_read_is_refused(encoding, root):
    with pytest.raises(DataError, match=r"cannot be read as .*(unknown|multi-byte) encoding"):
        read(b'<?xml version="1.0" encoding="%s"?>' % encoding.encode() + root)


@pytest.mark.parametrize(
    ("members", "message"),
    [
        ({"a.csv": CSV, "b/c.xlsx": b"x"}, r"holds 2 tables: a\.csv, c\.xlsx\. Unpack it and give"),
        ({"photo.jpg": b"x"}, r"no table of answers: photo\.jpg\. Give the path"),
        ({"inner.zip": archive({"a.csv": CSV})}, "another archive in it"),
        ({"a.csv": archive({"a.csv": CSV})}, "another archive in it"),
        ({"a.csv": b"%PDF-1.7"}, "a PDF document"),
        ({}, "an empty zip archive"),
        ({"../../etc/a.csv": b"a,b\n"}, r"^a\.csv has a heading but no row"),
        ({"..\\..\\b.csv": b"a,b\n"}, r"^b\.csv has a heading but no row"),
    ],
)
def test_other_archives_are_refused_by_name(members, message):
    raw = archive(members)
    with pytest.raises(DataError, match=message):
        read(raw)


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (gzip.compress(CSV)[:-10], "breaks off"),
        (b"\x1f\x8b" + b"rubbish" * 9, "damaged gzip"),
        (gzip.compress(CSV) + b"rubbish", "damaged gzip"),
        (archive({"a.csv": CSV})[:40] + b"#####" + archive({"a.csv": CSV})[45:], "cannot be unpa"),
        (as_file("to_parquet")[:-9], "cannot be read as a Parquet file"),
        (b"PAR1" + b"\0" * 99, "cannot be read as a Parquet file"),
        (b"ARROW1\0\0", "an Arrow"),
        (b"7z\xbc\xaf\x27\x1c", "a 7z archive"),
    ],
)
def test_damaged_and_foreign_files_are_refused(raw, message):
    with pytest.raises(DataError, match=message):
        read(raw)


def test_parquet_of_every_type_becomes_texts():
    frame = pd.DataFrame(
        {
            "truth": pd.array([True, False, None], dtype="boolean"),
            "whole": pd.array([1, None, -3], dtype="Int64"),
            "kind": pd.Categorical(["a", None, "b"]),
            "list": [[1, 2], None, []],
            "big": [1e300, 0.1, np.nan],
        }
    )
    out = io.BytesIO()
    frame.to_parquet(out)
    table = read(out.getvalue())
    assert table.rows[0] == ["1", "1", "a", "[1, 2]", "1e+300"]
    assert table.rows[1] == ["0", "", "", "", "0.1"]
    assert table.rows[2] == ["", "-3", "b", "[]", ""]


def test_sheets_are_chosen_in_open_document_files_too():
    with pytest.raises(DataError, match=r"no sheet 'Answer' \(did you mean Answers\?\)"):
        read(ods_table(), sheet="Answer")
    assert read(ods_table(), sheet="Answers").provenance["sheet"] == "Answers"


def sheet_with(rows, merged):
    """Give an Excel file with merged cells."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    book.active.merge_cells(merged)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("rows", "merged", "message"),
    [
        (
            [["id", "Trust", None, None], ["person", "a", "b", "c"], [1, 2, 3, 4]],
            "B1:D1",
            "merged cell in row 1, columns 2 to 4",
        ),
        (
            [["Our survey"], [None], ["id", "a", "b", "c"], [1, 2, 3, 4]],
            "A1:D1",
            r"row 1 of answers is a title \('Our survey'\); row 3 looks like the heading",
        ),
    ],
)
def test_headings_that_are_merged_or_come_late_are_named(rows, merged, message):
    with pytest.raises(DataError, match=message):
        read(sheet_with(rows, merged))


def test_a_question_over_merged_columns_with_its_rows_below_is_joined():
    rows = [["id", "Trust", None, None], [None, "a", "b", "c"], [1, 2, 3, 4]]
    table = read(sheet_with(rows, "B1:D1"))
    assert table.header == ["id", "Trust [a]", "Trust [b]", "Trust [c]"]
    assert table.rows == [["1", "2", "3", "4"]]
    assert "has two rows, 1 and 2" in table.notes[0]


def test_merged_cells_below_the_heading_do_no_harm():
    rows = [["id", "a", "b"], ["1", "2", "3"], ["2", "both", None]]
    assert read(sheet_with(rows, "B3:C3")).rows == [["1", "2", "3"], ["2", "both", ""]]


@pytest.mark.parametrize("sheet", [1, "1", "second"])
def test_a_sheet_is_named_or_numbered(sheet):
    out = io.BytesIO()
    with pd.ExcelWriter(out) as book:
        FRAME.head(1).to_excel(book, sheet_name="first", index=False)
        FRAME.to_excel(book, sheet_name="second", index=False)
    assert len(read(out.getvalue(), sheet=sheet).rows) == 3


@pytest.mark.parametrize(
    ("ids", "n_notes"),
    [
        ([12345678901234567, 12345678901234568], 1),
        ([1e15, 1], 1),
        ([999_999_999_999_999, 1.5], 0),
        (["12345678901234567", "12345678901234568"], 0),
    ],
)
def test_a_workbook_that_lost_digits_of_long_numbers_says_so(ids, n_notes):
    out = io.BytesIO()
    pd.DataFrame({"number": ids, "q1": [1, 2]}).to_excel(out, index=False)
    notes = [note for note in read(out.getvalue()).notes if "16 digits" in note]
    assert len(notes) == n_notes
    assert all("more in number: a workbook keeps 15" in note for note in notes)
