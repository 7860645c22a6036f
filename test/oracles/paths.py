"""Step matrix, flows, runs of steps and closed subsequences of two real logs, written to paths.golden.json.

Counted with pandas and plain loops; nothing is shared with the library: steps are counted per column of a table,
subsequences by enumerating all of every variant.

Run: /usr/bin/python3 test/oracles/paths.py
"""

import json
import os
from collections import Counter
from itertools import combinations
from pathlib import Path

import pandas as pd

here = Path(__file__).resolve().parent
root = Path(os.environ.get("CLIENTELE_DATA", here / "../../../shared/data"))


def sessions_of_simple_shop():
    d = pd.read_csv(root / "simple_shop/simple_shop.csv.gz", parse_dates=["timestamp"])
    d = d.sort_values(["user_id", "timestamp"], kind="stable")
    new = (d.user_id != d.user_id.shift()) | ((d.timestamp - d.timestamp.shift()) > pd.Timedelta(minutes=30))
    d["session"] = new.cumsum()
    return d.groupby("session").event.apply(list).tolist()


def cases_of_traffic_fines():
    d = pd.read_csv(root / "traffic_fines/traffic_fines.csv.gz", parse_dates=["timestamp"], dtype={"case_id": str})
    d["i"] = range(len(d))
    d = d.sort_values(["case_id", "timestamp", "i"], kind="stable")
    return d.groupby("case_id").activity.apply(list).tolist()


def matrix(paths, columns, origin):
    rows = [[("(start)" if o + c < 0 else p[o + c] if o + c < len(p) else "(end)") for c in columns] for p, o in zip(paths, origin)]
    table = pd.DataFrame(rows, columns=columns)
    cells = {str(c): table[c].value_counts().sort_index().to_dict() for c in columns}
    flows = {}
    for a, b in zip(columns, columns[1:]):
        moves = table[table[b] != "(end)"].groupby([a, b]).size()
        flows[str(a)] = {f"{x}>{y}": int(n) for (x, y), n in moves.items()}
    return {"paths": len(paths), "cells": cells, "flows": flows}


def grams(paths, longest):
    inpaths, all_ = Counter(), Counter()
    for p in paths:
        own = [tuple(p[i : i + n]) for n in range(1, longest + 1) for i in range(len(p) - n + 1)]
        all_.update(own)
        inpaths.update(set(own))
    return {">".join(k): [c, all_[k]] for k, c in inpaths.items()}


def is_sub(a, b):
    it = iter(b)
    return all(x in it for x in a)


def closed(paths, longest, least):
    variants = Counter(map(tuple, paths))
    support = Counter()
    for v, n in variants.items():
        for s in {tuple(v[i] for i in c) for k in range(1, longest + 1) for c in combinations(range(len(v)), k)}:
            support[s] += n
    frequent = {s: n for s, n in support.items() if n >= least}
    return {">".join(s): n for s, n in frequent.items() if not any(m == n and len(t) > len(s) and is_sub(s, t) for t, m in frequent.items())}


shop = sessions_of_simple_shop()
fines = cases_of_traffic_fines()
with_cart = [p for p in shop if "cart" in p]
shop_grams = {k: v for k, v in grams(shop, 4).items() if v[0] >= 300}
golden = {
    "shop": {
        "sessions": len(shop),
        "fromStart": matrix(shop, list(range(6)), [0] * len(shop)),
        "aroundCart": matrix(with_cart, list(range(-3, 4)), [p.index("cart") for p in with_cart]),
        "gramsOf300": shop_grams,
        "variants": len(set(map(tuple, shop))),
    },
    "fines": {"closedOf100": closed(fines, 9, 100)},
}
(here / "paths.golden.json").write_text(json.dumps(golden, indent=1, sort_keys=True) + "\n")
