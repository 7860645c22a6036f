/** How p-values are adjusted for their number. */
export type Adjustment = "bh" | "holm" | "bonferroni";

/**
 * Adjusts p-values for the number of questions asked at once, so that an adjusted value can be held against the level.
 *
 * `"bh"` (Benjamini–Hochberg) keeps the share of false findings among the findings, `"holm"` and `"bonferroni"` keep the
 * chance of any false finding; Holm never finds less than Bonferroni.
 *
 * @param pValues - numbers in [0, 1]; null and NaN are questions that were not answered, and do not count.
 * @param method - which adjustment.
 * @returns one value per input, in its order, at most 1 and never below its input; null where there was no p-value.
 * @see Benjamini & Hochberg (1995); Holm (1979). The values are those of R's `p.adjust`. Cost: one sort.
 */
export function adjusted(pValues: ArrayLike<number | null>, method: Adjustment): (number | null)[] {
  const all = Array.from(pValues, (p) => (p === null || Number.isNaN(p) ? null : p));
  const answered = all.flatMap((p, index) => (p === null ? [] : [{ p, index }])).sort((a, b) => a.p - b.p);
  const count = answered.length;
  const result = [...all];
  // Holm steps from the smallest up and never falls, Benjamini–Hochberg from the largest down and never rises.
  let bound = method === "bh" ? 1 : 0;
  for (let step = 0; step < count; step++) {
    const rank = method === "bh" ? count - 1 - step : step;
    const { p, index } = answered[rank];
    if (method === "bonferroni") bound = Math.min(1, p * count);
    else if (method === "holm") bound = Math.min(1, Math.max(bound, p * (count - rank)));
    else bound = Math.min(bound, (p * count) / (rank + 1));
    result[index] = bound;
  }
  return result;
}
