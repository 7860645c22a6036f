import { fitIsolationForest, labelAnomalies, labelNoise, scoreIsolationForest } from "clientele/anomalies";
import { labelDbscan } from "clientele/segments";
import { fromMatrix, labelsOf } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { expectRefusal } from "../support/refusal.ts";

describe("labelAnomalies", () => {
  it("marks scores strictly above the threshold", () => {
    expect([...labelAnomalies([0.3, 0.5, 0.7, 0.50001], { threshold: 0.5 })]).toEqual([-1, -1, 0, 0]);
    expect([...labelAnomalies(Float64Array.of(-2, -1), { threshold: -1.5 })]).toEqual([-1, 0]);
  });

  it("marks as many as contamination says where scores differ", () => {
    // ⌈contamination · (n − 1)⌉ scores lie above the type-7 quantile, as in scikit-learn and PyOD.
    for (const [rows, contamination, marked] of [
      [10, 0.1, 1],
      [11, 0.1, 1],
      [12, 0.1, 2],
      [101, 0.29, 29],
      [1000, 0.05, 50],
      [4, 0.5, 2],
      [2, 0.001, 1],
    ] as const) {
      const scores = Array.from({ length: rows }, (_, i) => ((i * 7919) % 10007) / 10007);
      const labels = labelAnomalies(scores, { contamination });
      expect(labels.filter((label) => label === 0)).toHaveLength(marked);
      const least = Math.min(...scores.filter((_, i) => labels[i] === 0));
      expect(scores.filter((score) => score >= least)).toHaveLength(marked);
    }
  });

  it("leaves customers who are tied at the cut ordinary, so that equal scores have no anomaly", () => {
    expect([...labelAnomalies([0.5, 0.5, 0.5, 0.5], { contamination: 0.25 })]).toEqual([-1, -1, -1, -1]);
    expect([...labelAnomalies([0.9, 0.7, 0.7, 0.1, 0.1], { contamination: 0.4 })]).toEqual([0, -1, -1, -1, -1]);
    const equal = fromMatrix([[3], [3], [3], [3]]);
    const scores = scoreIsolationForest(fitIsolationForest(equal), equal);
    expect([...labelAnomalies(scores, { contamination: 0.5 })]).toEqual([-1, -1, -1, -1]);
    expect([...labelAnomalies(scores, { threshold: 0.5 })]).toEqual([-1, -1, -1, -1]);
  });

  it("never marks more than contamination allows, nor an ordinary score above a marked one", () => {
    const scores = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 40 });
    fc.assert(
      fc.property(scores, fc.double({ min: 0.001, max: 0.5, noNaN: true }), (values, contamination) => {
        const labels = labelAnomalies(values, { contamination });
        const marked = values.filter((_, i) => labels[i] === 0);
        const rest = values.filter((_, i) => labels[i] === -1);
        expect(marked.length).toBeLessThanOrEqual(Math.ceil(contamination * (values.length - 1)));
        expect(rest.length).toBeGreaterThan(0);
        expect(Math.min(...marked, Infinity)).toBeGreaterThan(Math.max(...rest));
      }),
    );
  });

  it("has no label for no score, and one customer is ordinary under contamination", () => {
    expect([...labelAnomalies([], { contamination: 0.1 })]).toEqual([]);
    expect([...labelAnomalies([], { threshold: 0.1 })]).toEqual([]);
    expect([...labelAnomalies([0.9], { contamination: 0.5 })]).toEqual([-1]);
  });

  it("refuses both options, none, and scores that are no finite numbers", () => {
    expectRefusal(() => labelAnomalies([1], {}), "invalid-option", "options");
    expectRefusal(() => labelAnomalies([1], { contamination: 0.1, threshold: 0.5 }), "invalid-option", "options");
    expectRefusal(() => labelAnomalies([1], { contamination: 0.51 }), "invalid-option", "options.contamination");
    expectRefusal(() => labelAnomalies([0.1, NaN], { threshold: 0.5 }), "invalid-value", "scores[1]");
    expectRefusal(() => labelAnomalies([Infinity], { contamination: 0.5 }), "invalid-value", "scores[0]");
    for (const wrong of [null, undefined, 1, {}, "0.5"]) {
      expectRefusal(() => labelAnomalies(wrong as never, { threshold: 0.5 }), "shape-mismatch", "scores");
    }
  });

  it("cuts a million scores", () => {
    const scores = Float64Array.from({ length: 1_000_000 }, (_, i) => (i * 611_953) % 1_000_003);
    const labels = labelAnomalies(scores, { contamination: 0.01 });
    expect(labels.reduce((count, label) => count + (label === 0 ? 1 : 0), 0)).toBe(10_000);
  });
});

describe("labelNoise", () => {
  it("takes the noise of labelDbscan for anomalies: who is far from every crowd, or between two", () => {
    const crowd = (x: number): number[][] =>
      Array.from({ length: 100 }, (_, i) => [x + (i % 10) / 10, Math.floor(i / 10) / 10]);
    const table = fromMatrix([...crowd(0), ...crowd(10), [5.5, 0.5], [90, -70]]);
    const { labels, noise } = labelDbscan(table, { epsilon: 0.2 });
    const odd = labelNoise(labels);
    expect(noise).toBe(2);
    expect([...odd.keys()].filter((row) => odd[row] === 0)).toEqual([200, 201]);
    expect(odd.filter((label) => label === -1)).toHaveLength(200);
  });

  it("marks who is in no group, whatever the groups are", () => {
    expect([...labelNoise(labelsOf([2, -1, 0, 0, -1]))]).toEqual([-1, 0, -1, -1, 0]);
    expect([...labelNoise(labelsOf([]))]).toEqual([]);
  });

  it("refuses what are no labels", () => {
    for (const wrong of [null, [0, -1], Float64Array.of(0)]) {
      expectRefusal(() => labelNoise(wrong as never), "shape-mismatch", "labels");
    }
    expectRefusal(() => labelNoise(Int32Array.of(0, -2)), "invalid-value", "labels[1]");
  });
});
