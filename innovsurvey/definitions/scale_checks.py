"""Second stage of checking: scales, scoring rules, forms and models."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import suggest
from innovsurvey.definitions.parts import (
    entries,
    ids,
    is_number,
    item_ids,
    lookup,
    names,
    point_values,
    refer,
    report_twice,
)

if TYPE_CHECKING:
    from innovsurvey.definitions.yaml_file import Document, KeyPath

_ENDINGS: Final = ("_se", "_pomp", "_partial", "_n_answered")  # of the columns of a score
_NAME: Final = re.compile(r"[A-Za-z][A-Za-z0-9_.]*")


def check_scales(document: Document) -> None:
    """Note scales not made of known items or facets that can be averaged together."""
    items, scales = item_ids(document), ids(document, "scales")
    taken = {name.lower() for name in items}
    for path, entry in entries(document, "scales"):
        if ("items" in entry) == ("facets" in entry):
            document.report(path, "a scale has either items or facets.")
        owner = next((s for s in scales for end in _ENDINGS if entry.get("id") == s + end), None)
        if owner is not None:
            message = f"{entry['id']!r} is the name of a column that the scale {owner!r} makes."
            document.report((*path, "id"), message)
        if str(entry.get("id", "")).lower() in taken:
            document.report((*path, "id"), f"{entry['id']!r} is also the id of an item.")
        refer(
            document,
            (*path, "passage"),
            entry.get("passage"),
            ids(document, "passages"),
            "passage",
        )
        for i, name in names(entry, "items"):
            refer(document, (*path, "items", i), name, items, "item")
        for i, name in names(entry, "facets"):
            before = scales[: path[1]] if isinstance(path[1], int) else []
            if name in scales and name not in before:
                message = f"the facet {name!r} must stand before this scale in the file."
                document.report((*path, "facets", i), message)
            refer(document, (*path, "facets", i), name, scales, "scale")
        for key in ("items", "facets"):
            report_twice(document, (*path, key), [name for _, name in names(entry, key)])
        _check_same_range(document, path, entry)


def _check_same_range(document: Document, path: KeyPath, entry: dict[str, Any]) -> None:
    """Note scales whose items are not ordinal or numbers with the same ends."""
    by_id = {e["id"]: e for _, e in entries(document, "items") if isinstance(e.get("id"), str)}
    formats = {p[1]: e for p, e in entries(document, "formats")}
    ranges: dict[tuple[Any, Any], str] = {}
    for i, name in names(entry, "items"):
        format_ = lookup(formats, by_id.get(name, {}).get("format"))
        if format_ is None:
            continue
        if format_.get("level") not in ("ordinal", "number"):
            message = f"{name} is {format_.get('level')}; a scale needs ordinal answers or numbers."
            document.report((*path, "items", i), message)
            continue
        values = point_values(format_)
        ends = (
            (values[0], values[-1]) if values else (format_.get("minimum"), format_.get("maximum"))
        )
        ranges.setdefault(ends, name)
    if len(ranges) > 1:
        found = ", ".join(f"{name} {low}..{high}" for (low, high), name in ranges.items())
        document.report(path, f"its items have different ranges ({found}) and cannot be averaged.")


def check_score_rules(document: Document) -> None:
    """Note scoring rules that ask for more than the scale has."""
    for path, entry in entries(document, "scales"):
        rule = entry.get("score")
        if not isinstance(rule, dict):
            continue
        by_facets = rule.get("method") == "mean_of_facets"
        if by_facets and "facets" not in entry:
            document.report((*path, "score", "method"), "mean_of_facets needs facets.")
        parts = "facets" if by_facets or "items" not in entry else "items"
        size = len(names(entry, parts))
        facets = len(names(entry, "facets"))
        _at_most(
            document,
            (*path, "score", "min_valid"),
            rule,
            size if by_facets or parts == "items" else None,
        )
        for key in ("min_facets", "min_facets_partial"):
            _at_most(document, (*path, "score", key), rule, facets)


def _at_most(document: Document, path: KeyPath, rule: dict[str, Any], size: int | None) -> None:
    """Note a number in a scoring rule that the scale can never reach."""
    value = rule.get(str(path[-1]))
    if size is not None and is_number(value) and value > size:
        document.report(path, f"asks for {value}, but the scale has {size}.")


def check_forms(document: Document) -> None:
    """Note forms with unknown items, or an item twice."""
    items = item_ids(document) + ids(document, "matrices")
    for path, entry in entries(document, "forms"):
        for i, name in names(entry, "items"):
            refer(document, (*path, "items", i), name, items, "item")
        report_twice(document, (*path, "items"), [name for _, name in names(entry, "items")])


def check_models(document: Document) -> None:
    """Note models that measure by anything but items, scales or factors of their own."""
    known = set(item_ids(document)) | set(ids(document, "scales"))
    for path, entry in entries(document, "models"):
        refer(document, (*path, "form"), entry.get("form"), ids(document, "forms"), "form")
        syntax = entry.get("syntax")
        lines = [line.split("#")[0] for line in str(syntax or "").splitlines()]
        measured = [line.split("=~", 1) for line in lines if "=~" in line]
        factors = {left.strip() for left, _ in measured}
        for _, right in measured:
            for term in right.split("+"):
                name = term.split("*")[-1].strip()
                if not _NAME.fullmatch(name) or name not in known | factors:
                    hint = suggest(name, known | factors)
                    message = f"the model names {name!r}, which is no item, scale or factor{hint}."
                    document.report((*path, "syntax"), message)


def check_named_scales(document: Document) -> None:
    """Note published scales and expected relations that point to no scale or matrix of the file."""
    scales = ids(document, "scales") + ids(document, "matrices")
    for path, entry in entries(document, "published_scales"):
        for i, name in names(entry, "scales"):
            refer(document, (*path, "scales", i), name, scales, "scale")
    for path, entry in entries(document, "expected_relations"):
        refer(document, (*path, "scale"), entry.get("scale"), scales, "scale")
