import { isRecord } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions, real, seed } from "../core/options.ts";
import { rowOrder } from "../numeric/row-order.ts";
import { finiteColumn } from "../tables/columns.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { type Labels, noGroup } from "../tables/labels.ts";
import { measureAdjustedRand } from "./adjusted-rand.ts";
import { alignLabels } from "./align-labels.ts";
import { measureAssociation } from "./association.ts";
import { measureDaviesBouldin } from "./davies-bouldin.ts";
import { checkGroups } from "./group-spread.ts";
import { takeRows } from "./rows.ts";
import { measureSilhouette } from "./silhouette.ts";
import { stabilityOf } from "./stability.ts";

/** One of two groupings to compare. */
export interface NamedSegmentation {
  /** Group per row; −1 = in no group. */
  readonly labels: Labels;
  /** Its name in the reasons; default "current" and "candidate". */
  readonly name?: string | undefined;
}

/** What is known of one grouping. */
export interface SegmentationEvidence {
  /** Name. */
  readonly name: string;
  /** Groups with members. */
  readonly groups: number;
  /** Customers in no group. */
  readonly unassigned: number;
  /** Mean silhouette; of more than 4,000 customers from a sample. */
  readonly silhouette: number;
  /** Davies–Bouldin index; null when it is infinite. */
  readonly daviesBouldin: number | null;
  /** Mean Jaccard index with which k-means finds the groups again in resamples; see {@link measureStability}. */
  readonly stability: number;
  /** Per outcome the share of its variance between the groups, η²; null where there is none to share. */
  readonly separation: readonly (number | null)[];
  /** Mean of ω², which more groups alone do not raise, over the outcomes that have a variance to share; null without any. */
  readonly correctedSeparation: number | null;
}

/** One question on which the groupings are held against each other. */
export interface SegmentationCriterion {
  /** What is compared. */
  readonly criterion: "silhouette" | "stability" | "separation";
  /** What the second has more than the first. */
  readonly difference: number;
  /** Whether the second is clearly better, clearly worse, or neither. */
  readonly verdict: "better" | "worse" | "alike";
}

/** Whether to keep segments or to replace them. Result of {@link compareSegmentations}. */
export interface SegmentationComparison {
  /** `"replace"` when the second grouping is better by more than the move costs. */
  readonly decision: "keep" | "replace";
  /** Sentences with the figures that decided. */
  readonly reasons: readonly string[];
  /** The first grouping, in use. */
  readonly a: SegmentationEvidence;
  /** The second grouping, the candidate. */
  readonly b: SegmentationEvidence;
  /** The questions and their answers. */
  readonly criteria: readonly SegmentationCriterion[];
  /** Share of the customers in a group, before or after, that change it, with the groups matched as well as possible. */
  readonly movedShare: number;
  /** Adjusted Rand index of the two. */
  readonly adjustedRand: number;
}

/** Options of {@link compareSegmentations}. */
export interface CompareSegmentationsOptions {
  /** Resamples for the stability; default 30. */
  readonly replicates?: number | undefined;
  /** Above this share of customers that move, one better criterion is not enough; default 0.5. */
  readonly maxMovedShare?: number | undefined;
  /** Seed of samples and resamples; default 42. */
  readonly seed?: number | undefined;
}

/** Option table of {@link compareSegmentations}. */
export const compareSegmentationsOptions: OptionTable<CompareSegmentationsOptions> = {
  replicates: integer({ min: 1, max: 10_000, default: 30 }),
  maxMovedShare: real({ min: 0, max: 1, default: 0.5 }),
  seed: seed(),
};

/** A difference below this is no reason to change anything. */
const clearBy = { silhouette: 0.05, stability: 0.1, separation: 0.01 };
const sampledRows = 4000;
const restarts = 5;

/**
 * Holds a new segmentation against the one in use and says whether to replace it: are its groups clearer, steadier, and
 * further apart in what matters to the business, and how many customers would change their group?
 *
 * Each of silhouette, stability and separation is better, worse or alike (0.05, 0.1 and 0.01 apart). The candidate must be
 * better on more of them than it is worse; by two when more than `maxMovedShare` of the customers would move. Alike is kept.
 *
 * @param a - the segmentation in use: labels, or labels with a name.
 * @param b - the candidate, of the same customers.
 * @param table - n customers × d finite features, scaled, on which both are judged.
 * @param outcomes - n customers × outcomes, best of later months: revenue, orders; missing cells are left out.
 * @param options - see {@link CompareSegmentationsOptions}.
 * @returns decision, reasons and all figures.
 * @throws {ClienteleError} `degenerate-data` when either has fewer than two groups, or only single customers;
 * `shape-mismatch` when labels or outcomes do not fit the rows; `invalid-value` for a cell that is not finite.
 * @example
 * const table = fromMatrix([[0], [1], [2], [3], [40], [41], [42], [43]]);
 * const halves = labelsOf([0, 0, 0, 0, 1, 1, 1, 1]);
 * const mixed = { labels: labelsOf([0, 1, 0, 1, 0, 1, 0, 1]), name: "by postcode" };
 * const { decision, reasons, movedShare } = compareSegmentations(mixed, halves, table);
 * decision; // "replace"
 * movedShare; // 0.5
 * reasons[0]; // "candidate has the better silhouette: 0.958 against -0.241."
 * @see {@link measureSilhouette}, {@link measureStability}, {@link measureAssociation}, {@link alignLabels}: cost of these.
 */
export function compareSegmentations(
  a: Labels | NamedSegmentation,
  b: Labels | NamedSegmentation,
  table: FeatureTable,
  outcomes?: FeatureTable,
  options?: CompareSegmentationsOptions,
): SegmentationComparison {
  const read = readOptions("compareSegmentations", compareSegmentationsOptions, options);
  const [current, candidate] = [named(a, "current"), named(b, "candidate")];
  if (outcomes !== undefined) checkOutcomes("compareSegmentations", table, outcomes);
  const before = evidenceOf("a", current, table, outcomes, read);
  const after = evidenceOf("b", candidate, table, outcomes, read);
  const movedShare = shareMoved(current.labels, candidate.labels);
  const pairs = [
    ["silhouette", before.silhouette, after.silhouette],
    ["stability", before.stability, after.stability],
    ["separation", before.correctedSeparation, after.correctedSeparation],
  ] as const;
  const criteria: SegmentationCriterion[] = [];
  const reasons: string[] = [];
  let balance = 0;
  for (const [criterion, old, fresh] of pairs) {
    if (old === null || fresh === null) continue;
    const difference = fresh - old;
    const clear = Math.abs(difference) > clearBy[criterion];
    const verdict = !clear ? "alike" : difference > 0 ? "better" : "worse";
    criteria.push({ criterion, difference, verdict });
    balance += !clear ? 0 : Math.sign(difference);
    const how = clear ? `has the ${verdict} ${criterion}` : `is alike in ${criterion}`;
    reasons.push(`${after.name} ${how}: ${fresh.toFixed(3)} against ${old.toFixed(3)}.`);
  }
  const needed = movedShare > read.maxMovedShare ? 2 : 1;
  const decision = movedShare > 0 && balance >= needed ? "replace" : "keep";
  reasons.push(`${(100 * movedShare).toFixed(1)} % of the customers in a group would change it.`);
  const adjustedRand = measureAdjustedRand(current.labels, candidate.labels).value;
  return { decision, reasons, a: before, b: after, criteria, movedShare, adjustedRand };
}

function named(given: Labels | NamedSegmentation, name: string): Required<NamedSegmentation> & { name: string } {
  if (!isRecord(given) || given instanceof Int32Array) return { labels: given as Labels, name };
  return { labels: given.labels, name: typeof given.name === "string" ? given.name : name };
}

function evidenceOf(
  path: string,
  { labels, name }: { labels: Labels; name: string },
  table: FeatureTable,
  outcomes: FeatureTable | undefined,
  { replicates, seed: chosen }: { replicates: number; seed: number },
): SegmentationEvidence {
  const { rows, sizes } = checkGroups("compareSegmentations", table, labels, path);
  const order = rowOrder(rows.values, rows.rows, rows.columns).filter((row) => labels[row] !== noGroup);
  let next = 0;
  const dense = sizes.map((size) => (size > 0 ? next++ : noGroup));
  const members = Int32Array.from(order, (row) => dense[labels[row]]);
  const occupied = sizes.filter((size) => size > 0);
  const sample = order.length > sampledRows ? sampledRows : undefined;
  const effects = outcomes === undefined ? [] : effectsOf(labels, outcomes);
  return {
    name,
    groups: occupied.length,
    unassigned: labels.length - order.length,
    silhouette: measureSilhouette(table, labels, { sample, seed: chosen }).mean,
    daviesBouldin: measureDaviesBouldin(table, labels).value,
    stability: stabilityOf(takeRows(rows, order), members, occupied, { replicates, restarts, seed: chosen }).value,
    separation: effects.map((effect) => effect?.effectSize ?? null),
    correctedSeparation: meanOf(effects.flatMap((effect) => effect?.correctedEffectSize ?? [])),
  };
}

/** Outcomes that are none would be refused under the names of another function's arguments. */
function checkOutcomes(caller: string, table: FeatureTable, outcomes: FeatureTable): void {
  checkTable(caller, table);
  checkTable(caller, outcomes, "outcomes");
  const rows = table.ids.length;
  if (outcomes.ids.length !== rows) {
    refuse(caller, "shape-mismatch", "outcomes", `${rows} rows, as the table`, String(outcomes.ids.length));
  }
  outcomes.names.forEach((_, j) => finiteColumn(caller, "outcomes", outcomes, j));
}

function meanOf(numbers: readonly number[]): number | null {
  return numbers.length === 0 ? null : numbers.reduce((sum, x) => sum + x, 0) / numbers.length;
}

/** Analysis of variance of each outcome between the groups; null where it is constant. */
function effectsOf(
  labels: Labels,
  outcomes: FeatureTable,
): ({ effectSize: number; correctedEffectSize: number } | null)[] {
  const kinds = Object.fromEntries(outcomes.names.map((name) => [name, "numeric" as const]));
  return measureAssociation(labels, outcomes, { kinds, test: "anova" }).outcomes.map(({ anova }) => anova);
}

function shareMoved(previous: Labels, next: Labels): number {
  const aligned = alignLabels(previous, next).labels;
  let grouped = 0;
  let moved = 0;
  for (let row = 0; row < previous.length; row++) {
    if (previous[row] === noGroup && aligned[row] === noGroup) continue;
    grouped++;
    if (previous[row] !== aligned[row]) moved++;
  }
  return moved / grouped;
}
