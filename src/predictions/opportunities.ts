import { describeCell, refuse } from "../core/errors.ts";
import { expm1, log1p } from "../numeric/elementary.ts";
import { nodes, weights } from "../numeric/legendre.ts";
import { digammaRise, logBeta } from "../numeric/special.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { historyFeatures, placeOf } from "./purchase-rows.ts";

/** Up to so many opportunities are added one by one. */
const few = 1000;

/**
 * Expected number of opportunities, of the next so many, at which a customer is still there.
 *
 * Before each the customer leaves with a probability of the customer's own, beta-distributed with `leave` and `stay`: the
 * sum over j from 1 to m of (stay)_j / (stay + leave)_j. Its closed form, stay / (leave − 1) · (1 − R), R = (stay + 1)_m /
 * (stay + leave)_m, is 0 / 0 at leave = 1: near there log R is the integral of a digamma difference.
 *
 * @param leave - positive.
 * @param stay - positive.
 * @param opportunities - an integer of at least 0.
 * @returns between 0 and `opportunities`, relative error about 1e-13.
 * @see Fader, Hardie & Shang (2010), equation 13.
 */
export function expectedStays(leave: number, stay: number, opportunities: number): number {
  if (opportunities <= few) {
    let [sum, chance] = [0, 1];
    for (let j = 0; j < opportunities; j++) {
      chance *= (stay + j) / (stay + leave + j);
      sum += chance;
    }
    return sum;
  }
  const excess = leave - 1;
  if (Math.abs(excess) <= (stay + 1) / 2) {
    const mean = nodes.reduce(
      (sum, node, k) => sum + weights[k] * digammaRise(stay + 1 + excess * node, opportunities),
      0,
    );
    return excess === 0 ? stay * mean : (-stay * expm1(-excess * mean)) / excess;
  }
  const logRatio =
    excess > 0
      ? logBeta(stay + 1 + opportunities, excess) - logBeta(stay + 1, excess)
      : log1p(opportunities / stay) + logBeta(stay + opportunities, leave) - logBeta(stay, leave);
  return (-stay * expm1(logRatio)) / excess;
}

/**
 * Refuses histories that do not count opportunities: times that are no integers, or more purchases than opportunities.
 *
 * @param caller - the public function, for messages.
 * @param table - checked as a purchase summary.
 */
export function checkOpportunities(caller: string, table: FeatureTable): void {
  const [x, t, n] = historyFeatures.map((name) => placeOf(caller, table, name, "invalid-option"));
  const { ids, names, values } = table;
  for (let row = 0; row < ids.length; row++) {
    const fail = (column: number, expected: string): never =>
      refuse(
        caller,
        "invalid-value",
        `table.values[${row}, ${column}]`,
        expected,
        describeCell(values[row * names.length + column]),
      );
    const [frequency, recency, age] = [x, t, n].map((column) => values[row * names.length + column]);
    if (!Number.isSafeInteger(recency)) fail(t, "an integer, the opportunity of the last purchase");
    if (!Number.isSafeInteger(age)) fail(n, "an integer, the number of opportunities");
    if (frequency > recency) fail(x, "at most the recency: one purchase per opportunity");
  }
}
