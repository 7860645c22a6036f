import type { ModelHeader } from "../core/model.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import { normal } from "../numeric/distributions.ts";
import { exp } from "../numeric/elementary.ts";
import { readWeights, weightsOption } from "../tables/weights.ts";
import { byDuration, riskTable } from "./risk-table.ts";
import { entriesOption, type EventFlags, readEntries, readSurvivalRows } from "./survival-rows.ts";

/** Options of {@link fitNelsonAalen}. */
export interface FitNelsonAalenOptions {
  /** Confidence of the intervals; default 0.95. */
  readonly level?: number | undefined;
  /** How often each customer counts, ≥ 0. Default: once. */
  readonly weights?: Float64Array | readonly number[] | undefined;
  /** The duration at which each customer came under watch, below its own duration. Default: 0 for all. */
  readonly entries?: ArrayLike<number> | undefined;
}

/** How much risk has piled up after how long; lists have an entry per time of an event. Learned by {@link fitNelsonAalen}. */
export interface NelsonAalenModel extends ModelHeader {
  /** What this is. */
  readonly kind: "nelson-aalen";
  /** Version of the layout. */
  readonly version: 1;
  /** Customers. */
  readonly customers: number;
  /** Weight of those for whom the event came; their number without weights. */
  readonly totalEvents: number;
  /** Longest duration that was watched. */
  readonly longest: number;
  /** Confidence of the intervals. */
  readonly level: number;
  /** Distinct times at which the event came, from early to late. */
  readonly times: readonly number[];
  /** Cumulative hazard up to and including each time: events expected per customer who is always at risk. */
  readonly cumulativeHazard: readonly number[];
  /** Standard error of each. */
  readonly standardErrors: readonly number[];
  /** Lower limit of each, on the logarithmic scale. */
  readonly lower: readonly number[];
  /** Upper limit of each. */
  readonly upper: readonly number[];
  /** How many were watched and without the event just before each time. */
  readonly atRisk: readonly number[];
  /** For how many the event came at each time. */
  readonly events: readonly number[];
}

/** Option table of {@link fitNelsonAalen}. */
export const fitNelsonAalenOptions: OptionTable<FitNelsonAalenOptions, "weights" | "entries"> = {
  level: real({ above: 0, below: 1, default: 0.95 }),
  weights: weightsOption(),
  entries: entriesOption(),
};

/**
 * Learns when the risk of an event is high: its cumulative hazard is steep where many of those still there have the event, and
 * straight where the risk does not depend on how long they have been there.
 *
 * @param durations - how long each customer was watched, ≥ 0, in any one unit.
 * @param events - 1 or true where the event came at the end of that time, 0 or false where it had not come yet (censored).
 * @param options - see {@link FitNelsonAalenOptions}.
 * @returns the cumulative hazard with an entry per distinct time of an event, and its interval by the logarithm. A note
 * `no-events` says that none came.
 * @throws {ClienteleError} as `fitKaplanMeier`. Cost: a sort.
 * @example
 * fitNelsonAalen([2, 3, 3, 5, 8, 8], [1, 1, 0, 1, 0, 0]).cumulativeHazard; // [0.167, 0.367, 0.7]
 * @see Nelson (1972); Aalen (1978); Klein & Moeschberger (2003), "Survival Analysis", sections 4.2 and 4.3.
 */
export function fitNelsonAalen(
  durations: ArrayLike<number>,
  events: EventFlags,
  options?: FitNelsonAalenOptions,
): NelsonAalenModel {
  const caller = "fitNelsonAalen";
  const read = readOptions(caller, fitNelsonAalenOptions, options);
  const rows = readSurvivalRows(caller, durations, events);
  const weights = readWeights(caller, read.weights, rows.durations.length);
  const watched = { ...rows, weights, entries: readEntries(caller, read.entries, rows.durations) };
  const table = riskTable(watched, byDuration(rows));
  const z = normal.upperQuantile((1 - read.level) / 2);
  const cumulativeHazard: number[] = [];
  const standardErrors: number[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  let [hazard, variance] = [0, 0];
  for (let i = 0; i < table.times.length; i++) {
    const [came, atRisk] = [table.events[i], table.atRisk[i]];
    hazard += came / atRisk;
    variance += came / (atRisk * atRisk);
    const error = Math.sqrt(variance);
    cumulativeHazard.push(hazard);
    standardErrors.push(error);
    lower.push(hazard * exp((-z * error) / hazard));
    upper.push(hazard * exp((z * error) / hazard));
  }
  const message = "The event came for nobody: no hazard was seen as far as anyone was watched.";
  return {
    kind: "nelson-aalen",
    version: 1,
    features: [],
    notes: table.totalEvents === 0 ? [{ code: "no-events", message }] : [],
    customers: table.customers,
    totalEvents: table.totalEvents,
    longest: table.longest,
    level: read.level,
    times: Array.from(table.times),
    cumulativeHazard,
    standardErrors,
    lower,
    upper,
    atRisk: Array.from(table.atRisk),
    events: Array.from(table.events),
  };
}
