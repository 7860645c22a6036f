"""Expected purchases until drop-out by mpmath, as the mean over p of (1 - (1 + p u)^-r) / p.

/usr/bin/python3 test/oracles/dropout-purchases.py > test/oracles/dropout-purchases.golden.json
"""

import json
import random

import mpmath as mp

mp.mp.dps = 50


def expected(r, u, a, b):
    """The published 2F1 form; at a = 1 its limit, by the mean of both sides of it at 50 digits."""
    r, u, a, b = map(mp.mpf, (r, u, a, b))

    def published(a):
        w = u / (1 + u)
        f = mp.hyp2f1(r, b, a + b - 1, w, maxterms=10**7)
        return (a + b - 1) / (a - 1) * (1 - (1 - w) ** r * f)

    if min(abs(a - 1), abs(a + b - 1)) < mp.mpf(10) ** -12:
        step = mp.mpf(10) ** -16
        return (published(a + step) + published(a - step)) / 2
    return published(a)


def main():
    rng = random.Random(21)
    rows = []
    draw = lambda low, high: float(f"{10 ** rng.uniform(low, high):.6g}")
    for _ in range(150):
        rows.append((draw(-2, 1.5), draw(-3, 2), draw(-1.5, 1.5), draw(-1.5, 1.5)))
    # Frequent buyers: shape r + x, and b + x.
    for _ in range(60):
        x = rng.choice([5, 50, 500, 5000])
        rows.append((draw(-1, 0.5) + x, draw(-4, 1), draw(-1.5, 1), draw(-1, 1) + x))
    # a = 1 exactly; a + b = 1 and below; tiny and huge spans.
    for _ in range(40):
        rows.append((draw(-2, 1.5), draw(-3, 2), 1.0, draw(-1.5, 1.5)))
        a = draw(-2, -0.1)
        rows.append((draw(-2, 1.5), draw(-3, 2), a, 1.0 - a))
        rows.append((draw(-2, 1.5), draw(-3, 2), draw(-3, -0.5), draw(-3, -0.5)))
        rows.append((draw(-2, 1.5), draw(-14, -6), draw(-1.5, 1.5), draw(-1.5, 1.5)))
        rows.append((draw(-2, 1.5), draw(3, 12), draw(-1, 1.5), draw(-1, 1.5)))
    out = []
    for row in rows:
        mp.mp.dps = 50
        once = expected(*row)
        mp.mp.dps = 80
        again = expected(*row)
        assert abs(once / again - 1) < mp.mpf(10) ** -16, row
        out.append([*row, float(again)])
    print(json.dumps({"madeBy": "mpmath " + mp.__version__, "rows": out}).replace("], [", "],\n  ["))


main()
