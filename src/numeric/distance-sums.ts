/**
 * For every row the sum of its Euclidean distances to the members of every cluster (to itself: 0).
 *
 * @param values - row-major rows × columns, finite.
 * @param labels - cluster per row in [0, clusters); −1 takes the row out: nobody measures to it and its sums are 0.
 * @returns rows × clusters, row-major, in the order of the input. Cost O(n²·d) time, O(n·(d + clusters)) memory.
 */
export function distanceSums(
  values: Float64Array,
  rows: number,
  columns: number,
  labels: Int32Array,
  clusters: number,
): Float64Array {
  const sums = new Float64Array(rows * clusters);
  for (let a = 0; a < rows; a++) {
    if (labels[a] < 0) continue;
    for (let b = a + 1; b < rows; b++) {
      if (labels[b] < 0) continue;
      let squares = 0;
      for (let j = 0, i = a * columns, k = b * columns; j < columns; j++, i++, k++) {
        const difference = values[i] - values[k];
        squares += difference * difference;
      }
      const distance = Math.sqrt(squares);
      sums[a * clusters + labels[b]] += distance;
      sums[b * clusters + labels[a]] += distance;
    }
  }
  return sums;
}
