"""Scale scores of persons, with their uncertainty and the reason where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.results import Result
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.model import NOT_APPLICABLE

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Instrument, Scale, ScoreRule
    from innovsurvey.responses.model import Responses

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_ROUNDING: Final = 1e-9
_CONDITIONS: Final = ("no_answers", "too_few_needed", "too_few_answers", "too_few_facets")
_REASON_WORDS: Final = {
    "no_answers": "no answer",
    "too_few_answers": "too few answers",
    "too_few_needed": "too few items shown and needed",
    "too_few_facets": "too few facets with an answer",
}


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Scores(Result):
    """Scale scores, one row per person.

    Parameters
    ----------
    scores
        One column per scale, in the unit of the answers; NaN where the rule is not met.
    se
        Conditional standard error of each score; NaN below two answers.
    n_answered
        Answered items behind each score.
    pomp
        Percent of maximum possible, 0-100, for scales with limits.
    reasons
        Why a score is missing; NaN where there is one.
    """

    scores: pd.DataFrame
    se: pd.DataFrame
    n_answered: pd.DataFrame
    pomp: pd.DataFrame
    reasons: pd.DataFrame

    @property
    def title(self) -> str:
        """Name the scales and people."""
        return f"Scale scores: {self.scores.shape[1]} scales, N = {self.n_obs}"

    def to_frame(self) -> pd.DataFrame:
        """Give ``scale``, ``scale_se``, ``scale_n_answered`` and ``scale_pomp`` side by side."""
        parts = [
            part[scale].rename(f"{scale}{suffix}")
            for scale in self.scores
            for part, suffix in self._parts()
            if scale in part
        ]
        return pd.concat(parts, axis=1) if parts else pd.DataFrame(index=self.scores.index)

    def summary(self) -> pd.DataFrame:
        """Give one row per scale: people scored, mean, standard deviation, range."""
        columns = {
            "n": self.scores.count(),
            "mean": self.scores.mean(),
            "sd": self.scores.std(),
            "min": self.scores.min(),
            "max": self.scores.max(),
        }
        return pd.DataFrame(columns).rename_axis("scale")

    def _parts(self) -> tuple[tuple[pd.DataFrame, str], ...]:
        return (
            (self.scores, ""),
            (self.se, "_se"),
            (self.n_answered, "_n_answered"),
            (self.pomp, "_pomp"),
        )


def score_scales(responses: Responses, *, scales: Sequence[str] | None = None) -> Scores:
    r"""Score the scales of an instrument for every person by the rules in its file.

    Parameters
    ----------
    responses
        What :func:`read_responses` gave.
    scales
        Ids of the scales to score; by default all that have a rule and items in the data.

    Returns
    -------
    Scores
        ``to_frame()`` has the columns ``scale``, ``scale_se``, ``scale_n_answered`` and
        ``scale_pomp`` (0-100) for each scale, one row per person.

    Raises
    ------
    SpecificationError
        An unknown scale, or one without a scoring rule or without items in the data.

    Notes
    -----
    With :math:`x_i` the keyed answers (reverse: lowest + highest - answer), :math:`k` the items
    shown to the person and needed (answers such as "not needed" do not count) and :math:`m` the
    answered ones, the score is :math:`\bar x = \sum x_i / m` if the rule of the scale is met:
    :math:`m` at least ``min_valid`` and ``min_share`` of :math:`k`, :math:`k` at least
    ``min_needed_share`` of the scale's items in the form, answers in at least ``min_facets``
    facets. ``sum`` is the mean times the number of items, ``mean_of_facets`` the mean of the
    valid facet scores. No answer is ever filled in.

    The standard error is the conditional absolute one, :math:`\max(s_x/\sqrt m, d/\sqrt{12 m})`,
    with :math:`s_x` the standard deviation of the person's answers and :math:`d` the step between
    answers (Brennan, 1998). It generalises over other items of this kind, not over days or raters.
    POMP is :math:`100 (\bar x - low)/(high - low)`.

    References
    ----------
    Brennan, R. L. (1998). Raw-score conditional standard errors of measurement in generalizability
    theory. Applied Psychological Measurement, 22(4), 307-331. https://doi.org/10.1177/014662169802200401

    Examples
    --------
    >>> import innovsurvey as isv
    >>> answers = isv.read_responses(isv.sample_path("leadership-climate"), "leadership-climate")
    >>> isv.score_scales(answers).scores.iloc[0].round(3).tolist()
    [3.364, 3.667, 0.0]
    """
    plans = _plans(responses, scales)
    applies = ~responses.reasons.isin(NOT_APPLICABLE)
    done = {plan.scale: _score(plan, responses, applies) for plan in plans}
    notes = [note for plan in plans for note in _notes(plan, done[plan.scale])]
    left_out = [s.id for s in responses.instrument.scales if s.score and s.id not in done]
    if scales is None and left_out:
        notes.append(f"Not scored, since no item is in the data: {', '.join(left_out)}.")
    return Scores(
        scores=_frame(responses, {k: v.score for k, v in done.items()}),
        se=_frame(responses, {k: v.se for k, v in done.items()}),
        n_answered=_frame(responses, {k: v.n_answered for k, v in done.items()}),
        pomp=_frame(responses, {k: v.pomp for k, v in done.items() if v.pomp is not None}),
        reasons=_frame(responses, {k: pd.Categorical(v.reasons) for k, v in done.items()}),
        n_obs=responses.n_obs,
        notes=tuple(notes),
    )


@dataclass(frozen=True)
class _Plan:
    """How one scale is scored on the items at hand; ``facets`` has one row of flags per facet."""

    scale: str
    rule: ScoreRule
    items: list[str]
    facets: Flags
    low: float | None
    high: float | None
    step: float

    @property
    def factor(self) -> int:
        """What the mean is multiplied by: the number of items for a sum, else 1."""
        return len(self.items) if self.rule.method == "sum" else 1


@dataclass(frozen=True)
class _Scored:
    """The score of one scale for all people."""

    score: Floats
    se: Floats
    n_answered: NDArray[np.int64]
    pomp: Floats | None
    reasons: NDArray[np.object_]


def _frame(responses: Responses, columns: dict[str, Any]) -> pd.DataFrame:
    """Put columns side by side under the respondent ids."""
    return pd.DataFrame(columns, index=responses.data.index)


def _plans(responses: Responses, wanted: Sequence[str] | None) -> list[_Plan]:
    """Plan the scales to score."""
    instrument = responses.instrument
    scales = instrument.scales if wanted is None else [instrument.scale(name) for name in wanted]
    plans = []
    for scale in scales:
        items = [item for item in scale.items if item in responses.data]
        if scale.score is not None and items:
            plans.append(_plan(scale, scale.score, items, instrument))
        elif wanted is not None:
            message = (
                f"the scale {scale.id!r} has no scoring rule, or no item of it is in the data."
            )
            raise SpecificationError(message)
    return plans


def _plan(scale: Scale, rule: ScoreRule, items: list[str], instrument: Instrument) -> _Plan:
    """Collect what scoring one scale needs."""
    members = [instrument.scale(facet).items for facet in scale.facets]
    facets = np.array([[item in facet for item in items] for facet in members], dtype=bool)
    facets = facets.reshape(len(members), len(items))
    format_ = instrument.format_of(items[0])
    step = float(np.diff(format_.values).min()) if format_.points else 0.0
    kept = facets[facets.any(axis=1)]
    return _Plan(scale.id, rule, items, kept, format_.low, format_.high, step)


def _score(plan: _Plan, responses: Responses, applies: pd.DataFrame) -> _Scored:
    """Score one scale for all people."""
    x = responses.items(plan.items).to_numpy()
    answered = ~np.isnan(x)
    needed = applies[plan.items].to_numpy()
    m = answered.sum(axis=1)
    units = x
    if plan.rule.method == "mean_of_facets":
        units = _facet_means(plan, x, responses)
    n_units = (~np.isnan(units)).sum(axis=1)
    reasons = _reasons(plan, n_units, m, needed.sum(axis=1), answered)
    valid = pd.isna(reasons)
    mean = np.where(valid, _row_mean(units), np.nan)
    se = np.where(valid, _standard_error(units, m, plan.step), np.nan)
    return _Scored(
        score=mean * plan.factor,
        se=se * plan.factor,
        n_answered=m,
        pomp=_pomp(mean, plan.low, plan.high),
        reasons=reasons,
    )


def _facet_means(plan: _Plan, x: Floats, responses: Responses) -> Floats:
    """Score the facets of a scale by their own rules."""
    instrument, present = responses.instrument, set(responses.data)
    facets = instrument.scale(plan.scale).facets
    names = [name for name in facets if present & set(instrument.scale(name).items)]
    scores = score_scales(responses, scales=names).scores
    return scores.to_numpy().reshape(len(x), len(names))


def _reasons(
    plan: _Plan,
    n_units: NDArray[np.int64],
    m: NDArray[np.int64],
    k: NDArray[np.int64],
    answered: Flags,
) -> NDArray[np.object_]:
    """Tell for each person why the rule is not met; None where it is."""
    rule, n_items = plan.rule, len(plan.items)
    n_possible = n_items if rule.method != "mean_of_facets" else len(plan.facets)
    touched = (answered.astype(int) @ plan.facets.T.astype(int) > 0).sum(axis=1)
    few = (n_units < min(rule.min_valid, n_possible)) | (m < rule.min_share * k - _ROUNDING)
    conditions = [
        m == 0,
        k < rule.min_needed_share * n_items - _ROUNDING,
        few,
        touched < min(rule.min_facets, len(plan.facets)),
    ]
    reasons = np.full(len(m), None, dtype=object)
    for condition, reason in reversed(list(zip(conditions, _CONDITIONS, strict=True))):
        reasons[condition] = reason
    return reasons


def _row_mean(x: Floats) -> Floats:
    """Average the answers in each row; rows without any give NaN."""
    m = (~np.isnan(x)).sum(axis=1)
    total: Floats = np.nansum(x, axis=1)
    return total / np.where(m > 0, m, np.nan)


def _standard_error(units: Floats, m: NDArray[np.int64], step: float) -> Floats:
    """Give max(s/sqrt(n), step/sqrt(12 m)) per row; below two values it is NaN."""
    n = (~np.isnan(units)).sum(axis=1)
    deviations = np.nansum((units - _row_mean(units)[:, None]) ** 2, axis=1)
    variance = deviations / np.where(n > 1, n - 1, np.nan)
    floor = step / np.sqrt(12 * np.where(m > 0, m, np.nan))
    from_spread: Floats = np.sqrt(variance / np.where(n > 0, n, np.nan))
    larger: Floats = np.maximum(from_spread, floor)
    return larger


def _pomp(mean: Floats, low: float | None, high: float | None) -> Floats | None:
    """Put means on 0-100; None where the answers have no limits."""
    return None if low is None or high is None else 100 * (mean - low) / (high - low)


def _notes(plan: _Plan, scored: _Scored) -> list[str]:
    """Say how many people have no score or no standard error, and why."""
    n_obs = len(scored.score)
    notes = []
    counts = pd.Series(scored.reasons, dtype=object).dropna().value_counts()
    if len(counts):
        listed = ", ".join(f"{count} {_REASON_WORDS[str(why)]}" for why, count in counts.items())
        notes.append(f"{plan.scale}: {counts.sum()} of {n_obs} without a score ({listed}).")
    alone = int((np.isnan(scored.se) & ~np.isnan(scored.score)).sum())
    if alone:
        notes.append(
            f"{plan.scale}: {alone} of {n_obs} without a standard error (one answer only)."
        )
    return notes
