"""The codebook as CSV: a row per column of the data, read back with pandas."""

import csv
import io
import re
from dataclasses import replace
from functools import cache

import pandas as pd
import pytest

from innovsurvey.base.numbers import write_number
from innovsurvey.base.spreadsheet import unguard
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.archive.codebook import write_codebook
from innovsurvey.questionnaire.archive.variables import in_words
from innovsurvey.questionnaire.visibility import AllOf, AnyOf, Blank, Is
from innovsurvey.responses.cells import CodeBook, distinct, read_item

from .answers import is_shown, random_people
from .archive_sources import SOURCES, cells_of, label, lay_out


def read_back(data):
    frame = pd.read_csv(io.BytesIO(data), dtype=str, keep_default_na=False)
    return frame.map(unguard).set_index("column")


@pytest.fixture(params=SOURCES, ids=label)
def written(request):
    return _write(request.param)


@cache
def _write(source):
    layout = lay_out(source)
    return layout, write_codebook(layout)


def test_one_row_per_column_in_order(written):
    layout, data = written
    names = [cell.name for _, cell in cells_of(layout)]
    assert read_back(data).index.to_list() == ["version", "manager_id", *names]


def test_texts_poles_and_labels_stand_as_typed_in_every_language(written):
    layout, data = written
    codebook = read_back(data).to_dict("index")
    for question, cell in cells_of(layout):
        row = codebook[cell.name]
        for language in (entry.code for entry in layout.languages):
            for heading in ("text", "left", "right"):
                assert row[f"{heading}_{language}"] == getattr(cell, heading).say(language)
            ends = {question.format.low: cell.left, question.format.high: cell.right}
            poles = ends if question.is_pairs else {}
            for heading, missing in (("values", False), ("missing", True)):
                entries = [
                    f"{write_number(o.value)} = {(poles.get(o.value) or o.label).say(language)}"
                    + (f" ({o.reason})" if missing else "")
                    for o in question.options
                    if (o.reason is not None) is missing
                ]
                listed = row[f"{heading}_{language}"]
                assert listed == "; ".join(entries) or (
                    question.show_if is not None
                    and listed.startswith("; ".join([*entries, "-12 = "]))
                )


def test_keying_scales_range_and_filter_agree_with_the_instrument(written):
    layout, data = written
    codebook = read_back(data).to_dict("index")
    facets = {facet for scale in layout.instrument.scales for facet in scale.facets}
    for question, cell in cells_of(layout):
        row, format_ = codebook[cell.name], question.format
        item = (
            layout.instrument.item(cell.name) if cell.name in layout.instrument.item_ids else None
        )
        assert row["reverse"] == ("yes" if item is not None and item.reverse else "no")
        member = {scale.id for scale in layout.instrument.scales if cell.name in scale.items}
        assert set(filter(None, row["scales"].split("; "))) == member - facets
        assert set(filter(None, row["facets"].split("; "))) == member & facets
        assert [row["lowest"], row["highest"]] == [
            "" if end is None else write_number(end) for end in (format_.low, format_.high)
        ]
        assert bool(row["filter"]) == (question.show_if is not None)
        if item is not None and item.passage:
            passage = layout.instrument.passage(item.passage)
            assert passage.quote in row["passages"]
            assert passage.place in row["passages"]
            assert passage.reference in row["references"]


def test_excel_reads_its_letters_and_runs_none_of_its_texts(written):
    _, data = written
    assert data.startswith(b"\xef\xbb\xbf")
    for row in csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")):
        for cell in row:
            assert re.fullmatch(r"-?\d+(\.\d+)?", cell) or not cell.startswith(
                ("=", "+", "-", "@", "\t", "\r", "\n", "＝")
            )


def test_columns_tell_what_is_asked_where():
    layout = lay_out(("self-assessment", None))
    row = read_back(write_codebook(layout)).loc["CON01"]
    assert row["questionnaire"] == "self-assessment"
    assert row["instruments"].startswith("context@")
    assert (row["asked_as"], row["licence"]) == ("self", "CC-BY-4.0")


def test_a_filter_in_words_means_what_the_filter_means():
    layout = lay_out(("manager-full", None))
    people = random_people(layout, 40, seed=1, missing_share=0.5)
    shown = {question.show_if for question in layout.questions} - {None}
    nested = AllOf((Is("A", (1, 2)), AnyOf((Blank("A"), AllOf((Blank("B"), Is("A", (1,))))))))
    people += [{}, {"A": 1}, {"A": 2, "B": 1}, {"A": 1, "B": 1}]
    for expression in (*shown, nested):
        for person in people:
            assert _holds(in_words(expression), person) == is_shown(expression, person)


def _holds(words, person):
    """Read a filter as the words say."""
    plain = re.sub(r"(\w+) is not answered", r"('\1' not in person)", words)
    plain = re.sub(
        r"(\w+) = ([-\d]+(?: or [-\d]+)*)",
        lambda found: f"(person.get('{found[1]}') in [{found[2].replace(' or ', ',')}])",
        plain,
    )
    return eval(plain.replace(", and", " and").replace(", or", " or"), {"person": person})


def test_the_code_of_what_was_hidden_is_read_as_not_shown():
    layout = lay_out(("hostile", "self"))
    codebook = read_back(write_codebook(layout))
    code = re.search(r"(-\d+) = Not shown", codebook.loc["STR11", "missing_en"])[1]
    format_ = layout.instrument.format_of("STR11")
    column = read_item(*distinct([code]), format_, CodeBook())
    assert column.reasons.tolist() == ["not_shown"]


def test_names_that_differ_only_in_case_are_refused():
    layout = lay_out(("hostile", "self"))
    page = layout.pages[-1]
    (question, *_) = page.questions
    twin = replace(question, cells=tuple(replace(c, name="str01") for c in question.cells))
    doubled = replace(layout, pages=(*layout.pages[:-1], replace(page, questions=(twin,))))
    with pytest.raises(ExportError, match=r"str01 \(the same as STR01"):
        write_codebook(doubled)
