"""Predictions of BG/BB for extreme histories by mpmath, from the published formulas.

/usr/bin/python3 test/oracles/bg-bb.py > test/oracles/bg-bb.golden.json
"""

import json
import random

import mpmath as mp


def ratio(a, b, left, right):
    return mp.beta(a + left, b + right) / mp.beta(a, b)


def likelihood(alpha, beta, gamma, delta, x, t, n):
    """Fader, Hardie & Shang (2010), equation 7."""
    there = ratio(alpha, beta, x, n - x) * ratio(gamma, delta, 0, n)
    # Each term of the sum by the recurrence of the beta function from the one before: 1,500 beta functions take long.
    term = ratio(alpha, beta, x, t - x) * ratio(gamma, delta, 1, t)
    gone = mp.mpf(0)
    for i in range(n - t):
        gone += term
        term *= (beta + t - x + i) / (alpha + beta + t + i) * (delta + t + i) / (gamma + 1 + delta + t + i)
    return there + gone


def stays(gamma, delta, n, horizon):
    """The braces of equations 8 and 13 over the chance to be there at n, by the published closed form away from gamma = 1."""
    if gamma == 1:
        return mp.fsum((delta + n) / (delta + n + j) for j in range(1, horizon + 1))
    rise = lambda m: mp.gamma(1 + delta + m) / mp.gamma(gamma + delta + m)
    return mp.gamma(gamma + delta + n) / mp.gamma(delta + n) / (gamma - 1) * (rise(n) - rise(n + horizon))


def predictions(parameters, history, horizon):
    alpha, beta, gamma, delta = map(mp.mpf, parameters)
    x, t, n = history
    whole = likelihood(alpha, beta, gamma, delta, x, t, n)
    alive = ratio(alpha, beta, x, n - x) * ratio(gamma, delta, 0, n + 1) / whole
    # Silent for the whole horizon: the same history with more opportunities.
    active = 1 - likelihood(alpha, beta, gamma, delta, x, t, n + horizon) / whole if horizon <= 2000 else None
    there = ratio(alpha, beta, x, n - x) * ratio(gamma, delta, 0, n) / whole
    later = there * (alpha + x) / (alpha + beta + n) * stays(gamma, delta, n, horizon)
    new = alpha / (alpha + beta) * stays(gamma, delta, 0, horizon)
    return [None if v is None else float(v) for v in (alive, active, later, new)]


def main():
    rng = random.Random(25)
    draw = lambda low, high: float(f"{10 ** rng.uniform(low, high):.6g}")
    rows = []
    sets = [[1.204, 0.75, 0.657, 2.783], [1.0, 1.0, 1.0, 1.0], [0.01, 5.0, 1.0, 0.02], [300.0, 2.0, 0.001, 0.5], [2.0, 700.0, 40.0, 9000.0], [0.5, 0.5, 1.0000001, 3.0]]
    for parameters in sets:
        for history in [[0, 0, 0], [0, 0, 6], [6, 6, 6], [1, 1, 6], [4, 5, 6], [3, 400, 500], [450, 450, 500], [50, 60, 500]]:
            for horizon in [0, 1, 10, 999, 1001, 100000]:
                if horizon > 2000 and parameters[2] == 1.0:
                    continue
                rows.append((parameters, history, horizon))
    for _ in range(100):
        n = rng.choice([1, 5, 30])
        t = rng.randint(0, n)
        x = rng.randint(1, t) if t else 0
        rows.append(([draw(-2, 2) for _ in range(4)], [x, t, n], rng.choice([1, 7, 1200, 10**6])))
    out = []
    for parameters, history, horizon in rows:
        for digits in (50, 200, 400):
            found = []
            for mp.mp.dps in (digits, digits + 30):
                found.append(predictions(parameters, history, horizon))
            if all(x == y or abs(x / y - 1) < 1e-15 for x, y in zip(*found)):
                break
        else:
            raise ArithmeticError((parameters, history, horizon, found))
        out.append({"parameters": parameters, "history": history, "horizon": horizon, "expected": found[1]})
    print(json.dumps({"madeBy": "mpmath " + mp.__version__, "extremes": out}).replace("}, {", "},\n  {"))


main()
