"""Write tests/data/ordinal/mixed.csv: ordered categories and numbers, with holes and weights.

Run from the top folder of the project: python tests/reference/make/mixed_items.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

LOADINGS = np.array([0.7, 0.6, 0.6, 0.8, -0.7, 0.6, 0.5])
CUTS = {
    "b": [0.3],
    "rare1": [2.0],
    "rare2": [-2.0],
    "o": [-0.5, 0.4, 1.3],
    "q": [-1.2, 0.0, 1.1],
}


def main() -> None:
    """Draw 500 people and write their answers."""
    rng = np.random.default_rng(8)
    factor = rng.normal(size=500)
    noise = rng.normal(size=(500, len(LOADINGS)))
    latent = factor[:, None] * LOADINGS + noise * np.sqrt(1 - LOADINGS**2)
    frame = pd.DataFrame(
        {name: np.digitize(latent[:, i], cuts) + 1 for i, (name, cuts) in enumerate(CUTS.items())}
    )
    frame["x"] = np.rint(10 * latent[:, 5] + 50)
    frame["y"] = np.round(np.exp(latent[:, 6] / 2), 4)
    holes = pd.DataFrame(rng.random(frame.shape) < 0.05, columns=frame.columns)
    frame = frame.astype(float).mask(holes)
    frame["weight"] = np.round(rng.uniform(0.3, 2, 500), 3)
    frame.astype(dict.fromkeys((*CUTS, "x"), "Int64")).to_csv(
        Path("tests/data/ordinal/mixed.csv"), index=False
    )


if __name__ == "__main__":
    main()
