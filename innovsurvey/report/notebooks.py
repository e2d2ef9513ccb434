"""Publish notebooks: run them on the user's data and write an offline site of HTML pages."""

from __future__ import annotations

import copy
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from innovsurvey.base.checks import check_choice, check_group_size, join_names
from innovsurvey.base.progress import AFTER_SECONDS, progress_bar
from innovsurvey.errors import NotebookError, ReportError, SpecificationError
from innovsurvey.report.execution import run
from innovsurvey.report.notebook_files import code_cell, find, name_pages, read, text_cell
from innovsurvey.report.outputs import tidy_outputs
from innovsurvey.report.pages import Renderer
from innovsurvey.report.parameters import (
    INJECTED_TAG,
    check_names,
    injected_source,
    parameter_cell,
    read_parameters,
)
from innovsurvey.report.words import WORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from innovsurvey.report.execution import Failure
    from innovsurvey.report.pages import Page


@dataclass(frozen=True, kw_only=True)
class Publication:
    """A published site.

    Parameters
    ----------
    index
        The first page, to open by double-click.
    pages
        One page for each notebook, in their order.
    notes
        What the pages do not show, such as technical warnings, in sentences.
    """

    index: Path
    pages: tuple[Path, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class _Source:
    """A notebook as read, with the parameters it declares."""

    path: Path
    name: str
    notebook: Any
    cell: int | None
    parameters: Mapping[str, Any]


def publish(
    notebooks: str | Path | Sequence[str | Path],
    data: str | Path | None = None,
    out: str | Path = "site",
    *,
    parameters: Mapping[str, Any] | None = None,
    formats: Literal["html"] | Sequence[Literal["html"]] = ("html",),
    min_group_size: int = 10,
    title: str | None = None,
    summary: str | None = None,
    language: Literal["en", "da"] = "en",
) -> Publication:
    """Run notebooks on data and write them as an offline site of HTML pages.

    Each notebook runs from its first to its last cell in a fresh Python process, in the
    folder where it is kept. The pages need no network and hold no script; code is folded
    away. The same notebooks, data and parameters give the same bytes.

    Parameters
    ----------
    notebooks
        A notebook, a list of notebooks, or a folder of them (in the order of their names).
    data
        File or folder with the responses, for the parameter ``data_path`` of the notebooks.
    out
        Folder for the site; it is made, and pages of the same name are replaced.
    parameters
        Further values, by parameter name. A notebook declares its parameters in one code cell
        tagged ``parameters`` that holds only lines of the form ``name = value``; each value
        goes to every notebook that has a parameter of that name.
    formats
        Kinds of pages; at present only ``"html"``.
    min_group_size
        For the parameter ``min_group_size``: groups of fewer people stay hidden. At least 5.
    title
        Title of the site; by default the title of the first page.
    summary
        One line on the data for the overview; by default the name of ``data``.
    language
        Language of the few words that the site adds itself, and of the pages for screen
        readers: ``"en"`` or ``"da"``.

    Returns
    -------
    Publication
        The paths of the overview and of the pages, and notes.

    Raises
    ------
    ReportError
        A notebook or the data are missing or cannot be read.
    NotebookError
        A notebook stopped with an error. Its page is written as far as it got, and the other
        notebooks are still run.
    SpecificationError
        A parameter that no notebook has, or an option that is not known.

    Notes
    -----
    A notebook shows warnings about the numbers to its reader, without the place in the code;
    warnings for programmers (``FutureWarning`` and the like) and messages on stderr are in
    ``notes`` instead. Formulas are printed as they are typed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import nbformat
    >>> heading = nbformat.v4.new_markdown_cell("# A story")
    >>> story = nbformat.v4.new_notebook(cells=[heading])
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     path = Path(folder, "story.ipynb")
    ...     nbformat.write(story, path)
    ...     [page.name for page in publish(path, out=f"{folder}/site").pages]
    ['story.html']
    """
    for one in [formats] if isinstance(formats, str) else formats:
        check_choice(one, "formats", ("html",))
    check_choice(language, "language", tuple(WORDS))
    data_path = _check_data(data)
    folder = _check_out(out)
    sources = [_declared(path, name) for path, name in name_pages(find(notebooks))]
    given = _values(sources, data_path, min_group_size, parameters or {})
    executed, failures, notes = _run_all(sources, given, data_path, language)
    notes = _not_taken(sources, given) + notes
    line = summary if summary is not None else (data_path.name if data_path else "")
    index, pages = _write(sources, executed, folder, title=title, summary=line, language=language)
    if failures:
        raise NotebookError(_failed(failures, index))
    return Publication(index=index, pages=pages, notes=tuple(notes))


def _check_data(data: str | Path | None) -> Path | None:
    """Give the absolute path of the data."""
    if data is None:
        return None
    if not isinstance(data, (str, Path)):
        message = (
            f"data must be the path of a file or folder, not {type(data).__name__}. Save the "
            "data first and give the path."
        )
        raise SpecificationError(message)
    path = Path(data).resolve()
    if not path.exists():
        message = f"data not found: {data}. Give the path of a file or folder that exists."
        raise ReportError(message)
    return path


def _check_out(out: str | Path) -> Path:
    """Give the folder of the site, which may not exist yet."""
    folder = Path(out).resolve()
    if folder.exists() and not folder.is_dir():
        message = f"out={str(out)!r} is a file. Give the name of a folder for the pages."
        raise ReportError(message)
    return folder


def _declared(path: Path, name: str) -> _Source:
    """Read a notebook and the parameters it declares, without running anything."""
    notebook = read(path)
    cell = parameter_cell(notebook.cells, path.name)
    source = notebook.cells[cell].source if cell is not None else ""
    parameters = read_parameters(source, path.name)
    return _Source(path=path, name=name, notebook=notebook, cell=cell, parameters=parameters)


def _values(
    sources: Sequence[_Source],
    data: Path | None,
    min_group_size: int,
    parameters: Mapping[str, Any],
) -> dict[str, Any]:
    """Join the values for all notebooks; names that no notebook has are refused."""
    check_group_size(min_group_size)
    known = dict.fromkeys(name for source in sources for name in source.parameters)
    where = join_names([source.path.name for source in sources], 3)
    wanted = {**({"data_path": data} if data else {}), **parameters}
    check_names(wanted, known, where)
    return {"min_group_size": min_group_size, **wanted}


def _not_taken(sources: Sequence[_Source], given: Mapping[str, Any]) -> list[str]:
    """Say which notebook did not get the data or the smallest group, for want of a parameter."""
    return [
        f"{source.path.name} has no parameter {name}, so it ran without it."
        for source in sources
        for name in ("data_path", "min_group_size")
        if name in given and name not in source.parameters
    ]


def _run_all(
    sources: Sequence[_Source], given: Mapping[str, Any], data: Path | None, language: str
) -> tuple[list[Any], list[str], list[str]]:
    """Run every notebook; give the executed ones, what failed, and notes."""
    executed: list[Any] = []
    failures: list[str] = []
    notes: list[str] = []
    ready = [_inject(source, given) for source in sources]
    total = sum(cell.cell_type == "code" for notebook in ready for cell in notebook.cells)
    delay = 0 if len(sources) > 1 else AFTER_SECONDS
    bar = progress_bar(total=total, unit="cell", delay=delay)
    with bar, tempfile.TemporaryDirectory(prefix="isv", ignore_cleanup_errors=True) as scratch:
        for source, notebook in zip(sources, ready, strict=True):
            bar.set_description(source.path.name)
            folder = source.path.resolve().parent
            failure = run(notebook, folder=folder, scratch=Path(scratch), done=_step(bar))
            if failure:
                failures.append(_stopped(source, notebook, failure))
                _cut(notebook, failure, language)
            notes += _tidy(source, notebook, data, language)
            executed.append(notebook)
    return executed, failures, notes


def _step(bar: Any) -> Callable[[], None]:
    """Give a function that moves the bar by one cell."""
    return lambda: bar.update()


def _inject(source: _Source, given: Mapping[str, Any]) -> Any:
    """Copy the notebook without outputs, with the values in a cell after its parameters."""
    notebook = copy.deepcopy(source.notebook)
    for cell in notebook.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    values = {name: value for name, value in given.items() if name in source.parameters}
    if source.cell is not None and values:
        cell = code_cell(injected_source(values), "cell-injected", INJECTED_TAG)
        notebook.cells.insert(source.cell + 1, cell)
    notebook.cells = [c for c in notebook.cells if c.id == "cell-injected" or not _injected(c)]
    return notebook


def _injected(cell: Any) -> bool:
    """Tell whether a cell was injected by an earlier run."""
    return INJECTED_TAG in cell.metadata.get("tags", [])


def _tidy(source: _Source, notebook: Any, data: Path | None, language: str) -> list[str]:
    """Tidy all outputs; give what the page leaves out as notes."""
    hide = _hidden_paths(source, data)
    notes: list[str] = []
    for cell in notebook.cells:
        if cell.cell_type == "code":
            if _injected(cell) and data:
                cell.source = cell.source.replace(repr(str(data)), repr(data.name))
            left_out = tidy_outputs(cell, WORDS[language], hide)
            notes += [f"{source.path.name}: {text}" for text in left_out]
    return list(dict.fromkeys(notes))


def _hidden_paths(source: _Source, data: Path | None) -> dict[str, str]:
    """Give the paths of this machine that no page may show, and what stands for them."""
    hide = {str(data): data.name} if data else {}
    folders = [source.path.resolve().parent, *([data.parent] if data else [])]
    return {**hide, **{f"{one}{os.sep}": "" for one in folders if one != Path(one.anchor)}}


def _stopped(source: _Source, notebook: Any, failure: Failure) -> str:
    """Say which cell of which notebook stopped, as JupyterLab counts the cells that ran."""
    before = notebook.cells[: failure.position + 1]
    number = sum(cell.cell_type == "code" and not _injected(cell) for cell in before)
    return f"{source.path.name}, code cell {number}: {failure.error}"


def _cut(notebook: Any, failure: Failure, language: str) -> None:
    """Keep the cells up to the one that stopped, and say that there were more."""
    rest = notebook.cells[failure.position + 1 :]
    del notebook.cells[failure.position + 1 :]
    if rest:
        notebook.cells.append(text_cell(WORDS[language]["not_run"], "cell-not-run"))


def _write(
    sources: Sequence[_Source],
    executed: Sequence[Any],
    folder: Path,
    *,
    title: str | None,
    summary: str,
    language: str,
) -> tuple[Path, tuple[Path, ...]]:
    """Write the site; give its overview and its pages."""
    renderer = Renderer(summary, language)
    pages: list[Page] = [
        renderer.page(notebook, source.name, source.path.resolve().parent)
        for source, notebook in zip(sources, executed, strict=True)
    ]
    site_title = title or pages[0].title
    folder.mkdir(parents=True, exist_ok=True)
    index = folder / "index.html"
    _save(index, renderer.index_html(pages, site_title))
    paths = tuple(folder / f"{page.name}.html" for page in pages)
    for path, page in zip(paths, pages, strict=True):
        _save(path, renderer.page_html(page, pages, site_title))
    return index, paths


def _save(path: Path, text: str) -> None:
    """Write a file with the same line ends on every system."""
    path.write_text(text, encoding="utf-8", newline="\n")


def _failed(failures: Sequence[str], index: Path) -> str:
    """Say what failed and where the pages are."""
    listed = "; ".join(failures)
    return f"{listed.rstrip('.')}. The pages show everything up to there: {index}"
