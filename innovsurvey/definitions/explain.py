"""Explain an instrument or one of its scales in plain text, for the command line."""

from __future__ import annotations

import itertools
import re
import textwrap
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.definitions.evidence import join_words, wording, wording_source
from innovsurvey.definitions.protocol import STATUSES, next_step
from innovsurvey.errors import SpecificationError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from innovsurvey.definitions.model import Instrument, ResponseFormat, Scale, ScoreRule

_WIDTH: Final = 92
_KINDS: Final = {
    "reflective": "reflective: the items are taken as signs of one thing behind them, which is a "
    "hypothesis",
    "composite": "composite: the items are parts that make up the score, and need not go together",
}
_METHODS: Final = {
    "mean": "the mean of the answered items",
    "sum": "the mean of the answered items times the number of items",
    "mean_of_facets": "the mean of the scores of its facets",
}


def explain_scale(instrument: Instrument, scale_id: str) -> str:
    r"""Explain a scale: what it measures, its items and passages, scoring, evidence and uses.

    Parameters
    ----------
    instrument
        The instrument that the scale belongs to.
    scale_id
        Id of the scale or facet.

    Returns
    -------
    str
        Plain text of some lines.

    Raises
    ------
    SpecificationError
        No such scale.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> roles = isv.load_instrument("collaborative-leadership")
    >>> print(*explain_scale(roles, "convener").splitlines()[:2], sep="\n")
    Convener (convener)
    A scale of Collaborative leadership (collaborative-leadership@...).
    """
    scale = instrument.scale(scale_id)
    language = instrument.languages[0].code
    parts = [
        f"{scale.title.say(language)} ({scale.id})",
        f"A scale of {_name(instrument)}.",
        "",
        *_measures(instrument, scale, language),
        "",
        *_answers(instrument, scale),
        *_items(instrument, scale),
        "",
        *_wrap(f"Scoring: {scoring_in_words(instrument, scale)}."),
        *_wrap(f"Range: {_range(instrument, scale)}."),
        *_wrap(f"Kind: {_KINDS[scale.kind]}."),
        "",
        *_evidence(instrument),
    ]
    return "\n".join(parts)


def explain_instrument(instrument: Instrument) -> str:
    """Explain an instrument: what it is for, its forms, languages and scales, evidence and uses.

    Parameters
    ----------
    instrument
        What :func:`load_instrument` gave.

    Returns
    -------
    str
        Plain text of some lines.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> roles = isv.load_instrument("collaborative-leadership")
    >>> print(explain_instrument(roles).splitlines()[0])
    Collaborative leadership (collaborative-leadership@...)
    """
    language = instrument.languages[0].code
    about = instrument.description.say(language)
    versions = [f"{words.say(language)} ({name})" for name, words in instrument.versions]
    parts = [
        _name(instrument),
        *_wrap(about),
        "",
        *_wrap(f"Versions: {'; '.join(versions)}."),
        *_wrap(f"Languages: {'; '.join(_languages(instrument))}."),
        "Forms, with the number of items:",
        *(
            _line(f"{form.id} ({len(form.items)})", form.title.say(language))
            for form in instrument.forms
        ),
        "Scales, with the number of items:",
        *_scale_lines(instrument, language),
        "",
        *_wrap(f"Wording: {wording_source(instrument)}"),
        "",
        *_evidence(instrument),
    ]
    return "\n".join(parts)


def explain(instruments: Iterable[Instrument], name: str) -> str:
    """Explain what a name means: an instrument, or a scale of one of them.

    Parameters
    ----------
    instruments
        Where to look.
    name
        Id of an instrument, or what :func:`find_scale` takes.

    Returns
    -------
    str
        Plain text of some lines.

    Raises
    ------
    SpecificationError
        Nothing has the name, or several scales do.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> shipped = [isv.load_instrument(name) for name in isv.list_instruments()["id"]]
    >>> print(explain(shipped, "convener").splitlines()[0])
    Convener (convener)
    """
    newest = _newest(instruments)
    if name in newest:
        return explain_instrument(newest[name])
    instrument, scale = find_scale(newest.values(), name)
    return explain_scale(instrument, scale.id)


def find_scale(instruments: Iterable[Instrument], name: str) -> tuple[Instrument, Scale]:
    """Find a scale by name over several instruments.

    Parameters
    ----------
    instruments
        Where to look; of several versions of an instrument the newest counts.
    name
        Id or title of a scale, in any case, also as ``instrument/scale``.

    Returns
    -------
    tuple of Instrument and Scale
        The scale, and the instrument it belongs to.

    Raises
    ------
    SpecificationError
        No scale has the name (the nearest one is suggested), or several instruments have it.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> shipped = [isv.load_instrument(name) for name in isv.list_instruments()["id"]]
    >>> instrument, scale = find_scale(shipped, "Convener")
    >>> instrument.id, scale.id
    ('collaborative-leadership', 'convener')
    """
    newest = _newest(instruments)
    owner, slash, rest = name.partition("/")
    wanted = rest if slash else name
    places = [newest[owner]] if slash and owner in newest else [*newest.values()]
    pairs = [(instrument, scale) for instrument in places for scale in instrument.scales]
    found = [pair for pair in pairs if pair[1].id == wanted]
    found = found or [pair for pair in pairs if _plain(wanted) in _names(pair[1])]
    if not found:
        _refuse_unknown(name, wanted, newest)
    if len(found) > 1:
        listed = join_names([f"{instrument.id}/{scale.id}" for instrument, scale in found])
        message = f"{name!r} is the name of {len(found)} scales. Name one of: {listed}."
        raise SpecificationError(message)
    return found[0]


def _newest(instruments: Iterable[Instrument]) -> dict[str, Instrument]:
    """Keep the newest version of each instrument, by id."""
    by_age = sorted(instruments, key=lambda i: tuple(map(int, i.version.split("."))))
    newest = {instrument.id: instrument for instrument in by_age}
    return dict(sorted(newest.items()))


def _plain(name: str) -> str:
    """Drop case, and what separates words."""
    return re.sub(r"[\W_]+", " ", name).strip().casefold()


def _names(scale: Scale) -> set[str]:
    """Give the names a scale may be found by: its id and its titles."""
    return {_plain(name) for name in (scale.id, *scale.title.values())}


def _refuse_unknown(name: str, wanted: str, newest: dict[str, Instrument]) -> None:
    """Say that nothing has the name, and what is near."""
    scales = [s for instrument in newest.values() for s in instrument.scales]
    known = [*newest, *(scale.id for scale in scales)]
    main = [scale.id for scale in scales if "_" not in scale.id]
    message = (
        f"there is no instrument or scale {name!r}{suggest(wanted, known)}. Instruments: "
        f"{join_names(list(newest), limit=20)}. Scales, among others: {join_names(main, limit=12)}."
    )
    raise SpecificationError(message)


def _wrap(text: str, indent: str = "", first: str | None = None) -> list[str]:
    """Break a text into lines; the first one may be indented otherwise."""
    start = indent if first is None else first
    return textwrap.wrap(text, _WIDTH, initial_indent=start, subsequent_indent=indent)


def _line(name: str, text: str, indent: str = "  ") -> str:
    """Write a name and what it means, broken into lines below each other."""
    start = f"{indent}{name}  "
    return "\n".join(_wrap(text, indent=" " * len(start), first=start))


def _name(instrument: Instrument) -> str:
    return f"{instrument.title.say()} ({instrument.id}@{instrument.version})"


def _measures(instrument: Instrument, scale: Scale, language: str) -> list[str]:
    """Say what the scale measures, as far as the file does, and quote its passage."""
    about = scale.description.say(language) or scale.title.say(language)
    lines = _wrap(f"What it measures: {about}")
    if scale.passage is None:
        return lines
    reference = instrument.passage(scale.passage).reference
    citations = {entry.id: entry.citation for entry in instrument.references}
    source = _wrap(f"{reference}: {citations[reference]}")
    return [*lines, *_wrap(f"Passage: {_quote(instrument, scale.passage)}"), *source]


def _quote(instrument: Instrument, passage_id: str) -> str:
    """Quote a passage with its place."""
    passage = instrument.passage(passage_id)
    return f"“{passage.quote}” ({passage.reference}, {passage.place})"


def _answers(instrument: Instrument, scale: Scale) -> list[str]:
    """Say how the items are answered."""
    formats = dict.fromkeys(instrument.format_of(item) for item in scale.items)
    language = instrument.languages[0].code
    told = "; ".join(_points(format_, language) for format_ in formats)
    return _wrap(f"Items ({len(scale.items)}), answered {told}:")


def _points(format_: ResponseFormat, language: str) -> str:
    """Write the points of a format, or its limits."""
    if not format_.points:
        return f"with a number from {_number(format_.low)} to {_number(format_.high)}"
    points = [f"{p.value:g} {p.label.say(language)}".strip() for p in format_.points]
    options = [option.label.say(language) for option in format_.missing]
    return ", ".join(points) + (f"; or {', '.join(options)}" if options else "")


def _number(value: float | None) -> str:
    return "any" if value is None else f"{value:g}"


def _items(instrument: Instrument, scale: Scale) -> list[str]:
    """List the items with their passages, facet by facet where there are facets."""
    if not scale.facets:
        return list(_item_lines(instrument, scale, "  "))
    lines = []
    for facet in map(instrument.scale, scale.facets):
        lines.append(_line(facet.id, facet.title.say(instrument.languages[0].code)))
        lines += _item_lines(instrument, facet, "    ")
    return lines


def _item_lines(instrument: Instrument, scale: Scale, indent: str) -> Iterator[str]:
    """Write the items of one scale, each below the passage it was made from."""
    items = [instrument.item(name) for name in scale.items]
    for passage_id, group in itertools.groupby(items, key=lambda item: item.passage):
        if passage_id is not None:
            yield from _wrap(_quote(instrument, passage_id), indent=indent)
        for item in group:
            key = " (reverse-keyed)" if item.reverse else ""
            text = wording(item, instrument.languages[0].code)
            yield _line(item.id, text + key, f"{indent}  ")


def scoring_in_words(instrument: Instrument, scale: Scale) -> str:
    """Write the scoring rule as a sentence."""
    rule = scale.score
    if rule is None:
        return "no score is computed"
    reverse = any(instrument.item(item).reverse for item in scale.items)
    turned = ["reverse-keyed items are turned round"] if reverse else []
    conditions = ", and ".join(_conditions(rule, len(scale.facets)))
    return "; ".join([_METHODS[rule.method], *turned, *filter(None, [conditions])])


def _conditions(rule: ScoreRule, n_facets: int) -> list[str]:
    """Write what has to be answered for a score."""
    unit = "facets scored" if rule.method == "mean_of_facets" else "items answered"
    conditions = []
    if rule.min_valid > 1:
        conditions.append(f"at least {rule.min_valid} {unit}")
    if rule.min_share:
        conditions.append(f"{_share(rule.min_share)} of the items shown and needed answered")
    if rule.min_needed_share:
        conditions.append(f"{_share(rule.min_needed_share)} of the items shown and needed at all")
    if rule.min_facets:
        partial = (
            f" ({rule.min_facets_partial} where a whole facet was not shown)"
            if rule.min_facets_partial
            else ""
        )
        conditions.append(f"answers in at least {rule.min_facets} of {n_facets} facets{partial}")
    return conditions


def _share(share: float) -> str:
    return "all" if share == 1 else f"at least {100 * share:g} %"


def _range(instrument: Instrument, scale: Scale) -> str:
    """Write the lowest and highest score."""
    format_ = instrument.format_of(scale.items[0])
    if format_.low is None or format_.high is None:
        return "no fixed ends"
    factor = len(scale.items) if scale.score and scale.score.method == "sum" else 1
    return f"{format_.low * factor:g} to {format_.high * factor:g}"


def _scale_lines(instrument: Instrument, language: str) -> list[str]:
    """List the scales; facets are indented below the scale that they make up."""
    facets = {name for scale in instrument.scales for name in scale.facets}
    lines = []
    for scale in instrument.scales:
        if scale.id not in facets:
            lines.append(_scale_line(scale, language, "  "))
            own = map(instrument.scale, scale.facets)
            lines += [_scale_line(facet, language, "    ") for facet in own]
    return lines or ["  none"]


def _scale_line(scale: Scale, language: str, indent: str) -> str:
    return _line(f"{scale.id} ({len(scale.items)})", scale.title.say(language), indent)


def _languages(instrument: Instrument) -> list[str]:
    """Say how far the wording in each language has been reviewed."""
    return [f"{language.name} ({language.status})" for language in instrument.languages]


def _evidence(instrument: Instrument) -> list[str]:
    """Say what is known, what comes next, and what the scores may be used for."""
    record = instrument.validity
    step = next_step(record)
    following = "" if step is None else f" Next step: {step.title.lower()} ({step.n})."
    return [
        *_wrap(f"Evidence: {record.status} ({STATUSES[record.status]}). {record.statement}"),
        *_wrap(f"Field studies on record: {len(record.field_studies)}.{following}"),
        *_wrap(f"Permitted uses: {join_words(record.permitted_uses)}."),
        *_wrap(f"Prohibited uses: {join_words(record.prohibited_uses)}."),
    ]
