import { isRecord } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import { finiteColumn, sortedPresent } from "../tables/columns.ts";
import { checkTable, type FeatureTable, neededFeature } from "../tables/feature-table.ts";
import { type RfmDimension, rfmDimensions } from "./rfm-dimensions.ts";

/** Boundaries between the scores of each dimension, from low to high; n boundaries make n + 1 scores. */
export interface RfmThresholds {
  /** In days; more days make a lower score. */
  readonly recency: readonly number[];
  /** In orders. */
  readonly frequency: readonly number[];
  /** In the currency of the revenue. */
  readonly monetary: readonly number[];
}

/** Options of {@link scoreRfm}. */
export interface ScoreRfmOptions {
  /** Number of scores per dimension, 2 to 99; default 5. Dimensions with `cuts` have their own number. */
  readonly bins?: number | undefined;
  /**
   * `"quantile"` (default): a score is 1 + the number of boundaries below the value, so a value equal to a boundary stays
   * in the lower score. `"quantile-r-rfm"`, as the R package rfm scores: each quantile is raised by 1, and a value equal
   * to a boundary is in the upper score.
   */
  readonly method?: "quantile" | "quantile-r-rfm" | undefined;
  /** Boundaries of your own for some or all dimensions, from low to high, for example those of an earlier period. */
  readonly cuts?: { readonly [D in keyof RfmThresholds]?: readonly number[] | undefined } | undefined;
}

/** Result of {@link scoreRfm}. */
export interface RfmScores {
  /** `recency`, `frequency`, `monetary` from 1 to `bins`, and `rfm`, their digits in a row; NaN = missing. */
  readonly scores: FeatureTable;
  /** The boundaries in use; pass them as `cuts` to score another table by the same rule. */
  readonly thresholds: RfmThresholds;
  /** Dimensions in which some scores do not occur, customers without a value. */
  readonly notes: readonly Note[];
}

const features = { recency: "daysSinceLastPurchase", frequency: "orderCount", monetary: "revenue" } as const;
const mostBins = 99;

/** Option table of {@link scoreRfm}. */
export const scoreRfmOptions: OptionTable<ScoreRfmOptions, "cuts"> = {
  bins: integer({ min: 2, max: mostBins, default: 5 }),
  method: oneOf(["quantile", "quantile-r-rfm"], { default: "quantile" }),
  cuts: custom(
    "a record of ascending numbers by recency, frequency or monetary",
    isCuts,
    [null, 1, [], { recency: [2, 1] }, { recency: [] }, { monetary: [NaN] }, { frequency: 3 }, { revenue: [1] }],
    { optional: true },
  ),
};

function isCuts(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const known = Object.keys(value).every((key) => (rfmDimensions as readonly string[]).includes(key));
  return known && Object.values(value).every((cuts) => cuts === undefined || isAscending(cuts));
}

function isAscending(value: unknown): boolean {
  if (!Array.isArray(value) || value.length === 0 || value.length >= mostBins) return false;
  const numbers = value as unknown[];
  return numbers.every((cut, i) => Number.isFinite(cut) && (i === 0 || (numbers[i - 1] as number) <= (cut as number)));
}

/**
 * Scores buyers by recency, frequency and revenue, each from 1 (worst) to `bins` (best).
 *
 * The boundaries are type-7 quantiles of the table, so equally many customers have each score, except that equal values
 * always have the same score: where many customers have one order, fewer scores occur and a note says so. `rfm` writes
 * the three scores in a row: 100 R + 10 F + M up to 9 scores, 10000 R + 100 F + M beyond.
 *
 * @param rfm - the table of {@link deriveRfm}, or any table with its three features; NaN = missing, and is not scored.
 * @param options - see {@link ScoreRfmOptions}.
 * @returns the scores in the order of the table, with the boundaries that made them.
 * @throws {ClienteleError} `invalid-option` when the table lacks one of the three features; `too-few-rows` when no
 * customer has a value to find boundaries from; `invalid-value` at the first infinite cell. Cost: one sort per dimension.
 * @example
 * const names = ["daysSinceLastPurchase", "orderCount", "revenue"];
 * const rfm = fromMatrix([[3, 9, 400], [40, 2, 90], [200, 1, 15]], { names });
 * const { scores, thresholds } = scoreRfm(rfm, { bins: 3 });
 * column(scores, "rfm"); // Float64Array [333, 222, 111]
 * thresholds.monetary; // [65, 193.33]
 * @see R package rfm 0.3.0 (MIT) for `"quantile-r-rfm"`.
 */
export function scoreRfm(rfm: FeatureTable, options?: ScoreRfmOptions): RfmScores {
  const caller = "scoreRfm";
  const { bins, method, cuts } = readOptions(caller, scoreRfmOptions, options);
  checkTable(caller, rfm, "rfm");
  const raised = method === "quantile-r-rfm";
  const notes: Note[] = [];
  const columns: Float64Array[] = [];
  const thresholds: Record<RfmDimension, number[]> = { recency: [], frequency: [], monetary: [] };
  for (const dimension of rfmDimensions) {
    const values = finiteColumn(caller, "rfm", rfm, neededFeature(caller, rfm, "rfm", features[dimension]));
    const given = cuts?.[dimension];
    const boundaries = given === undefined ? quantileBoundaries(caller, values, bins, raised) : [...given];
    thresholds[dimension] = boundaries;
    const scores = scoresOf(values, boundaries, raised, dimension === "recency");
    const reason = given === undefined ? "; equal values are never split." : ".";
    noteGaps(dimension, scores, boundaries.length + 1, reason, notes);
    columns.push(scores);
  }
  return { scores: scoreTable(rfm.ids, columns, thresholds), thresholds, notes };
}

function quantileBoundaries(caller: string, values: Float64Array, bins: number, raised: boolean): number[] {
  const sorted = sortedPresent(values);
  if (sorted.length === 0) {
    refuse(caller, "too-few-rows", "rfm", "at least 1 customer with a value, or cuts", "none");
  }
  return Array.from({ length: bins - 1 }, (_, i) => quantileOfSorted(sorted, (i + 1) / bins) + (raised ? 1 : 0));
}

function scoresOf(
  values: Float64Array,
  boundaries: readonly number[],
  raised: boolean,
  lessIsBetter: boolean,
): Float64Array {
  const scores = new Float64Array(values.length);
  for (let row = 0; row < values.length; row++) {
    const value = values[row];
    let passed = 0;
    while (passed < boundaries.length && (raised ? value >= boundaries[passed] : value > boundaries[passed])) passed++;
    scores[row] = Number.isNaN(value) ? NaN : lessIsBetter ? boundaries.length + 1 - passed : passed + 1;
  }
  return scores;
}

function noteGaps(dimension: string, scores: Float64Array, bins: number, reason: string, notes: Note[]): void {
  const occurs = new Uint8Array(bins + 1);
  let missing = 0;
  for (const score of scores) {
    if (Number.isNaN(score)) missing++;
    else occurs[score] = 1;
  }
  const populated = occurs.reduce((sum, one) => sum + one, 0);
  if (populated < bins) {
    notes.push({ code: "fewer-bins", message: `${dimension}: ${populated} of ${bins} scores occur${reason}` });
  }
  if (missing > 0) {
    notes.push({ code: "missing-values", message: `${dimension}: ${missing} customers have no value and no score.` });
  }
}

function scoreTable(ids: readonly string[], columns: readonly Float64Array[], thresholds: RfmThresholds): FeatureTable {
  const [recency, frequency, monetary] = columns;
  const mostScores = rfmDimensions.reduce((most, dimension) => Math.max(most, thresholds[dimension].length + 1), 0);
  // A place that holds the highest score, so that every combination is a number of its own and reads as its digits.
  const place = mostScores <= 9 ? 10 : 100;
  const values = new Float64Array(ids.length * 4);
  for (let row = 0; row < ids.length; row++) {
    values[row * 4] = recency[row];
    values[row * 4 + 1] = frequency[row];
    values[row * 4 + 2] = monetary[row];
    values[row * 4 + 3] = (recency[row] * place + frequency[row]) * place + monetary[row];
  }
  return { ids: [...ids], names: [...rfmDimensions, "rfm"], values };
}
