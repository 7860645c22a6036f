import { refuse } from "../core/errors.ts";
import { integer, type OptionTable, readOptions } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import type { EventLog } from "../tables/event-log.ts";
import { chainOf, checkMarkov } from "./markov-chain.ts";
import type { MarkovModel } from "./markov.ts";

/** Options of {@link simulatePaths}. */
export interface SimulatePathsOptions {
  /** How many paths to make. */
  readonly paths: number;
  /** Seed of the random numbers; default 1. Each path has its own, so 10 paths are the first 10 of 1,000. */
  readonly seed?: number | undefined;
  /** Steps after which a path is cut off; default 1,000. */
  readonly maxSteps?: number | undefined;
}

/** Option table of {@link simulatePaths}. */
export const simulatePathsOptions: OptionTable<SimulatePathsOptions> = {
  paths: integer({ min: 0, max: 10_000_000 }),
  seed: integer({ min: 0, max: 0xffffffff, default: 1 }),
  maxSteps: integer({ min: 1, max: 1_000_000, default: 1000 }),
};

/** What {@link simulatePaths} makes. */
export interface SimulatedPaths {
  /** One customer per path, called `path 1` and so on with leading zeros; the time of an event is its number in the path, from 0. */
  readonly log: EventLog;
  /** Paths that came to `(end)`. */
  readonly ended: number;
  /** Paths that were cut off after `maxSteps`. */
  readonly cut: number;
  /** Paths that came to a context of which the model does not know what follows. */
  readonly stuck: number;
}

/** More events than these are refused. */
const mostEvents = 50_000_000;

/**
 * Makes paths that a Markov chain holds for as likely as those that it was learned from: to see what it believes, to test what is
 * measured on paths, to play with a changed model.
 *
 * @param model - made by {@link fitMarkov}, of any order; its `probabilities` may have been changed.
 * @param options - how many paths, the seed, and where endless paths are cut off.
 * @returns a log that every function of this room takes. Cost: a search in a row of the model per step.
 * @throws {ClienteleError} `incompatible-model`; `degenerate-data` for a model that knows no first step; `too-large` for more than 50
 * million events.
 * @example
 * const rows = ["home", "cart", "home"].map((what, time) => ({ who: "ann", what, time }));
 * const { log } = readEvents(rows, { customer: "who", type: "what", time: "time" });
 * const { log: made, ended } = simulatePaths(fitMarkov(log), { paths: 3, seed: 7 });
 * ended; // 3
 * made.customer.names; // ["path 1", "path 2", "path 3"]
 */
export function simulatePaths(model: MarkovModel, options: SimulatePathsOptions): SimulatedPaths {
  const caller = "simulatePaths";
  checkMarkov(caller, model);
  const { paths, seed, maxSteps } = readOptions(caller, simulatePathsOptions, options);
  const { chain, lastOf } = chainOf(model);
  const first = model.contexts.findIndex((context) => context.length === 1 && context[0] === 0);
  if (first < 0 || chain.to[first].length === 0) {
    refuse(caller, "degenerate-data", "model.probabilities", "a first step", "a start that leads nowhere");
  }
  const totals = chain.weight.map(runningTotals);
  const end = model.states.length - 1;
  const types: number[] = [];
  const starts = new Uint32Array(paths + 1);
  const outcome = { ended: 0, cut: 0, stuck: 0 };
  for (let path = 0; path < paths; path++) {
    const random = randomOf(seed, path);
    let context = first;
    for (let steps = 0; ; steps++) {
      const row = totals[context];
      if (row.length === 0) {
        outcome.stuck++;
        break;
      }
      context = chain.to[context][drawn(row, random.next())];
      if (lastOf[context] === end) {
        outcome.ended++;
        break;
      }
      if (steps === maxSteps) {
        outcome.cut++;
        break;
      }
      types.push(lastOf[context] - 1);
    }
    if (types.length > mostEvents) refuse(caller, "too-large", "options.paths", `at most ${mostEvents} events in all`, "more"); // prettier-ignore
    starts[path + 1] = types.length;
  }
  return { log: logOf(model.states.slice(1, -1), types, starts), ...outcome };
}

/** What the shares of a row add up to, one by one. */
function runningTotals(row: readonly number[]): Float64Array {
  let sum = 0;
  return Float64Array.from(row, (share) => (sum += share));
}

/** The first place whose total is above a share of the last; a row that does not quite add up to 1 is taken as if it did. */
function drawn(totals: Float64Array, share: number): number {
  const wanted = share * totals[totals.length - 1];
  let [low, high] = [0, totals.length - 1];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (totals[middle] > wanted) high = middle;
    else low = middle + 1;
  }
  return low;
}

function logOf(names: string[], types: readonly number[], starts: Uint32Array): EventLog {
  const paths = starts.length - 1;
  const customer = new Uint32Array(types.length);
  const time = new Float64Array(types.length);
  for (let path = 0; path < paths; path++) {
    customer.fill(path, starts[path], starts[path + 1]);
    for (let row = starts[path]; row < starts[path + 1]; row++) time[row] = row - starts[path];
  }
  const digits = String(paths).length;
  return {
    length: types.length,
    customer: { codes: customer, names: Array.from({ length: paths }, (_, path) => `path ${String(path + 1).padStart(digits, "0")}`) }, // prettier-ignore
    type: { codes: Uint32Array.from(types), names },
    time,
    value: new Float64Array(types.length).fill(NaN),
    extra: {},
    byCustomer: { starts },
  };
}
