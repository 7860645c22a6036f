import {
  fitIsolationForest,
  type FitIsolationForestOptions,
  type IsolationForestModel,
  scoreIsolationForest,
} from "clientele/anomalies";
import { type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { afterEach, describe, expect, it } from "vitest";
import { fitIsolationForestOptions } from "../../src/anomalies/isolation-forest.ts";
import { forceTwin } from "../../src/numeric/kernels/runtime.ts";
import { modelLaws } from "../laws/model-laws.ts";
import { areaUnderRoc } from "../support/auc.ts";
import { expectClose } from "../support/close-to.ts";
import { cloud } from "../support/clouds.ts";
import { describeWithData, readDataJson, readDataRows } from "../support/data.ts";
import { hostileNames } from "../support/hostile.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";
import golden from "../oracles/isolation-forest.golden.json" with { type: "json" };

afterEach(() => forceTwin(false));

const scoresOf = (table: FeatureTable, options?: FitIsolationForestOptions): Float64Array =>
  scoreIsolationForest(fitIsolationForest(table, options), table);

const tables: fc.Arbitrary<FeatureTable> = fc
  .array(fc.tuple(fc.integer({ min: -3, max: 3 }), fc.double({ min: -1e3, max: 1e3, noNaN: true })), {
    minLength: 2,
    maxLength: 40,
  })
  .map((rows) => fromMatrix(rows));

modelLaws<IsolationForestModel, FitIsolationForestOptions>("fitIsolationForest", {
  fit: fitIsolationForest,
  apply: scoreIsolationForest,
  options: { trees: 8, sampleSize: 16, seed: 3 },
  optionNames: Object.keys(fitIsolationForestOptions),
  tables,
  fields: ["trees", "sampleSize", "splits", "thresholds", "leafSizes"],
  missing: "refused",
  empty: "refused",
});

describe("fitIsolationForest", () => {
  it("gives one row, and rows that are all equal, the score 0.5 each", () => {
    for (const rows of [1, 2, 3, 255, 256, 257, 1000]) {
      const table = fromMatrix(Array.from({ length: rows }, () => [7, -3]));
      expect([...scoresOf(table, { trees: 7 })]).toEqual(Array.from({ length: rows }, () => 0.5));
    }
    const one = fitIsolationForest(fromMatrix([[1, 2]]));
    expect([...scoreIsolationForest(one, fromMatrix([[1, 2], [99, -99]]))]).toEqual([0.5, 0.5]); // prettier-ignore
  });

  it("needs one cut for each of two rows: path 1, c(2) = 1, score 0.5", () => {
    const model = fitIsolationForest(fromMatrix([[1], [2]]), { trees: 3 });
    expect(model.splits).toEqual([[0, -1, -1], [0, -1, -1], [0, -1, -1]]); // prettier-ignore
    expect(model.leafSizes).toEqual([[1, 1], [1, 1], [1, 1]]); // prettier-ignore
    expect([...scoreIsolationForest(model, fromMatrix([[1], [2]]))]).toEqual([0.5, 0.5]);
  });

  it("follows the formula by hand: 2^(−E[h] / c(ψ)) with leaves of m rows counted as c(m) more cuts", () => {
    // Values 0, 0, 0, 9: the only cut parts {0, 0, 0} from {9}. c(4) = 2(1 + 1/2 + 1/3) − 6/4 = 13/6, c(3) = 2·3/2 − 4/3 = 5/3.
    const scores = scoresOf(fromMatrix([[0], [0], [0], [9]]), { trees: 5 });
    const expected = [2 ** (-(1 + 5 / 3) / (13 / 6)), 2 ** (-1 / (13 / 6))];
    expectClose([scores[0], scores[3]], expected, { relative: 1e-15, because: "rounding of a power" });
    expect(scores[1]).toBe(scores[0]);
  });

  it("grows no deeper than ⌈log₂ sampleSize⌉, and every leaf of every tree holds its share of the sample", () => {
    for (const [sampleSize, height] of [
      [2, 1],
      [3, 2],
      [100, 7],
      [256, 8],
      [300, 9],
    ] as const) {
      // prettier-ignore
      const model = fitIsolationForest(fromMatrix(cloud(300, 2), { columns: 2 }), { sampleSize, trees: 4 });
      expect(model.sampleSize).toBe(sampleSize);
      for (let tree = 0; tree < 4; tree++) {
        expect(depthOf(model.splits[tree])).toBeLessThanOrEqual(height);
        expect(model.leafSizes[tree].reduce((sum, size) => sum + size, 0)).toBe(sampleSize);
      }
    }
  });

  it("finds a customer who is odd only in a combination of ordinary values", () => {
    const rows = Array.from({ length: 400 }, (_, i) => [i % 20, (i % 20) + (i % 3)]);
    const scores = scoresOf(fromMatrix([...rows, [1, 19]]));
    expect(scores.indexOf(scores.reduce((high, score) => Math.max(high, score), 0))).toBe(400);
  });

  it("is the same model for the same customers in another order, and another model for another seed", () => {
    fc.assert(
      fc.property(tables, fc.integer(), (table, salt) => {
        const model = fitIsolationForest(table, { trees: 5 });
        expect(fitIsolationForest(reordered(table, shuffled(table.ids.length, salt)), { trees: 5 })).toEqual(model);
      }),
      { numRuns: 60 },
    );
    const table = fromMatrix(cloud(900, 3), { columns: 3 });
    expect(fitIsolationForest(table, { seed: 1 })).not.toEqual(fitIsolationForest(table, { seed: 2 }));
  });

  it("gives every tree a stream of its own: a forest of ten begins with the forest of four", () => {
    const table = fromMatrix(cloud(900, 3), { columns: 3 });
    const [few, more] = [4, 10].map((trees) => fitIsolationForest(table, { trees }));
    expect(more.thresholds.slice(0, 4)).toEqual(few.thresholds);
    expect(new Set(more.thresholds.map((list) => JSON.stringify(list))).size).toBe(10);
  });

  it("does not care for units: shifted and stretched columns give the same scores", () => {
    const values = cloud(500, 2, { groups: 3 });
    const table = fromMatrix(values, { columns: 2 });
    const moved = fromMatrix(values.map((x, i) => (i % 2 === 0 ? x * 1024 : x / 64)), { columns: 2 }); // prettier-ignore
    expect(scoresOf(moved)).toEqual(scoresOf(table));
  });

  it("skips constant columns, which no cut can part", () => {
    const values = cloud(300, 1);
    const wide = fromMatrix(Array.from(values, (x) => [5, x, 5, 5]));
    for (const tree of fitIsolationForest(wide).splits) expect(tree.every((feature) => feature === 1 || feature === -1)).toBe(true); // prettier-ignore
  });

  it("copes with the largest and the smallest numbers there are, and with neighbors among the doubles", () => {
    const table = fromMatrix([[-1.7e308], [1.7e308], [0], [5e-324], [1], [1 + Number.EPSILON], [-0]]);
    const model = fitIsolationForest(table, { trees: 50 });
    expect(model.thresholds.flat().every(Number.isFinite)).toBe(true);
    const scores = scoreIsolationForest(model, table);
    for (const score of scores) expect(score > 0 && score <= 1).toBe(true);
    expect(scores[2]).toBe(scores[6]);
  });

  it("notes a table of equal customers, and one with too few", () => {
    const codes = (rows: number[][]): string[] => fitIsolationForest(fromMatrix(rows)).notes.map((note) => note.code);
    expect(codes([[1], [1], [1]])).toEqual(["constant-table"]);
    expect(codes([[1], [2], [1]])).toEqual(["few-customers"]);
    expect(codes(Array.from({ length: 16 }, (_, i) => [i]))).toEqual([]);
  });

  it("refuses a table without rows or features, missing cells, and forests beyond 10 million sampled customers", () => {
    expectRefusal(() => fitIsolationForest(fromMatrix([], { names: ["a"] })), "too-few-rows", "table");
    expectRefusal(() => fitIsolationForest({ ids: ["a"], names: [], values: new Float64Array() }), "shape-mismatch", "table.names"); // prettier-ignore
    expectRefusal(() => fitIsolationForest(fromMatrix([[1], [NaN]])), "invalid-value", "table.values[1, 0]");
    const table = fromMatrix(Array.from({ length: 2000 }, (_, i) => [i]));
    expectRefusal(() => fitIsolationForest(table, { trees: 10_000, sampleSize: 1001 }), "too-large", "options");
  });

  it("keeps hostile names as they are", () => {
    const table = fromMatrix([hostileNames.map((_, j) => j), hostileNames.map((_, j) => -j)], { names: hostileNames });
    expect(fitIsolationForest(table, { trees: 2 }).features).toEqual(hostileNames);
  });
});

describe("scoreIsolationForest", () => {
  it("agrees with scikit-learn in distribution: mean and spread over seeds, row by row", () => {
    const seeds = 40;
    for (const [name, { rows, mean, deviation }] of Object.entries(golden.tables)) {
      const table = fromMatrix(rows);
      const runs = Array.from({ length: seeds }, (_, seed) => scoresOf(table, { seed }));
      const means = rows.map((_, row) => runs.reduce((sum, run) => sum + run[row] / seeds, 0));
      // Standard error of the difference of two means, and 5 of them for 464 rows at once.
      means.forEach((ours, row) => {
        const error = deviation[row] * Math.sqrt(1 / seeds + 1 / golden.seeds);
        expect(Math.abs(ours - mean[row]), `${name}, row ${row}`).toBeLessThan(5 * error + 2e-5);
      });
      const spread = rows.map((_, row) => Math.sqrt(runs.reduce((sum, run) => sum + (run[row] - means[row]) ** 2, 0) / (seeds - 1))); // prettier-ignore
      const ratio = spread.reduce((sum, x) => sum + x, 0) / deviation.reduce((sum, x) => sum + x, 0);
      expect(ratio, name).toBeGreaterThan(0.85);
      expect(ratio, name).toBeLessThan(1.15);
    }
  });

  it("gives the same bits with and without WebAssembly, alone and in a batch, and in groups of trees", () => {
    for (const [rows, columns, options] of [
      [1, 1, {}],
      [7, 3, {}],
      [300, 5, {}],
      [1001, 40, { sampleSize: 1001, trees: 13 }],
      [20_000, 2, { sampleSize: 20_000, trees: 12 }], // 12 trees of 32,768 nodes: several groups
    ] as const) {
      const table = fromMatrix(cloud(rows, columns, { seed: rows }), { columns });
      const model = fitIsolationForest(table, options);
      const scores = scoreIsolationForest(model, table);
      forceTwin(true);
      expect(scoreIsolationForest(model, table)).toEqual(scores);
      forceTwin(false);
      const last = { ...table, ids: table.ids.slice(-1), values: table.values.slice(-columns) };
      expect(scoreIsolationForest(model, last)[0]).toBe(scores[rows - 1]);
    }
  });

  it("scores customers the model has not seen: the farther from all others, the odder", () => {
    const model = fitIsolationForest(fromMatrix(cloud(2000, 2, { groups: 1 }), { columns: 2 }));
    const scores = scoreIsolationForest(model, fromMatrix([[1e6, 1e6], [1e300, -1e300]])); // prettier-ignore
    for (const score of scores) expect(score).toBeGreaterThan(0.65);
    expect([...scoreIsolationForest(model, fromMatrix([], { names: ["x0", "x1"] }))]).toEqual([]);
  });

  it("refuses a tree that is cut short, too deep or holds another number of customers", () => {
    const table = fromMatrix([[1], [2], [3], [4], [5]]);
    const model = fitIsolationForest(table, { trees: 2 });
    const swap = <F extends keyof IsolationForestModel>(field: F, list: readonly number[]): IsolationForestModel => ({
      ...model,
      [field]: [list, (model[field] as readonly (readonly number[])[])[1]],
    });
    for (const damaged of [
      swap("splits", model.splits[0].slice(1)),
      swap("splits", [...model.splits[0].slice(0, -1), 1]),
      swap("splits", [0, 0, 0, 0, 0, -1, -1, -1, -1, -1, -1]),
      swap("thresholds", model.thresholds[0].slice(1)),
      swap(
        "leafSizes",
        model.leafSizes[0].map((size, i) => (i === 0 ? size + 1 : size)),
      ),
      { ...model, sampleSize: 6 },
      { ...model, sampleSize: 1e15 },
    ]) {
      expectRefusal(() => scoreIsolationForest(damaged, table), "incompatible-model");
    }
  });
});

describeWithData("the isolation forest on labeled data", ["anomaly_dev"], () => {
  interface Expected {
    readonly isolation_forest_sklearn: { readonly auc_mean: number; readonly auc_sd: number };
    readonly published_isolation_forest_auc: Readonly<Record<string, number | null>>;
  }
  const expected = readDataJson<Record<string, Expected>>("anomaly_dev/expected.json");
  const names = ["thyroid", "cardio", "breastw", "pima", "ionosphere", "glass", "wbc", "vowels"];

  it.each(names)("finds the known anomalies of %s as well as scikit-learn and the published tables", (name) => {
    const rows = readDataRows(`anomaly_dev/${name}.csv.gz`);
    const features = Object.keys(rows[0]).filter((column) => column !== "label");
    const table = fromMatrix(rows.map((row) => features.map((column) => Number(row[column]))));
    const labels = rows.map((row) => Number(row["label"]));
    const areas = Array.from({ length: 10 }, (_, seed) => areaUnderRoc(scoresOf(table, { seed }), labels));
    const mean = areas.reduce((sum, area) => sum + area / areas.length, 0);
    const peer = expected[name].isolation_forest_sklearn;
    // Both are means of ten seeds: four standard errors of their difference.
    expectClose(mean, peer.auc_mean, { absolute: 4 * peer.auc_sd * Math.sqrt(2 / 10), because: "spread over seeds" });
    const published = Object.values(expected[name].published_isolation_forest_auc).filter((area) => area !== null);
    const nearest = published.reduce((least, area) => Math.min(least, Math.abs(area - mean)), Infinity);
    // Other runs, other preparations of the data: scikit-learn's own forests differ from the tables by up to this much.
    expect(nearest).toBeLessThan(0.03);
  });
});

/** Depth of a tree in preorder. */
function depthOf(splits: readonly number[]): number {
  let deepest = 0;
  const open: number[] = [0];
  for (const split of splits) {
    const depth = open.pop() ?? NaN;
    deepest = Math.max(deepest, depth);
    if (split >= 0) open.push(depth + 1, depth + 1);
  }
  expect(open).toEqual([]);
  return deepest;
}
