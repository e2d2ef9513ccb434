"""Balance of two opposed ways of governing: how far each person leans, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd
from scipy import special

from innovsurvey.base.checks import check_level, join_names
from innovsurvey.base.results import Result
from innovsurvey.errors import InsufficientDataError, SpecificationError
from innovsurvey.responses.scoring import Scores, responses_of, scores_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Contrast, Instrument
    from innovsurvey.responses.model import Responses

    Floats = NDArray[np.float64]

_DIGITS: Final = 9  # of what is compared, so that rounding errors decide nothing
_MIN_PEOPLE: Final = 3


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class GovernanceBalance(Result):
    """Balance and type of each person, for every contrast of the instrument.

    Parameters
    ----------
    table
        What ``to_frame()`` gives: scores, balance, hybridity, type and its probability.
    probabilities
        Probability of each type; two levels of columns, contrast and type.
    row_balances
        Balance of each pair of items; two levels of columns, contrast and pair.
    scores
        The scores that were compared, with their standard errors and reasons.
    contrasts
        Ids of the contrasts found in the data.
    """

    table: pd.DataFrame
    probabilities: pd.DataFrame
    row_balances: pd.DataFrame
    scores: Scores
    contrasts: tuple[str, ...]

    @property
    def title(self) -> str:
        """Name the contrasts and the people."""
        return f"Governance balance: {join_names(self.contrasts)}, N = {self.n_obs}"

    def to_frame(self) -> pd.DataFrame:
        """Give one row per person: scores, balance, hybridity, type and its probability."""
        return self.table.copy()

    def reliability_of_difference(
        self, r_positive: float, r_negative: float, *, contrast: str | None = None
    ) -> float:
        """Give the reliability of the difference of the two scores in these data.

        Parameters
        ----------
        r_positive, r_negative
            Reliability of the positive and of the negative scale, 0-1.
        contrast
            Id of the contrast; by default the first one in the data.

        Raises
        ------
        InsufficientDataError
            Fewer than three people have both scores.

        See Also
        --------
        difference_reliability : the formula.
        """
        chosen = self.scores.responses.instrument.contrast(contrast or self.contrasts[0])
        both = self.scores.scores[[chosen.positive, chosen.negative]].dropna()
        if len(both) < _MIN_PEOPLE:
            message = f"{len(both)} people have both scores, at least {_MIN_PEOPLE} are needed."
            raise InsufficientDataError(message)
        covariance = np.cov(both.to_numpy(), rowvar=False)
        return difference_reliability(
            float(np.sqrt(covariance[0, 0])),
            float(np.sqrt(covariance[1, 1])),
            float(covariance[0, 1]),
            r_positive,
            r_negative,
        )


def governance_balance(
    source: Responses | Scores, *, probability: float = 0.8
) -> GovernanceBalance:
    r"""Tell how far each person leans to one of two ways of governing, and of which type they are.

    Parameters
    ----------
    source
        What :func:`read_responses` or :func:`score_scales` gave, for an instrument with contrasts:
        pairs of a negative scale (here NPM, New Public Management) and a positive one (NPG, New
        Public Governance).
    probability
        A type is named from this probability on; below it is called borderline.

    Returns
    -------
    GovernanceBalance
        ``to_frame()`` has for the first contrast in the instrument file the two scores under the
        ids of their scales, ``balance``, ``hybridity``, ``type`` and ``p_type``. Of other
        contrasts, and of one whose scales end in ``_<contrast>``, the last four begin with the id
        of the contrast, as in ``practice_balance``. ``gap`` is the balance of the first contrast
        minus that of the second.

    Raises
    ------
    SpecificationError
        The instrument has no contrasts, or none of them is in the data.

    Notes
    -----
    With both scores in percent of maximum possible, :math:`POMP = 100 (\bar x - low)/(high - low)`:

    - balance :math:`BAL = (POMP_{pos} - POMP_{neg})/100`, which is the difference of the two
      scores divided by the range of the answers, -1 to 1; the same for each pair of items;
    - hybridity :math:`HYB = \min(POMP_{pos}, POMP_{neg})/100`, 0 to 1;
    - type: with :math:`P = \Phi((\bar x_{pos} - c)/SE_{pos})` the probability that the positive
      scale is high, :math:`Q` the same for the negative one, and :math:`c` the cut in the
      instrument file (never a median of the sample), the types have the probabilities
      :math:`PQ` (hybrid), :math:`P(1-Q)` (positive led), :math:`(1-P)Q` (negative led) and
      :math:`(1-P)(1-Q)` (neither). The most probable is ``type`` if its probability ``p_type``
      reaches ``probability``, else ``borderline (a / b)`` names the two most probable, the more
      probable first and equal ones in the order above.

    A led type is called after its scale without the ending ``_<contrast>``: ``npg`` and
    ``npg_practice`` of the contrast ``practice`` both give ``npg-led``. Without both scores and
    their standard errors there is no type. In a regression enter both scores and not the balance
    alone (Edwards, 2002).

    References
    ----------
    Brennan, R. L. (1998). Raw-score conditional standard errors of measurement in generalizability
    theory. Applied Psychological Measurement, 22(4), 307-331. https://doi.org/10.1177/014662169802200401

    Edwards, J. R. (2002). Alternatives to difference scores: Polynomial regression analysis and
    response surface methodology. In F. Drasgow & N. Schmitt (Eds.), Measuring and analyzing
    behavior in organizations (pp. 350-400). Jossey-Bass.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> governance = isv.load_instrument("governance-orientation")
    >>> npg = set(governance.scale("npg").items)
    >>> items = governance.form("orientation").items
    >>> frame = pd.DataFrame({item: [6, 4] if item in npg else [3, 4] for item in items})
    >>> governance_balance(isv.read_responses(frame, governance)).to_frame()["type"].tolist()
    ['npg-led', 'borderline (hybrid / npg-led)']
    """
    check_level(probability, "probability")
    responses = responses_of(source, "governance_balance")
    contrasts = _contrasts(responses)
    scores = scores_of(source, [s for c in contrasts for s in (c.negative, c.positive)])
    parts = {c.id: _chances(c, scores) for c in contrasts}
    return GovernanceBalance(
        table=_table(contrasts, scores, parts, probability),
        probabilities=pd.concat(parts, axis=1, names=["contrast", "type"]),
        row_balances=_row_balances(contrasts, responses),
        scores=scores,
        contrasts=tuple(c.id for c in contrasts),
        n_obs=responses.n_obs,
        notes=tuple(_notes(contrasts, scores, parts, responses.instrument)),
    )


def difference_reliability(
    sd_positive: float, sd_negative: float, covariance: float, r_positive: float, r_negative: float
) -> float:
    r"""Give the reliability of the difference of two scores.

    Parameters
    ----------
    sd_positive, sd_negative
        Standard deviations of the two scores.
    covariance
        Covariance of the two observed scores. For a correlation :math:`\rho` of the true scores it
        is :math:`\rho \sqrt{r_+ r_-}\, s_+ s_-`.
    r_positive, r_negative
        Their reliabilities, 0-1.

    Raises
    ------
    SpecificationError
        The two scores do not differ, or a number is outside its range.

    Notes
    -----
    :math:`(s_+^2 r_+ + s_-^2 r_- - 2 s_{+-}) / (s_+^2 + s_-^2 - 2 s_{+-})`, with errors of the two
    scores uncorrelated. The result is negative where the covariance is larger than these
    reliabilities allow.

    References
    ----------
    Lord, F. M. (1963). Elementary models for measuring change. In C. W. Harris (Ed.), Problems in
    measuring change (pp. 21-38). University of Wisconsin Press.

    Examples
    --------
    >>> covariance = -0.3 * (0.77 * 0.74) ** 0.5
    >>> round(difference_reliability(1, 1, covariance, 0.77, 0.74), 2)
    0.8
    """
    if not (0 <= r_positive <= 1 and 0 <= r_negative <= 1):
        message = f"reliabilities lie between 0 and 1, not {r_positive:g} and {r_negative:g}."
        raise SpecificationError(message)
    positive, negative = sd_positive**2, sd_negative**2
    variance = positive + negative - 2 * covariance
    if round(variance, _DIGITS) <= 0:
        message = "the difference of the two scores has no variance, so it has no reliability."
        raise SpecificationError(message)
    return (positive * r_positive + negative * r_negative - 2 * covariance) / variance


def _contrasts(responses: Responses) -> list[Contrast]:
    """Find the contrasts whose scales both have items in the data and ends to compare by."""
    instrument = responses.instrument
    if not instrument.contrasts:
        message = f"{instrument.id} has no contrasts (pairs of scales to balance) in its file."
        raise SpecificationError(message)
    found = [
        contrast
        for contrast in instrument.contrasts
        if all(_is_there(scale, responses) for scale in (contrast.negative, contrast.positive))
    ]
    if not found:
        listed = join_names([f"{c.id} ({c.negative}, {c.positive})" for c in instrument.contrasts])
        message = (
            f"no contrast has both scales in the data, with answers from-to; it needs {listed}."
        )
        raise SpecificationError(message)
    return found


def _is_there(scale_id: str, responses: Responses) -> bool:
    """Tell whether a scale can be scored on answers with two ends."""
    instrument = responses.instrument
    scale = instrument.scale(scale_id)
    present = [item for item in scale.items if item in responses.data]
    if not present or scale.score is None:
        return False
    format_ = instrument.format_of(present[0])
    return format_.low is not None and format_.high is not None


def _types(contrast: Contrast) -> list[str]:
    """Name the four types; both, positive, negative, neither."""
    ending = f"_{contrast.id}"
    positive = contrast.positive.removesuffix(ending)
    return ["hybrid", f"{positive}-led", f"{contrast.negative.removesuffix(ending)}-led", "neither"]


def _chances(contrast: Contrast, scores: Scores) -> pd.DataFrame:
    """Give the probability of each type, one row per person."""
    p = _p_high(scores, contrast.positive, contrast.cut)
    q = _p_high(scores, contrast.negative, contrast.cut)
    products = np.column_stack([p * q, p * (1 - q), (1 - p) * q, (1 - p) * (1 - q)])
    return pd.DataFrame(products, index=scores.scores.index, columns=_types(contrast))


def _p_high(scores: Scores, scale: str, cut: float) -> Floats:
    """Give the probability that a score is truly at or above the cut."""
    above = (scores.scores[scale].to_numpy() - cut).round(_DIGITS)
    se = scores.se[scale].to_numpy()
    certain = np.where(above >= 0, np.inf, -np.inf)
    p: Floats = special.ndtr(np.divide(above, se, out=certain, where=se != 0))
    return p


def _table(
    contrasts: Sequence[Contrast],
    scores: Scores,
    parts: dict[str, pd.DataFrame],
    probability: float,
) -> pd.DataFrame:
    """Put the columns of all contrasts side by side, and the gap between the first two."""
    in_file = [c.id for c in scores.responses.instrument.contrasts]
    columns: dict[str, Any] = {}
    balances = {}
    for contrast in contrasts:
        plain = contrast.id == in_file[0] and not contrast.positive.endswith(f"_{contrast.id}")
        prefix = "" if plain else f"{contrast.id}_"
        columns |= _columns(contrast, scores, parts[contrast.id], probability, prefix)
        balances[contrast.id] = columns[f"{prefix}balance"]
    if len(in_file) > 1 and set(in_file[:2]) <= set(balances):
        columns["gap"] = balances[in_file[0]] - balances[in_file[1]]
    return pd.DataFrame(columns, index=scores.scores.index)


def _columns(
    contrast: Contrast, scores: Scores, chances: pd.DataFrame, probability: float, prefix: str
) -> dict[str, Any]:
    """Give the columns of one contrast."""
    negative, positive = scores.pomp[contrast.negative], scores.pomp[contrast.positive]
    return {
        contrast.negative: scores.scores[contrast.negative],
        contrast.positive: scores.scores[contrast.positive],
        f"{prefix}balance": (positive - negative) / 100,
        f"{prefix}hybridity": np.minimum(positive, negative) / 100,
        f"{prefix}type": _labels(chances, probability),
        f"{prefix}p_type": chances.max(axis=1),
    }


def _labels(chances: pd.DataFrame, probability: float) -> NDArray[np.object_]:
    """Name the type of each person, or the two most probable ones; NaN where none is known."""
    names = chances.columns
    rounded = chances.to_numpy().round(_DIGITS)
    order = np.argsort(-rounded, axis=1, kind="stable")
    first, second = order[:, 0], order[:, 1]
    between = np.array([[f"borderline ({a} / {b})" for b in names] for a in names], dtype=object)
    labels = between[first, second]
    sure = rounded[np.arange(len(rounded)), first] >= round(probability, _DIGITS)
    labels[sure] = names.to_numpy(dtype=object)[first[sure]]
    labels[np.isnan(rounded).any(axis=1)] = np.nan
    return labels


def _row_balances(contrasts: Sequence[Contrast], responses: Responses) -> pd.DataFrame:
    """Give the balance of each pair of items, paired by their place in the two scales."""
    instrument = responses.instrument
    columns: dict[tuple[str, str], Any] = {}
    for contrast in contrasts:
        pairs = zip(
            instrument.scale(contrast.negative).items,
            instrument.scale(contrast.positive).items,
            strict=False,
        )
        for negative, positive in pairs:
            if {negative, positive} <= set(responses.data):
                key = (contrast.id, f"{positive}-{negative}")
                columns[key] = _unit(responses, positive) - _unit(responses, negative)
    table = pd.DataFrame(columns, index=responses.data.index)
    table.columns = pd.MultiIndex.from_tuples(list(columns), names=["contrast", "pair"])
    return table


def _unit(responses: Responses, item: str) -> pd.Series[float]:
    """Put the keyed answers to an item on 0 to 1."""
    format_ = responses.instrument.format_of(item)
    low, high = format_.low or 0.0, 1.0 if format_.high is None else format_.high
    answers: pd.Series[float] = responses.items([item])[item]
    return (answers - low) / (high - low)


def _notes(
    contrasts: Sequence[Contrast],
    scores: Scores,
    parts: dict[str, pd.DataFrame],
    instrument: Instrument,
) -> list[str]:
    """Say what is missing: contrasts, scores and types."""
    left_out = [c.id for c in instrument.contrasts if c.id not in parts]
    notes = [f"Not in the data: {join_names(left_out)}."] if left_out else []
    used = [scale for c in contrasts for scale in (c.negative, c.positive)]
    notes += [note for note in scores.notes if note.split(":")[0] in used]
    for contrast in contrasts:
        missing = int(parts[contrast.id].isna().any(axis=1).sum())
        if missing:
            notes.append(
                f"{contrast.id}: no type for {missing} of {scores.n_obs}, since a score or its "
                "standard error is missing."
            )
    return notes
