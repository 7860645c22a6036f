import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import { rankOf } from "../numeric/quantile.ts";
import { type Labels, noGroup } from "../tables/labels.ts";

/** Options of {@link labelAnomalies}: exactly one of the two. */
export interface LabelAnomaliesOptions {
  /** The share of customers to mark, in (0, 0.5]. It places the cut and changes no score. */
  readonly contamination?: number | undefined;
  /** Scores above this are anomalies. */
  readonly threshold?: number | undefined;
}

/** Option table of {@link labelAnomalies}. */
export const labelAnomaliesOptions: OptionTable<LabelAnomaliesOptions, "contamination" | "threshold"> = {
  contamination: real({ above: 0, max: 0.5, optional: true }),
  threshold: real({ optional: true }),
};

/** The label of an anomaly. */
const anomaly = 0;

/**
 * Marks the customers whose score is too high: by a threshold you know, or as many as you can look at.
 *
 * - `threshold`: scores strictly above it. For an isolation forest 0.5 is the usual one: equal customers are no anomalies.
 * - `contamination`: scores strictly above the quantile 1 − contamination (type 7), about `contamination · n` customers.
 *   Customers tied at the cut are all ordinary, so ties can only make the list shorter, and scores that are all equal have
 *   no anomaly. Contamination does not say whether anyone is odd: it always marks somebody where scores differ.
 *
 * @param scores - one finite number per customer, higher = odder: of {@link scoreIsolationForest}, or any other score.
 * @param options - see {@link LabelAnomaliesOptions}.
 * @returns labels in the order of the scores: 0 = anomaly, −1 = ordinary.
 * @throws {ClienteleError} `invalid-option` when both options or none are given; `invalid-value` at the first score that is
 * not finite; `shape-mismatch` when `scores` is no list. Cost: one sort for `contamination`.
 * @example
 * labelAnomalies([0.4, 0.8, 0.5, 0.45], { threshold: 0.5 }); // Int32Array [-1, 0, -1, -1]
 * labelAnomalies([0.4, 0.8, 0.5, 0.45], { contamination: 0.25 }); // Int32Array [-1, 0, -1, -1]
 */
export function labelAnomalies(scores: ArrayLike<number>, options: LabelAnomaliesOptions): Labels {
  const caller = "labelAnomalies";
  const { contamination, threshold } = readOptions(caller, labelAnomaliesOptions, options);
  if ((contamination === undefined) === (threshold === undefined)) {
    const received = threshold === undefined ? "neither" : "both";
    refuse(caller, "invalid-option", "options", "either contamination or threshold", received);
  }
  const checked = checkedScores(caller, scores);
  const cut = threshold ?? cutOf(checked, contamination ?? 0);
  return Int32Array.from(checked, (score) => (score > cut ? anomaly : noGroup));
}

/** The largest score that is not above the quantile: nothing lies between, and it is free of rounding. */
function cutOf(scores: Float64Array, contamination: number): number {
  return scores.slice().sort()[rankOf(scores.length, 1 - contamination)];
}

function checkedScores(caller: string, scores: ArrayLike<number>): Float64Array {
  if (!isList(scores)) refuse(caller, "shape-mismatch", "scores", "a list of numbers", describeValue(scores));
  const checked = new Float64Array(scores.length);
  for (let row = 0; row < scores.length; row++) {
    const score: unknown = scores[row];
    if (!Number.isFinite(score)) refuse(caller, "invalid-value", `scores[${row}]`, "finite", describeCell(score));
    checked[row] = score as number;
  }
  return checked;
}

/**
 * Marks the customers that a grouping left alone, such as the noise of a density-based clustering.
 *
 * Who belongs to no dense group is unusual in a way that a single score may miss: between two groups, for example. The result
 * has the labels of {@link labelAnomalies}, so both can be compared and drawn alike.
 *
 * @param labels - of a grouping with a label for rows in no group (−1): DBSCAN's, rules, segments of your own.
 * @returns labels in the same order: 0 = anomaly (in no group), −1 = ordinary (in a group).
 * @throws {ClienteleError} `shape-mismatch` when `labels` is no Int32Array; `invalid-value` at a number below −1.
 * @example
 * labelNoise(labelsOf([0, 0, -1, 1])); // Int32Array [-1, -1, 0, -1]
 * @see Ester, Kriegel, Sander & Xu (1996), "A density-based algorithm for discovering clusters": noise.
 */
export function labelNoise(labels: Labels): Labels {
  const caller = "labelNoise";
  if (!(labels instanceof Int32Array)) {
    refuse(caller, "shape-mismatch", "labels", "labels in an Int32Array", describeValue(labels));
  }
  const wrong = labels.findIndex((label) => label < noGroup);
  if (wrong >= 0) {
    refuse(caller, "invalid-value", `labels[${wrong}]`, "a group number or -1", describeCell(labels[wrong]));
  }
  return labels.map((label) => (label === noGroup ? anomaly : noGroup));
}
