"""Write answers as LimeSurvey exports them, after its own files in tests/data/limesurvey."""

import html
import io

import openpyxl

SYSTEM = {
    "code": ("id", "submitdate", "lastpage", "startlanguage", "seed"),
    "en": ("Response ID", "Date submitted", "Last page", "Start language", "Seed"),
    "da": ("Svar-ID", "Indsendelsesdato", "Sidste side", "Startsprog", "Frø"),
}
YES_NO = {"en": ("Yes", "No"), "da": ("Ja", "Nej")}
CONSENT = "ISVCONSENT"


def flat(text):
    """Take the HTML out of a text as LimeSurvey does for headings: line breaks vanish with it."""
    return html.escape(text.replace("\n", "").replace("\t", " "), quote=False)


def head(style, code, question, row=None, *, em=False):
    """Write the heading of a column; ``code`` is the pair of question and row."""
    codes = code[0] if code[1] is None else "{}_{}".format(*code) if em else "{}[{}]".format(*code)
    if style == "code":
        return codes
    cut = abbreviated if style == "abbreviated" else flat
    text = cut(question) + ("" if row is None else f" [{cut(row)}]")
    return f"{codes}. {text}" if style == "codetext" else text


def abbreviated(text):
    """Cut a text after 15 characters, unless it is only a little longer."""
    plain = flat(text)
    return plain if len(plain) <= 18 else f"{plain[:15]}.. "


def columns_of(layout, language):
    """List the columns of a layout: name, type, codes, texts, format."""
    yield "consent", "Y", (CONSENT, None), (layout.consent.say(language), None), None
    for name, value in layout.carried:
        yield name, "*", (name.replace("_", ""), None), (name, None), value
    for page in layout.pages:
        for question in page.questions:
            kind = question.kind
            text = (question.text or page.stem).say(language)
            for cell in question.cells:
                has_rows = kind in {"array", "ticks"}
                code = (question.code, cell.code if has_rows else None)
                row = row_text(question, cell, language) if has_rows else None
                yield cell.name, kind, code, (text, row), question


def row_text(question, cell, language):
    """Give the text of a row; poles are divided by a bar."""
    if not question.is_pairs:
        return cell.text.say(language)
    begun = f"{cell.text.say(language)} {cell.left.say(language)}".strip()
    return f"{begun}|{cell.right.say(language)}"


def answer(kind, question, value, language, *, long, for_r):
    """Write the answer to a question; None is NULL, as where a question is hidden."""
    yes, no = YES_NO[language]
    if kind == "*":
        return question
    if kind == "Y":
        return ("1" if for_r else yes if long else "Y") if value else no
    if kind == "ticks":
        if value is None:
            return "N/A" if long else None
        if for_r:
            return str(value)
        return (yes if value else no) if long else "Y" if value else ""
    if value is None:
        return "" if kind in {"array", "choice"} else None
    if kind in {"array", "choice"}:
        if not long:
            return str(value).replace("-", "N")
        return stored_label(question, value, language)
    return f"{value} 00:00:00" if kind == "date" else str(value)


def stored_label(question, value, language):
    """Give the label of an answer as it was imported: HTML, with braces and bars as entities."""
    label = next(o.label for o in question.options if o.value == value).say(language)
    written = html.escape(label).replace("\n", "<br />")
    for sign in "{}|\\":
        written = written.replace(sign, f"&#{ord(sign)};")
    return written


def export(layout, people, *, language="en", heads="code", em=False, long=False, for_r=False):
    """Give the cells of an export: the heading, then a row per person."""
    columns = list(columns_of(layout, language))
    codes, texts = SYSTEM["code"], SYSTEM[language]
    both = [f"{code}. {text}" for code, text in zip(codes, texts, strict=True)]
    system = {"code": codes, "codetext": both}.get(heads, texts)
    header = [*system, *(head(heads, code, *parts, em=em) for _, _, code, parts, _ in columns)]
    rows = [header]
    for number, person in enumerate(people, start=1):
        row = [str(number), "1980-01-01 00:00:00", "5", language, "366371336"]
        for name, kind, _, _, question in columns:
            value = person.get(name, 1 if name == "consent" else None)
            row.append(answer(kind, question, value, language, long=long, for_r=for_r))
        rows.append(row)
    return rows


def as_csv(rows, separator=";"):
    """Write the file as LimeSurvey does: a mark, quotation marks but for NULL, an empty row."""
    lines = [separator.join(map(quoted, row)) for row in rows]
    return ("\ufeff" + "\r\n".join([*lines, "", ""])).encode()


def quoted(cell):
    """Write a cell; line breaks inside are bare."""
    if cell is None:
        return ""
    text = "\n".join(cell.splitlines()) if cell else ""
    return '"' + text.replace('"', '""') + '"'


def as_excel(rows):
    """Write a workbook with the cells as texts."""
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append([cell or None for cell in row])
    for cell in (cell for row in book.active for cell in row if cell.value is not None):
        cell.data_type = "s"
    stream = io.BytesIO()
    book.save(stream)
    return stream.getvalue()
