"""Writes elementary.golden.json: exactly rounded values of exp, expm1, log, log1p and pow.

Run: /usr/bin/python3 test/oracles/elementary.py   (Debian: apt-get install python3-mpmath; made with mpmath 1.2.1)
Arguments are doubles, spread over the whole range of each function and dense where implementations are weak: near 0 and
1, near the ends of the range, near multiples of log(2)/2. Each value is computed with 60 digits and rounded once.
"""

import json
import random
from pathlib import Path

from mpmath import mp, mpf

mp.dps = 60
random.seed(20240229)


def rounded(value):
    return float(value)  # mpmath rounds to nearest, ties to even


def around(center, width, count):
    return [center + random.uniform(-width, width) for _ in range(count)]


exponents = (
    around(0.0, 1e-9, 20) + around(0.0, 1e-3, 40) + around(0.0, 0.7, 120) + around(0.0, 40.0, 120) + around(0.0, 700.0, 120)
    + [k * 0.34657359027997264 for k in range(-20, 21)] + [1.0, -1.0, 709.78, -708.39, -740.0, -745.1]
)
positives = (
    around(1.0, 1e-9, 20) + around(1.0, 1e-3, 40) + around(1.0, 0.3, 120) + [random.uniform(0.0, 100.0) for _ in range(120)]
    + [2.0 ** random.uniform(-1022.0, 1023.0) for _ in range(120)] + [0.5, 2.0, 10.0, 5e-324, 2.2250738585072014e-308, 1.7976931348623157e308]
)
above = (
    around(0.0, 1e-9, 20) + around(0.0, 1e-3, 40) + around(0.0, 0.4, 120) + [random.uniform(-0.999, 100.0) for _ in range(120)]
    + [2.0 ** random.uniform(-60.0, 1000.0) for _ in range(80)]
)
pairs = (
    [(random.uniform(0.0, 3.0), random.uniform(-30.0, 30.0)) for _ in range(160)]
    + [(2.0 ** random.uniform(-60.0, 60.0), random.uniform(-15.0, 15.0)) for _ in range(160)]
    + [(1.0 + random.uniform(-1e-6, 1e-6), random.uniform(-1e6, 1e6)) for _ in range(80)]
    + [(-float(random.randint(1, 50)), float(random.randint(-20, 20))) for _ in range(20)]
)

table = {
    "exp": [[x, rounded(mp.exp(mpf(x)))] for x in exponents],
    "expm1": [[x, rounded(mp.expm1(mpf(x)))] for x in exponents],
    "log": [[x, rounded(mp.log(mpf(x)))] for x in positives],
    "log1p": [[x, rounded(mp.log1p(mpf(x)))] for x in above],
    "pow": [[x, y, rounded(mp.power(mpf(x), mpf(y)))] for x, y in pairs],
}
text = ",\n".join(
    f' "{name}": [\n' + ",\n".join("  " + json.dumps(row) for row in rows) + "\n ]" for name, rows in table.items()
)
Path(__file__).with_suffix(".golden.json").write_text("{\n" + text + "\n}\n")
