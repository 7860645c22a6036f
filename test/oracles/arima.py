"""Writes arima.golden.json: ARIMA models by statsmodels' SARIMAX, whose exact likelihood is maximized here to the last digits.

Differenced models without gaps are fitted to the differenced series (`simple_differencing`), so that the likelihood needs no
guess of what was before it; those with gaps by its approximately diffuse start. `lh` and `LakeHuron` are R's data sets
(Diggle 1990, table A.1, series 3; Brockwell & Davis 1991, series A), the others are read from ts_classic.

Run: CLIENTELE_DATA=../shared/data /usr/bin/python3 test/oracles/arima.py   (made with statsmodels 0.13.5, SciPy 1.10.1, NumPy 1.24.2)
"""

import json
import os
import warnings
from pathlib import Path

import numpy as np
from scipy.optimize import minimize
from statsmodels.tsa.statespace.sarimax import SARIMAX

warnings.simplefilter("ignore")
data = Path(os.environ.get("CLIENTELE_DATA", "../shared/data"))


def classic(name):
    return np.array([float(line.split(",")[1]) for line in (data / "ts_classic" / f"{name}.csv").read_text().split()[1:]])


lh = np.array([2.4, 2.4, 2.4, 2.2, 2.1, 1.5, 2.3, 2.3, 2.5, 2, 1.9, 1.7, 2.2, 1.8, 3.2, 3.2, 2.7, 2.2, 2.2, 1.9, 1.9, 1.8, 2.7, 3, 2.3, 2, 2,
               2.9, 2.9, 2.7, 2.7, 2.3, 2.6, 2.4, 1.8, 1.7, 1.5, 1.4, 2.1, 3.3, 3.5, 3.5, 3.1, 2.6, 2.1, 3.4, 3, 2.9])
huron = np.array([580.38, 581.86, 580.97, 580.80, 579.79, 580.39, 580.42, 580.82, 581.40, 581.32, 581.44, 581.68, 581.17, 580.53, 580.01,
                  579.91, 579.14, 579.16, 579.55, 579.67, 578.44, 578.24, 579.10, 579.09, 579.35, 578.82, 579.32, 579.01, 579.00, 579.80,
                  579.83, 579.72, 579.89, 580.01, 579.37, 578.69, 578.19, 578.67, 579.55, 578.92, 578.09, 579.37, 580.13, 580.14, 579.51,
                  579.24, 578.66, 578.86, 578.05, 577.79, 576.75, 576.75, 577.82, 578.64, 580.58, 579.48, 577.38, 576.90, 576.94, 576.24,
                  576.84, 576.85, 576.90, 577.79, 578.18, 577.51, 577.23, 578.42, 579.61, 579.05, 579.26, 579.22, 579.38, 579.10, 577.95,
                  578.12, 579.75, 580.85, 580.41, 579.96, 579.61, 578.76, 578.18, 577.21, 577.13, 579.10, 578.25, 577.91, 576.89, 575.96,
                  576.80, 577.68, 578.38, 578.52, 579.74, 579.31, 579.89, 579.96])


def without(y, *gaps):
    y = y.copy()
    for a, b in gaps:
        y[a:b] = np.nan
    return y


logAir = np.log(classic("AirPassengers"))
series = {"lh": lh, "LakeHuron": huron, "logAirPassengers": logAir, "USAccDeaths": classic("USAccDeaths"), "nottem": classic("nottem"),
          "logUKgas": np.log(classic("UKgas")), "lh with gaps": without(lh, (3, 4), (20, 25), (47, 48)),
          "LakeHuron with gaps": without(huron, (10, 20), (50, 51), (60, 62)),
          "logAirPassengers with gaps": without(logAir, (30, 31), (50, 53), (100, 114), (142, 144))}
models = [("lh", (1, 0, 0), None, True, False), ("lh", (3, 0, 0), None, True, False), ("lh", (1, 0, 1), None, True, False),
          ("lh", (0, 0, 2), None, True, False), ("LakeHuron", (2, 0, 0), None, True, False), ("LakeHuron", (1, 0, 1), None, True, False),
          ("LakeHuron", (0, 1, 1), None, False, True),
          ("logAirPassengers", (0, 1, 1), (0, 1, 1, 12), False, False),
          ("logAirPassengers", (1, 0, 0), (0, 1, 1, 12), False, True), ("USAccDeaths", (0, 1, 1), (0, 1, 1, 12), False, False),
          ("nottem", (1, 0, 0), (2, 1, 0, 12), False, False),
          ("logUKgas", (1, 1, 1), (0, 1, 1, 4), False, False),
          ("lh with gaps", (1, 0, 0), None, True, False), ("LakeHuron with gaps", (1, 0, 1), None, True, False),
          ("LakeHuron with gaps", (0, 1, 1), None, False, True), ("logAirPassengers with gaps", (0, 1, 1), (0, 1, 1, 12), False, False)]


def fit(name, order, seasonal, mean, drift):
    y = series[name]
    s = seasonal or (0, 0, 0, 0)
    n = len(y)
    differences = order[1] + s[1]
    t = np.arange(1, n + 1.0)
    x = np.ones(n) if mean else t - t.mean() if drift else None
    ahead = None if x is None else np.ones(12) if mean else np.arange(n + 1, n + 13.0) - t.mean()
    exact = differences > 0 and not np.isnan(y).any()
    kw = dict(order=order, seasonal_order=s, concentrate_scale=True)
    m = SARIMAX(y, exog=x, simple_differencing=exact, **kw)
    best = None
    starts = [m.start_params, m.start_params * 0.3]
    for start in starts:
        free = m.untransform_params(start)
        f = lambda u: -m.loglike(u, transformed=False)
        for _ in range(3):
            r = minimize(f, free, method="BFGS", jac="3-point", options=dict(gtol=1e-7, maxiter=500))
            free = r.x
        if best is None or r.fun < best.fun:
            best = r
    params = m.transform_params(best.x)
    k = len(params)
    h = 1e-4 * np.maximum(1, np.abs(params)) if not drift else np.r_[1e-5, np.full(k - 1, 1e-4)]

    def at(i, a, j, b):
        p = params.copy()
        p[i] += a * h[i]
        p[j] += b * h[j]
        return m.loglike(p)

    H = np.array([[(at(i, 1, j, 1) - at(i, 1, j, -1) - at(i, -1, j, 1) + at(i, -1, j, -1)) / (4 * h[i] * h[j]) for j in range(k)] for i in range(k)])
    se = np.sqrt(np.diag(np.linalg.inv(-H)))
    print(name, order, seasonal, np.round(params, 6), round(-best.fun, 6), flush=True)
    result = m.smooth(params)
    # In units of the innovations: the variance of the unknown start is a fixed number there.
    c = np.sqrt(result.scale)
    front = 1 if x is not None else 0
    f = SARIMAX(y / c, exog=x, order=order, seasonal_order=s).smooth(np.r_[params[:front] / c, params[front:], 1]).get_forecast(12, exog=ahead)
    roll = lambda v: list(v[front:]) + list(v[:front])
    return dict(series=name, order=order, seasonal=None if seasonal is None else dict(order=s[:3], period=s[3]), mean=mean, drift=drift,
                coefficients=roll(params), standardErrors=roll(se), sigma2=float(result.scale), logLikelihood=float(-best.fun),
                forecast=list(c * f.predicted_mean), forecastErrors=list(c * np.sqrt(f.var_pred_mean)))


golden = dict(series={k: [None if np.isnan(v) else v for v in y] for k, y in series.items()}, models=[fit(*model) for model in models])
path = Path(__file__).with_name("arima.golden.json")
path.write_text(json.dumps(golden) + "\n")
