"""Write answers the way Google Forms and Microsoft Forms export them.

The layouts follow what public programs that read such files expect (see tests/data/forms): what
the first columns are called in several languages, `Question [Row]` for grids of Google Forms, one
column per statement in Microsoft Forms with a number behind a heading that is there already, and
answers to several boxes in one cell.
"""

import csv
import io
from collections import Counter
from dataclasses import dataclass

import openpyxl


@dataclass(frozen=True)
class Style:
    """How a form is exported: ``first`` are the columns of the program with their cells."""

    name: str
    language: str
    first: tuple[tuple[str, str], ...]
    between: str
    end: str = ""
    rows: str = "{question} [{row}]"
    counted: bool = False
    excel: bool = False


GOOGLE = (
    Style("sheet, English", "en", (("Timestamp", "5/10/2026 09:15:00"),
          ("Email Address", "ida@example.org")), ", "),
    Style("download, English", "en", (("Timestamp", "2026/09/27 3:00:00 PM GMT+3"),
          ("Username", "ida@example.org")), ";"),
    Style("sheet, Danish", "da", (("Tidsstempel", "27/09/2026 15.00.00"),
          ("E-mailadresse", "ida@example.org")), ", "),
    Style("Excel, Danish questions, German account", "da",
          (("Zeitstempel", "2026-09-27 15:00:00"),), ", ", excel=True),
)  # fmt: skip
MICROSOFT = (
    Style("English", "en", (("ID", "{n}"), ("Start time", "7/27/26 19:06:23"),
          ("Completion time", "7/27/26 19:17:10"), ("Email", "anonymous"), ("Name", "")),
          ";", ";", "{row}", counted=True, excel=True),
    Style("Danish", "da", (("Id", "{n}"), ("Starttidspunkt", "2026-07-27 19:06:23"),
          ("Fuldførelsestidspunkt", "2026-07-27 19:17:10"), ("Mail", "ida@example.org"),
          ("Navn", "Ida Jensen")), ";", ";", "{row}", counted=True, excel=True),
    Style("Dutch account, English questions", "en", (("ID", "{n}"),
          ("Begintijd", "27-07-2026 19:06"), ("Tijd van voltooien", "27-07-2026 19:17"),
          ("E-mail", "ida@example.org"), ("Naam", "Ida"), ("Tijd van laatste wijziging", "")),
          ";", ";", "{row}", counted=True),
    Style("a language nobody listed", "en", (("ID", "{n}"),
          ("Qaab", "2026-07-27 19:06:23"), ("Xilli", "2026-07-27 19:17:10"),
          ("Boosta", "ida@example.org"), ("Magac", "Ida")), ";", ";", "{row}", counted=True),
)  # fmt: skip


def table_of(layout, people, style):
    """Build an export: a row of headings, then one row per person."""
    columns = [
        (heading, [cell.format(n=n) for n in range(1, len(people) + 1)])
        for heading, cell in style.first
    ]
    for question in layout.questions:
        columns += _columns(question, people, style)
    headings = _counted([h for h, _ in columns]) if style.counted else [h for h, _ in columns]
    return [headings, *zip(*[cells for _, cells in columns], strict=True)]


def _columns(question, people, style):
    """Give the columns of one question."""
    text = " ".join(filter(None, (question.intro.say(style.language) if question.matrix else "",
                                  question.text.say(style.language))))  # fmt: skip
    if question.kind == "ticks":
        return [(text, [_ticks(question, person, style) for person in people])]
    labels = {option.value: option.label.say(style.language) for option in question.options}
    columns = []
    for cell in question.cells:
        row = cell.text.say(style.language)
        if question.is_pairs:
            poles = f"{cell.left.say(style.language)} ↔ {cell.right.say(style.language)}"
            row = f"{row} {poles}".strip()
        heading = row if question.kind != "array" else style.rows.format(question=text, row=row)
        answers = [person.get(cell.name, "") for person in people]
        columns.append((heading.strip() or text, [labels.get(a) or str(a) for a in answers]))
    return columns


def _ticks(question, person, style):
    """List the boxes that somebody ticked."""
    said = [c.text.say(style.language) for c in question.cells if person.get(c.name) == 1]
    return style.between.join(said) + (style.end if said else "")


def _counted(headings):
    """Number headings that are there already, as Microsoft Forms does."""
    seen = Counter()
    found = []
    for heading in headings:
        seen[heading] += 1
        found.append(heading if seen[heading] == 1 else f"{heading}{seen[heading]}")
    return found


def write(table, style, folder):
    """Write a table as the style says and give the path."""
    path = folder / ("form.xlsx" if style.excel else "form.csv")
    if style.excel:
        book = openpyxl.Workbook()
        for row in table:
            book.active.append([f"'{c}" if str(c).startswith("=") else c for c in row])
        book.save(path)
        return path
    stream = io.StringIO()
    csv.writer(stream).writerows(table)
    path.write_text(stream.getvalue(), encoding="utf-8")
    return path
