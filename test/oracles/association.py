"""Writes association.golden.json: tests of groups against outcomes by SciPy and statsmodels.

Run: /usr/bin/python3 test/oracles/association.py   (made with SciPy 1.10.1, statsmodels 0.13.5)
The data are drawn here and stand in the file. Bergsma's V is scipy's formula written out; intervals are roots of SciPy's
noncentral distributions.
"""

import json
from pathlib import Path

import numpy as np
from scipy import optimize, stats
from statsmodels.stats.multitest import multipletests

random = np.random.default_rng(20240305)
labels = random.choice(4, 150, p=[0.4, 0.3, 0.2, 0.1])
outcomes = {
    "converted": (random.random(150) < 0.2 + 0.15 * labels).astype(float),
    "plan": random.integers(1, 5, 150).astype(float),
    "orders": random.poisson(6 + labels).astype(float),
    "spend": np.round(random.lognormal(3 + 0.3 * labels, 1.0), 2),
    "score": np.round(random.normal(50 + 2 * labels, 10), 3),
}


def interval(cdf, upper):
    def root(goal):
        return 0.0 if cdf(1e-12) <= goal else optimize.brentq(lambda x: cdf(x) - goal, 1e-12, upper, xtol=1e-12)

    return [root(0.975), root(0.025)]


def categorical(values):
    table = np.array([[np.sum((labels == g) & (values == v)) for v in np.unique(values)] for g in range(4)])
    chi2, p, df, expected = stats.chi2_contingency(table, correction=False)
    n, (r, c) = table.sum(), table.shape
    phi = max(0, chi2 / n - (r - 1) * (c - 1) / (n - 1))
    rows, columns = r - (r - 1) ** 2 / (n - 1), c - (c - 1) ** 2 / (n - 1)
    ends = interval(lambda x: stats.ncx2.cdf(chi2, df, x), 10 * chi2 + 100)
    return {
        "statistic": chi2, "pValue": p, "degreesOfFreedom": int(df),
        "effectSize": stats.contingency.association(table, "cramer"),
        "corrected": np.sqrt(phi / (min(rows, columns) - 1)),
        "interval": [np.sqrt(x / (n * (min(r, c) - 1))) for x in ends],
    }


def one_way(values, statistic, p):
    n, k = len(values), 4
    total = np.sum((values - values.mean()) ** 2)
    between = sum(np.sum(labels == g) * (values[labels == g].mean() - values.mean()) ** 2 for g in range(k))
    noise = (total - between) / (n - k)
    f = between / (k - 1) / noise
    ends = interval(lambda x: stats.ncf.cdf(f, k - 1, n - k, x), 10 * f * k + 200)
    return {
        "statistic": statistic, "pValue": p, "effectSize": between / total,
        "omega": (between - (k - 1) * noise) / (total + noise),
        "etaH": (statistic - k + 1) / (n - k),
        "interval": [x / (x + n) for x in ends],
    }


expected = {}
for name, values in outcomes.items():
    if name in ("converted", "plan"):
        expected[name] = {"chiSquare": categorical(values)}
    else:
        parts = [values[labels == g] for g in range(4)]
        expected[name] = {
            "anova": one_way(values, *stats.f_oneway(*parts)),
            "kruskal": one_way(stats.rankdata(values), *stats.kruskal(*parts)),
        }
p = [expected[name].get("chiSquare", expected[name].get("kruskal"))["pValue"] for name in outcomes]
result = {
    "labels": labels.tolist(),
    "outcomes": {name: values.tolist() for name, values in outcomes.items()},
    "expected": expected,
    "adjusted": {way: multipletests(p, method=name)[1].tolist() for way, name in [("bh", "fdr_bh"), ("holm", "holm"), ("bonferroni", "bonferroni")]},
}
Path(__file__).with_suffix(".golden.json").write_text(json.dumps(result, default=float) + "\n")
