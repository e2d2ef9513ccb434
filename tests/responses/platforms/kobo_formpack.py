"""Write the answers of a form as KoboToolbox exports them: names or labels, groups, ticks.

What a column is called and what its cells hold follows formpack, which writes these exports: a
label that is missing is the name, groups stand before it, ticks share a column (summary), have one
each (details), or both.
"""

import csv
import io
import json
from itertools import product
from pathlib import Path

REAL = Path(__file__).parents[2] / "data" / "kobo"
COPIED = ("_id", "_uuid", "_submission_time", "_validation_status", "_notes", "_submitted_by")
TICKS = ("both", "summary", "details")


def styles(languages):
    """Give every style: language (None for names), groups before the heading or not, ticks."""
    return list(product((None, *languages), ("", "/", "."), TICKS))


def load(name):
    return json.loads((REAL / name).read_text(encoding="utf-8"))


class Exporter:
    def __init__(self, form, language, separator, ticks):
        content = form["content"]
        said = content.get("translations") or [None]
        self.place = said.index(language) if language in said else 0
        self.named = language is None
        self.separator, self.ticks = separator, ticks
        self.lists = {}
        for choice in content["choices"]:
            self.lists.setdefault(choice["list_name"], []).append(choice)
        self.questions = list(self._questions(content["survey"]))
        self.submissions = form["submissions"]

    def _questions(self, rows):
        path = []
        for row in rows:
            kind, listed = (*row["type"].split(), "", "")[:2]
            if kind == "begin_group":
                path.append(row)
            elif kind == "end_group":
                path.pop()
            else:
                listed = row.get("select_from_list_name") or listed
                choices = list(self.lists.get(listed, []))
                typed = "or_other" in row["type"]
                if typed:
                    choices.append({"name": "other"})
                yield kind, row, choices, list(path)
                if typed:
                    yield "text", {"name": f"{row['name']}_other"}, [], list(path)

    def _said(self, row):
        label = row.get("label")
        label = label[self.place] if isinstance(label, list) else label
        return row["name"] if self.named or not label else label

    def _heading(self, row, path):
        parts = [*path, row] if self.separator else [row]
        return self.separator.join(self._said(part) for part in parts)

    def table(self):
        header, columns = [], []
        for kind, row, choices, path in self.questions:
            key = "/".join(part["name"] for part in [*path, row])
            heading = self._heading(row, path)
            said = {choice["name"]: self._said(choice) for choice in choices}
            cells = [person.get(key, "") for person in self.submissions]
            if kind != "select_multiple" or self.ticks != "details":
                header.append(heading)
                columns.append(
                    [" ".join(said.get(w, w) for w in c.split()) for c in cells]
                    if choices
                    else cells
                )
            if kind == "select_multiple" and self.ticks != "summary":
                for name, words in said.items():
                    header.append(f"{heading}{self.separator or '/'}{words}")
                    columns.append([str(int(name in c.split())) if c else "" for c in cells])
        for name in COPIED:
            header.append(name)
            columns.append([self._copied(person.get(name, "")) for person in self.submissions])
        header.append("_index")
        columns.append([str(i + 1) for i in range(len(self.submissions))])
        return [header, *map(list, zip(*columns, strict=True))]

    def _copied(self, value):
        return value["uid" if self.named else "label"] if isinstance(value, dict) else str(value)

    def write(self, path):
        stream = io.StringIO()
        csv.writer(stream, delimiter=";", quoting=csv.QUOTE_ALL).writerows(self.table())
        path.write_text(stream.getvalue(), encoding="utf-8")
        return path
