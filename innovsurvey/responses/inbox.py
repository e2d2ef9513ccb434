"""Gather the questionnaires that were filled in from a file, a folder or a zip archive.

A folder holds what people send and what else lies there, so no file of it is read before its size
is known, and none can keep the others from being read.
"""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from innovsurvey.base.checks import join_names
from innovsurvey.errors import DataError
from innovsurvey.responses.files.archive import DAMAGED, is_crowded, unpacked
from innovsurvey.responses.files.limits import LARGEST_FILE
from innovsurvey.responses.mail import mail_parts
from innovsurvey.responses.platforms.record_files import Document, has_codes, is_record_file

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ZIP: Final = b"PK\x03\x04"
_WORD_PART: Final = re.compile(r"word/document\d*\.xml")
_TABLE_PARTS: Final = frozenset({"[Content_Types].xml", "content.xml"})
_MEGABYTE: Final = 1_000_000
_LARGEST: Final = 20 * _MEGABYTE
_LARGEST_UNPACKED: Final = 500 * _MEGABYTE
_MOST_NAMED: Final = 500


@dataclass
class Inbox:
    """Questionnaires that were filled in, by kind, and the names of files that were passed over.

    ``passed`` are other files, ``large`` those not looked at for their size, ``unreadable`` those
    that cannot be opened.
    """

    words: list[Document] = field(default_factory=list)
    records: list[Document] = field(default_factory=list)
    passed: list[str] = field(default_factory=list)
    large: list[str] = field(default_factory=list)
    unreadable: list[str] = field(default_factory=list)

    @classmethod
    def of(cls, source: Path) -> Inbox:
        """Gather what a file, a folder or an archive holds.

        Raises
        ------
        DataError
            The source itself cannot be opened.
        """
        inbox = cls()
        try:
            if source.is_dir():
                for path in _files_in(source):
                    inbox.add_file(path)
            elif source.is_file() and source.stat().st_size <= LARGEST_FILE:
                inbox.add(Document(source.name, source.read_bytes()))
        except OSError as error:
            message = f"{str(source)[:80]} cannot be read ({error.strerror or error})."
            raise DataError(message) from None
        return inbox

    def add_file(self, path: Path) -> None:
        """Add a file of a folder, if it is not too large to be a questionnaire."""
        try:
            if path.stat().st_size > _LARGEST:
                self.large.append(path.name)
            else:
                self.add(Document(path.name, path.read_bytes()))
        except OSError:
            self.unreadable.append(path.name)

    def add(self, document: Document) -> None:
        """Add a file, or what an archive of questionnaires holds."""
        if document.name.lower().endswith(".eml"):
            self._open_mail(document)
            return
        members = _members(document.raw)
        if any(map(_WORD_PART.fullmatch, members)):
            self.words.append(document)
        elif members and not _TABLE_PARTS & members.keys():
            self._unpack(document, members)
        elif is_record_file(document.raw) or _is_mail(document):
            self.records.append(document)
        else:
            self.passed.append(document.name)

    @property
    def notes(self) -> list[str]:
        """Say which files were passed over."""
        said = (
            (self.passed, "that are no questionnaire"),
            (self.large, f"larger than {_LARGEST // _MEGABYTE} MB passed over"),
            (self.unreadable, "that cannot be read"),
        )
        return [
            f"{len(names)} file(s) {why}: {join_names(names, _MOST_NAMED)}."
            for names, why in said
            if names
        ]

    def _open_mail(self, mail: Document) -> None:
        """Add what is in a mail; a mail without any questionnaire is passed over."""
        inside = Inbox()
        for part in mail_parts(mail):
            if not part.name.lower().endswith(".eml"):
                inside.add(part)
        self.words += inside.words
        self.records += inside.records
        if not (inside.words or inside.records):
            self.passed.append(mail.name)

    def _unpack(self, archive: Document, members: dict[str, int]) -> None:
        """Add the files of an archive; one inside another is not opened."""
        if sum(members.values()) > _LARGEST_UNPACKED:
            self.large.append(archive.name)
            return
        with zipfile.ZipFile(io.BytesIO(archive.raw)) as opened:
            for name, size in members.items():
                if size > _LARGEST:
                    self.large.append(name)
                else:
                    self._add_member(opened, archive.raw, name)

    def _add_member(self, opened: zipfile.ZipFile, archive: bytes, name: str) -> None:
        """Add a file of an archive."""
        try:
            document = Document(name, b"".join(unpacked(archive, opened.getinfo(name))))
        except DAMAGED:
            self.unreadable.append(name)
            return
        inside = _members(document.raw)
        if inside and not any(map(_WORD_PART.fullmatch, inside)):
            self.passed.append(name)
        else:
            self.add(document)


def _files_in(folder: Path) -> Iterator[Path]:
    """Give the files of a folder and the folders in it, but for hidden ones, by name."""
    yield from sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith("."))


def _members(raw: bytes) -> dict[str, int]:
    """Give the names of the files in a zip archive with their sizes; nothing for other files."""
    if not raw.startswith(_ZIP) or is_crowded(raw):
        return {}
    try:
        with zipfile.ZipFile(io.BytesIO(raw)) as archive:
            return {i.filename: i.file_size for i in archive.infolist() if not i.is_dir()}
    except DAMAGED:
        return {}  # damaged: what reads tables will say so


def _is_mail(document: Document) -> bool:
    """Tell a text with return codes in it."""
    return document.name.lower().endswith((".txt", ".md")) and has_codes(document.raw)
