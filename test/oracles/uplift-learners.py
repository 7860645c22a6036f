"""Expected values of test/experiments/fit-uplift.test.ts: S-, T- and X-learners written again in NumPy, from the paper.

Run: /usr/bin/python3 test/oracles/uplift-learners.py > test/oracles/uplift-learners.golden.json   (NumPy 1.24.2, scikit-learn 1.2.1, SciPy 1.10.1)
Lines: the normal equations for amounts, Newton's method for 0 and 1; without a penalty the T-learner of rates is checked against
scikit-learn's LogisticRegression(penalty=None). Penalty: lambda * sum b^2 beside the squares, lambda / 2 * sum b^2 beside the log loss, on
standardized features; the level of a treatment is penalized 1024^2 times less.
"""
import json
import numpy as np
from scipy.special import expit
from sklearn.linear_model import LogisticRegression

rng = np.random.default_rng(11)
n = 400
x = np.column_stack([rng.normal(50, 10, n), rng.exponential(2, n), rng.integers(0, 2, n)]).round(3)
arm = rng.choice(3, n, p=[0.5, 0.2, 0.3])
z = (x - x.mean(0)) / x.std(0)
visit = (rng.random(n) < expit(-0.5 + 0.5 * z[:, 0] + np.choose(arm, [0 * z[:, 0], 0.8 - 0.6 * z[:, 1], 0.3 + z[:, 2]]))).astype(int)
spend = (20 + 3 * z[:, 0] + np.choose(arm, [0 * z[:, 0], 2 + 4 * z[:, 1], 1 - z[:, 2]]) + rng.normal(0, 5, n)).round(3)

def line(z, y, kind, penalty):
    A, P = np.column_stack([np.ones(len(y)), z]), np.diag(np.r_[0, penalty])
    if kind == "continuous":
        return np.linalg.solve(A.T @ A + P, A.T @ y)
    b = np.zeros(A.shape[1])
    for _ in range(200):
        p = expit(A @ b)
        b = b + np.linalg.solve(A.T @ (A * (p * (1 - p))[:, None]) + P, A.T @ (y - p) - P @ b)
    return b

def value(z, b, kind):
    f = b[0] + z @ b[1:]
    return expit(f) if kind == "binary" else f

def t_learner(y, kind, l2, k):
    p = np.full(z.shape[1], l2)
    return value(z, line(z[arm == k], y[arm == k], kind, p), kind) - value(z, line(z[arm == 0], y[arm == 0], kind, p), kind)

def s_learner(y, kind, l2, k, by):
    design = lambda a: np.column_stack([z] + [np.column_stack([1024.0 * (a == t), (a == t)[:, None] * z[:, by]]) for t in (1, 2)])
    b = line(design(arm), y, kind, np.full(design(arm).shape[1], l2))
    return value(design(np.full(n, k)), b, kind) - value(design(np.zeros(n)), b, kind)

def x_learner(y, kind, l2, k, propensity):
    p, c, t = np.full(z.shape[1], l2), arm == 0, arm == k
    mu0, mu1 = line(z[c], y[c], kind, p), line(z[t], y[t], kind, p)
    tau1 = line(z[t], y[t] - value(z[t], mu0, kind), "continuous", p)
    tau0 = line(z[c], value(z[c], mu1, kind) - y[c], "continuous", p)
    g = t.sum() / (t.sum() + c.sum())
    if propensity == "logistic":
        g = value(z, line(z[c | t], t[c | t].astype(float), "binary", p), "binary")
    return g * value(z, tau0, "continuous") + (1 - g) * value(z, tau1, "continuous")

cases = []
for kind, y in (("binary", visit), ("continuous", spend)):
    for l2 in (0, 5):
        for k in (1, 2):
            def case(uplift, **options):
                cases.append(dict(kind=kind, treatment=k, options=dict(l2=l2, **options), uplift=uplift[:12], average=uplift.mean()))
            case(t_learner(y, kind, l2, k), learner="t")
            case(s_learner(y, kind, l2, k, [0, 1, 2]), learner="s")
            case(s_learner(y, kind, l2, k, [1]), learner="s", interactions=["b"])
            case(x_learner(y, kind, l2, k, "share"), learner="x")
            case(x_learner(y, kind, l2, k, "logistic"), learner="x", propensity="logistic")
peer = [LogisticRegression(penalty=None, tol=1e-12, max_iter=10000).fit(z[arm == k], visit[arm == k]).predict_proba(z)[:, 1] for k in (0, 1)]
assert np.abs(peer[1] - peer[0] - t_learner(visit, "binary", 0, 1)).max() < 1e-6
encode = lambda value: value.tolist() if isinstance(value, (np.ndarray, np.generic)) else float(value)
print(json.dumps(dict(origin="test/oracles/uplift-learners.py: NumPy 1.24.2", x=x, arm=arm, visit=visit, spend=spend, cases=cases), default=encode))
