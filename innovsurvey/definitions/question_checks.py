"""Second stage of checking: formats, items, wordings and how they are shown."""

from __future__ import annotations

import itertools
from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import join_names
from innovsurvey.definitions.parts import (
    entries,
    format_of,
    ids,
    is_number,
    item_ids,
    line_ids,
    lookup,
    missing_codes,
    names,
    point_values,
    refer,
    version_ids,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from innovsurvey.definitions.parts import Entry
    from innovsurvey.definitions.yaml_file import Document, KeyPath

_TEXT_KEYS: Final = {
    "title", "description", "text", "label", "left", "right", "stem", "term", "meaning",
}  # fmt: skip


def texts(part: Any, path: KeyPath = ()) -> Iterator[Entry]:
    """Walk through the document and give every text that people read."""
    if isinstance(part, dict):
        for key, value in part.items():
            if isinstance(value, dict) and (key in _TEXT_KEYS or _is_wording(path, key)):
                yield (*path, key), value
            else:
                yield from texts(value, (*path, key))
    elif isinstance(part, list):
        for i, value in enumerate(part):
            yield from texts(value, (*path, i))


def _is_wording(path: KeyPath, key: str) -> bool:
    """Tell whether the key is a version or an outcome with its text below it."""
    return path[-1:] in {("wording",), ("texts",)} or (path == ("versions",) and key != "title")


def check_languages(document: Document) -> None:
    """Note texts that are missing in a language, or stand in one the file does not name."""
    languages = ids(document, "languages") or ["en"]
    for path, text in texts(document.data):
        missing = [code for code in languages if code not in text]
        if missing and any(code in languages for code in text):
            document.report(path, f"the text in {', '.join(missing)} is missing.")
        for code in text:
            if code not in languages and isinstance(text[code], str):
                message = f"the language {code!r} is not among the languages of the file"
                document.report((*path, code), f"{message} ({', '.join(languages)}).")


def check_ids(document: Document) -> None:
    """Note ids that two entries share, whatever the case of letters."""
    for key in ("items", "matrices", "blocks", "scales", "models", "context"):
        first: dict[str, str] = {}
        for path, entry in entries(document, key):
            name = entry.get("id")
            if not isinstance(name, str):
                continue
            if name.lower() in first:
                other = first[name.lower()]
                message = f"the id {name!r} is taken by another entry ({other}); ids must differ."
                document.report((*path, "id"), message)
            first.setdefault(name.lower(), name)


def check_formats(document: Document) -> None:
    """Note points out of order or without label, and missing codes used twice."""
    for path, entry in entries(document, "formats"):
        level, points = entry.get("level"), entry.get("points")
        if points is None and level in ("ordinal", "nominal", "multiple"):
            document.report(path, f"the level {level} needs points.")
        if isinstance(points, list):
            _check_points(document, (*path, "points"), entry, points)
        _check_missing(document, path, entry)
        low, high = entry.get("minimum"), entry.get("maximum")
        if is_number(low) and is_number(high) and low >= high:
            document.report((*path, "maximum"), f"must be above the minimum, {low}.")


def _check_points(
    document: Document, path: KeyPath, entry: dict[str, Any], points: list[Any]
) -> None:
    """Note values that do not ascend and, with labelled anchors, points without a label."""
    values = point_values(entry)
    for i, (before, after) in enumerate(itertools.pairwise(values), start=1):
        if after <= before:
            message = f"the values must ascend, but {after} comes after {before}."
            document.report((*path, i, "value"), message)
    if entry.get("anchors", "labels") != "labels":
        return
    for i, point in enumerate(points):
        if isinstance(point, dict) and "label" not in point:
            message = "the label is missing (or set anchors to poles or none)."
            document.report((*path, i), message)


def _check_missing(document: Document, path: KeyPath, entry: dict[str, Any]) -> None:
    """Note codes and reasons of missing options that something else has."""
    options = entry.get("missing")
    taken: set[Any] = set(point_values(entry))
    reasons: set[Any] = set()
    for i, option in enumerate(options if isinstance(options, list) else []):
        if not isinstance(option, dict):
            continue
        code, reason = option.get("code"), option.get("reason")
        place = (*path, "missing", i)
        if is_number(code) and code in taken:
            document.report((*place, "code"), f"the code {code} is used by another answer.")
        if isinstance(reason, str) and reason in reasons:
            document.report((*place, "reason"), f"the reason {reason!r} stands here twice.")
        taken.add(code if is_number(code) else None)
        reasons.add(reason if isinstance(reason, str) else None)


def check_items(document: Document) -> None:
    """Note items without a known format and passage, or without the text or poles it asks for."""
    formats = document.data.get("formats")
    formats = formats if isinstance(formats, dict) else {}
    passages = ids(document, "passages")
    for path, entry in entries(document, "items"):
        refer(document, (*path, "format"), entry.get("format"), list(formats), "response format")
        refer(document, (*path, "passage"), entry.get("passage"), passages, "passage")
        form = lookup(formats, entry.get("format"))
        form = form if isinstance(form, dict) else {}
        if form.get("anchors") == "poles":
            missing = [key for key in ("left", "right") if key not in entry]
        else:
            missing = [key for key in ("text",) if key not in entry]
        for key in missing:
            document.report(path, f"{key!r} is missing: what the respondent reads.")
        if entry.get("reverse") is True and form.get("level") not in ("ordinal", "number", None):
            message = f"only ordinal answers and numbers can be reversed, not {form['level']}."
            document.report((*path, "reverse"), message)
    if not item_ids(document) and document.data.get("items") == []:
        document.report(("items",), "the instrument asks nothing: give items or matrices.")


def check_wordings(document: Document) -> None:
    """Note wordings and item versions of a version that the file does not name."""
    versions = version_ids(document)
    for key in ("items", "blocks"):
        for path, entry in entries(document, key):
            wording = entry.get("wording")
            wording = wording if isinstance(wording, dict) else {}
            for name in wording:
                refer(document, (*path, "wording", name), name, versions, "version")
            for i, name in names(entry, "versions"):
                refer(document, (*path, "versions", i), name, versions, "version")
    for path, entry in entries(document, "formats"):
        options = entry.get("missing")
        for i, option in enumerate(options if isinstance(options, list) else []):
            for j, name in names(option if isinstance(option, dict) else {}, "versions"):
                place = (*path, "missing", i, "versions", j)
                refer(document, place, name, versions, "version")


def check_conditions(document: Document) -> None:
    """Note conditions that ask for answers the item cannot have."""
    elsewhere = ids(document, "asked_elsewhere")
    for key in ("items", "blocks"):
        for path, entry in entries(document, key):
            conditions = entry.get("show_if")
            for i, condition in enumerate(conditions if isinstance(conditions, list) else []):
                if isinstance(condition, dict) and condition.get("item") not in elsewhere:
                    _check_condition(document, (*path, "show_if", i), condition)


def _check_condition(document: Document, path: KeyPath, condition: dict[str, Any]) -> None:
    """Note a condition on an item or an answer that is not there."""
    asked = condition.get("item")
    refer(document, (*path, "item"), asked, item_ids(document), "item")
    format_ = format_of(document, asked)
    answers = point_values(format_) + missing_codes(format_)
    listed = condition.get("in")
    for i, value in enumerate(listed if isinstance(listed, list) else []):
        if answers and value not in answers:
            message = f"{asked} has no answer {value!r}; it has {join_names(answers)}."
            document.report((*path, "in", i), message)


def check_circles(document: Document) -> None:
    """Note items that are shown by answers which are given only after they are shown."""
    asks: dict[str, list[str]] = {}
    places: dict[str, KeyPath] = {}
    for path, items, asked in _filters(document):
        for item in items if asked else ():
            asks.setdefault(item, []).extend(asked)
            places.setdefault(item, path)
    noted: set[str] = set()
    for item, path in places.items():
        circle = _circle(item, asks)
        if circle and noted.isdisjoint(circle):
            chain = " -> ".join([*circle, item])
            message = f"the conditions go round in a circle, so nobody could be asked: {chain}."
            document.report(path, message)
            noted.update(circle)


def _filters(document: Document) -> Iterator[tuple[KeyPath, list[str], list[str]]]:
    """Give where conditions stand, the items they belong to, and the items they ask for."""
    cells_of = {
        matrix.get("id"): [
            f"{row}_{column}"
            for row, column in itertools.product(
                line_ids(matrix, "rows"), line_ids(matrix, "columns")
            )
        ]
        for _, matrix in entries(document, "matrices")
        if isinstance(matrix.get("id"), str)
    }
    for path, entry in entries(document, "items"):
        if isinstance(entry.get("id"), str):
            yield (*path, "show_if"), [entry["id"]], _asked_in(entry)
    for path, entry in entries(document, "blocks"):
        inside = [item for _, name in names(entry, "items") for item in cells_of.get(name, [name])]
        yield (*path, "show_if"), inside, _asked_in(entry)


def _asked_in(entry: dict[str, Any]) -> list[str]:
    """Give the items that the conditions of an item or block ask for."""
    conditions = entry.get("show_if")
    listed = conditions if isinstance(conditions, list) else []
    asked = [condition.get("item") for condition in listed if isinstance(condition, dict)]
    return [item for item in asked if isinstance(item, str)]


def _circle(start: str, asks: dict[str, list[str]]) -> list[str]:
    """Give the way from an item over what it depends on back to itself, empty if there is none."""
    ways = [[start]]
    seen: set[str] = set()
    while ways:
        way = ways.pop()
        for item in asks.get(way[-1], ()):
            if item == start:
                return way
            if item not in seen:
                seen.add(item)
                ways.append([*way, item])
    return []


def check_context(document: Document) -> None:
    """Note context columns asked in a response format that does not exist."""
    formats = ids(document, "formats")
    for path, entry in entries(document, "context"):
        refer(document, (*path, "format"), entry.get("format"), formats, "response format")


def check_matrices(document: Document) -> None:
    """Note matrices without a known format, and cells whose item id is taken."""
    formats, passages = ids(document, "formats"), ids(document, "passages")
    counts = Counter(name.lower() for name in item_ids(document))
    for path, entry in entries(document, "matrices"):
        refer(document, (*path, "format"), entry.get("format"), formats, "response format")
        for key in ("rows", "columns"):
            lines = entry.get(key)
            for i, line in enumerate(lines if isinstance(lines, list) else []):
                if isinstance(line, dict):
                    place = (*path, key, i, "passage")
                    refer(document, place, line.get("passage"), passages, "passage")
        cells = itertools.product(line_ids(entry, "rows"), line_ids(entry, "columns"))
        twice = sorted({f"{r}_{c}" for r, c in cells if counts[f"{r}_{c}".lower()] > 1})
        if twice:
            message = f"the item id(s) {join_names(twice)} occur more than once in the file."
            document.report(path, message)


def check_blocks(document: Document) -> None:
    """Note blocks with unknown items, and items that stand in two blocks."""
    known = item_ids(document) + ids(document, "matrices")
    first: dict[str, Any] = {}
    for path, entry in entries(document, "blocks"):
        for i, name in names(entry, "items"):
            place = (*path, "items", i)
            refer(document, place, name, known, "item or matrix")
            if name in first:
                document.report(place, f"{name} already stands in the block {first[name]!r}.")
            first.setdefault(name, entry.get("id"))


def check_passages(document: Document) -> None:
    """Note passages from a text that the file does not name."""
    references = ids(document, "references")
    for path, entry in entries(document, "passages"):
        refer(document, (*path, "reference"), entry.get("reference"), references, "reference")
