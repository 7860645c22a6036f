"""Expected values of the tests of experiments, by scipy and statsmodels and by definitions written out in numpy.

    python3 test/oracles/experiments.py > test/oracles/experiments.golden.json

Debian 12: numpy 1.24.2, scipy 1.10.1, statsmodels 0.13.5.
"""
import json
import numpy as np
from scipy import optimize, stats
from statsmodels.stats.power import TTestIndPower

rng = np.random.default_rng(7)
out = {}

# Welch, by scipy; sizes and spreads differ.
a, b = np.round(rng.lognormal(3, 1, 40), 2), np.round(rng.lognormal(3.3, 0.7, 25), 2)
t = stats.ttest_ind(b, a, equal_var=False)
va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
q, se, d = stats.t.ppf(0.975, df), np.sqrt(va + vb), b.mean() - a.mean()
ma, mb = a.mean(), b.mean()
rse = np.sqrt(vb / ma**2 + va * mb**2 / ma**4)
# Fieller: the roots of (mb - r ma)^2 = q^2 (vb + r^2 va), found numerically.
f = lambda r: (mb - r * ma) ** 2 - q * q * (vb + r * r * va)
low, high = optimize.brentq(f, -5, mb / ma, xtol=1e-14), optimize.brentq(f, mb / ma, 50, xtol=1e-14)
out["welch"] = {
    "control": a.tolist(), "treatment": b.tolist(), "estimate": d, "standardError": se, "statistic": float(t.statistic),
    "degreesOfFreedom": df, "pValue": float(t.pvalue), "interval": [d - q * se, d + q * se],
    "relative": {"estimate": mb / ma - 1, "standardError": rse, "interval": [mb / ma - 1 - q * rse, mb / ma - 1 + q * rse],
                 "pValue": float(2 * stats.t.sf((mb / ma - 1) / rse, df)), "fieller": [low - 1, high - 1]},
}

# Ratio of sums: the delta method, written out.
def ratio(y, x):
    n, r = len(y), y.sum() / x.sum()
    return r, ((y - r * x) ** 2).sum() / (n - 1) / n / x.mean() ** 2
x1, x2 = rng.poisson(5, 60) + 1, rng.poisson(6, 50) + 1
y1, y2 = rng.binomial(x1, 0.2), rng.binomial(x2, 0.33)
(r1, v1), (r2, v2) = ratio(y1, x1), ratio(y2, x2)
df = (v1 + v2) ** 2 / (v1**2 / 59 + v2**2 / 49)
z = (r2 - r1) / np.sqrt(v1 + v2)
out["ratio"] = {
    "control": [y1.tolist(), x1.tolist()], "treatment": [y2.tolist(), x2.tolist()], "estimate": r2 - r1,
    "standardError": np.sqrt(v1 + v2), "pValue": 2 * stats.t.sf(abs(z), df),
    "relative": [r2 / r1 - 1, np.sqrt(v2 / r1**2 + v1 * r2**2 / r1**4)],
}

# Fisher's exact test, two-sided.
out["fisher"] = [[x1, n1, x2, n2, float(stats.fisher_exact([[x2, n2 - x2], [x1, n1 - x1]])[1])]
                 for x1, n1, x2, n2 in [(1, 20, 8, 22), (0, 5, 5, 5), (3, 1000, 12, 900), (0, 30, 0, 40)]]

# CUPED: theta by pooled within-arm sums; Welch on the residuals, whose spread is taken as it is.
n1, n2 = 80, 70
p1, p2 = rng.gamma(2, 10, n1).round(2), rng.gamma(2, 10, n2).round(2)
o1, o2 = (0.8 * p1 + rng.normal(0, 5, n1)).round(2), (2 + 0.8 * p2 + rng.normal(0, 5, n2)).round(2)
co = lambda u, v: ((u - u.mean()) * (v - v.mean())).sum()
theta = (co(o1, p1) + co(o2, p2)) / (co(p1, p1) + co(p2, p2))
mean = np.concatenate([p1, p2]).mean()
t = stats.ttest_ind(o2 - theta * (p2 - mean), o1 - theta * (p1 - mean), equal_var=False)
adj1, adj2 = o1 - theta * (p1 - mean), o2 - theta * (p2 - mean)
out["cuped"] = {
    "control": [o1.tolist(), p1.tolist()], "treatment": [o2.tolist(), p2.tolist()], "theta": theta,
    "estimate": adj2.mean() - adj1.mean(), "standardError": np.sqrt(adj1.var(ddof=1) / n1 + adj2.var(ddof=1) / n2),
    "pValue": float(t.pvalue), "means": [adj1.mean(), adj2.mean()],
    "unadjusted": float(stats.ttest_ind(o2, o1, equal_var=False).pvalue),
}

# R's power.t.test (strict = FALSE) by scipy's noncentral t, and power.prop.test's formula.
def power_t(n, d, s, a):
    df = 2 * (n - 1)
    return float(stats.nct.sf(stats.t.ppf(1 - a / 2, df), df, np.sqrt(n / 2) * d / s))
def power_p(n, p1, p2, a):
    bar = (p1 + p2) / 2
    return float(stats.norm.cdf((np.sqrt(n) * abs(p1 - p2) - stats.norm.ppf(1 - a / 2) * np.sqrt(2 * bar * (1 - bar)))
                                / np.sqrt(p1 * (1 - p1) + p2 * (1 - p2))))
def smallest(f, goal):
    high = 2
    while f(high) < goal: high *= 2
    low = max(2, high // 2)
    while low < high:
        mid = (low + high) // 2
        if f(mid) >= goal: high = mid
        else: low = mid + 1
    return low
out["powerOfMeans"] = [[n, d, s, a, power_t(n, d, s, a)] for n, d, s, a in
                       [(20, 1, 1, 0.05), (2, 3, 1, 0.05), (3, 1, 2, 0.1), (5, 0.01, 1, 0.05), (1000, 0.1, 1, 0.05), (100000, 0.01, 1, 0.001), (64, 0.5, 1, 0.05)]]
out["sizeForMeans"] = [[d, s, p, a, smallest(lambda n: power_t(n, d, s, a), p)] for d, s, p, a in
                       [(1, 1, 0.9, 0.05), (0.5, 1, 0.8, 0.05), (5, 1, 0.8, 0.05), (0.01, 1, 0.8, 0.01)]]
out["powerOfProportions"] = [[n, p1, p2 - p1, a, power_p(n, p1, p2, a)] for n, p1, p2, a in
                             [(50, 0.5, 0.75, 0.05), (3000, 0.05, 0.06, 0.05), (10, 0.9, 0.2, 0.01), (100, 0, 0.1, 0.05)]]
out["sizeForProportions"] = [[p1, p2 - p1, p, a, smallest(lambda n: power_p(n, p1, p2, a), p)] for p1, p2, p, a in
                             [(0.5, 0.75, 0.9, 0.05), (0.05, 0.06, 0.8, 0.05), (0.1, 0.09, 0.8, 0.01)]]

print(json.dumps(out, indent=1, default=float))
