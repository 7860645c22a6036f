import { describeValue, refuse } from "../core/errors.ts";
import type { FeatureTable } from "../tables/feature-table.ts";

/** How rows become scores: Σ loading · (x − center) / scale. */
export interface Projection {
  /** One per feature. */
  readonly center: readonly number[];
  /** One per feature, not 0. */
  readonly scale: readonly number[];
  /** `loadings[score][feature]`. */
  readonly loadings: readonly (readonly number[])[];
}

/**
 * Scores Σ loading · (x − center) / scale of each row, for a model that is known to be sound.
 *
 * @param caller - the public function, for messages.
 * @param table - a table of the right shape.
 * @param indexes - which features take part, in the model's order.
 * @param model - center, scale and loadings of these features.
 * @returns row-major, n × components.
 * @throws {ClienteleError} `invalid-value` at the first cell that is missing, infinite or too far from the center.
 */
export function project(
  caller: string,
  table: FeatureTable,
  indexes: readonly number[],
  { center, scale, loadings }: Projection,
): Float64Array {
  const { ids, names, values } = table;
  const components = loadings.length;
  const flat = Float64Array.from(loadings.flat());
  const scores = new Float64Array(ids.length * components);
  const width = indexes.length;
  const standardized = new Float64Array(width);
  for (let row = 0, out = 0; row < ids.length; row++) {
    const start = row * names.length;
    for (let j = 0; j < width; j++) standardized[j] = (values[start + indexes[j]] - center[j]) / scale[j];
    for (let c = 0, weight = 0; c < components; c++, out++) {
      let score = 0;
      for (let j = 0; j < width; j++, weight++) score += flat[weight] * standardized[j];
      if (!Number.isFinite(score)) refuseRow(caller, table, row, indexes);
      scores[out] = score;
    }
  }
  return scores;
}

/**
 * Refuses a table whose cells of some features are not all finite.
 *
 * @param caller - the public function, for messages.
 * @param table - a table of the right shape.
 * @param indexes - which features are read.
 * @param from - first row looked at; `to` is one past the last.
 */
export function checkCells(
  caller: string,
  { names, values }: FeatureTable,
  indexes: readonly number[],
  from: number,
  to: number,
): void {
  for (let row = from; row < to; row++) {
    for (const j of indexes) {
      const value = values[row * names.length + j];
      if (Number.isFinite(value)) continue;
      refuse(caller, "invalid-value", `table.values[${row}, ${j}]`, "finite", describeValue(value));
    }
  }
}

function refuseRow(caller: string, table: FeatureTable, row: number, indexes: readonly number[]): never {
  checkCells(caller, table, indexes, row, row + 1);
  refuse(caller, "invalid-value", `table.values[${row}, *]`, "near enough to the model's center", "a row too far");
}
