import {
  detectableDifferenceForMeans,
  detectableDifferenceForProportions,
  powerOfMeans,
  powerOfProportions,
  sampleSizeForMeans,
  sampleSizeForProportions,
} from "clientele/experiments";
import { describe, expect, it } from "vitest";
import { noncentralTSf } from "../../src/numeric/noncentral-t.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

// R 4.2.2: power.prop.test, power.t.test and pt(…, ncp, lower.tail = FALSE).
const printed = { relative: 2e-6, because: "R's uniroot stops at 1e-4 of n, its power is exact" };

describe("sizes and power of tests of proportions", () => {
  it("are those of R's power.prop.test, sizes rounded up", () => {
    const sizes = [
      [0.5, 0.25, 0.9, 0.05, 76.7069301141077],
      [0.1, 0.02, 0.8, 0.05, 3840.84748244444],
      [0.02, 0.004, 0.8, 0.01, 31409.1467532389],
      [0.9, -0.1, 0.95, 0.05, 328.392426793445],
    ] as const;
    for (const [baseline, difference, power, alpha, n] of sizes) {
      const perArm = Math.ceil(n);
      expect(sampleSizeForProportions({ baseline, difference, power, alpha })).toEqual({ perArm, total: 2 * perArm });
      // The size that was found has the power, one customer less has not.
      expect(powerOfProportions({ baseline, difference, alpha, n: perArm }).power).toBeGreaterThanOrEqual(power);
      expect(powerOfProportions({ baseline, difference, alpha, n: perArm - 1 }).power).toBeLessThan(power);
    }
    for (const [baseline, difference, n, alpha, power] of [
      [0.5, 0.25, 50, 0.05, 0.740165901331388],
      [0.1, 0.02, 2000, 0.05, 0.524481278764291],
      [0.02, 0.001, 100_000, 0.01, 0.159178551710591],
    ] as const) {
      expectClose(powerOfProportions({ baseline, difference, n, alpha }).power, power, printed);
    }
  });

  it("find again the difference that a size was made for, up and down", () => {
    const { perArm } = sampleSizeForProportions({ baseline: 0.1, difference: 0.02 });
    const { increase, decrease } = detectableDifferenceForProportions({ baseline: 0.1, n: perArm });
    expectClose(increase ?? NaN, 0.02, { relative: 1e-4, because: "sizes are whole customers" });
    expect(decrease).toBeLessThan(0);
    expectClose(powerOfProportions({ baseline: 0.1, difference: decrease ?? 0, n: perArm }).power, 0.8, { absolute: 1e-9, because: "bisection" }); // prettier-ignore
    expect(detectableDifferenceForProportions({ baseline: 0.5, n: 2 })).toEqual({ increase: null, decrease: null });
    expect(detectableDifferenceForProportions({ baseline: 0, n: 1000 }).decrease).toBeNull();
  });

  it("know the ends: no difference, and from nobody to everybody", () => {
    expectClose(powerOfProportions({ baseline: 0.1, difference: 0, n: 100 }).power, 0.025, printed);
    expect(powerOfProportions({ baseline: 0, difference: 1, n: 10 }).power).toBe(1);
    expectRefusal(() => sampleSizeForProportions({ baseline: 0.1, difference: 0 }), "invalid-option", "options.difference"); // prettier-ignore
    expectRefusal(() => sampleSizeForProportions({ baseline: 0.95, difference: 0.1 }), "invalid-option", "options.difference"); // prettier-ignore
    expectRefusal(() => sampleSizeForProportions({ baseline: 0.5, difference: 1e-12 }), "invalid-option", "options.difference"); // prettier-ignore
    expect(sampleSizeForProportions({ baseline: 0.9, difference: 0.1 }).perArm).toBeGreaterThan(50);
  });
});

describe("sizes and power of tests of means", () => {
  it("are those of R's power.t.test, sizes rounded up", () => {
    for (const [difference, standardDeviation, power, alpha, n] of [
      [1, 1, 0.9, 0.05, 22.0210977038512],
      [0.1, 1, 0.8, 0.05, 1570.73688799846],
      [5, 20, 0.8, 0.01, 375.389033487589],
      [3, 1, 0.9, 0.05, 3.62481804997668],
    ] as const) {
      const perArm = Math.ceil(n);
      expect(sampleSizeForMeans({ difference, standardDeviation, power, alpha })).toEqual({
        perArm,
        total: 2 * perArm,
      });
      expect(sampleSizeForMeans({ difference: -difference, standardDeviation, power, alpha }).perArm).toBe(perArm);
    }
    for (const [difference, standardDeviation, n, alpha, power] of [
      [1, 1, 20, 0.05, 0.868952801692498],
      [0.1, 1, 500, 0.05, 0.351844068714798],
      [5, 20, 30, 0.01, 0.051032462143438],
      [0.5, 1, 3, 0.05, 0.0697682929619086],
    ] as const) {
      expectClose(powerOfMeans({ difference, standardDeviation, n, alpha }).power, power, { absolute: 1e-10, because: "R's pt" }); // prettier-ignore
    }
    for (const [standardDeviation, n, power, difference] of [
      [1, 20, 0.9, 1.05197016883918],
      [2, 50, 0.8, 1.13176713458802],
    ] as const) {
      expectClose(detectableDifferenceForMeans({ standardDeviation, n, power }).difference, difference, { relative: 1e-4, because: "R's uniroot" }); // prettier-ignore
    }
  });

  it("grow with the square of the spread, also for millions of customers", () => {
    const { perArm } = sampleSizeForMeans({ difference: 0.01, standardDeviation: 30 });
    const normal = 2 * (2.8015852 * 3000) ** 2;
    expectClose(perArm, normal, { relative: 1e-6, because: "the normal approximation" });
    expect(detectableDifferenceForMeans({ standardDeviation: 1, n: 1e15 }).difference).toBeGreaterThan(0);
    expectRefusal(() => sampleSizeForMeans({ difference: 0, standardDeviation: 1 }), "invalid-option", "options.difference"); // prettier-ignore
    expectRefusal(() => powerOfMeans({ difference: 1, standardDeviation: 0, n: 10 }), "invalid-option", "options.standardDeviation"); // prettier-ignore
  });
});

describe("noncentralTSf", () => {
  it("agrees with R's pt", () => {
    for (const [t, df, noncentrality, tail] of [
      [2.1, 10, 1.5, 0.310231906558073],
      [1.96, 1000, 2.8, 0.799457258705857],
      [4.3, 2, 1, 0.0914167636420534],
      [12.7, 1, 0.5, 0.0437156675650316],
      [2, 30, -1, 0.00191440183395808],
    ] as const) {
      expectClose(noncentralTSf(t, df, noncentrality), tail, { absolute: 1e-10, because: "both are accurate to more" });
    }
  });
});
