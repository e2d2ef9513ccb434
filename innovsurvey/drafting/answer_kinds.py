"""Tell from its labels what a list of answers is: steps of one thing, names, or no answer at all.

A list is ordinal if at least half of its labels, and two or more, have words of one family (agree,
satisfied, often ...), or if every label begins with a number and the numbers ascend or descend;
three answers are the fewest. All other lists are nominal. What this gets wrong is for the person
who finishes the draft, so every draft says the rule.
"""

from __future__ import annotations

import itertools
import re
import unicodedata
from typing import TYPE_CHECKING, Final, Literal

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LEVEL_REMARK: Final = (
    "A list of at least three answers was taken as ordinal if half of its labels speak of one "
    "thing (agreement, satisfaction, frequency, likelihood, amount, quality, importance), or if "
    "all begin with numbers in order; all others as nominal."
)
NO_ANSWER_REMARK: Final = (
    "Answers whose label says no more than that there is none (Don't know, No opinion, Not "
    "applicable, Prefer not to say and the like, in several languages) were taken as missing."
)
_FEWEST_STEPS: Final = 3
_DEEPEST: Final = 12  # a number stands at most so far into a label, as in "more than 3"
_NUMBER: Final = re.compile(r"[<>≤≥]?\s*(\d+(?:[.,]\d+)?)")
_BARE: Final = re.compile(r"[^\w\s/]+|_")

# Stems of words that the steps of one thing share, by what they speak of.
_FAMILIES: Final = tuple(
    re.compile(rf"\b(?:{stems})", re.IGNORECASE)
    for stems in (
        # agreement
        r"(?:dis)?agree|uenig|enig\b|oenig|instäm|(?:un)?einig|zustimm|stimm[et]|eens\b|oneens|"
        r"accord|désaccord|(?:des)?acuerdo|(?:dis)?cord|concord|discord|d.accordo|samaa mieltä|"
        r"eri mieltä|nõus|соглас|не соглас|zgadzam|同意|trifft|zutreffend",
        # satisfaction
        r"(?:dis|un|very )?satisf|(?:u|mis|o)?tilfreds|missfornöjd|nöjd|fornøyd|misfornøyd|"
        r"(?:un)?zufrieden|(?:on)?tevreden|(?:in)?satisf|soddisf|insoddisf|tyytyv|rahul|довол|"
        r"удовлетвор|满意",
        # frequency
        r"never\b|rarely|seldom|sometimes|occasion|often|frequent|usually|always|daily|weekly|"
        r"monthly|yearly|every|once\b|aldrig|aldri\b|sjælden|sjelden|sällan|ibland|af og til|"
        r"av og til|undertiden|ofte|ofta|altid|alltid|\bnie\b|selten|manchmal|oft\b|häufig|immer|"
        r"nooit|zelden|soms|vaak|altijd|jamais|rarement|parfois|souvent|toujours|nunca|rara|"
        r"a veces|às vezes|a menudo|frecuen|siempre|sempre|mai\b|raramente|spesso|koskaan|"
        r"harvoin|joskus|usein|aina\b|никогда|редко|иногда|часто|всегда|从不|总是",
        # likelihood
        r"(?:un|very )?likely|(?:im|muy )?probabl|sandsynlig|usandsynlig|sannolik|osannolik|"
        r"(?:u)?sannsynlig|(?:un)?wahrscheinlich|(?:on)?waarschijnlijk|вероятн|маловероятн|可能",
        # amount and degree
        r"none\b|not at all|slight|a little|little|some(?:what)?\b|moderate|medium|quite|fairly|"
        r"very|much|most(?:ly)?\b|extreme|complete|entirely|low|high|small|large|less|more|few|"
        r"many|not open|slet ikke|i (?:meget )?(?:lav|høj|nogen|ringe|stor|liten|hög|låg) |"
        r"lidt|noget|meget|ganske|litt|svært|lite|mycket|gar nicht|überhaupt nicht|wenig|etwas|"
        r"ziemlich|sehr|weinig|enigszins|zeer|heel\b|pas du tout|un peu|assez|très|beaucoup|"
        r"nada\b|poco|algo\b|bastante|mucho|muy\b|pouco|muito|baj[ao]|medi[ao]|alt[ao]|ningun|"
        r"per niente|abbastanza|molto|совсем|немного|очень|низк|средн|высок|低|高",
        # quality
        r"(?:very )?(?:poor|bad|good)|fair\b|excellent|acceptable|terrible|dårlig|rimelig|"
        r"god[t ]?\b|fremragende|dålig|bra\b|utmärkt|schlecht|mittelmäßig|gut\b|ausgezeichnet|"
        r"slecht|redelijk|goed|uitstekend|mauvais|moyen|bon\b|bien\b|mal[oa]?\b|regular|buen|"
        r"ruim|bom\b|boa\b|ótim|плох|хорош|отличн|worse|better|same\b",
        # importance, difficulty, truth
        r"(?:un|not |very )?importan|vigtig|viktig|(?:un)?wichtig|belangrijk|"
        r"(?:not |very )?(?:easy|difficult|hard)\b|let\b|svær|leicht|schwer|facile|difficile|fácil|"
        r"difícil|(?:un)?true\b|false\b|relevan|(?:un)?comfortable|(?:un)?confident|"
        r"(?:very )?(?:happy|sad|unhappy)",
    )
)
_MIDDLE: Final = re.compile(
    r"\b(?:undecided|neutral|neither|hverken|varken|verken|weder|teils|noch\b|ni .* ni\b|"
    r"nem .* nem|né\b|нейтраль|ни .* ни\b)",
    re.IGNORECASE,
)

_NONE_SAID: Final = frozenset(
    {
        # English
        "dont know", "do not know", "i dont know", "i do not know", "dk", "dont know / not sure",
        "no opinion", "dont know / no opinion", "no answer", "no response", "not answered",
        "not applicable", "does not apply", "na", "n/a", "n / a", "n a", "prefer not to say",
        "prefer not to answer", "prefer not to respond", "i prefer not to say",
        "i prefer not to answer", "rather not say", "decline to answer", "declined to answer",
        "refused", "refused to answer", "refuse to answer", "refuse", "unknown", "not known",
        "unknown / not reported", "not reported", "not asked", "missing", "cannot judge",
        "i cannot judge", "cant say", "cannot say", "unable to say", "not relevant", "not needed",
        "not sure / dont know", "skipped", "no information", "not asked / unknown", "unk",
        "i would rather not say", "id rather not say", "choose not to answer", "dont wish to say",
        "dont remember", "cant judge", "no basis for evaluation", "no comment", "not observed",
        # Danish, Norwegian, Swedish
        "ved ikke", "ved ej", "ingen mening", "ikke relevant", "ønsker ikke at svare",
        "vil ikke svare", "intet svar", "vet ikke", "ikke aktuelt", "ønsker ikke å svare",
        "vet ej", "vet inte", "ingen åsikt", "ej aktuellt", "inte relevant", "ej relevant",
        "vill ej svara", "vill inte svara", "kan ikke vurdere", "ved det ikke",
        "ønsker ikke at oplyse", "ikke aktuel",
        # German, Dutch
        "weiß nicht", "weiss nicht", "ich weiß nicht", "keine angabe", "keine angaben", "k a",
        "keine meinung", "keine antwort", "nicht anwendbar", "nicht relevant",
        "möchte ich nicht sagen", "kann ich nicht beurteilen", "weet niet", "weet ik niet",
        "geen mening", "geen antwoord", "niet van toepassing", "nvt", "n v t", "wil niet zeggen",
        "zeg ik liever niet",
        # French, Spanish, Portuguese, Italian
        "ne sait pas", "ne sais pas", "je ne sais pas", "sans opinion", "non applicable",
        "sans objet", "ne souhaite pas répondre", "préfère ne pas répondre", "refus",
        "sans réponse", "pas de réponse", "nsp", "no sabe", "no sé", "no sabe / no responde",
        "no sabe / no contesta", "no responde", "no contesta", "ns / nc", "ns/nc", "ns / nr",
        "no aplica", "no aplicable", "prefiero no decir", "prefiero no decirlo",
        "prefiero no responder", "prefiero no contestar", "sin respuesta", "sin opinión",
        "não sei", "não sabe", "não se aplica", "não aplicável", "prefiro não responder",
        "prefiro não dizer", "sem resposta", "sem opinião", "non so", "non sa",
        "non applicabile", "preferisco non rispondere", "nessuna risposta",
        # Finnish, Estonian, Polish, Russian, Chinese, Arabic
        "en osaa sanoa", "en tiedä", "ei koske minua", "ei vastausta", "ei tea", "ei oska öelda",
        "nie wiem", "nie dotyczy", "trudno powiedzieć", "brak odpowiedzi", "не знаю",
        "затрудняюсь ответить", "нет ответа", "отказ от ответа", "неприменимо",
        "не применимо", "отказ", "не знаю / нет ответа", "не знаю, нет ответа", "不知道",
        "不适用", "不想回答", "لا أعرف", "لا ينطبق",
    }
)  # fmt: skip


def says_nothing(labels: Iterable[str]) -> bool:
    """Tell a label that gives no answer, in any of its languages.

    Examples
    --------
    >>> says_nothing(["Don’t know"]), says_nothing(["N/A"]), says_nothing(["Never"])
    (True, True, False)
    """
    return any(_plain(label) in _PLAIN_NONE for label in labels)


def level_of(labels: Sequence[str]) -> Literal["ordinal", "nominal"]:
    """Tell steps of one thing from names, by the labels in their order.

    Examples
    --------
    >>> level_of(["Agree", "Neither", "Disagree"]), level_of(["Yes", "No"])
    ('ordinal', 'nominal')
    >>> level_of(["0 days", "1-2 days", "3 or more"]), level_of(["Copenhagen", "Oslo", "Lund"])
    ('ordinal', 'nominal')
    """
    if len(labels) < _FEWEST_STEPS:
        return "nominal"
    if _numbers_in_order(labels):
        return "ordinal"
    shared = max(_n_shared(labels, family) for family in _FAMILIES)
    return "ordinal" if shared >= max(2, len(labels) / 2) else "nominal"


def _n_shared(labels: Sequence[str], family: re.Pattern[str]) -> int:
    """Count the labels with words of a family; the middle belongs to any family that is there."""
    own = [bool(family.search(label)) for label in labels]
    return sum(own) + sum(
        any(own) and not mine and bool(_MIDDLE.search(label))
        for mine, label in zip(own, labels, strict=True)
    )


def _numbers_in_order(labels: Sequence[str]) -> bool:
    """Tell labels that all begin with numbers, or hold one in words such as "over 15"."""
    found = [_NUMBER.search(label) for label in labels]
    if not all(match is not None and match.start() <= _DEEPEST for match in found):
        return False
    numbers = [float(match[1].replace(",", ".")) for match in found if match is not None]
    pairs = list(itertools.pairwise(numbers))
    return all(a <= b for a, b in pairs) or all(a >= b for a, b in pairs)


def _plain(label: str) -> str:
    """Take case and signs off a label."""
    words = unicodedata.normalize("NFKC", label).casefold()
    joined = words.replace("'", "").replace("\u2019", "")
    return " ".join(_BARE.sub(" ", joined).replace("/", " / ").split())


_PLAIN_NONE: Final = frozenset(map(_plain, _NONE_SAID))
