"""Tell what people wrote in their own words, which is kept apart from what they chose."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection

    import pandas as pd

    from innovsurvey.definitions.model import Instrument

# Ends of headings under which platforms put what people write beside their choice.
_BESIDE: Final = re.compile(r"(_TEXT|\[other\]|_other|\[\w*comment\]|_comment)$", re.IGNORECASE)
_SENTENCE: Final = 40
_FEWEST: Final = 5
_MOSTLY: Final = 0.9


def free_text_columns(
    context: pd.DataFrame, instrument: Instrument, named: Collection[str]
) -> list[str]:
    """Name the columns of free text: those the instrument asks as words, and what looks so.

    A column that the instrument does not know counts as free text if its heading is one that
    platforms give to what stands beside a choice, or if its texts are long (median of 40
    characters), have blanks, and are nearly all different (90 %, at least five). ``named`` columns,
    such as ids and groups, stay.
    """
    words = {f.id for f in instrument.formats if f.level == "text"}
    asked = {item.id for item in instrument.items if item.format in words}
    asked |= {column.id for column in instrument.context if column.format in words}
    known = {*instrument.item_ids, *(column.id for column in instrument.context), *named}
    return [
        str(name)
        for name, cells in context.items()
        if name not in named
        and (name in asked or (name not in known and _is_free_text(str(name), cells)))
    ]


def _is_free_text(name: str, cells: pd.Series[Any]) -> bool:
    """Tell a column of free text from one of labels, dates or codes."""
    texts = cells.dropna()
    if texts.dtype.kind in "biufM" or texts.empty:
        return False
    texts = texts.astype(str)
    if _BESIDE.search(name):
        return True
    if len(texts) < _FEWEST or texts.str.len().median() < _SENTENCE:
        return False
    return bool(
        texts.nunique() >= _MOSTLY * len(texts) and texts.str.contains(" ").mean() > _MOSTLY
    )
