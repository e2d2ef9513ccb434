"""Files whose codes mean something else than the instrument's are refused, with a proposal."""

import numpy as np
import pandas as pd
import pytest

import innovsurvey as isv
from innovsurvey.responses.cells import as_number, split_pair
from innovsurvey.responses.columns import plan_columns
from innovsurvey.responses.data_frame import frame_table
from innovsurvey.responses.reader import Reader

LABELS = ["Strongly disagree", "Disagree", "Neither agree nor disagree", "Agree", "Strongly agree"]


@pytest.fixture
def voice(tmp_path):
    """An instrument with three items from 1 to 5, one reversed."""
    path = tmp_path / "voice.yaml"
    path.write_text(isv.new_instrument("voice"), encoding="utf-8")
    return isv.load_instrument(path)


def answers(n=40, low=1, high=5, seed=3):
    """Answers that cover the whole range."""
    rng = np.random.default_rng(seed)
    table = rng.integers(low, high + 1, (n, 3))
    table[: high - low + 1] = np.arange(low, high + 1)[:, None]
    return pd.DataFrame(table, columns=["LIS1", "LIS2", "LIS3"])


def with_labels(frame, voice, labels, missing=None):
    """Read a frame as a file that labels its codes itself would be read."""
    table = frame_table(frame)
    table.labels.update(dict.fromkeys(frame, labels))
    table.missing.update({name: missing or {} for name in frame})
    plan = plan_columns(
        table.header, voice, columns=None, id_column=None, group_column=None, form=None
    )
    return Reader(table, plan, voice)


@pytest.mark.parametrize(("low", "shift"), [(0, 1), (2, -1)])
def test_answers_shifted_by_one_are_refused_and_the_proposal_reads_them(voice, low, shift):
    frame = answers(low=low, high=low + 4)
    with pytest.raises(isv.errors.CodeMismatchError, match="so nothing was read") as caught:
        isv.read_responses(frame, voice)
    got = isv.read_responses(frame, voice, recode=caught.value.recode)
    assert (got.data.to_numpy() == frame.to_numpy() + shift).all()
    assert got.log["rule"].eq("recoded").any()


def test_a_code_with_a_blank_behind_it_counts_with_the_others(voice):
    frame = answers(low=0, high=4).astype(str)
    frame.iloc[-1] = "0 "
    with pytest.raises(isv.errors.CodeMismatchError, match="0 to 4, here it is 1 to 5"):
        isv.read_responses(frame, voice)


def test_another_number_of_points_is_refused_without_a_proposal(voice):
    with pytest.raises(isv.errors.CodeMismatchError, match="another scale") as caught:
        isv.read_responses(answers(high=7), voice)
    assert caught.value.recode == {}


@pytest.mark.parametrize("strange", [0, 6, 99])
def test_a_single_strange_code_is_the_matter_of_its_cell(voice, strange):
    frame = answers()
    frame.loc[7, "LIS2"] = strange
    got = isv.read_responses(frame, voice)
    assert got.reasons.loc[8, "LIS2"] == "out_of_range"
    assert got.data.isna().to_numpy().sum() == 1


def test_the_check_can_be_turned_off(voice):
    got = isv.read_responses(answers(low=0, high=4), voice, check_codes=False)
    assert (got.reasons == "out_of_range").to_numpy().any()


def test_labels_of_the_file_at_other_codes_are_refused_and_the_proposal_turns_them(voice):
    frame = answers()
    turned = {str(i + 1): label for i, label in enumerate(reversed(LABELS))}
    reader = with_labels(frame, voice, turned)
    with pytest.raises(isv.errors.CodeMismatchError) as caught:
        reader.responses(index=None, recode={}, codes_are_checked=True)
    assert caught.value.recode == {"agree5": {"1": 5.0, "2": 4.0, "4": 2.0, "5": 1.0}}
    got = isv.read_responses(frame, voice, recode=caught.value.recode)
    assert (got.data.to_numpy() == 6 - frame.to_numpy()).all()


def test_only_the_items_that_differ_are_named(voice):
    frame = answers()
    reader = with_labels(frame, voice, {str(i + 1): label for i, label in enumerate(LABELS)})
    turned = {str(i + 1): label for i, label in enumerate(reversed(LABELS))}
    reader.table.labels["LIS3"] = turned
    with pytest.raises(isv.errors.CodeMismatchError, match="LIS3") as caught:
        reader.responses(index=None, recode={}, codes_are_checked=True)
    assert list(caught.value.recode) == ["LIS3"]


def test_labels_at_the_same_codes_are_no_difference(voice):
    labels = {str(i + 1): label.upper() for i, label in enumerate(LABELS)}
    reader = with_labels(answers(), voice, labels)
    got = reader.responses(index=None, recode={}, codes_are_checked=True)
    assert got.data.notna().to_numpy().all()


def test_a_missing_code_of_the_file_is_read_by_its_label_and_others_keep_their_reason(voice):
    frame = answers()
    frame.loc[0] = [98, 99, 5]
    labels = {"98": "I do not know", "99": "Refused"}
    reader = with_labels(frame, voice, labels, {"98": "i_do_not_know", "99": "refused"})
    got = reader.responses(index=None, recode={}, codes_are_checked=True)
    assert got.reasons.iloc[0, :2].tolist() == ["do_not_know", "refused"]
    assert got.log.loc[got.log["rule"] == "declared_missing", "old"].tolist() == ["98", "99"]


def test_a_reason_of_the_file_survives_saving(voice, tmp_path):
    frame = answers()
    frame.loc[0, "LIS1"] = 99
    reader = with_labels(frame, voice, {}, {"99": "refused"})
    got = reader.responses(index=None, recode={}, codes_are_checked=True)
    again = isv.load_responses(got.save(tmp_path / "saved"))
    pd.testing.assert_frame_equal(again.reasons, got.reasons)


def test_texts_that_are_no_labels_are_refused_with_the_likely_codes(voice):
    words = {1: "Strongly disagree!", 2: "Rather disagree", 3: "So-so", 4: "agree a bit", 5: "Yes"}
    frame = answers().replace(words)
    with pytest.raises(isv.errors.CodeMismatchError, match="no labels here") as caught:
        isv.read_responses(frame, voice)
    assert caught.value.recode["agree5"]["Rather disagree"] == 2
    whole = caught.value.recode["agree5"] | {"So-so": 3, "Yes": 5, "Strongly disagree!": 1}
    whole["agree a bit"] = 4
    got = isv.read_responses(frame, voice, recode={"agree5": whole})
    assert (got.data.to_numpy() == answers().to_numpy()).all()


@pytest.mark.parametrize(
    "style", ["{c}. {t}", "{c} - {t}", "[{c}] {t}", "({c}) {t}", "{c}: {t}", "{t} ({c})", "{c}={t}"]
)
def test_a_code_with_its_label_is_read(voice, style):
    frame = answers()
    texts = frame.map(lambda code: style.format(c=code, t=LABELS[code - 1]))
    assert (isv.read_responses(texts, voice).data.to_numpy() == frame.to_numpy()).all()


def test_codes_that_contradict_their_labels_are_refused(voice):
    texts = answers().map(lambda code: f"{code}. {LABELS[5 - code]}")
    with pytest.raises(isv.errors.CodeMismatchError) as caught:
        isv.read_responses(texts, voice)
    got = isv.read_responses(texts, voice, recode=caught.value.recode)
    assert (got.data.to_numpy() == 6 - answers().to_numpy()).all()


def test_one_contradiction_is_set_aside_with_its_cell(voice):
    texts = answers().map(lambda code: f"{code}. {LABELS[code - 1]}")
    texts.loc[3, "LIS1"] = "1. Strongly agree"
    got = isv.read_responses(texts, voice)
    assert got.reasons.loc[4, "LIS1"] == "unreadable"


@pytest.mark.parametrize(
    ("recode", "message"),
    [
        ({"LIS9": {1: 5}}, "LIS9"),
        ({"agree5": {1: 9}}, "no code of the format"),
    ],
)
def test_a_wrong_recode_is_refused(voice, recode, message):
    with pytest.raises(isv.errors.SpecificationError, match=message):
        isv.read_responses(answers(), voice, recode=recode)


@pytest.mark.parametrize("text", ["2.5", "4 weeks", "Agree", "", "-7", "4"])
def test_what_is_no_code_with_label(text):
    assert split_pair(text) is None


@pytest.mark.parametrize(("text", "number"), [("4", 4), (" -7 ", -7), ("2,5", 2.5), ("1e2", 100)])
def test_numbers_in_cells(text, number):
    assert as_number(text) == number


def twisted(voice, items):
    """Answers with one cause, of which some items were turned round."""
    rng = np.random.default_rng(8)
    cause = rng.normal(size=(200, 1))
    table = np.clip(np.round(3 + cause + rng.normal(0, 0.7, (200, 3))), 1, 5)
    frame = pd.DataFrame(table, columns=["LIS1", "LIS2", "LIS3"])
    frame["LIS3"] = 6 - frame["LIS3"]
    return isv.read_responses(frame.assign(**{i: 6 - frame[i] for i in items}), voice)


def test_an_item_that_was_reversed_twice_is_named(voice):
    notes = " ".join(twisted(voice, ["LIS3"]).notes)
    assert "LIS3 correlates -0." in notes
    assert "holds it reversed already" in notes
    assert "LIS1 correlates" not in notes


def test_an_item_keyed_wrongly_is_named(voice):
    assert "LIS1 correlates -0." in " ".join(twisted(voice, ["LIS1"]).notes)


def test_well_keyed_items_are_not_spoken_of(voice):
    assert "correlates" not in " ".join(twisted(voice, []).notes)


ENDS = {"1": "Strongly agree", "5": "Strongly disagree"}


def test_labels_of_the_ends_are_enough_for_a_whole_mirror(voice):
    reader = with_labels(answers(), voice, ENDS)
    with pytest.raises(isv.errors.CodeMismatchError) as caught:
        reader.responses(index=None, recode={}, codes_are_checked=True)
    assert caught.value.recode == {"agree5": {"1": 5.0, "2": 4.0, "4": 2.0, "5": 1.0}}


def test_the_proposal_covers_codes_that_nobody_chose(voice):
    frame = answers().replace({1: 2})
    turned = {str(i + 1): label for i, label in enumerate(reversed(LABELS))}
    reader = with_labels(frame, voice, turned)
    with pytest.raises(isv.errors.CodeMismatchError) as caught:
        reader.responses(index=None, recode={}, codes_are_checked=True)
    assert caught.value.recode["agree5"]["1"] == 5


def test_labels_that_tell_too_little_give_no_proposal(voice):
    labels = {"1": "Disagree", "2": "Strongly agree"}
    reader = with_labels(answers(), voice, labels)
    with pytest.raises(isv.errors.CodeMismatchError) as caught:
        reader.responses(index=None, recode={}, codes_are_checked=True)
    assert caught.value.recode == {}


def test_two_of_three_items_that_differ_are_proposed_by_item(voice):
    reader = with_labels(answers(), voice, {})
    turned = {str(i + 1): label for i, label in enumerate(reversed(LABELS))}
    reader.table.labels.update(LIS1=turned, LIS2=turned)
    with pytest.raises(isv.errors.CodeMismatchError) as caught:
        reader.responses(index=None, recode={}, codes_are_checked=True)
    assert sorted(caught.value.recode) == ["LIS1", "LIS2"]


def test_one_odd_cell_does_not_speak_for_a_column_of_codes(voice):
    texts = answers().astype(str)
    texts.loc[6, "LIS1"] = "4 - Disagree"
    got = isv.read_responses(texts, voice)
    assert got.reasons.loc[7, "LIS1"] == "unreadable"


def test_few_people_are_enough_to_see_a_shift(voice):
    rows = [[0, 1, 1], [4, 2, 0], [3, 2, 2], [2, 2, 1], [0, 1, 3], [1, 1, 4]]
    frame = pd.DataFrame(rows, columns=["LIS1", "LIS2", "LIS3"])
    with pytest.raises(isv.errors.CodeMismatchError):
        isv.read_responses(frame, voice)


def test_a_single_item_that_looks_shifted_is_named(voice):
    frame = answers()
    frame["LIS2"] -= 1
    notes = " ".join(isv.read_responses(frame, voice).notes)
    assert "LIS2 has answers from 0 to 4, the others from 1 to 5" in notes
    assert "LIS1 has answers" not in notes


@pytest.mark.parametrize(
    "style", ["{c} ({t})", "{c} {t}", "{t}.", "{t} *", "{c})", "({c})", "{c}. {t}."]
)
def test_more_ways_to_write_an_answer(voice, style):
    frame = answers()
    texts = frame.map(lambda code: style.format(c=code, t=LABELS[code - 1]))
    assert (isv.read_responses(texts, voice).data.to_numpy() == frame.to_numpy()).all()


def test_labelled_ends_beside_plain_codes(voice):
    frame = answers()
    ends = {1: "1 (Strongly disagree)", 5: "5 (Strongly agree)"}
    texts = frame.map(lambda code: ends.get(code, str(code)))
    assert (isv.read_responses(texts, voice).data.to_numpy() == frame.to_numpy()).all()


@pytest.fixture
def hours(tmp_path):
    """An instrument that asks for a number."""
    path = tmp_path / "hours.yaml"
    text = isv.new_instrument("hours").replace("\nitems:", "\n  n: {level: number}\n\nitems:", 1)
    item = "  - {id: HRS, format: n, passage: listening, text: {en: Hours}}\n\nblocks:"
    path.write_text(text.replace("\nblocks:", item, 1), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("cell", "value"),
    [("37", 37), ("37.5", 37.5), ("37,5", 37.5), ("67%", 67), ("67,5 %", 67.5), ("-3", -3),
     ("37.5h", None), ("10-12", None), ("12:30", None), ("2024-01-01", None), ("12.5.2020", None),
     ("1.036,5", None), ("1.234.567", None), ("40 - varies", None), ("3. 5", None),
     ("1,000", None), ("about 4", None)],
)  # fmt: skip
def test_numbers_are_whole_cells_and_nothing_is_guessed(hours, cell, value):
    frame = pd.DataFrame({"LIS1": [1], "LIS2": [2], "LIS3": [3], "HRS": [cell]})
    got = isv.read_responses(frame, hours)
    if value is None:
        assert got.reasons["HRS"].tolist() == ["unreadable"]
        assert cell in got.log["old"].tolist()
    else:
        assert got.data["HRS"].tolist() == [value]
