"""Writes theta.golden.json: the theta method by statsmodels, and Croston's methods step by step from their papers.

Run: CLIENTELE_DATA=../shared/data /usr/bin/python3 test/oracles/theta.py   (made with statsmodels 0.13.5, NumPy 1.24.2)
"""

import json
import os
import warnings
from pathlib import Path

import numpy as np
from statsmodels.tsa.forecasting.theta import ThetaModel

warnings.simplefilter("ignore")
data = Path(os.environ.get("CLIENTELE_DATA", "../shared/data"))


def classic(name):
    return np.array([float(line.split(",")[1]) for line in (data / "ts_classic" / f"{name}.csv").read_text().split()[1:]])


def theta(name, period, method):
    r = ThetaModel(classic(name), period=period, deseasonalize=method is not None, use_test=False, method="additive" if method == "additive" else "auto").fit()  # "multiplicative" is taken for "additive" there
    return dict(series=name, period=period, seasonal=method or "none", alpha=float(r.params["alpha"]), slope=float(r.params["b0"]),
                forecast=list(map(float, r.forecast(12, theta=2))))


demand = [0, 0, 3, 0, 0, 0, 2, 0, 4, 0, 0, 3, 0, 1, 0, 0, 0, 5]


def croston(a):
    z = p = None
    q = 1
    for d in demand:
        if d > 0:
            z, p = (d, q) if z is None else (z + a * (d - z), p + a * (q - p))
            q = 1
        else:
            q += 1
    return dict(size=z, interval=p, classic=z / p, sba=(1 - a / 2) * z / p)


def tsb(a, b):
    z, p = None, float(demand[0] > 0)
    for t, d in enumerate(demand):
        if t > 0:
            p += b * ((d > 0) - p)
        if d > 0:
            z = d if z is None else z + a * (d - z)
    return z * p


path = Path(__file__).with_name("theta.golden.json")
path.write_text(json.dumps(dict(
    theta=[theta("AirPassengers", 12, "multiplicative"), theta("UKgas", 4, "multiplicative"), theta("nottem", 12, "additive"), theta("co2", 1, None)],
    demand=demand, croston=croston(0.2), tsb=tsb(0.2, 0.1))) + "\n")
