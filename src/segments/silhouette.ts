import { refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions, seed } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import { distanceSums } from "../numeric/distance-sums.ts";
import { nearGroups } from "../numeric/near-groups.ts";
import { rowOrder } from "../numeric/row-order.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import type { Labels } from "../tables/labels.ts";
import { checkGroups } from "./group-spread.ts";
import { type Rows, takeRows } from "./rows.ts";
import { stratifiedSample } from "./stratified-sample.ts";

/** How well each customer fits the own group rather than the next best. Result of {@link measureSilhouette}. */
export interface SilhouetteReport {
  /** Mean over all customers in a group, in [−1, 1]; above 0.5 is a clear structure, near 0 none. */
  readonly mean: number;
  /** Mean per group number; 0 for a number without customers. */
  readonly perCluster: number[];
  /** One value per row in [−1, 1], negative = nearer to another group; NaN for a row that was not measured. */
  readonly values: Float64Array;
  /** Customers per group number. */
  readonly sizes: number[];
  /** Group of each row, as given: a picture needs both. */
  readonly labels: Labels;
  /** How many rows were measured: those in a group, or the sample. */
  readonly measured: number;
}

/** Options of {@link measureSilhouette}. */
export interface MeasureSilhouetteOptions {
  /** Measure about so many rows instead of all, drawn from every group in proportion to its size. Default: all rows. */
  readonly sample?: number | undefined;
  /** Seed of the sample; default 42. */
  readonly seed?: number | undefined;
  /** Most rows to measure exactly; default 50,000. The cost is quadratic: four times the rows, sixteen times the time. */
  readonly maxRows?: number | undefined;
}

/** Option table of {@link measureSilhouette}. */
export const measureSilhouetteOptions: OptionTable<MeasureSilhouetteOptions, "sample"> = {
  sample: integer({ min: 2, optional: true }),
  seed: seed(),
  maxRows: integer({ min: 2, default: 50_000 }),
};

/** Sums of distances held at once: rows × groups. */
const mostSums = 50_000_000;

/**
 * Measures how clearly groups are separated: each customer's mean distance to the own group against that to the nearest
 * other group.
 *
 * @param table - n customers × d finite features, scaled as for the grouping.
 * @param labels - group per row; rows labeled −1 are left out, they count for nobody.
 * @param options - see {@link MeasureSilhouetteOptions}.
 * @returns the report. The only member of a group has 0; a group of equal rows apart from the others has 1. With `sample`
 * distances are measured among the sampled rows, each group has at least two of them (if it has two), `mean` weighs the
 * groups by their true sizes, and `values` of the other rows are NaN.
 * @throws {ClienteleError} `degenerate-data` when fewer than two groups have members or no group has two; `too-large`
 * beyond `maxRows` without `sample`, or for rows × groups above 50 million; `shape-mismatch`; `invalid-value`.
 * @example
 * const table = fromMatrix([[0], [1], [10], [11]]);
 * const { mean, perCluster } = measureSilhouette(table, labelsOf([0, 0, 1, 1]));
 * mean; // 0.8997
 * perCluster; // [0.8997, 0.8997]
 * @see Rousseeuw (1987), "Silhouettes". Cost O(n²·d) time, O(n·(d + groups)) memory.
 */
export function measureSilhouette(
  table: FeatureTable,
  labels: Labels,
  options?: MeasureSilhouetteOptions,
): SilhouetteReport {
  const caller = "measureSilhouette";
  const read = readOptions(caller, measureSilhouetteOptions, options);
  const { rows: all, sizes } = checkGroups(caller, table, labels);
  const groups = sizes.filter((size) => size > 0).length;
  const order = read.sample === undefined ? undefined : rowOrder(all.values, all.rows, all.columns);
  const rows =
    read.sample === undefined
      ? labeledRows(labels)
      : stratifiedSample(labels, sizes, read.sample, order, randomOf(read.seed));
  if (rows.length > read.maxRows) {
    const expected = `at most ${read.maxRows} rows to measure (options.maxRows), or options.sample`;
    refuse(caller, "too-large", "table", expected, String(rows.length));
  }
  if (rows.length * groups > mostSums) {
    refuse(caller, "too-large", "labels", `rows × groups of at most ${mostSums}`, String(rows.length * groups));
  }
  const measured = silhouettesOf(takeRows(all, rows), denseLabels(rows, labels, sizes), groups);
  const values = new Float64Array(labels.length).fill(NaN);
  rows.forEach((row, i) => (values[row] = measured[i]));
  const { mean, perCluster } = summarize(values, labels, sizes);
  return { mean, perCluster, values, sizes: Array.from(sizes), labels: labels.slice(), measured: rows.length };
}

function labeledRows(labels: Labels): Uint32Array {
  let count = 0;
  for (const label of labels) if (label >= 0) count++;
  const rows = new Uint32Array(count);
  count = 0;
  for (let row = 0; row < labels.length; row++) if (labels[row] >= 0) rows[count++] = row;
  return rows;
}

/** Labels of the chosen rows with the numbers of empty groups closed up. */
function denseLabels(rows: Uint32Array, labels: Labels, sizes: Int32Array): Int32Array {
  let next = 0;
  const dense = sizes.map((size) => (size > 0 ? next++ : -1));
  return Int32Array.from(rows, (row) => dense[labels[row]]);
}

/**
 * Silhouette of every row among the rows given.
 *
 * @param data - the rows.
 * @param labels - group per row in [0, groups).
 * @param groups - number of groups, at least 2; some may be empty.
 * @returns one value in [−1, 1] per row; 0 for an only member, where all distances are 0, and where no other group has members.
 */
export function silhouettesOf(data: Rows, labels: Int32Array, groups: number): Float64Array {
  const { values, rows, columns } = data;
  const near = nearGroups(values, rows, columns, labels, groups);
  const sums = distanceSums(values, rows, columns, labels, groups, near);
  const sizes = new Int32Array(groups);
  for (const label of labels) sizes[label]++;
  return Float64Array.from(labels, (own, row) => {
    if (sizes[own] < 2) return 0;
    let nearest = Infinity;
    for (let group = 0; group < groups; group++) {
      if (near[row * groups + group] === 1) nearest = Math.min(nearest, sums[row * groups + group] / sizes[group]);
    }
    const within = sums[row * groups + own] / (sizes[own] - 1);
    const larger = Math.max(within, nearest);
    // Without another group that has members, a customer lies nowhere between two.
    return larger > 0 && nearest < Infinity ? (nearest - within) / larger : 0;
  });
}

/**
 * Means of silhouettes: per group over the measured rows, and over all groups by their true sizes.
 *
 * @param values - NaN where a row was not measured.
 * @param labels - group per value.
 * @param sizes - true size of each group, of which only some may have been measured.
 */
export function summarize(
  values: Float64Array,
  labels: ArrayLike<number>,
  sizes: Int32Array,
): { mean: number; perCluster: number[] } {
  const sums = new Float64Array(sizes.length);
  const counts = new Int32Array(sizes.length);
  values.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    sums[labels[row]] += value;
    counts[labels[row]]++;
  });
  const perCluster = Array.from(sums, (sum, group) => (counts[group] > 0 ? sum / counts[group] : 0));
  let total = 0;
  let members = 0;
  sizes.forEach((size, group) => {
    total += size * perCluster[group];
    members += size;
  });
  return { mean: total / members, perCluster };
}
