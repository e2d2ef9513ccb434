"""Known violations of the measurement model, planted in the misfit world one by one."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal

import numpy as np

from innovsurvey.base.checks import check_choice
from innovsurvey.responses.simulation.items import ItemModel, Measurement, residuals, underlying

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from innovsurvey.responses.simulation.population import World
    from innovsurvey.responses.simulation.streams import Floats, Noise

Violation = Literal["metric", "scalar", "method", "cross_loading", "shifted_group"]
VIOLATIONS: Final = ("metric", "scalar", "method", "cross_loading", "shifted_group")
METHOD: Final = "METHOD"


def chosen_violations(
    world: World, violations: Sequence[Violation] | None
) -> tuple[Violation, ...]:
    """Give the violations of a world: none outside ``misfit``, there all that are not left out."""
    for name in violations or ():
        check_choice(name, "violations", VIOLATIONS)
    if world != "misfit":
        return ()
    return VIOLATIONS if violations is None else tuple(violations)


def violated(
    measurement: Measurement,
    reverse: Sequence[str],
    violations: Sequence[Violation],
    values: Mapping[str, Any],
) -> Measurement:
    """Add what holds for everybody: the method factor and the cross-loading."""
    extra: dict[str, tuple[tuple[str, float], ...]] = {}
    structure = measurement.structure
    if "method" in violations:
        loading = -values["method"]["loading"]  # a yea-sayer agrees with reversed items
        extra |= dict.fromkeys(reverse, ((METHOD, loading),))
        structure = replace(structure, exogenous=(*structure.exogenous, METHOD))
    cross = values["cross_loading"]
    if "cross_loading" in violations and cross["factor"] in structure.names:
        extra[cross["item"]] = ((cross["factor"], cross["loading"]),)
    items = tuple(
        replace(item, loadings=(*item.loadings, *extra.get(item.id, ())))
        for item in measurement.items
    )
    return replace(measurement, structure=structure, items=items)


def underlying_answers(
    measurement: Measurement,
    latents: Mapping[str, Floats],
    noise: Noise,
    people: pd.DataFrame,
    violations: Sequence[Violation],
    values: Mapping[str, Any],
) -> dict[str, Floats]:
    """Give the continuous answers to all items, with what holds for some people only."""
    implied = measurement.structure.implied()
    own = residuals(measurement, noise)
    answers = {
        item.id: underlying(item, latents, own[item.id], implied) for item in measurement.items
    }
    by_id = {item.id: item for item in measurement.items}
    metric, scalar = values["metric"], values["scalar"]
    if "metric" in violations and metric["item"] in answers:
        item = _with_loading(by_id[metric["item"]], metric["loading"])
        other = underlying(item, latents, own[item.id], implied)
        answers[item.id] = np.where(
            people["language"] == metric["language"], other, answers[item.id]
        )
    if "scalar" in violations and scalar["item"] in answers:
        shift = scalar["threshold"] * (people["gov_level"] == scalar["gov_level"]).to_numpy()
        answers[scalar["item"]] = answers[scalar["item"]] - shift
    return answers


def _with_loading(item: ItemModel, loading: float) -> ItemModel:
    """Change the first loading of an item."""
    (factor, _), *others = item.loadings
    return replace(item, loadings=((factor, loading), *others))
