"""STL of statsmodels 0.13.5 (Debian 12) at many settings: python3 test/oracles/stl.py > test/oracles/stl.golden.json

The series are made of whole numbers, so that the tests make the same. `everyth` value of each part is kept.
"R settings": the settings of the robust fits in ts_classic/r_reference.json, with statsmodels' exact median (see decision 0160).
"""
import csv, json, os, sys
import numpy as np
from statsmodels.tsa.seasonal import STL

data = os.environ.get("CLIENTELE_DATA", os.path.join(os.path.dirname(__file__), "../../../shared/data"))


def made(n, period):
    i = np.arange(n)
    y = i * 3 + (i % period) * (i % period) * 4 + (i * 7919) % 101
    return (y + np.where(i % 97 == 13, 900, 0)).astype(float)


def parts(y, every, inner, outer, **settings):
    m = STL(y, **settings).fit(inner_iter=inner, outer_iter=outer)
    kept = {k: [float(x) for x in np.asarray(getattr(m, k))[::every]] for k in ("seasonal", "trend", "weights")}
    return {**kept, "every": every}


base = dict(period=7, seasonal=7, trend=15, low_pass=9, seasonal_deg=1, trend_deg=1, low_pass_deg=1, seasonal_jump=1, trend_jump=1, low_pass_jump=1)
cases = [
    ("defaults", 300, {}, 5, 0),
    ("robust", 300, {}, 2, 15),
    ("two periods", 14, {}, 5, 0),
    ("three periods, robust", 21, {}, 2, 3),
    ("a point short of a period", 41, dict(seasonal=5), 2, 2),
    ("constants", 200, dict(seasonal_deg=0, trend_deg=0, low_pass_deg=0), 2, 2),
    ("jumps", 300, dict(seasonal_jump=3, trend_jump=4, low_pass_jump=2, trend=31, seasonal=13), 2, 2),
    ("jumps beyond the phases", 60, dict(seasonal_jump=50, trend_jump=100), 2, 1),
    ("windows beyond the series", 60, dict(seasonal=35, trend=201, low_pass=101), 2, 1),
    ("long, where lines become constants", 9000, {}, 2, 2),
    ("period 2", 60, dict(period=2, trend=5, low_pass=3, seasonal=3), 3, 2),
    ("period 365", 1500, dict(period=365, trend=697, low_pass=367), 2, 1),
]
out = {"cases": [], "rSettings": {}}
for name, n, more, inner, outer in cases:
    settings = {**base, **more}
    y = made(n, settings["period"])
    out["cases"].append({"name": name, "length": n, "settings": settings, "inner": inner, "outer": outer, **parts(y, max(1, n // 40), inner, outer, **settings)})
r = json.load(open(os.path.join(data, "ts_classic/r_reference.json")))
for key, z in r.items():
    if " stl " not in key or "robust=TRUE" not in key:
        continue
    name = key.replace("log ", "").split(" ")[0]
    v = np.array([float(row["value"]) for row in csv.DictReader(open(os.path.join(data, f"ts_classic/{name}.csv")))])
    w, j, d = z["windows"], [int(x) for x in z["jumps"]], [int(x) for x in z["degrees"]]
    out["rSettings"][key] = parts(np.log(v) if key.startswith("log") else v, len(v) // 20, z["inner"], z["outer"], period=4 if name == "UKgas" else 12, seasonal=w["s"], trend=w["t"], low_pass=w["l"], seasonal_deg=d[0], trend_deg=d[1], low_pass_deg=d[2], seasonal_jump=j[0], trend_jump=j[1], low_pass_jump=j[2])
json.dump(out, sys.stdout)
