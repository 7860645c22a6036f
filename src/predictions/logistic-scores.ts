import { refuse } from "../core/errors.ts";
import { checkModel, isFiniteVector } from "../core/model.ts";
import { probabilityOf } from "../numeric/logistic-line.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";
import type { LogisticModel } from "./logistic.ts";

/**
 * Predicts the probability that the outcome comes, for each customer.
 *
 * @param model - of {@link fitLogistic}.
 * @param table - the model's features, in its order; any number of finite rows.
 * @returns one probability per row.
 * @throws {ClienteleError} `incompatible-model` for other features or a damaged model; `invalid-value` at the first cell
 * that is missing or infinite, or the first row so far from the means that log odds overflow. Cost: n·d.
 * @example
 * const table = fromMatrix([[1], [2], [3], [4], [5], [6]], { names: ["visits"] });
 * const model = fitLogistic(table, Uint8Array.of(0, 0, 1, 0, 1, 1));
 * predictLogistic(model, table); // Float64Array [0.046, 0.139, …]
 */
export function predictLogistic(model: LogisticModel, table: FeatureTable): Float64Array {
  const caller = "predictLogistic";
  checkRows(caller, model, table);
  const { coefficients, means, baseLogOdds } = model;
  const { ids, values } = table;
  const probabilities = new Float64Array(ids.length);
  for (let row = 0, cell = 0; row < probabilities.length; row++) {
    let logOdds = baseLogOdds;
    for (let j = 0; j < coefficients.length; j++, cell++) logOdds += coefficients[j] * (values[cell] - means[j]);
    if (!Number.isFinite(logOdds)) refuseFar(caller, row);
    probabilities[row] = probabilityOf(logOdds);
  }
  return probabilities;
}

/**
 * Tells why a customer's probability is what it is: how much each feature moves the log odds away from those of an average
 * customer.
 *
 * A contribution is coefficient · (value − mean): 0 for an average value, above 0 where the feature speaks for the outcome.
 * Features that go together share what they say in ways that a small change of the data may shift; read their sum.
 *
 * @param model - of {@link fitLogistic}.
 * @param table - the model's features, in its order; any number of finite rows.
 * @returns one contribution per customer and feature, under the features' names, and `base`, the log odds of an average
 * customer (in parentheses where a feature has that name): a row sums to the customer's log odds.
 * @throws {ClienteleError} as {@link predictLogistic}. Cost: n·d.
 * @example
 * const table = fromMatrix([[1], [2], [3], [4], [5], [6]], { names: ["visits"] });
 * const model = fitLogistic(table, Uint8Array.of(0, 0, 1, 0, 1, 1));
 * explainLogistic(model, filterRows(table, (i) => i === 5)).names; // ["visits", "base"]
 */
export function explainLogistic(model: LogisticModel, table: FeatureTable): FeatureTable {
  const caller = "explainLogistic";
  checkRows(caller, model, table);
  const { coefficients, means, baseLogOdds } = model;
  const { ids, names, values } = table;
  const width = names.length + 1;
  const contributions = new Float64Array(ids.length * width);
  for (let row = 0, cell = 0; row < ids.length; row++) {
    let logOdds = baseLogOdds;
    for (let j = 0; j < names.length; j++, cell++) {
      const contribution = coefficients[j] * (values[cell] - means[j]) + 0;
      contributions[row * width + j] = contribution;
      logOdds += contribution;
    }
    if (!Number.isFinite(logOdds)) refuseFar(caller, row);
    contributions[row * width + names.length] = baseLogOdds;
  }
  let base = "base";
  while (names.includes(base)) base = `(${base})`;
  return { ids: [...ids], names: [...names, base], values: contributions };
}

function refuseFar(caller: string, row: number): never {
  refuse(
    caller,
    "invalid-value",
    `table.values[${row}, *]`,
    "so near the model's means that log odds are finite",
    "farther",
  );
}

function checkRows(caller: string, model: LogisticModel, table: FeatureTable): void {
  checkTable(caller, table);
  const perFeature = (value: unknown, { features }: LogisticModel): boolean => isFiniteVector(value, features.length);
  checkModel(caller, model, {
    kind: "logistic",
    version: 1,
    shape: { coefficients: perFeature, means: perFeature, baseLogOdds: Number.isFinite },
    features: table.names,
  });
  checkFinite(caller, table);
}
