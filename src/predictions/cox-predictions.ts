import { refuse } from "../core/errors.ts";
import { isRecord } from "../core/dictionary.ts";
import { checkModel, isFiniteVector } from "../core/model.ts";
import { custom, type OptionTable, readOptions } from "../core/options.ts";
import { exp } from "../numeric/elementary.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";
import type { CoxModel } from "./cox-model.ts";
import { countUpTo } from "./kaplan-meier.ts";

/**
 * Predicts how much sooner or later the event comes for each customer: the hazard beside that of an average customer.
 *
 * @param model - of {@link fitCox}.
 * @param table - the model's features, in its order; any number of finite rows.
 * @returns one factor per row: 1 = as an average customer, 2 = twice the hazard at any time.
 * @throws {ClienteleError} `incompatible-model` for other features or a damaged model; `invalid-value` at the first cell
 * that is missing or infinite, or the first row so far from the means that the factor is no number. Cost: n·d.
 * @example
 * const table = fromMatrix([[0], [1], [0], [1], [1], [0]], { names: ["discount"] });
 * const model = fitCox(table, [2, 3, 3, 5, 8, 8], [1, 1, 1, 0, 1, 0]);
 * predictHazard(model, table); // Float64Array [1.121, 0.892, …]
 */
export function predictHazard(model: CoxModel, table: FeatureTable): Float64Array {
  const caller = "predictHazard";
  checkCoxModel(caller, model, table);
  return hazardsOf(caller, model, table);
}

/** Options of {@link predictSurvival}. */
export interface PredictSurvivalOptions {
  /** Times since the start, in the unit of the model's durations, each once; at most the longest that was watched. */
  readonly times: ArrayLike<number>;
}

/** Option table of {@link predictSurvival}. */
export const predictSurvivalOptions: OptionTable<PredictSurvivalOptions> = {
  times: custom("a non-empty list of different numbers from 0 on", isTimes, [
    null,
    1,
    [],
    [-1],
    [NaN],
    [1, 1],
    ["1"],
    {},
  ]),
};

function isTimes(value: unknown): boolean {
  if (!Array.isArray(value) && !(value instanceof Float64Array) && !(value instanceof Uint32Array)) return false;
  const times = Array.from(value as ArrayLike<unknown>);
  return (
    times.length > 0 &&
    new Set(times).size === times.length &&
    times.every((time) => typeof time === "number" && time >= 0 && time < Infinity)
  );
}

/**
 * Predicts for each customer the probability that the event has not come up to given times since their start.
 *
 * @param model - of {@link fitCox}.
 * @param table - the model's features, in its order; any number of finite rows.
 * @param options - the times.
 * @returns a table with a column `survivalAt…` per time, in the order given: for times 6 and 12 `survivalAt6` and `survivalAt12`.
 * @throws {ClienteleError} as {@link predictHazard}; `invalid-option` for a time after the longest duration, where nobody was
 * watched. Cost: n·(d + times).
 * @example
 * const table = fromMatrix([[0], [1], [0], [1], [1], [0]], { names: ["discount"] });
 * const model = fitCox(table, [2, 3, 3, 5, 8, 8], [1, 1, 1, 0, 1, 0]);
 * const survival = predictSurvival(model, table, { times: [2, 5] });
 * survival.names; // ["survivalAt2", "survivalAt5"]
 * survival.values; // Float64Array [0.831, 0.496, …]
 * @see Breslow (1972) and Efron (1977) on the baseline.
 */
export function predictSurvival(model: CoxModel, table: FeatureTable, options: PredictSurvivalOptions): FeatureTable {
  const caller = "predictSurvival";
  const times = Array.from(readOptions(caller, predictSurvivalOptions, options).times);
  checkCoxModel(caller, model, table);
  const late = times.findIndex((time) => time > model.longest);
  if (late >= 0) {
    refuse(caller, "invalid-option", `options.times[${late}]`, "up to the model's longest duration", "a later time");
  }
  const { baseline } = model;
  const through = times.map((time) => {
    const steps = countUpTo(baseline.times, time);
    return steps === 0 ? 0 : baseline.cumulativeHazard[steps - 1];
  });
  const hazards = hazardsOf(caller, model, table);
  const values = new Float64Array(hazards.length * times.length);
  for (let row = 0, cell = 0; row < hazards.length; row++) {
    for (let j = 0; j < times.length; j++, cell++) values[cell] = exp(-through[j] * hazards[row]);
  }
  return { ids: [...table.ids], names: times.map((time) => `survivalAt${time}`), values };
}

function hazardsOf(caller: string, { coefficients, means }: CoxModel, { ids, values }: FeatureTable): Float64Array {
  const hazards = new Float64Array(ids.length);
  for (let row = 0, cell = 0; row < hazards.length; row++) {
    let sum = 0;
    for (let j = 0; j < coefficients.length; j++, cell++) sum += coefficients[j] * (values[cell] - means[j]);
    hazards[row] = exp(sum);
    if (!Number.isFinite(hazards[row])) {
      refuse(caller, "invalid-value", `table.values[${row}, *]`, "so near the model's means that hazards are finite", "farther"); // prettier-ignore
    }
  }
  return hazards;
}

/** Refuses a model that was not made by `fitCox` for these features, and a table with missing cells. */
export function checkCoxModel(caller: string, model: CoxModel, table: FeatureTable): void {
  checkTable(caller, table);
  const perFeature = (value: unknown, { features }: CoxModel): boolean => isFiniteVector(value, features.length);
  checkModel(caller, model, {
    kind: "cox",
    version: 1,
    shape: {
      coefficients: perFeature,
      means: perFeature,
      longest: Number.isFinite,
      baseline: isBaseline,
    },
    features: table.names,
  });
  checkFinite(caller, table);
}

function isBaseline(value: unknown): boolean {
  if (!isRecord(value) || !isFiniteVector(value["times"])) return false;
  return isFiniteVector(value["cumulativeHazard"], value["times"].length);
}
