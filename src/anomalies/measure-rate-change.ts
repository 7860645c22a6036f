import { dayMs } from "../core/durations.ts";
import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { instant, type OptionTable, readOptions, real, textOrTexts } from "../core/options.ts";
import { adjusted } from "../numeric/adjust.ts";
import { exp } from "../numeric/elementary.ts";
import { logIncompleteBeta, shareOfOdds } from "../numeric/incomplete-beta.ts";
import { checkLog, type EventLog } from "../tables/event-log.ts";

/** Options of {@link measureRateChange}. */
export interface MeasureRateChangeOptions {
  /** The instant of the analysis in epoch milliseconds, UTC; later events do not count, events at it do. */
  readonly asOf: number;
  /** Length of the own history before the recent days, in days of 24 hours. */
  readonly baselineDays: number;
  /** Length of the recent past up to `asOf`, in days of 24 hours. */
  readonly recentDays: number;
  /** Types of events that count; all when absent. */
  readonly event?: string | readonly string[] | undefined;
  /** The share of false findings to live with among the customers called changed; default 0.05. */
  readonly falseDiscoveryRate?: number | undefined;
}

/** Option table of {@link measureRateChange}. */
export const measureRateChangeOptions: OptionTable<MeasureRateChangeOptions, "event"> = {
  asOf: instant(),
  baselineDays: real({ above: 0 }),
  recentDays: real({ above: 0 }),
  event: textOrTexts({ optional: true }),
  falseDiscoveryRate: real({ above: 0, below: 1, default: 0.05 }),
};

/** One customer's recent rate against the own history. */
export interface CustomerRateChange {
  /** The customer. */
  readonly id: string;
  /** Events in the recent days. */
  readonly recentCount: number;
  /** Events of the own history: in the baseline days, after the first event if that lies within them. */
  readonly baselineCount: number;
  /** Days of the baseline in which the customer was one: all, or those since the first event. */
  readonly exposureDays: number;
  /** What the recent days would hold at the rate of the history. */
  readonly expectedCount: number;
  /** Recent rate / rate of the history; null where the history has no event. */
  readonly rateRatio: number | null;
  /** Which way the rate went. */
  readonly direction: "up" | "down" | "none";
  /** The chance of a recent count at least as far off as this one, either way, had the rate stayed the same. */
  readonly pValue: number;
  /** The same adjusted for the number of customers by Benjamini and Hochberg. */
  readonly adjustedPValue: number;
  /** True when `adjustedPValue` is at most the false discovery rate. */
  readonly changed: boolean;
}

/** Result of {@link measureRateChange}. */
export interface RateChangeReport {
  /** Every customer with a history, in the order of the log. */
  readonly customers: readonly CustomerRateChange[];
  /** How many of them changed. */
  readonly changed: number;
  /** Customers whose first event lies in the recent days: there is nothing to hold them against. */
  readonly withoutHistory: number;
  /** The note `many-changes` says that the rates of many moved at once, or that events come in bursts. */
  readonly notes: readonly Note[];
}

/**
 * Finds customers who do much more or much less than they used to: signs of fraud, of churn, of a new need. Each is held
 * against the own history, so a rare visitor is not odd beside a frequent one.
 *
 * The events of a customer come at a rate that is not known; its uncertainty after b events in the history is a gamma
 * distribution, and the recent count then negative binomial. With the shape b + 1 for too many and b for too few the
 * p-value is that of the exact test of two Poisson rates: few events cannot make it small. Twice the smaller tail counts both ways,
 * and Benjamini and Hochberg's adjustment keeps the share of false findings.
 *
 * The recent days are (asOf − recentDays, asOf], the baseline the days before them. For a customer who came during the
 * baseline the history begins at the first event, which itself does not count: it would make everybody's rate too high.
 * Count what comes one by one (orders, visits), not the clicks within a visit: bursts look like changes.
 *
 * @param log - events; only those at or before `asOf` are read.
 * @param options - see {@link MeasureRateChangeOptions}.
 * @returns one entry per customer with a history, and how many have changed.
 * @throws {ClienteleError} `invalid-option` when the windows reach back beyond the first date there is. Cost: one pass, and
 * a tail of about a microsecond a customer.
 * @example
 * const day = 86_400_000;
 * const time = [...Array.from({ length: 30 }, (_, week) => 7 * week * day), ...Array.from({ length: 12 }, (_, i) => (210 + i) * day)];
 * const { log } = readEventColumns({ customer: time.map(() => "a"), type: time.map(() => "order"), time });
 * const { customers } = measureRateChange(log, { asOf: 222 * day, baselineDays: 208, recentDays: 14 });
 * customers[0].expectedCount; // 1.95
 * customers[0].direction; // "up"
 * customers[0].pValue < 0.001; // true
 * @see Przyborowski & Wilenski (1940), "Homogeneity of results in testing samples from Poisson series"; Benjamini &
 * Hochberg (1995).
 */
export function measureRateChange(log: EventLog, options: MeasureRateChangeOptions): RateChangeReport {
  const caller = "measureRateChange";
  const read = readOptions(caller, measureRateChangeOptions, options);
  checkLog(caller, log);
  const { asOf, recentDays, baselineDays } = read;
  const recentFrom = asOf - recentDays * dayMs;
  const baselineFrom = recentFrom - baselineDays * dayMs;
  if (!(baselineFrom >= -8.64e15)) {
    refuse(caller, "invalid-option", "options.baselineDays", "windows within the years of a date", "longer ones");
  }
  const counted = countedTypes(log, read.event);
  const { starts } = log.byCustomer;
  const histories: History[] = [];
  let withoutHistory = 0;
  for (let customer = 0; customer + 1 < starts.length; customer++) {
    let first = NaN;
    let baselineCount = 0;
    let recentCount = 0;
    for (let row = starts[customer]; row < starts[customer + 1] && log.time[row] <= asOf; row++) {
      if (!counted[log.type.codes[row]]) continue;
      const time = log.time[row];
      // The event that opens a history within the baseline belongs to its condition, not to its count.
      if (Number.isNaN(first)) {
        first = time;
        if (time > baselineFrom) {
          if (time >= recentFrom) break;
          continue;
        }
      }
      if (time > recentFrom) recentCount++;
      else if (time > baselineFrom) baselineCount++;
    }
    if (Number.isNaN(first)) continue;
    if (first >= recentFrom) {
      withoutHistory++;
      continue;
    }
    const exposureDays = (recentFrom - Math.max(first, baselineFrom)) / dayMs;
    histories.push({ id: log.customer.names[customer], recentCount, baselineCount, exposureDays });
  }
  return reportOf(histories, withoutHistory, recentDays, read.falseDiscoveryRate);
}

type History = Pick<CustomerRateChange, "id" | "recentCount" | "baselineCount" | "exposureDays">;

/** Per code of a type whether it counts. */
function countedTypes(log: EventLog, event: string | readonly string[] | undefined): boolean[] {
  if (event === undefined) return log.type.names.map(() => true);
  const wanted = new Set(typeof event === "string" ? [event] : event);
  return log.type.names.map((name) => wanted.has(name));
}

function reportOf(
  histories: readonly History[],
  withoutHistory: number,
  recentDays: number,
  falseDiscoveryRate: number,
): RateChangeReport {
  const pValues = histories.map((history) => pValueOf(history, recentDays));
  const adjustedPValues = adjusted(pValues, "bh");
  let changed = 0;
  const customers = histories.map((history, i): CustomerRateChange => {
    const { recentCount, baselineCount, exposureDays } = history;
    const expectedCount = baselineCount * (recentDays / exposureDays);
    const adjustedPValue = adjustedPValues[i] ?? 1;
    const isChanged = adjustedPValue <= falseDiscoveryRate;
    if (isChanged) changed++;
    return {
      ...history,
      expectedCount,
      rateRatio: baselineCount === 0 ? null : (recentCount / baselineCount) * (exposureDays / recentDays),
      direction: recentCount > expectedCount ? "up" : recentCount < expectedCount ? "down" : "none",
      pValue: pValues[i],
      adjustedPValue,
      changed: isChanged,
    };
  });
  return { customers, changed, withoutHistory, notes: notesOf(pValues) };
}

/** Twice the tail on the side where the recent count lies; the other tail is more than a half. */
function pValueOf({ recentCount, baselineCount, exposureDays }: History, recentDays: number): number {
  const [recent, expected] = [recentCount * exposureDays, baselineCount * recentDays];
  if (recent === expected) return 1;
  const [a, b, forA, forB] =
    recent > expected
      ? [recentCount, baselineCount + 1, recentDays, exposureDays]
      : [baselineCount, recentCount + 1, exposureDays, recentDays];
  return Math.min(1, 2 * exp(logIncompleteBeta(a, b, shareOfOdds(a, b, forA, forB), false)));
}

/** So many customers, and this share of them far off, are more than chance. */
const manyCustomers = 20;
const manyShare = 0.25;

function notesOf(pValues: readonly number[]): Note[] {
  const count = pValues.filter((p) => p <= 0.05).length;
  if (pValues.length < manyCustomers || count <= manyShare * pValues.length) return [];
  const message =
    `${count} of ${pValues.length} customers have a p-value of at most 0.05: either a season or a campaign moved many at ` +
    "once, or the events come in bursts and should be counted as visits or orders.";
  return [{ code: "many-changes", message }];
}
