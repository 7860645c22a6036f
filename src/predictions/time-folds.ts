import { dayMs } from "../core/durations.ts";
import { describeCell, describeValue, isList, refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, isTextList, type OptionTable, readOptions, real, seed } from "../core/options.ts";
import { randomOf } from "../core/random.ts";
import { shuffle } from "../numeric/shuffle.ts";

/** Options of {@link timeFolds}. */
export interface TimeFoldsOptions {
  /** How many times to test; 1 = a single hold-out of the latest rows. */
  readonly folds: number;
  /**
   * Days that a training row must lie before the first test row. Give the outcome's gap + horizon: then every outcome of training
   * was known when the test begins. Default 0.
   */
  readonly gapDays?: number | undefined;
  /** The customer of each row: nobody is then in training and test of the same fold. */
  readonly groups?: readonly string[] | undefined;
  /** Seed of the assignment of customers to folds. Default 42. */
  readonly seed?: number | undefined;
}

/** Option table of {@link timeFolds}. */
export const timeFoldsOptions: OptionTable<TimeFoldsOptions, "groups"> = {
  folds: integer({ min: 1, max: 1000 }),
  gapDays: real({ min: 0, max: 36_500, default: 0 }),
  groups: custom("a list of customer ids, one per row", isTextList, [null, 1, "a", {}, [1], [null]], {
    optional: true,
  }),
  seed: seed(),
};

/** One split in time. */
export interface TimeFold {
  /** Time of the first test row. */
  readonly from: number;
  /** Time of the last test row. */
  readonly to: number;
  /** Row numbers to fit on, ascending: all of them earlier than the test by the gap. */
  readonly train: Uint32Array;
  /** Row numbers to judge on, ascending. */
  readonly test: Uint32Array;
  /** Earlier rows, or rows of the test's times, that are in neither: within the gap, or of a customer of the other side. */
  readonly unused: number;
}

/** Result of {@link timeFolds}. */
export interface TimeFolds {
  /** From early to late; each trains on all that came before. */
  readonly folds: readonly TimeFold[];
  /** What to know before using them. */
  readonly notes: readonly Note[];
}

/**
 * Splits rows for cross-validation in time: each fold fits on the past and is judged on what came next, as in use. A random
 * split would learn from the future of other customers, and of the same.
 *
 * The times are cut into `folds` + 1 stretches of about equally many rows; equal times stay together. Fold f tests the stretch f + 1 and
 * trains on everything at least `gapDays` before it. With `groups` customers are dealt by lot into as many parts as there are folds,
 * but at least four: fold f tests the customers of part f only, and trains on all others.
 *
 * @param times - epoch milliseconds of each row, such as the cutoffs of {@link labelOutcomes}; in any order.
 * @param options - see {@link TimeFoldsOptions}.
 * @returns row numbers per fold. With `folds` + 1 distinct times or fewer there are fewer folds, and a note.
 * @throws {ClienteleError} `too-few-rows` below 2 distinct times; `shape-mismatch` when `groups` are not as many as the times; `invalid-value`
 * for a time that is not finite. Cost: one sort.
 * @example
 * const day = 86_400_000;
 * const { folds } = timeFolds([0, 30, 60, 90, 120, 150].map((at) => at * day), { folds: 2, gapDays: 30 });
 * folds.map(({ train, test }) => [[...train], [...test]]); // [[[0, 1], [2, 3]], [[0, 1, 2, 3], [4, 5]]]
 * @see Bergmeir & Benítez (2012), "On the use of cross-validation for time series predictor evaluation".
 */
export function timeFolds(times: ArrayLike<number>, options: TimeFoldsOptions): TimeFolds {
  const caller = "timeFolds";
  const read = readOptions(caller, timeFoldsOptions, options);
  const checked = readTimes(caller, times);
  const { groups } = read;
  if (groups !== undefined && groups.length !== checked.length) {
    refuse(caller, "shape-mismatch", "options.groups", `${checked.length} ids`, describeValue(groups));
  }
  const limits = stretchLimits(checked.toSorted(), read.folds);
  if (limits.length < 2) refuse(caller, "too-few-rows", "times", "at least 2 distinct times", "fewer");
  const count = limits.length - 1;
  const partOf = groups === undefined ? undefined : dealtParts(groups, Math.max(count, fewestParts), read.seed);
  const folds = Array.from({ length: count }, (_, fold): TimeFold => {
    const [from, end] = [limits[fold + 1], limits[fold + 2] ?? Infinity];
    const lastTrain = from - read.gapDays * dayMs;
    const train: number[] = [];
    const test: number[] = [];
    let [to, unused] = [from, 0];
    for (let row = 0; row < checked.length; row++) {
      const time = checked[row];
      if (time >= end) continue;
      const isOwn = partOf === undefined || partOf[row] === fold;
      if (time >= from) {
        if (!isOwn) {
          unused++;
          continue;
        }
        test.push(row);
        if (time > to) to = time;
      } else if (time <= lastTrain && (partOf === undefined || !isOwn)) train.push(row);
      else unused++;
    }
    return { from, to, train: Uint32Array.from(train), test: Uint32Array.from(test), unused };
  });
  return { folds, notes: notesOf(folds, read.folds) };
}

function readTimes(caller: string, times: ArrayLike<number>): Float64Array {
  if (!isList(times)) refuse(caller, "shape-mismatch", "times", "a list of times", describeValue(times));
  const read = new Float64Array(times.length);
  for (let row = 0; row < read.length; row++) {
    const time: unknown = times[row];
    if (!Number.isFinite(time)) refuse(caller, "invalid-value", `times[${row}]`, "finite", describeCell(time));
    read[row] = time as number;
  }
  return read;
}

/** The first time of each stretch: of about equally many rows, but equal times are never torn apart. */
function stretchLimits(sorted: Float64Array, folds: number): number[] {
  const limits: number[] = [];
  for (let stretch = 0; stretch <= folds; stretch++) {
    const time = sorted[Math.floor((stretch * sorted.length) / (folds + 1))];
    if (time !== undefined && (limits.length === 0 || time > limits[limits.length - 1])) limits.push(time);
  }
  // A crowd at one early time may swallow the stretches after it: the times beyond it are then one more.
  const last = sorted[sorted.length - 1];
  if (limits.length === 1 && last > limits[0]) limits.push(sorted[sorted.findIndex((time) => time > limits[0])]);
  return limits;
}

/** With fewer parts too many customers would be lost to training. */
const fewestParts = 4;

/** Per row the part of its customer: customers are dealt in turn, in an order that is drawn by lot. */
function dealtParts(groups: readonly string[], parts: number, seedOfDeal: number): Uint32Array {
  const customers = [...new Set(groups)];
  shuffle(customers, randomOf(seedOfDeal));
  const dealt = new Map(customers.map((customer, place) => [customer, place % parts]));
  return Uint32Array.from(groups, (customer) => dealt.get(customer) ?? 0);
}

function notesOf(folds: readonly TimeFold[], wanted: number): Note[] {
  const notes: Note[] = [];
  if (folds.length < wanted) {
    const message = `There are too few distinct times for ${wanted} folds: there are ${folds.length}.`;
    notes.push({ code: "fewer-folds", message });
  }
  const empty = folds.filter(({ train, test }) => train.length === 0 || test.length === 0).length;
  if (empty > 0) {
    notes.push({ code: "empty-side", message: `${empty} folds have no row to fit on, or none to judge on.` });
  }
  return notes;
}
