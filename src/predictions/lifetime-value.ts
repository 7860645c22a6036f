import { refuse } from "../core/errors.ts";
import { oneOf, type OptionTable, type ReadOptions, readOptions, real, text } from "../core/options.ts";
import { log1p, exp } from "../numeric/elementary.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkSpendModel, expectedSpend, type GammaGammaModel } from "./gamma-gamma.ts";
import { checkHorizon, perHistory, processFor, type PurchaseModel } from "./predict-purchases.ts";
import { checkUnit, unitOf } from "./purchase-rows.ts";

/** Options of {@link scoreLifetimeValue}. */
export interface ScoreLifetimeValueOptions {
  /** How far to look ahead, in `unit`s. */
  readonly horizon: number;
  /**
   * The unit of time of `horizon` and `discountRate`, such as `"week"`: it must be the one that the model and the summary
   * count in, where these say it. For a summary that was not made by `derivePurchaseSummary`, the word is all there is.
   */
  readonly unit: string;
  /** Interest per unit of time, or per `discountEvery` units: 0.01 = 1 %. Default 0. */
  readonly discountRate?: number | undefined;
  /** How many units make a period of interest: purchases of one period are discounted alike. Default 1. */
  readonly discountEvery?: number | undefined;
  /** The share of a purchase's worth that is earned. Default 1. */
  readonly margin?: number | undefined;
  /** Whether the purchases of a period count at its end (the default) or at its start; a factor of 1 + rate. */
  readonly payments?: "end" | "start" | undefined;
}

/** Option table of {@link scoreLifetimeValue}. */
export const scoreLifetimeValueOptions: OptionTable<ScoreLifetimeValueOptions> = {
  horizon: real({ min: 0, max: 1e12 }),
  unit: text(),
  discountRate: real({ min: 0, max: 1e6, default: 0 }),
  discountEvery: real({ above: 0, max: 1e12, default: 1 }),
  margin: real({ min: 0, max: 1e9, default: 1 }),
  payments: oneOf(["end", "start"], { default: "end" }),
};

/** Periods beyond this many are a slip of units. */
const mostPeriods = 100_000;
/** A whole number of periods may miss by rounding. */
const whole = 1e-9;

/**
 * The money that each customer is expected to bring from now to a horizon: expected purchases × expected spend × margin,
 * discounted.
 *
 * Each period's expected purchases are discounted alike, as lifetimes and pymc-marketing do it: Σ (E(k) − E(k − 1)) /
 * (1 + rate)^k, at the start of periods with k − 1. A rest of the horizon counts as a period of its own, discounted by its
 * length. Nothing later than the horizon counts.
 *
 * The unit is asked for because the classic mistake is here: a model of weeks that is read in days overstates a shop's value
 * 3.7 times.
 *
 * @param purchases - how often: of {@link fitBgNbd}, {@link fitMbgNbd}, {@link fitParetoNbd} or {@link fitBgBb}, whose
 * periods of interest are whole opportunities.
 * @param spend - how much: of {@link fitGammaGamma}.
 * @param summary - histories up to now, with the features of both models.
 * @param options - see {@link ScoreLifetimeValueOptions}.
 * @returns one number of at least 0 per row, in the money of the summary.
 * @throws {ClienteleError} `invalid-option` for a unit other than the model's or the summary's, or more than 100,000 periods; otherwise as
 * {@link predictPurchases} and {@link predictSpend}. Cost: {@link predictPurchases} per period, without discounting once.
 * @example
 * const rows = [[0, 0, 39, 0], [1, 4, 39, 12], [2, 30, 38, 22], [6, 12, 38, 74], [0, 0, 35, 0], [4, 31, 33, 25]];
 * const table = fromMatrix(rows, { names: ["frequency", "recency", "age", "monetary"] });
 * const summary = { ...table, units: { recency: "week", age: "week" } };
 * const [purchases, spend] = [fitBgNbd(summary, { l2: 0.1 }), fitGammaGamma(summary, { l2: 0.01 })];
 * const options = { horizon: 52, discountRate: 0.002, margin: 0.3 };
 * scoreLifetimeValue(purchases, spend, summary, { ...options, unit: "week" })[5]; // 33.01
 * scoreLifetimeValue(purchases, spend, summary, { ...options, unit: "day" }); // throws invalid-option
 * @see Fader, Hardie & Lee (2005), "RFM and CLV: Using Iso-Value Curves for Customer Base Analysis".
 */
export function scoreLifetimeValue(
  purchases: PurchaseModel,
  spend: GammaGammaModel,
  summary: FeatureTable,
  options: ScoreLifetimeValueOptions,
): Float64Array {
  const caller = "scoreLifetimeValue";
  const read = readOptions(caller, scoreLifetimeValueOptions, options);
  const { unit, margin } = read;
  checkTable(caller, summary);
  const process = processFor(caller, purchases);
  checkSpendModel(caller, spend);
  checkUnit(caller, purchases.unit, unit, "options.unit");
  checkUnit(caller, unitOf(caller, summary), unit, "options.unit");
  const steps = stepsOf(caller, read);
  for (const { end } of steps) {
    checkHorizon(caller, process, end, end === read.horizon ? "options.horizon" : "options.discountEvery");
  }
  const counts = perHistory(caller, purchases, summary, (history) => {
    let before = 0;
    let sum = 0;
    for (const { end, worth } of steps) {
      const expected = process.expected(purchases, history, end);
      // Expectations grow; a difference below rounding must not come out negative.
      sum += Math.max(0, expected - before) * worth;
      before = expected;
    }
    return sum;
  });
  const money = expectedSpend(caller, spend, summary);
  return counts.map((count, i) => count * money[i] * margin);
}

/** Ends of the periods, in units, and what a coin that comes in them is worth today. */
function stepsOf(
  caller: string,
  { horizon, discountRate, discountEvery, payments }: ReadOptions<ScoreLifetimeValueOptions>,
): { end: number; worth: number }[] {
  if (horizon === 0) return [];
  if (discountRate === 0) return [{ end: horizon, worth: 1 }];
  const periods = horizon / discountEvery;
  if (periods > mostPeriods) {
    refuse(caller, "invalid-option", "options.horizon", `at most ${mostPeriods} periods`, "more");
  }
  const count = Math.max(
    1,
    Math.abs(periods - Math.round(periods)) < whole * periods ? Math.round(periods) : Math.ceil(periods),
  );
  const logFactor = log1p(discountRate);
  return Array.from({ length: count }, (_, k) => {
    const isLast = k === count - 1;
    const paid = payments === "start" ? k : isLast ? periods : k + 1;
    return { end: isLast ? horizon : (k + 1) * discountEvery, worth: exp(-paid * logFactor) };
  });
}
