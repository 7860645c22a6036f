/** What every algorithm on n points in d dimensions reads: the caller's rows and the point to measure from. */
export interface PointSet {
  /** Row-major, rows × columns, finite. */
  readonly values: Float64Array;
  readonly rows: number;
  readonly columns: number;
  /** One weight ≥ 0 per row; absent means 1 everywhere. A row of weight 0 is labelled but pulls no center. */
  readonly weights: Float64Array | undefined;
  /** Column medians of a sample: the origin for everything that would lose digits far from the bulk of the data. */
  readonly origin: Float64Array;
  /** Per column the largest distance of a row from the origin. */
  readonly reach: Float64Array;
}
