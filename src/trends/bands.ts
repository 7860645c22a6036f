import { normal } from "../numeric/distributions.ts";

/** What is expected of each step, with the ends of an interval per level. */
export interface Bands {
  readonly mean: Float64Array;
  /** Standard errors of the values to come, without those of the estimates. */
  readonly standardErrors: Float64Array;
  /** One list per level. */
  readonly lower: readonly Float64Array[];
  readonly upper: readonly Float64Array[];
}

/** Intervals of a normal distribution. */
export function normalBands(mean: Float64Array, standardErrors: Float64Array, levels: readonly number[]): Bands {
  const widths = levels.map((level) => normal.upperQuantile((1 - level / 100) / 2));
  return {
    mean,
    standardErrors,
    lower: widths.map((z) => mean.map((value, h) => value - z * standardErrors[h])),
    upper: widths.map((z) => mean.map((value, h) => value + z * standardErrors[h])),
  };
}
