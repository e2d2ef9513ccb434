"""Tell which column of the data a heading of a survey platform stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from innovsurvey.definitions.model import Instrument

_PARTS: Final = re.compile(r"[^0-9A-Za-z]+")
# Columns that a questionnaire fills in by itself, whether or not the instrument declares them.
CARRIED: Final = ("version", "manager_id", "project_id", "wave")


@dataclass(frozen=True)
class ColumnNames:
    """The names that columns of the data may have, by their letters and digits alone."""

    by_core: dict[str, str]
    items: frozenset[str]

    @classmethod
    def of(cls, instrument: Instrument) -> ColumnNames:
        """Collect items and context columns; an item wins over a context column."""
        context = (*CARRIED, *(column.id for column in instrument.context))
        names = (*context, *instrument.item_ids)
        return cls({_core(name): name for name in names}, frozenset(instrument.item_ids))

    def find(self, heading: str) -> str | None:
        """Find the column of a heading such as ``PH1[AC2]``, ``Q01_CON01`` or ``PH1/PH1_AC2``.

        The whole heading is tried first, then its last two parts, then its last part; parts are
        divided by anything but letters and digits. Case does not count.
        """
        parts = [part for part in _PARTS.split(heading) if part]
        tries = ["".join(parts), "".join(parts[-2:]), "".join(parts[-1:])]
        found = (self.by_core.get(_core(name)) for name in tries if name)
        return next((name for name in found if name is not None), None)

    def share(self, headings: Iterable[str]) -> float:
        """Give the share of the items that some heading stands for, 0-1."""
        found = {self.find(heading) for heading in headings} & self.items
        return len(found) / max(len(self.items), 1)


def _core(name: str) -> str:
    """Keep letters and digits only, in lower case."""
    return _PARTS.sub("", name).casefold()
