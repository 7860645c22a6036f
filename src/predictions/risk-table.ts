import { rowOrder } from "../numeric/row-order.ts";
import type { SurvivalRows } from "./survival-rows.ts";

/** How many were watched and how many had the event at each time at which one came: all that a survival curve needs. */
export interface RiskTable {
  /** Distinct times of events, from early to late. */
  readonly times: Float64Array;
  /** Weight of those who were watched and had not had the event just before each time. */
  readonly atRisk: Float64Array;
  /** Weight of those who had the event at it. */
  readonly events: Float64Array;
  /** Rows. */
  readonly customers: number;
  /** Weight of all events. */
  readonly totalEvents: number;
  /** Longest duration, of an event or not. */
  readonly longest: number;
}

/** Rows with what a curve may add to them. */
export interface WatchedRows extends SurvivalRows {
  /** How often each counts; undefined = once. */
  readonly weights: Float64Array | undefined;
  /** When each came under watch; undefined = at 0. */
  readonly entries: Float64Array | undefined;
}

/** The rows by duration, from short to long. */
export function byDuration({ durations }: SurvivalRows): Uint32Array {
  return rowOrder(durations, durations.length, 1);
}

/**
 * Counts who was at risk and who had the event.
 *
 * @param rows - the customers.
 * @param order - those to count, from short to long.
 * @returns one entry per distinct time of an event. Cost: a pass over the rows; with entries a sort of them.
 */
export function riskTable({ durations, events, weights, entries }: WatchedRows, order: Uint32Array): RiskTable {
  const late = entries === undefined ? undefined : Float64Array.from(order, (row) => entries[row]);
  const entryOrder = late === undefined ? undefined : rowOrder(late, late.length, 1);
  const counted = distinctEventTimes(durations, events, weights, order);
  const times = new Float64Array(counted);
  const atRisk = new Float64Array(counted);
  const came = new Float64Array(counted);
  let [watched, notYet, totalEvents, place, entry] = [0, 0, 0, counted, order.length - 1];
  // From late to early weights are only added, so that sums of whole numbers are exact and others lose little.
  for (let i = order.length - 1; i >= 0;) {
    const time = durations[order[i]];
    let here = 0;
    for (; i >= 0 && durations[order[i]] === time; i--) {
      const weight = weights === undefined ? 1 : weights[order[i]];
      watched += weight;
      if (events[order[i]] === 1) here += weight;
    }
    if (here === 0) continue;
    if (late !== undefined && entryOrder !== undefined) {
      for (; entry >= 0 && late[entryOrder[entry]] >= time; entry--) {
        notYet += weights === undefined ? 1 : weights[order[entryOrder[entry]]];
      }
    }
    place--;
    times[place] = time;
    atRisk[place] = Math.max(here, watched - notYet);
    came[place] = here;
    totalEvents += here;
  }
  const longest = order.length === 0 ? 0 : durations[order[order.length - 1]];
  return { times, atRisk, events: came, customers: order.length, totalEvents, longest };
}

function distinctEventTimes(
  durations: Float64Array,
  events: Uint8Array,
  weights: Float64Array | undefined,
  order: Uint32Array,
): number {
  let [count, last] = [0, -1];
  for (let i = 0; i < order.length; i++) {
    const row = order[i];
    if (events[row] === 0 || durations[row] === last || (weights !== undefined && weights[row] === 0)) continue;
    last = durations[row];
    count++;
  }
  return count;
}

/** The rows of each group in the given order; those without a group are left out. */
export function ordersByGroup(order: Uint32Array, codes: Int32Array, groups: number): Uint32Array[] {
  const sizes = new Uint32Array(groups);
  for (const code of codes) if (code >= 0) sizes[code]++;
  const orders = Array.from(sizes, (size) => new Uint32Array(size));
  const filled = new Uint32Array(groups);
  for (let i = 0; i < order.length; i++) {
    const code = codes[order[i]];
    if (code >= 0) orders[code][filled[code]++] = order[i];
  }
  return orders;
}
