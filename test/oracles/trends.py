"""Writes trends.golden.json: slopes with intervals and Mann-Kendall's test.

Run: /usr/bin/python3 test/oracles/trends.py > test/oracles/trends.golden.json   (SciPy 1.10.1, statsmodels 0.13.5)
Theil-Sen: scipy.stats.theilslopes. Least squares: statsmodels OLS with cov_type="HAC" (Bartlett, small-sample correction, t).
Mann-Kendall: S and its variance by their definitions, pair by pair; tau by scipy.stats.kendalltau.
"""
import json
import math
import sys

import numpy as np
import statsmodels.api as sm
from scipy import stats

cases = {
    "rising": [50 + 2 * i + (i * 7) % 5 for i in range(30)],
    "ties": [3, 3, 4, 4, 4, 5, 3, 5, 6, 6, 5, 7, 7, 7, 7],
    "falling with gaps": [90 - 3 * i + (i * i * 5) % 17 if i % 6 != 4 else None for i in range(40)],
    "flat": [10, 12, 11, 10, 12, 11, 10, 12, 11, 10],
    "three": [1, 5, 2],
    "long": [i % 37 + 0.01 * i for i in range(700)],
}
out = {}
for name, ys in cases.items():
    x = np.array([i for i, y in enumerate(ys) if y is not None], float)
    y = np.array([v for v in ys if v is not None], float)
    n = len(y)
    s = sum(int(np.sign(y[i + 1:] - y[i]).sum()) for i in range(n - 1))
    _, t = np.unique(y, return_counts=True)
    var = (n * (n - 1) * (2 * n + 5) - (t * (t - 1) * (2 * t + 5)).sum()) / 18
    z = 0 if s == 0 else (s - np.sign(s)) / math.sqrt(var)
    ts = stats.theilslopes(y, x)
    lags = int(4 * (n / 100) ** (2 / 9))
    lags = min(lags, n - 2)
    fit = sm.OLS(y, sm.add_constant(x)).fit(cov_type="HAC", cov_kwds={"maxlags": lags, "use_correction": True}, use_t=True)
    out[name] = dict(
        values=ys, s=s, z=float(z), pValue=float(2 * stats.norm.sf(abs(z))), tau=float(stats.kendalltau(x, y).statistic),
        theilSen=[float(v) for v in (ts.slope, ts.intercept, ts.low_slope, ts.high_slope)],
        ols=[float(v) for v in (fit.params[1], fit.params[0], *fit.conf_int()[1])],
    )
json.dump(out, sys.stdout)
