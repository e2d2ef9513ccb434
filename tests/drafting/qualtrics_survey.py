"""Small surveys of Qualtrics for the tests, in the layout of the real files."""

import json


def survey(*questions, blocks=None, flow=None, options=None, language="EN"):
    """Give the bytes of a survey with some questions."""
    ids = [q["QuestionID"] for q in questions]
    shown = blocks or [{"ID": "BL_1", "Type": "Default", "BlockElements": asked(*ids)}]
    elements = [
        {"Element": "BL", "Payload": shown},
        {"Element": "FL", "Payload": flow or {"Flow": [{"ID": b["ID"]} for b in shown]}},
        {"Element": "SO", "Payload": options or {}},
        *({"Element": "SQ", "PrimaryAttribute": q["QuestionID"], "Payload": q} for q in questions),
    ]
    entry = {"SurveyName": "Made up", "SurveyLanguage": language}
    return json.dumps({"SurveyEntry": entry, "SurveyElements": elements}).encode()


def asked(*ids):
    """Give the elements of a block."""
    return [{"Type": "Question", "QuestionID": qid} for qid in ids]


def shown(*labels, start=1):
    """Give choices or answers with their places."""
    return {str(n): {"Display": label} for n, label in enumerate(labels, start=start)}


def question(qid, kind, selector, text="How is it?", **more):
    """Give one question; its tag is Q with the number of its id."""
    return {
        "QuestionID": qid,
        "DataExportTag": f"Q{qid[3:]}",
        "QuestionType": kind,
        "Selector": selector,
        "QuestionText": text,
        "Language": [],
        **more,
    }
