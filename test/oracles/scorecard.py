"""Writes scorecard.golden.json: weights of evidence and information values of marketing_campaign by pandas.

Run: /usr/bin/python3 test/oracles/scorecard.py   (Debian: apt-get install python3-pandas; made with pandas 1.5.3)
Bins: quintiles (linear interpolation), a value equal to a boundary in the lower bin, the missing in the last one. A bin in
which one count is 0 has 0.5 added to both.
"""

import json
import os
from pathlib import Path

import numpy as np
import pandas as pd

here = Path(__file__).parent
data = Path(os.environ.get("CLIENTELE_DATA", here / "../../../shared/data")) / "marketing_campaign/marketing_campaign.csv.gz"
frame = pd.read_csv(data)
outcome = frame["Response"]
features = ["Income", "Recency", "MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts", "MntGoldProds", "Kidhome", "AcceptedCmp5"]
golden = {}
for feature in features:
    column = frame[feature]
    values = np.sort(column.dropna().unique())
    cuts = values if len(values) <= 5 else np.unique(column.quantile([0.2, 0.4, 0.6, 0.8]).to_numpy())
    cuts = [float(cut) for cut in cuts if cut < column.max()]
    labels = column.map(lambda x: len(cuts) + 1 if pd.isna(x) else int(np.searchsorted(cuts, x, side="left")))
    table = pd.crosstab(labels, outcome).reindex(range(len(cuts) + 2), fill_value=0)
    weights, information = [], 0.0
    for negatives, positives in zip(table[0], table[1]):
        if negatives + positives == 0:
            weights.append(0.0)
            continue
        extra = 0.5 if negatives == 0 or positives == 0 else 0.0
        good = (positives + extra) / outcome.sum()
        bad = (negatives + extra) / (len(outcome) - outcome.sum())
        weights.append(float(np.log(good / bad)))
        information += (good - bad) * np.log(good / bad)
    golden[feature] = {"cuts": cuts, "positives": table[1].tolist(), "weights": weights, "informationValue": float(information)}
(here / "scorecard.golden.json").write_text(json.dumps(golden) + "\n")
