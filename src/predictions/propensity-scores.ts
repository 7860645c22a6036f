import { asCalledBy, refuse } from "../core/errors.ts";
import { checkModel } from "../core/model.ts";
import { type OptionTable, readOptions } from "../core/options.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { predictCalibrated } from "./calibration.ts";
import { explainLogistic, predictLogistic } from "./logistic-scores.ts";
import { areColumns, checkNotInfinite, preparedTable } from "./preparation.ts";
import type { PropensityModel } from "./propensity-options.ts";
import { type CustomerNumbers, numbersOf, numbersOption } from "./rank-customers.ts";

/**
 * Predicts how likely each customer is to do what a model foresees, from what is known of them now.
 *
 * @param model - of {@link fitChurnModel} or its siblings.
 * @param table - the model's features, in its order: a view of today made with the same options. Missing cells are filled as the model
 * has learned. Give `attributeLevels` to the view, so that today's has the same columns.
 * @returns one probability per customer, in [0, 1]; with class weights and without calibration a score that only ranks.
 * @throws {ClienteleError} `incompatible-model` for a feature too many, too few, of another name or in another place, or a damaged
 * model; `invalid-value` at the first cell that is infinite, or too far from those learned from to be a number. Cost: n·d.
 * @example
 * const table = fromMatrix(Array.from({ length: 60 }, (_, i) => [i % 10]), { names: ["daysSilent"] });
 * const left = Uint8Array.from({ length: 60 }, (_, i) => ((i * 7) % 10 < i % 10 ? 1 : 0));
 * const [likely, unlikely] = predictPropensity(fitChurnModel(table, left), fromMatrix([[9], [0]], { names: ["daysSilent"] }));
 * likely > unlikely; // true
 */
export function predictPropensity(model: PropensityModel, table: FeatureTable): Float64Array {
  return probabilitiesFor("predictPropensity", model, table);
}

/**
 * Tells why a customer's propensity is what it is: how much each feature moves the log odds away from those of an average customer.
 *
 * What being missing says of a feature is part of its contribution. A calibration comes after that: it bends the log odds that the rows
 * add up to.
 *
 * @param model - of {@link fitChurnModel} or its siblings.
 * @param table - the model's features, in its order.
 * @returns one contribution per customer and feature, under the features' names, and `base`, the log odds of an average customer (in
 * parentheses where a feature has that name): a row sums to the log odds of the model's regression. Features that are not used have 0.
 * @throws {ClienteleError} as {@link predictPropensity}.
 * @example
 * const table = fromMatrix(Array.from({ length: 60 }, (_, i) => [i % 10]), { names: ["daysSilent"] });
 * const left = Uint8Array.from({ length: 60 }, (_, i) => ((i * 7) % 10 < i % 10 ? 1 : 0));
 * const why = explainPropensity(fitChurnModel(table, left), fromMatrix([[9]], { names: ["daysSilent"] }));
 * column(why, "daysSilent")[0] > 0; // true — the silence speaks for leaving
 */
export function explainPropensity(model: PropensityModel, table: FeatureTable): FeatureTable {
  const caller = "explainPropensity";
  const prepared = prepare(caller, model, table);
  const parts = asCalledBy(caller, "options", () => explainLogistic(model.regression, prepared));
  const { features, columns } = model;
  const indexOf = new Map(features.map((name, j) => [name, j]));
  const places = columns.map(({ feature }) => indexOf.get(feature) as number);
  const width = features.length + 1;
  const values = new Float64Array(table.ids.length * width);
  for (let row = 0, cell = 0; row < table.ids.length; row++) {
    for (const place of places) values[row * width + place] += parts.values[cell++];
    values[row * width + width - 1] = parts.values[cell++];
  }
  let base = "base";
  while (features.includes(base)) base = `(${base})`;
  return { ids: [...table.ids], names: [...features, base], values };
}

/** Options of {@link scoreUrgency}. */
export interface ScoreUrgencyOptions {
  /** How bad a case is, at least 0: a feature of the table, one number per row, or one for all. Default 1. */
  readonly severity?: CustomerNumbers | undefined;
  /** How long a customer has waited, at least 0, in any unit: a feature, one number per row, or one for all. Default 1. */
  readonly wait?: CustomerNumbers | undefined;
}

/** Option table of {@link scoreUrgency}. */
export const scoreUrgencyOptions: OptionTable<ScoreUrgencyOptions> = {
  severity: numbersOption({ default: 1 }),
  wait: numbersOption({ default: 1 }),
};

/**
 * Scores how urgent each customer's case is: probability × severity × wait.
 *
 * `rankCustomers(table, { probability: predictPropensity(model, table), severity, wait, capacity })` makes a queue of it, for as many
 * cases as the team can take.
 *
 * @param model - of {@link fitAssistanceModel}, or of another outcome that waiting makes worse.
 * @param table - the model's features, in its order.
 * @param options - see {@link ScoreUrgencyOptions}.
 * @returns one score per row, at least 0; higher is more urgent.
 * @throws {ClienteleError} as {@link predictPropensity}; `shape-mismatch` and `invalid-value` for numbers that are not one of at least 0 per row;
 * `too-large` when a product overflows.
 * @example
 * const errors = fromMatrix(Array.from({ length: 60 }, (_, i) => [i % 10]), { names: ["errorsSeen"] });
 * const asked = Uint8Array.from({ length: 60 }, (_, i) => ((i * 7) % 10 < i % 10 ? 1 : 0));
 * const waiting = fromMatrix([[4], [4], [4]], { names: ["errorsSeen"] });
 * const urgency = scoreUrgency(fitAssistanceModel(errors, asked), waiting, { severity: [1, 3, 1], wait: [10, 10, 60] });
 * urgency[1] / urgency[0]; // 3.00
 * urgency[2] / urgency[0]; // 6.00
 */
export function scoreUrgency(model: PropensityModel, table: FeatureTable, options?: ScoreUrgencyOptions): Float64Array {
  const caller = "scoreUrgency";
  const read = readOptions(caller, scoreUrgencyOptions, options);
  const probability = probabilitiesFor(caller, model, table);
  const atLeast0 = { min: 0, max: Infinity };
  const severity = numbersOf(caller, table, "severity", read.severity, atLeast0);
  const wait = numbersOf(caller, table, "wait", read.wait, atLeast0);
  const urgency = probability.map((p, row) => p * severity[row] * wait[row]);
  const overflow = urgency.findIndex((one) => !Number.isFinite(one));
  if (overflow >= 0) refuse(caller, "too-large", `table row ${overflow}`, "an urgency below 1.8e308", "an overflow");
  return urgency;
}

function probabilitiesFor(caller: string, model: PropensityModel, table: FeatureTable): Float64Array {
  const prepared = prepare(caller, model, table);
  return asCalledBy(caller, "options", () => {
    const probabilities = predictLogistic(model.regression, prepared);
    return model.calibration === null ? probabilities : predictCalibrated(model.calibration, probabilities);
  });
}

/** The columns that the model's regression sees, after checks of model and table. */
function prepare(caller: string, model: PropensityModel, table: FeatureTable): FeatureTable {
  checkTable(caller, table);
  checkModel(caller, model, {
    kind: "propensity",
    version: 1,
    shape: { columns: (value, { features }) => areColumns(value, features) },
    features: table.names,
  });
  checkNotInfinite(caller, table);
  return preparedTable(caller, table, model.columns, Array.from(table.ids.keys()));
}
