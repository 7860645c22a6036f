import { refuse } from "../core/errors.ts";
import type { ModelHeader } from "../core/model.ts";
import { custom, type OptionTable, readOptions, real } from "../core/options.ts";
import { log } from "../numeric/elementary.ts";
import { digammaRise, logGammaRise } from "../numeric/special.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { noRepeats, weightedSum } from "./fit-beta-geometric.ts";
import { fitShapes, type RowLikelihood } from "./fit-shapes.ts";
import type { LikelihoodReport } from "./maximize-likelihood.ts";
import { checkOpportunities, expectedStays } from "./opportunities.ts";
import { arePositive, isPositive } from "./positive-parameters.ts";
import type { History, PurchaseProcess } from "./purchase-process.ts";
import { historyFeatures, type PurchaseRows, readPurchaseRows } from "./purchase-rows.ts";

/** The four parameters of BG/BB. */
export interface BgBbParameters {
  /** First parameter of the beta distribution of the probability to buy at an opportunity; its mean is α / (α + β). */
  readonly alpha: number;
  /** Its second parameter. */
  readonly beta: number;
  /** First parameter of the beta distribution of the probability to leave before an opportunity; its mean is γ / (γ + δ). */
  readonly gamma: number;
  /** Its second parameter. */
  readonly delta: number;
}

/** Options of {@link fitBgBb}. */
export interface FitBgBbOptions {
  /**
   * Penalty on large parameters, for small samples without a stable answer: `l2` / 2 · (α² + β² + γ² + δ²) is taken from the
   * log-likelihood. Default 0.
   */
  readonly l2?: number | undefined;
  /** Where the search starts, instead of several places of its own. */
  readonly start?: BgBbParameters | undefined;
}

/** A fitted BG/BB model: see {@link fitBgBb}. */
export interface BgBbModel extends ModelHeader, BgBbParameters, LikelihoodReport {
  /** Always `"bg-bb"`. */
  readonly kind: "bg-bb";
  /** Version of the layout. */
  readonly version: 1;
  /** Standard errors from the curvature of the log-likelihood; null where a parameter ran off or the maximum is flat. */
  readonly standardErrors: Readonly<Record<keyof BgBbParameters, number | null>>;
  /** What an opportunity is: the unit of the summary, `"period"` where it names none. */
  readonly unit: string;
}

const parameterNames = ["alpha", "beta", "gamma", "delta"] as const;
const badStarts = [null, [], 1, { alpha: 1 }, { alpha: 0, beta: 1, gamma: 1, delta: 1 }] as const;
const starts = [[1, 1, 0.5, 3], [0.5, 0.5, 0.5, 0.5], [2, 6, 1, 10], [0.3, 1, 2, 20]]; // prettier-ignore

/** Option table of {@link fitBgBb}. */
export const fitBgBbOptions: OptionTable<FitBgBbOptions, "start"> = {
  l2: real({ min: 0, max: 1e9, default: 0 }),
  start: custom(
    "positive numbers alpha, beta, gamma and delta",
    (value) => arePositive(value, parameterNames),
    badStarts,
    { optional: true },
  ),
};

/**
 * Learns how customers keep buying where there is at most one purchase per period, such as a yearly donation, a conference
 * or a sailing season (BG/BB), for {@link predictPurchases}, {@link predictAlive} and {@link predictActive}.
 *
 * Before each opportunity a customer leaves for good with a probability of the own; who is there buys with another. Both are
 * beta-distributed. In the summary `frequency` counts purchases after the first, `recency` is the number of the
 * opportunity of the last, `age` that of opportunities so far: what `derivePurchaseSummary` makes with `periodDays`. The
 * likelihood is a sum of positive terms on distinct histories, with exact gradients, from several starts.
 *
 * @param summary - of `derivePurchaseSummary`, or any table with `frequency`, `recency` and `age`; other features are ignored.
 * @param options - see {@link FitBgBbOptions}.
 * @returns the parameters with standard errors and a report of the search: look at `converged` and `atBoundary`. Notes as
 * {@link fitBgNbd}. A prediction's `horizon` counts opportunities; alive means: still there at the next opportunity.
 * @throws {ClienteleError} as {@link fitBgNbd}; `invalid-value` also where times are no integers, or a customer has more
 * purchases than opportunities. Cost: one sort, then about 40 passes of `age − recency` steps per distinct history.
 * @example
 * const rows = [[0, 0, 6], [1, 1, 6], [6, 6, 6], [2, 5, 6], [0, 0, 6], [3, 4, 6], [0, 0, 6], [5, 6, 6]];
 * const donors = fromMatrix(rows, { names: ["frequency", "recency", "age"] });
 * const model = fitBgBb(donors, { l2: 0.1 });
 * predictPurchases(model, donors, { horizon: 5 }); // Float64Array [0.078, 0.163, 4.21, 1.73, 0.078, 1.67, 0.078, 3.62]
 * @see Fader, Hardie & Shang (2010), "Customer-Base Analysis in a Discrete-Time Noncontractual Setting", Marketing
 * Science 29(6), equations 7, 11 and 13.
 */
export function fitBgBb(summary: FeatureTable, options?: FitBgBbOptions): BgBbModel {
  const caller = "fitBgBb";
  const { l2, start } = readOptions(caller, fitBgBbOptions, options);
  const rows = readPurchaseRows(caller, summary);
  checkOpportunities(caller, summary);
  if (rows.customers === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  if (!rows.age.some((age) => age > 0)) {
    refuse(caller, "degenerate-data", "table", "a customer with an age above 0", "none");
  }
  const purchases = weightedSum(rows.weight, rows.frequency);
  const { parameters, errors, notes, ...report } = fitShapes(caller, {
    names: parameterNames,
    starts: start === undefined ? starts : [parameterNames.map((name) => start[name])],
    l2,
    weight: rows.weight,
    at: (point) => likelihoodAt(rows, point),
  });
  const [alpha, beta, gamma, delta] = parameters;
  return {
    kind: "bg-bb",
    version: 1,
    features: [...historyFeatures],
    notes: purchases > 0 ? notes : [noRepeats, ...notes],
    ...{ alpha, beta, gamma, delta },
    standardErrors: { alpha: errors[0], beta: errors[1], gamma: errors[2], delta: errors[3] },
    ...report,
    atBoundary: report.atBoundary || purchases === 0,
    unit: rows.unit,
  };
}

// A customer was there up to the last purchase t: B(α + x, β + t − x) / B(α, β) · B(γ, δ + t) / B(γ, δ). Then came n − t
// opportunities without a purchase; each time the customer either left before it or was there and did not buy. The
// chance of that silence is a sum over the moment of leaving whose terms follow one from another.
function likelihoodAt(
  { frequency, recency, age }: PurchaseRows,
  [alpha, beta, gamma, delta]: readonly number[],
): RowLikelihood {
  const buys = alpha + beta;
  const leaves = gamma + delta;
  return (row, slopes) => {
    const [x, t] = [frequency[row], recency[row]];
    let [slopeAlpha, slopeBeta, slopeGamma, slopeDelta] = [0, 0, 0, 0];
    let [pathAlpha, pathBeta, pathGamma, pathDelta] = [0, 0, 0, 0];
    let [there, silence] = [1, 0];
    for (let past = t; past < age[row] && there > 1e-20 * silence; past++) {
      const [buyers, leavers] = [1 / (buys + past), 1 / (leaves + past)];
      const left = there * gamma * leavers;
      silence += left;
      slopeAlpha += left * pathAlpha;
      slopeBeta += left * pathBeta;
      slopeGamma += left * (pathGamma + 1 / gamma - leavers);
      slopeDelta += left * (pathDelta - leavers);
      there *= (delta + past) * leavers * (beta + past - x) * buyers;
      pathAlpha -= buyers;
      pathBeta += 1 / (beta + past - x) - buyers;
      pathGamma -= leavers;
      pathDelta += 1 / (delta + past) - leavers;
    }
    silence += there;
    const purchases = digammaRise(buys, t);
    const stays = digammaRise(leaves, t);
    slopes[0] = alpha * (digammaRise(alpha, x) - purchases + (slopeAlpha + there * pathAlpha) / silence);
    slopes[1] = beta * (digammaRise(beta, t - x) - purchases + (slopeBeta + there * pathBeta) / silence);
    slopes[2] = gamma * ((slopeGamma + there * pathGamma) / silence - stays);
    slopes[3] = delta * (digammaRise(delta, t) - stays + (slopeDelta + there * pathDelta) / silence);
    const bought = logGammaRise(alpha, x) + logGammaRise(beta, t - x) - logGammaRise(buys, t);
    return bought + logGammaRise(delta, t) - logGammaRise(leaves, t) + log(silence);
  };
}

/** How BG/BB predicts, for the table of {@link predictPurchases}. */
export const bgBbProcess: PurchaseProcess<BgBbModel> = {
  version: 1,
  parameters: parameterNames,
  shape: {
    alpha: isPositive,
    beta: isPositive,
    gamma: isPositive,
    delta: isPositive,
    unit: (value) => typeof value === "string",
  },
  checkHistories: checkOpportunities,
  mostOpportunities: 1_000_000,
  alive(model, history) {
    const { gamma, delta } = model;
    // Who was there at the last opportunity may leave before the next.
    return (wasThere(model, history) * (delta + history.age)) / (gamma + delta + history.age);
  },
  active(model, history, horizon) {
    const { alpha, beta, gamma, delta } = model;
    const { frequency, age } = history;
    // The first purchase is the next but `later`-th: there each time, and silent before.
    let [sum, silent] = [0, 1];
    for (let past = age; past < age + horizon && silent > 1e-18 * sum; past++) {
      const there = (silent * (delta + past)) / (gamma + delta + past);
      sum += (there * (alpha + frequency)) / (alpha + beta + past);
      silent = (there * (beta + past - frequency)) / (alpha + beta + past);
    }
    return wasThere(model, history) * Math.min(1, sum);
  },
  expected(model, history, horizon) {
    const { alpha, beta, gamma, delta } = model;
    const chance = (alpha + history.frequency) / (alpha + beta + history.age);
    return wasThere(model, history) * chance * expectedStays(gamma, delta + history.age, horizon);
  },
  expectedOfNew({ alpha, beta, gamma, delta }, _covariates, horizon) {
    return (alpha / (alpha + beta)) * expectedStays(gamma, delta, horizon);
  },
};

/** The probability that the customer was there at the last opportunity so far. */
function wasThere({ alpha, beta, gamma, delta }: BgBbModel, { frequency, recency, age }: History): number {
  let [there, silence] = [1, 0];
  for (let past = recency; past < age && there > 0; past++) {
    silence += (there * gamma) / (gamma + delta + past);
    there *= (((delta + past) / (gamma + delta + past)) * (beta + past - frequency)) / (alpha + beta + past);
  }
  return there / (silence + there);
}
