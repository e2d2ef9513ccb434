"""Describe the variables of a DDI codebook, and the groups they belong to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.base.numbers import write_number
from innovsurvey.definitions.explain import scoring_in_words
from innovsurvey.definitions.model import Text
from innovsurvey.questionnaire.archive.ddi_xml import add, say
from innovsurvey.questionnaire.archive.variables import (
    condition_of,
    filled_in,
    passages_of,
    phrase,
    scales_with,
    variables,
)
from innovsurvey.questionnaire.words import in_all

if TYPE_CHECKING:
    from collections.abc import Iterable
    from xml.etree.ElementTree import Element

    from innovsurvey.definitions.model import Passage
    from innovsurvey.questionnaire.archive.variables import Variable
    from innovsurvey.questionnaire.layout import Kind, Layout

_CODED: Final = frozenset({"choice", "array", "ticks"})
_RESPONSES: Final[dict[Kind, str]] = {
    "choice": "code",
    "array": "code",
    "ticks": "multiple",
    "number": "numeric",
    "text": "text",
    "date": "datetime",
}


def add_data_description(root: Element, layout: Layout) -> None:
    """Add groups for pages, matrices and scales, then one variable per column of the data."""
    described = variables(layout)
    data = add(root, "dataDscr")
    _pages(data, layout)
    _matrices(data, described, layout)
    _scales(data, described, layout)
    for name, value, label in filled_in(layout):
        _filled_in(data, name, value, label, layout)
    for number, variable in enumerate(described, start=1):
        _variable(data, number, variable, layout)


def _pages(data: Element, layout: Layout) -> None:
    """Group the variables of each page, under its title and stem."""
    for number, page in enumerate(layout.pages, start=1):
        names = [cell.name for question in page.questions for cell in question.cells]
        group = add(data, "varGrp", ID=f"PAGE_{number:02d}", type="section", var=_ids(names))
        say(group, "labl", page.title, layout)
        say(group, "txt", page.stem, layout)


def _matrices(data: Element, described: tuple[Variable, ...], layout: Layout) -> None:
    """Group the cells of each matrix."""
    by_matrix: dict[str, list[Variable]] = {}
    for variable in described:
        if variable.question.matrix is not None:
            by_matrix.setdefault(variable.question.matrix, []).append(variable)
    for name, cells in by_matrix.items():
        kind = "multipleResp" if cells[0].question.kind == "ticks" else "grid"
        members = _ids(cell.name for cell in cells)
        group = add(data, "varGrp", ID=f"MATRIX_{name}", type=kind, name=name, var=members)
        say(group, "labl", layout.instrument.matrix(name).text, layout)


def _scales(data: Element, described: tuple[Variable, ...], layout: Layout) -> None:
    """Group the items of each scale; a scale with facets is a group of groups."""
    asked = {variable.name for variable in described}
    here = [scale for scale in layout.instrument.scales if asked & set(scale.items)]
    known = {scale.id for scale in here}
    for scale in here:
        facets = [f"SCALE_{facet}" for facet in scale.facets if facet in known]
        group = add(
            data,
            "varGrp",
            ID=f"SCALE_{scale.id}",
            type="analysis",
            name=scale.id,
            var="" if facets else _ids(item for item in scale.items if item in asked),
            varGrp=" ".join(facets),
        )
        say(group, "labl", scale.title, layout)
        say(group, "txt", scale.description, layout)
        add(group, "defntn", scoring_in_words(layout.instrument, scale))
        if scale.passage is not None:
            _passage(group, layout.instrument.passage(scale.passage))


def _filled_in(data: Element, name: str, value: str, label: Text, layout: Layout) -> None:
    """Describe a column that the file fills in by itself."""
    element = add(data, "var", ID=_id(name), name=name, representationType="text")
    say(element, "labl", label, layout)
    category = add(element, "catgry")
    add(category, "catValu", value)
    if name == "version":
        asked = dict(layout.instrument.versions).get(value, Text())
        say(category, "labl", asked, layout)
    add(element, "varFormat", type="character")
    say(element, "notes", in_all("archive_carried"), layout)


def _variable(data: Element, number: int, variable: Variable, layout: Layout) -> None:
    """Describe a column that is asked; the schema fixes the order of the parts."""
    kind, level = variable.question.kind, variable.question.format.level
    element = add(
        data,
        "var",
        ID=_id(variable.name),
        name=variable.name,
        intrvl="contin" if kind == "number" else "discrete",
        nature={"ordinal": "ordinal", "nominal": "nominal", "multiple": "nominal"}.get(level, ""),
        representationType="code" if kind in _CODED else _RESPONSES[kind],
        pubrefs=_cited(variable, layout),
    )
    say(element, "labl", variable.label, layout)
    _question(element, number, variable, layout)
    _ranges(element, variable)
    if variable.question.show_if is not None:
        shown = condition_of(variable.question.show_if)
        say(element, "universe", shown, layout, level="variable")
    _categories(element, variable, layout)
    scales, facets = scales_with(layout, variable.name)
    for scale in (*scales, *facets):
        say(element, "concept", scale.title, layout)
    category = "date" if kind == "date" else ""
    type_ = "character" if kind in {"text", "date"} else "numeric"
    add(element, "varFormat", type=type_, category=category)
    _notes(element, variable, layout)


def _question(element: Element, number: int, variable: Variable, layout: Layout) -> None:
    """Give what stands before the question, and the question."""
    question = add(
        element,
        "qstn",
        ID=f"QSTN_{variable.name}",
        seqNo=str(number),
        responseDomainType=_RESPONSES[variable.question.kind],
    )
    for text in variable.lead:
        say(question, "preQTxt", text, layout)
    say(question, "qstnLit", variable.cell.text or variable.label, layout)


def _ranges(element: Element, variable: Variable) -> None:
    """Give the codes that are answers, and those that are none."""
    format_ = variable.question.format
    low, high = format_.low, format_.high
    if variable.ratings:
        values = add(element, "valrng")
        for option in variable.ratings:
            add(values, "item", UNITS=_units(option.value), VALUE=write_number(option.value))
    elif low is not None or high is not None:
        ends = {
            name: write_number(end)
            for name, end in (("min", low), ("max", high))
            if end is not None
        }
        add(add(element, "valrng"), "range", UNITS="REAL", **ends)
    if variable.missing:
        values = add(element, "invalrng")
        for option in variable.missing:
            add(values, "item", UNITS=_units(option.value), VALUE=write_number(option.value))


def _categories(element: Element, variable: Variable, layout: Layout) -> None:
    """Give every code with its label."""
    for option in variable.options:
        missing = {"missing": "Y", "missType": option.reason} if option.reason else {}
        category = add(element, "catgry", **missing)
        add(category, "catValu", write_number(option.value))
        say(category, "labl", option.label, layout)


def _notes(element: Element, variable: Variable, layout: Layout) -> None:
    """Say whether scoring turns the answers round, and what the item was made from."""
    item, format_ = variable.item, variable.question.format
    if variable.is_reverse and format_.low is not None and format_.high is not None:
        turned = phrase("archive_reverse", total=write_number(format_.low + format_.high))
        say(element, "notes", turned, layout, type="reverse-keyed")
    if item is None:
        return
    if item.note:
        add(element, "notes", item.note, type="wording")
    for passage in passages_of(layout, item):
        _passage(element, passage)


def _passage(element: Element, passage: Passage) -> None:
    """Quote a passage; the reference is described with the study."""
    place = f"{passage.reference}, {passage.place}"
    add(element, "notes", passage.quote, type="passage", subject=place)


def _cited(variable: Variable, layout: Layout) -> str:
    """Point to the references of the passages that an item was made from."""
    if variable.item is None:
        return ""
    cited = dict.fromkeys(passage.reference for passage in passages_of(layout, variable.item))
    return " ".join(f"REF_{reference}" for reference in cited)


def _units(value: float) -> str:
    """Tell whole numbers from others."""
    return "INT" if float(value).is_integer() else "REAL"


def _id(name: str) -> str:
    """Give the XML id of a variable."""
    return f"VAR_{name}"


def _ids(names: Iterable[str]) -> str:
    """List the XML ids of variables."""
    return " ".join(_id(name) for name in names)
