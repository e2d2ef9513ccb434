"""Scale scores of persons, with their uncertainty and the reason where there is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy.special import stdtrit

from innovsurvey.base.checks import check_level
from innovsurvey.base.results import Result
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.model import NOT_APPLICABLE, check_responses

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Instrument, Scale, ScoreRule
    from innovsurvey.responses.model import Responses

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]
    Counts = NDArray[np.int64]

_ROUNDING: Final = 1e-9
_NOT_SHOWN: Final = ("not_shown",)
_CONDITIONS: Final = (
    "none_needed", "no_answers", "too_few_needed", "too_few_answers", "too_few_facets",
)  # fmt: skip
_PARTS: Final = ("scores", "se", "n_answered", "pomp", "reasons", "partial", "n_averaged")
_REASON_WORDS: Final = {
    "none_needed": "no item shown and needed",
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
    partial
        Scores of people to whom a whole facet was not shown, for scales whose rule allows for
        that; one column of Booleans per such scale.
    n_averaged
        What was averaged: answers, or facets for ``mean_of_facets``.
    limits
        Lowest and highest possible score of each scale (columns ``low`` and ``high``); NaN where
        there is none.
    responses
        The answers that were scored.
    """

    scores: pd.DataFrame
    se: pd.DataFrame
    n_answered: pd.DataFrame
    pomp: pd.DataFrame
    reasons: pd.DataFrame
    partial: pd.DataFrame
    n_averaged: pd.DataFrame
    limits: pd.DataFrame
    responses: Responses

    @property
    def title(self) -> str:
        """Name the scales and people."""
        made_up = "Synthetic data. " if self.responses.is_synthetic else ""
        return f"{made_up}Scale scores: {self.scores.shape[1]} scales, N = {self.n_obs}"

    def interval(self, level: float = 0.9) -> tuple[pd.DataFrame, pd.DataFrame]:
        r"""Give the interval of each score, cut to the ends of the scale.

        Parameters
        ----------
        level
            Confidence level, between 0 and 1.

        Returns
        -------
        tuple of pandas.DataFrame
            Lower and upper ends, one row per person and one column per scale; NaN where there
            is no standard error.

        Notes
        -----
        The interval is :math:`\bar x \pm t_{(1 + level)/2,\, n - 1}\, SE` with :math:`n` the
        answers (or facets) averaged. Like the standard error it generalises over other items of
        this kind, not over days or raters.

        Examples
        --------
        >>> import innovsurvey as isv
        >>> path = isv.sample_path("leadership-climate")
        >>> scores = isv.score_scales(isv.read_responses(path, "leadership-climate"))
        >>> [end["LEAD"].iloc[:2].round(2).tolist() for end in scores.interval(0.9)]
        [[2.58, 3.37], [4.15, 4.08]]
        """
        check_level(level, "level")
        df = self.n_averaged.to_numpy(dtype=float) - 1
        t = stdtrit(np.where(df > 0, df, np.nan), (1 + level) / 2)
        half = self.se * t
        low, high = self.limits["low"], self.limits["high"]
        lower = (self.scores - half).clip(low, high, axis=1)
        return lower, (self.scores + half).clip(low, high, axis=1)

    def to_frame(self) -> pd.DataFrame:
        """Give ``scale``, ``scale_se``, ``scale_n_answered`` and ``scale_pomp`` side by side.

        Scales that may be scored in part have a column ``scale_partial`` as well.
        """
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
            (self.partial, "_partial"),
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
        ``scale_pomp`` (0-100) for each scale, one row per person, and ``scale_partial`` where
        the rule has ``min_facets_partial``.

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
    facets. Where a whole facet was not shown to the person, ``min_facets_partial`` takes the
    place of ``min_facets`` and the score is marked partial. ``sum`` is the mean times the number
    of items, ``mean_of_facets`` the mean of the valid facet scores. No answer is ever filled in.

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
    check_responses(responses, "score_scales")
    plans = _plans(responses, scales)
    cells = _Cells.of(responses)
    done = {plan.scale: _score(plan, cells, responses) for plan in plans}
    notes = [note for plan in plans for note in _notes(plan, done[plan.scale])]
    left_out = [s.id for s in responses.instrument.scales if s.score and s.id not in done]
    if scales is None and left_out:
        notes.append(f"Not scored, since no item is in the data: {', '.join(left_out)}.")
    return Scores(
        **{part: _frame(responses, done, part) for part in _PARTS},
        limits=pd.DataFrame(
            [plan.limits for plan in plans],
            index=pd.Index(list(done), name="scale"),
            columns=["low", "high"],
        ),
        responses=responses,
        n_obs=responses.n_obs,
        notes=tuple(notes),
    )


def responses_of(source: Scores | Responses, function: str) -> Responses:
    """Give the responses behind scores, or those at hand; refuse anything else."""
    responses = source.responses if isinstance(source, Scores) else source
    check_responses(responses, function)
    return responses


def scores_of(source: Scores | Responses, scales: Sequence[str]) -> Scores:
    """Give scores that have these scales: the ones at hand, or newly scored responses."""
    if not isinstance(source, Scores):
        return score_scales(source, scales=scales)
    if set(scales) <= set(source.scores):
        return source
    return score_scales(source.responses, scales=scales)


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

    @property
    def limits(self) -> tuple[float, float]:
        """The lowest and highest possible score; NaN where the answers have no limit."""
        ends = (np.nan if end is None else end * self.factor for end in (self.low, self.high))
        low, high = ends
        return low, high


@dataclass(frozen=True)
class _Scored:
    """The score of one scale for all people; the names are those of the parts of Scores."""

    scores: Floats
    se: Floats
    n_answered: Counts
    pomp: Floats | None
    reasons: pd.Categorical[str]
    partial: Flags | None
    n_averaged: Counts


@dataclass(frozen=True)
class _Cells:
    """All answers as arrays, one row per person and one column per item, in F order."""

    place: dict[str, int]
    x: Floats
    needed: Flags
    shown: Flags

    @classmethod
    def of(cls, responses: Responses) -> _Cells:
        """Take the keyed answers and the reasons out of their frames, column by column."""
        x = responses.items()
        reasons = [responses.reasons[name] for name in x]
        return cls(
            place={str(name): i for i, name in enumerate(x)},
            x=x.to_numpy(),
            needed=~_has_reason(reasons, NOT_APPLICABLE, x.shape),
            shown=~_has_reason(reasons, _NOT_SHOWN, x.shape),
        )

    def take(self, items: Sequence[str]) -> tuple[Floats, Flags, Flags]:
        """Give answers, needed and shown for some items."""
        places = [self.place[item] for item in items]
        return self.x[:, places], self.needed[:, places], self.shown[:, places]


def _has_reason(
    columns: Sequence[pd.Series[Any]], wanted: tuple[str, ...], shape: tuple[int, int]
) -> Flags:
    """Tell which cells are missing for one of the wanted reasons."""
    found = np.zeros(shape, dtype=bool, order="F")
    for i, column in enumerate(columns):
        if not isinstance(column.dtype, pd.CategoricalDtype):
            found[:, i] = column.isin(wanted)
            continue
        # One look-up per category and not per cell; the code of an answered cell is -1.
        is_wanted = np.array([*column.cat.categories.isin(wanted), False], dtype=bool)
        if is_wanted.any():
            found[:, i] = is_wanted[column.cat.codes.to_numpy()]
    return found


def _frame(responses: Responses, done: dict[str, _Scored], part: str) -> pd.DataFrame:
    """Put one part of all scales side by side under the respondent ids."""
    columns = {scale: getattr(scored, part) for scale, scored in done.items()}
    filled = {scale: values for scale, values in columns.items() if values is not None}
    return pd.DataFrame(filled, index=responses.data.index)


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


def _score(plan: _Plan, cells: _Cells, responses: Responses) -> _Scored:
    """Score one scale for all people."""
    x, needed, shown = cells.take(plan.items)
    answered = ~np.isnan(x)
    m = answered.sum(axis=1)
    units = x
    if plan.rule.method == "mean_of_facets":
        units = _facet_means(plan, cells, responses)
    n_units = (~np.isnan(units)).sum(axis=1)
    hidden = _some_facet_hidden(plan, shown)
    codes = _reasons(plan, n_units, needed.sum(axis=1), answered, hidden)
    valid = codes < 0
    mean = np.where(valid, _row_mean(units), np.nan)
    se = np.where(valid, _standard_error(units, m, plan.step), np.nan)
    return _Scored(
        scores=mean * plan.factor,
        se=se * plan.factor,
        n_answered=m,
        pomp=_pomp(mean, plan.low, plan.high),
        reasons=pd.Categorical.from_codes(codes, categories=pd.Index(_CONDITIONS)),
        partial=None if hidden is None else hidden & valid,
        n_averaged=n_units,
    )


def _facet_means(plan: _Plan, cells: _Cells, responses: Responses) -> Floats:
    """Score the facets of a scale by their own rules."""
    instrument, present = responses.instrument, set(cells.place)
    facets = instrument.scale(plan.scale).facets
    names = [name for name in facets if present & set(instrument.scale(name).items)]
    plans = _plans(responses, names)
    return np.column_stack([_score(facet, cells, responses).scores for facet in plans])


def _touched(flags: Flags, facets: Flags) -> Counts:
    """Count for each person the facets with at least one flag."""
    touched = np.zeros(len(flags), dtype=np.int64)
    for facet in facets:
        touched += flags[:, facet].any(axis=1)
    return touched


def _some_facet_hidden(plan: _Plan, shown: Flags) -> Flags | None:
    """Tell whose questionnaire left out a whole facet; None if the rule does not ask."""
    if plan.rule.min_facets_partial is None:
        return None
    hidden: Flags = _touched(shown, plan.facets) < len(plan.facets)
    return hidden


def _reasons(
    plan: _Plan, n_units: Counts, k: Counts, answered: Flags, hidden: Flags | None
) -> NDArray[np.int8]:
    """Tell for each person why the rule is not met, by place in _CONDITIONS; -1 where it is."""
    rule, n_items, m = plan.rule, len(plan.items), answered.sum(axis=1)
    n_possible = n_items if rule.method != "mean_of_facets" else len(plan.facets)
    few = (n_units < min(rule.min_valid, n_possible)) | (m < rule.min_share * k - _ROUNDING)
    min_facets = np.full(len(m), rule.min_facets)
    if hidden is not None and rule.min_facets_partial is not None:
        min_facets[hidden] = rule.min_facets_partial
    conditions = [
        k == 0,
        m == 0,
        k < rule.min_needed_share * n_items - _ROUNDING,
        few,
        _touched(answered, plan.facets) < np.minimum(min_facets, len(plan.facets)),
    ]
    return np.select(conditions, range(len(conditions)), default=-1).astype(np.int8)


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
    """Say how many people have no score, no standard error or a partial score, and why."""
    n_obs = len(scored.scores)
    notes = []
    counts = pd.Series(scored.reasons).value_counts()
    counts = counts[counts > 0]
    if len(counts):
        listed = ", ".join(f"{count} {_REASON_WORDS[str(why)]}" for why, count in counts.items())
        notes.append(f"{plan.scale}: {counts.sum()} of {n_obs} without a score ({listed}).")
    alone = int((np.isnan(scored.se) & ~np.isnan(scored.scores)).sum())
    if alone:
        unit = "facet" if plan.rule.method == "mean_of_facets" else "answer"
        notes.append(
            f"{plan.scale}: {alone} of {n_obs} without a standard error (one {unit} only)."
        )
    n_partial = 0 if scored.partial is None else int(scored.partial.sum())
    if n_partial:
        notes.append(
            f"{plan.scale}: {n_partial} of {n_obs} scored in part (a whole facet was not shown)."
        )
    return notes
