/**
 * The vertices that every walk from one vertex of a directed graph to another passes: its dominators.
 *
 * Along one walk, vertices are expanded in order, each with everything that can be reached from it beside the walk. A vertex
 * of the walk beyond which nothing has been reached when its turn comes cannot be passed by.
 *
 * @param size - number of vertices.
 * @param from - where each edge begins; an edge may be given more than once.
 * @param to - where it ends.
 * @param source - where walks begin.
 * @param target - where they end.
 * @returns the dominators in the order in which every walk passes them first, without the two ends; null when no walk leads
 * to the target. Cost: linear in vertices and edges, where a tree of all dominators would take longer.
 */
export function dominatorsOf(
  size: number,
  from: Uint32Array,
  to: Uint32Array,
  source: number,
  target: number,
): number[] | null {
  const graph = outgoing(size, from, to);
  const walk = shortestWalk(graph, source, target);
  if (walk === null) return null;
  const place = new Int32Array(size).fill(-1);
  walk.forEach((vertex, i) => (place[vertex] = i));
  const isSeen = new Uint8Array(size);
  const dominators: number[] = [];
  const open: number[] = [];
  let farthest = 0;
  for (let i = 0; i + 1 < walk.length; i++) {
    if (i > 0 && farthest === i) dominators.push(walk[i]);
    open.push(walk[i]);
    for (let vertex = open.pop(); vertex !== undefined; vertex = open.pop()) {
      for (let edge = graph.starts[vertex]; edge < graph.starts[vertex + 1]; edge++) {
        const next = graph.ends[edge];
        if (place[next] >= 0) farthest = Math.max(farthest, place[next]);
        else if (isSeen[next] === 0) {
          isSeen[next] = 1;
          open.push(next);
        }
      }
    }
  }
  return dominators;
}

/** Edges dealt to the vertices where they begin. */
interface Graph {
  /** Where the edges of each vertex begin, then the number of edges. */
  readonly starts: Uint32Array;
  /** Where each edge ends. */
  readonly ends: Uint32Array;
}

function outgoing(size: number, from: Uint32Array, to: Uint32Array): Graph {
  const starts = new Uint32Array(size + 1);
  for (const vertex of from) starts[vertex + 1]++;
  for (let vertex = 0; vertex < size; vertex++) starts[vertex + 1] += starts[vertex];
  const next = starts.slice();
  const ends = new Uint32Array(to.length);
  for (let edge = 0; edge < to.length; edge++) ends[next[from[edge]]++] = to[edge];
  return { starts, ends };
}

/** The vertices of a walk with the fewest edges, both ends included; null when there is none. */
function shortestWalk({ starts, ends }: Graph, source: number, target: number): number[] | null {
  const before = new Int32Array(starts.length - 1).fill(-1);
  before[source] = source;
  const queue = [source];
  for (let head = 0; head < queue.length && before[target] < 0; head++) {
    for (let edge = starts[queue[head]]; edge < starts[queue[head] + 1]; edge++) {
      if (before[ends[edge]] >= 0) continue;
      before[ends[edge]] = queue[head];
      queue.push(ends[edge]);
    }
  }
  if (before[target] < 0) return null;
  const walk = [target];
  while (walk[walk.length - 1] !== source) walk.push(before[walk[walk.length - 1]]);
  return walk.reverse();
}
