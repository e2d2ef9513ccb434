"""What is not responses, or no number, is refused in words."""

import pandas as pd
import pytest

import innovsurvey as isv


@pytest.mark.parametrize("wrong", [None, pd.DataFrame({"A": [1]}), "wave1.csv"], ids=type)
@pytest.mark.parametrize(
    "function",
    [
        isv.score_scales,
        isv.feedback,
        isv.participation,
        isv.governance_balance,
        isv.role_profile,
        isv.observer_gap,
    ],
    ids=lambda f: f.__name__,
)
def test_functions_of_responses_say_what_they_need(function, wrong):
    with pytest.raises(isv.errors.DataError, match="needs the answers that read_responses gave"):
        function(wrong)


@pytest.mark.parametrize(
    "options",
    [{"n": 0}, {"n": 1.5}, {"n": True}, {"n": "a"}, {"seed": -1}, {"seed": "a"}, {"seed": None}],
    ids=str,
)
def test_numbers_of_the_generator_are_whole(options):
    with pytest.raises(isv.errors.SpecificationError, match="must be a whole number"):
        isv.simulate_responses("leadership-climate", **{"n": 5, **options})


def test_a_frame_without_any_answer_gives_people_without_scores():
    climate = isv.load_instrument("leadership-climate")
    answers = isv.read_responses(pd.DataFrame(columns=climate.item_ids, index=range(3)), climate)
    scores = isv.score_scales(answers)
    assert scores.scores.isna().all(axis=None)
    assert set(scores.reasons.to_numpy().ravel()) == {"no_answers"}
    assert any("3 of 3 without a score" in note for note in scores.notes)
