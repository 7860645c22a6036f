import { isRecord, lookUp } from "../core/dictionary.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { checkModel } from "../core/model.ts";
import { custom, type OptionTable, readOptions, real } from "../core/options.ts";
import type { FeatureTable } from "../tables/feature-table.ts";
import { type BgBbModel, bgBbProcess } from "./bg-bb.ts";
import { type BgNbdModel, bgNbdProcess, type MbgNbdModel, mbgNbdProcess } from "./bg-nbd.ts";
import { type ParetoNbdModel, paretoNbdProcess } from "./pareto-nbd.ts";
import type { History, PurchaseProcess } from "./purchase-process.ts";
import { checkUnit, historyFeatures, readPurchaseRows } from "./purchase-rows.ts";

/** Any fitted model of repeat buying. */
export type PurchaseModel = BgBbModel | BgNbdModel | MbgNbdModel | ParetoNbdModel;

/** Every kind of model and how it predicts: a new one is a row here and a member of {@link PurchaseModel}. */
const processes: { readonly [Kind in PurchaseModel["kind"]]: PurchaseProcess<Extract<PurchaseModel, { kind: Kind }>> } =
  {
    "bg-bb": bgBbProcess,
    "bg-nbd": bgNbdProcess,
    "mbg-nbd": mbgNbdProcess,
    "pareto-nbd": paretoNbdProcess,
  };

/** Options of {@link predictPurchases}. */
export interface PredictPurchasesOptions {
  /** How far to look ahead from the end of the observation, in the unit of the summary. */
  readonly horizon: number;
}

/** Option table of {@link predictPurchases}. */
export const predictPurchasesOptions: OptionTable<PredictPurchasesOptions> = { horizon: real({ min: 0, max: 1e12 }) };

/** Options of {@link projectPurchases}. */
export interface ProjectPurchasesOptions {
  /** Times since the first purchase, in the model's unit. */
  readonly horizons: readonly number[];
  /** Values of the model's covariates by name; 0 where absent. */
  readonly covariates?: Readonly<Record<string, number>> | undefined;
}

/** Option table of {@link projectPurchases}. */
export const projectPurchasesOptions: OptionTable<ProjectPurchasesOptions, "covariates"> = {
  horizons: custom("a list of numbers of at least 0", isHorizons, [null, 1, "1", [-1], [NaN], ["1"], {}]),
  covariates: custom("a record of finite numbers", isNumbers, [null, [], 1, { a: NaN }, { a: "1" }], {
    optional: true,
  }),
};

function isHorizons(value: unknown): boolean {
  return Array.isArray(value) && value.every((time) => Number.isFinite(time) && time >= 0 && time <= 1e12);
}

function isNumbers(value: unknown): boolean {
  return isRecord(value) && Object.values(value).every(Number.isFinite);
}

/**
 * Expects how many purchases each customer will make, given what the customer has bought so far.
 *
 * It is the probability to be alive times the purchases of a customer who is, so it counts that the customer may leave
 * within the horizon. Of all customers together, sum it.
 *
 * @param model - of {@link fitBgNbd}, {@link fitMbgNbd}, {@link fitParetoNbd} or {@link fitBgBb}.
 * @param summary - histories up to now, by name: also of customers that the model has not seen.
 * @param options - see {@link PredictPurchasesOptions}.
 * @returns one number of at least 0 per row; finite for every possible history. Cost: per distinct history as many steps as
 * purchases are thinkable within the horizon, at most some thousand.
 * @throws {ClienteleError} `incompatible-model` for a damaged model, a summary in another unit or without one of the model's
 * features; `invalid-value` as {@link fitBgNbd}.
 * @example
 * const rows = [[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]];
 * const summary = fromMatrix(rows, { names: ["frequency", "recency", "age"] });
 * const model = fitBgNbd(summary, { l2: 0.1 });
 * predictPurchases(model, summary, { horizon: 13 }); // Float64Array [0.143, 0.083, 0.537, 0.04, 0.157, 1.27]
 * @see Fader, Hardie & Lee (2005), equation 10; computed as in `dropout-purchases.ts`, without its singularities.
 */
export function predictPurchases(
  model: PurchaseModel,
  summary: FeatureTable,
  options: PredictPurchasesOptions,
): Float64Array {
  const caller = "predictPurchases";
  const { horizon } = readOptions(caller, predictPurchasesOptions, options);
  const process = processFor(caller, model);
  checkHorizon(caller, process, horizon, "options.horizon");
  return perHistory(caller, model, summary, (history) => process.expected(model, history, horizon));
}

/**
 * The probability that each customer is still alive: has not silently left for good.
 *
 * In BG/NBD a customer without a repeat purchase is alive for certain; that is the model. Long silence counts more against
 * a customer who used to buy often.
 *
 * @param model - of {@link fitBgNbd}, {@link fitMbgNbd}, {@link fitParetoNbd} or {@link fitBgBb}.
 * @param summary - histories up to now, by name.
 * @returns one number between 0 and 1 per row. Cost: one pass over the distinct histories.
 * @throws {ClienteleError} as {@link predictPurchases}.
 * @example
 * const rows = [[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]];
 * const summary = fromMatrix(rows, { names: ["frequency", "recency", "age"] });
 * const model = fitBgNbd(summary, { l2: 0.1 });
 * predictAlive(model, summary); // Float64Array [1, 0.193, 0.74, 0.021, 1, 0.867]
 */
export function predictAlive(model: PurchaseModel, summary: FeatureTable): Float64Array {
  const caller = "predictAlive";
  const process = processFor(caller, model);
  return perHistory(caller, model, summary, (history) => process.alive(model, history));
}

/**
 * The probability that each customer buys within the horizon, once or more: to be alive is not enough, a rare buyer who
 * is alive may well buy nothing for a year.
 *
 * @param model - of {@link fitBgNbd}, {@link fitMbgNbd}, {@link fitParetoNbd} or {@link fitBgBb}.
 * @param summary - histories up to now, by name.
 * @param options - see {@link PredictPurchasesOptions}.
 * @returns one number per row between 0 and the probability to be alive. Cost: one pass over the distinct histories.
 * @throws {ClienteleError} as {@link predictPurchases}.
 * @example
 * const rows = [[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]];
 * const summary = fromMatrix(rows, { names: ["frequency", "recency", "age"] });
 * const model = fitBgNbd(summary, { l2: 0.1 });
 * predictActive(model, summary, { horizon: 13 }); // Float64Array [0.123, 0.063, 0.363, 0.018, 0.133, 0.644]
 * predictAlive(model, summary); // Float64Array [1, 0.193, 0.74, 0.021, 1, 0.867]
 */
export function predictActive(
  model: PurchaseModel,
  summary: FeatureTable,
  options: PredictPurchasesOptions,
): Float64Array {
  const caller = "predictActive";
  const { horizon } = readOptions(caller, predictPurchasesOptions, options);
  const process = processFor(caller, model);
  checkHorizon(caller, process, horizon, "options.horizon");
  return perHistory(caller, model, summary, (history) => process.active(model, history, horizon));
}

/**
 * Expects how many repeat purchases a customer makes of whom nothing is known but the first: what a newly won customer, or a
 * whole cohort per head, is good for.
 *
 * @param model - of {@link fitBgNbd}, {@link fitMbgNbd}, {@link fitParetoNbd} or {@link fitBgBb}.
 * @param options - see {@link ProjectPurchasesOptions}.
 * @returns one number per horizon. Cost: as {@link predictPurchases} per horizon.
 * @throws {ClienteleError} `incompatible-model` for a damaged model; `invalid-option` for a covariate that it does not have.
 * @example
 * const rows = [[0, 0, 39], [1, 4, 39], [2, 30, 38], [6, 12, 38], [0, 0, 35], [4, 31, 33]];
 * const summary = fromMatrix(rows, { names: ["frequency", "recency", "age"] });
 * const model = fitBgNbd(summary, { l2: 0.1 });
 * projectPurchases(model, { horizons: [0, 13, 26] }); // Float64Array [0, 1.18, 1.97]
 */
export function projectPurchases(model: PurchaseModel, options: ProjectPurchasesOptions): Float64Array {
  const caller = "projectPurchases";
  const { horizons, covariates = {} } = readOptions(caller, projectPurchasesOptions, options);
  const process = processFor(caller, model);
  const names = model.features.slice(historyFeatures.length);
  for (const name of Object.keys(covariates)) {
    if (names.includes(name)) continue;
    refuse(
      caller,
      "invalid-option",
      "options.covariates",
      `a record of the model's covariates (${names.join(", ")})`,
      "another name",
    );
  }
  horizons.forEach((horizon, i) => {
    checkHorizon(caller, process, horizon, `options.horizons[${i}]`);
  });
  const values = Float64Array.from(names, (name) => lookUp(covariates, name) ?? 0);
  return Float64Array.from(horizons, (horizon) => process.expectedOfNew(model, values, horizon));
}

/**
 * How a model predicts, after checks that it is one.
 *
 * @param caller - the public function, for messages.
 * @param model - what the user passed, perhaps from a file.
 */
export function processFor(caller: string, model: PurchaseModel): PurchaseProcess<PurchaseModel> {
  if (!isRecord(model)) {
    refuse(caller, "incompatible-model", "model", "a model of repeat buying", describeValue(model));
  }
  const process = lookUp(processes as Readonly<Record<string, unknown>>, String(model.kind)) as
    PurchaseProcess<PurchaseModel> | undefined;
  if (process === undefined) {
    const kinds = Object.keys(processes).map((kind) => `"${kind}"`);
    refuse(caller, "incompatible-model", "model.kind", kinds.join(" or "), describeValue(model.kind));
  }
  checkModel(caller, model, { kind: model.kind, version: process.version, shape: process.shape });
  return process;
}

/** Refuses a horizon that is no number of opportunities where the model counts them. */
export function checkHorizon(
  caller: string,
  { mostOpportunities }: PurchaseProcess<PurchaseModel>,
  horizon: number,
  path: string,
): void {
  if (mostOpportunities === undefined || (Number.isInteger(horizon) && horizon <= mostOpportunities)) return;
  refuse(
    caller,
    "invalid-option",
    path,
    `an integer in [0, ${mostOpportunities}], a number of opportunities`,
    describeValue(horizon),
  );
}

/**
 * Applies a function to each distinct history once.
 *
 * @param caller - the public function, for messages.
 * @param model - checked by {@link processFor}.
 * @param summary - checked here, its unit against the model's.
 * @param predict - the function.
 * @returns one number per customer.
 */
export function perHistory(
  caller: string,
  model: PurchaseModel,
  summary: FeatureTable,
  predict: (history: History) => number,
): Float64Array {
  const covariates = model.features.slice(historyFeatures.length);
  const rows = readPurchaseRows(caller, summary, covariates, "incompatible-model");
  checkUnit(caller, model.unit, rows.unit);
  processFor(caller, model).checkHistories?.(caller, summary);
  const values = Float64Array.from(rows.weight, (_, i) =>
    predict({
      frequency: rows.frequency[i],
      recency: rows.recency[i],
      age: rows.age[i],
      covariates: rows.covariates.subarray(i * rows.width, (i + 1) * rows.width),
    }),
  );
  return Float64Array.from(rows.rowOf, (row) => values[row]);
}
