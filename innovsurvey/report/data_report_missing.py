"""The sections of the data report on answers: what is missing, how they spread, by unit."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pandas as pd

from innovsurvey.report.data_report_html import (
    bullets,
    heading,
    paragraph,
    shown_figure,
    shown_table,
    words,
)
from innovsurvey.report.quality_map import missingness
from innovsurvey.report.quality_plots import distributions
from innovsurvey.responses.roster import NO_GROUP, roster_notes

if TYPE_CHECKING:
    from collections.abc import Sequence

    from innovsurvey.responses.missing_data import MissingData
    from innovsurvey.responses.model import Responses

_MOST_ITEMS: Final = 40
_MOST_PATTERNS: Final = 10
_MOST_UNITS: Final = 60
_ITEMS_A_FIGURE: Final = 25
_SILENT: Final = "Nobody answered in"


def missing_section(found: MissingData) -> list[str]:
    """Show what is missing by reason, item and pattern, and Little's test; units come later."""
    parts = [heading(2, "What is missing"), paragraph(f"{found.title}.")]
    if not len(found.reasons):
        return [*parts, paragraph("Every item has an answer of every person.")]
    return [
        *parts,
        bullets(note for note in found.notes if note not in _roster_notes(found)),
        shown_table(_by_reason(found), "Cells without an answer, by reason"),
        shown_figure(missingness(found)),
        heading(3, "By item"),
        *_item_table(found),
        heading(3, "By pattern"),
        *_pattern_table(found),
    ]


def spread_section(responses: Responses, found: MissingData) -> list[str]:
    """Show how the answers to each item spread, some items a figure."""
    names = [str(name) for name in found.items.index]
    figures = [
        shown_figure(distributions(responses, names[start : start + _ITEMS_A_FIGURE]))
        for start in range(0, len(names), _ITEMS_A_FIGURE)
    ]
    text = (
        "The percentage of answers at every point of the response format, also at points that "
        "nobody chose. Answers are shown as they were given: reversed items are not turned round."
    )
    return [heading(2, "How answers spread"), paragraph(text), *figures]


def unit_section(found: MissingData, min_group_size: int) -> list[str]:
    """Show people, answers and response rates by unit; small units are only counted."""
    parts = [heading(2, "Response by unit")]
    if found.groups is None:
        text = "The answers name no units. Give group_column= when reading to see them by unit."
        return [*parts, paragraph(text)]
    known = found.groups.drop(index=NO_GROUP, errors="ignore")
    small = _hidden_units(known, min_group_size)
    large = known[(known["n_obs"] > 0) & ~known.index.isin(small.index)]
    parts.append(paragraph(_unit_words(known, small, min_group_size)))
    told = _roster_notes(found, hidden=small.index.tolist())
    parts.append(bullets(note for note in told if not note.startswith(_SILENT)))  # all, below
    nowhere = int(found.groups["n_obs"].get(NO_GROUP, 0))
    if nowhere:
        parts.append(paragraph(f"{nowhere} people belong to no known unit."))
    if len(large):
        left = len(large) - _MOST_UNITS
        order = large.sort_values("n_obs", ascending=False, kind="stable")
        shown = (
            order.head(_MOST_UNITS).rename_axis("unit").drop(columns="on_roster", errors="ignore")
        )
        shown = shown.rename(columns={"response_rate": "rate_share"})
        if "n_invited" in shown:
            shown["n_invited"] = shown["n_invited"].astype("Int64")
        parts.append(shown_table(shown, "Response by unit"))
        parts += [paragraph(f"{left} more unit(s) are not listed.")] if left > 0 else []
    if "n_invited" in known:
        silent = known.index[(known["n_obs"] == 0) & (known["n_invited"] > 0)].tolist()
        parts += [paragraph(f"{_SILENT}: {', '.join(silent)}.")] if silent else []
    return parts


def _hidden_units(known: pd.DataFrame, min_group_size: int) -> pd.DataFrame:
    """Give the units that are not shown: small ones, and more where totals would tell a small one.

    The smallest of the others join the small ones until at least two units with at least
    ``min_group_size`` people together are hidden.
    """
    there = known[known["n_obs"] > 0].sort_values("n_obs", kind="stable")
    n_hidden = int((there["n_obs"] < min_group_size).sum())
    if n_hidden:
        enough = there["n_obs"].cumsum() >= min_group_size
        n_hidden = max(n_hidden, 2, int((~enough).sum()) + 1)
    return there.head(n_hidden)


def _roster_notes(found: MissingData, hidden: Sequence[str] = ()) -> list[str]:
    """Say what does not fit between roster and answers; hidden units are not named."""
    if found.groups is None or "on_roster" not in found.groups:
        return []
    small = set(hidden)
    names = ["a small unit" if name in small else name for name in found.groups.index]
    return roster_notes(found.groups.set_axis(names))


def _unit_words(known: pd.DataFrame, small: pd.DataFrame, min_group_size: int) -> str:
    """Say how many units there are, and how many are too small to be shown."""
    there = int((known["n_obs"] > 0).sum())
    n_large = int((known["n_obs"] >= min_group_size).sum())
    text = f"There are answers from {there} units, {n_large} of them with {min_group_size} "
    text += "or more people."
    if len(small):
        people = int(small["n_obs"].sum())
        text += f" {len(small)} smaller unit(s) with {people} people together are not shown"
        is_more = len(small) > there - n_large
        text += ", so that no small one can be told from the totals." if is_more else "."
    return text


def _by_reason(found: MissingData) -> pd.DataFrame:
    """Write the reasons in words, and whether they count as missing."""
    counts = found.reasons.copy()
    counts.index = pd.Index([words(str(name)) for name in counts.index], name="reason")
    counts["counts_as"] = ["missing" if flag else "did not apply" for flag in counts["is_missing"]]
    return counts.drop(columns="is_missing")


def _item_table(found: MissingData) -> list[str]:
    """Show the items of which most is missing, in the order of the questionnaire."""
    columns = ["n_asked", "n_answered", "n_missing", "missing_share", "n_not_applicable", "asked"]
    items = found.items[columns]
    affected = items[(items["n_missing"] > 0) | (items["n_not_applicable"] > 0)]
    most = affected["missing_share"].nlargest(_MOST_ITEMS).index
    shown = affected[affected.index.isin(most)]
    rest = len(items) - len(affected)
    parts = [shown_table(shown, "Answers by item")]
    if len(affected) > len(shown):
        text = f"The {len(shown)} items of {len(affected)} with gaps of which most is missing."
        parts.append(paragraph(text))
    if rest:
        parts.append(paragraph(f"{rest} item(s) were asked of everybody and have every answer."))
    return parts


def _pattern_table(found: MissingData) -> list[str]:
    """Show the most frequent sets of items left out."""
    top = found.patterns.head(_MOST_PATTERNS).copy()
    top["items"] = [_short(names) for names in top["items"]]
    kind = "monotone, as after people stop" if found.is_monotone else "not monotone"
    text = (
        f"People left out {len(found.patterns)} different sets of the items they were asked; they "
        f"are {kind}. The most frequent ones:"
    )
    return [paragraph(text), shown_table(top, "Sets of items left out together")]


def _short(names: str) -> str:
    """Write the names of a pattern, not too many."""
    listed = names.split(", ")
    if not names:
        return "none"
    return names if len(listed) <= 6 else f"{', '.join(listed[:6])} and {len(listed) - 6} more"
