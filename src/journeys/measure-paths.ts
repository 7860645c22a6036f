import { refuse } from "../core/errors.ts";
import type { Note } from "../core/note.ts";
import { custom, integer, oneOf, type OptionTable, readOptions } from "../core/options.ts";
import type { EventLog } from "../tables/event-log.ts";
import { findClosedSequences } from "./closed-sequences.ts";
import { mostFrequent } from "./frequent.ts";
import { type PathOptions, pathOptions, pathsOf } from "./paths.ts";
import { countStepGrams } from "./step-grams.ts";
import { compareSteps, type Variants, variantsOf } from "./variants.ts";

/** Options of {@link measurePaths}. */
export interface MeasurePathsOptions extends PathOptions {
  /** The longest sequence that is told, in steps. */
  readonly maxLength: number;
  /** In how many paths a sequence must be: below 1 a share of all paths, from 1 on a number of paths. */
  readonly minSupport: number;
  /** The shortest sequence that is told; default 1. */
  readonly minLength?: number | undefined;
  /**
   * `"contiguous"` (default): steps that follow each other at once, all of them. `"subsequence"`: steps in this order, whatever lies
   * between; only closed ones, which are in more paths than every longer one that has them (up to `maxLength`).
   */
  readonly kind?: "contiguous" | "subsequence" | undefined;
  /** The most sequences that are told, the most frequent; default 1,000. What is left out is noted. */
  readonly limit?: number | undefined;
  /** How many of the most frequent whole paths are told; default 10. */
  readonly variants?: number | undefined;
}

/** Option table of {@link measurePaths}. */
export const measurePathsOptions: OptionTable<MeasurePathsOptions, "per" | "states"> = {
  ...pathOptions,
  maxLength: integer({ min: 1, max: 50 }),
  minSupport: custom("a share above 0 and below 1, or a whole number of paths", isSupport, [0, -1, 1.5, NaN, Infinity, "1", null]),
  minLength: integer({ min: 1, max: 50, default: 1 }),
  kind: oneOf(["contiguous", "subsequence"], { default: "contiguous" }),
  limit: integer({ min: 1, max: 100_000, default: 1000 }),
  variants: integer({ min: 0, max: 100_000, default: 10 }),
}; // prettier-ignore

function isSupport(value: unknown): boolean {
  return Number.isSafeInteger(value) ? (value as number) >= 1 : Number.isFinite(value) && (value as number) > 0 && (value as number) < 1; // prettier-ignore
}

/** Steps that many paths share. */
export interface FrequentSequence {
  /** The events, in order. */
  readonly steps: readonly string[];
  /** Paths that have them at least once. */
  readonly paths: number;
  /** `paths` of all paths, 0 … 1. */
  readonly share: number;
  /**
   * How often they occur in all paths: contiguous ones at every step where they begin, so that they may overlap;
   * subsequences as often as one can be complete before the next begins.
   */
  readonly occurrences: number;
}

/** A whole path that several took. */
export interface PathVariant {
  /** All events of it, in order. */
  readonly steps: readonly string[];
  /** Paths that are exactly so. */
  readonly paths: number;
  /** `paths` of all paths, 0 … 1. */
  readonly share: number;
}

/** What {@link measurePaths} finds. */
export interface PathsReport {
  /** What counts as the same. */
  readonly kind: "contiguous" | "subsequence";
  /** The sequences in enough paths, the most frequent first, ties in the order of their states. */
  readonly sequences: readonly FrequentSequence[];
  /** The most frequent whole paths, ties in the order of their states. */
  readonly variants: readonly PathVariant[];
  /** How many different whole paths there are. */
  readonly distinctVariants: number;
  /** Number of paths. */
  readonly paths: number;
  /** Number of steps in all paths. */
  readonly steps: number;
  /** The least number of paths that was asked for. */
  readonly minPaths: number;
  /** Events whose type is no state. */
  readonly ignored: number;
  /** Groups that have events, but no step; they are no paths. */
  readonly emptied: number;
  /** `truncated`: `limit` was reached, and others were passed over; `stopped`: the search was too long and was ended before. */
  readonly notes: readonly Note[];
}

/**
 * Finds the ways that many customers take: sequences of steps that are in enough paths, and the whole paths that occur most.
 *
 * @param log - the events, sorted as always; steps of equal time keep the order of the log.
 * @param options - `maxLength` and `minSupport` are required.
 * @returns frequent sequences with their paths and occurrences, and the variants of whole paths.
 * @throws {ClienteleError} `invalid-option` when `minLength` is above `maxLength`; what the other functions of paths refuse.
 * Cost: contiguous sequences, steps × `maxLength`. Subsequences: the paths are read once or twice per sequence found, equal
 * paths once; memory is at most steps × `maxLength`, however many sequences there are.
 * @example
 * const { log } = readEvents(
 *   [
 *     { who: "ann", what: "home", at: 0 },
 *     { who: "ann", what: "help", at: 1 },
 *     { who: "ann", what: "paid", at: 2 },
 *     { who: "bob", what: "home", at: 0 },
 *     { who: "bob", what: "paid", at: 1 },
 *   ],
 *   { customer: "who", type: "what", time: "at" },
 * );
 * const { sequences, variants } = measurePaths(log, { maxLength: 3, minSupport: 2, kind: "subsequence" });
 * sequences; // [{ steps: ["home", "paid"], paths: 2, share: 1, occurrences: 2 }]
 * variants[0]; // { steps: ["home", "help", "paid"], paths: 1, share: 0.5 }
 * @see Pei et al. (2004), PrefixSpan; Wang & Han (2004), BIDE, for closed sequences.
 */
export function measurePaths(log: EventLog, options: MeasurePathsOptions): PathsReport {
  const caller = "measurePaths";
  const read = readOptions(caller, measurePathsOptions, options);
  const { maxLength, minLength, minSupport, kind, limit } = read;
  if (minLength > maxLength) refuse(caller, "invalid-option", "options.minLength", `at most maxLength, ${maxLength}`, String(minLength)); // prettier-ignore
  const { per, states: wanted, selfLoops } = read;
  const table = pathsOf(caller, log, { per, states: wanted, selfLoops });
  const paths = table.groups.length;
  const minPaths = leastPaths(minSupport, paths);
  const variants = variantsOf(table);
  const best = mostFrequent(limit, minPaths, kind === "subsequence");
  const lengths = { min: minLength, max: maxLength };
  let isDone = true;
  if (kind === "contiguous") countStepGrams(variants, table.states.length, lengths, minPaths, best);
  else isDone = findClosedSequences(variants, table.states.length, lengths, best);
  const named = (steps: ArrayLike<number>): string[] => Array.from(steps, (state) => table.states[state]);
  const sequences = best.list().map(({ steps, paths: count, occurrences }): FrequentSequence => {
    return { steps: named(steps), paths: count, share: count / paths, occurrences };
  });
  return {
    kind,
    sequences,
    variants: topVariants(variants, read.variants).map(({ steps, weight }) => {
      return { steps: named(steps), paths: weight, share: weight / paths };
    }),
    distinctVariants: variants.weights.length,
    paths,
    steps: table.codes.length,
    minPaths,
    ignored: table.ignored,
    emptied: table.emptied,
    notes: notesOf(best.isCut(), isDone, limit),
  };
}

/** The least number of paths whose share is enough. */
function leastPaths(minSupport: number, paths: number): number {
  if (minSupport >= 1) return minSupport;
  // The product may be off by rounding, the quotient of two whole numbers is compared as it is written.
  let least = Math.max(1, Math.floor(minSupport * paths) - 1);
  while (least / paths < minSupport) least++;
  return least;
}

function topVariants({ codes, starts, weights }: Variants, limit: number): { steps: Uint32Array; weight: number }[] {
  const stepsOf = (variant: number): Uint32Array => codes.subarray(starts[variant], starts[variant + 1]);
  const order = Array.from(weights.keys()).sort((a, b) => weights[b] - weights[a]);
  // Only those that tie with the last place have to be compared by their steps.
  const least = order.length <= limit || limit === 0 ? 0 : weights[order[limit - 1]];
  return order
    .filter((variant) => weights[variant] >= least)
    .map((variant) => ({ steps: stepsOf(variant), weight: weights[variant] }))
    .sort((a, b) => b.weight - a.weight || compareSteps(a.steps, b.steps))
    .slice(0, limit);
}

function notesOf(isCut: boolean, isDone: boolean, limit: number): Note[] {
  const notes: Note[] = [];
  if (isCut) notes.push({ code: "truncated", message: `Only the ${limit} most frequent sequences are listed: raise minSupport or limit.` }); // prettier-ignore
  if (!isDone) notes.push({ code: "stopped", message: "The search was ended before it had seen all sequences: raise minSupport or minLength, or lower maxLength." }); // prettier-ignore
  return notes;
}
