import { describeValue, refuse } from "../core/errors.ts";

/**
 * Refuses something that is not one 0 or 1 per row, or of which all rows that count are the same.
 *
 * @param caller - the public function, for messages.
 * @param outcome - 1 where the outcome came, 0 where it did not.
 * @param rows - how many there must be.
 * @param weights - what each row counts; all 1 if absent.
 * @returns the rows, or with weights the weight, with outcome 1.
 * @throws {ClienteleError} `too-few-rows` without rows; `shape-mismatch`; `invalid-value`; `degenerate-data` for one class.
 */
export function checkOutcome(caller: string, outcome: Uint8Array, rows: number, weights?: Float64Array): number {
  if (rows === 0) refuse(caller, "too-few-rows", "table", "at least 1 row", "0");
  if (!(outcome instanceof Uint8Array) || outcome.length !== rows) {
    refuse(caller, "shape-mismatch", "outcome", `${rows} numbers in a Uint8Array`, describeValue(outcome));
  }
  const sums = [0, 0];
  for (let row = 0; row < rows; row++) {
    const one = outcome[row];
    if (one > 1) refuse(caller, "invalid-value", `outcome[${row}]`, "0 or 1", "another number");
    sums[one] += weights === undefined ? 1 : weights[row];
  }
  if (sums[0] === 0 || sums[1] === 0) {
    refuse(caller, "degenerate-data", "outcome", "both 0 and 1", `only ${sums[1] === 0 ? 0 : 1}`);
  }
  return sums[1];
}
