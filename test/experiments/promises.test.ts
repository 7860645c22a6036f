import { testKs } from "clientele/trends";
import { randomOf } from "clientele/core";
import { testProportions } from "clientele/experiments";
import { describe, expect, it } from "vitest";
import {
  coverage,
  cupedRejections,
  falseDiscoveries,
  meanRejections,
  peeking,
  proportionRejections,
  ratioRejections,
  type Rejections,
} from "../../benchmarks/experiment-gates.ts";
import { newcombeInterval, wilsonInterval } from "../../src/numeric/intervals.ts";
import { binomial } from "../../src/numeric/distributions.ts";

// The full simulations are in benchmarks/experiment-gates.ts; here they are seeded and shorter.

/** 5 % within four standard errors of a share of so many runs. */
function expectLevel({ share, pValues }: Rejections): void {
  expect(Math.abs(share - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / pValues.length));
  const random = randomOf(99);
  const uniform = Array.from({ length: 20_000 }, () => random.next());
  expect(testKs(pValues, uniform).pValue).toBeGreaterThan(0.001);
}

describe("tests of experiments without an effect", () => {
  it("reject as often as promised: shares", () => {
    const found = proportionRejections(4000);
    // Counts are whole, so that p-values come in steps: only the level is held.
    expect(Math.abs(found.share - 0.05)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 4000));
  });

  it("reject as often as promised: log-normal amounts", () => {
    expectLevel(meanRejections(600));
  });

  it("reject as often as promised: ratios by the delta method", () => {
    expectLevel(ratioRejections(600));
  });

  it("reject as often as promised: CUPED", () => {
    expectLevel(cupedRejections(800));
  });

  it("hold when they are looked at after every pair of customers, where ordinary tests do not", () => {
    const { sequential, naive } = peeking(60, 1500);
    expect(sequential).toBeLessThanOrEqual(0.05);
    expect(naive).toBeGreaterThan(0.2);
  });

  it("never reject too often where they are exact", () => {
    // All tables of 12 and 12 with one common rate: the chance of p < 0.05 is at most 5 %.
    for (const rate of [0.1, 0.3, 0.5]) {
      const chance = (x: number): number => binomial(12, rate).cdf(x) - (x === 0 ? 0 : binomial(12, rate).cdf(x - 1));
      let rejected = 0;
      for (let a = 0; a <= 12; a++) {
        for (let b = 0; b <= 12; b++) {
          const { pValue } = testProportions({ control: { n: 12, successes: a }, treatment: { n: 12, successes: b } });
          if (pValue !== null && pValue < 0.05) rejected += chance(a) * chance(b);
        }
      }
      expect(rejected).toBeLessThanOrEqual(0.05 + 1e-12);
    }
  });
});

describe("intervals", () => {
  it("hold the true difference of means as often as promised", () => {
    expect(Math.abs(coverage(1500) - 0.95)).toBeLessThan(4 * Math.sqrt((0.05 * 0.95) / 1500));
  });

  it("hold the true share: Wilson, exactly computed", () => {
    for (const [n, least] of [
      [50, 0.91],
      [200, 0.92],
      [1000, 0.935],
    ] as const) {
      // prettier-ignore
      const rates = Array.from({ length: 199 }, (_, i) => 0.005 * (i + 1));
      const held = rates.map((rate) => {
        const tails = binomial(n, rate);
        let inside = 0;
        for (let x = 0; x <= n; x++) {
          const [low, high] = wilsonInterval({ successes: x, n });
          if (low <= rate && rate <= high) inside += tails.cdf(x) - (x === 0 ? 0 : tails.cdf(x - 1));
        }
        return inside;
      });
      const mean = held.reduce((sum, share) => sum + share, 0) / held.length;
      expect(mean).toBeGreaterThan(0.945);
      expect(mean).toBeLessThan(0.957);
      expect(Math.min(...held)).toBeGreaterThanOrEqual(least);
    }
  });

  it("hold the true difference of shares: Newcombe, exactly computed at n = 200", () => {
    const n = 200;
    const [first, second] = [0.1, 0.15];
    const chances = [first, second].map((rate) => Array.from({ length: n + 1 }, (_, x) => binomial(n, rate).cdf(x) - (x === 0 ? 0 : binomial(n, rate).cdf(x - 1)))); // prettier-ignore
    let inside = 0;
    for (let a = 0; a <= n; a++) {
      for (let b = 0; b <= n; b++) {
        if (chances[0][a] * chances[1][b] < 1e-12) continue;
        const ends = newcombeInterval({ successes: a, n }, { successes: b, n });
        if (ends[0] <= second - first && second - first <= ends[1]) inside += chances[0][a] * chances[1][b];
      }
    }
    expect(inside).toBeGreaterThan(0.945);
  });

  it("keep the share of false findings among the findings", () => {
    expect(falseDiscoveries(120)).toBeLessThanOrEqual(0.1);
  });
});
