import { binomial, studentT } from "../numeric/distributions.ts";
import { sigmaOfRanges } from "../numeric/moving-range.ts";
import { sumOf } from "../numeric/sums.ts";

/** Why a value is or is not as usual. */
export interface HealthEvidence {
  /** Mean of the past. */
  readonly center: number;
  /** Standard deviation of one value, by the distances of neighbors. */
  readonly sigma: number;
  /** Between these a value is as usual. */
  readonly lower: number;
  /** The upper one of the two. */
  readonly upper: number;
  /** How likely a value is so far off by chance. */
  readonly pValue: number;
  /** Past values. */
  readonly points: number;
}

/** Values of one metric of one segment, the last one now; for a share with the counts it is made of. */
export interface MetricSeries {
  readonly values: Float64Array;
  /** Out of how many, per value; `undefined` for what is no share of a count. */
  readonly outOf: Float64Array | undefined;
}

// With m points, σ by moving ranges varies as a χ-based one with about 0.62 (m − 1) degrees of freedom (0.65 for 5 points, 0.61
// for 52: simulated), so that the limits of Student's t are wide for a short past and the usual three sigma for a long one.
const freedomPerPoint = 0.62;

/** Holds the last value against those before, of which there are two at least. */
export function judgeLatest({ values, outOf }: MetricSeries, alpha: number): HealthEvidence {
  const points = values.length - 1;
  const past = values.subarray(0, points);
  const latest = values[points];
  const found = outOf === undefined ? measured(past) : counted(past, outOf);
  const { center, sigma } = found;
  // The mean of the past is itself off by σ/√m.
  const spread = sigma * Math.sqrt(1 + found.error);
  const t = studentT(found.freedom);
  const reach = spread * t.upperQuantile(alpha / 2);
  const off = Math.abs(latest - center);
  const chance = off === 0 ? 1 : spread === 0 ? 0 : Math.min(1, 2 * t.sf(off / spread));
  const isShare = outOf !== undefined && center > 0 && center < 1;
  const pValue = isShare ? Math.max(chance, exactPValue(latest, outOf[points], center)) : chance;
  return { center, sigma, lower: center - reach, upper: center + reach, pValue, points };
}

interface Spread {
  readonly center: number;
  readonly sigma: number;
  /** Variance of the center, in that of a value. */
  readonly error: number;
  readonly freedom: number;
}

function measured(past: Float64Array): Spread {
  const spread = { error: 1 / past.length, freedom: freedomPerPoint * (past.length - 1) };
  // The mean of equal values may differ from them by a rounding error, which is no change.
  if (past.every((value) => value === past[0])) return { ...spread, center: past[0], sigma: 0 };
  return { ...spread, center: sumOf(past) / past.length, sigma: sigmaOfRanges(past) };
}

/** A chart of shares after Laney: sampling is the least that they vary by, and the past says how much more. */
function counted(past: Float64Array, outOf: Float64Array): Spread {
  const points = past.length;
  const trials = sumOf(outOf.subarray(0, points));
  const successes = sumOf(past.map((share, i) => share * outOf[i]));
  const center = Math.min(1, successes / trials);
  // A share that was always none or all varies as one of which half a case was otherwise.
  const inner = Math.min(Math.max(center, 0.5 / (trials + 1)), 1 - 0.5 / (trials + 1));
  const unit = Math.sqrt(inner * (1 - inner));
  const latestOf = outOf[points];
  const excess = sigmaOfRanges(past.map((share, i) => ((share - center) / unit) * Math.sqrt(outOf[i])));
  return {
    center,
    sigma: (unit / Math.sqrt(latestOf)) * Math.max(1, excess),
    error: latestOf / trials,
    freedom: excess > 1 ? freedomPerPoint * (points - 1) : Infinity,
  };
}

/** Both tails of the counts themselves, which are skewed where few are expected. */
function exactPValue(share: number, outOf: number, center: number): number {
  const tails = binomial(outOf, center);
  const successes = Math.round(share * outOf);
  return Math.min(1, 2 * Math.min(tails.cdf(successes), tails.sf(successes - 1)));
}
