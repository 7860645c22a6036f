"""Writes classifier.golden.json: judgments of probabilities by scikit-learn, statsmodels, and formulas written out plainly.

Run: /usr/bin/python3 test/oracles/classifier.py   (made with scikit-learn 1.2.1, statsmodels 0.13.5, NumPy 1.24.2)
The data are drawn here and stand in the file. DeLong's variance is the double loop of the paper over all pairs, not the
midranks that the library uses; the calibration errors are sums over NumPy's bins; the logistic recalibrations are
statsmodels' GLM; Platt's line is minimized by SciPy to the last digits.
"""

import json
from pathlib import Path

import numpy as np
import statsmodels.api as sm
from scipy import optimize, stats
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import (
    average_precision_score,
    brier_score_loss,
    confusion_matrix,
    log_loss,
    precision_recall_curve,
    roc_auc_score,
    roc_curve,
)

random = np.random.default_rng(20261126)
z = stats.norm.ppf(0.975)


def drawn(n, base, signal, decimals, warp=1.0):
    latent = random.normal(0, 1, n)
    truth = 1 / (1 + np.exp(-(base + signal * latent)))
    y = (random.random(n) < truth).astype(int)
    first = 1 / (1 + np.exp(-(base + warp * signal * (latent + random.normal(0, 0.3, n)))))
    second = 1 / (1 + np.exp(-(base + 0.6 * signal * (latent + random.normal(0, 0.8, n)))))
    return y, np.round(first, decimals), np.round(second, decimals)


def placements(y, p):
    hits, misses = p[y == 1], p[y == 0]
    kernel = (hits[:, None] > misses[None, :]) + 0.5 * (hits[:, None] == misses[None, :])
    return kernel.mean(axis=1), kernel.mean(axis=0)


def delong(y, p):
    v10, v01 = placements(y, p)
    return float(np.sqrt(v10.var(ddof=1) / len(v10) + v01.var(ddof=1) / len(v01)))


def delong_pair(y, p, q):
    (a10, a01), (b10, b01) = placements(y, p), placements(y, q)
    difference = b10.mean() - a10.mean()
    error = np.sqrt((b10 - a10).var(ddof=1) / len(a10) + (b01 - a01).var(ddof=1) / len(a01))
    return {"difference": difference, "error": error, "p": 2 * stats.norm.sf(abs(difference / error))}


def ece(y, p, strategy, bins=10):
    limits = np.linspace(0, 1, bins + 1)[1:-1]
    if strategy == "quantile":
        limits = np.percentile(p, limits * 100)
    ids = np.searchsorted(limits, p)
    return float(sum(abs(p[ids == i].sum() - y[ids == i].sum()) for i in range(bins)) / len(y))


def logit(p):
    eps = np.finfo(float).eps
    p = np.clip(p, eps, 1 - eps)
    return np.log(p) - np.log1p(-p)


def recalibration(y, p):
    x = logit(p)
    line = sm.GLM(y, sm.add_constant(x), family=sm.families.Binomial()).fit(tol=1e-14, maxiter=200)
    large = sm.GLM(y, np.ones((len(y), 1)), family=sm.families.Binomial(), offset=x).fit(tol=1e-14, maxiter=200)
    score = ((y - p) * (1 - 2 * p)).sum() / np.sqrt(((1 - 2 * p) ** 2 * p * (1 - p)).sum())
    return {
        "intercept": line.params[0],
        "slope": line.params[1],
        "slopeError": line.bse[1],
        "interceptError": line.bse[0],
        "inTheLarge": large.params[0],
        "inTheLargeError": large.bse[0],
        "spiegelhalter": score,
        "spiegelhalterP": 2 * stats.norm.sf(abs(score)),
    }


def platt(y, p):
    x = logit(p)
    hits, misses = y.sum(), len(y) - y.sum()
    t = np.where(y == 1, (hits + 1) / (hits + 2), 1 / (misses + 2))

    def loss(w):
        f = w[0] + w[1] * x
        return np.sum(np.logaddexp(0, f) - t * f)

    def gradient(w):
        r = 1 / (1 + np.exp(-(w[0] + w[1] * x))) - t
        return np.array([r.sum(), (r * x).sum()])

    def hessian(w):
        s = 1 / (1 + np.exp(-(w[0] + w[1] * x)))
        v = s * (1 - s)
        return np.array([[v.sum(), (v * x).sum()], [(v * x).sum(), (v * x * x).sum()]])

    found = optimize.minimize(loss, [0.0, 1.0], jac=gradient, hess=hessian, method="trust-exact", options={"gtol": 1e-12})
    w = found.x
    for _ in range(5):
        w = w - np.linalg.solve(hessian(w), gradient(w))
    return {"intercept": w[0], "slope": w[1]}


def isotonic(y, p):
    fit = IsotonicRegression(out_of_bounds="clip", y_min=0, y_max=1).fit(p, y)
    at = np.concatenate([[0.0, 1.0], np.linspace(0.003, 0.997, 41)])
    return {"x": fit.X_thresholds_, "y": fit.y_thresholds_, "at": at, "predicted": fit.predict(at)}


def lift(y, p, groups):
    # Ties are shared out evenly: the mean of the outcome among equal scores stands for each of them.
    order = np.argsort(-p, kind="stable")
    expected = np.array([y[p == value].mean() for value in p])[order]
    ends = [int(np.floor(len(y) * (g + 1) / groups + 0.5)) for g in range(groups)]
    starts = [0] + ends[:-1]
    return [{"customers": b - a, "positives": expected[a:b].sum(), "gain": expected[:b].sum() / y.sum()} for a, b in zip(starts, ends)]


def case(y, p, q):
    fpr, tpr, thresholds = roc_curve(y, p, drop_intermediate=False)
    precision, recall, cuts = precision_recall_curve(y, p)
    tn, fp, fn, tp = confusion_matrix(y, (p >= 0.4).astype(int)).ravel()
    auc, ap = roc_auc_score(y, p), average_precision_score(y, p)
    losses = -np.where(y == 1, np.log(np.clip(p, np.finfo(float).eps, 1)), np.log1p(-np.clip(p, 0, 1 - np.finfo(float).eps)))
    tau = 1 / np.sqrt(y.sum() * ap * (1 - ap))
    boyd = 1 / (1 + np.exp(-(np.log(ap / (1 - ap)) + np.array([-1, 1]) * z * tau)))
    other = -np.where(y == 1, np.log(np.clip(q, np.finfo(float).eps, 1)), np.log1p(-np.clip(q, 0, 1 - np.finfo(float).eps)))
    return {
        "outcome": y,
        "probability": p,
        "other": q,
        "auc": auc,
        "aucError": delong(y, p),
        "averagePrecision": ap,
        "averagePrecisionInterval": boyd,
        "logLoss": log_loss(y, p),
        "logLossError": losses.std(ddof=1) / np.sqrt(len(y)),
        "brier": brier_score_loss(y, p),
        "brierError": ((p - y) ** 2).std(ddof=1) / np.sqrt(len(y)),
        "eceWidth": ece(y, p, "width"),
        "eceQuantile": ece(y, p, "quantile"),
        "roc": {"fpr": fpr[1:], "tpr": tpr[1:], "thresholds": thresholds[1:]},
        "precision": precision[:-1][::-1],
        "recall": recall[:-1][::-1],
        "cuts": cuts[::-1],
        "confusionAt0.4": [tp, fp, fn, tn],
        "calibrationCurve": {s: [list(part) for part in calibration_curve(y, p, n_bins=10, strategy=s)] for s in ["uniform", "quantile"]},
        "recalibration": recalibration(y, p),
        "platt": platt(y, p),
        "isotonic": isotonic(y, p),
        "lift": lift(y, p, 10),
        "pair": delong_pair(y, p, q),
        "pairedLogLoss": [(other - losses).mean(), (other - losses).std(ddof=1) / np.sqrt(len(y))],
        "pairedBrier": [((q - y) ** 2 - (p - y) ** 2).mean(), ((q - y) ** 2 - (p - y) ** 2).std(ddof=1) / np.sqrt(len(y))],
    }


def plain(value):
    if isinstance(value, dict):
        return {key: plain(part) for key, part in value.items()}
    if isinstance(value, (list, tuple, np.ndarray)):
        return [plain(part) for part in value]
    return int(value) if isinstance(value, (int, np.integer)) else float(value)


cases = {
    "tied": case(*drawn(160, -0.5, 1.5, 2)),
    "fine": case(*drawn(150, 0.2, 1.0, 12)),
    "rare": case(*drawn(400, -3.2, 1.2, 3)),
    "overconfident": case(*drawn(120, 0.0, 1.0, 6, warp=3.0)),
}

# R's glm(am ~ wt, mtcars, binomial): the coefficients are those of numbers.md, recomputed to all digits.
weight = [2.62, 2.875, 2.32, 3.215, 3.44, 3.46, 3.57, 3.19, 3.15, 3.44, 3.44, 4.07, 3.73, 3.78, 5.25, 5.424, 5.345, 2.2, 1.615, 1.835, 2.465, 3.52, 3.435, 3.84, 3.845, 1.935, 2.14, 1.513, 3.17, 2.77, 3.57, 2.78]
manual = [1, 1, 1] + [0] * 14 + [1, 1, 1] + [0] * 5 + [1] * 7
fit = sm.GLM(np.array(manual), sm.add_constant(np.array(weight)), family=sm.families.Binomial()).fit(tol=1e-14)
mtcars = {"outcome": manual, "probability": fit.fittedvalues, "coefficients": fit.params}

path = Path(__file__).with_suffix(".golden.json")
path.write_text(json.dumps(plain({"cases": cases, "mtcars": mtcars}), separators=(",", ":")) + "\n")
print({name: (one["auc"], one["brier"]) for name, one in cases.items()}, roc_auc_score(manual, fit.fittedvalues))
