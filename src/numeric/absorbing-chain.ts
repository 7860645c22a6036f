import { type SparseChain, takeStates, visitsFrom, worthFrom } from "./state-elimination.ts";

/** A Markov chain that ends, as weights: how often each state was followed by which, not as rounded shares of it. */
export interface AbsorbingChain extends SparseChain {
  /** How often the chain ended in each state as wanted. */
  readonly wanted: Float64Array;
  /** How often it ended otherwise. From every state that has weight, an end can be reached. */
  readonly unwanted: Float64Array;
  /** How often the chain began in each state. */
  readonly entries: Float64Array;
}

/** What {@link passThrough} finds. */
export interface Passage {
  /** Probability that the chain ends as wanted. */
  readonly reached: number;
  /** For each block of states: probability that the chain visits it and then ends as wanted. */
  readonly through: Float64Array;
}

/**
 * How likely a chain ends as wanted, and how likely it does so by way of each block of states: all blocks from one
 * elimination, instead of one system per block that is taken away.
 *
 * By way of a block: the chain hits the block for the first time in some state of it, and goes on from there. With N, the
 * expected visits, the first hits f solve f · N[block, block] = N[start, block].
 *
 * @param chain - the weights; left untouched.
 * @param blocks - where each block of consecutive states begins, then the number of states.
 * @returns probabilities; 0 where a block or the wanted end is out of reach. Cost: one elimination, and for each state one pass over
 * what it left: n³ where all lead to all.
 */
export function passThrough(chain: AbsorbingChain, blocks: Uint32Array): Passage {
  const { entries } = chain;
  const size = entries.length;
  const states = Array.from(entries.keys());
  const taken = takeStates(withEnds(chain), states);
  const visits = visitsFrom(taken, padded(entries));
  const worth = new Float64Array(size + 2);
  worth[size] = 1;
  const outlook = worthFrom(taken, worth);
  const begun = entries.reduce((sum, entry) => sum + entry, 0);
  if (begun === 0) return { reached: 0, through: new Float64Array(blocks.length - 1) };
  const through = Float64Array.from(blocks.subarray(1), (end, block) => {
    const first = blocks[block];
    const square = states.slice(first, end).map((state) => {
      const unit = new Float64Array(size + 2);
      unit[state] = 1;
      return worthFrom(taken, unit).subarray(first, end);
    });
    const hits = firstHits(square, visits.slice(first, end));
    return hits.reduce((sum, hit, j) => sum + hit * outlook[first + j], 0) / begun;
  });
  return { reached: entries.reduce((sum, entry, state) => sum + entry * outlook[state], 0) / begun, through };
}

/** The chain with two states more, which are never left: the wanted end, and the other. */
function withEnds({ to, weight, wanted, unwanted }: AbsorbingChain): SparseChain {
  const chain = {
    to: [...to.map((row) => row.slice()), [], []],
    weight: [...weight.map((row) => row.slice()), [], []],
  };
  [wanted, unwanted].forEach((ends, i) => {
    ends.forEach((times, state) => {
      if (times === 0) return;
      chain.to[state].push(wanted.length + i);
      chain.weight[state].push(times);
    });
  });
  return chain;
}

/** Values of states, and zeros for the two ends. */
function padded(values: Float64Array): Float64Array {
  const longer = new Float64Array(values.length + 2);
  longer.set(values);
  return longer;
}

/**
 * Solves columns · f = right in place. The columns are a block of the inverse of an M-matrix, whose cells only shrink under
 * elimination: no exchange of rows is needed.
 */
function firstHits(columns: Float64Array[], right: Float64Array): Float64Array {
  const size = right.length;
  for (let k = 0; k < size; k++) {
    for (let i = k + 1; i < size; i++) {
      const share = columns[k][k] === 0 ? 0 : columns[i][k] / columns[k][k];
      if (share === 0) continue;
      for (let j = k + 1; j < size; j++) columns[i][j] -= share * columns[k][j];
      right[i] -= share * right[k];
    }
  }
  for (let k = size - 1; k >= 0; k--) {
    for (let j = k + 1; j < size; j++) right[k] -= columns[k][j] * right[j];
    right[k] = columns[k][k] > 0 ? Math.max(0, right[k] / columns[k][k]) : 0;
  }
  return right;
}
