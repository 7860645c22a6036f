import { heightLimit, type IsolationTree, meanPathLengths, visitTree } from "./isolation-trees.ts";
import { arenaBytes, borrowKernels } from "./kernels/runtime.ts";

/** Trees that the kernel holds at a time: beyond this many bytes they are taken in groups. */
const groupBytes = 8 * 1024 * 1024;
/** Cells of a block of rows: it stays in the cache next to the processor while all trees pass by. */
const blockCells = 2048;

/**
 * Sums the lengths of each row's paths through trees: the depth of the leaf, and what further cuts would add on average.
 *
 * @param trees - whole trees, each grown from `sampleSize` rows.
 * @param sampleSize - at least 1.
 * @param values - row-major rows × columns, finite.
 * @param rows - number of rows.
 * @param columns - at least 1.
 * @returns one sum per row: added in the order of the trees, whatever other rows there are. The same bits with and without
 * WebAssembly. Cost: trees × ⌈log₂ sampleSize⌉ comparisons a row.
 */
export function sumPathLengths(
  trees: readonly IsolationTree[],
  sampleSize: number,
  values: Float64Array,
  rows: number,
  columns: number,
): Float64Array {
  const height = heightLimit(sampleSize);
  const leaves = 1 << height;
  const means = meanPathLengths(sampleSize);
  const group = Math.min(trees.length, Math.max(1, Math.floor(groupBytes / (24 * leaves))));
  // The kernel takes 8 rows at once.
  const block = 8 * Math.ceil(Math.min(rows, Math.max(64, blockCells / columns)) / 8);
  const totals = new Float64Array(rows);
  const bytes =
    arenaBytes(2 * leaves * group, 8) +
    arenaBytes(leaves * group, 8) +
    arenaBytes(block * columns, 8) +
    arenaBytes(block, 8);
  if (rows === 0) return totals;
  borrowKernels(bytes, (kernels, arena) => {
    const nodes = arena.f64(2 * leaves * group);
    const offsets = new Uint32Array(nodes.buffer, nodes.byteOffset, 2 * nodes.length);
    const lengths = arena.f64(leaves * group);
    const cells = arena.f64(block * columns);
    const sums = arena.f64(block);
    for (let first = 0; first < trees.length; first += group) {
      const count = Math.min(group, trees.length - first);
      // A shorter path goes on to the first leaf below its end, because nothing reaches an infinite threshold.
      nodes.fill(Infinity);
      for (let tree = 0; tree < count; tree++) {
        const start = tree * leaves;
        // Offsets lie in the second half of each node.
        for (let node = 0; node < leaves; node++) offsets[4 * (start + node) + 2] = 0;
        visitTree(trees[first + tree], height, {
          inner(node, feature, threshold) {
            nodes[2 * (start + node)] = threshold;
            offsets[4 * (start + node) + 2] = 8 * feature;
          },
          leaf(node, depth, size) {
            lengths[start + (node << (height - depth)) - leaves] = depth + means[size];
          },
        });
      }
      for (let from = 0; from < rows; from += block) {
        const to = Math.min(rows, from + block);
        cells.set(values.subarray(from * columns, to * columns));
        sums.set(totals.subarray(from, to));
        kernels.addPathLengths(
          cells.byteOffset,
          columns,
          8 * Math.ceil((to - from) / 8),
          nodes.byteOffset,
          lengths.byteOffset,
          count,
          height,
          sums.byteOffset,
        );
        totals.set(sums.subarray(0, to - from), from);
      }
    }
  });
  return totals;
}
