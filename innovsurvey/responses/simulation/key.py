"""The answer key of a study, and the files that go with it."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.responses.simulation.participation import expected_imbalance
from innovsurvey.responses.simulation.study_latents import self_share

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.responses.simulation.items import Measurement
    from innovsurvey.responses.simulation.population import Population
    from innovsurvey.responses.simulation.study_latents import StudyLatents

_DIGITS: Final = 4
_INLINE: Final = 96
_PROJECT: Final = ("CON", "FAC", "CAT", "COLQ", "OUT", "STEP", "BREADTH")
_OF_PEOPLE: Final = {
    "observer": ("CON", "FAC", "CAT"),
    "staff": ("CULT", "NPMP", "NPGP"),
    "politician": ("IPL", "SOV", "AUT", "INT"),
}


def answer_key(
    population: Population,
    measurements: Mapping[str, Measurement],
    latents: StudyLatents,
    careless: Mapping[str, pd.Series[Any]],
    *,
    seed: int,
    options: Mapping[str, Any],
) -> dict[str, Any]:
    """Write down every value that was used and what was drawn from it."""
    own = dict(population.values)
    for name in ("exogenous", "correlations", "relations", "facets", "paths", "loadings"):
        own.pop(name)
    return {
        "synthetic": True,
        "generator": own.pop("generator"),
        "world": population.world,
        "seed": seed,
        "options": dict(options),
        "latent": _structure(population),
        "items": _items(measurements),
        "residual_correlations": own.pop("residual_correlations"),
        "expected": {
            "imbalance": round(expected_imbalance(population.values["participation"]), _DIGITS),
            "true_role_in_self_rating": round(
                float(np.sqrt(self_share(population.values["self_rating"]))), _DIGITS
            ),
        },
        "settings": own,
        "drawn": _drawn(latents),
        "careless_rows": {
            name: {kind: rows.index[rows == kind].tolist() for kind in sorted(set(rows) - {""})}
            for name, rows in careless.items()
        },
    }


def _structure(population: Population) -> dict[str, Any]:
    """Write the latent variables down: weights and what they imply."""
    structure = population.structure
    implied, explained = structure.implied(), structure.explained()
    equations = {
        e.target: {
            "weights": {name: round(weight, 6) for name, weight in e.weights},
            "r_squared": round(explained[e.target], _DIGITS),
            "structural": e.structural,
        }
        for e in structure.equations
    }
    main = [*structure.exogenous, "COLQ", "OUT", "STEP", "BREADTH", "INT"]
    return {
        "causes": list(structure.exogenous),
        "correlations_of_causes": [list(pair) for pair in structure.correlations],
        "equations": equations,
        "implied_correlations": _correlations(implied.loc[main, main]),
    }


def _correlations(matrix: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Give the lower triangle of a correlation matrix."""
    names = list(matrix.columns)
    return {
        a: {b: round(float(matrix.to_numpy()[i, j]), _DIGITS) for j, b in enumerate(names[:i])}
        for i, a in enumerate(names)
        if i
    }


def _items(measurements: Mapping[str, Measurement]) -> dict[str, Any]:
    """Give the loadings and thresholds of every item that was asked."""
    return {
        item.id: {"loadings": dict(item.loadings), "thresholds": list(item.thresholds)}
        for measurement in measurements.values()
        for item in measurement.items
    }


def _drawn(latents: StudyLatents) -> dict[str, Any]:
    """Give correlations and means of the latent variables as they were drawn."""
    groups: dict[str, tuple[Mapping[str, Any], tuple[str, ...]]] = {
        "projects": (latents.projects, _PROJECT)
    }
    groups |= {kind: (latents.people[kind], names) for kind, names in _OF_PEOPLE.items()}
    found = {}
    for name, (values, variables) in groups.items():
        frame = pd.DataFrame({v: values[v] for v in variables})
        found[name] = {
            "n": len(frame),
            "correlations": _correlations(frame.corr()),
            "means": {v: round(float(frame[v].mean()), _DIGITS) for v in variables},
        }
    return found


def write_yaml(value: Any, indent: int = 0) -> str:
    """Write plain data as YAML: short lists and mappings in one line, texts in quotes.

    Examples
    --------
    >>> print(write_yaml({"seed": 1, "ids": ["a", "b"]}))
    "seed": 1
    "ids": ["a", "b"]
    """
    lines = []
    for key, entry in value.items():
        text = json.dumps(entry, ensure_ascii=False)
        start = " " * indent + json.dumps(str(key), ensure_ascii=False) + ":"
        if isinstance(entry, dict) and entry and len(start) + len(text) >= _INLINE:
            lines += [start, write_yaml(entry, indent + 2)]
        elif isinstance(entry, list) and len(start) + len(text) >= _INLINE:
            lines += [start, *_wrapped(entry, indent + 2)]
        else:
            lines.append(f"{start} {text}")
    return "\n".join(lines)


def _wrapped(entries: Sequence[Any], indent: int) -> list[str]:
    """Write a long list over several lines."""
    lines, line = [], " " * indent + "["
    for k, entry in enumerate(entries):
        piece = json.dumps(entry, ensure_ascii=False) + ("]" if k == len(entries) - 1 else ",")
        if len(line) + len(piece) > _INLINE:
            lines.append(line.rstrip())
            line = " " * (indent + 1)
        line += piece + " "
    return [*lines, line.rstrip()]
