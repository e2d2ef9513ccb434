"""Exports of Qualtrics in all dialects, read with instruments drafted from their surveys."""

import csv
import io
import json
import zipfile
from functools import cache
from pathlib import Path

import numpy as np
import openpyxl
import pandas as pd
import pyreadstat
import pytest
from drafting.qualtrics_survey import question, shown, survey

import innovsurvey as isv
from innovsurvey.definitions.load import load_instrument
from innovsurvey.drafting.new import new_instrument
from innovsurvey.responses.platforms.qualtrics import to_items
from innovsurvey.responses.platforms.qualtrics_export import ALL_TRIED, Export, import_id
from innovsurvey.responses.platforms.qualtrics_names import Names, plain_heading
from innovsurvey.responses.table_file import TableFile

REAL = Path(__file__).parents[2] / "data/qualtrics"
LONG = REAL / "qtools_Long_Exhaustive_Sample_Survey.csv"
PAIRS = {
    "No_Basis_for_Evaluation": ("_Insights", "_Legacy"),
    "Single_Answer_Matrix_Questions": ("", "_Insights"),
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("surveys")


@cache
def instrument_of(source, folder):
    path = folder / f"{source.stem}.yaml"
    path.write_text(new_instrument("drafted", source=source), encoding="utf-8")
    return load_instrument(path)


@cache
def read(file, source, folder):
    return isv.read_responses(file, instrument_of(source, folder))


@cache
def rows_of(file):
    with file.open(encoding="utf-8-sig", newline="") as stream:
        return [list(row) for row in csv.reader(stream)]


def written(rows, path, *, delimiter=",", encoding="utf-8"):
    stream = io.StringIO()
    csv.writer(stream, delimiter=delimiter).writerows(rows)
    path.write_bytes(stream.getvalue().encode(encoding))
    return path


def assert_equal(got, expected):
    pd.testing.assert_frame_equal(got.data, expected.data)
    for item in expected.data:
        both = (r.reasons[item].astype(object).fillna("").tolist() for r in (got, expected))
        assert len(set(map(tuple, both))) == 1, item


@pytest.mark.parametrize("name", PAIRS)
def test_insights_and_legacy_exports_give_the_same_answers(name, folder):
    instrument = instrument_of(REAL / f"qtools_{name}.qsf", folder)
    files = [REAL / f"qtools_{name}{end}.csv" for end in PAIRS[name]]
    first, second = (isv.read_responses(file, instrument) for file in files)
    assert_equal(first, second)
    assert first.data.index.name == "ResponseId"
    assert ALL_TRIED in first.notes
    assert first.data.notna().to_numpy().mean() > 0.8


INSIGHTS = (
    "Long_Exhaustive_Sample_Survey",
    "Matrix_Single_Answer_Testing",
    "No_Basis_for_Evaluation_Insights",
    "Single_Answer_Matrix_Questions_Insights",
)


@pytest.mark.parametrize("name", INSIGHTS)
def test_every_cell_comes_back(name, folder):
    file, source = REAL / f"qtools_{name}.csv", name.removesuffix("_Insights")
    got = read(file, REAL / f"qtools_{source}.qsf", folder)
    heading, _, ids, *body = rows_of(file)
    by_name = {plain_heading(name): place for place, name in enumerate(heading)}
    # Of one box the code is a sign alone, so the draft names it by its place, the fourth.
    by_name |= {n.replace("sign", "c4"): p for n, p in by_name.items() if n.endswith("_sign")}
    # The boxes of one row share a heading in two questions of this old export: by their ids.
    for number in ("44", "45"):
        items = [item for item in got.data if item.startswith(f"Q{number}_2")]
        places = [n for n, c in enumerate(ids) if f"QID{number}#2" in c and "TEXT" not in c]
        by_name |= dict(zip(map(plain_heading, items), places, strict=bool(items)))
    instrument = got.instrument
    boxes = {item.id: item.row for item in instrument.items if item.matrix}
    for item in got.data:
        cells = [row[by_name[plain_heading(item)]] for row in body]
        if item in boxes:
            ticked = got.data[[i for i in boxes if boxes[i] == boxes[item]]].eq(1).any(axis=1)
            expected = np.where(ticked, [float(c == "1") for c in cells], np.nan)
        else:
            codes = {option.code for option in instrument.format_of(item).missing}
            numbers = pd.to_numeric(pd.Series(cells), errors="coerce")
            expected = numbers.where(~numbers.isin(codes)).to_numpy()
        np.testing.assert_array_equal(got.data[item].to_numpy(), expected)


def as_legacy(rows, source):
    """Write headings as old exports do, by the rules seen in pairs of real files.

    Rows with a tag of their own are named by it alone, boxes by their place, and of side-by-side
    questions with tags the number of the side comes last.
    """
    elements = json.loads(source.read_text(encoding="utf-8-sig"))["SurveyElements"]
    questions = {e["PrimaryAttribute"]: e["Payload"] for e in elements if e["Element"] == "SQ"}
    headings = []
    for name, cell in zip(rows[0], rows[2], strict=True):
        qid, *parts = import_id(cell).split("_")
        qid, _, side = qid.partition("#")
        if qid not in questions:
            headings.append(name)
            continue
        inner = questions[qid]["AdditionalQuestions"][side] if side else questions[qid]
        tags = inner.get("ChoiceDataExportTags") or {}
        is_rows = questions[qid]["QuestionType"] in {"Matrix", "SBS"}
        if is_rows and tags and parts[0] in tags:
            first = [tags[parts[0]] + (f": {side}" if side else "")]
            parts = parts[1:]
        else:
            first = [questions[qid]["DataExportTag"] + (f"#{side}" if side else "")]
        headings.append("_".join([*first, *parts]))
    return [[f"V{n + 1}" if n < 11 else h for n, h in enumerate(headings)], rows[1], *rows[3:]]


def test_the_long_survey_in_its_old_form_gives_the_same_answers(folder, tmp_path):
    source = LONG.with_suffix(".qsf")
    rows = as_legacy(rows_of(LONG), source)
    assert {"cucumbers", "avocados_2", "red_pandas: 1", "Q14_1"} <= set(rows[0])
    got = isv.read_responses(written(rows, tmp_path / "old.csv"), instrument_of(source, folder))
    assert_equal(got, read(LONG, source, folder))


def as_json_ids(rows):
    parts = [import_id(cell) for cell in rows[2]]
    return [*rows[:2], [json.dumps({"ImportId": p}) for p in parts], *rows[3:]]


def words_on_top(rows):
    return [rows[1], *as_json_ids(rows)[2:]]


def one_row(rows):
    return [rows[0], *rows[3:]]


def two_rows(rows):
    return [rows[0], rows[1], *rows[3:]]


def no_names_at_all(rows):
    return [[f"X{n}" if n > 10 else h for n, h in enumerate(rows[0])], *rows[1:]]


def names_and_ids(rows):
    return [rows[0], *as_json_ids(rows)[2:]]


VARIANTS = {
    "names and ids": names_and_ids,
    "ids as JSON": as_json_ids,
    "two rows": two_rows,
    "names only": one_row,
    "words on top of ids": words_on_top,
}


@pytest.mark.parametrize("name", ["No_Basis_for_Evaluation", "Single_Answer_Matrix_Questions"])
@pytest.mark.parametrize("change", [*VARIANTS.values(), no_names_at_all], ids=lambda f: f.__name__)
def test_variants_of_headings_give_the_same_answers(change, name, folder, tmp_path):
    instrument = instrument_of(REAL / f"qtools_{name}.qsf", folder)
    file = REAL / f"qtools_{name}_Insights.csv"
    expected = read(file, REAL / f"qtools_{name}.qsf", folder)
    assert_equal(
        isv.read_responses(written(change(rows_of(file)), tmp_path / "x.csv"), instrument), expected
    )


@pytest.mark.parametrize("kind", ["tsv", "xlsx"])
def test_kinds_of_files_give_the_same_answers(kind, folder, tmp_path):
    instrument = instrument_of(LONG.with_suffix(".qsf"), folder)
    rows, path = rows_of(LONG), tmp_path / f"export.{kind}"
    if kind == "tsv":
        written(rows, path, delimiter="\t", encoding="utf-16")
    else:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        book.save(path)
    assert_equal(isv.read_responses(path, instrument), read(LONG, LONG.with_suffix(".qsf"), folder))


def labelled(instrument, heading, cells, change):
    """Write codes as the labels that they stand for."""
    ids = {plain_heading(i.written or i.id): i for i in instrument.items if not i.matrix}
    item = ids.get(plain_heading(heading))
    if item is None or instrument.format_of(item.id).level in {"text", "number"}:
        return cells
    format_ = instrument.format_of(item.id)
    labels = {p.value: p.label for p in format_.points} | {m.code: m.label for m in format_.missing}
    return [change(labels[float(cell)]["en"]) if cell else cell for cell in cells]


CHANGES = {
    "plain": str,
    "with tags": lambda text: f"<strong>{text}</strong>",
    "with signs": lambda text: text.replace("e", "&#101;", 1),
}


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
@pytest.mark.parametrize(
    "name", ["No_Basis_for_Evaluation_Insights", "Matrix_Single_Answer_Testing"]
)
def test_choice_texts_give_the_same_answers(name, change, folder, tmp_path):
    file = REAL / f"qtools_{name}.csv"
    source = REAL / f"qtools_{name.removesuffix('_Insights')}.qsf"
    instrument = instrument_of(source, folder)
    first, second, third, *body = rows_of(file)
    columns = zip(*body, strict=True)
    texts = [labelled(instrument, h, c, change) for h, c in zip(first, columns, strict=True)]
    rows = [first, second, third, *zip(*texts, strict=True)]
    got = isv.read_responses(written(rows, tmp_path / "t.csv"), instrument)
    assert_equal(got, read(file, source, folder))
    assert "label_matched" in set(got.log["rule"])


def test_data_for_spss_give_the_same_answers(folder, tmp_path):
    source = REAL / "qtools_No_Basis_for_Evaluation.qsf"
    expected = read(REAL / "qtools_No_Basis_for_Evaluation_Insights.csv", source, folder)
    names, texts, _, *body = rows_of(REAL / "qtools_No_Basis_for_Evaluation_Insights.csv")
    frame = pd.DataFrame(body, columns=[n.replace("-", "_") for n in names])
    answers = [name for name in frame if name.startswith("Q")]
    frame[answers] = frame[answers].apply(pd.to_numeric)
    labels = {1.0: "Like", 2.0: "Neither like nor dislike", 3.0: "Dislike", -1.0: "No Opinion"}
    path = tmp_path / "export.sav"
    pyreadstat.write_sav(
        frame, path, column_labels=dict(zip(frame, texts, strict=True)),
        variable_value_labels=dict.fromkeys(("Q3_1", "Q3_2", "Q3_3", "Q3_4"), labels),
    )  # fmt: skip
    got = isv.read_responses(path, instrument_of(source, folder))
    assert "Qualtrics" in got.notes[0]
    assert_equal(got, expected)


def test_new_and_old_samples_of_one_answer_are_equal(tmp_path):
    choice = question("QID1", "MC", "SAVR", "This is a multiple choice question.",
                      Choices=shown("A", "B", "C"))  # fmt: skip
    source = tmp_path / "sample.qsf"
    source.write_bytes(
        survey(choice, question("QID2", "TE", "SL", "This is a free text question."))
    )
    instrument = instrument_of(source, tmp_path)
    new, old = (
        isv.read_responses(REAL / f"qualtRics_{name}.csv", instrument)
        for name in ("sample", "sample_legacy")
    )
    assert_equal(new, old)
    assert new.data.to_dict("index") == {"R_2YPOQ602ER1jkf1": {"Q1": 2.0}}
    assert new.texts["Q2"].tolist() == old.texts["Q2"].tolist() == ["Hello World!"]
    assert "130.92.34.66" not in new.context.to_csv() + old.context.to_csv()


def test_an_archive_with_one_file_gives_the_same_answers(folder, tmp_path):
    source = REAL / "qtools_No_Basis_for_Evaluation.qsf"
    file = REAL / "qtools_No_Basis_for_Evaluation_Legacy.csv"
    path = tmp_path / "export.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(file, "No Basis for Evaluation_June 24, 2016.csv")
    got = isv.read_responses(path, instrument_of(source, folder))
    assert_equal(got, read(file, source, folder))


USUAL = ("ResponseId", "StartDate", "Finished", "Status")


def export(header, *rows, said=(), ids=()):
    """Build a table: usual columns first, then those of the test."""
    said, ids = list(said), list(ids)
    tops = [[*USUAL, *said]] if said else []
    usual = ("_recordId", "startDate", "finished", "status")
    tops += [[json.dumps({"ImportId": i}) for i in usual] + ids] if ids else []
    body = [[f"R_{'x' * 11}{n}", "2026-01-01 10:00", "1", "0", *row] for n, row in enumerate(rows)]
    lines = [*tops, *body]
    return TableFile([*USUAL, *header], lines, list(range(1, len(lines) + 1)), "csv", False)


def adapted(raw, folder, header, *rows, **tops):
    source = folder / "made.qsf"
    source.write_bytes(raw)
    path = folder / "made.yaml"
    path.write_text(new_instrument("made-up", source=source), encoding="utf-8")
    return to_items(export(header, *rows, **tops), load_instrument(path)), path


ROWS = {"1": {"Display": "Ask"}, "4": {"Display": "Tell"}, "2": {"Display": "Go"}}
LIKERT = question("QID1", "Matrix", "Likert", "How often?", SubSelector="SingleAnswer",
                  Choices=ROWS,
                  ChoiceOrder=["1", "4", "2"],
                  Answers=shown("Never", "Sometimes", "Always"))  # fmt: skip


@pytest.mark.parametrize(
    ("header", "tops"),
    [
        (["Q1_1", "Q1_4", "Q1_2"], {}),
        (["Q1_1", "Q1_2", "Q1_3"], {"ids": [f'{{"ImportId":"QID1_{n}"}}' for n in (1, 4, 2)]}),
        (["Q1_1", "Q1_2", "Q1_3"], {"said": [f"How often? - {w}" for w in ("Ask", "Tell", "Go")]}),
        (["Q1_1", "Q1_4", "Q1_2"], {"said": [f"How often?-{w}" for w in ("Ask", "Tell", "Go")]}),
        (["x", "y", "z"], {"said": [f"How often?-{w}" for w in ("Ask", "Tell", "Go")]}),
        (["QID1_1", "QID1_4", "QID1_2"], {"said": ["Ask", "Tell", "Go"]}),
    ],
)
def test_rows_are_found_by_number_position_id_or_words(header, tops, tmp_path):
    table, _ = adapted(survey(LIKERT), tmp_path, header, ["1", "2", "3"], **tops)
    assert dict(zip(table.header, table.rows[0], strict=True)) | {"Q1_1": "1", "Q1_4": "2"} == (
        dict(zip(table.header, table.rows[0], strict=True))
    )
    assert table.rows[0][table.header.index("Q1_2")] == "3"


MULTIPLE = question("QID1", "MC", "MAVR", "Which, then?", Choices=shown("Tea", "Milk, hot", "None"),
                    RecodeValues={"1": "3", "2": "1", "3": "-1"})  # fmt: skip


@pytest.mark.parametrize(
    ("header", "row", "tops"),
    [
        (["Q1_3", "Q1_1", "Q1_-1"], ["1", "", ""], {}),
        (["Q1_1", "Q1_2", "Q1_3"], ["1", "", ""],
         {"said": [f"Which, then? - {w}" for w in ("Tea", "Milk, hot", "None")]}),
        (["Q1_1", "Q1_2", "Q1_3"], ["Tea", "", ""],
         {"said": [f"Which, then? - Selected Choice - {w}" for w in ("Tea", "Milk, hot", "None")]}),
        (["Q1"], ["3"], {}),
        (["Q1"], ["Tea"], {"said": ["Which, then?"]}),
        (["Q1_3", "Q1_1", "Q1_-1"], ["1", "-99", "0"], {}),
    ],
)  # fmt: skip
def test_boxes_are_found_in_every_form(header, row, tops, tmp_path):
    table, _ = adapted(survey(MULTIPLE), tmp_path, header, row, **tops)
    cells = dict(zip(table.header, table.rows[0], strict=True))
    assert (cells["Q1_3"], cells["Q1_1"], cells["Q1_m1"]) == ("1", "0", "0")


@pytest.mark.parametrize(
    ("cell", "ticks"),
    [
        ("3,1", ("1", "1", "0")),
        ("3,-1", ("1", "0", "1")),
        ("Tea,Milk, hot", ("1", "1", "0")),
        ("Milk, hot", ("0", "1", "0")),
        ("", ("", "", "")),
        ("-99", ("", "", "")),
        ("Tea,Beer", ("Tea,Beer",) * 3),
        ("3," * 5_000 + "3", ("3," * 5_000 + "3",) * 3),
    ],
)
def test_boxes_in_one_column_are_taken_apart(cell, ticks, tmp_path):
    table, _ = adapted(survey(MULTIPLE), tmp_path, ["Q1"], [cell])
    cells = dict(zip(table.header, table.rows[0], strict=True))
    assert tuple(cells[name] for name in ("Q1_3", "Q1_1", "Q1_m1")) == ticks


def test_old_exports_put_the_side_last(tmp_path):
    side = {"QuestionType": "Matrix", "Selector": "Likert", "SubSelector": "SingleAnswer",
            "Answers": shown("a", "b", "c")}  # fmt: skip
    sides = {"1": {**side, "QuestionText": "How much?"}, "2": {**side, "QuestionText": "When?"}}
    raw = survey(
        question("QID6", "SBS", "SBSMatrix", "Both", Choices=shown("X", "Y"),
                 AdditionalQuestions=sides)
    )  # fmt: skip
    header = ["Q6_1: 1", "Q6_2: 1", "Q6_1: 2", "Q6_2: 2"]
    table, _ = adapted(raw, tmp_path, header, list("1231"))
    assert table.header[4:] == ["Q6_1_1", "Q6_1_2", "Q6_2_1", "Q6_2_2"]
    said = [f"Both : {s}-{w}" for s in ("How much?", "When?") for w in "XY"]
    table, _ = adapted(raw, tmp_path, ["a", "b", "c", "d"], list("1231"), said=said)
    assert table.header[4:] == ["Q6_1_1", "Q6_1_2", "Q6_2_1", "Q6_2_2"]


def test_headings_that_are_there_several_times_are_told_apart_by_their_words(tmp_path):
    rows = {"Choices": shown("Ask", "Tell"), "Answers": shown("a", "b", "c"),
            "ChoiceDataExportTags": {"1": "one", "2": "two"}}  # fmt: skip
    first = question("QID1", "Matrix", "Likert", "At work, how often?", **rows)
    second = question("QID2", "Matrix", "Likert", "At home, how often?", **rows)
    said = [f"{q}-{w}" for q in ("At home, how...", "At work, how...") for w in ("Ask", "Tell")]
    table, _ = adapted(
        survey(first, second), tmp_path, ["one", "two", "one", "two"], list("1231"), said=said
    )
    assert table.header[4:] == ["Q2_one", "Q2_two", "Q1_one", "Q1_two"]


def test_a_question_in_several_blocks_becomes_one_column(tmp_path):
    raw = survey(question("QID1", "MC", "SAVR", "How is it?", Choices=shown("Bad", "Fair", "Good")))
    said = ["How is it?", "How is it?"]
    rows = [["1", ""], ["", "2"], ["3", "3"], ["", ""]] * 10 + [["1", "2"]]
    table, path = adapted(raw, tmp_path, ["Q1", "Q7"], *rows, said=said)
    assert [row[4] for row in table.rows[:4]] == ["1", "2", "3", ""]
    assert ("Q1", "versions_joined", "Q7", "Q1") in table.changes
    assert "Q1 stands at several places; Q7 went into it." in table.notes
    lines = [[*USUAL, "Q1", "Q7"], [*USUAL, *said], *export([], *rows).rows]
    got = isv.read_responses(written(lines, tmp_path / "x.csv"), path)
    assert got.data["Q1"].tolist()[:3] == [1, 2, 3]
    assert got.reasons["Q1"].tolist()[-1] == "unreadable"
    assert "1 | 2" in set(got.log["old"])


def test_a_question_asked_twice_is_not_joined(tmp_path):
    raw = survey(question("QID1", "MC", "SAVR", "How is it?", Choices=shown("Bad", "Fair", "Good")))
    table, _ = adapted(
        raw, tmp_path, ["Q1", "Q7"], ["1", "2"], ["2", "2"], ["3", "1"], said=["How is it?"] * 2
    )
    assert table.header[4:] == ["Q1", "Q7"]
    assert ("Q1", "second_column_kept_beside", "Q7", "Q7") in table.changes
    assert "many people answered both" in table.notes[-1]


def test_orders_and_times_are_no_answers(tmp_path):
    header = ["Q1_1", "Q1_4", "Q1_2", "Q1_DO_1", "Intro_DO_Q1", "FL_5_DO", "Q2_First Click",
              "Q1_1_TEXT"]  # fmt: skip
    table, _ = adapted(survey(LIKERT), tmp_path, header, list("12312345"))
    assert table.header[4:] == ["Q1_1", "Q1_4", "Q1_2", "Q2_First Click", "Q1_1_TEXT"]
    dropped = [old for old, rule, *_ in table.changes if rule == "order_column_dropped"]
    assert dropped == ["Q1_DO_1", "Intro_DO_Q1", "FL_5_DO"]


def test_columns_of_the_program_are_known_by_their_ids():
    header = ["Antwort", "Beginn", "IP", "x"]
    ids = ["_recordId", "startDate", "ipAddress", "QID1"]
    rows = [[json.dumps({"ImportId": i}) for i in ids], ["R_1abc", "2026", "192.0.2.7", "4"]]
    got = Export.read(TableFile(header, rows, [1, 2], "csv", False))
    assert got.names == ["ResponseId", "StartDate", "IPAddress", "x"]
    german = [["Antwort-ID", "Anfangsdatum", "IP-Adresse", "x"], ["R_1abc", "2026", "::1", "4"]]
    got = Export.read(TableFile(german[0], german[1:], [1], "csv", False))
    assert got.names == ["ResponseId", "StartDate", "IPAddress", "x"]


def test_numbers_are_not_run_together():
    instrument = isv.load_instrument("collaborative-leadership")
    names = Names.of(instrument)
    assert names.find_part("Q01_CON01") == "CON01"
    assert names.find_part("CON_01") == "CON01"
    assert names.find_part("CON0_1") is None
    assert names.find_part("3_CON01") is None
