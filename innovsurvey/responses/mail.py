"""Take the texts and the attached files out of a mail that was saved as a file."""

from __future__ import annotations

import re
from email import message_from_bytes, policy
from html import unescape
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.record_files import Document

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import MIMEPart

_TAG: Final = re.compile(r"<(br|/p|/div|/tr)\b[^>]{0,1000}>", re.IGNORECASE)
_OTHER_TAG: Final = re.compile(r"<[^>]{1,1000}>")


def mail_parts(mail: Document) -> Iterator[Document]:
    r"""Give each text of a mail as a text file and each attachment as it is.

    Of a text that comes as plain text and as a web page the plain one is given, else the page
    without its tags.

    Examples
    --------
    >>> raw = b"Subject: x\nContent-Transfer-Encoding: quoted-printable\n\nDEMO=2A1"
    >>> [part.raw for part in mail_parts(Document("a.eml", raw))]
    [b'DEMO*1']
    """
    message = message_from_bytes(mail.raw, policy=policy.default)
    body = message.get_body(("plain", "html"))
    if body is not None:
        yield Document(f"{mail.name}.txt", _text_of(body).encode())
    for number, part in enumerate(message.iter_attachments(), start=1):
        content = part.get_payload(decode=True)
        if isinstance(content, bytes):
            yield Document(part.get_filename() or f"{mail.name} ({number})", content)


def _text_of(part: MIMEPart) -> str:
    """Give the text of a part, without tags where it is a web page."""
    content = part.get_payload(decode=True)
    raw = content if isinstance(content, bytes) else b""
    try:
        text = raw.decode(part.get_content_charset() or "utf-8", "replace")
    except LookupError:
        text = raw.decode("utf-8", "replace")
    if part.get_content_subtype() != "html":
        return text
    return unescape(_OTHER_TAG.sub("", _TAG.sub("\n", text)))
