"""Expected values of test/experiments/qini.test.ts: curves and areas by their definitions, customer by customer.

Run: /usr/bin/python3 test/oracles/qini.py > test/oracles/qini.golden.json   (NumPy 1.24.2)
Written again from scikit-uplift's definitions (sklift.metrics: uplift_curve, qini_curve, perfect curves, qini_auc_score, uplift_auc_score,
uplift_at_k): curves at the end of each distinct score, trapezoids, the line to the end taken off, divided by that of the best ranking.
"""
import json
import numpy as np

def curves(y, s, t):
    cuts = sorted(set(s), reverse=True)
    x, q, u = [0], [0.0], [0.0]
    for c in cuts:
        top = s >= c
        nt, nc = (t[top] == 1).sum(), (t[top] == 0).sum()
        yt, yc = y[top & (t == 1)].sum(), y[top & (t == 0)].sum()
        x.append(int(nt + nc))
        q.append(float(yt - (yc * nt / nc if nc else 0)))
        u.append(float(((yt / nt if nt else 0) - (yc / nc if nc else 0)) * (nt + nc)))
    return np.array(x), np.array(q), np.array(u)

def report(y, s, t, binary):
    x, q, u = curves(y, s, t)
    n = len(y)
    area = lambda x, v: float(np.trapz(v, x / n))
    signed = y * t - y * (1 - t)
    px, pq, pu = curves(y, signed, t)
    qx, ux = px, px
    if binary:
        lost, idle = ((y == 1) & (t == 0)).sum(), ((y == 0) & (t == 1)).sum()
        ux, _, pu = curves(y, 2 * (y == t) + (y if lost > idle else t), t)
    pq, pu = area(qx, pq), area(ux, pu)
    aq, au = area(x, q), area(x, u)
    order = np.argsort(-s, kind="stable")
    top = order[: int(n * 0.3)]
    by = [np.array([i for i in order if t[i] == k]) for k in (0, 1)]
    return dict(share=x / n, qini=q, uplift=u, areas=[aq, q[-1] / 2, pq, au, u[-1] / 2, pu],
                none=[aq - q[-1] / 2, au], perfect=[(aq - q[-1] / 2) / (pq - q[-1] / 2), (au - u[-1] / 2) / (pu - u[-1] / 2)],
                final=[(aq - q[-1] / 2) / abs(q[-1]), au / abs(u[-1])],
                at=y[top][t[top] == 1].mean() - y[top][t[top] == 0].mean(),
                atByGroup=y[by[1][: int(len(by[1]) * 0.3)]].mean() - y[by[0][: int(len(by[0]) * 0.3)]].mean())

rng = np.random.default_rng(3)
n = 200
t = rng.integers(0, 2, n)
plain = rng.normal(size=n).round(6)
tied = rng.integers(0, 8, n).astype(float)
y = (rng.random(n) < 0.2 + 0.2 * t * (plain > 0)).astype(int)
often = (rng.random(n) < 0.7 + 0.2 * t * (plain > 0)).astype(int)
spend = np.where(y, rng.lognormal(3, 1, n), 0).round(2) - (rng.random(n) < 0.05) * 4.5
cases = {name: report(o, s, t, b) for name, o, s, b in (("rates", y, plain, True), ("ratesTied", y, tied, True), ("often", often, plain, True), ("amounts", spend, plain, False), ("amountsTied", spend, tied, False))}
assert len(set(plain)) == n
encode = lambda value: value.tolist()
print(json.dumps(dict(origin="test/oracles/qini.py: NumPy 1.24.2", treatment=t, plain=plain, tied=tied, visit=y, often=often, spend=spend, cases=cases), default=encode))
