"""Results as tables for a report or a paper, on great_tables."""

from __future__ import annotations

import hashlib
import html
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

import pandas as pd

from innovsurvey.base.checks import check_choice
from innovsurvey.base.display import MISSING, format_value, text_block
from innovsurvey.base.results import Result
from innovsurvey.errors import SpecificationError
from innovsurvey.report.notation import COLUMNS, LATEX, ROWS, readable

if TYPE_CHECKING:
    from collections.abc import Sequence

_MAX_DIGITS: Final = 10
_HEADING_ROW: Final = re.compile(r"<tr class=\"gt_heading\">.*?</tr>", re.DOTALL)
_WRAPPING: Final = re.compile(r"<style>.*?</style>|</?div\b[^>]*>", re.DOTALL)
_TAG: Final = re.compile(r"<\w[^<>]*>")
_ATTRIBUTES: Final = re.compile(
    r" (?:id|headers|style|aria-labelledby|data-quarto-[a-z-]+)=\"[^\"]*\""
    r"| (?:row|col)span=\"1\""
)
# Colours are the page's own, so that the table is readable on any background.
_CSS: Final = (
    ".isv-table{overflow-x:auto;color:inherit}"
    ".isv-table table{border-collapse:collapse;color:inherit;font-variant-numeric:tabular-nums}"
    ".isv-table caption{caption-side:top;text-align:left;font-weight:600;padding:0 0 .5em;"
    "color:inherit}"
    ".isv-table tr{background:none!important;color:inherit}"
    ".isv-table th,.isv-table td{padding:.35em .55em;font-weight:400;color:inherit;"
    "vertical-align:top;border:0}"
    ".isv-table .gt_left{text-align:left}.isv-table .gt_right{text-align:right}"
    ".isv-table td.gt_right{white-space:nowrap}"
    ".isv-table .gt_left:first-child{padding-left:0}"
    ".isv-table .gt_stub{min-width:min(11em,36vw)}"
    ".isv-table thead th{vertical-align:bottom;border-top:1.5px solid;border-bottom:1px solid}"
    ".isv-table tbody tr:last-child>*{border-bottom:1.5px solid}"
    ".isv-table .gt_sourcenote{text-align:left;padding:.6em 0 0;font-size:.9em}"
    ".isv-table :is(caption,.gt_sourcenote) span{display:inline-block;position:sticky;left:0;"
    "max-width:min(100%,calc(100vw - 2.5rem))}"
)


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Table:
    """A formatted table.

    Parameters
    ----------
    title
        The caption.
    text
        The cells as printed; column names as in the result.
    notes
        The sentences below the table.
    gt
        The great_tables object, for changes of your own.
    """

    title: str
    text: pd.DataFrame
    notes: tuple[str, ...]
    gt: Any

    def to_html(self) -> str:
        """Give a piece of HTML that follows the colours of the page it stands in."""
        caption = f"<caption><span>{html.escape(self.title)}</span></caption>" if self.title else ""
        page = _HEADING_ROW.sub("", _WRAPPING.sub("", self.gt.as_raw_html()))
        page = _TAG.sub(lambda tag: _ATTRIBUTES.sub("", tag[0]), page)
        page = re.sub(r"(<table\b[^>]*>)", lambda tag: tag[1] + caption, page, count=1)
        page = page.replace('"gt_from_md">Note. ', '"gt_from_md"><em>Note.</em> ', 1)
        lines = (line.strip() for line in page.splitlines())
        body = "\n".join(line for line in lines if line)
        # A hyphen, unlike a minus sign, is read as a number when pasted into a spreadsheet.
        body = body.replace("−", "-")
        return f'<div class="isv-table"><style>{_CSS}</style>\n{body}\n</div>'

    def to_latex(self) -> str:
        """Give LaTeX for the packages booktabs and caption, with horizontal rules only."""
        source: str = self.gt.as_latex()
        source = source.replace(r"{@{\extracolsep{\fill}}l|", r"{@{\extracolsep{\fill}}l", 1)
        source = source.replace("\nNote. ", "\n\\emph{Note.} ", 1)
        for symbol, command in LATEX.items():
            source = source.replace(symbol, command)
        return source

    def __repr__(self) -> str:
        return text_block(self.title, self.text, self.notes)

    def _repr_html_(self) -> str:
        """Show the table in a notebook."""
        return self.to_html()


def table(
    result: Result | pd.DataFrame,
    *,
    style: Literal["apa"] = "apa",
    title: str | None = None,
    digits: int | None = None,
) -> Table:
    """Format a result, or any DataFrame, as a table for a report.

    Parameters
    ----------
    result
        A result of innovsurvey, or a DataFrame. The index gives the row labels; a DataFrame
        with plain row numbers is labelled by its first column.
    style
        ``"apa"``: horizontal rules only, statistics in the notation of the field, the bounds
        of an interval in one column.
    title
        Caption; by default the title of the result.
    digits
        Digits after the point of everything but p-values and counts; by default as the
        result shows itself.

    Returns
    -------
    Table
        With ``to_html``, ``to_latex`` and ``gt``, the great_tables object.

    Raises
    ------
    SpecificationError
        ``result`` has no table, or an option is not known.

    Notes
    -----
    Text in the data is printed as it is: it cannot become HTML or LaTeX commands.

    References
    ----------
    American Psychological Association. (2020). *Publication manual of the American
    Psychological Association* (7th ed.). https://doi.org/10.1037/0000165-000

    Examples
    --------
    >>> coefficients = pd.DataFrame({"estimate": [0.25], "p_value": [0.0004]}, index=["trust"])
    >>> table(coefficients, title="What goes with voice")
    What goes with voice
          estimate p_value
    trust    0.250  < .001
    """
    check_choice(style, "style", ("apa",))
    _check_digits(digits)
    frame, notes, level = _content(result)
    caption = title if title is not None else getattr(result, "title", "")
    if isinstance(result, Result) and "N = " not in caption:
        notes = (f"N = {result.n_obs}.", *notes)
    numeric = {str(name) for name in frame.columns[[_is_number(frame[c]) for c in frame.columns]]}
    stub = str(frame.index.name or _row_kind(frame, result))
    text = _merge_interval(_as_text(frame, digits))
    label = _column_label if isinstance(result, pd.DataFrame) else _own_label
    labels = [label(name, level) for name in text.columns]
    right = [name in numeric or name == "ci" for name in text.columns]
    gt = _great_table(text, caption, notes, labels=labels, right=right, stub=label(stub, None))
    return Table(title=caption, text=text, notes=notes, gt=gt)


def _check_digits(digits: int | None) -> None:
    """Refuse a number of digits that nobody can mean."""
    if digits is not None and not (isinstance(digits, int) and 0 <= digits <= _MAX_DIGITS):
        message = f"digits={digits!r} must be a whole number from 0 to {_MAX_DIGITS}."
        raise SpecificationError(message)


def _content(source: Any) -> tuple[pd.DataFrame, tuple[str, ...], float | None]:
    """Give the frame with text names, the notes and the level of the intervals."""
    if isinstance(source, Result):
        frame, notes = source.to_frame(), source.notes
    elif isinstance(source, pd.DataFrame):
        frame, notes = source, ()
    else:
        message = f"result must be a result or a DataFrame, not {type(source).__name__}."
        raise SpecificationError(message)
    if isinstance(frame.index, pd.RangeIndex) and frame.index.name is None and frame.shape[1] > 1:
        frame = frame.set_index(frame.columns[0])
    flat = frame.copy()
    flat.columns = pd.Index(_unique([_join(name) for name in frame.columns]))
    names = [str(n) for n in frame.index.names if n is not None]
    flat.index = pd.Index([_join(label) for label in frame.index], name=", ".join(names) or None)
    return flat, tuple(notes), getattr(source, "ci_level", None)


def _join(label: Any) -> str:
    """Write a label; the levels of a tuple are joined."""
    return ", ".join(map(str, label)) if isinstance(label, tuple) else str(label)


def _unique(names: Sequence[str]) -> list[str]:
    """Add a number to names that occur again, so that each column can be told apart."""
    return [
        name if names.index(name) == position else f"{name} ({names[:position].count(name) + 1})"
        for position, name in enumerate(names)
    ]


def _is_number(column: pd.Series[Any]) -> bool:
    """Tell whether the column holds numbers, possibly with gaps."""
    found = column.dropna()
    return bool(len(found)) and all(
        isinstance(value, (int, float)) or hasattr(value, "dtype") for value in found
    )


def _as_text(frame: pd.DataFrame, digits: int | None) -> pd.DataFrame:
    """Write every cell, with a true minus sign."""
    cells = {
        name: [_cell(name, value, digits) for value in frame[name].tolist()]
        for name in frame.columns
    }
    return pd.DataFrame(cells, index=frame.index, dtype=object)


def _cell(name: str, value: Any, digits: int | None) -> str:
    """Write one cell."""
    text = format_value(name, value)
    if not isinstance(value, (int, float)) or isinstance(value, bool):
        return text
    fixed = digits is not None and "." in text and "p_value" not in name
    shown = f"{value:.{digits}f}" if fixed else text
    return f"−{shown[1:]}" if shown.startswith("-") else shown


def _merge_interval(text: pd.DataFrame) -> pd.DataFrame:
    """Join the bounds of the interval in one column in place of the lower one."""
    if not {"ci_lower", "ci_upper"} <= set(text.columns) or "ci" in text.columns:
        return text
    bounds = zip(text["ci_lower"], text["ci_upper"], strict=True)
    joined = [MISSING if low == high == MISSING else f"[{low}, {high}]" for low, high in bounds]
    place = text.columns.get_loc("ci_lower")
    rest = text.drop(columns=["ci_lower", "ci_upper"])
    rest.insert(min(place, rest.shape[1]) if isinstance(place, int) else 0, "ci", joined)
    return rest


def _column_label(name: str, level: float | None) -> tuple[str, bool]:
    """Give the label of a column, and whether it is Markdown of ours."""
    if name == "ci" and level is not None:
        return f"{100 * level:g}% CI", False
    return (COLUMNS[name], True) if name in COLUMNS else (name, False)


def _own_label(name: str, level: float | None) -> tuple[str, bool]:
    """Give the label of a column of a result, whose names are ours."""
    label, marked = _column_label(name, level)
    return (label, True) if marked else (readable(label), False)


def _great_table(
    text: pd.DataFrame,
    title: str,
    notes: Sequence[str],
    *,
    labels: Sequence[tuple[str, bool]],
    right: Sequence[bool],
    stub: tuple[str, bool],
) -> Any:
    """Build the great_tables object; columns get safe names, so that no text can do harm."""
    from great_tables import GT, md

    safe = [f"c{position}" for position in range(text.shape[1])]
    body = text.set_axis(safe, axis="columns").reset_index(drop=True)
    body.insert(0, "row", _row_labels(text.index))
    digest = hashlib.sha256(f"{title}\n{text.to_csv()}".encode()).hexdigest()
    gt = GT(body, rowname_col="row", id=f"isv-{digest[:12]}")
    head = stub[0][:1].upper() + stub[0][1:]
    gt = gt.tab_stubhead(md(head) if stub[1] else head)
    given = zip(safe, labels, strict=True)
    shown: dict[str, Any] = {name: md(text) if ours else text for name, (text, ours) in given}
    gt = gt.cols_label(**shown)
    gt = gt.cols_align("left")
    numbers = [name for name, is_right in zip(safe, right, strict=True) if is_right]
    gt = gt.cols_align("right", columns=numbers) if numbers else gt
    gt = gt.tab_header(title) if title else gt
    return gt.tab_source_note(f"Note. {' '.join(notes)}") if notes else gt


def _row_kind(frame: pd.DataFrame, source: Result | pd.DataFrame) -> str:
    """Name what the rows are, so that the first header is never empty."""
    if isinstance(source, pd.DataFrame):
        return "Row"
    if all(label in ROWS for label in frame.index):
        return "Measure"
    return "Term" if "estimate" in frame.columns else "Item"


def _row_labels(index: pd.Index[Any]) -> list[str]:
    """Write the row labels; rows of statistics get their names in words."""
    labels = [str(label) for label in index]
    statistics = bool(labels) and all(label in ROWS for label in labels)
    return [ROWS[label] for label in labels] if statistics else labels
