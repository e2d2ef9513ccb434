"""Screening for careless responding: indices, flags and who is proposed for exclusion."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.base.display import MISSING, html_block, text_block
from innovsurvey.base.results import Result
from innovsurvey.responses.screening_answers import Options, gather
from innovsurvey.responses.screening_indices import compute_indices
from innovsurvey.responses.screening_rules import (
    RULE_OF,
    RULES,
    default_thresholds,
    given_thresholds,
)

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.screening_indices import Indices

KINDS_NEEDED: Final = 2
# Share of people above which a flag says little, and people from which on it is looked at.
_BROAD: Final = 0.15
_MANY_PEOPLE: Final = 20
_NOBODY_ELSE: Final = (
    "One person: indices that need the answers of others are left out, and no flag is raised. "
    "People who assess themselves are not screened."
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Screening(Result):
    """Indices of careless responding, flags, and who is proposed for exclusion.

    Parameters
    ----------
    indices
        One row per person, one column per index; NaN where the person has too few answers.
    flags
        True where an index is beyond its threshold; one column per index with a threshold.
    n_kinds
        Flags of different kinds: two flags of one kind count once.
    proposed
        True for people with two or more flags of different kinds. Nobody has been left out.
    why
        The flags of each person in words, empty without any.
    rules
        One row per index: ``kind``, ``flagged_if``, ``threshold``, ``n_computed``, ``n_flagged``,
        ``why_not`` (why an index could not be computed) and ``source``.
    """

    indices: pd.DataFrame
    flags: pd.DataFrame
    n_kinds: pd.Series[int]
    proposed: pd.Series[bool]
    why: pd.Series[str]
    rules: pd.DataFrame

    @property
    def title(self) -> str:
        """Say how many people have flags and how many are proposed for exclusion."""
        return (
            f"Screening of {self.n_obs} people: {int(self.flags.any(axis=1).sum())} with a flag, "
            f"{int(self.proposed.sum())} proposed for exclusion ({KINDS_NEEDED} or more flags of "
            "different kinds)"
        )

    def to_frame(self) -> pd.DataFrame:
        """Give one row per person: indices, number of flags and of kinds, proposal and reasons."""
        ends = {
            "n_flags": self.flags.sum(axis=1),
            "n_kinds": self.n_kinds,
            "proposed": self.proposed,
            "why": self.why,
        }
        return self.indices.assign(**ends)

    def summary(self) -> pd.DataFrame:
        """Give one row per index: kind, threshold, and how many people have it and a flag for it.

        The last two rows count people with any flag and people proposed for exclusion.
        """
        table = self.rules[["kind", "threshold", "n_computed", "n_flagged"]]
        ends = pd.DataFrame(
            {
                "kind": ["", ""],
                "threshold": [np.nan, np.nan],
                "n_computed": [self.n_obs] * 2,
                "n_flagged": [int((self.n_kinds > 0).sum()), int(self.proposed.sum())],
            },
            index=["any_flag", "proposed"],
        )
        table = pd.concat([table, ends]).rename_axis("index")
        share = table["n_flagged"] / table["n_computed"].where(table["n_computed"] > 0)
        return table.assign(flagged_share=share)

    def __repr__(self) -> str:
        return text_block(self.title, self._counts(), self.notes)

    def _repr_html_(self) -> str:
        """Show the counts: a table of many people and indices cannot be read at a glance."""
        return html_block(self.title, self._counts(), self.notes)

    def _counts(self) -> pd.DataFrame:
        """Give the summary of what was computed, with shares as percentages."""
        table = self.summary().query("n_computed > 0")
        judged = table["threshold"].notna() | (table["kind"] == "")
        words = {
            "threshold": table["threshold"].map("{:g}".format).where(table["threshold"].notna()),
            "n_flagged": table["n_flagged"].astype(str),
            "flagged_share": table["flagged_share"].map("{:.1%}".format),
        }
        return table.assign(**{k: v.where(judged).fillna(MISSING) for k, v in words.items()})


def screen_responses(
    responses: Responses | pd.DataFrame,
    *,
    order: Sequence[str] | None = None,
    attention: Mapping[str, Any] | None = None,
    time_column: str | None = None,
    page_times: Mapping[str, int] | None = None,
    thresholds: Mapping[str, float | None] | None = None,
    scales: Mapping[str, Sequence[str]] | None = None,
    reverse: Sequence[str] = (),
    answer_range: tuple[float, float] | None = None,
) -> Screening:
    """Look for careless responding: indices, flags, and people proposed for exclusion.

    Nobody is left out. See with :func:`effect_of_exclusion` how a result moves without the people
    proposed.

    Parameters
    ----------
    responses
        What :func:`read_responses` gave, or a DataFrame with one column per item.
    order
        Ids of the items in the order in which they were shown; by default that of the
        questionnaire (blocks in their order), or of the columns of a DataFrame. Items not named
        are not screened.
    attention
        Attention items and their right answers, for example ``{"ATT01": 4}``.
    time_column
        Column of the whole time in seconds; by default ``duration_s``, ``duration_seconds``,
        ``Duration (in seconds)`` or ``interviewtime`` where there is one.
    page_times
        Columns with the seconds spent on a page, and the number of items on it.
    thresholds
        Another threshold for an index, or None for no flag: ``{"longstring": 12, "irv": None}``.
    scales
        Items of each scale, for the even-odd consistency; by default the reflective scales of the
        instrument that have no facets.
    reverse
        Reverse-keyed items of a DataFrame. For an instrument the file tells; items named here
        change sides.
    answer_range
        Lowest and highest possible answer of a DataFrame; by default as seen.

    Returns
    -------
    Screening
        ``to_frame()`` has one row per person; ``.flags``, ``.proposed``, ``.why``, ``.rules`` and
        ``.summary()``.

    Raises
    ------
    MissingItemsError
        An option names an item or column that the data do not have.
    SpecificationError
        A threshold, a number of items or an option makes no sense.
    InsufficientDataError
        There is no rating, or no answer.

    Notes
    -----
    Screened are the ratings: ordered answers with three points or more, in a scale, no cell of a
    matrix. Answers of formats with different ranges are put on one range first.

    On the answers as given, in the order shown:

    - ``longstring``: longest run of identical answers; ``average_run``: mean length of the runs.
      A run ends at a missing answer and where the response format changes, and goes on behind
      items that the person was not shown. Flag above half of the longest stretch of items with
      one format, and above 10.
    - ``longstring_share``: longest run as a share of the answers in a block, averaged over blocks
      with 8 answers or more. Flag above .5 (Curran, 2016, names half of the items).
    - ``irv``: standard deviation over 10 answers or more (Dunn et al., 2018); ``irv_mixed``: mean
      of those within blocks with items of both keys. Flag below 5 % of the width of the format.
    - ``antonyms``: within-person correlation of item pairs that correlate below -.60. Flag above 0.

    On the keyed answers:

    - ``even_odd``: each scale is split into its odd and its even items in the order shown; the
      means of the halves are correlated over at least 4 scales within the person and stepped up
      by 2r/(1 + r), not below -1 (Johnson, 2005). High is consistent, as in the R package careless
      up to 1.1; later versions turn the sign round. Flag below .30.
    - ``synonyms``: within-person correlation over at least 5 item pairs that correlate above .60
      (Meade & Craig, 2012), of answers in the order shown. Flag below 0. With fewer than 5 such
      pairs those above .50 are taken, without a flag. Synonyms and antonyms need 100 people:
      among fewer, pairs correlate by chance.
    - ``person_total``: correlation with the means of all; no flag by default, since keyed items
      with similar means give low values to anybody.
    - ``mahalanobis_d2``, ``mahalanobis_p_value``: squared distance from the means, with a
      chi-square of as many degrees of freedom as answers. Means and covariances come from all
      pairs of answers (if these cannot be inverted, from complete rows); a person with missing
      cells is measured over the others, at least half. Needs 2 people per item. Flag at p < .001.

    Besides:

    - ``seconds_per_item``, ``page_seconds_per_item`` (fastest page): flag below 2 (Huang et al.,
      2012).
    - ``attention_failed``: wrong answers to attention items; items left open do not count. Flag
      above 0.
    - ``n_same_answers``: others with exactly the same answers, for people with 15 answers or more
      that vary (mean standard deviation within blocks at least 10 % of the width, no run over half
      of the answers: straight lines are the same by chance). Flag above 0.
    - ``missing_share``: share of the items shown that were left out; no flag by default.

    Kinds of flags are repetition, inconsistency, outlier, time, attention, duplicate and missing.
    Two flags of one kind count once. An index that cannot be computed says why in ``rules``. One
    person alone gets no flags. Checked against base R and psych, and against formulas of careless.

    References
    ----------
    Curran, P. G. (2016). Methods for the detection of carelessly invalid responses in survey data.
    Journal of Experimental Social Psychology, 66, 4-19. https://doi.org/10.1016/j.jesp.2015.07.006

    Dunn, A. M., Heggestad, E. D., Shanock, L. R., & Theilgard, N. (2018). Intra-individual response
    variability as an indicator of insufficient effort responding. Journal of Business and
    Psychology, 33(1), 105-121. https://doi.org/10.1007/s10869-016-9479-0

    Huang, J. L., Curran, P. G., Keeney, J., Poposki, E. M., & DeShon, R. P. (2012). Detecting and
    deterring insufficient effort responding to surveys. Journal of Business and Psychology, 27(1),
    99-114. https://doi.org/10.1007/s10869-011-9231-8

    Johnson, J. A. (2005). Ascertaining the validity of individual protocols from web-based
    personality inventories. Journal of Research in Personality, 39(1), 103-129.
    https://doi.org/10.1016/j.jrp.2004.09.009

    Meade, A. W., & Craig, S. B. (2012). Identifying careless responses in survey data.
    Psychological Methods, 17(3), 437-455. https://doi.org/10.1037/a0028085

    Examples
    --------
    >>> import innovsurvey as isv
    >>> answers = isv.simulate_responses("innovation-culture", n=300, seed=4)
    >>> screening = isv.screen_responses(answers)
    >>> screening.summary().loc[["irv", "seconds_per_item", "proposed"], "n_flagged"].to_dict()
    {'irv': 6, 'seconds_per_item': 9, 'proposed': 10}
    >>> print(screening.why[screening.proposed].iloc[1])
    the halves of the scales do not go together (even-odd -0.28); 1.2 seconds per item
    """
    options = Options(
        order=order,
        scales=scales,
        reverse=reverse if isinstance(reverse, str) else [str(name) for name in reverse],
        answer_range=answer_range,
        attention=attention or {},
        time_column=time_column,
        page_times=page_times or {},
    )
    own_limits = given_thresholds(thresholds)
    answers = gather(responses, options)
    found = compute_indices(answers, options)
    defaults = default_thresholds(answers.width, answers.stretch)
    limits = defaults | dict.fromkeys(found.no_flag) | own_limits
    indices = found.to_frame(answers.index)
    alone = len(indices) == 1
    flags = _flags(indices, {} if alone else limits)
    n_kinds = _kinds(flags)
    return Screening(
        indices=indices,
        flags=flags,
        n_kinds=n_kinds,
        proposed=(n_kinds >= KINDS_NEEDED).rename("proposed"),
        why=_words(indices, flags),
        rules=_rule_table(indices, flags, limits, found),
        n_obs=len(indices),
        notes=(
            *answers.notes,
            *found.notes,
            *_absent_notes(found),
            *_broad_notes(flags),
            *([_NOBODY_ELSE] if alone else []),
        ),
    )


def _flags(indices: pd.DataFrame, limits: Mapping[str, float | None]) -> pd.DataFrame:
    """Compare each index with its threshold; what is missing raises no flag."""
    flags = {}
    for name in indices:
        limit = limits.get(str(name))
        if limit is not None:
            values = indices[name]
            flags[name] = values > limit if RULE_OF[str(name)].above else values < limit
    return pd.DataFrame(flags, index=indices.index, dtype=bool)


def _absent_notes(found: Indices) -> list[str]:
    """Name the indices that are not there."""
    absent = join_names([rule.index for rule in RULES if rule.index in found.why_not], len(RULES))
    return [f"Not computed: {absent}. The table rules says why."] if absent else []


def _broad_notes(flags: pd.DataFrame) -> list[str]:
    """Warn of an index that flags so many people that its flag says little."""
    shares = flags.mean() if len(flags) >= _MANY_PEOPLE else pd.Series(dtype=float)
    return [
        f"{name} raises a flag for {share:.0%} of the people, so that its flag says little here. "
        "Look at its distribution, and set another threshold or none (thresholds=)."
        for name, share in shares[shares > _BROAD].items()
    ]


def _kinds(flags: pd.DataFrame) -> pd.Series[int]:
    """Count the kinds of flag that each person has."""
    kinds = {RULE_OF[str(name)].kind for name in flags}
    raised = {k: flags[[n for n in flags if RULE_OF[str(n)].kind == k]].any(axis=1) for k in kinds}
    return pd.DataFrame(raised, index=flags.index).sum(axis=1).astype(int).rename("n_kinds")


def _words(indices: pd.DataFrame, flags: pd.DataFrame) -> pd.Series[str]:
    """Say for each person which flags there are, and by which values."""
    said: list[list[str]] = [[] for _ in range(len(flags))]
    for name in flags:
        words, values = RULE_OF[str(name)].words, indices[name].to_numpy()
        for place in np.flatnonzero(flags[name]).tolist():
            said[place].append(words.format(value=values[place]))
    return pd.Series(["; ".join(parts) for parts in said], index=flags.index, name="why", dtype=str)


def _rule_table(
    indices: pd.DataFrame,
    flags: pd.DataFrame,
    limits: Mapping[str, float | None],
    found: Indices,
) -> pd.DataFrame:
    """List every index with its rule, its counts and its source."""
    rows = [
        {
            "kind": rule.kind,
            "flagged_if": "above" if rule.above else "below",
            "threshold": np.nan if limits[rule.index] is None else limits[rule.index],
            "n_computed": int(indices[rule.index].notna().sum()) if rule.index in indices else 0,
            "n_flagged": int(flags[rule.index].sum()) if rule.index in flags else 0,
            "why_not": (found.no_flag | found.why_not).get(rule.index, ""),
            "source": rule.source,
        }
        for rule in RULES
    ]
    return pd.DataFrame(rows, index=pd.Index([rule.index for rule in RULES], name="index"))
