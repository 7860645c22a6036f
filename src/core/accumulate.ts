import { entriesOf, lookUp, put } from "./dictionary.ts";

/**
 * A sum that can be computed anywhere: in a loop, on a stream, in eight workers or on a distributed engine.
 *
 * The state is plain data, so it can be stored, sent and merged: `finish(merge(fit(A), fit(B))) = finish(fit(A ∪ B))`.
 * `add` owns the state it is given and may write into it; `merge` and `finish` leave their arguments alone.
 */
export interface Accumulator<Input, State, Result> {
  /** Makes the state of no input. */
  init(): State;
  /** Takes one more input; the returned state replaces the one passed in. */
  add(state: State, input: Input): State;
  /** Joins two states; the order of the arguments is the order of the inputs where that matters. */
  merge(a: State, b: State): State;
  /** Reads the result off a state. */
  finish(state: State): Result;
}

/**
 * Runs an accumulator over inputs in this process.
 *
 * @param accumulator - what to compute.
 * @param inputs - any iterable, read once.
 * @returns the finished result. Cost: one `add` per input.
 * @example
 * run(moments, [1, 2, 3, 4]).mean; // 2.5
 */
export function run<Input, State, Result>(
  accumulator: Accumulator<Input, State, Result>,
  inputs: Iterable<Input>,
): Result {
  let state = accumulator.init();
  for (const input of inputs) state = accumulator.add(state, input);
  return accumulator.finish(state);
}

/**
 * Joins the states that several workers returned, in the order given.
 *
 * @param accumulator - the accumulator that made the states.
 * @param states - the parts; none of them is changed.
 * @returns one state for all inputs; that of no input when there are no states.
 * @example
 * const parts = [[1, 2], [3, 4]].map((part) => part.reduce(moments.add, moments.init()));
 * moments.finish(mergeAll(moments, parts)).mean; // 2.5
 */
export function mergeAll<Input, State, Result>(
  accumulator: Accumulator<Input, State, Result>,
  states: Iterable<State>,
): State {
  let merged = accumulator.init();
  for (const state of states) merged = accumulator.merge(merged, state);
  return merged;
}

/** Accumulators by name that can share one pass. */
export type Parts = Readonly<Record<string, Accumulator<never, unknown, unknown>>>;

/** What every one of several accumulators takes. */
export type InputOf<P extends Parts> = P[keyof P] extends Accumulator<infer Input, infer _S, infer _R> ? Input : never;

/** The state of an accumulator. */
export type StateOf<A> = A extends Accumulator<never, infer State, infer _R> ? State : never;

/** The result of an accumulator. */
export type ResultOf<A> = A extends Accumulator<never, infer _S, infer Result> ? Result : never;

/**
 * Runs several accumulators over the same inputs in one pass.
 *
 * @param parts - accumulators by name; all take the same kind of input.
 * @returns an accumulator whose state and result are records with the same names.
 * @example
 * const both = product({ moments, sum: compensatedSum });
 * run(both, [1, 2, 3]).sum; // 6
 */
export function product<P extends Parts>(
  parts: P,
): Accumulator<InputOf<P>, { [K in keyof P]: StateOf<P[K]> }, { [K in keyof P]: ResultOf<P[K]> }> {
  type State = { [K in keyof P]: StateOf<P[K]> };
  const names = Object.keys(parts) as (keyof P & string)[];
  const collect = (value: (name: keyof P & string) => unknown): Record<string, unknown> =>
    Object.fromEntries(names.map((name) => [name, value(name)]));
  return {
    init: () => collect((name) => parts[name].init()) as State,
    add(state, input) {
      for (const name of names) state[name] = parts[name].add(state[name], input as never) as State[typeof name];
      return state;
    },
    merge: (a, b) => collect((name) => parts[name].merge(a[name], b[name])) as State,
    finish: (state) => collect((name) => parts[name].finish(state[name])) as { [K in keyof P]: ResultOf<P[K]> },
  };
}

/**
 * Groups inputs by a key and runs one accumulator per group: totals per customer, counts per day.
 *
 * @param keyOf - the group of an input; any string, also `__proto__`.
 * @param part - what to compute per group.
 * @returns an accumulator whose result is a list of `[key, result]`, sorted by key in code-unit order.
 * @example
 * const perCity = byKey((order: { city: string }) => order.city, counter());
 * run(perCity, [{ city: "Oslo" }, { city: "Rome" }, { city: "Oslo" }]); // [["Oslo", 2], ["Rome", 1]]
 */
export function byKey<Input, State, Result>(
  keyOf: (input: Input) => string,
  part: Accumulator<Input, State, Result>,
): Accumulator<Input, Record<string, State>, [string, Result][]> {
  return {
    init: () => ({}),
    add(states, input) {
      const key = keyOf(input);
      put(states, key, part.add(lookUp(states, key) ?? part.init(), input));
      return states;
    },
    merge(a, b) {
      const merged: Record<string, State> = {};
      // A merge with the empty state copies, so that a later add to the result cannot write into a or b.
      for (const [key, state] of entriesOf(a)) put(merged, key, part.merge(part.init(), state));
      for (const [key, state] of entriesOf(b)) put(merged, key, part.merge(lookUp(merged, key) ?? part.init(), state));
      return merged;
    },
    finish: (states) =>
      entriesOf(states)
        .sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0))
        .map(([key, state]) => [key, part.finish(state)]),
  };
}

/**
 * Counts inputs; the smallest accumulator, and the part to pass to {@link byKey} for frequencies.
 *
 * @returns an accumulator whose state and result are the count.
 * @example
 * run(counter(), ["a", "b"]); // 2
 */
export function counter(): Accumulator<unknown, number, number> {
  return { init: () => 0, add: (count) => count + 1, merge: (a, b) => a + b, finish: (count) => count };
}
