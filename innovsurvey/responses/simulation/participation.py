"""Participation by phase: a cumulative logit for every cell of phase and actor group."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.responses.simulation.streams import Floats, Streams

NEEDED = ("BREADTH", "NPGP")


def cell_predictor(cell: str, breadth: Floats, npg: Floats, section: Mapping[str, Any]) -> Floats:
    """Give the predictor of a cell on the logit scale, with an extra slope for outside actors."""
    phase, actor = cell.split("_")
    predictor: Floats = section["actor"][actor] + section["project_sd"] * breadth
    if actor in section["outside"]:
        predictor = predictor + section["phase"][phase] + section["npg_slope"] * npg
    return predictor


def draw_cells(
    cells: Sequence[str],
    breadth: Floats,
    npg: Floats,
    section: Mapping[str, Any],
    streams: Streams,
    *label: str,
) -> dict[str, Floats]:
    """Draw the codes 0-4 of all cells: P(code > k) = logistic(predictor - cut k)."""
    codes = {}
    for cell in cells:
        predictor = cell_predictor(cell, breadth, npg, section)
        above = expit(predictor[:, None] - np.asarray(section["cuts"]))
        uniform = streams.uniform(len(predictor), *label, "participation", cell)
        codes[cell] = (uniform[:, None] < above).sum(axis=1).astype(float)
    return codes


def expected_intensity(cell: str, section: Mapping[str, Any]) -> float:
    """Give the expected code of a cell divided by 4, over projects and organisations."""
    nodes, weights = np.polynomial.hermite_e.hermegauss(41)
    slope = section["npg_slope"] if cell.split("_")[1] in section["outside"] else 0.0
    spread = np.sqrt(section["project_sd"] ** 2 + slope**2)
    centre = cell_predictor(cell, np.zeros(1), np.zeros(1), section)
    above = expit(centre + spread * nodes[:, None] - np.asarray(section["cuts"]))
    return float(weights @ above.mean(axis=1) / weights.sum())


def expected_imbalance(section: Mapping[str, Any]) -> float:
    """Give the expected imbalance: implementation minus the mean of the first two phases."""

    def outside(phase: str) -> float:
        return float(
            np.mean([expected_intensity(f"{phase}_{a}", section) for a in section["outside"]])
        )

    return outside("PH4") - (outside("PH1") + outside("PH2")) / 2
