/** Share of the extent of the data by which bounds may be wrong: far above rounding, far below what excludes a group. */
const slackShare = 1e-9;
/** Squares of smaller distances lose digits. */
const leastSlack = 1e-150;

/**
 * Tells for every row which of the other groups may be the nearest one by the mean distance to its members, without measuring
 * those distances.
 *
 * From a row at distance r of a group's mean, the mean distance to its members is at least r and at most √(r² + σ²), where σ² is
 * the mean square of the members' distances from their mean (Jensen's inequality, for the norm and for the root). A group
 * whose least is above the most of another one cannot be nearest.
 *
 * @param values - row-major rows × columns, finite, squarable.
 * @param rows - number of rows.
 * @param columns - at least 1.
 * @param labels - group per row in [0, groups).
 * @param groups - number of groups; some may be empty.
 * @returns rows × groups, row-major: 1 where the group may be nearest; 0 for a row's own group and for empty ones. Cost
 * O(n·groups·d).
 */
export function nearGroups(
  values: Float64Array,
  rows: number,
  columns: number,
  labels: Int32Array,
  groups: number,
): Uint8Array {
  const near = new Uint8Array(rows * groups);
  const { sizes, means, spreads } = describe(values, rows, columns, labels, groups);
  const slack = slackShare * extentOf(values, columns) + leastSlack;
  const least = new Float64Array(groups);
  for (let row = 0; row < rows; row++) {
    let limit = Infinity;
    for (let group = 0; group < groups; group++) {
      if (sizes[group] === 0 || group === labels[row]) continue;
      const square = squareToMean(values, row * columns, means, group * columns, columns);
      least[group] = Math.sqrt(square);
      limit = Math.min(limit, Math.sqrt(square + spreads[group]));
    }
    for (let group = 0; group < groups; group++) {
      if (sizes[group] === 0 || group === labels[row]) continue;
      if (least[group] <= limit + slack) near[row * groups + group] = 1;
    }
  }
  return near;
}

interface Groups {
  readonly sizes: Int32Array;
  /** Per group the mean of its rows less the first row of all: numbers far from zero keep their digits. */
  readonly means: Float64Array;
  /** Per group the mean square of the distances from its mean. */
  readonly spreads: Float64Array;
}

function describe(values: Float64Array, rows: number, columns: number, labels: Int32Array, groups: number): Groups {
  const sizes = new Int32Array(groups);
  const means = new Float64Array(groups * columns);
  const spreads = new Float64Array(groups);
  for (const label of labels) sizes[label]++;
  for (let row = 0; row < rows; row++) {
    const to = labels[row] * columns;
    for (let j = 0; j < columns; j++) means[to + j] += (values[row * columns + j] - values[j]) / sizes[labels[row]];
  }
  for (let row = 0; row < rows; row++) {
    const group = labels[row];
    spreads[group] += squareToMean(values, row * columns, means, group * columns, columns) / sizes[group];
  }
  return { sizes, means, spreads };
}

function squareToMean(values: Float64Array, at: number, means: Float64Array, mean: number, columns: number): number {
  let sum = 0;
  for (let j = 0; j < columns; j++) {
    const difference = values[at + j] - values[j] - means[mean + j];
    sum += difference * difference;
  }
  return sum;
}

/** A distance from the first row that no other exceeds. */
function extentOf(values: Float64Array, columns: number): number {
  let extent = 0;
  for (let j = 0; j < columns; j++) {
    let most = 0;
    for (let cell = j; cell < values.length; cell += columns) most = Math.max(most, Math.abs(values[cell] - values[j]));
    extent += most;
  }
  return extent;
}
