import { describe, expect, it } from "vitest";
import { type LikelihoodAt, profileLogLikelihood } from "../../src/predictions/beta-geometric.ts";
import { profileOf } from "../../src/predictions/history-profile.ts";
import { readPurchaseRows } from "../../src/predictions/purchase-rows.ts";
import { fromMatrix } from "../../src/tables/index.ts";
import { expectClose } from "../support/close-to.ts";

// Frequencies one apart and far apart, several customers with one history, and z from far below to far above 0.
const few = [
  [0, 0, 39],
  [0, 0, 20],
  [1, 4, 39],
  [2, 30, 38],
  [3, 2, 38],
  [20, 12, 38],
  [21, 37, 38],
  [400, 31, 33],
];
const customers = [...few, ...Array.from({ length: 30 }, () => few[2]), few[4], few[5]];
const rows = readPurchaseRows("test", fromMatrix(customers, { names: ["frequency", "recency", "age"] }));
const all = Uint32Array.from({ length: rows.length }, (_, i) => i);
const points = [[0.25, 4.4, 0.8, 2.4], [3, 60, 0.05, 0.3], [0.02, 0.5, 20, 900]]; // prettier-ignore

describe.each([0, 1] as const)("profileLogLikelihood with %i occasions beside the repeats", (early) => {
  const at = (logs: readonly number[]): LikelihoodAt => {
    const [r, alpha, a, b] = logs.map((x) => Math.exp(x));
    return profileLogLikelihood(profileOf(rows, all, 1), { r, alpha, a, b }, early);
  };

  it("has the slopes of its value and the curvature of its slopes", () => {
    for (const point of points) {
      const logs = point.map((x) => Math.log(x));
      const { slopes, curvature } = at(logs);
      logs.forEach((x, i) => {
        const step = 1e-5;
        const [above, below] = [at(logs.with(i, x + step)), at(logs.with(i, x - step))];
        const because = "central differences with steps of 1e-5";
        expectClose((above.value - below.value) / (2 * step), slopes[i], { relative: 1e-6, absolute: 1e-5, because });
        const bends = above.slopes.map((slope, j) => (slope - below.slopes[j]) / (2 * step));
        expectClose(bends, [...curvature[i]], { relative: 1e-6, absolute: 1e-5, because });
      });
    }
  });

  it("sums parts to the whole", () => {
    const { value } = at([0, 1, 0, 1]);
    const parts = Array.from(all, (row) => {
      const profile = profileOf(rows, Uint32Array.of(row), 1);
      return profileLogLikelihood(profile, { r: 1, alpha: Math.exp(1), a: 1, b: Math.exp(1) }, early).value;
    });
    expect(parts).toHaveLength(few.length);
    expectClose(
      parts.reduce((sum, part) => sum + part, 0),
      value,
      { relative: 1e-12, because: "sums" },
    );
  });
});
