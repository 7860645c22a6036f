"""Logistic fits to 50 digits with mpmath, for test/predictions/logistic.test.ts. Run: /usr/bin/python3 test/oracles/logistic.py

mtcars: Henderson & Velleman (1981), as in R. Spector: Spector & Mazzeo (1980), as in statsmodels; the published estimates
(Greene, "Econometric Analysis", table 21.1) are -13.021, 2.826, 0.095, 2.379.
"""
import json, os
from mpmath import mp, mpf, matrix, lu_solve, exp, log, log1p, sqrt, ncdf
import statsmodels.api as sm
mp.dps = 60

AM = [1,1,1,0,0,0,0,0,0,0,0,0,0,0,0,0,0,1,1,1,0,0,0,0,0,1,1,1,1,1,1,1]
WT = "2.62 2.875 2.32 3.215 3.44 3.46 3.57 3.19 3.15 3.44 3.44 4.07 3.73 3.78 5.25 5.424 5.345 2.2 1.615 1.835 2.465 3.52 3.435 3.84 3.845 1.935 2.14 1.513 3.17 2.77 3.57 2.78".split()
HP = "110 110 93 110 175 105 245 62 95 123 123 180 180 180 205 215 230 66 52 65 97 150 150 245 175 66 91 113 264 175 335 109".split()
spector = sm.datasets.spector.load_pandas()
# As written in the file: the data have at most two decimals.
SPECTOR = [[repr(float(v)) for v in row] for row in spector.exog[["GPA", "TUCE", "PSI"]].values]
GRADE = [int(v) for v in spector.endog]

def fit(rows, outcome, weights=None, l2=0):
    n, d = len(rows), len(rows[0])
    X = [[mpf(1)] + [mpf(v) for v in row] for row in rows]
    w = [mpf(v) for v in (weights or [1] * n)]
    l2 = mpf(l2)
    # Newton on centered columns, with halving; the coefficients are turned back at the end.
    mean = [mpf(0)] + [sum(x[j] for x in X) / n for j in range(1, d + 1)]
    Z = [[x[0]] + [x[j] - mean[j] for j in range(1, d + 1)] for x in X]
    def objective(b):
        total = mpf(0)
        for z, y, weight in zip(Z, outcome, w):
            margin = sum(a * c for a, c in zip(z, b)) * (1 if y else -1)
            total += weight * log(1 + exp(-margin))
        return total + l2 / 2 * sum(v * v for v in b[1:])
    def derivatives(b):
        g = matrix(d + 1, 1); H = matrix(d + 1, d + 1)
        for z, y, weight in zip(Z, outcome, w):
            p = 1 / (1 + exp(-sum(a * c for a, c in zip(z, b))))
            for i in range(d + 1):
                g[i] += weight * (y - p) * z[i]
                for j in range(d + 1): H[i, j] += weight * p * (1 - p) * z[i] * z[j]
        for i in range(1, d + 1): g[i] -= l2 * b[i]; H[i, i] += l2
        return g, H
    b = [mpf(0)] * (d + 1)
    for _ in range(200):
        g, H = derivatives(b); step = lu_solve(H, g); t = mpf(1); f = objective(b)
        while objective([v + t * s for v, s in zip(b, step)]) > f + mpf(10) ** -50: t /= 2
        b = [v + t * s for v, s in zip(b, step)]
        if max(abs(s) for s in step) < mpf(10) ** -40: break
    V = derivatives(b)[1] ** -1
    T = matrix(d + 1, d + 1)
    for i in range(d + 1): T[i, i] = 1
    for j in range(1, d + 1): T[0, j] = -mean[j]
    estimates = T * matrix(b); covariance = T * V * T.T
    errors = [sqrt(covariance[i, i]) for i in range(d + 1)]
    loss = objective(b) - l2 / 2 * sum(v * v for v in b[1:])
    total = sum(w); positive = sum(weight for weight, y in zip(w, outcome) if y)
    share = positive / total
    f = lambda v: float(v)
    return {
        "intercept": f(estimates[0]), "coefficients": [f(v) for v in estimates[1:]],
        "interceptStandardError": f(errors[0]), "standardErrors": [f(v) for v in errors[1:]],
        "pValues": [f(2 * ncdf(-abs(estimates[i] / errors[i]))) for i in range(1, d + 1)],
        "covariance": [[f(covariance[i, j]) for j in range(d + 1)] for i in range(d + 1)],
        "logLikelihood": f(-loss), "deviance": f(2 * loss), "aic": f(2 * loss + 2 * (d + 1)), "bic": f(2 * loss + log(total) * (d + 1)),
        "nullLogLikelihood": f(positive * log(share) + (total - positive) * log(1 - share)),
    }

cars = [[a, b] for a, b in zip(WT, HP)]
weights = [(i * 7) % 4 for i in range(len(GRADE))]
golden = {
    "mtcars": {"wt": [float(v) for v in WT], "hp": [float(v) for v in HP], "am": AM,
               "byWeight": fit([[v] for v in WT], AM), "byWeightAndPower": fit(cars, AM)},
    "spector": {"rows": [[float(v) for v in row] for row in SPECTOR], "grade": GRADE, "weights": weights,
                "plain": fit(SPECTOR, GRADE), "ridge": fit(SPECTOR, GRADE, l2="0.5"),
                "weighted": fit(SPECTOR, GRADE, weights)},
}
path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "logistic.golden.json")
open(path, "w").write(json.dumps(golden, indent=1) + "\n")
