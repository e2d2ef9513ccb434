"""A survey with every question type of LimeSurvey, and the files that the program makes of it.

Follows the program's own export code: headings by code, by the names of the expression manager, by
text; answers as codes or labels; the file for verified voting; the archive; JSON in both forms.
"""

import datetime as dt
import html
import io
import json
import re
import zipfile

SID, LANGUAGES = "123456", ("en", "de")
FIXED = {
    "Y": {"Y": ("Yes", "Ja"), "N": ("No", "Nein")},
    "G": {"F": ("Female", "weiblich"), "M": ("Male", "männlich")},
    "C": {"Y": ("Yes", "Ja"), "N": ("No", "Nein"), "U": ("Uncertain", "Unsicher")},
    "E": {
        "I": ("Increase", "Zunahme"), "S": ("Same", "Gleich"), "D": ("Decrease", "Abnahme"),
    },
}  # fmt: skip
STEPS = {"A1": ("Never", "Nie"), "A2": ("Sometimes", "Manchmal"), "A3": ("Often", "Oft")}
NUMBERS = {
    "1": ("Low", "Niedrig"),
    "2": ("High <b>est</b>", "Hoch"),
    "9": ("Don't know", "Weiß nicht"),
}
NAMES = {"red": ("Red &amp; dark", "Rot"), "blue": ("Blue", "Blau")}
BACKWARDS = {"A1": ("3", "3"), "A2": ("2", "2"), "A3": ("1", "1")}
ROWS = ("a", "b")

# Code, type, has other, answers by scale, rows, columns, attributes.
QUESTIONS = (
    ("L1", "L", True, (NAMES,), (), (), {}),
    ("L11", "!", False, (NUMBERS,), (), (), {}),
    ("LN", "L", False, (BACKWARDS,), (), (), {}),
    ("O1", "O", False, (STEPS,), (), (), {}),
    ("P5", "5", False, (), (), (), {}),
    ("YN", "Y", False, (), (), (), {}),
    ("SEX", "G", False, (), (), (), {}),
    ("FA", "A", False, (), ROWS, (), {}),
    ("FB", "B", False, (), ROWS, (), {}),
    ("FC", "C", False, (), ROWS, (), {}),
    ("FE", "E", False, (), ROWS, (), {}),
    ("FF", "F", False, (STEPS,), ("1", "2"), (), {}),
    ("FH", "H", False, (NUMBERS,), ROWS, (), {}),
    ("DU", "1", False, (STEPS, NUMBERS), ROWS, (), {"dualscale_headerA": ("How often", "Wie oft")}),
    ("CN", ":", False, (), ROWS, ("x", "y"), {"multiflexible_min": "0", "multiflexible_max": "4"}),
    ("CB", ":", False, (), ROWS, ("x", "y"), {"multiflexible_checkbox": "1"}),
    ("CT", ";", False, (), ROWS, ("x", "y"), {}),
    ("M1", "M", True, (), ("a", "b", "c"), (), {}),
    ("PC", "P", True, (), ("a", "b"), (), {}),
    ("K1", "K", False, (), ROWS, (), {}),
    ("N1", "N", False, (), (), (), {"min_num_value_n": "0"}),
    ("Q1", "Q", False, (), ROWS, (), {}),
    ("S1", "S", False, (), (), (), {}),
    ("D1", "D", False, (), (), (), {}),
    ("R1", "R", False, (NAMES,), (), (), {}),
    ("X1", "X", False, (), (), (), {}),
    ("EQ", "*", False, (), (), (), {}),
    ("I1", "I", False, (), (), (), {}),
    ("UP", "|", False, (), (), (), {}),
)  # fmt: skip


def wording(code, place):
    """Word a question; some have HTML and a line break in them."""
    words = (f"What about {code} in your unit", f"Wie ist {code} bei Ihnen")[place]
    return f"<p>{words},<br />\n all in all?</p>" if code[0] in "LF" else f"{words}?"


def line_text(line, place):
    """Word a row or a column."""
    return (f"Row {line} & more", f"Zeile {line} & mehr")[place]


class Column:
    """A column of the data base: how it is named in files, and what it may hold."""

    def __init__(self, number, question, aid="", texts=(), scale=None, kind="choice", answers=None):
        self.number, self.question = number, question
        self.code, self.type = question[0], question[1]
        self.aid, self.texts, self.scale, self.kind = aid, texts, scale, kind
        self.answers = answers

    @property
    def field(self):
        end = f"#{self.scale}" if self.scale is not None else ""
        start = "_" if self.aid == "filecount" else ""
        return f"{SID}X7X{self.number}{start}{self.aid}{end}"

    def heading(self, style, place=0, cut=15):
        if style == "sgqa":
            return self.field
        if style == "em":
            parts = [self.code, *([self.aid] if self.aid else [])]
            return "_".join(parts + ([str(self.scale)] if self.scale is not None else []))
        code = self.code + (f"[{self.aid}]" if self.aid else "")
        code += f"[{self.scale + 1}]" if self.scale is not None else ""
        if style == "code":
            return code
        said = [wording(self.code, place), *(text[place] for text in self.texts)]
        flat = [flatten(text) for text in said]
        if style == "abbreviated":
            flat = [t if len(t) <= cut + 3 else f"{t[:cut]}.. " for t in flat]
        text = flat[0] + (" " + "".join(f"[{t}]" for t in flat[1:]) if flat[1:] else "")
        return f"{code}. {text}" if style == "codetext" else text

    @property
    def item(self):
        parts = [self.code, *([self.aid] if self.aid else [])]
        return "_".join(parts + ([str(self.scale + 1)] if self.scale is not None else []))

    def long(self, value, place):
        """Give the full answer to a stored value, as the program does."""
        if self.kind == "tick" and self.type in "MP":
            said = {"Y": ("Yes", "Ja"), "": ("No", "Nein"), None: ("N/A", "k. A.")}[value]
            return said[place]
        if self.kind == "choice" and self.type in "YG" and not value:
            return ("N/A", "k. A.")[place]
        if not value or self.answers is None:
            return value or ""
        if value == "-oth-":
            return ("Other", "Sonstiges")[place]
        return self.answers[value][place]


def flatten(text):
    """Take the tags out of a text, but no signs."""
    return html.escape(re.sub(r"<[^>]*>", "", html.unescape(text)).replace("\n", ""), quote=False)


def columns():
    """Give the columns of the survey."""
    return [
        column for n, question in enumerate(QUESTIONS, 10) for column in columns_of(n, question)
    ]


OTHER, COMMENT = ("Other", "Sonstiges"), ("Comment", "Kommentar")
SCALES = (("How often", "Wie oft"), ("Scale 2", "Skala 2"))


def columns_of(number, question):
    """Give the columns of a question."""
    kind, answers = question[1], question[3]
    make = {"X": no_columns, "|": upload, "R": ranks, "1": dual, ":": cells, ";": cells}
    if kind in "L!O5YGINSD*":
        make |= dict.fromkeys("L!O5YGINSD*", single)
    listed = FIXED.get(kind) or (answers[0] if answers else None)
    return make.get(kind, in_rows)(number, question, listed)


def said(line):
    """Give the texts of a row or a column."""
    return tuple(line_text(line, place) for place in (0, 1))


def no_columns(*_):
    """Give none, for a text without an answer."""
    return []


def single(number, question, listed):
    kind = question[1]
    what = {"N": "number", "S": "text", "D": "text", "*": "text"}.get(kind, "choice")
    yield Column(number, question, kind=what, answers=listed)
    yield from others(number, question)
    if kind == "O":
        yield Column(number, question, "comment", (COMMENT,), kind="text")


def others(number, question):
    if question[2]:
        yield Column(number, question, "other", (OTHER,), kind="text")


def upload(number, question, _):
    yield Column(number, question, kind="text")
    yield Column(number, question, "filecount", (("filecount", "filecount"),), kind="number")


def ranks(number, question, listed):
    for n in range(1, len(listed) + 1):
        yield Column(number, question, str(n), ((f"Rank {n}", f"Rang {n}"),), answers=listed)


def dual(number, question, _):
    for row in question[4]:
        for scale, head in enumerate(SCALES):
            listed = question[3][scale]
            yield Column(number, question, row, (said(row), head), scale=scale, answers=listed)


def cells(number, question, _):
    what = "text" if question[1] == ";" else "tick" if question[0] == "CB" else "number"
    for row in question[4]:
        for cell in question[5]:
            yield Column(number, question, f"{row}_{cell}", (said(row), said(cell)), kind=what)


def in_rows(number, question, listed):
    kind = question[1]
    what = {"M": "tick", "P": "tick", "K": "number", "Q": "text"}.get(kind, "choice")
    for row in question[4]:
        yield Column(number, question, row, (said(row),), kind=what, answers=listed)
        if kind == "P":
            yield Column(number, question, f"{row}comment", (COMMENT,), kind="text")
    yield from others(number, question)
    if kind == "P" and question[2]:
        yield Column(number, question, "othercomment", (COMMENT,), kind="text")


def people(rng, n=12):
    """Make up what the data base holds: a value per column, None where nothing was shown."""
    return [dict(person(rng, number)) for number in range(1, n + 1)]


def person(rng, number):
    """Answer the questions; the first person sees none of them."""
    hidden = number == 1
    yield "id", str(number)
    yield "submitdate", None if hidden else f"2026-03-0{1 + number % 9} 10:00:00"
    yield "lastpage", "1"
    yield "startlanguage", LANGUAGES[number % 2]
    yield "seed", "366371336"
    others = {}
    for column in columns():
        value = None if hidden else answer(rng, column)
        if column.aid == "other" and column.type == "L":
            value = "other words" if others.get(column.code) else "" if not hidden else None
        if column.type == "L" and not column.aid:
            others[column.code] = value == "-oth-"
        yield column.field, value


def answer(rng, column):
    """Make up one answer, as it is stored."""
    if column.kind == "tick":
        if column.type == ":":
            return rng.choice(["1", ""])
        return rng.choice(["Y", ""])
    if column.kind == "number":
        if column.aid == "filecount":
            return str(rng.integers(0, 3))
        if column.type == ":":
            return rng.choice(["0", "4", ""])
        return rng.choice(["2.0000000000", "2.5000000000", "10.0000000000"])
    if column.type == "D":
        return "2026-02-01 00:00:00"
    if column.kind == "text":
        return rng.choice(["", "=1+1", 'two "words"; {more}', "line\nbreak", "Yes"])
    if column.answers is not None:
        codes = [*column.answers, ""]
        return rng.choice([*codes, "-oth-"] if column.question[2] else codes)
    if column.type == "I":
        return rng.choice(LANGUAGES)
    return str(rng.integers(1, 10 if column.type == "B" else 6))


SYSTEM = {
    "en": ("Response ID", "Date submitted", "Last page", "Start language", "Seed"),
    "de": ("Antwort ID", "Datum Abgeschickt", "Letzte Seite", "Start-Sprache", "Zufallsstartwert"),
}
OWN = ("id", "submitdate", "lastpage", "startlanguage", "seed")


def table(answers, style, *, long=False, place=0, convert=False, cut=15):
    """Give the heading and the rows of an export; None is NULL."""
    own = SYSTEM[LANGUAGES[place]]
    if style in {"code", "em", "sgqa"}:
        own = OWN
    elif style == "codetext":
        own = [f"{code}. {text}" for code, text in zip(OWN, own, strict=True)]
    header = [*own, *(column.heading(style, place, cut) for column in columns())]
    rows = []
    for person_ in answers:
        cells = [person_[name] for name in OWN]
        for column in columns():
            value = person_[column.field]
            if value and column.kind == "number" and "." in value:
                value = value.rstrip("0").rstrip(".")
            if long:
                value = column.long(value, place)
            elif convert and column.type in "MPY" and column.kind != "text" and value is not None:
                value = "1" if value == "Y" else "2"
            cells.append(value)
        rows.append(cells)
    return [header, *rows]


def for_spss(answers):
    """Give the table of the export for SPSS and R: numbers, and no sign for another answer."""
    numbers = {"Y": "YN", "G": "FM", "C": "YNU", "E": "ISD"}
    header, *rows = table(answers, "em")
    for person_, row in zip(answers, rows, strict=True):
        for place, column in enumerate(columns(), len(OWN)):
            value = person_[column.field]
            if column.kind == "tick" and column.type in "MP":
                row[place] = None if value is None else str(int(value == "Y"))
            elif column.kind == "choice" and value and column.type in numbers:
                row[place] = str(numbers[column.type].index(value) + 1)
            elif value == "-oth-":
                row[place] = ""
    return [header, *rows]


STATA = {
    "G": {"F": "0", "M": "1"},
    "Y": {"Y": "1", "N": "0"},
    "C": {"Y": "1", "N": "0", "U": "9"},
    "E": {"I": "1", "S": "0", "D": "-1"},
}


def stata_cell(column, value):
    """Give a cell as the export for Stata does: numbers for letters, texts for other codes."""
    if not value or column.kind not in {"choice", "number"}:
        return value or ""
    if column.type in STATA:
        return STATA[column.type][value]
    if column.kind == "number":
        return value.rstrip("0").rstrip(".") if "." in value else value
    has_letters = any(not code.isdigit() for scale in column.question[3] for code in scale)
    is_listed = column.answers is not None and value in column.answers
    return column.answers[value][0] if has_letters and is_listed and column.type != "L" else value


def as_stata(answers):
    """Write the export for Stata as XML."""
    start = 315_619_200_000  # milliseconds from 1960 to 1970
    names = [*OWN, *(re.sub(r"\[", "_", c.heading("code")).replace("]", "") for c in columns())]
    sets = {"vY": {"1": "Yes", "2": "No"}}
    for kind in "GCE":
        said = {code: label[0] for code, label in FIXED[kind].items()}
        sets[f"v{kind}"] = {STATA[kind][code]: label for code, label in said.items()}
    of_column = dict(zip(names, [""] * 5 + [f"v{c.type}" for c in columns()], strict=True))
    parts = ['<?xml version="1.0" encoding="UTF-8"?>\n<dta>\n <descriptors><varlist>']
    parts += [f'<variable varname="{name}"/>' for name in names]
    parts.append('</varlist><fmtlist><fmt varname="submitdate">%tc</fmt></fmtlist><lbllist>')
    parts += [f'<lblname varname="{n}">{s}</lblname>' for n, s in of_column.items() if s in sets]
    parts.append("</lbllist></descriptors><data>")
    for person_ in answers:
        moment = person_["submitdate"]
        if moment:
            seconds = dt.datetime.fromisoformat(f"{moment}+00:00").timestamp()
            moment = str(int(seconds) * 1000 + start)
        own = [person_["id"], moment or "", *(person_[name] for name in OWN[2:])]
        row = [*own, *(stata_cell(c, person_[c.field]) for c in columns())]
        named = zip(names, row, strict=True)
        cells_ = "".join(f'<v varname="{n}">{html.escape(cell)}</v>' for n, cell in named)
        parts.append(f"<o>{cells_}</o>")
    parts.append("</data><value_labels>")
    for name, labels in sets.items():
        listed = "".join(f'<label value="{v}">{said}</label>' for v, said in labels.items())
        parts.append(f'<vallab name="{name}">{listed}</vallab>')
    return ("".join(parts) + "</value_labels></dta>").encode()


def as_spss(answers):
    """Write the syntax for SPSS, and the data file without a heading that it names."""
    header, *rows = for_spss(answers)
    names = [f"V{n}" for n in range(1, len(header) + 1)]
    lines = ["GET DATA", " /TYPE=TXT", f" /FILE='survey_{SID}_SPSS_data_file.dat'"]
    lines += [' /DELIMITERS=","', ' /QUALIFIER="\'"', " /VARIABLES="]
    lines[-1] += "".join(f"\n {name} A20" for name in names) + "."
    lines += ["CACHE.", "EXECUTE.", "*Define Variable Properties."]
    lines += [
        f'VARIABLE LABELS {n} "{h[:4]}""+\n"{h[4:]} ""x""".'
        for n, h in zip(names, header, strict=True)
    ]
    lines.append("*Define Value labels.")
    for name, column in zip(names[len(OWN) :], columns(), strict=True):
        if column.type in "YGCE":
            said = [label[0] for label in FIXED[column.type].values()]
            pairs = [f' {n} "{label}"' for n, label in enumerate(said, 1)]
            lines += [f"VALUE LABELS  {name}", "\n".join(pairs) + "."]
    lines += [f"RENAME VARIABLES ( {n} = {h} )." for n, h in zip(names, header, strict=True)]
    data = "\n".join(",".join("" if c in {None, ""} else quoted(c) for c in row) for row in rows)
    return "\n".join(lines).encode("utf-8-sig"), data.encode("utf-8-sig")


def quoted(cell):
    """Quote a cell as the export for SPSS does; a date has the day first there."""
    if re.fullmatch(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d", cell):
        year, month, rest = cell.split("-")
        cell = f"{rest[:2]}-{month}-{year}{rest[2:]}"
    return "'" + cell.replace("'", "''").replace("\n", " ") + "'"


def as_csv(rows, separator=","):
    """Write separated text."""
    lines = [
        separator.join("" if c is None else '"' + c.replace('"', '""') + '"' for c in row)
        for row in rows
    ]
    return ("\ufeff" + "\r\n".join([*lines, "", ""])).encode()


def as_json(rows, *, keyed=False):
    """Write the JSON export, in older versions each person under the id."""
    people_ = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    listed = [{person_["id"]: person_} for person_ in people_] if keyed else people_
    return json.dumps({"responses": listed}).encode()


def as_vv(answers, *, version=2):
    """Write the file for verified voting: questions, names, and signs for what tabs would break."""
    titles = [
        *OWN,
        *(c.heading("full") if version == 2 else flatten(wording(c.code, 0)) for c in columns()),
    ]
    names = [*OWN, *(c.heading("em" if version == 2 else "sgqa") for c in columns())]
    keys = [*OWN, *(c.field for c in columns())]
    rows = [titles, names]
    for person_ in answers:
        cells = []
        for key in keys:
            value = person_[key]
            text = "{question_not_shown}" if value is None else value
            if value is not None:
                for sign, said in (("{", "{lbrace}"), ("\n", "{newline}"), ("\t", "{tab}")):
                    text = text.replace(sign, said)
                text = "{quote}" + text[1:] if text.startswith('"') else text
            cells.append(text)
        rows.append(cells)
    lines = [
        "\t".join(c.replace('"', '""').join('""') if set(c) & set(' "\t') else c for c in r)
        for r in rows
    ]
    return ("\n".join(lines) + "\n").encode()


def cdata(tables):
    """Write tables as the program does: no element for NULL, names made fit for XML."""
    parts = []
    for name, rows in tables.items():
        fields = list(dict.fromkeys(key for row in rows for key in row))
        parts.append(f"<{name}><fields>")
        parts += [f"<fieldname>{field}</fieldname>" for field in fields]
        parts.append("</fields><rows>")
        for row in rows:
            parts.append("<row>")
            for key, value in row.items():
                tag = ("_" * key[0].isdigit() + key).replace("#", "-")
                if value is not None:
                    parts.append(f"<{tag}><![CDATA[{value}]]></{tag}>" if value else f"<{tag}/>")
            parts.append("</row>")
        parts.append(f"</rows></{name}>")
    return "".join(parts)


def document(kind, tables, version):
    """Write a file of the program."""
    listed = "".join(f"<language>{code}</language>" for code in LANGUAGES)
    start = f"<LimeSurveyDocType>{kind}</LimeSurveyDocType><DBVersion>{version}</DBVersion>"
    body = f"<document>{start}<languages>{listed}</languages>{cdata(tables)}</document>"
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{body}'.encode()


def field_of(code, aid):
    """Give the name of a column in the data base."""
    return next(c.field for c in columns() if (c.code, c.aid) == (code, str(aid)))


def new_names():
    """Give the name in the data base since version 7 for each one before, by numbers of rows."""
    numbers, found = iter(range(1000, 9999)), {}
    for number, question in enumerate(QUESTIONS, 10):
        lines = {line: next(numbers) for line in (*question[4], *question[5])}
        for answers in question[3]:
            for _ in answers:
                next(numbers)
        for column in columns_of(number, question):
            end = f"#{column.scale}" if column.scale is not None else ""
            found[column.field] = f"Q{number}{new_end(column.aid, lines)}{end}"
    return found


def new_end(aid, lines):
    """Name a row, a cell or a comment."""
    parts = aid.split("_")
    if aid and all(part in lines for part in parts):
        return "".join(f"_S{lines[part]}" for part in parts)
    row = aid.removesuffix("comment")
    return f"_S{lines[row]}_Ccomment" if row in lines else f"_C{aid}" if aid else ""


def as_archive(answers):
    """Write the archive: the survey, and the answers under the names of the data base."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"survey_{SID}.lss", survey_file())
        archive.writestr(
            f"survey_{SID}_responses.lsr", document("Responses", {"responses": answers}, 623)
        )
        archive.writestr(
            f"survey_{SID}_tokens.lst", document("Tokens", {"tokens": [{"tid": "1"}]}, 623)
        )
    return stream.getvalue()


class SurveyFile:
    """Collects the tables of a survey file in the dialect before or after version 4."""

    def __init__(self, *, old):
        self.old = old
        names = ("answers", "answer_l10ns", "groups", "group_l10ns", "questions", "question_l10ns")
        self.tables = {name: [] for name in (*names, "subquestions", "question_attributes")}
        self.numbers = iter(range(1000, 9999))

    def add(self, name, row, texts, column):
        """Add a row, with its texts in the row or in a table of their own."""
        if self.old:
            for code, text in zip(LANGUAGES, texts, strict=True):
                self.tables[name].append(row | {column: text, "language": code})
            return
        self.tables[name].append(row)
        l10n = "question" if name == "subquestions" else name[:-1]
        key = {"answers": "aid", "groups": "gid"}.get(name, "qid")
        for code, text in zip(LANGUAGES, texts, strict=True):
            self.tables[f"{l10n}_l10ns"].append({key: row[key], column: text, "language": code})

    def add_question(self, number, question):
        """Add a question with its rows, answers and attributes."""
        code, kind, has_other, answers, rows, columns_, attributes = question
        qid = str(number)
        row = {"qid": qid, "parent_qid": "0", "sid": SID, "gid": "7", "type": kind, "title": code}
        row |= {"other": "Y" if has_other else "N", "question_order": qid, "relevance": "1"}
        self.add("questions", row, [wording(code, place) for place in (0, 1)], "question")
        for scale, lines in enumerate((rows, columns_)):
            for place, line in enumerate(lines):
                own = {
                    "qid": str(next(self.numbers)),
                    "parent_qid": qid,
                    "title": line,
                    "type": "T",
                }
                own |= {"question_order": str(place), "scale_id": str(scale)}
                self.add("subquestions", own, said(line), "question")
        for scale, listed in enumerate(answers):
            for place, (answer_code, texts) in enumerate(listed.items()):
                own = {"aid": str(next(self.numbers)), "qid": qid, "code": answer_code}
                own |= {"sortorder": str(place), "scale_id": str(scale)}
                self.add("answers", own, texts, "answer")
        for name, value in attributes.items():
            both = zip(LANGUAGES, value, strict=True) if isinstance(value, tuple) else [("", value)]
            for language, text in both:
                own = {"qid": qid, "attribute": name, "value": text, "language": language}
                self.tables["question_attributes"].append(own)


def survey_file(*, old=False):
    """Write the survey."""
    made = SurveyFile(old=old)
    made.add("groups", {"gid": "7", "group_order": "1"}, ("All", "Alles"), "group_name")
    for number, question in enumerate(QUESTIONS, 10):
        made.add_question(number, question)
    made.tables["surveys"] = [{"sid": SID, "language": "en", "additional_languages": "de"}]
    made.tables["surveys_languagesettings"] = [
        {"surveyls_language": code, "surveyls_title": title}
        for code, title in zip(LANGUAGES, ("Every type", "Jede Art"), strict=True)
    ]
    return document("Survey", {k: v for k, v in made.tables.items() if v}, 261 if old else 623)
