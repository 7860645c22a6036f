"""Expected figures of the example program on two real data sets, derived with pandas alone.

Run: python3 test/oracles/shop-example.py ../shared/data > test/oracles/shop-example.golden.json
Needs pandas (Debian: python3-pandas). expected.json of the data sets already holds orders, revenue and the RFM table;
here are what it lacks: how the rows divide, and the sessions of all accepted rows.
"""
import json
import sys

import pandas as pd


def sessions(frame, customer, time, timeout="30min"):
    """A session ends where a customer does nothing for longer than the timeout."""
    ordered = frame.sort_values([customer, time], kind="stable")
    gap = ordered.groupby(customer)[time].diff()
    return int((gap.isna() | (gap > pd.Timedelta(timeout))).sum())


def summary(frame, customer, time, value):
    return {
        "accepted": len(frame),
        "customers": int(frame[customer].nunique()),
        "purchases": int((value > 0).sum()),
        "free": int((value == 0).sum()),
        "refunds": int((value < 0).sum()),
        "refundAmount": round(float(value[value < 0].abs().sum()), 2),
        "sessions": sessions(frame, customer, time),
        "sessionsOfPurchases": sessions(frame[value > 0], customer, time),
        "activeDays": int(frame.assign(day=frame[time].dt.normalize())[[customer, "day"]].drop_duplicates().shape[0]),
        "first": frame[time].min().isoformat() + "Z",
        "last": frame[time].max().isoformat() + "Z",
    }


data = sys.argv[1]
retail = pd.read_csv(
    f"{data}/online_retail/online_retail.csv.gz",
    parse_dates=["InvoiceDate"],
    dtype={"InvoiceNo": str, "CustomerID": str},
    keep_default_na=False,
    na_values={"CustomerID": [""]},
)
with_customer = retail[retail.CustomerID.notna()]
value = with_customer.Quantity * with_customer.UnitPrice
cancelled = with_customer.InvoiceNo.str.startswith("C")
clean = ~cancelled & (with_customer.Quantity > 0) & (with_customer.UnitPrice > 0)
cdnow = pd.read_csv(f"{data}/cdnow_sample/cdnow_sample.csv", parse_dates=["date"], dtype={"master_id": str})

json.dump(
    {
        "online_retail": {
            "read": len(retail),
            "withoutCustomer": int(retail.CustomerID.isna().sum()),
            # The program's rule (value above 0) must pick exactly the data set's clean sales.
            "purchasesAreCleanSales": bool(((value > 0) == clean).all()),
            **summary(with_customer, "CustomerID", "InvoiceDate", value),
        },
        "cdnow_sample": {"read": len(cdnow), "withoutCustomer": 0, **summary(cdnow, "master_id", "date", cdnow.spend)},
        "_made_with": {"pandas": pd.__version__},
    },
    sys.stdout,
    indent=2,
)
sys.stdout.write("\n")
