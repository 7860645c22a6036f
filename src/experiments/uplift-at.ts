import { integer, oneOf, type OptionTable, readOptions, real } from "../core/options.ts";
import { wholeIfNear } from "../numeric/quantile.ts";
import { plainDifference } from "./arm-difference.ts";
import {
  outcomeKindOption,
  type OutcomeNumbers,
  outcomeOption,
  treatmentOption,
  type UpliftOutcomeKind,
} from "./arms.ts";
import { type PartSums, rankArms, type RankedArms, sumsByPart } from "./ranked-arms.ts";
import type { ArmOutcome } from "./uplift-by-segment.ts";

/** The effect on some customers of a ranking; numbers of customers are fractions where a tie was shared out. */
export interface UpliftGroup {
  /** Those of the control in it. */
  readonly control: ArmOutcome;
  /** Those of the treatment in it. */
  readonly treated: ArmOutcome;
  /** Mean outcome of the treated less that of the controls; null where it cannot be told. */
  readonly uplift: number | null;
  /** Standard error of the uplift; null where there is none. */
  readonly standardError: number | null;
  /** Newcombe's interval of rates, Welch's of amounts. */
  readonly interval: readonly [number, number] | null;
}

/** Options of {@link measureUpliftAt}. */
export interface MeasureUpliftAtOptions {
  /** Per customer 0 = control, 1, 2, … = treatments. */
  readonly treatment: Uint8Array;
  /** Per customer 0 or 1, or an amount. */
  readonly outcome: OutcomeNumbers;
  /** What the outcome is; default `"auto"`: binary where all outcomes are 0 or 1. */
  readonly outcomeKind?: UpliftOutcomeKind | "auto" | undefined;
  /** Which treatment is held against the control; the first when absent. */
  readonly arm?: number | undefined;
  /** 1 − level of the interval; default 0.05. */
  readonly alpha?: number | undefined;
  /** Which share of the customers is treated, the highest scores first; default 0.3. */
  readonly share?: number | undefined;
  /** The best of all customers (`"overall"`, default), or the best of each arm (`"by-group"`): the same in a fair experiment. */
  readonly strategy?: "overall" | "by-group" | undefined;
}

/** Option table of {@link measureUpliftAt}. */
export const measureUpliftAtOptions: OptionTable<MeasureUpliftAtOptions, "arm"> = {
  treatment: treatmentOption(),
  outcome: outcomeOption(),
  outcomeKind: outcomeKindOption(),
  arm: integer({ min: 1, max: 255, optional: true }),
  share: real({ above: 0, max: 1, default: 0.3 }),
  strategy: oneOf(["overall", "by-group"], { default: "overall" }),
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

/**
 * Measures the effect on the best customers by a score: what a campaign to the first 30 % would bring per customer.
 *
 * @param score - per customer, higher = treat first.
 * @param options - see {@link MeasureUpliftAtOptions}.
 * @returns the effect with its interval; null where nobody of an arm is among the best. A tie at the end of the share is shared out.
 * @throws {ClienteleError} as {@link measureQini}. Cost: one sort.
 * @example
 * const treatment = Uint8Array.of(1, 0, 1, 0, 1, 0, 1, 0);
 * const outcome = [1, 0, 1, 0, 0, 0, 0, 1];
 * measureUpliftAt([8, 7, 6, 5, 4, 3, 2, 1], { treatment, outcome, share: 0.5 }).uplift; // 1
 * @see scikit-uplift's `uplift_at_k`, which also rounds the number of customers down, but orders ties by row.
 */
export function measureUpliftAt(score: ArrayLike<number>, options: MeasureUpliftAtOptions): UpliftGroup {
  const caller = "measureUpliftAt";
  const read = readOptions(caller, measureUpliftAtOptions, options);
  const ranked = rankArms(caller, score, read);
  const firstOf = (n: number): number => Math.max(1, Math.floor(wholeIfNear(n * read.share)));
  if (read.strategy === "overall") {
    return effectOf(sumsByPart(ranked, [firstOf(ranked.treated.length)])[0], ranked.kind, read.alpha);
  }
  const [control, treated] = ranked.sizes.map((size, arm) => sumsByPart(onlyArm(ranked, arm), [firstOf(size)])[0]);
  return effectOf({ control: control.control, treated: treated.treated }, ranked.kind, read.alpha);
}

/** A ranking of one arm's customers alone. */
function onlyArm(ranked: RankedArms, arm: number): RankedArms {
  const outcome = ranked.outcome.filter((_, place) => ranked.treated[place] === arm);
  const ends: number[] = [];
  let [begin, count] = [0, 0];
  for (const end of ranked.ends) {
    const before = count;
    for (let place = begin; place < end; place++) if (ranked.treated[place] === arm) count++;
    if (count > before) ends.push(count);
    begin = end;
  }
  return { ...ranked, treated: new Uint8Array(count).fill(arm), outcome, ends: Uint32Array.from(ends) };
}

/** What the sums of some customers say about the treatment. */
export function effectOf({ control, treated }: PartSums, kind: UpliftOutcomeKind, alpha: number): UpliftGroup {
  const difference = plainDifference(control, treated, kind, alpha);
  return {
    control: { n: control.n, mean: control.mean },
    treated: { n: treated.n, mean: treated.mean },
    uplift: difference?.estimate ?? null,
    standardError: difference?.standardError ?? null,
    interval: difference?.interval ?? null,
  };
}
