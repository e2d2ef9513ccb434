"""The questionnaire as one HTML file that opens anywhere and asks no server for anything."""

from __future__ import annotations

import base64
import hashlib
import html
import json
from importlib.metadata import version
from pathlib import Path
from string import Template
from typing import TYPE_CHECKING, Final

from innovsurvey.questionnaire.page_model import page_model
from innovsurvey.questionnaire.words import word

if TYPE_CHECKING:
    from innovsurvey.questionnaire.layout import Layout

_FOLDER: Final = Path(__file__).parent / "page"
_SCRIPTS: Final = (
    "score.js", "record.js", "view.js", "questions.js", "figures.js", "results.js", "sending.js",
    "app.js",
)  # fmt: skip
# Inside a script element nothing may look like markup, nor break a line for an old parser.
_IN_SCRIPT: Final = {ord(c): f"\\u{ord(c):04x}" for c in "<>&\u2028\u2029"}


def write_html(layout: Layout) -> bytes:
    """Write the questionnaire as one HTML page with style, script and texts inside.

    The policy in its head allows the one style and the one script by their hashes and nothing
    else: no request, no frame, no form target.
    """
    style = _read("page.css")
    script = page_script()
    main = layout.languages[0]
    page = Template(_read("page.html")).substitute(
        language=html.escape(main.code),
        direction=main.direction,
        policy=_policy(style, script),
        title=html.escape(layout.title.say(main.code)),
        package_version=html.escape(version("innovsurvey")),
        save_and_open=html.escape(word("page_save_and_open", main.code)),
        style=style,
        model=json_in_script(page_model(layout)),
        script=script,
    )
    return page.encode()


def page_script() -> str:
    """Join the scripts of the page to one that leaves no name behind."""
    parts = "\n".join(_read(name) for name in _SCRIPTS)
    return f'(() => {{\n"use strict";\n{parts}\n}})();'


def json_in_script(content: object) -> str:
    r"""Write data so that it is inert inside a script element.

    Examples
    --------
    >>> json_in_script({"a": "</script>&"})
    '{"a":"\\u003c/script\\u003e\\u0026"}'
    """
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), allow_nan=False)
    return text.translate(_IN_SCRIPT)


def _read(name: str) -> str:
    """Read a part of the page."""
    return (_FOLDER / name).read_text(encoding="utf-8")


def _policy(style: str, script: str) -> str:
    """Write the Content-Security-Policy that allows just this style and this script."""
    return (
        f"default-src 'none'; script-src '{_hash(script)}'; style-src '{_hash(style)}'; "
        "img-src data:; base-uri 'none'; form-action 'none'"
    )


def _hash(text: str) -> str:
    """Give the hash of a text as a policy names it."""
    digest = hashlib.sha256(text.encode()).digest()
    return f"sha256-{base64.b64encode(digest).decode()}"
