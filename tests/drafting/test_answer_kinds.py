"""What a list of answers is, by its labels."""

import pytest

from innovsurvey.drafting.answer_kinds import level_of, says_nothing


@pytest.mark.parametrize(
    "labels",
    [
        ["Strongly disagree", "Disagree", "Neither", "Agree", "Strongly agree"],
        ["Probable", "Neutral", "Improbable"],
        ["Not open", "Undecided", "Very open"],
        ["Less than 5", "5-10", "6-15", "Over 15"],
        ["1", "2", "3", "4", "5"],
        ["100 percent", "99-75 percent", "74-50 percent"],
        ["Low", "Medium", "High", "None"],
        ["Meget uenig", "Uenig", "Enig", "Meget enig"],
        ["Aldrig", "Sjældent", "Ofte", "Altid"],
        ["Nie", "Selten", "Manchmal", "Oft", "Immer"],
        ["Totalmente en desacuerdo", "De acuerdo", "Totalmente de acuerdo"],
        ["Jamais", "Parfois", "Souvent", "Toujours"],
        ["Никогда", "Иногда", "Часто"],
    ],
)
def test_steps_of_one_thing_are_ordinal(labels):
    assert level_of(labels) == "ordinal"
    assert level_of(labels[::-1]) == "ordinal"


@pytest.mark.parametrize(
    "labels",
    [
        ["Yes", "No"],
        ["Agree", "Disagree"],
        ["Male", "Female", "Other"],
        ["Copenhagen", "Aarhus", "Odense"],
        ["White", "Black", "Asian", "More than one race"],
        [],
    ],
)
def test_names_are_nominal(labels):
    assert level_of(labels) == "nominal"


@pytest.mark.parametrize(
    "label",
    [
        "Don't know", "DON’T KNOW", "N/A", "n.a.", "Unknown / Not Reported", "NS/NC",
        "No sabe / No contesta", "K.A.", "Keine Angabe", "n.v.t.", "Ved ikke", "Je ne sais pas",
        "Prefer not to say.", "затрудняюсь ответить", "不知道",
    ],
)  # fmt: skip
def test_labels_that_say_nothing_are_known_in_several_languages(label):
    assert says_nothing([label])
    assert says_nothing(["Something", label])


@pytest.mark.parametrize("label", ["No", "Never", "None", "Not at all", "Trifft nicht zu", ""])
def test_answers_are_no_lack_of_one(label):
    assert not says_nothing([label])
