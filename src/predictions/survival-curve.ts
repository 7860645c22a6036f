import { normal } from "../numeric/distributions.ts";
import { exp, log1p } from "../numeric/elementary.ts";
import type { RiskTable } from "./risk-table.ts";

/** How long customers stay on average, counting up to a horizon. */
export interface RestrictedMean {
  /** Up to when it counts. */
  readonly horizon: number;
  /** The mean, the area under the curve. */
  readonly mean: number;
  /** Its standard error. */
  readonly standardError: number;
  /** Its interval. */
  readonly interval: readonly [number, number];
}

/** A survival curve: a step down at each time of an event. Lists have an entry per such time. */
export interface SurvivalCurve {
  /** Customers. */
  readonly customers: number;
  /** Weight of those for whom the event came; their number without weights. */
  readonly totalEvents: number;
  /** Longest duration that was watched: up to here the curve is known. */
  readonly longest: number;
  /** Distinct times at which the event came, from early to late. */
  readonly times: readonly number[];
  /** Share for whom it has not come up to and including each time. */
  readonly survival: readonly number[];
  /** Greenwood's standard error of each share; 0 where the curve is 0. */
  readonly standardErrors: readonly number[];
  /** Lower limit of each share, by the log-log interval; 0 where the curve is 0. */
  readonly lower: readonly number[];
  /** Upper limit of each share; where the curve is 0 that of the time before, or 1. */
  readonly upper: readonly number[];
  /** How many were watched and without the event just before each time. */
  readonly atRisk: readonly number[];
  /** For how many the event came at each time. */
  readonly events: readonly number[];
  /** The first time at which at most half are left; null when more than half are left at the end. */
  readonly median: number | null;
  /** The first times at which the lower and the upper limit are at most one half; null where they never are. */
  readonly medianInterval: readonly [number | null, number | null];
  /** The mean duration up to a horizon. */
  readonly restrictedMean: RestrictedMean;
}

/** Makes a survival curve from who was at risk and who had the event. */
export function curveOf(table: RiskTable, level: number, horizon: number): SurvivalCurve {
  const { times, atRisk, events } = table;
  const z = normal.upperQuantile((1 - level) / 2);
  const survival: number[] = [];
  const standardErrors: number[] = [];
  const lower: number[] = [];
  const upper: number[] = [];
  let [share, logShare, spread] = [1, 0, 0];
  for (let i = 0; i < times.length; i++) {
    const left = atRisk[i] - events[i];
    if (left > 0 && share > 0) {
      share *= left / atRisk[i];
      logShare += log1p(-events[i] / atRisk[i]);
      spread += events[i] / (atRisk[i] * left);
      // On the scale log(−log S): S to the power e^±z·se stays in [0, 1].
      const reach = (z * Math.sqrt(spread)) / -logShare;
      lower.push(exp(logShare * exp(reach)));
      upper.push(exp(logShare * exp(-reach)));
    } else {
      share = 0;
      lower.push(0);
      upper.push(upper.length === 0 ? 1 : upper[upper.length - 1]);
    }
    survival.push(share);
    standardErrors.push(share * Math.sqrt(spread));
  }
  return {
    customers: table.customers,
    totalEvents: table.totalEvents,
    longest: table.longest,
    times: Array.from(times),
    survival,
    standardErrors,
    lower,
    upper,
    atRisk: Array.from(atRisk),
    events: Array.from(events),
    median: firstHalf(times, survival),
    medianInterval: [firstHalf(times, lower), firstHalf(times, upper)],
    restrictedMean: restrictedMean(table, survival, z, horizon),
  };
}

/** Shares of one half carry rounding from the product. */
const half = 0.5 + 1e-12;

function firstHalf(times: Float64Array, shares: readonly number[]): number | null {
  const place = shares.findIndex((share) => share <= half);
  return place < 0 ? null : times[place];
}

/** The area under the curve, and what chance adds to it: from the last step to the first, because a step moves all after it. */
function restrictedMean(
  { times, atRisk, events }: RiskTable,
  survival: readonly number[],
  z: number,
  horizon: number,
): RestrictedMean {
  let [area, variance, end] = [0, 0, horizon];
  for (let i = times.length - 1; i >= 0; i--) {
    if (times[i] > horizon) continue;
    area += survival[i] * (end - times[i]);
    end = times[i];
    const left = atRisk[i] - events[i];
    if (left > 0) variance += (area * area * events[i]) / (atRisk[i] * left);
  }
  const mean = area + end;
  const standardError = Math.sqrt(variance);
  return { horizon, mean, standardError, interval: [mean - z * standardError, mean + z * standardError] };
}
