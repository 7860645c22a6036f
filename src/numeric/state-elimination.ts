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
  const { rows, columns, left } = openChain(chain, states);
  const taken: TakenState[] = [];
  while (left.length > 0) {
    const at = leastConnected(rows, columns, left);
    const steps = rows[left[at]].size * columns[left[at]].size;
    if (steps * listCost > left.length * left.length) return taken.concat(takeDense(rows, left, chain.to.length));
    const state = left[at];
    left[at] = left[left.length - 1];
    left.pop();
    const row = rows[state];
    row.delete(state);
    columns[state].delete(state);
    const record = recordOf(state, row, rows, columns[state]);
    taken.push(record);
    for (const [i, source] of record.from.entries()) {
      const sourceRow = rows[source];
      sourceRow.delete(state);
      for (const [target, weight] of row) {
        sourceRow.set(target, (sourceRow.get(target) ?? 0) + (record.fromWeight[i] * weight) / record.leaves);
        columns[target]?.add(source);
      }
    }
    for (const target of record.to) columns[target]?.delete(state);
  }
  return taken;
}

interface OpenChain {
  /** Weight by target, for each state that is to be taken. */
  readonly rows: Map<number, number>[];
  /** The states to be taken that lead to each such state. */
  readonly columns: Set<number>[];
  /** States not taken yet. */
  readonly left: number[];
}

function openChain({ to, weight }: SparseChain, states: readonly number[]): OpenChain {
  const rows: Map<number, number>[] = [];
  const columns: Set<number>[] = [];
  for (const state of states) columns[state] = new Set();
  for (const state of states) {
    rows[state] = new Map(to[state].map((target, i) => [target, weight[state][i]]));
    for (const target of to[state]) columns[target]?.add(state);
  }
  return { rows, columns, left: states.slice() };
}

/** How many cells of a table are changed in the time in which one entry of a list is. */
const listCost = 30;

/** Position in `left` of the state around which the fewest steps have to be made. */
function leastConnected(
  rows: readonly Map<number, number>[],
  columns: readonly Set<number>[],
  left: readonly number[],
): number {
  let best = 0;
  let least = Infinity;
  left.forEach((state, at) => {
    const steps = rows[state].size * columns[state].size;
    if (steps < least) [best, least] = [at, steps];
  });
  return best;
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
