"""Take the one table out of a zip or gzip archive; nothing is ever written to disk."""

from __future__ import annotations

import gzip
import io
import struct
import zipfile
import zlib
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.errors import DataError
from innovsurvey.responses.files.limits import refuse_unpacked
from innovsurvey.responses.files.options import ZIP

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

GZIP: Final = b"\x1f\x8b"
_MOST_MEMBERS: Final = 10_000
_DIRECTORY_ENTRY: Final = b"PK\x01\x02"
_TABLES: Final = frozenset(
    [
        "csv",
        "tsv",
        "tab",
        "txt",
        "dat",
        "sav",
        "zsav",
        "por",
        "dta",
        "parquet",
        "xlsx",
        "xlsm",
        "xlsb",
        "xls",
        "ods",
        "json",
        "jsonl",
        "xml",
    ]
)
_SIDE_FILES: Final = frozenset({"txt", "json", "xml"})  # a table only where nothing else is one
_ARCHIVES: Final = frozenset(["zip", "gz", "tgz", "7z", "rar", "tar", "bz2", "xz"])
_CHUNK: Final = 1_000_000
_NAME_LENGTH: Final = 26  # place in the local header
_LOCAL_HEADER: Final = 30
# What the libraries raise for archives that are damaged, encrypted or made to break them.
DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    OSError,
    EOFError,
    RuntimeError,  # an encrypted member, or a way of packing that is not known
    ValueError,
    IndexError,  # a member without a name
)


@dataclass(frozen=True)
class Member:
    """A file taken out of an archive."""

    raw: bytes
    name: str
    notes: list[str] = field(default_factory=list)


def member_names(raw: bytes, name: str) -> list[str]:
    """Name the files of a zip archive; none for other files, or where the archive is damaged.

    Raises
    ------
    DataError
        The archive holds more than 10,000 files.
    """
    if not raw.startswith(ZIP):
        return []
    if is_crowded(raw):
        message = f"{name} holds more than {_MOST_MEMBERS:,} files; it is no table of answers."
        raise DataError(message)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return [info.filename for info in archive.infolist() if not info.is_dir()]
    except DAMAGED:
        return []


def is_crowded(raw: bytes) -> bool:
    """Tell an archive of so many files that their names alone would fill the memory."""
    return raw.count(_DIRECTORY_ENTRY) > _MOST_MEMBERS


def unpacked(raw: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Unpack a file of a zip archive piece by piece, and never more than the archive says.

    Raises
    ------
    zipfile.BadZipFile
        The file is damaged, encrypted, packed in another way than usual, or larger than said.
    """
    try:
        n_name, n_extra = struct.unpack_from("<HH", raw, info.header_offset + _NAME_LENGTH)
    except struct.error:
        message = "it breaks off"
        raise zipfile.BadZipFile(message) from None
    start = info.header_offset + _LOCAL_HEADER + n_name + n_extra
    packed = raw[start : start + info.compress_size]
    if info.flag_bits & 1 or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        message = "it is encrypted, or packed in an unusual way"
        raise zipfile.BadZipFile(message)
    size = check = 0
    for piece in _pieces(packed, is_packed=info.compress_type == zipfile.ZIP_DEFLATED):
        size += len(piece)
        if size > info.file_size:
            message = "it is larger than the archive says"
            raise zipfile.BadZipFile(message)
        check = zlib.crc32(piece, check)
        yield piece
    if size != info.file_size or check != info.CRC:
        message = "it is damaged"
        raise zipfile.BadZipFile(message)


def _pieces(packed: bytes, *, is_packed: bool) -> Iterator[bytes]:
    """Unpack bytes in pieces of a bounded size."""
    if not is_packed:
        yield from (packed[i : i + _CHUNK] for i in range(0, len(packed), _CHUNK))
        return
    unpacker = zlib.decompressobj(wbits=-15)
    rest, place = b"", 0
    while not unpacker.eof:
        if not rest:
            rest, place = packed[place : place + _CHUNK], place + _CHUNK
        piece = unpacker.decompress(rest, _CHUNK)
        rest = unpacker.unconsumed_tail
        if piece:
            yield piece
        elif not rest and place >= len(packed):
            break  # it breaks off: nothing waits inside, either


def unpack_all(raw: bytes, name: str, is_wanted: Callable[[str], bool]) -> dict[str, bytes]:
    """Unpack the wanted files of a zip archive into memory, after their sizes were looked at.

    Raises
    ------
    DataError
        The archive is damaged or encrypted, or would unpack to far more than tables of answers.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            infos = {i.filename: i for i in archive.infolist() if is_wanted(i.filename)}
        refuse_unpacked(len(raw), sum(info.file_size for info in infos.values()), name)
        return {member: b"".join(unpacked(raw, info)) for member, info in infos.items()}
    except DAMAGED as error:
        if isinstance(error, DataError):
            raise
        message = f"{name} cannot be unpacked ({error}). Download it again."
        raise DataError(message) from None


def take_table(raw: bytes, name: str) -> Member:
    """Take the table out of an archive.

    Raises
    ------
    DataError
        The archive is damaged or encrypted, holds no table or several, or would unpack to far
        more than a table of answers.
    """
    return _from_gzip(raw, name) if raw.startswith(GZIP) else _from_zip(raw, name)


def _from_gzip(raw: bytes, name: str) -> Member:
    """Unpack a gzip file piece by piece, never further than a table goes.

    Files that were packed one by one and joined are one file.
    """
    parts, size = [], 0
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(raw)) as packed:
            while piece := packed.read(_CHUNK):
                parts.append(piece)
                size += len(piece)
                refuse_unpacked(len(raw), size, name)
    except EOFError:
        message = f"{name} is a gzip archive that breaks off. Fetch it again."
        raise DataError(message) from None
    except (zlib.error, gzip.BadGzipFile) as error:
        message = f"{name} is a damaged gzip archive ({error}). Fetch it again."
        raise DataError(message) from None
    inner = name[:-3] if name.lower().endswith(".gz") else name
    return Member(b"".join(parts), inner)


def _from_zip(raw: bytes, name: str) -> Member:
    """Unpack the one table of a zip archive."""
    chosen, passed = _choose(member_names(raw, name), name)
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            info = archive.getinfo(chosen)
        refuse_unpacked(len(raw), info.file_size, name)
        content = b"".join(unpacked(raw, info))
    except DAMAGED as error:
        if isinstance(error, DataError):
            raise
        message = f"{_shown(chosen)} in {name} cannot be unpacked ({error}). Unpack it yourself."
        raise DataError(message) from None
    notes = [f"{_shown(chosen)} was read out of the archive."]
    if passed:
        notes.append(f"Also in the archive: {join_names([_shown(other) for other in passed])}.")
    return Member(content, _shown(chosen), notes)


def _choose(names: list[str], archive: str) -> tuple[str, list[str]]:
    """Choose the table of an archive; what computers put in by themselves is no file of it."""
    own = [n for n in names if "__MACOSX" not in n and not _shown(n).startswith(".")]
    tables = [n for n in own if _suffix(n) in _TABLES]
    tables = [n for n in tables if _suffix(n) not in _SIDE_FILES] or tables
    if len(tables) == 1:
        return tables[0], [n for n in own if n != tables[0]]
    if not tables and any(_suffix(n) in _ARCHIVES for n in own):
        message = (
            f"{archive} is an archive with another archive in it. Unpack it and give the path of "
            "one file."
        )
        raise DataError(message)
    listed = join_names([_shown(n) for n in (tables or own)]) or "nothing"
    if tables:
        message = (
            f"{archive} is an archive that holds {len(tables)} tables: {listed}. Unpack it and "
            "give the path of one of them."
        )
    else:
        message = (
            f"{archive} is an archive that holds no table of answers: {listed}. Give the path of "
            "a file with answers."
        )
    raise DataError(message)


def _suffix(name: str) -> str:
    """Give the ending of a name."""
    return PurePosixPath(name.lower()).suffix.removeprefix(".")


def _shown(name: str) -> str:
    """Give the last part of a name, without signs that cannot be shown."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return "".join(c for c in last if c.isprintable())[:100] or "a file"
