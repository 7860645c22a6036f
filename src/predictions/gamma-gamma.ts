import { describeCell, refuse } from "../core/errors.ts";
import { checkModel, type ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { type OptionTable, readOptions, real } from "../core/options.ts";
import { distinctRows } from "../numeric/distinct-rows.ts";
import { exp, log, log1p } from "../numeric/elementary.ts";
import type { Objective } from "../numeric/minimize.ts";
import { digammaRise, logBeta } from "../numeric/special.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { fullCovariance, type LikelihoodReport, maximizeLikelihood } from "./maximize-likelihood.ts";
import { isPositive } from "./positive-parameters.ts";
import { placeOf } from "./purchase-rows.ts";

/** Options of {@link fitGammaGamma}. */
export interface FitGammaGammaOptions {
  /** Penalty on large parameters: `l2` / 2 · (p² + q² + (v / geometric mean of spend)²) is taken from the log-likelihood. Default 0. */
  readonly l2?: number | undefined;
}

/** Option table of {@link fitGammaGamma}. */
export const fitGammaGammaOptions: OptionTable<FitGammaGammaOptions> = { l2: real({ min: 0, max: 1e9, default: 0 }) };

/** A fitted gamma-gamma model: see {@link fitGammaGamma}. */
export interface GammaGammaModel extends ModelHeader, LikelihoodReport {
  /** Always `"gamma-gamma"`. */
  readonly kind: "gamma-gamma";
  /** Version of the layout. */
  readonly version: 1;
  /** Shape of the worth of a customer's purchases about the customer's mean. */
  readonly p: number;
  /** Shape of the distribution of customers' means; at 1 or below they have no finite mean. */
  readonly q: number;
  /** Its scale, in money. */
  readonly v: number;
  /** Standard errors from the curvature of the log-likelihood; null where a parameter ran off or the maximum is flat. */
  readonly standardErrors: Readonly<Record<"p" | "q" | "v", number | null>>;
  /** Mean worth of a purchase over all customers, p · v / (q − 1); null where q is at most 1 and there is none. */
  readonly meanSpend: number | null;
  /** Pearson's correlation of frequency and mean spend, which the model takes for 0; null where one is constant. */
  readonly correlation: number | null;
  /** How many customers with a repeat purchase it was fitted on. */
  readonly customers: number;
}

const features = ["frequency", "monetary"] as const;
/** From here on, and from 3 standard errors on, a note says that frequent buyers spend otherwise. */
const noticeable = 0.3;

/**
 * Learns how much customers spend per purchase, for {@link predictSpend} and {@link scoreLifetimeValue}.
 *
 * Purchases of a customer vary about a mean of the customer's own, and the means vary between customers. One expensive
 * purchase is then mostly chance, ten are a habit: predictions are drawn towards the mean of all the more the fewer
 * purchases there are. Customers without a repeat purchase do not count. How much and how often are taken to be independent.
 *
 * @param summary - of `derivePurchaseSummary`, or any table with `frequency` and `monetary`, the mean worth of a repeat
 * purchase; other features are ignored.
 * @param options - see {@link FitGammaGammaOptions}.
 * @returns the parameters with standard errors and a report of the search. Notes: `infinite-mean` for q ≤ 1,
 * `correlated-spend` when frequency and spend correlate by more than 0.3 and chance, and those of {@link fitBgNbd}.
 * @throws {ClienteleError} `invalid-value` at the first cell that is not finite, a frequency that is no integer, or a spend
 * that is not positive in a row with repeat purchases; `invalid-option` without one of the features; `too-few-rows` without
 * a repeat buyer. Cost: one sort, then about 40 passes.
 * @example
 * const rows = [[2, 22.4], [1, 11.8], [0, 0], [7, 73.7], [1, 11.8], [2, 25.5], [5, 33.2], [1, 60.1], [3, 19.6]];
 * const summary = fromMatrix(rows, { names: ["frequency", "monetary"] });
 * const model = fitGammaGamma(summary, { l2: 0.01 });
 * model.meanSpend; // 34.8
 * predictSpend(model, summary).slice(0, 3); // Float64Array […]
 * @see Fader & Hardie (2013), "The Gamma-Gamma Model of Monetary Value", equations 1a and 5.
 */
export function fitGammaGamma(summary: FeatureTable, options?: FitGammaGammaOptions): GammaGammaModel {
  const caller = "fitGammaGamma";
  const { l2 } = readOptions(caller, fitGammaGammaOptions, options);
  const spending = readSpending(caller, summary, "invalid-option");
  const repeats = repeatBuyers(caller, spending);
  if (repeats.customers === 0) refuse(caller, "too-few-rows", "table", "at least 1 row with repeat purchases", "none");
  // Spend is measured in units of its geometric mean, so that no currency is nearer to a start than another.
  const unit = exp(
    weightedMean(
      repeats.weight,
      repeats.monetary.map((spent) => log(spent)),
    ),
  );
  const objective = objectiveOf(repeats, unit, l2);
  const starts = [[6, 4, 0.5], [1, 2, 1], [2, 10, 4.5], [30, 1.5, 0.02]]; // prettier-ignore
  const { point, value, covariance, notes, ...search } = maximizeLikelihood(caller, {
    objective,
    starts: starts.map((start) => start.map((parameter) => log(parameter))),
    names: ["p", "q", "v"],
    customers: repeats.customers,
  });
  const [p, q, scaledV] = point.map((x) => exp(x));
  const v = scaledV * unit;
  const penalty = (l2 / 2) * (p * p + q * q + scaledV * scaledV);
  const logLikelihood = penalty - (value + log(unit)) * repeats.customers;
  const errorOf = (i: number, size: number): number | null => {
    const variance = covariance[i][i];
    return variance === null ? null : size * Math.sqrt(variance);
  };
  const meanSpend = q > 1 ? (p * v) / (q - 1) : null;
  const correlation = correlationOf(repeats);
  const own: Note[] = [];
  if (meanSpend === null) {
    const message = "q is at most 1: customers' mean spend has no finite mean, and a new customer no prediction.";
    own.push({ code: "infinite-mean", message });
  }
  if (correlation !== null && Math.abs(correlation) > Math.max(noticeable, 3 / Math.sqrt(repeats.customers))) {
    const message = `Frequency and spend correlate by ${correlation.toFixed(2)}; the model takes them to be independent.`;
    own.push({ code: "correlated-spend", message });
  }
  return {
    kind: "gamma-gamma",
    version: 1,
    features: [...features],
    notes: [...own, ...notes],
    ...{ p, q, v },
    standardErrors: { p: errorOf(0, p), q: errorOf(1, q), v: errorOf(2, v) },
    meanSpend,
    correlation,
    customers: repeats.customers,
    logLikelihood,
    aic: 6 - 2 * logLikelihood,
    covariance: fullCovariance(covariance),
    ...search,
  };
}

/**
 * Expects what each customer's purchases are worth on average: the own mean, drawn towards the mean of all customers the
 * more the fewer purchases it rests on.
 *
 * @param model - of {@link fitGammaGamma}.
 * @param summary - `frequency` and `monetary`, by name; without a repeat purchase the mean of all is expected.
 * @returns one positive number per row, in money.
 * @throws {ClienteleError} `incompatible-model` for a damaged model or a summary without one of the features;
 * `degenerate-data` when a customer has no finite expectation, as without a repeat purchase where q ≤ 1; `invalid-value` at
 * the first cell that is not finite, or a negative spend. Cost: one pass.
 * @example
 * const rows = [[2, 22.4], [1, 11.8], [0, 0], [7, 73.7], [1, 11.8], [2, 25.5], [5, 33.2], [1, 60.1], [3, 19.6]];
 * const names = ["frequency", "monetary"];
 * const model = fitGammaGamma(fromMatrix(rows, { names }), { l2: 0.01 });
 * predictSpend(model, fromMatrix([[1, 100], [10, 100]], { names })); // Float64Array [69.9, 94.9]
 */
export function predictSpend(model: GammaGammaModel, summary: FeatureTable): Float64Array {
  const caller = "predictSpend";
  checkSpendModel(caller, model);
  return expectedSpend(caller, model, summary);
}

/** Refuses what is not a sound gamma-gamma model. */
export function checkSpendModel(caller: string, model: GammaGammaModel): void {
  checkModel(caller, model, {
    kind: "gamma-gamma",
    version: 1,
    shape: { p: isPositive, q: isPositive, v: isPositive },
  });
}

/** {@link predictSpend} of a model that is checked, for other public functions. */
export function expectedSpend(caller: string, { p, q, v }: GammaGammaModel, summary: FeatureTable): Float64Array {
  const { frequency, monetary, at } = readSpending(caller, summary, "incompatible-model");
  return frequency.map((x, i) => {
    const spent = x === 0 ? 0 : monetary[i];
    if (spent < 0) refuseSpend(caller, i, at, "at least 0", spent);
    if (!(p * x + q > 1))
      refuse(caller, "degenerate-data", "model.q", "a value above 1, for means to exist", "another");
    return (p * (v + x * spent)) / (p * x + q - 1);
  });
}

interface Spending {
  readonly frequency: Float64Array;
  readonly monetary: Float64Array;
  /** Where the table has the spend. */
  readonly at: number;
}

function readSpending(caller: string, table: FeatureTable, lacking: "invalid-option" | "incompatible-model"): Spending {
  checkTable(caller, table);
  const [first, second] = features.map((name) => placeOf(caller, table, name, lacking));
  const frequency = new Float64Array(table.ids.length);
  const monetary = new Float64Array(table.ids.length);
  for (let i = 0; i < frequency.length; i++) {
    const row = i * table.names.length;
    frequency[i] = table.values[row + first];
    monetary[i] = table.values[row + second];
    if (!(Number.isSafeInteger(frequency[i]) && frequency[i] >= 0)) {
      const path = `table.values[${i}, ${first}]`;
      refuse(caller, "invalid-value", path, "an integer of at least 0", describeCell(frequency[i]));
    }
    if (!Number.isFinite(monetary[i])) refuseSpend(caller, i, second, "finite", monetary[i]);
  }
  return { frequency, monetary, at: second };
}

function refuseSpend(caller: string, row: number, column: number, expected: string, received: number): never {
  refuse(caller, "invalid-value", `table.values[${row}, ${column}]`, expected, describeCell(received));
}

/** Distinct pairs of frequency and spend, sorted. */
interface RepeatBuyers {
  readonly customers: number;
  readonly frequency: Float64Array;
  readonly monetary: Float64Array;
  readonly weight: Float64Array;
}

function repeatBuyers(caller: string, { frequency, monetary, at }: Spending): RepeatBuyers {
  const cells: number[] = [];
  frequency.forEach((x, i) => {
    if (x === 0) return;
    if (!(monetary[i] > 0)) refuseSpend(caller, i, at, "above 0 where there are repeat purchases", monetary[i]);
    cells.push(x, monetary[i]);
  });
  const values = Float64Array.from(cells);
  const { rows, weight } = distinctRows(values, values.length / 2, 2);
  return {
    customers: values.length / 2,
    frequency: Float64Array.from(rows, (row) => values[2 * row]),
    monetary: Float64Array.from(rows, (row) => values[2 * row + 1]),
    weight,
  };
}

function objectiveOf({ customers, frequency, monetary, weight }: RepeatBuyers, unit: number, l2: number): Objective {
  const totals = frequency.map((x, i) => (x * monetary[i]) / unit);
  const logSpend = monetary.map((spent) => log(spent / unit));
  return (point, gradient) => {
    const [p, q, v] = point.map((x) => exp(x));
    let value = 0;
    let [slopeP, slopeQ, slopeV] = [0, 0, 0];
    // Rows are sorted by frequency: what depends on it alone is computed once per run.
    let [last, logB, riseP, riseQ] = [0, 0, 0, 0];
    for (let i = 0; i < weight.length; i++) {
      const shape = p * frequency[i];
      if (frequency[i] !== last) {
        last = frequency[i];
        logB = logBeta(shape, q);
        riseP = digammaRise(shape, q);
        riseQ = digammaRise(q, shape);
      }
      // log(v / (x m + v)) and log(x m / (x m + v)), neither with cancellation.
      const logRest = -log1p(totals[i] / v);
      const logShare = -log1p(v / totals[i]);
      value += weight[i] * (q * logRest + shape * logShare - logB - logSpend[i]);
      slopeP += weight[i] * shape * (riseP + logShare);
      slopeQ += weight[i] * q * (riseQ + logRest);
      slopeV += (weight[i] * (q * totals[i] - shape * v)) / (totals[i] + v);
    }
    const sizes = [p, q, v];
    [slopeP, slopeQ, slopeV].forEach((slope, k) => {
      gradient[k] = (l2 * sizes[k] * sizes[k] - slope) / customers;
    });
    return ((l2 / 2) * (p * p + q * q + v * v) - value) / customers;
  };
}

function weightedMean(weight: Float64Array, values: Float64Array): number {
  const total = weight.reduce((sum, count) => sum + count, 0);
  return values.reduce((sum, value, i) => sum + (weight[i] / total) * value, 0);
}

function correlationOf({ frequency, monetary, weight }: RepeatBuyers): number | null {
  const [meanX, meanY] = [weightedMean(weight, frequency), weightedMean(weight, monetary)];
  const moment = (a: Float64Array, meanA: number, b: Float64Array, meanB: number): number =>
    weightedMean(
      weight,
      a.map((value, i) => (value / meanA - 1) * (b[i] / meanB - 1)),
    );
  const spread =
    Math.sqrt(moment(frequency, meanX, frequency, meanX)) * Math.sqrt(moment(monetary, meanY, monetary, meanY));
  return spread > 0 ? Math.max(-1, Math.min(1, moment(frequency, meanX, monetary, meanY) / spread)) : null;
}
