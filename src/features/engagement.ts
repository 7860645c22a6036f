import { isRecord, put } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { exp } from "../numeric/elementary.ts";
import { finiteColumn, sortedPresent } from "../tables/columns.ts";
import { checkTable, featureIndex, type FeatureTable } from "../tables/feature-table.ts";

/** Options of {@link scoreEngagement}. */
export interface ScoreEngagementOptions {
  /** How much each feature counts, by feature name: at least one above 0. Only the ratios matter. */
  readonly weights: Readonly<Record<string, number>>;
  /** Days after which a feature named `daysSince…` counts half; without it such features are ranked, fewest days first. */
  readonly halfLifeDays?: number | undefined;
  /**
   * How the other features are brought to 0–1: `"percentile"` is the share of the other customers that one is ahead of,
   * `"min-max"` the position between the least and the most. Default `"percentile"`: counts of behavior are so skewed
   * that one heavy user would push everybody else to 0.
   */
  readonly scaling?: "percentile" | "min-max" | undefined;
}

/** Result of {@link scoreEngagement}. */
export interface EngagementScores {
  /** `engagement`, then one `${component}Contribution` per weight, which add up to it; NaN = the feature is missing. */
  readonly scores: FeatureTable;
  /** The weights in use, by feature: they sum to 1. */
  readonly weights: Readonly<Record<string, number>>;
  /** Features that do not tell customers apart, customers that lack a feature. */
  readonly notes: readonly Note[];
}

/** Option table of {@link scoreEngagement}. */
export const scoreEngagementOptions: OptionTable<ScoreEngagementOptions, "halfLifeDays"> = {
  weights: custom("a record of numbers ≥ 0 by feature, at least one above 0", isWeights, [
    null,
    1,
    [],
    {},
    { a: -1 },
    { a: 0 },
    { a: NaN },
    { a: "1" },
    { a: Infinity },
    { a: 1e308, b: 1e308 },
  ]),
  halfLifeDays: real({ above: 0, optional: true }),
  scaling: oneOf(["percentile", "min-max"], { default: "percentile" }),
};

function isWeights(value: unknown): boolean {
  if (!isRecord(value)) return false;
  const weights = Object.values(value);
  if (!weights.every((weight) => Number.isFinite(weight) && (weight as number) >= 0)) return false;
  const total = (weights as number[]).reduce((sum, weight) => sum + weight, 0);
  return total > 0 && total < Infinity;
}

/**
 * Condenses a customer's activity into one number from 0 to 1, and says what it is made of.
 *
 * Every component is brought to 0–1, multiplied by its share of the weights and added up. Features named `daysSince…`
 * are better when small: with `halfLifeDays` they decay as exp(−ln 2 · days / halfLifeDays), otherwise they are ranked in
 * reverse. A component that all customers share counts 0, for it puts nobody ahead. A missing feature is not a 0: its
 * contribution is NaN and the weights of the customer's other features are raised in proportion; a customer without any
 * has NaN. Percentile and min-max compare with the customers of the table, so score whom you compare in one table.
 *
 * @param table - one row per customer, such as that of {@link deriveActivity}; NaN = missing.
 * @param options - see {@link ScoreEngagementOptions}.
 * @returns the scores; adding the contributions from left to right gives `engagement` to the last bit.
 * @throws {ClienteleError} `invalid-option` for a weight without a feature; `invalid-value` for an infinite cell, or
 * negative days where they decay. Cost: one sort per ranked component.
 * @example
 * const table = fromMatrix([[4, 0], [1, 30]], { names: ["sessionsPerWeek", "daysSinceLastActivity"] });
 * const weights = { sessionsPerWeek: 3, daysSinceLastActivity: 1 };
 * column(scoreEngagement(table, { weights, halfLifeDays: 30 }).scores, "engagement"); // Float64Array [1, 0.125]
 */
export function scoreEngagement(table: FeatureTable, options: ScoreEngagementOptions): EngagementScores {
  const caller = "scoreEngagement";
  const { weights, halfLifeDays, scaling } = readOptions(caller, scoreEngagementOptions, options);
  checkTable(caller, table);
  const notes: Note[] = [];
  const names = Object.keys(weights);
  const components = names.map((name) => {
    const index = featureIndex(caller, table, `options.weights.${name}`, name);
    const values = finiteColumn(caller, "table", table, index);
    const isRecency = name.startsWith("daysSince");
    if (isRecency && halfLifeDays !== undefined) return decayed(caller, values, halfLifeDays, index);
    return compared(isRecency ? values.map((days) => -days) : values, scaling, name, notes);
  });
  if (halfLifeDays !== undefined && !names.some((name) => name.startsWith("daysSince"))) {
    notes.push({ code: "unused-half-life", message: "No weighted feature is named daysSince…, so nothing decays." });
  }
  const shares = sharesOf(Object.values(weights));
  const scores = weightedSum(table.ids, names, components, shares, notes);
  const used: Record<string, number> = {};
  names.forEach((name, j) => put(used, name, shares[j]));
  return { scores, weights: used, notes };
}

function decayed(caller: string, days: Float64Array, halfLifeDays: number, index: number): Float64Array {
  return days.map((age, row) => {
    if (age < 0) refuse(caller, "invalid-value", `table.values[${row}, ${index}]`, "at least 0 days", "fewer");
    return exp(-Math.LN2 * (age / halfLifeDays));
  });
}

/** Each value's standing among the others, from 0 to 1; more is better. */
function compared(values: Float64Array, scaling: "percentile" | "min-max", name: string, notes: Note[]): Float64Array {
  const sorted = sortedPresent(values);
  const [least, most] = [sorted[0], sorted[sorted.length - 1]];
  if (sorted.length === 0) {
    notes.push({ code: "all-missing-feature", message: `${name} is missing for all customers.` });
    return values;
  }
  if (least === most) {
    notes.push({ code: "constant-feature", message: `${name} is the same for all customers and counts 0.` });
    return values.map((value) => (Number.isNaN(value) ? NaN : 0));
  }
  const others = sorted.length - 1;
  // Halving keeps the range of huge values finite; halving small ones would lose the smallest.
  const unit = most - least === Infinity ? 0.5 : 1;
  const range = most * unit - least * unit;
  return values.map((value) => {
    if (Number.isNaN(value)) return NaN;
    return scaling === "min-max" ? (value * unit - least * unit) / range : countBelow(sorted, value) / others;
  });
}

/** How many of the sorted values are below this one. */
function countBelow(sorted: Float64Array, value: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (sorted[middle] < value) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** Weights that sum to 1, and never above it: then no rounding lifts a score above 1, since rounding is monotone. */
function sharesOf(weights: readonly number[]): number[] {
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const shares = weights.map((weight) => weight / total);
  const largest = shares.indexOf(shares.reduce((a, b) => Math.max(a, b), 0));
  const excess = (): number => shares.reduce((sum, share) => sum + share, 0) - 1;
  // Half of it: taking all can end below 1. It is at least 2⁻⁵², more than the largest share can fail to resolve.
  while (excess() > 0) shares[largest] -= excess() / 2;
  return shares;
}

function weightedSum(
  ids: readonly string[],
  names: readonly string[],
  components: readonly Float64Array[],
  shares: readonly number[],
  notes: Note[],
): FeatureTable {
  const width = names.length + 1;
  const values = new Float64Array(ids.length * width);
  let incomplete = 0;
  for (let row = 0; row < ids.length; row++) {
    const missing = components.some((component) => Number.isNaN(component[row]));
    if (missing) incomplete++;
    const mine = missing ? sharesPresent(shares, components, row) : shares;
    let engagement = mine.some((share) => share > 0) ? 0 : NaN;
    for (let j = 0; j < components.length; j++) {
      const contribution = mine[j] * components[j][row];
      values[row * width + 1 + j] = contribution;
      if (!Number.isNaN(contribution)) engagement += contribution;
    }
    values[row * width] = engagement;
  }
  if (incomplete > 0) {
    const message = `${incomplete} customers lack a feature; their other features count more in proportion.`;
    notes.push({ code: "missing-features", message });
  }
  return { ids: [...ids], names: ["engagement", ...names.map((name) => `${name}Contribution`)], values };
}

/** The shares of the features that a customer has; all 0 when these have no weight. */
function sharesPresent(shares: readonly number[], components: readonly Float64Array[], row: number): number[] {
  const present = shares.map((share, j) => (Number.isNaN(components[j][row]) ? 0 : share));
  return present.some((share) => share > 0) ? sharesOf(present) : present;
}
