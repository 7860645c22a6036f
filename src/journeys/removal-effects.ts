import { refuse } from "../core/errors.ts";
import { passThrough } from "../numeric/absorbing-chain.ts";
import type { TouchPaths } from "./touch-paths.ts";

/** More states than these are refused: a square table of them is eliminated. */
const mostStates = 1000;

/**
 * The share of conversions that would be lost if visits to a channel ended in nothing, for every channel: the removal effect
 * of a Markov chain, exactly, by linear algebra.
 *
 * @param caller - the public function.
 * @param paths - weighted by their conversions and, on request, their nulls.
 * @param order - how many last touches the next step depends on; a state is such a run, shorter at the beginning.
 * @param nulls - whether paths without conversion are part of the chain.
 * @returns one effect per channel, 0 … 1; 0 for a channel that no conversion passes. Cost: linear in the touches, then the
 * third power of the number of runs that occur.
 * @throws {ClienteleError} `too-large` above 1,000 states.
 * @see Anderl, Becker, von Wangenheim & Schumann (2016), "Mapping the customer journey".
 */
export function removalEffects(caller: string, paths: TouchPaths, order: number, nulls: boolean): Float64Array {
  const { channels, starts, conversions } = paths;
  const weightOf = (path: number): number => conversions[path] + (nulls ? paths.nulls[path] : 0);
  const { stateAt, blocks } = statesOf(caller, paths, order, weightOf);
  const size = blocks[channels.length];
  const weights = new Float64Array(size * size);
  const [exits, wanted, entries] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  for (let path = 0; path + 1 < starts.length; path++) {
    const weight = weightOf(path);
    if (weight === 0) continue;
    const last = starts[path + 1] - 1;
    entries[stateAt[starts[path]]] += weight;
    for (let touch = starts[path]; touch < last; touch++) weights[stateAt[touch] * size + stateAt[touch + 1]] += weight;
    exits[stateAt[last]] += weight;
    wanted[stateAt[last]] += conversions[path];
  }
  const { reached, through } = passThrough({ weights, exits, wanted, entries }, blocks);
  return through.map((probability) => (reached === 0 ? 0 : Math.min(1, probability / reached)));
}

/** The state of each touch. The states that end in one channel lie side by side, so that they are taken away together. */
interface ChainStates {
  /** Per touch; of touches in paths without weight nothing is said. */
  readonly stateAt: Uint32Array;
  /** Where the states of each channel begin, then the number of states. */
  readonly blocks: Uint32Array;
}

function statesOf(
  caller: string,
  { channels, codes, starts }: TouchPaths,
  order: number,
  weightOf: (path: number) => number,
): ChainStates {
  const runs: (readonly number[])[] = [];
  const known = new Map<string, number>();
  // The state that follows each state, and first the beginning, by each channel; −1 = not looked up yet.
  const nothing = new Int32Array(channels.length).fill(-1);
  const follows = [nothing.slice()];
  const stateAt = new Uint32Array(codes.length);
  for (let path = 0; path + 1 < starts.length; path++) {
    if (weightOf(path) === 0) continue;
    let state = -1;
    for (let touch = starts[path]; touch < starts[path + 1]; touch++) {
      let next = follows[state + 1][codes[touch]];
      if (next < 0) {
        const run = [...(runs[state] ?? []), codes[touch]].slice(-order);
        const key = run.join();
        next = known.get(key) ?? runs.push(run) - 1;
        if (next + 1 === follows.length) follows.push(nothing.slice());
        if (next >= mostStates) {
          const expected = `at most ${mostStates} runs of so many channels: merge the rare ones, or lower the order`;
          refuse(caller, "too-large", "options.order", expected, "more");
        }
        known.set(key, next);
        follows[state + 1][codes[touch]] = next;
      }
      state = next;
      stateAt[touch] = state;
    }
  }
  const blocks = new Uint32Array(channels.length + 1);
  for (const run of runs) blocks[run[run.length - 1] + 1]++;
  for (let channel = 0; channel < channels.length; channel++) blocks[channel + 1] += blocks[channel];
  const nextPlace = blocks.slice();
  const places = runs.map((run) => nextPlace[run[run.length - 1]]++);
  return { stateAt: stateAt.map((state) => places[state] ?? 0), blocks };
}
