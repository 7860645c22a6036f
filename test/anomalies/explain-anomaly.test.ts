import { explainAnomaly, fitIsolationForest, type IsolationForestModel } from "clientele/anomalies";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitIsolationForestOptions } from "../../src/anomalies/isolation-forest.ts";
import { modelLaws } from "../laws/model-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";

const tables: fc.Arbitrary<FeatureTable> = fc
  .array(fc.array(fc.integer({ min: -3, max: 3 }), { minLength: 3, maxLength: 3 }), { minLength: 2, maxLength: 30 })
  .map((rows) => fromMatrix(rows));

modelLaws<IsolationForestModel, { trees?: number; seed?: number }>("explainAnomaly", {
  fit: fitIsolationForest,
  apply: explainAnomaly,
  options: { trees: 6, seed: 3 },
  optionNames: Object.keys(fitIsolationForestOptions),
  tables,
  fields: ["trees", "sampleSize", "splits", "thresholds", "leafSizes"],
  missing: "refused",
  empty: "refused",
});

const rowOf = ({ names, values }: FeatureTable, row: number): number[] =>
  Array.from(values.subarray(row * names.length, (row + 1) * names.length));

describe("explainAnomaly", () => {
  it("gives nearly the whole share to the one feature in which a customer is odd, whichever it is", () => {
    const columns = 6;
    for (let odd = 0; odd < columns; odd++) {
      const values = cloud(500, columns, { groups: 1, seed: odd });
      values[odd] += 40;
      const table = fromMatrix(values, { columns });
      const shares = rowOf(explainAnomaly(fitIsolationForest(table), table), 0);
      expect(shares[odd]).toBeGreaterThan(0.75);
      shares.forEach((share, j) => j === odd || expect(share).toBeLessThan(0.2));
    }
  });

  it("divides evenly between two features that are equally odd", () => {
    const values = cloud(500, 4, { groups: 1 });
    values[1] += 40;
    values[2] += 40;
    const table = fromMatrix(values, { columns: 4 });
    const [, b, c] = rowOf(explainAnomaly(fitIsolationForest(table, { trees: 2000 }), table), 0);
    expectClose(b, c, { absolute: 0.05, because: "2,000 trees choose at random" });
    expect(b + c).toBeGreaterThan(0.75);
  });

  it("follows the definition by hand: a path's savings divided among the features whose cuts save", () => {
    // One tree of four rows: x0 < 5 parts three from one, x1 < 5 parts one of the three from two equal ones.
    // c(4) = 13/6, c(3) = 5/3, c(2) = 1. Savings: 4→1: 7/6; 4→3: −1/2; 3→1: 2/3; 3→2: −1/3.
    const model: IsolationForestModel = {
      kind: "isolation-forest",
      version: 1,
      features: ["x0", "x1"],
      notes: [],
      trees: 1,
      sampleSize: 4,
      splits: [[0, 1, -1, -1, -1]],
      thresholds: [[5, 5]],
      leafSizes: [[2, 1, 1]],
    };
    const table = fromMatrix([[9, 0], [0, 9], [0, 0]]); // prettier-ignore
    const shares = explainAnomaly(model, table);
    expect(rowOf(shares, 0)).toEqual([1, 0]); // saves 7/6 by x0
    expect(rowOf(shares, 1)).toEqual([0, 1]); // saves 2/3 − 1/2, and only x1 saves
    expect(rowOf(shares, 2)).toEqual([0, 0]); // its path is longer than average
  });

  it("gives shares between 0 and 1 that sum to 1, or zeros where no path is short", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const shares = explainAnomaly(fitIsolationForest(table, { trees: 10 }), table);
        expect(shares.names).toEqual(table.names);
        table.ids.forEach((_, row) => {
          const mine = rowOf(shares, row);
          const sum = mine.reduce((total, share) => total + share, 0);
          for (const share of mine) expect(share >= 0 && share <= 1).toBe(true);
          if (sum !== 0) expectClose(sum, 1, { absolute: 1e-12, because: "rounding of a sum" });
        });
      }),
    );
  });

  it("has nothing to tell about equal customers or a single one", () => {
    for (const rows of [1, 2, 300]) {
      const table = fromMatrix(Array.from({ length: rows }, () => [4, 2]));
      expect(explainAnomaly(fitIsolationForest(table), table).values).toEqual(new Float64Array(2 * rows));
    }
  });

  it("gives a constant feature no share", () => {
    const values = cloud(200, 2).map((x, i) => (i % 2 === 0 ? 1 : x));
    const table = fromMatrix(values, { columns: 2 });
    const shares = explainAnomaly(fitIsolationForest(table), table);
    expect(shares.values.every((share, i) => i % 2 === 1 || share === 0)).toBe(true);
  });
});
