import { exp, expm1, log, log1p } from "../numeric/elementary.ts";

/** How the effect of spend levels off. */
export type Saturation = "none" | "log" | "hill" | "logistic";

/** What turns the spend of one channel into its pressure on sales. */
export interface SpendShape {
  /** Share of the pressure that is left after one period, in [0, 1). */
  readonly decay: number;
  /** Spend per period, kept up, that has half of the full effect; with `"log"` the spend that has log 2. */
  readonly halfSaturation: number;
  /** Above 1 small spend has hardly any effect (an S); used by `"hill"` only. */
  readonly slope: number;
}

const logThree = 1.0986122886681098;

/**
 * Carries spend over to later periods: pressure = (1 − decay) · spend + decay · pressure before. Spend that is kept up ends as a
 * pressure of the same size, so a saturation is read in spend per period.
 *
 * @param values - row-major, one row per period.
 * @param columns - number of channels.
 * @param channel - which one.
 * @param decay - in [0, 1).
 * @returns one pressure per period; before the first one nothing was spent.
 */
export function carriedOver(values: Float64Array, columns: number, channel: number, decay: number): Float64Array {
  const pressure = new Float64Array(values.length / columns);
  let before = 0;
  for (let t = 0; t < pressure.length; t++) {
    before = (1 - decay) * values[t * columns + channel] + decay * before;
    pressure[t] = before;
  }
  return pressure;
}

/** The effect of a pressure, before the coefficient: 0 at 0. */
export function saturated(saturation: Saturation, pressure: number, { halfSaturation, slope }: SpendShape): number {
  if (saturation === "none") return pressure;
  if (!(pressure > 0)) return 0;
  if (saturation === "log") return log1p(pressure / halfSaturation);
  if (saturation === "hill") return 1 / (1 + exp(slope * (log(halfSaturation) - log(pressure))));
  const x = (logThree * pressure) / halfSaturation;
  return -expm1(-x) / (1 + exp(-x));
}

/** By how much the effect rises with one unit of pressure. */
export function steepness(saturation: Saturation, pressure: number, shape: SpendShape): number {
  const { halfSaturation, slope } = shape;
  if (saturation === "none") return 1;
  // At 0 an S begins flat and its opposite upright; a billionth of the half says which.
  const from = Math.max(pressure, halfSaturation * 1e-9);
  if (saturation === "log") return 1 / (halfSaturation + from);
  const effect = saturated(saturation, from, shape);
  if (saturation === "hill") return (slope * effect * (1 - effect)) / from;
  return ((logThree / halfSaturation) * (1 - effect * effect)) / 2;
}
