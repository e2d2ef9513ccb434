"""Profile of the roles of one person: which one is higher, which weakest, and how surely."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_level
from innovsurvey.base.results import Result
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.scoring import Scores, scores_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from innovsurvey.responses.model import Responses

    Floats = NDArray[np.float64]

_ROLES: Final = ("convener", "facilitator", "catalyst")
_DIGITS: Final = 9  # of what is compared, so that rounding errors decide nothing
_FEWEST: Final = 2


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class RoleProfile(Result):
    """How the roles of each person compare with each other, one row per person.

    Parameters
    ----------
    scores
        The scores of the roles, with their standard errors and reasons.
    differences
        Each role minus the mean of the roles; every row sums to zero.
    z
        Standardised difference of each pair of roles, columns ``first_second``.
    verdicts
        Same shape: ``higher`` or ``lower`` (the first of the pair), ``same``; NaN without both.
    weakest
        The role whose interval lies wholly below those of all others, or ``none``; NaN where a
        role has no interval.
    minimum
        The lowest role score (floor of the repertoire); NaN where a role has no score.
    minimum_role
        The role with this score; roles with equal scores are joined by `` / ``.
    """

    scores: Scores
    differences: pd.DataFrame
    z: pd.DataFrame
    verdicts: pd.DataFrame
    weakest: pd.Series[Any]
    minimum: pd.Series[float]
    minimum_role: pd.Series[Any]

    @property
    def title(self) -> str:
        """Name the roles and the people."""
        return f"Role profile: {', '.join(self.differences.columns)}, N = {self.n_obs}"

    def to_frame(self) -> pd.DataFrame:
        """Give scores, differences, pairs, weakest and minimum role side by side."""
        parts = [
            self.scores.scores[list(self.differences)],
            self.differences.add_suffix("_difference"),
            self.z.add_suffix("_z"),
            self.verdicts.add_suffix("_verdict"),
            self.weakest,
            self.minimum,
            self.minimum_role,
        ]
        return pd.concat(parts, axis=1)


def role_profile(
    source: Responses | Scores,
    *,
    scales: Sequence[str] = _ROLES,
    critical: float = 1.645,
    level: float = 0.9,
) -> RoleProfile:
    r"""Compare the roles of each person with each other.

    Parameters
    ----------
    source
        What :func:`read_responses` or :func:`score_scales` gave.
    scales
        Ids of the roles, at least two; scored on the same answers.
    critical
        Two roles differ if :math:`|z|` is larger.
    level
        Confidence level of the intervals that tell the weakest role.

    Returns
    -------
    RoleProfile
        ``to_frame()`` has, for each role, its score and ``role_difference``; for each pair
        ``first_second_z`` and ``first_second_verdict``; then ``weakest``, ``minimum`` and
        ``minimum_role``.

    Raises
    ------
    SpecificationError
        Fewer than two roles, one twice, or one that cannot be scored; an option out of range.

    Notes
    -----
    With :math:`x_r` the score of role r and :math:`SE_r` its conditional standard error (see
    :func:`score_scales`), the difference is :math:`d_r = x_r - \bar x`, with :math:`\bar x` the
    mean of the roles, and :math:`z_{rs} = (x_r - x_s)/\sqrt{SE_r^2 + SE_s^2}`. The errors of two
    roles count as independent. The default of 1.645 holds one error in twenty to each side for
    one pair; nothing is corrected for the number of pairs. A profile compares a person with
    themselves only; it is no norm.

    Nothing is computed from part of the roles: without all scores there are no differences and
    no minimum, without both standard errors no z, without all intervals no weakest role.

    References
    ----------
    Brennan, R. L. (1998). Raw-score conditional standard errors of measurement in generalizability
    theory. Applied Psychological Measurement, 22(4), 307-331. https://doi.org/10.1177/014662169802200401

    Examples
    --------
    >>> import innovsurvey as isv
    >>> roles = isv.load_instrument("collaborative-leadership")
    >>> low = set(roles.scale("catalyst").items)
    >>> frame = pd.DataFrame({item: [2 if item in low else 4] for item in roles.form("core").items})
    >>> profile = role_profile(isv.read_responses(frame, roles))
    >>> profile.to_frame().loc[1, ["catalyst_difference", "weakest", "minimum"]].tolist()
    [np.float64(-1.33...), 'catalyst', np.float64(2.0)]
    """
    roles = list(scales)
    if len(set(roles)) < max(_FEWEST, len(roles)):
        message = f"a profile needs at least two different scales, not {roles}."
        raise SpecificationError(message)
    if not critical > 0:
        message = f"critical={critical!r} must be above 0, for example critical=1.645."
        raise SpecificationError(message)
    check_level(level, "level")
    scores = scores_of(source, roles)
    x = scores.scores[roles]
    z = _pairs(x, scores.se[roles])
    weakest = _weakest(scores, roles, level)
    minimum = x.min(axis=1, skipna=False).rename("minimum")
    return RoleProfile(
        scores=scores,
        differences=x.sub(x.mean(axis=1, skipna=False), axis=0),
        z=z,
        verdicts=_verdicts(z, critical),
        weakest=weakest,
        minimum=minimum,
        minimum_role=_minimum_role(x),
        n_obs=scores.n_obs,
        notes=tuple(_notes(scores, roles, minimum, weakest)),
    )


def _pairs(x: pd.DataFrame, se: pd.DataFrame) -> pd.DataFrame:
    """Give z of each pair of roles."""
    columns = {}
    for first, second in combinations(x, 2):
        difference = (x[first] - x[second]).to_numpy()
        spread = np.hypot(se[first].to_numpy(), se[second].to_numpy())
        # Without any error, as in numbers that are all equal, a difference is certain.
        certain = np.where(difference == 0, 0.0, np.copysign(np.inf, difference))
        z = np.divide(difference, spread, out=certain, where=spread != 0)
        columns[f"{first}_{second}"] = z
    return pd.DataFrame(columns, index=x.index)


def _verdicts(z: pd.DataFrame, critical: float) -> pd.DataFrame:
    """Say of each pair whether the first is higher, lower or about the same."""
    rounded = z.round(_DIGITS)
    verdicts = pd.DataFrame("same", index=z.index, columns=z.columns, dtype=object)
    verdicts = verdicts.mask(rounded > critical, "higher").mask(rounded < -critical, "lower")
    return verdicts.mask(z.isna(), np.nan)


def _weakest(scores: Scores, roles: list[str], level: float) -> pd.Series[Any]:
    """Name the role whose interval ends below the start of all others."""
    lower, upper = (end[roles].round(_DIGITS) for end in scores.interval(level))
    weakest: pd.Series[Any] = pd.Series("none", lower.index, dtype=object, name="weakest")
    for role in roles:
        others = lower.drop(columns=role)
        weakest[others.gt(upper[role], axis=0).all(axis=1)] = role
    return weakest.mask(lower.isna().any(axis=1), np.nan)


def _minimum_role(x: pd.DataFrame) -> pd.Series[Any]:
    """Name the role with the lowest score, or those that share it."""
    rounded = x.round(_DIGITS)
    lowest = rounded.eq(rounded.min(axis=1, skipna=False), axis=0)
    names = pd.Series("", index=x.index, name="minimum_role", dtype=object)
    for role in x:
        joined = names.mask(names != "", names + " / ") + str(role)
        names = names.mask(lowest[role], joined)
    return names.mask(x.isna().any(axis=1), np.nan)


def _notes(
    scores: Scores, roles: list[str], minimum: pd.Series[float], weakest: pd.Series[Any]
) -> list[str]:
    """Say what is missing, and why."""
    notes = [note for note in scores.notes if note.split(":")[0] in roles]
    no_profile = int(minimum.isna().sum())
    if no_profile:
        notes.append(f"{no_profile} of {scores.n_obs} without a profile: a role has no score.")
    no_error = int((weakest.isna() & minimum.notna()).sum())
    if no_error:
        notes.append(
            f"{no_error} of {scores.n_obs} without a verdict on all pairs and a weakest role: a "
            "role has no standard error."
        )
    return notes
