import { testMannWhitney } from "clientele/experiments";
import { randomOf } from "clientele/core";
import { describe, expect, it } from "vitest";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const digits = { relative: 1e-12, because: "rounding of sums" };

describe("testMannWhitney", () => {
  it("counts orders of small arms as R does", () => {
    // R: wilcox.test(y, x)$p.value, x = the control.
    const small = testMannWhitney({ control: [3, 9, 4, 12, 1, 7], treatment: [8, 16, 5, 22, 11, 40] });
    expect(small.statistic).toBe(30);
    expectClose(small.pValue!, 0.0649350649350649, digits);
    const steps = Array.from({ length: 40 }, (_, i) => i + 1.5);
    const gap = Array.from({ length: 35 }, (_, i) => (i < 20 ? i + 1 : i + 11));
    const larger = testMannWhitney({ control: gap, treatment: steps });
    expect(larger.statistic).toBe(665);
    expectClose(larger.pValue!, 0.715665827693735, digits);
  });

  it("corrects for ties and continuity as R does", () => {
    // R: wilcox.test(b, a, exact = FALSE).
    const control = [1, 1, 2, 3, 3, 3, 5, 8, 9, 9, 12, 30];
    const treatment = [2, 3, 3, 4, 6, 9, 9, 10, 14, 31, 31];
    const report = testMannWhitney({ control, treatment });
    expect(report.statistic).toBe(87.5);
    expectClose(report.pValue!, 0.192531189839584, digits);
  });

  it("has an estimate that is the share of pairs, and an interval that holds the truth as often as stated", () => {
    const random = randomOf(5);
    let held = 0;
    for (let run = 0; run < 1000; run++) {
      // Of two uniform numbers, the second moved up by 0.2, the second one is larger in 1 − 0.8²/2 of all cases.
      const control = Float64Array.from({ length: 60 }, () => random.next());
      const treatment = Float64Array.from({ length: 80 }, () => random.next() + 0.2);
      const { estimate, interval } = testMannWhitney({ control, treatment });
      if (run === 0) {
        const pairs = treatment.reduce((sum, t) => sum + control.reduce((s, c) => s + (t > c ? 1 : 0), 0), 0);
        expectClose(estimate!, pairs / 4800, digits);
      }
      if (interval![0] <= 0.68 && interval![1] >= 0.68) held++;
    }
    // 950 expected; 6.9 is the standard deviation, and the interval is a large-sample one.
    expect(held).toBeGreaterThan(925);
    expect(held).toBeLessThan(975);
  });

  it("is the same from the other side", () => {
    const [control, treatment] = [
      [1, 5, 5, 9, 2],
      [4, 5, 7, 11, 20, 3],
    ];
    const there = testMannWhitney({ control, treatment });
    const back = testMannWhitney({ control: treatment, treatment: control });
    expectClose([back.estimate!, back.pValue!, back.standardError!], [1 - there.estimate!, there.pValue!, there.standardError!], digits); // prettier-ignore
  });

  it("says what cannot be told", () => {
    expect(testMannWhitney({ control: [], treatment: [1] })).toMatchObject({ estimate: null, pValue: null, notes: [{ code: "empty-arm" }] }); // prettier-ignore
    expect(testMannWhitney({ control: [2, 2], treatment: [2, 2, 2] })).toMatchObject({ estimate: 0.5, pValue: 1, notes: [{ code: "no-variance" }] }); // prettier-ignore
    const apart = testMannWhitney({ control: [1, 2, 3], treatment: [4, 5, 6] });
    expect(apart).toMatchObject({ estimate: 1, pValue: 0.1, notes: [{ code: "separated" }] });
    const one = testMannWhitney({ control: [1], treatment: [0] });
    expect([one.estimate, one.pValue]).toEqual([0, 1]);
  });

  it("refuses what is no list of finite numbers, by place", () => {
    expectRefusal(() => testMannWhitney({ control: [1, NaN], treatment: [1] }), "invalid-value", "data.control[1]");
    expectRefusal(() => testMannWhitney({ control: [1] } as never), "invalid-value", "data.treatment");
    expectRefusal(() => testMannWhitney(null as never), "invalid-value", "data.control");
  });
});
