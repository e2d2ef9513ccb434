"""Separated text in all its dialects."""

import csv
import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from innovsurvey.errors import DataError
from innovsurvey.responses.files.options import ReadOptions
from innovsurvey.responses.files.reading import as_table_file

ROWS = [["1", "naïve", "two\nlines"], ["2", 'say "x"', "a;b"], ["3", "", "end"]]
HEADER = ["id", "word", "remark"]


def read(raw, **options):
    return as_table_file(raw, "a.csv", ReadOptions(**options))


def written(rows, *, separator=",", end="\r\n", quoting=csv.QUOTE_MINIMAL):
    if end == "\r":
        quoting = csv.QUOTE_ALL  # Python's writer leaves a line feed bare then
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=separator, lineterminator=end, quoting=quoting).writerows(rows)
    return out.getvalue()


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"], ids=["comma", "semi", "tab", "bar"])
@pytest.mark.parametrize("end", ["\r\n", "\n", "\r"], ids=["crlf", "lf", "cr"])
@pytest.mark.parametrize("quoting", [csv.QUOTE_MINIMAL, csv.QUOTE_ALL], ids=["some", "all"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "windows-1252", "latin-1"])
def test_every_dialect_is_the_same_table(separator, end, quoting, encoding):
    text = written([HEADER, *ROWS], separator=separator, end=end, quoting=quoting)
    table = read(text.encode(encoding))
    assert table.header == HEADER
    assert table.rows == ROWS


@pytest.mark.parametrize("mark", ["sep=;\r\n", "sep=;\r", '"sep=;"\n', "SEP=;\n", "\ufeffsep=;\n"])
def test_the_line_that_names_the_separator_is_no_row(mark):
    table = read((mark + "a;b\n1,5;2\n").encode())
    assert (table.header, table.rows) == (["a", "b"], [["1,5", "2"]])


def test_separators_at_the_end_of_lines_make_no_column():
    table = read(b"a,b,,\n1,2,,\n3,4,,\n")
    assert (table.header, table.rows) == (["a", "b"], [["1", "2"], ["3", "4"]])
    assert "2 column(s) at the end without heading and cells were passed over." in table.notes
    kept = read(b"a,b,\n1,2,\n3,4,5\n")
    assert (kept.header, kept.rows) == (["a", "b", ""], [["1", "2", ""], ["3", "4", "5"]])


@pytest.mark.parametrize(
    ("encoding", "hint"),
    [
        (
            "windows-1252",
            "Read as windows-1252, because it is not UTF-8; look at accented letters.",
        ),
        ("mac-roman", 'letters: encoding="mac-roman" looks likelier.'),
        ("cp850", "Read as cp850, because it is not UTF-8; look at accented letters."),
    ],
)
def test_a_guessed_encoding_is_said_with_the_likelier_one(encoding, hint):
    text = "id,ort\n1,für die Jähre\n2,Gefühle\n3,blåbær\n"
    table = read(text.encode(encoding))
    (note,) = table.notes
    assert note.endswith(hint)
    assert read(text.encode(encoding), encoding=encoding).rows[0][1] == "für die Jähre"


@pytest.mark.parametrize(
    ("word", "encoding", "likelier"),
    [
        ("DARÜBER", "mac-roman", "mac-roman"),
        ("LÄRM", "mac-roman", "mac-roman"),
        ("DARÜBER", "cp850", "cp850"),
        ("don\u2019t", "mac-roman", "mac-roman"),
        ("DARÜBER", "windows-1252", None),
        ("don\u2019t", "windows-1252", None),
        ("health\u2013related", "windows-1252", None),
        ("STRAßE", "windows-1252", None),
        ("CŒUR", "windows-1252", None),
        ("zwei\u00a0drei", "windows-1252", None),
    ],
)
def test_signs_inside_words_tell_old_encodings(word, encoding, likelier):
    (note,) = read(f"id,a\n1,{word}\n".encode(encoding)).notes
    assert ("looks likelier" in note) == (likelier is not None)
    assert likelier is None or f'encoding="{likelier}" looks likelier' in note


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            b"My survey 2026,,\n,,\nid,q1,q2\n1,2,3\n",
            r"row 1 .* is a title \('My survey 2026'\); row 3",
        ),
        (b"a,b\n1,\x00\n", "a NUL sign in line 2"),
        (b"x" * 6_000_000, "longer than 5,000,000 bytes"),
        (b",".join(b"c%d" % i for i in range(1_000_000)) + b"\n1,2\n", "columns; no survey has"),
        (b",".join(b"c%d" % i for i in range(21_000)) + b"\n1,2\n", "21,000 columns"),
        (b"a,b\n" + b"1," * 30_000 + b"\n", "30,001 columns"),
        (b"a,b\n1,2\n" + b"," * 5_100_000, "columns; no survey has"),
    ],
    ids=["late heading", "nul", "one line", "million", "wide", "wide row", "long row"],
)
def test_what_is_no_table_of_answers_is_refused(raw, message):
    with pytest.raises(DataError, match=message):
        read(raw)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ('a,b\n1,"x\n2,y\n3,z\n', 2),
        ('a,b\r\n1,"two\r\nlines"\r\n2,"say ""no\r\n3,z', 4),
        ('a,b\r"x",5" tall\r2,"y\r3,z', 3),
        ('sep=;\na;b\n"1\n";"open\nx', 4),
        ('"a,b\n1,2\n', 1),
    ],
)
def test_the_line_of_a_quotation_mark_that_is_never_closed_is_named(text, line):
    with pytest.raises(DataError, match=rf"^a quotation mark in line {line} of a\.csv is opened"):
        read(text.encode())


GUARDED = "id,w\r\n'=1,-8\r\np2,'-8\r\np3,it's\r\np4,''x\r\n"


@pytest.mark.parametrize(
    ("text", "first", "n_notes"),
    [
        (GUARDED, "=1", 1),
        (GUARDED + "p5,+x\r\n", "'=1", 0),
        (GUARDED + "p5,'x'\r\n", "'=1", 0),
        (GUARDED.replace(",", ";"), "'=1", 0),
    ],
    ids=["ours", "a text without", "a quoted word", "semicolons"],
)
def test_apostrophes_go_only_where_every_risky_text_has_one(text, first, n_notes):
    table = read(text.encode("utf-8-sig"))
    assert table.rows[0][0] == first
    assert len([note for note in table.notes if "apostrophe" in note]) == n_notes
    if n_notes:
        assert [row[1] for row in table.rows] == ["-8", "-8", "it's", "'x"]
        assert table.notes == [
            "3 text(s) lost the apostrophe that kept spreadsheets from running them."
        ]


CELLS = st.text(
    st.characters(exclude_categories=("Cc", "Cs"), exclude_characters="\ufeff"), max_size=12
)


@settings(max_examples=150, deadline=None)
@given(
    rows=st.lists(st.tuples(CELLS, CELLS, CELLS), min_size=1, max_size=6),
    breaks=st.sampled_from(["", "\n", "\r\n"]),
    separator=st.sampled_from([",", ";", "\t", "|"]),
    end=st.sampled_from(["\r\n", "\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-32"]),
)
def test_any_table_in_any_dialect_reads_back_equal(rows, breaks, separator, end, quoting, encoding):
    full = [[str(i), f"x{a}{breaks}{b}", f"y{c}"] for i, (a, b, c) in enumerate(rows)]
    text = written([HEADER, *full], separator=separator, end=end, quoting=quoting)
    table = read(text.encode(encoding), separator=separator, encoding=encoding.removesuffix("-sig"))
    assert table.header == HEADER
    assert table.rows == full
