"""Read the answers of a form of Google Forms (CSV, or the sheet as Excel or CSV file)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from innovsurvey.responses.platforms.forms_table import Layout, dates_at, form_items
from innovsurvey.responses.platforms.spoken import letters

if TYPE_CHECKING:
    from innovsurvey.definitions.model import Instrument
    from innovsurvey.responses.table_file import TableFile

# What the first column is called, by the language of the account.
_TIMES: Final = frozenset(
    letters(word)
    for word in (
        "Timestamp", "Tidsstempel", "Tidstämpel", "Zeitstempel", "Tijdstempel", "Horodateur",
        "Marca temporal", "Carimbo de data/hora", "Carimbo de data/hora (UTC)", "Data/hora",
        "Informazioni cronologiche", "Aikaleima", "Ajatempel", "Sygnatura czasowa",
        "Časové razítko", "Časová pečiatka", "Időbélyeg", "Marcaj de timp", "Zaman damgası",
        "Отметка времени", "Позначка часу", "Χρονική σήμανση", "חותמת זמן", "طابع زمني",
        "タイムスタンプ", "时间戳记", "時間戳記", "타임스탬프", "Dấu thời gian", "Cap waktu",
    )
)  # fmt: skip
_PRIVATE: Final = frozenset(
    letters(word)
    for word in (
        "Email Address", "Email", "E-mail", "E-mail address", "Username", "User name",
        "E-mailadresse", "Mailadresse", "Brugernavn", "Brukernavn", "E-postadresse", "E-postadress",
        "Användarnamn", "E-Mail-Adresse", "E-Mail", "Nutzername", "Benutzername", "E-mailadres",
        "Gebruikersnaam", "Adresse e-mail", "Nom d'utilisateur", "Dirección de correo electrónico",
        "Nombre de usuario", "Correo electrónico", "Endereço de e-mail", "Nome de usuário",
        "Nome de utilizador", "Indirizzo email", "Nome utente", "Sähköpostiosoite",
        "Käyttäjätunnus", "E-posti aadress", "Adres e-mail", "Nazwa użytkownika",
        "Адрес электронной почты", "Имя пользователя", "メールアドレス", "ユーザー名",
        "电子邮件地址", "電子郵件地址", "이메일 주소",
    )
)  # fmt: skip
_FIRST: Final = 3


def recognise(table: TableFile, instrument: Instrument) -> str | None:  # noqa: ARG001
    """Say why the table comes from Google Forms; None if it does not.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> climate = isv.load_instrument("leadership-climate")
    >>> rows = [["2026/09/27 3:00:00 PM GMT+3", "4"]]
    >>> table = TableFile(["Timestamp", "Impressed by leadership"], rows, [1], "csv", False)
    >>> recognise(table, climate)
    'the first column is Timestamp, with dates and times'
    """
    first = table.header[0] if table.header else ""
    if letters(first) in _TIMES and len(table.header) > 1 and dates_at(table, [0]):
        return f"the first column is {first}, with dates and times"
    return None


def to_items(table: TableFile, instrument: Instrument) -> TableFile:
    """Give the table with item ids as headings; addresses are left out.

    Answers to several boxes in one cell become one column per box. ``Score`` of a quiz stays beside
    the answers.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.responses.table_file import TableFile
    >>> climate = isv.load_instrument("leadership-climate")
    >>> header = ["Timestamp", "Email Address", "How is it? [Impressed by leadership]"]
    >>> rows = [["2026/09/27 3:00:00 PM GMT+3", "a@example.org", "4"]]
    >>> to_items(TableFile(header, rows, [1], "csv", False), climate).header
    ['Timestamp', 'LEAD03']
    """
    private = {
        place for place, heading in enumerate(table.header[:_FIRST]) if letters(heading) in _PRIVATE
    }
    times = {p for p, heading in enumerate(table.header[:1]) if letters(heading) in _TIMES}
    return form_items(table, instrument, Layout(frozenset(private), frozenset(times)))
