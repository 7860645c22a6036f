/** A Markov chain as lists: row i leads to `to[i]` with the weights `weight[i]`; a row need not add up to 1. */
export interface SparseChain {
  /** Positions that each state leads to, distinct. */
  readonly to: readonly (readonly number[])[];
  /** Their weights, above 0. */
  readonly weight: readonly (readonly number[])[];
}

/** A state taken out of a chain: where it led from what was left, and what led to it. */
export interface TakenState {
  /** The state. */
  readonly state: number;
  /** Sum of the weights to other states; 0 for a state that leads nowhere but to itself. */
  readonly leaves: number;
  /** States it led to, itself left out. */
  readonly to: Uint32Array;
  /** Their weights. */
  readonly toWeight: Float64Array;
  /** States still in the chain that led to it. */
  readonly from: Uint32Array;
  /** Their weights. */
  readonly fromWeight: Float64Array;
}

/**
 * Takes states out of a Markov chain one after another; each path through a state becomes a step around it. What is left
 * behaves as the whole chain does when it is watched in the remaining states only, so first-passage probabilities, expected
 * times and the stationary distribution are read off the record by substitution.
 *
 * Weights are only added, multiplied and divided, never subtracted, so no digits are lost however slowly the chain moves.
 *
 * @param chain - the chain; not changed.
 * @param states - the states to take out, distinct; steps to others are kept in the record.
 * @returns the states in the order in which they were taken: few neighbors first, so that sparse chains stay sparse. Cost: the
 * neighbors in times the neighbors out of every state, n³/3 for a chain where all lead to all.
 * @see Grassmann, Taksar, Heyman (1985), "Regenerative analysis and steady state distributions for Markov chains".
 */
export function takeStates(chain: SparseChain, states: readonly number[]): TakenState[] {
  const { rows, columns } = openChain(chain, states);
  const stepsAround = (state: number): number => rows[state].size * columns[state].size;
  const left = new Set(states);
  const queue = queueOf(states, stepsAround, chain.to.length);
  const taken: TakenState[] = [];
  while (left.size > 0) {
    const state = queue.next(left);
    if (stepsAround(state) * listCost > left.size * left.size)
      return taken.concat(takeDense(rows, [...left], chain.to.length));
    left.delete(state);
    const row = rows[state];
    const record = recordOf(state, row, rows, columns[state]);
    taken.push(record);
    for (const [i, source] of record.from.entries()) {
      const sourceRow = rows[source];
      sourceRow.delete(state);
      for (const [target, weight] of row) {
        if (target === source) continue;
        sourceRow.set(target, (sourceRow.get(target) ?? 0) + (record.fromWeight[i] * weight) / record.leaves);
        columns[target]?.add(source);
      }
    }
    for (const target of record.to) columns[target]?.delete(state);
    for (const neighbor of new Set([...record.from, ...record.to])) if (left.has(neighbor)) queue.add(neighbor);
  }
  return taken;
}

/**
 * What a walk is worth from each state until it leaves the states that were taken: a probability of arriving, an expected time.
 *
 * @param taken - the record of {@link takeStates}.
 * @param worth - for a state that was taken, what each visit is worth, times the sum of its weights; for another, what it is worth
 * to arrive there.
 * @returns the same for the others; for those that were taken what the walk is worth from there. `Infinity` where it gathers forever,
 * 0 where it goes on forever and gathers nothing. Cost: linear in the record.
 */
export function worthFrom(taken: readonly TakenState[], worth: Float64Array): Float64Array {
  const x = worth.slice();
  // What is gathered in a state that is taken out is handed to those that led to it.
  for (const { state, leaves, from, fromWeight } of taken) {
    if (x[state] === 0) continue;
    const share = x[state] / leaves;
    for (let i = 0; i < from.length; i++) x[from[i]] += fromWeight[i] * share;
  }
  for (let at = taken.length - 1; at >= 0; at--) {
    const { state, leaves, to, toWeight } = taken[at];
    let gathered = x[state];
    for (let i = 0; i < to.length; i++) gathered += toWeight[i] * x[to[i]];
    x[state] = gathered === 0 ? 0 : gathered / leaves;
  }
  return x;
}

/**
 * How often a walk visits each state that was taken: the transposed system of {@link worthFrom}.
 *
 * @param taken - the record of {@link takeStates}.
 * @param entries - by state, how often a walk begins there.
 * @returns visits divided by the sum of the weights that leave the state for others; 0 for a state that is never left. Cost: linear
 * in the record.
 */
export function visitsFrom(taken: readonly TakenState[], entries: Float64Array): Float64Array {
  const visits = entries.slice();
  for (const { state, leaves, to, toWeight } of taken) {
    visits[state] = leaves === 0 ? 0 : visits[state] / leaves;
    for (let i = 0; i < to.length; i++) visits[to[i]] += visits[state] * toWeight[i];
  }
  for (let at = taken.length - 1; at >= 0; at--) {
    const { state, leaves, from, fromWeight } = taken[at];
    if (leaves === 0) continue;
    let returns = 0;
    for (let i = 0; i < from.length; i++) returns += visits[from[i]] * fromWeight[i];
    visits[state] += returns / leaves;
  }
  return visits;
}

interface OpenChain {
  /** Weight by target, for each state that is to be taken. */
  readonly rows: Map<number, number>[];
  /** The states to be taken that lead to each such state. */
  readonly columns: Set<number>[];
}

function openChain({ to, weight }: SparseChain, states: readonly number[]): OpenChain {
  const rows: Map<number, number>[] = [];
  const columns: Set<number>[] = [];
  for (const state of states) columns[state] = new Set();
  for (const state of states) {
    const row = new Map<number, number>();
    // A step to itself changes nothing that is asked, so it shall not change the order either.
    to[state].forEach((target, i) => {
      if (target !== state) row.set(target, weight[state][i]);
    });
    for (const target of row.keys()) columns[target]?.add(state);
    rows[state] = row;
  }
  return { rows, columns };
}

/** How many cells of a table are changed in the time in which one entry of a list is. */
const listCost = 30;

/** The states that are left, the one around which the fewest steps have to be made first; of equals the first by position. */
interface Queue {
  /** To be called whenever that number has changed; what was said before then counts no more. */
  add(state: number): void;
  next(left: ReadonlySet<number>): number;
}

/** A binary heap of keys: steps around a state times the number of states, plus the state. */
function queueOf(states: readonly number[], stepsAround: (state: number) => number, size: number): Queue {
  const heap: number[] = [];
  const keyOf = (state: number): number => stepsAround(state) * size + state;
  const add = (state: number): void => {
    const key = keyOf(state);
    let at = heap.push(key) - 1;
    while (at > 0 && heap[(at - 1) >> 1] > key) {
      heap[at] = heap[(at - 1) >> 1];
      at = (at - 1) >> 1;
    }
    heap[at] = key;
  };
  const removeFirst = (): number => {
    const first = heap[0];
    const key = heap[heap.length - 1];
    heap.pop();
    let at = 0;
    for (let child = 1; child < heap.length; child = 2 * at + 1) {
      if (child + 1 < heap.length && heap[child + 1] < heap[child]) child++;
      if (heap[child] >= key) break;
      heap[at] = heap[child];
      at = child;
    }
    if (heap.length > 0) heap[at] = key;
    return first;
  };
  for (const state of states) add(state);
  return {
    add,
    next(left) {
      for (;;) {
        const key = removeFirst();
        const state = key % size;
        if (left.has(state) && key === keyOf(state)) return state;
      }
    },
  };
}

function recordOf(
  state: number,
  row: ReadonlyMap<number, number>,
  rows: readonly Map<number, number>[],
  sources: ReadonlySet<number>,
): TakenState {
  const from = Uint32Array.from(sources);
  const toWeight = Float64Array.from(row.values());
  return {
    state,
    leaves: sum(toWeight),
    to: Uint32Array.from(row.keys()),
    toWeight,
    from,
    fromWeight: Float64Array.from(from, (source) => rows[source].get(state) ?? 0),
  };
}

/** The same on a table, for what is left of a chain in which most lead to most. */
function takeDense(rows: readonly Map<number, number>[], left: readonly number[], size: number): TakenState[] {
  const order = left.slice();
  // States that stay get the columns behind those that are taken.
  const columnOf = new Int32Array(size).fill(-1);
  const stateOf: number[] = [];
  for (const state of order) columnOf[state] = stateOf.push(state) - 1;
  for (const state of order) {
    for (const target of rows[state].keys()) if (columnOf[target] < 0) columnOf[target] = stateOf.push(target) - 1;
  }
  const width = stateOf.length;
  const table = order.map((state) => {
    const cells = new Float64Array(width);
    for (const [target, weight] of rows[state]) cells[columnOf[target]] = weight;
    return cells;
  });
  return order.map((state, at) => {
    const cells = table[at];
    const targets: number[] = [];
    for (let column = at + 1; column < width; column++) if (cells[column] > 0) targets.push(column);
    const toWeight = Float64Array.from(targets, (column) => cells[column]);
    const leaves = sum(toWeight);
    const sources: number[] = [];
    const fromWeight: number[] = [];
    for (let source = at + 1; source < table.length; source++) {
      const weight = table[source][at];
      if (weight === 0) continue;
      sources.push(order[source]);
      fromWeight.push(weight);
      if (leaves === 0) continue;
      const around = table[source];
      const factor = weight / leaves;
      for (let column = at + 1; column < width; column++) around[column] += factor * cells[column];
    }
    return {
      state,
      leaves,
      to: Uint32Array.from(targets, (column) => stateOf[column]),
      toWeight,
      from: Uint32Array.from(sources),
      fromWeight: Float64Array.from(fromWeight),
    };
  });
}

function sum(values: Float64Array): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
