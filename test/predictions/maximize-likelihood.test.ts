import { type Random, randomOf } from "clientele/core";
import { fitBgNbd, fitMbgNbd, fitParetoNbd } from "clientele/predictions";
import type { FeatureTable } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { sampleBeta, sampleExponential, sampleGamma } from "../../src/numeric/samplers.ts";
import { summaryOf } from "../support/purchases.ts";

/** A number between 10^low and 10^high, each power of ten as likely as another. */
const sizeBetween = (random: Random, low: number, high: number): number => 10 ** (low + (high - low) * random.next());

/** Histories of a shop whose customers buy and leave as one of the models says, with parameters of any size. */
function shopOf(kind: "repeats" | "all" | "any-time", customers: number, seed: number): FeatureTable {
  const random = randomOf(seed);
  const [r, alpha] = [sizeBetween(random, -1, 1), sizeBetween(random, 0, 2)];
  const [a, b] = [sizeBetween(random, -1, 0.7), sizeBetween(random, -0.5, 1)];
  const years = sizeBetween(random, 0.5, 2.5);
  return summaryOf(
    Array.from({ length: customers }, () => {
      const age = years * (0.5 + random.next() / 2);
      const rate = sampleGamma(random, r, alpha);
      const leaving = sampleBeta(random, a, b);
      const life =
        kind === "any-time" ? Math.min(age, sampleExponential(random, sampleGamma(random, a, b * years))) : age;
      let [frequency, recency, now] = [0, 0, 0];
      let isThere = kind !== "all" || random.next() >= leaving;
      while (isThere && frequency < 1000) {
        now += sampleExponential(random, rate);
        if (!(now < life)) break;
        frequency++;
        recency = now;
        isThere = kind === "any-time" || random.next() >= leaving;
      }
      return [frequency, recency, age];
    }),
  );
}

describe("the search for a likeliest model", () => {
  const draw = (seed: number): (() => number) => {
    const random = randomOf(seed, 1);
    return () => sizeBetween(random, -1.5, 1.5);
  };

  // Shops of which some end where a parameter runs off: out there the likelihood is flat, and a search that has come there stays.
  it.each([
    ["BG/NBD", "repeats", fitBgNbd],
    ["MBG/NBD", "all", fitMbgNbd],
  ] as const)("of %s is not outdone by one from another start", (_, kind, fit) => {
    for (let seed = 0; seed < 24; seed++) {
      const summary = shopOf(kind, seed % 2 === 0 ? 100 : 700, seed);
      const best = fit(summary);
      const next = draw(seed);
      for (let other = 0; other < 3; other++) {
        const start = { r: next(), alpha: 10 * next(), a: next(), b: next() };
        const found = fit(summary, { start });
        const name = `shop ${seed} from ${JSON.stringify(start)}: ${best.logLikelihood}, not ${found.logLikelihood}`;
        expect(best.logLikelihood > found.logLikelihood - 1e-3 || !found.converged, name).toBe(true);
      }
    }
  });

  it("of Pareto/NBD is not outdone by one from another start", () => {
    for (let seed = 0; seed < 12; seed++) {
      const summary = shopOf("any-time", seed % 2 === 0 ? 100 : 700, seed);
      const best = fitParetoNbd(summary);
      const next = draw(seed);
      for (let other = 0; other < 2; other++) {
        const start = { r: next(), alpha: 10 * next(), s: next(), beta: 10 * next() };
        const found = fitParetoNbd(summary, { start });
        const name = `shop ${seed} from ${JSON.stringify(start)}: ${best.logLikelihood}, not ${found.logLikelihood}`;
        expect(best.logLikelihood > found.logLikelihood - 1e-3 || !found.converged, name).toBe(true);
      }
    }
  });
});
