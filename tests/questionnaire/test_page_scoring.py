"""The page scores answers in the browser as Python does, and says the same sentences."""

import json
import math
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from scipy.special import ndtr, stdtrit

import innovsurvey as isv
from innovsurvey.definitions.forms import form_ids
from innovsurvey.questionnaire import page_scoring
from innovsurvey.questionnaire.page_model import page_model
from innovsurvey.questionnaire.page_scoring import scoring_model
from innovsurvey.questionnaire.plan import make_layout
from innovsurvey.responses import participation as participation_module
from innovsurvey.responses.feedback_rules import _DECIMAL_COMMA, write_number
from innovsurvey.responses.model import NOT_APPLICABLE

from .answers import random_people

FOLDER = Path(__file__).resolve().parent
CASES_FOLDER = FOLDER.parent / "data/feedback"
CASES = json.loads((CASES_FOLDER / "cases.json").read_text(encoding="utf-8"))["cases"]
SCRIPT = Path(page_scoring.__file__).parent / "page/score.js"
NOT_SHOWN_CODE = -12
# Two scales whose scores and errors differ by rounding alone; numbers outside their ends.
AWKWARD = (
    {"H1": 0.1, "H2": 9.9, "H3": 0.1, "H4": 0.1},
    {"H1": -1, "H2": 11, "H3": 5, "H4": 6, "M1": -1e7, "M2": 1e7, "F1": 99, "F2": 1, "B1": 3},
)
# What is asked, the form, and how many people answer.
ASKED = [
    ("self-assessment", None, 200),
    ("manager-full", None, 60),
    ("politician", None, 60),
    ("staff", None, 60),
    ("governance-orientation", None, 60),
    ("governance-orientation", "practice", 60),
    ("participation-by-phase", None, 60),
    ("collaborative-leadership", None, 60),
    ("collaborative-leadership", "core", 60),
    ("collaborative-leadership", "short", 60),
    ("innovation-outcomes", None, 60),
    ("hostile.yaml", None, 60),
    ("kinds.yaml", None, 60),
    ("corners.yaml", None, 200),
    ("corners.yaml", "few", 100),
    ("no firms", None, 30),
]
NAMES = [f"{name} {form or ''}".strip() for name, form, _ in ASKED]
INDICES = [
    "breadth", "reach", "intensity", "depth", "n_eff", "diversity", "collaboration_share",
    "imbalance", "imbalance_with_experts", "imbalance_early3", "relative_imbalance",
    "relative_imbalance_with_experts", "relative_imbalance_early3",
]  # fmt: skip
NUMBERS = [
    0, 3.65, 3.6499999999995, 3.6499, 2.25, 1.45, 0.005, -0.125, -0.001, -0.04999999999, 9.95,
    0.1 + 0.2, 1e-7, 1e-12, 123456789.05, -2.5, 99.995, 4.35, 1 / 3, 2 / 3, 0.0449999999999,
    0.0499999995, 0.0499999985, 0.049999999, 0.0499999994, 1234567.05, 1e18, 5e-7,
]  # fmt: skip
LANGUAGES = sorted({*_DECIMAL_COMMA, "en", "en-GB", "da-DK", "fo", "ar", "nnn"})
RUN = """
const { sets, cases, numbers, languages, zs } = JSON.parse(arguments[0]);
const same = (one, other) => JSON.stringify(one) === JSON.stringify(other);

function everything(model, answers) {
  const scores = scoreScales(model, answers);
  const { answers: kept, hidden } = hideFiltered(model, answers);
  return {
    scores,
    intervals: Object.fromEntries(
      Object.entries(scores).map(([id, score]) => [id, interval(model, id, score, 0.9)])),
    participation: participation(model, answers),
    balance: governanceBalance(model, answers),
    sentences: Object.fromEntries(
      model.languages.map(({ code }) => [code, feedback(model, answers, code)])),
    kept,
    hidden: [...hidden],
    same_when_kept: same(scores, scoreScales(model, kept)),
  };
}

const found = {
  sets: sets.map(({ model, people }) => people.map((answers) => everything(model, answers))),
  cases: cases.map(({ model, answers, language }) => feedback(model, answers, language)),
  numbers: numbers.map((number) => [0, 1, 2].map((digits) => writeNumber(number, digits, "en"))),
  languages: languages.map((language) => writeNumber(0.5, 1, language)),
  zs: zs.map(normalCdf),
};
// JSON would turn NaN into null, and leave undefined out, without a word.
return JSON.stringify(found, (key, value) =>
  value === undefined || (typeof value === "number" && !Number.isFinite(value))
    ? "no number" : value);
"""


@cache
def source_of(name):
    """Load a questionnaire or instrument by id, or one made for the tests by its file."""
    if name in form_ids():
        return isv.load_form(name)
    if name == "no firms":
        return without_private(source_of("corners.yaml"))
    folder = CASES_FOLDER if name == "kinds.yaml" else FOLDER
    return isv.load_instrument(folder / name if name.endswith(".yaml") else name)


def without_private(instrument):
    """Take the private actors out of their group."""
    (matrix,) = instrument.matrices
    columns = tuple(
        replace(line, group=None if line.group == "private" else line.group)
        for line in matrix.columns
    )
    return replace(instrument, matrices=(replace(matrix, columns=columns),))


@cache
def layout_of(name, form):
    return make_layout(source_of(name), form=form)


@cache
def model_of(name, form):
    return page_model(layout_of(name, form))


@cache
def people_of(name, form, n):
    """Make up people who answer in every awkward way, one way after the other."""
    layout = layout_of(name, form)
    rng = np.random.default_rng(sum(map(ord, f"{name}{form}")))
    items = {
        cell.name: question
        for question in layout.questions
        for cell in question.cells
        if cell.name in layout.instrument.item_ids and question.kind not in {"text", "date"}
    }
    ways = (
        *(lambda k=k: anything(items, rng, k) for k in (0.0, 0.1, 0.7)),
        lambda: anything(items, rng, 0.3, also=(NOT_SHOWN_CODE, 99, 2.5, -1e7)),
        lambda: equal(items, rng, 0.0),
        lambda: equal(items, rng, 0.3),
        *(lambda k=k: neighbours(items, rng, k) for k in (0.0, 0.1)),
        lambda: no_rating(items, rng),
        lambda: dict([rng.choice(list(anything(items, rng, 0.0).items()))]),
    )
    honest = [
        {name: x for name, x in person.items() if name in items}
        for person in random_people(layout, n // 4, 1)
    ]
    awkward = [{item: x for item, x in person.items() if item in items} for person in AWKWARD]
    made = [{}, *awkward, *honest, *(ways[i % len(ways)]() for i in range(n - n // 4 - 3))]
    return [{name: plain(x) for name, x in person.items()} for person in made]


def plain(value):
    """Give a number that JSON knows, whole ones without a fraction."""
    value = float(value)
    return int(value) if value.is_integer() else value


def ratings(question):
    """Give the answers there are; of numbers some, with ties and fractions."""
    format_ = question.format
    if format_.points:
        return list(format_.values)
    if format_.high is None:
        return [format_.low, -1e6, -3.65, -1, 0, 0.00001, 0.0001, 0.25, 0.05, 2, 10, 1234567]
    return [format_.low, 1, 2.25, 5, 5, 5.5, format_.high]


def anything(items, rng, missing_share, also=()):
    """Answer without heed to filters, with options such as "not needed" among the answers."""
    person = {}
    for item, question in items.items():
        options = [*ratings(question), *(m.code for m in question.format.missing), *also]
        if rng.random() >= missing_share:
            person[item] = rng.choice(options)
    return person


def equal(items, rng, missing_share):
    """Choose the same place in every list; the filters mostly open."""
    place = rng.random()
    person = {}
    for item, question in items.items():
        options = ratings(question)
        if rng.random() >= missing_share:
            person[item] = options[int(place * len(options))]
    return open_filters(person, items, rng)


def neighbours(items, rng, missing_share):
    """Choose one of two neighbours everywhere, so that means lie on and about the ends of bands."""
    place, swap = rng.random(), rng.choice([0.1, 0.5])
    person = {}
    for item, question in items.items():
        options = ratings(question)
        first = int(place * (len(options) - 1))
        if rng.random() >= missing_share:
            person[item] = options[first + int(rng.random() < swap)]
    return open_filters(person, items, rng)


def no_rating(items, rng):
    """Choose options such as "not needed" wherever there are some, and nothing else."""
    person = {
        item: rng.choice([option.code for option in question.format.missing])
        for item, question in items.items()
        if question.format.missing and rng.random() < 0.9
    }
    return open_filters(person, items, rng)


def open_filters(person, items, rng):
    """Answer most filters so that they show what depends on them."""
    filters = {
        item: question
        for item, question in items.items()
        if question.format.level in {"nominal", "multiple"}
    }
    return person | {f: max(ratings(q)) for f, q in filters.items() if rng.random() < 0.8}


@cache
def answers_of(name, form, n):
    """Read the same people in Python."""
    layout = layout_of(name, form)
    items = [item.id for item in layout.instrument.items if item.id in model_items(name, form)]
    rows = [{item: person.get(item) for item in items} for person in people_of(name, form, n)]
    frame = pd.DataFrame(rows, columns=items, dtype=object)
    return isv.read_responses(frame, layout.instrument, form=form)


@cache
def scores_of(name, form, n):
    return isv.score_scales(answers_of(name, form, n))


def model_items(name, form):
    return model_of(name, form)["scoring"]["items"]


@pytest.fixture(scope="module")
def computed(browser):
    """Let the browser calculate everything at once."""
    payload = {
        "sets": [{"model": model_of(*a[:2]), "people": people_of(*a)} for a in ASKED],
        "cases": [
            {
                "model": model_of(case["instrument"], case["form"]),
                "answers": case["answers"],
                "language": case["language"],
            }
            for case in CASES
        ],
        "numbers": NUMBERS,
        "languages": LANGUAGES,
        "zs": zs().tolist(),
    }
    browser.get("about:blank")
    script = f'"use strict";\n{SCRIPT.read_text(encoding="utf-8")}\n{RUN}'
    found = json.loads(browser.execute_script(script, json.dumps(payload)))
    found["sets"] = dict(zip(NAMES, found["sets"], strict=True))
    return found


def zs():
    rng = np.random.default_rng(1)
    return np.concatenate([np.linspace(-40, 40, 4001), rng.normal(0, 3, 4000), [1e-300, -1e-12]])


def rows(table):
    """Give the rows of a table as plain data, with None for what is missing."""
    return [
        {str(name): None if pd.isna(x) else x for name, x in row.items()}
        for row in table.to_dict("records")
    ]


def differences(got, expected, place=""):
    """List where two plain structures differ; numbers may by 1e-9."""
    if isinstance(got, dict) and isinstance(expected, dict):
        if got.keys() != expected.keys():
            return [f"{place}: {sorted(got)} != {sorted(expected)}"]
        pairs = [(f"{place}.{key}", got[key], expected[key]) for key in got]
    elif isinstance(got, list) and isinstance(expected, list):
        if len(got) != len(expected):
            return [f"{place}: {got} != {expected}"]
        pairs = [(f"{place}[{i}]", *two) for i, two in enumerate(zip(got, expected, strict=True))]
    elif isinstance(got, (int, float)) and isinstance(expected, (int, float, np.number)):
        close = math.isclose(got, expected, rel_tol=1e-12, abs_tol=1e-9)
        return [] if close else [f"{place}: {got} != {expected}"]
    else:
        return [] if got == expected else [f"{place}: {got!r} != {expected!r}"]
    return [found for name, one, other in pairs for found in differences(one, other, name)]


each_set = pytest.mark.parametrize("asked", ASKED, ids=NAMES)


def part(computed, asked, name):
    """Give one part of what the browser found, person by person."""
    return [person[name] for person in computed["sets"][NAMES[ASKED.index(asked)]]]


@pytest.mark.browser
@each_set
def test_scores_and_intervals(computed, asked):
    scores = scores_of(*asked)
    names = {
        "score": "scores", "se": "se", "nAnswered": "n_answered", "nAveraged": "n_averaged",
        "pomp": "pomp", "reason": "reasons", "partial": "partial",
    }  # fmt: skip
    tables = {name: rows(getattr(scores, attribute)) for name, attribute in names.items()}
    lower, upper = map(rows, scores.interval(0.9))
    people = range(scores.n_obs)
    expected = [
        {s: {key: tables[key][p].get(s) for key in names} for s in scores.scores} for p in people
    ]
    spans = [{s: [lower[p][s], upper[p][s]] for s in scores.scores} for p in people]
    assert differences(part(computed, asked, "scores"), expected) == []
    assert differences(part(computed, asked, "intervals"), spans) == []


@pytest.mark.browser
@each_set
def test_participation(computed, asked):
    got = part(computed, asked, "participation")
    if model_of(*asked[:2])["scoring"]["matrix"] is None:
        assert set(map(type, got)) == {type(None)}
        return
    found = isv.participation(answers_of(*asked))
    phases = {
        "breadth": found.breadth_by_phase,
        "intensity": found.intensity_by_phase,
        "depth": found.depth_by_phase,
        "privateIntensity": found.private_intensity_by_phase,
    }
    by_phase = {name: rows(table) for name, table in phases.items()}
    expected = [
        {
            "nPhases": int(n),
            "indices": indices,
            "reasons": reasons,
            "phases": [
                {name: table[p][phase] for name, table in by_phase.items()}
                for phase in found.breadth_by_phase
            ],
        }
        for p, (n, indices, reasons) in enumerate(
            zip(found.n_phases, rows(found.indices), rows(found.reasons), strict=True)
        )
    ]
    kept = [
        {**person, "phases": [{k: phase[k] for k in phases} for phase in person["phases"]]}
        for person in got
    ]
    assert differences(kept, expected) == []
    assert sorted(expected[0]["indices"]) == sorted(INDICES)
    valid = [sum(phase["valid"] for phase in person["phases"]) for person in got]
    assert valid == found.n_phases.tolist()


@pytest.mark.browser
@each_set
def test_balance(computed, asked):
    got = part(computed, asked, "balance")
    contrasts = model_of(*asked[:2])["scoring"]["contrasts"]
    if not contrasts:
        assert all(person == {"contrasts": {}, "gap": None} for person in got)
        return
    found = isv.governance_balance(scores_of(*asked))
    flat = [
        {
            **{f"{c}.{key}": x for c, own in person["contrasts"].items() for key, x in own.items()},
            "gap": person["gap"],
        }
        for person in got
    ]
    assert (
        differences(flat, [balances(row, found.contrasts, contrasts) for row in rows(found.table)])
        == []
    )


def balances(row, found, contrasts):
    """Name the columns of Python's table as the page does."""
    expected = {"gap": row.get("gap")}
    names = {"balance": "balance", "hybridity": "hybridity", "type": "type", "pType": "p_type"}
    for contrast in contrasts:
        id_ = contrast["id"]
        if id_ in found:
            prefix = "" if f"{id_}_balance" not in row else f"{id_}_"
            expected |= {f"{id_}.{key}": row[f"{prefix}{column}"] for key, column in names.items()}
            expected |= {f"{id_}.{end}": row[contrast[end]] for end in ("negative", "positive")}
    return expected


@pytest.mark.browser
@pytest.mark.parametrize("language", ["en", "da"])
@each_set
def test_sentences(computed, asked, language):
    said = isv.feedback(scores_of(*asked), language=language).sentences
    by_person = dict(list(said.drop(columns="person").groupby(said["person"])))
    expected = [
        by_person[person].to_dict("records") if person in by_person else []
        for person in answers_of(*asked).data.index
    ]
    got = [sentences[language] for sentences in part(computed, asked, "sentences")]
    assert differences(got, expected) == []


@pytest.mark.browser
@each_set
def test_filters(computed, asked):
    reasons, people = rows(answers_of(*asked).reasons), people_of(*asked)
    for p, person in enumerate(computed["sets"][NAMES[ASKED.index(asked)]]):
        given, hidden = people[p], set(person["hidden"])
        not_shown = {item for item, reason in reasons[p].items() if reason == "not_shown"}
        by_code = {item for item in not_shown if given.get(item) == NOT_SHOWN_CODE}
        assert not_shown - by_code <= hidden
        assert {reasons[p].get(i, "not_shown") for i in hidden} <= {"not_shown", "out_of_range"}
        assert person["kept"] == {i: x for i, x in given.items() if i not in not_shown & hidden}
        assert person["same_when_kept"]


@pytest.mark.browser
@pytest.mark.parametrize("i", range(len(CASES)), ids=lambda i: CASES[i]["id"])
def test_case(computed, i):
    got = [
        {key: s[key] for key in ("rule", "scale", "outcome", "text")} for s in computed["cases"][i]
    ]
    assert got == CASES[i]["expected"]


@pytest.mark.browser
def test_numbers_are_written_alike(computed):
    expected = [[write_number(x, digits, "en") for digits in (0, 1, 2)] for x in NUMBERS]
    assert computed["numbers"] == expected
    assert computed["languages"] == [write_number(0.5, 1, language) for language in LANGUAGES]


@pytest.mark.browser
def test_the_normal_distribution(computed):
    np.testing.assert_allclose(computed["zs"], ndtr(zs()), rtol=0, atol=1e-14)


@pytest.mark.browser
def test_the_answers_reach_every_corner(computed):
    """The comparisons above are worth what the answers bring about."""
    people = [person for found in computed["sets"].values() for person in found]
    scored = [score for person in people for score in person["scores"].values()]
    assert {score["reason"] for score in scored} == {
        None, "none_needed", "no_answers", "too_few_needed", "too_few_answers", "too_few_facets",
    }  # fmt: skip
    assert {score["partial"] for score in scored} == {None, True, False}
    assert 0 in {score["se"] for score in scored}
    said = {(s["kind"], s["outcome"]) for person in people for s in person["sentences"]["en"]}
    assert said == {
        ("notice", "text"),
        *(("band", o) for o in ("one", "between", "uncertain", "few", "missing")),
        *(("compare", o) for o in ("higher", "same")),
        *(("lowest", o) for o in ("lowest", "none")),
        ("least", "question"),
        *(("type", o) for o in ("both", "positive", "negative", "neither")),
        *(("type", o) for o in ("borderline", "missing")),
        *(("index", o) for o in ("one", "missing")),
    }
    reasons = {
        r for p in people if p["participation"] for r in p["participation"]["reasons"].values()
    }
    assert reasons == {None, *participation_module._REASON_WORDS}


def test_the_script_is_small_and_touches_nothing():
    text = SCRIPT.read_text(encoding="utf-8")
    assert len(text.encode()) < 23_000
    for word in (
        "document",
        "window",
        "eval",
        "import ",
        "export ",
        "fetch",
        "Math.random",
        "Date",
    ):
        assert word not in text


def test_what_is_not_applicable_is_the_same():
    assert page_scoring.NOT_APPLICABLE == NOT_APPLICABLE
    assert set(participation_module._NOT_REACHED) == set(NOT_APPLICABLE)


def test_observers_get_no_results():
    model = scoring_model(make_layout(source_of("collaborative-leadership"), version="observer"))
    assert not model["results"]
    assert [model[key] for key in ("scales", "contrasts", "feedback", "t")] == [[]] * 4
    assert set(model["items"]) <= set(source_of("collaborative-leadership").item_ids)


def test_only_what_is_asked_is_scored():
    model = scoring_model(layout_of("corners.yaml", "few"))
    scales = {scale["id"]: scale["items"] for scale in model["scales"]}
    assert scales["acts"] == ["A1", "A3", "B1", "C1"]
    assert "gain" not in scales
    assert [contrast["id"] for contrast in model["contrasts"]] == ["hours", "how"]
    # F1 is not asked, so that nothing hides F2; C1 depends on it through F3, which is not asked.
    assert [item for item, own in model["items"].items() if "show" in own] == [
        "B1", "S1_U1", "S1_U2", "S2_U2", "S3_U2",
    ]  # fmt: skip


def test_quantiles_reach_as_far_as_answers():
    model = scoring_model(layout_of("corners.yaml", None))
    assert [level for level, _ in model["t"]] == [0.5, 0.8, 0.9]
    longest = max(len(scale["items"]) for scale in model["scales"])
    for level, quantiles in model["t"]:
        assert quantiles == pytest.approx(stdtrit(np.arange(1, longest), (1 + level) / 2))


@pytest.mark.parametrize(
    ("name", "profile"),
    [
        ("self-assessment", ["convener", "facilitator", "catalyst"]),
        ("staff", ["colq"]),
        ("politician", []),
        ("innovation-culture", ["culture"]),
    ],
)
def test_the_profile_shows_what_has_bands_or_all_where_nothing_is_said(name, profile):
    scales = scoring_model(layout_of(name, None))["scales"]
    assert [scale["id"] for scale in scales if scale["profile"]] == profile
    formats = model_of(name, None)["formats"]
    assert all(
        scale["title"] and scale["format"] in formats for scale in scales if scale["profile"]
    )
