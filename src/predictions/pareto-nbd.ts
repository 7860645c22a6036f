import { refuse } from "../core/errors.ts";
import type { ModelHeader, ModelShape } from "../core/model.ts";
import { custom, type OptionTable, readOptions, real } from "../core/options.ts";
import { exp, expm1, log, log1p } from "../numeric/elementary.ts";
import { digammaRise, logGammaRise, trigamma } from "../numeric/special.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { noRepeats, weightedMean, weightedSum } from "./fit-beta-geometric.ts";
import { fitShapes, type RowLikelihood } from "./fit-shapes.ts";
import type { LikelihoodReport } from "./maximize-likelihood.ts";
import { arePositive, isPositive } from "./positive-parameters.ts";
import type { History, PurchaseProcess } from "./purchase-process.ts";
import { historyFeatures, type PurchaseRows, readPurchaseRows } from "./purchase-rows.ts";
import { departureMeans, unseenDeparture } from "./unseen-departure.ts";

/** The four parameters of Pareto/NBD. */
export interface ParetoNbdParameters {
  /** Shape of the gamma distribution of purchase rates. */
  readonly r: number;
  /** Its scale, in the model's unit of time: the mean rate is r / α. */
  readonly alpha: number;
  /** Shape of the gamma distribution of rates of leaving. */
  readonly s: number;
  /** Its scale, in the model's unit of time: the mean rate is s / β; at s ≤ 1 lifetimes have no finite mean. */
  readonly beta: number;
}

/** Options of {@link fitParetoNbd}. */
export interface FitParetoNbdOptions {
  /**
   * Penalty on large parameters, for small samples without a stable answer: `l2` / 2 · (r² + (α / mean age)² + s² +
   * (β / mean age)²) is taken from the log-likelihood. Default 0.
   */
  readonly l2?: number | undefined;
  /** Where the search starts, instead of several places of its own. */
  readonly start?: ParetoNbdParameters | undefined;
}

/** A fitted Pareto/NBD model: see {@link fitParetoNbd}. */
export interface ParetoNbdModel extends ModelHeader, ParetoNbdParameters, LikelihoodReport {
  /** Always `"pareto-nbd"`. */
  readonly kind: "pareto-nbd";
  /** Version of the layout. */
  readonly version: 1;
  /** Standard errors from the curvature of the log-likelihood; null where a parameter ran off or the maximum is flat. */
  readonly standardErrors: Readonly<Record<keyof ParetoNbdParameters, number | null>>;
  /** The unit of time of α, β and every horizon: that of the summary, `"period"` where it names none. */
  readonly unit: string;
}

const parameterNames = ["r", "alpha", "s", "beta"] as const;
const badStarts = [null, [], 1, { r: 1 }, { r: 0, alpha: 1, s: 1, beta: 1 }] as const;

/** Option table of {@link fitParetoNbd}. */
export const fitParetoNbdOptions: OptionTable<FitParetoNbdOptions, "start"> = {
  l2: real({ min: 0, max: 1e9, default: 0 }),
  start: custom("positive numbers r, alpha, s and beta", (value) => arePositive(value, parameterNames), badStarts, {
    optional: true,
  }),
};

/**
 * Learns how customers without a contract keep buying and silently leave (Pareto/NBD), for {@link predictPurchases},
 * {@link predictAlive}, {@link predictActive} and {@link scoreLifetimeValue}.
 *
 * While alive a customer buys at random at an own rate, and leaves at random at an own rate, at any time: not only after a
 * purchase as in {@link fitBgNbd}, so that a customer who never came back may well have left. Both rates are
 * gamma-distributed. The likelihood is computed on distinct histories as an integral of positive terms, for α above,
 * below and equal to β alike, and maximized over the logarithms of the parameters with exact derivatives from several starts.
 *
 * @param summary - of `derivePurchaseSummary`, or any table with `frequency`, `recency` and `age`; other features are ignored.
 * @param options - see {@link FitParetoNbdOptions}.
 * @returns the parameters with standard errors and a report of the search: look at `converged` and `atBoundary`; compare `aic`
 * with {@link fitBgNbd}. Notes as there.
 * @throws {ClienteleError} as {@link fitBgNbd}. Cost: one sort, then about 8 passes over the distinct histories with 16
 * or more evaluations each: some 10 times as much as BG/NBD.
 * @example
 * const rows = [[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]];
 * const summary = fromMatrix(rows, { names: ["frequency", "recency", "age"] });
 * const model = fitParetoNbd(summary, { l2: 0.1 });
 * predictPurchases(model, summary, { horizon: 13 }); // Float64Array [0.0439, 0.063, 0.666, 0.0437, 0.0548, 1.38]
 * @see Schmittlein, Morrison & Colombo (1987), "Counting Your Customers: Who Are They and What Will They Do Next?",
 * Management Science 33(1); Fader & Hardie (2005), "A Note on Deriving the Pareto/NBD Model".
 */
export function fitParetoNbd(summary: FeatureTable, options?: FitParetoNbdOptions): ParetoNbdModel {
  const caller = "fitParetoNbd";
  const { l2, start } = readOptions(caller, fitParetoNbdOptions, options);
  const rows = readPurchaseRows(caller, summary);
  if (rows.customers === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  const unit = weightedMean(rows.weight, rows.age);
  if (unit === 0) refuse(caller, "degenerate-data", "table", "a customer with an age above 0", "none");
  const purchases = weightedSum(rows.weight, rows.frequency);
  const { parameters, errors, notes, ...report } = fitShapes(caller, {
    names: parameterNames,
    starts: start === undefined ? startsFor(rows) : [[start.r, start.alpha / unit, start.s, start.beta / unit]],
    l2,
    weight: rows.weight,
    hasCurves: true,
    at: (point) => likelihoodAt(rows, unit, point),
  });
  const [r, alpha, s, beta] = parameters;
  const timed = (error: number | null): number | null => (error === null ? null : error * unit);
  // A density of purchase times in scaled time is one in the table's unit times unit per purchase.
  const logLikelihood = report.logLikelihood - purchases * log(unit);
  return {
    kind: "pareto-nbd",
    version: 1,
    features: [...historyFeatures],
    notes: purchases > 0 ? notes : [noRepeats, ...notes],
    ...{ r, alpha: alpha * unit, s, beta: beta * unit },
    standardErrors: { r: errors[0], alpha: timed(errors[1]), s: errors[2], beta: timed(errors[3]) },
    ...report,
    logLikelihood,
    aic: 8 - 2 * logLikelihood,
    atBoundary: report.atBoundary || purchases === 0,
    unit: rows.unit,
  };
}

/** Slow and quick leavers, those who leave at once or never, steady and fickle buyers; the mean rate is that of the data. */
function startsFor({ weight, frequency }: PurchaseRows): number[][] {
  const rate = Math.max(0.01, weightedMean(weight, frequency));
  const shapes = [[0.5, 0.5, 0.4], [1, 1, 2], [3, 0.3, 0.1], [0.2, 2, 5], [2, 0.05, 1e-3]]; // prettier-ignore
  return shapes.map(([r, s, beta]) => [r, r / rate, s, beta]);
}

// The likelihood of x purchases, the last at t, by the age T:
//   Γ(r + x) / Γ(r) · α^r β^s / ((α + T)^(r + x) (β + T)^s) · (1 + e^z),
//   e^z = s · ∫ from t to T of ((α + T) / (α + y))^(r + x) · ((β + T) / (β + y))^s · dy / (β + y);
// the customer is alive with probability 1 / (1 + e^z).
function likelihoodAt(
  { frequency, recency, age }: PurchaseRows,
  unit: number,
  [r, alpha, s, beta]: readonly number[],
): RowLikelihood {
  const logAlpha = log(alpha);
  const means = new Float64Array(departureMeans);
  const slopesOfZ = new Float64Array(4);
  const factors = new Float64Array(4);
  // Rows are sorted by frequency: what depends on it alone is computed once per run.
  let [last, rise, slopeRise, curveRise] = [0, 0, 0, 0];
  return (row, slopes, curves) => {
    const x = frequency[row];
    const [t, end] = [recency[row] / unit, age[row] / unit];
    if (x !== last) {
      last = x;
      rise = logGammaRise(r, x);
      slopeRise = digammaRise(r, x);
      curveRise = trigamma(r + x) - trigamma(r);
    }
    const shape = r + x;
    const logTime = log1p(end / alpha);
    const exitLogTime = log1p(end / beta);
    const stretch = { shape, scale: alpha + t, exitShape: s, exitScale: beta + t, span: end - t };
    const gone = unseenDeparture(stretch, means);
    const gap = log1p(stretch.span / stretch.scale);
    const exitGap = log1p(stretch.span / stretch.exitScale);
    const z = shape * gap + s * exitGap + log(s * gone);
    const small = exp(-Math.abs(z));
    const left = (z > 0 ? 1 : small) / (1 + small);
    const [share, exitShare] = [alpha / (alpha + end), beta / (beta + end)];
    const [timeShare, exitTimeShare] = [end / (alpha + end), end / (beta + end)];
    factors[0] = -r;
    factors[1] = -shape * share;
    factors[2] = -s;
    factors[3] = -beta;
    const [ownGap, ownExitGap] = [r * (gap - means[0]), s * (exitGap - means[2])];
    slopesOfZ[0] = ownGap;
    slopesOfZ[1] = factors[1] * means[1];
    slopesOfZ[2] = 1 + ownExitGap;
    slopesOfZ[3] = factors[3] * means[3];
    slopes[0] = r * (slopeRise - logTime) + left * ownGap;
    slopes[1] = r * timeShare - x * share + left * slopesOfZ[1];
    slopes[2] = left + left * ownExitGap - s * exitLogTime;
    slopes[3] = s * exitTimeShare + left * slopesOfZ[3];
    // log(1 + e^z) bends by left · (mean of the bends + covariance of the slopes over y) + left · (1 − left) · slopes of z.
    for (let i = 0, k = 7; i < 4; i++) {
      for (let j = i; j < 4; j++, k++) {
        const spread = factors[i] * factors[j] * (means[k] - means[i] * means[j]);
        curves[4 * i + j] = left * (spread + (1 - left) * slopesOfZ[i] * slopesOfZ[j]);
      }
    }
    curves[0] += slopes[0] + r * r * curveRise;
    curves[1] += r * timeShare - left * r * share * means[1];
    curves[5] += left * factors[1] * (means[1] * timeShare - alpha * means[4]) - shape * share * timeShare;
    curves[10] += left * ownExitGap - s * exitLogTime;
    curves[11] += s * exitTimeShare - left * s * exitShare * means[6];
    const exitBend = means[3] - beta * means[5] - (s * exitShare * means[6]) / (beta + end);
    curves[15] += left * factors[3] * exitBend - s * exitShare * exitTimeShare;
    return rise - shape * logTime - x * logAlpha - s * exitLogTime + Math.max(z, 0) + log1p(small);
  };
}

/** How Pareto/NBD predicts, for the table of {@link predictPurchases}. */
export const paretoNbdProcess: PurchaseProcess<ParetoNbdModel> = {
  version: 1,
  parameters: parameterNames,
  shape: {
    r: isPositive,
    alpha: isPositive,
    s: isPositive,
    beta: isPositive,
    unit: (value) => typeof value === "string",
  } satisfies ModelShape<ParetoNbdModel>,
  alive: aliveOf,
  active(model, history, horizon) {
    // The first purchase of the horizon comes at y, and the customer is still there: the roles of the rates are exchanged.
    const shape = model.r + history.frequency;
    const total = unseenDeparture({
      shape: model.s,
      scale: model.beta + history.age,
      exitShape: shape,
      exitScale: model.alpha + history.age,
      span: horizon,
    });
    return aliveOf(model, history) * Math.min(1, shape * total);
  },
  expected(model, history, horizon) {
    const rate = (model.r + history.frequency) / (model.alpha + history.age);
    return aliveOf(model, history) * rate * timeAlive(model.s, model.beta + history.age, horizon);
  },
  expectedOfNew(model, _covariates, horizon) {
    return (model.r / model.alpha) * timeAlive(model.s, model.beta, horizon);
  },
};

function aliveOf({ r, alpha, s, beta }: ParetoNbdModel, { frequency, recency, age }: History): number {
  const stretch = {
    shape: r + frequency,
    scale: alpha + recency,
    exitShape: s,
    exitScale: beta + recency,
    span: age - recency,
  };
  const total = unseenDeparture(stretch);
  const gap = log1p(stretch.span / stretch.scale);
  const exitGap = log1p(stretch.span / stretch.exitScale);
  return 1 / (1 + exp(stretch.shape * gap + s * exitGap + log(s * total)));
}

/** Expected time within a horizon until who is alive leaves: β / (s − 1) · (1 − (β / (β + horizon))^(s − 1)), also at s = 1. */
function timeAlive(s: number, beta: number, horizon: number): number {
  const logTime = log1p(horizon / beta);
  return s === 1 ? beta * logTime : (beta * -expm1((1 - s) * logTime)) / (s - 1);
}
