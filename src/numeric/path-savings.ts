import { heightLimit, type IsolationTree, leafMark, meanPathLengths, visitTree } from "./isolation-trees.ts";

/** A tree as complete lists: node k has the children 2k and 2k + 1, the root is 1. */
interface CompleteTree {
  /** Per node the feature that is compared, or {@link leafMark}. */
  readonly features: Int32Array;
  readonly thresholds: Float64Array;
  /** Per node how many cuts rows like those that reached it need from here on average. */
  readonly expected: Float64Array;
}

/**
 * Tells what makes the paths of each row short: the share of every feature in the cuts that the row saves.
 *
 * A cut that leads from a node of s rows to one of t saves c(s) − 1 − c(t) cuts against the average; along a path this sums
 * to c(sampleSize) less the path's length. Only paths that are shorter than average count, each by what it saves, divided
 * among the features whose cuts on it save something in sum.
 *
 * @param trees - whole trees, each grown from `sampleSize` rows.
 * @param sampleSize - at least 1.
 * @param values - row-major rows × columns, finite.
 * @param rows - number of rows.
 * @param columns - at least 1.
 * @returns row-major rows × columns: shares that sum to 1, or zeros for a row without a short path. The sums run in the order
 * of the trees, whatever other rows there are.
 */
export function savingShares(
  trees: readonly IsolationTree[],
  sampleSize: number,
  values: Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  const means = meanPathLengths(sampleSize);
  const height = heightLimit(sampleSize);
  const shares = new Float64Array(rows * columns);
  const saved = new Float64Array(columns);
  const path = new Int32Array(height);
  const gains = new Float64Array(height);
  for (const tree of trees) {
    const { features, thresholds, expected } = completed(tree, height, means);
    for (let row = 0, start = 0; row < rows; row++, start += columns) {
      let node = 1;
      let depth = 0;
      for (; features[node] !== leafMark; depth++) {
        const feature = features[node];
        const child = 2 * node + (values[start + feature] >= thresholds[node] ? 1 : 0);
        saved[feature] += expected[node] - 1 - expected[child];
        path[depth] = feature;
        node = child;
      }
      const total = expected[1] - depth - expected[node];
      let gained = 0;
      for (let i = 0; i < depth; i++) {
        // The second time a feature is met there is nothing left of it.
        gains[i] = Math.max(0, saved[path[i]]);
        saved[path[i]] = 0;
        gained += gains[i];
      }
      if (total <= 0) continue;
      for (let i = 0; i < depth; i++) shares[start + path[i]] += (gains[i] / gained) * total;
    }
  }
  return normalized(shares, columns);
}

function completed(tree: IsolationTree, height: number, means: Float64Array): CompleteTree {
  const nodes = 2 << height;
  const features = new Int32Array(nodes).fill(leafMark);
  const thresholds = new Float64Array(nodes);
  const sizes = new Float64Array(nodes);
  visitTree(tree, height, {
    inner(node, feature, threshold) {
      features[node] = feature;
      thresholds[node] = threshold;
    },
    leaf(node, _depth, size) {
      sizes[node] = size;
    },
  });
  for (let node = nodes - 1; node > 1; node--) sizes[node >> 1] += sizes[node];
  return { features, thresholds, expected: sizes.map((size) => means[size]) };
}

/** Each row divided by its sum, where it has one. */
function normalized(shares: Float64Array, columns: number): Float64Array {
  for (let start = 0; start < shares.length; start += columns) {
    let sum = 0;
    for (let j = 0; j < columns; j++) sum += shares[start + j];
    if (sum > 0) for (let j = 0; j < columns; j++) shares[start + j] /= sum;
  }
  return shares;
}
