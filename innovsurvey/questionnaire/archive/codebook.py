"""Write the codebook of a questionnaire as CSV: one row per column of the data."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pandas as pd

from innovsurvey.base.numbers import write_number
from innovsurvey.base.spreadsheet import guard_frame
from innovsurvey.questionnaire.archive.variables import (
    filled_in,
    in_words,
    passages_of,
    scales_with,
    variables,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innovsurvey.definitions.model import Text
    from innovsurvey.questionnaire.archive.variables import Variable
    from innovsurvey.questionnaire.layout import Layout, Option


def write_codebook(layout: Layout) -> bytes:
    """Write what every column of the data means, in all languages of the layout.

    The file begins with a byte order mark, so that Excel reads its letters; texts that a
    spreadsheet would run as formulas begin with an apostrophe.

    Parameters
    ----------
    layout
        What :func:`make_layout` gave.

    Returns
    -------
    bytes
        CSV in UTF-8, with commas.

    Raises
    ------
    ExportError
        A code cannot be the name of a column.

    Examples
    --------
    >>> import io
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> layout = make_layout(isv.load_instrument("collaborative-leadership"))
    >>> codebook = pd.read_csv(io.BytesIO(write_codebook(layout)), index_col="column")
    >>> codebook.loc["CON01", ["kind", "scales", "facets", "missing_en"]].to_list()
    ['array', 'convener', 'convener_team', "'-7 = Not needed in this project (not_needed)"]
    """
    rows = [_carried_row(name, value, label, layout) for name, value, label in filled_in(layout)]
    rows += [_row(variable, layout) for variable in variables(layout)]
    shared = {
        "asked_as": layout.asked_as,
        "questionnaire": layout.id,
        "questionnaire_version": layout.version,
        "item_set": layout.item_set or "",
        "instruments": "; ".join(f"{id_}@{version}" for id_, version in layout.instruments),
        "licence": layout.instrument.source.licence,
    }
    frame = pd.DataFrame([row | shared for row in rows], columns=[*rows[-1], *shared], dtype=object)
    text: str = guard_frame(frame).to_csv(index=False, lineterminator="\r\n")
    return text.encode("utf-8-sig")


def _row(variable: Variable, layout: Layout) -> dict[str, Any]:
    """Describe a column that is asked."""
    question, cell = variable.question, variable.cell
    scales, facets = scales_with(layout, variable.name)
    return {
        "column": variable.name,
        "question": question.code,
        "kind": question.kind,
        "level": question.format.level,
        **_by_language("page", variable.page.title, layout),
        **_by_language("before", variable.lead, layout),
        **_by_language("text", cell.text, layout),
        **_by_language("left", cell.left, layout),
        **_by_language("right", cell.right, layout),
        **_codes("values", variable.ratings, layout),
        **_codes("missing", variable.missing, layout),
        "lowest": _limit(question.format.low),
        "highest": _limit(question.format.high),
        "reverse": "yes" if variable.is_reverse else "no",
        "scales": "; ".join(scale.id for scale in scales),
        "facets": "; ".join(scale.id for scale in facets),
        "filter": "" if question.show_if is None else in_words(question.show_if),
        **_sources(variable, layout),
    }


def _carried_row(name: str, value: str, label: Text, layout: Layout) -> dict[str, Any]:
    """Describe a column that the file fills in by itself."""
    values = {f"values_{language.code}": value for language in layout.languages}
    row = {"column": name, "question": "", "kind": "filled_in", "level": "text"}
    return row | _by_language("text", label, layout) | values


def _by_language(heading: str, texts: Text | tuple[Text, ...], layout: Layout) -> dict[str, str]:
    """Give one column per language; several texts on lines of their own."""
    parts = texts if isinstance(texts, tuple) else (texts,)
    return {
        f"{heading}_{language.code}": "\n".join(text.say(language.code) for text in parts)
        for language in layout.languages
    }


def _codes(heading: str, options: Iterable[Option], layout: Layout) -> dict[str, str]:
    """List codes with their labels, and the reasons of missing ones, one column per language."""
    return {
        f"{heading}_{language.code}": "; ".join(
            f"{write_number(option.value)} = {option.label.say(language.code)}"
            + ("" if option.reason is None else f" ({option.reason})")
            for option in options
        )
        for language in layout.languages
    }


def _limit(value: float | None) -> str:
    """Write the lowest or highest number, if there is one."""
    return "" if value is None else write_number(value)


def _sources(variable: Variable, layout: Layout) -> dict[str, str]:
    """Quote the passages of an item, each with its place, and cite where they stand."""
    passages = () if variable.item is None else passages_of(layout, variable.item)
    cited = {passage.reference for passage in passages}
    return {
        "passages": "\n".join(f'"{p.quote}" ({p.reference}, {p.place})' for p in passages),
        "references": "\n".join(
            f"{reference.id}: {reference.citation}"
            for reference in layout.instrument.references
            if reference.id in cited
        ),
    }
