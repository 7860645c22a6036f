"""BG/NBD and MBG/NBD by mpmath and SciPy: predictions of extreme histories, and a fit with covariates.

/usr/bin/python3 test/oracles/beta-geometric.py > test/oracles/beta-geometric.golden.json
"""

import json
import random

import mpmath as mp
import numpy as np
from scipy import optimize, special

mp.mp.dps = 60


def mean_purchases(r, u, a, b):
    """The mean over p of (1 - (1 + p u)^-r) / p, in the published 2F1 form away from its singularities."""
    def published(a):
        w = u / (1 + u)
        return (a + b - 1) / (a - 1) * (1 - (1 - w) ** r * mp.hyp2f1(r, b, a + b - 1, w, maxterms=10**7))

    if min(abs(a - 1), abs(a + b - 1)) < mp.mpf(10) ** -12:
        step = mp.mpf(10) ** -18
        return (published(a + step) + published(a - step)) / 2
    return published(a)


def predictions(parameters, history, horizon, early):
    r, alpha, a, b = map(mp.mpf, parameters)
    x, t, age = map(mp.mpf, history)
    m = x + early
    odds = a / (b + m - 1) * ((alpha + age) / (alpha + t)) ** (r + x) if m > 0 else mp.mpf(0)
    alive = 1 / (1 + odds)
    later = mean_purchases(r + x, horizon / (alpha + age), a, b + m)
    new = mean_purchases(r, horizon / alpha, a, b + early) * (b / (a + b) if early else 1)
    return [float(alive), float(alive * later), float(new)]


def extremes():
    rng = random.Random(22)
    draw = lambda low, high: float(f"{10 ** rng.uniform(low, high):.6g}")
    rows = []
    cdnow = [0.2426, 4.4136, 0.7929, 2.4259]
    sets = [cdnow, [0.5, 5.0, 1.0, 2.0], [0.5, 5.0, 0.2, 0.3], [0.2, 4.0, 0.4, 0.6], [1.0, 10.0, 1.0, 1.0], [3.0, 2.0, 5.0, 0.01]]
    for parameters in sets:
        for history in [[0, 0, 0], [0, 0, 39], [1, 39, 39], [1, 1e-6, 39], [2, 30.43, 38.86], [30, 2, 39], [2000, 38.9, 39], [2000, 20, 39], [50000, 700, 730]]:
            for horizon in [1e-6, 1.0, 39.0, 520.0]:
                if history[0] > 10000 and horizon > 100:
                    continue
                rows.append((parameters, history, horizon))
    for _ in range(60):
        age = draw(-1, 3)
        x = rng.choice([0, 1, 2, 3, 10, 100])
        history = [x, float(f"{age * rng.random():.6g}") if x else 0, age]
        rows.append(([draw(-1.5, 1.5), draw(-1, 2), draw(-1.5, 1.5), draw(-1.5, 1.5)], history, draw(-1, 3)))
    out = []
    for parameters, history, horizon in rows:
        for early in (0, 1):
            mp.mp.dps = 60
            once = predictions(parameters, history, mp.mpf(horizon), early)
            mp.mp.dps = 100
            again = predictions(parameters, history, mp.mpf(horizon), early)
            for x, y in zip(once, again):
                assert x == y or abs(x / y - 1) < 1e-15, (parameters, history, horizon, x, y)
            out.append({"early": early, "parameters": parameters, "history": history, "horizon": horizon, "expected": again})
    return out


def log_likelihood(r, alpha, a, b, x, t, age, early):
    m = x + early
    base = special.gammaln(r + x) - special.gammaln(r) + r * np.log(alpha) + special.betaln(a, b + m) - special.betaln(a, b)
    alive = -(r + x) * np.log(alpha + age)
    left = np.where(m > 0, np.log(a) - np.log(np.where(m > 0, b + m - 1, 1)) - (r + x) * np.log(alpha + t), -np.inf)
    return base + np.logaddexp(alive, left)


def covariates():
    """600 simulated customers; two covariates act on purchases, one of them on drop-out."""
    rng = np.random.default_rng(23)
    n = 600
    z = np.column_stack([rng.integers(0, 2, n), np.round(rng.normal(40, 10, n))]).astype(float)
    alpha = 6 * np.exp(-(0.5 * z[:, 0] + 0.02 * (z[:, 1] - 40)))
    rate = rng.gamma(0.9, 1, n) / alpha
    p = rng.beta(0.8 * np.exp(0.4 * z[:, 0]), 2.5, n)
    age = np.round(rng.uniform(20, 52, n), 2)
    x, t = np.zeros(n), np.zeros(n)
    for i in range(n):
        now = 0.0
        while True:
            now += rng.exponential(1 / rate[i])
            if now > age[i]:
                break
            x[i] += 1
            t[i] = now
            if rng.random() < p[i]:
                break
    t = np.where(x > 0, np.minimum(np.maximum(np.round(t, 4), 0.0001), age), 0)
    fits = {}
    for early in (0, 1):

        def parts(u):
            local_alpha = np.exp(u[1] - z @ u[4:6])
            return np.exp(u[0]), local_alpha, np.exp(u[2] + z[:, 0] * u[6]), np.exp(u[3] + z[:, 0] * u[7])

        def negative(u):
            return -np.sum(log_likelihood(*parts(u), x, t, age, early))

        start = np.array([0, 2, 0, 1, 0, 0, 0, 0], float)
        best = optimize.minimize(negative, start, method="Nelder-Mead", options={"maxiter": 40000, "maxfev": 40000, "xatol": 1e-10, "fatol": 1e-12, "adaptive": True})
        for _ in range(6):
            best = optimize.minimize(negative, best.x, method="Nelder-Mead", options={"maxiter": 40000, "maxfev": 40000, "xatol": 1e-10, "fatol": 1e-12, "adaptive": True})
        fits[str(early)] = {"point": best.x.tolist(), "logLikelihood": -best.fun}
    rows = np.column_stack([x, t, age, z]).tolist()
    return {"rows": rows, "fits": fits}


def main():
    text = json.dumps({"madeBy": "mpmath " + mp.__version__, "extremes": extremes(), "covariates": covariates()})
    print(text.replace("}, {", "},\n  {").replace("], [", "],\n  ["))


main()
