"""Walk through the dictionary of an SPSS file before it is read, since damaged ones crash readers.

The records are those of the PSPP documentation ("System File Format"): variables (2), value labels
(3, 4), documents (6), extensions (7) and the end (999).
"""

from __future__ import annotations

import struct
from typing import Final

from innovsurvey.errors import DataError
from innovsurvey.responses.files.options import SAVE_AS

_HEADER: Final = 176
_END: Final = 999
_LAYOUT: Final = 64  # where the header says 2 or 3, by which the order of bytes is told
_WIDEST: Final = 255
_LONGEST_LABEL: Final = 65_535
_LINE: Final = 80
_CONTINUED: Final = -1
_MISSING_COUNTS: Final = frozenset({-3, -2, 0, 1, 2, 3})
_SHORT_TEXT: Final = 8
_MACHINE: Final = 3  # extensions by their number
_ENCODING: Final = 20
_LONG_LABELS: Final = 21
_MACHINE_SIZE: Final = 32
_PAGES: Final = {1: "cp037", 2: "windows-1252", 3: "windows-1252", 65001: "utf-8", 28591: "latin-1"}
_TEXT_FORMATS: Final = frozenset({1, 2})


def check_structure(raw: bytes, name: str, encoding: str | None) -> bool:
    """Refuse a file whose dictionary does not hold together; tell whether text codes can be read.

    Text codes with labels that are no text in the encoding, which is otherwise the one that the
    file names, crash readers, too.

    Raises
    ------
    DataError
        A record is of no known kind, breaks off, or points outside the dictionary.
    """
    walk = _Walk(raw)
    try:
        walk.dictionary()
    except (struct.error, ValueError) as error:
        message = f"{name} is a damaged SPSS file ({error}). Fetch it again. {SAVE_AS}"
        raise DataError(message) from None
    try:
        for code in walk.text_codes:
            code.decode(encoding or walk.encoding)
    except (ValueError, LookupError):  # not text, or no encoding
        return False
    return True


class _Walk:
    """Goes through the records; ``widths`` are those of the variables by place, 0 for numbers."""

    def __init__(self, raw: bytes) -> None:
        self.raw = raw
        self.place = _HEADER
        self.order = "<"
        self.widths: list[int] = []
        self.text_codes: set[bytes] = set()
        self.encoding = "windows-1252"

    def dictionary(self) -> None:
        """Go to the end of the dictionary."""
        self._header()
        kinds = {2: self._variable, 3: self._labels, 6: self._documents, 7: self._extension}
        while True:
            kind = self._number()
            if kind == _END:
                self._check_parts(0)
                break
            if kind not in kinds:
                message = f"a record of the unknown kind {kind} at byte {self.place - 4}"
                raise ValueError(message)
            kinds[kind]()
        if not self.widths:
            message = "there is no variable in it"
            raise ValueError(message)

    def _header(self) -> None:
        """Tell the order of bytes."""
        layout = self.raw[_LAYOUT : _LAYOUT + 4]
        if layout in (b"\x02\x00\x00\x00", b"\x03\x00\x00\x00"):
            return
        if layout not in (b"\x00\x00\x00\x02", b"\x00\x00\x00\x03"):
            message = "its first part is not that of a data file"
            raise ValueError(message)
        self.order = ">"

    def _number(self) -> int:
        """Read a whole number."""
        (number,) = struct.unpack_from(f"{self.order}i", self.raw, self.place)
        self.place += 4
        return int(number)

    def _skip(self, n: int) -> None:
        """Go on by some bytes, which have to be there."""
        if n < 0 or self.place + n > len(self.raw):
            message = f"it breaks off at byte {len(self.raw)}"
            raise ValueError(message)
        self.place += n

    def _variable(self) -> None:
        """Check a variable; the parts of a long text follow it."""
        width, has_label, n_missing = self._number(), self._number(), self._number()
        formats = {self._number() >> 16 & 255, self._number() >> 16 & 255}
        self._skip(8)
        if width == 0 and formats & _TEXT_FORMATS:
            message = "a number that is shown as a text"
            raise ValueError(message)
        if not _CONTINUED <= width <= _WIDEST or has_label not in (0, 1):
            message = f"a variable of the width {width}"
            raise ValueError(message)
        if n_missing not in _MISSING_COUNTS:
            message = f"a variable with {n_missing} missing values"
            raise ValueError(message)
        if width == _CONTINUED and (has_label or n_missing):
            message = "a part of a text with a label of its own"
            raise ValueError(message)
        self._check_parts(width)
        self.widths.append(width)
        if has_label:
            length = self._number()
            if not 0 <= length <= _LONGEST_LABEL:
                message = f"a label of {length} bytes"
                raise ValueError(message)
            self._skip((length + 3) // 4 * 4)
        self._skip(abs(n_missing) * 8)

    def _check_parts(self, width: int) -> None:
        """Check that as many parts follow a text as its width needs."""
        for parts, known in enumerate(reversed(self.widths), start=1):
            if known != _CONTINUED:
                needed = max(1, (known + 7) // 8)
                if parts >= needed if width == _CONTINUED else parts != needed:
                    message = f"a text of the width {known} in {parts} parts"
                    raise ValueError(message)
                return
        if width == _CONTINUED:
            message = "a part of a text without its beginning"
            raise ValueError(message)

    def _labels(self) -> None:
        """Check value labels and the variables that they belong to, all numbers or short texts."""
        n_labels = self._number()
        codes = set()
        for _ in range(self._count(n_labels, 16)):
            codes.add(self._take(8))
            length = self.raw[self.place] if self.place < len(self.raw) else 0
            self._skip((length + 8) // 8 * 8)
        if self._number() != 4:
            message = "value labels without variables"
            raise ValueError(message)
        places = [self._number() for _ in range(self._count(self._number(), 4))]
        if not places or not all(0 < place <= len(self.widths) for place in places):
            message = "value labels of a variable that is not there"
            raise ValueError(message)
        widths = [self.widths[place - 1] for place in places]
        if not all(0 <= w <= _SHORT_TEXT for w in widths) or len({w > 0 for w in widths}) > 1:
            message = "value labels of variables that take none"
            raise ValueError(message)
        self.text_codes |= codes if widths[0] else set()

    def _count(self, n: int, size: int) -> int:
        """Check that so many parts can follow."""
        if not 0 <= n <= (len(self.raw) - self.place) // size:
            message = f"a list of {n} entries, which are not there"
            raise ValueError(message)
        return n

    def _documents(self) -> None:
        """Pass over notes."""
        self._skip(self._count(self._number(), _LINE) * _LINE)

    def _extension(self) -> None:
        """Pass over an extension, but for the encoding and for labels of long texts."""
        kind, size = self._number(), self._number()
        if not 0 < size <= len(self.raw):
            message = f"an extension with parts of {size} bytes"
            raise ValueError(message)
        start = self.place
        self._skip(self._count(self._number(), size) * size)
        content = self.raw[start + 4 : self.place]
        if kind == _ENCODING:
            self.encoding = content.decode("ascii", "replace").strip("\x00 ") or self.encoding
        elif kind == _MACHINE and len(content) >= _MACHINE_SIZE:
            (page,) = struct.unpack_from(f"{self.order}i", content, 28)
            self.encoding = _PAGES.get(page, f"cp{page}")
        elif kind == _LONG_LABELS:
            self._long_labels(start + 4, self.place)

    def _long_labels(self, start: int, end: int) -> None:
        """Collect the codes of long texts that have labels."""
        self.place = start
        while self.place < end:
            self._skip(self._number())  # name of the variable
            self._number()  # its width
            for _ in range(self._count(self._number(), 8)):
                self.text_codes.add(self._take(self._number()))
                self._skip(self._number())
        self.place = end

    def _take(self, n: int) -> bytes:
        """Read some bytes."""
        start = self.place
        self._skip(n)
        return self.raw[start : self.place]
