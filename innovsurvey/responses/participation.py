"""Participation by phase and actor group: how many took part, how far, and when."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import MissingItemsError, SpecificationError
from innovsurvey.responses.model import check_responses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Matrix, MatrixLine
    from innovsurvey.responses.model import Responses

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Reasons = NDArray[np.object_]

# Six codes with "informed" and "consulted" apart, put on the ladder of five.
SIX_POINT: Final[Mapping[float, float]] = {0: 0, 1: 1, 2: 1, 3: 2, 4: 3, 5: 4}
MIN_PHASE_SHARE: Final = 0.75
_NOT_REACHED: Final = ("not_reached", "not_shown", "not_needed")
_IMPLEMENTATION: Final = ("implementation",)
_PRIVATE: Final = ("private",)
# Ending of the column -> groups of phases that count as early, groups of actors.
_VARIANTS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {
    "": (("early",), _PRIVATE),
    "_with_experts": (("early",), ("private", "expert")),
    "_early3": (("early", "middle"), _PRIVATE),
}
_REASON_WORDS: Final = {
    "no_phase_reached": "no phase was reached",
    "too_few_answers": "no phase has enough answers",
    "nobody_took_part": "nobody took part in any phase",
    "phase_missing": "an early phase or the implementation has no valid answers",
    "no_private_participation": "no private actor took part early or in the implementation",
    "group_not_defined": "the matrix names no such phases or actor groups",
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Participation(Result):
    """Indices of participation, one row per person (project).

    Parameters
    ----------
    indices
        One column per index; NaN where it cannot be computed.
    reasons
        Same shape: why an index is missing; NaN where there is one.
    breadth_by_phase, intensity_by_phase, depth_by_phase, private_intensity_by_phase
        The parts, one column per phase; NaN where the phase is not valid (for depth also where
        nobody took part).
    n_phases
        Phases that are reached and valid, for each person.
    """

    indices: pd.DataFrame
    reasons: pd.DataFrame
    breadth_by_phase: pd.DataFrame
    intensity_by_phase: pd.DataFrame
    depth_by_phase: pd.DataFrame
    private_intensity_by_phase: pd.DataFrame
    n_phases: pd.Series[int]

    @property
    def title(self) -> str:
        """Name the matrix and the people."""
        n_phases = self.breadth_by_phase.shape[1]
        return f"Participation in {n_phases} phases, N = {self.n_obs}"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per person: the number of valid phases and the indices."""
        return pd.concat([self.n_phases, self.indices], axis=1)


def participation(
    responses: Responses,
    *,
    matrix: str | None = None,
    remap: Mapping[float, float] | None = None,
    six_point: bool = False,
) -> Participation:
    r"""Describe who took part in which phase: breadth, intensity, diversity, imbalance.

    Parameters
    ----------
    responses
        What :func:`read_responses` gave, for an instrument with a matrix of phases (rows) and
        actor groups (columns).
    matrix
        Id of the matrix; by default the only one whose rows or columns belong to groups.
    remap
        Answer -> step of the ladder, for forms with other codes.
    six_point
        True for the form with codes 0 to 5, where 1 (informed) and 2 (consulted) are one step:
        ``remap={0: 0, 1: 1, 2: 1, 3: 2, 4: 3, 5: 4}``.

    Returns
    -------
    Participation
        ``to_frame()`` has ``n_phases, breadth, reach, intensity, depth, n_eff, diversity,
        collaboration_share, imbalance, relative_imbalance`` and the two imbalances with the
        endings ``_with_experts`` and ``_early3``.

    Raises
    ------
    SpecificationError
        No matrix fits, or several do; ``remap`` leaves out an answer.
    MissingItemsError
        No cell of the matrix is in the data.

    Notes
    -----
    With :math:`x_{pa}` the answer for phase p and actor group a, 0 to M (M = 4), A actor groups
    and P phases:

    - breadth: :math:`B_p = \#\{a: x_{pa} \ge 1\}/A`, B its mean over phases;
    - reach: :math:`R = \#\{a: \max_p x_{pa} \ge 1\}/A`;
    - intensity: :math:`I_p = \sum_a x_{pa}/(MA)`, I its mean over phases;
    - depth: :math:`D_p = \sum_a x_{pa}/(M n_p)` with :math:`n_p` the groups that took part;
      :math:`D = \sum x/(M \sum n_p)`, so that :math:`I = B D` in a complete matrix;
    - diversity: with :math:`s_a = \sum_p x_{pa}/\sum x`, :math:`N_{eff} = \exp(-\sum s_a \ln s_a)`
      (Hill, 1973) and :math:`DIV = (N_{eff} - 1)/(A - 1)`;
    - collaboration share: :math:`\#\{x_{pa} = M\}/(AP)`;
    - imbalance: with :math:`I_p^S` the intensity of the actors of the group ``private``, the mean
      over phases of the group ``implementation`` minus the mean over phases of the group
      ``early``, -1 to 1; positive if private actors come in at implementation. The relative one
      divides by the sum of the two means. Two variants for sensitivity: actors of the groups
      ``private`` and ``expert``; phases of the groups ``early`` and ``middle`` as early ones.

    Missing cells: a phase counts if at least 75 % of its cells are answered (6 of 8); other
    phases, and those not reached, drop out. Within a phase A and |S| are the numbers of answered
    cells. Sums over answers take the cells there are; no cell is filled in. The imbalance needs
    every phase of the groups it compares.

    References
    ----------
    Hill, M. O. (1973). Diversity and evenness: A unifying notation and its consequences. Ecology,
    54(2), 427-432. https://doi.org/10.2307/1934352

    Examples
    --------
    >>> import innovsurvey as isv
    >>> matrix = isv.load_instrument("participation-by-phase")
    >>> frame = pd.DataFrame({item: [4, 2] for item in matrix.item_ids})
    >>> frame.loc[0, "PH1_AC4":"PH3_AC8"] = 0
    >>> result = participation(isv.read_responses(frame, matrix))
    >>> result.to_frame()[["breadth", "intensity", "imbalance"]].round(3)
                breadth  intensity  imbalance
    respondent
    1             0.475      0.475        1.0
    2             1.000      0.500        0.0
    """
    check_responses(responses, "participation")
    chosen = _find_matrix(responses, matrix)
    ladder = SIX_POINT if six_point and remap is None else remap
    grid = _Grid.of(responses, chosen, ladder)
    values, reasons = _indices(grid)
    index = responses.data.index
    phases = [row.id for row in chosen.rows]
    private = _lines(chosen.columns, _PRIVATE)
    by_phase = {
        "breadth_by_phase": _share(grid.took_part, grid.n_cells),
        "intensity_by_phase": grid.intensity(slice(None)),
        "depth_by_phase": _share(grid.total, grid.top * grid.took_part),
        "private_intensity_by_phase": grid.intensity(private),
    }
    reason_frame = pd.DataFrame(reasons, index=index)
    return Participation(
        indices=pd.DataFrame(values, index=index),
        reasons=reason_frame,
        **{name: pd.DataFrame(v, index=index, columns=phases) for name, v in by_phase.items()},
        n_phases=pd.Series(grid.valid.sum(axis=1), index=index, name="n_phases"),
        n_obs=responses.n_obs,
        notes=(*_phase_notes(grid), *_index_notes(reason_frame)),
    )


@dataclass(frozen=True)
class _Grid:
    """Answers as people x phases x actor groups from 0 to ``top``; NaN in phases that drop out.

    ``reached`` and ``valid`` have one flag per person and phase.
    """

    matrix: Matrix
    x: Floats
    top: float
    reached: Flags
    valid: Flags

    @classmethod
    def of(cls, responses: Responses, matrix: Matrix, remap: Mapping[float, float] | None) -> _Grid:
        """Lay the cells out and drop phases that are not reached or have too few answers."""
        shape = (responses.n_obs, len(matrix.rows), len(matrix.columns))
        names = [f"{row.id}_{column.id}" for row in matrix.rows for column in matrix.columns]
        data = responses.data.reindex(columns=names)
        reasons = responses.reasons.reindex(columns=names)
        x, top = _ladder(responses, data, names[0], remap)
        x = x.reshape(shape)
        skipped = np.column_stack([reasons[name].isin(_NOT_REACHED) for name in names])
        reached = _some(~skipped.reshape(shape), 2)
        share = (~np.isnan(x)).mean(axis=2)
        valid = reached & (share >= MIN_PHASE_SHARE)
        return cls(matrix, np.where(valid[:, :, None], x, np.nan), top, reached, valid)

    @property
    def n_cells(self) -> Floats:
        """Answered cells by person and phase."""
        return _count(~np.isnan(self.x), 2)

    @property
    def n_actors(self) -> Floats:
        """Actor groups with an answer in any valid phase, by person."""
        return _count(_some(~np.isnan(self.x), 1), 1)

    @property
    def took_part(self) -> Floats:
        """Actor groups that took part, by person and phase."""
        return _count(self.x >= 1, 2)

    @property
    def total(self) -> Floats:
        """The sum of the answers, by person and phase."""
        total: Floats = np.nansum(self.x, axis=2)
        return total

    def intensity(self, actors: slice | list[int]) -> Floats:
        """Give the intensity of some actors by person and phase; NaN without a valid cell."""
        x = self.x[:, :, actors]
        return _share(np.nansum(x, axis=2), self.top * _count(~np.isnan(x), 2))


def _find_matrix(responses: Responses, wanted: str | None) -> Matrix:
    """Find the matrix asked for, or the only one that fits."""
    instrument = responses.instrument
    matrices = instrument.matrices if wanted is None else (instrument.matrix(wanted),)
    grouped = [m for m in matrices if any(line.group for line in (*m.rows, *m.columns))]
    fitting = grouped or list(matrices)
    if len(fitting) != 1:
        found = join_names([m.id for m in fitting]) or "none"
        message = (
            f"{instrument.id} needs one matrix of phases and actor groups; it has {found}. "
            "Name one with matrix=, or take an instrument that has one."
        )
        raise SpecificationError(message)
    matrix = fitting[0]
    cells = [f"{row.id}_{column.id}" for row in matrix.rows for column in matrix.columns]
    if not set(cells) & set(responses.data):
        message = f"no cell of the matrix {matrix.id!r} is in the data (such as {cells[0]})."
        raise MissingItemsError(message, missing=cells)
    return matrix


def _ladder(
    responses: Responses, data: pd.DataFrame, cell: str, remap: Mapping[float, float] | None
) -> tuple[Floats, float]:
    """Put answers on the steps 0, 1, ... of the ladder, and give the top one."""
    format_ = responses.instrument.format_of(cell)
    answers = data.to_numpy(dtype=float)
    if remap is None:
        low, high = format_.low, format_.high
        if low is None or high is None:
            message = f"the answers to {cell} have no limits, so there is no ladder. Give remap=."
            raise SpecificationError(message)
        return answers - low, high - low
    unknown = [f"{v:g}" for v in np.unique(answers[~np.isnan(answers)]) if v not in remap]
    if unknown:
        message = f"remap= does not say what becomes of {join_names(unknown)}. Add it."
        raise SpecificationError(message)
    steps = np.full(answers.shape, np.nan)
    for old, new in remap.items():
        steps[answers == old] = new
    return steps, float(max(remap.values()))


def _lines(lines: Iterable[MatrixLine], groups: tuple[str, ...]) -> list[int]:
    """Give the places of the rows or columns that belong to one of the groups."""
    return [i for i, line in enumerate(lines) if line.group in groups]


def _count(flags: Flags, axis: int | tuple[int, ...]) -> Floats:
    """Count the flags along an axis, as floats to divide by."""
    counts: Floats = flags.sum(axis=axis, dtype=float)
    return counts


def _some(flags: Flags, axis: int) -> Flags:
    """Tell whether any flag along an axis is set."""
    return np.asarray(flags.any(axis=axis), dtype=bool)


def _share(part: Floats, whole: Floats) -> Floats:
    """Divide; NaN where the whole is zero."""
    share: Floats = np.divide(part, whole, out=np.full(part.shape, np.nan), where=whole > 0)
    return share


def _phase_mean(x: Floats) -> Floats:
    """Average over the phases there are."""
    return _share(np.nansum(x, axis=1), _count(~np.isnan(x), 1))


def _levels(grid: _Grid) -> dict[str, Floats]:
    """Compute the indices that take all phases alike."""
    n_eff, diversity = _diversity(grid)
    ever = _count(_some(grid.x >= 1, 1), 1)
    collaborated = _count(grid.x == grid.top, (1, 2))
    return {
        "breadth": _phase_mean(_share(grid.took_part, grid.n_cells)),
        "reach": _share(ever, grid.n_actors),
        "intensity": _phase_mean(grid.intensity(slice(None))),
        "depth": _share(grid.total.sum(axis=1), grid.top * grid.took_part.sum(axis=1)),
        "n_eff": n_eff,
        "diversity": diversity,
        "collaboration_share": _share(collaborated, grid.n_cells.sum(axis=1)),
    }


def _indices(grid: _Grid) -> tuple[dict[str, Floats], dict[str, Reasons]]:
    """Compute every index and the reasons where it is missing."""
    general = _general_reasons(grid)
    values = _levels(grid)
    reasons = {name: _where_missing(x, general, "nobody_took_part") for name, x in values.items()}
    for ending, (early, actors) in _VARIANTS.items():
        absolute, relative, why = _imbalance(grid, early, actors)
        because = _where_missing(absolute, general, why)
        values |= {f"imbalance{ending}": absolute, f"relative_imbalance{ending}": relative}
        reasons[f"imbalance{ending}"] = because
        reasons[f"relative_imbalance{ending}"] = _where_missing(
            relative, because, "no_private_participation"
        )
    return values, reasons


def _diversity(grid: _Grid) -> tuple[Floats, Floats]:
    """Give the effective number of actor groups, and the same on 0 to 1."""
    by_actor = np.nansum(grid.x, axis=1)
    s = _share(by_actor, np.broadcast_to(by_actor.sum(axis=1)[:, None], by_actor.shape))
    entropy = -np.sum(s * np.log(np.where(s > 0, s, 1.0)), axis=1)
    n_eff = np.exp(entropy)
    return n_eff, _share(n_eff - 1, grid.n_actors - 1)


def _imbalance(
    grid: _Grid, early: tuple[str, ...], actors: tuple[str, ...]
) -> tuple[Floats, Floats, str]:
    """Give the imbalance, the relative one, and why the first is missing where it is."""
    first = _lines(grid.matrix.rows, early)
    late = _lines(grid.matrix.rows, _IMPLEMENTATION)
    chosen = _lines(grid.matrix.columns, actors)
    if not (first and late and chosen):
        nothing = np.full(len(grid.x), np.nan)
        return nothing, nothing, "group_not_defined"
    intensity = grid.intensity(chosen)
    before, after = intensity[:, first].mean(axis=1), intensity[:, late].mean(axis=1)
    return after - before, _share(after - before, after + before), "phase_missing"


def _general_reasons(grid: _Grid) -> Reasons:
    """Tell whose answers give no index at all, and why; None for the others."""
    reasons = np.full(len(grid.x), None, dtype=object)
    reasons[~grid.valid.any(axis=1)] = "too_few_answers"
    reasons[~grid.reached.any(axis=1)] = "no_phase_reached"
    return reasons


def _where_missing(values: Floats, known: Reasons, reason: str) -> Reasons:
    """Give the reason of every missing value: the known one, else this one."""
    filled = known.copy()
    filled[np.isnan(values) & pd.isna(known)] = reason
    return filled


def _phase_notes(grid: _Grid) -> list[str]:
    """Say how many phases drop out."""
    n_obs, n_phases = grid.reached.shape
    not_reached = int((~grid.reached).sum())
    invalid = int((grid.reached & ~grid.valid).sum())
    notes = []
    if not_reached:
        notes.append(f"{not_reached} of {n_obs * n_phases} phases were not reached and drop out.")
    if invalid:
        notes.append(
            f"{invalid} of {n_obs * n_phases} phases have answers in fewer than "
            f"{MIN_PHASE_SHARE:.0%} of their cells and drop out."
        )
    return notes


def _index_notes(reasons: pd.DataFrame) -> list[str]:
    """Say how many indices are missing for which reason."""
    notes = []
    for name in reasons:
        counts = reasons[name].dropna().value_counts()
        if len(counts):
            words = ", ".join(f"{n} because {_REASON_WORDS[str(w)]}" for w, n in counts.items())
            notes.append(f"{name}: missing for {counts.sum()} of {len(reasons)} ({words}).")
    return notes
