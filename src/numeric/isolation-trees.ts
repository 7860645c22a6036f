import type { Random } from "../core/random.ts";

/**
 * A binary tree that cuts rows apart, as flat lists in preorder: a node, all that is below its threshold, then the rest.
 *
 * `splits` holds every node, `thresholds` the inner ones and `leafSizes` the leaves, each in this order.
 */
export interface IsolationTree {
  /** Per node the number of the feature that is compared; −1 = leaf. */
  readonly splits: readonly number[];
  /** Per inner node: rows with a smaller value go first. */
  readonly thresholds: readonly number[];
  /** Per leaf how many of the rows that grew the tree ended in it. */
  readonly leafSizes: readonly number[];
}

/** The mark of a leaf among `splits`. */
export const leafMark = -1;

/** How deep a tree of so many rows grows at most: ⌈log₂ rows⌉, the height of a balanced one. */
export function heightLimit(rows: number): number {
  let height = 0;
  for (let reach = 1; reach < rows; reach *= 2) height++;
  return height;
}

/**
 * Mean length of an unsuccessful search in a binary tree of m random keys, for m = 0 … rows: 2H(m − 1) − 2(m − 1)/m with
 * exact harmonic numbers; 0 for m < 2, 1 for m = 2.
 *
 * @see Preiss (1999), as in Liu, Ting & Zhou (2008), "Isolation forest", equation 1.
 */
export function meanPathLengths(rows: number): Float64Array {
  const lengths = new Float64Array(rows + 1);
  let harmonic = 0;
  for (let m = 2; m <= rows; m++) {
    harmonic += 1 / (m - 1);
    lengths[m] = 2 * harmonic - (2 * (m - 1)) / m;
  }
  return lengths;
}

/**
 * Grows a tree that cuts rows at random until each is alone, equal to its neighbors or at the height limit.
 *
 * A node draws one of the features in which its rows differ, and a threshold between the least and the greatest value.
 *
 * @param values - row-major rows × columns, finite.
 * @param rows - at least 1.
 * @param columns - at least 1.
 * @param random - the tree's own stream.
 */
export function growTree(values: Float64Array, rows: number, columns: number, random: Random): IsolationTree {
  const splits: number[] = [];
  const thresholds: number[] = [];
  const leafSizes: number[] = [];
  const height = heightLimit(rows);
  const order = Uint32Array.from({ length: rows }, (_, row) => row);
  const features = Uint32Array.from({ length: columns }, (_, feature) => feature);

  /** One of the features that differ, and a threshold that leaves rows on both sides; undefined when all are equal. */
  function draw(from: number, to: number): { feature: number; threshold: number } | undefined {
    for (let left = columns; left > 0; left--) {
      const place = random.integer(left);
      const feature = features[place];
      let low = Infinity;
      let high = -Infinity;
      for (let i = from; i < to; i++) {
        const value = values[order[i] * columns + feature];
        if (value < low) low = value;
        if (value > high) high = value;
      }
      if (low < high) return { feature, threshold: between(low, high, random.next()) };
      features[place] = features[left - 1];
      features[left - 1] = feature;
    }
    return undefined;
  }

  /** Moves the rows below the threshold to the front; returns where the others begin. */
  function part(from: number, to: number, feature: number, threshold: number): number {
    let middle = from;
    for (let i = from; i < to; i++) {
      const row = order[i];
      if (values[row * columns + feature] >= threshold) continue;
      order[i] = order[middle];
      order[middle++] = row;
    }
    return middle;
  }

  // As deep as the height limit, which is logarithmic.
  function grow(from: number, to: number, depth: number): void {
    const split = to - from > 1 && depth < height ? draw(from, to) : undefined;
    if (split === undefined) {
      splits.push(leafMark);
      leafSizes.push(to - from);
      return;
    }
    splits.push(split.feature);
    thresholds.push(split.threshold);
    const middle = part(from, to, split.feature, split.threshold);
    grow(from, middle, depth + 1);
    grow(middle, to, depth + 1);
  }

  grow(0, rows, 0);
  return { splits, thresholds, leafSizes };
}

/** A number in (low, high], so that low is below it and high is not; weighted, because a difference could overflow. */
function between(low: number, high: number, share: number): number {
  const threshold = low * (1 - share) + high * share;
  // Adding 0 turns −0, which JSON cannot carry, into 0.
  return (threshold > low && threshold < high ? threshold : high) + 0;
}

/** What {@link visitTree} tells of a node; `node` counts from the root 1, the children of k are 2k and 2k + 1. */
export interface TreeVisitor {
  inner(node: number, feature: number, threshold: number): void;
  leaf(node: number, depth: number, size: number): void;
}

/**
 * Visits the nodes of a tree in preorder.
 *
 * @param tree - perhaps damaged.
 * @param height - no node lies deeper.
 * @returns whether the lists make one whole tree; when not, some nodes were visited all the same.
 */
export function visitTree(
  { splits, thresholds, leafSizes }: IsolationTree,
  height: number,
  visitor: TreeVisitor,
): boolean {
  let next = 0;
  let inner = 0;
  let leaves = 0;
  function visit(node: number, depth: number): boolean {
    if (next >= splits.length || depth > height) return false;
    const feature = splits[next++];
    if (feature === leafMark) {
      if (leaves >= leafSizes.length) return false;
      visitor.leaf(node, depth, leafSizes[leaves++]);
      return true;
    }
    if (inner >= thresholds.length) return false;
    visitor.inner(node, feature, thresholds[inner++]);
    return visit(2 * node, depth + 1) && visit(2 * node + 1, depth + 1);
  }
  return visit(1, 0) && next === splits.length && inner === thresholds.length && leaves === leafSizes.length;
}
