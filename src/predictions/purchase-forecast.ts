import { describeCell, describeValue, refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { sumOf } from "../numeric/sums.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { checkHorizon, perHistory, processFor, type PurchaseModel } from "./predict-purchases.ts";
import { checkUnit, historyFeatures, placeOf, readPurchaseRows } from "./purchase-rows.ts";

/** Options of {@link measurePurchaseForecast}. */
export interface MeasurePurchaseForecastOptions {
  /** Position of the summary that the model was fitted on; what comes after it is held out. */
  readonly calibration: number;
  /** How many groups by frequency: 0, 1, 2, …, and the last one for all frequencies from there on. Default 8: up to 7 or more. */
  readonly groups?: number | undefined;
}

/** Option table of {@link measurePurchaseForecast}. */
export const measurePurchaseForecastOptions: OptionTable<MeasurePurchaseForecastOptions> = {
  calibration: integer({ min: 0, max: 100_000 }),
  groups: integer({ min: 1, max: 1000, default: 8 }),
};

/** How far a forecast of each customer's held-out purchases was off. */
export interface ForecastErrors {
  /** Purchases of all customers that it expected. */
  readonly expected: number;
  /** (expected − actual) / actual of all customers; null where there was no purchase. */
  readonly relativeError: number | null;
  /** Mean of |expected − actual| per customer. */
  readonly meanAbsoluteError: number;
  /** Root of the mean squared difference per customer. */
  readonly rootMeanSquaredError: number;
}

/** Held-out purchases of the customers with as many repeat purchases in the calibration. */
export interface FrequencyGroup {
  /** Repeat purchases in the calibration: the least of the group. */
  readonly frequency: number;
  /** Whether customers with more belong to the group, too. */
  readonly orMore: boolean;
  /** How many customers it has. */
  readonly customers: number;
  /** Mean held-out purchases per customer; null without a customer. */
  readonly actual: number | null;
  /** What the model expected, given each customer's history. */
  readonly expected: number | null;
}

/** Repeat purchases since the beginning, at the date of one summary. */
export interface TrackingPoint {
  /** Time since the first purchase of the earliest customer, in the model's unit. */
  readonly time: number;
  /** Whether the model had not seen this yet. */
  readonly holdout: boolean;
  /** Repeat purchases so far of the customers of the calibration. */
  readonly actual: number;
  /** What the model expects of such customers by their ages alone, without their histories. */
  readonly expected: number;
}

/** How well a model of purchases foretold what it had not seen. */
export interface PurchaseForecastReport {
  /** Customers of the calibration. */
  readonly customers: number;
  /** The unit of time. */
  readonly unit: string;
  /** How long the held-out time is. */
  readonly horizon: number;
  /** When the calibration ended, as `time` in `tracking`. */
  readonly calibrationEnd: number;
  /** Purchases in the held-out time. */
  readonly actual: number;
  /** The model's forecast from each customer's history. */
  readonly forecast: ForecastErrors;
  /** What it is to be held against: each customer goes on at the pace of the own past, frequency / age. */
  readonly baseline: ForecastErrors;
  /** How many customers bought in the held-out time, and how many were expected to. */
  readonly active: {
    /** Customers with a purchase. */
    readonly actual: number;
    /** Sum of the probabilities of one. */
    readonly expected: number;
  };
  /** Held-out purchases by the frequency in the calibration. */
  readonly byFrequency: readonly FrequencyGroup[];
  /** Repeat purchases of all over time, one entry per summary. */
  readonly tracking: readonly TrackingPoint[];
}

/**
 * Tells how well a model of purchases foretells a time that it has not seen: in all, per customer, by past frequency and
 * over time, beside the forecast that everybody goes on as before.
 *
 * Cut the log at a series of dates, derive a summary at each, fit on one of them, and hand all of them in. The
 * customers are those of the calibration; who came later does not count. `byFrequency` and `forecast` compare
 * what was expected from each customer's history; `tracking` what is expected of customers by their age alone, as the
 * literature draws it: `chartTracking`.
 *
 * @param model - of {@link fitBgNbd}, {@link fitMbgNbd}, {@link fitParetoNbd} or {@link fitBgBb}, fitted on `summaries[calibration]`.
 * @param summaries - of `derivePurchaseSummary` of one log, from early to late dates; two or more.
 * @param options - see {@link MeasurePurchaseForecastOptions}.
 * @returns see {@link PurchaseForecastReport}.
 * @throws {ClienteleError} `too-few-rows` without customers in the calibration; `invalid-option` when nothing follows it;
 * `invalid-value` for summaries that are not in the order of time, lack a customer of an earlier one, or have other cells than
 * {@link fitBgNbd} takes; `incompatible-model` as {@link predictPurchases}. Cost: one pass over each summary, one expectation
 * per distinct age.
 * @example
 * const names = ["frequency", "recency", "age"];
 * const ids = ["a", "b", "c", "d"];
 * const first = fromMatrix([[0, 0, 9], [2, 8, 9], [1, 2, 8], [0, 0, 8]], { ids, names });
 * const later = fromMatrix([[0, 0, 13], [4, 12, 13], [1, 2, 12], [1, 10, 12]], { ids, names });
 * const model = fitBgNbd(first, { l2: 0.1 });
 * const { actual, forecast } = measurePurchaseForecast(model, [first, later], { calibration: 0 });
 * [actual, forecast.expected]; // [3, 1.39]
 * @see Fader, Hardie & Lee (2005), "Counting Your Customers the Easy Way", figures 2 to 4; Wübben & von Wangenheim (2008),
 * "Instant Customer Base Analysis: Managerial Heuristics Often 'Get It Right'", for the baseline.
 */
export function measurePurchaseForecast(
  model: PurchaseModel,
  summaries: readonly FeatureTable[],
  options: MeasurePurchaseForecastOptions,
): PurchaseForecastReport {
  const caller = "measurePurchaseForecast";
  const { calibration, groups } = readOptions(caller, measurePurchaseForecastOptions, options);
  const process = processFor(caller, model);
  const list: unknown = summaries;
  if (!Array.isArray(list)) {
    refuse(caller, "shape-mismatch", "summaries", "a list of purchase summaries", describeValue(summaries));
  }
  if (calibration > summaries.length - 2) {
    refuse(
      caller,
      "invalid-option",
      "options.calibration",
      "the position of a summary before the last",
      String(calibration),
    );
  }
  const known = new Map<string, number>();
  const given = summaries[calibration];
  checkTable(caller, given, `summaries[${calibration}]`);
  given.ids.forEach((id, i) => known.set(id, i));
  const customers = given.ids.length;
  if (customers === 0) refuse(caller, "too-few-rows", `summaries[${calibration}]`, "at least 1 row", "0");
  if (known.size < customers) {
    refuse(caller, "invalid-value", `summaries[${calibration}].ids`, "a list without repetition", "a repeated id");
  }
  const views = summaries.map((table, k) => viewOf(caller, model, table, `summaries[${k}]`, known, k >= calibration));
  views.forEach(({ time }, k) => {
    if (k === 0 || time > views[k - 1].time || (time === views[k - 1].time && k <= calibration)) return;
    refuse(caller, "invalid-value", `summaries[${k}]`, "a summary of a later date than the one before", "another");
  });
  const [before, after] = [views[calibration], views[views.length - 1]];
  const horizon = after.time - before.time;
  checkHorizon(caller, process, horizon, "summaries");
  const purchases = after.frequency.map((count, i) => {
    const more = count - before.frequency[i];
    if (more < 0) {
      const path = `summaries[${summaries.length - 1}].values[${after.rowOf[i]}, ${after.at}]`;
      refuse(caller, "invalid-value", path, "at least the frequency in the calibration", describeCell(count));
    }
    return more;
  });
  const expected = perHistory(caller, model, given, (history) => process.expected(model, history, horizon));
  const active = perHistory(caller, model, given, (history) => process.active(model, history, horizon));
  const pace = before.frequency.map((count, i) => (before.age[i] > 0 ? (count / before.age[i]) * horizon : 0));
  const expectationOf = expectationReader(caller, model, given);
  return {
    customers,
    unit: model.unit,
    horizon,
    calibrationEnd: before.time,
    actual: sumOf(purchases),
    forecast: errorsOf(expected, purchases),
    baseline: errorsOf(pace, purchases),
    active: { actual: sumOf(purchases.map((count) => (count > 0 ? 1 : 0))), expected: sumOf(active) },
    byFrequency: groupsOf(before.frequency, purchases, expected, groups),
    tracking: views.map(({ time, age, frequency }, k) => ({
      time,
      holdout: k > calibration,
      actual: frequency.reduce((sum, count) => sum + (count > 0 ? count : 0), 0),
      expected: age.reduce((sum, own, i) => sum + (own >= 0 ? expectationOf(i, own) : 0), 0),
    })),
  };
}

/** What one summary says of the customers of the calibration. */
interface View {
  /** The greatest age: time since the earliest first purchase; 0 before it. */
  readonly time: number;
  /** By customer of the calibration; NaN for who had not bought yet. */
  readonly frequency: Float64Array;
  readonly age: Float64Array;
  /** Their rows, and the column of the frequency, for messages. */
  readonly rowOf: Uint32Array;
  readonly at: number;
}

function viewOf(
  caller: string,
  model: PurchaseModel,
  table: FeatureTable,
  path: string,
  known: ReadonlyMap<string, number>,
  isComplete: boolean,
): View {
  checkTable(caller, table, path);
  const [x, , n] = historyFeatures.map((name) => placeOf(caller, table, name, "invalid-option"));
  for (const name of ["recency", "age"]) {
    const unit = table.units?.[name];
    if (unit !== undefined) checkUnit(caller, model.unit, unit, `${path}.units`);
  }
  const frequency = new Float64Array(known.size).fill(NaN);
  const age = new Float64Array(known.size).fill(NaN);
  const rowOf = new Uint32Array(known.size);
  let time = 0;
  table.ids.forEach((id, row) => {
    const customer = known.get(id);
    if (customer === undefined) return;
    rowOf[customer] = row;
    [frequency[customer], age[customer]] = [x, n].map((column) => {
      const value = table.values[row * table.names.length + column];
      if (value >= 0 && value < Infinity && (column === n || Number.isInteger(value))) return value;
      const expected = column === n ? "a number of at least 0" : "an integer of at least 0";
      return refuse(caller, "invalid-value", `${path}.values[${row}, ${column}]`, expected, describeCell(value));
    });
    time = Math.max(time, age[customer]);
  });
  if (isComplete && age.some(Number.isNaN)) {
    refuse(caller, "invalid-value", `${path}.ids`, "every customer of the calibration", "a list without some");
  }
  processFor(caller, model).checkHistories?.(caller, table);
  return { time, frequency, age, rowOf, at: x };
}

/** What a customer of some age has bought on average, by the covariates of the customer; computed once per age. */
function expectationReader(
  caller: string,
  model: PurchaseModel,
  table: FeatureTable,
): (customer: number, age: number) => number {
  const process = processFor(caller, model);
  const rows = readPurchaseRows(caller, table, model.features.slice(historyFeatures.length), "incompatible-model");
  const { width, covariates } = rows;
  // Rows are sorted by covariates first: equal ones are neighbors.
  const valuesOf = (row: number): Float64Array => covariates.subarray(row * width, (row + 1) * width);
  const groupOf = new Uint32Array(rows.length);
  for (let row = 1; row < rows.length; row++) {
    const [own, other] = [valuesOf(row), valuesOf(row - 1)];
    groupOf[row] = groupOf[row - 1] + (own.every((value, k) => value === other[k]) ? 0 : 1);
  }
  const known = new Map<number, Map<number, number>>();
  return (customer, age) => {
    const row = rows.rowOf[customer];
    let ages = known.get(groupOf[row]);
    if (ages === undefined) known.set(groupOf[row], (ages = new Map<number, number>()));
    let value = ages.get(age);
    if (value === undefined) ages.set(age, (value = process.expectedOfNew(model, valuesOf(row), age)));
    return value;
  };
}

function errorsOf(expected: Float64Array, actual: Float64Array): ForecastErrors {
  const [all, seen] = [sumOf(expected), sumOf(actual)];
  const differences = expected.map((value, i) => value - actual[i]);
  return {
    expected: all,
    relativeError: seen > 0 ? (all - seen) / seen : null,
    meanAbsoluteError: sumOf(differences.map((x) => Math.abs(x))) / actual.length,
    rootMeanSquaredError: Math.sqrt(sumOf(differences.map((x) => x * x)) / actual.length),
  };
}

function groupsOf(
  frequency: Float64Array,
  actual: Float64Array,
  expected: Float64Array,
  groups: number,
): FrequencyGroup[] {
  const sums = Array.from({ length: groups }, () => ({ customers: 0, actual: 0, expected: 0 }));
  frequency.forEach((count, i) => {
    const group = sums[Math.min(count, groups - 1)];
    group.customers++;
    group.actual += actual[i];
    group.expected += expected[i];
  });
  return sums.map(({ customers, ...sum }, k) => ({
    frequency: k,
    orMore: k === groups - 1,
    customers,
    actual: customers === 0 ? null : sum.actual / customers,
    expected: customers === 0 ? null : sum.expected / customers,
  }));
}
