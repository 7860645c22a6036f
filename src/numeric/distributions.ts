import { exp, log, log1p } from "./elementary.ts";
import { erf, erfcx, expMinusSquare, logErfc } from "./error-function.ts";
import { logBetaTerm, logIncompleteBeta, type Share, shareAt, shareOfOdds } from "./incomplete-beta.ts";
import { logGammaTerm, logIncompleteGamma } from "./incomplete-gamma.ts";

const rootHalf = 0.7071067811865476;
const rootTwoPi = 2.5066282746310002;
const logTwo = 0.6931471805599453;

/**
 * The two tails of a distribution. Each is computed as itself, never as 1 minus the other where that would cost digits:
 * a p-value is a survival function, and stays positive as long as a double can be.
 *
 * A parameter out of its range, or NaN, gives NaN: the doors of the library refuse such input before it gets here.
 */
export interface Tails {
  /** P(X ≤ x). */
  cdf(x: number): number;
  /** P(X > x): the survival function. */
  sf(x: number): number;
  /** log P(X ≤ x), also where the probability underflows. */
  logCdf(x: number): number;
  /** log P(X > x), also where the probability underflows. */
  logSf(x: number): number;
}

/** A continuous distribution: its tails, and what lies below or above a probability. */
export interface Distribution extends Tails {
  /** The x with P(X ≤ x) = p. */
  quantile(p: number): number;
  /** The x with P(X > x) = q; for small q exact where `quantile(1 - q)` is not. */
  upperQuantile(q: number): number;
}

function tailsOf(logTail: (x: number, upper: boolean) => number): Tails {
  return {
    cdf: (x) => exp(logTail(x, false)),
    sf: (x) => exp(logTail(x, true)),
    logCdf: (x) => logTail(x, false),
    logSf: (x) => logTail(x, true),
  };
}

/** The standard normal distribution. */
export const normal: Distribution = {
  cdf: (x) => normalUpper(-x),
  sf: normalUpper,
  logCdf: (x) => logNormalUpper(-x),
  logSf: logNormalUpper,
  quantile: (p) => 0 - normalUpperQuantile(p),
  upperQuantile: rememberedQuantile,
};

// Intervals ask for the same quantile again and again: thousands of tests share one level.
let lastTail = NaN;
let lastQuantile = NaN;

function rememberedQuantile(q: number): number {
  if (q !== lastTail) [lastTail, lastQuantile] = [q, normalUpperQuantile(q)];
  return lastQuantile;
}

function normalUpper(x: number): number {
  if (x < 0.5) return 0.5 - 0.5 * erf(x * rootHalf);
  return 0.5 * expMinusSquare(x, 0.5) * erfcx(x * rootHalf);
}

function logNormalUpper(x: number): number {
  if (x < -1) return log1p(-normalUpper(-x));
  return x < 0.5 ? logErfc(x * rootHalf) - logTwo : log(0.5 * erfcx(x * rootHalf)) - (x * x) / 2;
}

/** The x with P(X > x) = q, by Newton's method: on the probability in the middle, on its logarithm in the tails. */
function normalUpperQuantile(q: number): number {
  if (!(q > 0 && q < 1)) return q === 0 ? Infinity : q === 1 ? -Infinity : NaN;
  if (q > 0.75) return -normalUpperQuantile(1 - q);
  const middle = q > 0.25;
  const goal = middle ? 0.5 - q : log(q);
  // Abramowitz & Stegun 26.2.22 starts the tail within 0.003.
  const root = Math.sqrt(-2 * log(q));
  let x = middle ? goal * rootTwoPi : root - (2.30753 + 0.27061 * root) / (1 + root * (0.99229 + 0.04481 * root));
  for (let i = 0; i < 12; i++) {
    const step = middle
      ? (goal - 0.5 * erf(x * rootHalf)) * rootTwoPi * exp((x * x) / 2)
      : (logNormalUpper(x) - goal) * 0.5 * erfcx(x * rootHalf) * rootTwoPi;
    x += step;
    if (!(Math.abs(step) > 1e-9 * Math.abs(x))) break;
  }
  return x;
}

/**
 * The gamma distribution.
 *
 * @param shape - above 0.
 * @param rate - 1 / scale, above 0.
 */
export function gamma(shape: number, rate = 1): Distribution {
  const logTail = (x: number, upper: boolean): number => logIncompleteGamma(shape, Math.max(0, x) * rate, upper);
  const overLog: TailOverLog = {
    logTail: (t, upper) => logIncompleteGamma(shape, exp(t), upper),
    logSteepness: (t) => logGammaTerm(shape, exp(t)) + log(shape),
  };
  const solve = (p: number, rest: number): number => {
    // The upper tail falls as e^−x, far from straight over log x: start where Laurent & Massart's bound (2000) puts it.
    const bits = rest < p ? -log(rest) : 0;
    return exp(rootOfTail(p, rest, log(shape + Math.sqrt(2 * shape * bits) + bits), overLog)) / rate;
  };
  return { ...tailsOf(logTail), ...quantilesOf(solve, 0, Infinity) };
}

/** The χ² distribution with `df` degrees of freedom: of sums of squares, of counts against expected counts. */
export function chiSquare(df: number): Distribution {
  return gamma(df / 2, 0.5);
}

/** The beta distribution with shapes a, b above 0. */
export function beta(a: number, b: number): Distribution {
  const logTail = (x: number, upper: boolean): number =>
    logIncompleteBeta(a, b, shareAt(a, b, Math.min(1, Math.max(0, x))), upper);
  const solve = (p: number, rest: number): number => 1 / (1 + exp(-logOddsOf(a, b, p, rest)));
  return { ...tailsOf(logTail), ...quantilesOf(solve, 0, 1) };
}

/** Fisher's F distribution with `df1` and `df2` degrees of freedom: of ratios of variances. */
export function fisherF(df1: number, df2: number): Distribution {
  const [a, b] = [df1 / 2, df2 / 2];
  const logTail = (x: number, upper: boolean): number =>
    logIncompleteBeta(a, b, shareOfOdds(a, b, df1 * Math.max(0, x), df2), upper);
  const solve = (p: number, rest: number): number => (exp(logOddsOf(a, b, p, rest)) / df1) * df2;
  return { ...tailsOf(logTail), ...quantilesOf(solve, 0, Infinity) };
}

/** Student's t distribution with `df` degrees of freedom, not necessarily whole; ∞ is the normal distribution. */
export function studentT(df: number): Distribution {
  if (df === Infinity) return normal;
  const a = df / 2;
  // P(|T| > t) is the lower tail of df / (df + t²) with shapes df/2 and 1/2.
  const logTail = (x: number, upper: boolean): number => {
    const size = Math.abs(x);
    const outside = logIncompleteBeta(a, 0.5, shareOfOdds(a, 0.5, df / size, size), false);
    return x > 0 === upper ? outside - logTwo : log1p(-0.5 * exp(outside));
  };
  const solve = (q: number): number => {
    if (q > 0.5) return -solve(1 - q);
    return q === 0.5 ? 0 : Math.sqrt(df * exp(-logOddsOf(a, 0.5, 2 * q, 1 - 2 * q)));
  };
  const upperQuantile = (q: number): number => (q > 0 && q < 1 ? solve(q) : q === 0 ? Infinity : q === 1 ? -Infinity : NaN); // prettier-ignore
  return { ...tailsOf(logTail), quantile: (p) => 0 - upperQuantile(p), upperQuantile };
}

/**
 * The Poisson distribution of counts; `sf(k)` is P(X > k), so P(X ≥ k) is `sf(k - 1)`.
 *
 * @param mean - at least 0.
 */
export function poisson(mean: number): Tails {
  return tailsOf((x, upper) => {
    const k = Math.floor(x);
    if (k < 0 || k === Infinity) return k < 0 === upper ? 0 : -Infinity;
    return logIncompleteGamma(k + 1, mean, !upper);
  });
}

/** The binomial distribution of successes among n trials; `sf(k)` is P(X > k). */
export function binomial(n: number, p: number): Tails {
  return tailsOf((x, upper) => {
    const k = Math.floor(x);
    if (k < 0 || k >= n) return k < 0 === upper ? 0 : -Infinity;
    return logIncompleteBeta(k + 1, n - k, shareAt(k + 1, n - k, p), !upper);
  });
}

/**
 * The limit of √n times the largest distance of an empirical distribution from the true one.
 *
 * @see Kolmogorov (1933); for small x the series that Jacobi's identity makes of his.
 */
export const kolmogorov: Tails = tailsOf((x, upper) => {
  if (!(x > 0)) return Number.isNaN(x) ? NaN : upper ? 0 : -Infinity;
  const isUpper = x > 1;
  // Terms beyond the first as shares of it: e^(−2x²(k² − 1)), or e^(−π²(k² − 1) / 8x²) over odd k.
  const exponent = isUpper ? 2 * x * x : 1.2337005501361697 / (x * x);
  let sum = 1;
  for (let k = isUpper ? 2 : 3, sign = isUpper ? -1 : 1; k < 12; k += isUpper ? 1 : 2, sign *= isUpper ? -1 : 1) {
    sum += sign * exp(-exponent * (k * k - 1));
  }
  const tail = log(sum) - exponent + (isUpper ? logTwo : log(rootTwoPi / x));
  return isUpper === upper ? tail : log1p(-exp(tail));
});

/** Both quantile functions of a distribution on [lowest, highest] from one that takes a probability and the rest to 1. */
function quantilesOf(
  solve: (p: number, rest: number) => number,
  lowest: number,
  highest: number,
): Pick<Distribution, "quantile" | "upperQuantile"> {
  const at = (p: number, rest: number): number => {
    if (!(p >= 0 && rest >= 0)) return NaN;
    return p === 0 ? lowest : rest === 0 ? highest : solve(p, rest);
  };
  return { quantile: (p) => at(p, 1 - p), upperQuantile: (q) => at(1 - q, q) };
}

/** log(x / (1 − x)) of the beta quantile. */
function logOddsOf(a: number, b: number, p: number, rest: number): number {
  const at = (t: number): Share => (t < 0 ? shareOfOdds(a, b, exp(t), 1) : shareOfOdds(a, b, 1, exp(-t)));
  return rootOfTail(p, rest, log(a / b), {
    logTail: (t, upper) => logIncompleteBeta(a, b, at(t), upper),
    logSteepness: (t) => logBetaTerm(a, b, at(t)),
  });
}

interface TailOverLog {
  readonly logTail: (t: number, upper: boolean) => number;
  /** log of the density over t. */
  readonly logSteepness: (t: number) => number;
}

/** Beyond e^±700 a tail is a power of x to the last bit, and its logarithm a straight line. */
const straight = 700;

/**
 * Where the lower tail is p and the upper one `rest`: Newton's method on the logarithm of the smaller. Both are concave
 * in t, so after at most one step to the far side it approaches the root from there and cannot miss it.
 */
function rootOfTail(p: number, rest: number, start: number, { logTail, logSteepness }: TailOverLog): number {
  const upper = rest < p;
  const goal = log(upper ? rest : p);
  let t = start;
  for (let i = 0; i < 200; i++) {
    const tail = logTail(t, upper);
    const step = (tail - goal) / exp(logSteepness(t) - tail);
    const next = upper ? t + step : t - step;
    if (!(Math.abs(step) > 1e-9 * Math.max(1e-6, Math.min(1, Math.abs(t))))) return next;
    if (Math.abs(next) > straight && Math.abs(t) === straight) return next;
    t = Math.max(-straight, Math.min(straight, next));
  }
  return t;
}
