import { fitLinear, type LinearModel, predictLinear, predictLinearInterval } from "clientele/predictions";
import { column, fromMatrix } from "clientele/tables";
import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { sampleNormal } from "../../src/numeric/samplers.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

type Rows = number[][];

const golden = JSON.parse(readFileSync(new URL("../oracles/linear.golden.json", import.meta.url), "utf8")) as {
  readonly x: Rows;
  readonly y: number[];
  readonly weights: number[];
} & Readonly<Record<"plain" | "origin" | "weighted" | "hc3", { readonly mean: Rows; readonly outcome: Rows }>>;

const table = fromMatrix(golden.x);
// Two customers, the second one far from all others: the rows of test/oracles/linear.py.
const fresh = fromMatrix([[4, 3, 2], [20, 9, -1]]); // prettier-ignore

describe("predictLinearInterval", () => {
  it.each([
    ["plain", {}],
    ["origin", { intercept: false }],
    ["weighted", { weights: golden.weights }],
    ["hc3", { robust: "hc3" }],
  ] as const)("gives statsmodels' intervals of 90 %%: %s", (name, options) => {
    const model = fitLinear(table, golden.y, options);
    for (const about of ["mean", "outcome"] as const) {
      const { values } = predictLinearInterval(model, fresh, { level: 0.9, about });
      expectClose(values, golden[name][about].flat(), {
        relative: 1e-7,
        because: "scipy's quantile of t has 9 digits",
      });
    }
  });

  it("expects what predictLinear expects", () => {
    const model = fitLinear(table, golden.y);
    expect(column(predictLinearInterval(model, fresh), "expected")).toEqual(predictLinear(model, fresh));
  });

  it("holds 95 % of new outcomes, and 95 % of the true means", () => {
    const random = randomOf(5);
    let outcomes = 0;
    let means = 0;
    const rounds = 2000;
    for (let round = 0; round < rounds; round++) {
      const x = Array.from({ length: 12 }, (_, i) => [i]);
      const model = fitLinear(fromMatrix(x), x.map(([v]) => 1 + 2 * v + sampleNormal(random))); // prettier-ignore
      const one = fromMatrix([[15]]);
      const [, low, high] = predictLinearInterval(model, one).values;
      const outcome = 31 + sampleNormal(random);
      if (low <= outcome && outcome <= high) outcomes++;
      const [, lowMean, highMean] = predictLinearInterval(model, one, { about: "mean" }).values;
      if (lowMean <= 31 && 31 <= highMean) means++;
    }
    // Four standard deviations of a binomial share around 0.95.
    expect(Math.abs(outcomes / rounds - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / rounds));
    expect(Math.abs(means / rounds - 0.95)).toBeLessThan(4 * Math.sqrt((0.95 * 0.05) / rounds));
  });

  it("refuses a model that cannot know, and a damaged one", () => {
    const exact = fitLinear(fromMatrix([[1], [2]]), [1, 2]);
    expectRefusal(() => predictLinearInterval(exact, fromMatrix([[1]])), "too-few-rows", "model");
    const model = fitLinear(table, golden.y);
    for (const damage of [
      { sigma: "1" },
      { means: [] },
      { root: [[1]] },
      { coordinateCovariance: [] },
      { totalWeight: -1 },
      { degreesOfFreedom: 0 },
    ]) {
      // prettier-ignore
      const damaged = { ...model, ...damage } as unknown as LinearModel;
      expectRefusal(() => predictLinearInterval(damaged, fresh), "incompatible-model");
    }
    expectRefusal(() => predictLinearInterval(model, fromMatrix([[1, 2, NaN]])), "invalid-value", "table.values[0, 2]");
  });

  it("has nothing to say about nobody", () => {
    const none = fromMatrix([], { names: ["x0", "x1", "x2"] });
    expect(predictLinearInterval(fitLinear(table, golden.y), none).ids).toEqual([]);
  });
});
