import { type Arena, arenaBytes } from "./kernels/runtime.ts";

/** Room for a few rows, with their weights, where kernels can read them: kernels see no memory of a caller's. */
export interface RowBlock {
  /** Rows it has room for, an even number. */
  readonly most: number;
  readonly columns: number;
  readonly cells: Float64Array;
  readonly weights: Float64Array;
}

/** With them a block and what is made of it stay in the second-level cache. */
const cellsPerBlock = 16_384;

/** The columns or, of an odd number, one more: kernels take two at a time. */
export function evenColumns(columns: number): number {
  return columns + (columns % 2);
}

/** Rows that one block holds of a table of so many rows and columns. */
export function rowsPerBlock(rows: number, columns: number): number {
  const fitting = Math.max(16, Math.min(1024, 2 * Math.floor(cellsPerBlock / columns / 2)));
  return Math.min(fitting, rows + (rows % 2));
}

/** Bytes that {@link openRowBlock} will ask the arena for. */
export function rowBlockBytes(rows: number, columns: number): number {
  const most = rowsPerBlock(rows, columns);
  return arenaBytes(most * columns, 8) + arenaBytes(most, 8);
}

/** Makes room for blocks of a table of so many rows and columns. */
export function openRowBlock(arena: Arena, rows: number, columns: number): RowBlock {
  const most = rowsPerBlock(rows, columns);
  return { most, columns, cells: arena.f64(most * columns), weights: arena.f64(most) };
}

/** Copies all rows through the block, one filling after the other, with their weights if there are any. */
export function forEachBlock(
  { most, columns, cells, weights: copied }: RowBlock,
  { values, rows, weights }: { values: Float64Array; rows: number; weights: Float64Array | undefined },
  visit: (start: number, count: number) => void,
): void {
  for (let start = 0; start < rows; start += most) {
    const end = Math.min(rows, start + most);
    cells.set(values.subarray(start * columns, end * columns));
    if (weights !== undefined) copied.set(weights.subarray(start, end));
    visit(start, end - start);
  }
}
