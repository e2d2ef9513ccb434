"""The few words that a page says itself, by language."""

from __future__ import annotations

from typing import Final

WORDS: Final[dict[str, dict[str, str]]] = {
    "en": {
        "code": "Code",
        "contents": "Contents",
        "data": "Data",
        "error": "The calculation stopped here.",
        "figure": "Figure without a description",
        "not_run": "The rest of this page was not calculated.",
        "output": "Output",
        "overview": "Overview",
        "pages": "Pages",
        "skip": "Skip to the text",
        "table": "Table",
        "warning": "Please note:",
    },
    "da": {
        "code": "Kode",
        "contents": "Indhold",
        "data": "Data",
        "error": "Beregningen stoppede her.",
        "figure": "Figur uden beskrivelse",
        "not_run": "Resten af siden er ikke beregnet.",
        "output": "Resultat",
        "overview": "Oversigt",
        "pages": "Sider",
        "skip": "Gå til teksten",
        "table": "Tabel",
        "warning": "Bemærk:",
    },
}
