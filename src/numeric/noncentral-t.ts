import { normal } from "./distributions.ts";
import { exp, log1p } from "./elementary.ts";
import { nodes, weights } from "./legendre.ts";
import { stirlingError } from "./special.ts";

const panels = 8;

/**
 * P(T > t) of the noncentral t distribution: how often a t test with a true difference passes its critical value.
 *
 * The mean of a normal tail over the standard deviation that the sample happens to have, by Gauss's rule on panels around where either
 * factor changes; absolute error below 1e-11.
 *
 * @param t - above 0.
 * @param df - at least 1.
 * @param noncentrality - the true difference in standard errors, of any sign.
 * @see Owen (1968), "A survey of properties and applications of the noncentral t-distribution". Cost: some 500 normal tails.
 */
export function noncentralTSf(t: number, df: number, noncentrality: number): number {
  const a = df / 2;
  const scale = 2 * Math.sqrt(a / (2 * Math.PI)) * exp(-stirlingError(a));
  // The standard deviation over its true value: beyond 9 of its own deviations nothing is left.
  const reach = 9 / Math.sqrt(2 * df);
  const [low, high] = [Math.max(0, 1 - reach), 1 + reach + 3 * reach * reach];
  const turn = noncentrality / t;
  const cuts = [low, turn - 8 / t, turn, turn + 8 / t, 1, high].map((cut) => Math.min(high, Math.max(low, cut)));
  cuts.sort((x, y) => x - y);
  let sum = 0;
  for (let c = 0; c + 1 < cuts.length; c++) {
    const width = (cuts[c + 1] - cuts[c]) / panels;
    if (!(width > 0)) continue;
    for (let p = 0; p < panels; p++) {
      for (let i = 0; i < nodes.length; i++) {
        const s = cuts[c] + (p + nodes[i]) * width;
        const excess = (s - 1) * (s + 1);
        const density = (scale * exp(a * (log1p(excess) - excess))) / s;
        sum += weights[i] * width * density * normal.sf(t * s - noncentrality);
      }
    }
  }
  return Math.min(1, sum);
}
