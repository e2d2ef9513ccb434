"""Sentences for the person who answered, by the rules in the instrument file."""

from __future__ import annotations

import html
import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import pandas as pd

from innovsurvey.base.checks import join_names, suggest
from innovsurvey.base.results import Result
from innovsurvey.errors import SpecificationError
from innovsurvey.responses.cells import normalise
from innovsurvey.responses.feedback_rules import Case, ScaleScore, say
from innovsurvey.responses.participation import participation
from innovsurvey.responses.scoring import Scores, score_scales

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from innovsurvey.definitions.model import Instrument, Language
    from innovsurvey.responses.model import Responses

_COLUMNS: Final = ("person", "rule", "kind", "scale", "outcome", "text")
_MAX_PEOPLE: Final = 10  # shown in a notebook


@dataclass(frozen=True, kw_only=True, repr=False, eq=False)
class Feedback(Result):
    """What is said to each person about their own answers.

    Parameters
    ----------
    sentences
        One row per sentence, people in the order of the data and rules in the order of the file:
        ``person``, ``rule``, ``kind``, ``scale`` (the scale, contrast, index or item that the
        sentence is about; empty for a notice), ``outcome`` and ``text``.
    instrument
        The instrument whose rules were used.
    language
        Code of the language.
    """

    sentences: pd.DataFrame
    instrument: Instrument
    language: str

    @property
    def title(self) -> str:
        """Name the instrument, people and sentences."""
        name = self.instrument.title.say(self.language)
        return f"Feedback: {name}, N = {self.n_obs}, {len(self.sentences)} sentences"

    def to_frame(self) -> pd.DataFrame:
        """Give the sentences, one row each."""
        return self.sentences.copy()

    def __repr__(self) -> str:
        lines = [self.title]
        for person, texts in self._people():
            lines += [f"{person}:", *(f"  {text}" for text in texts)]
        return "\n".join([*lines, *self._below()])

    def _repr_html_(self) -> str:
        """Show the sentences as one list per person; all text is escaped."""
        language = _language(self.instrument, self.language)
        place = f'lang="{html.escape(language.code)}" dir="{language.direction}"'
        blocks = [
            f"<p><strong>{html.escape(str(person))}</strong></p><ul {place}>"
            + "".join(f"<li>{html.escape(text)}</li>" for text in texts)
            + "</ul>"
            for person, texts in self._people()
        ]
        below = [f"<p>{html.escape(line)}</p>" for line in self._below()]
        title = f"<p>{html.escape(self.title)}</p>"
        return f'<div class="isv-result">{"".join([title, *blocks, *below])}</div>'

    def _people(self) -> Iterator[tuple[Any, list[str]]]:
        """Give the first people with their texts."""
        for person in self.sentences["person"].unique()[:_MAX_PEOPLE]:
            own = self.sentences["person"] == person
            yield person, self.sentences.loc[own, "text"].tolist()

    def _below(self) -> list[str]:
        """Say how many people are not shown, then the notes."""
        hidden = self.sentences["person"].nunique() - _MAX_PEOPLE
        more = [f"({hidden} more people)"] if hidden > 0 else []
        return more + [f"Note: {note}" for note in self.notes]


def feedback(
    r_or_scores: Responses | Scores, *, person: Any = None, language: str = "en"
) -> Feedback:
    r"""Say to each person what their own answers show, by the rules in the instrument file.

    Rules and texts are data: the file has the bands, the levels and every sentence. Nothing is
    compared with other people, and no total is made.

    Parameters
    ----------
    r_or_scores
        What :func:`read_responses` or :func:`score_scales` gave.
    person
        Respondent id of the one person to speak to; by default everybody.
    language
        Code of a language of the instrument, such as ``"en"`` or ``"da"``.

    Returns
    -------
    Feedback
        ``sentences`` has the columns ``person``, ``rule``, ``kind``, ``scale``, ``outcome`` and
        ``text``. An instrument without rules gives none, and a note.

    Raises
    ------
    SpecificationError
        The instrument does not have the language, or the data not the person.

    Notes
    -----
    Only answers to the main version of the questionnaire get feedback; observers do not, where
    the instrument file names a column for the version. Scales, indices and items that were not
    asked are passed over. The kinds of rules, with :math:`\bar x` the score of a scale, :math:`SE`
    its standard error and its interval :math:`\bar x \pm t\,SE` cut to the scale
    (:meth:`Scores.interval`, at the ``level`` of the rule):

    ``notice``
        Always the same sentence.
    ``band``
        Which bands the interval touches, a band reaching from the ``below`` of the one before up
        to, but without, its own. One band: ``one``; two: ``between``; more: ``uncertain``. Fewer
        answers than ``min_items``, or no standard error: ``few``. No score: ``missing``.
    ``compare``
        For each pair of scales ``higher`` if :math:`|\bar x_1 - \bar x_2|` is larger than
        ``critical`` times :math:`\sqrt{SE_1^2 + SE_2^2}`, else ``same``; nothing without a score.
    ``lowest``
        The scale whose interval ends below the start of all others, else ``none``; nothing
        unless all have a score.
    ``least``
        A question about each item answered with ``at_most`` or less: the lowest answers first,
        equal ones in the order of the file, at most ``limit``. Reverse-keyed items are left out.
    ``type``
        With :math:`P = \Phi((\bar x - cut)/SE)` for the positive scale of a contrast and
        :math:`Q` for the negative one, the probabilities of the types are :math:`PQ` (both),
        :math:`P(1-Q)` (positive), :math:`(1-P)Q` (negative) and :math:`(1-P)(1-Q)` (neither).
        The most probable is said from ``probability`` on, else ``borderline`` with the two most
        probable; ``missing`` without a score.
    ``index``
        The band that contains an index of participation; ``missing`` without a value.

    Where a rule of another kind has ``min_items``, a scale with fewer answers counts as missing
    there. Numbers are rounded to nine decimals before they are compared or written; scores are
    written with one decimal and indices with two, halves away from zero.

    References
    ----------
    Brennan, R. L. (1998). Raw-score conditional standard errors of measurement in generalizability
    theory. Applied Psychological Measurement, 22(4), 307-331. https://doi.org/10.1177/014662169802200401

    Examples
    --------
    >>> import innovsurvey as isv
    >>> import pandas as pd
    >>> from innovsurvey.responses.feedback import feedback
    >>> roles = isv.load_instrument("collaborative-leadership")
    >>> often = pd.DataFrame([dict.fromkeys(roles.form("short").items, 4)])
    >>> said = feedback(isv.read_responses(often, roles))
    >>> said.sentences["text"][1]
    'Convener: often (4.0; likely 3.7 to 4.3).'
    """
    scores = r_or_scores if isinstance(r_or_scores, Scores) else score_scales(r_or_scores)
    responses = scores.responses
    instrument = responses.instrument
    _language(instrument, language)
    people = responses.data.index if person is None else [_person(responses, person)]
    main = _main_rows(responses)
    spoken_to = [label for label in people if main[label]]
    notes = _notes(instrument, len(people) - len(spoken_to))
    rows = _rows(scores, spoken_to, language) if instrument.feedback else []
    return Feedback(
        sentences=pd.DataFrame(rows, columns=list(_COLUMNS)),
        instrument=instrument,
        language=language,
        n_obs=len(spoken_to),
        notes=tuple(notes),
    )


def _language(instrument: Instrument, code: str) -> Language:
    """Find a language of the instrument."""
    for language in instrument.languages:
        if language.code == code:
            return language
    codes = [language.code for language in instrument.languages]
    message = f"{instrument.id} has no language {code!r}. It has: {join_names(codes)}."
    raise SpecificationError(message)


def _person(responses: Responses, person: Any) -> Any:
    """Find a person by id; a text that reads like the id will do."""
    index = responses.data.index
    by_text = {str(label): label for label in index}
    if str(person) in by_text:
        return by_text[str(person)]
    hint = suggest(str(person), by_text)
    message = (
        f"there is no person {person!r}{hint}. The data have {len(index)}: "
        f"{join_names(list(by_text), limit=4)}."
    )
    raise SpecificationError(message)


def _main_rows(responses: Responses) -> pd.Series[bool]:
    """Tell who answered the main version; everybody where no column names the version."""
    instrument, context = responses.instrument, responses.context
    columns = [c.id for c in instrument.context if c.role == "version" and c.id in context]
    if not columns:
        return pd.Series(data=True, index=responses.data.index)
    main, title = instrument.versions[0]
    names = {normalise(name) for name in (main, *title.values())}
    own = [normalise(str(answered)) in names for answered in context[columns[0]]]
    return pd.Series(own, index=context.index, dtype=bool)


def _notes(instrument: Instrument, n_others: int) -> list[str]:
    """Say why somebody, or everybody, gets no sentence."""
    notes = []
    if not instrument.feedback:
        notes.append(f"{instrument.id} has no feedback rules, so nothing is said.")
    if n_others:
        main = instrument.versions[0][0]
        notes.append(
            f"{n_others} row(s) of another version than {main!r} get no feedback; it speaks to "
            "people about their own answers."
        )
    return notes


def _rows(scores: Scores, people: Sequence[Any], language: str) -> list[tuple[Any, ...]]:
    """Let every rule speak to every person."""
    rules = scores.responses.instrument.feedback
    return [
        (person, s.rule, s.kind, s.scale, s.outcome, s.text)
        for person, case in _cases(scores, people, language)
        for rule in rules
        for s in say(rule, case)
    ]


def _cases(scores: Scores, people: Sequence[Any], language: str) -> Iterator[tuple[Any, Case]]:
    """Collect what the rules need to know of each person."""
    responses = scores.responses
    version = responses.instrument.versions[0][0]
    scale_scores = _scale_scores(scores)
    intervals = _intervals(scores)
    answers = responses.data.to_dict("index")
    indices = _indices(responses).to_dict("index")
    for person in people:
        case = Case(
            instrument=responses.instrument,
            language=language,
            version=version,
            scores={scale: found[person] for scale, found in scale_scores.items()},
            intervals={key: found[person] for key, found in intervals.items()},
            answers={str(i): x for i, x in answers[person].items() if not math.isnan(x)},
            indices={str(name): float(x) for name, x in indices[person].items()},
        )
        yield person, case


def _scale_scores(scores: Scores) -> dict[str, dict[Any, ScaleScore]]:
    """Give the scores of each scale by person."""
    parts = (scores.scores, scores.se, scores.n_answered)
    return {
        str(scale): {
            person: ScaleScore(float(score), float(se), int(n))
            for person, score, se, n in zip(
                scores.scores.index, *(part[scale] for part in parts), strict=True
            )
        }
        for scale in scores.scores
    }


def _intervals(scores: Scores) -> dict[tuple[str, float], dict[Any, tuple[float, float]]]:
    """Give the intervals of each scale by person, at every level that a rule asks for."""
    rules = scores.responses.instrument.feedback
    found = {}
    for level in {rule.level for rule in rules if rule.level is not None}:
        lower, upper = scores.interval(level)
        for scale in lower:
            ends = zip(lower[scale].astype(float), upper[scale].astype(float), strict=True)
            found[str(scale), level] = dict(zip(lower.index, ends, strict=True))
    return found


def _indices(responses: Responses) -> pd.DataFrame:
    """Give the indices of participation, if a rule asks for one and a matrix is in the data."""
    instrument = responses.instrument
    wanted = [rule.index for rule in instrument.feedback if rule.index is not None]
    matrices = {matrix.id for matrix in instrument.matrices}
    asked = any(i.matrix in matrices and i.id in responses.data for i in instrument.items)
    if not (wanted and asked):
        return pd.DataFrame(index=responses.data.index)
    indices = participation(responses).to_frame()
    # Where nobody took part there is no imbalance to speak of, although the difference is 0.
    indices["imbalance"] = indices["imbalance"].where(indices["relative_imbalance"].notna())
    return indices[list(dict.fromkeys(wanted))]
