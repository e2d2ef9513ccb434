from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import innovsurvey as isv
from innovsurvey.drafting.model import DraftContext, DraftFormat, DraftItem, SurveyDraft
from innovsurvey.drafting.yaml_text import write_draft
from tests.drafting.look import points_of, remarks_of

DATA = Path(__file__).parents[1] / "data"
# Codes in real files that are neither labelled nor between labelled ones.
STRAY = {("simple_alltypes", "x"): [4, 9]}


@pytest.mark.parametrize("path", sorted((DATA / "spss").glob("*.sav")), ids=lambda p: p.stem)
def test_every_real_file_is_drafted_and_read_with_its_draft(drafted, path):
    instrument = drafted(path)
    frame, meta = pyreadstat.read_sav(path, disable_datetime_conversion=True)
    answers = isv.read_responses(path, instrument)
    remarks = remarks_of(instrument)
    assert len(answers.data) == len(frame)
    for item in answers.data:
        if meta.readstat_variable_types[item] == "double":
            stray = STRAY.get((path.stem, item), [])
            kept = frame[item].mask(frame[item].isin(stray)).tolist()
            assert answers.data[item].tolist() == pytest.approx(kept, nan_ok=True)
            assert (f"- {item}: {', '.join(map(str, stray))} occurred" in remarks) is bool(stray)


def test_user_missing_codes_become_missing_options_with_their_names(drafted):
    instrument = drafted(DATA / "spss" / "sample_missing.sav")
    options = {o.code: o.reason for o in instrument.format_of("myord").missing}
    assert options == {-1: "missing", -2: "user_missing_minus_2", -3: "user_missing_minus_3"}
    assert instrument.format_of("myord").level == "ordinal"
    assert instrument.format_of("mylabl").level == "nominal"
    assert points_of(instrument, "mylabl") == [(1, "Male"), (2, "Female")]
    answers = isv.read_responses(DATA / "spss" / "sample_missing.sav", instrument)
    assert answers.reasons["myord"].tolist()[5:] == ["missing", "user_missing_minus_3"]
    assert answers.reasons["mynum"].tolist()[5:] == ["user_missing_minus_1", "user_missing_2500"]


def labelled_file(folder, suffix):
    """Write a file with every kind of variable."""
    n = 12
    frame = pd.DataFrame(
        {
            "respid": range(1, n + 1),
            "ends": [1.0, 2, 3, 4, 5, 6, 7] + [1.0] * 5,
            "some": [1.0, 2, 5, 1, 2, 9, 1, 2, 1, 2, 1, 2],
            "hours": [10.0, 20, 37, 999, 5, 7, 41, 12, 13, 14, 15, 16],
            "often": [1.0, 2, 3, 4, 1, 2, 3, 4, 8, 8, 1, 2],
            "why": [f"because {i}" for i in range(n)],
            "weight": np.linspace(0.5, 1.5, n),
            "email": [f"p{i}@example.org" for i in range(n)],
        }
    )
    labels = {
        "column_labels": {
            "ends": "How likely?",
            "some": "Which?",
            "hours": "Hours a week?",
            "often": "How often?",
            "why": "Why?",
        },
        "variable_value_labels": {
            "ends": {1.0: "Not at all", 7.0: "Fully"},
            "some": {1.0: "Red", 2.0: "Green"},
            "hours": {999.0: "Don't know"},
            "often": {1.0: "Never", 2.0: "Rarely", 3.0: "Often", 4.0: "Always", 8.0: "Refused"},
        },
    }
    write = pyreadstat.write_sav if suffix == ".sav" else pyreadstat.write_dta
    write(frame, folder / f"made{suffix}", **labels)
    return folder / f"made{suffix}"


@pytest.mark.parametrize("suffix", [".sav", ".dta"])
def test_each_kind_of_variable_finds_its_place(tmp_path, drafted, suffix):
    path = labelled_file(tmp_path, suffix)
    instrument = drafted(path)
    assert instrument.item_ids == ("ends", "some", "hours", "often", "why")
    assert instrument.item("hours").text().say() == "Hours a week?"
    assert [value for value, _ in points_of(instrument, "ends")] == [1, 2, 3, 4, 5, 6, 7]
    assert instrument.format_of("ends").level == "ordinal"
    assert [value for value, _ in points_of(instrument, "some")] == [1, 2]
    assert "some: 5, 9 occurred without a label" in remarks_of(instrument)
    assert instrument.format_of("some").level == "nominal"
    assert instrument.format_of("hours").level == "number"
    assert [o.reason for o in instrument.format_of("hours").missing] == ["dont_know"]
    assert instrument.format_of("often").level == "ordinal"
    assert [o.reason for o in instrument.format_of("often").missing] == ["refused"]
    assert instrument.format_of("why").level == "text"
    assert [(c.id, c.role) for c in instrument.context] == [
        ("respid", "respondent"),
        ("weight", "other"),
    ]
    assert "Columns with personal data were left out: email." in instrument.yaml
    answers = isv.read_responses(path, instrument)
    assert answers.reasons["hours"].tolist()[3] == "dont_know"
    assert answers.reasons["often"].tolist()[8] == "refused"
    assert answers.data["ends"].tolist() == [1, 2, 3, 4, 5, 6, 7, 1, 1, 1, 1, 1]
    log = answers.log
    assert log.loc[log["rule"].isin(["out_of_range", "cell_quarantined"]), "old"].tolist() == [
        "5",
        "9",
    ]


@pytest.mark.parametrize(
    ("codes", "level", "points"),
    [
        ([1.0, 2, 3, 4, 5, -8], "ordinal", [1, 2, 3, 4, 5]),
        ([1.0, 2, 4, 3, 77, -99], "ordinal", [1, 2, 3, 4, 5]),
        ([1.0, 2, 37, 41, 16, 28], "number", []),
        ([1.0, 2, 2.5, 4, 5, 1], "number", []),
    ],
)
def test_codes_outside_the_labels_are_no_points(tmp_path, drafted, codes, level, points):
    labels = {1.0: "Disagree", 5.0: "Agree", 2.0: "Rather disagree", 4.0: "Rather agree"}
    pyreadstat.write_sav(
        pd.DataFrame({"q": codes}), tmp_path / "a.sav", variable_value_labels={"q": labels}
    )
    instrument = drafted(tmp_path / "a.sav")
    assert instrument.format_of("q").level == level
    assert [value for value, _ in points_of(instrument, "q")] == points
    stray = [code for code in codes if code not in range(1, 6)]
    if level == "ordinal":
        for code in stray:
            assert f"{code:.0f}" in remarks_of(instrument).partition("q: ")[2].partition(".")[0]
    answers = isv.read_responses(tmp_path / "a.sav", instrument)
    kept = [np.nan if level == "ordinal" and code in stray else code for code in codes]
    assert answers.data["q"].tolist() == pytest.approx(kept, nan_ok=True)


def test_extended_missing_values_of_stata_become_missing_options(tmp_path, drafted):
    frame = pd.DataFrame({"q": [1.0, 2.0, "a", "b", None]}, dtype=object)
    pyreadstat.write_dta(
        frame,
        tmp_path / "a.dta",
        variable_value_labels={"q": {1.0: "Yes", 2.0: "No", "a": "Don't know"}},
        missing_user_values={"q": ["a", "b"]},
    )
    instrument = drafted(tmp_path / "a.dta")
    options = [(o.reason, o.written) for o in instrument.format_of("q").missing]
    assert options == [("dont_know", ".a"), ("user_missing_b", ".b")]
    answers = isv.read_responses(tmp_path / "a.dta", instrument)
    assert answers.reasons["q"].tolist()[2:] == ["dont_know", "user_missing_b"]
    assert answers.quarantine["reason"].tolist() == ["empty_row"]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.sav", b"$FL2@(#) SPSS DATA FILE", "is a damaged SPSS file"),
        ("a.csv", b"a,b\n", "a heading but no row"),
        ("a.json", b"[" * 1_000_000, "describes no survey that can be read"),
        ("a.pdf", b"%PDF-1.7", "describes no survey that can be read"),
    ],
)
def test_what_is_no_survey_is_refused(tmp_path, name, content, message):
    (tmp_path / name).write_bytes(content)
    with pytest.raises(isv.errors.DataError, match=message):
        isv.new_instrument("drafted", source=tmp_path / name)


def test_ids_are_unique_whatever_a_survey_holds(tmp_path):
    asked = [DraftItem("A", {"en": words}, DraftFormat("number")) for words in ("One?", "Two?")]
    context = [DraftContext("A"), DraftContext("B"), DraftContext("B")]
    made = SurveyDraft("x", {"en": "English"}, items=asked, context=context)
    path = tmp_path / "drafted.yaml"
    path.write_text(write_draft(made, "drafted"), encoding="utf-8")
    instrument = isv.load_instrument(path)
    assert [item.text().say() for item in instrument.items] == ["One?"]
    assert [c.id for c in instrument.context] == ["B"]
    assert "1 question(s) whose column has the name of another one" in remarks_of(instrument)


def test_a_syntax_of_limesurvey_is_drafted_with_its_labels(tmp_path, drafted):
    syntax = (
        'data <- read.csv("survey_1_R_data_file.csv", quote = "\'"")\n'
        "data[, 1] <- as.numeric(data[, 1])\n"
        'attributes(data)$variable.labels[1] <- "id"\nnames(data)[1] <- "id"\n'
        'attributes(data)$variable.labels[2] <- "Do you agree?"\n'
        'data[, 2] <- factor(data[, 2], levels=c(1,2,3),labels=c("Disagree", "Neutral", "Agree"))\n'
        'names(data)[2] <- "q1"\n'
    )
    (tmp_path / "syntax.R").write_text(syntax, encoding="utf-8")
    with pytest.raises(isv.errors.DataError, match="Put it into the same folder"):
        isv.new_instrument("drafted", source=tmp_path / "syntax.R")
    data = tmp_path / "survey_1_R_data_file.csv"
    data.write_text('"id","q1"\n"1","2"\n"2","3"\n', encoding="utf-8")
    instrument = drafted(tmp_path / "syntax.R")
    assert instrument.item("q1").text().say() == "Do you agree?"
    assert points_of(instrument, "q1") == [(1, "Disagree"), (2, "Neutral"), (3, "Agree")]
    assert isv.read_responses(tmp_path / "syntax.R", instrument).data["q1"].tolist() == [2, 3]
