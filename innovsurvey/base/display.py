"""Numbers to text and HTML, formatted by the name of their column."""

from __future__ import annotations

import html
import math
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

if TYPE_CHECKING:
    from collections.abc import Iterable

MISSING: Final = "–"
_P_VALUE_FLOOR: Final = 0.001
_MAX_ROWS: Final = 60

# Digits after the point by column name; the first matching rule wins. None means "as it is".
_DIGITS: Final[tuple[tuple[str, int], ...]] = (
    ("chisq", 2),
    ("statistic", 2),
    ("f_statistic", 2),
    ("aic", 1),
    ("bic", 1),
    ("pomp", 1),
)
_DEFAULT_DIGITS: Final = 3


def format_p(value: float) -> str:
    """Write a p-value in APA style: no leading zero, '< .001' below the floor.

    Examples
    --------
    >>> format_p(0.0421), format_p(0.00001)
    ('.042', '< .001')
    """
    if math.isnan(value):
        return MISSING
    if value < _P_VALUE_FLOOR:
        return "< .001"
    return f"{value:.3f}".removeprefix("0") if value < 1 else "1.000"


def format_value(name: str, value: Any) -> str:
    """Write one cell of the column ``name``.

    Examples
    --------
    >>> format_value("estimate", 0.90224), format_value("p_value", 0.2), format_value("n_obs", 49.0)
    ('0.902', '.200', '49')
    """
    if value is None or value is pd.NA or value is pd.NaT:
        return MISSING
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if math.isnan(value):
        return MISSING
    if name == "p_value" or name.endswith("_p_value"):
        return format_p(float(value))
    if isinstance(value, int) or (_is_count(name) and float(value).is_integer()):
        return str(int(value))
    return f"{value:.{_digits(name)}f}"


def format_frame(frame: pd.DataFrame) -> pd.DataFrame:
    """Write every cell of a frame as text."""
    columns = {
        position: [format_value(str(name), _plain(v)) for v in frame.iloc[:, position]]
        for position, name in enumerate(frame.columns)
    }
    text = pd.DataFrame(columns, index=frame.index, dtype=object)
    text.columns = frame.columns
    return text


def text_block(title: str, frame: pd.DataFrame, notes: Iterable[str]) -> str:
    """Write a titled table with its notes as plain text."""
    shown, rest = _head(frame)
    lines = [title]
    if shown.shape[1]:
        lines.append(format_frame(shown).to_string(max_colwidth=60))
    lines += [f"({rest} more rows)"] if rest else []
    lines += [f"Note: {note}" for note in notes]
    return "\n".join(lines)


def html_block(title: str, frame: pd.DataFrame, notes: Iterable[str]) -> str:
    """Write a titled table with its notes as HTML; all text is escaped."""
    shown, rest = _head(frame)
    text = format_frame(shown)
    head = "".join(f'<th scope="col">{html.escape(str(c))}</th>' for c in text.columns)
    body = "".join(
        f'<tr><th scope="row">{html.escape(_label(label))}</th>'
        + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in row)
        + "</tr>"
        for label, row in zip(text.index, text.itertuples(index=False), strict=True)
    )
    name = shown.index.name
    corner = "<td></td>" if name is None else f'<th scope="col">{html.escape(_label(name))}</th>'
    below = [f"({rest} more rows)"] if rest else []
    below += [f"Note: {note}" for note in notes]
    tail = "".join(f"<p>{html.escape(line)}</p>" for line in below)
    return (
        f'<div class="isv-result"><table><caption>{html.escape(title)}</caption>'
        f"<thead><tr>{corner}{head}</tr></thead>"
        f"<tbody>{body}</tbody></table>{tail}</div>"
    )


def _head(frame: pd.DataFrame) -> tuple[pd.DataFrame, int]:
    """Keep the first rows; say how many are left out."""
    return frame.iloc[:_MAX_ROWS], max(0, len(frame) - _MAX_ROWS)


def _label(value: Any) -> str:
    """Write a row label; the levels of a tuple are joined."""
    return " ".join(map(str, value)) if isinstance(value, tuple) else str(value)


def _plain(value: Any) -> Any:
    """Turn a numpy scalar into a Python one."""
    return value.item() if hasattr(value, "item") else value


def _is_count(name: str) -> bool:
    """Tell whether the column holds counts, degrees of freedom, or answers at the ends."""
    return (
        name in {"n", "df", "min", "max"}
        or name.startswith(("n_", "df_"))
        or name.endswith(("_df", "_n"))
    )


def _digits(name: str) -> int:
    """Look up how many digits after the point the column gets."""
    for part, digits in _DIGITS:
        if name == part or name.endswith(f"_{part}"):
            return digits
    return _DEFAULT_DIGITS
