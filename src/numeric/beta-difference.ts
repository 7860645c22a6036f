import { beta, normal } from "./distributions.ts";
import { exp, log, log1p } from "./elementary.ts";

/** A belief about a share: the beta distribution with shapes a, b above 0. */
export interface BetaShape {
  readonly a: number;
  readonly b: number;
}

/** What is believed about the difference of two shares, second minus first; as a share of the first where it is relative. */
export interface BetaDifference {
  /** Its mean; infinite where the first share may be next to 0. */
  readonly mean: number;
  readonly standardDeviation: number;
  /** P(difference ≤ d). */
  cdf(d: number): number;
  /** P(difference > 0), as itself. */
  readonly above: number;
  /** E max(0, difference) and E max(0, −difference). */
  readonly gain: number;
  readonly loss: number;
}

/**
 * The difference of two independent beta variables by integrating over the narrower one: the integrand is then as smooth as its density.
 *
 * Over the logit a beta density has no poles and decays on both sides, where the trapezoidal rule converges faster than any power of
 * its step (Trefethen & Weideman 2014).
 */
export function betaDifference(first: BetaShape, second: BetaShape, relative: boolean): BetaDifference {
  const isFirstNarrower = logitSpread(first) <= logitSpread(second);
  const own = pointsOf(isFirstNarrower ? first : second);
  const other = isFirstNarrower ? second : first;
  const expected = (value: (x: number) => number): number => own.reduce((sum, { x, mass }) => sum + mass * value(x), 0);
  const share = beta(other.a, other.b);
  // The same with one more success, and with one less: E[S; S < x] and E[1/S; S < x] are shares of these.
  const more = beta(other.a + 1, other.b);
  const mean = meanOf(other);
  const edge = (x: number, d: number): number => {
    if (isFirstNarrower) return relative ? x * (1 + d) : x + d;
    return relative ? x / (1 + d) : x - d;
  };
  const unit = (x: number): number => (relative ? x : 1);
  const moments = momentsOf(first, second, relative);
  if (isFirstNarrower) {
    return {
      ...moments,
      cdf: (d) => expected((x) => share.cdf(edge(x, d))),
      above: expected((x) => share.sf(x)),
      gain: expected((x) => Math.max(0, mean * more.sf(x) - x * share.sf(x)) / unit(x)),
      loss: expected((x) => Math.max(0, x * share.cdf(x) - mean * more.cdf(x)) / unit(x)),
    };
  }
  const inverse = inverseMeanOf(other);
  const less = beta(Math.max(other.a - 1, Number.MIN_VALUE), other.b);
  const ahead = (x: number): number => (relative ? x * inverse * less.cdf(x) - share.cdf(x) : x * share.cdf(x) - mean * more.cdf(x)); // prettier-ignore
  const behind = (x: number): number => (relative ? share.sf(x) - x * inverse * less.sf(x) : mean * more.sf(x) - x * share.sf(x)); // prettier-ignore
  return {
    ...moments,
    // d = −1: nothing is left of the first share.
    cdf: (d) => (relative && d <= -1 ? 0 : expected((x) => share.sf(edge(x, d)))),
    above: expected((x) => share.cdf(x)),
    gain: expected((x) => Math.max(0, ahead(x))),
    loss: expected((x) => Math.max(0, behind(x))),
  };
}

/** The d up to which a difference lies with probability p. */
export function betaDifferenceQuantile({ mean, standardDeviation, cdf }: BetaDifference, p: number): number {
  const near = mean + normal.quantile(p) * standardDeviation;
  let [low, high] = [near - standardDeviation, near + standardDeviation];
  for (let step = standardDeviation; cdf(low) > p; step *= 2) low -= step;
  for (let step = standardDeviation; cdf(high) < p; step *= 2) high += step;
  const precision = standardDeviation * 1e-10;
  while (high - low > precision) {
    const middle = (low + high) / 2;
    if (middle <= low || middle >= high) break;
    if (cdf(middle) < p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}

interface Point {
  readonly x: number;
  readonly mass: number;
}

/** Densities below e^−40 of the highest one add nothing to a double. */
const negligible = 40;
/** Steps of a quarter of the spread are exact to rounding for a bell; an eighth leaves room for skewed ones. */
const stepsPerSpread = 8;

/** Masses of a beta distribution at points of equal distance on the logit. */
function pointsOf(shape: BetaShape): Point[] {
  const { a, b } = shape;
  const center = log(a) - log(b);
  const step = logitSpread(shape) / stepsPerSpread;
  // x^a (1 − x)^b, since dx = x (1 − x) dy.
  const logDensity = (y: number): number => -a * log1pExp(-y) - b * log1pExp(y);
  const peak = logDensity(center);
  const points: { x: number; mass: number }[] = [];
  for (const side of [1, -1]) {
    for (let i = side === 1 ? 0 : 1; ; i++) {
      const y = center + side * i * step;
      const height = logDensity(y) - peak;
      if (height < -negligible) break;
      points.push({ x: 1 / (1 + exp(-y)), mass: exp(height) });
    }
  }
  // The height of a density of a million customers is right to ten digits only; its shape is right to all.
  const total = points.reduce((sum, { mass }) => sum + mass, 0);
  for (const point of points) point.mass /= total;
  return points;
}

function log1pExp(y: number): number {
  return y > 0 ? y + log1p(exp(-y)) : log1p(exp(y));
}

function logitSpread({ a, b }: BetaShape): number {
  return Math.sqrt(1 / a + 1 / b);
}

function meanOf({ a, b }: BetaShape): number {
  return a / (a + b);
}

/** E[1/X]. */
function inverseMeanOf({ a, b }: BetaShape): number {
  return a > 1 ? (a + b - 1) / (a - 1) : Infinity;
}

function momentsOf(
  first: BetaShape,
  second: BetaShape,
  relative: boolean,
): Pick<BetaDifference, "mean" | "standardDeviation"> {
  const varianceOf = ({ a, b }: BetaShape): number => (a / (a + b)) * (b / (a + b)) * (1 / (a + b + 1));
  const [m1, m2] = [meanOf(first), meanOf(second)];
  if (!relative) {
    return { mean: m2 - m1, standardDeviation: Math.sqrt(varianceOf(first) + varianceOf(second)) };
  }
  const { a, b } = first;
  const inverse = inverseMeanOf(first);
  // Var(1/X) = E[1/X] · (b / ((a − 1)(a − 2))), without the difference of squares.
  const inverseVariance = a > 2 ? (inverse * b) / ((a - 1) * (a - 2)) : Infinity;
  const v2 = varianceOf(second);
  const variance = inverseVariance * (v2 + m2 * m2) + inverse * inverse * v2;
  return { mean: m2 * inverse - 1, standardDeviation: Math.sqrt(variance) };
}
