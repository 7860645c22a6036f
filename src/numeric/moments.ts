import type { Accumulator } from "../core/accumulate.ts";
import { describeValue, refuse } from "../core/errors.ts";

/** State of {@link moments}: what any number of inputs leaves behind. */
export interface MomentsState {
  /** Number of inputs. */
  n: number;
  /** Their mean; 0 while there are none. */
  mean: number;
  /** What the double `mean` lacks to the mean. */
  rest: number;
  /** The sum of squared deviations from the mean. */
  m2: number;
}

/** Result of {@link moments}; what cannot be known is null, never NaN. */
export interface Moments {
  /** Number of inputs. */
  readonly n: number;
  /** The mean; null of no input. */
  readonly mean: number | null;
  /** The sum of squared deviations from the mean. */
  readonly m2: number;
  /** Population variance, `m2 / n`; null of no input. */
  readonly variance: number | null;
  /** Unbiased estimate of the variance, `m2 / (n - 1)`; null of fewer than 2 inputs. */
  readonly sampleVariance: number | null;
  /** Square root of `sampleVariance`; null of fewer than 2 inputs. */
  readonly standardDeviation: number | null;
}

/**
 * Number, mean and variance in one pass, without the cancellation of `Σx² - (Σx)²`.
 *
 * The mean is kept in two doubles, so values around 1e9 keep 14 digits of their variance in any order and any split.
 *
 * @throws {ClienteleError} `invalid-value` for an input that is not finite; `too-large` when the squares overflow.
 * @example
 * const { mean, variance } = run(moments, [1, 2, 3, 4]);
 * mean; // 2.5
 * variance; // 1.25
 * @see Welford (1962) for the update, Chan, Golub & LeVeque (1979), equation 1.5, for the merge.
 */
export const moments: Accumulator<number, MomentsState, Moments> = {
  init: () => ({ n: 0, mean: 0, rest: 0, m2: 0 }),
  add(state, x) {
    // A numeric string would be taken for its number, and a bigint would throw an error of its own.
    if (typeof x !== "number") refuseInput(x);
    const n = state.n + 1;
    const delta = x - state.mean - state.rest;
    const step = delta / n;
    const m2 = state.m2 + delta * (delta - step);
    // One comparison catches NaN, infinities and overflow; the reason is looked up only then.
    if (!(m2 < Infinity)) refuseInput(x);
    state.n = n;
    state.m2 = m2;
    return moveMean(state, step);
  },
  merge(a, b) {
    if (a.n === 0) return { ...b };
    if (b.n === 0) return { ...a };
    const n = a.n + b.n;
    const delta = b.mean - a.mean + (b.rest - a.rest);
    const m2 = a.m2 + b.m2 + delta * delta * ((a.n / n) * b.n);
    if (!(m2 < Infinity)) refuseOverflow();
    return moveMean({ n, mean: a.mean, rest: a.rest, m2 }, delta * (b.n / n));
  },
  finish({ n, mean, m2 }) {
    const sampleVariance = n > 1 ? m2 / (n - 1) : null;
    return {
      n,
      mean: n > 0 ? mean : null,
      m2,
      variance: n > 0 ? m2 / n : null,
      sampleVariance,
      standardDeviation: sampleVariance === null ? null : Math.sqrt(sampleVariance),
    };
  },
};

/** Rounding the mean at every step costs half the digits of the variance of values far from 0 that rise or fall. */
function moveMean(state: MomentsState, step: number): MomentsState {
  const moved = state.mean + step;
  const rest = state.mean - moved + step + state.rest;
  state.mean = moved + rest;
  state.rest = moved - state.mean + rest;
  return state;
}

function refuseInput(x: number): never {
  if (!Number.isFinite(x)) refuse("moments", "invalid-value", "input", "finite", describeValue(x));
  refuseOverflow();
}

function refuseOverflow(): never {
  refuse("moments", "too-large", "input", "deviations whose squares stay below 1.8e308", "an overflow");
}
