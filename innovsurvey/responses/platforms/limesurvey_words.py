"""Answers that LimeSurvey words by itself, in the languages of a survey.

A survey file does not hold these labels; a full export writes them in the language asked for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

_ENGLISH: Final = "en"
_SAID: Final = (
    "Yes", "No", "Uncertain", "Increase", "Same", "Decrease", "Female", "Male", "Other",
)  # fmt: skip
_WORDS: Final[dict[str, str]] = {
    "en": "Yes|No|Uncertain|Increase|Same|Decrease|Female|Male|Other",
    "ar": "نعم|لا|غير متأكد|زيادة|نفس الشيء|نقصان|أنثى|ذكر|غير ذلك",
    "bg": "Да|Не|Не съм сигурен|Увеличаване|Същото|Намаляване|Жена|Мъж|Друго",
    "ca": "Sí|No|No n'estic segur|Augment|Igual|Disminució|Dona|Home|Altres",
    "cs": "Ano|Ne|Nejsem si jistý|Zvýšit|Stejné|Snížit|Žena|Muž|Jiné",
    "cy": "Ie|Na|Ansicr|Cynyddu|Yr un peth|Lleihau|Benyw|Gwryw|Arall",
    "da": "Ja|Nej|Usikker|Forøg|Samme|Formindsk|Kvinde|Mand|Andet",
    "de": "Ja|Nein|Unsicher|Zunahme|Gleich|Abnahme|weiblich|männlich|Sonstiges",
    "el": "Ναι|Όχι|Αβέβαιο|Αύξηση|Ίδιο|Μείωση|Γυναίκα|Άνδρας|Άλλο",
    "es": "Sí|No|Dudoso|Aumentar|Igual|Disminuir|Femenino|Masculino|Otro",
    "et": "Jah|Ei|Ei tea|Suurenenud|Sama|Vähenenud|Naine|Mees|Muu",
    "eu": "Bai|Ez|Zalantzan|Handitu|Berdin|Gutxitu|Emakumea|Gizona|Bestelakoa",
    "fi": "Kyllä|Ei|Epävarma|Kasvaa|Sama|Vähenee|Nainen|Mies|Muu",
    "fr": "Oui|Non|Sans opinion|Augmenter|Sans changement|Diminuer|Féminin|Masculin|Autre",
    "gl": "Si|Non|Dubidoso|Aumentar|Igual|Diminuír|Muller|Home|Outro",
    "he": "כן|לא|לא בטוח|עלייה|זהה|ירידה|נקבה|זכר|אחר",
    "hr": "Da|Ne|Nesiguran|Povećanje|Isto|Smanjenje|Žensko|Muško|Ostalo",
    "hu": "Igen|Nem|Bizonytalan|Növelés|Ugyanaz|Csökkentés|Nő|Férfi|Egyéb",
    "is": "Já|Nei|Óviss|Aukning|Eins|Minnkun|Kona|Karl|Annað",
    "it": "Sì|No|Incerto|Aumenta|Uguale|Diminuisce|Femmina|Maschio|Altro",
    "ja": "はい|いいえ|わからない|増加|同じ|減少|女性|男性|その他",
    "ko": "예|아니오|불확실|증가|동일|감소|여성|남성|기타",
    "lt": "Taip|Ne|Nežinau|Padidėjo|Tas pats|Sumažėjo|Moteris|Vyras|Kita",
    "lv": "Jā|Nē|Nav pārliecības|Palielinās|Tas pats|Samazinās|Sieviete|Vīrietis|Cits",
    "nb": "Ja|Nei|Usikker|Øk|Samme|Reduser|Kvinne|Mann|Annet",
    "nl": "Ja|Nee|Onzeker|Toename|Gelijk|Afname|Vrouw|Man|Anders",
    "nn": "Ja|Nei|Usikker|Auke|Det same|Minke|Kvinne|Mann|Anna",
    "pl": "Tak|Nie|Niepewny|Wzrost|Bez zmian|Spadek|Kobieta|Mężczyzna|Inne",
    "pt": "Sim|Não|Incerto|Aumentar|Igual|Diminuir|Feminino|Masculino|Outro",
    "ro": "Da|Nu|Nesigur|Creștere|La fel|Descreștere|Feminin|Masculin|Altele",
    "ru": "Да|Нет|Затрудняюсь ответить|Увеличение|Без изменений|Уменьшение|Женский|Мужской|Другое",
    "sk": "Áno|Nie|Neistý|Zvýšiť|Rovnaké|Znížiť|Žena|Muž|Iné",
    "sl": "Da|Ne|Negotov|Povečaj|Enako|Zmanjšaj|Ženski|Moški|Drugo",
    "sr": "Да|Не|Нисам сигуран|Повећање|Исто|Смањење|Женски|Мушки|Остало",
    "sv": "Ja|Nej|Osäker|Öka|Samma|Minska|Kvinna|Man|Annat",
    "tr": "Evet|Hayır|Kararsız|Artış|Aynı|Azalış|Kadın|Erkek|Diğer",
    "uk": "Так|Ні|Не впевнений|Збільшення|Без змін|Зменшення|Жіноча|Чоловіча|Інше",
    "zh": "是|否|不确定|增加|相同|减少|女|男|其他",
}
_SAME: Final = {"no": "nb"}
NOT_TICKED: Final = frozenset({"not selected", "nicht gewählt", "no seleccionado", "ikke valgt"})
OTHER: Final = "-oth-"


def said_in(word: str, languages: Iterable[str]) -> dict[str, str]:
    """Give an answer of LimeSurvey in languages; English where a language is not known here.

    Examples
    --------
    >>> said_in("Yes", ["de-informal", "sv"])
    {'de-informal': 'Ja', 'sv': 'Ja'}
    """
    place = _SAID.index(word)
    return {code: _words(code)[place] for code in languages}


def every(word: str) -> set[str]:
    """Give an answer of LimeSurvey in all languages known here, in lower case.

    Examples
    --------
    >>> sorted(every("Other"))[0], "andet" in every("Other")
    ('altele', True)
    """
    return {_words(code)[_SAID.index(word)].casefold() for code in _WORDS}


def _words(language: str) -> list[str]:
    """Give the words of a language."""
    base = language.lower().replace("_", "-").partition("-")[0]
    return _WORDS.get(_SAME.get(base, base), _WORDS[_ENGLISH]).split("|")
