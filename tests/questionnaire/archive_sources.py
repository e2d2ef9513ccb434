"""All that is exported to archives, in every version, laid out for a test module."""

from functools import cache

import innovsurvey as isv
from innovsurvey.questionnaire.plan import make_layout

from .answers import HOSTILE, ODD

FORMS = isv.list_forms()["id"].tolist()
INSTRUMENTS = {
    instrument.id: instrument
    for instrument in map(isv.load_instrument, [HOSTILE, ODD, *isv.list_instruments()["id"]])
}
SOURCES = [(name, None) for name in FORMS] + [
    (name, version)
    for name, instrument in INSTRUMENTS.items()
    if instrument.exportable
    for version, _ in instrument.versions
]


def label(source):
    """Name a source in the report of the tests."""
    return " ".join(filter(None, source))


@cache
def lay_out(source):
    """Lay out a source for a round of observers, so that the file carries ids."""
    name, version = source
    loaded = isv.load_form(name) if name in FORMS else INSTRUMENTS[name]
    return make_layout(loaded, version=version, carried={"manager_id": "M07"})


def cells_of(layout):
    """Give every column that is asked, with its question."""
    return [(question, cell) for question in layout.questions for cell in question.cells]
