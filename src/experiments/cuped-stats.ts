import type { Accumulator } from "../core/accumulate.ts";
import { describeCell, refuse } from "../core/errors.ts";
import type { MeanStats } from "./stats.ts";

/** Outcomes of one arm beside what the same customers did before the experiment. Result of {@link cupedStats}. */
export interface CupedStats {
  /** Customers whose covariate is known. */
  readonly n: number;
  /** Mean outcome of these. */
  readonly mean: number;
  /** Sum of squared deviations of their outcomes. */
  readonly m2: number;
  /** Mean of their covariate. */
  readonly covariateMean: number;
  /** Sum of squared deviations of their covariate. */
  readonly covariateM2: number;
  /** Sum of products of both deviations. */
  readonly coMoment: number;
  /** Outcomes of customers without a covariate, new ones for example. */
  readonly missing: MeanStats;
}

/** One customer. */
export interface CupedInput {
  /** What is tested. */
  readonly outcome: number;
  /** The same or something like it, before the assignment; null or NaN where nothing is known. */
  readonly covariate: number | null;
}

/**
 * Sums up outcomes and covariates for {@link adjustCuped}, in a loop, on a stream or in workers.
 *
 * @returns an accumulator of `{ outcome, covariate }`. It refuses what is not finite with `invalid-value`; a covariate may be null.
 * @example
 * const stats = run(cupedStats(), [{ outcome: 3, covariate: 1 }, { outcome: 5, covariate: 2 }, { outcome: 4, covariate: null }]);
 * stats.coMoment; // 1
 * stats.missing.n; // 1
 * @see Chan, Golub & LeVeque (1979) for the merge; Pébay (2008) for products.
 */
export function cupedStats(): Accumulator<CupedInput, CupedStats, CupedStats> {
  const init = (): CupedStats => ({ ...nobody, missing: { n: 0, mean: 0, m2: 0 } });
  return {
    init,
    add(state, { outcome, covariate }) {
      if (!Number.isFinite(outcome)) refuseInput("outcome", outcome);
      const isMissing = covariate === null || Number.isNaN(covariate);
      if (!isMissing && !Number.isFinite(covariate)) refuseInput("covariate", covariate);
      const one = isMissing
        ? { ...nobody, missing: { n: 1, mean: outcome, m2: 0 } }
        : { ...nobody, n: 1, mean: outcome, covariateMean: covariate };
      return mergeCuped(state, one);
    },
    merge: mergeCuped,
    finish: (state) => ({ ...state, missing: { ...state.missing } }),
  };
}

const nobody: CupedStats = {
  n: 0,
  mean: 0,
  m2: 0,
  covariateMean: 0,
  covariateM2: 0,
  coMoment: 0,
  missing: { n: 0, mean: 0, m2: 0 },
};

function refuseInput(name: string, value: unknown): never {
  refuse("cupedStats", "invalid-value", `input.${name}`, "finite", describeCell(value));
}

/** Joins sums of two sets of customers. */
function mergeCuped(a: CupedStats, b: CupedStats): CupedStats {
  const missing = pairOf(asPair(a.missing), asPair(b.missing));
  return { ...pairOf(a, b), missing: { n: missing.n, mean: missing.mean, m2: missing.m2 } };
}

/** Sums of customers whose covariate is known. */
export type PairSums = Omit<CupedStats, "missing">;

/** Outcomes as sums of pairs whose covariate is always the same. */
export function asPair({ n, mean, m2 }: MeanStats, covariateMean = 0): PairSums {
  return { n, mean, m2, covariateMean, covariateM2: 0, coMoment: 0 };
}

/** Joins two sums of pairs. */
export function pairOf(a: PairSums, b: PairSums): PairSums {
  const { n, mean, m2, covariateMean, covariateM2, coMoment } = a.n === 0 ? b : a;
  if (a.n === 0 || b.n === 0) return { n, mean, m2, covariateMean, covariateM2, coMoment };
  const all = n + b.n;
  const [dy, dx] = [b.mean - mean, b.covariateMean - covariateMean];
  const weight = (n / all) * b.n;
  return {
    n: all,
    mean: mean + dy * (b.n / all),
    m2: m2 + b.m2 + dy * dy * weight,
    covariateMean: covariateMean + dx * (b.n / all),
    covariateM2: covariateM2 + b.covariateM2 + dx * dx * weight,
    coMoment: coMoment + b.coMoment + dx * dy * weight,
  };
}
