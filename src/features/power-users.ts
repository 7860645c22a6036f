import { describeCell, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { integer, type OptionTable, readOptions, real, text } from "../core/options.ts";
import { median, wholeIfNear } from "../numeric/quantile.ts";
import { sumOf } from "../numeric/sums.ts";
import { type Concentration, concentrationOf } from "../numeric/concentration.ts";
import { finiteColumn, sortedPresent } from "../tables/columns.ts";
import { checkTable, featureIndex, type FeatureTable } from "../tables/feature-table.ts";

/** Options of {@link measurePowerUsers}. */
export interface MeasurePowerUsersOptions {
  /** The feature that makes a power user; default `"activeDays"`. */
  readonly by?: string | undefined;
  /** The share of customers that are power users, above 0 and below 1; default 0.1. Not together with `atLeast`. */
  readonly topShare?: number | undefined;
  /** The least value of a power user, such as 10 active days, in place of a share. */
  readonly atLeast?: number | undefined;
  /** Days of the window in which active days were counted: how far the histogram reaches; default 28. */
  readonly windowDays?: number | undefined;
}

/** How one number is spread over customers; null of no customer. */
export interface UsageSpread {
  /** The mean. */
  readonly mean: number | null;
  /** The middle one. */
  readonly median: number | null;
  /** The greatest. */
  readonly max: number | null;
}

/** Result of {@link measurePowerUsers}. */
export interface PowerUsersReport extends Concentration {
  /** The feature that made power users. */
  readonly by: string;
  /** Customers who have it; the others are not counted. */
  readonly customers: number;
  /** How many are power users. */
  readonly powerUsers: number;
  /** `powerUsers / customers`; null of no customer. */
  readonly share: number | null;
  /** The share of all of `by` that is the power users'; null when there is none. */
  readonly shareOfUse: number | null;
  /** The least value that makes a power user; null when nobody can be one. */
  readonly threshold: number | null;
  /** 1 for each row of the table that is a power user, 0 for the others. */
  readonly isPowerUser: Uint8Array;
  /** Distinct features per customer; null when the table has no `breadth`. */
  readonly breadth: UsageSpread | null;
  /** Events per customer; null when the table has no `depth`. */
  readonly depth: UsageSpread | null;
  /** How many customers were active on exactly 0, 1, 2, … days; null when the table has no `activeDays`. */
  readonly activeDays: readonly number[] | null;
  /** Mean of every feature of the table among power users and among the others: what sets them apart. */
  readonly features: readonly {
    /** Name of the feature. */
    readonly feature: string;
    /** Mean among power users; null of nobody. */
    readonly powerUsers: number | null;
    /** Mean among the others; null of nobody. */
    readonly others: number | null;
  }[];
  /** Ties at the threshold, customers without a value, a histogram longer than the window. */
  readonly notes: readonly Note[];
}

/** Option table of {@link measurePowerUsers}. */
export const measurePowerUsersOptions: OptionTable<MeasurePowerUsersOptions, "topShare" | "atLeast"> = {
  by: text({ default: "activeDays" }),
  topShare: real({ above: 0, below: 1, optional: true }),
  atLeast: real({ above: 0, optional: true }),
  windowDays: integer({ min: 1, max: 36_525, default: 28 }),
};

const defaultTopShare = 0.1;

/**
 * Finds the customers who use a product most, and says how unequal its use is.
 *
 * Power users are the top share of the customers by one feature, or all who reach a number. Equal customers are never
 * split: with ties at the threshold there are more than asked for. Nobody is a power user with a 0. The table usually
 * comes from {@link deriveUsage} with `windowDays: 28`; then `activeDays` is the L28 histogram of product analytics.
 *
 * `gini` is 0 when all use equally much and nears 1 when one does everything; `lorenz` says which share of the use falls
 * to the share of the customers who use least.
 *
 * @param usage - one row per customer, NaN = missing; features named `breadth`, `depth`, `activeDays` are described.
 * @param options - see {@link MeasurePowerUsersOptions}.
 * @returns the threshold and who reaches it, with the evidence.
 * @throws {ClienteleError} `invalid-option` for an unknown feature, or both rules at once; `invalid-value` for a value that
 * is infinite or below 0, and for active days that are no whole number. Cost: a few sorts.
 * @example
 * const usage = fromMatrix([[1], [2], [2], [20]], { names: ["activeDays"], ids: ["ann", "bob", "eve", "sam"] });
 * const report = measurePowerUsers(usage, { topShare: 0.25 });
 * report.threshold; // 20
 * report.isPowerUser; // Uint8Array [0, 0, 0, 1]
 * report.gini; // 0.57
 * @see Gini (1912); Lorenz (1905).
 */
export function measurePowerUsers(usage: FeatureTable, options?: MeasurePowerUsersOptions): PowerUsersReport {
  const caller = "measurePowerUsers";
  const { by, topShare, atLeast, windowDays } = readOptions(caller, measurePowerUsersOptions, options);
  if (topShare !== undefined && atLeast !== undefined) {
    refuse(caller, "invalid-option", "options.topShare", "absent when atLeast is given", "both");
  }
  checkTable(caller, usage, "usage");
  const notes: Note[] = [];
  const values = amounts(caller, usage, featureIndex(caller, usage, "options.by", by));
  const sorted = sortedPresent(values);
  const threshold = atLeast ?? thresholdOf(sorted, topShare ?? defaultTopShare, notes);
  const isPowerUser = Uint8Array.from(values, (value) => (threshold !== null && value >= threshold ? 1 : 0));
  const powerUsers = isPowerUser.reduce((sum, one) => sum + one, 0);
  const missing = values.length - sorted.length;
  if (missing > 0) {
    const message = `${missing} customers have no ${by} and are not counted.`;
    notes.push({ code: "missing-values", message });
  }
  // Added from low to high: neither the order of the rows nor rounding makes a part larger than the whole.
  const total = sumOf(sorted);
  const theirs = sumOf(sorted.filter((value) => threshold !== null && value >= threshold));
  return {
    by,
    customers: sorted.length,
    powerUsers,
    share: sorted.length > 0 ? powerUsers / sorted.length : null,
    shareOfUse: total > 0 ? theirs / total : null,
    threshold,
    isPowerUser,
    breadth: spreadOf(caller, usage, "breadth"),
    depth: spreadOf(caller, usage, "depth"),
    activeDays: histogramOf(caller, usage, windowDays, notes),
    ...concentrationOf(caller, "usage", sorted),
    features: usage.names.map((feature, j) => ({ feature, ...groupMeans(caller, usage, j, isPowerUser, values) })),
    notes,
  };
}

/** A column of the table whose cells are at least 0 or missing. */
function amounts(caller: string, usage: FeatureTable, index: number): Float64Array {
  const column = finiteColumn(caller, "usage", usage, index);
  column.forEach((value, row) => {
    if (value < 0) refuse(caller, "invalid-value", `usage.values[${row}, ${index}]`, "at least 0", describeCell(value));
  });
  return column;
}

/** The value that the top share reaches: never 0, and the same for equal customers. */
function thresholdOf(sorted: Float64Array, topShare: number, notes: Note[]): number | null {
  const wanted = Math.ceil(wholeIfNear(sorted.length * topShare));
  const firstUser = sorted.findIndex((value) => value > 0);
  if (firstUser < 0) {
    if (sorted.length > 0)
      notes.push({ code: "no-use", message: "No customer has more than 0: there are no power users." });
    return null;
  }
  const at = sorted.length - wanted;
  if (at < firstUser) {
    const message = `Fewer customers than the top share have more than 0: all ${sorted.length - firstUser} are power users.`;
    notes.push({ code: "fewer-users", message });
    return sorted[firstUser];
  }
  const reaching = sorted.length - sorted.indexOf(sorted[at]);
  if (reaching > wanted) {
    const message = `${reaching} customers reach the threshold, where ${wanted} are the top share; equal ones are never split.`;
    notes.push({ code: "ties", message });
  }
  return sorted[at];
}

function spreadOf(caller: string, usage: FeatureTable, feature: string): UsageSpread | null {
  const index = usage.names.indexOf(feature);
  if (index < 0) return null;
  const sorted = sortedPresent(finiteColumn(caller, "usage", usage, index));
  if (sorted.length === 0) return { mean: null, median: null, max: null };
  return { mean: meanOf(sorted), median: median(sorted), max: sorted[sorted.length - 1] };
}

const mostDays = 1_000_000;

function histogramOf(caller: string, usage: FeatureTable, windowDays: number, notes: Note[]): number[] | null {
  const index = usage.names.indexOf("activeDays");
  if (index < 0) return null;
  const days = finiteColumn(caller, "usage", usage, index);
  const counts = new Array<number>(windowDays + 1).fill(0);
  days.forEach((value, row) => {
    if (Number.isNaN(value)) return;
    if (!Number.isInteger(value) || value < 0 || value > mostDays) {
      const path = `usage.values[${row}, ${index}]`;
      refuse(caller, "invalid-value", path, "a whole number of days", describeCell(value));
    }
    while (counts.length <= value) counts.push(0);
    counts[value]++;
  });
  if (counts.length > windowDays + 1) {
    const message = `Customers have up to ${counts.length - 1} active days: the usage was not counted in ${windowDays} days.`;
    notes.push({ code: "longer-window", message });
  }
  return counts;
}

/** Means of one feature among power users and among the other customers who are counted. */
function groupMeans(
  caller: string,
  usage: FeatureTable,
  index: number,
  isPowerUser: Uint8Array,
  counted: Float64Array,
): { readonly powerUsers: number | null; readonly others: number | null } {
  const column = finiteColumn(caller, "usage", usage, index);
  const means = [0, 1].map((group) => {
    const mine = column.filter((value, row) => isPowerUser[row] === group && !Number.isNaN(value + counted[row]));
    return meanOf(mine);
  });
  return { powerUsers: means[1], others: means[0] };
}

function meanOf(values: Float64Array): number | null {
  return values.length === 0 ? null : sumOf(values) / values.length;
}
