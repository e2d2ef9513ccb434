"""Write a questionnaire as a Word file; what is filled in can be read back by its tags."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.questionnaire.codes import CodeLimits, check_codes
from innovsurvey.questionnaire.paper.paper import CONSENT, RESPONSE, lay_on_paper

if TYPE_CHECKING:
    from innovsurvey.questionnaire.layout import Layout

# A tag has at most 64 characters: two codes, an underscore, an equals sign, the answer.
LIMITS: Final = CodeLimits(
    target="Word",
    pattern=r"[A-Za-z][A-Za-z0-9_]*",
    rule="a letter, then letters, digits and underscores",
    longest=24,
    longest_answer=12,
    reserved=frozenset({CONSENT, RESPONSE}),
)


def write_docx(layout: Layout) -> bytes:
    """Write a questionnaire as a Word file, in its main language.

    Each box is a content control whose tag is the column of the data, an equals sign and the
    code; ``responses/platforms/word.py`` reads them back. The same layout gives the same bytes.

    Raises
    ------
    ExportError
        A code is too long for a tag.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> write_docx(make_layout(isv.load_form("self-assessment")))[:2]
    b'PK'
    """
    check_codes(layout, LIMITS)
    # python-docx is slow to load
    from innovsurvey.questionnaire.paper.docx_document import make_document

    return make_document(lay_on_paper(layout, screen=True))
