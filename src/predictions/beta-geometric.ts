// The likelihood of BG/NBD and MBG/NBD. Customers buy at a gamma-distributed rate and after a purchase leave for good with
// a beta-distributed probability: after a repeat purchase in BG/NBD, after any, the first too, in MBG/NBD. With m occasions
// to leave, m = x or x + 1, both have the likelihood
//   Γ(r + x) / Γ(r) · α^r / (α + T)^(r + x) · B(a, b + m) / B(a, b) · (1 + e^z),
//   e^z = a / (b + m − 1) · ((α + T) / (α + t))^(r + x), and without an occasion e^z = 0;
// the customer is alive with probability 1 / (1 + e^z).
import { decay } from "../numeric/decay.ts";
import { log, log1p } from "../numeric/elementary.ts";
import type { BetaGeometricParameters } from "./beta-geometric-options.ts";
import { digammaRise, logBeta, logGammaRise } from "../numeric/special.ts";

/** Which purchases are occasions to leave: only the repeats (0 beside them), or the first too (1 beside them). */
export type Occasions = 0 | 1;

/** Histories of customers who share their covariates, by the numbers that repeat. */
export interface Profile {
  /** Distinct frequencies, and how many customers have each. */
  readonly frequencies: Float64Array;
  readonly frequencyWeights: Float64Array;
  /** Distinct ages and recencies; of the customers with that age the number and the sum of repeat purchases. */
  readonly times: Float64Array;
  readonly ageWeights: Float64Array;
  readonly agePurchases: Float64Array;
  /** Number of customers. */
  readonly customers: number;
  /** Sum of repeat purchases. */
  readonly purchases: number;
  /** Rows with an occasion to leave: positions of frequency, recency and age in the lists above, and the weight. */
  readonly frequencyAt: Uint32Array;
  readonly recencyAt: Uint32Array;
  readonly ageAt: Uint32Array;
  readonly weight: Float64Array;
}

/** Distinct histories in columns. */
export interface Histories {
  readonly frequency: Float64Array;
  readonly recency: Float64Array;
  readonly age: Float64Array;
  readonly weight: Float64Array;
}

/**
 * Finds what repeats in the histories, so that logarithms are taken once per distinct time and frequency.
 *
 * @param histories - distinct histories of one profile.
 * @param unit - times are divided by it.
 * @param early - the occasions to leave.
 */
export function profileOf({ frequency, recency, age, weight }: Histories, unit: number, early: Occasions): Profile {
  const frequencies = new Places();
  const times = new Places();
  const leavers: number[] = [];
  let customers = 0;
  let purchases = 0;
  const at = { frequency: frequencies.of(frequency), recency: times.of(recency), age: times.of(age) };
  const frequencyWeights = new Float64Array(frequencies.values.length);
  const ageWeights = new Float64Array(times.values.length);
  const agePurchases = new Float64Array(times.values.length);
  for (let i = 0; i < weight.length; i++) {
    frequencyWeights[at.frequency[i]] += weight[i];
    ageWeights[at.age[i]] += weight[i];
    agePurchases[at.age[i]] += weight[i] * frequency[i];
    customers += weight[i];
    purchases += weight[i] * frequency[i];
    if (frequency[i] + early > 0) leavers.push(i);
  }
  const places = (column: Uint32Array): Uint32Array => Uint32Array.from(leavers, (i) => column[i]);
  return {
    frequencies: Float64Array.from(frequencies.values),
    frequencyWeights,
    times: Float64Array.from(times.values, (time) => time / unit),
    ageWeights,
    agePurchases,
    customers,
    purchases,
    frequencyAt: places(at.frequency),
    recencyAt: places(at.recency),
    ageAt: places(at.age),
    weight: Float64Array.from(leavers, (i) => weight[i]),
  };
}

/** Positions of numbers in the list of distinct ones. */
class Places {
  readonly values: number[] = [];
  private readonly placeOf = new Map<number, number>();

  of(column: Float64Array): Uint32Array {
    return Uint32Array.from(column, (value) => {
      let place = this.placeOf.get(value);
      if (place === undefined) {
        place = this.values.length;
        this.values.push(value);
        this.placeOf.set(value, place);
      }
      return place;
    });
  }
}

const large = 2 ** 900;

/**
 * The log-likelihood of a profile.
 *
 * @param profile - of {@link profileOf}.
 * @param point - parameters, in the profile's unit of time.
 * @param early - as for {@link profileOf}.
 * @param slopes - the derivatives over log r, log α, log a and log b are added here.
 * @returns the sum over customers. Cost: one exponential and one logarithm per row with an occasion to leave.
 */
export function profileLogLikelihood(
  profile: Profile,
  { r, alpha, a, b }: BetaGeometricParameters,
  early: Occasions,
  slopes: Float64Array,
): number {
  const { frequencies, frequencyWeights, times, ageWeights, agePurchases, purchases } = profile;
  const { frequencyAt, recencyAt, ageAt, weight } = profile;
  let value = -purchases * log(alpha);
  let [slopeR, slopeAlpha, slopeA, slopeB] = [0, -purchases, 0, 0];
  const logOdds = new Float64Array(frequencies.length);
  const chances = new Float64Array(frequencies.length);
  const logBetaAB = logBeta(a, b);
  const riseB = digammaRise(b, a);
  for (let k = 0; k < frequencies.length; k++) {
    const x = frequencies[k];
    const occasions = x + early;
    const customers = frequencyWeights[k];
    value += customers * (logGammaRise(r, x) + logBeta(a, b + occasions) - logBetaAB);
    slopeR += customers * digammaRise(r, x);
    slopeA -= customers * digammaRise(a + b, occasions);
    slopeB += customers * (riseB - digammaRise(b + occasions, a));
    chances[k] = 1 / (b + occasions - 1);
    logOdds[k] = log(a * chances[k]);
  }
  slopeA *= a;
  const logTimes = new Float64Array(times.length);
  const shares = new Float64Array(times.length);
  for (let k = 0; k < times.length; k++) {
    logTimes[k] = log1p(times[k] / alpha);
    shares[k] = times[k] / (alpha + times[k]);
    const exposure = r * ageWeights[k] + agePurchases[k];
    value -= exposure * logTimes[k];
    slopeR -= ageWeights[k] * logTimes[k];
    slopeAlpha += exposure * shares[k];
  }
  // Most histories are one customer's: one logarithm of a product serves hundreds of them.
  let product = 1;
  for (let i = 0; i < weight.length; i++) {
    const k = frequencyAt[i];
    const gap = logTimes[ageAt[i]] - logTimes[recencyAt[i]];
    const power = r + frequencies[k];
    const z = logOdds[k] + power * gap;
    const small = decay(Math.abs(z));
    if (z > 0) value += weight[i] * z;
    if (weight[i] === 1) {
      product *= 1 + small;
      if (product > large) {
        value += log(product);
        product = 1;
      }
    } else {
      value += weight[i] * log1p(small);
    }
    const gone = (weight[i] * (z > 0 ? 1 : small)) / (1 + small);
    slopeR += gone * gap;
    slopeAlpha += gone * power * (shares[recencyAt[i]] - shares[ageAt[i]]);
    slopeA += gone;
    slopeB -= gone * chances[k];
  }
  value += log(product);
  slopes[0] += r * slopeR;
  slopes[1] += slopeAlpha;
  slopes[2] += slopeA;
  slopes[3] += b * slopeB;
  return value;
}
