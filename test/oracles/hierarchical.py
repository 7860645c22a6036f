"""Writes hierarchical.golden.json: linkage matrices and cophenetic correlations by SciPy.

Run: /usr/bin/python3 test/oracles/hierarchical.py   (Debian: apt-get install python3-scipy; made with SciPy 1.10.1)
The data are in the file, rounded, so that both sides read the same doubles: a scattered cloud without ties, a coarse grid in
which most distances tie, and rows of which many are equal.
"""

import json
from pathlib import Path

import numpy as np
import scipy
from scipy.cluster.hierarchy import cophenet, fcluster, linkage
from scipy.spatial.distance import pdist

random = np.random.RandomState(20240301)
scattered = np.round(np.concatenate([random.normal(c, 1, (20, 3)) for c in [(0, 0, 0), (4, 1, 0), (0, 5, 3)]]), 4)
grid = random.randint(0, 6, (50, 2)).astype(float)
equal = np.repeat(np.round(random.normal(0, 1, (7, 2)), 3), 5, axis=0)[random.permutation(35)]
data = {"scattered": scattered, "grid": grid, "equal": equal, "pair": np.array([[0.0, 1.0], [3.0, 5.0]])}

cases = []
for name, rows in data.items():
    for method in ("ward", "complete", "average", "single"):
        merges = linkage(rows, method)
        height = float(np.median(merges[:, 2]))
        cases.append({
            "data": name,
            "linkage": method,
            "merges": merges.tolist(),
            "cophenetic": float(cophenet(merges, pdist(rows))[0]) if len(rows) > 2 else None,
            "height": height,
            "labels": (fcluster(merges, height, "distance") - 1).tolist(),
        })

Path(__file__).with_suffix(".golden.json").write_text(json.dumps({
    "madeWith": f"SciPy {scipy.__version__}, numpy {np.__version__}",
    "data": {name: rows.tolist() for name, rows in data.items()},
    "cases": cases,
}) + "\n")
