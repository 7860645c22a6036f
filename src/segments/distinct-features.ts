/** A feature that sets a group apart. */
export interface DistinctFeature {
  /** Its name. */
  readonly feature: string;
  /** The group's mean minus the mean of all customers, in standard deviations of all customers. */
  readonly standardizedDifference: number;
  /**
   * 100 · mean of the group / mean of all customers: 100 = as everybody, 250 = two and a half times as much. Null for a
   * feature that can be negative, where a ratio says nothing.
   */
  readonly index: number | null;
}

/** What {@link splitDistinct} has to know of a feature in one group. */
export interface FeatureSpread {
  readonly feature: string;
  /** Mean of the group. */
  readonly mean: number | null;
  /** Mean of all customers, and whether one of them is below 0. */
  readonly overall: { readonly mean: number | null; readonly isNegative: boolean };
  /** The standardized difference. */
  readonly difference: number | null;
}

/**
 * Splits the features that set a group apart into those it has more of and those it has less of.
 *
 * @param spreads - one per feature, in the order of the table, which decides ties.
 * @param threshold - the least standardized difference, up or down.
 * @returns both lists, the most distinct first.
 */
export function splitDistinct(
  spreads: readonly FeatureSpread[],
  threshold: number,
): { readonly overIndexed: DistinctFeature[]; readonly underIndexed: DistinctFeature[] } {
  const distinct = spreads
    .flatMap(({ feature, mean, overall, difference }): DistinctFeature[] => {
      if (difference === null || difference === 0 || Math.abs(difference) < threshold) return [];
      return [{ feature, standardizedDifference: difference, index: indexOf(mean, overall) }];
    })
    .sort((a, b) => Math.abs(b.standardizedDifference) - Math.abs(a.standardizedDifference));
  return {
    overIndexed: distinct.filter(({ standardizedDifference }) => standardizedDifference > 0),
    underIndexed: distinct.filter(({ standardizedDifference }) => standardizedDifference < 0),
  };
}

function indexOf(mean: number | null, overall: FeatureSpread["overall"]): number | null {
  const hasRatio = mean !== null && overall.mean !== null && overall.mean > 0 && !overall.isNegative;
  return hasRatio ? 100 * (mean / overall.mean) : null;
}
