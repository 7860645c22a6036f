import type { ControlSignal } from "./control-rules.ts";

/**
 * The exponentially weighted moving average, from a start at the center, and its standard deviation in those of a point:
 * √(λ/(2 − λ)·(1 − (1 − λ)²ᵗ)) at the t-th point. A gap has no average and leaves the last one.
 *
 * @see Roberts (1959); NIST/SEMATECH e-Handbook, section 6.3.2.4, without the term for the start.
 */
export function averagePoints(
  values: Float64Array,
  center: number,
  lambda: number,
): { readonly statistic: Float64Array; readonly spread: Float64Array } {
  const statistic = new Float64Array(values.length).fill(NaN);
  const spread = new Float64Array(values.length);
  const kept = (1 - lambda) * (1 - lambda);
  let average = 0;
  let left = 1;
  for (let i = 0; i < values.length; i++) {
    const known = !Number.isNaN(values[i]);
    if (known) {
      // Kept as a distance from the center: far from 0 the digits of the average are those of the changes.
      average += lambda * (values[i] - center - average);
      left *= kept;
      statistic[i] = center + average;
    }
    // Before the first point the limits are those that it will have.
    spread[i] = Math.sqrt((lambda / (2 - lambda)) * (1 - (left === 1 ? kept : left)));
  }
  return { statistic, spread };
}

/** Both sums of a tabular CUSUM. */
export interface ControlSums {
  readonly high: Float64Array;
  readonly low: Float64Array;
  readonly signals: ControlSignal[];
}

/**
 * The tabular CUSUM of both sides: how far the values have drifted above center + reference, and below center − reference, since they last
 * did not. A gap leaves the sums as they are.
 *
 * @param values - measurements; NaN = gap.
 * @param chart - reference value and decision interval in the units of the values; after a signal both sums begin again if asked.
 * @see Page (1954); Montgomery (2009), section 9.1, for the sums and for where the change began.
 */
export function sumPoints(
  values: Float64Array,
  chart: { readonly center: number; readonly reference: number; readonly interval: number; readonly reset: boolean },
): ControlSums {
  const { center, reference, interval, reset } = chart;
  const high = new Float64Array(values.length).fill(NaN);
  const low = new Float64Array(values.length).fill(NaN);
  const signals: ControlSignal[] = [];
  let [above, below, aboveSince, belowSince] = [0, 0, 0, 0];
  for (let i = 0; i < values.length; i++) {
    if (Number.isNaN(values[i])) continue;
    const distance = values[i] - center;
    if (above === 0) aboveSince = i;
    if (below === 0) belowSince = i;
    above = Math.max(0, above + distance - reference);
    below = Math.max(0, below - distance - reference);
    high[i] = above;
    low[i] = below;
    if (above > interval) signals.push({ index: i, rule: "limits", side: "above", since: aboveSince });
    if (below > interval) signals.push({ index: i, rule: "limits", side: "below", since: belowSince });
    if (reset && (above > interval || below > interval)) above = below = 0;
  }
  return { high, low, signals };
}
