import type { CenterSums } from "./center-sums.ts";

/** Rows that two centers are equally near to. */
export interface Ties {
  count: number;
}

/** A way to find the nearest center of every row, remembering what it learned from one call to the next. */
export interface NearestCenter {
  /** Current label of every row; −1 before the first call. */
  readonly labels: Int32Array;
  /** Rows that two of the centers of the last call are equally near to. */
  readonly ties: Ties;
  /** Relabels all rows for `centers`, carries the changes into `sums` if there are any, and returns how many changed. */
  assign(centers: Float64Array, sums: CenterSums | undefined): number;
}
