"""Writes survival.golden.json: curves, tests and Cox regressions by statsmodels, or by their definitions, risk set by risk set.

Run: /usr/bin/python3 test/oracles/survival.py   (made with statsmodels 0.13.5, SciPy 1.10.1, NumPy 1.24.2)
"""

import json
from pathlib import Path

import numpy as np
from scipy.stats import chi2, norm
from statsmodels.duration.hazard_regression import PHReg
from statsmodels.duration.survfunc import SurvfuncRight, survdiff

z = norm.ppf(0.975)


def curve(t, e, horizon):
    s = SurvfuncRight(t, e)
    d, n, S = s.n_events, s.n_risk, s.surv_prob
    G = np.cumsum(d / (n * (n - d)))
    r = z * np.sqrt(G) / -np.log(S)
    ends = np.append(s.surv_times, horizon)
    keep = s.surv_times <= horizon
    steps = np.minimum(ends, horizon)
    area = S * np.diff(steps)
    after = np.cumsum(area[::-1])[::-1]
    H, V = np.cumsum(d / n), np.cumsum(d / n**2)
    return dict(
        times=s.surv_times, atRisk=n, events=d, survival=S, standardErrors=s.surv_prob_se,
        lower=S ** np.exp(r), upper=S ** np.exp(-r), horizon=horizon, mean=min(steps[0], horizon) + area.sum(),
        meanError=np.sqrt(np.sum((after**2 * d / (n * (n - d)))[keep])),
        hazard=H, hazardErrors=np.sqrt(V), hazardLower=H * np.exp(-z * np.sqrt(V) / H), hazardUpper=H * np.exp(z * np.sqrt(V) / H))


def cox(t, e, x, ties, w=None, l2=0.0):
    """Newton's method on the definition; every risk set is looked up anew."""
    n, p = x.shape
    w = np.ones(n) if w is None else w
    b = np.zeros(p)

    def derive(b):
        r = w * np.exp(x @ b)
        ll, g, h, H, res = -l2 / 2 * b @ b, -l2 * b, l2 * np.eye(p), [], []
        for u in np.unique(t[e == 1]):
            R, D = t >= u, (t == u) & (e == 1)
            m, wd = D.sum(), w[D].sum()
            s0, s1, s2 = r[R].sum(), r[R] @ x[R], (x[R].T * r[R]) @ x[R]
            d0, d1, d2 = r[D].sum(), r[D] @ x[D], (x[D].T * r[D]) @ x[D]
            ll += w[D] @ (x[D] @ b)
            g = g + w[D] @ x[D]
            step, bar = 0.0, np.zeros(p)
            for k in range(m):
                f = k / m if ties == "efron" else 0.0
                q, v, c = s0 - f * d0, s1 - f * d1, s2 - f * d2
                ll -= wd / m * np.log(q)
                g = g - wd / m * v / q
                h = h + wd / m * (c / q - np.outer(v, v) / q**2)
                step += wd / m / q
                bar = bar + v / q / m
            H.append(step)
            res += [x[i] - bar for i in np.flatnonzero(D)]
        return ll, g, h, np.cumsum(H), np.array(res)

    null = derive(b)
    for _ in range(30):
        _, g, h, _, _ = derive(b)
        b = b + np.linalg.solve(h, g)
    ll, g, h, H, res = derive(b)
    V = np.linalg.inv(h)
    out = dict(coefficients=b, standardErrors=np.sqrt(np.diag(V)), covariance=V, logLikelihood=ll + l2 / 2 * b @ b,
               nullLogLikelihood=null[0], score=null[1] @ np.linalg.solve(null[2], null[1]), wald=b @ h @ b,
               hazardAtZero=H)
    if w.min() == w.max() == 1 and l2 == 0:
        td = np.sort(t[e == 1])
        km = SurvfuncRight(t, e)
        left = np.concatenate([[1], km.surv_prob])[np.searchsorted(km.surv_times, td)]
        ranks = np.array([(np.sum(td < u) + np.sum(td <= u) + 1) / 2 for u in td])
        zph = {}
        for name, gt in dict(km=1 - left, rank=ranks, identity=td).items():
            c = gt - gt.mean()
            nd, ss = len(td), c @ c
            scaled = res @ V * nd
            stat = (c @ scaled) ** 2 / (np.diag(V) * nd * ss)
            u = c @ res
            zph[name] = dict(statistic=stat, pValue=chi2.sf(stat, 1), correlation=[np.corrcoef(gt, scaled[:, j])[0, 1] for j in range(p)],
                             overall=u @ V @ u * nd / ss)
        out["proportional"] = zph
    return out


def concordance(t, e, s):
    con = tied = total = 0
    for i in np.flatnonzero(e == 1):
        for j in range(len(t)):
            if t[j] > t[i] or (t[j] == t[i] and e[j] == 0):
                total += 1
                con += s[i] > s[j]
                tied += s[i] == s[j]
    return dict(concordant=int(con), tied=int(tied), comparable=int(total), value=(con + tied / 2) / total)


def plain(x):
    if isinstance(x, dict):
        return {k: plain(v) for k, v in x.items()}
    if isinstance(x, (list, tuple)):
        return [plain(v) for v in x]
    return x.tolist() if hasattr(x, "tolist") else x


# Freireich et al. (1963): weeks in remission, 6-MP against placebo.
mp = [6, 6, 6, 7, 10, 13, 16, 22, 23, 6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
t = np.array(mp + placebo, float)
e = np.array([1] * 9 + [0] * 12 + [1] * 21)
arm = np.array([0] * 21 + [1] * 21)
out = dict(leukemia=dict(durations=t, events=e, groups=arm))
o = out["leukemia"]
o["drug"] = curve(t[arm == 0], e[arm == 0], 35.0)
o["logRank"] = survdiff(t, e, arm)
o["peto"] = survdiff(t, e, arm, weight_type="fh", fh_p=1)
x = arm[:, None].astype(float)
o["efron"], o["breslow"] = cox(t, e, x, "efron"), cox(t, e, x, "breslow")

# Many ties, three groups, two features.
rng = np.random.default_rng(5)
n = 160
x = np.column_stack([rng.normal(size=n), rng.integers(0, 3, n)]).astype(float)
x[:, 0] = np.round(x[:, 0], 3)
life = rng.exponential(8 * np.exp(-0.6 * x[:, 0] + 0.4 * x[:, 1]))
end = rng.uniform(2, 15, n)
t = np.floor(np.minimum(life, end))
e = (life <= end).astype(int)
w = rng.integers(0, 4, n).astype(float)
g = x[:, 1].astype(int)
o = out["tied"] = dict(rows=x, durations=t, events=e, weights=w, groups=g)
o["all"] = curve(t, e, 9.0)
o["logRank"] = survdiff(t, e, g)
for ties in ("efron", "breslow"):
    o[ties] = cox(t, e, x, ties)
    peer = PHReg(t, x, status=e, ties=ties).fit()
    assert np.allclose(peer.params, o[ties]["coefficients"], rtol=1e-6) and np.isclose(peer.llf, o[ties]["logLikelihood"])
    assert np.allclose(peer.bse, o[ties]["standardErrors"], rtol=1e-5)
k = w > 0
o["weighted"] = cox(t[k], e[k], x[k], "efron", w[k])
o["ridge"] = cox(t, e, x, "efron", l2=3.0)
o["concordance"] = concordance(t, e, x @ np.array([1.0, -1.0]).round(3))
Path(__file__).with_suffix(".golden.json").write_text(json.dumps(plain(out), indent=1) + "\n")
