"""log 2F1 to 17 digits by mpmath: the region of BG/NBD and Pareto/NBD, and beyond what fits into a double.

/usr/bin/python3 test/oracles/hyp2f1.py > test/oracles/hyp2f1.golden.json
"""

import json
import random

import mpmath as mp

mp.mp.dps = 60


def case(a, b, c, z):
    value = mp.hyp2f1(mp.mpf(a), mp.mpf(b), mp.mpf(c), mp.mpf(z), maxterms=10**7)
    return [a, b, c, z, float(mp.log(value))]


def main():
    rng = random.Random(20)
    rows = []
    draw = lambda low, high: float(f"{10 ** rng.uniform(low, high):.6g}")
    # BG/NBD: 2F1(r + x, b + x; a + b + x - 1; t / (alpha + T + t)).
    while len(rows) < 120:
        r, alpha, a, b = draw(-1.5, 1), draw(-1, 2), draw(-1, 1.3), draw(-1, 1.5)
        x, age, horizon = rng.choice([0, 1, 2, 5, 20, 100]), draw(-1, 2.3), draw(-1, 2.3)
        c = a + b + x - 1
        if c > 0:
            rows.append(case(r + x, b + x, c, horizon / (alpha + age + horizon)))
    # Pareto/NBD: 2F1(r + s + x, s + 1 or r + x; r + s + x + 1; z), z below 1.
    for _ in range(120):
        r, s, x = draw(-1.5, 1), draw(-1.5, 1), rng.choice([0, 1, 2, 5, 20, 100, 1000])
        z = rng.choice([1 - draw(-9, -0.01), draw(-6, -0.01)])
        rows.append(case(r + s + x, rng.choice([s + 1, r + x]), r + s + x + 1, z))
    # Below zero, with c > b.
    for _ in range(40):
        b = draw(-2, 2)
        rows.append(case(draw(-2, 2), b, b + draw(-2, 2), -draw(-3, 6)))
    # Beyond 1e308 and other extremes.
    for row in [
        (1000.5, 900.25, 950.125, 0.7),
        (5000.5, 4000.25, 5001.5, 0.9),
        (20000.5, 1.5, 20001.5, 0.999),
        (3.5, 2.5, 2.0, 0.999),
        (0.001, 0.002, 0.0015, 0.5),
        (1e-3, 1e3, 2e3, 0.99999),
        (1.0, 1.0, 2.0, 0.999999999999),
        (0.5, 0.25, 1e6, 0.75),
    ]:
        rows.append(case(*row))
    print(json.dumps({"madeBy": "mpmath " + mp.__version__, "rows": rows}).replace("], [", "],\n  ["))


main()
