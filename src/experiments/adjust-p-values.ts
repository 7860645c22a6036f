import { describeValue, isList, refuse } from "../core/errors.ts";
import { oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { adjusted, type Adjustment } from "../numeric/adjust.ts";

/** Options of {@link adjustPValues}. */
export interface AdjustPValuesOptions {
  /**
   * `"bh"` holds the share of false findings among the findings (default); `"holm"` and `"bonferroni"` hold the chance of any false
   * finding, and Holm never finds less.
   */
  readonly method?: Adjustment | undefined;
}

/** Option table of {@link adjustPValues}. */
export const adjustPValuesOptions: OptionTable<AdjustPValuesOptions> = {
  method: oneOf(["bh", "holm", "bonferroni"], { default: "bh" }),
};

/**
 * Adjusts p-values for the number of questions asked: several metrics, several arms against one control, several segments.
 *
 * Of twenty metrics that nothing has changed, one is "significant" at 5 %. An adjusted value can be held against the level again.
 *
 * @param pValues - one per question, null where there was no answer: these do not count.
 * @param options - see {@link AdjustPValuesOptions}.
 * @returns the adjusted values in the same order, null where there was none.
 * @throws {ClienteleError} `invalid-value` at the first value that is neither null nor in [0, 1]. Cost: a sort.
 * @example
 * adjustPValues([0.01, 0.02, 0.03, 0.04, 0.05], { method: "holm" }); // [0.05, 0.08, 0.09, 0.09, 0.09]
 * adjustPValues([0.01, null, 0.04]); // [0.02, null, 0.04]
 * @see Benjamini & Hochberg (1995); Holm (1979); the values of R's `p.adjust`.
 */
export function adjustPValues(pValues: ArrayLike<number | null>, options?: AdjustPValuesOptions): (number | null)[] {
  const caller = "adjustPValues";
  const { method } = readOptions(caller, adjustPValuesOptions, options);
  if (!isList(pValues)) refuse(caller, "invalid-value", "pValues", "a list of p-values", describeValue(pValues));
  for (let i = 0; i < pValues.length; i++) {
    const p: unknown = pValues[i];
    if (p !== null && !(typeof p === "number" && p >= 0 && p <= 1)) {
      refuse(caller, "invalid-value", `pValues[${i}]`, "null or a number in [0, 1]", describeValue(p));
    }
  }
  return adjusted(pValues, method);
}
