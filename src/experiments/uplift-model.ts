import { isRecord } from "../core/dictionary.ts";
import { refuse } from "../core/errors.ts";
import { checkModel, isFiniteVector, type ModelHeader } from "../core/model.ts";
import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { probabilityOf } from "../numeric/logistic-line.ts";
import { checkFinite, checkTable, type FeatureTable } from "../tables/feature-table.ts";
import type { UpliftOutcomeKind } from "./arms.ts";
import type { UpliftLine } from "./outcome-line.ts";

/** How an uplift model is learned; see {@link fitUplift}. */
export type UpliftLearner = "s" | "t" | "x";

/** What an X-learner has learned about one treatment. */
export interface CrossedEffect {
  /** The effect, learned from what the controls would have gained. */
  readonly fromControl: UpliftLine;
  /** The effect, learned from what the treated have gained. */
  readonly fromTreated: UpliftLine;
  /** Log odds of being treated rather than control: the weight of `fromControl`. */
  readonly propensity: UpliftLine;
}

/** For whom a treatment works, as lines in the features. Learned by {@link fitUplift}. */
export interface UpliftModel extends ModelHeader {
  /** What this is. */
  readonly kind: "uplift";
  /** Version of the layout. */
  readonly version: 1;
  /** How the effect is learned. */
  readonly learner: UpliftLearner;
  /** What the outcome is. */
  readonly outcomeKind: UpliftOutcomeKind;
  /** Mean of each feature over all customers: where the lines have their base. */
  readonly means: readonly number[];
  /** The treatments, as in the data. */
  readonly treatments: readonly number[];
  /** The outcome (log odds of a binary one) of the control, then of each treatment. */
  readonly arms: readonly UpliftLine[];
  /** Of an X-learner, one entry per treatment; else empty. */
  readonly effects: readonly CrossedEffect[];
  /** Customers of the control, then of each treatment. */
  readonly customers: readonly number[];
  /** Mean predicted uplift of the customers it was learned from, by treatment. */
  readonly averageUplift: readonly number[];
  /** λ of the penalty on standardized features. */
  readonly l2: number;
  /** False when coefficients are not the best: see `notes`. */
  readonly converged: boolean;
}

/** Options of {@link predictUplift} and {@link explainUplift}. */
export interface PredictUpliftOptions {
  /** Which treatment; the model's first when absent. */
  readonly treatment?: number | undefined;
}

/** Option table of {@link predictUplift} and {@link explainUplift}. */
export const predictUpliftOptions: OptionTable<PredictUpliftOptions, "treatment"> = {
  treatment: integer({ min: 1, max: 255, optional: true }),
};

/**
 * Predicts by how much a treatment changes each customer's outcome: whom to send the e-mail, and whom better not.
 *
 * @param model - of {@link fitUplift}.
 * @param table - the model's features, in its order; any number of finite rows.
 * @param options - which treatment, if there are several.
 * @returns per customer the expected outcome with the treatment less that without: a difference of probabilities, or of amounts.
 * @throws {ClienteleError} `incompatible-model` for other features or a damaged model; `invalid-option` for a treatment it does not know;
 * `invalid-value` at the first cell that is missing or infinite, or the first row so far from the means that sums overflow. Cost: n·d.
 * @example
 * const table = fromMatrix([[1], [2], [3], [1], [2], [3]], { names: ["visits"] });
 * const treatment = Uint8Array.of(0, 0, 0, 1, 1, 1);
 * const model = fitUplift(table, treatment, [1, 2, 3, 2, 4, 6], { learner: "t" });
 * predictUplift(model, fromMatrix([[1], [5]], { names: ["visits"] })); // Float64Array [1.0, 5.0]
 */
export function predictUplift(model: UpliftModel, table: FeatureTable, options?: PredictUpliftOptions): Float64Array {
  const caller = "predictUplift";
  const place = placeOf(caller, model, table, options);
  return upliftOf(caller, model, table.values, table.ids.length, place);
}

/**
 * Tells why a customer's predicted uplift is what it is: how much each feature moves it away from that of an average customer.
 *
 * Contributions add up exactly, also where the outcome is a probability: there they are collected along the straight way from the average
 * customer to this one (Aumann–Shapley).
 *
 * @param model - of {@link fitUplift}.
 * @param table - the model's features, in its order; any number of finite rows.
 * @param options - which treatment, if there are several.
 * @returns one contribution per customer and feature, under the features' names, and `base`, the uplift of an average customer (in
 * parentheses where a feature has that name): a row sums to the customer's predicted uplift.
 * @throws {ClienteleError} as {@link predictUplift}. Cost: n·d.
 * @example
 * const table = fromMatrix([[1], [2], [3], [1], [2], [3]], { names: ["visits"] });
 * const model = fitUplift(table, Uint8Array.of(0, 0, 0, 1, 1, 1), [1, 2, 3, 2, 4, 6], { learner: "t" });
 * explainUplift(model, fromMatrix([[5]], { names: ["visits"] })).values; // Float64Array [3.0, 2.0]
 * @see Aumann & Shapley (1974), "Values of Non-Atomic Games"; Sundararajan and others (2017), "Axiomatic attribution", on the way.
 */
export function explainUplift(model: UpliftModel, table: FeatureTable, options?: PredictUpliftOptions): FeatureTable {
  const caller = "explainUplift";
  const place = placeOf(caller, model, table, options);
  const { ids, names, values } = table;
  const columns = names.length;
  const width = columns + 1;
  const uplift = upliftOf(caller, model, values, ids.length, place);
  const contributions = new Float64Array(ids.length * width);
  const isProbability = model.outcomeKind === "binary";
  for (let row = 0; row < uplift.length; row++) {
    // One entry per line, with its weight: steepness of the curve along the way, or the share of a crossed effect.
    const parts = model.learner === "x" ? crossedParts(model, values, row, place) : armParts(model, values, row, place, isProbability); // prettier-ignore
    let base = uplift[row];
    for (let j = 0; j < columns; j++) {
      const deviation = values[row * columns + j] - model.means[j];
      let share = 0;
      for (const { line, weight } of parts) share += weight * line.coefficients[j] * deviation;
      contributions[row * width + j] = share + 0;
      base -= share;
    }
    contributions[row * width + columns] = base + 0;
  }
  let base = "base";
  while (names.includes(base)) base = `(${base})`;
  return { ids: [...ids], names: [...names, base], values: contributions };
}

interface Part {
  readonly line: UpliftLine;
  readonly weight: number;
}

function crossedParts({ effects, means }: UpliftModel, values: Float64Array, row: number, place: number): Part[] {
  const { fromControl, fromTreated, propensity } = effects[place];
  const share = probabilityOf(heightOf(propensity, values, row, means));
  return [{ line: fromControl, weight: share }, { line: fromTreated, weight: 1 - share }]; // prettier-ignore
}

function armParts(
  { arms, means }: UpliftModel,
  values: Float64Array,
  row: number,
  place: number,
  isProbability: boolean,
): Part[] {
  return [arms[place + 1], arms[0]].map((line, i) => {
    const sign = i === 0 ? 1 : -1;
    return { line, weight: isProbability ? sign * steepness(line.base, heightOf(line, values, row, means)) : sign };
  });
}

/** Mean slope of the logistic curve between two log odds. */
function steepness(from: number, to: number): number {
  const distance = to - from;
  if (Math.abs(distance) > 1e-5) return (probabilityOf(to) - probabilityOf(from)) / distance;
  const middle = probabilityOf(from + distance / 2);
  return middle * (1 - middle);
}

function heightOf(
  { base, coefficients }: UpliftLine,
  values: Float64Array,
  row: number,
  means: readonly number[],
): number {
  let height = base;
  for (let j = 0, cell = row * means.length; j < means.length; j++, cell++) {
    height += coefficients[j] * (values[cell] - means[j]);
  }
  return height;
}

/** Predicted uplift by one treatment, which is given by its place among the model's. */
export function upliftOf(
  caller: string,
  model: Pick<UpliftModel, "learner" | "outcomeKind" | "arms" | "effects" | "means">,
  values: Float64Array,
  rows: number,
  place: number,
): Float64Array {
  const { learner, outcomeKind, arms, effects, means } = model;
  const uplift = new Float64Array(rows);
  for (let row = 0; row < rows; row++) {
    if (learner === "x") {
      const { fromControl, fromTreated, propensity } = effects[place];
      const share = probabilityOf(heightOf(propensity, values, row, means));
      uplift[row] = share * heightOf(fromControl, values, row, means) + (1 - share) * heightOf(fromTreated, values, row, means); // prettier-ignore
    } else {
      const treated = heightOf(arms[place + 1], values, row, means);
      const control = heightOf(arms[0], values, row, means);
      uplift[row] = outcomeKind === "binary" ? probabilityOf(treated) - probabilityOf(control) : treated - control;
    }
    if (!Number.isFinite(uplift[row])) {
      refuse(caller, "invalid-value", `table.values[${row}, *]`, "so near the model's means that sums are finite", "farther"); // prettier-ignore
    }
    uplift[row] += 0;
  }
  return uplift;
}

function placeOf(
  caller: string,
  model: UpliftModel,
  table: FeatureTable,
  options: PredictUpliftOptions | undefined,
): number {
  const { treatment } = readOptions(caller, predictUpliftOptions, options);
  checkTable(caller, table);
  const isLine = (value: unknown, { features }: ModelHeader): boolean =>
    isRecord(value) && Number.isFinite(value["base"]) && isFiniteVector(value["coefficients"], features.length);
  checkModel(caller, model, {
    kind: "uplift",
    version: 1,
    shape: {
      learner: (value) => value === "s" || value === "t" || value === "x",
      outcomeKind: (value) => value === "binary" || value === "continuous",
      means: (value, { features }) => isFiniteVector(value, features.length),
      treatments: (value) => isFiniteVector(value) && value.length > 0 && new Set(value).size === value.length,
      arms: (value, whole) =>
        Array.isArray(value) && value.length === whole.treatments.length + 1 && value.every((line) => isLine(line, whole)), // prettier-ignore
      effects: (value, whole) =>
        Array.isArray(value) &&
        value.length === (whole.learner === "x" ? whole.treatments.length : 0) &&
        value.every((effect) => isRecord(effect) && ["fromControl", "fromTreated", "propensity"].every((part) => isLine(effect[part], whole))), // prettier-ignore
    },
    features: table.names,
  });
  checkFinite(caller, table);
  const place = treatment === undefined ? 0 : model.treatments.indexOf(treatment);
  if (place < 0) {
    refuse(caller, "invalid-option", "options.treatment", `one of ${model.treatments.join(", ")}`, String(treatment));
  }
  return place;
}
