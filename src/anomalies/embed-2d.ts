import { refuse } from "../core/errors.ts";
import { custom, flag, integer, oneOf, type OptionTable, readOptions, seed } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import { covarianceStateOf } from "../numeric/covariance-of.ts";
import { covariance } from "../numeric/covariance.ts";
import { symmetricEigen } from "../numeric/linalg.ts";
import { rowOrder } from "../numeric/row-order.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { checkRows } from "./isolation-forest.ts";

/** What {@link embed2d} needs of the package umap-js: pass its class `UMAP`. */
export type UmapConstructor = new (options: UmapSettings) => UmapEmbedder;

/** The settings that {@link embed2d} passes to umap-js. */
export interface UmapSettings {
  /** Always 2. */
  readonly nComponents: number;
  /** Neighbors that each customer is tied to. */
  readonly nNeighbors: number;
  /** A seeded source of numbers in [0, 1). */
  readonly random: () => number;
}

/** The method of umap-js that {@link embed2d} calls. */
export interface UmapEmbedder {
  /** Places rows; one list of coordinates per row. */
  fit(rows: number[][]): number[][];
}

/** Options of {@link embed2d}. */
export interface Embed2dOptions {
  /** `"pca"`: the plane in which customers differ most; `"umap"`: neighbors stay neighbors, through umap-js. */
  readonly method: "pca" | "umap";
  /** The class `UMAP` of the package umap-js; needed for `"umap"` only. */
  readonly umap?: UmapConstructor | undefined;
  /** How many neighbors `"umap"` looks at; default 15, or all others when there are fewer. */
  readonly neighbors?: number | undefined;
  /** Whether each feature is divided by its sample standard deviation first; default false, as in `fitPca`. */
  readonly scale?: boolean | undefined;
  /** Seed of `"umap"`; default 42. */
  readonly seed?: number | undefined;
}

/** Option table of {@link embed2d}. */
export const embed2dOptions: OptionTable<Embed2dOptions, "umap"> = {
  method: oneOf(["pca", "umap"]),
  umap: custom<UmapConstructor>(
    "the class UMAP of umap-js",
    (value) => typeof value === "function",
    [null, 1, {}, "umap-js", true],
    { optional: true },
  ),
  neighbors: integer({ min: 2, max: 200, default: 15 }),
  scale: flag({ default: false }),
  seed: seed(),
};

/** Most and fewest rows for umap-js, which takes up to a minute for the most. */
const mostUmapRows = 5000;
const fewestUmapRows = 4;

/**
 * Places customers in a plane, to look at them: anomalies lie apart from the crowd.
 *
 * - `"pca"`: scores of the first two principal components, those of `transformPca`. Distances are true as far as two
 *   directions tell; the same customers in another order give the same picture. Any number of rows.
 * - `"umap"`: the package umap-js, which you install and pass in, at most 5,000 rows. Groups come out clearly, but the sizes
 *   of and the distances between groups mean nothing: look, do not measure. It is a drawing of these customers, so a new one needs a new drawing.
 *   The same seed gives the same picture on one engine; the last bits of umap-js may differ on another.
 *
 * Set `scale` where features have different units.
 *
 * @param table - n customers × d finite features.
 * @param options - see {@link Embed2dOptions}.
 * @returns the features `x` and `y`; equal customers, and a single one, have 0, 0 by `"pca"`, and one feature fills x only.
 * @throws {ClienteleError} `invalid-value` at the first cell that is not finite; `invalid-option` for `"umap"` without
 * `umap`; `too-large` beyond 5,000 rows and `too-few-rows` below 4 for `"umap"`, or when squares overflow;
 * `degenerate-data` when umap-js returns no numbers. Cost: n·d² / 2 for `"pca"`.
 * @example
 * const table = fromMatrix([[2, 1], [4, 2], [6, 3], [8, 4]]);
 * column(embed2d(table, { method: "pca" }), "x"); // Float64Array [-3.354, -1.118, 1.118, 3.354]
 * @see Jolliffe (2002), "Principal Component Analysis"; McInnes, Healy & Melville (2018), "UMAP".
 */
export function embed2d(table: FeatureTable, options: Embed2dOptions): FeatureTable {
  const caller = "embed2d";
  const { method, umap, neighbors, scale, seed: start } = readOptions(caller, embed2dOptions, options);
  checkRows(caller, table);
  // In the order of their content: neither rounding nor random numbers then depend on how the rows were stored.
  const order = rowOrder(table.values, table.ids.length, table.names.length);
  const rows = centered(caller, table, order, scale);
  const places = method === "pca" ? principal(caller, rows) : neighborly(caller, rows, umap, neighbors, start);
  const values = new Float64Array(2 * order.length);
  order.forEach((row, i) => {
    const [x, y] = places.subarray(2 * i, 2 * i + 2);
    if (!Number.isFinite(x) || !Number.isFinite(y)) {
      if (method === "umap") refuse(caller, "degenerate-data", "table", "rows that umap-js can place", "no numbers");
      refuse(caller, "invalid-value", `table.values[${row}, *]`, "near enough to the others", "a row too far");
    }
    values[2 * row] = x;
    values[2 * row + 1] = y;
  });
  return { ids: [...table.ids], names: ["x", "y"], values };
}

/** Rows around their mean, and how they vary together. */
interface Centered {
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  readonly spread: readonly (readonly number[])[] | null;
}

function centered(caller: string, { names, values }: FeatureTable, order: Uint32Array, scaled: boolean): Centered {
  const [rows, columns] = [order.length, names.length];
  const sorted = new Float64Array(values.length);
  order.forEach((row, i) => sorted.set(values.subarray(row * columns, (row + 1) * columns), i * columns));
  const state = covarianceStateOf(caller, sorted, columns, "table.values");
  const { mean, sampleCovariance: spread } = covariance.finish(state);
  // A constant feature keeps the unit 1: it has deviations of exactly 0.
  const units = mean.map((_, j) => (scaled && spread !== null && spread[j][j] > 0 ? Math.sqrt(spread[j][j]) : 1));
  return {
    values: sorted.map((value, cell) => (value - mean[cell % columns]) / units[cell % columns]),
    rows,
    columns,
    // Divided one by one: the product of two tiny deviations could vanish.
    spread: spread && spread.map((row, i) => row.map((cell, j) => cell / units[i] / units[j])),
  };
}

/** Scores of the first two components. */
function principal(caller: string, { values, rows, columns, spread }: Centered): Float64Array {
  const scores = new Float64Array(2 * rows);
  if (spread === null) return scores;
  const { values: variances, vectors } = symmetricEigen(caller, spread);
  const most = variances[0];
  for (let c = 0; c < Math.min(2, columns); c++) {
    // A direction without variance is noise of rounding.
    if (!(variances[c] > most * 1e-14)) continue;
    const loadings = vectors[c];
    for (let row = 0; row < rows; row++) {
      let score = 0;
      for (let j = 0; j < columns; j++) score += loadings[j] * values[row * columns + j];
      scores[2 * row + c] = score;
    }
  }
  return scores;
}

/** Coordinates by umap-js. */
function neighborly(
  caller: string,
  { values, rows, columns }: Centered,
  umap: UmapConstructor | undefined,
  neighbors: number,
  start: number,
): Float64Array {
  if (umap === undefined) refuse(caller, "invalid-option", "options.umap", "the class UMAP of umap-js", "undefined");
  if (rows > mostUmapRows) refuse(caller, "too-large", "table", `at most ${mostUmapRows} rows for umap`, String(rows));
  if (rows < fewestUmapRows) {
    refuse(caller, "too-few-rows", "table", `at least ${fewestUmapRows} rows for umap`, String(rows));
  }
  const lists = Array.from({ length: rows }, (_, row) =>
    Array.from(values.subarray(row * columns, (row + 1) * columns)),
  );
  const embedder = new umap({
    nComponents: 2,
    nNeighbors: Math.min(neighbors, rows - 1),
    random: randomOf(start).next,
  });
  const places = embedder.fit(lists);
  return Float64Array.from({ length: 2 * rows }, (_, cell) => places[cell >> 1]?.[cell & 1] ?? NaN);
}
