"""The latent variables come out as the population says, each within a bound fixed beforehand."""

import re

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

from innovsurvey.errors import SpecificationError
from innovsurvey.responses.simulation.latent import Equation, Structure, mix
from innovsurvey.responses.simulation.population import load_population
from innovsurvey.responses.simulation.setting import draw_setting, staff_sizes
from innovsurvey.responses.simulation.streams import Streams
from innovsurvey.responses.simulation.study_latents import draw_latents, self_share
from innovsurvey.responses.simulation.syntax import read_terms

SEED = 20_250_303
FALSE_ALARMS = 0.001  # over all quantities of a test together


def bound(n_quantities):
    """The z that stays below with the chance 1 - FALSE_ALARMS for all quantities at once."""
    return norm.isf(FALSE_ALARMS / (2 * n_quantities))


def off_diagonal(matrix):
    return np.asarray(matrix)[np.tril_indices(len(matrix), -1)]


@pytest.fixture(scope="module", params=["seed", "null"])
def world(request):
    population = load_population(request.param)
    setting = draw_setting(population.values, 1500, Streams(SEED))
    waves = [draw_latents(population, setting, wave, Streams(SEED)) for wave in (1, 2)]
    return population, setting, waves


@pytest.mark.parametrize("name", ["seed", "null", "misfit"])
def test_drawn_correlations_are_the_implied_ones(name):
    structure = load_population(name).structure
    n = 20_000
    drawn = structure.draw(Streams(SEED).noise(n, "latent"))
    got = off_diagonal(np.corrcoef([drawn[v] for v in structure.names]))
    expected = off_diagonal(structure.implied())
    inside = np.abs(expected) < 0.999
    z = (np.arctanh(got[inside]) - np.arctanh(expected[inside])) * np.sqrt(n - 3)
    assert np.abs(z).max() < bound(len(z)) * 1.1  # products are not quite normal
    means = np.array([drawn[v].mean() for v in structure.names]) * np.sqrt(n)
    assert np.abs(means).max() < bound(len(means))


def test_stated_correlations_are_implied():
    implied = load_population().structure.implied()
    for (a, b), r in {
        ("CON", "FAC"): 0.72, ("CON", "CAT"): 0.65, ("FAC", "CAT"): 0.68, ("NPMP", "NPGP"): -0.2,
        ("LDM_HORIZONTAL", "FAC"): 0.65, ("LDM_TRANSACTIONAL", "CON"): 0.15, ("SDNPG", "BAL"): 0.7,
        ("MGV_DESIGN", "CAT"): 0.45, ("CON_TEAM", "CON"): 0.85, ("INT", "IPL"): 0.4,
        ("COLQ", "FAC"): 0.3, ("COLQ", "NPGP"): 0.15, ("BREADTH", "CON"): 0.3,
        ("STEP", "CAT"): 0.25, ("IPB_1", "IPL"): -0.3, ("DIL_1", "ROLE"): 0.2,
    }.items():  # fmt: skip
        assert implied.loc[a, b] == pytest.approx(r, abs=1e-9), (a, b)


def test_null_world_has_no_structural_relation_but_the_same_measurement():
    seed, null = load_population("seed"), load_population("null")
    assert null.loadings == seed.loadings
    assert null.structure.implied().loc["CON", "FAC"] == pytest.approx(0.72)
    for equation in null.structure.equations:
        if equation.structural:
            assert null.structure.explained()[equation.target] == 0, equation.target
    assert set(null.values["participation"]["phase"].values()) == {0.0}


def test_paths_to_the_outcome_are_recovered(world):
    population, setting, (first, _) = world
    org = setting.projects["org"].to_numpy()
    projects = {**first.projects, "CULT": first.organisations["CULT"][org]}
    weights = population.values["paths"]["OUT"]
    x = np.column_stack(
        [np.prod([projects[part] for part in name.split("*")], axis=0) for name in weights]
    )
    y = projects["OUT"]
    design = np.column_stack([np.ones(len(y)), x])
    b, residual, *_ = np.linalg.lstsq(design, y, rcond=None)
    se = np.sqrt(np.diag(np.linalg.inv(design.T @ design)) * residual[0] / (len(y) - x.shape[1]))
    expected = np.array(list(weights.values())) * (population.world == "seed")
    z = (b[1:] - expected) / se[1:]
    assert np.abs(z).max() < bound(len(z))


def icc(values, groups):
    """ICC(1) from one-way mean squares, and its standard error (Donner, 1986)."""
    sizes = np.bincount(groups)
    sizes = sizes[sizes > 0]
    n, j = sizes.sum(), len(sizes)
    k = (n - (sizes**2).sum() / n) / (j - 1)
    means = np.bincount(groups, values)[np.bincount(groups) > 0] / sizes
    between = (sizes * (means - values.mean()) ** 2).sum() / (j - 1)
    within = (values**2).sum() - (sizes * means**2).sum()
    within /= n - j
    rho = (between - within) / (between + (k - 1) * within)
    return rho, np.sqrt(2 * (1 - rho) ** 2 * (1 + (k - 1) * rho) ** 2 / (k * (k - 1) * (j - 1)))


ICCS = [
    ("observer", "project", "CON", 0.20),
    ("observer", "project", "FAC", 0.20),
    ("observer", "project", "CAT_RISK", 0.20),
    ("observer", "project", "COLQ", 0.12),
    ("staff", "org", "CULT", 0.08),
    ("staff", "org", "INC_ERROR", 0.08),
    ("staff", "org", "NPMP", 0.10),
    ("staff", "org", "NPGP", 0.10),
    ("staff", "org", "BDR", 0.08),
    ("politician", "org", "NPGO", 0.03),
    ("politician", "org", "IPL", 0.00),
]


@pytest.mark.parametrize(("kind", "unit", "variable", "expected"), ICCS)
def test_icc_of_latent_variables(world, kind, unit, variable, expected):
    _, setting, (first, _) = world
    got, se = icc(first.people[kind][variable], setting.people[kind][unit].to_numpy())
    assert abs(got - expected) < bound(2 * len(ICCS)) * se


def test_self_rating_follows_the_true_role_as_planned(world):
    population, setting, (first, _) = world
    project = setting.people["manager"]["project"].to_numpy()
    with_project = project >= 0
    expected = np.sqrt(self_share(population.values["self_rating"]))
    assert expected == pytest.approx(0.35 / np.hypot(0.35, 0.6))
    for role in ("CON", "FAC", "CAT"):
        rated = first.people["manager"][role][with_project]
        true = first.projects[role][project[with_project]]
        z = (np.arctanh(np.corrcoef(rated, true)[0, 1]) - np.arctanh(expected)) * np.sqrt(len(true))
        assert abs(z) < bound(6)


def test_second_wave_is_stable_and_drifts_only_in_the_seed_world(world):
    population, setting, (first, second) = world
    drift = 0.10 if population.world == "seed" else 0.0
    names = ("CULT", "INC_RULES", "NPMP", "NPGP", "BDR")
    org = setting.people["staff"]["org"].to_numpy()
    for name in names:
        a, b = first.people["staff"][name], second.people["staff"][name]
        z = (np.arctanh(np.corrcoef(a, b)[0, 1]) - np.arctanh(0.7)) * np.sqrt(len(a))
        assert abs(z) < bound(20) * 1.2  # people of one organisation are not independent
        change = pd.Series(b - a).groupby(org).mean()
        se = change.std() / np.sqrt(len(change))
        assert abs(change.mean() - drift * (name == "NPGP")) < bound(20) * se


def test_staff_sizes_follow_a_truncated_negative_binomial():
    section = load_population().values["organisations"]
    sizes = staff_sizes(section, Streams(SEED).uniform(20_000, "sizes"))
    assert sizes.min() == 8
    assert sizes.max() == 40
    assert sizes.mean() == pytest.approx(20, abs=1)


def test_mix_keeps_the_variance():
    rng = np.random.default_rng(SEED)
    mixed = mix(rng.standard_normal(100_000), rng.standard_normal(100_000), 0.2)
    assert mixed.var() == pytest.approx(1, abs=0.02)


def test_a_later_variable_leaves_earlier_ones_bitwise_equal():
    small = Structure(("A", "B"), (("A", "B", 0.5),))
    large = Structure(
        ("A", "B", "C"), (("A", "B", 0.5), ("A", "C", 0.3)), (Equation("D", (("A", 0.4),)),)
    )
    noise = Streams(1).noise(50, "x")
    first, second = small.draw(noise), large.draw(noise)
    assert all((first[name] == second[name]).all() for name in ("A", "B"))


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        (Structure(("A",), (), (Equation("B", (("A", 1.2),)),)), "more than all"),
        (
            Structure(("A", "B", "C"), (("A", "B", 0.9), ("B", "C", 0.9), ("A", "C", -0.9))),
            "cannot all hold",
        ),
    ],
    ids=["weights", "correlations"],
)
def test_impossible_structures_are_refused(structure, words):
    with pytest.raises(SpecificationError, match=words):
        structure.draw(Streams(0).noise(10, "x"))


def test_model_text_is_read():
    terms = read_terms("f =~ .8*x1 + a*x2 +\n x3 # comment\nf ~~ .3*g; y ~ 0.2*f\nx1 ~ 1\nc := a*2")
    found = [(t.left, t.operator, t.right, t.value) for t in terms]
    assert found == [
        ("f", "=~", "x1", 0.8), ("f", "=~", "x2", None), ("f", "=~", "x3", None),
        ("f", "~~", "g", 0.3), ("y", "~", "f", 0.2),
    ]  # fmt: skip


@pytest.mark.parametrize("line", ["level: 1", "f =~", "f x1 + x2", "f =~ x 1"])
def test_a_line_that_is_not_understood_is_quoted(line):
    with pytest.raises(SpecificationError, match=re.escape(line)):
        read_terms(f"f =~ x1\n{line}\n")


@pytest.mark.parametrize(
    ("place", "words"),
    [("careless.randon", "did you mean random"), ("nothing", "has not"), ("a.b.c", "has not")],
)
def test_changes_name_places_that_exist(place, words):
    with pytest.raises(SpecificationError, match=words):
        load_population(changes={place: 0})


def test_worlds_are_named():
    with pytest.raises(SpecificationError, match='Choose one of "seed", "null", "misfit"'):
        load_population("real")
