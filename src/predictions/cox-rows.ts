import { rowOrder } from "../numeric/row-order.ts";
import type { SurvivalRows } from "./survival-rows.ts";

/** How events at the same time share those at risk: by Efron's or by Breslow's approximation. */
export type Ties = "efron" | "breslow";

/** Rows of a Cox regression from short to long durations, features centered and divided by their deviation. */
export interface CoxRows {
  /** Rows that count. */
  readonly rows: number;
  /** Features. */
  readonly columns: number;
  /** Row-major. */
  readonly values: Float64Array;
  /** One per row; undefined = all 1. */
  readonly weights: Float64Array | undefined;
  /** 1 where the event came; at equal durations such rows come first. */
  readonly events: Uint8Array;
  /** The rows of each distinct duration: `starts[k]` to `starts[k + 1] − 1`. */
  readonly starts: Uint32Array;
  /** How many of these have the event. */
  readonly came: Uint32Array;
  /** The distinct durations. */
  readonly times: Float64Array;
  /** Weighted mean of each feature. */
  readonly means: Float64Array;
  /** Weighted standard deviation of each feature; 1 where it is 0, or its square would be. */
  readonly scale: Float64Array;
  /** The row of the table that each is. */
  readonly order: Uint32Array;
}

/**
 * Sorts rows once for all steps of a fit, so that each is read in the order in which customers come under risk.
 *
 * @param values - rows × columns, row-major, finite.
 * @param columns - features.
 * @param data - durations and events.
 * @param weights - rows of weight 0 are left out.
 * @returns a copy; `scale` is not finite where squares overflow.
 */
export function coxRows(
  values: Float64Array,
  columns: number,
  data: SurvivalRows,
  weights: Float64Array | undefined,
): CoxRows {
  const order = eventsFirst(data, weights);
  const rows = order.length;
  const kept = weights === undefined ? undefined : Float64Array.from(order, (row) => weights[row]);
  const sorted = new Float64Array(rows * columns);
  for (let i = 0, cell = 0; i < rows; i++) {
    const from = order[i] * columns;
    for (let j = 0; j < columns; j++, cell++) sorted[cell] = values[from + j];
  }
  const { means, scale } = standardize(sorted, columns, kept);
  return { rows, columns, values: sorted, weights: kept, means, scale, order, ...timesOf(data, order) };
}

/** Below it a deviation's square is no number, and the column as good as constant. */
const smallest = 1e-140;

/** Rows from short to long, at equal durations those with the event first. */
function eventsFirst({ durations, events }: SurvivalRows, weights: Float64Array | undefined): Uint32Array {
  const byTime = rowOrder(durations, durations.length, 1);
  const order = new Uint32Array(byTime.length);
  let [place, start] = [0, 0];
  while (start < byTime.length) {
    const time = durations[byTime[start]];
    let end = start + 1;
    while (end < byTime.length && durations[byTime[end]] === time) end++;
    for (let wanted = 1; wanted >= 0; wanted--) {
      for (let i = start; i < end; i++) {
        const row = byTime[i];
        if (events[row] === wanted && (weights === undefined || weights[row] > 0)) order[place++] = row;
      }
    }
    start = end;
  }
  return order.subarray(0, place);
}

function timesOf(
  { durations, events }: SurvivalRows,
  order: Uint32Array,
): Pick<CoxRows, "events" | "starts" | "came" | "times"> {
  const times: number[] = [];
  const starts: number[] = [];
  const came: number[] = [];
  const flags = new Uint8Array(order.length);
  for (let i = 0; i < order.length; i++) {
    const time = durations[order[i]];
    if (i === 0 || time !== times[times.length - 1]) {
      times.push(time);
      starts.push(i);
      came.push(0);
    }
    flags[i] = events[order[i]];
    came[came.length - 1] += flags[i];
  }
  starts.push(order.length);
  return {
    events: flags,
    starts: Uint32Array.from(starts),
    came: Uint32Array.from(came),
    times: Float64Array.from(times),
  };
}

/** Centers and scales in place: the first mean is that of rounded numbers far from 0, the second mends it. */
function standardize(
  values: Float64Array,
  columns: number,
  weights: Float64Array | undefined,
): Pick<CoxRows, "means" | "scale"> {
  const means = new Float64Array(columns);
  const total = weights === undefined ? values.length / columns : weights.reduce((sum, weight) => sum + weight, 0);
  for (let round = 0; round < 2; round++) {
    const shift = columnSums(values, columns, weights, false).map((sum) => sum / total);
    for (let cell = 0; cell < values.length;) for (let j = 0; j < columns; j++, cell++) values[cell] -= shift[j];
    for (let j = 0; j < columns; j++) means[j] += shift[j];
  }
  const scale = columnSums(values, columns, weights, true).map((sum) => {
    const deviation = Math.sqrt(sum / total);
    return deviation > smallest ? deviation : 1;
  });
  for (let cell = 0; cell < values.length;) for (let j = 0; j < columns; j++, cell++) values[cell] /= scale[j];
  return { means, scale };
}

/** Weighted sum of each column, or of its squares. */
function columnSums(
  values: Float64Array,
  columns: number,
  weights: Float64Array | undefined,
  squared: boolean,
): Float64Array {
  const sums = new Float64Array(columns);
  for (let row = 0, cell = 0; cell < values.length; row++) {
    const weight = weights === undefined ? 1 : weights[row];
    for (let j = 0; j < columns; j++, cell++)
      sums[j] += weight * (squared ? values[cell] * values[cell] : values[cell]);
  }
  return sums;
}
