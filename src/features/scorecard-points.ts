import { checkModel, isFiniteVector } from "../core/model.ts";
import { probabilityOf } from "../numeric/logistic-line.ts";
import { finiteColumn } from "../tables/columns.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";
import { binOf } from "./evidence.ts";
import type { ScorecardModel } from "./scorecard.ts";

/**
 * Adds up the points of customers by a scorecard.
 *
 * @param model - of {@link fitScorecard}.
 * @param table - the model's features, in its order; NaN = missing.
 * @returns points per row, higher = the outcome is more likely. A missing value that the model never met brings 0.
 * @throws {ClienteleError} `incompatible-model`; `invalid-value` at the first infinite cell. Cost: one pass.
 * @example
 * const table = fromMatrix([[0], [0], [1], [1]]);
 * scoreScorecard(fitScorecard(table, Uint8Array.of(0, 1, 0, 1)), table); // Float64Array [500, 500, 500, 500]
 */
export function scoreScorecard(model: ScorecardModel, table: FeatureTable): Float64Array {
  const { names, values } = pointsOf("scoreScorecard", model, table);
  return Float64Array.from(table.ids, (_, row) => values[row * names.length]);
}

/**
 * Predicts the probability of the outcome by a scorecard.
 *
 * @param model - of {@link fitScorecard}.
 * @param table - the model's features, in its order; NaN = missing.
 * @returns probabilities per row: one half at the model's base points, odds doubled by every `pointsToDouble`.
 * @throws {ClienteleError} as {@link scoreScorecard}.
 * @example
 * const table = fromMatrix([[0], [0], [1], [1]]);
 * predictScorecard(fitScorecard(table, Uint8Array.of(0, 1, 0, 1)), table); // Float64Array [0.5, 0.5, 0.5, 0.5]
 */
export function predictScorecard(model: ScorecardModel, table: FeatureTable): Float64Array {
  const { names, values } = pointsOf("predictScorecard", model, table);
  const { basePoints, pointsToDouble } = model;
  return Float64Array.from(table.ids, (_, row) =>
    probabilityOf(((values[row * names.length] - basePoints) * Math.LN2) / pointsToDouble),
  );
}

/**
 * Says which feature brought a customer how many points.
 *
 * @param model - of {@link fitScorecard}.
 * @param table - the model's features, in its order; NaN = missing.
 * @returns `points`, then one `${feature}Points` per feature: with the model's `startPoints` they add up to `points`.
 * @throws {ClienteleError} as {@link scoreScorecard}.
 * @example
 * const table = fromMatrix([[0], [0], [1], [1]], { names: ["visits"] });
 * explainScorecard(fitScorecard(table, Uint8Array.of(0, 1, 0, 1)), table).names; // ["points", "visitsPoints"]
 */
export function explainScorecard(model: ScorecardModel, table: FeatureTable): FeatureTable {
  return pointsOf("explainScorecard", model, table);
}

function pointsOf(caller: string, model: ScorecardModel, table: FeatureTable): FeatureTable {
  checkTable(caller, table);
  checkModel(caller, model, {
    kind: "scorecard",
    version: 1,
    shape: {
      cuts: (value, { features }) => isLists(value, features.length) && value.every(isAscending),
      points: (value, { features, cuts }) =>
        isLists(value, features.length) && value.every((points, j) => isFiniteVector(points, cuts[j].length + 2)),
      startPoints: Number.isFinite,
      basePoints: Number.isFinite,
      pointsToDouble: (value) => Number.isFinite(value) && (value as number) > 0,
    },
    features: table.names,
  });
  const width = table.names.length + 1;
  const values = new Float64Array(table.ids.length * width);
  table.names.forEach((_, j) => {
    finiteColumn(caller, "table", table, j).forEach((value, row) => {
      values[row * width + 1 + j] = model.points[j][binOf(model.cuts[j], value)];
    });
  });
  for (let row = 0; row < table.ids.length; row++) {
    let points = model.startPoints;
    for (let j = 1; j < width; j++) points += values[row * width + j];
    values[row * width] = points;
  }
  return { ids: [...table.ids], names: ["points", ...table.names.map((name) => `${name}Points`)], values };
}

function isLists(value: unknown, length: number): value is unknown[][] {
  return Array.isArray(value) && value.length === length && value.every(Array.isArray);
}

function isAscending(cuts: unknown): boolean {
  return isFiniteVector(cuts) && cuts.every((cut, i) => i === 0 || cut > cuts[i - 1]);
}
