import { fitMinMax, fitRobust, fitZScore, invertScale, type ScaleModel, transformScale } from "clientele/features";
import { column, type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { modelLaws } from "../laws/model-laws.ts";
import { expectClose } from "../support/close-to.ts";
import { expectRefusal } from "../support/refusal.ts";

const fits = [
  ["fitZScore", fitZScore],
  ["fitMinMax", fitMinMax],
  ["fitRobust", fitRobust],
] as const;

const cell = fc.oneof(fc.integer({ min: -50, max: 50 }), fc.double({ min: -1e6, max: 1e6, noNaN: true }));
const tables = fc
  .integer({ min: 1, max: 4 })
  .chain((width) => fc.array(fc.array(cell, { minLength: width, maxLength: width }), { minLength: 1, maxLength: 20 }))
  .map((rows) => fromMatrix(rows));

for (const [name, fit] of fits) {
  for (const [way, apply] of [
    ["transformScale", transformScale],
    ["invertScale", invertScale],
  ] as const) {
    modelLaws(`${name} with ${way}`, {
      fit: (table: FeatureTable) => fit(table),
      apply,
      options: {},
      optionNames: [],
      tables,
      fields: ["center", "scale"],
      missing: "kept",
      empty: "refused",
    });
  }
}

const columns = fromMatrix([[1, 200], [2, -5], [4, 30], [8, 0.5], [1000, 30]]); // prettier-ignore
const rounding = { relative: 1e-14, because: "a few roundings" };

describe("fitZScore", () => {
  it("finds mean and population standard deviation", () => {
    // Python: statistics.mean and statistics.pstdev of the two columns.
    const { center, scale } = fitZScore(columns);
    expectClose(center, [203, 51.1], rounding);
    expectClose(scale, [398.5072144892737, 75.85407042473066], rounding);
  });

  it("keeps the variance of small differences on a huge mean", () => {
    // 1e9 + {4, 7, 13, 16}: variance 22.5 by hand; Σx² − (Σx)²/n has no correct digit.
    const { scale } = fitZScore(fromMatrix([4, 7, 13, 16].map((x) => [1e9 + x])));
    expectClose(scale, [Math.sqrt(22.5)], { relative: 1e-12, because: "the mean has 16 digits" });
  });

  it("does not depend on the order of the rows, to the bit", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const width = table.names.length;
        const rows = table.ids.map((_, i) => Array.from(table.values.subarray(i * width, (i + 1) * width)));
        for (const [, fit] of fits) expect(fit(fromMatrix(rows.toReversed()))).toEqual(fit(table));
      }),
      { numRuns: 30 },
    );
  });
});

describe("fitMinMax", () => {
  it("maps the least value to 0 and the greatest to 1, exactly, and others beyond", () => {
    const scaled = transformScale(fitMinMax(columns), columns);
    expect([Math.min(...scaled.values), Math.max(...scaled.values)]).toEqual([0, 1]);
    const others = transformScale(fitMinMax(columns), fromMatrix([[-998, 405]]));
    expectClose(others.values, [-1, 2], rounding);
  });
});

describe("fitRobust", () => {
  it("finds median and quartile range, which one extreme customer does not move", () => {
    // Python: statistics.quantiles(column, n=4, method="inclusive") = [2, 4, 8] and [0.5, 30, 30].
    const { center, scale } = fitRobust(columns);
    expect(center).toEqual([4, 30]);
    expect(scale).toEqual([6, 29.5]);
  });

  it("only centers a feature whose middle half is one value, and says so", () => {
    const model = fitRobust(fromMatrix([[0], [0], [0], [0], [9]]));
    expect(model.scale).toEqual([1]);
    expect(model.notes.map(({ code }) => code)).toEqual(["no-spread"]);
    // A quartile range of 5e-324 beside a range of 1: dividing by it would overflow.
    const nearly = fitRobust(fromMatrix([[0], [0], [0], [5e-324], [1]]));
    expect(nearly).toMatchObject({ scale: [1], notes: [{ code: "no-spread" }] });
  });
});

describe.each(fits)("%s", (_, fit) => {
  it("undoes itself: invertScale brings back what transformScale took", () => {
    fc.assert(
      fc.property(tables, (table) => {
        const model = fit(table);
        const back = invertScale(model, transformScale(model, table));
        const size = Math.max(...Array.from(table.values, Math.abs), 1);
        expectClose(back.values, table.values, { absolute: 4e-16 * 4 * size, because: "four roundings" });
        expect({ ids: back.ids, names: back.names }).toEqual({ ids: table.ids, names: table.names });
      }),
    );
  });

  it("turns a constant feature into 0 and notes it", () => {
    const table = fromMatrix([[7], [7]], { names: ["age"] });
    const model = fit(table);
    expect(model).toMatchObject({ center: [7], scale: [1] });
    expect(model.notes).toEqual([
      { code: "constant-feature", message: "age is the same for all customers and becomes 0." },
    ]);
    expect(Array.from(transformScale(model, table).values)).toEqual([0, 0]);
  });

  it("skips missing cells in fitting and leaves them missing", () => {
    const gaps = fromMatrix([[1, NaN], [NaN, 5], [3, 9]]); // prettier-ignore
    const model = fit(gaps);
    expect(model.center[0]).toBe(fit(fromMatrix([[1], [3]])).center[0]);
    expect(model.scale[1]).toBe(fit(fromMatrix([[5], [9]])).scale[0]);
    expect(Array.from(transformScale(model, gaps).values, Number.isNaN)).toEqual([false, true, true, false, false, false]); // prettier-ignore
  });

  it("leaves a feature without any value alone, and notes it", () => {
    const model = fit(fromMatrix([[NaN], [NaN]], { names: ["age"] }));
    expect(model).toMatchObject({ center: [0], scale: [1] });
    expect(model.notes).toEqual([{ code: "all-missing-feature", message: "age has no value and is left as it is." }]);
  });

  it("takes a table without features", () => {
    const none = { ids: ["a"], names: [], values: new Float64Array(0) };
    expect(transformScale(fit(none), none)).toEqual(none);
  });

  it("never stores −0, which JSON cannot carry", () => {
    expect(Object.is(fit(fromMatrix([[-0], [-0]])).center[0], 0)).toBe(true);
  });

  it("refuses a spread that overflows, and results that do", () => {
    expectRefusal(() => fit(fromMatrix([[-1.7e308], [1.7e308]])), "too-large", "table.names[0]");
    const tiny = { ...fit(fromMatrix([[0], [1]])), center: [0], scale: [1e-300] } as ScaleModel;
    expectRefusal(() => transformScale(tiny, fromMatrix([[1], [1e10]])), "invalid-value", "table.values[1, 0]");
  });

  it("refuses a model whose scale was damaged to 0 or below", () => {
    for (const step of [0, -1]) {
      const damaged = { ...fit(columns), scale: [1, step] };
      expectRefusal(() => transformScale(damaged, columns), "incompatible-model", "model.scale");
      expectRefusal(() => invertScale(damaged, columns), "incompatible-model", "model.scale");
    }
  });

  it("drops the units, since the result has none", () => {
    const model = fit({ ...fromMatrix([[1], [2]]), units: { x0: "day" } });
    expect(transformScale(model, { ...fromMatrix([[1]]), units: { x0: "day" } })).not.toHaveProperty("units");
  });

  it("says its kind, so that the three cannot be mistaken", () => {
    const kinds = fits.map(([, other]) => other(columns).kind);
    expect(kinds).toEqual(["z-score", "min-max", "robust"]);
    expect(column(transformScale(fit(columns), columns), "x0")).toHaveLength(5);
  });
});
