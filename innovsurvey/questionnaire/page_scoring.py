"""What the script of the offline page needs to score answers and speak to the person.

``page/score.js`` calculates with it what ``responses`` calculates from the same answers; both are
held together by tests, since this folder may not import that one.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

import numpy as np

if TYPE_CHECKING:
    from innovsurvey.definitions.model import (
        Contrast,
        FeedbackRule,
        Instrument,
        Item,
        Language,
        Matrix,
        MatrixLine,
        Text,
    )
    from innovsurvey.questionnaire.layout import Layout, Question

# Reasons that mean the item did not apply to the person; the same as in responses/model.py.
NOT_APPLICABLE: Final = ("not_needed", "not_shown", "not_reached")
# Level of the intervals that the page draws; those of feedback are in the rules.
SHOWN_LEVEL: Final = 0.9
_TWO: Final = 2


def scoring_model(layout: Layout) -> dict[str, Any]:
    """Describe how the answers to a questionnaire are scored, as plain data for the page.

    Only what is asked is scored. Scores and feedback are about the person who answers, so they are
    left out, with ``results`` false, where another version than the main one is asked.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> model = scoring_model(make_layout(isv.load_form("self-assessment")))
    >>> [scale["id"] for scale in model["scales"] if scale["profile"]]
    ['convener', 'facilitator', 'catalyst']
    >>> model["contrasts"][0]["types"]
    ['hybrid', 'npg-led', 'npm-led', 'neither']
    """
    part = _Part(layout)
    is_main = layout.asked_as == layout.instrument.versions[0][0]
    return {
        "results": is_main,
        "not_applicable": list(NOT_APPLICABLE),
        "shown_level": SHOWN_LEVEL,
        **part.items_and_conditions(),
        **(part.results() if is_main else _NO_RESULTS),
    }


_NO_RESULTS: Final[dict[str, Any]] = {
    "scales": [],
    "contrasts": [],
    "gap": None,
    "matrix": None,
    "feedback": [],
    "t": [],
}


@dataclass(frozen=True)
class _Part:
    """The part of an instrument that a layout asks."""

    layout: Layout

    @property
    def instrument(self) -> Instrument:
        """The instrument asked, whole."""
        return self.layout.instrument

    @property
    def items(self) -> list[Item]:
        """The items asked, in file order, which is the order in which filters are applied."""
        asked = {cell.name for question in self.layout.questions for cell in question.cells}
        return [item for item in self.instrument.items if item.id in asked]

    def text(self, text: Text) -> list[str]:
        """Give a text in each language of the page."""
        return in_languages(text, self.layout.languages)

    def items_and_conditions(self) -> dict[str, Any]:
        """Describe the items; ``show`` is the place of an item's conditions among all there are."""
        asked = {item.id for item in self.items}
        conditions: list[Any] = []
        items = {}
        for item in self.items:
            described: dict[str, Any] = {"reverse": True} if item.reverse else {}
            groups = _known_groups(item, asked)
            if groups:
                if groups not in conditions:
                    conditions.append(groups)
                described["show"] = conditions.index(groups)
            items[item.id] = described
        return {"items": items, "conditions": conditions}

    def results(self) -> dict[str, Any]:
        """Describe scales, contrasts, the matrix of participation and the feedback."""
        scales = self.scales()
        scored = {scale["id"] for scale in scales if scale["rule"]}
        contrasts = self.instrument.contrasts
        return {
            "scales": scales,
            "contrasts": [
                self.contrast(c) for c in contrasts if {c.negative, c.positive} <= scored
            ],
            "gap": [c.id for c in contrasts[:_TWO]] if len(contrasts) >= _TWO else None,
            "matrix": self.matrix(),
            "feedback": [self.rule(rule) for rule in self.instrument.feedback],
            "t": self.quantiles(scales),
        }

    def scales(self) -> list[dict[str, Any]]:
        """Describe the scales on the items asked; facets stand before what is made of them."""
        asked = {item.id for item in self.items}
        profile, named = self.profile(), self.named()
        found: dict[str, Any] = {}
        for scale in self.instrument.scales:
            items = [item for item in scale.items if item in asked]
            if items:
                found[scale.id] = {
                    "id": scale.id,
                    "title": self.text(scale.title) if scale.id in profile | named else [],
                    "profile": scale.id in profile and scale.score is not None,
                    "rule": scale.score and asdict(scale.score),
                    "items": items,
                    "facets": [facet for facet in scale.facets if facet in found],
                    **self.answers(items[0]),
                }
        return list(found.values())

    def answers(self, item: str) -> dict[str, Any]:
        """Describe the answers that a scale is made of by those to its first item."""
        format_ = self.instrument.format_of(item)
        return {
            "format": format_key(self.layout.question_of(item)),
            "low": format_.low,
            "high": format_.high,
            "step": float(np.diff(format_.values).min()) if format_.points else 0.0,
        }

    def profile(self) -> set[str]:
        """Name the scales of the profile: those with bands, as far as there is feedback at all.

        Without feedback rules these are all scales but facets and those that a contrast shows.
        """
        instrument = self.instrument
        if instrument.feedback:
            return {scale for r in instrument.feedback if r.kind == "band" for scale in r.scales}
        elsewhere = {facet for scale in instrument.scales for facet in scale.facets}
        elsewhere |= self.contrasted()
        return {scale.id for scale in instrument.scales} - elsewhere

    def contrasted(self) -> set[str]:
        """Name the scales that a contrast compares."""
        return {scale for c in self.instrument.contrasts for scale in (c.negative, c.positive)}

    def named(self) -> set[str]:
        """Name the scales that sentences or figures call by their titles."""
        spoken_of = {scale for rule in self.instrument.feedback for scale in rule.scales}
        return spoken_of | self.contrasted()

    def contrast(self, contrast: Contrast) -> dict[str, Any]:
        """Describe a contrast, with the names of its types: both, positive, negative, neither."""
        pair = (contrast.positive, contrast.negative)
        led = [f"{scale.removesuffix(f'_{contrast.id}')}-led" for scale in pair]
        return {
            "id": contrast.id,
            "title": self.text(contrast.title),
            "negative": contrast.negative,
            "positive": contrast.positive,
            "cut": contrast.cut,
            "types": ["hybrid", *led, "neither"],
        }

    def matrix(self) -> dict[str, Any] | None:
        """Describe the matrix of participation: the only one, or the only one with groups."""
        matrices = self.instrument.matrices
        grouped = [m for m in matrices if any(line.group for line in (*m.rows, *m.columns))]
        fitting = grouped or list(matrices)
        asked = {item.matrix for item in self.items}
        if len(fitting) != 1 or fitting[0].id not in asked:
            return None
        return self.described(fitting[0])

    def described(self, matrix: Matrix) -> dict[str, Any] | None:
        """Describe a matrix; None where its answers have no ends."""
        format_ = self.instrument.format_of(self.instrument.cells(matrix.id)[0])
        if format_.low is None or format_.high is None:
            return None
        return {
            "id": matrix.id,
            "low": format_.low,
            "high": format_.high,
            "rows": [_line(line) for line in matrix.rows],
            "columns": [_line(line) for line in matrix.columns],
        }

    def rule(self, rule: FeedbackRule) -> dict[str, Any]:
        """Describe a rule by what it has in the instrument file."""
        numbers = {
            name: getattr(rule, name)
            for name in ("level", "min_items", "critical", "probability", "at_most", "limit")
        }
        described = {
            "id": rule.id,
            "kind": rule.kind,
            "scales": list(rule.scales),
            "contrast": rule.contrast,
            "index": rule.index,
            **numbers,
            "bands": [{"below": b.below, "label": self.text(b.label)} for b in rule.bands],
            "texts": {outcome: self.text(words) for outcome, words in rule.texts},
            "items": self.asked_about(rule) if rule.kind == "least" else None,
        }
        return {key: value for key, value in described.items() if value not in (None, [])}

    def asked_about(self, rule: FeedbackRule) -> dict[str, str]:
        """Give the items that a rule may ask about, with the passage that its sentence names."""
        wanted = {item for scale in rule.scales for item in self.instrument.scale(scale).items}
        quoting = any("{passage}" in words for _, text in rule.texts for words in text.values())
        return {
            item.id: self.passage(item) if quoting else ""
            for item in self.items
            if item.id in wanted and not item.reverse
        }

    def passage(self, item: Item) -> str:
        """Quote the words that an item was made from, with their place."""
        if item.passage is None:
            return ""
        passage = self.instrument.passage(item.passage)
        return f"“{passage.quote}”, {passage.place}"

    def quantiles(self, scales: list[dict[str, Any]]) -> list[Any]:
        """Give for every level the upper quantiles of t, by degrees of freedom from 1."""
        from scipy.special import stdtrit

        levels = {rule.level for rule in self.instrument.feedback if rule.level is not None}
        most = max((len(scale["items"]) for scale in scales), default=0)
        df = np.arange(1, most)
        return [
            [level, stdtrit(df, (1 + level) / 2).tolist()]
            for level in sorted({*levels, SHOWN_LEVEL})
        ]


def in_languages(text: Text, languages: tuple[Language, ...]) -> list[str]:
    """Give a text in each language, in their order; an empty list where there is none."""
    return [text.say(language.code) for language in languages] if text else []


def format_key(question: Question) -> str:
    """Name the format of a question; one format may have other missing options elsewhere."""
    missing = [f"{option.code:g}" for option in question.format.missing]
    return "|".join([question.format.id, *missing])


def _known_groups(item: Item, asked: set[str]) -> list[list[list[Any]]]:
    """Give the conditions of an item on items that are asked; the others decide nothing."""
    groups = (
        [[c.item, list(c.values)] for c in group if c.item in asked]
        for group in dict.fromkeys(item.show_if)
    )
    return [group for group in groups if group]


def _line(line: MatrixLine) -> dict[str, str | None]:
    """Describe a row or column of a matrix."""
    return {"id": line.id, "group": line.group}
