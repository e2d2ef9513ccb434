"""The same answers out of every style of export of REDCap, by drafted instruments."""

import io
import zipfile
from functools import cache

import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.errors import DataError
from innovsurvey.responses.platforms.redcap_rows import event_name

from .redcap_exports import (
    REAL,
    events_of,
    fields_of,
    lengthened,
    rows_of,
    styled,
    write,
)

SURVEYS = ("simple", "survey", "longitudinal", "checkboxes", "decimal_comma", "repeating")
STYLES = {
    "labels": {"headings": False, "cells": True},
    "labels as headings": {"headings": True, "cells": False},
    "labels everywhere": {"headings": True, "cells": True},
}


@pytest.fixture(scope="module")
def drafted(tmp_path_factory):
    """Give the path of the instrument drafted from the dictionary of a survey."""
    folder = tmp_path_factory.mktemp("drafted")

    @cache
    def draft(survey):
        path = folder / f"{survey.replace('_', '-')}.yaml"
        text = isv.new_instrument(path.stem, source=REAL / f"{survey}_dictionary.csv")
        path.write_text(text, encoding="utf-8")
        return path

    return draft


def raw_rows(survey):
    """Give the raw rows; R wrote 0 and 1 of one column as FALSE and TRUE."""
    logical = {"TRUE": "1", "FALSE": "0"}
    return [[logical.get(cell, cell) for cell in row] for row in rows_of(f"{survey}_data.csv")]


def table_of(survey, style):
    rows, fields = raw_rows(survey), fields_of(f"{survey}_dictionary.csv")
    if style == "one row per answer":
        return lengthened(rows, fields)
    events = events_of("longitudinal_event.csv") if survey == "longitudinal" else None
    return styled(rows, fields, events, **STYLES[style])


@pytest.mark.parametrize("survey", SURVEYS)
def test_raw_cells_are_what_the_file_says(drafted, survey):
    got = isv.read_responses(REAL / f"{survey}_data.csv", drafted(survey))
    header, *rows = raw_rows(survey)
    base = [row for row in rows if survey != "repeating" or row[2] == ""]
    assert len(got.data) == len(base)
    for item in got.instrument.items:
        if item.id not in got.data or item.matrix is not None:
            continue
        cells = [row[header.index(item.id)].replace(",", ".") for row in base]
        kept = got.data[item.id].notna()
        missing = set(got.reasons[item.id].dropna())
        assert missing <= {"not_answered", "out_of_range", "unknown_not_reported"}
        wanted = [float(cell) if k else np.nan for cell, k in zip(cells, kept, strict=True)]
        assert got.data[item.id].tolist() == pytest.approx(wanted, nan_ok=True)


@pytest.mark.parametrize("style", [*STYLES, "one row per answer"])
@pytest.mark.parametrize("survey", SURVEYS)
def test_every_style_gives_the_same_answers(drafted, survey, style, tmp_path):
    raw = isv.read_responses(REAL / f"{survey}_data.csv", drafted(survey))
    path = write(table_of(survey, style), tmp_path / "export.csv")
    got = isv.read_responses(path, drafted(survey))
    assert "REDCap" in got.notes[0]
    pd.testing.assert_frame_equal(got.data, raw.data)
    pd.testing.assert_frame_equal(
        got.reasons.astype(object), raw.reasons.astype(object), check_dtype=False
    )
    assert list(got.repeats) == list(raw.repeats)


def test_events_are_waves_with_names_that_redcap_makes_of_labels(drafted):
    got = isv.read_responses(REAL / "longitudinal_data.csv", drafted("longitudinal"))
    assert got.data.index[:2].tolist() == ["100@enrollment_arm_1", "100@dose_1_arm_1"]
    assert got.n_obs == 18
    assert got.quarantine.empty


@pytest.mark.parametrize(("name", "label"), events_of("longitudinal_event.csv").items())
def test_names_of_events_are_those_of_the_project(name, label):
    assert event_name(label) == name
    assert event_name(name) == name


def test_rows_of_repeated_forms_are_tables_of_their_own(drafted):
    got = isv.read_responses(REAL / "repeating_data.csv", drafted("repeating"))
    lab = got.repeats["laboratory"]
    assert lab.index.name == "record_id"
    assert len(lab) == 24
    assert len(got.repeats["medication"]) == 18
    assert got.n_obs + len(lab) + 18 == len(rows_of("repeating_data.csv")) - 1
    first = lab.iloc[0]
    assert (first["redcap_event_name"], first["redcap_repeat_instance"]) == ("visit_1_arm_1", 1)
    assert (first["lab"], first["conc"]) == ("RBC", 111.1)
    assert any("laboratory (24), medication (18)" in note for note in got.notes)


def test_a_form_that_only_repeats_is_read_by_instance(drafted, tmp_path):
    header = ["record_id", "redcap_repeat_instrument", "redcap_repeat_instance", "sex"]
    names = [*header, "height", "weight", "bmi", "ethnicity", *(f"race___{i}" for i in range(1, 7))]
    rows = [["1", "", "", *[""] * 11], ["1", "d", "1", "1", *[""] * 10]]
    rows.append(["1", "d", "2", "0", *[""] * 10])
    got = isv.read_responses(write([names, *rows], tmp_path / "x.csv"), drafted("simple"))
    assert got.data["sex"].tolist()[1:] == [1.0, 0.0]
    assert got.data.index.tolist()[1:] == ["1@d_1", "1@d_2"]


def test_a_checkbox_is_answered_once_any_box_is_ticked(drafted):
    got = isv.read_responses(REAL / "checkboxes_data.csv", drafted("checkboxes"))
    one = got.data[[f"check_one_{n}" for n in range(1, 5)]]
    assert one.notna().all(axis=1).tolist() == [True, False, True, False]
    assert got.data["check_two_a"].tolist()[:2] == [1.0, 0.0]


def test_names_that_differ_by_signs_alone_are_kept_apart(tmp_path):
    fields = "field_name,form_name,field_type,field_label,select_choices_or_calculations\n"
    fields += 'id,f,text,Id,\nq1,f,checkbox,Which?,"1, A | 2, B"\nq11,f,yesno,Eleven?,\n'
    fields += "q1_1,f,yesno,One?,\n"
    (tmp_path / "d.csv").write_text(fields)
    path = tmp_path / "kept-apart.yaml"
    path.write_text(isv.new_instrument(path.stem, source=tmp_path / "d.csv"))
    assert isv.check_instrument(path) == []
    table = [
        ["id", "q1___1", "q1___2", "q11", "q1_1", "f_complete"],
        ["7", "1", "0", "0", "1", "2"],
    ]
    got = isv.read_responses(write(table, tmp_path / "x.csv"), path, platform="redcap")
    assert got.data.loc[7].to_dict() == {"q11": 0.0, "q1_1_2": 1.0, "q1_1": 1.0, "q1_2": 0.0}


def test_codes_for_missing_data_keep_their_reason(drafted, tmp_path):
    rows = raw_rows("simple")
    at = {name: place for place, name in enumerate(rows[0])}
    rows[0] += ["race___unk"]
    for row, mark in zip(rows[1:], "10000", strict=True):
        row.append(mark)
    for place in range(1, 7):
        rows[1][at[f"race___{place}"]] = ""
    rows[1][at["sex"]], rows[2][at["sex"]], rows[3][at["sex"]] = "UNK", "NASK", "NA"
    got = isv.read_responses(write(rows, tmp_path / "x.csv"), drafted("simple"))
    assert got.reasons["sex"].tolist()[:3] == ["unknown", "not_asked", "not_answered"]
    assert set(got.reasons.loc[1, [f"race_{n}" for n in range(1, 7)]]) == {"unknown"}


RUSSIAN = """
id: russian
version: 0.1.0
title: {en: R}
description: {en: R}
languages: {en: {name: English, direction: ltr, status: original}}
source: {citation: Invented, licence: CC0-1.0}
exportable: false
formats: {n: {level: number}}
items:
  - {id: pregnant_now, format: n, text: {en: Pregnant?}}
  - {id: diagnosed_hiv, format: n, text: {en: Diagnosed?}}
"""


def test_a_file_that_r_wrote_has_its_letters_back_and_na_is_no_code(tmp_path):
    path = tmp_path / "russian.yaml"
    path.write_text(RUSSIAN)
    got = isv.read_responses(REAL / "russian_data.csv", path)
    assert got.data.index.tolist() == ["AAAA", "BBBB", "CCCC"]
    assert got.data["diagnosed_hiv"].tolist() == pytest.approx([2, np.nan, 3], nan_ok=True)
    assert got.reasons["diagnosed_hiv"].tolist()[1] == "not_answered"
    assert got.context.join(got.texts)["recruitment_other"].tolist()[1].startswith("мама ")
    letters = got.log[got.log["rule"] == "escaped_letters_read"].set_index("column")["n_cells"]
    assert letters["recruitment_other"] == 3


SCRIPTS = {
    "a.do": "version 13\nimport delimited {0} using X_DATA_NOHDRS_1.csv, varnames(nonames)\n",
    "a.sps": "GET DATA /TYPE=TXT\n/VARIABLES={1} .\nVARIABLE LABELS",
    "a.sas": "data REDCAP;\n{2}\nformat x best12. ;",
}


def _archive(path, members):
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, text in members.items():
            archive.writestr(name, text)
    path.write_bytes(stream.getvalue())
    return path


def _script(name, header):
    spss = " ".join(f"{column} A500" for column in header)
    sas = "\n".join(f"\tinformat {column} best32. ;" for column in header)
    return SCRIPTS[name].format(" ".join(header), spss, sas)


@pytest.mark.parametrize("script", SCRIPTS)
def test_data_for_statistics_programs_are_headed_by_their_script(drafted, script, tmp_path):
    header = rows_of("checkboxes_data.csv")[0]
    text = (REAL / "checkboxes_data.csv").read_text(encoding="utf-8").partition("\n")[2]
    members = {"X_DATA_NOHDRS_1.csv": text, script: _script(script, header)}
    got = isv.read_responses(_archive(tmp_path / "x.zip", members), drafted("checkboxes"))
    raw = isv.read_responses(REAL / "checkboxes_data.csv", drafted("checkboxes"))
    pd.testing.assert_frame_equal(got.data, raw.data)


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({}, "no script beside it"),
        ({"a.do": "import delimited record_id sex using x.csv"}, "has not the 2 columns"),
    ],
)
def test_data_without_headings_are_refused(drafted, members, said, tmp_path):
    text = "1,0,1\n2,0,1\n"
    path = _archive(tmp_path / "x.zip", {"X_DATA_NOHDRS_1.csv": text, **members})
    with pytest.raises(DataError, match=said):
        isv.read_responses(path, drafted("checkboxes"))


def test_groups_for_access_are_groups(drafted, tmp_path):
    rows = raw_rows("simple")
    rows = [[row[0], group, *row[1:]] for row, group in zip(rows, "gababa", strict=True)]
    rows[0][1] = "redcap_data_access_group"
    got = isv.read_responses(write(rows, tmp_path / "x.csv"), drafted("simple"))
    assert got.group_columns == ("redcap_data_access_group",)


def test_who_people_are_stays_out(drafted):
    got = isv.read_responses(REAL / "survey_data.csv", drafted("survey"))
    everything = got.context.to_csv() + got.texts.to_csv() + got.log.to_csv()
    assert "aaa@bbb.com" not in everything
    private = got.log[got.log["rule"] == "private_column_dropped"]["column"]
    assert {"redcap_survey_identifier", "email", "first_name", "telephone_1"} <= set(private)
