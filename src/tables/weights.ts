import { describeCell, isList, refuse } from "../core/errors.ts";
import { custom, type OptionSpec } from "../core/options.ts";

/** One weight per row, as users give them. */
type RowWeights = Float64Array | readonly number[];

/** An option that takes one weight per row; the numbers are checked by {@link readWeights}. */
export function weightsOption(): OptionSpec<RowWeights> {
  return custom("one number per row", isList, [null, 1, "1", {}], { optional: true });
}

/**
 * Reads the weights of a table's rows.
 *
 * @param caller - the public function, for messages.
 * @param given - `options.weights`; undefined = all rows count 1.
 * @param rows - how many there must be.
 * @returns a copy, at least one above 0.
 * @throws {ClienteleError} `shape-mismatch`, `invalid-value`, or `degenerate-data` when all are 0.
 */
export function readWeights(caller: string, given: RowWeights | undefined, rows: number): Float64Array | undefined {
  if (given === undefined) return undefined;
  if (given.length !== rows) {
    refuse(caller, "shape-mismatch", "options.weights", `${rows} numbers, one per row`, String(given.length));
  }
  let total = 0;
  for (let row = 0; row < rows; row++) {
    const weight: unknown = given[row];
    if (typeof weight !== "number" || !(weight >= 0 && weight < Infinity)) {
      refuse(caller, "invalid-value", `options.weights[${row}]`, "finite and ≥ 0", describeCell(weight));
    }
    total += weight;
  }
  if (total === 0) refuse(caller, "degenerate-data", "options.weights", "a weight above 0", "only zeros");
  if (total === Infinity) refuse(caller, "invalid-value", "options.weights", "of finite sum", "Infinity");
  return Float64Array.from(given);
}
