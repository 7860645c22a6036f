/** A Markov chain that ends, as weights: how often each state was followed by which, not as rounded shares of it. */
export interface AbsorbingChain {
  /** Row-major, n × n: how often state i was followed by state j. What stands on the diagonal changes nothing. */
  readonly weights: Float64Array;
  /** How often the chain ended in each state; from every state that has weight, an end can be reached. */
  readonly exits: Float64Array;
  /** How many of these ends are the wanted ones. */
  readonly wanted: Float64Array;
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
 * @returns probabilities; 0 where a block or the wanted end is out of reach. Cost: n³ for all blocks together.
 */
export function passThrough(chain: AbsorbingChain, blocks: Uint32Array): Passage {
  const { entries, wanted } = chain;
  const size = entries.length;
  const elimination = eliminate(chain);
  const visits = visitsFrom(elimination, entries);
  const outlook = solveFrom(elimination, wanted, 0, 0);
  const begun = entries.reduce((sum, entry) => sum + entry, 0);
  const through = new Float64Array(blocks.length - 1);
  for (let block = 0; block + 1 < blocks.length; block++) {
    const [first, end] = [blocks[block], blocks[block + 1]];
    const square = Array.from({ length: end - first }, (_, j) => {
      const unit = new Float64Array(size);
      unit[first + j] = 1;
      return solveFrom(elimination, unit, first + j, first).subarray(first, end);
    });
    const hits = firstHits(square, visits.slice(first, end));
    for (let j = 0; j < hits.length; j++) through[block] += hits[j] * outlook[first + j];
  }
  let reached = 0;
  for (let state = 0; state < size; state++) reached += visits[state] * wanted[state];
  if (begun === 0) return { reached: 0, through };
  return { reached: reached / begun, through: through.map((weight) => weight / begun) };
}

/** The chain with one state after another cut out: below the diagonal its shares, above it the weights that it left. */
interface Elimination {
  readonly cells: Float64Array;
  readonly pivots: Float64Array;
}

/**
 * Elimination of Grassmann, Taksar and Heyman: a pivot is what leaves a state, added up, where the textbook subtracts from 1
 * what stays. Nothing is ever subtracted, so the result is right to the last digits also in a chain that hardly ever ends.
 */
function eliminate({ weights, exits }: AbsorbingChain): Elimination {
  const size = exits.length;
  const cells = weights.slice();
  const ends = exits.slice();
  const pivots = new Float64Array(size);
  for (let state = 0; state < size; state++) {
    const row = state * size;
    let pivot = ends[state];
    for (let j = state + 1; j < size; j++) pivot += cells[row + j];
    pivots[state] = pivot;
    for (let i = state + 1; i < size; i++) {
      const share = pivot === 0 ? 0 : cells[i * size + state] / pivot;
      cells[i * size + state] = share;
      if (share === 0) continue;
      ends[i] += share * ends[state];
      for (let j = state + 1; j < size; j++) cells[i * size + j] += share * cells[row + j];
    }
  }
  return { cells, pivots };
}

/** Solves for a right side that is 0 before `from`, down to the component `to`; those before it stay unsolved. */
function solveFrom({ cells, pivots }: Elimination, right: Float64Array, from: number, to: number): Float64Array {
  const size = right.length;
  const x = right.slice();
  for (let i = from + 1; i < size; i++) {
    let sum = x[i];
    for (let k = from; k < i; k++) sum += cells[i * size + k] * x[k];
    x[i] = sum;
  }
  for (let i = size - 1; i >= to; i--) {
    let sum = x[i];
    for (let j = i + 1; j < size; j++) sum += cells[i * size + j] * x[j];
    x[i] = pivots[i] === 0 ? 0 : sum / pivots[i];
  }
  return x;
}

/** Visits to each state per weight that leaves it, for a chain that begins with the entries. */
function visitsFrom({ cells, pivots }: Elimination, entries: Float64Array): Float64Array {
  const size = entries.length;
  const visits = entries.slice();
  for (let i = 0; i < size; i++) {
    visits[i] = pivots[i] === 0 ? 0 : visits[i] / pivots[i];
    for (let j = i + 1; j < size; j++) visits[j] += visits[i] * cells[i * size + j];
  }
  for (let i = size - 1; i > 0; i--) {
    for (let k = 0; k < i; k++) visits[k] += visits[i] * cells[i * size + k];
  }
  return visits;
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
