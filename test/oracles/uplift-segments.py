"""Expected values of test/experiments/uplift-by-segment.test.ts.

Made with statsmodels 0.13 and scipy 1.10 (Debian 12): /usr/bin/python3 test/oracles/uplift-segments.py > test/oracles/uplift-segments.golden.json
Rates: confint_proportions_2indep(method="newcomb"), chi-square without correction, Fisher's exact test. Amounts: ttest_ind(equal_var=False)
and Welch's interval by its definition. Pooling: statsmodels.stats.meta_analysis.combine_effects (method_re="dl"), use_t=False.
"""
import json
import numpy as np
from scipy import stats
from statsmodels.stats.meta_analysis import combine_effects
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import confint_proportions_2indep

rng = np.random.default_rng(7)
n = 1200
label = rng.integers(0, 4, n)
arm = rng.integers(0, 3, n)
rate = 0.1 + 0.05 * label + np.choose(arm, [0, 0.02 + 0.08 * (label == 3), 0.05])
visit = (rng.random(n) < rate).astype(int)
spend = np.round(np.where(visit, rng.lognormal(3, 1, n), 0) + 5 * (arm == 2) * (label == 1), 2)

def rates(y0, y1):
    a, b, m1, m0 = int(y1.sum()), int(y0.sum()), len(y1), len(y0)
    low, high = confint_proportions_2indep(a, m1, b, m0, method="newcomb", compare="diff")
    table = [[a, m1 - a], [b, m0 - b]]
    chi2, p, _, expected = stats.chi2_contingency(table, correction=False)
    if expected.min() < 10:
        p = stats.fisher_exact(table)[1]
    var = y1.mean() * (1 - y1.mean()) / m1 + y0.mean() * (1 - y0.mean()) / m0
    return dict(estimate=y1.mean() - y0.mean(), standardError=np.sqrt(var), interval=[low, high], pValue=p), var

def means(y0, y1):
    v1, v0 = y1.var(ddof=1) / len(y1), y0.var(ddof=1) / len(y0)
    df = (v1 + v0) ** 2 / (v1 ** 2 / (len(y1) - 1) + v0 ** 2 / (len(y0) - 1))
    reach = stats.t.isf(0.025, df) * np.sqrt(v1 + v0)
    d = y1.mean() - y0.mean()
    return dict(estimate=d, standardError=np.sqrt(v1 + v0), interval=[d - reach, d + reach], pValue=stats.ttest_ind(y1, y0, equal_var=False).pvalue), v1 + v0

def report(y, difference):
    treatments, everything = [], []
    for t in (1, 2):
        found = [difference(y[(label == s) & (arm == 0)], y[(label == s) & (arm == t)]) for s in range(4)]
        d, v = np.array([f["estimate"] for f, _ in found]), np.array([w for _, w in found])
        m = combine_effects(d, v, method_re="dl", use_t=False)
        tau2 = max(0, m.tau2)  # statsmodels leaves it negative
        kept = tau2 / (tau2 + v)
        mean, spread = (m.mean_effect_re, m.sd_eff_w_re ** 2) if tau2 > 0 else (m.mean_effect_fe, m.sd_eff_w_fe ** 2)
        for (f, _), k, w in zip(found, kept, v):
            f["shrunken"] = mean + k * (f["estimate"] - mean)
            f["shrunkenError"] = np.sqrt(k * w + (1 - k) ** 2 * spread)
        treatments.append(dict(statistic=m.q, pValue=stats.chi2.sf(m.q, 3), iSquared=max(0, m.i2), tauSquared=tau2, mean=mean, meanError=np.sqrt(spread),
                               total=difference(y[arm == 0], y[arm == t])[0]))
        everything.append([f for f, _ in found])
    segments = [everything[t][s] for s in range(4) for t in (0, 1)]
    for method, name in (("fdr_bh", "bh"), ("holm", "holm")):
        for f, p in zip(segments, multipletests([f["pValue"] for f in segments], method=method)[1]):
            f[name] = p
    return dict(segments=segments, treatments=treatments)

print(json.dumps(dict(origin="test/oracles/uplift-segments.py: statsmodels 0.13.5, scipy 1.10.1", label=label.tolist(), arm=arm.tolist(), visit=visit.tolist(), spend=spend.tolist(), binary=report(visit, rates), continuous=report(spend, means)), default=float))
