"""Answers of one kind of respondent in one wave of a study."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.responses.simulation import careless, facts, missing, participation
from innovsurvey.responses.simulation.items import categorise, to_points
from innovsurvey.responses.simulation.latent import mix
from innovsurvey.responses.simulation.setting import completed_on
from innovsurvey.responses.simulation.streams import repeated
from innovsurvey.responses.simulation.study_latents import with_facets
from innovsurvey.responses.simulation.violations import METHOD, underlying_answers, violated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Item, ResponseFormat
    from innovsurvey.definitions.questionnaire import Questionnaire
    from innovsurvey.responses.simulation.items import Measurement
    from innovsurvey.responses.simulation.population import Population
    from innovsurvey.responses.simulation.setting import Setting
    from innovsurvey.responses.simulation.streams import Floats, Noise, Streams
    from innovsurvey.responses.simulation.study_latents import StudyLatents
    from innovsurvey.responses.simulation.violations import Violation

SHORT_TIME: Final = "FLT4"
POLITICIAN: Final = "FLT5"
_ROLES: Final = ("CON", "FAC", "CAT")


@dataclass(frozen=True, slots=True)
class Respondents:
    """One kind of respondent in one wave: who they are, what they are asked, what they think."""

    kind: str
    wave: int
    questionnaires: tuple[Questionnaire, ...]
    people: pd.DataFrame
    setting: Setting
    latents: Mapping[str, Floats]
    true: StudyLatents
    population: Population
    violations: tuple[Violation, ...]
    streams: Streams

    @property
    def n(self) -> int:
        """Number of people."""
        return len(self.people)

    @property
    def values(self) -> Mapping[str, Any]:
        """The sections of the population."""
        return self.population.values

    @property
    def label(self) -> tuple[str, str]:
        """Where the random numbers of these people come from."""
        return self.kind, f"wave {self.wave}"

    @property
    def items(self) -> dict[str, Item]:
        """The items that are asked, in order."""
        return {i.id: i for q in self.questionnaires for i in q.instrument.items}

    @property
    def formats(self) -> dict[str, ResponseFormat]:
        """The response formats of the items."""
        return {
            i.id: q.instrument.format_of(i.id)
            for q in self.questionnaires
            for i in q.instrument.items
        }

    @property
    def version(self) -> str:
        """The version of the questionnaire: self or observer."""
        return self.questionnaires[0].asked_as

    @property
    def project(self) -> NDArray[np.int64]:
        """The project of each person, as a position; people without one get the first."""
        project: NDArray[np.int64] = np.maximum(self.people["project"].to_numpy(), 0)
        return project

    @property
    def has_project(self) -> NDArray[np.bool_]:
        """Whether a person belongs to a project."""
        belongs: NDArray[np.bool_] = self.people["project"].to_numpy() >= 0
        return belongs

    @property
    def reached(self) -> NDArray[np.int64]:
        """The last phase that the project of each person reached."""
        reached: NDArray[np.int64] = self.setting.projects["reached"].to_numpy()[self.project]
        return reached


def answer(who: Respondents, *, booklets: bool = False) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    """Give context and coded answers of everybody, and how each person answered."""
    section = who.values["careless"]
    formats, complete = who.formats, _complete(who)
    kinds = careless.draw_kinds(who.n, section, who.streams, *who.label)
    answers = careless.answer_carelessly(
        complete, formats, kinds, who.streams, *who.label, partial_share=section["partial_share"]
    )
    booklet = _booklets(who) if booklets else None
    answers = _with_missing(who, answers, formats, booklet)
    n_shown = (answers != who.values["codes"]["not_shown"]).sum(axis=1).to_numpy()
    durations = careless.draw_durations(
        n_shown, kinds, who.values["times"], who.streams, *who.label,
        partial_share=section["partial_share"],
    )  # fmt: skip
    context = _context(who, durations)
    if booklet is not None:
        context["booklet"] = booklet
    return pd.concat([context, answers.astype("Int64")], axis=1), kinds


def measurement_of(
    population: Population, items: Mapping[str, Item], violations: Sequence[Violation]
) -> Measurement:
    """Give the measurement of a questionnaire, with the violations that hold for everybody."""
    reverse = [name for name, item in items.items() if item.reverse]
    return violated(
        population.measurement(list(items)), reverse, violations, population.values["violations"]
    )


def _complete(who: Respondents) -> pd.DataFrame:
    """Give complete answers of careful people, in the order of the questionnaire."""
    items, formats = who.items, who.formats
    measurement = measurement_of(who.population, items, who.violations)
    noise = shared_noise(who, measurement)
    latents = {**who.latents, METHOD: who.streams.noise(who.n, *who.label)(METHOD)}
    drawn = underlying_answers(
        measurement, latents, noise, who.people, who.violations, who.values["violations"]
    )
    shifts = _leniency(who)
    cuts = {model.id: model.thresholds for model in measurement.items}
    factors = {model.id: {name for name, _ in model.loadings} for model in measurement.items}
    found = {
        name: to_points(
            categorise(values + shifts[bool(factors[name] & _self_rated(who))], cuts[name]),
            items[name],
            formats[name],
        )
        for name, values in drawn.items()
    }
    found |= _facts(who, formats)
    columns = {
        name: found[name]
        if name in found
        else facts.any_answers(formats[name], who.n, who.streams.generator(*who.label, "any", name))
        for name in items
    }
    return pd.DataFrame(columns)


def shared_noise(who: Respondents, measurement: Measurement) -> Noise:
    """Give item residuals, of which units share the same part as of the latent variables.

    So the ICC(1) holds for items and scores as well. Managers' self-ratings share theirs with
    nobody.
    """
    own = who.streams.noise(who.n, *who.label, "residual")
    blocks = _blocks(who, measurement)

    def draw(item: str) -> Floats:
        block = blocks.get(item)
        if block is None:
            return own(item)
        within = block["within"]
        n, place = _units(who, within)
        streams = (who.streams.noise(n, *_unit_label(who, within, w), "residual") for w in (1, 2))
        first, later = streams
        if who.wave > 1:
            first = repeated(first, later, who.values["waves"]["stability"])
        return mix(first(item)[place], own(item), float(block["icc"]))

    return draw


def _unit_label(who: Respondents, within: str, wave: int) -> tuple[str, str]:
    """Name the units whose residuals are drawn."""
    kind = "municipality" if within == "organisation" and who.kind == "politician" else within
    return kind, f"wave {wave}"


def _units(who: Respondents, within: str) -> tuple[int, NDArray[np.int64]]:
    """Give the number of units, and the unit of each person."""
    if within == "project":
        return len(who.setting.projects), who.project
    return len(who.setting.units(who.kind)), who.people["org"].to_numpy()


def _blocks(who: Respondents, measurement: Measurement) -> dict[str, Mapping[str, Any]]:
    """Give the block of each item whose residual is partly shared."""
    found: dict[str, Mapping[str, Any]] = {}
    for name, block in who.values["blocks"].items():
        if not 0 < block["icc"] < 1 or (name == "roles" and who.kind == "manager"):
            continue
        variables = set(with_facets(who.population, block["variables"]))
        found |= {
            item.id: block
            for item in measurement.items
            if item.loadings and item.loadings[0][0] in variables
        }
    return found


def _self_rated(who: Respondents) -> set[str]:
    """Name the latent variables on which managers rate themselves."""
    block = who.values["blocks"]["roles"]["variables"]
    kept = [name for name in block if not name.startswith("DIL")]
    return set(with_facets(who.population, kept))


def _leniency(who: Respondents) -> tuple[Floats, Floats]:
    """Give the shift of answers about others, and that of managers about themselves."""
    none = np.zeros(who.n)
    if who.kind != "manager":
        return none, none
    shift: Floats = none + who.values["self_rating"]["bias_mean"]
    if "shifted_group" in who.violations:
        section = who.values["violations"]["shifted_group"]
        group = (who.people["gov_level"] == section["gov_level"]).to_numpy()
        shift = shift + section["shift"] * group
    return none, shift


def _facts(who: Respondents, formats: Mapping[str, ResponseFormat]) -> dict[str, Floats]:
    """Give filters, phases, radicality, attention items and participation."""
    names = list(formats)
    step = who.true.projects["STEP"][who.project]
    found = facts.fact_answers(names, who.reached, who.has_project, step, who.values)
    found |= facts.attention_answers(names, formats, who.n, who.values, who.streams, *who.label)
    if SHORT_TIME in formats:
        uniform = who.streams.uniform(who.n, *who.label, SHORT_TIME)
        found[SHORT_TIME] = (uniform >= who.values["facts"]["short_time"]).astype(float)
    if POLITICIAN in formats:
        found[POLITICIAN] = np.full(who.n, float(who.kind == "politician"))
    cells = [name for name in names if who.population.is_participation(name)]
    org = who.people["org"].to_numpy()
    return found | participation.draw_cells(
        cells,
        who.true.projects["BREADTH"][who.project],
        who.true.organisations["NPGP"][org] if cells else step,
        who.values["participation"],
        who.streams,
        *who.label,
    )


def _booklets(who: Respondents) -> NDArray[np.object_]:
    """Give each person a booklet by chance; empty where the questionnaire has none."""
    plan = who.questionnaires[0].planned_missingness
    if plan is None:
        return np.full(who.n, "", dtype=object)
    names = np.array([name for name, _ in plan.booklets], dtype=object)
    chosen: NDArray[np.object_] = who.streams.generator(*who.label, "booklet").choice(names, who.n)
    return chosen


def _with_missing(
    who: Respondents,
    answers: pd.DataFrame,
    formats: Mapping[str, ResponseFormat],
    booklet: NDArray[np.object_] | None,
) -> pd.DataFrame:
    """Put in every kind of missing answer: options, left out, not reached, not shown."""
    items, codes = who.items, who.values["codes"]
    rates = _option_rates(who)
    filters = missing.filter_items(items.values())
    result = answers.copy()
    for name, format_ in formats.items():
        if name not in filters:
            options = missing.offered(format_, who.version)
            uniform = who.streams.uniform(who.n, *who.label, "option", name)
            result[name] = missing.draw_options(result[name].to_numpy(), options, rates, uniform)
    left_out = missing.leave_out(result, _left_out_rates(who, result), who.streams, *who.label)
    result = left_out.assign(**{name: result[name] for name in filters if name in result})
    for cell in filter(who.population.is_participation, formats):
        result.loc[who.reached < int(cell[2]), cell] = float(codes["not_reached"])
    result = missing.hide(result, list(items.values()), float(codes["not_shown"]))
    return result if booklet is None else _asked_only(who, result, booklet)


def _option_rates(who: Respondents) -> dict[str, Any]:
    """Give the rates of ways to give no rating; "too early" hangs on the phase reached."""
    section = who.values["missing"]
    early = section["too_early"]
    too_early = np.where(who.reached >= 4, early["reached"], early["not_reached"])
    names = ("not_needed", "cannot_judge", "not_present", "do_not_know", "other")
    return {name: section[name] for name in names} | {"too_early": too_early, "not_reached": 0.0}


def _left_out_rates(who: Respondents, answers: pd.DataFrame) -> pd.DataFrame:
    """Give each cell its chance to be left out: staff new to the job skip some items more."""
    section = who.values["missing"]
    rate = float(section["not_answered"])
    rates = pd.DataFrame(rate, index=answers.index, columns=answers.columns)
    short = section["short_tenure"]
    if who.kind == "staff":
        is_new = (who.people["tenure_years"] < short["below"]).to_numpy()
        rates.loc[is_new, short["items"]] = missing.odds_times(rate, float(short["odds"]))
    return rates


def _asked_only(
    who: Respondents, answers: pd.DataFrame, booklet: NDArray[np.object_]
) -> pd.DataFrame:
    """Hide what a booklet does not ask."""
    plan = who.questionnaires[0].planned_missingness
    result = answers.copy()
    for name in dict(plan.booklets) if plan is not None else ():
        planned = {item for _, items in plan.sets for item in items} if plan is not None else set()
        asked = set(plan.items(name)) if plan is not None else set()
        unasked = [item for item in answers if item in planned - asked]
        result.loc[booklet == name, unasked] = float(who.values["codes"]["not_shown"])
    return result


def _context(who: Respondents, durations: NDArray[np.int64]) -> pd.DataFrame:
    """Give the context columns."""
    people = who.people
    project = who.setting.projects["project_id"].to_numpy(dtype=object)[who.project]
    tenure = people["tenure_years"] + (who.wave - 1)
    return pd.DataFrame(
        {
            "respondent_id": people["respondent_id"],
            "manager_id": _manager(who),
            "org_id": people["org_id"],
            "project_id": pd.Series(project).where(who.has_project),
            "respondent_role": people["respondent_role"],
            "version": who.version,
            "wave": who.wave,
            "gov_level": people["gov_level"],
            "sector": people["sector"],
            "org_size": people["org_size"],
            "country": people["country"],
            "language": people["language"],
            "tenure_years": tenure,
            "completed_at": completed_on(
                who.values["dates"], who.n, who.wave, who.streams, *who.label
            ),
            "duration_s": durations,
            "synthetic": True,
        }
    )


def _manager(who: Respondents) -> pd.Series[Any]:
    """Give the manager that the answers concern; none for people outside projects."""
    of_project = who.setting.projects["manager_id"].to_numpy(dtype=object)[who.project]
    if who.kind == "manager":
        return who.people["respondent_id"]
    return pd.Series(of_project).where(who.has_project)
