"""Draw independent people, or people in groups, for one instrument."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
import pandas as pd

from innovsurvey.responses.simulation import careless as careless_rows
from innovsurvey.responses.simulation import facts, missing, participation
from innovsurvey.responses.simulation.items import categorise, to_points
from innovsurvey.responses.simulation.latent import mix
from innovsurvey.responses.simulation.streams import Streams
from innovsurvey.responses.simulation.violations import underlying_answers, violated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import ContextRole, Instrument, ResponseFormat
    from innovsurvey.responses.simulation.items import Measurement
    from innovsurvey.responses.simulation.population import Population
    from innovsurvey.responses.simulation.streams import Floats
    from innovsurvey.responses.simulation.violations import Violation


@dataclass(frozen=True, slots=True)
class Plan:
    """Which items are asked, and the population that they follow; ``own`` if it is ours."""

    instrument: Instrument
    items: tuple[str, ...]
    form: str | None
    measurement: Measurement
    population: Population
    own: bool
    source: str

    @property
    def formats(self) -> dict[str, ResponseFormat]:
        """The response format of each item."""
        return {item: self.instrument.format_of(item) for item in self.items}

    @property
    def id_column(self) -> str:
        """The column of the respondent ids."""
        return self._column("respondent", "respondent_id")

    @property
    def group_column(self) -> str:
        """The column of the groups."""
        return self._column("group", "org_id")

    def _column(self, role: ContextRole, default: str) -> str:
        """Find the context column of a role."""
        declared = [column.id for column in self.instrument.context if column.role == role]
        return declared[0] if declared else default


def missing_rates(given: bool | Mapping[str, float], values: Mapping[str, Any]) -> dict[str, float]:
    """Give the rates of missing answers by reason; ``other`` is for reasons not named."""
    names = ("not_answered", "not_needed", "cannot_judge", "not_present", "do_not_know", "other")
    rates = {name: float(values["missing"][name]) for name in names}
    rates |= {"too_early": values["missing"]["too_early"]["reached"], "not_reached": 0.0}
    if isinstance(given, bool):
        return rates if given else dict.fromkeys(rates, 0.0)
    return rates | dict(given)


def draw_frame(
    plan: Plan,
    *,
    n: int,
    seed: int,
    version: str,
    n_groups: int | None,
    icc: float,
    careless: Mapping[str, float],
    missing: Mapping[str, float],
    violations: Sequence[Violation],
) -> tuple[pd.DataFrame, NDArray[np.object_]]:
    """Draw everything: context and coded answers, and how each person answered."""
    streams = Streams(seed)
    people = _people(plan, n, version, n_groups, streams)
    groups = None if n_groups is None else people[plan.group_column].factorize(sort=True)[0]
    answers = _answers(plan, people, groups, icc, violations, streams)
    kinds = careless_rows.draw_kinds(n, careless, streams)
    partial_share = plan.population.values["careless"]["partial_share"]
    answers = careless_rows.answer_carelessly(
        answers, plan.formats, kinds, streams, partial_share=partial_share
    )
    answers = _with_missing(plan, answers, version, missing, streams)
    people["duration_s"] = careless_rows.draw_durations(
        (answers != plan.population.values["codes"]["not_shown"]).sum(axis=1).to_numpy(),
        kinds, plan.population.values["times"], streams, partial_share=partial_share,
    )  # fmt: skip
    return pd.concat([people, answers], axis=1), kinds


def _people(
    plan: Plan, n: int, version: str, n_groups: int | None, streams: Streams
) -> pd.DataFrame:
    """Make the context columns."""
    width = len(str(n))
    people = pd.DataFrame({plan.id_column: [f"syn{k:0{width}d}" for k in range(1, n + 1)]})
    if n_groups is not None:
        place = streams.generator("groups").permutation(n) % n_groups
        people[plan.group_column] = [f"group{k + 1:0{len(str(n_groups))}d}" for k in place]
    for name in ("gov_level", "language") if plan.own else ():
        shares = plan.population.values["organisations"][name]
        chosen = np.searchsorted(np.cumsum(list(shares.values())), streams.uniform(n, name))
        people[name] = np.array(list(shares), dtype=object)[np.minimum(chosen, len(shares) - 1)]
    dates = plan.population.values["dates"]
    first = dt.date.fromisoformat(dates["first"])
    days = streams.generator("dates").integers(0, dates["days"], size=n)
    completed = [(first + dt.timedelta(days=int(day))).isoformat() for day in days]
    return people.assign(version=version, wave=1, completed_at=completed, synthetic=True)


def _answers(
    plan: Plan,
    people: pd.DataFrame,
    groups: NDArray[np.intp] | None,
    icc: float,
    violations: Sequence[Violation],
    streams: Streams,
) -> pd.DataFrame:
    """Draw complete answers of careful people, in the order of the questionnaire."""
    n, values = len(people), plan.population.values
    if not plan.own:
        violations = [name for name in violations if name == "method"]
    items = {name: plan.instrument.item(name) for name in plan.items}
    reverse = [name for name, item in items.items() if item.reverse]
    measurement = violated(plan.measurement, reverse, violations, values["violations"])
    latents = _latents(measurement, n, groups, icc, streams)
    drawn = underlying_answers(
        measurement, latents, streams.noise(n, "residual"), people, violations,
        values["violations"],
    )  # fmt: skip
    cuts = {model.id: model.thresholds for model in measurement.items}
    found = {
        name: to_points(categorise(answer, cuts[name]), items[name], plan.formats[name])
        for name, answer in drawn.items()
    }
    found |= _own_facts(plan, latents, n, streams) if plan.own else {}
    columns = {
        name: found[name]
        if name in found
        else facts.any_answers(plan.formats[name], n, streams.generator("any", name))
        for name in plan.items
    }
    return pd.DataFrame(columns, index=people.index)


def _latents(
    measurement: Measurement,
    n: int,
    groups: NDArray[np.intp] | None,
    icc: float,
    streams: Streams,
) -> dict[str, Floats]:
    """Draw the latent variables, with a part that groups share."""
    within = measurement.structure.draw(streams.noise(n, "latent"))
    if groups is None:
        return within
    between = measurement.structure.draw(streams.noise(int(groups.max()) + 1, "latent of groups"))
    return {name: mix(between[name][groups], within[name], icc) for name in within}


def _own_facts(
    plan: Plan, latents: Mapping[str, Floats], n: int, streams: Streams
) -> dict[str, Floats]:
    """Give participation, filters and attention items of our own instruments."""
    values = plan.population.values
    reached = facts.draw_reached(n, values["phases_reached"], streams)
    led = streams.uniform(n, "led") >= values["facts"]["not_led"]
    step = latents.get("STEP", np.zeros(n))
    found = facts.fact_answers(plan.items, reached, led, step, values)
    found |= facts.attention_answers(plan.items, plan.formats, n, values, streams)
    cells = [name for name in plan.items if plan.population.is_participation(name)]
    if cells:
        found |= participation.draw_cells(
            cells, latents["BREADTH"], latents["NPGP"], values["participation"], streams
        )
        late = {cell: int(cell[2]) > reached for cell in cells}
        code = float(values["codes"]["not_reached"])
        found |= {cell: np.where(late[cell], code, found[cell]) for cell in cells}
    return found


def _with_missing(
    plan: Plan,
    answers: pd.DataFrame,
    version: str,
    rates: Mapping[str, float],
    streams: Streams,
) -> pd.DataFrame:
    """Hide what filters hide, use the ways to give no rating, and leave cells out."""
    codes = plan.population.values["codes"]
    result = answers.copy()
    for name, format_ in plan.formats.items():
        options = missing.offered(format_, version)
        uniform = streams.uniform(len(answers), "option", name)
        found = missing.draw_options(answers[name].to_numpy(), options, rates, uniform)
        fixed = answers[name].to_numpy() < min([*format_.values, codes["not_reached"] + 1])
        result[name] = np.where(fixed & bool(format_.points), answers[name], found)
    result = missing.leave_out(result, float(rates["not_answered"]), streams)
    items = [plan.instrument.item(name) for name in plan.items]
    result = missing.hide(result, items, float(codes["not_shown"]))
    unasked = [item.id for item in items if version not in item.versions]
    return result.assign(**dict.fromkeys(unasked, float(codes["not_shown"])))
