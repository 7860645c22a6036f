"""Common points and markers of two shops, counted with pandas and tested with scipy and statsmodels.

Run: /usr/bin/python3 test/oracles/journey-points.py DATA > test/oracles/journey-points.golden.json
DATA is the folder of the real data sets. Dominators are found by taking each event away and searching for a way round.
"""
import json
import sys
from collections import defaultdict

import numpy as np
import pandas as pd
from scipy.stats import chi2_contingency, fisher_exact
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

DATA = sys.argv[1]


def paths_of(d):
    return [(g.event.tolist(), g.time.tolist()) for _, g in d.groupby("who", sort=True)]


def common_points(paths, goal, share):
    won, lost, gaps = defaultdict(int), defaultdict(int), defaultdict(list)
    converting = others = 0
    edges = set()
    for events, times in paths:
        cut = events.index(goal) if goal in events else None
        prefix = events if cut is None else events[:cut]
        chain = ["(start)"] + prefix + ([goal] if cut is not None else [])
        edges |= set(zip(chain, chain[1:]))
        if cut is None:
            others += 1
        else:
            converting += 1
        for e in set(prefix):
            (lost if cut is None else won)[e] += 1
            if cut is not None:
                gaps[e].append(times[cut] - times[prefix.index(e)])

    def reaches(without):
        seen, todo = {"(start)"}, ["(start)"]
        while todo:
            a = todo.pop()
            for x, y in edges:
                if x == a and y not in seen and y != without:
                    seen.add(y)
                    todo.append(y)
        return goal in seen

    points = {}
    for e, n in won.items():
        if n / converting < share:
            continue
        lo, hi = proportion_confint(n, converting, method="wilson")
        lo2, hi2 = proportion_confint(lost[e], others, method="wilson")
        points[e] = dict(
            paths=n, share=n / converting, interval=[lo, hi], otherPaths=lost[e], otherShare=lost[e] / others,
            otherInterval=[lo2, hi2], lift=(n / converting) / (lost[e] / others) if lost[e] else None,
            dominator=not reaches(e), medianMsBefore=float(np.median(gaps[e])),
        )
    return dict(converting=converting, others=others, points=points)


def markers(paths, goal, within, horizon, times, as_of):
    day = 86_400_000
    ex = dict(shortHistory=0, convertedInWindow=0, shortFollowUp=0)
    rows = []
    names = sorted({e for events, _ in paths for e in events} - {goal})
    for events, ts in paths:
        end = ts[0] + within * day
        if end > as_of:
            ex["shortHistory"] += 1
            continue
        inside = [e for e, t in zip(events, ts) if t < end]
        if goal in inside:
            ex["convertedInWindow"] += 1
            continue
        if end + horizon * day > as_of:
            ex["shortFollowUp"] += 1
            continue
        won = any(e == goal and end <= t < end + horizon * day for e, t in zip(events, ts))
        rows.append([won] + [inside.count(e) for e in names])
    t = pd.DataFrame(rows, columns=["won"] + names)
    found = []
    for e in names:
        for k in times:
            m = t[e] >= k
            if m.sum() in (0, len(t)):
                continue
            a, b = int((m & t.won).sum()), int((m & ~t.won).sum())
            c, d = int((~m & t.won).sum()), int((~m & ~t.won).sum())
            expected = chi2_contingency([[a, b], [c, d]], correction=False)
            exact = expected[3].min() < 10
            p = fisher_exact([[a, b], [c, d]])[1] if exact else expected[1]
            x = [v + 0.5 for v in (a, b, c, d)] if 0 in (a, b, c, d) else (a, b, c, d)
            ratio = x[0] * x[3] / (x[1] * x[2])
            half = 1.959963984540054 * np.sqrt(sum(1 / v for v in x))
            found.append(dict(
                event=e, times=k, customers=a + b, converted=a, precision=a / (a + b), recall=a / (a + c),
                lift=a / (a + b) / t.won.mean(), oddsRatio=ratio,
                interval=[float(np.exp(np.log(ratio) - half)), float(np.exp(np.log(ratio) + half))],
                test="fisher" if exact else "chi-square", pValue=float(p),
            ))
    for m, q in zip(found, multipletests([m["pValue"] for m in found], method="fdr_bh")[1]):
        m["adjustedPValue"] = float(q)
    return dict(customers=len(t), converted=int(t.won.sum()), excluded=ex, markers=found)


shop = pd.read_csv(f"{DATA}/simple_shop/simple_shop.csv.gz")
shop = pd.DataFrame(dict(who=shop.user_id, event=shop.event, time=pd.to_datetime(shop.timestamp).astype("int64") / 1e6))
shop = shop.sort_values(["who", "time"], kind="stable")
shop_paths = paths_of(shop)

lines = pd.read_csv(f"{DATA}/online_retail/online_retail.csv.gz", dtype={"InvoiceNo": str}).dropna(subset=["CustomerID"])
lines["amount"] = lines.Quantity * lines.UnitPrice
orders = lines.groupby("InvoiceNo").agg(who=("CustomerID", "first"), at=("InvoiceDate", "min"), amount=("amount", "sum"))
orders = orders.reset_index()
orders["event"] = np.where(orders.InvoiceNo.str.startswith("C"), "cancellation", np.where(orders.amount >= 500, "large order", "order"))
orders["time"] = pd.to_datetime(orders["at"]).astype("int64") / 1e6
orders = orders.sort_values(["who", "time", "InvoiceNo"], kind="stable")
order_paths = paths_of(orders)

json.dump(
    dict(
        madeWith=dict(pandas=pd.__version__, numpy=np.__version__),
        shopPoints=common_points(shop_paths, "payment_done", 0.5),
        shopMarkers=markers(shop_paths, "payment_done", 1, 30, [1, 2, 3, 5], float(shop.time.max())),
        orderMarkers=markers(order_paths, "large order", 60, 120, [1, 2, 3], float(orders.time.max())),
    ),
    sys.stdout,
    indent=1,
)
print()
