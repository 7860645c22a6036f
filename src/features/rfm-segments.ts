import { isRecord } from "../core/dictionary.ts";
import { describeCell, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import { checkTable, type FeatureTable, neededFeature } from "../tables/feature-table.ts";
import { type Labels, noGroup } from "../tables/labels.ts";
import { rfmDimensions } from "./rfm-dimensions.ts";

/** One line of a segment table: customers whose three scores lie in these ranges. */
export interface RfmSegmentRule {
  /** Name of the segment; two rules may share one. */
  readonly name: string;
  /** Lowest and highest recency score, both included; any when absent. */
  readonly recency?: readonly [number, number] | undefined;
  /** Lowest and highest frequency score, both included; any when absent. */
  readonly frequency?: readonly [number, number] | undefined;
  /** Lowest and highest monetary score, both included; any when absent. */
  readonly monetary?: readonly [number, number] | undefined;
}

/** Options of {@link labelRfmSegments}. */
export interface LabelRfmSegmentsOptions {
  /** The segment table, read from top to bottom; default {@link rfmSegmentRules}. */
  readonly rules?: readonly RfmSegmentRule[] | undefined;
}

/** Result of {@link labelRfmSegments}. */
export interface RfmSegments {
  /** Position in `names` per customer; -1 where a score is missing. */
  readonly labels: Labels;
  /** Names of the segments in the order of the rules, then `"Others"`. */
  readonly names: readonly string[];
  /** Rules that overlap, rules that never apply, combinations that no rule covers, customers without scores. */
  readonly notes: readonly Note[];
}

type Range = readonly [number, number];

function segment(name: string, recency: Range, frequency: Range, monetary: Range): RfmSegmentRule {
  return Object.freeze({
    name,
    recency: Object.freeze(recency),
    frequency: Object.freeze(frequency),
    monetary: Object.freeze(monetary),
  });
}

/**
 * The usual ten segments for scores from 1 to 5, from the best customers to the lost ones. Made to be read from top to
 * bottom: the ranges overlap, and the first that fits wins.
 *
 * @see R package rfm 0.3.0 (MIT), "RFM customer level data": the segment table.
 */
export const rfmSegmentRules: readonly RfmSegmentRule[] = Object.freeze([
  segment("Champions", [5, 5], [5, 5], [5, 5]),
  segment("Potential Loyalist", [3, 5], [3, 5], [2, 5]),
  segment("Loyal Customers", [2, 4], [2, 4], [2, 4]),
  segment("Promising", [3, 4], [1, 3], [3, 5]),
  segment("New Customers", [4, 5], [1, 3], [1, 5]),
  segment("Can't Lose Them", [1, 2], [3, 4], [4, 5]),
  segment("At Risk", [1, 2], [2, 5], [4, 5]),
  segment("Need Attention", [1, 3], [3, 5], [3, 5]),
  segment("About To Sleep", [2, 3], [1, 3], [1, 4]),
  segment("Lost", [1, 1], [1, 5], [1, 5]),
]);

const others = "Others";
const highestScore = 99;
/** Up to which score {@link rfmSegmentRules} were made, overlaps and gaps included. */
const highestUsual = 5;

/** Option table of {@link labelRfmSegments}. */
export const labelRfmSegmentsOptions: OptionTable<LabelRfmSegmentsOptions> = {
  rules: custom(
    `a list of 1 to 100 rules { name, recency, frequency, monetary } with ranges [low, high] in [1, ${highestScore}]`,
    (value) => Array.isArray(value) && value.length > 0 && value.length <= 100 && value.every(isRule),
    [
      [],
      null,
      {},
      "Champions",
      [{}],
      [{ name: "a", recency: [2, 1] }],
      [{ name: "a", monetary: [0, 5] }],
      [{ name: 1 }],
    ],
    { default: rfmSegmentRules },
  ),
};

function isRule(rule: unknown): boolean {
  if (!isRecord(rule)) return false;
  const known = Object.keys(rule).every((key) => key === "name" || (rfmDimensions as readonly string[]).includes(key));
  return known && typeof rule["name"] === "string" && rfmDimensions.every((dimension) => isRange(rule[dimension]));
}

function isRange(value: unknown): boolean {
  if (value === undefined) return true;
  if (!Array.isArray(value) || value.length !== 2) return false;
  const [low, high] = value as unknown[];
  return isScore(low) && isScore(high) && (low as number) <= (high as number);
}

function isScore(value: unknown): boolean {
  return Number.isInteger(value) && (value as number) >= 1 && (value as number) <= highestScore;
}

/**
 * Names customers by their RFM scores: champions, loyal, at risk, lost and so on.
 *
 * The first rule that fits wins; customers whom none fits are `"Others"`, a name of its own. A table of your own is
 * checked as a whole: rules that overlap, that can never apply, and combinations that no rule covers are in `notes`. So is
 * the usual one where scores go beyond the 5 that it was made for; for fewer bins than 5 bring a table of your own.
 *
 * @param scores - the scores of {@link scoreRfm}, or any table with whole numbers from 1 to 99 in the features
 * `recency`, `frequency` and `monetary`; NaN = missing.
 * @param options - a segment table of your own; see {@link RfmSegmentRule}.
 * @returns one label per customer, in the order of the table, and the names that the labels number.
 * @throws {ClienteleError} `invalid-option` when the table lacks one of the three features; `invalid-value` at the first
 * score that is not a whole number from 1 to 99.
 * @example
 * const scores = fromMatrix([[5, 5, 5], [1, 1, 1]], { names: ["recency", "frequency", "monetary"] });
 * const { labels, names } = labelRfmSegments(scores);
 * Array.from(labels, (label) => names[label]); // ["Champions", "Lost"]
 */
export function labelRfmSegments(scores: FeatureTable, options?: LabelRfmSegmentsOptions): RfmSegments {
  const caller = "labelRfmSegments";
  const { rules } = readOptions(caller, labelRfmSegmentsOptions, options);
  checkTable(caller, scores, "scores");
  const columns = rfmDimensions.map((dimension) => neededFeature(caller, scores, "scores", dimension));
  const names = [...new Set([...rules.map((rule) => rule.name), others])];
  const labelOfRule = rules.map((rule) => names.indexOf(rule.name));
  const boxes = rules.map(boxOf);
  const labels = new Int32Array(scores.ids.length);
  let highest = 1;
  let unscored = 0;
  for (let row = 0; row < labels.length; row++) {
    const cell = columns.map((column) => scoreAt(caller, scores, row, column));
    if (cell.some(Number.isNaN)) {
      labels[row] = noGroup;
      unscored++;
      continue;
    }
    for (const score of cell) highest = Math.max(highest, score);
    const rule = boxes.findIndex((box) => fits(box, cell));
    labels[row] = rule < 0 ? names.indexOf(others) : labelOfRule[rule];
  }
  const isMeant = rules === rfmSegmentRules && highest <= highestUsual;
  const notes: Note[] = isMeant ? [] : tableNotes(rules, boxes, highest);
  if (unscored > 0) {
    notes.push({ code: "missing-scores", message: `${unscored} customers lack a score and are in no segment.` });
  }
  return { labels, names, notes };
}

type Box = readonly Range[];

function boxOf(rule: RfmSegmentRule): Box {
  return rfmDimensions.map((dimension) => rule[dimension] ?? [1, highestScore]);
}

function fits(box: Box, cell: readonly number[]): boolean {
  return box.every(([low, high], dimension) => cell[dimension] >= low && cell[dimension] <= high);
}

function scoreAt(caller: string, scores: FeatureTable, row: number, column: number): number {
  const score = scores.values[row * scores.names.length + column];
  if (!Number.isNaN(score) && !isScore(score)) {
    const path = `scores.values[${row}, ${column}]`;
    refuse(caller, "invalid-value", path, `a whole number in [1, ${highestScore}] or missing`, describeCell(score));
  }
  return score;
}

/** What is odd about a user's table, whatever the customers: over all combinations up to the highest score in use. */
function tableNotes(rules: readonly RfmSegmentRule[], boxes: readonly Box[], highestSeen: number): Note[] {
  const bounds = rules.flatMap((rule) => rfmDimensions.flatMap((dimension) => rule[dimension] ?? []));
  const highest = bounds.reduce((max, bound) => Math.max(max, bound), highestSeen);
  const wins = new Uint8Array(rules.length);
  let uncovered = 0;
  let contested = 0;
  // Between two neighboring range ends every score behaves alike, so one stands for all: cheap for any highest score.
  const steps = rfmDimensions.map((_, dimension) => intervals(boxes, dimension, highest));
  const covering = (candidates: readonly number[], dimension: number, score: number): number[] =>
    candidates.filter((rule) => boxes[rule][dimension][0] <= score && score <= boxes[rule][dimension][1]);
  const everyRule = rules.map((_, rule) => rule);
  for (const [recency, recencies] of steps[0]) {
    const byRecency = covering(everyRule, 0, recency);
    for (const [frequency, frequencies] of steps[1]) {
      const byFrequency = covering(byRecency, 1, frequency);
      for (const [monetary, monetaries] of steps[2]) {
        const combinations = recencies * frequencies * monetaries;
        const matching = covering(byFrequency, 2, monetary);
        if (matching.length === 0) uncovered += combinations;
        else wins[matching[0]] = 1;
        if (matching.some((rule) => rules[rule].name !== rules[matching[0]].name)) contested += combinations;
      }
    }
  }
  const notes: Note[] = [];
  const all = highest * highest * highest;
  if (contested > 0) {
    const message = `${contested} of ${all} score combinations fit rules of more than one segment; the first rule wins.`;
    notes.push({ code: "overlapping-rules", message });
  }
  if (uncovered > 0) {
    const message = `${uncovered} of ${all} score combinations fit no rule; such customers are "${others}".`;
    notes.push({ code: "uncovered-scores", message });
  }
  rules.forEach((rule, position) => {
    if (wins[position] === 1) return;
    const message = `rules[${position}] ("${rule.name}") never applies: earlier rules cover it.`;
    notes.push({ code: "unreachable-rule", message });
  });
  return notes;
}

/** Cuts 1 … highest at the range ends of one dimension: the first score of each piece, and how many scores it has. */
function intervals(boxes: readonly Box[], dimension: number, highest: number): [number, number][] {
  const starts = new Set([1]);
  for (const box of boxes) {
    const [low, high] = box[dimension];
    if (low <= highest) starts.add(low);
    if (high < highest) starts.add(high + 1);
  }
  const sorted = [...starts].sort((a, b) => a - b);
  return sorted.map((start, i) => [start, (sorted[i + 1] ?? highest + 1) - start]);
}
