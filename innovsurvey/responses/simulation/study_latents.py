"""Latent variables of everybody in a study: what units share, and what is a person's own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from innovsurvey.responses.simulation.latent import mix
from innovsurvey.responses.simulation.streams import repeated

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.responses.simulation.latent import Structure
    from innovsurvey.responses.simulation.population import Population
    from innovsurvey.responses.simulation.setting import Setting
    from innovsurvey.responses.simulation.streams import Floats, Noise, Streams

    Latents = dict[str, Floats]


@dataclass(frozen=True, slots=True)
class StudyLatents:
    """Latent variables of one wave: of organisations, municipalities, projects and people."""

    organisations: Mapping[str, Floats]
    municipalities: Mapping[str, Floats]
    projects: Mapping[str, Floats]
    people: Mapping[str, Mapping[str, Floats]]


def draw_latents(
    population: Population, setting: Setting, wave: int, streams: Streams
) -> StudyLatents:
    """Draw the latent variables of a wave, unit by unit, then person by person."""
    draw = _Draw(population, setting, wave, streams)
    organisations = draw.organisations()
    municipalities = draw.municipalities()
    projects = draw.projects(organisations)
    people = {
        kind: draw.people(kind, municipalities if kind == "politician" else organisations, projects)
        for kind in setting.people
    }
    return StudyLatents(organisations, municipalities, projects, people)


def with_facets(population: Population, variables: Sequence[str]) -> tuple[str, ...]:
    """Add the facets of variables."""
    facets = population.values["facets"]
    return (*variables, *(name for name, (parent, _) in facets.items() if parent in variables))


def self_share(section: Mapping[str, Any]) -> float:
    """Give the share of a self-rating's variance that comes from the true role."""
    true, bias = section["true_weight"] ** 2, section["bias_sd"] ** 2
    return float(true / (true + bias))


@dataclass(frozen=True, slots=True)
class _Draw:
    """The parts that every draw of a wave needs."""

    population: Population
    setting: Setting
    wave: int
    streams: Streams

    def noise(self, n: int, *label: str) -> Noise:
        """Give the noise of this wave; a later one is correlated with the first."""
        first = self.streams.noise(n, "latent", *label, "wave 1")
        if self.wave == 1:
            return first
        fresh = self.streams.noise(n, "latent", *label, f"wave {self.wave}")
        return repeated(first, fresh, self.population.values["waves"]["stability"])

    def blocks(self, within: str) -> dict[str, Mapping[str, Any]]:
        """Give the blocks whose variables are shared within organisations or projects."""
        blocks = self.population.values["blocks"]
        return {name: block for name, block in blocks.items() if block["within"] == within}

    def shared(self, within: str) -> tuple[str, ...]:
        """Name the variables that such units share, facets included."""
        blocks = self.blocks(within).values()
        variables = [name for block in blocks if block["icc"] > 0 for name in block["variables"]]
        return with_facets(self.population, variables)

    def organisations(self) -> Latents:
        """Draw what organisations share."""
        structure = self.population.structure.inside(self.shared("organisation"))
        return structure.draw(self.noise(len(self.setting.organisations), "organisation"))

    def municipalities(self) -> Latents:
        """Draw what the politicians of a municipality share."""
        structure = self.population.structure.inside(self.shared("organisation"))
        return structure.draw(self.noise(len(self.setting.municipalities), "municipality"))

    def projects(self, organisations: Latents) -> Latents:
        """Draw the true values of projects; they depend on the organisations'."""
        org = self.setting.projects["org"].to_numpy()
        structure = self.population.structure.only(self.shared("project"))
        given = {n: v[org] for n, v in organisations.items() if n in structure.names}
        return structure.draw(self.noise(len(org), "project"), given)

    def people(self, kind: str, units: Latents, projects: Latents) -> Latents:
        """Join what a person shares with the unit or project and what is the person's own."""
        people = self.setting.people[kind]
        n, found = len(people), {}
        place = {
            "organisation": people["org"].to_numpy(),
            "project": np.maximum(people["project"].to_numpy(), 0),
        }
        for name, block in self.population.values["blocks"].items():
            within, icc = block["within"], float(block["icc"])
            if name == "roles" and kind == "manager":
                icc = self_share(self.population.values["self_rating"])
            between = units if within == "organisation" else projects
            own = self.inside(block).draw(self.noise(n, kind, name))
            for variable, values in own.items():
                found[variable] = (
                    mix(between[variable][place[within]], values, icc) if icc > 0 else values
                )
        return self._drifted(found)

    def inside(self, block: Mapping[str, Any]) -> Structure:
        """Give the structure within a block."""
        names = with_facets(self.population, block["variables"])
        return self.population.structure.inside(names)

    def _drifted(self, found: Latents) -> Latents:
        """Add the drift of later waves."""
        for variable, drift in self.population.values["waves"]["drift"].items():
            found[variable] = found[variable] + drift * (self.wave - 1)
        return found
