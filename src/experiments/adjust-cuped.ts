import { run } from "../core/accumulate.ts";
import { isRecord } from "../core/dictionary.ts";
import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { oneOf, type OptionTable, readOptions } from "../core/options.ts";
import type { Arm, TwoArms } from "./arm-stats.ts";
import { asPair, cupedStats, type CupedStats, type PairSums, pairOf } from "./cuped-stats.ts";
import {
  type DifferenceOptions,
  differenceOptions,
  type DifferenceReport,
  figuresOf,
  welchReport,
} from "./difference.ts";
import { readNumbers } from "./stats.ts";

/** Options of {@link adjustCuped}. */
export interface AdjustCupedOptions extends DifferenceOptions {
  /**
   * What to do about customers without a covariate: `"mean"` gives them the mean of all others, so that they count unadjusted
   * (default); `"refuse"` takes them for an error.
   */
  readonly missing?: "mean" | "refuse" | undefined;
}

/** Option table of {@link adjustCuped}. */
export const adjustCupedOptions: OptionTable<AdjustCupedOptions> = {
  ...differenceOptions,
  missing: oneOf(["mean", "refuse"], { default: "mean" }),
};

/** One arm, customer by customer. */
export interface CupedRows {
  /** What is tested, one number per customer. */
  readonly outcome: ArrayLike<number>;
  /** What the same customers did before the assignment; null or NaN where nothing is known. */
  readonly covariate: ArrayLike<number | null>;
}

/** Result of {@link adjustCuped}. */
export interface CupedReport {
  /** Outcome per unit of the covariate, the same in both arms; 0 where the covariate does not vary. */
  readonly theta: number;
  /** The share of the variance of the difference that is gone; below 0 the covariate did harm. Null where there is none. */
  readonly varianceReduction: number | null;
  /** The difference, adjusted. */
  readonly adjusted: DifferenceReport;
  /** The difference as it is. */
  readonly unadjusted: DifferenceReport;
  /** Customers without a covariate. */
  readonly missing: {
    /** In the control. */
    readonly control: number;
    /** In the treatment. */
    readonly treatment: number;
  };
  /** `"missing-covariate"`, `"constant-covariate"`, `"covariate-differs"`. */
  readonly notes: readonly Note[];
}

/**
 * Sharpens a test of means by what is known about the customers from before: CUPED, a regression on a covariate that the experiment cannot
 * have changed. A correlation of 0.7 halves the variance, as twice as many customers would.
 *
 * @param data - both arms: outcomes and covariates by customer, or sums by {@link cupedStats}.
 * @param options - see {@link AdjustCupedOptions}.
 * @returns the adjusted test and the plain one beside it. The covariate must be from before the assignment: one that the treatment
 * changes takes the effect away, and where the arms differ in it beyond chance a note `covariate-differs` says so.
 * @throws {ClienteleError} `shape-mismatch` for lists of unlike length; `invalid-value` at the first outcome that is missing or not finite.
 * @example
 * const control = { outcome: [5, 9, 14, 18, 25], covariate: [1, 2, 3, 4, 5] };
 * const treatment = { outcome: [8, 11, 17, 22, 26], covariate: [1, 2, 3, 4, 5] };
 * const { adjusted, unadjusted } = adjustCuped({ control, treatment });
 * adjusted.pValue!; // 0.0008
 * unadjusted.pValue!; // 0.60
 * @see Deng, Xu, Kohavi & Walker (2013), "Improving the sensitivity of online controlled experiments by utilizing pre-experiment data".
 */
export function adjustCuped(data: TwoArms<CupedRows | CupedStats>, options?: AdjustCupedOptions): CupedReport {
  const caller = "adjustCuped";
  const { missing: policy, ...test } = readOptions(caller, adjustCupedOptions, options);
  if (!isRecord(data)) {
    refuse(caller, "invalid-value", "data", "an object with control and treatment", describeValue(data));
  }
  const given = [readSums(caller, "data.control", data.control), readSums(caller, "data.treatment", data.treatment)];
  const missing = { control: given[0].missing.n, treatment: given[1].missing.n };
  const without = missing.control + missing.treatment;
  if (policy === "refuse" && without > 0) {
    refuse(caller, "invalid-value", "data", "a covariate of every customer", `${without} without`);
  }
  const mean = pairOf(given[0], given[1]).covariateMean;
  const sums = given.map((arm) => pairOf(arm, asPair(arm.missing, mean)));
  const spread = sums[0].covariateM2 + sums[1].covariateM2;
  const theta = spread > 0 ? (sums[0].coMoment + sums[1].coMoment) / spread : 0;
  const plain = testOf(sums, test, ({ mean: value, m2 }) => ({ value, m2 }));
  const adjusted = testOf(sums, test, (arm) => ({
    value: arm.mean - theta * (arm.covariateMean - mean),
    m2: Math.max(0, arm.m2 - 2 * theta * arm.coMoment + theta * theta * arm.covariateM2),
  }));
  const notes: Note[] = [];
  if (without > 0) {
    const message = `${without} customers have no covariate: they count unadjusted.`;
    notes.push({ code: "missing-covariate", message });
  }
  if (!(spread > 0))
    notes.push({ code: "constant-covariate", message: "The covariate does not vary: nothing is adjusted." });
  const before = testOf(sums, { ...test, relative: false }, (arm) => ({
    value: arm.covariateMean,
    m2: arm.covariateM2,
  }));
  if (before.pValue !== null && before.pValue < 0.001) {
    const message = "The arms differ in the covariate beyond chance: is it from before the assignment?";
    notes.push({ code: "covariate-differs", message });
  }
  const [a, b] = [adjusted.standardError, plain.standardError];
  const varianceReduction = a === null || b === null || b === 0 ? null : 1 - (a / b) * (a / b);
  return {
    theta,
    varianceReduction,
    adjusted: { ...adjusted, method: `${adjusted.method}, CUPED` },
    unadjusted: plain,
    missing,
    notes,
  };
}

function testOf(
  sums: readonly PairSums[],
  options: Parameters<typeof welchReport>[1],
  figure: (arm: PairSums) => { value: number; m2: number },
): DifferenceReport {
  const [control, treatment] = sums.map((arm): Arm => {
    const { value, m2 } = figure(arm);
    const { n } = arm;
    return { kind: "mean", n, value: n > 0 ? value : null, variance: n > 1 ? m2 / (n - 1) / n : null, successes: 0 };
  });
  const figures = { control: figuresOf(control, options.alpha), treatment: figuresOf(treatment, options.alpha) };
  return welchReport({ control, treatment }, options, figures);
}

function readSums(caller: string, path: string, arm: unknown): CupedStats {
  if (!isRecord(arm))
    refuse(caller, "invalid-value", path, "outcome and covariate, or what cupedStats returns", describeValue(arm));
  if ("coMoment" in arm) {
    const keys = ["n", "mean", "m2", "covariateMean", "covariateM2", "coMoment"] as const;
    const read = readNumbers(caller, path, arm, keys);
    const missing = readNumbers(caller, `${path}.missing`, arm["missing"], ["n", "mean", "m2"]);
    for (const [name, square] of Object.entries({
      m2: read.m2,
      covariateM2: read.covariateM2,
      "missing.m2": missing.m2,
    })) {
      if (square < 0) refuse(caller, "invalid-value", `${path}.${name}`, "at least 0", "a smaller number");
    }
    // Cauchy and Schwarz, with room for rounding.
    if (Math.abs(read.coMoment) > Math.sqrt(read.m2) * Math.sqrt(read.covariateM2) * (1 + 1e-6)) {
      refuse(caller, "invalid-value", `${path}.coMoment`, "a size that the squares allow", "a larger number");
    }
    return { ...read, missing };
  }
  const { outcome, covariate } = arm;
  if (!isList(outcome)) refuse(caller, "invalid-value", `${path}.outcome`, "a list of numbers", describeValue(outcome));
  if (!isList(covariate) || covariate.length !== outcome.length) {
    refuse(
      caller,
      "shape-mismatch",
      `${path}.covariate`,
      `${outcome.length} numbers, one per outcome`,
      describeValue(covariate),
    );
  }
  const check = (name: string, list: ArrayLike<unknown>, mayMiss: boolean): void => {
    for (let i = 0; i < list.length; i++) {
      const value = list[i];
      if (Number.isFinite(value) || (mayMiss && (value === null || Number.isNaN(value)))) continue;
      refuse(
        caller,
        "invalid-value",
        `${path}.${name}[${i}]`,
        mayMiss ? "finite, null or NaN" : "finite",
        describeCell(value),
      );
    }
  };
  check("outcome", outcome, false);
  check("covariate", covariate, true);
  const rows = Array.from({ length: outcome.length }, (_, i) => ({ outcome: outcome[i] as number, covariate: covariate[i] as number | null })); // prettier-ignore
  return run(cupedStats(), rows);
}
