"""The steps from a theory to an instrument that may be used, in their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from innovsurvey.definitions.model import ValidityEvidence

STATUSES: Final = {
    "theory-derived": "the items rest on published texts; no study of them with experts or "
    "respondents is on record",
    "expert-reviewed": "experts have judged the items; no study with respondents is on record",
    "piloted": "a first group has answered the items; the scores still need field studies",
    "field-tested": "at least one field study is on record; its results say how far it carries",
    "validated-for-use": "the field studies on record support the uses permitted, and no others",
}
_UNRATED: Final = frozenset({"none", "not_rated"})
_NO_ANSWERS: Final = frozenset({"none", "simulation-only"})


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the protocol, and what in a record shows that it is open.

    Parameters
    ----------
    number, title, what, n, rule, source
        The step in words: what is done, with how many people, what it takes to pass, who says so.
    needs
        Lowest status of the record that the step belongs to.
    evidence
        Source of evidence that the step adds to.
    marks
        Names under ``missing`` of any source that mean this step.
    ratings
        COSMIN ratings that the step gives.
    """

    number: int
    title: str
    what: str
    n: str
    rule: str
    source: str
    needs: str = "theory-derived"
    evidence: str | None = None
    marks: tuple[str, ...] = ()
    ratings: tuple[str, ...] = ()

    def is_open(self, record: ValidityEvidence) -> bool:
        """Tell whether the record shows that this step has still to be done.

        It does if the status is too low for the step, the source of evidence is empty (or rests
        on simulated answers), a study of the step is named as missing, or a rating is lacking.
        """
        order = list(STATUSES)
        status = {source.id: _plain(source.status) for source in record.sources}
        missing = {_plain(name) for source in record.sources for name in source.missing}
        ratings = dict(record.cosmin)
        return (
            order.index(record.status) < order.index(self.needs)
            or status.get(self.evidence or "", "") in _NO_ANSWERS
            or bool(missing & set(self.marks))
            or any(ratings.get(name, "none") in _UNRATED for name in self.ratings)
        )


STEPS: Final = (
    Step(
        number=0,
        title="File checks",
        what="ids, texts in every language, keys, conditions and passages, by innovsurvey check",
        n="nobody",
        rule="no problem is found",
        source="this package",
    ),
    Step(
        number=1,
        title="Expert panel",
        what="relevance of each item, blind sorting of items to facets, gaps in the content",
        n="8-10 scholars, managers and, where they are meant, politicians",
        rule="I-CVI .78 or more, S-CVI/Ave .90 or more, modified kappa .74 or more; at least 80 % "
        "of the experts sort an item to its facet",
        source="Lynn (1986); Polit et al. (2007); Anderson & Gerbing (1991)",
        needs="expert-reviewed",
        evidence="test_content",
        marks=("expert-panel",),
    ),
    Step(
        number=2,
        title="Cognitive interviews",
        what="two rounds in each language and version",
        n="10-15 in each round",
        rule="no item with a serious problem in more than 15 % of the interviews",
        source="Willis (2005)",
        evidence="response_processes",
        marks=("cognitive-interviews",),
    ),
    Step(
        number=3,
        title="Pilot",
        what="distributions, item-rest correlations, EFA with parallel analysis, omega, time, "
        "missing answers",
        n="150-200 in 15 organisations or more",
        rule="item-rest correlation .30 or more, no answer above 80 %, 'not needed' at most 20 %",
        source="Clark & Watson (2019)",
        needs="piloted",
        marks=("pilot",),
    ),
    Step(
        number=4,
        title="Structure",
        what="preregistered CFA of all rival models in a new sample",
        n="500 or more (300 for models of facet means)",
        rule="better than simulated cut-offs for the same model, no residual correlation above .10 "
        "without a reason, loadings .50 or more, an admissible solution",
        source="McNeish & Wolf (2023)",
        needs="field-tested",
        evidence="internal_structure",
        marks=("field-cfa",),
        ratings=("structural",),
    ),
    Step(
        number=5,
        title="Reliability",
        what="omega with its interval; the same people again after 2-4 weeks",
        n="100 or more for the second time",
        rule="omega .70 or more for groups and .80 for a role; retest ICC(2,1) .70 or more; "
        "decisions on a person, which would need .90, are not offered",
        source="Dunn et al. (2014); McNeish (2018); Nunnally & Bernstein (1994)",
        needs="field-tested",
        marks=("retest", "reliability"),
        ratings=("internal_consistency", "reliability"),
    ),
    Step(
        number=6,
        title="Other variables",
        what="the expected relations, written down before the data",
        n="the sample of step 4, and a second source",
        rule="at least 75 % of the expected relations hold",
        source="Prinsen et al. (2018)",
        needs="field-tested",
        evidence="other_variables",
        marks=("convergent", "discriminant", "known-groups", "criterion"),
        ratings=("hypotheses",),
    ),
    Step(
        number=7,
        title="Aggregation",
        what="agreement within units and differences between them, before scores of units",
        n="30 organisations or more with 5 or more people each",
        rule="r_wg(j) with two null distributions, ICC(1) and ICC(2), shown for every unit",
        source="LeBreton & Senter (2008)",
        needs="field-tested",
        marks=("aggregation",),
    ),
    Step(
        number=8,
        title="Invariance",
        what="language, level of government, self and observer, wave",
        n="200 or more in each group",
        rule="CFI falls by .010 at most from level to level; means are compared only where the "
        "scalar level holds",
        source="Cheung & Rensvold (2002); Wu & Estabrook (2016)",
        needs="field-tested",
        marks=("invariance",),
        ratings=("cross_cultural",),
    ),
    Step(
        number=9,
        title="Consequences",
        what="people read their own feedback; comprehension and misuse are tested",
        n="20-30",
        rule="at least 80 % say rightly what a score does not mean",
        source="AERA, APA & NCME (2014)",
        evidence="consequences",
        marks=("user-study", "misuse-review"),
    ),
)

REFERENCES: Final = (
    "AERA, APA & NCME (2014). Standards for educational and psychological testing. American "
    "Educational Research Association.",
    "Anderson, J. C., & Gerbing, D. W. (1991). Predicting the performance of measures in a "
    "confirmatory factor analysis with a pretest assessment of their substantive validities. "
    "Journal of Applied Psychology, 76(5), 732-740. https://doi.org/10.1037/0021-9010.76.5.732",
    "Cheung, G. W., & Rensvold, R. B. (2002). Evaluating goodness-of-fit indexes for testing "
    "measurement invariance. Structural Equation Modeling, 9(2), 233-255. "
    "https://doi.org/10.1207/S15328007SEM0902_5",
    "Clark, L. A., & Watson, D. (2019). Constructing validity: New developments in creating "
    "objective measuring instruments. Psychological Assessment, 31(12), 1412-1427. "
    "https://doi.org/10.1037/pas0000626",
    "Dunn, T. J., Baguley, T., & Brunsden, V. (2014). From alpha to omega: A practical solution to "
    "the pervasive problem of internal consistency estimation. British Journal of Psychology, "
    "105(3), 399-412. https://doi.org/10.1111/bjop.12046",
    "LeBreton, J. M., & Senter, J. L. (2008). Answers to 20 questions about interrater reliability "
    "and interrater agreement. Organizational Research Methods, 11(4), 815-852. "
    "https://doi.org/10.1177/1094428106296642",
    "Lynn, M. R. (1986). Determination and quantification of content validity. Nursing Research, "
    "35(6), 382-385. https://doi.org/10.1097/00006199-198611000-00017",
    "McNeish, D. (2018). Thanks coefficient alpha, we'll take it from here. Psychological Methods, "
    "23(3), 412-433. https://doi.org/10.1037/met0000144",
    "McNeish, D., & Wolf, M. G. (2023). Dynamic fit index cutoffs for confirmatory factor analysis "
    "models. Psychological Methods, 28(1), 61-88. https://doi.org/10.1037/met0000425",
    "Nunnally, J. C., & Bernstein, I. H. (1994). Psychometric theory (3rd ed.). McGraw-Hill.",
    "Polit, D. F., Beck, C. T., & Owen, S. V. (2007). Is the CVI an acceptable indicator of "
    "content validity? Research in Nursing & Health, 30(4), 459-467. https://doi.org/10.1002/nur.20199",
    "Prinsen, C. A. C., Mokkink, L. B., Bouter, L. M., et al. (2018). COSMIN guideline for "
    "systematic reviews of patient-reported outcome measures. Quality of Life Research, 27(5), "
    "1147-1157. https://doi.org/10.1007/s11136-018-1798-3",
    "Willis, G. B. (2005). Cognitive interviewing: A tool for improving questionnaire design. "
    "Sage.",
    "Wu, H., & Estabrook, R. (2016). Identification of confirmatory factor analysis models of "
    "different levels of invariance for ordered categorical outcomes. Psychometrika, 81(4), "
    "1014-1045. https://doi.org/10.1007/s11336-016-9506-0",
)


def next_step(record: ValidityEvidence) -> Step | None:
    """Give the first step that the record shows to be open; None where there is none.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> step = next_step(isv.load_instrument("collaborative-leadership").validity)
    >>> step.number, step.title
    (1, 'Expert panel')
    """
    return next((step for step in STEPS if step.is_open(record)), None)


def _plain(name: str) -> str:
    """Write names in one way; the records use hyphens and underscores."""
    return name.replace("_", "-")
