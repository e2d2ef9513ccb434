"""Write tests/data/ordinal/ordinal.csv: answers in skewed categories with a known structure.

Run from the top folder of the project: python tests/reference/make/ordinal_items.py
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

PHI = np.array([[1, 0.4, 0.3], [0.4, 1, -0.2], [0.3, -0.2, 1]])
LOADINGS = np.kron(np.eye(3), np.ones((4, 1))) * np.tile([0.8, 0.7, 0.6, 0.5], 3)[:, None]
LOADINGS[3, 1] = 0.3  # one item that stands for two factors
CUTS = ([0.3, 1.0, 1.6, 2.2], [-0.8, 0, 0.8, 1.5], [-1.9, -1.2, -0.6, 0.2], [1.2])


def main() -> None:
    """Draw 800 people and write their answers."""
    rng = np.random.default_rng(11)
    factors = rng.multivariate_normal(np.zeros(3), PHI, size=800)
    common = np.einsum("ij,jk,ik->i", LOADINGS, PHI, LOADINGS)
    latent = factors @ LOADINGS.T + rng.normal(size=(800, 12)) * np.sqrt(1 - common)
    columns = [np.digitize(latent[:, i], CUTS[i % 4]) + 1 for i in range(12)]
    frame = pd.DataFrame(np.column_stack(columns), columns=[f"o{i}" for i in range(1, 13)])
    frame["o5"] = frame["o5"].replace({4: 5})  # a category in the middle that nobody uses
    path = Path("tests/data/ordinal/ordinal.csv")
    path.parent.mkdir(exist_ok=True)
    frame.to_csv(path, index=False)


if __name__ == "__main__":
    main()
