"""Expected profiles of the buyers of Online Retail, written to personas.golden.json.

pandas makes days since the last purchase, orders and revenue per buyer on 2011-12-10 from the clean sales; scikit-learn
groups the z-scores of their logarithms by k-means (k = 4, 50 starts). Per group, the largest first: means, medians, the
difference of the means in standard deviations of all buyers (divisor n - 1), and the index 100 * mean / mean of all.
Stages by days since the last purchase: recent (30 at most), cooling (90 at most), gone.

Run: /usr/bin/python3 test/oracles/personas.py
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn.cluster import KMeans

here = Path(__file__).resolve().parent
data = Path(os.environ.get("CLIENTELE_DATA", here / "../../../shared/data")) / "online_retail/online_retail.csv.gz"

lines = pd.read_csv(data, dtype={"InvoiceNo": str, "CustomerID": str})
lines = lines[
    lines.CustomerID.notna() & ~lines.InvoiceNo.str.startswith("C") & (lines.Quantity > 0) & (lines.UnitPrice > 0)
]
lines = lines.assign(amount=lines.Quantity * lines.UnitPrice, day=pd.to_datetime(lines.InvoiceDate).dt.floor("D"))
buyers = lines.groupby("CustomerID").agg(last=("day", "max"), orderCount=("InvoiceNo", "nunique"), revenue=("amount", "sum"))
table = pd.DataFrame(
    {
        "daysSinceLastPurchase": (pd.Timestamp("2011-12-10") - buyers["last"]).dt.days,
        "orderCount": buyers.orderCount,
        "revenue": buyers.revenue,
    }
).astype(float)
logs = np.log1p(table)
scaled = (logs - logs.mean()) / logs.std(ddof=0)
labels = KMeans(4, n_init=50, random_state=0, tol=1e-12, max_iter=1000).fit_predict(scaled.values)
days = table.daysSinceLastPurchase
stages = np.where(days <= 30, "recent", np.where(days <= 90, "cooling", "gone"))

segments = []
for label in np.argsort(-np.bincount(labels)):
    rows = table[labels == label]
    shares = pd.Series(stages[labels == label]).value_counts(normalize=True)
    segments.append(
        {
            "size": len(rows),
            "means": rows.mean().to_dict(),
            "medians": rows.median().to_dict(),
            "standardizedDifference": ((rows.mean() - table.mean()) / table.std(ddof=1)).to_dict(),
            "index": (100 * rows.mean() / table.mean()).to_dict(),
            "typicalStage": {"name": shares.index[0], "share": shares.iloc[0], "overallShare": (stages == shares.index[0]).mean()},
        }
    )
golden = {"overall": {"means": table.mean().to_dict(), "medians": table.median().to_dict()}, "segments": segments}
(here / "personas.golden.json").write_text(json.dumps(golden, indent=1) + "\n")
