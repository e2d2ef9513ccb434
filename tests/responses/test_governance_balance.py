import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

import innovsurvey as isv
from innovsurvey.responses.governance import difference_reliability, governance_balance
from tests.responses.make_instruments import governance_answers, governance_file


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return governance_file(tmp_path_factory.mktemp("governance"))


@pytest.mark.parametrize(
    ("npm", "npg", "balance", "hybridity"),
    [(1, 7, 1, 0), (7, 1, -1, 0), (7, 7, 0, 1), (1, 1, 0, 0), (4, 6, 1 / 3, 0.5)],
)
def test_balance_and_hybridity(path, npm, npg, balance, hybridity):
    frame = governance_balance(governance_answers(path, [npm, npg])).to_frame()
    assert frame.columns.tolist() == ["npm", "npg", "balance", "hybridity", "type", "p_type"]
    assert frame.loc[1, ["npm", "npg"]].tolist() == [npm, npg]
    assert frame.loc[1, "balance"] == pytest.approx(balance)
    assert frame.loc[1, "hybridity"] == pytest.approx(hybridity)


@pytest.mark.parametrize(
    ("npm", "npg", "expected"),
    [
        (6, 6, "hybrid"),
        (2, 6, "npg-led"),
        (6, 2, "npm-led"),
        (2, 2, "neither"),
        (4, 4, "borderline (hybrid / npg-led)"),
        (4, 6, "borderline (hybrid / npg-led)"),
        (6, 4, "borderline (hybrid / npm-led)"),
        (4, 2, "borderline (npm-led / neither)"),
        ([3, 5, 3, 3, 5, 3], 6, "borderline (npg-led / hybrid)"),
    ],
)
def test_the_type_is_named_if_it_is_probable_enough(path, npm, npg, expected):
    frame = governance_balance(governance_answers(path, [npm, npg])).to_frame()
    assert frame.loc[1, "type"] == expected


def test_probabilities_are_products_of_two_normal_ones(path):
    npm, npg = [4, 5, 3, 5, 4, 5], [4, 4, 3, 5, 3, 3]
    result = governance_balance(governance_answers(path, [npm, npg]))
    high = [
        stats.norm.cdf((np.mean(x) - 4) / max(np.std(x, ddof=1) / 6**0.5, 72**-0.5))
        for x in (npg, npm)
    ]
    expected = [
        high[0] * high[1],
        high[0] * (1 - high[1]),
        (1 - high[0]) * high[1],
        (1 - high[0]) * (1 - high[1]),
    ]
    chances = result.probabilities.loc[1, "orientation"]
    assert chances.index.tolist() == ["hybrid", "npg-led", "npm-led", "neither"]
    assert chances.tolist() == pytest.approx(expected)
    assert chances.sum() == pytest.approx(1)
    assert result.to_frame().loc[1, "p_type"] == pytest.approx(max(expected))


def test_the_probability_that_is_enough_can_be_set(path):
    people = governance_answers(path, [[4, 5, 4, 5, 4, 4], 6])
    p = governance_balance(people).to_frame().loc[1, "p_type"]
    assert 0.8 < p < 0.99
    assert governance_balance(people).to_frame().loc[1, "type"] == "hybrid"
    strict = governance_balance(people, probability=0.99).to_frame()
    assert strict.loc[1, "type"] == "borderline (hybrid / npg-led)"


def test_practice_has_columns_of_its_own_and_a_gap(path):
    frame = governance_balance(governance_answers(path, [2, 6, 6, 3])).to_frame()
    assert frame.columns.tolist() == [
        "npm", "npg", "balance", "hybridity", "type", "p_type",
        "npm_practice", "npg_practice", "practice_balance", "practice_hybridity",
        "practice_type", "practice_p_type", "gap",
    ]  # fmt: skip
    assert frame.loc[1, "practice_type"] == "npm-led"
    assert frame.loc[1, "practice_balance"] == pytest.approx(-0.5)
    assert frame.loc[1, "gap"] == pytest.approx(4 / 6 + 3 / 6)


def test_practice_alone_keeps_its_prefix(path):
    people = governance_answers(path, [2, 6, 6, 3])
    practice = [name for name in people.data if name[3] == "P"]
    alone = dataclasses.replace(people, data=people.data[practice])
    result = governance_balance(alone)
    assert "practice_balance" in result.to_frame()
    assert "balance" not in result.to_frame()
    assert "gap" not in result.to_frame()
    assert "Not in the data: orientation." in result.notes


def test_row_balances_average_to_the_balance(path):
    npm, npg = [1, 2, 3, 4, 5, 6], [7, 6, 5, 4, 4, 1]
    result = governance_balance(governance_answers(path, [npm, npg]))
    rows = result.row_balances["orientation"]
    assert rows.columns.tolist() == [f"NPG{i}-NPM{i}" for i in range(1, 7)]
    assert rows.loc[1].tolist() == pytest.approx((np.array(npg) - npm) / 6)
    assert rows.loc[1].mean() == pytest.approx(result.to_frame().loc[1, "balance"])


@settings(max_examples=25, deadline=None)
@given(st.lists(st.tuples(*[st.integers(1, 7)] * 12), min_size=1, max_size=20))
def test_swapping_the_poles_turns_the_balance_round(path, rows):
    people = [[list(row[:6]), list(row[6:])] for row in rows]
    there = governance_balance(governance_answers(path, *people))
    back = governance_balance(governance_answers(path, *[pair[::-1] for pair in people]))
    first, second = there.to_frame(), back.to_frame()
    np.testing.assert_allclose(first["balance"], -second["balance"], atol=1e-12)
    np.testing.assert_allclose(first["hybridity"], second["hybridity"])
    np.testing.assert_allclose(first["p_type"], second["p_type"])
    np.testing.assert_allclose(there.probabilities.sum(axis=1), 1)
    assert first["balance"].between(-1, 1).all()


@pytest.mark.parametrize(
    ("true_r", "expected"), [(-0.6, 0.83), (-0.3, 0.80), (0, 0.76), (0.3, 0.68)]
)
def test_the_printed_reliabilities_of_the_difference(true_r, expected):
    observed = true_r * np.sqrt(0.74 * 0.77)  # what is left of a true correlation by two alphas
    found = difference_reliability(1, 1, observed, 0.77, 0.74)
    assert found == pytest.approx(expected, abs=0.005 + 1e-9)  # half of the last digit


def test_the_reliability_of_the_difference_recovers_the_share_of_true_variance():
    rng = np.random.default_rng(4)
    true = rng.multivariate_normal([0, 0], [[1, -0.3], [-0.3, 2]], 200_000)
    observed = true + rng.normal(size=true.shape) * np.sqrt([0.4, 0.5])
    share = np.var(true[:, 0] - true[:, 1]) / np.var(observed[:, 0] - observed[:, 1])
    s = np.cov(observed, rowvar=False)
    found = difference_reliability(
        np.sqrt(s[0, 0]), np.sqrt(s[1, 1]), s[0, 1], 1 / s[0, 0], 2 / s[1, 1]
    )
    assert found == pytest.approx(share, abs=0.01)


@pytest.mark.parametrize(
    ("numbers", "message"),
    [((1, 1, 1, 0.8, 0.8), "no variance"), ((1, 1, 0, 1.2, 0.8), "between 0 and 1")],
)
def test_a_reliability_that_does_not_exist_is_refused(numbers, message):
    with pytest.raises(isv.errors.SpecificationError, match=message):
        difference_reliability(*numbers)


def test_the_reliability_of_the_difference_in_the_data(path):
    rng = np.random.default_rng(2)
    people = [[row[:6], row[6:]] for row in rng.integers(1, 8, (60, 12))]
    result = governance_balance(governance_answers(path, *people))
    s = result.to_frame()[["npg", "npm"]].cov().to_numpy()
    expected = (0.77 * s[0, 0] + 0.74 * s[1, 1] - 2 * s[0, 1]) / (s[0, 0] + s[1, 1] - 2 * s[0, 1])
    assert result.reliability_of_difference(0.77, 0.74) == pytest.approx(expected)
    with pytest.raises(isv.errors.InsufficientDataError, match="2 people have both scores"):
        governance_balance(governance_answers(path, *people[:2])).reliability_of_difference(
            0.7, 0.7
        )


@pytest.mark.parametrize(
    "npm",
    [[""] * 6, [4, *[""] * 5], [-7] * 6, [9] * 6, ["word"] * 6],
    ids=["nothing", "one-item", "not-needed", "outside", "text"],
)
def test_without_a_score_there_is_no_type_and_a_note(path, npm):
    result = governance_balance(governance_answers(path, [npm, 6], [2, 6]))
    frame = result.to_frame()
    assert frame.loc[1, ["npm", "balance", "hybridity", "type", "p_type"]].isna().all()
    assert frame.loc[2, "type"] == "npg-led"
    assert any(note.startswith("npm: 1 of 2 without a score") for note in result.notes)
    assert any(note.startswith("orientation: no type for 1 of 2") for note in result.notes)
    assert result.probabilities.loc[1].isna().all()
    assert "–" in repr(result)


def test_five_of_six_answers_are_enough(path):
    frame = governance_balance(governance_answers(path, [[2, 2, 2, 2, 2, ""], 6])).to_frame()
    assert frame.loc[1, "type"] == "npg-led"


def test_an_instrument_without_contrasts_is_refused(tmp_path):
    plain = governance_file(tmp_path, contrasts=False)
    with pytest.raises(isv.errors.SpecificationError, match="has no contrasts"):
        governance_balance(governance_answers(plain, [2, 6]))


def test_contrasts_that_are_not_in_the_data_are_refused(path):
    people = governance_answers(path, [2, 6])
    with pytest.raises(isv.errors.SpecificationError, match="no contrast has both scales"):
        governance_balance(dataclasses.replace(people, data=people.data[["NPM1"]]))


def test_scores_and_responses_give_the_same_balance(path):
    people = governance_answers(path, [2, 6, 6, 3], [4, 4, 4, 4])
    pd.testing.assert_frame_equal(
        governance_balance(people).to_frame(),
        governance_balance(isv.score_scales(people)).to_frame(),
    )


def test_the_shipped_instrument_is_balanced():
    governance = isv.load_instrument("governance-orientation")
    frame = pd.DataFrame({i: [6 if i.startswith("NPG") else 2] for i in governance.item_ids})
    result = governance_balance(isv.read_responses(frame, governance)).to_frame()
    assert result.loc[1, ["type", "practice_type"]].tolist() == ["npg-led", "npg-led"]
    assert result.loc[1, ["balance", "practice_balance", "gap"]].tolist() == pytest.approx(
        [4 / 6, 4 / 6, 0]
    )
