import type { FeatureTable } from "clientele/tables";

/** The rows of a table in another order. */
export function reordered(table: FeatureTable, order: readonly number[]): FeatureTable {
  const width = table.names.length;
  const values = new Float64Array(order.length * width);
  order.forEach((row, i) => values.set(table.values.subarray(row * width, (row + 1) * width), i * width));
  return { ...table, ids: order.map((row) => table.ids[row]), values };
}

/** A permutation of 0 … length − 1, scrambled by a salt. */
export function shuffled(length: number, salt: number): number[] {
  const key = (row: number): number => Math.imul(row + 1, 0x9e3779b1) ^ Math.imul(salt, 0x85ebca6b);
  return Array.from({ length }, (_, row) => row).sort((a, b) => key(a) - key(b) || a - b);
}

/** A flat row-major block as a list of rows. */
export function rowsOfMatrix(values: Float64Array, columns: number): number[][] {
  return Array.from({ length: values.length / columns }, (_, i) =>
    Array.from(values.subarray(i * columns, (i + 1) * columns)),
  );
}
