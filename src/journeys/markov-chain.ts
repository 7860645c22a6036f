import { checkModel } from "../core/model.ts";
import { isTextList } from "../core/options.ts";
import type { SparseChain } from "../numeric/state-elimination.ts";
import { areTables, eachEdge } from "./count-tables.ts";
import type { MarkovModel } from "./markov.ts";

/** Refuses what is no Markov model, or one that was damaged. */
export function checkMarkov(caller: string, model: MarkovModel): void {
  checkModel<MarkovModel>(caller, model, {
    kind: "markov",
    version: 1,
    shape: {
      states: (value) => isTextList(value) && value.length >= 2,
      order: (value) => Number.isSafeInteger(value) && (value as number) >= 1,
      contexts: (value, { states }) => areContexts(value, states.length),
      probabilities: (_, tables) => areTables(tables, tables.contexts.length, tables.states.length),
    },
  });
}

function areContexts(value: unknown, states: number): boolean {
  const isState = (state: unknown): boolean => Number.isSafeInteger(state) && (state as number) >= 0 && (state as number) < states; // prettier-ignore
  return Array.isArray(value) && value.every((context) => Array.isArray(context) && context.length > 0 && context.every(isState)); // prettier-ignore
}

/** A model as a chain whose states are its contexts, then one for each state that no known context leads on from. */
export interface ContextChain {
  /** The chain over contexts; for order 1 these are the states. */
  readonly chain: SparseChain;
  /** The latest state of each context. */
  readonly lastOf: readonly number[];
}

/**
 * The chain that a model walks on: from a context to the one that it becomes with the next state.
 *
 * @param model - a checked model.
 * @returns contexts in the order of the model. For an order above 1 a context that a path never goes on from, such as one
 * behind the end, is added at the end; nothing leads out of it.
 */
export function chainOf(model: MarkovModel): ContextChain {
  const { order, states, contexts } = model;
  const rowOf = new Map(order === 1 ? [] : contexts.map((context, row) => [context.join(), row]));
  const lastOf = contexts.map((context) => context[context.length - 1]);
  const to: number[][] = contexts.map(() => []);
  const weight: number[][] = contexts.map(() => []);
  const end = states.length - 1;
  const targetOf = (row: number, state: number): number => {
    if (order === 1) return state;
    const key = (state === end ? [end] : [...contexts[row], state].slice(-order)).join();
    let target = rowOf.get(key);
    if (target === undefined) {
      target = lastOf.push(state) - 1;
      rowOf.set(key, target);
      to.push([]);
      weight.push([]);
    }
    return target;
  };
  eachEdge(model, (row, state, probability) => {
    to[row].push(targetOf(row, state));
    weight[row].push(probability);
  });
  return { chain: { to, weight }, lastOf };
}

/** The names of the contexts of a model: for order 1 the states, above their states joined; no two are the same. */
export function namesOfContexts({ order, states, contexts }: MarkovModel): string[] {
  const isPlain = (name: string): boolean => order === 1 || !(name.includes(">") || name.startsWith('"'));
  const parts = states.map((name) => (isPlain(name) ? name : JSON.stringify(name)));
  return contexts.map((context) => context.map((state) => parts[state]).join(" > "));
}
