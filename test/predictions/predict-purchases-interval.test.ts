import {
  type BgNbdModel,
  fitBgBb,
  fitBgNbd,
  fitMbgNbd,
  fitParetoNbd,
  predictPurchases,
  predictPurchasesInterval,
} from "clientele/predictions";
import { column, type FeatureTable, filterRows, fromMatrix } from "clientele/tables";
import { describe, expect, it } from "vitest";
import { randomOf } from "../../src/core/random.ts";
import { samplePoisson } from "../../src/numeric/samplers.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData } from "../support/data.ts";
import { cdnow, summaryOf } from "../support/purchases.ts";
import { expectRefusal } from "../support/refusal.ts";

const small = summaryOf([[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]]); // prettier-ignore
const z = 1.959963984540054;

/** Standard errors of the logarithm, back from the interval. */
function errorsOf(table: FeatureTable): Float64Array {
  const [lower, upper] = [column(table, "lower"), column(table, "upper")];
  return lower.map((low, i) => Math.log(upper[i] / low) / (2 * z));
}

describe("predictPurchasesInterval", () => {
  it("is the delta method: where nobody leaves, on (r + x) · horizon / (α + T), by hand", () => {
    const fitted = fitBgNbd(small, { l2: 0.1 });
    const covariance = [[0.04, 0.01, 0, 0], [0.01, 0.09, 0, 0], [0, 0, 1e-4, 0], [0, 0, 0, 1e-4]]; // prettier-ignore
    const model: BgNbdModel = { ...fitted, r: 0.5, alpha: 10, a: 1e-12, b: 1, covariance };
    const expected = Array.from({ length: 6 }, (_, i) => {
      const [x, , age] = small.values.subarray(3 * i, 3 * i + 3);
      const [byR, byAlpha] = [0.5 / (0.5 + x), -10 / (10 + age)];
      return Math.sqrt(0.04 * byR * byR + 0.02 * byR * byAlpha + 0.09 * byAlpha * byAlpha);
    });
    expectClose(errorsOf(predictPurchasesInterval(model, small, { horizon: 13 })), expected, {
      relative: 1e-4,
      because: "differences of a hundredth of an error",
    });
  });

  it("has the expectations of predictPurchases between its ends, which part as the level grows", () => {
    for (const model of [
      fitBgNbd(small, { l2: 0.1 }),
      fitMbgNbd(small, { l2: 0.1 }),
      fitParetoNbd(small, { l2: 0.1 }),
    ]) {
      const [wide, narrow] = [0.95, 0.5].map((level) => predictPurchasesInterval(model, small, { horizon: 13, level }));
      expect(column(wide, "expected")).toEqual(predictPurchases(model, small, { horizon: 13 }));
      column(wide, "expected").forEach((center, i) => {
        const [low, high] = [column(wide, "lower")[i], column(wide, "upper")[i]];
        expect(low > 0 && low < center && center < high).toBe(true);
        expect(column(narrow, "lower")[i] > low && column(narrow, "upper")[i] < high).toBe(true);
        expectClose(low * high, center * center, { relative: 1e-12, because: "equal on the logarithm" });
      });
      expect(wide.ids).toEqual(small.ids);
    }
  });

  it("is a point without time, and finite for any horizon", () => {
    const model = fitBgNbd(small, { l2: 0.1 });
    expect(predictPurchasesInterval(model, small, { horizon: 0 }).values).toEqual(new Float64Array(18));
    for (const horizon of [1e-9, 1e6, 1e12]) {
      expect(predictPurchasesInterval(model, small, { horizon }).values.every((x) => x >= 0 && Number.isFinite(x))).toBe(true); // prettier-ignore
    }
  });

  it("takes opportunities, and coefficients of covariates", () => {
    const donors = summaryOf([[0, 0, 6], [1, 1, 6], [6, 6, 6], [2, 5, 6], [0, 0, 6], [3, 4, 6], [0, 0, 6], [5, 6, 6]]); // prettier-ignore
    const model = fitBgBb(donors, { l2: 0.1 });
    expect(errorsOf(predictPurchasesInterval(model, donors, { horizon: 5 })).every((error) => error > 0)).toBe(true);
    expectRefusal(() => predictPurchasesInterval(model, donors, { horizon: 1.5 }), "invalid-option", "options.horizon");
    const random = randomOf(4);
    const rows = Array.from({ length: 400 }, (_, i) => {
      const count = samplePoisson(random, i % 2 === 0 ? 1 : 3);
      return [count, count === 0 ? 0 : 30 * random.next() + 1, 39, i % 2];
    });
    const shop = fromMatrix(rows, { names: ["frequency", "recency", "age", "store"] });
    const covariates = { purchase: ["store"] };
    const withStore = fitBgNbd(shop, { covariates, l2: 0.01 });
    expect(withStore.covariance).toHaveLength(5);
    expectClose(Math.sqrt(withStore.covariance![4][4]), withStore.coefficientErrors.purchase[0]!, { relative: 1e-12, because: "rounding" }); // prettier-ignore
    const certain = { ...withStore, covariance: withStore.covariance!.map((row, i) => row.map((x, j) => (i === 4 || j === 4 ? (i === j ? 1e-12 : 0) : x))) }; // prettier-ignore
    const [all, less] = [withStore, certain].map((one) =>
      errorsOf(predictPurchasesInterval(one, shop, { horizon: 13 })),
    );
    expect(all[1]).not.toBe(less[1]);
  });

  it("refuses a model of which a parameter ran off, one without a covariance, and the usual", () => {
    const model = fitBgNbd(small, { l2: 0.1 });
    const options = { horizon: 13 };
    expectRefusal(() => predictPurchasesInterval({ ...model, covariance: null }, small, options), "degenerate-data", "model.covariance"); // prettier-ignore
    for (const covariance of [undefined, [], [[1]], model.covariance!.map((row) => row.map(() => 0))]) {
      expectRefusal(() => predictPurchasesInterval({ ...model, covariance } as never, small, options), "incompatible-model", "model.covariance"); // prettier-ignore
    }
    const alone = filterRows(small, (i) => i === 0);
    expect(fitBgNbd(alone).covariance).toBe(null);
    expectRefusal(
      () => predictPurchasesInterval(model, small, { horizon: 1, level: 1 }),
      "invalid-option",
      "options.level",
    );
  });
});

describeWithData("predictPurchasesInterval on CDNOW", ["cdnow_sample"], () => {
  const { summary } = cdnow();
  const customers = summaryOf([[0, 0, 38.86], [1, 10, 38.86], [2, 30.43, 38.86], [10, 35, 38.86]]); // prettier-ignore

  it.each([
    ["BG/NBD", fitBgNbd, 60],
    ["Pareto/NBD", fitParetoNbd, 25],
  ] as const)("%s: is about as wide as models of customers drawn anew scatter", (_, fit, replicates) => {
    const random = randomOf(11);
    const logs = Array.from({ length: replicates }, () => {
      const rows = Array.from(summary.ids, () => random.integer(summary.ids.length));
      const values = Float64Array.from(
        rows.flatMap((row) => Array.from(summary.values.subarray(4 * row, 4 * row + 4))),
      );
      const drawn = { ...summary, ids: rows.map(String), values };
      return predictPurchases(fit(drawn), customers, { horizon: 39 }).map((x) => Math.log(x));
    });
    const spread = Array.from(customers.ids, (_id, i) => {
      const mean = logs.reduce((sum, log) => sum + log[i], 0) / replicates;
      return Math.sqrt(logs.reduce((sum, log) => sum + (log[i] - mean) ** 2, 0) / (replicates - 1));
    });
    const errors = errorsOf(predictPurchasesInterval(fit(summary), customers, { horizon: 39 }));
    // A standard deviation of n draws is right to 1 / √(2n), and the model is not the whole truth about CDNOW.
    errors.forEach((error, i) => {
      expect(error / spread[i]).toBeGreaterThan(0.6);
      expect(error / spread[i]).toBeLessThan(1.6);
    });
  });
});
