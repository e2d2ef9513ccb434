"""Count the cells of a sheet in the records of a binary workbook (.xlsb), without reading them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.responses.files.workbook_scan import Scan

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_ROW: Final = 0
_BLANK: Final = 1
_SHARED: Final = 7
_CELLS: Final = range(1, 12)
_SHARED_TEXT: Final = 19


def scan_binary_sheet(chunks: Iterable[bytes], lengths: Sequence[int]) -> Scan:
    """Measure a sheet; ``lengths`` are those of the shared texts."""
    found = Scan()
    row = 0
    longest = max(lengths, default=0)
    for kind, content in _records(b"".join(chunks)):
        if kind == _ROW:
            row = _number(content, 0) + 1
        elif kind in _CELLS and kind != _BLANK:
            place = _number(content, 8) if kind == _SHARED else -1
            size = lengths[place] if 0 <= place < len(lengths) else longest * (kind == _SHARED)
            found.add(row, _number(content, 0) + 1, size)
    return found


def scan_binary_strings(chunks: Iterable[bytes]) -> list[int]:
    """Measure the texts that cells share."""
    return [len(text) for kind, text in _records(b"".join(chunks)) if kind == _SHARED_TEXT]


def _records(raw: bytes) -> Iterator[tuple[int, memoryview]]:
    """Give the records: a number of one or two bytes, a length of up to four, the content."""
    view = memoryview(raw)
    place = 0
    while place < len(raw):
        kind = raw[place]
        place += 1
        if kind & 0x80 and place < len(raw):
            kind = (kind & 0x7F) | (raw[place] & 0x7F) << 7
            place += 1
        size = shift = 0
        while place < len(raw) and shift < 28:
            byte = raw[place]
            place += 1
            size |= (byte & 0x7F) << shift
            shift += 7
            if not byte & 0x80:
                break
        yield kind, view[place : place + size]
        place += size


def _number(content: memoryview, start: int) -> int:
    """Read a number of four bytes."""
    return int.from_bytes(content[start : start + 4], "little")
