import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import type { TestReport } from "../core/test-report.ts";
import { normal } from "../numeric/distributions.ts";
import { midranks } from "../numeric/ranks.ts";
import { rankSumTail } from "../numeric/rank-sums.ts";
import type { TwoArms } from "./arm-stats.ts";

/** Options of {@link testMannWhitney}. */
export interface TestMannWhitneyOptions {
  /** 1 − level of the interval. Default 0.05. */
  readonly alpha?: number | undefined;
}

/** Option table of {@link testMannWhitney}. */
export const testMannWhitneyOptions: OptionTable<TestMannWhitneyOptions> = {
  alpha: real({ above: 0, below: 1, default: 0.05 }),
};

/** Result of {@link testMannWhitney}. `estimate` is a chance: one half = no difference. */
export interface MannWhitneyReport extends TestReport<null> {
  /** Mann and Whitney's U of the treatment: pairs of customers in which the treated one has more, ties for half; null without pairs. */
  readonly statistic: number | null;
  /** Customers of the control. */
  readonly control: number;
  /** Customers of the treatment. */
  readonly treatment: number;
}

/** As large a table of pairs has its chances counted, where no two amounts are equal. */
const mostExact = 50;

/**
 * Tests whether customers of one arm tend to have more than those of the other, whatever a few of them have: rounds played, visits,
 * amounts with giants among them.
 *
 * It asks another question than {@link testMeans}: not how much more there is in all, but how often a customer drawn from the treatment
 * has more than one drawn from the control. Revenue is a sum: where it counts, the mean counts.
 *
 * @param data - one number per customer of both arms.
 * @param options - see {@link TestMannWhitneyOptions}.
 * @returns the chance that the treated one of two customers has more, ties for half, with its interval; U, and the p-value: exact
 * below 50 customers per arm without ties, else normal with corrections for ties and continuity. Notes: `empty-arm`, `no-variance` (all amounts
 * are equal, p = 1), `separated` (every amount of one arm is above every one of the other: the interval has no width).
 * @throws {ClienteleError} `invalid-value` for what is no finite number; `invalid-option`.
 * @example
 * const control = [3, 9, 4, 12, 1, 7];
 * const treatment = [8, 16, 5, 22, 11, 40];
 * const { estimate, statistic, pValue } = testMannWhitney({ control, treatment });
 * estimate!; // 0.8333
 * statistic; // 30
 * pValue!; // 0.0649
 * @see Mann & Whitney (1947); DeLong, DeLong & Clarke-Pearson (1988) for the interval. Cost: a sort.
 */
export function testMannWhitney(data: TwoArms<ArrayLike<number>>, options?: TestMannWhitneyOptions): MannWhitneyReport {
  const caller = "testMannWhitney";
  const { alpha } = readOptions(caller, testMannWhitneyOptions, options);
  const [control, treatment] = (["control", "treatment"] as const).map((arm) => readValues(caller, data, arm));
  const sizes = { control: control.length, treatment: treatment.length };
  if (control.length === 0 || treatment.length === 0) {
    const message = "There is nobody in one of the arms.";
    const notes = [{ code: "empty-arm", message }];
    return { estimate: null, standardError: null, interval: null, pValue: null, method: "none", statistic: null, ...sizes, notes }; // prettier-ignore
  }
  const [n, m] = [control.length, treatment.length];
  const all = new Float64Array(n + m);
  all.set(control);
  all.set(treatment, n);
  const { ranks, distinct } = midranks(all);
  const among = ranks.subarray(n);
  const statistic = among.reduce((sum, rank) => sum + rank, 0) - (m * (m + 1)) / 2;
  const estimate = statistic / n / m;
  const standardError = Math.sqrt(
    placementVariance(among, midranks(treatment).ranks, n) / m +
      placementVariance(ranks.subarray(0, n), midranks(control).ranks, m) / n,
  );
  const reach = normal.upperQuantile(alpha / 2) * standardError;
  const notes: Note[] = [];
  if (distinct === 1)
    notes.push({ code: "no-variance", message: "All amounts are equal: there is nothing to tell apart." }); // prettier-ignore
  else if (estimate === 0 || estimate === 1) {
    notes.push({ code: "separated", message: "Every amount of one arm is above every one of the other: how sure the chance is cannot be told." }); // prettier-ignore
  }
  const isExact = distinct === n + m && n < mostExact && m < mostExact;
  return {
    estimate,
    standardError,
    interval: [Math.max(0, estimate - reach), Math.min(1, estimate + reach)],
    pValue: distinct === 1 ? 1 : isExact ? Math.min(1, 2 * rankSumTail(n, m, Math.min(statistic, n * m - statistic))) : normalTail(ranks, n, m, statistic), // prettier-ignore
    method: isExact ? "exact rank sum test" : "rank sum test, normal with corrections for ties and continuity",
    statistic,
    ...sizes,
    notes,
  };
}

/** Variance of the shares of the other arm that each customer is above; 0 for one customer. */
function placementVariance(among: Float64Array, within: Float64Array, others: number): number {
  const count = among.length;
  if (count < 2) return 0;
  const placements = among.map((rank, i) => (rank - within[i]) / others);
  const mean = placements.reduce((sum, x) => sum + x, 0) / count;
  return placements.reduce((sum, x) => sum + (x - mean) * (x - mean), 0) / (count - 1);
}

function normalTail(ranks: Float64Array, n: number, m: number, statistic: number): number {
  const total = n + m;
  const center = (total + 1) / 2;
  // The variance of ranks as they are: ties narrow it.
  const squares = ranks.reduce((sum, rank) => sum + (rank - center) * (rank - center), 0);
  const deviation = Math.sqrt(((n / total) * m * squares) / (total - 1));
  const away = Math.max(0, Math.abs(statistic - (n * m) / 2) - 0.5);
  return Math.min(1, 2 * normal.sf(away / deviation));
}

function readValues(caller: string, data: unknown, arm: "control" | "treatment"): Float64Array {
  const given: unknown = typeof data === "object" && data !== null ? (data as Record<string, unknown>)[arm] : undefined;
  if (!isList(given)) return refuse(caller, "invalid-value", `data.${arm}`, "a list of numbers", describeValue(given));
  const values = new Float64Array(given.length);
  for (let i = 0; i < values.length; i++) {
    const value = given[i];
    if (typeof value !== "number" || !Number.isFinite(value)) {
      return refuse(caller, "invalid-value", `data.${arm}[${i}]`, "a finite number", describeCell(value));
    }
    values[i] = value;
  }
  return values;
}
