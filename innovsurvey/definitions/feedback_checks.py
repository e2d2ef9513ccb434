"""Second stage of checking: contrasts and feedback rules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.base.checks import join_names
from innovsurvey.definitions.parts import entries, ids, is_number, names, refer

if TYPE_CHECKING:
    from innovsurvey.definitions.yaml_file import Document, KeyPath

_PLACEHOLDER: Final = re.compile(r"\{(\w*)\}")

# What a rule of each kind needs, the outcomes it has sentences for, and what they may name.
_NEEDS: Final[dict[str, tuple[str, ...]]] = {
    "notice": ("text",),
    "band": ("scales", "level", "min_items", "bands", "texts"),
    "compare": ("scales", "critical", "texts"),
    "lowest": ("scales", "level", "texts"),
    "least": ("scales", "at_most", "limit", "texts"),
    "type": ("contrast", "probability", "texts"),
    "index": ("index", "bands", "texts"),
}
_OUTCOMES: Final[dict[str, tuple[str, ...]]] = {
    "notice": (),
    "band": ("one", "between", "uncertain", "few", "missing"),
    "compare": ("higher", "same"),
    "lowest": ("lowest", "none"),
    "least": ("question",),
    "type": (
        "both", "positive", "negative", "neither", "borderline", "missing",
        "name-both", "name-positive", "name-negative", "name-neither",
    ),
    "index": ("one", "missing"),
}  # fmt: skip
_NAMES: Final[dict[str, frozenset[str]]] = {
    "notice": frozenset(),
    "band": frozenset({"scale", "score", "lower", "upper", "band", "other_band", "n"}),
    "compare": frozenset({"scale", "other"}),
    "lowest": frozenset({"scale"}),
    "least": frozenset({"item", "answer", "passage"}),
    "type": frozenset({"first", "second", "negative", "positive"}),
    "index": frozenset({"value", "band"}),
}


def check_contrasts(document: Document) -> None:
    """Note contrasts of scales that do not exist or do not match."""
    sizes = {e.get("id"): len(names(e, "items")) for _, e in entries(document, "scales")}
    for path, entry in entries(document, "contrasts"):
        for key in ("negative", "positive", "check"):
            refer(document, (*path, key), entry.get(key), ids(document, "scales"), "scale")
        low, high = sizes.get(entry.get("negative")), sizes.get(entry.get("positive"))
        if low is not None and high is not None and low != high:
            message = f"the two scales have {low} and {high} items; they need the same number."
            document.report(path, message)


def check_feedback(document: Document) -> None:
    """Note feedback rules without what their kind needs."""
    for path, entry in entries(document, "feedback"):
        kind = entry.get("kind")
        if not isinstance(kind, str) or kind not in _NEEDS:
            continue
        missing = [key for key in _NEEDS[kind] if key not in entry]
        if missing:
            document.report(path, f"a rule of the kind {kind} needs {join_names(missing)}.")
        for i, name in names(entry, "scales"):
            refer(document, (*path, "scales", i), name, ids(document, "scales"), "scale")
        contrasts = ids(document, "contrasts")
        refer(document, (*path, "contrast"), entry.get("contrast"), contrasts, "contrast")
        _check_texts(document, path, entry, kind)
        _check_bands(document, path, entry)


def _check_texts(document: Document, path: KeyPath, entry: dict[str, Any], kind: str) -> None:
    """Note outcomes without a sentence, and placeholders that the kind cannot fill."""
    texts = entry.get("texts")
    texts = texts if isinstance(texts, dict) else {}
    missing = [name for name in _OUTCOMES[kind] if name not in texts]
    if missing and "texts" in entry:
        document.report((*path, "texts"), f"no sentence for {join_names(missing)}.")
    for outcome in texts:
        if outcome not in _OUTCOMES[kind]:
            known = join_names(_OUTCOMES[kind]) or "none"
            message = f"the kind {kind} has no outcome {outcome!r}; it has {known}."
            document.report((*path, "texts", outcome), message)
    for place, words in _sentences(path, entry, texts):
        unknown = sorted(set(_PLACEHOLDER.findall(words)) - _NAMES[kind])
        if unknown:
            allowed = join_names(sorted(_NAMES[kind])) or "none"
            message = f"the placeholder {{{unknown[0]}}} is not known here; known: {allowed}."
            document.report(place, message)


def _sentences(
    path: KeyPath, entry: dict[str, Any], texts: dict[str, Any]
) -> list[tuple[KeyPath, str]]:
    """Collect all sentences of a rule with their places."""
    parts = [((*path, "texts", outcome), words) for outcome, words in texts.items()]
    parts.append(((*path, "text"), entry.get("text")))
    return [
        ((*place, code), sentence)
        for place, words in parts
        if isinstance(words, dict)
        for code, sentence in words.items()
        if isinstance(sentence, str)
    ]


def _check_bands(document: Document, path: KeyPath, entry: dict[str, Any]) -> None:
    """Note bands that do not ascend, or do not end open."""
    bands = entry.get("bands")
    if not isinstance(bands, list):
        return
    ends = [band.get("below") if isinstance(band, dict) else None for band in bands]
    if is_number(ends[-1] if ends else None):
        document.report((*path, "bands"), "the last band must be open: leave out its below.")
    numbers = [end for end in ends[:-1] if is_number(end)]
    if len(numbers) < len(ends) - 1 or sorted(set(numbers)) != numbers:
        document.report((*path, "bands"), "every band but the last needs a below, ascending.")
