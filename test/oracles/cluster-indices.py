"""Writes cluster-indices.golden.json: Davies-Bouldin, Calinski-Harabasz, V-measure and adjusted mutual information by scikit-learn.

Run: /usr/bin/python3 test/oracles/cluster-indices.py   (Debian: apt-get install python3-sklearn; made with scikit-learn 1.2.1)
The data are in the file, rounded to 3 decimals, so that both sides read the same doubles.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.metrics import (
    adjusted_mutual_info_score,
    calinski_harabasz_score,
    davies_bouldin_score,
    homogeneity_completeness_v_measure,
    mutual_info_score,
    normalized_mutual_info_score,
)

random = np.random.RandomState(20240311)

tables = []
for rows, columns, groups, spread in [(12, 1, 2, 1), (40, 2, 3, 1), (90, 5, 6, 2), (200, 3, 10, 3), (60, 2, 20, 1)]:
    centers = random.normal(0, 3, (groups, columns))
    labels = np.concatenate([np.arange(groups), random.randint(0, groups, rows - groups)])
    data = np.round(centers[labels] + random.normal(0, spread, (rows, columns)), 3)
    labels = np.where(random.uniform(size=rows) < 0.2, random.randint(0, groups, rows), labels)
    _, labels = np.unique(labels, return_inverse=True)
    for shift, scale in [(0, 1), (1e5, 1000)]:
        moved = data * scale + shift
        tables.append({
            "rows": moved.tolist(),
            "labels": labels.tolist(),
            "daviesBouldin": davies_bouldin_score(moved, labels),
            "calinskiHarabasz": calinski_harabasz_score(moved, labels),
        })
# Singletons, and groups of equal rows apart from each other.
data = np.array([[0.0, 0], [1, 0], [9, 9], [20, 3], [21, 3], [22, 5]])
for labels in ([0, 0, 1, 2, 2, 2], [0, 0, 1, 2, 3, 3]):
    tables.append({"rows": data.tolist(), "labels": labels, "daviesBouldin": davies_bouldin_score(data, labels), "calinskiHarabasz": calinski_harabasz_score(data, labels)})

pairs = []
for _ in range(30):
    n = int(random.choice([2, 5, 17, 60, 400]))
    a = random.randint(0, random.randint(1, 9), n) % n
    b = np.where(random.uniform(size=n) < random.choice([0.0, 0.5, 0.9]), a, random.randint(0, random.randint(1, 12), n)) % n
    if len(set(a)) == n and len(set(b)) == n:
        continue  # both all singletons: scikit-learn divides rounding errors there
    beta = float(random.choice([0.5, 1.0, 3.0]))
    h, c, v = homogeneity_completeness_v_measure(a, b, beta=beta)
    pairs.append({
        "a": a.tolist(), "b": b.tolist(), "beta": beta, "homogeneity": h, "completeness": c, "vMeasure": v,
        "mutualInformation": mutual_info_score(a, b), "normalized": normalized_mutual_info_score(a, b), "adjusted": adjusted_mutual_info_score(a, b),
    })

Path(__file__).with_suffix(".golden.json").write_text(json.dumps({
    "madeWith": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "tables": tables,
    "pairs": pairs,
}) + "\n")
