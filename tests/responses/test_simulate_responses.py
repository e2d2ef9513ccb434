"""Made-up responses to single instruments: ours, and anybody's."""

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import innovsurvey as isv
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.simulate import simulate_responses
from innovsurvey.responses.simulation.population import load_population

SEED = 20_250_303
EVERYTHING = "tests/definitions/good/everything.yaml"
INSTRUMENTS = isv.list_instruments()["id"].tolist()
OWN = """
id: own
version: 1.0.0
source: {citation: Invented for the tests., licence: CC0-1.0}
formats:
  agree5:
    level: ordinal
    anchors: none
    points: [{value: 1}, {value: 2}, {value: 3}, {value: 4}, {value: 5}]
    missing: [{code: -8, reason: cannot_judge, label: {en: I cannot judge}}]
  four: {level: ordinal, anchors: none, points: [{value: 0}, {value: 1}, {value: 2}, {value: 3}]}
  pets: {level: number, minimum: 0, maximum: 9}
  remark: {level: text}
items:
  - {id: v1, format: agree5, text: {en: One}}
  - {id: v2, format: agree5, text: {en: Two}}
  - {id: v3, format: agree5, reverse: true, text: {en: Three}}
  - {id: w1, format: four, text: {en: Four}}
  - {id: w2, format: four, text: {en: Five}}
  - {id: w3, format: four, text: {en: Six}}
  - {id: pets, format: pets, text: {en: Pets}}
  - {id: rem, format: remark, text: {en: Remark}}
scales:
  - {id: voice, items: [v1, v2, v3], score: {method: mean}}
  - {id: work, items: [w1, w2, w3], score: {method: mean}}
"""
CLEAN = {"careless": 0.0, "missing": False}


@pytest.fixture(scope="module")
def own(tmp_path_factory):
    path = tmp_path_factory.mktemp("own") / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    return isv.load_instrument(path)


# Thresholds of the items of the own instrument, by their place among the ordinal items.
FIVE = [(-1.5, -0.8, 0.1, 1.1), (-1.7, -1.0, -0.2, 0.9), (-1.2, -0.4, 0.5, 1.4)]
CUTS = dict(zip(["v1", "v2", "v3"], FIVE, strict=True)) | dict.fromkeys(
    ["w1", "w2", "w3"], tuple(norm.ppf([0.25, 0.5, 0.75]))
)


def expected_r(first, second, rho):
    """The product-moment correlation of two items, from their thresholds and the latent one."""
    y = norm.ppf((np.arange(2000) + 0.5) / 2000)
    score = (y[:, None] > np.array(first)).sum(axis=1)
    above = norm.cdf((rho * y[:, None] - np.array(second)) / np.sqrt(1 - rho**2))
    p = norm.sf(second)
    square = ((2 * np.arange(1, len(p) + 1) - 1) * p).sum()
    covariance = (score * above.sum(axis=1)).mean() - score.mean() * p.sum()
    return covariance / (score.std() * np.sqrt(square - p.sum() ** 2))


def z_of(answers, first, second, rho):
    """How far the correlation of two keyed items lies from the expected one, in its SE."""
    got = answers.items([first, second]).corr().iloc[0, 1]
    expected = expected_r(CUTS[first], CUTS[second], rho)
    return (np.arctanh(got) - np.arctanh(expected)) * np.sqrt(answers.n_obs - 3)


@pytest.mark.parametrize("name", [*INSTRUMENTS, EVERYTHING])
@pytest.mark.parametrize("world", ["seed", "null", "misfit"])
def test_any_instrument_gives_responses_marked_synthetic(name, world):
    answers = simulate_responses(name, n=60, seed=SEED, world=world)
    assert answers.n_obs == 60
    assert answers.context["synthetic"].tolist() == [True] * 60
    assert answers.title.startswith("Synthetic data, no person answered.")
    assert answers.notes[0] == "Synthetic data: no person answered."
    assert answers.provenance["synthetic"] is True
    assert len(answers.log) == len(answers.quarantine) == 0
    assert not any("filter should have hidden" in note for note in answers.notes)


@pytest.mark.parametrize(
    "form", ["self-assessment", "manager-full", "observer", "staff", "politician"]
)
def test_a_questionnaire_of_several_instruments(form):
    questionnaire = isv.load_form(form)
    answers = simulate_responses(questionnaire, n=40, seed=SEED)
    assert list(answers.data) == list(questionnaire.item_ids)
    assert set(answers.context["version"]) == {questionnaire.asked_as}


def test_same_seed_same_answers_other_seed_others():
    first, again, other = (simulate_responses(EVERYTHING, n=80, seed=s) for s in (1, 1, 2))
    pd.testing.assert_frame_equal(first.data, again.data)
    pd.testing.assert_frame_equal(first.context, again.context)
    assert not first.data.equals(other.data)


def test_saved_responses_stay_marked(tmp_path):
    simulate_responses("innovation-culture", n=20).save(tmp_path / "a")
    answers = isv.load_responses(tmp_path / "a")
    assert answers.context["synthetic"].all()
    assert answers.notes[0] == "Synthetic data: no person answered."


@pytest.mark.parametrize("name", [n for n in INSTRUMENTS if n != "leadership-climate"])
def test_shares_of_options_follow_the_thresholds(name):
    n = 4000
    answers = simulate_responses(name, n=n, seed=SEED, **CLEAN)
    population = load_population()
    z = []
    shown_to_all = [item.id for item in answers.instrument.items if not item.show_if]
    for item in (i for i in shown_to_all if i in answers.data and i in population.loadings):
        cuts = np.array(population.thresholds(item))
        keyed = answers.items([item])[item].dropna()
        below = [(keyed <= point).mean() for point in sorted(keyed.unique())[:-1]]
        p = norm.cdf(cuts)
        z += list((np.array(below) - p) / np.sqrt(p * (1 - p) / len(keyed)))
    if z:
        assert np.abs(z).max() < norm.isf(0.001 / (2 * len(z)))


@pytest.mark.parametrize(
    "name",
    [
        "collaborative-leadership", "governance-orientation", "innovation-culture",
        "collaboration-quality", "interactive-political-leadership", "leadership-modes",
    ],
)  # fmt: skip
@pytest.mark.parametrize("world", ["seed", "null"])
def test_items_correlate_as_loadings_and_latent_variables_imply(name, world):
    answers = simulate_responses(name, n=3000, seed=SEED, world=world, **CLEAN)
    population = load_population(world)
    implied = population.structure.implied()
    residual = {frozenset((a, b)): r for a, b, r in population.pairs}
    items = [i for i in answers.data if population.loadings.get(i)]
    observed = answers.items(items).corr()
    z = []
    for a, b in combinations(items, 2):
        (f, x), (g, y) = population.loadings[a][0], population.loadings[b][0]
        rho = x * y * implied.loc[f, g]
        rho += residual.get(frozenset((a, b)), 0) * np.sqrt((1 - x**2) * (1 - y**2))
        expected = expected_r(population.thresholds(a), population.thresholds(b), rho)
        z.append((np.arctanh(observed.loc[a, b]) - np.arctanh(expected)) * np.sqrt(2997))
    assert np.abs(z).max() < 1.1 * norm.isf(0.001 / (2 * len(z)))  # categories are not normal


def test_role_scores_are_as_plausible_as_the_plan_says():
    answers = simulate_responses("collaborative-leadership", n=4000, seed=SEED, **CLEAN)
    roles = ["convener", "facilitator", "catalyst"]
    for role in roles:
        assert isv.reliability(answers.items(role)[list(_core(answers, role))]).alpha == (
            pytest.approx(0.86, abs=0.02)
        )
    scores = isv.score_scales(answers).to_frame()[roles].corr()
    expected = {("convener", "facilitator"): 0.57, ("convener", "catalyst"): 0.53,
                ("facilitator", "catalyst"): 0.56}  # fmt: skip
    for (a, b), r in expected.items():
        assert scores.loc[a, b] == pytest.approx(r, abs=0.05)


def _core(answers, role):
    return [item for item in answers.items(role) if item in answers.data]


def test_own_instrument_has_one_latent_variable_per_scale(own):
    answers = simulate_responses(own, n=6000, seed=SEED, **CLEAN)
    for a, b in combinations(["v1", "v2", "v3", "w1", "w2", "w3"], 2):
        rho = 0.7 * 0.7 if a[0] == b[0] else 0.7 * 0.3 * 0.7
        assert abs(z_of(answers, a, b, rho)) < norm.isf(0.001 / 30), (a, b)
    assert answers.data[["v1", "v3"]].corr().iloc[0, 1] < -0.3  # ticks low on the reversed item
    assert sorted(answers.data["pets"].unique()) == list(range(10))
    shares = answers.data["w1"].value_counts(normalize=True)
    assert np.abs(shares - 0.25).max() < 4 * np.sqrt(0.25 * 0.75 / 6000)


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"loadings": 0.5}, 0.25),
        ({"loadings": {"v1": 0.9, "v2": 0.8}}, 0.72),
        ({"model": "f =~ .6*v1 + .9*v2 + v3"}, 0.54),
        ({"model": "g =~ .5*f\nf =~ .6*v1 + .9*v2"}, 0.54),
        ({"model": "f =~ .6*v1\ng =~ .9*v2\nf ~~ .5*g"}, 0.27),
        ({"model": "f =~ .6*v1\ng =~ .9*v2\ng ~ .4*f"}, 0.216),
        ({"model": "f =~ .6*v1\ng =~ .9*v2\ng ~ .4*f", "world": "null"}, 0.0),
        ({"model": "f =~ .6*v1\ng =~ .9*v2", "changes": {"default.correlation": 0.0}}, 0.0),
        ({"model": "f =~ 0*v1 + 0*v2\nv1 ~~ .4*v2"}, 0.4),
    ],
    ids=["all", "named", "written", "second-order", "cov", "path", "null", "changed", "residual"],
)
def test_loadings_and_models_are_followed(own, options, expected):
    answers = simulate_responses(own, n=6000, seed=SEED, **CLEAN, **options)
    assert abs(z_of(answers, "v1", "v2", expected)) < norm.isf(0.001 / 18)


def test_a_model_of_the_instrument_is_found_by_its_id():
    by_id = simulate_responses("leadership-climate", n=30, model="three-scales")
    assert "a measurement model" in by_id.notes[1]


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"n": 0}, "1 or more"),
        ({"n": 10, "n_groups": 11}, "more than n=10"),
        ({"careless": 1.5}, "between 0 and 1"),
        ({"world": "real"}, "world='real'"),
        ({"version": "observer"}, "version='observer'"),
        ({"model": "f =~ v1 + v22"}, r"'v22'.*did you mean v2"),
        ({"model": "f =~ v1\ny ~ f"}, "'y'"),
        ({"model": "f =~ 1.2*v1"}, "more than all"),
        ({"model": "f =~ v1 + v2\ng =~ f\nf ~ g"}, "only one can be simulated"),
        ({"model": "f =~ v1\ng =~ v2\nf ~ g\ng ~ f"}, "circle"),
        ({"model": "f =~ v1\ng =~ v2\nf ~ g\nf ~~ g"}, "cannot be simulated"),
        ({"violations": ["shape"]}, "violations='shape'"),
    ],
)
def test_wrong_options_are_refused_with_the_reason(own, options, words):
    with pytest.raises(SpecificationError, match=words):
        simulate_responses(own, **options)


def test_groups_share_the_stated_part(own):
    answers = simulate_responses(
        own, n=9000, seed=SEED, n_groups=300, icc=0.25, loadings=0.95, **CLEAN
    )
    group = answers.context[answers.group_columns[0]]
    scores = answers.items(["v1", "v2", "v3"]).mean(axis=1)
    between = scores.groupby(group).mean().var() - scores.var() / 30
    assert between / scores.var() == pytest.approx(0.25, abs=0.05)


@pytest.mark.parametrize(
    ("missing", "expected"), [(True, 0.08), (False, 0.0), ({"cannot_judge": 0.3}, 0.3)]
)
def test_ways_to_give_no_rating_come_at_their_rate(own, missing, expected):
    answers = simulate_responses(own, n=5000, seed=SEED, careless=0, missing=missing)
    rates = (answers.reasons[["v1", "v2", "v3"]] == "cannot_judge").mean()
    left = 0.985 if missing else 1.0
    se = np.sqrt(expected * (1 - expected) / 5000)
    assert np.abs(rates - expected * left).max() <= 4 * se
    blank = (answers.reasons[["v1", "w1"]] == "not_answered").mean()
    assert np.abs(blank - (0.015 if missing else 0)).max() < 4 * np.sqrt(0.015 / 5000)


def test_observers_may_say_that_they_cannot_judge_and_managers_not():
    for version, expected in {"self": 0.0, "observer": 0.08}.items():
        answers = simulate_responses("collaborative-leadership", n=1000, seed=SEED, version=version)
        rate = (answers.reasons == "cannot_judge").to_numpy().mean()
        assert rate == pytest.approx(expected * 0.985, abs=0.006)


def test_careless_people_are_fast_straight_or_random(own):
    answers = simulate_responses(own, n=3000, seed=SEED, careless=0.3, missing=False)
    kinds = pd.Series(answers.provenance["careless"])
    counts = kinds.value_counts()
    assert np.abs(counts - 300).max() < 4 * np.sqrt(3000 * 0.1 * 0.9)
    straight = answers.data.loc[kinds.index[kinds == "straight_line"], ["v1", "v2", "v3"]]
    assert (straight.max(axis=1) == straight.min(axis=1)).all()
    seconds = answers.context["duration_s"]
    careful = seconds.drop(kinds.index)
    assert careful.median() == pytest.approx(6.5 * 8, rel=0.05)
    assert seconds[kinds.index[kinds != "partial"]].median() < careful.median() / 3


@pytest.mark.parametrize("changed", [{"careless": 0.5}, {"missing": {"not_answered": 0.4}}])
def test_changing_one_block_leaves_the_others_bitwise_equal(own, changed):
    base = simulate_responses(own, n=400, seed=3)
    other = simulate_responses(own, n=400, seed=3, **changed)
    careless = {*base.provenance["careless"], *other.provenance["careless"]}
    both = base.data.notna() & other.data.notna()
    both = both[~both.index.isin(careless)]
    assert both.to_numpy().mean() > 0.3
    kept = both.index
    assert (base.data.loc[kept].where(both) == other.data.loc[kept].where(both))[
        both
    ].sum().sum() == (both.to_numpy().sum())
    pd.testing.assert_frame_equal(
        base.context.drop(columns="duration_s"), other.context.drop(columns="duration_s")
    )
