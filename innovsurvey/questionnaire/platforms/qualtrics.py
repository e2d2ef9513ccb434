"""Write a questionnaire as a Qualtrics survey (QSF)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Final

from innovsurvey.questionnaire.codes import check_codes
from innovsurvey.questionnaire.platforms.qualtrics_logic import display_logic, selected
from innovsurvey.questionnaire.platforms.qualtrics_parts import (
    CONSENT,
    LIMITS,
    Entry,
    block_titles,
    entries,
)
from innovsurvey.questionnaire.platforms.qualtrics_questions import kind_of, plain, words_of

if TYPE_CHECKING:
    from innovsurvey.questionnaire.layout import Layout

# Where Qualtrics has another code for a language than the usual one.
_LANGUAGES: Final = {"nb": "NO", "nn": "NO", "zh": "ZH-S", "he": "HE", "en-gb": "EN-GB"}
_NEVER: Final = "0000-00-00 00:00:00"
_LONGEST_DESCRIPTION: Final = 96
_OPTIONS: Final[dict[str, Any]] = {
    "BackButton": "true",
    "SaveAndContinue": "true",
    "SurveyProtection": "PublicSurvey",
    "BallotBoxStuffingPrevention": "false",
    "NoIndex": "Yes",
    "SecureResponseFiles": "true",
    "SurveyExpiration": "None",
    "SurveyTermination": "DefaultMessage",
    "Header": "",
    "Footer": "",
    "ProgressBarDisplay": "Text",
    "PartialData": "+1 week",
    "ValidationMessage": "",
    "PreviousButton": " ← ",
    "NextButton": " → ",
    "SkinLibrary": "Qualtrics",
    "SkinType": "templated",
    "Skin": {"brandingId": None, "templateId": "*base", "overrides": None},
    "NewScoring": 1,
    "ShowExportTags": "false",
    "CollectGeoLocation": "false",
    "PasswordProtection": "No",
    "AnonymizeResponse": "Yes",
    "RefererCheck": "No",
}


def write_qualtrics(layout: Layout) -> bytes:
    """Write a questionnaire as a QSF file: everything Qualtrics needs, in all languages.

    Parameters
    ----------
    layout
        The questionnaire.

    Returns
    -------
    bytes
        JSON in UTF-8; the same questionnaire gives the same bytes.

    Raises
    ------
    ExportError
        A code does not fit Qualtrics, or a filter depends on something it cannot look at.

    Notes
    -----
    One block per page, the questions for consent first. The columns of an export are the item ids,
    as ``CON01`` or ``Q01_CON01``; boxes to tick are numbered, ``STAGE_1``. Answers have our own
    codes as recode values. The survey is set to anonymise responses: no IP address, no location.

    Examples
    --------
    >>> import innovsurvey as isv
    >>> from innovsurvey.questionnaire.plan import make_layout
    >>> file = write_qualtrics(make_layout(isv.load_instrument("innovation-culture")))
    >>> json.loads(file)["SurveyEntry"]["SurveyLanguage"]
    'EN'
    """
    check_codes(layout, LIMITS)
    return json.dumps(_Survey(layout).as_dict(), ensure_ascii=False, indent=1).encode()


@dataclass(frozen=True)
class _Survey:
    """The parts of one survey."""

    layout: Layout

    def as_dict(self) -> dict[str, Any]:
        """Give the whole file."""
        numbered = {f"QID{n}": entry for n, entry in enumerate(entries(self.layout), start=1)}
        qids = {e.question.code if e.question else e.tag: qid for qid, e in numbered.items()}
        blocks = self._blocks(numbered, qids)
        response_set = self._id("RS")
        elements = [
            self._element("BL", "Survey Blocks", payload=blocks),
            self._element("FL", "Survey Flow", payload=self._flow(blocks, qids[CONSENT])),
            self._element("SO", "Survey Options", payload=self._options()),
            self._element("SCO", "Scoring", payload=_scoring()),
            self._element("PROJ", "CORE", third="1.1.0", payload=_project()),
            self._element("STAT", "Survey Statistics", payload=_statistics()),
            self._element("QC", "Survey Question Count", second=str(len(numbered))),
            self._element("RS", response_set, second="Default Response Set"),
            *(self._question(qid, entry, qids) for qid, entry in numbered.items()),
        ]
        return {"SurveyEntry": self._entry(response_set), "SurveyElements": elements}

    def _id(self, kind: str, name: str = "") -> str:
        """Make an id as Qualtrics writes them, always the same for the same thing."""
        seed = f"{self.layout.id} {self.layout.version} {self.layout.asked_as} {kind} {name}"
        return f"{kind}_{hashlib.sha256(seed.encode()).hexdigest()[:15]}"

    def _element(
        self,
        kind: str,
        first: str,
        *,
        second: str | None = None,
        third: str | None = None,
        payload: Any = None,
    ) -> dict[str, Any]:
        """Wrap one part of the survey."""
        return {
            "SurveyID": self._id("SV"),
            "Element": kind,
            "PrimaryAttribute": first,
            "SecondaryAttribute": second,
            "TertiaryAttribute": third,
            "Payload": payload,
        }

    def _entry(self, response_set: str) -> dict[str, Any]:
        """Describe the survey as a whole."""
        owner = self._id("UR")
        return {
            "SurveyID": self._id("SV"),
            "SurveyName": self.layout.title.say(self.layout.language),
            "SurveyDescription": None,
            "SurveyOwnerID": owner,
            "SurveyBrandID": "innovsurvey",
            "DivisionID": None,
            "SurveyLanguage": _language(self.layout.language),
            "SurveyActiveResponseSet": response_set,
            "SurveyStatus": "Inactive",
            "SurveyStartDate": _NEVER,
            "SurveyExpirationDate": _NEVER,
            "SurveyCreationDate": _NEVER,
            "CreatorID": owner,
            "LastModified": _NEVER,
            "LastAccessed": _NEVER,
            "LastActivated": _NEVER,
            "Deleted": None,
        }

    def _options(self) -> dict[str, Any]:
        """Give the settings of the survey: private, and with its languages."""
        return _OPTIONS | {
            "SurveyTitle": self.layout.title.say(self.layout.language),
            "AvailableLanguages": {_language(entry.code): [] for entry in self.layout.languages},
        }

    def _blocks(self, numbered: dict[str, Entry], qids: dict[str, str]) -> list[dict[str, Any]]:
        """Give one block per page; a question whose filter stands on the page begins a new one."""
        titles = [t.say(self.layout.language) for t in block_titles(self.layout)]
        blocks: list[dict[str, Any]] = []
        for number, group in groupby(numbered.items(), key=lambda pair: pair[1].block):
            elements: list[dict[str, str]] = []
            here: set[str] = set()
            for qid, entry in group:
                if here & _filters(self._logic(entry, qids)):
                    elements.append({"Type": "Page Break"})
                    here = set()
                elements.append({"Type": "Question", "QuestionID": qid})
                here.add(qid)
            blocks.append(
                ({"Type": "Standard", "SubType": ""} if blocks else {"Type": "Default"})
                | {
                    "Description": titles[number],
                    "ID": self._id("BL", str(number)),
                    "BlockElements": elements,
                }
            )
        trash = {"Type": "Trash", "Description": "Trash / Unused Questions"}
        return [*blocks, trash | {"ID": self._id("BL", "trash"), "BlockElements": []}]

    def _flow(self, blocks: list[dict[str, Any]], consent: str) -> dict[str, Any]:
        """Give the order of the blocks: what the file carries, consent, then the pages."""
        first, *others = [block["ID"] for block in blocks if block["Type"] != "Trash"]
        carried = {
            "Type": "EmbeddedData",
            "FlowID": "FL_2",
            "EmbeddedData": [_embedded(name, value) for name, value in self.layout.carried],
        }
        declined = selected(consent, "1", operator="NotSelected") | {
            "Description": '<span class="ConjDesc">If</span> '
            '<span class="QuestionDesc">consent</span> <span class="LeftOpDesc">1</span> '
            '<span class="OpDesc">Is Not Selected</span> '
        }
        branch = {
            "Type": "Branch",
            "FlowID": "FL_4",
            "Description": "No consent",
            "BranchLogic": {"0": {"0": declined, "Type": "If"}, "Type": "BooleanExpression"},
            "Flow": [{"Type": "EndSurvey", "FlowID": "FL_5"}],
        }
        pages = [
            {"Type": "Standard", "ID": block, "FlowID": f"FL_{number}", "Autofill": []}
            for number, block in enumerate(others, start=6)
        ]
        start = {"Type": "Block", "ID": first, "FlowID": "FL_3", "Autofill": []}
        return {
            "Type": "Root",
            "FlowID": "FL_1",
            "Flow": [carried, start, branch, *pages],
            "Properties": {"Count": 5 + len(pages), "RemovedFieldsets": []},
        }

    def _logic(self, entry: Entry, qids: dict[str, str]) -> dict[str, Any] | None:
        """Give the display logic of an element."""
        return None if entry.show_if is None else display_logic(entry.show_if, self.layout, qids)

    def _question(self, qid: str, entry: Entry, qids: dict[str, str]) -> dict[str, Any]:
        """Give one question or text, in all languages."""
        main, *others = [language.code for language in self.layout.languages]
        described = _description(entry, main)
        translated = {_language(code): words_of(self.layout, entry, code) for code in others}
        logic = self._logic(entry, qids)
        payload = (
            words_of(self.layout, entry, main)
            | {
                "DefaultChoices": False,
                "DataExportTag": entry.tag,
                "QuestionID": qid,
                "QuestionDescription": described,
                "DataVisibility": {"Private": False, "Hidden": False},
                "GradingData": [],
                "Language": translated or [],
            }
            | kind_of(self.layout, entry)
            | ({} if logic is None else {"DisplayLogic": logic})
        )
        return self._element("SQ", qid, second=described, payload=payload)


def _language(code: str) -> str:
    """Give the code that Qualtrics has for a language."""
    return _LANGUAGES.get(code.casefold(), code.upper())


def _description(entry: Entry, language: str) -> str:
    """Name an element for those who edit the survey."""
    question = entry.question
    text = entry.tag
    if question is not None and question.text:
        text = f"{entry.tag}: {question.text.say(language)}"
    described = plain(text)
    if len(described) <= _LONGEST_DESCRIPTION:
        return described
    return f"{described[:_LONGEST_DESCRIPTION]}..."


def _embedded(name: str, value: str) -> dict[str, Any]:
    """Give a column that the survey fills in by itself."""
    return {
        "Description": name,
        "Type": "Custom",
        "Field": name,
        "VariableType": "String",
        "DataVisibility": [],
        "AnalyzeText": False,
        "Value": value,
    }


def _scoring() -> dict[str, Any]:
    """Give the scoring of a survey that has none."""
    return {
        "ScoringCategories": [],
        "ScoringCategoryGroups": [],
        "ScoringSummaryCategory": None,
        "ScoringSummaryAfterQuestions": 0,
        "ScoringSummaryAfterSurvey": 0,
        "DefaultScoringCategory": None,
        "AutoScoringCategory": None,
    }


def _project() -> dict[str, str]:
    """Give the kind of project and the version of the format."""
    return {"ProjectCategory": "CORE", "SchemaVersion": "1.1.0"}


def _statistics() -> dict[str, Any]:
    """Say that the survey can be answered on a phone."""
    return {"MobileCompatible": True, "ID": "Survey Statistics"}


def _filters(logic: dict[str, Any] | None) -> set[str]:
    """Give the ids of the questions that display logic looks at."""
    sets = [part for part in (logic or {}).values() if isinstance(part, dict)]
    conditions = [part for one in sets for part in one.values() if isinstance(part, dict)]
    return {condition["QuestionID"] for condition in conditions}
