"""Tell which column of the data a heading of a survey platform stands for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from innovsurvey.definitions.model import Instrument

_PARTS: Final = re.compile(r"[\W_]+")
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
        names = {name: name for name in (*context, *instrument.item_ids)}
        written = {item.written: item.id for item in instrument.items if item.written}
        by_core = {core(said): name for said, name in {**names, **written}.items()}
        return cls(by_core, frozenset(instrument.item_ids))

    def find(self, heading: str) -> str | None:
        """Find the column of a heading such as ``PH1[AC2]``, ``Q01_CON01`` or ``PH1/PH1_AC2``.

        The whole heading is tried first, then its last two parts, then its last part; parts are
        divided by anything but letters and digits. Case does not count. What a questionnaire fills
        in by itself has to be the whole heading: ``app_version`` is no ``version``.
        """
        return self._whole(heading) or self._by_parts(heading)

    def find_all(self, headings: Mapping[int, str]) -> dict[int, str]:
        """Find the columns of headings, by place; a whole heading goes before parts of others.

        Examples
        --------
        >>> import innovsurvey as isv
        >>> names = ColumnNames.of(isv.load_instrument("collaborative-leadership"))
        >>> names.find_all({0: "old_CON01", 1: "CON01", 2: "Q01_CON04", 3: "app_version"})
        {1: 'CON01', 2: 'CON04'}
        """
        whole = {place: self._whole(heading) for place, heading in headings.items()}
        taken = set(whole.values())
        found = {}
        for place, heading in headings.items():
            part = self._by_parts(heading)
            name = whole[place] or (None if part in taken else part)
            if name is not None:
                found[place] = name
        return found

    def _whole(self, heading: str) -> str | None:
        """Find the column that a whole heading names."""
        return self.by_core.get(core(heading))

    def _by_parts(self, heading: str) -> str | None:
        """Find the column that the end of a heading names."""
        parts = [part for part in _PARTS.split(heading) if part]
        tries = (core("".join(parts[-n:])) for n in (2, 1))
        found = (self.by_core.get(core) for core in tries if core)
        return next((name for name in found if name is not None and name not in CARRIED), None)

    def share(self, headings: Iterable[str]) -> float:
        """Give the share of the items that some heading stands for, 0-1."""
        found = {self.find(heading) for heading in headings} & self.items
        return len(found) / max(len(self.items), 1)


def core(name: str) -> str:
    """Keep letters and digits only, in lower case.

    Examples
    --------
    >>> core("Q5[SQ001]"), core("q5_sq001")
    ('q5sq001', 'q5sq001')
    """
    return _PARTS.sub("", name).casefold()
