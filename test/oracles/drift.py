"""Kolmogorov–Smirnov tests, Wasserstein and Jensen–Shannon distances by SciPy. Writes drift.golden.json.

python3 test/oracles/drift.py
"""
import json, os
import numpy as np
from scipy import stats
from scipy.spatial.distance import jensenshannon

rng = np.random.default_rng(5)
pairs = {
    "small": (rng.normal(size=7), rng.normal(0.5, 1.2, size=11)),
    "equal sizes": (rng.normal(size=30), rng.normal(0.8, 1, size=30)),
    "far apart": (rng.normal(size=200), rng.normal(3, 1, size=150)),
    "ties": (rng.integers(0, 6, 60).astype(float), rng.integers(1, 7, 45).astype(float)),
    "large": (rng.exponential(size=4000), rng.exponential(1.05, size=3000)),
}
out = []
for name, (a, b) in pairs.items():
    a, b = np.round(a, 6), np.round(b, 6)
    exact = None if name == "large" else stats.ks_2samp(a, b, method="exact").pvalue
    case = {
        "name": name,
        "statistic": stats.ks_2samp(a, b, method="asymp").statistic,
        "exact": exact,
        "asymptotic": stats.ks_2samp(a, b, method="asymp").pvalue,
        "wasserstein": stats.wasserstein_distance(a, b),
    }
    if name != "large":
        case["a"], case["b"] = a.tolist(), b.tolist()
        cuts = [-0.5, 0, 0.5, 2, 3]
        edges = [-np.inf, *cuts, np.inf]
        # Bins (low, high].
        count = lambda x: np.array([np.sum((x > lo) & (x <= hi)) for lo, hi in zip(edges, edges[1:])])
        case["jensenShannon"] = float(jensenshannon(count(a), count(b), base=2))
        half = lambda c: (c + 0.5) / (c.sum() + len(c) / 2)
        clip = lambda c: np.maximum(c / c.sum(), 1e-4)
        for rule, f in (("half", half), ("clip", clip)):
            p, q = f(count(a)), f(count(b))
            case[rule] = float(np.sum((q - p) * np.log(q / p)))
    else:
        # Too long to store: drawn again by a formula in the test.
        n, m = 4000, 3000
        a = np.array([((i * 7919) % 10007) / 10007 for i in range(n)])
        b = np.array([(((i * 104729) % 10007) / 10007) ** 1.04 for i in range(m)])
        r = stats.ks_2samp(a, b, method="asymp")
        case = {"name": name, "statistic": r.statistic, "asymptotic": r.pvalue, "wasserstein": stats.wasserstein_distance(a, b)}
    out.append(case)

# The permutation distribution of tied samples, all 10 choose 4 orders.
from itertools import combinations
tied = [1, 1, 2, 2, 2, 3, 3, 4, 5, 5]
def gap(idx):
    a = [tied[i] for i in idx]; b = [tied[i] for i in range(10) if i not in idx]
    return max(abs(sum(x <= v for x in a) * 6 - sum(x <= v for x in b) * 4) for v in set(tied))
gaps = [gap(c) for c in combinations(range(10), 4)]
conditional = [[g, sum(x >= g for x in gaps) / len(gaps)] for g in sorted(set(gaps)) if g > 0]
path = os.path.join(os.path.dirname(__file__), "drift.golden.json")
with open(path, "w") as f:
    json.dump({"pairs": out, "conditional": conditional}, f)
    f.write("\n")
print([{k: v for k, v in c.items() if k not in "ab"} for c in out], conditional)
