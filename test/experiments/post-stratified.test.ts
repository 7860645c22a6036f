import { randomOf, run } from "clientele/core";
import { meanStats, testMeans, testPostStratified } from "clientele/experiments";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const near = { relative: 1e-12, because: "the same sums" };

describe("testPostStratified", () => {
  it("weights strata alike in both arms: by hand", () => {
    const strata = [
      { control: { n: 100, successes: 50 }, treatment: { n: 300, successes: 165 } },
      { control: { n: 900, successes: 90 }, treatment: { n: 700, successes: 84 } },
    ];
    const { adjusted, unadjusted, varianceReduction } = testPostStratified(strata);
    // Weights 400 and 1,600 of 2,000: 0.2 · (0.55 − 0.5) + 0.8 · (0.12 − 0.1).
    expectClose(adjusted.estimate ?? NaN, 0.2 * 0.05 + 0.8 * 0.02, near);
    const variance = 0.04 * (0.25 / 100 + (0.55 * 0.45) / 300) + 0.64 * (0.09 / 900 + (0.12 * 0.88) / 700);
    expectClose(adjusted.standardError ?? NaN, Math.sqrt(variance), near);
    expectClose(unadjusted.estimate ?? NaN, 249 / 1000 - 140 / 1000, near);
    expectClose(unadjusted.standardError ?? NaN, Math.sqrt((0.14 * 0.86) / 1000 + (0.249 * 0.751) / 1000), near);
    expect(varianceReduction).not.toBeNull();
  });

  it("is the plain test where there is one stratum, of means too", () => {
    const [control, treatment] = [[3, 5, 8, 1, 9], [6, 9, 4, 12]].map((values) => run(meanStats(), values)); // prettier-ignore
    const { adjusted, unadjusted } = testPostStratified([{ control, treatment }]);
    const plain = testMeans({ control, treatment });
    for (const one of [adjusted, unadjusted]) {
      expectClose([one.estimate ?? NaN, one.standardError ?? NaN, one.pValue ?? NaN], [plain.estimate ?? NaN, plain.standardError ?? NaN, plain.pValue ?? NaN], near); // prettier-ignore
    }
  });

  it("pools rows of all strata into the plain difference", () => {
    const rows = [[1, 4, 2], [9, 11], [5, 5, 7, 2]]; // prettier-ignore
    const strata = rows.map((values) => ({ control: run(meanStats(), values), treatment: run(meanStats(), values.map((x) => x + 1)) })); // prettier-ignore
    const plain = testMeans({ control: run(meanStats(), rows.flat()), treatment: run(meanStats(), rows.flat().map((x) => x + 1)) }); // prettier-ignore
    const { unadjusted } = testPostStratified(strata);
    expectClose([unadjusted.estimate ?? NaN, unadjusted.standardError ?? NaN], [plain.estimate ?? NaN, plain.standardError ?? NaN], near); // prettier-ignore
  });

  it("shortens the interval where strata differ, and keeps the level without an effect", () => {
    let rejected = 0;
    let shorter = 0;
    const runs = 400;
    for (let k = 0; k < runs; k++) {
      const random = randomOf(12, k);
      const rows = Array.from({ length: 300 }, () => ({ stratum: random.integer(3), arm: random.next() < 0.5 ? 0 : 1, noise: random.next() + random.next() + random.next() })); // prettier-ignore
      const of = (stratum: number, arm: number) => run(meanStats(), rows.filter((row) => row.stratum === stratum && row.arm === arm).map((row) => 3 * row.stratum + row.noise)); // prettier-ignore
      const { adjusted, varianceReduction } = testPostStratified([0, 1, 2].map((s) => ({ control: of(s, 0), treatment: of(s, 1) }))); // prettier-ignore
      if ((adjusted.pValue ?? 1) < 0.05) rejected++;
      if ((varianceReduction ?? 0) > 0.8) shorter++;
    }
    expect(shorter).toBe(runs);
    // 5 % within four standard errors of 1.1 %.
    expect(Math.abs(rejected / runs - 0.05)).toBeLessThan(0.044);
  });

  it("leaves out strata with nobody in an arm, and says so", () => {
    const full = { control: { n: 50, successes: 10 }, treatment: { n: 60, successes: 20 } };
    const half = { control: { n: 0, successes: 0 }, treatment: { n: 60, successes: 20 } };
    const report = testPostStratified([full, half]);
    expect([report.omitted, report.notes.map(({ code }) => code)]).toEqual([1, ["empty-stratum"]]);
    expectClose(report.adjusted.estimate ?? NaN, 20 / 60 - 10 / 50, near);
    const none = testPostStratified([half]);
    expect([none.adjusted.estimate, none.varianceReduction]).toEqual([null, null]);
  });

  it("refuses what are no strata", () => {
    const good = { control: { n: 5, successes: 1 }, treatment: { n: 5, successes: 2 } };
    expectRefusal(() => testPostStratified([]), "too-few-rows", "strata");
    expectRefusal(() => testPostStratified(null as never), "invalid-value", "strata");
    expectRefusal(() => testPostStratified([good, { ...good, weight: 0 }]), "invalid-value", "strata[1].weight");
    expectRefusal(() => testPostStratified([good, { ...good, control: { n: 5, mean: 1, m2: 1 } }]), "invalid-value", "strata[1].control.successes"); // prettier-ignore
  });
});
