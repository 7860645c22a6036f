import { describeValue, refuse } from "../core/errors.ts";
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
