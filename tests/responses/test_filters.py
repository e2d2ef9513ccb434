"""What a filter hid is told from what a person left out."""

import pandas as pd
import pytest

import innovsurvey as isv

FORM = isv.load_form("manager-full")
LATE = ["CAT10", "CAT11", "CAT13", "CAT14"]


@pytest.fixture(scope="module")
def read():
    """Read one manager who answers 3 everywhere, with some answers changed."""

    def call(**changes):
        frame = pd.DataFrame({item: ["3"] for item in FORM.item_ids})
        ticks = [i for i in frame if i.startswith(("STAGE_", "INNTYPE_"))]
        frame[ticks] = "1"
        frame[["FLT1", "INNSTEP"]] = "1"
        for item, answer in changes.items():
            frame[item] = answer
        return isv.read_responses(frame, FORM)

    return call


def test_late_tasks_are_not_shown_where_late_phases_were_not_reached(read):
    answers = read(STAGE_PH4="0", STAGE_PH5="0", **dict.fromkeys(LATE, ""))
    assert set(answers.reasons.loc[1, LATE]) == {"not_shown"}
    scores = isv.score_scales(answers)
    assert scores.scores.loc[1, "catalyst"] == 3
    assert scores.partial.loc[1, "catalyst"]


@pytest.mark.parametrize("reached", ["STAGE_PH4", "STAGE_PH5"])
def test_one_late_phase_is_enough_for_the_questions_to_be_shown(read, reached):
    other = {"STAGE_PH4": "STAGE_PH5", "STAGE_PH5": "STAGE_PH4"}[reached]
    answers = read(**{other: "0"}, **dict.fromkeys(LATE, ""))
    assert set(answers.reasons.loc[1, LATE]) == {"not_answered"}


def test_an_unanswered_filter_hides_nothing(read):
    answers = read(STAGE_PH4="", STAGE_PH5="", **dict.fromkeys(LATE, ""))
    assert set(answers.reasons.loc[1, LATE]) == {"not_answered"}


def test_a_filter_reaches_through_what_it_hides(read):
    """Who led no such work is asked neither the phases nor what depends on them."""
    hidden = [i for i in FORM.item_ids if i.startswith(("CON", "FAC", "CAT", "STAGE", "COL"))]
    answers = read(FLT1="0", **dict.fromkeys(hidden, ""))
    assert set(answers.reasons.loc[1, hidden].astype(str)) == {"not_shown"}


def test_answers_in_spite_of_a_filter_are_taken_out_and_logged(read):
    answers = read(STAGE_PH4="0", STAGE_PH5="0")
    assert answers.data.loc[1, LATE].isna().all()
    assert set(answers.reasons.loc[1, LATE]) == {"not_shown"}
    lines = answers.log[answers.log["rule"] == "hidden_by_filter"]
    assert lines["column"].tolist() == LATE
    assert set(lines["old"]) == {"3"}
    assert any("4 answer(s) to questions that a filter hides" in note for note in answers.notes)


def test_no_role_is_scored_or_spoken_of_for_somebody_who_led_no_such_work(read):
    answers = read(FLT1="0")
    scores = isv.score_scales(answers)
    assert scores.scores.loc[1, ["convener", "facilitator", "catalyst", "colq"]].isna().all()
    said = isv.feedback(answers).sentences
    roles = said[
        said["rule"].str.startswith("collaborative-leadership.") & (said["kind"] == "band")
    ]
    assert set(roles["outcome"]) == {"missing"}


@pytest.mark.parametrize(
    ("cell", "reason"), [("-12", "not_shown"), ("-11", "not_reached"), ("-6", "do_not_know")]
)
def test_the_codes_for_missing_cells_of_the_matrix(read, cell, reason):
    assert read(PH4_AC1=cell).reasons.loc[1, "PH4_AC1"] == reason


def test_a_missing_option_in_spite_of_a_filter_is_taken_out_as_well(read):
    """A facet that was not shown must not count as one that was not needed."""
    answers = read(STAGE_PH4="0", STAGE_PH5="0", **dict.fromkeys(LATE, "-7"))
    assert set(answers.reasons.loc[1, LATE]) == {"not_shown"}
    assert set(answers.log.loc[answers.log["rule"] == "hidden_by_filter", "old"]) == {"not_needed"}
    scores = isv.score_scales(answers)
    assert scores.scores.loc[1, "catalyst"] == 3
    assert scores.partial.loc[1, "catalyst"]


@pytest.mark.parametrize(
    ("step", "reason"), [("-9", "not_answered"), ("0", "not_shown"), ("", "not_answered")]
)
def test_a_missing_option_of_a_filter_question_decides_as_an_answer_does(read, step, reason):
    """Outcome 2 is asked after yes and after "too early to say"."""
    answers = read(INNSTEP=step, OUT02="")
    assert answers.reasons.loc[1, "OUT02"] == reason


def test_a_cell_that_could_not_be_read_keeps_its_reason(read):
    answers = read(FLT1="0", CON01="9", CON02="?")
    assert answers.reasons.loc[1, ["CON01", "CON02"]].tolist() == ["out_of_range", "unreadable"]
