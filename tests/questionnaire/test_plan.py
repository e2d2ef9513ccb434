"""What cannot be asked in its response format is refused by name."""

from dataclasses import replace

import pytest

from innovsurvey.definitions.model import ItemSet
from innovsurvey.errors import ExportError
from innovsurvey.questionnaire.plan import make_layout

from .answers import load


def changed(kind, which, format_):
    """Give the hostile instrument with one item, matrix or column in another format."""
    source = load("hostile")
    entries = tuple(
        replace(e, format=format_) if e.id == which else e for e in getattr(source, kind)
    )
    if kind == "matrices":
        cells = tuple(replace(i, format=format_) if i.matrix == which else i for i in source.items)
        source = replace(source, items=cells)
    return replace(source, **{kind: entries})


@pytest.mark.parametrize(
    ("kind", "which", "format_", "said"),
    [
        ("items", "FLT", "tick", "FLT is to be ticked, which only the cells of a matrix can be"),
        ("context", "job_years", "tick", "job_years is to be ticked"),
        ("matrices", "phases", "years", "phases needs answers .* 'years' has no points"),
        ("matrices", "kinds", "words", "kinds needs answers .* 'words' has no points"),
    ],
)
def test_a_format_that_does_not_suit_its_place_is_refused(kind, which, format_, said):
    with pytest.raises(ExportError, match=rf"hostile cannot be asked as it is: {said}"):
        make_layout(changed(kind, which, format_))


def test_all_of_them_are_named_and_only_what_is_asked():
    source = changed("items", "YRS", "tick")
    formats = tuple(replace(f, anchors="poles") if f.id == "amount" else f for f in source.formats)
    source = replace(source, formats=formats)
    with pytest.raises(ExportError, match=r"YRS is to be ticked.*BIG needs answers"):
        make_layout(source)
    short = ItemSet("short", source.title, ("FLT", "STR01"))
    assert make_layout(replace(source, forms=(short,)), form="short").questions[0].code == "FLT"
