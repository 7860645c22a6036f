import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import type { TestReport } from "../core/test-report.ts";
import { normal } from "../numeric/distributions.ts";

/** What was done, and what came of it: one entry per customer in each list. */
export interface LoggedActions {
  /** The action that was taken; null = none. */
  readonly actions: readonly (string | null)[];
  /** The chance with which it was chosen, in (0, 1]: `propensity` of `chooseNextAction`. */
  readonly propensities: ArrayLike<number>;
  /** What came of it: revenue less cost, or 1 and 0. */
  readonly rewards: ArrayLike<number>;
}

/** Options of {@link measureOffPolicy}. */
export interface MeasureOffPolicyOptions {
  /** Confidence is 1 − alpha; default 0.05. */
  readonly alpha?: number | undefined;
}

/** Option table of {@link measureOffPolicy}. */
export const measureOffPolicyOptions: OptionTable<MeasureOffPolicyOptions> = {
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

/** Result of {@link measureOffPolicy}: the estimate is that of self-normalized weights. */
export interface OffPolicyReport extends TestReport {
  /** Mean reward per customer by plain inverse propensities: unbiased, and noisier. */
  readonly inversePropensity: number;
  /** Mean reward per customer of what was done. */
  readonly logged: number;
  /** Customers with whom the new policy would have done what was done. */
  readonly matched: number;
  /** Customers. */
  readonly customers: number;
  /** So many equally weighted customers would tell as much. */
  readonly effectiveSampleSize: number;
}

/**
 * Estimates what another policy would have earned per customer, from what was done partly by chance: without trying it out.
 *
 * Customers with whom the new policy would have done the same stand for the others, each with the weight 1 / propensity. The
 * logged choices must have given every action of the new policy a chance with every customer (`explore` above 0).
 *
 * @param logged - actions, propensities and rewards; see {@link LoggedActions}.
 * @param policy - what the new policy would do with each customer; null = nothing.
 * @param options - see {@link MeasureOffPolicyOptions}.
 * @returns the mean reward per customer with its interval, and beside it that of what was done; `pValue` is null. Notes: `no-overlap`
 * (nobody got what the policy would do: all figures are 0), `few-matches` (below 30
 * effective customers: the interval is too narrow).
 * @throws {ClienteleError} `shape-mismatch` for lists of different lengths; `too-few-rows` without customers; `invalid-value` for a
 * propensity outside (0, 1] or a reward that is not finite. Cost: one pass.
 * @example
 * const logged = { actions: ["mail", null, "mail", null], propensities: [0.5, 0.5, 0.5, 0.5], rewards: [3, 1, 5, 2] };
 * measureOffPolicy(logged, ["mail", "mail", "mail", "mail"]).estimate; // 4
 * @see Swaminathan & Joachims (2015), "The self-normalized estimator for counterfactual learning"; Owen (2013), chapter 9, on its error.
 */
export function measureOffPolicy(
  logged: LoggedActions,
  policy: readonly (string | null)[],
  options?: MeasureOffPolicyOptions,
): OffPolicyReport {
  const caller = "measureOffPolicy";
  const { alpha } = readOptions(caller, measureOffPolicyOptions, options);
  const { actions, propensities, rewards } = checkLogged(caller, logged, policy);
  const customers = actions.length;
  let [matched, weights, squares, weighted, sum] = [0, 0, 0, 0, 0];
  for (let c = 0; c < customers; c++) {
    sum += rewards[c];
    if (actions[c] !== policy[c]) continue;
    const weight = 1 / propensities[c];
    matched++;
    weights += weight;
    squares += weight * weight;
    weighted += weight * rewards[c];
  }
  const estimate = matched === 0 ? 0 : weighted / weights;
  let spread = 0;
  for (let c = 0; c < customers; c++) {
    if (actions[c] !== policy[c]) continue;
    const rest = (rewards[c] - estimate) / propensities[c];
    spread += rest * rest;
  }
  const standardError = matched === 0 ? 0 : Math.sqrt(spread) / weights;
  const reach = normal.upperQuantile(alpha / 2) * standardError;
  const effectiveSampleSize = matched === 0 ? 0 : (weights / squares) * weights;
  return {
    estimate,
    standardError,
    interval: [estimate - reach, estimate + reach],
    pValue: null,
    method: "self-normalized inverse propensities",
    notes: notesOf(matched, effectiveSampleSize),
    inversePropensity: weighted / customers,
    logged: sum / customers,
    matched,
    customers,
    effectiveSampleSize,
  };
}

function checkLogged(caller: string, logged: LoggedActions, policy: readonly (string | null)[]): LoggedActions {
  const lists = { actions: logged?.actions, propensities: logged?.propensities, rewards: logged?.rewards };
  for (const [name, list] of Object.entries(lists)) {
    if (!isList(list)) refuse(caller, "shape-mismatch", `logged.${name}`, "a list", describeValue(list));
  }
  const { actions, propensities, rewards } = lists;
  if (actions.length === 0) refuse(caller, "too-few-rows", "logged.actions", "at least 1 customer", "0");
  for (const [name, list] of [["logged.propensities", propensities], ["logged.rewards", rewards], ["policy", policy]] as const) {
    if (isList(list) && list.length === actions.length) continue;
    refuse(caller, "shape-mismatch", name, `${actions.length} entries, one per customer`, describeValue(list));
  } // prettier-ignore
  for (let c = 0; c < actions.length; c++) {
    if (!(propensities[c] > 0 && propensities[c] <= 1)) {
      refuse(caller, "invalid-value", `logged.propensities[${c}]`, "a chance in (0, 1]", describeCell(propensities[c]));
    }
    if (!Number.isFinite(rewards[c])) {
      refuse(caller, "invalid-value", `logged.rewards[${c}]`, "finite", describeCell(rewards[c]));
    }
  }
  return { actions, propensities, rewards };
}

function notesOf(matched: number, effective: number): Note[] {
  if (matched === 0) {
    const message = "Nobody got what the policy would do: nothing can be said of it.";
    return [{ code: "no-overlap", message }];
  }
  if (effective >= 30) return [];
  const message = `The customers who got what the policy would do tell as much as ${effective.toFixed(1)}: the interval is too narrow.`;
  return [{ code: "few-matches", message }];
}
