import dataclasses

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

import innovsurvey as isv
from innovsurvey.responses.participation import participation
from tests.responses.make_instruments import CELLS, PHASES, WORKED, matrix_file, read_matrices

INDICES = [
    "breadth", "reach", "intensity", "depth", "n_eff", "diversity", "collaboration_share",
    "imbalance", "relative_imbalance", "imbalance_with_experts",
    "relative_imbalance_with_experts", "imbalance_early3", "relative_imbalance_early3",
]  # fmt: skip


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    return matrix_file(tmp_path_factory.mktemp("participation"))


def worked_with(changes):
    """Change cells of the worked example, by phase and actor counted from 1."""
    matrix = [list(line) for line in WORKED]
    for (phase, actor), cell in changes.items():
        matrix[phase - 1][actor - 1] = cell
    return matrix


def whole_phase(phase, cell):
    """Give all cells of a phase the same code."""
    return {(phase, actor): cell for actor in range(1, 9)}


@pytest.mark.parametrize(
    ("index", "expected"),
    [
        ("breadth", 0.700),
        ("intensity", 0.325),
        ("depth", 0.4643),
        ("reach", 1.0),
        ("n_eff", 6.1012),
        ("diversity", 0.7287),
        ("collaboration_share", 0.10),
        ("imbalance", 0.28125),
        ("relative_imbalance", 0.3913),
    ],
)
def test_the_worked_example(path, index, expected):
    found = participation(read_matrices(path, WORKED)).indices.loc[1, index]
    assert found == pytest.approx(expected, abs=5e-5)


def test_the_sensitivity_runs_of_the_worked_example(path):
    indices = participation(read_matrices(path, WORKED)).indices.loc[1]
    assert indices["imbalance_with_experts"] == pytest.approx(8 / 20 - (4 / 20 + 5 / 20) / 2)
    assert indices["imbalance_early3"] == pytest.approx(8 / 16 - (3 / 16 + 4 / 16 + 2 / 16) / 3)


def test_the_parts_by_phase(path):
    result = participation(read_matrices(path, WORKED))
    phases = [phase for phase, _ in PHASES]
    assert result.breadth_by_phase.loc[1].to_dict() == dict(
        zip(phases, [6 / 8, 6 / 8, 6 / 8, 6 / 8, 4 / 8], strict=True)
    )
    assert result.intensity_by_phase.loc[1, "PH4"] == 15 / 32
    assert result.depth_by_phase.loc[1, "PH5"] == 6 / 16
    assert result.private_intensity_by_phase.loc[1].tolist() == [
        3 / 16,
        4 / 16,
        2 / 16,
        0.5,
        1 / 16,
    ]
    assert result.n_phases.loc[1] == 5
    assert result.notes == ()


def test_the_frame_has_one_row_a_person(path):
    frame = participation(read_matrices(path, WORKED, WORKED)).to_frame()
    assert frame.columns.tolist() == ["n_phases", *INDICES]
    assert frame.index.name == "respondent"
    assert len(frame) == 2


@settings(max_examples=25, deadline=None)
@given(arrays(int, (20, 5, 8), elements=st.integers(0, 4)))
def test_intensity_is_breadth_times_depth_in_complete_matrices(path, matrices):
    result = participation(read_matrices(path, *matrices.tolist()))
    product = result.breadth_by_phase * result.depth_by_phase
    some = result.breadth_by_phase > 0
    pd.testing.assert_frame_equal(product[some], result.intensity_by_phase[some])
    values = result.indices
    present = values["depth"].notna()
    np.testing.assert_allclose(
        values["intensity"][present], (values["breadth"] * values["depth"])[present]
    )
    for name, (low, high) in {
        "breadth": (0, 1), "reach": (0, 1), "depth": (0.25, 1), "n_eff": (1, 8),
        "diversity": (0, 1), "imbalance": (-1, 1), "relative_imbalance": (-1, 1),
        "collaboration_share": (0, 1),
    }.items():  # fmt: skip
        assert values[name].dropna().between(low - 1e-12, high + 1e-12).all(), name
    pd.testing.assert_frame_equal(values.isna(), result.reasons.notna())


@settings(max_examples=15, deadline=None)
@given(st.permutations(range(8)))
def test_the_order_of_actor_groups_does_not_matter(path, order):
    again = read_matrices(path, WORKED, cells=CELLS)
    mixed = [f"PH{p}_AC{a + 1}" for p in range(1, 6) for a in order]
    cells = [[line[a] for a in order] for line in WORKED]
    first = participation(again).to_frame()
    pd.testing.assert_frame_equal(
        participation(read_matrices(path, cells, cells=mixed)).to_frame(), first
    )


def test_everybody_alike_gives_the_ends_of_the_ranges(path):
    everybody = participation(read_matrices(path, [[4] * 8] * 5)).indices.loc[1]
    assert everybody[["breadth", "reach", "intensity", "depth", "diversity"]].tolist() == (
        pytest.approx([1, 1, 1, 1, 1])
    )
    assert everybody[["imbalance", "relative_imbalance"]].tolist() == [0, 0]
    one = participation(read_matrices(path, [[4] + [0] * 7] * 5)).indices.loc[1]
    assert one[["n_eff", "diversity", "reach"]].tolist() == pytest.approx([1, 0, 1 / 8])


def test_missing_cells_take_part_in_no_count(path):
    result = participation(read_matrices(path, worked_with({(1, 1): "", (1, 4): -6})))
    # phase 1 has 6 answers left: 2 1 1 0 0 1; its private actors are 1 0 0
    assert result.breadth_by_phase.loc[1, "PH1"] == 4 / 6
    assert result.intensity_by_phase.loc[1, "PH1"] == pytest.approx(5 / 24)
    assert result.depth_by_phase.loc[1, "PH1"] == 5 / 16
    values = result.indices.loc[1]
    assert values["imbalance"] == pytest.approx(0.5 - (1 / 12 + 4 / 16) / 2)
    assert values["collaboration_share"] == 3 / 38
    assert values["depth"] == pytest.approx((52 - 6) / (4 * (28 - 2)))


def test_a_phase_with_three_cells_missing_drops_out(path):
    changes = {(3, 1): "", (3, 2): "", (3, 3): ""}
    result = participation(read_matrices(path, worked_with(changes)))
    assert result.n_phases.loc[1] == 4
    assert np.isnan(result.breadth_by_phase.loc[1, "PH3"])
    values = result.indices.loc[1]
    assert values["breadth"] == pytest.approx((6 + 6 + 6 + 4) / 32)
    assert values["imbalance"] == pytest.approx(0.28125)
    assert result.reasons.loc[1, "imbalance_early3"] == "phase_missing"
    assert any("1 of 5 phases have answers in fewer than 75%" in note for note in result.notes)


def test_a_phase_that_was_not_reached_drops_out(path):
    result = participation(read_matrices(path, worked_with(whole_phase(5, -11))))
    assert result.n_phases.loc[1] == 4
    assert result.indices.loc[1, "breadth"] == pytest.approx(24 / 32)
    assert result.indices.loc[1, "imbalance"] == pytest.approx(0.28125)
    assert "1 of 5 phases were not reached and drop out." in result.notes


@pytest.mark.parametrize("phase", [1, 2, 4])
def test_the_imbalance_needs_the_phases_it_compares(path, phase):
    result = participation(read_matrices(path, worked_with(whole_phase(phase, -11))))
    assert np.isnan(result.indices.loc[1, "imbalance"])
    assert result.reasons.loc[1, "imbalance"] == "phase_missing"
    assert result.reasons.loc[1, "relative_imbalance"] == "phase_missing"
    assert not np.isnan(result.indices.loc[1, "breadth"])
    assert any(note.startswith("imbalance: missing for 1 of 1") for note in result.notes)


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("", "too_few_answers"),
        ("-6", "too_few_answers"),
        ("9", "too_few_answers"),
        ("word", "too_few_answers"),
        ("-11", "no_phase_reached"),
    ],
)
def test_a_matrix_without_answers_has_no_index_and_a_reason(path, cell, reason):
    result = participation(read_matrices(path, [[cell] * 8] * 5, WORKED))
    assert result.indices.loc[1].isna().all()
    assert result.reasons.loc[1].eq(reason).all()
    assert result.n_phases.tolist() == [0, 5]
    assert sum("missing for 1 of 2" in note for note in result.notes) == len(INDICES)
    assert result.indices.loc[2].notna().all()
    assert "–" in repr(result)


def test_one_answer_is_too_little(path):
    cells = [[""] * 8 for _ in range(5)]
    cells[0][0] = "4"
    result = participation(read_matrices(path, cells))
    assert result.reasons.loc[1].eq("too_few_answers").all()


def test_nobody_took_part_is_zero_breadth_and_no_depth(path):
    result = participation(read_matrices(path, [[0] * 8] * 5))
    values = result.indices.loc[1]
    assert values[["breadth", "reach", "intensity", "collaboration_share", "imbalance"]].eq(0).all()
    assert values[["depth", "n_eff", "diversity", "relative_imbalance"]].isna().all()
    assert result.reasons.loc[1, "depth"] == "nobody_took_part"
    assert result.reasons.loc[1, "relative_imbalance"] == "no_private_participation"


def test_the_form_with_six_codes_puts_informed_and_consulted_together(tmp_path, path):
    six = matrix_file(tmp_path, top=5, name="six")
    cells = [[{0: 0, 1: 1, 2: 3, 3: 4, 4: 5}[x] for x in line] for line in WORKED]
    cells[0][4] = 2
    found = participation(read_matrices(six, cells), six_point=True).to_frame()
    pd.testing.assert_frame_equal(found, participation(read_matrices(path, WORKED)).to_frame())


def test_a_map_of_codes_that_leaves_one_out_is_refused(path):
    with pytest.raises(isv.errors.SpecificationError, match=r"what becomes of 4"):
        participation(read_matrices(path, WORKED), remap={0: 0, 1: 1, 2: 2, 3: 3})


def test_a_matrix_without_groups_has_no_imbalance(tmp_path):
    plain = matrix_file(
        tmp_path, phases=[("PH1", None), ("PH2", None)], actors=[("AC1", None), ("AC2", None)]
    )
    cells = [f"PH{p}_AC{a}" for p in (1, 2) for a in (1, 2)]
    result = participation(read_matrices(plain, [[4, 0], [2, 2]], cells=cells))
    assert result.reasons.loc[1, "imbalance"] == "group_not_defined"
    assert result.indices.loc[1, "breadth"] == 0.75
    assert any("names no such phases or actor groups" in note for note in result.notes)


def test_an_instrument_without_a_matrix_is_refused():
    answers = isv.read_responses(isv.sample_path("leadership-climate"), "leadership-climate")
    with pytest.raises(isv.errors.SpecificationError, match="needs one matrix"):
        participation(answers)


def test_a_matrix_that_is_not_in_the_data_is_refused(path):
    answers = read_matrices(path, WORKED)
    without = dataclasses.replace(answers, data=answers.data[["Q1"]])
    with pytest.raises(isv.errors.MissingItemsError, match="no cell of the matrix"):
        participation(without)


def test_the_imbalance_recovers_when_private_actors_come_in(path):
    """Private actors who join by one step of the ladder at implementation shift it by 1/4."""
    rng = np.random.default_rng(3)
    matrices = rng.binomial(4, 0.25, (400, 5, 8))
    matrices[:, 3, 3:7] = rng.binomial(4, 0.5, (400, 4))
    found = participation(read_matrices(path, *matrices.tolist())).indices["imbalance"]
    assert found.mean() == pytest.approx(0.25, abs=3 * found.std() / np.sqrt(400))


def test_the_shipped_instrument_gives_the_worked_example():
    instrument = isv.load_instrument("participation-by-phase")
    cells = [cell for cell in instrument.item_ids if cell in CELLS]
    assert cells == CELLS
    frame = pd.DataFrame([[x for line in WORKED for x in line]], columns=CELLS)
    result = participation(isv.read_responses(frame, instrument))
    found = result.indices.loc[1, ["breadth", "diversity", "imbalance", "relative_imbalance"]]
    assert found.tolist() == pytest.approx([0.7, 0.7287, 0.28125, 0.3913], abs=5e-5)
    assert result.indices.loc[1, "imbalance_with_experts"] == pytest.approx(0.4 - 9 / 40)
