"""Writes isolation-forest.golden.json: scikit-learn's isolation forest as a statistical oracle.

Two forests that draw differently cannot agree to the bit. What they share is the distribution: per row the mean and the standard
deviation of the score over many seeds, on small tables with plain, tied, constant and skewed columns. scikit-learn estimates the
harmonic numbers in c(n) by logarithms; it is given the exact ones here, so that nothing but chance is left between the two.
"""
import json, os
import numpy as np, sklearn
import sklearn.ensemble._iforest as internals
from sklearn.ensemble import IsolationForest

def exact(sizes):
    sizes = np.asarray(sizes, dtype=int)
    c = np.array([0.0, 0.0] + [2 * sum(1 / i for i in range(1, m)) - 2 * (m - 1) / m for m in range(2, max(2, sizes.max()) + 1)])
    return c[sizes]
internals._average_path_length = exact

rng = np.random.default_rng(20)
def table(name):
    if name == "blob and stray rows":
        return np.vstack([rng.normal(size=(300, 3)), [[6, 0, 0], [0, -7, 1], [4, 4, 4], [0, 0, 0]]])
    if name == "ties, a constant and a skewed column":
        return np.column_stack([rng.integers(0, 4, 120), np.full(120, 7.0), np.exp(1.5 * rng.normal(size=120)).round(2)])
    return np.round(rng.normal(size=(40, 2)), 2)  # fewer rows than a sample

out = {"madeBy": "test/oracles/isolation-forest.py", "scikit-learn": sklearn.__version__, "seeds": 60, "tables": {}}
for name in ("blob and stray rows", "ties, a constant and a skewed column", "fewer rows than a sample"):
    X = np.round(table(name), 4)
    size = min(256, len(X))
    scores = np.array([-IsolationForest(n_estimators=100, max_samples=size, random_state=s).fit(X).score_samples(X) for s in range(60)])
    out["tables"][name] = {"rows": X.tolist(), "mean": scores.mean(0).round(5).tolist(), "deviation": scores.std(0, ddof=1).round(5).tolist()}
with open(os.path.join(os.path.dirname(__file__), "isolation-forest.golden.json"), "w") as file:
    json.dump(out, file); file.write("\n")
