"""Expected moves between lifecycle stages from month to month, written to migration.golden.json.

A second implementation by the definition, customer by customer: pandas reads the clean sales of Online Retail and the
purchases of CDNOW, numpy takes quantiles. Rule: at risk after the 0.9 quantile of the customer's own pauses, mixed with
the typical one (the median of all such quantiles up to the last month) as if three typical pauses had been seen; churned
after twice that; new for 30 days after the first purchase; reactivated = bought after having been churned, until the next
purchase at least a day later. Purchases of less than a day are one occasion.

Run: /usr/bin/python3 test/oracles/migration.py
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

here = Path(__file__).resolve().parent
root = Path(os.environ.get("CLIENTELE_DATA", here / "../../../shared/data"))
names = ["prospect", "new", "active", "atRisk", "churned", "reactivated"]


def retail():
    lines = pd.read_csv(root / "online_retail/online_retail.csv.gz", dtype={"InvoiceNo": str, "CustomerID": str})
    keep = lines.CustomerID.notna() & ~lines.InvoiceNo.str.startswith("C") & (lines.Quantity > 0) & (lines.UnitPrice > 0)
    lines = lines[keep].assign(at=pd.to_datetime(lines.InvoiceDate))
    return lines.groupby(["CustomerID", "InvoiceNo"]).at.min().reset_index().groupby("CustomerID").at.apply(sorted)


def cdnow():
    lines = pd.read_csv(root / "cdnow_sample/cdnow_sample.csv", dtype=str)
    return lines.assign(at=pd.to_datetime(lines.date)).groupby("sample_id").at.apply(sorted)


def occasions(times):
    """Index of each purchase that opens an occasion."""
    opens = []
    for i, at in enumerate(times):
        if not opens or at - times[opens[-1]] >= 1:
            opens.append(i)
    return opens


def pauses(times):
    return [times[i] - times[i - 1] for i in occasions(times)[1:]]


def stage(times, as_of, typical):
    times = [at for at in times if at <= as_of]
    if not times:
        return -1
    if as_of < times[0] + 30:
        return 1
    opens = occasions(times)
    seen, risk, back = [], typical, False
    for i in opens[1:]:
        pause = times[i] - times[i - 1]
        # Churned by the rule as it was before? A purchase at the very instant of the threshold is still in time.
        back = pause > 2 * risk and not times[i] < times[0] + 30
        seen.append(pause)
        m = len(seen)
        risk = max(1, (m * np.quantile(seen, 0.9) + 3 * typical) / (m + 3))
    silence = as_of - times[-1]
    return 4 if silence >= 2 * risk else 3 if silence >= risk else 5 if back else 2


def story(purchases, months):
    days = [[at.timestamp() / 86400 for at in times] for times in purchases]
    ends = [month.timestamp() / 86400 for month in months]
    own = [np.quantile(p, 0.9) for p in (pauses([at for at in times if at <= ends[-1]]) for times in days) if p]
    typical = float(np.median(own))
    stages = [[stage(times, end, typical) for times in days] for end in ends]
    counts = []
    for before, after in zip(stages, stages[1:]):
        table = np.zeros((6, 6), int)
        for a, b in zip(before, after):
            if a >= 0:
                table[a, b] += 1
        counts.append(table.tolist())
    entered = [[sum(a < 0 and b == s for a, b in zip(x, y)) for s in range(6)] for x, y in zip(stages, stages[1:])]
    return {"typicalDays": typical, "counts": counts, "entered": entered}


golden = {
    "names": names,
    "onlineRetail": story(retail(), pd.date_range("2011-06-01", "2011-12-01", freq="MS")),
    "cdnow": story(cdnow(), pd.date_range("1998-01-01", "1998-07-01", freq="MS")),
}
(here / "migration.golden.json").write_text(json.dumps(golden, indent=1) + "\n")
