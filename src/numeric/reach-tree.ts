import { kdTree, type KdTree } from "./kd-tree.ts";
import { kthNearest } from "./kth-nearest.ts";
import { squareBetween, squareToBox } from "./point-cells.ts";
import { type UnionFind, unionFind } from "./union-find.ts";

const leafRows = 8;
const deepest = 64;

/** Edges of a spanning tree: rows − 1 of them, in no particular order. */
export interface SpanningTree {
  readonly from: Uint32Array;
  readonly to: Uint32Array;
  /** Mutual reachability of the two rows. */
  readonly weights: Float64Array;
}

/**
 * Connects all rows by the tree of least total mutual reachability: the largest of the distance of two rows and of the
 * distances from each to its `minPoints − 1`-th nearest other row.
 *
 * Equal weights allow several such trees, but all of them have the same connected parts below any weight.
 *
 * @param values - row-major rows × columns, finite, trusted.
 * @param rows - at least `minPoints`, at least 1.
 * @param columns - at least 1.
 * @param minPoints - at least 1; with 1 and 2 the weights are distances.
 * @returns the tree. Cost about O(n·log² n) in few columns, up to O(n²·log n·columns) in dozens; memory linear.
 * @see Borůvka (1926); March, Ram & Gray (2010), "Fast Euclidean minimum spanning tree"; Campello, Moulavi & Sander (2013),
 * definition 4, for mutual reachability.
 */
export function reachTree(values: Float64Array, rows: number, columns: number, minPoints: number): SpanningTree {
  const tree = kdTree(values, rows, columns, { leafRows, leafSquare: 0 });
  const byRow = minPoints > 1 ? kthNearest(values, rows, columns, minPoints - 1) : new Float64Array(rows);
  const core = Float64Array.from(tree.order, (row) => byRow[row]);
  const found: SpanningTree = {
    from: new Uint32Array(rows - 1),
    to: new Uint32Array(rows - 1),
    weights: new Float64Array(rows - 1),
  };
  const union = unionFind(rows);
  let edges = 0;
  const join = (a: number, b: number, weight: number): void => {
    if (!union.union(a, b)) return;
    found.from[edges] = tree.order[a];
    found.to[edges] = tree.order[b];
    found.weights[edges++] = weight;
  };
  const isAsked = joinEqual(tree, core, join);
  const search = openSearch(tree, core, union);
  // Every part takes its shortest way out, so the parts at least halve in number with each round.
  while (edges < rows - 1) {
    search.readParts();
    for (let place = 0; place < rows; place++) if (isAsked[place] === 1) search.ask(place);
    for (let part = 0; part < rows; part++) {
      const from = search.bestFrom[part];
      if (from >= 0) join(from, search.bestTo[part], search.best[part]);
    }
  }
  return found;
}

/**
 * Joins the rows of leaves that hold more than a leaf takes: they are all equal, and no way from one of them is shorter than
 * that to its twin. From then on one of them asks for all.
 */
function joinEqual(
  { nodes, right, starts, ends }: KdTree,
  core: Float64Array,
  join: (a: number, b: number, weight: number) => void,
): Uint8Array {
  const isAsked = new Uint8Array(core.length).fill(1);
  for (let node = 0; node < nodes; node++) {
    if (right[node] !== 0 || ends[node] - starts[node] <= leafRows) continue;
    for (let place = starts[node] + 1; place < ends[node]; place++) {
      join(place - 1, place, core[place]);
      isAsked[place] = 0;
    }
  }
  return isAsked;
}

/** One round after the other: the shortest way out of each part of the rows that are connected so far. */
interface Search {
  /** By part (the place that stands for it): the shortest way out. */
  readonly best: Float64Array;
  /** Where it begins; −1 = not known. */
  readonly bestFrom: Int32Array;
  readonly bestTo: Int32Array;
  /** Looks which part each place and each node is in, and forgets the ways. */
  readonly readParts: () => void;
  /** Looks for the shortest way from a place out of its part. */
  readonly ask: (place: number) => void;
}

function openSearch(tree: KdTree, core: Float64Array, union: UnionFind): Search {
  const { columns, nodes, points, starts, ends, right, boxes } = tree;
  const rows = core.length;
  const width = 2 * columns;
  const parts = new Uint32Array(rows);
  /** The one part that all places of a node are in; −1 = several. */
  const partOfNode = new Int32Array(nodes);
  const best = new Float64Array(rows);
  const [bestFrom, bestTo] = [new Int32Array(rows), new Int32Array(rows)];
  // What earlier rounds found: parts only grow, so the nearest place outside never comes nearer.
  const nearest = new Int32Array(rows).fill(-1);
  const atLeast = core.slice();
  const waiting = new Uint32Array(deepest);
  const waitingReach = new Float64Array(deepest);
  const coreOfNode = leastCores(tree, core);

  function readParts(): void {
    for (let place = 0; place < rows; place++) parts[place] = union.find(place);
    best.fill(Infinity);
    bestFrom.fill(-1);
    for (let node = nodes - 1; node >= 0; node--) {
      if (right[node] !== 0) {
        const part = partOfNode[node + 1];
        partOfNode[node] = part === partOfNode[right[node]] ? part : -1;
        continue;
      }
      let part = parts[starts[node]];
      const end = Math.min(ends[node], starts[node] + leafRows);
      for (let place = starts[node] + 1; place < end; place++) if (parts[place] !== part) part = -1;
      partOfNode[node] = part;
    }
  }

  function ask(place: number): void {
    const part = parts[place];
    if (atLeast[place] >= best[part]) return;
    if (nearest[place] < 0 || parts[nearest[place]] === part) findNearest(place, part);
    if (nearest[place] < 0 || atLeast[place] >= best[part]) return;
    best[part] = atLeast[place];
    bestFrom[part] = place;
    bestTo[part] = nearest[place];
  }

  /** The nearest place in another part, or that it is no nearer than the best way out of this part. */
  function findNearest(place: number, part: number): void {
    const at = place * columns;
    const own = core[place];
    let least = best[part];
    nearest[place] = -1;
    const reachOf = (node: number): number =>
      partOfNode[node] === part
        ? Infinity
        : Math.max(own, coreOfNode[node], Math.sqrt(squareToBox(points, at, boxes, node * width, columns)));
    let depth = 0;
    waiting[depth] = 0;
    waitingReach[depth++] = reachOf(0);
    while (depth > 0) {
      let node = waiting[--depth];
      if (waitingReach[depth] >= least) continue;
      while (right[node] !== 0) {
        const [left, other] = [node + 1, right[node]];
        const [toLeft, toRight] = [reachOf(left), reachOf(other)];
        node = toLeft <= toRight ? left : other;
        waiting[depth] = toLeft <= toRight ? other : left;
        waitingReach[depth++] = Math.max(toLeft, toRight);
      }
      if (reachOf(node) >= least) continue;
      // More places than a leaf takes are all equal, and in one part.
      const end = ends[node] - starts[node] > leafRows ? starts[node] + 1 : ends[node];
      for (let other = starts[node]; other < end; other++) {
        if (parts[other] === part) continue;
        const reach = Math.max(own, core[other], Math.sqrt(squareBetween(points, at, other * columns, columns)));
        if (reach >= least) continue;
        least = reach;
        nearest[place] = other;
      }
    }
    atLeast[place] = least;
  }

  return { best, bestFrom, bestTo, readParts, ask };
}

/** The least distance to the neighbors in each node. */
function leastCores({ nodes, right, starts, ends }: KdTree, core: Float64Array): Float64Array {
  const least = new Float64Array(nodes).fill(Infinity);
  for (let node = nodes - 1; node >= 0; node--) {
    if (right[node] !== 0) least[node] = Math.min(least[node + 1], least[right[node]]);
    else for (let place = starts[node]; place < ends[node]; place++) least[node] = Math.min(least[node], core[place]);
  }
  return least;
}
