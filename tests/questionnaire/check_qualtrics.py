"""What a QSF file has to fulfil, as far as real files show it."""

import re
from collections import Counter

ELEMENTS = {"BL", "FL", "SO", "SCO", "STAT", "QC", "RS", "SQ"}
KEYS = {
    "SurveyID",
    "Element",
    "PrimaryAttribute",
    "SecondaryAttribute",
    "TertiaryAttribute",
    "Payload",
}
ENTRY = {"SurveyID", "SurveyName", "SurveyOwnerID", "SurveyLanguage", "SurveyStatus", "CreatorID"}
TAG = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
LOCATOR = re.compile(r"q://(QID\d+)/SelectableChoice/(\d+)")


def faults(survey, *, languages=()):
    """List everything that is wrong with a survey; ``languages`` have to be complete."""
    elements = survey["SurveyElements"]
    found = [f"no {kind}" for kind in ELEMENTS - {e["Element"] for e in elements}]
    found += [f"entry lacks {key}" for key in ENTRY - set(survey["SurveyEntry"])]
    survey_id = survey["SurveyEntry"]["SurveyID"]
    for element in elements:
        if set(element) != KEYS or element["SurveyID"] != survey_id:
            found.append(f"element {element['PrimaryAttribute']} is not wrapped as usual")
    questions = {e["PrimaryAttribute"]: e["Payload"] for e in elements if e["Element"] == "SQ"}
    order = asked_in_order(survey)
    found += _block_faults(questions, _part(survey, "BL"), _part(survey, "FL"))
    for qid, question in questions.items():
        found += [f"{qid}: {fault}" for fault in _question_faults(question, qid)]
        found += [f"{qid}: {fault}" for fault in _language_faults(question, languages)]
        found += [f"{qid}: {fault}" for fault in _logic_faults(question, questions, order)]
    tags = Counter(q["DataExportTag"] for q in questions.values())
    return found + [f"tag {tag} is there {n} times" for tag, n in tags.items() if n > 1]


def asked_in_order(survey):
    """Give the question ids in the order of the flow."""
    blocks = {block["ID"]: block for block in _part(survey, "BL")}
    return [
        element["QuestionID"]
        for place in _in_flow(_part(survey, "FL")["Flow"])
        for element in blocks.get(place, {}).get("BlockElements", [])
        if element["Type"] == "Question"
    ]


def _part(survey, kind):
    return next(e["Payload"] for e in survey["SurveyElements"] if e["Element"] == kind)


def _in_flow(flow):
    for element in flow:
        if element["Type"] in {"Block", "Standard"}:
            yield element["ID"]
        yield from _in_flow(element.get("Flow", []))


def _flow_ids(flow):
    for element in flow:
        yield element["FlowID"]
        yield from _flow_ids(element.get("Flow", []))


def _block_faults(questions, blocks, flow):
    placed = Counter(
        element["QuestionID"]
        for block in blocks
        for element in block.get("BlockElements", [])
        if element["Type"] == "Question"
    )
    found = [f"{qid} stands {placed[qid]} times in blocks" for qid in questions if placed[qid] != 1]
    found += [f"a block asks {qid}, which is not there" for qid in set(placed) - set(questions)]
    used = Counter(_in_flow(flow["Flow"]))
    for block in blocks:
        wanted = 0 if block["Type"] == "Trash" else 1
        if used[block["ID"]] != wanted:
            found.append(f"block {block['ID']} stands {used[block['ID']]} times in the flow")
    ids = [flow["FlowID"], *_flow_ids(flow["Flow"])]
    if len(set(ids)) != len(ids) or len(ids) > flow["Properties"]["Count"]:
        found.append("the ids of the flow are not unique or not counted")
    return found


def _question_faults(question, qid):
    if question["QuestionID"] != qid:
        yield "QuestionID differs from the attribute"
    if not TAG.fullmatch(question["DataExportTag"]):
        yield f"tag {question['DataExportTag']!r}"
    if question["QuestionType"] not in {"MC", "Matrix", "TE", "DB"}:
        return
    for choices, order in (("Choices", "ChoiceOrder"), ("Answers", "AnswerOrder")):
        if sorted(question.get(choices, {})) != sorted(map(str, question.get(order, []))):
            yield f"{order} does not fit {choices}"
    coded = question.get("Answers") or question.get("Choices") or {}
    recodes = question.get("RecodeValues")
    if recodes is not None:
        if not set(coded) <= set(recodes):
            yield "RecodeValues are not complete"
        if len({str(value) for value in recodes.values()}) < len(recodes):
            yield "RecodeValues are not unique"
    tags = question.get("ChoiceDataExportTags") or {}
    if tags and (set(tags) != set(question["Choices"]) or len(set(tags.values())) < len(tags)):
        yield "ChoiceDataExportTags do not fit the rows"


def _language_faults(question, languages):
    for language in languages:
        words = (question["Language"] or {}).get(language)
        if words is None or not words.get("QuestionText"):
            yield f"not in {language}"
            continue
        for part in ("Choices", "Answers"):
            given, wanted = words.get(part, {}), question.get(part, {})
            if set(given) != set(wanted) or not all(c["Display"] for c in given.values()):
                yield f"{part} not complete in {language}"


def _logic_faults(question, questions, order):
    logic = question.get("DisplayLogic")
    if logic is None:
        return
    if logic["Type"] != "BooleanExpression" or logic["0"]["Type"] != "If":
        yield "display logic does not begin with If"
    for number, conditions in parts(logic):
        if number != "0" and conditions["Type"] not in {"AndIf", "OrIf"}:
            yield "sets of display logic are not joined"
        for place, condition in parts(conditions):
            if (place == "0") == ("Conjuction" in condition):
                yield "conditions of display logic are not joined"
            qid, choice = LOCATOR.fullmatch(condition["LeftOperand"]).groups()
            if choice not in questions.get(qid, {}).get("Choices", {}):
                yield f"display logic looks at {qid}/{choice}, which is not there"
            elif qid not in order[: order.index(question["QuestionID"])]:
                yield f"display logic looks at {qid}, which comes later"


def parts(logic):
    """Give the numbered parts of display logic."""
    return [(key, value) for key, value in logic.items() if isinstance(value, dict)]
