import { refuse } from "../core/errors.ts";
import { passThrough } from "../numeric/absorbing-chain.ts";
import { countPairs, listsOf } from "../numeric/pair-counts.ts";
import { powerBelow } from "../numeric/power-below.ts";
import { runsOf } from "./runs.ts";
import type { TouchPaths } from "./touch-paths.ts";

/** More states than these are refused: where all lead to all, they take about a minute. */
const mostStates = 3000;

/**
 * The share of conversions that would be lost if visits to a channel ended in nothing, for every channel: the removal effect
 * of a Markov chain, exactly, by linear algebra.
 *
 * @param caller - the public function.
 * @param paths - weighted by their conversions and, on request, their nulls.
 * @param order - how many last touches the next step depends on; a state is such a run, shorter at the beginning.
 * @param nulls - whether paths without conversion are part of the chain.
 * @returns one effect per channel, 0 … 1; 0 for a channel that no conversion passes. Cost: linear in the touches, then up to the
 * third power of the number of runs that occur.
 * @throws {ClienteleError} `too-large` above 3,000 states.
 * @see Anderl, Becker, von Wangenheim & Schumann (2016), "Mapping the customer journey".
 */
export function removalEffects(caller: string, paths: TouchPaths, order: number, nulls: boolean): Float64Array {
  const { channels, starts, conversions, codes } = paths;
  // Only what weights are to each other makes a difference: near 1, their products are numbers, however large they were.
  const largest = Math.max(largestOf(conversions), nulls ? largestOf(paths.nulls) : 0);
  const unit = largest === 0 ? 1 : powerBelow(largest);
  const wantedOf = (path: number): number => conversions[path] / unit;
  const unwantedOf = (path: number): number => (nulls ? paths.nulls[path] / unit : 0);
  const weightOf = (path: number): number => wantedOf(path) + unwantedOf(path);
  const { runs, runAt } = runsOf(paths, order, channels.length, (path) => weightOf(path) === 0);
  const size = runs.length - 1;
  if (size > mostStates) {
    const expected = `at most ${mostStates} runs of so many channels: merge the rare ones, or lower the order`;
    refuse(caller, "too-large", "options.order", expected, "more");
  }
  const { places, blocks } = sideBySide(runs.slice(1), channels.length);
  const [wanted, unwanted, entries] = [new Float64Array(size), new Float64Array(size), new Float64Array(size)];
  const [from, to, weights] = [new Uint32Array(codes.length), new Uint32Array(codes.length), new Float64Array(codes.length)]; // prettier-ignore
  const stateAt = (touch: number): number => places[runAt[touch] - 1];
  let moves = 0;
  for (let path = 0; path + 1 < starts.length; path++) {
    const weight = weightOf(path);
    if (weight === 0) continue;
    const last = starts[path + 1] - 1;
    entries[stateAt(starts[path])] += weight;
    for (let touch = starts[path]; touch < last; touch++) {
      from[moves] = stateAt(touch);
      to[moves] = stateAt(touch + 1);
      weights[moves++] = weight;
    }
    wanted[stateAt(last)] += wantedOf(path);
    unwanted[stateAt(last)] += unwantedOf(path);
  }
  const table = countPairs(from.subarray(0, moves), to.subarray(0, moves), size, size, weights.subarray(0, moves));
  const { reached, through } = passThrough({ ...listsOf(table), wanted, unwanted, entries }, blocks);
  return through.map((probability) => (reached === 0 ? 0 : Math.min(1, probability / reached)));
}

function largestOf(weights: Float64Array): number {
  return weights.reduce((most, weight) => Math.max(most, weight), 0);
}

/** Where each run is put, so that those that end in one channel lie side by side and are taken away together. */
interface RunPlaces {
  readonly places: readonly number[];
  /** Where the runs of each channel begin, then the number of runs. */
  readonly blocks: Uint32Array;
}

function sideBySide(runs: readonly (readonly number[])[], channels: number): RunPlaces {
  const blocks = new Uint32Array(channels + 1);
  for (const run of runs) blocks[run[run.length - 1] + 1]++;
  for (let channel = 0; channel < channels; channel++) blocks[channel + 1] += blocks[channel];
  const next = blocks.slice();
  return { places: runs.map((run) => next[run[run.length - 1]]++), blocks };
}
