from pathlib import Path

import numpy as np
import pandas as pd
import pyreadstat
import pytest

import innovsurvey as isv
from innovsurvey.drafting.model import DraftContext, DraftFormat, DraftItem, SurveyDraft
from innovsurvey.drafting.yaml_text import write_draft

DATA = Path(__file__).parents[1] / "data"
# Codes in real files that are neither labelled nor between labelled ones.
STRAY = {("simple_alltypes", "x"): [4, 9]}


@pytest.fixture
def drafted(tmp_path):
    """Draft an instrument from a file, check it and load it."""

    def make(source):
        path = tmp_path / "drafted.yaml"
        path.write_text(isv.new_instrument("drafted", source=source), encoding="utf-8")
        isv.check_instrument(path)
        return isv.load_instrument(path)

    return make


def points_of(instrument, item):
    return [(p.value, p.label.say()) for p in instrument.format_of(item).points]


def remarks_of(instrument):
    return " ".join(line.lstrip("# ") for line in instrument.yaml.splitlines())


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


def answers_file(folder, suffix):
    """Write a table of answers as a platform does that is not known."""
    n = 12
    frame = pd.DataFrame(
        {
            "Timestamp": [f"2026-01-{i + 1:02d} 10:00:00" for i in range(n)],
            "How often do you meet?": (["Often", "Never", "Sometimes", "Don't know"] * 3),
            "Which town?": ["Oslo", "Lund", "Aarhus"] * 4,
            "Do you like it?": ["Very much so", "Not at all so", "Somewhat so"] * 4,
            "trust_1": [1, 2, 3, 4, 5, 1] * 2,
            "trust_2": [2, 2, 3, 4, 5, 1] * 2,
            "trust_3": [3, 2, 3, 4, 5, 1] * 2,
            "Age": range(30, 30 + n),
            "Anything else?": [f"Remark {i}" for i in range(n)],
            "Name": [f"Person {i}" for i in range(n)],
        }
    )
    path = folder / f"answers{suffix}"
    if suffix == ".csv":
        frame.to_csv(path, index=False)
    elif suffix == ".xlsx":
        frame.to_excel(path, index=False)
    else:
        frame.to_parquet(path, index=False)
    return path


@pytest.mark.parametrize("suffix", [".csv", ".xlsx", ".parquet"])
def test_a_table_of_answers_is_enough_for_a_draft(tmp_path, drafted, suffix):
    path = answers_file(tmp_path, suffix)
    instrument = drafted(path)
    by_text = {item.text().say(): item.id for item in instrument.items}
    assert "Name" not in by_text
    often = by_text["How often do you meet?"]
    assert points_of(instrument, often) == [(1, "Never"), (2, "Sometimes"), (3, "Often")]
    assert instrument.format_of(often).level == "ordinal"
    assert [o.reason for o in instrument.format_of(often).missing] == ["dont_know"]
    assert instrument.format_of(by_text["Which town?"]).level == "nominal"
    assert instrument.format_of(by_text["Do you like it?"]).level == "nominal"
    remark = " ".join(line.lstrip("# ") for line in instrument.yaml.splitlines())
    assert "Do you like it?: the answers look like steps of one thing" in remark
    assert instrument.format_of("trust_1").values == (1, 2, 3, 4, 5)
    assert instrument.format_of(by_text["Age"]).level == "number"
    assert instrument.format_of(by_text["Anything else?"]).level == "text"
    assert [c.id for c in instrument.context] == ["Timestamp"]
    assert "#     items: [trust_1, trust_2, trust_3]" in instrument.yaml
    answers = isv.read_responses(path, instrument)
    assert answers.data[often].tolist()[:3] == [3, 1, 2]
    assert answers.reasons[often].tolist()[3] == "dont_know"
    assert answers.data["trust_1"].tolist() == [1, 2, 3, 4, 5, 1] * 2


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


def test_headings_that_repeat_become_items_of_their_own(tmp_path, drafted):
    path = tmp_path / "twice.csv"
    rows = ["Q 1,A-b,A-b,A.2,A-b,date,date"]
    rows += [f"{i % 5 + 1},{i % 4 + 1},{i % 3 + 1},{i % 5},{5 - i % 5},2026-01-0{i},2026-02-0{i}"
             for i in range(1, 9)]  # fmt: skip
    path.write_text("\n".join(rows), encoding="utf-8")
    instrument = drafted(path)
    assert instrument.item_ids == ("Q_1", "A_b", "A_b_2", "A_2", "A_b_3")
    assert [c.id for c in instrument.context] == ["date", "date.2"]
    assert "numbered from left to right" in remarks_of(instrument)
    answers = isv.read_responses(path, instrument)
    assert answers.data.iloc[0].tolist() == [2, 2, 2, 1, 4]
    moved = {item: answers.log.set_index("column")["old"][item] for item in ("A_b_2", "A_b_3")}
    assert moved == {"A_b_2": "A-b.2", "A_b_3": "A-b.3"}


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


def written_table(folder, **columns):
    """Write columns of answers."""
    pd.DataFrame(columns).to_csv(folder / "table.csv", index=False)
    return folder / "table.csv"


def test_none_is_an_answer_where_it_repeats_beside_others(tmp_path, drafted):
    path = written_table(
        tmp_path,
        exp=["None", "Much", "Some", "None"] * 5,
        once=["Much", "Some", "None", "Some"] + ["Much"] * 16,
        tool=["Paper", "None", "Screen", "Paper"] * 5,
        note=["None", *(f"word {i}" for i in range(19))],
    )
    instrument = drafted(path)
    steps = [(1, "None"), (2, "Some"), (3, "Much")]
    assert points_of(instrument, "exp") == points_of(instrument, "once") == steps
    assert points_of(instrument, "tool") == [(1, "None"), (2, "Paper"), (3, "Screen")]
    remarks = remarks_of(instrument)
    assert '"None" stands beside other answers that repeat in exp, tool, once' in remarks
    assert '"None" was taken to mean that there is no answer in note' in remarks
    answers = isv.read_responses(path, instrument)
    assert answers.data["exp"].tolist() == [1, 3, 2, 1] * 5
    assert answers.data["tool"].tolist() == [2, 1, 3, 2] * 5
    assert answers.data["once"].tolist()[:4] == [3, 2, 1, 2]


@pytest.mark.parametrize(("empty", "n_points"), [("", 3), ("Master", 2)])
def test_none_once_is_an_answer_where_others_are_empty(tmp_path, drafted, empty, n_points):
    degree = ["Doctorate", "Master", "Master", "Doctorate"] * 5
    path = written_table(tmp_path, edu=[*degree[1:], "None"], other=[empty, *degree[1:]])
    assert len(points_of(drafted(path), "edu")) == n_points


def test_none_is_no_answer_where_numbers_have_it(tmp_path, drafted):
    path = written_table(
        tmp_path, age=["34", "None", "51", "40"] * 5, exp=["None", "Much", "Some", "None"] * 5
    )
    instrument = drafted(path)
    assert instrument.format_of("age").level == "number"
    assert points_of(instrument, "exp") == [(1, "Much"), (2, "Some")]
    assert "no answer in age, exp." in remarks_of(instrument)


def test_lists_that_are_part_of_one_another_are_one(tmp_path, drafted):
    agree = ["Strongly disagree", "Disagree", "Neutral", "Agree", "Strongly agree"]
    path = written_table(
        tmp_path,
        q1=agree * 4,
        q2=(agree[1:] * 4 + agree[1:])[:20],
        q3=[agree[1], "agree", agree[1], "Don't know"] * 5,
        q4=[*agree[:2], agree[4], "Not applicable"] * 5,
        town=["Oslo", "Lund", "Aarhus", "Lund"] * 5,
        place=["Lund", "Oslo"] * 10,
    )
    instrument = drafted(path)
    assert len({instrument.item(q).format for q in ("q1", "q2", "q3", "q4")}) == 1
    assert points_of(instrument, "q3") == list(enumerate(agree, start=1))
    assert [o.reason for o in instrument.format_of("q1").missing] == ["dont_know", "not_applicable"]
    assert points_of(instrument, "place") == [(1, "Aarhus"), (2, "Lund"), (3, "Oslo")]
    assert "#     items: [q1, q2, q3, q4]" in instrument.yaml
    answers = isv.read_responses(path, instrument)
    assert answers.data["q3"].tolist()[:3] == [2, 4, 2]
    assert answers.reasons["q4"].tolist()[3] == "not_applicable"


@pytest.mark.parametrize(
    "steps",
    [
        ["=<6 months", "7-12 months", "1-5 years", "5-10 years", ">=10 years"],
        ["=<1 year", "1-5 years", "5-10 years", ">=10 years"],
        ["None", "1-10", "11-100", "More than 100"],
        ["Less than 500", "500-999", "1,000-20,000"],
        ["10 or less", "11-20", "21+"],
        ["None", "Low", "Medium", "High"],
        ["30 min", "2 hours", "1 day"],
    ],
)
def test_amounts_and_steps_are_put_in_order(tmp_path, drafted, steps):
    instrument = drafted(written_table(tmp_path, q=sorted(steps) * 4))
    assert points_of(instrument, "q") == list(enumerate(steps, start=1))
    assert instrument.format_of("q").level == "ordinal"


@pytest.mark.parametrize(
    ("answers", "values"),
    [
        (["-2 bad", "-1", "0", "1", "2 good"], [-2, -1, 0, 1, 2]),
        (["1 - Disagree", "2 - Neutral", "5 - Agree"], [1, 2, 5]),
        (["0", "1-2", "3 or more"], [0, 1, 2]),
        (["0-5", "6", "7+"], [5, 6, 7]),
        (["10", "11-20", "21-30"], [10, 11, 12]),
    ],
)
def test_codes_before_labels_are_kept(tmp_path, drafted, answers, values):
    path = written_table(tmp_path, q=answers * 4)
    instrument = drafted(path)
    assert points_of(instrument, "q") == list(zip(values, answers, strict=True))
    assert isv.read_responses(path, instrument).data["q"].tolist() == values * 4


def test_amounts_of_two_kinds_stay_apart_and_unknown_order_is_said(tmp_path, drafted):
    path = written_table(
        tmp_path,
        job=["=<1 year", "1-5 years", "5-10 years", ">=10 years"] * 5,
        post=["=<6 months", "7-12 months", "1-5 years", "5-10 years"] * 5,
        size=["team 1", "team 2", "unit 3", "unit 10"] * 5,
    )
    instrument = drafted(path)
    assert len(points_of(instrument, "job")) == len(points_of(instrument, "post")) == 4
    assert instrument.format_of("size").level == "nominal"
    assert "size: the answers look like steps" in remarks_of(instrument)


def test_percentages_are_numbers(tmp_path, drafted):
    path = written_table(
        tmp_path,
        share=["67%", "8,5 %", "70%", ""] * 5,
        few=["3%", "4%", "5%", "4%"] * 5,
    )
    instrument = drafted(path)
    assert instrument.format_of("share").level == instrument.format_of("few").level == "number"
    answers = isv.read_responses(path, instrument)
    assert answers.data["few"].tolist() == [3, 4, 5, 4] * 5
    assert answers.data["share"].tolist()[:3] == [67, 8.5, 70]


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("x.R", "a,b\n1,2\n"),
        ("x.txt", 'data[, 1] <- as.numeric(data[, 1])\nnames(data)[1] <- "id"\n'),
        ("x.txt", "# labels\nlibrary(haven)\nx <- c(1, 2, 3)\n"),
        ("x.csv", 'VARIABLE LABELS q1 "How often, or never?".\nVALUE LABELS q1 1 "Yes".\n'),
        ("x", 'import pandas as pd\nframe = pd.read_csv("a.csv", sep=",")\n'),
    ],
)
def test_programs_are_no_tables(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    with pytest.raises(isv.errors.DataError, match="is the text of a program or a syntax"):
        isv.new_instrument("drafted", source=tmp_path / name)


def test_words_of_programs_in_answers_do_no_harm(tmp_path, drafted):
    path = tmp_path / "answers.csv"
    path.write_text('q1,q2\n"import, or label?",2\nwe wrote x <- c(1),3\n', encoding="utf-8")
    assert len(drafted(path).items) == 2


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


def test_two_rows_of_headings_and_a_heading_again_are_drafted_and_read(tmp_path, drafted):
    path = tmp_path / "monkey.csv"
    top = "Respondent ID,IP Address,How far do you agree?,,,Why?"
    below = ",,We share.,We help.,We try.,Open-Ended Response"
    agree = ["Disagree", "Neutral", "Agree"]
    rows = [
        f"{i},10.0.0.{i},{agree[i % 3]},{agree[i % 2]},{agree[i % 2 + 1]},Reason {i}"
        for i in range(100, 112)
    ]
    again = "Respondent ID,,How far do you agree? [We share.],How far do you agree? [We help.],,"
    path.write_text("\n".join([top, below, *rows, again]), encoding="utf-8")
    instrument = drafted(path)
    assert [item.text().say() for item in instrument.items] == [
        "How far do you agree? [We share.]",
        "How far do you agree? [We help.]",
        "How far do you agree? [We try.]",
        "Why?",
    ]
    assert len(instrument.blocks[0].items) == 3
    answers = isv.read_responses(path, instrument)
    assert answers.data.index.tolist() == list(range(100, 112))
    assert answers.data.iloc[0].tolist() == [2, 1, 2]
    assert answers.quarantine["reason"].tolist() == ["repeated_heading"]
