/** How far forecasts were off. */
export interface ForecastFigures {
  /** Mean absolute error. */
  readonly mae: number;
  /** Root of the mean squared error. */
  readonly rmse: number;
  /** Mean of 200·|error| / (|actual| + |forecast|): a percentage between 0 and 200; 0 where both are 0. */
  readonly smape: number;
  /**
   * Mean of |error| over the mean absolute change from season to season before the origin: below 1 is better than the season before was
   * inside. Null where nothing changed before any origin.
   */
  readonly mase: number | null;
  /** Mean error, actual − forecast: above 0 the forecasts are too low. */
  readonly bias: number;
  /** Share of actual values inside the interval, by level in percent. */
  readonly coverage: Readonly<Record<number, number>>;
  /** Mean width of the intervals, by level in percent. */
  readonly width: Readonly<Record<number, number>>;
}

/** The forecasts of one method: origins × horizon, row-major. */
export interface ForecastGrid {
  readonly mean: Float64Array;
  /** One list per level. */
  readonly lower: readonly Float64Array[];
  readonly upper: readonly Float64Array[];
}

/**
 * Measures forecasts.
 *
 * @param actual - origins × horizon, row-major; NaN = missing, left out.
 * @param grid - what was forecast.
 * @param scales - mean absolute seasonal change before each origin.
 * @param levels - of the intervals, in percent.
 * @param cells - which cells count.
 */
export function forecastFigures(
  actual: Float64Array,
  grid: ForecastGrid,
  scales: Float64Array,
  levels: readonly number[],
  cells: readonly number[],
): ForecastFigures {
  const horizon = actual.length / scales.length;
  let [count, absolute, squares, percent, bias, scaled, scaledCount] = [0, 0, 0, 0, 0, 0, 0];
  const inside = levels.map(() => 0);
  const widths = levels.map(() => 0);
  for (const cell of cells) {
    const value = actual[cell];
    if (Number.isNaN(value)) continue;
    const expected = grid.mean[cell];
    const error = value - expected;
    count++;
    absolute += Math.abs(error);
    squares += error * error;
    bias += error;
    const size = Math.abs(value) + Math.abs(expected);
    if (size > 0) percent += (200 * Math.abs(error)) / size;
    const scale = scales[Math.floor(cell / horizon)];
    if (scale > 0) {
      scaled += Math.abs(error) / scale;
      scaledCount++;
    }
    for (let l = 0; l < levels.length; l++) {
      if (value >= grid.lower[l][cell] && value <= grid.upper[l][cell]) inside[l]++;
      widths[l] += grid.upper[l][cell] - grid.lower[l][cell];
    }
  }
  const byLevel = (sums: readonly number[]): Record<number, number> =>
    Object.fromEntries(levels.map((level, l) => [level, sums[l] / count]));
  return {
    mae: absolute / count,
    rmse: Math.sqrt(squares / count),
    smape: percent / count,
    mase: scaledCount > 0 ? scaled / scaledCount : null,
    bias: bias / count,
    coverage: byLevel(inside),
    width: byLevel(widths),
  };
}

/** Mean absolute change from season to season; 0 where none was seen. */
export function seasonalChange(values: Float64Array, period: number): number {
  let [sum, count] = [0, 0];
  for (let t = period; t < values.length; t++) {
    const change = Math.abs(values[t] - values[t - period]);
    if (Number.isNaN(change)) continue;
    sum += change;
    count++;
  }
  return count > 0 ? sum / count : 0;
}
