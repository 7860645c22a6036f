"""Writes special.golden.json: special functions and the tails of distributions, computed with 50 digits or more.

Run: /usr/bin/python3 test/oracles/special.py   (Debian: apt-get install python3-mpmath; made with mpmath 1.2.1)
Incomplete gamma and beta functions are summed here as series of positive terms, in so many digits that a tail of 1e-400
keeps 50 after the subtraction from 1: mpmath's own are slow or fail for shapes in the ten thousands.
Parameters and points are doubles; they are spread from ordinary to extreme, and each pair of parameters is asked in the
middle, beside it, and in both tails down to 1e-300 and beyond.
"""

import json
import random
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 60
random.seed(20240301)


def lower_gamma(a, x):
    a, x = mpf(a), mpf(x)
    term = total = mpf(1)
    negligible = mpf(10) ** -mp.dps
    n = 0
    while term > total * negligible:
        n += 1
        term *= x / (a + n)
        total += term
    return mp.exp(a * mp.log(x) - x - mp.loggamma(a + 1)) * total


def lower_beta(a, b, x, y):
    a, b = mpf(a), mpf(b)
    term = total = mpf(1)
    negligible = mpf(10) ** -mp.dps
    n = 0
    while term > total * negligible:
        term *= (a + b + n) / (a + 1 + n) * x
        total += term
        n += 1
    return mp.exp(a * mp.log(x) + b * mp.log(y) - mp.log(a) + mp.loggamma(a + b) - mp.loggamma(a) - mp.loggamma(b)) * total


def both_gamma(a, x):
    mp.dps = 420
    p = lower_gamma(a, x)
    return p, 1 - p


def both_beta(a, b, x, y):
    mp.dps = 420

    def cost(shape, share, rest):  # terms until the ratio of the series is below 1, then until they vanish
        return (max(0, (mpf(a) + mpf(b)) * share - shape) + 970) / rest

    if cost(a, x, y) <= cost(b, y, x):
        p = lower_beta(a, b, x, y)
        return p, 1 - p
    q = lower_beta(b, a, y, x)
    return 1 - q, q


def row(name, parameters, x, tails):
    cdf, sf = tails
    out = [name, parameters, x, float(cdf), float(sf), float(mp.log(cdf)), float(mp.log(sf))]
    return out


tails = []
for shape in [0.01, 0.1, 0.5, 1.0, 2.5, 10.0, 47.3, 300.0, 1000.0, 9876.5, 12345.0, 1e5, 1e6]:
    sd = shape**0.5
    points = {shape * f for f in (0.5, 0.9, 0.99, 1.0, 1.01, 1.1, 2.0)} | {shape + k * sd for k in (-30, -8, -1, 1, 3, 8, 30, 40)}
    points |= {1e-8, 1e-3, 0.3, 1.2, 1.6, 20.0, 100.0, 600.0} if shape < 300 else set()
    for x in sorted(points):
        if x <= 0 or (shape >= 300 and abs(x - shape) > 45 * sd):
            continue
        tails.append(row("gamma", [shape], x, both_gamma(shape, x)))

for z in [0.0, 1e-9, 0.1, 0.5, 0.6745, 1.0, 1.96, 3.0, 5.0, 8.3, 10.0, 15.5, 20.0, 26.0, 30.0, 37.5, 38.4, 60.0, 1000.0]:
    for x in {z, -z}:
        mp.dps = 900
        upper = mp.erfc(mpf(x) / mp.sqrt(2)) / 2
        lower = mp.erfc(-mpf(x) / mp.sqrt(2)) / 2
        tails.append(row("normal", [], x, (lower, upper)))

for df in [0.5, 1.0, 2.0, 3.7, 10.0, 30.0, 500.0, 9999.0, 123456.0, 1e7]:
    for t in [1e-6, 0.3, 1.0, 1.7, 3.0, 10.0, 30.0, 1e5]:
        if df > 1e4 and t > 100:
            continue
        mp.dps = 420
        square = mpf(t) ** 2
        x, y = mpf(df) / (df + square), square / (df + square)
        both, _ = both_beta(df / 2, 0.5, x, y)
        tails.append(row("studentT", [df], t, (1 - both / 2, both / 2)))

for df1, df2 in [(1, 1), (1, 10), (2, 5), (3, 996), (4, 20000), (7.5, 0.7), (50, 50), (999, 31), (5000, 7000), (1, 999999), (6, 1e7)]:
    for f in [1e-6, 0.05, 0.5, 0.95, 1.0, 1.1, 2.0, 5.0, 40.0, 200.0]:
        mp.dps = 420
        odds = mpf(df1) * mpf(f) / mpf(df2)
        tails.append(row("fisherF", [df1, df2], f, both_beta(df1 / 2, df2 / 2, odds / (1 + odds), 1 / (1 + odds))))

for a, b in [(0.01, 0.02), (0.1, 3.0), (0.5, 0.5), (1.0, 1.0), (2.0, 0.3), (3.0, 7.0), (20.0, 400.0), (300.0, 250.0), (9000.0, 2.0), (5e4, 5e4), (2e5, 1e6)]:
    mean = a / (a + b)
    sd = (a * b / (a + b + 1)) ** 0.5 / (a + b)
    points = {mean + k * sd for k in (-36, -8, -2, -0.5, 0, 1, 3, 12, 36)} | ({1e-4, 0.01, 0.3, 0.5, 0.8, 0.999} if a < 1000 else set())
    for x in sorted(points):
        if 0 < x < 1:
            mp.dps = 420
            tails.append(row("beta", [a, b], x, both_beta(a, b, mpf(x), 1 - mpf(x))))

for mean, counts in [(0.3, [0, 1, 5, 40]), (4.0, [0, 3, 4, 20, 100]), (1010.0, [700, 1000, 1010, 1500]), (1e5, [99000, 100000, 101000, 105000])]:
    for k in counts:
        p, q = both_gamma(k + 1, mean)
        tails.append(row("poisson", [mean], k, (q, p)))

for n, p, counts in [(10, 0.3, [0, 3, 9]), (1000, 0.02, [5, 20, 60, 300]), (100000, 0.5, [40000, 49900, 50000, 51000]), (3000, 0.999, [2500, 2997, 2999])]:
    for k in counts:
        mp.dps = 420
        lower, upper = both_beta(k + 1, n - k, mpf(p), 1 - mpf(p))
        tails.append(row("binomial", [n, p], k, (upper, lower)))

for x in [0.05, 0.2, 0.5, 0.8, 1.0, 1.2, 1.36, 2.0, 5.0, 18.0, 25.0]:
    mp.dps = 400
    upper = 2 * sum((-1) ** (k - 1) * mp.exp(-2 * mpf(k) ** 2 * mpf(x) ** 2) for k in range(1, 1200))
    tails.append(row("kolmogorov", [], x, (1 - upper, upper)))

mp.dps = 60
arguments = [1e-300, 1e-10, 1e-3, 0.2, 0.49, 0.5, 0.75, 0.999999, 1.0000001, 1.2, 1.4, 1.46163, 1.4616321449683622, 1.47, 1.5, 1.77, 1.999, 2.0000001, 2.5, 2.6, 3.0, 5.5, 9.99, 10.0, 33.3, 171.0, 1e4, 1e8, 1e15, 1e300]
signed = [0.0, 1e-300, 1e-5, 0.1, 0.4999, 0.5, 0.8, 0.9999, 1.0001, 1.5, 2.0, 3.75, 6.0, 10.0, 15.0, 26.0]
pairs = [(0.5, 0.5), (1e-5, 3.0), (0.1, 20.0), (2.0, 3.0), (7.0, 9.5), (9.9, 10.1), (3.0, 1e6), (1e-3, 1e10), (12.0, 15.0), (500.0, 1e4), (1e5, 1e5), (1e8, 3.0), (40.0, 1e12)]
table = {
    "logGamma": [[x, float(mp.loggamma(mpf(x)))] for x in arguments],
    "digamma": [[x, float(mp.digamma(mpf(x)))] for x in arguments],
    "trigamma": [[x, float(mp.polygamma(1, mpf(x)))] for x in arguments if 1e-100 < x < 1e100],
    "erf": [[x, float(mp.erf(mpf(x)))] for x in signed + [-x for x in signed[1:]]],
    "erfc": [[x, float(mp.erfc(mpf(x)))] for x in signed + [-x for x in signed[1:]]],
    "erfcx": [[x, float(mp.exp(mpf(x) ** 2) * mp.erfc(mpf(x)))] for x in signed + [random.uniform(0, 40) for _ in range(40)]],
    "logBeta": [[a, b, float(mp.loggamma(mpf(a)) + mp.loggamma(mpf(b)) - mp.loggamma(mpf(a) + mpf(b)))] for a, b in pairs],
    "tails": tails,
}
print({name: len(rows) for name, rows in table.items()})
text = ",\n".join(
    f' "{name}": [\n' + ",\n".join("  " + json.dumps(r).replace("-Infinity", "null") for r in rows) + "\n ]" for name, rows in table.items()
)
Path(__file__).with_suffix(".golden.json").write_text("{\n" + text + "\n}\n")
