import { codesOf, fromMatrix, labelsOf, partitionOf } from "clientele/tables";
import type { OptionSpec } from "../../src/core/options.ts";
import { fromMatrixOptions } from "../../src/tables/feature-table.ts";
import { joinFeaturesOptions } from "../../src/tables/reshape.ts";
import { seriesFromOptions } from "../../src/tables/series.ts";

/** One ordinary call of a public function, and what its options are. */
export interface Sample {
  /** Fresh arguments; the options object is the last one when `options` is given. */
  readonly args: () => readonly unknown[];
  /** The function's option table: each of its refused values is tried. */
  readonly options?: Readonly<Record<string, OptionSpec<never>>>;
  /** Why the result may hold NaN or infinity. */
  readonly oddNumbers?: string;
  /** Why the result may hold functions, or anything else that cannot be cloned. */
  readonly notPlain?: string;
}

type Samples = Readonly<Record<string, Sample>>;

/** Erases the key types of an option table, so that tables of all functions fit one list. */
const table = (options: object): Readonly<Record<string, OptionSpec<never>>> =>
  options as Readonly<Record<string, OptionSpec<never>>>;

const rows = [[1, 2], [3, 4], [5, 7]]; // prettier-ignore
const numbers = { init: () => 0, add: (a: number, b: number) => a + b, merge: (a: number, b: number) => a + b, finish: (a: number) => a }; // prettier-ignore

const core: Samples = {
  byKey: { args: () => [String, numbers], notPlain: "an accumulator is made of functions" },
  counter: { args: () => [], notPlain: "an accumulator is made of functions" },
  mergeAll: { args: () => [numbers, [1, 2]] },
  product: { args: () => [{ numbers }], notPlain: "an accumulator is made of functions" },
  randomOf: { args: () => [7, 1, 2], notPlain: "a random stream is consumed inside the function that opened it" },
  run: { args: () => [numbers, [1, 2]] },
};

const tables: Samples = {
  codesOf: { args: () => [["a", null, "b"]] },
  column: { args: () => [fromMatrix(rows), "x1"] },
  featureTable: { args: () => [[{ id: "a", age: 3 }], { id: "id", features: ["age"] }] },
  filterRows: { args: () => [fromMatrix(rows), Uint8Array.of(1, 0, 1)] },
  fromMatrix: { args: () => [rows, { names: ["age", "income"] }], options: table(fromMatrixOptions) },
  groupCount: { args: () => [partitionOf([1, 2])] },
  groupSizes: { args: () => [labelsOf([0, 1, -1])] },
  joinFeatures: { args: () => [[fromMatrix(rows)], { how: "inner" }], options: table(joinFeaturesOptions) },
  labelsOf: { args: () => [[0, 1, -1]] },
  nameAt: { args: () => [codesOf(["a", "b"]), 1] },
  partitionOf: { args: () => [[1, 2]] },
  selectFeatures: { args: () => [fromMatrix(rows), ["x1"]] },
  seriesFrom: { args: () => [[1, 2], { start: 0, period: "day" }], options: table(seriesFromOptions) },
  toRows: { args: () => [fromMatrix(rows)] },
};

/** A sample of every public function, by room. A function without one fails the test of all functions. */
export const samples: Readonly<Record<string, Samples>> = { core, tables };
