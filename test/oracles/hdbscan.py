"""Writes hdbscan.golden.json: HDBSCAN* from its definition, with numpy and scipy, quadratic and recursive.

Run: /usr/bin/python3 test/oracles/hdbscan.py   (Debian: apt-get install python3-scipy; made with scipy 1.10.1)
Campello, Moulavi & Sander (2013): core distances (the point counts itself), mutual reachability, connected components below
every distance that occurs (no spanning tree), condensed by the least size; excess of mass or leaves; membership as in the
Python package hdbscan (min(lambda, lambda at the end of the cluster) / that), GLOSH outlier scores (Campello et al. 2015).
The first cluster is born at density 0 and never selected. Squares of distances are summed column by column.
"""

import json
from pathlib import Path

import numpy as np
from scipy.sparse.csgraph import connected_components

random = np.random.RandomState(20240229)


def reachability(data, min_points):
    squares = np.zeros((len(data), len(data)))
    for column in data.T:
        squares += (column[:, None] - column[None, :]) ** 2
    distances = np.sqrt(squares)
    core = np.sort(distances, axis=1)[:, min_points - 1]
    return np.maximum(distances, np.maximum(core[:, None], core[None, :]))


def components(reach, rows, limit):
    """Parts of the rows that are connected by distances below the limit."""
    count, labels = connected_components(reach[np.ix_(rows, rows)] < limit, directed=False)
    return [rows[labels == part] for part in range(count)]


def splitting_distance(reach, rows):
    """The least distance that still connects the rows, by bisection of the distances that occur."""
    block = reach[np.ix_(rows, rows)]
    levels = np.unique(block[np.triu_indices(len(rows), 1)])
    low, high = 0, len(levels) - 1
    while low < high:
        middle = (low + high) // 2
        if connected_components(block <= levels[middle], directed=False)[0] == 1:
            high = middle
        else:
            low = middle + 1
    return levels[low]


def condense(reach, min_cluster_size):
    clusters = []
    row_cluster, row_density = np.zeros(len(reach), int), np.zeros(len(reach))

    def grow(rows, parent, birth):
        me = len(clusters)
        clusters.append({"parent": parent, "birth": birth, "rows": rows, "children": [], "end": 0.0})
        while True:
            limit = splitting_distance(reach, rows)
            with np.errstate(divide="ignore"):
                density = np.float64(1) / limit
            clusters[me]["end"] = density
            parts = components(reach, rows, limit)
            large = [part for part in parts if len(part) >= min_cluster_size]
            for part in parts:
                if len(part) < min_cluster_size:
                    row_cluster[part], row_density[part] = me, density
            if len(large) == 1:
                rows = large[0]
                continue
            for part in large:
                row_density[part] = density  # overwritten below; what counts for this cluster is kept in "left"
                clusters[me]["children"].append((part, density))
            break
        clusters[me]["children"] = [grow(part, me, density) for part, density in clusters[me]["children"]]
        return me

    grow(np.arange(len(reach)), -1, 0.0)
    for cluster in clusters:
        # Every row of the cluster leaves it at its own density, or at the end of the cluster when it goes on in a child.
        cluster["stability"] = float(sum(min(row_density[r], cluster["end"]) - cluster["birth"] for r in cluster["rows"]))
    return clusters, row_cluster, row_density


def choose(clusters, selection):
    def best(me):
        own, children = clusters[me]["stability"], clusters[me]["children"]
        if selection == "leaf":
            return (0, [me]) if not children else (0, [c for child in children for c in best(child)[1]])
        chosen = [best(child) for child in children]
        total = sum(stability for stability, _ in chosen)
        if me > 0 and own >= total * (1 - 1e-12):
            return own, [me]
        return total, [c for _, inner in chosen for c in inner]

    return [c for c in best(0)[1] if c > 0]


def fit(data, min_cluster_size, min_points, selection):
    clusters, row_cluster, row_density = condense(reachability(data, min_points), min_cluster_size)
    labels, probabilities, scores = np.full(len(data), -1), np.zeros(len(data)), np.zeros(len(data))
    for label, me in enumerate(choose(clusters, selection)):
        for row in clusters[me]["rows"]:
            labels[row] = label
            end = clusters[me]["end"]
            probabilities[row] = 1.0 if row_density[row] >= end else row_density[row] / end
    for row in range(len(data)):
        members = clusters[row_cluster[row]]["rows"]
        most = row_density[members].max()
        scores[row] = 0.0 if row_density[row] >= most else 1 - row_density[row] / most
    return {
        "minClusterSize": min_cluster_size,
        "minPoints": min_points,
        "selection": selection,
        "labels": labels.tolist(),
        "probabilities": probabilities.tolist(),
        "outlierScores": scores.tolist(),
    }


def cloud(center, count, spread):
    return random.normal(center, spread, (count, len(center)))


def arc(count, flip):
    angles = np.linspace(0, np.pi, count)
    moon = np.stack([np.cos(angles), np.sin(angles)], axis=1)
    return (np.array([1, 0.5]) - moon if flip else moon) + random.normal(0, 0.07, (count, 2))


tables = {
    "different densities": np.concatenate([cloud((0, 0), 60, 0.2), cloud((4, 0), 60, 1.0), cloud((4.2, 0), 25, 0.1), random.uniform(-4, 8, (25, 2))]),
    "moons": np.concatenate([arc(70, False), arc(70, True)]),
    "four columns": np.concatenate([cloud((0, 0, 0, 0), 50, 0.5), cloud((2, 1, 0, 1), 50, 0.5), cloud((0, 3, 2, 1), 40, 0.8)]),
    "lattice": np.round(np.concatenate([cloud((0, 0), 50, 1.5), cloud((8, 1), 50, 2), cloud((3, 9), 30, 1)])),
    "piles of equal rows": np.concatenate([np.repeat([[1.0, 2.0]], 12, axis=0), np.repeat([[5.0, 2.0]], 8, axis=0), cloud((3, 7), 40, 0.5)]),
}
golden = []
for name, table in tables.items():
    data = np.round(table, 3)
    for sizes in [(5, 5), (10, 3), (8, 1)]:
        fits = [fit(data, *sizes, selection) for selection in ["excess-of-mass", "leaf"]]
        golden.append({"name": name, "data": data.tolist(), "fits": fits})
        print(name, sizes, [(max(f["labels"]) + 1, f["labels"].count(-1)) for f in fits])
Path(__file__).with_name("hdbscan.golden.json").write_text(json.dumps(golden) + "\n")
