import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { oneOf, type OptionTable, readOptions } from "../core/options.ts";
import { log as ln } from "../numeric/elementary.ts";
import { type SparseChain, takeStates } from "../numeric/state-elimination.ts";
import { eachEdge } from "./count-tables.ts";
import { checkMarkov } from "./markov-chain.ts";
import type { MarkovModel } from "./markov.ts";

/** Options of {@link measureStationary}. */
export interface MeasureStationaryOptions {
  /**
   * What happens at the end of a path. `"leave-out"` (the default): only steps from state to state count, as if paths never
   * ended. `"restart"`: the end leads back to the start, and both have a share of their own.
   */
  readonly ends?: "leave-out" | "restart" | undefined;
}

/** Option table of {@link measureStationary}. */
export const measureStationaryOptions: OptionTable<MeasureStationaryOptions> = {
  ends: oneOf(["leave-out", "restart"], { default: "leave-out" }),
};

/** What {@link measureStationary} finds. */
export interface StationaryReport {
  /**
   * By state: the share of steps that are spent in it in the long run; 0 for a state that is left for good. Without prototype.
   * `null` when there are several groups of states that are never left, see `closedClasses`: where it ends then depends on where
   * it begins.
   */
  readonly probability: Readonly<Record<string, number>> | null;
  /** Groups of states that lead to each other and to no others. */
  readonly closedClasses: readonly (readonly string[])[];
  /** Bits that the next state tells on average, given the one before; `null` with `probability`. */
  readonly entropyRateBits: number | null;
  /** Soft problems. */
  readonly notes: readonly Note[];
}

/**
 * Where customers are in the long run: the distribution over states that one more step does not change.
 *
 * @param model - a chain of order 1 made by {@link fitMarkov}.
 * @param options - what happens at the end of a path.
 * @returns the share of each state, and the entropy rate. For a chain that goes in turns, where the shares of a single step keep
 * alternating, it is the average over the turns.
 * @throws {ClienteleError} `incompatible-model`; `unsupported` for an order above 1. Cost: up to n³/3 for n states.
 * @example
 * const at = (who: string, what: string, time: number) => ({ who, what, time });
 * const rows = [at("ann", "a", 1), at("ann", "b", 2), at("ann", "a", 3), at("ann", "a", 4), at("ann", "b", 5)];
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "time" });
 * measureStationary(fitMarkov(log)).probability; // { a: 0.6, b: 0.4 }
 * @see Grassmann, Taksar & Heyman (1985), "Regenerative analysis and steady state distributions for Markov chains".
 */
export function measureStationary(model: MarkovModel, options?: MeasureStationaryOptions): StationaryReport {
  const caller = "measureStationary";
  checkMarkov(caller, model);
  const { ends } = readOptions(caller, measureStationaryOptions, options);
  if (model.order !== 1) refuse(caller, "unsupported", "model.order", "1", String(model.order));
  const chain = chainBetween(model, ends === "restart");
  const inChain = chain.to.flatMap((targets, state) => (targets.length > 0 ? [state] : []));
  const classes = closedClassesOf(chain, inChain);
  const closedClasses = classes.map((members) => members.map((state) => model.states[state]));
  if (classes.length !== 1)
    return { probability: null, closedClasses, entropyRateBits: null, notes: [noneNote(classes.length)] };
  const shares = sharesIn(chain, classes[0]);
  const probability = Object.create(null) as Record<string, number>;
  const last = model.states.length - 1;
  model.states.forEach((name, state) => {
    if (ends === "restart" || (state !== 0 && state !== last)) probability[name] = shares[state];
  });
  return { probability, closedClasses, entropyRateBits: entropyOf(chain, shares), notes: [] };
}

function noneNote(classes: number): Note {
  return classes === 0
    ? { code: "no-steps", message: "No state leads to another: there is no long run." }
    : { code: "several-closed-classes", message: `${classes} groups of states are never left: the long run depends on the start.` }; // prettier-ignore
}

/** The steps from state to state, each row as shares again; `restarts`: those of the start and the end as well. */
function chainBetween(model: MarkovModel, restarts: boolean): SparseChain {
  const end = model.states.length - 1;
  const to: number[][] = model.states.map(() => []);
  const weight: number[][] = model.states.map(() => []);
  eachEdge(model, (from, next, probability) => {
    if (!restarts && (from === 0 || next === end)) return;
    to[from].push(next);
    weight[from].push(probability);
  });
  if (restarts) {
    to[end].push(0);
    weight[end].push(1);
  }
  return { to, weight: weight.map((row) => sharesOf(row)) };
}

function sharesOf(row: readonly number[]): number[] {
  const sum = row.reduce((total, p) => total + p, 0);
  return row.map((p) => p / sum);
}

/** The classes that are never left, by Tarjan's strongly connected components without recursion. */
function closedClassesOf({ to }: SparseChain, states: readonly number[]): number[][] {
  const order = new Int32Array(to.length).fill(-1);
  const low = new Int32Array(to.length);
  const classOf = new Int32Array(to.length).fill(-1);
  const edge = new Int32Array(to.length);
  const open: number[] = [];
  const classes: number[][] = [];
  let visits = 0;
  for (const root of states) {
    if (order[root] >= 0) continue;
    const path = [root];
    while (path.length > 0) {
      const state = path[path.length - 1];
      if (order[state] < 0) {
        order[state] = low[state] = visits++;
        open.push(state);
      }
      if (edge[state] < to[state].length) {
        const next = to[state][edge[state]++];
        if (order[next] < 0) path.push(next);
        else if (classOf[next] < 0) low[state] = Math.min(low[state], order[next]);
        continue;
      }
      path.pop();
      if (path.length > 0) low[path[path.length - 1]] = Math.min(low[path[path.length - 1]], low[state]);
      if (low[state] !== order[state]) continue;
      const members = open.splice(open.lastIndexOf(state));
      for (const member of members) classOf[member] = classes.length;
      classes.push(members.sort((a, b) => a - b));
    }
  }
  const isClosed = (members: number[], number: number): boolean =>
    members.every((state) => to[state].length > 0 && to[state].every((next) => classOf[next] === number));
  return classes.filter(isClosed).sort((a, b) => a[0] - b[0]);
}

/** Shares of the long run in one closed class, 0 elsewhere. */
function sharesIn(chain: SparseChain, members: readonly number[]): Float64Array {
  const shares = new Float64Array(chain.to.length);
  const [last, ...others] = takeStates(chain, members).reverse();
  shares[last.state] = 1;
  let sum = 1;
  for (const { state, leaves, from, fromWeight } of others) {
    // In the long run as much goes out of a state as comes in from those that were taken after it.
    let inflow = 0;
    for (const [i, source] of from.entries()) inflow += shares[source] * fromWeight[i];
    shares[state] = inflow / leaves;
    sum += shares[state];
  }
  for (const state of members) shares[state] /= sum;
  return shares;
}

function entropyOf({ weight }: SparseChain, shares: Float64Array): number {
  let nats = 0;
  weight.forEach((row, state) => {
    for (const p of row) if (shares[state] > 0) nats -= shares[state] * p * ln(p);
  });
  return nats / Math.LN2;
}
