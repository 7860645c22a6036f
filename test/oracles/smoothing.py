"""Writes smoothing.golden.json: innovations state space models (ETS) by statsmodels' ETSModel, start and weights estimated.

Run: CLIENTELE_DATA=../shared/data /usr/bin/python3 test/oracles/smoothing.py   (made with statsmodels 0.13.5, NumPy 1.24.2)
"""

import json
import os
import warnings
from pathlib import Path

import numpy as np
from statsmodels.tsa.exponential_smoothing.ets import ETSModel

warnings.simplefilter("ignore")
data = Path(os.environ.get("CLIENTELE_DATA", "../shared/data"))
models = [("nottem", "add", None, False, None, None), ("AirPassengers", "add", "add", False, None, None), ("AirPassengers", "add", "add", True, None, None),
          ("co2", "add", "add", False, "add", 12), ("nottem", "add", None, False, "add", 12), ("UKgas", "mul", "add", False, "mul", 4),
          ("AirPassengers", "mul", "add", False, "mul", 12), ("AirPassengers", "mul", "add", True, "mul", 12)]


def classic(name):
    return np.array([float(line.split(",")[1]) for line in (data / "ts_classic" / f"{name}.csv").read_text().split()[1:]])


def fit(name, error, trend, damped, seasonal, period):
    y = classic(name)
    m = ETSModel(y, error=error, trend=trend, damped_trend=damped, seasonal=seasonal, seasonal_periods=period)
    r = m.fit(disp=False, maxiter=2000)
    r = m.fit(start_params=r.params, disp=False, maxiter=5000)
    return dict(series=name, error=error, trend=trend, damped=damped, seasonal=seasonal, period=period, logLikelihood=r.llf, sse=r.sse,
                weights={k: float(v) for k, v in zip(m.param_names, r.params) if k.startswith(("smoothing", "damping"))}, forecast=list(map(float, r.forecast(12))))


path = Path(__file__).with_name("smoothing.golden.json")
path.write_text(json.dumps([fit(*model) for model in models]) + "\n")
