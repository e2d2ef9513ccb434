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


def expected_share(
    cell: str, section: Mapping[str, Any], *, breadth: float = 0.0, npg: float = 0.0
) -> Floats:
    """Give the probabilities of the codes of a cell for one project."""
    predictor = cell_predictor(cell, np.array([breadth]), np.array([npg]), section)
    above = expit(predictor - np.asarray(section["cuts"]))
    shares: Floats = -np.diff(np.concatenate([[1.0], above, [0.0]]))
    return shares
