"""Writes imputer.golden.json: missing cells filled by scikit-learn's SimpleImputer and KNNImputer.

Run: /usr/bin/python3 test/oracles/imputer.py   (Debian: apt-get install python3-sklearn; made with scikit-learn 1.2.1)
The tables are in the file, rounded to 3 decimals, null = missing. `marketing` are the 24 missing incomes of
marketing_campaign (../shared/data), filled from eight columns of spending by nearest neighbors on z-scores.
"""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import sklearn
from sklearn.impute import KNNImputer, SimpleImputer
from sklearn.preprocessing import StandardScaler

here = Path(__file__).parent
random = np.random.RandomState(20240301)


def listed(array):
    return [[None if np.isnan(x) else float(x) for x in row] for row in array]


centers = random.normal(0, 3, (4, 5))
values = np.round(centers[random.randint(4, size=80)] + random.normal(0, 1, (80, 5)), 3)
holes = random.uniform(size=values.shape) < 0.22
holes[7] = True  # a row without any value
train = np.where(holes, np.nan, values)
fresh = np.round(centers[random.randint(4, size=20)] + random.normal(0, 1, (20, 5)), 3)
fresh[random.uniform(size=fresh.shape) < 0.3] = np.nan
coarse = np.round(train / 3)  # values that repeat, for the most frequent one

golden = {
    "scikit-learn": sklearn.__version__,
    "train": listed(train),
    "fresh": listed(fresh),
    "coarse": listed(coarse),
    "mean": SimpleImputer(strategy="mean").fit(train).statistics_.tolist(),
    "median": SimpleImputer(strategy="median").fit(train).statistics_.tolist(),
    "mode": SimpleImputer(strategy="most_frequent").fit(coarse).statistics_.tolist(),
    "indicated": SimpleImputer(strategy="mean", add_indicator=True).fit(train).transform(fresh).tolist(),
    "knn": [
        {
            "neighbors": k,
            "train": KNNImputer(n_neighbors=k).fit(train).transform(train).tolist(),
            "fresh": KNNImputer(n_neighbors=k).fit(train).transform(fresh).tolist(),
        }
        for k in (1, 3, 5, 20)
    ],
}

columns = ["Income", "MntWines", "MntFruits", "MntMeatProducts", "MntFishProducts", "MntSweetProducts", "MntGoldProds", "NumStorePurchases"]
path = here / "../../../shared/data/marketing_campaign/marketing_campaign.csv.gz"
if path.exists():
    frame = pd.read_csv(path, sep=None, engine="python")
    scaler = StandardScaler()
    scaled = scaler.fit_transform(frame[columns].values.astype(float))
    filled = scaler.inverse_transform(KNNImputer(n_neighbors=5).fit_transform(scaled))
    missing = frame["Income"].isna().values
    golden["marketing"] = {
        "columns": columns,
        "incomes": filled[missing, 0].tolist(),
        "mean": float(frame["Income"].mean()),
        "median": float(frame["Income"].median()),
    }

(here / "imputer.golden.json").write_text(json.dumps(golden) + "\n")
