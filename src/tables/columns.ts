import { run } from "../core/accumulate.ts";
import { describeValue, refuse } from "../core/errors.ts";
import { moments } from "../numeric/moments.ts";
import type { FeatureTable } from "./feature-table.ts";

/**
 * Takes one feature out of a table whose cells are finite or missing.
 *
 * @param caller - the public function.
 * @param path - how to call the table in the message.
 * @param table - a table of the right shape.
 * @param index - which feature.
 * @returns one number per row, a copy; NaN = missing.
 * @throws {ClienteleError} `invalid-value` at the first infinite cell.
 */
export function finiteColumn(caller: string, path: string, table: FeatureTable, index: number): Float64Array {
  const width = table.names.length;
  const column = new Float64Array(table.ids.length);
  for (let row = 0; row < column.length; row++) {
    const value = table.values[row * width + index];
    if (value === Infinity || value === -Infinity) {
      refuse(caller, "invalid-value", `${path}.values[${row}, ${index}]`, "finite or missing", describeValue(value));
    }
    column[row] = value;
  }
  return column;
}

/** The values of a column that are not missing, from low to high. */
export function sortedPresent(column: Float64Array): Float64Array {
  // NaN sorts to the end, and without a comparator the engine sorts numbers natively.
  const sorted = column.slice().sort();
  let present = sorted.length;
  while (present > 0 && Number.isNaN(sorted[present - 1])) present--;
  return sorted.subarray(0, present);
}

/**
 * Refuses a feature whose squared deviations cannot be summed.
 *
 * @param caller - the public function.
 * @param index - which feature.
 * @param sorted - its values, from low to high.
 * @param path - how to call the table in the message.
 * @throws {ClienteleError} `too-large` with the place of the feature.
 */
export function checkSpread(caller: string, index: number, sorted: Float64Array, path = "table"): void {
  const range = sorted.length === 0 ? 0 : sorted[sorted.length - 1] - sorted[0];
  if (range * range * sorted.length < Infinity) return;
  refuse(caller, "too-large", `${path}.names[${index}]`, "values whose squared range is below 1.8e308", "an overflow");
}

/** Where a feature lies and how far its values spread. */
export interface ColumnPlace {
  /** What is in the middle. */
  readonly center: number;
  /** How far from it a value usually is; 0 for a constant. */
  readonly scale: number;
}

/**
 * Mean and population standard deviation of a feature.
 *
 * @param sorted - its values, from low to high; {@link checkSpread} has been passed.
 * @returns 0 and 0 for a feature without values.
 */
export function zScoreOf(sorted: Float64Array): ColumnPlace {
  const { mean, variance } = run(moments, sorted);
  // Adding 0 turns −0, which JSON cannot carry, into 0.
  return { center: (mean ?? 0) + 0, scale: Math.sqrt(variance ?? 0) };
}

/** Whether numbers stay numbers when divided by a scale: not by 0, nor by what is nothing beside the range of the values. */
export function isUsableScale(sorted: Float64Array, scale: number): boolean {
  return scale > 0 && (sorted[sorted.length - 1] - sorted[0]) / scale < Infinity;
}
