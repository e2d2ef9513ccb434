"""Small instruments for the tests of indices, and answers to them."""

import numpy as np
import pandas as pd

import innovsurvey as isv

PHASES = list(
    zip(
        ("PH1", "PH2", "PH3", "PH4", "PH5"),
        ("early", "early", "middle", "implementation", "late"),
        strict=True,
    )
)
ACTOR_SETS = ("internal", "public", "public", "private", "private", "private", "private", "expert")
ACTORS = [(f"AC{i}", actor_set) for i, actor_set in enumerate(ACTOR_SETS, 1)]
CELLS = [f"{phase}_{actor}" for phase, _ in PHASES for actor, _ in ACTORS]
WORKED = [
    [4, 2, 1, 2, 1, 0, 0, 1],
    [4, 2, 0, 2, 1, 1, 0, 1],
    [4, 1, 1, 1, 0, 0, 1, 1],
    [4, 3, 0, 3, 2, 2, 1, 0],
    [3, 1, 1, 0, 0, 1, 0, 0],
]
HEAD = "version: 0.1.0\nsource: {citation: Invented, licence: CC0-1.0}\n"


def points(low, high):
    """Write the points of a format."""
    return "[" + ", ".join(f"{{value: {value}}}" for value in range(low, high + 1)) + "]"


def lines(entries):
    """Write rows or columns of a matrix."""
    return "".join(
        f"      - {{id: {name}, text: {{en: {name}}}{f', group: {group}' if group else ''}}}\n"
        for name, group in entries
    )


def matrix_file(folder, *, phases=PHASES, actors=ACTORS, top=4, name="participation"):
    """Write an instrument with one matrix of phases and actor groups."""
    path = folder / f"{name}.yaml"
    path.write_text(
        f"id: {name}\n{HEAD}"
        "formats:\n"
        f"  part: {{level: ordinal, anchors: none, points: {points(0, top)}, missing: "
        "[{code: -6, reason: do_not_know, label: {en: Do not know}}, "
        "{code: -11, reason: not_reached, label: {en: Not reached}}]}\n"
        "items:\n  - {id: Q1, format: part, text: {en: Q}}\n"
        "matrices:\n  - id: participation\n    format: part\n    text: {en: Who?}\n"
        f"    rows:\n{lines(phases)}    columns:\n{lines(actors)}",
        encoding="utf-8",
    )
    return path


def read_matrices(path, *matrices, cells=CELLS):
    """Read the matrices of several people, given as rows of phases."""
    rows = [[str(cell) for line in matrix for cell in line] for matrix in matrices]
    frame = pd.DataFrame(rows, columns=cells)
    frame["Q1"] = "1"
    return isv.read_responses(frame, path)


def governance_file(folder, *, contrasts=True, n=6):
    """Write an instrument of two scales for two referents, 1 to 7."""
    names = [f"{s}{i}" for s in ("NPM", "NPG", "NPMP", "NPGP") for i in range(1, n + 1)]
    scale = {"NPM": "npm", "NPG": "npg", "NPMP": "npm_practice", "NPGP": "npg_practice"}
    text = f"id: governance\n{HEAD}formats:\n"
    text += f"  agree7: {{level: ordinal, anchors: none, points: {points(1, 7)}, missing: "
    text += "[{code: -7, reason: not_needed, label: {en: Not needed}}]}\nitems:\n"
    text += "".join(f"  - {{id: {i}, format: agree7, text: {{en: A}}}}\n" for i in names)
    text += "scales:\n"
    for stem, scale_id in scale.items():
        items = ", ".join(f"{stem}{i}" for i in range(1, n + 1))
        rule = f"{{method: mean, min_valid: {n - 1}}}"
        text += f"  - {{id: {scale_id}, items: [{items}], score: {rule}}}\n"
    text += "forms:\n"
    text += f"  orientation: {{items: [{', '.join(names[: 2 * n])}]}}\n"
    text += f"  practice: {{items: [{', '.join(names[2 * n :])}]}}\n"
    text += f"  full: {{items: [{', '.join(names)}]}}\n"
    if contrasts:
        text += (
            "contrasts:\n"
            "  - {id: orientation, negative: npm, positive: npg, cut: 4}\n"
            "  - {id: practice, negative: npm_practice, positive: npg_practice, cut: 4}\n"
        )
    path = folder / "governance.yaml"
    path.write_text(text, encoding="utf-8")
    return path


def governance_answers(path, *people):
    """Read people who give six answers to each scale; a number stands for six equal ones."""
    stems = ("NPM", "NPG", "NPMP", "NPGP")
    rows = []
    for person in people:
        cells = [np.full(6, part, dtype=object) if np.isscalar(part) else part for part in person]
        rows.append([str(cell) for part in cells for cell in part])
    names = [f"{stem}{i}" for stem in stems[: len(people[0])] for i in range(1, 7)]
    return isv.read_responses(pd.DataFrame(rows, columns=names), path)
