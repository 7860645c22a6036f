"""Predictions of Pareto/NBD for extreme histories by mpmath, from the published likelihood with its two hypergeometric cases.

Standard errors on CDNOW from second differences of the same likelihood in 40 digits.

/usr/bin/python3 test/oracles/pareto-nbd.py .../cdnow_sample/cbs_btyd.csv > test/oracles/pareto-nbd.golden.json
"""

import collections
import csv
import json
import random
import sys

import mpmath as mp


def likelihood(r, alpha, s, beta, x, t, age):
    """Schmittlein, Morrison & Colombo (1987) as in Fader & Hardie (2005), equations 15 to 20, without the factor of x alone."""
    both = r + s + x

    def part(y):
        if alpha >= beta:
            z = (alpha - beta) / (alpha + y)
            return mp.hyp2f1(both, s + 1, both + 1, z, maxterms=10**7) / (alpha + y) ** both
        z = (beta - alpha) / (beta + y)
        return mp.hyp2f1(both, r + x, both + 1, z, maxterms=10**7) / (beta + y) ** both

    there = 1 / ((alpha + age) ** (r + x) * (beta + age) ** s)
    return there, there + s / both * (part(t) - part(age))


def time_alive(s, beta, horizon):
    if s == 1:
        return beta * mp.log(1 + horizon / beta)
    return beta / (s - 1) * (1 - (beta / (beta + horizon)) ** (s - 1))


def predictions(parameters, history, horizon):
    r, alpha, s, beta = map(mp.mpf, parameters)
    x, t, age = map(mp.mpf, history)
    there, whole = likelihood(r, alpha, s, beta, x, t, age)
    alive = there / whole
    # Silent for the whole horizon: the same history at a later age.
    active = 1 - likelihood(r, alpha, s, beta, x, t, age + horizon)[1] / whole
    later = alive * (r + x) / (alpha + age) * time_alive(s, beta + age, horizon)
    return [float(v) for v in (alive, active, later, r / alpha * time_alive(s, beta, horizon))]


def cdnow_errors(path, point):
    """Standard errors at the maximum that SciPy found, from the matrix of second derivatives."""
    mp.mp.dps = 40
    with open(path) as file:
        rows = collections.Counter((int(row["x"]), round(7 * float(row["t.x"])), round(7 * float(row["T.cal"]))) for row in csv.DictReader(file))

    def total(point):
        r, alpha, s, beta = point
        base = {x: mp.loggamma(r + x) - mp.loggamma(r) + r * mp.log(alpha) + s * mp.log(beta) for x in {row[0] for row in rows}}
        return sum(count * (base[x] + mp.log(likelihood(r, alpha, s, beta, x, mp.mpf(t) / 7, mp.mpf(age) / 7)[1])) for (x, t, age), count in rows.items())

    step = [value * mp.mpf(10) ** -10 for value in point]
    move = lambda *moves: [value + sum(sign * step[i] for i, sign in moves if i == k) for k, value in enumerate(point)]
    hessian = mp.matrix(4, 4)
    for i in range(4):
        for j in range(i + 1):
            signs = [(1, 1), (1, -1), (-1, 1), (-1, -1)]
            values = [a * b * total(move((i, a), (j, b))) for a, b in signs]
            hessian[i, j] = hessian[j, i] = -sum(values) / (4 * step[i] * step[j])
    covariance = hessian**-1
    return [float(mp.sqrt(covariance[i, i])) for i in range(4)]


def main():
    rng = random.Random(24)
    draw = lambda low, high: float(f"{10 ** rng.uniform(low, high):.6g}")
    rows = []
    cdnow = [0.5533, 10.578, 0.6062, 11.669]
    sets = [cdnow, [0.5, 12.0, 0.6, 5.0], [0.5, 8.0, 1.0, 8.0], [2.0, 0.01, 0.3, 500.0], [0.05, 500.0, 0.02, 0.01], [4.0, 10.0, 30.0, 900.0]]
    times = [[0, 0, 0], [0, 0, 39], [1, 39, 39], [1, 1e-6, 39], [2, 30.43, 38.86], [26, 30.86, 31], [30, 2, 39], [900, 38.9, 39], [900, 20, 39]]
    for parameters in sets:
        for history in times:
            for horizon in [1e-6, 1.0, 52.0, 5000.0]:
                rows.append((parameters, history, horizon))
    for _ in range(120):
        age = draw(-1, 3)
        x = rng.choice([0, 0, 1, 2, 3, 10, 100])
        history = [x, float(f"{age * rng.random():.6g}") if x else 0, age]
        rows.append(([draw(-2, 1.5), draw(-1, 3), draw(-2, 1.5), draw(-1, 3)], history, draw(-1, 3)))
    out = []
    for parameters, history, horizon in rows:
        # A customer who is next to certainly gone needs the digits of that near-certainty.
        for digits in (60, 200, 500):
            found = []
            for mp.mp.dps in (digits, digits + 30):
                found.append(predictions(parameters, history, mp.mpf(horizon)))
            if all(x == y or abs(x / y - 1) < 1e-15 for x, y in zip(*found)):
                break
        else:
            raise ArithmeticError((parameters, history, horizon, found))
        out.append({"parameters": parameters, "history": history, "horizon": horizon, "expected": found[1]})
    maximum = [mp.mpf(value) for value in ("0.5532770942674837", "10.577684299760588", "0.6062399568463461", "11.66873343310384")]
    errors = cdnow_errors(sys.argv[1], maximum)
    print(json.dumps({"madeBy": "mpmath " + mp.__version__, "cdnowErrors": errors, "extremes": out}).replace("}, {", "},\n  {"))


main()
