"""One HTML page on a set of answers: what was read, changed, set aside, is missing, and flagged."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from innovsurvey.base.checks import check_group_size
from innovsurvey.base.files import write_file
from innovsurvey.errors import SpecificationError
from innovsurvey.report import data_report_missing as gaps
from innovsurvey.report import data_report_source as source
from innovsurvey.report.data_report_html import bullets, heading, paragraph
from innovsurvey.report.data_report_screening import screened, screening_section
from innovsurvey.report.data_report_steps import next_steps
from innovsurvey.report.pages import Renderer
from innovsurvey.responses.missing_data import missing_data
from innovsurvey.responses.model import check_responses
from innovsurvey.responses.screening import Screening

if TYPE_CHECKING:
    import os

    from innovsurvey.responses.model import Responses
    from innovsurvey.responses.roster import Roster

_PRIVACY: Final = (
    "This page holds counts and percentages: no row of a person, no text that a person wrote, and "
    "no id."
)


def data_report(
    responses: Responses,
    out: str | os.PathLike[str] = "data_report.html",
    *,
    roster: Roster | None = None,
    screening: Screening | Literal["auto"] | None = "auto",
    min_group_size: int = 10,
    title: str | None = None,
) -> Path:
    """Write one offline HTML page on the quality of a set of answers.

    Parameters
    ----------
    responses
        What :func:`read_responses` gave.
    out
        The file to write; one that is there is replaced.
    roster
        People invited by unit, as for :func:`missing_data`.
    screening
        What :func:`screen_responses` gave; by default it is computed. None leaves it out.
    min_group_size
        Units with fewer people are counted, but not shown. At least 5.
    title
        Heading of the page; by default it names the file that was read.

    Returns
    -------
    pathlib.Path
        The file. It needs no network and holds no script; the same answers give the same bytes.

    Raises
    ------
    DataError
        ``responses`` is something else, or the roster cannot be used.
    SpecificationError
        ``min_group_size`` is below 5, or the file cannot be written.

    Notes
    -----
    The page is for the analyst. It says which file was read and how (name, size, SHA-256), which
    columns were taken for what, what was changed by rule and what was set aside, what is missing
    and why, how answers spread, how many answered in each unit, which flags of careless answers
    were raised, and what to do next. It holds no id of a person, no free text, and no answer that
    could not be read.

    Examples
    --------
    >>> import tempfile
    >>> import innovsurvey as isv
    >>> answers = isv.read_responses(isv.sample_path("leadership-climate"), "leadership-climate")
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     isv.data_report(answers, f"{folder}/report.html", screening=None).name
    'report.html'
    """
    check_responses(responses, "data_report")
    check_group_size(min_group_size)
    _check_screening(screening)
    page = _page(responses, roster, screening, min_group_size, title)
    return write_file(Path(out), page.encode())


def _page(
    responses: Responses,
    roster: Roster | None,
    screening: Screening | Literal["auto"] | None,
    min_group_size: int,
    title: str | None,
) -> str:
    """Write the page."""
    missing = missing_data(responses, roster=roster)
    flagged, why_not = screened(responses, screening)
    name = title or f"Data report: {source.file_name(responses)}"
    parts = [
        heading(1, name),
        *source.synthetic_mark(responses),
        paragraph(f"{responses.title}."),
        paragraph(_PRIVACY),
        heading(2, "What to do next"),
        bullets(next_steps(responses, missing, flagged, min_group_size)),
        *source.read_section(responses),
        *source.change_section(responses),
        *source.aside_section(responses),
        *gaps.missing_section(missing),
        *gaps.spread_section(responses, missing),
        *gaps.unit_section(missing, min_group_size),
        *screening_section(flagged, why_not),
    ]
    renderer = Renderer(source.file_name(responses), "en")
    return renderer.single_html(renderer.page_of("\n".join(parts), "report"))


def _check_screening(screening: Any) -> None:
    """Refuse what is no screening."""
    named = isinstance(screening, str) and screening == "auto"
    if not (named or screening is None or isinstance(screening, Screening)):
        message = (
            "screening= takes what screen_responses gave, None, or 'auto', not a "
            f"{type(screening).__name__}."
        )
        raise SpecificationError(message)
