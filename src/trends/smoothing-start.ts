import type { SmoothingForm, SmoothingState } from "./smoothing-recursion.ts";

/** A start and the first value that is forecast from it. */
export interface SmoothingStart {
  readonly from: number;
  readonly state: SmoothingState;
}

/** Which parts of a form a classical decomposition looks at. */
type SeasonalForm = Pick<SmoothingForm, "period" | "seasonal">;

/**
 * Where the components start, as R's HoltWinters has it: with a season from the classical decomposition of the first two seasons
 * (level and slope from a line through its trend), else from the first value or two.
 *
 * @param values - without gaps; at least two seasons, with a trend two values, else one.
 */
export function heuristicStart(values: Float64Array, form: SmoothingForm): SmoothingStart {
  const { period, trend, seasonal } = form;
  const hasTrend = trend !== "none";
  if (seasonal === "none") {
    if (!hasTrend) return { from: 1, state: { level: values[0], slope: 0, season: new Float64Array(0) } };
    return { from: 2, state: { level: values[1], slope: values[1] - values[0], season: new Float64Array(0) } };
  }
  const moving = centeredMeans(values.subarray(0, 2 * period), period);
  const first = period >> 1;
  const season = seasonalFigure(values.subarray(0, 2 * period), moving, first, form);
  const [level, slope] = lineThrough(moving);
  return { from: period, state: { level, slope: hasTrend ? slope : 0, season } };
}

/** Means over one whole season around each value that has half a season on both sides. */
export function centeredMeans(values: Float64Array, period: number): Float64Array {
  const half = period >> 1;
  const result = new Float64Array(Math.max(0, values.length - 2 * half));
  for (let t = 0; t < result.length; t++) {
    let sum = 0;
    if (period % 2 === 1) for (let k = 0; k < period; k++) sum += values[t + k];
    else {
      sum = 0.5 * (values[t] + values[t + period]);
      for (let k = 1; k < period; k++) sum += values[t + k];
    }
    result[t] = sum / period;
  }
  return result;
}

/** The classical seasonal figure: means of what is beyond the moving means, less (over) their own mean; by place from the first value on. */
export function seasonalFigure(
  values: Float64Array,
  moving: Float64Array,
  first: number,
  { period, seasonal }: SeasonalForm,
): Float64Array {
  const isProduct = seasonal === "multiplicative";
  const figure = new Float64Array(period);
  const counts = new Float64Array(period);
  for (let t = 0; t < moving.length; t++) {
    const place = (t + first) % period;
    figure[place] += isProduct ? values[t + first] / moving[t] : values[t + first] - moving[t];
    counts[place]++;
  }
  let mean = 0;
  for (let i = 0; i < period; i++) {
    figure[i] /= counts[i];
    mean += figure[i] / period;
  }
  return figure.map((x) => (isProduct ? x / mean : x - mean));
}

/** Intercept (one step before the first value) and slope of the least squares line. */
function lineThrough(values: Float64Array): [number, number] {
  const n = values.length;
  const middle = (n + 1) / 2;
  let [mean, cross, spread] = [0, 0, 0];
  for (let i = 0; i < n; i++) mean += values[i] / n;
  for (let i = 0; i < n; i++) {
    cross += (i + 1 - middle) * (values[i] - mean);
    spread += (i + 1 - middle) * (i + 1 - middle);
  }
  const slope = spread > 0 ? cross / spread : 0;
  return [mean - slope * middle, slope];
}
