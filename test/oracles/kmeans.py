"""Writes kmeans.golden.json: k-means from given starts, silhouettes and adjusted Rand indices by scikit-learn.

Run: /usr/bin/python3 test/oracles/kmeans.py   (Debian: apt-get install python3-sklearn; made with scikit-learn 1.2.1)
The data are in the file, rounded to 3 decimals, so that both sides read the same doubles. Algorithm "lloyd", one start.
"""

import json
from pathlib import Path

import numpy as np
import sklearn
from sklearn.cluster import KMeans
from sklearn.metrics import adjusted_rand_score, silhouette_samples, silhouette_score

random = np.random.RandomState(20240229)


def cloud(centers, count, spread):
    return np.concatenate([random.normal(center, spread, (count, len(center))) for center in centers])


def fit(data, start, weights=None, tolerance=1e-4, iterations=300):
    model = KMeans(len(start), init=np.array(start), n_init=1, tol=tolerance, max_iter=iterations, algorithm="lloyd")
    model.fit(data, sample_weight=weights)
    return {
        "start": np.asarray(start).tolist(),
        "weights": None if weights is None else weights.tolist(),
        "tolerance": tolerance,
        "maxIterations": iterations,
        "centroids": model.cluster_centers_.tolist(),
        "labels": model.labels_.tolist(),
        "withinSquares": model.inertia_,
        "iterations": model.n_iter_,
    }


overlapping = np.round(cloud([(0, 0, 0), (2, 1, 0), (0, 2, 2), (3, 3, 1)], 60, 1.0), 3)
shifted = np.round(overlapping * [1, 1000, 0.01] + [1e6, -5e4, 3], 3)
apart = np.round(cloud([(0, 0), (9, 1), (4, 8)], 20, 0.7), 3)
weights = np.round(random.gamma(1.0, 2.0, len(overlapping)), 3)
weights[::7] = 0

fits = []
for name, data in [("overlapping", overlapping), ("shifted", shifted), ("apart", apart)]:
    for k in (1, 2, 4, 7):
        start = data[random.choice(len(data), k, replace=False)]
        fits.append({"data": name, **fit(data, start)})
        fits.append({"data": name, **fit(data, start, tolerance=0.0)})
fits.append({"data": "overlapping", **fit(overlapping, overlapping[:4], weights)})
fits.append({"data": "overlapping", **fit(overlapping, overlapping[[0, 70, 130]], weights, tolerance=0.0)})
# A center so far away that it starts without members: it moves to the row farthest from its center.
fits.append({"data": "apart", **fit(apart, [[0, 0], [1, 1], [1e3, 1e3]])})
fits.append({"data": "overlapping", **fit(overlapping, [[0, 0, 0], [1e4, 0, 0], [0, 1e4, 0], [2, 2, 1]])})

silhouettes = []
for name, data, labels in [
    ("overlapping", overlapping, fits[5]["labels"]),
    ("apart", apart, np.repeat([0, 1, 2], 20)),
    ("apart", apart, np.concatenate([[0], np.repeat([1, 2], [29, 30])])),
]:
    silhouettes.append({
        "data": name,
        "labels": np.asarray(labels).tolist(),
        "values": silhouette_samples(data, labels).tolist(),
        "mean": silhouette_score(data, labels),
    })

rand = []
for _ in range(12):
    n = int(random.randint(2, 40))
    a = random.randint(0, random.randint(1, 6), n) % n
    b = np.where(random.uniform(size=n) < 0.5, a, random.randint(0, 4, n)) % n
    rand.append({"a": a.tolist(), "b": b.tolist(), "value": adjusted_rand_score(a, b)})

Path(__file__).with_suffix(".golden.json").write_text(json.dumps({
    "madeWith": f"scikit-learn {sklearn.__version__}, numpy {np.__version__}",
    "data": {"overlapping": overlapping.tolist(), "shifted": shifted.tolist(), "apart": apart.tolist()},
    "fits": fits,
    "silhouettes": silhouettes,
    "adjustedRand": rand,
}) + "\n")
