"""What is screened: ratings in the order shown, as given and keyed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import pandas as pd

from innovsurvey.base.checks import check_columns, check_items, join_names, suggest
from innovsurvey.errors import InsufficientDataError, MissingItemsError, SpecificationError
from innovsurvey.responses.model import NOT_APPLICABLE, Responses
from innovsurvey.responses.screening_times import DURATION_COLUMNS, page_columns

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from numpy.typing import NDArray

    from innovsurvey.definitions.model import Instrument

    Floats = NDArray[np.float64]
    Flags = NDArray[np.bool_]

_NEVER_SEEN: Final = ("not_shown", "not_reached")
_FEWEST_POINTS: Final = 3


@dataclass(frozen=True)
class Options:
    """What the caller said about order, scales, keys, times and attention items."""

    order: Sequence[str] | None = None
    scales: Mapping[str, Sequence[str]] | None = None
    reverse: Collection[str] = ()
    answer_range: Sequence[float] | None = None
    attention: Mapping[str, Any] = field(default_factory=dict)
    time_column: str | None = None
    page_times: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, eq=False)
class Answers:
    """Ratings of n people to p items, in the order shown.

    ``x`` has the answers as given, ``keyed`` turned round where an item is reverse-keyed; both are
    on one range of width ``width`` where the formats differ. ``shown`` is False where a person was
    not asked. ``formats`` names the response format of each item, ``blocks`` its page.
    """

    index: pd.Index[Any]
    names: list[str]
    x: Floats
    keyed: Floats
    shown: Flags
    reverse: Flags
    formats: list[str]
    blocks: list[str]
    scales: dict[str, list[int]]
    width: float
    n_shown: Floats
    missing_share: Floats
    extra: pd.DataFrame
    notes: tuple[str, ...]

    @property
    def starts(self) -> Flags:
        """Items before which the response format changes."""
        new = [a != b for a, b in zip(self.formats[1:], self.formats, strict=False)]
        return np.array([True, *new], dtype=bool)

    @property
    def stretch(self) -> int:
        """The most items in a row that share one response format."""
        return max(len(list(items)) for _, items in groupby(self.formats))

    @property
    def pages(self) -> list[list[int]]:
        """Places of the items that were shown together with one response format."""
        pages: dict[tuple[str, str], list[int]] = {}
        for j, page in enumerate(zip(self.blocks, self.formats, strict=True)):
            pages.setdefault(page, []).append(j)
        return list(pages.values())


def gather(source: Any, options: Options) -> Answers:
    """Take ratings out of responses or of a plain frame of items.

    Raises
    ------
    MissingItemsError
        An option names an item or column that the data do not have.
    SpecificationError
        An option is of another kind, or names an item twice.
    InsufficientDataError
        There is no rating.
    """
    _check_options(options)
    if isinstance(source, Responses):
        answers = _of_responses(source, options)
    else:
        answers = _of_frame(source, options)
    if not answers.names:
        message = (
            "there is no rating to screen: no item in a scale has ordered answers with "
            f"{_FEWEST_POINTS} points or more (cells of a matrix are not screened)."
        )
        raise InsufficientDataError(message)
    return _in_order(answers, options.order)


def _of_responses(responses: Responses, options: Options) -> Answers:
    """Take the ratings that belong to scales, in the order of the questionnaire."""
    instrument = responses.instrument
    _check_names(options.attention, [*responses.data, *responses.context], "attention")
    _check_names(options.reverse, responses.data, "reverse")
    placed = _shown_order(instrument)
    names = _ratings(responses, placed, options)
    x = responses.data[names].to_numpy(dtype=float)
    low, high = _limits(instrument, names)
    turned = {i.id for i in instrument.items if i.reverse} ^ set(options.reverse)
    reverse = np.array([name in turned for name in names], dtype=bool)
    keyed = np.where(reverse, low + high - x, x)
    width, on_one_range, range_notes = _one_range(low, high)
    scales = _scales_of(instrument, names) if options.scales is None else options.scales
    left_out = [n for n in responses.data if n not in set(names)]
    note = (
        f"{len(left_out)} of {responses.data.shape[1]} items are no ratings in a scale (facts, "
        f"cells of a matrix, checks) and count for times and missing answers only: "
        f"{join_names(left_out, 4)}."
    )
    n_shown, missing_share = _left_out(responses)
    return Answers(
        index=responses.data.index,
        names=names,
        x=on_one_range(x),
        keyed=on_one_range(keyed),
        shown=~responses.reasons[names].isin(_NEVER_SEEN).to_numpy(dtype=bool),
        reverse=reverse,
        formats=[instrument.item(name).format for name in names],
        blocks=[placed[name] for name in names],
        scales=_places(scales, names),
        width=width,
        n_shown=n_shown,
        missing_share=missing_share,
        extra=responses.context.join(responses.data[_known(options.attention, responses.data)]),
        notes=(*([note] if left_out else []), *range_notes),
    )


def _of_frame(frame: Any, options: Options) -> Answers:
    """Take the columns of a plain frame as ratings, in their order."""
    checked = frame if isinstance(frame, pd.DataFrame) else check_items(frame)
    checked = checked.rename(columns=str)
    _check_names(options.attention, checked, "attention")
    times = [options.time_column] if options.time_column is not None else []
    check_columns(checked, [*times, *options.page_times], "time column")
    known = {name.casefold() for name in DURATION_COLUMNS}
    pages = set(page_columns(checked))
    besides = {*times, *options.attention, *options.page_times}
    names = [str(c) for c in checked]
    besides |= {c for c in names if c.casefold() in known or c in pages}
    items = check_items(checked[[c for c in checked if c not in besides]])
    _check_names(options.reverse, items, "reverse")
    names = [str(name) for name in items]
    x = items.to_numpy(dtype=float)
    low, high, notes = _frame_range(x, options)
    reverse = np.array([name in set(options.reverse) for name in names], dtype=bool)
    missing = np.isnan(x)
    n_asked = len(names) + len(options.attention)
    return Answers(
        index=items.index,
        names=names,
        x=x,
        keyed=np.where(reverse, low + high - x, x),
        shown=np.ones(x.shape, dtype=bool),
        reverse=reverse,
        formats=["items"] * len(names),
        blocks=["items"] * len(names),
        scales=_places(options.scales or {}, names),
        width=high - low,
        n_shown=np.full(len(x), float(n_asked)),
        missing_share=missing.mean(axis=1),
        extra=checked[[c for c in checked if c in besides]],
        notes=notes,
    )


def _check_options(options: Options) -> None:
    """Refuse options of another kind than the function takes."""
    for name in ("attention", "page_times", "scales"):
        value = getattr(options, name)
        if value is not None and not isinstance(value, Mapping):
            message = f"{name}= must be a dict by name, not a {type(value).__name__}."
            raise SpecificationError(message)
    limits = options.answer_range
    if limits is not None and not (isinstance(limits, (tuple, list)) and len(limits) == 2):
        message = f"answer_range={limits!r} must be the lowest and the highest answer, as (1, 5)."
        raise SpecificationError(message)


def _in_order(answers: Answers, order: Sequence[str] | None) -> Answers:
    """Put the items in the order in which they were shown."""
    if order is None:
        return answers
    _check_names(order, answers.names, "order")
    if len(set(order)) < len(order):
        twice = sorted({name for name in order if list(order).count(name) > 1})
        message = f"order= names {join_names(twice)} twice or more. Name each item once."
        raise SpecificationError(message)
    at = {name: j for j, name in enumerate(answers.names)}
    places = [at[name] for name in order]
    left_out = [name for name in answers.names if name not in set(order)]
    note = f"{len(left_out)} item(s) not named in order= are not screened: {join_names(left_out)}."
    scales = {s: [answers.names[j] for j in columns] for s, columns in answers.scales.items()}
    kept = {s: [n for n in order if n in set(members)] for s, members in scales.items()}
    return replace(
        answers,
        names=list(order),
        x=answers.x[:, places],
        keyed=answers.keyed[:, places],
        shown=answers.shown[:, places],
        reverse=answers.reverse[places],
        formats=[answers.formats[j] for j in places],
        blocks=[answers.blocks[j] for j in places],
        scales=_places(kept, list(order)),
        notes=(*answers.notes, *([note] if left_out else [])),
    )


def _check_names(names: Iterable[str], have: Iterable[Any], option: str) -> None:
    """Refuse names in an option that the data do not have."""
    known = dict.fromkeys(str(name) for name in have)
    if isinstance(names, str):
        message = f"{option}= must be a list of names, not the text {names!r}."
        raise SpecificationError(message)
    missing = [str(name) for name in names if name not in known]
    if missing:
        listed = join_names([f"{name}{suggest(name, list(known))}" for name in missing])
        message = (
            f"{option}= names {listed}, not in the data, which have: {join_names(list(known))}."
        )
        raise MissingItemsError(message, missing=missing)


def _shown_order(instrument: Instrument) -> dict[str, str]:
    """Give the block of each item, in the order of the questionnaire."""
    by_place: dict[str, list[str]] = {}
    for item in instrument.items:
        by_place.setdefault(item.matrix or item.id, []).append(item.id)
    order = {n: b.id for b in instrument.blocks for place in b.items for n in by_place[place]}
    return order | {i.id: "items" for i in instrument.items if i.id not in order}


def _ratings(responses: Responses, placed: Mapping[str, str], options: Options) -> list[str]:
    """Name the items that are ratings: ordered answers, in a scale, no matrix, no check."""
    instrument = responses.instrument
    named = {i for members in (options.scales or {}).values() for i in members}
    in_scales = named or {i for scale in instrument.scales for i in scale.items}
    found = []
    for name in placed:
        item, format_ = instrument.item(name), instrument.format_of(name)
        is_rating = format_.level == "ordinal" and len(format_.points) >= _FEWEST_POINTS
        asked = name in responses.data and name not in options.attention
        if asked and is_rating and item.matrix is None and (not in_scales or name in in_scales):
            found.append(name)
    return found


def _limits(instrument: Instrument, names: Sequence[str]) -> tuple[Floats, Floats]:
    """Give the lowest and the highest point of each item."""
    points = [instrument.format_of(name).values for name in names]
    return np.array([p[0] for p in points], float), np.array([p[-1] for p in points], float)


def _one_range(low: Floats, high: Floats) -> tuple[float, Any, tuple[str, ...]]:
    """Tell how answers of differing formats come on one range: that of most items."""
    if not len(low):
        return np.nan, lambda x: x, ()
    pairs, counts = np.unique(np.column_stack([low, high]), axis=0, return_counts=True)
    bottom, top = pairs[np.argmax(counts)].tolist()
    if len(pairs) == 1:
        return top - bottom, lambda x: x, ()
    note = (
        f"The response formats have {len(pairs)} ranges; answers were put on the one of most "
        f"items, {bottom:g} to {top:g}, before they are compared within a person."
    )
    factor = (top - bottom) / (high - low)
    return top - bottom, lambda x: bottom + (x - low) * factor, (note,)


def _frame_range(x: Floats, options: Options) -> tuple[float, float, tuple[str, ...]]:
    """Give the range of the answers in a plain frame, said or seen."""
    if np.isnan(x).all():
        message = "no item has an answer, so there is nothing to screen."
        raise InsufficientDataError(message)
    low, high = float(np.nanmin(x)), float(np.nanmax(x))
    if options.answer_range is None:
        note = f"Answers are taken to range from {low:g} to {high:g}, as seen; else answer_range=."
        return low, high, (note,)
    first, last = options.answer_range
    if not first <= low <= high <= last:
        message = (
            f"answer_range={options.answer_range!r}, but answers range from {low:g} to {high:g}. "
            "Give the lowest and the highest possible answer."
        )
        raise SpecificationError(message)
    return float(first), float(last), ()


def _scales_of(instrument: Instrument, names: Sequence[str]) -> dict[str, list[str]]:
    """Name the reflective scales without facets; an item counts for the first it is in."""
    free, scales = set(names), {}
    for scale in instrument.scales:
        members = [i for i in scale.items if i in free]
        if not scale.facets and scale.kind == "reflective" and len(members) > 1:
            scales[scale.id] = members
            free -= set(members)
    return scales


def _places(scales: Mapping[str, Sequence[str]], names: Sequence[str]) -> dict[str, list[int]]:
    """Give the places of the items of each scale, in the order shown."""
    at = {name: j for j, name in enumerate(names)}
    for scale, members in scales.items():
        _check_names(members, names, f"scales[{scale!r}]")
    return {scale: sorted(at[name] for name in members) for scale, members in scales.items()}


def _left_out(responses: Responses) -> tuple[Floats, Floats]:
    """Count the items each person was shown, and the share of them left without any answer."""
    reasons = responses.reasons
    unseen = reasons.isin(_NEVER_SEEN).to_numpy(dtype=bool)
    chosen = np.zeros(reasons.shape, dtype=bool)
    for j, name in enumerate(reasons):
        options = responses.instrument.format_of(str(name)).missing
        given = {*NOT_APPLICABLE, *(option.reason for option in options)}
        chosen[:, j] = reasons[name].isin(given)
    empty = responses.data.isna().to_numpy() & ~chosen & ~unseen
    n_shown = (~unseen).sum(axis=1).astype(float)
    share = np.divide(
        empty.sum(axis=1), n_shown, out=np.full(len(n_shown), np.nan), where=n_shown > 0
    )
    return n_shown, share


def _known(names: Iterable[str], frame: pd.DataFrame) -> list[str]:
    """Keep the names that are columns."""
    return [name for name in names if name in frame]
