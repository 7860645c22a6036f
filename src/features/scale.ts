import { describeValue, refuse } from "../core/errors.ts";
import { checkModel, isFiniteVector, type ModelHeader } from "../core/model.ts";
import type { Note } from "../core/note.ts";
import { quantileOfSorted } from "../numeric/quantile.ts";
import {
  checkSpread,
  type ColumnPlace,
  finiteColumn,
  isUsableScale,
  sortedPresent,
  zScoreOf,
} from "../tables/columns.ts";
import { checkTable, type FeatureTable } from "../tables/feature-table.ts";

/** How the features of a table are centered and scaled; applied as (x − center) / scale. */
export interface ScaleModel extends ModelHeader {
  /** What center and scale are: mean and population standard deviation, minimum and range, median and quartile range. */
  readonly kind: "z-score" | "min-max" | "robust";
  /** Version of the layout. */
  readonly version: 1;
  /** What becomes 0, per feature, in the feature's unit. */
  readonly center: readonly number[];
  /** What becomes a step of 1, per feature, in the feature's unit; above 0. */
  readonly scale: readonly number[];
}

type Measure = (sorted: Float64Array) => ColumnPlace;

const kinds: readonly unknown[] = ["z-score", "min-max", "robust"];

/**
 * Learns to bring each feature to mean 0 and standard deviation 1, so that distances do not depend on units.
 *
 * The standard deviation is the population's (divided by n, as scikit-learn does).
 * Missing cells are skipped. A constant feature keeps scale 1 and becomes 0; one without any value keeps center 0.
 *
 * @param table - n customers × d features; NaN = missing.
 * @returns a model for {@link transformScale} and {@link invertScale}; `notes` name constant and missing features.
 * @throws {ClienteleError} `too-few-rows` without customers; `invalid-value` at the first infinite cell; `too-large` when
 * a feature's spread overflows. Cost: one sort per feature.
 * @example
 * fitZScore(fromMatrix([[2], [4], [6]])).center; // [4]
 */
export function fitZScore(table: FeatureTable): ScaleModel {
  return fitScale("fitZScore", "z-score", table, zScoreOf);
}

/**
 * Learns to bring each feature to 0–1, from its least to its greatest value.
 *
 * One extreme customer pushes all others together; {@link fitRobust} does not mind them. Values outside the range seen
 * here come out below 0 or above 1.
 *
 * @param table - n customers × d features; NaN = missing.
 * @returns a model for {@link transformScale} and {@link invertScale}; constant features keep scale 1 and become 0.
 * @throws {ClienteleError} as {@link fitZScore}.
 * @example
 * const table = fromMatrix([[2], [4], [6]]);
 * transformScale(fitMinMax(table), table).values; // Float64Array [0, 0.5, 1]
 */
export function fitMinMax(table: FeatureTable): ScaleModel {
  return fitScale("fitMinMax", "min-max", table, (sorted) => {
    return { center: sorted[0], scale: sorted[sorted.length - 1] - sorted[0] };
  });
}

/**
 * Learns to bring each feature to median 0 and a middle half of width 1, which a few extreme customers cannot move.
 *
 * Center and scale are the median and the range between the quartiles, type 7. A feature of which half the customers
 * share one value has no such range: it keeps scale 1, and a note says so.
 *
 * @param table - n customers × d features; NaN = missing.
 * @returns a model for {@link transformScale} and {@link invertScale}.
 * @throws {ClienteleError} as {@link fitZScore}.
 * @example
 * fitRobust(fromMatrix([[1], [2], [3], [4], [1000]])).scale; // [2]
 */
export function fitRobust(table: FeatureTable): ScaleModel {
  return fitScale("fitRobust", "robust", table, (sorted) => {
    const quartiles = [0.25, 0.5, 0.75].map((share) => quantileOfSorted(sorted, share));
    return { center: quartiles[1], scale: quartiles[2] - quartiles[0] };
  });
}

/**
 * Brings a table to the scale that a model has learned, for example new customers to that of the old ones.
 *
 * @param model - of {@link fitZScore}, {@link fitMinMax} or {@link fitRobust}.
 * @param table - the model's features, in its order; NaN = missing.
 * @returns a new table with (x − center) / scale, without units; missing cells stay missing.
 * @throws {ClienteleError} `incompatible-model` for other features or a damaged model; `invalid-value` at the first cell
 * that is infinite, or too far from the model's center to be a number. Cost: one pass.
 * @example
 * const model = fitMinMax(fromMatrix([[0], [10]]));
 * transformScale(model, fromMatrix([[5], [20]])).values; // Float64Array [0.5, 2]
 */
export function transformScale(model: ScaleModel, table: FeatureTable): FeatureTable {
  return rescaled("transformScale", model, table, (value, center, scale) => (value - center) / scale);
}

/**
 * Brings scaled numbers, such as the centers of segments, back to the features' own units.
 *
 * @param model - the model that scaled them.
 * @param table - scaled features, in the model's order; NaN = missing.
 * @returns a new table with x · scale + center: the numbers before {@link transformScale}, but for rounding.
 * @throws {ClienteleError} as {@link transformScale}.
 * @example
 * const model = fitMinMax(fromMatrix([[0], [10]]));
 * invertScale(model, fromMatrix([[0.5]])).values; // Float64Array [5]
 */
export function invertScale(model: ScaleModel, table: FeatureTable): FeatureTable {
  return rescaled("invertScale", model, table, (value, center, scale) => value * scale + center);
}

function fitScale(caller: string, kind: ScaleModel["kind"], table: FeatureTable, measure: Measure): ScaleModel {
  checkTable(caller, table);
  const { ids, names } = table;
  if (ids.length === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  const notes: Note[] = [];
  const center: number[] = [];
  const scale: number[] = [];
  names.forEach((name, j) => {
    const sorted = sortedPresent(finiteColumn(caller, "table", table, j));
    if (sorted.length === 0) {
      notes.push({ code: "all-missing-feature", message: `${name} has no value and is left as it is.` });
      center.push(0);
      scale.push(1);
      return;
    }
    const range = sorted[sorted.length - 1] - sorted[0];
    checkSpread(caller, j, sorted);
    const measured = measure(sorted);
    // A quartile range that is nothing beside the range would send the table's own extremes beyond all numbers.
    const usable = isUsableScale(sorted, measured.scale);
    // Adding 0 turns −0, which JSON cannot carry, into 0.
    center.push(measured.center + 0);
    scale.push(usable ? measured.scale : 1);
    if (range === 0) {
      notes.push({ code: "constant-feature", message: `${name} is the same for all customers and becomes 0.` });
    } else if (!usable) {
      notes.push({ code: "no-spread", message: `${name} has too little spread to scale by and is only centered.` });
    }
  });
  return { kind, version: 1, features: [...names], notes, center, scale };
}

function rescaled(
  caller: string,
  model: ScaleModel,
  table: FeatureTable,
  move: (value: number, center: number, scale: number) => number,
): FeatureTable {
  checkTable(caller, table);
  checkScale(caller, model, table.names);
  const { ids, names, values } = table;
  const { center, scale } = model;
  const moved = new Float64Array(values.length);
  let cell = 0;
  for (let row = 0; row < ids.length; row++) {
    for (let j = 0; j < names.length; j++, cell++) {
      moved[cell] = move(values[cell], center[j], scale[j]);
      if (Math.abs(moved[cell]) === Infinity) refuseCell(caller, `table.values[${row}, ${j}]`, values[cell]);
    }
  }
  return { ids: [...ids], names: [...names], values: moved };
}

/**
 * Refuses what is not a sound scale model.
 *
 * @param caller - the public function, for messages.
 * @param model - what the user passed.
 * @param features - the features it must have been fitted on; any when absent.
 */
export function checkScale(caller: string, model: ScaleModel, features?: readonly string[]): void {
  const kind = kinds.includes(model?.kind) ? model.kind : "z-score";
  checkModel(caller, model, {
    kind,
    version: 1,
    shape: {
      center: (value, whole) => isFiniteVector(value, whole.features.length),
      scale: (value, whole) => isFiniteVector(value, whole.features.length) && value.every((step) => step > 0),
    },
    ...(features === undefined ? {} : { features }),
  });
}

/** Whether a cell came in infinite or was made so. */
function refuseCell(caller: string, path: string, value: number): never {
  if (!Number.isFinite(value)) refuse(caller, "invalid-value", path, "finite or missing", describeValue(value));
  refuse(caller, "invalid-value", path, "near enough to the model's center", "a number too far");
}
