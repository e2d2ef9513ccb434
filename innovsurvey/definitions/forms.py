"""Find, check and load questionnaires that combine instruments."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.base.places import shipped_folder
from innovsurvey.definitions.build import conditions, text
from innovsurvey.definitions.build import language as build_language
from innovsurvey.definitions.load import (
    check_document,
    find_instrument,
    instrument_ids,
    instrument_of,
    load_instrument,
    refuse_problems,
)
from innovsurvey.definitions.merge import merge_parts
from innovsurvey.definitions.model import Instrument
from innovsurvey.definitions.question_checks import check_languages
from innovsurvey.definitions.questionnaire import Part, PlannedMissingness, Questionnaire
from innovsurvey.definitions.shape import check_shape
from innovsurvey.definitions.yaml_file import Document, read_yaml
from innovsurvey.errors import DefinitionError, SpecificationError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from innovsurvey.definitions.yaml_file import KeyPath, Problem

_SHARED: Final = ("formats", "passages", "references")


def list_forms() -> pd.DataFrame:
    """List the questionnaires that ship with the package.

    Returns
    -------
    pandas.DataFrame
        One row per questionnaire: ``id``, ``version``, ``title``, ``n_items``, ``languages`` and
        ``instruments``.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> "self-assessment" in isv.list_forms()["id"].tolist()
    True
    """
    forms = [load_form(path) for path in _shipped_files().values()]
    rows = [
        {
            "id": form.id,
            "version": form.version,
            "title": form.title.say(),
            "n_items": len(form.item_ids),
            "languages": ", ".join(language.code for language in form.languages),
            "instruments": ", ".join(dict.fromkeys(part.source.id for part in form.parts)),
        }
        for form in forms
    ]
    return pd.DataFrame(rows)


def load_form(form: str | os.PathLike[str]) -> Questionnaire:
    """Load a questionnaire that combines instruments, by id or from a YAML file.

    Parameters
    ----------
    form
        ``"self-assessment"``, ``"manager-full"``, ``"observer"``, ... or the path of a file.

    Returns
    -------
    Questionnaire
        Frozen; functions that take an instrument take it, too.

    Raises
    ------
    DefinitionError
        No such questionnaire (the nearest id is suggested), or the file has mistakes.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> isv.load_form("self-assessment").asked_as
    'self'
    """
    path = _find(form)
    return _form_of(read_yaml(path), path)


def form_ids() -> list[str]:
    """List the ids of the questionnaires that ship, without reading them."""
    return list(_shipped_files())


def _form_of(document: Document, path: Path) -> Questionnaire:
    """Build the questionnaire of a document, or raise the first mistake in it."""
    loaded = check_form(document)
    refuse_problems(document, path)
    return _build(document, loaded, path)


def as_instrument(source: Instrument | Questionnaire | str | os.PathLike[str]) -> Instrument:
    """Give the instrument meant by an instrument, a questionnaire, an id or the path of a file."""
    found = as_definition(source)
    return found.instrument if isinstance(found, Questionnaire) else found


def as_definition(
    source: Instrument | Questionnaire | str | os.PathLike[str],
) -> Instrument | Questionnaire:
    """Give the instrument or questionnaire meant by one, by its id or the path of its file."""
    if isinstance(source, (Instrument, Questionnaire)):
        return source
    path = find_any(source)
    document = read_yaml(path)
    return _form_of(document, path) if _is_form(document) else instrument_of(document, path)


def check_instrument(path: str | os.PathLike[str]) -> list[Problem]:
    """Check an instrument or questionnaire file and list everything that is wrong with it.

    Two stages run over the whole file: its shape (the JSON Schema of the format), then its
    meaning (names that exist, texts in every language, scales that can be scored).

    Parameters
    ----------
    path
        The YAML file.

    Returns
    -------
    list of Problem
        Each with ``file``, ``line``, ``where`` and ``message``, in file order; empty when the
        file is fine.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> print(*isv.check_instrument("no-such-file.yaml"))
    no-such-file.yaml:1: the file cannot be read (No such file or directory).
    """
    document = read_yaml(Path(path))
    check_any(document)
    return sorted(document.problems, key=lambda problem: problem.line)


def check_any(document: Document) -> None:
    """Note every mistake in a document, be it an instrument or a questionnaire."""
    if _is_form(document):
        check_form(document)
    else:
        check_document(document)


def find_any(source: str | os.PathLike[str]) -> Path:
    """Find the file of an instrument or questionnaire, given as path or id."""
    name, forms = os.fspath(source), _shipped_files()
    if name in forms:
        return forms[name]
    near = suggest(name, [*forms, *instrument_ids()])
    if near in {suggest(form, [form]) for form in forms} and not Path(name).suffix:
        message = f"there is no questionnaire {name!r}{near}. Shipped: {', '.join(forms)}."
        raise DefinitionError(message)
    return find_instrument(source)


def _is_form(document: Document) -> bool:
    """Tell a questionnaire, which has parts, from an instrument."""
    return isinstance(document.data, dict) and "parts" in document.data


def check_form(document: Document) -> list[Instrument]:
    """Note every mistake in a questionnaire; give the instruments of its parts."""
    if document.data is None:
        return []
    check_shape(document, "questionnaire")
    if not isinstance(document.data, dict):
        return []
    check_languages(document)
    loaded = [_load_part(document, path, entry) for path, entry in _parts(document)]
    found = [instrument for instrument in loaded if instrument is not None]
    _check_shared(document, found)
    _check_part_languages(document, found)
    if len(found) == len(loaded) and not document.problems:
        _check_items(document, found)
        _check_sets(document, found)
    return found


def _parts(document: Document) -> list[tuple[KeyPath, dict[str, Any]]]:
    """Give the parts that are mappings, with their paths."""
    parts = document.data.get("parts")
    listed = parts if isinstance(parts, list) else []
    return [(("parts", i), part) for i, part in enumerate(listed) if isinstance(part, dict)]


def _load_part(document: Document, path: KeyPath, entry: dict[str, Any]) -> Instrument | None:
    """Load the instrument of a part, or note why that is not possible."""
    name = entry.get("instrument")
    if not isinstance(name, str):
        return None
    folder = Path(document.folder)
    beside = folder / name
    try:
        return load_instrument(beside if beside.suffix and beside.is_file() else name)
    except DefinitionError as error:
        document.report((*path, "instrument"), str(error))
        return None


def _asked_as(entry: Mapping[str, Any], data: Mapping[str, Any]) -> str:
    """Give the version that a part is asked in: its own, or that of the questionnaire."""
    version: str = entry.get("asked_as", data["asked_as"])
    return version


def _taken(entry: Mapping[str, Any], instrument: Instrument, asked_as: str) -> tuple[str, ...]:
    """Give the items that a part takes; a matrix stands for its cells."""
    if "items" in entry:
        cells = {matrix.id: instrument.cells(matrix.id) for matrix in instrument.matrices}
        return tuple(item for name in entry["items"] for item in cells.get(name, (name,)))
    if "form" in entry:
        return instrument.form(entry["form"]).items
    return tuple(item.id for item in instrument.items if asked_as in item.versions)


def _check_items(document: Document, loaded: list[Instrument]) -> None:
    """Note parts with unknown forms or items, items asked twice or not in the version asked."""
    first: dict[str, str] = {}
    for (path, entry), instrument in zip(_parts(document), loaded, strict=True):
        asked_as = _asked_as(entry, document.data)
        try:
            items = [instrument.item(item) for item in _taken(entry, instrument, asked_as)]
        except SpecificationError as error:
            document.report(path, str(error))
            continue
        wrong = [item.id for item in items if asked_as not in item.versions]
        if wrong:
            what = f"{join_names(wrong)} of {instrument.id}"
            message = f"{what} is not asked in version {asked_as!r}."
            document.report(path, message)
        twice = [item.id for item in items if item.id in first]
        if twice:
            message = f"{join_names(twice)} is already asked in the part of {first[twice[0]]}."
            document.report(path, message)
        first.update({item.id: instrument.id for item in items})


def _check_part_languages(document: Document, loaded: list[Instrument]) -> None:
    """Note languages of the questionnaire that an instrument of it does not have."""
    languages = document.data.get("languages")
    for code in languages if isinstance(languages, dict) else ():
        lacking = [i.id for i in loaded if code not in {language.code for language in i.languages}]
        if lacking:
            message = f"{join_names(list(dict.fromkeys(lacking)))} has no texts in this language."
            document.report(("languages", code), message)


def _check_shared(document: Document, loaded: list[Instrument]) -> None:
    """Note formats, passages and references of one id that differ between instruments."""
    for kind in _SHARED:
        seen: dict[str, tuple[Any, str]] = {}
        for instrument in loaded:
            for entry in getattr(instrument, kind):
                other, owner = seen.setdefault(entry.id, (entry, instrument.id))
                if other != entry:
                    message = (
                        f"{kind}: {entry.id!r} differs between {owner} and {instrument.id}; "
                        "instruments in one questionnaire share it."
                    )
                    document.report(("parts",), message)


def _check_sets(document: Document, loaded: list[Instrument]) -> None:
    """Note item sets of a planned missingness that do not match the items asked."""
    plan = document.data.get("planned_missingness")
    if plan is None or document.problems:
        return
    asked = {
        item
        for (_, entry), instrument in zip(_parts(document), loaded, strict=True)
        for item in _taken(entry, instrument, _asked_as(entry, document.data))
    }
    for name, items in plan["sets"].items():
        unknown = [item for item in items if item not in asked]
        if unknown:
            path = ("planned_missingness", "sets", name)
            document.report(path, f"{join_names(unknown)} is not asked in this questionnaire.")
    for name, sets in plan["booklets"].items():
        unknown = [s for s in sets if s not in plan["sets"]]
        if unknown:
            path = ("planned_missingness", "booklets", name)
            document.report(path, f"there is no item set {join_names(unknown)}.")


def _build(document: Document, loaded: list[Instrument], path: Path) -> Questionnaire:
    """Build a questionnaire from a document without mistakes."""
    data = document.data
    title = text(data["title"])
    parts = tuple(
        Part(
            source=instrument,
            form=entry.get("form"),
            items=_taken(entry, instrument, _asked_as(entry, data)),
            asked_as=_asked_as(entry, data),
            asks_context=entry.get("context", False),
            show_if=conditions(entry.get("show_if", [])),
        )
        for entry, instrument in zip(data["parts"], loaded, strict=True)
    )
    merged = merge_parts(
        parts,
        id=data["id"],
        version=data["version"],
        title=title,
        asked_as=data["asked_as"],
        file=str(path),
        yaml=document.text,
    )
    own = [build_language(code, entry) for code, entry in data.get("languages", {}).items()]
    minutes = data.get("minutes")
    return Questionnaire(
        id=data["id"],
        version=data["version"],
        title=title,
        description=text(data.get("description")),
        languages=tuple(own) or merged.languages,
        asked_as=data["asked_as"],
        minutes=None if minutes is None else (minutes["low"], minutes["high"]),
        introduction=text(data.get("introduction")),
        introduction_collected=text(data.get("introduction_collected", data.get("introduction"))),
        consent=text(data.get("consent")),
        closing=text(data.get("closing")),
        parts=parts,
        modules=tuple(data.get("modules", ())),
        planned_missingness=_plan(data.get("planned_missingness")),
        instrument=merged,
        file=str(path),
    )


def _plan(entry: Mapping[str, Any] | None) -> PlannedMissingness | None:
    """Build the plan of what is left out by chance."""
    if entry is None:
        return None
    return PlannedMissingness(
        sets=tuple((name, tuple(items)) for name, items in entry["sets"].items()),
        booklets=tuple((name, tuple(sets)) for name, sets in entry["booklets"].items()),
    )


def _find(form: str | os.PathLike[str]) -> Path:
    """Find the file of a questionnaire, given as path or id."""
    name = os.fspath(form)
    if isinstance(form, os.PathLike) or name.endswith((".yaml", ".yml")):
        return Path(name)
    by_id = _shipped_files()
    if name not in by_id:
        message = (
            f"there is no questionnaire {name!r}{suggest(name, by_id)}. Shipped: "
            f"{', '.join(by_id) or 'none'}; or give the path of a YAML file."
        )
        raise DefinitionError(message)
    return by_id[name]


def _shipped_files() -> dict[str, Path]:
    """Find the questionnaire files that ship, by id."""
    files = sorted((shipped_folder("instruments") / "forms").glob("*.yaml"))
    return {path.stem: path for path in files}
