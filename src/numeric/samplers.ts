// Draws from distributions. Every draw goes through numeric/elementary.ts, so a seed gives the same bits on every engine.
// Parameters are trusted; each function says what they must be.
import type { Random } from "../core/random.ts";
import { exp, log, log1p, pow } from "./elementary.ts";

/** Uniform on (0, 1]: the logarithm of it is finite. */
function positive(random: Random): number {
  return 1 - random.next();
}

/** Standard normal; Marsaglia & Bray (1964), the polar method. Its second value is dropped: a stream has no other state. */
export function sampleNormal(random: Random): number {
  for (;;) {
    const x = 2 * random.next() - 1;
    const y = 2 * random.next() - 1;
    const square = x * x + y * y;
    if (square > 0 && square < 1) return x * Math.sqrt((-2 * log(square)) / square);
  }
}

/** Exponential with mean `1 / rate`, rate > 0. */
export function sampleExponential(random: Random, rate: number): number {
  return -log(positive(random)) / rate;
}

/**
 * Gamma with mean `shape / rate`, both > 0.
 *
 * Marsaglia & Tsang (2000), "A simple method for generating gamma variables", with its boost for shapes below 1.
 */
export function sampleGamma(random: Random, shape: number, rate: number): number {
  if (shape < 1) {
    const boosted = sampleGamma(random, shape + 1, rate);
    return boosted * pow(positive(random), 1 / shape);
  }
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = sampleNormal(random);
    const t = 1 + c * x;
    if (t <= 0) continue;
    const v = t * t * t;
    const u = positive(random);
    // The squeeze accepts most draws without a logarithm.
    if (u < 1 - 0.0331 * x * x * x * x || log(u) < 0.5 * x * x + d * (1 - v + log(v))) return (d * v) / rate;
  }
}

/** Beta with mean `a / (a + b)`, both > 0, as a ratio of gammas. */
export function sampleBeta(random: Random, a: number, b: number): number {
  const x = sampleGamma(random, a, 1);
  const y = sampleGamma(random, b, 1);
  // Both underflow for tiny shapes, where the distribution is all but a coin that shows 0 or 1.
  if (x + y === 0) return random.next() < a / (a + b) ? 1 : 0;
  return x / (x + y);
}

/** Number of successes in `n` trials of probability `p` in [0, 1]; Devroye (1986), X.4.4: the median order statistic halves n. */
export function sampleBinomial(random: Random, n: number, p: number): number {
  let [trials, share, successes] = [n, p, 0];
  while (trials > 16) {
    const rank = 1 + Math.floor(trials / 2);
    const cut = sampleBeta(random, rank, trials + 1 - rank);
    if (cut >= share) {
      // rank - 1 uniforms lie below the cut and may be below the share, too.
      trials = rank - 1;
      share /= cut;
    } else {
      successes += rank;
      trials -= rank;
      share = (share - cut) / (1 - cut);
    }
  }
  for (let i = 0; i < trials; i++) if (random.next() < share) successes++;
  return successes;
}

/**
 * Poisson with `mean` ≥ 0.
 *
 * Ahrens & Dieter (1974): waiting times to the m-th arrival shrink a large mean, products of uniforms finish a small one.
 * Cost: logarithmic in the mean.
 */
export function samplePoisson(random: Random, mean: number): number {
  let [left, count] = [mean, 0];
  while (left > 16) {
    const arrivals = Math.floor(left * 0.875);
    const waiting = sampleGamma(random, arrivals, 1);
    if (waiting > left) return count + sampleBinomial(random, arrivals - 1, left / waiting);
    count += arrivals;
    left -= waiting;
  }
  const limit = exp(-left);
  for (let product = positive(random); product > limit; product *= positive(random)) count++;
  return count;
}

/** Number of trials until the first success, 1 or more, for a probability `p` in (0, 1]. */
export function sampleGeometric(random: Random, p: number): number {
  const u = positive(random);
  return p === 1 ? 1 : Math.floor(log(u) / log1p(-p)) + 1;
}

/** Running totals of weights ≥ 0, at least one > 0; what {@link sampleCategorical} draws from. */
export function cumulated(weights: ArrayLike<number>): Float64Array {
  let total = 0;
  return Float64Array.from(weights, (weight) => (total += weight));
}

/** An index with a probability in proportion to its weight; `totals` come from {@link cumulated}. Cost: linear. */
export function sampleCategorical(random: Random, totals: Float64Array): number {
  const target = random.next() * totals[totals.length - 1];
  let index = 0;
  while (totals[index] <= target) index++;
  return index;
}
