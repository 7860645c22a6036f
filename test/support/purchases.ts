import { type FeatureTable, fromMatrix } from "clientele/tables";
import fc from "fast-check";
import { readDataRows } from "./data.ts";

/** Features of a purchase summary, in its order. */
const summaryNames = ["frequency", "recency", "age", "monetary"] as const;

/** A purchase summary of rows of frequency, recency, age and perhaps monetary. */
export function summaryOf(
  rows: readonly (readonly number[])[],
  units?: Readonly<Record<string, string>>,
): FeatureTable {
  const names = summaryNames.slice(0, rows[0]?.length ?? 3);
  const table = fromMatrix(rows, { names });
  return units === undefined ? table : { ...table, units };
}

/** CDNOW's 2,357 customers of the first 39 weeks, in weeks, as BTYD has them, and their purchases of the next 39. */
export function cdnow(): { summary: FeatureTable; holdout: Float64Array } {
  const rows = readDataRows("cdnow_sample/cbs_btyd.csv");
  const cells = rows.map((row) => ["x", "t.x", "T.cal", "m.x"].map((name) => Number(row[name])));
  return {
    summary: summaryOf(cells, { recency: "week", age: "week" }),
    holdout: Float64Array.from(rows, (row) => Number(row["x.star"])),
  };
}

/** Any possible history: frequency, recency, age. */
export const histories: fc.Arbitrary<[number, number, number]> = fc
  .tuple(
    fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 100_000 })),
    fc.double({ min: 1e-6, max: 1, noNaN: true }),
    fc.double({ min: -6, max: 5, noNaN: true }),
  )
  .map(([frequency, share, logAge]) => {
    const age = 10 ** logAge;
    return [frequency, frequency === 0 ? 0 : age * share, age];
  });

/** Possible histories for laws of models: ages stand first and are at least 7, so that the laws may make them all 7. */
export const summariesOfHistories: fc.Arbitrary<FeatureTable> = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 6 }), fc.double({ min: 0.1, max: 7, noNaN: true })), {
    minLength: 3,
    maxLength: 9,
  })
  .map((rows): FeatureTable => {
    const cells = rows.flatMap(([frequency, recency], i) => [7 + (i % 3), frequency, frequency === 0 ? 0 : recency]);
    return {
      ids: rows.map((_, i) => String(i)),
      names: ["age", "frequency", "recency"],
      values: Float64Array.from(cells),
    };
  });
