"""Writes quantile.golden.json: NumPy's linear (type 7) quantiles.

Run: /usr/bin/python3 test/oracles/quantile.py   (Debian: apt-get install python3-numpy; made with NumPy 1.24.2)
"""

import json
from pathlib import Path

import numpy

generator = numpy.random.default_rng(7)
samples = {
    "one": [3.5],
    "two": [9.0, -1.0],
    "ties": [2.0, 2.0, 1.0, 2.0, 5.0, 5.0, 2.0, 9.0],
    "constant": [0.1] * 9,
    "normal": generator.normal(size=101).tolist(),
    "skewed": generator.lognormal(sigma=3, size=64).tolist(),
}
shares = [0.0, 0.01, 0.1, 0.2, 0.25, 0.29, 1 / 3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 0.95, 0.999, 1.0]
rows = [
    f'  "{name}": {json.dumps({"values": values, "quantiles": numpy.quantile(values, shares).tolist()})}'
    for name, values in samples.items()
]
text = f'{{\n "shares": {json.dumps(shares)},\n "samples": {{\n' + ",\n".join(rows) + "\n }\n}\n"
Path(__file__).with_suffix(".golden.json").write_text(text)
