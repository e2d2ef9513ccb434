"""Make the outputs of a notebook fit to print: no machine paths, readable warnings and errors."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.report.notebook_files import html_output

if TYPE_CHECKING:
    from collections.abc import Mapping

_WARNING: Final = re.compile(
    r"^(?:<.+?>|.+?\.\w+|.+?):\d+: (?P<category>\w*Warning): ?(?P<text>.*)$"
)
# Warnings for programmers; the rest tell the reader something about the numbers.
_TECHNICAL: Final = frozenset(
    {
        "DeprecationWarning",
        "FutureWarning",
        "ImportWarning",
        "Pandas4Warning",
        "PendingDeprecationWarning",
        "ResourceWarning",
        "SyntaxWarning",
    }
)
_ANSI: Final = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
_TABLE: Final = re.compile(r"<table\b.*?</table>", re.DOTALL | re.IGNORECASE)
_SCOPED_STYLE: Final = re.compile(r"<style scoped[^>]*>.*?</style>", re.DOTALL)
_EMPTY_HEADER: Final = re.compile(r"<th\b[^>]*>\s*</th>")
# What a page can show, best first; one form of each output is kept.
_FORMS: Final = (
    "text/html",
    "text/markdown",
    "image/svg+xml",
    "image/png",
    "image/jpeg",
    "text/plain",
)
_REGION: Final = 'class="scroll" role="region" tabindex="0"'


def read_warnings(text: str) -> list[tuple[str, str]]:
    r"""Read category and message of each warning from what a cell wrote to stderr.

    Examples
    --------
    >>> read_warnings("/home/me/x.py:3: UserWarning: few people\n  warn('few people')\n")
    [('UserWarning', 'few people')]
    """
    found: list[tuple[str, str]] = []
    for line in text.splitlines():
        match = _WARNING.match(line)
        if match:
            found.append((match["category"], match["text"]))
        elif found and line.strip() and not line.startswith("  "):
            category, message = found[-1]
            found[-1] = (category, f"{message} {line.strip()}")
    return found


def for_reader(category: str) -> bool:
    """Tell whether a warning says something about the numbers, not about the code."""
    return category not in _TECHNICAL and not category.endswith("DeprecationWarning")


def tidy_outputs(cell: Any, words: Mapping[str, str], hide: Mapping[str, str]) -> list[str]:
    """Rewrite the outputs of one code cell for the page.

    Parameters
    ----------
    cell
        The code cell, changed in place.
    words
        The words of the page in its language.
    hide
        Texts that must not be printed, such as the path of the data, and what stands for them.

    Returns
    -------
    list of str
        What was left out of the page: technical warnings and messages on stderr.
    """
    errors = "".join(o["text"] for o in cell["outputs"] if _is_stderr(o))
    warned = read_warnings(errors)
    shown = dict.fromkeys(text for category, text in warned if for_reader(category))
    left_out = [f"{category}: {text}" for category, text in warned if not for_reader(category)]
    rest = [_readable(o, words, hide) for o in cell["outputs"] if not _is_stderr(o)]
    kept = [output for output in rest if output is not None]
    said = "".join(output.get("data", {}).get("text/html", "") for output in kept)
    cell["outputs"] = [
        _box("warning", words["warning"], _conceal(text, hide))
        for text in shown
        if html.escape(text) not in said  # the notes of a table may say it already
    ] + kept
    return left_out + ([] if warned or not errors.strip() else [_first_line(errors)])


def wrap_tables(page: str, words: Mapping[str, str]) -> str:
    """Put every table into a region that scrolls by itself, numbered for screen readers."""
    count = 0

    def wrap(match: re.Match[str]) -> str:
        nonlocal count
        count += 1
        label = html.escape(f"{words['table']} {count}")
        table = _EMPTY_HEADER.sub("<td></td>", match[0]).replace(' border="1"', "")
        return f'<div {_REGION} aria-label="{label}">{table}</div>'

    return _TABLE.sub(wrap, _SCOPED_STYLE.sub("", page))


def _is_stderr(output: Any) -> bool:
    """Tell whether the output was written to stderr."""
    return bool(output["output_type"] == "stream" and output.get("name") == "stderr")


def _readable(output: Any, words: Mapping[str, str], hide: Mapping[str, str]) -> Any:
    """Turn one output into what the page shows; ``None`` where there is nothing to show."""
    kind = output["output_type"]
    if kind == "error":
        text = f"{output['ename']}: {output['evalue']}"
        return _box("error", words["error"], _conceal(_ANSI.sub("", text), hide))
    if kind == "stream":
        output["text"] = _conceal(output["text"], hide)
        return output if output["text"].strip() else None
    form = next((form for form in _FORMS if form in output["data"]), None)
    if form is None:
        return None
    value = output["data"][form]
    output["data"] = {form: _conceal(value, hide) if form.startswith("text/") else value}
    return output


def _conceal(text: str, hide: Mapping[str, str]) -> str:
    """Replace what must not be printed."""
    for found, replacement in hide.items():
        text = text.replace(found, replacement)
    return text


def _box(kind: str, word: str, text: str) -> Any:
    """Make a display output that shows a message in a box."""
    body = f'<p class="{kind}"><strong>{html.escape(word)}</strong> {html.escape(text)}</p>'
    return html_output(body)


def _first_line(text: str) -> str:
    """Give the first line with something in it."""
    return _ANSI.sub("", text).strip().splitlines()[0]
