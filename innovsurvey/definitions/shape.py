"""First stage of checking: the shape of an instrument file, by its JSON Schema."""

from __future__ import annotations

import functools
import json
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, cast

from innovsurvey.base.checks import suggest

if TYPE_CHECKING:
    from jsonschema import ValidationError

    from innovsurvey.definitions.yaml_file import Document

_SLOW_CHECKER: Final = "rfc3987_syntax"
_TYPES: Final = {
    "object": "a mapping (key: value)",
    "array": "a list",
    "string": "a text",
    "number": "a number",
    "integer": "a whole number",
    "boolean": "true or false",
}


@functools.cache
def schema(kind: str = "instrument") -> dict[str, Any]:
    """Read the JSON Schema of instrument or questionnaire files."""
    path = Path(__file__).parent / "schema" / f"{kind}-1.json"
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def check_shape(document: Document, kind: str = "instrument") -> None:
    """Note every place where the document does not have the shape of its kind."""
    for error in sorted(
        _validator(kind).iter_errors(document.data), key=lambda e: str(list(e.path))
    ):
        for path, message in _words(error):
            document.report(path, message)


@functools.cache
def _validator(kind: str) -> Any:
    """Build the validator once, without what makes importing jsonschema slow.

    jsonschema loads every checker of string formats it finds installed. The one for addresses
    compiles a grammar for two seconds, and instrument files use no string formats.
    """
    unused: dict[str, Any] = {_SLOW_CHECKER: None} if _SLOW_CHECKER not in sys.modules else {}
    sys.modules.update(unused)
    try:
        from jsonschema import Draft202012Validator
    finally:
        for name in unused:
            del sys.modules[name]
    return Draft202012Validator(schema(kind))


def _words(error: ValidationError) -> list[tuple[tuple[str | int, ...], str]]:
    """Say in plain words what a schema error means, and where."""
    path = tuple(error.absolute_path)
    rule = str(error.validator)
    value, asked = cast("Any", error.instance), cast("Any", error.validator_value)
    part = cast("dict[str, Any]", error.schema)
    description = str(part.get("description", ""))
    if rule == "additionalProperties":
        known = part.get("properties", {})
        return [
            ((*path, key), f"unknown key{suggest(key, known)}. Known: {', '.join(known)}.")
            for key in value
            if key not in known
        ]
    if rule == "required":
        missing = [key for key in asked if key not in value]
        # jsonschema reports each missing key by itself; its message starts with the key.
        key = next((k for k in missing if error.message.startswith(repr(k))), missing[0])
        return [(path, f"{key!r} is missing: {_describe(part, key)}.")]
    if rule == "type":
        found = "nothing (a text with a comma needs quotes)" if value is None else repr(value)
        return [(path, f"must be {_TYPES[asked]}, found {found}: {description}.")]
    if rule == "enum":
        options = [str(option) for option in asked]
        hint = suggest(str(value), options)
        return [(path, f"{value!r} is not known{hint}. Choose one of {', '.join(options)}.")]
    if rule in {"minItems", "minLength", "minProperties"} and not value:
        return [(path, f"must not be empty: {description}.")]
    if rule == "uniqueItems":
        return [(path, f"holds an entry twice: {description}.")]
    return [(path, f"{value!r} does not fit: {description}.")]


def _describe(part: dict[str, Any], key: str) -> str:
    """Find the description of a key under a part of the schema."""
    entry = part.get("properties", {}).get(key, {})
    return str(entry.get("description") or part.get("description", ""))
