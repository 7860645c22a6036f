// The likelihood of BG/NBD and MBG/NBD. Customers buy at a gamma-distributed rate and after a purchase leave for good with
// a beta-distributed probability: after a repeat purchase in BG/NBD, after any, the first too, in MBG/NBD. With m occasions
// to leave, m = x or x + 1, both have the likelihood
//   Γ(r + x) / Γ(r) · α^r / (α + T)^(r + x) · B(a, b + m) / B(a, b) · (1 + e^z),
//   e^z = a / (b + m − 1) · ((α + T) / (α + t))^(r + x), and without an occasion e^z = 0;
// the customer is alive with probability 1 / (1 + e^z).
import { decay } from "../numeric/decay.ts";
import { log, log1p } from "../numeric/elementary.ts";
import { digammaRise, logBeta, logGammaRise, trigamma } from "../numeric/special.ts";
import type { BetaGeometricParameters } from "./beta-geometric-options.ts";
import type { Profile } from "./history-profile.ts";

/** Which purchases are occasions to leave: only the repeats (0 beside them), or the first too (1 beside them). */
export type Occasions = 0 | 1;

/** A log-likelihood and its derivatives over log r, log α, log a and log b. */
export interface LikelihoodAt {
  readonly value: number;
  readonly slopes: readonly number[];
  readonly curvature: readonly (readonly number[])[];
}

/**
 * The log-likelihood of a profile, as a sum over its customers.
 *
 * @param profile - of {@link Profile}.
 * @param parameters - in the profile's unit of time.
 * @param early - which purchases are occasions to leave.
 * @returns see {@link LikelihoodAt}. Cost: one exponential per row with an occasion to leave.
 */
export function profileLogLikelihood(
  profile: Profile,
  { r, alpha, a, b }: BetaGeometricParameters,
  early: Occasions,
): LikelihoodAt {
  const { frequencies, frequencyWeights, ageWeights, agePurchases, purchases } = profile;
  const untilLast = clockOf(profile.recencies, alpha);
  const untilEnd = clockOf(profile.ages, alpha);
  let value = -purchases * log(alpha);
  let [slopeR, slopeAlpha, slopeA, slopeB] = [0, -purchases, 0, 0];
  let [rr, rAlpha, ra, rb, alphaAlpha, alphaA, alphaB, aa, ab, bb] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0];
  for (let k = 0; k < ageWeights.length; k++) {
    const exposure = r * ageWeights[k] + agePurchases[k];
    const share = untilEnd.shares[k];
    const rateLoss = r * ageWeights[k] * untilEnd.logs[k];
    value -= exposure * untilEnd.logs[k];
    slopeR -= rateLoss;
    slopeAlpha += exposure * share;
    rr -= rateLoss;
    rAlpha += r * ageWeights[k] * share;
    alphaAlpha -= exposure * share * (1 - share);
  }
  const rises = new Rises(r, a, b);
  for (let k = 0; k < frequencies.length; k++) {
    const x = frequencies[k];
    const occasions = x + early;
    const customers = frequencyWeights[k];
    rises.reach(x, occasions);
    value += customers * rises.value;
    slopeR += customers * r * rises.bought;
    slopeA -= customers * a * rises.both;
    slopeB += customers * b * (rises.stayed - rises.both);
    rr += customers * r * (rises.bought - r * rises.boughtSquares);
    aa += customers * a * (a * rises.bothSquares - rises.both);
    ab += customers * a * b * rises.bothSquares;
    bb += customers * b * (rises.stayed - rises.both + b * (rises.bothSquares - rises.stayedSquares));
    if (occasions === 0) continue;
    const power = r + x;
    const chance = b / (b + occasions - 1);
    const gone = sumGone(profile, k, power, log((a * chance) / b), untilLast, untilEnd);
    value += gone.value;
    slopeR += r * gone.gap;
    slopeAlpha += power * gone.drift;
    slopeA += gone.sum;
    slopeB -= chance * gone.sum;
    rr += r * (gone.gap + r * gone.gapGap);
    rAlpha += r * (gone.drift + power * gone.gapDrift);
    ra += r * gone.spreadGap;
    rb -= chance * r * gone.spreadGap;
    alphaAlpha += power * (gone.driftChange + power * gone.driftDrift);
    alphaA += power * gone.spreadDrift;
    alphaB -= chance * power * gone.spreadDrift;
    aa += gone.spread;
    ab -= chance * gone.spread;
    bb += chance * (chance * gone.spread - (1 - chance) * gone.sum);
  }
  return {
    value,
    slopes: [slopeR, slopeAlpha, slopeA, slopeB],
    curvature: [
      [rr, rAlpha, ra, rb],
      [rAlpha, alphaAlpha, alphaA, alphaB],
      [ra, alphaA, aa, ab],
      [rb, alphaB, ab, bb],
    ],
  };
}

/** From one frequency to the next it is cheaper to add so many terms than to call gamma functions. */
const fewTerms = 8;

/** log Γ(r + x) / Γ(r) + log B(a, b + m) / B(a, b) for growing x and m, and what its derivatives are made of. */
class Rises {
  value = 0;
  /** Sums of 1 / (r + q) over q < x, of 1 / (b + q) and 1 / (a + b + q) over q < m, and of their squares. */
  bought = 0;
  boughtSquares = 0;
  stayed = 0;
  stayedSquares = 0;
  both = 0;
  bothSquares = 0;
  private x = 0;
  private m = 0;

  constructor(
    private readonly r: number,
    private readonly a: number,
    private readonly b: number,
  ) {}

  reach(x: number, m: number): void {
    if (x > this.x + fewTerms) {
      this.jump(x, m);
      return;
    }
    let product = 1;
    for (; this.x < x; this.x++) {
      const term = this.r + this.x;
      product *= term;
      this.bought += 1 / term;
      this.boughtSquares += 1 / (term * term);
    }
    for (; this.m < m; this.m++) {
      const term = this.b + this.m;
      const whole = term + this.a;
      product *= term / whole;
      this.stayed += 1 / term;
      this.stayedSquares += 1 / (term * term);
      this.both += 1 / whole;
      this.bothSquares += 1 / (whole * whole);
    }
    this.value += log(product);
  }

  private jump(x: number, m: number): void {
    const { r, a, b } = this;
    this.value = logGammaRise(r, x) + logBeta(a, b + m) - logBeta(a, b);
    this.bought = digammaRise(r, x);
    this.boughtSquares = trigamma(r) - trigamma(r + x);
    this.stayed = digammaRise(b, m);
    this.stayedSquares = trigamma(b) - trigamma(b + m);
    this.both = digammaRise(a + b, m);
    this.bothSquares = trigamma(a + b) - trigamma(a + b + m);
    this.x = x;
    this.m = m;
  }
}

/** Of distinct times t what the likelihood takes of them: log (1 + t / α), and its slope over −log α. */
interface Clock {
  readonly logs: Float64Array;
  readonly shares: Float64Array;
}

function clockOf(times: Float64Array, alpha: number): Clock {
  return { logs: times.map((time) => log1p(time / alpha)), shares: times.map((time) => time / (alpha + time)) };
}

/** Sums of log (1 + e^z) over rows, and of what its derivatives are made of. */
interface Gone {
  readonly value: number;
  /** Weighted by the probability p to be gone: 1; the log of (α + T) / (α + t); its first and second slope over log α. */
  readonly sum: number;
  readonly gap: number;
  readonly drift: number;
  readonly driftChange: number;
  /** Weighted by p (1 − p): 1, the log, its slope, and the products of the two. */
  readonly spread: number;
  readonly spreadGap: number;
  readonly spreadDrift: number;
  readonly gapGap: number;
  readonly gapDrift: number;
  readonly driftDrift: number;
}

const large = 2 ** 900;
const fewCustomers = 16;

/** Sums over the rows of the k-th frequency. */
function sumGone(
  { frequencyStarts, recencyAt, ageAt, weight }: Profile,
  k: number,
  power: number,
  logOdds: number,
  untilLast: Clock,
  untilEnd: Clock,
): Gone {
  let [value, sum, gap, drift, driftChange] = [0, 0, 0, 0, 0];
  let [spread, spreadGap, spreadDrift, gapGap, gapDrift, driftDrift] = [0, 0, 0, 0, 0, 0];
  // Most histories are few customers': one logarithm of a product serves hundreds of them.
  let product = 1;
  const { logs: lastLogs, shares: lastShares } = untilLast;
  const { logs: endLogs, shares: endShares } = untilEnd;
  const end = frequencyStarts[k + 1];
  for (let i = frequencyStarts[k]; i < end; i++) {
    const [last, now] = [recencyAt[i], ageAt[i]];
    const ownGap = endLogs[now] - lastLogs[last];
    const ownDrift = lastShares[last] - endShares[now];
    const z = logOdds + power * ownGap;
    const small = decay(Math.abs(z));
    const whole = 1 + small;
    if (z > 0) value += weight[i] * z;
    if (weight[i] <= fewCustomers) {
      for (let w = weight[i]; w > 0; w--) product *= whole;
      if (product > large) {
        value += log(product);
        product = 1;
      }
    } else {
      value += weight[i] * log1p(small);
    }
    const share = weight[i] / whole;
    const gone = z > 0 ? share : share * small;
    const own = (share * small) / whole;
    sum += gone;
    gap += gone * ownGap;
    drift += gone * ownDrift;
    driftChange -= gone * ownDrift * (1 - lastShares[last] - endShares[now]);
    spread += own;
    spreadGap += own * ownGap;
    spreadDrift += own * ownDrift;
    gapGap += own * ownGap * ownGap;
    gapDrift += own * ownGap * ownDrift;
    driftDrift += own * ownDrift * ownDrift;
  }
  value += log(product);
  return { value, sum, gap, drift, driftChange, spread, spreadGap, spreadDrift, gapGap, gapDrift, driftDrift };
}
