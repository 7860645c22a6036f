"""Prints the coefficients in src/numeric/special.ts, error-function.ts and incomplete-gamma.ts.

Run: /usr/bin/python3 test/oracles/special-coefficients.py   (Debian: apt-get install python3-mpmath; mpmath 1.2.1)
"""

from mpmath import mp, mpf

mp.dps = 60


def show(name, values):
    print(name, [float(value) for value in values])


show("stirlingSeries", [mp.bernoulli(2 * k) / (2 * k * (2 * k - 1)) for k in range(1, 10)])
show("digammaSeries", [mp.bernoulli(2 * k) / (2 * k) for k in range(1, 10)])
show("trigammaSeries", [mp.bernoulli(2 * k) for k in range(1, 10)])
show("logGammaNear2", [1 - mp.euler] + [(-1) ** k * (mp.zeta(k) - 1) / k for k in range(2, 26)])
root = mp.findroot(mp.digamma, mpf("1.46163"))
show("digammaRoot", [root, root - mpf(float(root))])
show("digammaNearRoot", [mp.polygamma(k, root) / mp.factorial(k) for k in range(1, 26)])


def scaled(t):  # erfcx(x) (1 + 2x) at t = (x − 3.75) / (x + 3.75)
    x = mpf("3.75") * (1 + t) / (1 - t)
    if x < 200:
        return mp.exp(x * x) * mp.erfc(x) * (1 + 2 * x)
    tail = sum((-1) ** k * mp.fac2(2 * k - 1) / (2 * x * x) ** k for k in range(7))
    return tail / (x * mp.sqrt(mp.pi)) * (1 + 2 * x)


count = 80
nodes = [mp.pi * (j + mpf(1) / 2) / count for j in range(count)]
values = [scaled(mp.cos(node)) for node in nodes]
series = [2 * sum(v * mp.cos(m * node) for v, node in zip(values, nodes)) / count for m in range(27)]
show("erfcxSeries", [series[0] / 2] + series[1:])

# Temme's Cₖ(η): η²/2 = μ − log(1 + μ), C₀ = 1/μ − 1/η, Cₖ = C′ₖ₋₁/η + γₖ/μ, where γₖ removes the pole (DLMF 8.12).
order = 40
mu = [mpf(0), mpf(1)] + [mpf(0)] * order
for n in range(2, order + 1):
    mu[n] = (mu[n - 1] - sum(mu[i] * (n + 1 - i) * mu[n + 1 - i] for i in range(2, n))) / (n + 1)
inverse = [mpf(1)] + [mpf(0)] * (order - 1)
for n in range(1, order):
    inverse[n] = -sum(mu[k + 1] * inverse[n - k] for k in range(1, n + 1))
c = inverse[1:]
for k, terms in enumerate([15, 10, 5, 3]):
    show(f"temmeSeries[{k}]", c[:terms])
    c = [(n + 2) * c[n + 2] - c[1] * inverse[n + 1] for n in range(len(c) - 2)]
