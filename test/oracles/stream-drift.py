"""ADWIN2 and the two-sided Page–Hinkley test, written from the papers (Bifet & Gavaldà 2007; Page 1954), with running totals. Streams come
from Lehmer's generator, so that both sides draw the same. Writes stream-drift.golden.json.

python3 test/oracles/stream-drift.py
"""
import json, os
from math import log, sqrt

def uniforms(seed, n):
    out, s = [], seed
    for _ in range(n):
        s = s * 16807 % 2147483647
        out.append(s / 2147483647)
    return out

class Adwin:
    def __init__(self, delta=0.002, every=32, least=5, most=5):
        self.delta, self.every, self.least, self.most = delta, every, least, most
        self.buckets = []  # (count, total, squares), oldest first
        self.n, self.total, self.squares, self.t = 0, 0.0, 0.0, 0

    def add(self, x):
        self.t += 1
        if self.n:
            self.squares += self.n * (x - self.total / self.n) ** 2 / (self.n + 1)
        self.n += 1
        self.total += x
        self.buckets.append((1, x, 0.0))
        size = 1
        while True:
            at = [i for i, b in enumerate(self.buckets) if b[0] == size]
            if len(at) <= self.most:
                break
            a, b = self.buckets[at[0]], self.buckets[at[1]]
            merged = (2 * size, a[1] + b[1], a[2] + b[2] + size / 2 * (a[1] / size - b[1] / size) ** 2)
            self.buckets[at[0]:at[1] + 1] = [merged]
            size *= 2
        found = False
        if self.t % self.every == 0:
            while self.n > 10 and self.cut():
                found = True
                c, u, q = self.buckets.pop(0)
                self.n -= c
                self.total -= u
                self.squares -= q + c * self.n / (c + self.n) * (u / c - self.total / self.n) ** 2
        return found

    def cut(self):
        d, n0, u0 = log(2 * log(self.n) / self.delta), 0, 0.0
        for c, u, _ in self.buckets:
            n0 += c
            u0 += u
            n1 = self.n - n0
            if n1 < self.least:
                return False
            if n0 < self.least:
                continue
            m = 1 / (n0 - self.least + 1) + 1 / (n1 - self.least + 1)
            e = sqrt(2 * m * self.squares / self.n * d) + 2 / 3 * d * m
            if abs(u0 / n0 - (self.total - u0) / n1) > e:
                return True
        return False

def page_hinkley(stream, least=30, delta=0.005, threshold=50, alpha=0.9999):
    out, n, total, up, down = [], 0, 0.0, 0.0, 0.0
    for i, x in enumerate(stream):
        n += 1
        total += x
        up = max(0.0, alpha * up + x - total / n - delta)
        down = max(0.0, alpha * down + total / n - x - delta)
        if n >= least and max(up, down) > threshold:
            out.append([i, "up" if up >= down else "down"])
            n, total, up, down = 0, 0.0, 0.0, 0.0
    return out

def steps(seed, parts):
    u = uniforms(seed, sum(n for n, _, _ in parts))
    out, i = [], 0
    for n, base, scale in parts:
        out += [base + scale * v for v in u[i:i + n]]
        i += n
    return out

cases = []
for seed, parts in [
    (1, [[3000, 0, 1]]),
    (2, [[1000, 0, 0.5], [1000, 0.4, 0.5], [2000, 0.1, 0.5]]),
    (3, [[500, 0, 1], [500, 0.1, 1], [500, 0.2, 1], [500, 0.3, 1]]),
    (4, [[2000, 100, 5], [1000, 96, 5], [1000, 104, 5]]),
]:
    stream = steps(seed, parts)
    a, drifts, widths = Adwin(), [], []
    for i, x in enumerate(stream):
        if a.add(x):
            drifts.append(i)
        if i % 250 == 249:
            widths.append([a.n, a.total / a.n])
    cases.append({"seed": seed, "parts": parts, "adwin": drifts, "widths": widths, "pageHinkley": page_hinkley(stream), "sensitive": page_hinkley(stream, 30, 0.05, 5, 1)})
path = os.path.join(os.path.dirname(__file__), "stream-drift.golden.json")
json.dump(cases, open(path, "w"))
print([(c["adwin"], c["pageHinkley"], c["sensitive"]) for c in cases])
