"""The population values of ``population.yml``, checked and put into classes."""

from __future__ import annotations

import copy
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from innovsurvey.base.checks import check_choice, suggest
from innovsurvey.definitions.yaml_file import read_yaml
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.simulation.items import ItemModel, Measurement
from innovsurvey.responses.simulation.latent import Equation, Structure

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

World = Literal["seed", "null", "misfit"]
WORLDS: Final = ("seed", "null", "misfit")
POPULATION_FILE: Final = Path(__file__).with_name("population.yml")
_CODE: Final = re.compile(r"([A-Z]+)(\d+)")
_NO_FACTOR: Final = "none"


@dataclass(frozen=True, slots=True)
class Population:
    """What the generator takes as true in one world.

    ``structure`` holds the latent variables, ``loadings`` those of each item, ``values`` the
    sections of the file that concern the study, with changes and world already in them.
    """

    world: World
    structure: Structure
    loadings: Mapping[str, tuple[tuple[str, float], ...]]
    pairs: tuple[tuple[str, str, float], ...]
    values: Mapping[str, Any]

    def knows(self, item: str) -> bool:
        """Tell whether the population has values for an item."""
        return item in self.loadings or self.is_participation(item)

    def is_participation(self, item: str) -> bool:
        """Tell whether an item is a cell of participation by phase."""
        phase, _, actor = item.partition("_")
        section = self.values["participation"]
        return phase in section["phase"] and actor in section["actor"]

    def thresholds(self, item: str) -> tuple[float, ...]:
        """Give the thresholds of an item: its group's sets in rotation, shifted."""
        letters, number = _CODE.fullmatch(item).groups()  # type: ignore[union-attr]
        group = self.values["threshold_groups"][letters]
        sets = self.values["thresholds"][group["set"]]
        chosen = sets[(int(number) - 1) % len(sets)]
        return tuple(round(cut + group.get("shift", 0.0), 6) for cut in chosen)

    def measurement(self, items: Sequence[str], extra: Sequence[str] = ()) -> Measurement:
        """Give the part of the population that some items need; ``extra`` keeps more variables."""
        models = tuple(
            ItemModel(item, self.loadings[item], self.thresholds(item))
            for item in items
            if item in self.loadings
        )
        factors = [factor for model in models for factor, _ in model.loadings]
        return Measurement(self.structure.only([*factors, *extra]), models, self.pairs)


def load_population(world: World = "seed", changes: Mapping[str, Any] | None = None) -> Population:
    """Read the population of a world.

    Parameters
    ----------
    world
        ``seed`` (the structural paths of the source texts hold), ``null`` (all of them are zero)
        or ``misfit`` (as ``seed``, with known violations of the measurement).
    changes
        Other values, by place in the file: ``{"careless.random": 0}``.

    Raises
    ------
    SpecificationError
        Unknown world or place.

    Examples
    --------
    >>> load_population().structure.implied().loc["CON", "FAC"].round(2)
    np.float64(0.72)
    """
    check_choice(world, "world", WORLDS)
    values = copy.deepcopy(_file())
    for place, value in (changes or {}).items():
        _change(values, place, value)
    if world == "null":
        values["participation"]["phase"] = dict.fromkeys(values["participation"]["phase"], 0.0)
        values["participation"]["npg_slope"] = 0.0
        values["waves"]["drift"] = dict.fromkeys(values["waves"]["drift"], 0.0)
    structure = _structure(values)
    return Population(
        world=world,
        structure=structure.without_paths() if world == "null" else structure,
        loadings=_loadings(values["loadings"]),
        pairs=tuple((a, b, r) for a, b, r in values["residual_correlations"]),
        values=values,
    )


@cache
def _file() -> dict[str, Any]:
    """Read the file once."""
    data: dict[str, Any] = read_yaml(POPULATION_FILE).data
    return data


def _change(values: dict[str, Any], place: str, value: Any) -> None:
    """Put another value at a place; the place must be there."""
    *path, last = place.split(".")
    here: Any = values
    for key in path:
        here = here.get(key) if isinstance(here, dict) else None
    if not isinstance(here, dict) or last not in here:
        known = list(here) if isinstance(here, dict) else list(values)
        message = f"changes= names {place!r}, which the population has not{suggest(last, known)}."
        raise SpecificationError(message)
    here[last] = value


def _structure(values: Mapping[str, Any]) -> Structure:
    """Build the latent structure: causes, relations, facets, then structural paths."""
    correlations = tuple((a, b, r) for a, b, r in values["correlations"])
    structure = Structure(tuple(values["exogenous"]), correlations)
    for name, relation in values["relations"].items():
        structure = _with(structure, [_relation(structure, name, relation)])
    facets = [Equation(n, ((parent, r),)) for n, (parent, r) in values["facets"].items()]
    paths = [
        Equation(name, tuple(weights.items()), structural=True)
        for name, weights in values["paths"].items()
    ]
    return _with(structure, [*facets, *paths])


def _with(structure: Structure, equations: Iterable[Equation]) -> Structure:
    """Add equations to a structure."""
    return Structure(
        structure.exogenous, structure.correlations, (*structure.equations, *equations)
    )


def _relation(structure: Structure, name: str, relation: Mapping[str, Any]) -> Equation:
    """Turn a sum or stated correlations into weights."""
    wanted: Mapping[str, float] = relation.get("sum") or relation["correlations"]
    sources = list(wanted)
    matrix = structure.implied().loc[sources, sources].to_numpy()
    numbers = np.array(list(wanted.values()), dtype=float)
    if "sum" in relation:
        weights = numbers / np.sqrt(numbers @ matrix @ numbers)
    else:
        weights = np.linalg.solve(matrix, numbers)
    return Equation(name, tuple(zip(sources, weights.tolist(), strict=True)))


def _loadings(section: Mapping[str, Any]) -> dict[str, tuple[tuple[str, float], ...]]:
    """Turn loadings by factor into loadings by item."""
    by_item: dict[str, tuple[tuple[str, float], ...]] = {}
    for factor, items in section.items():
        for item, loading in items.items():
            own = () if factor == _NO_FACTOR else ((factor, loading),)
            by_item[item] = (*by_item.get(item, ()), *own)
    return by_item
