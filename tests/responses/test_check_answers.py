import re

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import innovsurvey as isv
from innovsurvey.responses.cells import normalise, read_context

from .make_files import CLIMATE, climate, write

ROLES = isv.load_instrument("collaborative-leadership")
SHORT = list(ROLES.form("short").items)


def read(frame, **options):
    return isv.read_responses(frame, "leadership-climate", **options)


def short_form(n=3, value="4"):
    frame = pd.DataFrame({item: [value] * n for item in SHORT})
    return frame.assign(respondent_id=[f"p{i}" for i in range(n)])


def log_lines(answers, rule):
    return answers.log[answers.log["rule"] == rule]


def test_a_repeated_id_keeps_the_last_row_and_quarantines_the_earlier_ones():
    frame = climate(4)
    frame.loc[2, "SUB"] = "101"
    frame.loc[2, "LEAD01"] = "5"
    answers = read(frame)
    assert answers.data.index.tolist() == [102, 101, 104]
    assert answers.data.loc[101, "LEAD01"] == 5
    assert answers.quarantine["row"].tolist() == [1]
    assert answers.quarantine["reason"].tolist() == ["duplicate_id"]
    assert answers.quarantine["LEAD01"].tolist() == [climate(4).loc[0, "LEAD01"]]
    assert log_lines(answers, "duplicate_id")["respondent"].tolist() == ["101"]


@pytest.mark.parametrize("code", ["9", "0", "-1", "6", "2.5", "1e3"])
def test_a_code_outside_the_format_is_missing_with_its_reason(code):
    frame = climate(4)
    frame.loc[1, "LEAD03"] = code
    answers = read(frame)
    assert np.isnan(answers.data.loc[102, "LEAD03"])
    assert answers.reasons.loc[102, "LEAD03"] == "out_of_range"
    line = log_lines(answers, "out_of_range").iloc[0]
    assert (line["row"], line["column"], line["old"]) == (2, "LEAD03", code)


@pytest.mark.parametrize("code", ["4", " 4 ", "4.0", "4,0", "+4", "04"])
def test_a_code_may_be_written_in_several_ways(code):
    frame = climate(4)
    frame.loc[1, "LEAD03"] = code
    assert read(frame).data.loc[102, "LEAD03"] == 4


@pytest.mark.parametrize("text", ["often", "OFTEN", "  Often "])
def test_a_label_is_matched_to_its_code(text):
    frame = short_form()
    frame.loc[1, "CON04"] = text
    answers = isv.read_responses(frame, ROLES)
    assert answers.data.loc["p1", "CON04"] == 4
    line = log_lines(answers, "label_matched").iloc[0]
    assert (line["column"], line["old"].strip().lower(), line["new"]) == ("CON04", "often", "4")


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("-7", "not_needed"),
        ("Not needed in this project", "not_needed"),
        ("-8", "cannot_judge"),
        ("", "not_answered"),
        ("NA", "not_answered"),
        (".", "not_answered"),
        ("quite often", "unreadable"),
        ("77", "out_of_range"),
    ],
)
def test_every_missing_cell_has_its_reason(cell, reason):
    frame = short_form()
    frame.loc[1, "CON04"] = cell
    answers = isv.read_responses(frame, ROLES)
    assert np.isnan(answers.data.loc["p1", "CON04"])
    assert answers.reasons.loc["p1", "CON04"] == reason


def test_a_text_that_is_no_label_is_quarantined_with_its_old_value():
    frame = short_form()
    frame.loc[2, "CAT01"] = "=1+1"
    line = log_lines(isv.read_responses(frame, ROLES), "cell_quarantined").iloc[0]
    assert (line["row"], line["column"], line["old"]) == (3, "CAT01", "=1+1")


@pytest.mark.parametrize("heading", ["lead01", " LEAD 01 ", "Lead 01"])
def test_headings_may_differ_in_case_and_blanks_and_that_is_logged(heading):
    answers = read(climate().rename(columns={"LEAD01": heading}))
    assert "LEAD01" in answers.data
    assert log_lines(answers, "column_renamed")["column"].tolist() == ["LEAD01"]


def test_a_missing_item_column_is_answered_with_the_nearest_heading():
    frame = climate().rename(columns={"LEAD01": "LEAD_1"})
    with pytest.raises(isv.errors.MissingItemsError, match=r"did you mean LEAD_1\?") as error:
        read(frame)
    assert error.value.missing == ("LEAD01",)
    assert read(frame, columns={"LEAD_1": "LEAD01"}).data.shape == (4, 19)


@pytest.mark.parametrize(
    ("columns", "message"),
    [
        ({"LEAD_2": "LEAD01"}, "'LEAD_2', which is no heading of the file"),
        ({"rating": "LEAD1"}, "did you mean LEAD01?"),
        ({"rating": "LEAD01"}, "there more than once"),
    ],
)
def test_a_wrong_map_of_columns_is_refused(columns, message):
    with pytest.raises(isv.errors.InnovSurveyError, match=re.escape(message)):
        read(climate(), columns=columns)


@pytest.mark.parametrize("column", ["LEAD02", "SUB", "COMPID"])
def test_a_column_that_is_needed_and_there_twice_is_refused(tmp_path, column):
    frame = climate()
    text = frame.to_csv(index=False).splitlines()
    text = [f"{line},{column if i == 0 else 1}" for i, line in enumerate(text)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(text), encoding="utf-8")
    with pytest.raises(isv.errors.DataError, match="there more than once"):
        read(path)


def test_other_columns_are_all_kept_even_nameless_or_repeated_ones(tmp_path):
    frame = climate()
    text = frame.to_csv(index=False).splitlines()
    text = [f"{line},{'remark,' if i == 0 else 'again,x'}" for i, line in enumerate(text)]
    path = tmp_path / "a.csv"
    path.write_text("\n".join(text), encoding="utf-8")
    context = read(path).context
    assert context.columns.tolist() == ["COMPID", "rating", "remark", "remark.24", "column_25"]
    assert context["column_25"].tolist() == ["x"] * 4


def test_id_and_group_are_taken_as_the_instrument_file_says_and_it_is_noted():
    answers = read(climate())
    assert answers.data.index.name == "SUB"
    assert answers.group_columns == ("COMPID",)
    assert any("SUB is taken as the respondent id" in note for note in answers.notes)


def test_id_and_groups_can_be_named():
    frame = climate().assign(code=["d", "e", "f", "g"], unit=[1, 1, 2, 2])
    answers = read(frame, id_column="code", group_column=["unit", "COMPID"])
    assert answers.data.index.tolist() == ["d", "e", "f", "g"]
    assert answers.group_columns == ("unit", "COMPID")
    with pytest.raises(isv.errors.MissingItemsError, match=r"did you mean code\?"):
        read(frame, id_column="cod")
    with pytest.raises(isv.errors.MissingItemsError, match=r"did you mean unit\?"):
        read(frame, group_column="units")


def test_without_id_people_are_numbered():
    answers = read(climate().drop(columns="SUB"))
    assert answers.data.index.tolist() == [1, 2, 3, 4]
    assert any("numbered in file order" in note for note in answers.notes)


def test_an_empty_id_becomes_the_number_of_the_row():
    frame = climate()
    frame.loc[1, "SUB"] = ""
    answers = read(frame)
    assert answers.data.index.tolist() == ["101", "row_2", "103", "104"]
    assert len(log_lines(answers, "id_missing")) == 1


def test_rows_that_do_not_fit_the_heading(tmp_path):
    frame = climate(5)
    lines = frame.to_csv(index=False).splitlines()
    lines[1] += ",surplus"
    lines[2] = lines[2].rsplit(",", 1)[0]
    lines[3] = "," * (frame.shape[1] - 1)
    lines[4] += ","
    path = tmp_path / "a.csv"
    path.write_text("\n".join(lines) + "\n\n\n", encoding="utf-8")
    answers = read(path)
    assert answers.data.index.tolist() == [102, 104, 105]
    assert answers.quarantine["reason"].tolist() == ["more_cells_than_heading", "empty_row"]
    assert set(answers.log["rule"]) == {"more_cells_than_heading", "short_row", "empty_row"}
    assert any("2 empty row(s) at the end" in note for note in answers.notes)


@pytest.mark.parametrize(
    ("present", "form"), [("short", "short"), ("core", "core"), ("pool", "pool")]
)
def test_the_form_is_found_from_the_columns(present, form):
    frame = pd.DataFrame({item: ["3", "4"] for item in ROLES.form(present).items})
    assert isv.read_responses(frame, ROLES).form == form


def test_a_form_can_be_asked_for():
    with pytest.raises(isv.errors.MissingItemsError, match=r"15 of 30 .* of the form 'core'"):
        isv.read_responses(short_form(), ROLES, form="core")
    with pytest.raises(isv.errors.SpecificationError, match=r"did you mean core\?"):
        isv.read_responses(short_form(), ROLES, form="cor")


def test_one_person_is_enough():
    answers = read(climate(1))
    assert answers.data.shape == (1, 19)
    assert isv.score_scales(answers).scores.notna().all(axis=None)


def test_items_come_reverse_keyed_and_ordered(tmp_path):
    path = tmp_path / "keyed.yaml"
    path.write_text(
        "id: keyed\nversion: 0.1.0\nsource: {citation: Invented, licence: CC0-1.0}\n"
        "formats: {f: {level: ordinal, anchors: none, points: "
        "[{value: 0}, {value: 1}, {value: 2}, {value: 3}]}}\n"
        "items: [{id: a, format: f, text: {en: A}}, "
        "{id: b, format: f, reverse: true, text: {en: B}}]\n"
        "scales: [{id: s, items: [a, b], score: {method: mean, min_valid: 1}}]\n",
        encoding="utf-8",
    )
    answers = isv.read_responses(pd.DataFrame({"a": [0, 3], "b": [0, 1]}), path)
    assert answers.items("s").to_numpy().tolist() == [[0, 3], [3, 2]]
    assert answers.data["b"].tolist() == [0, 1]  # the data stay as answered
    ordered = answers.items("s", ordered=True)
    assert ordered["b"].cat.categories.tolist() == [0, 1, 2, 3]
    assert ordered["b"].cat.ordered
    assert answers.items(["b"]).columns.tolist() == ["b"]
    with pytest.raises(isv.errors.SpecificationError, match="has no scale 'z'"):
        answers.items("z")


@pytest.mark.parametrize(
    ("cells", "comma", "expected"),
    [
        (["1", "2", "3"], False, [1, 2, 3]),
        (["1.5", "2", ""], False, [1.5, 2.0, np.nan]),
        (["1,5", "2"], True, [1.5, 2.0]),
        (["1,5", "2"], False, ["1,5", "2"]),
        (["007", "012"], False, ["007", "012"]),
        (["1", "x"], False, ["1", "x"]),
        (["123456789012345678"], False, ["123456789012345678"]),
    ],
)
def test_context_columns_are_typed_only_where_all_cells_agree(cells, comma, expected):
    got = read_context(cells, decimal_comma=comma)
    pd.testing.assert_series_equal(got, pd.Series(expected), check_dtype=False)


def test_texts_are_compared_without_case_blanks_and_kind_of_quote():
    assert normalise("I\u00a0 CAN\u2019T  say") == normalise("i can't say")


def test_a_checked_set_comes_back_the_same_from_its_folder(tmp_path):
    frame = climate(6)
    frame.loc[0, "LEAD01"] = "=cmd()"
    frame.loc[1, "LEAD02"] = "9"
    frame.loc[2, "LEAD03"] = ""
    frame.loc[4, "SUB"] = "101"
    frame.loc[5, "remark"] = "'quoted"
    answers = read(frame)
    again = isv.load_responses(answers.save(tmp_path / "saved"))
    for part in ("data", "reasons", "context", "log", "quarantine"):
        pd.testing.assert_frame_equal(getattr(again, part), getattr(answers, part))
    for part in ("instrument", "form", "group_columns", "provenance", "notes", "n_obs"):
        if part != "instrument":
            assert getattr(again, part) == getattr(answers, part), part
    assert "'=cmd()" in (tmp_path / "saved" / "quarantine.csv").read_text("utf-8-sig")
    answers.save(tmp_path / "saved")  # an earlier save may be replaced


@pytest.mark.parametrize("break_it", ["file", "other", "none", "damaged", "schema"])
def test_a_folder_that_is_no_saved_set_is_refused(tmp_path, break_it):
    answers = read(climate())
    target = tmp_path / "t"
    if break_it == "file":
        target.write_text("x", encoding="utf-8")
    elif break_it != "none":
        target.mkdir()
        text = {"damaged": "{", "schema": "{}"}.get(break_it, "x")
        name = "notes.txt" if break_it == "other" else "responses.json"
        (target / name).write_text(text, encoding="utf-8")
    with pytest.raises(isv.errors.DataError):
        isv.load_responses(target)
    if break_it in {"file", "other"}:
        with pytest.raises(isv.errors.DataError, match=r"is a file|holds other files"):
            answers.save(target)


@settings(max_examples=50, deadline=None)
@given(
    cells=st.lists(
        st.sampled_from(["1", "3", "5", "9", "", "NA", "x", "=1", "2,0"]), min_size=1, max_size=12
    ),
    ids=st.lists(st.sampled_from(["1", "2", "3", ""]), min_size=12, max_size=12),
)
def test_no_row_and_no_answer_disappears_unsaid(cells, ids):
    frame = climate(len(cells)).assign(LEAD01=cells, SUB=ids[: len(cells)])
    answers = read(frame)
    assert len(answers.data) + len(answers.quarantine) == len(cells)
    assert (answers.data.isna() == answers.reasons.notna()).all(axis=None)
    lost = answers.reasons["LEAD01"].isin(["out_of_range", "unreadable"]).sum()
    assert lost == answers.log["rule"].isin(["out_of_range", "cell_quarantined"]).sum()
    assert len(answers.quarantine) == (answers.log["rule"] == "duplicate_id").sum()


def test_the_summary_counts_reasons_and_shows_in_a_notebook(tmp_path):
    frame = climate()
    frame.loc[0, "LEAD01"] = "9"
    answers = read(write(tmp_path / "a.csv", frame))
    assert answers.to_frame().loc["LEAD01", "n_out_of_range"] == 1
    assert "4 people, 19 items" in repr(answers)
    assert "<caption>Responses to leadership-climate" in answers._repr_html_()
    assert answers.data.columns.tolist() == CLIMATE


@pytest.mark.parametrize(
    "labels",
    [["1.1", "1.10", "1.2", "1.20"], ["1", "1.0", "01", "1e0"], ["1E1", "10E0", "10", "1e1"]],
)
def test_ids_and_groups_are_names_not_numbers(labels):
    answers = read(climate(4).assign(SUB=labels, COMPID=labels))
    assert answers.data.index.tolist() == labels
    assert answers.context["COMPID"].tolist() == labels
    assert answers.quarantine.empty


@pytest.mark.parametrize("separator", [";", "\t", "|"])
def test_a_decimal_point_is_a_number_whatever_the_separator(tmp_path, separator):
    answers = read(write(tmp_path / "a.csv", climate(4), separator=separator))
    assert answers.context["rating"].tolist() == [0.5, 1.5, 2.5, 3.5]


def test_formulas_and_errors_of_a_workbook_are_seen(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(list(climate(3).columns))
    for values in climate(3).to_numpy().tolist():
        book.active.append(values)
    for cell, content in {"C2": "#DIV/0!", "C3": "=1+2", "D2": True}.items():
        book.active[cell] = content
    book.active["C2"].data_type = "e"
    book.save(tmp_path / "a.xlsx")
    answers = read(tmp_path / "a.xlsx")
    assert log_lines(answers, "cell_quarantined")["old"].tolist() == ["#DIV/0!", "=1+2"]
    assert answers.data.iloc[0]["LEAD02"] == 1


def test_a_stray_cell_far_away_is_refused_before_memory_is_filled(tmp_path):
    from openpyxl import Workbook

    book = Workbook()
    book.active.append(["SUB", "LEAD01"])
    book.active["XFD1048576"] = "x"
    book.save(tmp_path / "a.xlsx")
    with pytest.raises(isv.errors.DataError, match="Delete the stray cells"):
        read(tmp_path / "a.xlsx")


@pytest.mark.parametrize("cell", ["\uff11\uff12", "1\u0662", "\u00b2"])
def test_digits_of_other_scripts_are_text(cell):
    answers = read(climate(4).assign(rating=[cell, "1", "2", "3"], LEAD01=[cell, "1", "2", "3"]))
    assert answers.context["rating"].iloc[0] == cell
    assert answers.reasons["LEAD01"].iloc[0] == "unreadable"


def test_infinite_numbers_are_out_of_range():
    answers = read(climate(4).assign(LEAD01=["1e999", "1", "2", "3"]))
    assert answers.reasons["LEAD01"].iloc[0] == "out_of_range"


def test_a_data_frame_with_lists_in_cells_or_several_levels():
    answers = read(climate(2).assign(remark=[["a", "b"], {"c": 1}]))
    assert answers.context["remark"].tolist() == ["['a', 'b']", "{'c': 1}"]
    frame = climate(2).drop(columns="SUB")
    assert read(frame.set_axis([1, "b"])).data.index.tolist() == ["1", "b"]
    with pytest.raises(isv.errors.DataError, match="several index levels"):
        read(frame.set_axis(pd.MultiIndex.from_tuples([(1, 2), (3, 4)])))


def test_an_id_that_is_empty_or_a_mark_gets_a_name_of_its_own():
    answers = read(climate(4).assign(SUB=["NA", "n/a", "row_1", ""]))
    assert answers.data.index.tolist() == ["row_1_", "row_2", "row_1", "row_4"]


@pytest.mark.parametrize("separator", ["\\t", ";;", '"', "\n"])
def test_a_separator_is_one_character(tmp_path, separator):
    with pytest.raises(isv.errors.SpecificationError, match="must be one character"):
        read(write(tmp_path / "a.csv", climate()), separator=separator)


def test_a_column_that_looks_like_an_item_beside_it_is_noted():
    answers = read(climate().assign(lead01=1))
    assert any("'lead01' is kept beside the answers" in note for note in answers.notes)


def test_headings_called_row_or_reason_survive_in_the_quarantine(tmp_path):
    frame = climate(3).assign(SUB=["1", "1", "2"], row="r", reason="why")
    answers = read(frame)
    assert answers.quarantine[["row_", "reason_"]].iloc[0].tolist() == ["r", "why"]
    again = isv.load_responses(answers.save(tmp_path / "s"))
    pd.testing.assert_frame_equal(again.quarantine, answers.quarantine)


def test_a_saved_set_can_be_saved_again_and_does_not_need_the_first_file(tmp_path):
    path = tmp_path / "mine.yaml"
    path.write_text(isv.new_instrument("mine"), encoding="utf-8")
    frame = pd.DataFrame({"LIS1": [1, 2], "LIS2": [3, 4], "LIS3": [5, 1]})
    answers = isv.read_responses(frame, path)
    path.unlink()
    again = isv.load_responses(answers.save(tmp_path / "s"))
    again.save(tmp_path / "s")
    assert isv.load_responses(tmp_path / "s").data.equals(answers.data)


@pytest.mark.parametrize("name", ["data.parquet", "log.csv", "instrument.yaml", "responses.json"])
@pytest.mark.parametrize("content", [None, b"", b"junk", b"[]"])
def test_a_damaged_save_is_refused(tmp_path, name, content):
    folder = read(climate()).save(tmp_path / "s")
    (folder / name).unlink()
    if content is not None:
        (folder / name).write_bytes(content)
    with pytest.raises(isv.errors.InnovSurveyError):
        isv.load_responses(folder)


def test_words_are_kept_apart(tmp_path):
    path = tmp_path / "words.yaml"
    text = (
        isv.new_instrument("words")
        .replace("\nitems:", "\n  remark: {level: text}\n\nitems:", 1)
        .replace(
            "  - id: LIS3", "  - {id: REM, format: remark, text: {en: Remarks}}\n  - id: LIS3", 1
        )
    )
    path.write_text(text, encoding="utf-8")
    frame = pd.DataFrame({"LIS1": [1], "LIS2": [2], "LIS3": [3], "REM": ["More time"]})
    answers = isv.read_responses(frame, path)
    assert answers.texts["REM"].tolist() == ["More time"]
    assert answers.data.columns.tolist() == ["LIS1", "LIS2", "LIS3"]
    assert answers.log.empty
