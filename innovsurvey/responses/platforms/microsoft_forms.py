"""Read the answers of a form of Microsoft Forms (Excel, or CSV made from it)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.forms_table import Layout, dates_at, form_items
from innovsurvey.responses.platforms.spoken import letters

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.table_file import TableFile

_TIMES: Final = frozenset(
    letters(word)
    for word in (
        "Start time", "Completion time", "Last modified time",
        "Starttidspunkt", "Fuldførelsestidspunkt", "Tidspunkt for seneste ændring",
        "Starttid", "Fullføringstidspunkt", "Fullføringstid", "Slutförandetid",
        "Startzeit", "Fertigstellungszeit", "Zeitpunkt der letzten Änderung",
        "Begintijd", "Tijd van voltooien", "Tijd van laatste wijziging",
        "Heure de début", "Heure de fin", "Heure de la dernière modification",
        "Hora de inicio", "Hora de finalización", "Hora de la última modificación",
        "Hora de início", "Hora de conclusão", "Hora da última modificação",
        "Ora di inizio", "Ora di completamento", "Ora ultima modifica",
        "Alkamisaika", "Aloitusaika", "Valmistumisaika", "Godzina rozpoczęcia",
        "Godzina ukończenia", "Время начала", "Время выполнения", "開始時刻", "完了時刻",
        "开始时间", "完成时间", "開始時間", "完成時間",
    )
)  # fmt: skip
_WHO: Final = frozenset(
    letters(word)
    for word in (
        "Email", "E-mail", "Mail", "E-Mail", "Name", "Navn", "Namn", "Naam", "Nom", "Nombre",
        "Nome", "E-post", "Adresse de messagerie", "Correo electrónico", "Posta elettronica",
        "Sähköposti", "Nimi", "Adres e-mail", "Nazwa", "Электронная почта", "Имя", "メール",
        "名前", "电子邮件", "姓名", "電子郵件", "名稱",
    )
)  # fmt: skip
_ANONYMOUS: Final = frozenset({"anonymous", "anonym", "anoniem", "anonyme", "anónimo", "anônimo",
                               "anonimo", "anonyymi", "anonimowy", ""})  # fmt: skip
_ID: Final = frozenset({"id", "kimlik"})
_FIRST: Final = 8
_FEWEST: Final = 2
_WHO_PLACES: Final = (3, 4)
_NUMBER: Final = re.compile(r"\d+(\.0)?")


def recognise(table: TableFile, instrument: Instrument) -> str | None:  # noqa: ARG001
    """Say why the table comes from Microsoft Forms; None if it does not.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> climate = isv.load_instrument("leadership-climate")
    >>> header = ["ID", "Start time", "Completion time", "Email", "Name", "Impressed by leadership"]
    >>> row = ["1", "7/2/20 11:00:22", "7/2/20 11:01:24", "anonymous", "", "4"]
    >>> recognise(TableFile(header, [row], [1], "excel", False), climate)
    'the first columns are ID, Start time, Completion time, Email, Name'
    """
    first = [letters(heading) for heading in table.header[:_FIRST]]
    if not first or first[0] not in _ID:
        return None
    if len(set(first) & _TIMES) >= _FEWEST or _looks_so(table):
        return f"the first columns are {', '.join(table.header[:5])}"
    return None


def to_items(table: TableFile, instrument: Instrument) -> TableFile:
    """Give the table with item ids as headings; names and addresses are left out.

    A statement of a Likert question is a column of its own. Answers to several boxes in one cell
    become one column per box.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> climate = isv.load_instrument("leadership-climate")
    >>> header = ["ID", "Start time", "Completion time", "Email", "Name", "Impressed by leadership"]
    >>> row = ["1", "7/2/20 11:00:22", "7/2/20 11:01:24", "anonymous", "", "4"]
    >>> to_items(TableFile(header, [row], [1], "excel", False), climate).header
    ['ID', 'Start time', 'Completion time', 'LEAD03']
    """
    first = [letters(heading) for heading in table.header[:_FIRST]]
    own = {p for p, said in enumerate(first) if said in _TIMES | _ID}
    private = {p for p, said in enumerate(first) if p not in own and said in _WHO}
    private = {p for p in private if p <= max(_WHO_PLACES)}
    if _looks_so(table):
        private |= {p for p in _WHO_PLACES if p < len(first) and p not in own}
        own |= {0, 1, 2}
    id_place = 0 if first and first[0] in _ID else None
    return form_items(table, instrument, Layout(frozenset(private), frozenset(own), id_place))


def _looks_so(table: TableFile) -> bool:
    """Tell the first columns by what stands in them: a number, two times, an address, a name."""
    if len(table.header) <= max(_WHO_PLACES) or not table.rows:
        return False
    rows = [row for row in table.filled()[:50] if any(row)]
    numbers = all(_NUMBER.fullmatch(row[0].strip()) for row in rows)
    who = [row[3].strip().casefold() for row in rows]
    says_who = any(who) and all("@" in w or w in _ANONYMOUS for w in who)
    return numbers and says_who and dates_at(table, [1, 2])
