"""A structural checker of LimeSurvey survey files, with the limits met in the real program.

``problems(raw)`` lists what would break, be renamed or vanish on import; with ``own=True`` also
what the questionnaires of this project promise: no live brace, nothing stored about who answered.
"""

import re
import xml.etree.ElementTree as ET
from collections import Counter
from functools import cache
from pathlib import Path

DATA = Path(__file__).parents[1] / "data" / "limesurvey"
REAL = ("real_db623.lss", "two_languages_et_en_db630.lss")
TYPES = set("15ABCDEFGHIKLMNOPQRSTUXY!:;|*")
WITH_ROWS, WITH_ANSWERS = set("FM:"), set("FL")
ATTRIBUTES = {"hidden", "equation", "min_num_value_n", "max_num_value_n"}
RESERVED = {"LANG", "SID", "SAVEDID", "TOKEN", "QID", "GID", "SGQ", "self", "that", "this"}
WORDS = {"and", "or", "is_empty"}
FUNCTIONS = {"if", "count", "sum", "round"}
PRIVATE = {
    "anonymized": "Y",
    "datestamp": "N",
    "ipaddr": "N",
    "refurl": "N",
    "savetimings": "N",
    "allowsave": "N",
    "shownoanswer": "Y",
    "showsurveypolicynotice": "1",
}
STRINGS = re.compile(r"'[^']*'|\"[^\"]*\"")
NAMES = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.NAOK)?")
BRACES = re.compile(r"\{[^{}]*\}")


def tables(root):
    """Give the rows of every table as dicts."""
    return {
        section.tag: [{f.tag: f.text or "" for f in row} for row in section.find("rows")]
        for section in root
        if section.find("rows") is not None
    }


@cache
def known_fields():
    """Give the fields of each table, as the real files have them."""
    found = {}
    for name in REAL:
        for section in ET.parse(DATA / name).getroot():
            fields = {field.text for field in section.findall("fields/fieldname")}
            found.setdefault(section.tag, set()).update(fields)
    return found


@cache
def known_attributes():
    """Give the attributes of questions that the real files have, and those of ours."""
    rows = [r for n in REAL for r in tables(ET.parse(DATA / n).getroot())["question_attributes"]]
    return {row["attribute"] for row in rows} | ATTRIBUTES


class Checker:
    """One survey file and what is wrong with it."""

    def __init__(self, raw, own):
        self.root = ET.fromstring(raw)
        self.rows = tables(self.root)
        self.own = own
        self.found = []
        self.languages = [node.text for node in self.root.findall("languages/language")]
        self.questions = {row["qid"]: row for row in self.table("questions")}
        self.subquestions = self.table("subquestions")
        self.variables = self.name_variables()

    def table(self, name):
        return self.rows.get(name, [])

    def say(self, condition, text):
        if condition:
            self.found.append(text)

    def name_variables(self):
        names = {}
        for row in self.questions.values():
            codes = {a["code"] for a in self.table("answers") if a["qid"] == row["qid"]}
            allowed = codes or ({"Y", "N"} if row["type"] in "YM" else None)
            names[row["title"]] = allowed
            for sub in self.subquestions:
                if sub["parent_qid"] == row["qid"]:
                    names[f"{row['title']}_{sub['title']}"] = allowed
        return names

    def check(self):
        self.check_document()
        self.check_fields()
        self.check_numbers()
        self.check_relations()
        self.check_languages()
        self.check_codes()
        self.check_types()
        self.check_conditions()
        self.check_texts()
        if self.own:
            self.check_promises()
        return self.found

    def check_document(self):
        self.say(self.root.findtext("LimeSurveyDocType") != "Survey", "not a survey file")
        self.say(not (self.root.findtext("DBVersion") or "").isdigit(), "no DBVersion")
        self.say(len(self.table("surveys")) != 1, "not exactly one survey")
        for name, count in Counter(self.languages).items():
            self.say(count > 1, f"language {name} twice")

    def check_fields(self):
        known = known_fields()
        for section in self.root:
            declared = {field.text for field in section.findall("fields/fieldname")}
            self.say(declared - known.get(section.tag, set()), f"unknown fields in {section.tag}")
            for row in self.table(section.tag):
                self.say(set(row) - declared, f"fields not declared in {section.tag}")

    def check_numbers(self):
        numbers = {
            "gid": [row["gid"] for row in self.table("groups")],
            "qid": [row["qid"] for row in (*self.table("questions"), *self.subquestions)],
            "aid": [row["aid"] for row in self.table("answers")],
        }
        numbers |= {t: [row["id"] for row in self.table(t)] for t in self.rows if "l10ns" in t}
        for name, values in numbers.items():
            self.say(len(set(values)) < len(values), f"{name} twice")
        surveys = {row["sid"] for t in ("surveys", "groups", "questions") for row in self.table(t)}
        surveys |= {row["surveyls_survey_id"] for row in self.table("surveys_languagesettings")}
        self.say(len(surveys) != 1, "more than one survey number")

    def check_relations(self):
        groups = {row["gid"] for row in self.table("groups")}
        for row in self.questions.values():
            self.say(row["gid"] not in groups, f"{row['title']} in no group")
        for row in self.subquestions:
            parent = self.questions.get(row["parent_qid"])
            self.say(parent is None, f"subquestion {row['title']} of no question")
            self.say(
                parent is not None and parent["gid"] != row["gid"],
                f"subquestion {row['title']} in another group than its question",
            )
        for table in ("answers", "question_attributes"):
            for row in self.table(table):
                self.say(row["qid"] not in self.questions, f"{table} of no question")
        used = {row["gid"] for row in self.questions.values()}
        self.say(groups - used, "group without a question")

    def check_languages(self):
        survey = self.table("surveys")[0]
        stated = [survey["language"], *survey.get("additional_languages", "").split()]
        self.say(sorted(stated) != sorted(self.languages), "languages differ from the settings")
        keys = {
            "group_l10ns": ("gid", [row["gid"] for row in self.table("groups")]),
            "question_l10ns": (
                "qid",
                [row["qid"] for row in (*self.questions.values(), *self.subquestions)],
            ),
            "answer_l10ns": ("aid", [row["aid"] for row in self.table("answers")]),
        }
        for table, (key, numbers) in keys.items():
            have = Counter((row[key], row["language"]) for row in self.table(table))
            want = {(number, language) for number in numbers for language in self.languages}
            self.say(want - set(have), f"text missing in {table}")
            self.say(set(have) - want, f"text of nothing in {table}")
            self.say(any(count > 1 for count in have.values()), f"text twice in {table}")
        have = [row["surveyls_language"] for row in self.table("surveys_languagesettings")]
        self.say(sorted(have) != sorted(self.languages), "languages without settings")

    def check_codes(self):
        codes = [row["title"] for row in self.questions.values()]
        for code in codes:
            self.say(not re.fullmatch("[A-Za-z][A-Za-z0-9]*", code), f"question code {code}")
            self.say(len(code) > 20, f"question code {code} too long")
            self.say(code in RESERVED, f"question code {code} reserved")
        self.say_twins(codes, "question code")
        for row in self.subquestions:
            self.say(not re.fullmatch("[A-Za-z0-9]+", row["title"]), f"row code {row['title']}")
            self.say(len(row["title"]) > 20, f"row code {row['title']} too long")
            self.say(row["title"].casefold() in {"time", "other"}, f"row code {row['title']}")
        rows = [f"{r['parent_qid']} {r['scale_id']} {r['title']}" for r in self.subquestions]
        self.say_twins(rows, "row code")
        for row in self.table("answers"):
            self.say(not re.fullmatch("[A-Za-z0-9]{1,5}", row["code"]), f"answer {row['code']}")
        answers = [f"{r['qid']} {r['scale_id']} {r['code']}" for r in self.table("answers")]
        self.say_twins(answers, "answer code")

    def say_twins(self, codes, what):
        for code, count in Counter(code.casefold() for code in codes).items():
            self.say(count > 1, f"{what} {code} twice, as far as case goes")

    def check_types(self):
        attributes = known_attributes()
        for qid, row in self.questions.items():
            kind, code = row["type"], row["title"]
            rows = [sub for sub in self.subquestions if sub["parent_qid"] == qid]
            answers = [answer for answer in self.table("answers") if answer["qid"] == qid]
            self.say(kind not in TYPES, f"{code} of unknown type {kind}")
            self.say((kind in WITH_ROWS) != bool(rows), f"{code} ({kind}): {len(rows)} rows")
            self.say((kind in WITH_ANSWERS) != bool(answers), f"{code}: {len(answers)} answers")
            self.say(row["mandatory"] not in {"Y", "S", "N"}, f"{code}: mandatory")
        set_ = [
            (r["qid"], r["attribute"], r["language"]) for r in self.table("question_attributes")
        ]
        self.say(len(set(set_)) < len(set_), "attribute twice")
        for _, name, language in set_:
            self.say(name not in attributes, f"unknown attribute {name}")
            self.say(language not in {"", *self.languages}, f"attribute in {language}")

    def check_conditions(self):
        for row in self.table("groups"):
            self.check_condition(row["grelevance"], f"group {row['gid']}")
        for row in self.questions.values():
            self.check_condition(row["relevance"], row["title"])

    def check_condition(self, text, place):
        self.say(text.count("(") != text.count(")"), f"brackets of the condition of {place}")
        plain = STRINGS.sub("", text)
        self.say(set(plain) & set("\"'{}"), f"quotation marks or braces in {place}")
        for name in NAMES.findall(plain):
            known = name.removesuffix(".NAOK") in self.variables and name.endswith(".NAOK")
            self.say(not known and name not in WORDS, f"condition of {place} on {name}")
        for name, value in re.findall(r"(\w+)\.NAOK\s*[!=]=\s*[\"']([^\"']*)[\"']", text):
            allowed = self.variables.get(name)
            self.say(
                allowed is not None and value not in allowed,
                f"condition of {place}: {name} is never {value}",
            )

    def check_texts(self):
        for row in self.table("surveys_languagesettings"):
            self.say(len(row["surveyls_title"]) > 200, "title too long")
            for name, text in row.items():
                if "email" not in name:
                    self.check_text(text, name)
        for table, field in (("group_l10ns", "group_name"), ("answer_l10ns", "answer")):
            for row in self.table(table):
                self.check_text(row[field], f"{table} {row['id']}")
        for row in self.table("group_l10ns"):
            self.check_text(row["description"], f"group_l10ns {row['id']}")
        arrays = {q["qid"] for q in self.questions.values() if q["type"] == "F"}
        of_arrays = {sub["qid"] for sub in self.subquestions if sub["parent_qid"] in arrays}
        for row in self.table("question_l10ns"):
            self.check_text(row["question"], f"question_l10ns {row['id']}")
            self.check_text(row["help"], f"help of question_l10ns {row['id']}")
            bars = row["question"].count("|") if row["qid"] in of_arrays else 0
            self.say(bars > 1, f"row of an array split at {bars} bars")

    def check_text(self, text, place):
        """A brace is run; what it holds must be there, in files of ours nothing."""
        for expression in BRACES.findall(text):
            names = {n.removesuffix(".NAOK") for n in NAMES.findall(STRINGS.sub("", expression))}
            self.say(self.own, f"live brace in {place}")
            self.say(
                names - set(self.variables) - FUNCTIONS, f"{expression[:20]} vanishes from {place}"
            )
        self.say(self.own and set(BRACES.sub("", text)) & set("{}"), f"brace in {place}")
        self.say(re.search(r"<(?!/?(p|br|ul|li)\b)", text), f"unescaped < in {place}")

    def check_promises(self):
        survey = self.table("surveys")[0]
        for name, value in PRIVATE.items():
            self.say(survey.get(name) != value, f"setting {name} is not {value}")
        hidden = {r["qid"] for r in self.table("question_attributes") if r["attribute"] == "hidden"}
        for qid, row in self.questions.items():
            self.say((row["type"] == "*") != (qid in hidden), f"{row['title']} hidden or not")
        groups = sorted(self.table("groups"), key=lambda row: int(row["group_order"]))
        first = [q for q in self.questions.values() if q["gid"] == groups[0]["gid"]]
        consent = next((q for q in first if q["type"] == "Y" and q["mandatory"] == "Y"), None)
        self.say(consent is None, "no mandatory consent in the first group")
        if consent is not None:
            needed = f'{consent["title"]}.NAOK=="Y"'
            for row in groups[1:]:
                self.say(not row["grelevance"].startswith(needed), f"group {row['gid']} unguarded")


def problems(raw, *, own=False):
    """List what is wrong with a survey file."""
    return Checker(raw, own).check()
