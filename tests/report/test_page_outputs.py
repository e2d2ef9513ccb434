from __future__ import annotations

import pytest

from innovsurvey.report.outputs import for_reader, read_warnings, tidy_outputs, wrap_tables
from innovsurvey.report.pages import plain
from innovsurvey.report.words import WORDS

EN = WORDS["en"]


def tidied(*outputs, hide=None):
    cell = {"cell_type": "code", "outputs": [dict(output) for output in outputs]}
    left_out = tidy_outputs(cell, EN, hide or {})
    return cell["outputs"], left_out


def stream(text, name="stdout"):
    return {"output_type": "stream", "name": name, "text": text}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/home/a/x.py:12: UserWarning: few\n  warn()\n", [("UserWarning", "few")]),
        (r"C:\Users\a b\x.py:1: FutureWarning: old", [("FutureWarning", "old")]),
        ("<stdin>:8: SparseDataWarning: thin: 2 of 3", [("SparseDataWarning", "thin: 2 of 3")]),
        ("/a/x.py:1: UserWarning: one\ntwo\n  code()\n", [("UserWarning", "one two")]),
        (
            "/a/x.py:1: UserWarning: a\n  f()\n/a/y.py:2: UserWarning: b\n  g()\n",
            [("UserWarning", "a"), ("UserWarning", "b")],
        ),
        ("INFO: nothing to see", []),
        ("", []),
    ],
)
def test_warnings_are_read_without_their_place(text, expected):
    assert read_warnings(text) == expected


@pytest.mark.parametrize(
    ("category", "shown"),
    [
        ("UserWarning", True),
        ("SparseDataWarning", True),
        ("RuntimeWarning", True),
        ("FutureWarning", False),
        ("MatplotlibDeprecationWarning", False),
        ("Pandas4Warning", False),
    ],
)
def test_only_warnings_about_the_numbers_are_for_the_reader(category, shown):
    assert for_reader(category) is shown


def test_a_warning_is_shown_once_and_escaped():
    warning = stream("/tmp/k/1.py:1: UserWarning: <b>few</b>\n  f()\n" * 2, "stderr")
    (output,), left_out = tidied(warning)
    assert output["data"]["text/html"].count("&lt;b&gt;few&lt;/b&gt;") == 1
    assert "/tmp" not in output["data"]["text/html"]
    assert left_out == []


def test_a_warning_that_a_table_repeats_is_not_shown_twice():
    warning = stream("/x.py:1: UserWarning: a < b\n", "stderr")
    table = {"output_type": "display_data", "data": {"text/html": "<p>Note. a &lt; b</p>"}}
    outputs, left_out = tidied(warning, table)
    assert len(outputs) == 1
    assert left_out == []


@pytest.mark.parametrize(
    ("text", "note"),
    [
        ("/x.py:1: FutureWarning: soon\n", "FutureWarning: soon"),
        ("\x1b[31mloading\x1b[0m 3 %\nx", "loading 3 %"),
    ],
)
def test_what_is_not_for_the_reader_is_noted(text, note):
    outputs, left_out = tidied(stream(text, "stderr"))
    assert outputs == []
    assert left_out == [note]


def test_paths_of_the_machine_are_not_printed():
    outputs, _ = tidied(
        stream("read /home/anna/wave.csv"), hide={"/home/anna/wave.csv": "wave.csv"}
    )
    assert outputs[0]["text"] == "read wave.csv"


def test_an_error_is_one_sentence_without_traceback():
    error = {
        "output_type": "error",
        "ename": "KeyError",
        "evalue": "'x'",
        "traceback": ["/home/a.py"],
    }
    (output,), _ = tidied(error)
    assert "KeyError: &#x27;x&#x27;" in output["data"]["text/html"]
    assert "/home" not in str(output)


@pytest.mark.parametrize(
    ("data", "kept"),
    [
        ({"text/plain": "a", "text/html": "<b>a</b>", "application/x": 1}, ["text/html"]),
        ({"text/plain": "<Figure>", "image/png": "AAAA"}, ["image/png"]),
        ({"application/javascript": "alert(1)"}, None),
    ],
)
def test_one_form_of_each_output_is_kept(data, kept):
    outputs, _ = tidied({"output_type": "display_data", "data": data, "metadata": {}})
    assert [list(output["data"]) for output in outputs] == ([kept] if kept else [])


def test_tables_scroll_in_regions_with_names_of_their_own():
    page = wrap_tables('<table border="1"><tr><th></th></tr></table><table></table>', EN)
    assert page.count('role="region" tabindex="0" aria-label="Table ') == 2
    assert 'aria-label="Table 2"' in page
    assert "<th></th>" not in page
    assert "border" not in page


def test_plain_gives_the_text_of_html():
    assert plain("<p>a\n <em>b</em> &lt;c&gt;</p>") == "a b <c>"


def test_all_languages_have_the_same_words():
    assert {frozenset(words) for words in WORDS.values()} == {frozenset(EN)}
