"""Expected values for test/predictions/propensity.test.ts, by scikit-learn's pipeline.

Median and indicator of missing cells, population z-scores, ridge logistic regression with C = 1: all fitted on the early
rows, applied to the late ones. Run: /usr/bin/python3 test/oracles/propensity.py > test/oracles/propensity.golden.json
"""
import json
import numpy as np
from sklearn import __version__
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import average_precision_score, brier_score_loss, log_loss, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

random = np.random.RandomState(20)


def draw(rows):
    silent = np.round(60 * random.rand(rows), 2)
    spend = np.round(random.lognormal(4, 1, rows), 2)
    age = np.round(18 + 60 * random.rand(rows))
    basic = random.rand(rows) < 0.3
    chance = 1 / (1 + np.exp(2 - silent / 15 - basic + spend / 200))
    left = (random.rand(rows) < chance).astype(int)
    spend[random.rand(rows) < 0.15] = np.nan
    age[random.rand(rows) < 0.3] = np.nan
    return np.column_stack([silent, spend, age, basic]), left


early, early_left = draw(160)
late, late_left = draw(80)


def predicted(class_weight):
    model = make_pipeline(
        SimpleImputer(strategy="median", add_indicator=True),
        StandardScaler(),
        LogisticRegression(C=1, tol=1e-14, max_iter=10_000, solver="newton-cholesky", class_weight=class_weight),
    )
    model.fit(early, early_left)
    return model.predict_proba(late)[:, 1]


def cells(rows):
    return [[None if np.isnan(x) else float(x) for x in row] for row in rows]


p = predicted(None)
print(json.dumps({
    "madeWith": f"scikit-learn {__version__}",
    "names": ["daysSilent", "spend", "age", "plan=basic"],
    "early": cells(early), "earlyLeft": early_left.tolist(),
    "late": cells(late), "lateLeft": late_left.tolist(),
    "probability": p.tolist(),
    "balanced": predicted("balanced").tolist(),
    "figures": {
        "auc": roc_auc_score(late_left, p), "averagePrecision": average_precision_score(late_left, p),
        "logLoss": log_loss(late_left, p), "brier": brier_score_loss(late_left, p),
    },
}, indent=1))
