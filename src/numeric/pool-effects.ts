import { chiSquare, normal } from "./distributions.ts";

/** An estimate and how sure it is. */
export interface Shrunken {
  /** The effect, moved towards the common mean. */
  readonly estimate: number;
  /** Its standard error. */
  readonly standardError: number;
  /** Lower and upper end. */
  readonly interval: readonly [number, number];
}

/** Whether effects differ by more than chance. */
export interface Heterogeneity {
  /** Cochran's Q: Σ (effect − common effect)² / variance. */
  readonly statistic: number;
  /** Effects − 1. */
  readonly degreesOfFreedom: number;
  /** By χ²; null with fewer than two effects. */
  readonly pValue: number | null;
  /** I²: the share of the spread between the effects that is not chance, 0 to 1. */
  readonly iSquared: number;
  /** τ²: the variance of the true effects, after DerSimonian and Laird; 0 where chance explains all. */
  readonly tauSquared: number;
  /** The mean of the effects, each by its precision (with τ² in it); null without effects. */
  readonly meanEffect: Shrunken | null;
}

/**
 * Holds several independent effects beside one another: do they differ, and what is each, allowing for the luck of the best?
 *
 * @param effects - estimates with variances above 0.
 * @param alpha - 1 − level of the intervals.
 * @returns Q, I² and τ²; and each effect moved towards their mean by the share of its spread that is noise (empirical Bayes).
 * @see Cochran (1954); DerSimonian & Laird (1986); Higgins & Thompson (2002) on I²; Efron & Morris (1975) on shrinkage.
 */
export function poolEffects(
  effects: readonly { readonly estimate: number; readonly variance: number }[],
  alpha: number,
): { readonly heterogeneity: Heterogeneity; readonly shrunken: readonly Shrunken[] } {
  if (effects.length === 0) {
    const none = { statistic: 0, degreesOfFreedom: 0, pValue: null, iSquared: 0, tauSquared: 0, meanEffect: null };
    return { heterogeneity: none, shrunken: [] };
  }
  const weigh = (extra: number): { readonly mean: number; readonly total: number } => {
    let [total, sum] = [0, 0];
    for (const { estimate, variance } of effects) {
      const weight = 1 / (variance + extra);
      total += weight;
      sum += weight * estimate;
    }
    return { mean: sum / total, total };
  };
  const fixed = weigh(0);
  const statistic = effects.reduce((sum, { estimate, variance }) => sum + (estimate - fixed.mean) ** 2 / variance, 0);
  const degreesOfFreedom = effects.length - 1;
  const tauSquared =
    degreesOfFreedom > 0 ? Math.max(0, (statistic - degreesOfFreedom) / scaleOf(effects, fixed.total)) : 0;
  const { mean, total } = weigh(tauSquared);
  const z = normal.upperQuantile(alpha / 2);
  const around = (estimate: number, variance: number): Shrunken => {
    const standardError = Math.sqrt(variance);
    return { estimate, standardError, interval: [estimate - z * standardError, estimate + z * standardError] };
  };
  const heterogeneity: Heterogeneity = {
    statistic,
    degreesOfFreedom,
    pValue: degreesOfFreedom > 0 ? chiSquare(degreesOfFreedom).sf(statistic) : null,
    iSquared: statistic > degreesOfFreedom && statistic > 0 ? (statistic - degreesOfFreedom) / statistic : 0,
    tauSquared,
    meanEffect: around(mean, 1 / total),
  };
  const shrunken = effects.map(({ estimate, variance }) => {
    const kept = tauSquared / (tauSquared + variance);
    // What is left of the noise, and the doubt about the mean towards which the effect is moved.
    return around(mean + kept * (estimate - mean), kept * variance + (1 - kept) ** 2 / total);
  });
  return { heterogeneity, shrunken };
}

/** Σ w − Σ w² / Σ w, summed from what the other effects weigh: the difference would vanish where one effect outweighs all. */
function scaleOf(effects: readonly { readonly variance: number }[], total: number): number {
  const after = new Float64Array(effects.length + 1);
  for (let i = effects.length - 1; i >= 0; i--) after[i] = after[i + 1] + 1 / effects[i].variance;
  let [before, scale] = [0, 0];
  effects.forEach(({ variance }, i) => {
    const weight = 1 / variance;
    scale += (weight / total) * (before + after[i + 1]);
    before += weight;
  });
  return scale;
}
