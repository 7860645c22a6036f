import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { chiSquare } from "../numeric/distributions.ts";
import type { EventLog } from "../tables/event-log.ts";
import { fitMarkov } from "./markov.ts";
import { type PathOptions, pathOptions } from "./paths.ts";

/** Options of {@link chooseMarkovOrder}. */
export interface ChooseMarkovOrderOptions extends PathOptions {
  /** The highest order that is tried; default 3. */
  readonly to?: number | undefined;
}

/** Option table of {@link chooseMarkovOrder}. */
export const chooseMarkovOrderOptions: OptionTable<ChooseMarkovOrderOptions, "per" | "states"> = {
  ...pathOptions,
  to: integer({ min: 1, max: 5, default: 3 }),
};

/** A chain of one order. */
export interface MarkovOrderPoint {
  /** How many states back the next one depends on. */
  readonly order: number;
  /** Logarithm of the probability of all paths. */
  readonly logLikelihood: number;
  /** Free probabilities. */
  readonly parameters: number;
  /** Akaike's criterion; smaller is better. */
  readonly aic: number;
  /** Schwarz's criterion; smaller is better. */
  readonly bic: number;
  /** Likelihood-ratio test against the order before (G², χ²); `null` for order 1 and where no parameter is added. */
  readonly pValue: number | null;
}

/** What {@link chooseMarkovOrder} finds. */
export interface MarkovOrderReport {
  /** The order with the smallest BIC; the smaller of equals. */
  readonly order: number;
  /** The rule in words, with its figures. */
  readonly rule: string;
  /** Every order that was tried. */
  readonly orders: readonly MarkovOrderPoint[];
}

/**
 * Finds how far back the next step depends: whether it matters where a customer came from, or only where they are.
 *
 * All orders are judged by the same steps: near the beginning of a path a context is as long as the path so far.
 *
 * @param log - the events.
 * @param options - what a path is, and the highest order to try.
 * @returns the order chosen by BIC, with the likelihoods, AIC and BIC of all of them.
 * @throws {ClienteleError} as {@link fitMarkov}. Cost: one fit per order.
 * @example
 * const rows = ["a", "b", "a", "c", "a", "b", "a", "c"].map((what, time) => ({ who: "ann", what, time }));
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "time" });
 * chooseMarkovOrder(log, { to: 2 }).rule; // "Order 1 has the smallest BIC (32.5) of orders 1 to 2."
 * @see Katz (1981), "On some criteria for estimating the order of a Markov chain".
 */
export function chooseMarkovOrder(log: EventLog, options?: ChooseMarkovOrderOptions): MarkovOrderReport {
  const { to, ...paths } = readOptions("chooseMarkovOrder", chooseMarkovOrderOptions, options);
  const orders: MarkovOrderPoint[] = [];
  for (let order = 1; order <= to; order++) {
    const { logLikelihood, parameters, aic, bic } = fitMarkov(log, { ...paths, order });
    const before = orders[order - 2];
    orders.push({ order, logLikelihood, parameters, aic, bic, pValue: before === undefined ? null : ratioTest(before, { logLikelihood, parameters }) }); // prettier-ignore
  }
  const best = orders.reduce((chosen, point) => (point.bic < chosen.bic ? point : chosen));
  const rule = `Order ${best.order} has the smallest BIC (${best.bic.toFixed(1)}) of orders 1 to ${to}.`;
  return { order: best.order, rule, orders };
}

type Fit = Pick<MarkovOrderPoint, "logLikelihood" | "parameters">;

function ratioTest(before: Fit, after: Fit): number | null {
  const added = after.parameters - before.parameters;
  if (added <= 0) return null;
  return chiSquare(added).sf(Math.max(0, 2 * (after.logLikelihood - before.logLikelihood)));
}
