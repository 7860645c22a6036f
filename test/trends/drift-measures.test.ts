import { randomOf } from "clientele/core";
import { measureJensenShannon, measurePsi, measureWasserstein, testKs } from "clientele/trends";
import { describe, expect, it } from "vitest";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import golden from "../oracles/drift.golden.json" with { type: "json" };
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const near = { relative: 1e-10, because: "SciPy's sums are rounded in another order" };
const codes = ({ notes }: { notes: readonly { code: string }[] }): string[] => notes.map(({ code }) => code);
const stored = golden.pairs.filter((pair) => pair.a !== undefined) as { name: string; a: number[]; b: number[]; statistic: number; exact: number; asymptotic: number; wasserstein: number; jensenShannon: number; half: number; clip: number }[]; // prettier-ignore
const cuts = [-0.5, 0, 0.5, 2, 3];
const normals = (count: number, seed: number, shift = 0): number[] => {
  const random = randomOf(seed);
  return Array.from({ length: count }, () => shift + sampleNormal(random));
};

describe.each(stored)("as SciPy: $name", ({ a, b, ...wanted }) => {
  it("testKs", () => {
    const exact = testKs(a, b, { method: "exact" });
    expectClose([exact.statistic, exact.pValue], [wanted.statistic, wanted.exact], near);
    const limit = testKs(a, b, { method: "asymptotic" });
    // SciPy takes the exact distribution of one sample of the harmonic size, rounded: in small samples only near.
    expectClose(limit.pValue, wanted.asymptotic, { absolute: a.length < 20 ? 0.05 : 0.004, because: "another limit" });
    expectClose(testKs(b, a).pValue, wanted.exact, near);
    expect(testKs(b, a).lower).not.toBe(exact.lower);
  });

  it("measureWasserstein, measureJensenShannon, measurePsi", () => {
    expectClose(measureWasserstein(a, b).value, wanted.wasserstein, near);
    expectClose(measureJensenShannon(a, b, { bins: cuts }).value, wanted.jensenShannon, near);
    expectClose(measurePsi(a, b, { bins: cuts }).psi, wanted.half, near);
    expectClose(measurePsi(a, b, { bins: cuts, empty: "clip" }).psi, wanted.clip, near);
  });
});

describe("testKs", () => {
  it("takes the limit for large samples, near SciPy's", () => {
    const a = Array.from({ length: 4000 }, (_, i) => ((i * 7919) % 10007) / 10007);
    const b = Array.from({ length: 3000 }, (_, i) => (((i * 104729) % 10007) / 10007) ** 1.04);
    const wanted = golden.pairs.find(({ name }) => name === "large")!;
    const test = testKs(a, b);
    expect(test.method).toBe("asymptotic");
    expectClose(test.statistic, wanted.statistic, near);
    expectClose(test.pValue, wanted.asymptotic, { relative: 0.02, because: "another limit" });
    expectClose(measureWasserstein(a, b).value, wanted.wasserstein, near);
  });

  it("says of ties that the p-value is cautious, or counts them", () => {
    const { a, b } = stored.find(({ name }) => name === "ties")!;
    const cautious = testKs(a, b);
    const exact = testKs(a, b, { ties: "exact" });
    expect([codes(cautious), codes(exact)]).toEqual([["ties"], []]);
    expect(exact.pValue).toBeLessThan(cautious.pValue);
  });

  it("rejects in 5 % of cases where nothing differs, and not in more", () => {
    let rejected = 0;
    for (let seed = 0; seed < 2000; seed++) rejected += testKs(normals(40, 2 * seed), normals(50, 2 * seed + 1)).pValue <= 0.05 ? 1 : 0; // prettier-ignore
    expect(rejected / 2000).toBeLessThan(0.064);
    expect(rejected / 2000).toBeGreaterThan(0.03);
  });

  it("knows equal samples, single values, gaps and constants", () => {
    expect(testKs([1, 2, 3], [1, 2, 3])).toMatchObject({ statistic: 0, pValue: 1, lower: null });
    expect(testKs([1], [2])).toMatchObject({ statistic: 1, pValue: 1, lower: "a", at: 1 });
    expect(testKs([5, 5, 5], [5, 5])).toMatchObject({ statistic: 0, pValue: 1 });
    expect(codes(testKs([1, NaN, 2], [3, 4]))).toEqual(["missing"]);
    expectRefusal(() => testKs([], [1]), "too-few-rows", "a");
    expectRefusal(() => testKs([1], [NaN]), "too-few-rows", "b");
    expectRefusal(() => testKs([1], [-Infinity]), "invalid-value", "b[0]");
    expectRefusal(() => testKs([1e200], [-1e200]), "too-large", "a");
    expectRefusal(() => testKs(new Float64Array(20_000), new Float64Array(20_000), { method: "exact" }), "too-large", "options.method"); // prettier-ignore
  });
});

describe("measurePsi", () => {
  it("is on average (bins − 1)·(1/n + 1/m) where nothing changed, as it says", () => {
    let [sum, below] = [0, 0];
    for (let seed = 0; seed < 1500; seed++) {
      const report = measurePsi(normals(500, 2 * seed), normals(500, 2 * seed + 1));
      sum += report.psi;
      below += report.pValue < 0.05 ? 1 : 0;
      expect(report.expected).toBeCloseTo(0.036, 12);
    }
    expectClose(sum / 1500, 0.036, { relative: 0.1, because: "promised" });
    expectClose(below / 1500, 0.05, { absolute: 0.02, because: "three standard errors" });
  });

  it("takes bins from the reference alone, open at both ends", () => {
    const report = measurePsi([1, 2, 3, 4, 5, 6, 7, 8], [-100, 100, 4.5, NaN], { bins: 4 });
    expect(report.cuts).toEqual([2.75, 4.5, 6.25]);
    expect(report.bins.map(({ referenceCount, currentCount }) => [referenceCount, currentCount])).toEqual([[2, 1], [2, 1], [2, 0], [2, 1]]); // prettier-ignore
    expect([report.bins[0].from, report.bins[3].to, codes(report)]).toEqual([null, null, ["missing", "small-samples"]]);
    // Stored cuts give the same bins.
    const again = measurePsi([1, 2, 3, 4, 5, 6, 7, 8], [-100, 100, 4.5], { bins: report.cuts });
    expect(again.psi).toBe(report.psi);
    expectClose(report.bins.reduce((sum, { contribution }) => sum + contribution, 0), report.psi, near); // prettier-ignore
  });

  it("keeps atoms whole: few values have a bin each, and a heavy one has its own", () => {
    expect(measurePsi([0, 0, 0, 1, 1, 2], [2]).cuts).toEqual([0, 1]);
    const zeros = [...new Array<number>(900).fill(0), ...Array.from({ length: 100 }, (_, i) => i + 1)];
    const report = measurePsi(zeros, zeros.map((x) => (x === 0 ? 3 : x))); // prettier-ignore
    expect(report.bins[0].referenceCount).toBe(900);
    expect(report.level).toBe("large");
    const tops = zeros.map((x) => -x);
    expect(measurePsi(tops, tops).bins.at(-1)!.referenceCount).toBe(900);
    expect(measurePsi(tops, tops.map((x) => (x === 0 ? -1 : x))).level).toBe("large"); // prettier-ignore
  });

  it("sees a constant reference left on either side, and says so", () => {
    for (const value of [0, 7, -1e-5]) {
      const reference = new Array<number>(100).fill(value);
      expect(measurePsi(reference, reference).psi).toBe(0);
      for (const shift of [-1, 1]) {
        const report = measurePsi(reference, reference.map((x) => x + shift)); // prettier-ignore
        expect([report.level, codes(report)]).toEqual(["large", ["constant-reference"]]);
      }
    }
  });

  it("refuses nothing to compare", () => {
    expectRefusal(() => measurePsi([], [1]), "too-few-rows", "reference");
    expectRefusal(() => measurePsi([1], []), "too-few-rows", "current");
    expectRefusal(() => measurePsi([1], [1], { bins: [2, 1] }), "invalid-option", "options.bins");
  });
});

describe("measureWasserstein and measureJensenShannon", () => {
  it("normalize by the reference, and say where it does not vary", () => {
    expectClose(measureWasserstein([1, 2, 3, 4, 5], [2, 3, 4, 5, 6]).normalized!, 1 / Math.sqrt(2.5), near);
    const constant = measureWasserstein([3, 3], [4]);
    expect([constant.value, constant.normalized, codes(constant)]).toEqual([1, null, ["constant-reference"]]);
    // By chance: 1.22·√(1/n + 1/m) of normal values.
    let sum = 0;
    for (let seed = 0; seed < 300; seed++) sum += measureWasserstein(normals(200, 2 * seed), normals(300, 2 * seed + 1)).value; // prettier-ignore
    expectClose(sum / 300, 1.22 * Math.sqrt(1 / 200 + 1 / 300), { relative: 0.12, because: "noise of 300 pairs and a rule of thumb" }); // prettier-ignore
  });

  it("run from 0 to 1", () => {
    expect(measureJensenShannon([1, 2, 3], [1, 2, 3]).value).toBe(0);
    expect(measureJensenShannon([1, 1], [1]).value).toBe(0);
    expect(measureJensenShannon([1, 1], [2]).value).toBe(1);
    expectRefusal(() => measureJensenShannon([1], []), "too-few-rows", "current");
  });
});
