"""Small files of answers for the tests of reading."""

import pandas as pd

CLIMATE = (
    [f"LEAD{i:02d}" for i in range(1, 12)]
    + [f"TSIG{i:02d}" for i in range(1, 4)]
    + [f"HOSTIL{i:02d}" for i in range(1, 6)]
)


def climate(n=4):
    """Answers of n people to the leadership-climate items, as texts, with id, group and more."""
    frame = pd.DataFrame(
        {
            name: [str((person + k) % 5 + (not name.startswith("H"))) for person in range(n)]
            for k, name in enumerate(CLIMATE)
        }
    )
    frame.insert(0, "SUB", [str(101 + person) for person in range(n)])
    frame.insert(0, "COMPID", ["a" if person < n // 2 else "b" for person in range(n)])
    frame["rating"] = [f"{person}.5" for person in range(n)]
    frame["remark"] = ["naïve – résumé" if person % 2 else "fine" for person in range(n)]
    return frame


def write(path, frame, *, separator=",", encoding="utf-8", decimal="."):
    """Write a frame of texts as a separated file."""
    if decimal != ".":
        frame = frame.assign(rating=frame["rating"].str.replace(".", decimal))
    text = frame.to_csv(index=False, sep=separator, lineterminator="\r\n")
    path.write_bytes(text.encode(encoding))
    return path
