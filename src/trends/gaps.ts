// Gaps at the start of a series tell nothing; those inside are kept as NaN, and bridged only where a method needs a guess.

/** The series from its first value on, how many are missing after it, and the same with lines across the gaps. */
export interface GappedSeries {
  readonly values: Float64Array;
  readonly gaps: number;
  readonly bridged: Float64Array;
}

/** Takes a series apart; without any value all are empty. */
export function gappedSeries(series: Float64Array): GappedSeries {
  const first = series.findIndex((value) => !Number.isNaN(value));
  const values = first < 0 ? series.slice(0, 0) : series.slice(first);
  let gaps = 0;
  for (const value of values) if (Number.isNaN(value)) gaps++;
  return { values, gaps, bridged: gaps > 0 ? bridged(values) : values };
}

/** Lines across the gaps of a series that begins with a value; the last value goes on at the end. */
export function bridged(values: Float64Array): Float64Array {
  const result = values.slice();
  let before = -1;
  for (let t = 0; t <= result.length; t++) {
    if (t < result.length && Number.isNaN(values[t])) continue;
    for (let g = before + 1; g < t; g++) {
      const share = t === result.length ? 0 : (g - before) / (t - before);
      result[g] = values[before] + (share === 0 ? 0 : share * (values[t] - values[before]));
    }
    before = t;
  }
  return result;
}
