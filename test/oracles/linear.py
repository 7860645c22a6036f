"""Writes linear.golden.json: statsmodels' linear regressions of 40 rows made by a formula, plain, weighted, robust and penalized.

Needs Debian's python3-statsmodels (0.13.5) and scikit-learn (1.2.1).
"""
import json, os
import numpy as np
import statsmodels.api as sm
from sklearn.linear_model import Ridge
from statsmodels.stats.diagnostic import het_breuschpagan
from statsmodels.stats.outliers_influence import OLSInfluence, variance_inflation_factor
from statsmodels.stats.stattools import durbin_watson, jarque_bera

n = 40
i = np.arange(n)
x = np.column_stack([(7 * i) % 11, np.sqrt(i + 1.0), ((5 * i) % 13) / 4.0 + (i % 11) / 5.0])
noise = ((i * 37) % 17 - 8) / 4.0 * (1 + x[:, 0] / 5)
y = 3 + 0.5 * x[:, 0] - 2 * x[:, 1] + x[:, 2] + noise
w = 1.0 + (i % 5)
w[7] = 0.0
X = sm.add_constant(x)


def report(fit):
    new = sm.add_constant(np.array([[4.0, 3.0, 2.0], [20.0, 9.0, -1.0]]), has_constant="add") if len(fit.params) == 4 else np.array([[4.0, 3.0, 2.0], [20.0, 9.0, -1.0]])
    frame = fit.get_prediction(new).summary_frame(alpha=0.1)
    return {
        "params": fit.params.tolist(), "bse": fit.bse.tolist(), "t": fit.tvalues.tolist(), "p": fit.pvalues.tolist(),
        "r2": fit.rsquared, "r2adj": fit.rsquared_adj, "f": float(fit.fvalue), "fp": float(fit.f_pvalue), "df": fit.df_resid,
        "sigma": float(np.sqrt(fit.scale)), "llf": fit.llf, "aic": fit.aic, "bic": fit.bic,
        "mean": frame[["mean", "mean_ci_lower", "mean_ci_upper"]].values.tolist(),
        "outcome": frame[["mean", "obs_ci_lower", "obs_ci_upper"]].values.tolist(),
    }


plain = sm.OLS(y, X).fit()
keep = w > 0
influence = OLSInfluence(plain)
bp = het_breuschpagan(plain.resid, X)
jb = jarque_bera(plain.resid)
golden = {
    "x": x.tolist(), "y": y.tolist(), "weights": w.tolist(),
    "plain": report(plain),
    "origin": report(sm.OLS(y, x).fit()),
    "weighted": report(sm.WLS(y[keep], X[keep], w[keep]).fit()),
    "hc3": report(sm.OLS(y, X).fit(cov_type="HC3", use_t=True)),
    "weightedHc3": report(sm.WLS(y[keep], X[keep], w[keep]).fit(cov_type="HC3", use_t=True)),
    "neweyWest": report(sm.OLS(y, X).fit(cov_type="HAC", cov_kwds={"maxlags": 3}, use_t=True)),
    "ridge": {"coefficients": Ridge(alpha=10.0, tol=1e-14).fit(x, y).coef_.tolist(), "intercept": float(Ridge(alpha=10.0, tol=1e-14).fit(x, y).intercept_)},
    "ridgeWeighted": {"coefficients": Ridge(alpha=10.0, tol=1e-14).fit(x, y, sample_weight=w).coef_.tolist()},
    "vif": [variance_inflation_factor(X, j) for j in (1, 2, 3)],
    "leverage": influence.hat_matrix_diag.tolist(), "cook": influence.cooks_distance[0].tolist(),
    "standardized": influence.resid_studentized_internal.tolist(),
    "durbinWatson": durbin_watson(plain.resid), "breuschPagan": list(map(float, bp[:2])), "jarqueBera": list(map(float, jb)),
}
with open(os.path.join(os.path.dirname(os.path.abspath(__file__)), "linear.golden.json"), "w") as file:
    json.dump(golden, file, indent=1)
    file.write("\n")
