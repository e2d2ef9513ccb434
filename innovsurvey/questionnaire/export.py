"""Write a questionnaire in the format of a survey platform, for paper, or for an archive."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Literal

from innovsurvey.base.checks import check_choice
from innovsurvey.base.files import write_file
from innovsurvey.definitions.forms import as_definition
from innovsurvey.errors import SpecificationError
from innovsurvey.questionnaire.archive.codebook import write_codebook
from innovsurvey.questionnaire.archive.ddi import write_ddi
from innovsurvey.questionnaire.html_page import write_html
from innovsurvey.questionnaire.paper.docx_file import write_docx
from innovsurvey.questionnaire.paper.pdf_file import write_pdf
from innovsurvey.questionnaire.plan import make_layout
from innovsurvey.questionnaire.platforms.limesurvey import write_limesurvey
from innovsurvey.questionnaire.platforms.limesurvey_text import write_limesurvey_text
from innovsurvey.questionnaire.platforms.qualtrics import write_qualtrics
from innovsurvey.questionnaire.platforms.qualtrics_text import write_qualtrics_text
from innovsurvey.questionnaire.platforms.redcap import write_redcap
from innovsurvey.questionnaire.platforms.surveyjs import write_surveyjs
from innovsurvey.questionnaire.platforms.xlsform import write_xlsform

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Mapping, Sequence

    from innovsurvey.definitions.model import Instrument
    from innovsurvey.definitions.questionnaire import Questionnaire
    from innovsurvey.questionnaire.layout import Layout

Format = Literal[
    "html", "limesurvey", "limesurvey-tsv", "xlsform", "qualtrics", "qualtrics-txt", "redcap",
    "surveyjs", "docx", "pdf", "ddi", "codebook",
]  # fmt: skip


@dataclass(frozen=True)
class _Target:
    """A format: how its files end, what writes them, and who gets the answers.

    Platforms and paper take them to whoever runs the survey; with the page they stay with the
    person, who gets feedback there.
    """

    suffix: str
    write: Callable[[Layout], bytes]
    collects: bool = False


_TARGETS: Final[dict[Format, _Target]] = {
    "html": _Target(".html", write_html),
    "limesurvey": _Target(".lss", write_limesurvey, collects=True),
    "limesurvey-tsv": _Target(".tsv", write_limesurvey_text, collects=True),
    "xlsform": _Target(".xlsx", write_xlsform, collects=True),
    "qualtrics": _Target(".qsf", write_qualtrics, collects=True),
    "qualtrics-txt": _Target(".txt", write_qualtrics_text, collects=True),
    "redcap": _Target(".csv", write_redcap, collects=True),
    "surveyjs": _Target(".json", write_surveyjs, collects=True),
    "docx": _Target(".docx", write_docx, collects=True),
    "pdf": _Target(".pdf", write_pdf, collects=True),
    "ddi": _Target(".xml", write_ddi),
    "codebook": _Target(".csv", write_codebook),
}
FORMATS: Final[tuple[Format, ...]] = tuple(_TARGETS)
_SPELLINGS: Final = {".htm": ".html"}


def export_questionnaire(
    questionnaire: Instrument | Questionnaire | str | os.PathLike[str],
    path: str | os.PathLike[str],
    *,
    format: Format | None = None,
    language: str | None = None,
    version: str | None = None,
    languages: Sequence[str] | None = None,
    form: str | None = None,
    manager_id: str | None = None,
    project_id: str | None = None,
    wave: str | None = None,
    sender: str | Mapping[str, str] = "",
) -> Path:
    """Write a questionnaire that people can fill in, or a description of it for an archive.

    Parameters
    ----------
    questionnaire
        An instrument or questionnaire, its id, or the path of its file.
    path
        File to write; its folder is made where it is missing, an older file is replaced.
    format
        ``html`` (one offline page), ``limesurvey`` (.lss), ``limesurvey-tsv``, ``xlsform`` (ODK
        and Kobo, .xlsx), ``qualtrics`` (.qsf), ``qualtrics-txt``, ``redcap`` (data dictionary,
        .csv), ``surveyjs`` (.json), ``docx``, ``pdf``, ``ddi`` (DDI-Codebook 2.6, .xml) or
        ``codebook`` (.csv). By default what the suffix of ``path`` says, if only one format has it.
    language
        Code of the main language; by default the first one of the file. Paper, REDCap and
        ``qualtrics-txt`` have this one only.
    version
        Version to ask, such as ``"self"`` or ``"observer"``; by default the first one of an
        instrument, and the one that a questionnaire asks.
    languages
        Codes of the languages that people may choose from; by default all.
    form
        Item set of an instrument to ask, such as ``"short"``; by default all items.
    manager_id, project_id, wave
        What the file carries along with every answer: capital letters, digits and hyphens, never
        a name. Give the questionnaires of a manager and of those who observe this manager the same
        ``manager_id``; :func:`observer_gap` puts them side by side from three observers on.
    sender
        Who asks, where answers are to be sent, what happens with them: a text that ends the
        introduction, or one for each language, by code.

    Returns
    -------
    pathlib.Path
        The file written.

    Raises
    ------
    SpecificationError
        An unknown format, language, version, form or id, or a file that cannot be written.
    ExportError
        Codes that the format cannot hold, texts that are not translated, or an instrument whose
        wording may not be exported; the message lists all of them.
    DefinitionError
        No such instrument or questionnaire.

    Notes
    -----
    Wording, codes, filters and languages all come from the instrument file. Codes are never
    changed to fit. The same questionnaire gives the same bytes. :func:`read_responses` reads the
    answers back from every format but ``surveyjs``, ``pdf``, ``ddi`` and ``codebook``.

    Examples
    --------
    >>> import tempfile
    >>> import innovsurvey as isv
    >>> folder = tempfile.mkdtemp()
    >>> isv.export_questionnaire("self-assessment", f"{folder}/self.html", language="da").name
    'self.html'
    """
    target = _TARGETS[_format(format, Path(path))]
    layout = make_layout(
        as_definition(questionnaire),
        language=language,
        languages=languages,
        version=version,
        form=form,
        carried={"manager_id": manager_id, "project_id": project_id, "wave": wave},
        collected=target.collects,
        sender=sender,
    )
    return write_file(Path(path), target.write(layout))


def _format(given: Format | None, path: Path) -> Format:
    """Give the format asked for, or the only one that a suffix stands for."""
    if given is not None:
        check_choice(given, "format", FORMATS)
        _refuse_other_suffix(given, path)
        return given
    suffix = _SPELLINGS.get(path.suffix.lower(), path.suffix.lower())
    fitting = [name for name, target in _TARGETS.items() if target.suffix == suffix]
    if len(fitting) == 1:
        return fitting[0]
    known = ", ".join(f'"{name}"' for name in fitting or FORMATS)
    what = f"{path.suffix or 'a name without suffix'} does not tell the format of {path.name}"
    message = f"{what}. Give format= one of {known}."
    raise SpecificationError(message)


def _refuse_other_suffix(given: Format, path: Path) -> None:
    """Refuse a name that tells of another format; a suffix of no format will do."""
    suffix = _SPELLINGS.get(path.suffix.lower(), path.suffix.lower())
    owners = {target.suffix for target in _TARGETS.values()}
    if suffix in owners - {_TARGETS[given].suffix, ".txt"}:
        message = (
            f"{path.name} ends like another format than {given!r}; call it "
            f"{path.stem}{_TARGETS[given].suffix}."
        )
        raise SpecificationError(message)
