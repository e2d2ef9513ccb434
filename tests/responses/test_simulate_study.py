"""A whole made-up study: what it holds, what its parts recover, and what leaves what unchanged."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm

import innovsurvey as isv
from innovsurvey.errors import DataError, SpecificationError
from innovsurvey.responses.simulate import simulate_study, write_study
from innovsurvey.responses.simulation.missing import odds_times

SEED = 20_250_303
FALSE_ALARMS = 0.001
KINDS = ["manager", "observer", "staff", "politician"]
CONTEXT = [
    "respondent_id", "manager_id", "org_id", "project_id", "respondent_role", "version", "wave",
    "gov_level", "sector", "org_size", "country", "language", "tenure_years", "completed_at",
    "duration_s", "synthetic",
]  # fmt: skip
ROLES = ["convener", "facilitator", "catalyst"]
OUTSIDE = [4, 5, 6, 7]
CLEAN = {f"careless.{kind}": 0.0 for kind in ("random", "straight_line", "partial")}
CLEAN |= {f"missing.{name}": 0.0 for name in ("not_answered", "not_needed", "cannot_judge")}
CLEAN |= {"missing.do_not_know": 0.0, "missing.other": 0.0}


def filled(frame):
    """Put a word into missing cells, so that two frames compare cell by cell."""
    return frame.astype(object).where(frame.notna(), "x")


def bound(n_quantities):
    return norm.isf(FALSE_ALARMS / (2 * n_quantities))


@pytest.fixture(scope="module", params=["seed", "null"])
def large(request):
    return simulate_study(seed=SEED, world=request.param, n_organisations=300)


@pytest.fixture(scope="module")
def clean():
    return simulate_study(seed=SEED, n_organisations=300, changes=CLEAN)


@pytest.fixture(scope="module")
def small():
    return simulate_study(seed=5, n_organisations=12, waves=2)


def rated(study, kind):
    """The items that have thresholds, as coded."""
    frame = study.frames[kind]
    return frame[[name for name in frame if name in study.key["items"]]]


def test_size_is_that_of_the_plan():
    study = simulate_study(seed=SEED)
    invited = study.organisations["n_invited"].dropna()
    assert len(invited) == 60
    assert invited.sum() == pytest.approx(1200, rel=0.15)
    managers, observers = study.frames["manager"], study.frames["observer"]
    assert managers["project_id"].nunique() == pytest.approx(120, rel=0.2)
    assert observers.groupby("project_id").size().between(4, 8).all()
    assert len(study.frames["politician"]) == 200
    assert study.frames["politician"]["org_id"].nunique() == 40
    assert "no person answered" in study.title
    assert study.notes[0] == "Synthetic data: no person answered."
    assert study.to_frame()["n_rows"].sum() == study.n_obs


@pytest.mark.parametrize("kind", [*KINDS, "manager_wave2", "observer_wave2", "staff_wave2"])
def test_frames_are_read_without_a_single_change(small, kind):
    frame, answers = small.frames[kind], small.responses(kind)
    assert set(CONTEXT) <= set(frame.columns)
    assert frame["synthetic"].all()
    assert len(answers.log) == len(answers.quarantine) == 0
    assert not any("filter should have hidden" in note for note in answers.notes)
    assert answers.title.startswith("Synthetic data")
    assert answers.context["synthetic"].all()
    assert set(frame["wave"]) == {2 if kind.endswith("wave2") else 1}
    assert "careless" not in answers.provenance
    assert frame["completed_at"].between("2025-03-03", "2026-03-31").all()


@pytest.mark.parametrize(
    ("kind", "instrument"),
    [
        ("observer", "collaborative-leadership"),
        ("staff", "innovation-culture"),
        ("staff", "barriers-and-drivers"),
        ("manager", "participation-by-phase"),
        ("politician", "interactive-political-leadership"),
    ],
)
def test_a_frame_can_be_read_with_one_of_its_instruments(small, kind, instrument):
    answers = isv.read_responses(small.frames[kind], instrument)
    assert len(answers.data) == len(small.frames[kind])
    assert len(answers.log) == 0


def test_observers_belong_to_managers(small):
    managers = small.frames["manager"].set_index("respondent_id")
    observers = small.frames["observer"]
    of_manager = managers.loc[observers["manager_id"]]
    assert (of_manager["project_id"].to_numpy() == observers["project_id"]).all()
    assert (of_manager["org_id"].to_numpy() == observers["org_id"]).all()


def test_filters_hide_and_impossible_answers_do_not_occur(large):
    managers = large.frames["manager"]
    cells = [c for c in managers if c.startswith("PH")]
    led = managers["FLT1"] == 1
    assert 0 < (~led).sum() < led.sum()
    about_project = [c for c in managers if c[:3] in {"CON", "FAC", "CAT", "COL", "OUT", "PH1"}]
    assert (managers.loc[~led, about_project] == -12).all().all()
    assert managers.loc[~led, "project_id"].isna().all()
    for cell in cells:
        reached = managers[f"STAGE_{cell[:3]}"] == 1
        assert (managers.loc[led & ~reached, cell] == -11).all()
        assert not (managers.loc[led & reached, cell] == -11).any()
    late = ["CAT10", "CAT11", "CAT13", "CAT14"]
    for frame in (managers, large.frames["observer"]):
        early = (frame["STAGE_PH4"] == 0) & (frame["STAGE_PH5"] == 0)
        assert (frame.loc[early, late] == -12).all().all()
        asked = frame["STAGE_PH4"] == 1
        assert not (frame.loc[asked, late] == -12).any().any()
    improved = managers["INNSTEP"] == 0
    assert (managers.loc[improved, ["OUT02", "INNLOGIC"]] == -12).all().all()


def test_shares_of_missing_answers_and_careless_rows(large):
    observers = rated(large, "observer")
    roles = observers[[c for c in observers if c[:3] in {"CON", "FAC"}]].to_numpy(float)
    asked = roles[~(roles == -12).any(axis=1)]
    rate = {"not_needed": (asked == -7), "cannot_judge": (asked == -8), "blank": np.isnan(asked)}
    expected = {"not_needed": 0.03 * 0.985, "cannot_judge": 0.08 * 0.985, "blank": 0.015}
    bdr = rated(large, "staff").filter(like="BDR").to_numpy(float)
    rate["not_present"], expected["not_present"] = bdr == -10, 0.10 * 0.985
    kinds = pd.concat(
        [
            pd.Series(
                {i: k for k, ids in large.key["careless_rows"][name].items() for i in ids},
                index=frame["respondent_id"],
                dtype=object,
            ).fillna("")
            for name, frame in large.frames.items()
        ]
    )
    for kind in ("random", "straight_line", "partial"):
        rate[kind], expected[kind] = (kinds == kind).to_numpy(), 0.02
    for name, flags in rate.items():
        p = expected[name]
        z = (flags.mean() - p) / np.sqrt(p * (1 - p) / flags.size)
        assert abs(z) < bound(len(rate)), name


def test_new_staff_skip_five_items_with_twice_the_odds():
    study = simulate_study(
        seed=SEED, n_organisations=300, changes={"missing.not_answered": 0.15, "waves.attrition": 0}
    )
    staff = study.frames["staff"]
    is_new = staff["tenure_years"] < 2
    items = [f"INC{k}" for k in range(17, 22)]
    for rows, p in {True: odds_times(0.15, 2.0), False: 0.15}.items():
        blank = staff.loc[is_new == rows, items].isna().to_numpy()
        assert abs(blank.mean() - p) < bound(2) * np.sqrt(p * (1 - p) / blank.size)
    others = staff.loc[is_new, [f"INC{k:02d}" for k in range(1, 17)]].isna().to_numpy()
    assert abs(others.mean() - 0.15) < bound(1) * np.sqrt(0.15 * 0.85 / others.size)


def test_staff_response_rates_lie_between_the_stated_ends(large):
    rates = large.organisations.dropna(subset="n_invited")
    overall = rates["n_answered"].sum() / rates["n_invited"].sum()
    assert overall == pytest.approx(0.55, abs=0.03)
    assert (rates["n_answered"] / rates["n_invited"]).between(0.1, 1).all()


def test_shares_of_options_follow_the_thresholds(clean):
    z = []
    for kind in ("staff", "observer", "politician"):
        questionnaire = clean.questionnaires[kind].instrument
        for name, column in rated(clean, kind).items():
            item, format_ = questionnaire.item(name), questionnaire.format_of(name)
            values = column[column >= format_.low].to_numpy(float)
            if len(values) < 0.5 * len(column):
                continue
            values = format_.low + format_.high - values if item.reverse else values
            p = norm.cdf(clean.key["items"][name]["thresholds"])
            below = [(values <= point).mean() for point in format_.values[:-1]]
            units = clean.frames[kind].loc[column >= format_.low, "project_id"].isna().all()
            effect = 1.25 if units else 2.2  # people of a unit share up to a fifth of the variance
            z += list((np.array(below) - p) / np.sqrt(effect * p * (1 - p) / len(values)))
    assert np.abs(z).max() < bound(len(z))


def outside_intensity(frame, phase):
    cells = frame[[f"PH{phase}_AC{actor}" for actor in OUTSIDE]]
    return cells.mask(cells < 0).astype(float).mean(axis=1, skipna=False) / 4


def test_imbalance_is_that_of_the_key(large):
    managers = large.frames["manager"]
    managers = managers[~managers["respondent_id"].isin(careless_rows(large, "manager"))]
    early = (outside_intensity(managers, 1) + outside_intensity(managers, 2)) / 2
    imbalance = (outside_intensity(managers, 4) - early).dropna()
    expected = large.key["expected"]["imbalance"]
    assert expected == (0.1361 if large.world == "seed" else 0.0)
    z = (imbalance.mean() - expected) / (imbalance.std() / np.sqrt(len(imbalance)))
    assert abs(z) < bound(2)


def test_phase_and_actor_interact_in_the_seed_world_only(large):
    managers = large.frames["manager"]
    codes = managers[[c for c in managers if c.startswith("PH")]]
    codes = codes.mask(codes < 0).astype(float)
    contrast = sum(codes[f"PH4_AC{a}"] - codes[f"PH1_AC{a}"] for a in OUTSIDE) / 4
    contrast -= sum(codes[f"PH4_AC{a}"] - codes[f"PH1_AC{a}"] for a in (1, 2, 3, 8)) / 4
    contrast = contrast.dropna()
    z = contrast.mean() / (contrast.std() / np.sqrt(len(contrast)))
    assert (z > bound(1)) if large.world == "seed" else (abs(z) < bound(1))


def test_self_ratings_agree_weakly_with_observers_and_lie_higher(large):
    observed = isv.score_scales(large.responses("observer")).to_frame()[ROLES]
    manager = large.frames["observer"].set_index("respondent_id")["manager_id"]
    observed = observed.groupby(manager).mean()
    own = isv.score_scales(large.responses("manager")).to_frame()[ROLES]
    for role in ROLES:
        both = pd.concat([own[role], observed[role]], axis=1, join="inner").dropna()
        r, n = both.corr().iloc[0, 1], len(both)
        assert abs(np.arctanh(r) - np.arctanh(0.30)) < 0.05 + bound(6) / np.sqrt(n - 3)
        gap = both.iloc[:, 0] - both.iloc[:, 1]
        assert gap.mean() == pytest.approx(0.3, abs=0.05 + bound(6) * gap.std() / np.sqrt(n))


SCORES = [
    ("observer", "project_id", "convener", 0.20),
    ("observer", "project_id", "facilitator", 0.20),
    ("staff", "org_id", "culture", 0.08),
    ("staff", "org_id", "npm_practice", 0.10),
    ("staff", "org_id", "npg_practice", 0.10),
]


@pytest.mark.parametrize(("kind", "unit", "scale", "expected"), SCORES)
def test_icc_of_scores_is_near_the_stated_one(clean, kind, unit, scale, expected):
    scores = isv.score_scales(clean.responses(kind)).to_frame()[scale]
    data = pd.DataFrame({"x": scores.to_numpy(), "unit": clean.frames[kind][unit]}).dropna()
    sizes = data.groupby("unit")["x"].transform("size")
    data = data[sizes > 1]
    groups = data.groupby("unit")["x"]
    k, j = groups.size(), groups.ngroups
    within = groups.var().mul(k - 1).sum() / (len(data) - j)
    mean_size = (len(data) - (k**2).sum() / len(data)) / (j - 1)
    between = (k * (groups.mean() - data["x"].mean()) ** 2).sum() / (j - 1)
    rho = (between - within) / (between + (mean_size - 1) * within)
    se = np.sqrt(2) * (1 - rho) * (1 + (mean_size - 1) * rho)
    se /= np.sqrt(mean_size * (mean_size - 1) * (j - 1))
    assert abs(rho - expected) < 0.03 + bound(len(SCORES)) * se


def test_output_is_as_plausible_as_the_plan_says(large):
    for kind, letters in {
        "observer": "CON FAC CAT COL INC",
        "manager": "CON FAC CAT COL INC",
    }.items():
        answers = large.responses(kind)
        for name in answers.data:
            if name[:3] in letters.split():
                assert 2.5 < answers.items([name])[name].mean() < 4.2, name
    balance = isv.score_scales(large.responses("manager")).to_frame()
    hybrid = ((balance["npm"] >= 4) & (balance["npg"] >= 4)).mean()
    assert 0.2 < hybrid < 0.6
    observed = large.responses("observer")
    for role in ROLES:
        items = [i for i in observed.items(role) if i in observed.data]
        assert isv.reliability(observed.items(items)).alpha == pytest.approx(0.87, abs=0.03)


def careless_rows(study, name):
    return {i for ids in study.key["careless_rows"][name].values() for i in ids}


BLOCKS = [
    ({"careless.random": 0.1}, "careless"),
    ({"missing.not_answered": 0.2}, "missing"),
    ({"missing.cannot_judge": 0.4}, "missing"),
    ({"participation.project_sd": 1.5}, "PH"),
    ({"missing.unit_low": 0.0}, "staff"),
    ({"waves.stability": 0.2}, "wave2"),
    ({"times.median": 20.0}, "times"),
    ({"dates.days": 300}, "dates"),
    ({"blocks.quality.icc": 0.5}, "COL"),
    ({"facts.attention_slip": 0.9}, "ATT"),
]


@pytest.mark.parametrize(("changes", "block"), BLOCKS, ids=[next(iter(c)) for c, _ in BLOCKS])
def test_changing_one_block_leaves_the_others_bitwise_equal(small, changes, block):
    other = simulate_study(seed=5, n_organisations=12, waves=2, changes=changes)
    for name, frame in small.frames.items():
        if block == "wave2" and name.endswith("wave2"):
            continue
        if block == "staff" and name.startswith("staff"):
            continue
        a, b = frame, other.frames[name]
        columns = [c for c in a if not c.startswith(block)]
        columns = [
            c for c in columns if c not in {"duration_s", "completed_at"} or block in {"PH", "COL"}
        ]
        a, b = filled(a[columns]), filled(b[columns])
        same = (a == b).to_numpy()
        if block == "careless":
            changed = set(frame.loc[~same.all(axis=1), "respondent_id"])
            assert changed <= careless_rows(small, name) | careless_rows(other, name)
        elif block == "missing":
            is_option = (a.isin(["x", -8]) | b.isin(["x", -8])).to_numpy()
            assert (same | is_option).all()
        else:
            assert same.all(), [
                c for c, ok in zip(columns, same.all(axis=0), strict=True) if not ok
            ]


def test_the_misfit_world_differs_only_where_it_is_told(small):
    options = {"seed": 5, "n_organisations": 12, "waves": 2, "world": "misfit"}
    none = simulate_study(**options, violations=[])
    for name, frame in small.frames.items():
        pd.testing.assert_frame_equal(frame, none.frames[name])


@pytest.mark.parametrize(
    ("violation", "items", "rows"),
    [
        ("metric", {"FAC05"}, lambda f: f["language"] == "da"),
        ("scalar", {"CAT07"}, lambda f: f["gov_level"] == "regional"),
        ("cross_loading", {"CAT10"}, lambda f: f["wave"] == 1),
        ("method", {"COL08", "COL09", "INC12", "INC14", "INC24", "SDP"}, lambda f: f["wave"] == 1),
    ],
)
def test_each_violation_touches_its_items_and_rows_only(violation, items, rows):
    base = simulate_study(seed=8, n_organisations=40, world="misfit", violations=[])
    other = simulate_study(seed=8, n_organisations=40, world="misfit", violations=[violation])
    a, b = base.frames["observer"], other.frames["observer"]
    differs = (filled(a) != filled(b)).to_numpy()
    where = pd.DataFrame(differs, index=a.index, columns=a.columns)
    assert set(where.columns[where.any()]) <= items
    assert where.loc[rows(a)].to_numpy().any()
    assert not where.loc[~rows(a)].to_numpy().any()


def test_a_shifted_group_rates_itself_higher():
    options = {"seed": 8, "n_organisations": 200, "world": "misfit"}
    means = []
    for violations in ([], ["shifted_group"]):
        frame = simulate_study(**options, violations=violations).frames["manager"]
        items = frame[[c for c in frame if c[:3] in {"CON", "FAC"}]]
        score = items.mask(items < 0).astype(float).mean(axis=1)
        means.append(score.groupby(frame["gov_level"]).mean())
    change = means[1] - means[0]
    assert change["national"] == pytest.approx(0.5, abs=0.1)
    assert change[["local", "regional"]].abs().max() == 0


def test_booklets_leave_a_third_of_the_rest_out():
    study = simulate_study(seed=5, n_organisations=30, planned_missingness=True)
    frame, plan = study.frames["manager"], study.questionnaires["manager"].planned_missingness
    assert set(frame["booklet"]) == {name for name, _ in plan.booklets}
    planned = {item for _, items in plan.sets for item in items}
    for name, rows in frame.groupby("booklet"):
        unasked = [c for c in rows if c in planned - set(plan.items(name))]
        assert len(unasked) > 10
        assert (rows[unasked] == -12).all().all()
    assert len(study.responses("manager").log) == 0


def test_modules_are_added_for_managers():
    study = simulate_study(seed=5, n_organisations=30, modules=True)
    assert {"LDM01", "MGV01", "DIL01"} <= set(study.frames["manager"])
    assert "LDM01" not in study.frames["staff"]


def test_second_wave_keeps_most_of_the_first(small):
    for kind in ("manager", "observer", "staff"):
        first, second = small.frames[kind], small.frames[f"{kind}_wave2"]
        assert set(second["respondent_id"]) < set(first["respondent_id"])
        kept = len(second) / len(first)
        assert abs(kept - 0.85) < 4 * np.sqrt(0.85 * 0.15 / len(first))
    assert "politician_wave2" not in small.frames


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"waves": 3}, "waves=3"),
        ({"n_organisations": 0}, "1 or more"),
        ({"world": "real"}, "world='real'"),
        ({"violations": ["x"]}, "violations='x'"),
        ({"changes": {"careless.x": 1}}, "careless.x"),
    ],
)
def test_wrong_options_are_refused(options, words):
    with pytest.raises(SpecificationError, match=words):
        simulate_study(**options)


def test_unknown_respondents_are_refused(small):
    with pytest.raises(SpecificationError, match="no frame 'boss'"):
        small.responses("boss")


def test_two_studies_of_one_world_are_not_mixed(small, tmp_path):
    with pytest.raises(DataError, match="world of its own"):
        write_study([small, small], tmp_path)
