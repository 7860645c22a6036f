import { readFileSync } from "node:fs";
import {
  fitImputer,
  fitZScore,
  type ImputerModel,
  invertScale,
  transformImpute,
  transformScale,
} from "clientele/features";
import { column, type FeatureTable, fromMatrix, toRows } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { fitImputerOptions, type FitImputerOptions } from "../../src/features/imputer.ts";
import { modelLaws } from "../laws/model-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { describeWithData, readDataRows } from "../support/data.ts";
import { expectRefusal } from "../support/refusal.ts";
import { reordered, shuffled } from "../support/rows.ts";

type Cells = readonly (readonly (number | null)[])[];

// Made by test/oracles/imputer.py with scikit-learn 1.2.1.
const golden = JSON.parse(readFileSync(new URL("../oracles/imputer.golden.json", import.meta.url), "utf8")) as {
  readonly train: Cells;
  readonly fresh: Cells;
  readonly coarse: Cells;
  readonly mean: number[];
  readonly median: number[];
  readonly mode: number[];
  readonly indicated: number[][];
  readonly knn: readonly { readonly neighbors: number; readonly train: number[][]; readonly fresh: number[][] }[];
  readonly marketing: { columns: string[]; incomes: number[]; mean: number; median: number };
};

const tableOf = (cells: Cells): FeatureTable => fromMatrix(cells.map((row) => row.map((cell) => cell ?? NaN)));
const [train, fresh] = [tableOf(golden.train), tableOf(golden.fresh)];

// The laws' tables have no row and no column without a value.
const value = fc.oneof(fc.integer({ min: -9, max: 9 }), fc.double({ min: -1e3, max: 1e3, noNaN: true }));
const tables = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(value, { minLength: width, maxLength: width }), { minLength: 2, maxLength: 12 }))
  .map((rows) =>
    fromMatrix(rows.map((row, i) => row.map((x, j) => (i > 0 && (i + j) % 3 === 0 && row.length > 1 ? NaN : x)))),
  );

for (const strategy of ["mean", "median", "mode", "constant", "knn"] as const) {
  for (const indicators of [true, "all", false] as const) {
    modelLaws(`fitImputer by ${strategy}, indicators: ${indicators}, and transformImpute`, {
      fit: (table: FeatureTable, options: FitImputerOptions) => fitImputer(table, options),
      apply: transformImpute,
      options: { strategy, indicators },
      optionNames: Object.keys(fitImputerOptions),
      tables,
      fields: ["strategy", "fill", "indicators", ...(strategy === "knn" ? (["neighbors"] as const) : [])],
      missing: "filled",
      empty: "refused",
    });
  }
}

const shop = fromMatrix([[31, NaN, 1], [NaN, 200, 1], [45, 100, 1], [45, 900, 1]], { names: ["age", "income", "sex"] }); // prettier-ignore
const because = "scikit-learn's distances go through products, its means through another order of additions";

describe("fitImputer", () => {
  it("learns mean, median, the most frequent value or a constant per feature", () => {
    const fill = (options: FitImputerOptions): unknown => fitImputer(shop, options).fill;
    expectClose(fill({ strategy: "mean" }) as number[], [121 / 3, 400, 1], {
      relative: 1e-15,
      because: "one rounding",
    });
    expect(fill({ strategy: "median" })).toEqual([45, 200, 1]);
    expect(fill({ strategy: "mode" })).toEqual([45, 100, 1]);
    expect(fill({ strategy: "constant" })).toEqual([0, 0, 0]);
    expect(fill({ strategy: "constant", value: -1 })).toEqual([-1, -1, -1]);
    expect(fill({ strategy: "constant", value: { age: 18, income: 0, sex: 2 } })).toEqual([18, 0, 2]);
  });

  it("learns scikit-learn's means, medians and most frequent values", () => {
    const options = { relative: 1e-13, absolute: 1e-15, because: "a compensated sum against a plain one" };
    const fill = (table: FeatureTable, strategy: "mean" | "median" | "mode"): number[] =>
      fitImputer(table, { strategy }).fill as number[];
    expectClose(fill(train, "mean"), golden.mean, options);
    expectClose(fill(train, "median"), golden.median, options);
    expectClose(fill(tableOf(golden.coarse), "mode"), golden.mode, options);
  });

  it("keeps what rounding takes from a plain sum, and huge numbers whose sum overflows", () => {
    const fill = (cells: number[]): unknown => fitImputer(fromMatrix(cells.map((x) => [x])), { strategy: "mean" }).fill;
    expect(fill([1, 1e100, 1, -1e100])).toEqual([0.5]);
    expect(fill([1.7e308, 1.7e308, NaN])).toEqual([1.7e308]);
    expect(fill([0.1, 0.1, 0.1])).toEqual([0.1]);
  });

  it("notes per feature how many cells were missing", () => {
    expect(fitImputer(shop, { strategy: "mean" }).notes).toEqual([
      { code: "missing-cells", message: "age is missing for 1 of 4 customers." },
      { code: "missing-cells", message: "income is missing for 1 of 4 customers." },
    ]);
  });

  it("does not depend on the order of rows, to the bit: also not which of equally far customers count", () => {
    for (const strategy of ["mean", "median", "mode", "knn"] as const) {
      const model = fitImputer(train, { strategy });
      for (const salt of [1, 2, 3]) {
        const moved = fitImputer(reordered(train, shuffled(train.ids.length, salt)), { strategy });
        expect(moved).toEqual(model);
      }
    }
  });

  it("holds no id, and no row in its place", () => {
    const model = fitImputer(shop, { strategy: "knn" });
    expect(model.donors).toEqual([[31, 45, 45, null], [null, 100, 900, 200], [1, 1, 1, 1]]); // prettier-ignore
    expect(fitImputer(shop, { strategy: "median" }).donors).toBeNull();
  });

  it("refuses a feature without any value, except for a constant", () => {
    const empty = fromMatrix([[1, NaN], [2, NaN]]); // prettier-ignore
    for (const strategy of ["mean", "median", "mode", "knn"] as const) {
      expectRefusal(() => fitImputer(empty, { strategy }), "degenerate-data", "table.names[1]");
    }
    const model = fitImputer(empty, { strategy: "constant", value: 9 });
    expect(column(transformImpute(model, empty), "x1")).toEqual(Float64Array.of(9, 9));
  });

  it("refuses options that belong to another strategy and values that do not fit", () => {
    const path = "options.value";
    expectRefusal(() => fitImputer(shop, { strategy: "mean", neighbors: 3 }), "invalid-option", "options.neighbors");
    expectRefusal(() => fitImputer(shop, { strategy: "mean", value: 3 }), "invalid-option", path);
    expectRefusal(
      () => fitImputer(shop, { strategy: "constant", value: { agee: 3 } }),
      "invalid-option",
      `${path}.agee`,
    );
    expectRefusal(
      () => fitImputer(shop, { strategy: "constant", value: { age: 3 } }),
      "invalid-option",
      `${path}.income`,
    );
    expectRefusal(() => fitImputer(shop, {} as FitImputerOptions), "invalid-option", "options.strategy");
  });

  it("refuses a feature that has the name of an indicator", () => {
    const taken = fromMatrix([[NaN, 1], [2, 0]], { names: ["age", "ageMissing"] }); // prettier-ignore
    expectRefusal(() => fitImputer(taken, { strategy: "mean" }), "invalid-value", "table.names[1]");
    expect(fitImputer(taken, { strategy: "mean", indicators: false }).fill).toEqual([2, 0.5]);
  });

  it("refuses squares of distances that overflow", () => {
    expectRefusal(
      () => fitImputer(fromMatrix([[1e200], [-1e200]]), { strategy: "knn" }),
      "too-large",
      "table.names[0]",
    );
  });
});

describe("transformImpute", () => {
  it("fills the gaps, leaves the rest alone and appends what was missing", () => {
    const filled = transformImpute(fitImputer(shop, { strategy: "median" }), { ...shop, units: { age: "year" } });
    expect(toRows(filled)[0]).toEqual({ id: "0", age: 31, income: 200, sex: 1, ageMissing: 0, incomeMissing: 1 });
    expect(toRows(filled)[1]).toEqual({ id: "1", age: 45, income: 200, sex: 1, ageMissing: 1, incomeMissing: 0 });
    expect(filled.units).toEqual({ age: "year" });
  });

  it("fills new customers with what the old ones were like, in the same columns", () => {
    const model = fitImputer(shop, { strategy: "median" });
    const before = structuredClone(model);
    const later = fromMatrix([[NaN, 5, NaN]], { names: shop.names });
    const filled = transformImpute(model, later);
    expect(filled.names).toEqual(transformImpute(model, shop).names);
    // Sex was never missing when the model was fitted: filled, without a flag of its own.
    expect(toRows(filled)).toEqual([{ id: "0", age: 45, income: 5, sex: 1, ageMissing: 1, incomeMissing: 0 }]);
    expect(model).toEqual(before);
  });

  it("flags every feature, or none, on request", () => {
    const names = (indicators: boolean | "all"): readonly string[] =>
      transformImpute(fitImputer(shop, { strategy: "mean", indicators }), shop).names;
    expect(names("all")).toEqual([...shop.names, "ageMissing", "incomeMissing", "sexMissing"]);
    expect(names(false)).toEqual(shop.names);
    expect(names(true)).toEqual([...shop.names, "ageMissing", "incomeMissing"]);
  });

  it("has scikit-learn's indicators", () => {
    const filled = transformImpute(fitImputer(train, { strategy: "mean" }), fresh);
    expectClose(filled.values, golden.indicated.flat(), { absolute: 1e-14, because: "a compensated sum" });
  });

  it.each(golden.knn)("fills as scikit-learn's KNNImputer with $neighbors neighbors", (wanted) => {
    const model = fitImputer(train, { strategy: "knn", neighbors: wanted.neighbors, indicators: false });
    expectClose(transformImpute(model, train).values, wanted.train.flat(), { absolute: 1e-12, because });
    expectClose(transformImpute(model, fresh).values, wanted.fresh.flat(), { absolute: 1e-12, because });
  });

  it("averages over five neighbors unless told otherwise", () => {
    const two = transformImpute(fitImputer(train, { strategy: "knn", neighbors: 5 }), fresh);
    expect(transformImpute(fitImputer(train, { strategy: "knn" }), fresh)).toEqual(two);
  });

  it("gives the mean to a row that shares no feature with anybody", () => {
    const table = fromMatrix([[1, NaN], [3, NaN], [NaN, 10], [NaN, NaN]]); // prettier-ignore
    const model = fitImputer(table, { strategy: "knn", indicators: false });
    // No customer has both features: nobody is near, and scikit-learn gives means as well.
    expect(Array.from(transformImpute(model, table).values)).toEqual([1, 10, 3, 10, 2, 10, 2, 10]);
  });

  it("refuses an amount of work that would not end", () => {
    const rows = 400_000;
    const huge = fromMatrix(Float64Array.from({ length: 2 * rows }, (_, i) => (i % 2 === 0 ? i : i % 4 === 1 ? NaN : 1)), { columns: 2 }); // prettier-ignore
    const neighbors = fitImputer(huge, { strategy: "knn" });
    expectRefusal(() => transformImpute(neighbors, huge), "too-large", "table");
  });

  it("takes hostile names and a table without features", () => {
    const hostile = fromMatrix([[NaN, 1], [4, NaN]], { names: ["__proto__", "constructor"] }); // prettier-ignore
    const values = JSON.parse('{ "__proto__": 7, "constructor": 8 }') as Record<string, number>;
    const filled = transformImpute(fitImputer(hostile, { strategy: "constant", value: values }), hostile);
    expect(filled.names).toEqual(["__proto__", "constructor", "__proto__Missing", "constructorMissing"]);
    expect(Array.from(filled.values)).toEqual([7, 1, 1, 0, 4, 8, 0, 1]);
    const none: FeatureTable = { ids: ["a"], names: [], values: new Float64Array(0) };
    for (const strategy of ["mean", "knn"] as const) {
      expect(transformImpute(fitImputer(none, { strategy }), none)).toEqual(none);
    }
  });

  it("refuses donors of unequal length and a strategy that it does not know", () => {
    const model = fitImputer(shop, { strategy: "knn" });
    const damaged: Partial<ImputerModel>[] = [
      { donors: [[1], [2, 3], [4]] },
      { donors: null },
      { donors: [[1], [2], [NaN]] },
      { donors: [[1], [2], ["3"]] as never },
      { donors: [[], [], []] },
      { neighbors: null },
      { neighbors: 0 },
      { strategy: "average" as never },
      { strategy: "mean" },
    ];
    for (const change of damaged) {
      expectRefusal(() => transformImpute({ ...model, ...change }, shop), "incompatible-model");
    }
  });
});

describeWithData("incomes of marketing_campaign", ["marketing_campaign/marketing_campaign.csv.gz"], () => {
  const { columns, incomes, mean, median } = golden.marketing;
  const table = fromMatrix(
    readDataRows("marketing_campaign/marketing_campaign.csv.gz").map((row) =>
      columns.map((name) => (row[name] === "" ? NaN : Number(row[name]))),
    ),
    { names: columns },
  );
  const missing = table.ids.flatMap((_, i) => (Number.isNaN(table.values[i * columns.length]) ? [i] : []));

  it("are missing for 24 customers and become the mean or the median", () => {
    const model = fitImputer(table, { strategy: "mean" });
    expect(model.notes).toEqual([{ code: "missing-cells", message: "Income is missing for 24 of 2240 customers." }]);
    // Published: a mean income of 52,247.25.
    expectClose(model.fill[0] ?? NaN, 52_247.25, { absolute: 0.005, because: "2 decimals" });
    expectClose(model.fill[0] ?? NaN, mean, { relative: 1e-14, because: "pandas' sum" });
    expect(fitImputer(table, { strategy: "median" }).fill[0]).toBe(median);
    const flags = column(transformImpute(model, table), "IncomeMissing");
    expect(flags.reduce((sum, flag) => sum + flag, 0)).toBe(24);
    expect(missing.every((i) => flags[i] === 1)).toBe(true);
  });

  it("become scikit-learn's means over five customers who spend alike", () => {
    const scale = fitZScore(table);
    const scaled = transformScale(scale, table);
    const model = fitImputer(scaled, { strategy: "knn", indicators: false });
    const filled = column(invertScale(scale, transformImpute(model, scaled)), "Income");
    const close = missing.map((row, i) => Math.abs(filled[row] - incomes[i]) < 1e-6);
    expect(close.filter(Boolean)).toHaveLength(24);
  });
});
