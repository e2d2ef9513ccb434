"""Instruments drafted from nothing but a table of answers."""

import pandas as pd
import pytest

import innovsurvey as isv
from tests.drafting.look import points_of, remarks_of


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
