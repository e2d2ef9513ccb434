"""The indices of careless responding for the people screened, and why one is not there."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import join_names
from innovsurvey.numerics import careless
from innovsurvey.numerics.careless_distance import mahalanobis, pairwise_moments
from innovsurvey.responses.cells import as_number
from innovsurvey.responses.screening_rules import RULES
from innovsurvey.responses.screening_times import duration, page_columns, page_seconds

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    from innovsurvey.numerics.careless_distance import PairwiseMoments
    from innovsurvey.responses.screening_answers import Answers, Options

    Floats = NDArray[np.float64]

# Items in a block of which a long run can tell something.
MIN_BLOCK: Final = 8
MIN_ITEMS: Final = 10
MIN_SCALES: Final = 4
MIN_PAIRS: Final = 5
MIN_PEOPLE: Final = 100
MIN_DUPLICATE: Final = 15
PEOPLE_PER_ITEM: Final = 2
CRITICAL: Final = (0.60, 0.50)
_MIN_SHARE: Final = 0.5
_TELLING_SD: Final = 0.1  # in widths of the response format, within blocks
_OF_GROUP: Final = (
    "synonyms", "antonyms", "person_total", "mahalanobis_d2", "mahalanobis_p_value",
    "n_same_answers",
)  # fmt: skip
ONE_PERSON: Final = "one person: it needs the answers of others"


@dataclass(frozen=True, eq=False)
class Indices:
    """Values by index, why an index is not there or raises no flag by itself, and notes."""

    values: dict[str, Floats] = field(default_factory=dict)
    why_not: dict[str, str] = field(default_factory=dict)
    no_flag: dict[str, str] = field(default_factory=dict)
    notes: list[str] = field(default_factory=list)

    def take(self, name: str, values: Floats, why_empty: str) -> None:
        """Keep an index, or the reason where nobody has it."""
        if np.isnan(values).all():
            self.why_not[name] = why_empty
        else:
            self.values[name] = values

    def to_frame(self, index: pd.Index[Any]) -> pd.DataFrame:
        """Give the indices in the order of the rules, one row per person."""
        names = [rule.index for rule in RULES if rule.index in self.values]
        frame = pd.DataFrame({name: self.values[name] for name in names}, index=index)
        return frame.astype({name: int for name in names if name == "longstring"})


def compute_indices(answers: Answers, options: Options) -> Indices:
    """Compute every index that the answers allow."""
    found = Indices()
    _repetition(found, answers)
    _even_odd(found, answers)
    if len(answers.x) > 1:
        moments = pairwise_moments(answers.keyed)
        _pairs(found, answers, moments)
        _person_total(found, answers)
        _distance(found, answers, moments)
        _duplicates(found, answers)
    else:
        found.why_not.update(dict.fromkeys(_OF_GROUP, ONE_PERSON))
    _times(found, answers, options)
    _attention(found, answers, options.attention)
    found.take("missing_share", answers.missing_share, "nobody was shown an item")
    return found


def _repetition(found: Indices, answers: Answers) -> None:
    """Measure runs and variability of the answers as given."""
    x = answers.x
    run = careless.runs(x, answers.shown, answers.starts)
    found.take("longstring", run.longest, "no answers")
    found.take("average_run", run.average, "no answers")
    shares = _block_shares(answers)
    why = f"no block has {MIN_BLOCK} items with one response format"
    found.take("longstring_share", shares, why)
    why = f"nobody answered {MIN_ITEMS} ratings"
    found.take("irv", careless.irv(x, MIN_ITEMS), why)
    mixed = [p for p in answers.pages if 0 < answers.reverse[p].mean() < 1]
    why = f"no block has items of both keys and {MIN_BLOCK} items"
    sds = [careless.irv(x[:, page], MIN_BLOCK) for page in mixed if len(page) >= MIN_BLOCK]
    found.take("irv_mixed", _row_mean(sds, len(x)), why)


def _block_shares(answers: Answers) -> Floats:
    """Average, over the blocks, the longest run as a share of the block's answers."""
    shares = []
    for page in answers.pages:
        x = answers.x[:, page]
        n_answered = (~np.isnan(x)).sum(axis=1)
        longest = careless.runs(x, answers.shown[:, page]).longest
        shares.append(
            np.where(n_answered >= MIN_BLOCK, longest / np.maximum(n_answered, 1), np.nan)
        )
    return _row_mean(shares, len(answers.x))


def _row_mean(columns: list[Floats], n: int) -> Floats:
    """Average columns row by row, over those that are there."""
    if not columns:
        return np.full(n, np.nan)
    mean: Floats = pd.DataFrame(np.column_stack(columns)).mean(axis=1).to_numpy()
    return mean


def _even_odd(found: Indices, answers: Answers) -> None:
    """Correlate the halves of the scales within each person."""
    scales = [columns for columns in answers.scales.values() if len(columns) > 1]
    if len(scales) < MIN_SCALES:
        found.why_not["even_odd"] = (
            f"{len(scales)} scale(s) of two items or more; {MIN_SCALES} are needed (scales=)"
        )
        return
    values = careless.even_odd(answers.keyed, scales, MIN_SCALES)
    found.take("even_odd", values, f"nobody has both halves of {MIN_SCALES} scales that vary")


def _pairs(found: Indices, answers: Answers, keyed: PairwiseMoments) -> None:
    """Correlate the items of psychometric synonyms and antonyms within each person."""
    if len(answers.x) < MIN_PEOPLE:
        why = f"{len(answers.x)} people; {MIN_PEOPLE} are needed to find pairs of items"
        found.why_not.update({"synonyms": why, "antonyms": why})
        return
    _pairs_of(found, "synonyms", answers.keyed, keyed.correlation, 1)
    as_given = pairwise_moments(answers.x).correlation
    _pairs_of(found, "antonyms", answers.x, as_given, -1)


def _pairs_of(found: Indices, name: str, x: Floats, corr: Floats, sign: int) -> None:
    """Take the pairs beyond the critical value, or the next lower one where they are too few."""
    for critical in CRITICAL:
        pairs = careless.like_pairs(corr, sign * critical)
        if len(pairs) >= MIN_PAIRS:
            break
    else:
        found.why_not[name] = (
            f"{len(pairs)} pair(s) of items correlate beyond {sign * CRITICAL[-1]:.2f}; "
            f"{MIN_PAIRS} are needed"
        )
        return
    if critical != CRITICAL[0]:
        found.no_flag[name] = (
            f"fewer than {MIN_PAIRS} pairs of items correlate beyond {sign * CRITICAL[0]:.2f}, so "
            f"the {len(pairs)} beyond {sign * critical:.2f} are used; no flag unless thresholds= "
            "names it"
        )
    values = careless.pair_correlations(x, pairs, MIN_PAIRS)
    found.take(name, values, f"nobody answered {MIN_PAIRS} pairs with answers that vary")


def _person_total(found: Indices, answers: Answers) -> None:
    """Correlate each person's keyed answers with the means of all."""
    values = careless.person_total(answers.keyed, MIN_ITEMS)
    found.take("person_total", values, f"nobody answered {MIN_ITEMS} ratings that vary")


def _distance(found: Indices, answers: Answers, moments: PairwiseMoments) -> None:
    """Measure how unusual the combination of answers is."""
    n, p = answers.x.shape
    names = ("mahalanobis_d2", "mahalanobis_p_value")
    if n < PEOPLE_PER_ITEM * p:
        why = f"{n} people for {p} items; {PEOPLE_PER_ITEM} per item are needed"
        found.why_not.update(dict.fromkeys(names, why))
        return
    chosen = _definite(answers, moments)
    if chosen is None:
        why = "the covariances cannot be inverted (an item is constant or repeats others)"
        found.why_not.update(dict.fromkeys(names, why))
        return
    distances = mahalanobis(answers.keyed, chosen.means, chosen.cov, round(_MIN_SHARE * p))
    why = "nobody answered half of the items"
    found.take(names[0], distances.d2, why)
    found.take(names[1], distances.p_value, why)


def _definite(answers: Answers, moments: PairwiseMoments) -> PairwiseMoments | None:
    """Give moments that can be inverted: of all pairs of answers, else of complete rows."""
    if moments.is_definite:
        return moments
    complete = answers.keyed[~np.isnan(answers.keyed).any(axis=1)]
    if len(complete) < PEOPLE_PER_ITEM * complete.shape[1]:
        return None
    of_complete = pairwise_moments(complete)
    return of_complete if of_complete.is_definite else None


def _duplicates(found: Indices, answers: Answers) -> None:
    """Count people with exactly the same answers, which vary enough not to agree by chance."""
    within = [careless.irv(answers.x[:, page]) for page in answers.pages]
    varies = _row_mean(within, len(answers.x)) >= _TELLING_SD * answers.width
    n_answered = (~np.isnan(answers.x)).sum(axis=1)
    longest = careless.runs(answers.x, answers.shown, answers.starts).longest
    telling = varies & (n_answered >= MIN_DUPLICATE) & (longest <= n_answered / 2)
    values = careless.same_answers(answers.x, telling)
    why = f"nobody has {MIN_DUPLICATE} answers that vary; fewer are the same by chance"
    found.take("n_same_answers", values, why)


def _times(found: Indices, answers: Answers, options: Options) -> None:
    """Give the whole time, the time per item and that on the fastest page."""
    seconds, notes = duration(answers.extra, options.time_column)
    found.notes.extend(notes)
    if seconds is None:
        why = "no time: no column of seconds was found (time_column=)"
        found.why_not.update({"duration_seconds": why, "seconds_per_item": why})
    else:
        values = seconds.to_numpy(dtype=float)
        per_item = values / np.where(answers.n_shown > 0, answers.n_shown, np.nan)
        for name, numbers in (("duration_seconds", values), ("seconds_per_item", per_item)):
            found.take(name, numbers, "the column of times has no positive number")
    if not options.page_times:
        pages = page_columns(answers.extra)
        seen = f"; found {join_names(pages, 3)}" if pages else ""
        found.why_not["page_seconds_per_item"] = (
            f"no times of pages (page_times={{column: number of items}}){seen}"
        )
        return
    fastest = page_seconds(answers.extra, options.page_times).min(axis=1).to_numpy(dtype=float)
    found.take("page_seconds_per_item", fastest, "the page times have no positive number")


def _attention(found: Indices, answers: Answers, attention: Mapping[str, Any]) -> None:
    """Count the attention items with a wrong answer; one left open is not counted."""
    if not attention:
        why = "no attention item named (attention={item: right answer})"
        found.why_not["attention_failed"] = why
        return
    checks = answers.extra[list(attention)]
    right = pd.DataFrame({name: _equals(checks[name], attention[name]) for name in attention})
    failed = (checks.notna() & ~right).sum(axis=1).to_numpy(dtype=float)
    failed[checks.isna().all(axis=1).to_numpy()] = np.nan
    found.take("attention_failed", failed, "nobody answered the attention item(s)")


def _equals(column: pd.Series[Any], right: Any) -> pd.Series[bool]:
    """Compare answers with the right one, as numbers where it is one, such as 4 or "4"."""
    number = as_number(str(int(right) if isinstance(right, bool) else right))
    if number is not None:
        return pd.to_numeric(column, errors="coerce") == number
    return column.astype(str).str.strip().str.casefold() == str(right).strip().casefold()
