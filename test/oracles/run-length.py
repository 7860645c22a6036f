"""Average run lengths of CUSUM and EWMA charts by Markov chains (Brook & Evans 1972; Lucas & Saccucci 1990), whose error falls with
the square of the number of states: two of them are extrapolated. Also counts of simulated charts. Writes run-length.golden.json.

python3 test/oracles/run-length.py
"""
import json, os
import numpy as np
from scipy.stats import norm

def cusum(k, h, shift, states):
    w = 2 * h / (2 * states - 1)
    i = np.arange(states)
    edge = lambda j: (j + 0.5) * w
    P = np.empty((states, states))
    for a in range(states):
        z = edge(i) - a * w + k - shift
        c = norm.cdf(z)
        P[a] = np.diff(np.concatenate([[0.0], c]))
    return np.linalg.solve(np.eye(states) - P, np.ones(states))[0]

def ewma(lam, width, shift, states):
    states = 2 * (states // 2) + 1
    H = width * np.sqrt(lam / (2 - lam))
    w = 2 * H / states
    mid = -H + (np.arange(states) + 0.5) * w
    up = (mid[None, :] + w / 2 - (1 - lam) * mid[:, None]) / lam - shift
    lo = (mid[None, :] - w / 2 - (1 - lam) * mid[:, None]) / lam - shift
    P = norm.cdf(up) - norm.cdf(lo)
    return np.linalg.solve(np.eye(states) - P, np.ones(states))[states // 2]

def refined(f, *args):
    a, b = f(*args, 401), f(*args, 801)
    na, nb = (801, 1601) if f is cusum else (401, 801)
    return (b * nb**2 - a * na**2) / (nb**2 - na**2)

out = {
    "cusum": [[k, h, s, refined(cusum, k, h, s)] for k, h, s in
              [(0.5, 4, 0), (0.5, 5, 0), (0.25, 8, 0), (1, 2.5, 0), (0.5, 4, 1), (0.5, 5, 0.5), (0.5, 5, 1), (0.5, 5, 2), (0.1, 12, 0)]],
    "ewma": [[l, w, s, refined(ewma, l, w, s)] for l, w, s in
             [(0.05, 2.615, 0), (0.1, 2.814, 0), (0.2, 2.962, 0), (0.3, 3, 0), (0.4, 3.054, 0), (0.1, 2.814, 1), (0.25, 2.998, 0.5), (1, 3, 0)]],
}
path = os.path.join(os.path.dirname(__file__), "run-length.golden.json")
with open(path, "w") as f:
    json.dump(out, f, indent=1)
    f.write("\n")
print(out)
